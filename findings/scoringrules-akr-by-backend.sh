#!/bin/sh
# scoringrules 0.10.0: does the backend change the CRPS of an ensemble?
#
# crps_ensemble(…, estimator="akr") sums |x_i - x_(i-1)| around the ring of members instead of over all pairs. It is asked
# for one observation and five members, with the backend NumPy and with Numba, which is the same but faster.
#
# Guess, written before running: the backends agree to the last digits but a few; only the order of the members matters,
# since it is a ring.
#
# Seen: 0.8 by NumPy and 0.4 by Numba, and with the members sorted 1.0 and 1.2: Numba pairs the first member with the last
# but one instead of the last. "nrg", "fair", "pwm" and "qd" agree.
#
# What follows: a score by "akr" needs its backend named beside it, and a change of backend for speed's sake changes which
# of two forecasts is better; the default estimator is safe.
set -eu
python="${PYTHON:-python3.11}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder" \
  "scoringrules==0.10.0" "numpy==2.4.6" "scipy==1.15.3" "numba==0.68.1" 2>/dev/null

cat > "$folder/scores.py" <<'PY'
import numpy as np
import scoringrules as sr

for members in ([2.0, 0.0, 5.0, 7.0, 1.0], [0.0, 1.0, 2.0, 5.0, 7.0]):
    for name in ("akr", "nrg", "fair", "pwm", "qd"):
        by = [
            round(float(sr.crps_ensemble(np.array([1.0]), np.array([members]), estimator=name, backend=backend)[0]), 6)
            for backend in ("numpy", "numba")
        ]
        print(name, *by, end="; ")
PY
cd "$folder"
seen="$("$python" scores.py 2>/dev/null)"
echo "$seen"
[ "$seen" = "akr 0.8 0.4; nrg 0.96 0.96; fair 0.6 0.6; pwm 0.6 0.6; qd 0.96 0.96; akr 1.0 1.2; nrg 0.96 0.96; fair 0.6 0.6; pwm 0.6 0.6; qd 0.96 0.96; " ]
echo "as it was"
