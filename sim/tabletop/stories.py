"""Single futures told day by day: the run nearest to the best tenth of a measure, and that nearest to the worst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sim import text as words
from sim.arrays import Array
from sim.tabletop.futures import Futures, quantiles
from sim.tabletop.measures import MEASURES, Days
from sim.tabletop.table_settings import KNOWLEDGE

TENTH = 0.1
"""How far from the end the run stands that is told."""
_LARGE = 2
"""Officers who leave on one day from whom on the day is told."""


@dataclass(frozen=True)
class FutureStory:
    """One future of an option, chosen because it stands where a tenth of them are better, or worse.

    Attributes
    ----------
    name
        ``best`` or ``worst``.
    option, measure
        What is told of what.
    theory, world, future
        Which run it is.
    value, wanted
        What the measure comes to in it, and at the tenth that it stands for.
    told
        What happened, by day.
    ends
        How it stands on the last day.
    """

    name: str
    option: str
    measure: str
    theory: str
    world: int
    future: int
    value: float
    wanted: float
    told: tuple[tuple[date, str], ...]
    ends: str

    def sentence(self) -> str:
        """Which run it is, in words."""
        of, side = MEASURES[self.measure], {"best": "better", "worst": "worse"}[self.name]
        return (
            f"{words.model(self.theory)}, one tenth of the futures of {words.spoken(self.option)} is {side} than "
            f"{words.estimate(self.wanted)} ({of.text}); the run nearest to that:"
        )

    def lines(self) -> tuple[str, ...]:
        """The story, a line a day."""
        return (*(f"{words.day(day)}: {what}" for day, what in self.told), self.ends)


def stories(futures: Futures, measure: str, option: str, knows: Sequence[str] = KNOWLEDGE) -> tuple[FutureStory, ...]:
    """The run nearest to the best tenth, and to the worst, over all theories with equal weights.

    A measure without a good side counts less as better. Told is what the reader ``knows`` of. Empty where no run is
    good.
    """
    of = MEASURES[measure]
    good = {name: futures.good(option, name) for name in futures.theories}
    values = {name: futures.values(measure, option, name)[good[name]] for name in futures.theories}
    weights = [np.full(len(some), 1 / max(len(some), 1)) for some in values.values()]
    numbers = np.concatenate(list(values.values()))
    if not len(numbers):
        return ()
    found = []
    for name, share in (("best", TENTH), ("worst", 1 - TENTH)):
        at = share if of.gain < 0 else 1 - share
        wanted = float(quantiles(numbers[None, :], np.concatenate(weights), [at])[0, 0])
        place = int(np.abs(numbers - wanted).argmin())
        found.append(_story(futures, name, option, measure, wanted, place, good, knows))
    return tuple(found)


def _story(
    futures: Futures,
    name: str,
    option: str,
    measure: str,
    wanted: float,
    place: int,
    good: dict[str, Array],
    knows: Sequence[str],
) -> FutureStory:
    which = [(theory, int(run)) for theory, chosen in good.items() for run in np.flatnonzero(chosen)]
    theory, run = which[place]
    days = {key: values[:, run] for key, values in futures.days[option, theory].items()}
    value = float(MEASURES[measure].value(futures.days[option, theory][measure])[run])
    told = tuple((futures.dates[day], what) for day, what in sorted(_told(days, knows)))
    return FutureStory(
        name, option, measure, theory, int(futures.worlds[theory][run]), int(futures.numbers[theory][run]),
        value, wanted, told, _ends(days, knows),
    )  # fmt: skip


def _told(days: Days, knows: Sequence[str]) -> list[tuple[int, str]]:
    """What happened in a run, by place of the day."""
    told: list[tuple[int, str]] = []
    reports, exits, deployed = np.flatnonzero(days["reports"] > 0), days["exits"], days["deployed"]
    if len(reports):
        more = f"; {words.several(len(reports) - 1, 'more day')} with one follow" if len(reports) > 1 else ""
        told.append((int(reports[0]), f"a withdrawal is reported{more}"))
    if (denied := np.flatnonzero(days["denials"] > 0)).size:
        told.append((int(denied[0]), "a report is denied"))
    if exits.max() >= _LARGE and "kenya" in knows:
        day = int(exits.argmax())
        told.append((day, f"{words.several(int(exits[day]), 'officer')} leave, the most on one day"))
    before = days["available"][0] + exits[0]
    for share, part in ((0.75, "a quarter"), (0.5, "half")):
        under = np.flatnonzero(days["available"] < share * before)
        if before and len(under) and "kenya" in knows:
            told.append((int(under[0]), f"{part} of those in the pool today are gone"))
    waves = np.flatnonzero(np.diff(deployed, prepend=deployed[:1]) > 0)
    if len(waves):
        told.append((int(waves[0]), f"a wave arrives in theatre: {words.several(int(deployed[waves[0]]), 'officer')}"))
    if (hit := np.flatnonzero(days["casualties"] > 0)).size:
        told.append((int(hit[0]), "the first Kenyan officer is injured or killed"))
    day = int(days["deaths"].argmax())
    told.append((day, f"{words.several(int(days['deaths'][day]), 'person', 'people')} are killed, the most on one day"))
    return told


def _ends(days: Days, knows: Sequence[str]) -> str:
    total = {name: int(days[name].sum()) for name in ("exits", "reports", "deaths")}
    here, there = int(days["available"][-1]), int(days["deployed"][-1])
    own = "kenya" in knows
    force = f"{words.several(here, 'officer')} in the pool, {there} of them" if own else words.several(there, "officer")
    left = f"{total['exits']} have left, " if own else ""
    reported, share = words.several(total["reports"], "day"), words.number(100 * float(days["control"][-1]), 2)
    return (
        f"On the last day {force} in theatre; since today {left}{reported} had a report and {total['deaths']:,} people "
        f"were killed; {share} % of the capital under gang control."
    )
