"""What was ordered, and what happened, at a table, as events that its worlds live under."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sim.tabletop.board import Board
from sim.tabletop.injects.kept_list import list_of
from sim.tabletop.injects.schedule import watch_of
from sim.tabletop.log import LogLine
from sim.tabletop.table_event import TableEvent

__all__ = ["events_of", "list_of", "option_events"]


def events_of(board: Board, *, overrides: bool = False, without: Collection[str] = ()) -> tuple[TableEvent, ...]:
    """The events of a session so far, in the order in which they were given.

    Parameters
    ----------
    overrides
        Whether the facilitator's own changes are among them; they are of the played world alone.
    without
        Ids of orders, injects (``i`` and the line) and overrides (``v`` and the line) to leave out.
    """
    rows = [*_watched(board), *_given(board, overrides)]
    return tuple(event for _, event in sorted(rows, key=lambda row: row[0]) if event.event.id not in without)


def option_events(board: Board, option: str) -> tuple[TableEvent, ...]:
    """What an option would add to the session's events, were it chosen today.

    An order with a day of its own that has been played adds nothing.
    """
    standing = {order.id for order in board.orders}
    return tuple(TableEvent(o.event, board.today) for o in board.orders_of(option) if o.id not in standing)


def _given(board: Board, overrides: bool) -> Iterator[tuple[int, TableEvent]]:
    for order in board.orders:
        line = board.given_in[order.id]
        yield line, TableEvent(order.event, board.morning_of(line))
    for fired in board.injects.values():
        if (event := fired.event) is not None:
            yield fired.entry, TableEvent(event, board.morning_of(fired.entry))
    for forced in board.overrides if overrides else ():
        yield forced.entry, TableEvent(forced.event, board.morning_of(forced.entry), override=True)


def _watched(board: Board) -> Iterator[tuple[int, TableEvent]]:
    """Conditional injects: watched in every world from the first day, or from that on which they were put off to."""
    added = {row["id"]: line.number for row, line in zip(board.added_injects, _added_lines(board), strict=True)}
    for inject in list_of(board).injects:
        if inject.when is None:
            continue
        line = added.get(inject.id, 0)
        since = board.morning_of(line)
        touched = board.injects.get(inject.id)
        if touched is None:
            yield line, TableEvent(watch_of(inject), since)
            continue
        until = board.morning_of(touched.entry)
        if since < until:
            yield line, TableEvent(watch_of(inject), since, until)
        if touched.act == "postponed":
            yield touched.entry, TableEvent(watch_of(inject), touched.day)


def _added_lines(board: Board) -> Iterator[LogLine]:
    return (line for line in board.of_kind("inject") if line.data["act"] == "added")
