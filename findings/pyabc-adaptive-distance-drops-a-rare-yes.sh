#!/bin/sh
# pyABC 0.13.0: does AdaptivePNormDistance look at a statistic of yes or no that is rarely yes?
#
# A model has a level and something that is seen (1) or not (0), seen in 15 of 100 prior runs, since its chance is .3 a
# with a uniform on 0 to 1. It was observed, which is what tells about a: given that, the mean of a is 2/3. The distance
# is the adaptive one with everything at its default, whose docstring names the standard deviation as the default scale.
#
# Guess, written before running: no. The default scale is the median absolute deviation, which is 0 for whatever more
# than half of the simulations agree on, and a scale of 0 becomes a weight of 0: the rare yes, which tells most, is not
# looked at, and nothing says so.
#
# Seen: the weight is 0 in every generation; of the last population about a tenth shows what was observed, and the mean
# of a is near its prior's. With scale_function=standard_deviation, all of it does, and the mean is near 2/3.
#
# What follows: name the scale function where a statistic has few values (yes or no, small counts), and look at
# distance.scale_weights for zeros before the posterior is believed.
set -eu
python="${PYTHON:-python3.11}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder" "pyabc==0.13.0" "numpy==2.4.6" \
    "pandas==3.1.1" "scipy==1.17.1" "sqlalchemy==2.1.9"

cat > "$folder/rare.py" <<'PY'
import numpy as np
import pyabc
from pyabc.distance.scale import standard_deviation


def posterior(distance):
    np.random.seed(1)
    luck = np.random.default_rng(1)

    def model(particle):
        seen = luck.random() < 0.3 * particle["a"]
        return {"level": luck.normal(particle["b"], 0.1), "seen": float(seen)}

    prior = pyabc.Distribution(a=pyabc.RV("uniform", 0, 1), b=pyabc.RV("uniform", 0, 1))
    abc = pyabc.ABCSMC(model, prior, distance, population_size=300, sampler=pyabc.SingleCoreSampler())
    abc.new("sqlite://", {"level": 0.5, "seen": 1.0})
    history = abc.run(max_nr_populations=5)
    weights, statistics = history.get_weighted_sum_stats_for_model(m=0, t=history.max_t)
    seen = sum(weight for weight, one in zip(weights, statistics) if one["seen"] == 1.0)
    frame, weights = history.get_distribution()
    used = any(scale[1] > 0 for scale in distance.scale_weights.values())
    return used, round(float(seen), 1), round(float((frame["a"] * weights).sum()), 1)


print("default", *posterior(pyabc.AdaptivePNormDistance()))
print("standard deviation", *posterior(pyabc.AdaptivePNormDistance(scale_function=standard_deviation)))
PY
cd "$folder"
seen="$("$python" rare.py 2>/dev/null)"
echo "$seen"
[ "$seen" = "default False 0.1 0.5
standard deviation True 1.0 0.7" ]
echo "as it was"
