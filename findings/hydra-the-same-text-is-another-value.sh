#!/bin/sh
# Hydra 1.3.8 with OmegaConf 2.3.1: is what stands in a config file the same when it is typed as an override?
#
# For each of some texts, "x: TEXT" in a file and "x=TEXT" on the command line are composed, and the two values compared.
#
# Guess, written before running: not where YAML 1.1 reads what Hydra's grammar does not know: no, off, 0x10 and 1:30 are
# False, False, 16 and 90 in a file and text on the command line; 010 is 8 in a file and 10 on the command line. Numbers
# with an exponent and dates are alike, since OmegaConf changed YAML's rules for both.
#
# Seen: as guessed, but 010 is text on the command line; and the other way round inf and nan are numbers there and text in
# a file, where .inf is the number. 1_000, 1e3 and 2024-03-08 are alike.
#
# What follows: moving a setting from the command line into a file, or into the sweep's parameters and back, can change its
# value or its type without a word, above all times of the day (1:30), switches (no, off) and an open end (inf). A schema
# with types catches most; for inf write .inf in files and inf on the command line.
set -eu
python="${PYTHON:-python3.11}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$python" -m pip install --quiet --disable-pip-version-check --target "$folder" "hydra-core==1.3.8" "omegaconf==2.3.1"

cat > "$folder/texts.py" <<'PY'
from pathlib import Path

from hydra import compose, initialize_config_dir

folder = Path("conf").resolve()
folder.mkdir()
alike = []
for text in ("no", "off", "0x10", "1:30", "010", "inf", "nan", ".inf", "1_000", "1e3", "2024-03-08"):
    (folder / "in_file.yaml").write_text(f"x: {text}\n")
    (folder / "typed.yaml").write_text("x: 0\n")
    with initialize_config_dir(str(folder), version_base=None):
        in_file, typed = compose("in_file").x, compose("typed", [f"x={text}"]).x
    if (type(in_file), in_file) == (type(typed), typed):
        alike.append(text)
    else:
        print(f"{text}: {in_file!r} in a file, {typed!r} typed")
print("alike:", *alike)
PY
cd "$folder"
seen="$("$python" texts.py 2>/dev/null)"
echo "$seen"
[ "$seen" = "no: False in a file, 'no' typed
off: False in a file, 'off' typed
0x10: 16 in a file, '0x10' typed
1:30: 90 in a file, '1:30' typed
010: 8 in a file, '010' typed
inf: 'inf' in a file, inf typed
nan: 'nan' in a file, nan typed
.inf: inf in a file, '.inf' typed
alike: 1_000 1e3 2024-03-08" ]
echo "as it was"
