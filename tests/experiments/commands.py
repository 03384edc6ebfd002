"""The studies as they are typed, from another folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from experiments.study import ROOT, environment


def study(name: str, *words: str, to: Path | None = None) -> str:
    """What ``python experiments/NAME.py`` prints; its page and tables go to a folder."""
    typed = [sys.executable, str(ROOT / "experiments" / f"{name}.py"), *words, *([f"--to={to}"] if to else [])]
    folder = to.parent if to else None
    return subprocess.run(typed, check=True, stdout=subprocess.PIPE, text=True, cwd=folder, env=environment()).stdout
