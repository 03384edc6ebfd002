#!/bin/sh
# EMA Workbench 3.0.0 with SALib 1.6.0 and SciPy 1.18.1: does a Morris design keep to the bounds of whole numbers?
#
# An uncertainty of whole numbers from 1 to 5, one of three categories and a switch go through perform_experiments, with a
# Latin hypercube and with Morris' design. Each category ought to come up a third of the time, the switch half.
#
# Guess, written before running: no. SALib's trajectories visit 0 and 1 themselves, the Workbench puts them through
# dist.ppf, and SciPy's discrete distributions answer ppf(0) with one less than their lowest value. The whole number is 0
# in a quarter of the runs, and the category of index -1 is the last one, by Python's own rule, without an error.
#
# Seen: whole numbers 0, 2, 4 and 5, never 1 or 3; the categories 25, 26 and 49 of 100; the switch is on in 74 of 100. With
# the hypercube 1 to 5, thirds and halves. (Where the Workbench asks a parameter for its lower bound it knows of SciPy's
# ppf(0) and goes around it; its samplers do not. An unscrambled Sobol' sequence, whose first point is 0, does the same.)
#
# What follows: elementary effects of whole numbers, categories and switches under Morris are of other values than the
# parameters say, and a model may be run where it was never meant to be. Use real parameters and round in the model.
set -eu
python="${PYTHON:-python3.13}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder" "ema-workbench==3.0.0" "SALib==1.6.0" \
    "scipy==1.18.1" "numpy==2.5.5" "pandas==3.1.1"

cat > "$folder/squads.py" <<'PY'
from ema_workbench import (BooleanParameter, CategoricalParameter, IntegerParameter, Model, Samplers, ScalarOutcome,
                           perform_experiments)


def squads(blocs=1, patrol="day", kit=True):
    return {"seen": float(blocs)}


model = Model("squads", function=squads)
model.uncertainties = [IntegerParameter("blocs", 1, 5), CategoricalParameter("patrol", ["dawn", "day", "night"]),
                       BooleanParameter("kit")]
model.outcomes = [ScalarOutcome("seen")]
for sampler in (Samplers.LHS, Samplers.MORRIS):
    runs, outcomes = perform_experiments(model, scenarios=400, uncertainty_sampling=sampler,
                                          uncertainty_sampling_kwargs={"rng": 1})
    shares = [round(100 * float((runs["patrol"] == name).mean())) for name in ("dawn", "day", "night")]
    kit = round(100 * float((runs["kit"].astype(str) == "True").mean()))
    print(sampler.name, *sorted({int(seen) for seen in outcomes["seen"]}), "|", *shares, "|", kit)
PY
cd "$folder"
seen="$("$python" squads.py 2>/dev/null)"
echo "$seen"
[ "$seen" = "LHS 1 2 3 4 5 | 33 34 33 | 50
MORRIS 0 2 4 5 | 25 26 49 | 74" ]
echo "as it was"
