"""Who leaves: officers, squads, shares of the pool."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter

import numpy as np

from sim.arrays import FloatArray
from sim.outcomes.entry import Outcome, Series
from sim.outcomes.watched import Watched
from sim.outcomes.windows import CASCADE_DAYS, SURGE, SURGE_MONTH

Compute = Callable[[Watched], FloatArray]


def _exits(name: str, by: str, compute: Compute, *, label: str = "", out_by: str = "") -> Outcome:
    """Officers who left by a day."""
    return Outcome(
        name, "count", "officers", f"officers who left {by}", compute, better="lower", label=label, out_by=out_by,
        does="loses {} officers", asked=f"loses {{}} officers {by}", led=f"{{}} officers are lost {by} in",
    )  # fmt: skip


def _share(name: str, text: str, by: str, compute: Compute) -> Outcome:
    """The same as a share of the pool."""
    return Outcome(name, "share", "of the pool", text, compute, better="lower", does="has {} losses",
                   label=f"share of the pool out by {by}")  # fmt: skip


def _by_record_end(watched: Watched) -> FloatArray:
    return watched.on("out", watched.record_end)


def _by_end(watched: Watched) -> FloatArray:
    return watched.on("out", watched.end)


def _in_surge(watched: Watched, series: str) -> FloatArray:
    return watched.total(series, SURGE.toordinal(), watched.record_end)


def _after_record(watched: Watched) -> FloatArray:
    return watched.total("exits", watched.record_end + 1)


def _largest_cascade(watched: Watched) -> FloatArray:
    out = watched.series("out")
    before = np.zeros_like(out)
    before[CASCADE_DAYS:] = out[:-CASCADE_DAYS]
    largest: FloatArray = (out - before).max(axis=0)
    return largest


def _max_squad_share(watched: Watched) -> FloatArray:
    return _seen(watched, watched.squad_share)


def _squad_members(watched: Watched) -> FloatArray:
    return _seen(watched, watched.squad_members)


def _seen(watched: Watched, values: FloatArray) -> FloatArray:
    """What was looked at up to the record's end; null where the runs do not see that day."""
    return values if watched.start <= watched.record_end <= watched.end else np.full(watched.runs, np.nan)


OUTCOMES = (
    _exits("exits_before_surge", "by 28 February 2024, the day before the surge",
           lambda watched: watched.on("out", SURGE.toordinal() - 1)),
    _exits("exits_in_surge", "from 29 February to clock.record_end", lambda watched: _in_surge(watched, "exits"),
           label="officers who leave from 29 February to clock.record_end"),
    _exits("exits_surge_month", "from 29 February to 31 March 2024",
           lambda watched: watched.total("exits", *(day.toordinal() for day in SURGE_MONTH)),
           label="officers who leave from 29 February to 31 March"),
    _exits("exits_after_record", "after clock.record_end", _after_record,
           label="officers who leave after clock.record_end"),
    _exits("exits_by_record_end", "by clock.record_end", _by_record_end, label="officers out by clock.record_end",
           out_by="clock.record_end"),
    _exits("exits_by_end", "by the run's last day", _by_end, label="officers out by clock.end", out_by="clock.end"),
    Outcome("intents_by_end", "count", "officers", "officers who came to want out, whether they left or not",
            lambda watched: watched.total("intents"), better="lower", does="has {} officers who want out"),
    Outcome("intents_in_surge", "count", "officers",
            "officers who came to want out from 29 February to clock.record_end, whether they left or not",
            lambda watched: _in_surge(watched, "intents"), better="lower", does="has {} officers who want out"),
    _share("share_out_by_record_end", "exits_by_record_end / officers.pool", "clock.record_end",
           lambda watched: _by_record_end(watched) / watched.pool),
    _share("share_out_by_end", "exits_by_end / officers.pool", "clock.end",
           lambda watched: _by_end(watched) / watched.pool),
    Outcome("peak_daily_exits", "count", "officers/day", "most exits on one day",
            lambda watched: watched.series("exits").max(axis=0), better="lower",
            does="loses {} officers on its worst day", asked="loses {} officers on its worst day",
            led="{} officers are lost on the worst day in"),
    Outcome("squads_fully_out", "count", "squads", "squads with nobody left on the last day",
            lambda watched: watched.squads_out, better="lower", does="loses {} squads"),
    Outcome("max_squad_share_3d", "share", "of a squad", "largest share of one squad out in 3 days, by record_end",
            _max_squad_share, better="lower", asked="loses {} share of one squad within 3 days, by clock.record_end",
            led="{} share of one squad is lost within 3 days, by clock.record_end, in"),
    Outcome("squad_members_3d", "count", "officers", "most officers of one squad out in 3 days, by record_end",
            _squad_members, better="lower", does="loses {} officers of one squad within 3 days"),
    Outcome("largest_cascade", "count", "officers", "most exits of the whole force within 3 days", _largest_cascade,
            better="lower", does="loses {} officers within 3 days", asked="loses {} officers within 3 days",
            led="{} officers are lost within 3 days in"),
)  # fmt: skip

SERIES = (
    Series("exits", "count", "officers/day", "officers who left today", attrgetter("state.exits")),
    Series("out", "count", "officers", "officers who have left so far", attrgetter("out")),
    Series("intents", "count", "officers/day", "officers who came to want out today", attrgetter("state.intents")),
    Series("casualties", "count", "officers/day", "officers injured or killed today", attrgetter("state.casualties")),
)
