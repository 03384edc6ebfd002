#!/bin/sh
# SALib 1.6.0 with SciPy 1.17.1: do discrepancy indices see the input that alone decides a yes or no?
#
# Of three inputs, 1,000 points of a Latin hypercube, the first alone decides the output, which is 1 where it is above a
# half, and 0 elsewhere: an outcome as "did the pattern come about" is. discrepancy.analyze with the method it has unless
# another is named.
#
# Guess, written before running: the first input stands out, less than for an output that is the input itself (.99), and
# the other two are alike.
#
# Seen: [0.333, 0.333, 0.333]. The method, "WD", is SciPy's wrap-around discrepancy, for which the ends of an axis are one
# place: SALib scales the output to 0 to 1, so that no and yes lie on top of each other. "CD" gives [0.381, 0.31, 0.31]; for
# the input itself "WD" gives [0.99, 0.005, 0.005].
#
# What follows: of an outcome with two values the default says that all inputs matter alike, whatever they do. Name
# method="CD" or "L2-star", or take indices of variance; `tabletop sensitivity` has none of these indices.
set -eu
python="${PYTHON:-python3.11}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder" \
  "salib==1.6.0" "scipy==1.17.1" "numpy==2.4.6" 2>/dev/null

cat > "$folder/indices.py" <<'PY'
import numpy as np
from SALib.analyze import discrepancy
from SALib.sample import latin

problem = {"num_vars": 3, "names": ["decides", "idle", "idle too"], "bounds": [[0, 1]] * 3}
points = latin.sample(problem, 1000, seed=1)
yes = (points[:, 0] > 0.5).astype(float)


def indices(output, **named):
    found = discrepancy.analyze(problem, points, output, **named)["s_discrepancy"]
    return [round(float(value), 3) for value in found]


print("yes or no:", indices(yes), "by CD:", indices(yes, method="CD"), "the input itself:", indices(points[:, 0]))
PY
cd "$folder"
seen="$("$python" indices.py 2>/dev/null)"
echo "$seen"
[ "$seen" = "yes or no: [0.333, 0.333, 0.333] by CD: [0.381, 0.31, 0.31] the input itself: [0.99, 0.005, 0.005]" ]
echo "as it was"
