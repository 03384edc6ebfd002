"""Posteriors of the tests' own: worlds of a small bank that did live the record, found as a calibration finds them.

Nothing here rests on the worlds that come with the package, which are made anew whenever the model is.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from sim.analysis.patterns import load_patterns
from sim.ensemble.cases.conditioning import bank_case
from sim.ensemble.cases.posterior import FEW, KeptWorlds, Posterior
from sim.ensemble.engine.block import Block, simulate
from sim.ensemble.engine.result_tables import outcome_rows
from sim.model import MODEL_VERSION
from sim.record import load as load_record

ROOT_SEED = 11
"""The bank's, another than anybody's usual one."""
PARTS = date(2024, 4, 1)
"""First day of a future's own luck."""
AT_ONCE = 128


@cache
def kept(theory: str, count: int = FEW) -> KeptWorlds:
    """The first ``count`` worlds of a theory whose own run shows every pattern of the record."""
    case, patterns, found, draws = bank_case(theory, PARTS - timedelta(days=1)), load_patterns(), list[int](), 0
    while len(found) < count:
        worlds = np.arange(draws, draws + AT_ONCE)
        runs = outcome_rows(simulate(Block((case,), np.zeros(AT_ONCE, dtype=np.int64), worlds, ROOT_SEED)))
        assert (runs["status"] == "ok").all()
        runs = runs.assign(first_report_date=pd.to_datetime(runs["first_report_date"]))
        found += worlds[patterns.passes(runs, int(str(case.values["officers.pool"]))).all(axis=1)].tolist()
        draws += AT_ONCE
    return KeptWorlds(case.id, draws, tuple(found[:count]))


def posterior(*theories: str, few: dict[str, tuple[int, ...]] | None = None) -> Posterior:
    """What a calibration would have found under these theories, and for those of ``few`` only these worlds."""
    listed = {theory: kept(theory) for theory in theories}
    listed |= {
        theory: KeptWorlds(bank_case(theory, PARTS - timedelta(days=1)).id, 1000, worlds)
        for theory, worlds in (few or {}).items()
    }
    patterns = load_patterns()
    return Posterior(listed, ROOT_SEED, patterns.name, patterns.digest, PARTS, MODEL_VERSION, load_record().hash)


def saved(folder: Path, *theories: str, few: dict[str, tuple[int, ...]] | None = None) -> Path:
    """:func:`posterior` as a file in a folder."""
    path = folder / "kept.json"
    posterior(*theories, few=few).save(path)
    return path
