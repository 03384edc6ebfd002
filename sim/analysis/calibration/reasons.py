"""C4 in worlds that lived the record: whether both reasons that officers gave still move exits there."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.analysis.explain.causes import CAUSES, without
from sim.analysis.patterns import C4_DROP, REASONS
from sim.analysis.statistics.intervals import relative_drop
from sim.ensemble.cases.case import Case
from sim.ensemble.engine.block import Block, simulate

EXITS = "exits_in_surge"
WIDTH = 128
COLUMNS = ["theory", "reason", "worlds", "exits", "exits_without", "share", "low", "high", "holds"]


def reasons_table(cases: Mapping[str, Case], root_seed: int, size: int = 250) -> pd.DataFrame:
    """By how much the exits of the surge fall in kept worlds with one of the reasons off, under the same draws.

    Parameters
    ----------
    cases
        By theory, its posterior case with its kept worlds.
    root_seed
        Of the futures, which begin after the surge.
    size
        Worlds of each theory, the first ones of its list.

    Returns
    -------
    One row a theory and reason: ``theory``, ``reason``, ``worlds``, ``exits`` and ``exits_without`` (mean, officers),
    ``share`` (1 − Σ without / Σ with) with its 95 % interval ``low`` to ``high``, ``holds`` (at least C4's share).
    """
    causes = {cause.name: cause for cause in CAUSES}
    rows: list[list[object]] = []
    for theory, case in cases.items():
        for reason in REASONS:
            changed = without(case, causes[reason])
            if changed is None or not case.worlds:
                continue
            worlds = np.array(case.worlds[:size], dtype=np.int64)
            on, off = _exits((case, changed), worlds, root_seed)
            drop = relative_drop(on, off)
            rows.append([theory, reason, len(worlds), on.mean(), off.mean(), drop.share, drop.low, drop.high,
                         bool(drop.share >= C4_DROP)])  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _exits(cases: tuple[Case, Case], worlds: np.ndarray, root_seed: int) -> np.ndarray:
    """Exits of the surge in the same worlds of two cases, ``(2, worlds)``."""
    parts = []
    for begin in range(0, len(worlds), WIDTH):
        chunk = worlds[begin : begin + WIDTH]
        of = np.repeat([0, 1], len(chunk))
        result = simulate(Block(cases, of, np.tile(chunk, 2), root_seed))
        parts.append(result.outcomes[EXITS].reshape(2, len(chunk)))
    return np.concatenate(parts, axis=1)
