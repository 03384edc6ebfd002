"""When injects are due, and what they do to the world on their day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from sim.errors import UserMistake
from sim.model.events import Event
from sim.tabletop.injects.inject import Inject, MasterList


def due(
    injects: MasterList,
    first_day: date,
    day: date,
    fired: Mapping[str, date],
    skipped: Collection[str] = (),
    postponed: Mapping[str, date] | None = None,
) -> tuple[Inject, ...]:
    """The injects that are due on a day, or were before it, and have been neither fired nor skipped.

    Parameters
    ----------
    injects
        The list.
    first_day
        Of the session, D.
    day
        Today.
    fired
        The day on which each was fired, by its id.
    skipped
        Ids of those that are left out.
    postponed
        By id, the day to which one is put off, or brought forward.

    Returns
    -------
    By the day on which they are due, those of one day in the list's order. A conditional inject is due only once it is
    put off to a day: whether it holds is for the session to see (:func:`watch_of`). What follows an inject that is
    skipped is never due.

    Examples
    --------
    >>> flash, more = Inject("flash", "all", "…", at=1), Inject("more", "all", "…", after=("flash", 2))
    >>> both, first = MasterList("two", {}, (flash, more)), date(2024, 3, 8)
    >>> [one.id for one in due(both, first, date(2024, 3, 14), {})]
    ['flash']
    >>> [one.id for one in due(both, first, date(2024, 3, 14), {"flash": date(2024, 3, 9)})]
    ['more']
    """
    days = [(day_of(one, first_day, fired, postponed or {}), one) for one in injects.injects]
    waiting = [(on, one) for on, one in days if on is not None and on <= day]
    waiting = [(on, one) for on, one in waiting if one.id not in fired and one.id not in skipped]
    return tuple(one for _, one in sorted(waiting, key=lambda pair: pair[0]))


def day_of(inject: Inject, first_day: date, fired: Mapping[str, date], postponed: Mapping[str, date]) -> date | None:
    """The day on which an inject is due; None as long as it waits for a condition, or for another inject to be fired.

    Parameters
    ----------
    inject, first_day, fired, postponed
        As of :func:`due`.

    Examples
    --------
    >>> day_of(Inject("flash", "all", "…", at=3), date(2024, 3, 8), {}, {})
    datetime.date(2024, 3, 11)
    """
    if inject.after is not None and inject.after[0] not in fired:
        return None
    if inject.id in postponed:
        return postponed[inject.id]
    if inject.after is not None:
        return fired[inject.after[0]] + timedelta(days=inject.after[1])
    return first_day + timedelta(days=inject.at) if isinstance(inject.at, int) else inject.at


def event_of(inject: Inject, day: date) -> Event:
    """What an inject does to the world when it is fired on a day, whatever said when: a dated event.

    Parameters
    ----------
    inject
        The inject; one of words alone gives an event that writes nothing.
    day
        The day at whose start it happens.

    Examples
    --------
    >>> event_of(Inject("flash", "all", "…", at=3, writes=(("kenya.slips", "add", 1.0),)), date(2024, 3, 11)).writes
    (('kenya.slips', 'add', 1.0),)
    """
    return Event(inject.id, inject.writes, date=day, origin="scenario", text=inject.text)


def watch_of(inject: Inject) -> Event:
    """A conditional inject as an event that waits for its condition.

    Parameters
    ----------
    inject
        One that has a condition.

    Raises
    ------
    UserMistake
        It has none.
    """
    if inject.when is None:
        raise UserMistake(f"injects.{inject.id}", None, "waits for no condition")
    return Event(inject.id, inject.writes, when=inject.when, origin="scenario", text=inject.text)
