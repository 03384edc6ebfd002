#!/bin/sh
# Numba 0.68.1: do two cached functions that call closures of one factory still answer rightly once both are loaded?
#
# A factory makes two closures with njit, the second and the third central moment. Two modules have one njit(cache=True)
# function each, which calls one of them with the same type of array. Each is run in a process of its own, which compiles
# and keeps it; then one process runs both, of what was kept. For comparison, one process compiles both.
#
# Guess, written before running: not where each was compiled in its own process. The symbol of a closure is module,
# qualified name, types and a number that a process counts up with each function that it compiles; here both closures are
# the second. Both kept files define one symbol, and of two weak definitions the linker takes the one that it has already.
# Where the closure is short enough to be put into its caller, nothing is called, and the answer is right.
#
# Seen: each in its own process 3.0 and 6.0; then both, loaded, 3.0 and 3.0, and in the other order 6.0 and 6.0, without
# warning or error. Compiled in one process and loaded, 3.0 and 6.0. A first attempt with short closures was right.
#
# Numba's tracker knows the numbers as a cause of crashes (issue 10486: fork, functions made by exec, a cache locator of
# one's own); none of that is needed, and what follows is no crash.
#
# What follows: let the name of what a factory makes say what it was made of, before Numba compiles it, as in
# moment.__qualname__ += f"_{power}" (both answer rightly then). Otherwise a function may answer with another one's
# numbers, and which one does rests on what was run first, in which process, since the cache was last emptied.
set -eu
python="${PYTHON:-python3.12}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder" "numba==0.68.1" "llvmlite==0.50.0" \
    "numpy==2.4.6"

cat > "$folder/moments.py" <<'PY'
from numba import njit


def make(power):
    @njit
    def moment(values):
        centred = values - values.mean()
        return (centred**power).sum() / len(values)

    return moment


second, third = make(2), make(3)
PY
cat > "$folder/spread.py" <<'PY'
from moments import second
from numba import njit


@njit(cache=True)
def spread(values):
    return second(values)
PY
cat > "$folder/lean.py" <<'PY'
from moments import third
from numba import njit


@njit(cache=True)
def lean(values):
    return third(values)
PY
cat > "$folder/say.py" <<'PY'
import sys
from importlib import import_module

import numpy as np

said = []
for name in sys.argv[1:]:
    function = getattr(import_module(name), name)
    value = function(np.array([0.0, 0.0, 0.0, 4.0]))
    said += [name, value, "loaded" if function.stats.cache_hits else "compiled"]
print(*said)
PY
cd "$folder"
export NUMBA_CACHE_DIR
NUMBA_CACHE_DIR="$folder/apart"
seen="$(for names in spread lean "spread lean" "lean spread"; do "$python" say.py $names; done)"
NUMBA_CACHE_DIR="$folder/together"
seen="$seen
$("$python" say.py spread lean; "$python" say.py spread lean)"
echo "$seen"
[ "$seen" = "spread 3.0 compiled
lean 6.0 compiled
spread 3.0 loaded lean 3.0 loaded
lean 6.0 loaded spread 6.0 loaded
spread 3.0 compiled lean 6.0 compiled
spread 3.0 loaded lean 6.0 loaded" ]
echo "as it was"
