#!/bin/sh
# Numba 0.68.1: how often is a small function compiled that a compiled loop calls with sixteen written numbers?
#
# A helper of a bloc's luck, draw(x, lane), is called once with a lane that is counted and once each with the lanes 0 to 15
# written out. All are int64; the program asks how many signatures the helper has, and how long compiling the caller took
# beside one that counts through all sixteen.
#
# Guess, written before running: one signature. Numba's own messages call 0 an int64, and a function that wants to know a
# written number has to ask for it (literally, or prefer_literal).
#
# Seen: seventeen signatures, one for each written number and one for the count, each compiled and optimised by itself; the
# caller takes several times as long to compile. The result is the same.
#
# What follows: constants of a model (purposes of draws, rows of a table) that are handed to helpers as written numbers
# multiply the time of a first run, and what is kept on disk. Put them into an array, or let the dispatcher forget them
# (types.unliteral in get_call_template), as this project's engine does.
set -eu
python="${PYTHON:-python3.13}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder" "numba==0.68.1" "numpy==2.4.6"

cat > "$folder/lanes.py" <<'PY'
import time

from numba import njit

COUNTED = """
def caller(x):
    total = 0.0
    for lane in range(16):
        total += helper(x, lane)
    return total
"""
WRITTEN = "def caller(x):\n    total = 0.0\n    for lane in range(1):\n        total -= helper(x, lane)\n" + "".join(
    f"    total += helper(x, {lane})\n" for lane in [0, *range(16)]) + "    return total\n"


@njit
def counted_helper(x, lane):
    total = 0.0
    for n in range(lane + 1):
        total += (x * (n + 1)) % 1.0
    return total


written_helper = njit(counted_helper.py_func)


def compiled(source, helper):
    names = {"helper": helper}
    exec(source, names)
    caller = njit(names["caller"])
    began = time.process_time()
    caller.compile("float64(float64)")
    return time.process_time() - began, caller(0.3)


compiled(COUNTED, njit(counted_helper.py_func))  # loads the compiler
short, one = compiled(COUNTED, counted_helper)
long, other = compiled(WRITTEN, written_helper)
signatures = len(counted_helper.signatures), len(written_helper.signatures)
print(*signatures, "several times as long" if long > 3 * short else f"{long / short:.1f}", abs(one - other) < 1e-12)
PY
cd "$folder"
seen="$("$python" lanes.py 2>&1)"
echo "$seen"
[ "$seen" = "1 17 several times as long True" ]
echo "as it was"
