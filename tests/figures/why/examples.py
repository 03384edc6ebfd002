"""F7 of one who left, stayed, left at once or was not let go, of the force, and of two runs that part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd

from sim.analysis.explain.story import Fate, Story
from sim.figures.drawing.layout import Footer
from sim.figures.why import draw as why
from sim.figures.why.draw import Pair
from sim.model.state import Letter, Stage
from tests.figures.checks import Drawn, Examples
from tests.worlds import asked

START, END, RECORD_END = date(2023, 10, 2), date(2024, 7, 31), date(2024, 3, 7)


@cache
def _case():
    return asked(("theory=breach",)).case


def _story(
    *,
    intent: date | None = date(2024, 3, 5),
    left: date | None = None,
    letter: Letter = Letter.ACCEPTED,
    start: date = START,
    end: date = END,
    loud: float = 1.0,
    shock: date | None = None,
    arrears: float = 0.0,
    tolerance: float = 0.42,
    hurt: date | None = None,
) -> Story:
    """An officer whose fear surges in March; he leaves on ``left``, or else on the day of his intent."""
    days = [start + timedelta(n) for n in range((end - start).days + 1)]
    t = np.arange(len(days), dtype=float)
    surge = np.exp(-(((t - 155) / 30) ** 2))
    parts = {
        "violence": loud * (1.2 * surge + 0.1 * np.sin(t / 9)), "rumours": loud * 0.05 * np.cos(t / 14),
        "ambiguity": np.where(t > 150, -0.05, 0.1) * loud, "arrears": arrears * t / len(t),
        "peers": -0.2 * loud + 0 * t,
    }  # fmt: skip
    if letter == Letter.ACCEPTED and intent is not None and left is None:
        left = intent
    until = min([day for day in (left, hurt) if day is not None], default=end)
    wanted = intent or end
    hazard = 0.002 * (1 + surge)
    grown = np.array([tolerance * min((day - start).days + 1, (wanted - start).days + 1) for day in days])
    cumulated = grown / max((wanted - start).days + 1, 1) * (1.0 if intent else 0.6)
    frame = pd.DataFrame({
        "day": days, "imminence": 0.3, **parts, "baseline": -5.6, "perceived": -5.6 + sum(parts.values()),
        "hazard": hazard, "felt": hazard * 0.3, "shock": [0.75 if day == shock else 0.0 for day in days],
        "cumulated": cumulated, "present": [day <= until for day in days],
    })  # fmt: skip
    stage = Stage.KILLED if hurt else Stage.OPTED_OUT if left else Stage.TRAINED
    fate = Fate(intent, left, hurt, Letter.NONE if intent is None else letter, stage, float(cumulated[-1]))
    spared = {"violence": replace(fate, intent=None), "peers": fate}
    return Story(_case(), 7, 20240307, 172, 21, False, tolerance, frame, fate, spared)


def _force(loud: float = 1.0) -> Story:
    days = _story(loud=loud).days.drop(columns=["hazard", "felt", "shock", "cumulated", "present"])
    days["out"] = np.linspace(0, 123 * loud, len(days)).round()
    return Story(_case(), 7, 20240307, None, -1, False, np.nan, days, None, {})


STORIES: dict[str, Callable[[], Story]] = {
    "left in March": _story,
    "stayed": lambda: _story(intent=None),
    "stayed with a tolerance beyond reach": lambda: _story(intent=None, tolerance=64),
    "left on the first day": lambda: _story(intent=START),
    "left within a fortnight": lambda: _story(intent=date(2023, 10, 12)),
    "left on the last day": lambda: _story(intent=END),
    "was not let go": lambda: _story(letter=Letter.BLOCKED),
    "waited for his squad": lambda: _story(left=date(2024, 5, 4)),
    "waits still": lambda: _story(letter=Letter.WAITING),
    "was followed by nobody": lambda: _story(shock=date(2024, 3, 5)),
    "lost his leader early": lambda: _story(shock=date(2023, 11, 5)),
    "was owed pay": lambda: _story(arrears=0.9),
    "was killed": lambda: _story(intent=None, hurt=date(2024, 6, 2)),
    "hardly felt a thing": lambda: _story(loud=0.01),
    "was terrified": lambda: _story(loud=9.0),
    "served two days": lambda: _story(start=date(2024, 3, 6), end=RECORD_END, intent=None),
    "left after a start in March": lambda: _story(start=date(2024, 3, 1), intent=date(2024, 3, 8)),
    "the force": _force,
}
PAIRS: dict[str, Callable[[], Pair]] = {
    "early": lambda: Pair(_story(loud=0.5, intent=None), "terms_settled", date(2023, 10, 20), "pay escrow"),
    "late": lambda: Pair(_story(loud=0.5), "terms_settled", date(2024, 3, 1), "pay escrow"),
    "on the eve": lambda: Pair(_story(loud=0.5), "breach", START - timedelta(1), "baseline"),
    "never": lambda: Pair(_story(), "terms_settled", None, ""),
}
PAIRED = [*(("left in March", pair) for pair in PAIRS), ("left on the first day", "late"), ("stayed", "late"),
          ("left on the first day", "early"), ("was not let go", "on the eve")]  # fmt: skip


def draw(story: Story, footer: Footer, pair: Pair | None = None) -> Drawn:
    return Drawn(why.draw(story, footer=footer, pair=pair), why.table(story, pair=pair), why.alt(story, pair=pair))


def reference(footer: Footer) -> Drawn:
    days = [date(2024, 1, 1) + timedelta(n) for n in range(70)]
    surge = np.exp(-(((np.arange(70) - 62) / 9) ** 2))
    parts = {"violence": 1.2 * surge, "rumours": 0.1 * surge, "ambiguity": 0.1 - 0.1 * surge, "arrears": 0 * surge,
             "peers": -0.2 * surge}  # fmt: skip
    frame = pd.DataFrame({
        "day": days, "imminence": 0.3, **parts, "baseline": -5.6, "perceived": -5.6 + sum(parts.values()),
        "hazard": 0.002 * (1 + surge), "felt": 0.001 * (1 + surge), "shock": 0.0,
        "cumulated": np.minimum(np.cumsum(0.006 * (1 + surge)), 0.42), "present": True,
    })  # fmt: skip
    on = days[60]
    fate = Fate(on, None, None, Letter.BLOCKED, Stage.TRAINED, 0.42)
    story = Story(asked(("theory=breach",)).case, 7, 7, 172, 21, False, 0.42, frame, fate, {"peers": fate})
    return draw(story, footer)


EXAMPLES: Examples = {
    **{name: lambda footer, make=make: draw(make(), footer) for name, make in STORIES.items()},
    **{f"{name}, {pair}": lambda footer, name=name, pair=pair: draw(STORIES[name](), footer, PAIRS[pair]())
       for name, pair in PAIRED},
    "the force beside the force": lambda footer: draw(
        _force(), footer, Pair(_force(0.5), "no_surge", date(2024, 2, 29), "attacks")),
    "reference": reference,
}  # fmt: skip
