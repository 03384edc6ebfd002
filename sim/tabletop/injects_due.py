"""The list of injects as it stands: what is due, what was done with each, and what it would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from difflib import get_close_matches

import pandas as pd

from sim.errors import UserMistake
from sim.language import _, marked, translated
from sim.tabletop.board import Board, Write
from sim.tabletop.injects.inject import Inject, MasterList, places_of, when_due
from sim.tabletop.injects.kept_list import list_of
from sim.tabletop.injects.schedule import day_of, due
from sim.tabletop.orders import in_words


def delivered(board: Board) -> dict[str, date]:
    """The day of each inject that has happened: fired by hand, or because its condition held in the played world."""
    fired = {one["id"]: date.fromisoformat(one["day"]) for turn in board.turns for one in turn.summary["happened"]
             if one["from"] == "inject" and not one["id"].startswith("i")}  # fmt: skip
    names = {inject.id for inject in list_of(board).injects}
    held = {name: day for name, day in fired.items() if name in names}
    return held | {name: one.day for name, one in board.injects.items() if one.act == "fired"}


def due_now(board: Board) -> tuple[Inject, ...]:
    """Injects that are due up to the end of the turn that is open, and have been neither fired nor skipped, by day."""
    skipped, postponed = _touched(board)
    return due(list_of(board), board.table.first_day, _turn_ends(board), delivered(board), skipped, postponed)


def planned_day(board: Board, inject: Inject) -> date | None:
    """The day on which an inject is due; None as long as it waits for a condition, or for another to be fired."""
    return day_of(inject, board.table.first_day, delivered(board), _touched(board)[1])


def fire_day(board: Board, inject: Inject) -> date:
    """The day on which an inject happens that is fired now: its own where that lies in the open turn, else today."""
    day = planned_day(board, inject)
    return day if day is not None and board.today < day <= _turn_ends(board) else board.today


def _turn_ends(board: Board) -> date:
    return min(board.today + timedelta(days=board.table.turn_days - 1), board.table.last_day)


def inject_of(board: Board, name: str) -> Inject:
    """The inject of this id; raises UserMistake with near ones."""
    known = {inject.id: inject for inject in list_of(board).injects}
    if name not in known:
        raise UserMistake("inject", name, _("no such inject") + _near(name, known) if known else _("the list is empty"))
    return known[name]


def inject_rows(board: Board) -> pd.DataFrame:
    """The whole list.

    Returns
    -------
    One row an inject: ``id``, ``due`` (day, or what it waits for), ``state`` (due, waiting, fired, postponed, skipped,
    held: its condition came about), ``to``, ``text``, ``does`` (to the world), ``expected``, ``objective``.
    """
    listed, happened = list_of(board), delivered(board)
    skipped, postponed = _touched(board)
    waiting = {one.id for one in due_now(board)}
    rows = []
    for one in listed.injects:
        day = day_of(one, board.table.first_day, happened, postponed)
        state = marked("waiting")
        if one.id in happened:
            by_hand = one.id in board.injects and board.injects[one.id].act == "fired"
            state = marked("fired") if by_hand else marked("held")
            day = happened[one.id]
        elif one.id in skipped:
            state = marked("skipped")
        elif one.id in waiting:
            state = marked("due")
        elif one.id in postponed:
            state = marked("postponed")
        rows.append([
            one.id, day.isoformat() if day else when_due(one), state, one.to, translated(one.text),
            in_words(_numbers(one)) or _("words alone"), translated(one.expected), one.objective,
        ])  # fmt: skip
    columns = ["id", marked("due"), marked("state"), marked("to"), "text", marked("does"), "expected", "objective"]
    return pd.DataFrame(rows, columns=columns)


def check_added(board: Board, added: MasterList) -> None:
    """Refuse a list that cannot join the session's: raises UserMistake with the inject and why."""
    known = list_of(board)
    taken = {inject.id for inject in known.injects}
    for inject in added.injects:
        if inject.id in taken:
            raise UserMistake("inject", inject.id, _("is on the list already; give it another id"))
        if inject.objective and inject.objective not in known.objectives:
            right = _("no objective of this session") + _near(inject.objective, known.objectives)
            raise places_of(inject).mistake("objective", inject.objective, right)


def _numbers(inject: Inject) -> list[Write]:
    return [(name, op, value) for name, op, value in inject.writes if not isinstance(value, str)]


def _near(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=3, cutoff=0.4)
    said = _("near it: {names}") if close else _("there are {names}")
    return "; " + said.format(names=", ".join(close or known))


def _touched(board: Board) -> tuple[frozenset[str], Mapping[str, date]]:
    """Ids of the injects that are skipped, and the days to which others are put off."""
    skipped = frozenset(name for name, one in board.injects.items() if one.act == "skipped")
    return skipped, {name: one.day for name, one in board.injects.items() if one.act == "postponed"}
