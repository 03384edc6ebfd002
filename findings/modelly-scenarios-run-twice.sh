#!/bin/sh
# Modelly 1.3.2: do the same scenarios, run again, give the same numbers?
#
# A list of seeded Scenario objects goes through run_scenarios twice: once all in this process, once with two workers.
# A Scenario is "frozen after initialisation" and holds its seed, so both times ought to be alike.
#
# Guess, written before running: not in this process. A model's rng is the scenario's own generator, which the first run
# leaves where it stopped; workers get pickled copies, so with two workers the caller's scenarios stay as they were.
#
# Seen: serial False, workers True; the second serial run goes on where the first one ended.
#
# What follows: make the scenarios anew for every call (Scenario(rng=seed), spawn_replications, from_dataframe), above
# all when two models or configurations are to meet the same luck: one list for both pairs nothing, and no error says so.
set -eu
python="${PYTHON:-python3.12}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder" "modelly-abm==1.3.2" "numpy==2.5.5" \
    "pandas==3.1.1"

cat > "$folder/twice.py" <<'PY'
import pandas as pd
from modelly import Model
from modelly.scenarios import RunConfiguration, Scenario, run_scenarios


class Walk(Model):
    def __init__(self, scenario):
        super().__init__(scenario=scenario)
        self.place = 0.0

    def step(self):
        self.place += self.rng.normal()


class Place(RunConfiguration):
    def extract_output(self, model):
        return {"end": pd.DataFrame({"place": [model.place]})}


def places(scenarios, workers):
    store = run_scenarios(scenarios, Place(Walk, until=3), progress=False, workers=workers)
    return [float(run.output["end"]["place"].iloc[0]) for run in store.succeeded().values()]


if __name__ == "__main__":
    for name, workers in (("serial", None), ("workers", 2)):
        scenarios = Scenario(rng=1).spawn_replications(2)
        print(name, places(scenarios, workers) == places(scenarios, workers))
PY
cd "$folder"
seen="$("$python" twice.py 2>/dev/null)"
echo "$seen"
[ "$seen" = "serial False
workers True" ]
echo "as it was"
