"""A turn ends: the line of the log that says what came of it, what the model expected, and what was not done."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sim.errors import UserMistake
from sim.language import SOURCE, _, spoken_in
from sim.tabletop.board import Board
from sim.tabletop.futures import NOTHING
from sim.tabletop.injects.inject import Inject
from sim.tabletop.injects_due import due_now
from sim.tabletop.outlook import PLAYED, TableOutlook, decision_rows, forecasts_of_model
from sim.tabletop.session import Session
from sim.tabletop.table_settings import MOST_TURN_DAYS
from sim.tabletop.turn import because, play
from sim.tabletop.turn_opening import open_turn


def last_of_turn(board: Board, days: int | None) -> date:
    """The last day of the turn that is open, of its usual length or of so many days.

    Raises
    ------
    UserMistake
        The days lie beyond what futures reach, or are too many.
    """
    length = board.table.turn_days if days is None else days
    if not 1 <= length <= MOST_TURN_DAYS:
        raise UserMistake("days", length, _("a whole number from 1 to {most}").format(most=MOST_TURN_DAYS))
    last = board.today + timedelta(days=length - 1)
    if last > board.table.last_day:
        right = _("the table's worlds end on {day}")
        raise UserMistake("days", length, right.format(day=board.table.last_day.isoformat()))
    return last


def play_turn(session: Session, days: int | None = None) -> tuple[list[str], tuple[Inject, ...]]:
    """End the turn that is open, and open the next one: :func:`end_turn`, with scripted orders before and after it.

    Returns
    -------
    A line for each scripted order, and the injects that were due in the turn, were neither fired nor skipped, and are
    still due.

    Raises
    ------
    UserMistake
        As of :func:`end_turn`.
    """
    last_of_turn(session.open_board(), days)
    scripted = open_turn(session)  # where a command was stopped between a turn's line and its scripted orders
    waiting = due_now(session.board)
    end_turn(session, days)
    return [*scripted, *open_turn(session)], waiting


def end_turn(session: Session, days: int | None = None) -> dict[str, Any]:
    """Play the turn that is open, and write down what came of it.

    The model's own forecasts, and the options, are of futures from the turn's morning, before any of it was played: so
    they know nothing that those who decided did not.

    Returns
    -------
    The line's data: ``turn``, ``first``, ``last``, ``days``, ``levels``, ``happened``, ``because``, ``model``,
    ``options``, ``others``.

    Raises
    ------
    UserMistake
        As of :func:`last_of_turn`, or where the session has ended.
    """
    board = session.open_board()
    last = last_of_turn(board, days)
    with spoken_in(SOURCE):  # whoever ends the turn in which language, the log is in one
        data = _what_came(session, board, last)
    session.end_turn(data)
    return data


def _what_came(session: Session, board: Board, last: date) -> dict[str, Any]:
    """The data of the line that ends a turn."""
    ahead = TableOutlook.of(session)
    turn = play(board, ahead.worlds, last)
    open_now = [said for said in board.forecasts if said.turn == board.turn]
    until = max([ahead.until(None), *(said.by for said in open_now)])
    futures = ahead.decision(until)
    if futures is None and open_now:
        futures = ahead.futures((), until)
    agreement = ahead.agreement()
    chosen = PLAYED if futures is not None and PLAYED in futures.options else NOTHING
    return {
        "turn": board.turn,
        "first": turn.first.isoformat(),
        "last": turn.last.isoformat(),
        "days": list(turn.days),
        "levels": turn.levels,
        "happened": list(turn.happened),
        "because": because(board, ahead.worlds, turn),
        "model": forecasts_of_model(futures, chosen, open_now) if futures is not None else {},
        "options": decision_rows(futures) if futures is not None and len(futures.options) > 1 else [],
        "others": {
            "kept": {name: some for name, (some, _) in agreement.counts.items()},
            "of": {name: of for name, (_, of) in agreement.counts.items()},
            "conditioned": agreement.conditioned,
            "said": agreement.sentence,
        },
    }
