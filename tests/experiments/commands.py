"""The studies as they are typed, from another folder."""

from __future__ import annotations

import sys
from pathlib import Path

from experiments.study import ROOT, environment
from tests import processes


def study(name: str, *words: str, to: Path | None = None) -> str:
    """What ``python experiments/NAME.py`` prints; its page and tables go to a folder."""
    typed = [sys.executable, str(ROOT / "experiments" / f"{name}.py"), *words, *([f"--to={to}"] if to else [])]
    folder = to.parent if to else None
    return processes.run(
        typed, check=True, stdout=processes.PIPE, text=True, cwd=folder, env=environment(), timeout=1800
    ).stdout
