"""Two PNGs laid on each other: whether a figure came out again as it was, and if not, what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from sim.figures.provenance.recipe import versions


@dataclass(frozen=True, slots=True)
class Found:
    """Whether all pixels are the same, and in one line what differs."""

    same: bool
    text: str


def compare(first: Path, again: Path, made_with: Mapping[str, str]) -> Found:
    """Compare a figure with what came out of its recipe; ``made_with`` are the first one's versions."""
    with Image.open(first) as mine, Image.open(again) as other_one:
        sizes = mine.size, other_one.size
        if sizes[0] == sizes[1]:  # only then are there pixels to compare
            one, two = (np.asarray(image.convert("RGBA"), dtype=np.int16) for image in (mine, other_one))
    now = versions()
    other = [f"{name} {made_with.get(name, 'unknown')} then, {now[name]} now" for name in now
             if made_with.get(name) != now[name] and (name in made_with or name != "python")]  # fmt: skip
    under = f"other versions: {'; '.join(other)}" if other else "under the same versions"
    if sizes[0] != sizes[1]:
        told = " and ".join(f"{width} × {height}" for width, height in sizes)
        return Found(False, f"The pictures differ in size, {told} pixels; {under}; {_data(first, again)}.")
    apart = np.abs(one - two).max(axis=2)
    if not apart.any():
        return Found(True, f"The same picture: all {apart.size:,} pixels are the same ({under}).")
    count = int(np.count_nonzero(apart))
    return Found(False, f"{count:,} of {apart.size:,} pixels differ, by {int(apart.max())} of 255 at most; {under}; "
                        f"{_data(first, again)}.")  # fmt: skip


def _data(first: Path, again: Path) -> str:
    """Whether the numbers behind the two are the same."""
    tables = [path.with_suffix(".csv") for path in (first, again)]
    if not tables[0].exists():
        return "the first one's data are not beside it"
    same = tables[0].read_bytes() == tables[1].read_bytes()
    return "the numbers behind them are the same" if same else "the numbers behind them differ"
