#!/bin/sh
# Mesa 3.5.1: with a data_collection_period, does batch_run still give how a run ended?
#
# A model of four steps collects after each; batch_run is asked for every second and every third record. Mesa 3.3.1 adds
# the last record to those in any case ("if steps[-1] != model.steps - 1: append"), so the last row of a run was its end.
#
# Guess, written before running: only where the period happens to meet the end. 3.5 takes recorded_steps[::period], and the
# line that added the last one has gone.
#
# Seen: with a period of 2, steps 1 and 3; with 3, steps 1 and 4; Mesa 3.3.1 gives 1, 3, 4 and 1, 4. No warning.
#
# What follows: taking the last row of each run as its outcome, as one could, gives a state some steps before the end, and
# for runs that end by themselves a different number of steps before it in each. Ask for -1 (the end) or 1 (every step).
set -eu
new="${PYTHON:-python3.13}"
old="${OLDER_PYTHON:-python3.11}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

cat > "$folder/ends.py" <<'PY'
import mesa


class Walk(mesa.Model):
    def __init__(self, seed=None):
        super().__init__()
        self.datacollector = mesa.DataCollector({"lived": "steps"})

    def step(self):
        self.datacollector.collect(self)
        self.running = self.steps < 4


for period in (2, 3, -1):
    rows = mesa.batch_run(Walk, {}, data_collection_period=period, display_progress=False)
    print(mesa.__version__, "period", period, "lived", *(row["lived"] for row in rows))
PY
for which in "$old 3.3.1" "$new 3.5.1"; do
    "${which% *}" -m pip install --quiet --disable-pip-version-check --target "$folder/${which#* }" "mesa==${which#* }" \
        "networkx==3.6.1"
done
seen="$(PYTHONPATH="$folder/3.3.1" "$old" "$folder/ends.py" 2>/dev/null
PYTHONPATH="$folder/3.5.1" "$new" "$folder/ends.py" 2>/dev/null)"
echo "$seen"
[ "$seen" = "3.3.1 period 2 lived 1 3 4
3.3.1 period 3 lived 1 4
3.3.1 period -1 lived 4
3.5.1 period 2 lived 1 3
3.5.1 period 3 lived 1 4
3.5.1 period -1 lived 4" ]
echo "as it was"
