"""The daily table of one case as curves: which runs are complete, which are shown, which are central."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.statistics.band_depth import Centre, centre
from sim.arrays import FloatArray
from sim.ensemble.cases.run_numbers import FUTURES
from sim.ensemble.store.tables.interface import LUCK

SHOWN = 25  # 17–33 sample lines are read better than 9 or 65 (Padilla 2020)
_ENOUGH = 4  # runs from which a central half is told from the rest


@dataclass(frozen=True, slots=True)
class Bundle:
    """Runs × days for each series of one case.

    ``runs`` holds (root seed, number of the run) in order, ``shown`` and ``played`` are places in it; ``centres`` has
    the central half of each series, and ``chosen`` is False where the played run is simply the deepest curve
    of the first series. ``left_out`` counts the runs that lack a day.
    """

    days: tuple[dt.date, ...]
    runs: tuple[tuple[int, int], ...]
    curves: dict[str, FloatArray]
    centres: dict[str, Centre]
    shown: tuple[int, ...]
    played: int
    chosen: bool
    left_out: int

    @property
    def has_band(self) -> bool:
        """Whether there are runs enough to speak of a central half."""
        return len(self.runs) >= _ENOUGH

    def at(self, date: dt.date) -> int:
        """Place of the last day not after ``date``; -1 where there is none."""
        return sum(day <= date for day in self.days) - 1


def read(days: pd.DataFrame, series: Sequence[str], *, full: Sequence[str], played: int | None) -> Bundle:
    """Arrange the daily table of one case.

    Parameters
    ----------
    days
        Columns case, root_seed, replicate, future, day and the ``series``; one row a run and day.
    series
        Columns to read; the first decides which run is the most central.
    full
        Those of them that a run must have on every day, else it is left out.
    played
        Replicate of the run to bring out; ``None`` takes the most central one.

    Raises
    ------
    ValueError
        A column is missing, there is not exactly one case, a run has a day twice, no run is complete, or the
        played replicate is absent or stands under more than one root seed.
    """
    missing = [column for column in ("case", *LUCK, "day", *series) if column not in days]
    if missing:
        raise ValueError(f"the daily table lacks {', '.join(missing)}")
    if (cases := days["case"].nunique()) != 1:
        raise ValueError(f"the daily table has {cases} cases: one figure shows one")
    if days.duplicated([*LUCK, "day"]).any():
        raise ValueError("the daily table has a run's day twice")
    wide = days.assign(day=pd.to_datetime(days["day"])).set_index([*LUCK, "day"])[list(series)].unstack("day")
    wide = wide.sort_index().sort_index(axis=1)
    complete = np.flatnonzero(np.all(wide[list(full)].notna(), axis=1))
    left_out = len(wide) - len(complete)
    wide = wide.iloc[complete]
    if wide.empty:
        raise ValueError("no run has a value on every day, so there is nothing to draw")
    runs = tuple((int(seed), int(replicate) + int(future) * FUTURES) for seed, replicate, future in wide.index)
    curves = {name: wide[name].to_numpy(dtype=float, na_value=np.nan) for name in series}
    centres = {name: centre(values) for name, values in curves.items()}
    place = centres[series[0]].deepest if played is None else _find(runs, played)
    count = min(SHOWN, len(runs))
    shown = tuple(int(i) for i in np.linspace(0, len(runs) - 1, count).round())
    dates = tuple(day.date() for day in wide[series[0]].columns)
    return Bundle(dates, runs, curves, centres, shown, place, played is not None, left_out)


def _find(runs: Sequence[tuple[int, int]], replicate: int) -> int:
    places = [place for place, run in enumerate(runs) if run[1] == replicate]
    if not places:
        raise ValueError(f"played_replicate={replicate}: no complete run of that number")
    if len(places) > 1:
        raise ValueError(f"played_replicate={replicate}: it stands under {len(places)} root seeds; keep one of them")
    return places[0]
