"""F5 of one day to ten months, one run to many, and of fifty events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.figures.drawing.layout import Footer
from sim.figures.timeline import draw as timeline
from sim.figures.timeline.draw import ShownEvent
from tests.figures.checks import Drawn, Examples

START, END = dt.date(2023, 10, 2), dt.date(2024, 7, 31)
EVENTS = [
    ShownEvent(dt.date(2023, 10, 9), "High Court blocks the deployment", "documented"),
    ShownEvent(dt.date(2024, 1, 26), "High Court rules the deployment unlawful without an accord", "documented"),
    ShownEvent(dt.date(2024, 2, 29), "Coordinated attacks; four police officers killed", "documented"),
    ShownEvent(dt.date(2024, 2, 29), "Two federations act as one coalition", "documented"),
    ShownEvent(dt.date(2024, 2, 29), "Pay in escrow before departure", "scenario"),
    ShownEvent(dt.date(2024, 3, 1), "Accord for 1,000 officers, said to pay 70 $ a day and not 35 $", "documented"),
    ShownEvent(dt.date(2024, 3, 2), "Two prisons overrun", "documented"),
    ShownEvent(dt.date(2024, 3, 3), "State of emergency", "documented"),
    ShownEvent(dt.date(2024, 3, 4), "Assault on the airport", "documented"),
    ShownEvent(dt.date(2024, 3, 6), "New court challenge", "documented"),
    ShownEvent(dt.date(2024, 3, 7), "Officers report withdrawals", "documented"),
    ShownEvent(dt.date(2024, 3, 8), "Publish rules of engagement", "player"),
    ShownEvent(dt.date(2024, 4, 1), "Foreign troops land", "scenario"),
    ShownEvent(dt.date(2024, 5, 15), "Reserve list of 150", "player"),
    ShownEvent(dt.date(2025, 1, 1), "After the end", "player"),
]


def days_of(
    exits: Sequence[Sequence[int]], *, start: dt.date = START, pool: int = 400, case: str = "c", seed: int = 7
) -> pd.DataFrame:
    """The daily table of runs that lose these numbers of officers a day."""
    left = np.array(exits)
    out = np.minimum(left.cumsum(axis=1), pool)
    parts = [
        pd.DataFrame(
            {
                "case": case,
                "root_seed": seed,
                "replicate": run,
                "future": 0,
                "day": [start + dt.timedelta(int(day)) for day in range(left.shape[1])],
                "exits": np.diff(out[run], prepend=0),
                "out": out[run],
                "media": 1 + out[run] / 100,
                "perceived_hazard": np.where(out[run] < pool, 0.004 + out[run] / 50_000, np.nan),
            }
        )
        for run in range(len(left))
    ]
    return pd.concat(parts, ignore_index=True)


def many_days(runs: int, *, scale: float = 1.0, start: dt.date = START, end: dt.date = END) -> pd.DataFrame:
    """Runs that lose few officers until the end of February and then many."""
    rng = np.random.default_rng(5)
    length = (end - start).days + 1
    surge = (dt.date(2024, 2, 29) - start).days
    rate = np.where(np.arange(length) < surge, 0.05, 0.3)
    return days_of(rng.poisson(rate * scale * rng.gamma(1.5, 1, size=(runs, 1))), start=start)


CASES: dict[str, Callable[[], pd.DataFrame]] = {
    "many runs": lambda: many_days(120),
    "everyone out": lambda: many_days(40, scale=60),
    "nobody out": lambda: days_of(np.zeros((30, 304), dtype=int)),
    "three runs": lambda: many_days(3),
    "one run": lambda: many_days(1),
    "two weeks": lambda: many_days(40, start=dt.date(2024, 2, 25), end=dt.date(2024, 3, 14)),
    "from the record's end": lambda: many_days(40, start=dt.date(2024, 3, 6)),
    "to the record's end": lambda: many_days(40, end=dt.date(2024, 3, 7)),
    "after the record's end": lambda: many_days(40, start=dt.date(2024, 4, 1)),
    "one day": lambda: days_of([[1], [2], [3], [5], [0]], start=dt.date(2024, 3, 7)),
}
FIFTY = [ShownEvent(dt.date(2024, 2, 1) + dt.timedelta(k), "something happens", "scenario") for k in range(50)]


def draw(days: pd.DataFrame, footer: Footer, events: Sequence[ShownEvent] = EVENTS, **asked: Any) -> Drawn:
    figure = timeline.draw(days, pool=400, events=events, footer=footer, **asked)
    words = timeline.alt(days, pool=400, events=events, **asked)
    return Drawn(figure, timeline.table(days, events=events, **asked), words)


def reference(footer: Footer) -> Drawn:
    days = [dt.date(2024, 2, 1) + dt.timedelta(n) for n in range(60)]
    exits = np.random.default_rng(1).poisson(np.where(np.arange(60) > 28, 1.5, 0.2), (30, 60))
    rows = pd.DataFrame({
        "case": "c", "root_seed": 7, "replicate": np.repeat(np.arange(30), 60), "future": 0,
        "day": np.tile(np.array(days), 30),
        "exits": exits.ravel(), "out": exits.cumsum(axis=1).ravel(), "perceived_hazard": 0.005 + exits.ravel() / 2000,
    })  # fmt: skip
    events = [ShownEvent(dt.date(2024, 2, 29), "coordinated attacks", "documented"),
              ShownEvent(dt.date(2024, 3, 1), "accord signed", "documented"),
              ShownEvent(dt.date(2024, 3, 8), "pay into escrow", "player")]  # fmt: skip
    return draw(rows, footer, events)


EXAMPLES: Examples = {
    **{name: lambda footer, make=make: draw(make(), footer) for name, make in CASES.items()},
    "fifty events": lambda footer: draw(many_days(5), footer, FIFTY),
    "media": lambda footer: draw(many_days(5), footer, third="media"),
    "reference": reference,
}
