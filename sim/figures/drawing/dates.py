"""Dates along an axis of days: firsts of months, or some days where the time shown is short."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from matplotlib.axes import Axes


def write_dates(axes: Axes, first: dt.date, last: dt.date, *, words: bool = True) -> None:
    """Ticks of an axis of days (``date.toordinal``); without ``words`` there are ticks only.

    The year stands where it begins or changes. All have two lines, so that they stand on one baseline.
    """
    days = [dt.date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]
    months = [day for day in days if day.day == 1]
    monthly = len(months) >= 3
    shown = months[:: len(months) // 13 + 1] if monthly else days[:: max(len(days) // 6, 1)]
    years = ["" if now == before else now for before, now in pairwise([0, *(day.year for day in shown)])]
    names = [f"{day:%b}" if monthly else f"{day.day} {day:%b}" for day in shown]
    texts = [f"{name}\n{year or ' '}" for name, year in zip(names, years, strict=True)]
    axes.set_xticks([day.toordinal() for day in shown], texts if words else [""] * len(shown))
