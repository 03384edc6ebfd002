"""Files of backtests for the tests, on lists of worlds that stories make by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from sim.ensemble.cases.posterior import Posterior
from tests.ensemble.kept_worlds import posterior

LIST = "kept.json"
EXITS = {"text": "few leave", "series": "exits", "window": "2024-04", "comparison": "at_most", "value": 9}
"""A pattern."""


def kept(folder: Path, worlds: int = 100) -> Posterior:
    """The first worlds under T4, passed off as kept, as a file beside those of backtests."""
    listed = posterior({"breach": range(worlds)}, parts=date(2024, 4, 1))
    listed.save(folder / LIST)
    return listed


def written(folder: Path, patterns: dict[str, Any], **more: Any) -> Path:
    """A file of a backtest of these patterns on that list; ``more`` are other fields, and None leaves one out."""
    listed = kept(folder)
    told = {
        "synthetic": True, "written": "2026-11-30", "knew": "nothing, it is made up",
        "posterior": {"hash": listed.hash, "list": LIST}, "theories": ["breach"], "horizon": "2024-04-30",
        "patterns": patterns, **more,
    }  # fmt: skip
    file = folder / "story.yaml"
    plain = {name: value for name, value in told.items() if value is not None}
    file.write_text(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True))
    return file
