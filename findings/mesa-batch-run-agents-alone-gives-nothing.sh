#!/bin/sh
# Mesa 3.5.1: does batch_run give the records of a model that reports of its agents only?
#
# A model collects after each of four steps, by agent_reporters, as the tutorials do; there is no model_reporter, since
# nothing is asked of the model. batch_run ought to give a row an agent and step.
#
# Guess, written before running: an empty list. batch_run walks the times at which the collector collected, and the collector
# notes a time only inside "if self.model_reporters". The agents' records are there and are never looked at.
#
# Seen: 0 rows from batch_run, with every data_collection_period, without warning or error; 4 in the collector of the same
# model run alone. With one model reporter added, 4 rows. Mesa 3.3.1 gives rows in both cases.
#
# What follows: after an upgrade from Mesa 3.3 a sweep of such a model runs as long as before and returns nothing. Give the
# collector a model reporter, if only {"time": "time"}.
set -eu
python="${PYTHON:-python3.13}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder" "mesa==3.5.1" "networkx==3.6.1"

cat > "$folder/agents.py" <<'PY'
import mesa


class Walker(mesa.Agent):
    place = 0


class Walk(mesa.Model):
    def __init__(self, of_model=None, rng=None):
        super().__init__(rng=rng)
        Walker(self)
        self.datacollector = mesa.DataCollector(of_model, {"place": "place"})

    def step(self):
        for walker in self.agents:
            walker.place += 1
        self.datacollector.collect(self)
        self.running = self.steps < 4


alone = Walk()
alone.run_model()
print("collected", len(alone.datacollector.get_agent_vars_dataframe()))
for name, of_model in (("agents only", None), ("and the model", {"time": "time"})):
    rows = mesa.batch_run(Walk, {"of_model": [of_model]}, data_collection_period=1, display_progress=False)
    print(name, len(rows))
PY
cd "$folder"
seen="$("$python" agents.py 2>/dev/null)"
echo "$seen"
[ "$seen" = "collected 4
agents only 0
and the model 4" ]
echo "as it was"
