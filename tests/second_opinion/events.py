"""What happens from outside: the event table of a case (ODD 6 and 7.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.ensemble.cases.case import Case

if TYPE_CHECKING:
    from tests.second_opinion.model import TutorialModel

LARGEST = {
    "gangs.documented_attacks": 1e4,
    "media.documented_salience": 1e4,
    "media.kenya_salience": 1e4,
    "haiti.police": 1e9,
    "kenya.arrears": 1e4,
    "kenya.slips": 1e3,
    "levers.first_contingent": 1e9,
    "levers.reserve": 1e9,
    "levers.foreign_troops": 1e9,
}
"""Upper limits; every other level lies between 0 and 1."""

DATED = {"kenya.imminence": "announced_on", "kenya.accord": "accord_on"}
"""Levels of which the day of the last write counts, whether or not it moved them."""

SLOW = "levers.foreign_troops"
ARRIVAL_DAYS = 14
"""Days from a write to ``levers.foreign_troops`` to their arrival."""

MEASURES: dict[str, Callable[[TutorialModel], float]] = {
    "coalition": lambda model: model.gangs.coalition,
    "control": lambda model: model.gangs.control,
    "authority": lambda model: model.haiti.authority,
    "media": lambda model: model.press.media,
    "attacks": lambda model: model.gangs.attacks,
    "readiness": lambda model: model.kenya.readiness,
    "funding": lambda model: model.kenya.funding,
    "arrears": lambda model: model.kenya.arrears,
    "imminence": lambda model: model.kenya.imminence,
    "assurance": lambda model: model.kenya.assurance,
    "exits": lambda model: model.exits,
    "report": lambda model: model.press.report,
    "available": lambda model: model.available,
}


class Write:
    """One level that an event writes."""

    def __init__(self, model: TutorialModel, target: str, how: str, value: float) -> None:
        self.model = model
        group, name = target.split(".")
        self.owner: Any = {
            "gangs": model.gangs,
            "media": model.press,
            "haiti": model.haiti,
            "un": model.united_nations,
            "kenya": model.kenya,
            "officers": model.kenya,
            "levers": model.levers,
        }[group]
        self.level = "announced" if target == "kenya.imminence" else name
        self.dates = DATED.get(target)
        self.adds = how == "add"
        self.value = value
        self.largest = LARGEST.get(target, 1.0)

    def make(self) -> None:
        """Set the level or add to it, within its limits."""
        value = getattr(self.owner, self.level) + self.value if self.adds else self.value
        setattr(self.owner, self.level, min(max(value, 0.0), self.largest))
        if self.dates:
            setattr(self.owner, self.dates, self.model.day)


class ConditionalEvent:
    """An event that waits for a measure to lie beyond a threshold for some days in a row."""

    def __init__(self, model: TutorialModel, event: Any) -> None:
        self.model = model
        self.measure = MEASURES[event.when.measure]
        self.above, self.threshold = event.when.above, event.when.threshold
        self.days, self.once = event.when.days, event.when.once
        self.writes = [Write(model, *write) for write in event.writes if write[0] != SLOW]
        self.arrivals = [Write(model, *write) for write in event.writes if write[0] == SLOW]
        self.streak = 0
        self.fired = 0
        self.fired_on = 0

    def look(self) -> None:
        """Count the days on which it holds, and fire."""
        today, measured = self.model.day, self.measure(self.model)
        holds = measured > self.threshold if self.above else measured < self.threshold
        self.streak = self.streak + 1 if holds else 0
        if self.streak >= self.days and not (self.once and self.fired):
            self.fired += 1
            if not self.fired_on or today > self.fired_on + (ARRIVAL_DAYS if self.arrivals else 0):
                self.fired_on = today
            for write in self.writes:
                write.make()
        if self.fired and today == self.fired_on + ARRIVAL_DAYS:
            for write in self.arrivals:
                write.make()


class Calendar:
    """All events of a case."""

    def __init__(self, model: TutorialModel, case: Case) -> None:
        self.model = model
        self.conditional = [ConditionalEvent(model, event) for event in case.events if event.when is not None]
        arrivals: dict[int, list[Write]] = {}
        dated: dict[int, list[Write]] = {}
        for event in case.events:
            if event.date is None:
                continue
            for write in event.writes:
                day, diary = event.date.toordinal(), dated
                if write[0] == SLOW:
                    day, diary = day + ARRIVAL_DAYS, arrivals
                diary.setdefault(day, []).append(Write(model, *write))
        self.days = sorted({*arrivals, *dated})
        self.writes = {day: [*arrivals.get(day, ()), *dated.get(day, ())] for day in self.days}

    def clear(self) -> None:
        """Pulses last one day."""
        self.model.gangs.documented_attacks = 0.0
        self.model.press.documented_salience = 0.0
        self.model.press.kenya_salience = 0.0

    def happen(self, day: int) -> None:
        """Conditional events on the state that yesterday left, then what is dated today."""
        self.clear()
        for event in self.conditional:
            event.look()
        self.make_dated(day)

    def make_dated(self, day: int) -> None:
        """What falls due on a day."""
        for write in self.writes.get(day, ()):
            write.make()
