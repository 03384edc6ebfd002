"""One world told: what it drew of all that nobody knows, what happened in it day by day, and who left."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sim.ensemble.cases.case import Case, settings_of
from sim.ensemble.cases.posterior import load_posterior
from sim.ensemble.cases.run_numbers import FUTURES
from sim.ensemble.engine.block import Block, simulate
from sim.ensemble.engine.officer_table import officer_table
from sim.ensemble.engine.run_unknowns import quantiles_in_worlds, values_in_worlds
from sim.errors import UserMistake

TELLING = 0.1
"""Of a prior's range at either end: a setting that lies there is what makes a world unlike others."""


def unknowns_of_world(case: Case, root_seed: int, world: int) -> pd.DataFrame:
    """What each drawn setting is in one world, against its prior and the worlds that lived the record.

    Returns
    -------
    One row a setting, the most unusual first: ``setting``, ``value``, ``unit``, ``low`` and ``high`` (prior range; of
    the whole for a share, of the gap for a gap), ``quantile`` (of the prior that lies below, 0 to 1), ``kept_lower``,
    ``kept_upper`` (middle half of the kept worlds of the list that comes with the package, in the setting's unit; null
    where there is none of this bank), ``meaning``. No row where nothing is drawn.
    """
    numbers, known = np.array([world], dtype=np.int64), settings_of(case.theory)
    values, quantiles = values_in_worlds(case, root_seed, numbers), quantiles_in_worlds(case, root_seed, numbers)
    kept = _kept_values(case, root_seed)
    rows = []
    for key, prior in case.unknowns.drawn.items():
        lower, upper = np.quantile(kept[key], [0.25, 0.75]) if key in kept else (np.nan, np.nan)
        place = float(quantiles[key].iloc[0])
        rows.append(
            [key, float(values[key][0]), known[key].unit, prior.low, prior.high, place, lower, upper, known[key].text]
        )
    names = ["setting", "value", "unit", "low", "high", "quantile", "kept_lower", "kept_upper", "meaning"]
    table = pd.DataFrame(rows, columns=names)
    order = (table["quantile"] - 0.5).abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _kept_values(case: Case, root_seed: int) -> dict[str, Any]:
    """What the kept worlds of the packaged list drew, where the case is of its bank."""
    try:
        posterior = load_posterior()
    except UserMistake:
        return {}
    kept = posterior.theories.get(case.theory)
    of_it = kept is not None and kept.bank in (case.unknowns.bank, case.id)
    if kept is None or not of_it or not kept.worlds or posterior.root_seed != case.luck_seed(root_seed):
        return {}
    return dict(values_in_worlds(case, root_seed, np.array(kept.worlds, dtype=np.int64)))


def days_of_world(case: Case, run: int, root_seed: int) -> pd.DataFrame:
    """The days of a run, by its number, on which something happened.

    Returns
    -------
    One row a day: ``day``, ``happened`` (the texts of the case's dated events), ``exits``, ``out`` (so far),
    ``reports``, ``denials``, ``attacks``, ``killed`` (all of that day), ``perceived_hazard`` (mean, of a tour). A day
    without an event, an exit or a report has no row.
    """
    result = simulate(Block.of_run((case,), run, root_seed))
    series = {name: values[:, 0] for name, values in result.series.items()}
    start = case.values["clock.start"]
    assert isinstance(start, date)
    days = pd.DataFrame({
        "day": [date.fromordinal(start.toordinal() + n) for n in range(len(series["exits"]))],
        **{name: series[name] for name in ("exits", "out", "reports", "denials", "attacks")},
        "killed": sum(series[name] for name in ("deaths_gang", "deaths_operations", "deaths_vigilantes")),
        "perceived_hazard": series["perceived_hazard"],
    })  # fmt: skip
    texts: dict[date, list[str]] = {}
    for event in case.events:
        if event.date is not None:
            texts.setdefault(event.date, []).append(event.text or event.id)
    days.insert(1, "happened", ["; ".join(texts.get(day, [])) for day in days["day"]])
    telling = (days["happened"] != "") | (days["exits"] > 0) | (days["reports"] > 0)
    return days[telling].reset_index(drop=True)


def leavers_of_world(case: Case, run: int, root_seed: int) -> pd.DataFrame:
    """Who left in a run: ``officer``, ``squad``, ``leader`` (0 or 1), ``intent_date``, ``left_date``; by day."""
    officers = officer_table(simulate(Block.of_run((case,), run, root_seed)))
    if not len(officers):
        return pd.DataFrame(columns=["officer", "squad", "leader", "intent_date", "left_date"])
    rows = officers.select(["officer", "squad", "leader", "intent_date", "left_date"]).to_pandas()
    left = rows[rows["left_date"].notna()].sort_values(["left_date", "officer"], ignore_index=True)
    return left


def world_number(run: int) -> int:
    """The world of a run of this number."""
    return run % FUTURES
