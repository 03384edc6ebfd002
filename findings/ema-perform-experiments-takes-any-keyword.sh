#!/bin/sh
# EMA Workbench 3.0.0: does perform_experiments(..., rng=1) draw the same design again?
#
# The same model and the same call twice, with rng=1, as the Workbench's own optimize() takes it, then with the seed where
# the samplers take it, then with a keyword that is mistyped.
#
# Guess, written before running: yes, rng=1 seeds the design, since samplers and optimize() both call it so.
#
# Seen: no. perform_experiments has no such parameter, and takes whatever else it is given as **kwargs without a word: with
# rng=1 another design each time; with uncertainty_sampling_kwargs={"rng": 1} the same; and scenarois=400 beside
# scenarios=10 makes ten experiments and no error.
#
# What follows: a study that "sets the seed" this way cannot be repeated. Pass uncertainty_sampling_kwargs and
# lever_sampling_kwargs, or draw the design first and hand it over; and look at the number of rows that come back.
set -eu
python="${PYTHON:-python3.13}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder" "ema-workbench==3.0.0" "SALib==1.6.0" \
    "scipy==1.18.1" "numpy==2.5.5" "pandas==3.1.1"

cat > "$folder/again.py" <<'PY'
from ema_workbench import Model, RealParameter, ScalarOutcome, perform_experiments


def double(x=0.0):
    return {"y": 2 * x}


model = Model("double", function=double)
model.uncertainties = [RealParameter("x", 0, 1)]
model.outcomes = [ScalarOutcome("y")]


def design(**keywords):
    return perform_experiments(model, scenarios=10, **keywords)[0]["x"].tolist()


for keywords in ({"rng": 1}, {"uncertainty_sampling_kwargs": {"rng": 1}}):
    print(*keywords, "the same again:", design(**keywords) == design(**keywords))
print("scenarois=400:", len(design(scenarois=400)), "experiments")
PY
cd "$folder"
seen="$("$python" again.py 2>/dev/null)"
echo "$seen"
[ "$seen" = "rng the same again: False
uncertainty_sampling_kwargs the same again: True
scenarois=400: 10 experiments" ]
echo "as it was"
