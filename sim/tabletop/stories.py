"""Single futures told day by day: the run nearest to the best tenth of a measure, and that nearest to the worst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from sim import text as words
from sim.arrays import Array
from sim.language import _, translated
from sim.tabletop.futures import NOTHING, Futures, option_name, quantiles
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
        if self.option == NOTHING:
            said = (
                _("{model}, one tenth of the futures is better than {value} ({measure}); the run nearest to that:")
                if self.name == "best" else
                _("{model}, one tenth of the futures is worse than {value} ({measure}); the run nearest to that:")
            )  # fmt: skip
        else:
            said = (
                _("{model}, one tenth of the futures with {option} is better than {value} ({measure}); the run nearest "
                  "to that:")
                if self.name == "best" else
                _("{model}, one tenth of the futures with {option} is worse than {value} ({measure}); the run nearest "
                  "to that:")
            )  # fmt: skip
        return said.format(
            model=words.model(self.theory), option=option_name(self.option), value=words.estimate(self.wanted),
            measure=translated(MEASURES[self.measure].text),
        )  # fmt: skip

    def lines(self) -> tuple[str, ...]:
        """The story, a line a day."""
        told = (_("{day}: {what}").format(day=words.day(day), what=what) for day, what in self.told)
        return (*told, self.ends)


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
    if len(reports) == 1:
        told.append((int(reports[0]), _("a withdrawal is reported")))
    elif len(reports):
        said = words.many("a withdrawal is reported; {n} more day with one follow",
                          "a withdrawal is reported; {n} more days with one follow", len(reports) - 1)  # fmt: skip
        told.append((int(reports[0]), said))
    if (denied := np.flatnonzero(days["denials"] > 0)).size:
        told.append((int(denied[0]), _("a report is denied")))
    if exits.max() >= _LARGE and "kenya" in knows:
        day = int(exits.argmax())
        said = words.many("{n} officer leave, the most on one day", "{n} officers leave, the most on one day",
                          int(exits[day]))  # fmt: skip
        told.append((day, said))
    before = days["available"][0] + exits[0]
    for share, said in (
        (0.75, _("a quarter of those in the pool today are gone")),
        (0.5, _("half of those in the pool today are gone")),
    ):
        under = np.flatnonzero(days["available"] < share * before)
        if before and len(under) and "kenya" in knows:
            told.append((int(under[0]), said))
    waves = np.flatnonzero(np.diff(deployed, prepend=deployed[:1]) > 0)
    if len(waves):
        said = words.many("a wave arrives in theatre: {n} officer", "a wave arrives in theatre: {n} officers",
                          int(deployed[waves[0]]))  # fmt: skip
        told.append((int(waves[0]), said))
    if (hit := np.flatnonzero(days["casualties"] > 0)).size:
        told.append((int(hit[0]), _("the first Kenyan officer is injured or killed")))
    day = int(days["deaths"].argmax())
    said = words.many("{n} person are killed, the most on one day", "{n} people are killed, the most on one day",
                      int(days["deaths"][day]))  # fmt: skip
    told.append((day, said))
    return told


def _ends(days: Days, knows: Sequence[str]) -> str:
    total = {name: int(days[name].sum()) for name in ("exits", "reports", "deaths")}
    here, there = int(days["available"][-1]), int(days["deployed"][-1])
    said = (
        _("On the last day {officers} in the pool, {there} of them in theatre; since today {exits} have left, "
          "{reports} had a report and {deaths} people were killed; {control} % of the capital under gang control.")
        if "kenya" in knows else
        _("On the last day {deployed} in theatre; since today {reports} had a report and {deaths} people were killed; "
          "{control} % of the capital under gang control.")
    )  # fmt: skip
    return said.format(
        officers=words.many("{n} officer", "{n} officers", here), there=there, exits=total["exits"],
        deployed=words.many("{n} officer", "{n} officers", there),
        reports=words.many("{n} day", "{n} days", total["reports"]), deaths=words.number(total["deaths"]),
        control=words.number(100 * float(days["control"][-1]), 2),
    )  # fmt: skip
