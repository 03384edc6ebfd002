"""What somebody might still observe of a world that lived the record, and that would tell theories apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from sim.arrays import Ints
from sim.ensemble.cases.case import Case
from sim.ensemble.engine.block import Block, Result, simulate
from sim.ensemble.engine.officer_table import officer_table
from sim.ensemble.engine.result_tables import outcome_rows
from sim.outcomes.windows import SURGE

OBSERVATIONS = {
    "exits_by_record_end": "a published number: officers out by 7 March",
    "intents_unseen": "officers who wanted out by 7 March and were still there",
    "leaders_among_intents": "seniority: share of squad leaders among those who wanted out by 7 March",
    "leaders_first": "seniority: share of squads with an exit in which the leader wanted out first",
    "squads_touched": "squads with an exit by 7 March",
    "largest_squad_share": "largest share of a squad out within three days",
    "alone": "share of exits in squads where nobody else left by 7 March",
    "before_surge": "days: share of exits before 29 February",
    "accord_days": "days: share of exits on 1 to 3 March, after the accord",
    "peak_day": "days: largest share of the exits on one day",
    "days_with_exits": "days: days with an exit from 29 February to 7 March",
    "month_end": "pay dates: share of exits within three days after a month's end",
}
"""Possible further observations, each a number a world: what it is."""
_ACCORD = (date(2024, 3, 1), date(2024, 3, 3))


def features(case: Case, root_seed: int, worlds: Ints, width: int = 128) -> pd.DataFrame:
    """Each of :data:`OBSERVATIONS` in some worlds of a prior case: one row a world, NaN where nobody left.

    Parameters
    ----------
    case
        The bank's case, whose runs reach the last day of the record.
    root_seed
        The bank's.
    worlds
        Their numbers, ``(worlds,)``.
    """
    numbers = np.asarray(worlds, dtype=np.int64)
    parts = []
    for begin in range(0, len(numbers), width):
        chunk = numbers[begin : begin + width]
        block = Block((case,), np.zeros(len(chunk), dtype=np.int64), chunk, root_seed)
        parts.append(_features(case, simulate(block)))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(OBSERVATIONS))


def _features(case: Case, result: Result) -> pd.DataFrame:
    outcomes = outcome_rows(result)
    officers = officer_table(result).to_pandas()
    end = case.values["clock.record_end"]
    assert isinstance(end, date)
    for name in ("intent_date", "left_date"):
        officers[name] = pd.to_datetime(officers[name])
    last = pd.Timestamp(end)
    by_world = {int(str(world)): rows for world, rows in officers.groupby("replicate")}
    told = pd.DataFrame(list(_of_worlds(by_world, [int(w) for w in outcomes["replicate"]], last)))
    own = pd.DataFrame({
        "exits_by_record_end": outcomes["exits_by_record_end"].astype(float),
        "largest_squad_share": outcomes["max_squad_share_3d"].astype(float),
    })  # fmt: skip
    return pd.concat([own, told], axis=1)[list(OBSERVATIONS)]


def _of_worlds(by_world: dict[int, pd.DataFrame], worlds: list[int], last: pd.Timestamp) -> Iterator[dict[str, float]]:
    for world in worlds:
        rows = by_world[world]
        wanted, left = rows[rows["intent_date"] <= last], rows[rows["left_date"] <= last]
        days = left["left_date"].dt
        per_squad = left.groupby("squad").size()
        per_day = left.groupby("left_date").size()
        surge = per_day[per_day.index >= pd.Timestamp(SURGE)]
        first, final = map(pd.Timestamp, _ACCORD)
        count = len(left)
        yield {
            "intents_unseen": float(len(wanted) - count),
            "leaders_among_intents": float(wanted["leader"].mean()) if len(wanted) else np.nan,
            "leaders_first": _leaders_first(wanted, per_squad.index),
            "squads_touched": float(len(per_squad)),
            "alone": float((per_squad == 1).sum() / count) if count else np.nan,
            "before_surge": float((left["left_date"] < pd.Timestamp(SURGE)).mean()) if count else np.nan,
            "accord_days": float(left["left_date"].between(first, final).mean()) if count else np.nan,
            "peak_day": float(per_day.max() / count) if count else np.nan,
            "days_with_exits": float(len(surge)),
            "month_end": float((days.day <= 3).mean()) if count else np.nan,
        }


def _leaders_first(wanted: pd.DataFrame, squads: pd.Index) -> float:
    """Share of the squads somebody left in which the leader was among the first to want out."""
    some = wanted[wanted["squad"].isin(squads)]
    if some.empty:
        return np.nan
    first = some.groupby("squad")["intent_date"].transform("min")
    early = some[some["intent_date"] == first]
    return float(early.groupby("squad")["leader"].max().mean())
