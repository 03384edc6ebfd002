"""What does the record tell about what nobody knows? `python experiments/calibration/run.py`

Makes the bank (`tabletop calibrate`, resumed where it is there) and publishes what it wrote: the page, F9 with its
data, and, with `--ship`, the list of kept worlds that comes with the package.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from experiments.study import CAUTION, command, options, publish
from sim.analysis.calibration.results import FILE, CalibrationResults
from sim.cli import run as tabletop
from sim.commands.calibrate import LIST
from sim.ensemble.cases.posterior import packaged_posterior

FIGURE = "F9-calibration"


def main() -> None:
    """Make the bank, and publish what it says."""
    parser = options(__file__, __doc__)
    parser.add_argument("--bank", type=Path, default=Path("outputs") / "bank-of-the-study", help="folder of the bank")
    parser.add_argument("--keep", type=int, default=1000, help="kept worlds of a theory that are enough")
    parser.add_argument("--ship", action="store_true", help="put the list of kept worlds into the package")
    asked = parser.parse_args()
    if tabletop(["calibrate", f"ensemble.replicates={asked.keep}", f"out={asked.bank}"]):
        raise SystemExit("the bank was not made")
    results = CalibrationResults.load(asked.bank / FILE)
    wrote = command(__file__, keep=None if asked.keep == 1000 else asked.keep)
    page = (asked.bank / "calibration.md").read_text(encoding="utf-8")
    tables = {f"{name}.csv": frame for name in ("compatibility", "undisclosed", "observations", "luck")
              if (frame := getattr(results, name)) is not None}  # fmt: skip
    asked.to.mkdir(parents=True, exist_ok=True)
    for ending in ("png", "csv"):
        shutil.copyfile(asked.bank / f"{FIGURE}.{ending}", asked.to / f"{FIGURE}.{ending}")
    publish(asked.to, f"`{wrote}` wrote this page.\n\n{page}\n{CAUTION}", tables, float_format="%.6g")
    if asked.ship:
        shutil.copyfile(asked.bank / LIST, packaged_posterior())


if __name__ == "__main__":
    main()
