"""What the register holds: an outcome with all its words and how it is computed, and a daily series."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sim import text as words
from sim.arrays import FloatArray, Floats
from sim.outcomes.watched import Today, Watched

Type = Literal["count", "share", "level", "date"]
Side = Literal["lower", "higher"]


@dataclass(frozen=True, slots=True)
class Words:
    """The words for less and more of something, and for the least and the most of it."""

    less: str
    more: str
    least: str
    most: str


FEWER = Words("fewer", "more", "the fewest", "the most")
LOWER = Words("lower", "higher", "the lowest", "the highest")
EARLIER = Words("earlier", "later", "the earliest", "the latest")
WORDS: Mapping[Type, Words] = {"count": FEWER, "share": LOWER, "level": LOWER, "date": EARLIER}
"""Words by type; only what is counted is fewer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What an outcome and a daily series have in common: name, type, unit of the values, and what they mean.

    Parameters
    ----------
    type
        ``count`` (whole things), ``share`` (of a whole), ``level`` (any other number) or ``date``.
    text
        The meaning; settings of the clock in it (``clock.record_end``) are shown as a case's days where they are known.
    """

    name: str
    type: Type
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class Series(Entry):
    """A number of each day, noted after the day is over.

    Parameters
    ----------
    read
        Takes it from :class:`~sim.outcomes.watched.Today`: one value a run, ``(runs,)``.
    """

    read: Callable[[Today], Floats]


@dataclass(frozen=True, slots=True)
class Outcome(Entry):
    """What a run is asked: one value a run, its good direction, and the words for it.

    What is left empty follows from type, unit and meaning. In a pattern, ``{}`` stands for the word for less or more of
    it, or for the least or the most.

    Parameters
    ----------
    compute
        Takes :class:`~sim.outcomes.watched.Watched`, what was seen of a block of runs, and gives one float64 a run,
        ``(runs,)``; NaN is null, and a date is its proleptic ordinal (``date.toordinal``).
    better
        Its good direction, for whoever wants the mission manned and people unharmed; None for what is reported,
        rumoured or felt, which has none. Stepping out stays a legitimate choice.
    label
        Its name on an axis, with settings of the clock as in ``text``; else the meaning.
    does
        Pattern of what a case does that has less or more of it: ``loses {} officers``. It is cut after the word where
        it follows the whole: "loses fewer officers in 83 of 100 runs, loses more in 12".
    asked
        Pattern of the question which of several cases has the least of it: ``loses {} officers by clock.record_end``.
    led
        Pattern of the head of the answer, which names a case next: ``{} officers are lost by clock.record_end in``.
    out_by
        The setting of the day, where it counts officers of the pool who are out by then: its figure asks whether too
        few are left for the first contingent, and lets those runs stand apart in which the whole pool is out.

    Raises
    ------
    ValueError
        For a name, type, unit or pattern that cannot be.
    """

    compute: Callable[[Watched], FloatArray]
    better: Side | None = None
    label: str = ""
    does: str = ""
    asked: str = ""
    led: str = ""
    out_by: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name):
            raise ValueError(f"an outcome's name is small letters, digits and _, not {self.name!r}")
        if self.type not in WORDS:
            raise ValueError(f"{self.name}: the type of an outcome is one of {', '.join(WORDS)}, not {self.type!r}")
        if (self.type == "date") != self.name.endswith("_date"):
            raise ValueError(f"{self.name}: the name of a date ends in _date, and no other does")
        if self.better not in (None, "lower", "higher"):
            raise ValueError(f"{self.name}: better is lower, higher or None, not {self.better!r}")
        if not (self.unit and self.text):
            raise ValueError(f"{self.name}: it needs a unit and a text, what it means")
        label = self.label or self.text
        by_type = f"has {{}} {self.unit}" if self.type == "count" else "is {}"
        filled = {
            "label": label,
            "does": self.does or by_type,
            "asked": self.asked or f"has {{}} {label}",
            "led": self.led or f"{{}} {label}",
        }
        for field, value in filled.items():
            if field != "label" and value.count("{}") != 1:
                raise ValueError(f"{self.name}: {field} is a pattern with one {{}}, not {value!r}")
            object.__setattr__(self, field, value)

    @property
    def words(self) -> Words:
        """Its words for less and more."""
        return WORDS[self.type]

    @property
    def higher_is_better(self) -> bool:
        """Whether more of it is better; without a good direction, less counts as better."""
        return self.better == "higher"

    @property
    def gain(self) -> int:
        """What a difference is multiplied by so that more of it is better: 1 or −1."""
        return 1 if self.higher_is_better else -1

    @property
    def direction(self) -> str:
        """Which way is good: "fewer is better"."""
        if self.better is None:
            return f'no direction is better; "better" counts {self.words.less}'
        return f"{self.good} is better"

    @property
    def good(self) -> str:
        """The word for its good side: "fewer"; nothing where no side is."""
        return {"lower": self.words.less, "higher": self.words.more}.get(self.better or "", "")

    @property
    def best(self) -> str:
        """The word for the best there can be of it: "the fewest"."""
        return self.words.most if self.higher_is_better else self.words.least

    @property
    def phrases(self) -> tuple[str, str]:
        """What a case does that does better, and in short one that does worse: "loses fewer officers", "loses more"."""
        less, more = self.words.less, self.words.more
        better, worse = (more, less) if self.higher_is_better else (less, more)
        return self.does.replace("{}", better), self.does.partition("{}")[0] + worse

    @property
    def difference_unit(self) -> str:
        """The unit of a difference: days for a date."""
        return "days" if self.type == "date" else self.unit

    def apart(self, difference: float, amount: str) -> str:
        """A difference whose amount is written already: "4 fewer officers", "3 days earlier", "0.1 lower (0 to 1)"."""
        side = self.words.more if difference > 0 else self.words.less
        if self.type == "count":
            return f"{amount} {side} {self.unit}"
        return f"{amount} days {side}" if self.type == "date" else f"{amount} {side} ({self.unit})"


def on_days(text: str, clock: Mapping[str, object]) -> str:
    """Words with the days of a case in the place of the settings that give them; one that is not known stays.

    >>> on_days("officers out by clock.end", {"clock.end": date(2024, 7, 31)})
    'officers out by 31 July 2024'
    """

    def day(found: re.Match[str]) -> str:
        value = clock.get(found[0])
        return words.day(value) if isinstance(value, date) else found[0]

    return re.sub(r"\bclock\.\w+", day, text)
