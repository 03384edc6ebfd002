"""Which worlds runs are of, in words: whether they lived the record, and in how many it would still have happened."""

from __future__ import annotations

from collections.abc import Iterable
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
from sim.model import MODEL_VERSION

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
    said += _narrowed(case)
    changed = departures(case)
    if not changed and lived == count:
        return f"{said}; by 31 March each shows every pattern of it (tabletop show world tells one)."
    still = words.of_runs(lived / count, runs=count) if count else "none"
    if not changed:
        return f"{said}; the list was made with patterns of its own, and in {still} of them all of the record's hold."
    return f"{said}, with {', '.join(changed[:4])} set otherwise: in {still} of them it would still have happened."


def _narrowed(case: Case) -> str:
    """That ``unknowns.range`` leaves some of the list's worlds, where it does."""
    if not case.unknowns.narrowed or case.worlds is None:
        return ""
    return f", of the {len(case.worlds):,} of its list that lie in the ranges asked for"


def luck_line(case: Case, outcome: str) -> str:
    """Of what an outcome varies by over kept worlds, how much is luck, in a line; nothing where that is not known."""
    posterior = _packaged()
    kept = posterior.theories.get(case.theory) if posterior else None
    if posterior is None or kept is None or case.mode != POSTERIOR or kept.bank != case.unknowns.bank:
        return ""
    if kept.worlds != case.worlds:  # what was found over other worlds says nothing of these
        return ""
    if departures(case):  # what is said is of the documented world
        return ""
    return kept_luck(case.theory, outcome, Clock.of(case.values))


def luck_share(case: Case, worlds: Iterable[int], outcome: str) -> float | None:
    """The same as a share of the variance, by the packaged split; None where that is not known of these worlds.

    ``worlds`` are those that were run; the split is of the whole list, of which they may be the first. Of an outcome
    that ends after futures part it knows later luck alone, and so not the share.
    """
    posterior = _packaged()
    kept = posterior.theories.get(case.theory) if posterior else None
    if posterior is None or kept is None or case.mode != POSTERIOR or kept.bank != case.unknowns.bank:
        return None
    if departures(case) or not {int(world) for world in worlds} <= set(kept.worlds):
        return None
    clock = Clock.of(case.values)
    if clock is None or last_day(outcome, clock) >= posterior.parts:
        return None
    found = [row for row in posterior.luck if row["outcome"] == outcome and row["theory"] == case.theory]
    return float(found[0]["luck"]) if found else None


def kept_luck(theory: str, outcome: str, clock: Clock | None) -> str:
    """The same of the list of worlds that comes with the package, under a theory.

    An outcome that by this clock ends later than futures part is split by these: luck is what comes after, and what
    came before is with the unknowns.
    """
    posterior = _packaged()
    split = {str(row["theory"]): row for row in posterior.luck if row["outcome"] == outcome} if posterior else {}
    if posterior is None or theory not in split:
        return ""
    later = clock is not None and last_day(outcome, clock) >= posterior.parts
    what = f"luck from {words.day(posterior.parts)} on" if later else "luck"
    rest = "what nobody knows and earlier luck" if later else "what nobody knows"
    luck = words.of_runs(float(split[theory]["luck"]))
    said = f"Of what {outcome} varies by in worlds that lived the record, {luck} is {what} under this theory"
    if "all" in split:
        shares = [words.hundredth(float(split["all"][name])) for name in ("luck", "unknowns", "theory_share")]
        said += (
            f"; over the theories, weighted equally, {shares[0]} is {what}, {shares[1]} {rest}, {shares[2]} the theory"
        )
    return f"{said}."


def _packaged() -> Posterior | None:
    """The list that comes with the package; None where there is none of this version."""
    try:
        posterior = load_posterior()
    except UserMistake:
        return None
    return posterior if posterior.model_version == MODEL_VERSION else None
