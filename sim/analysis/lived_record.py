"""Which worlds runs are of, in words: whether they lived the record, and in how many it would still have happened."""

from __future__ import annotations

from typing import Any

import pandas as pd

from sim import text as words
from sim.analysis.patterns import agreement, load_patterns
from sim.analysis.statistics.summary import good
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.conditioning import departures
from sim.ensemble.cases.posterior import Posterior, load_posterior
from sim.ensemble.cases.unknowns import POSTERIOR, PRIOR
from sim.ensemble.design.last_day import Clock, last_day
from sim.errors import UserMistake

LIVED = "in worlds that lived the record"
DRAWN = "in worlds drawn from the prior"


def which_worlds(case: Case) -> str:
    """What to say of the runs of a case before anything else; nothing where every setting is fixed."""
    return {POSTERIOR: LIVED, PRIOR: DRAWN}.get(case.mode, "")


def still_happened(case: Case, runs: pd.DataFrame) -> tuple[int, int]:
    """In how many of a case's good runs every pattern of the record holds, and how many there are."""
    ok = good(runs)
    pool: Any = case.values["officers.pool"]
    return int(load_patterns().passes(ok, pool).all(axis=1).sum()), len(ok)


def record_line(case: Case, runs: pd.DataFrame) -> str:
    """In a line how the runs of a case stand to the record."""
    pool: Any = case.values["officers.pool"]
    if case.mode != POSTERIOR:
        return agreement(runs, pool)
    lived, count = still_happened(case, runs)
    worlds = good(runs)["replicate"].nunique()
    said = f"Worlds that lived the record: {words.several(worlds, 'kept world')} of this theory"
    if count > worlds:
        said += f", with {count:,} futures"
    changed = departures(case)
    if not changed and lived == count:
        return f"{said}; by 31 March each shows every pattern of it (tabletop show world tells one)."
    still = words.of_runs(lived / count, runs=count) if count else "none"
    if not changed:
        return f"{said}; the list was made with patterns of its own, and in {still} of them all of the record's hold."
    return f"{said}, with {', '.join(changed[:4])} set otherwise: in {still} of them it would still have happened."


def luck_line(case: Case, outcome: str) -> str:
    """How much of what an outcome varies by is luck, and how much the unknowns, in a line; nothing where not known."""
    if case.mode != POSTERIOR:
        return ""
    try:
        posterior = load_posterior()
    except UserMistake:
        return ""
    kept = posterior.theories.get(case.theory)
    if kept is None or kept.bank != case.unknowns.bank:
        return ""
    clock = Clock.of(case.values)
    later = clock is not None and last_day(outcome, clock) >= posterior.parts
    return _luck_line(posterior, case.theory, outcome, later)


def _luck_line(posterior: Posterior, theory: str, outcome: str, later: bool) -> str:
    split = {str(row["theory"]): row for row in posterior.luck if row["outcome"] == outcome}
    if theory not in split:
        return ""
    luck = words.hundredth(float(split[theory]["luck"]))
    said = f"Of what varies in {outcome} over these worlds, {luck} of 100 parts are "
    if later:  # the luck of a world's past goes with its unknowns: only its futures differ
        said += f"luck from {words.day(posterior.parts)} on and the rest what nobody knows and earlier luck"
    else:
        said += "luck and the rest what nobody knows"
    if (whole := split.get("all")) is not None and whole.get("theory_share") is not None:
        said += f"; over all theories, {words.hundredth(float(whole['theory_share']))} of 100 are the theory"
    return f"{said}."
