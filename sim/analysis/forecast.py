"""What a command will cost and tell, before it is given: runs, seconds, room, and how well its answer will be known.

Seconds and room are those of the store's own commands where it has any, else what a usual machine needs. The half-width
comes from runs that are known already: it shrinks as one over the root of the replicates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from sim import text as words
from sim.analysis.statistics.intervals import FEWEST, LEVEL
from sim.analysis.statistics.paired_difference import sample
from sim.analysis.statistics.summary import good
from sim.ensemble.design.plan import Plan, distinct, missing_runs
from sim.ensemble.store.store import DAYS, RUNS, Store
from sim.outcomes import outcome_of

_USUAL_SIZE = 400 * 304
"""Officer-days of a default run."""
_USUAL_RATE, _USUAL_START = 180.0, 2.0
"""Default runs a second on two cores, and the seconds before the first (docs/PERFORMANCE.md has how they vary)."""
_ROOM = {RUNS: 110.0, DAYS: 25.0}
"""Bytes of a run, and of a day of it, as Parquet packs them."""
_LAST = 5
_Z = float(ndtri((1 + LEVEL) / 2))
_MIB = 2**20


@dataclass(frozen=True)
class Forecast:
    """What a plan comes to.

    Attributes
    ----------
    wanted, missing
        Runs asked for, and those of them that have to be computed.
    seconds
        What that takes, about, and in ``rate`` where the estimate comes from.
    mib
        Room that it takes in the store.
    half_width
        Half of the 95 % interval of the answer, in the outcome's unit, of the case that is known least; None where too
        few runs are known to tell.
    share
        Half of the widest 95 % interval of a share of a case's runs.
    outcome
        The answer's.
    paired
        Whether the answer is a mean difference, and no mean.
    """

    wanted: int
    missing: int
    seconds: float
    rate: str
    mib: float
    half_width: float | None
    share: float
    outcome: str
    paired: bool = False

    @property
    def lines(self) -> list[str]:
        """The same for people."""
        said = outcome_of(self.outcome)
        what = f"the mean difference of {self.outcome}" if self.paired else f"the mean of {self.outcome}"
        if self.half_width is None:
            known = f"how well {what} will be known cannot be told before some of its runs are there"
        else:
            width = words.number(self.half_width, digits=2)
            known = f"{what} will be known to ±{width} {said.difference_unit} (sampling error, 95 %)"
        share = f"a share of a case's runs to ±{words.number(100 * self.share, digits=2)} of 100 at most"
        missing = f"{self.missing:,} of {self.wanted:,} runs are missing"
        if self.missing:
            room = words.number(max(round(self.mib, 1), 0.1))
            missing += f": about {duration(self.seconds)} ({self.rate}), {room} MiB"
        return [missing, f"{known}; {share}"]


def forecast(plan: Plan, store: Store, outcome: str, baselines: Mapping[str, str] | None = None) -> Forecast:
    """Say what a plan will cost in a store, and how well its answer will be known.

    Parameters
    ----------
    baselines
        By id of a case the one that it is compared with under the same luck; without it each case has its own mean.
    """
    missing = missing_runs(plan, store)
    count = sum(map(len, missing.values()))
    per_second, start, source = _rate(plan, store)
    replicates = max(1, plan.wanted // max(len(distinct(plan.cases)), 1))
    half = _half_width(plan, store, outcome, replicates, baselines)
    share = _Z * 0.5 / np.sqrt(replicates)
    seconds = count / per_second + start if count else 0.0
    room = count * _bytes(plan, store) / _MIB
    return Forecast(plan.wanted, count, seconds, source, room, half, min(float(share), 0.5), outcome, bool(baselines))


def seconds_of(runs: int, plan: Plan, store: Store) -> tuple[float, str]:
    """How long so many runs like those of a plan take, about, and where that comes from."""
    per_second, start, source = _rate(plan, store)
    return (runs / per_second + start if runs else 0.0), source


def _rate(plan: Plan, store: Store) -> tuple[float, float, str]:
    """Runs a second, seconds before the first, and where that comes from."""
    known = [(note["computed"], note["seconds"]) for note in store.invocations() if _timed(note)][-_LAST:]
    if known:
        return sum(n for n, _ in known) / sum(s for _, s in known), 0.0, "as this store's last commands took"
    size = float(np.mean([case.officer_days for case in plan.cases]))
    return _USUAL_RATE * _USUAL_SIZE / max(size, 1.0), _USUAL_START, "on two cores, as a rule"


def _timed(note: Mapping[str, Any]) -> bool:
    told = (note.get("computed") or 0) >= 50 and (note.get("seconds") or 0) > 0
    return told and not str(note.get("rule", "")).startswith("attribution")


def _bytes(plan: Plan, store: Store) -> float:
    """Bytes that a run takes in the tables that are kept, as those of the store do, else as a rule."""
    days = np.mean([case.days for case in plan.cases])
    total = 0.0
    for table, rule in ((RUNS, _ROOM[RUNS]), (DAYS, _ROOM[DAYS] * float(days))):
        if table in plan.tables:
            runs = len(store.finished_runs(table)) if table != RUNS else len(store.finished())
            size = sum(part.stat().st_size for part in (store.folder / table).glob("*.parquet"))
            total += size / runs if runs >= 100 else rule
    return total


def _half_width(
    plan: Plan, store: Store, outcome: str, replicates: int, baselines: Mapping[str, str] | None
) -> float | None:
    """Of the case whose mean, or mean difference, varies most; None unless some of its runs are known."""
    ids = [case.id for case in distinct(plan.cases)]
    runs = good(store.runs(cases=[*ids, *(baselines or {}).values()]))
    runs = runs[runs["root_seed"] == plan.root_seed]
    if outcome not in runs:
        return None
    of_case = {str(case): rows for case, rows in runs.groupby("case")}
    widths = [_spread(of_case, case, outcome, baselines) for case in ids if not baselines or case in baselines]
    known = [width for width in widths if width is not None]
    return _Z * max(known) / float(np.sqrt(replicates)) if known else None


def _spread(
    of_case: Mapping[str, pd.DataFrame], case: str, outcome: str, baselines: Mapping[str, str] | None
) -> float | None:
    """Standard deviation over the known runs, or pairs, of a case; None where they are too few to go by."""
    if case not in of_case:
        return None
    if not baselines:
        pairs = sample(of_case[case], of_case[case], outcome)
        values = pairs.other
    elif baselines[case] in of_case:
        pairs = sample(of_case[baselines[case]], of_case[case], outcome)
        values = pairs.other - pairs.baseline if pairs.paired else np.empty(0)
    else:
        return None
    return float(values.std(ddof=1)) if len(values) >= FEWEST else None


def duration(seconds: float) -> str:
    """Seconds as people say them, to the precision of a guess."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{words.number(seconds / 3600, digits=2)} h"
