#!/bin/sh
# Mesa 3.3.1: in a row of batch_run, are a model's value and an agent's value of the same step?
#
# The model collects after each step, as the tutorials do; model and agent both report model.steps, so in every row the
# two ought to be equal.
#
# Guess, written before running: no. batch_run takes row k of the model's records for step k, which was collected when
# model.steps was k + 1, and the agents' records of step k, which were collected when model.steps was k: the agents are
# one step behind, and the first row has none of them.
#
# Seen, as (Step, model, agent): (0, 1, None) (1, 2, 1) (2, 3, 2) (3, 4, 3). Mesa 3.5.1, which was looked at afterwards with
# Python 3.12, looks both up by the time of the collection and pairs them.
#
# What follows: beside an outcome of the model, agent reporters of batch_run show the day before.
set -eu
python="${PYTHON:-python3.11}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder" "mesa==3.3.1" "networkx==3.6.1"

cat > "$folder/pairs.py" <<'PY'
import mesa


class Walker(mesa.Agent):
    pass


class Walk(mesa.Model):
    def __init__(self, seed=None):
        super().__init__(seed=seed)
        Walker(self)
        self.datacollector = mesa.DataCollector({"model": "steps"}, {"agent": lambda agent: agent.model.steps})

    def step(self):
        self.datacollector.collect(self)
        self.running = self.steps < 4


rows = mesa.batch_run(Walk, {}, data_collection_period=1, display_progress=False)
print(*((row["Step"], row["model"], row.get("agent")) for row in rows))
PY
cd "$folder"
seen="$("$python" pairs.py 2>/dev/null)"
echo "$seen"
[ "$seen" = "(0, 1, None) (1, 2, 1) (2, 3, 2) (3, 4, 3)" ]
echo "as it was"
