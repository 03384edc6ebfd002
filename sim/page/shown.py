"""Futures that a seat was shown, made again from the log's line that says so, as far as whoever looks may know them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sim.page.ask import Shown
from sim.page.seats import Seat
from sim.tabletop.board import Board
from sim.tabletop.log import LogLine
from sim.tabletop.measures import MEASURES
from sim.tabletop.table_settings import FACILITATOR

KINDS = ("outlook", "try", "compare")
TO_ALL = ("outlook", "compare")
"""What the facilitator is shown that those who only look see as well."""
MOVES = ("order", "adopt", "inject", "override", "undo", "advance")
"""Lines that change what futures go on from."""


def newest(board: Board, seat: Seat, pictures: Mapping[int, tuple[str, ...]]) -> dict[str, Shown]:
    """By what (outlook, try, compare) the newest that a seat was shown in the open turn.

    Parameters
    ----------
    pictures
        By line the names of the pictures that go with it.
    """
    whose, kinds = (seat.role, KINDS) if seat.acts else (FACILITATOR, TO_ALL)
    found: dict[str, Shown] = {}
    for line in board.seen:
        if line.by == whose and line.data.get("what") in kinds:
            shown = of_line(board, line, seat.knows, pictures.get(line.number, ()))
            if shown is not None:
                found[shown.what] = shown
    return found


def of_line(board: Board, line: LogLine, knows: Sequence[str], pictures: tuple[str, ...] = ()) -> Shown | None:
    """What a line says was shown, of the measures that somebody may know; None where that is nothing."""
    data = line.data
    rows = [row for row in data.get("rows", []) if _is_known(row["measure"], knows)]
    measures = tuple(dict.fromkeys(row["measure"] for row in rows))
    if not measures:
        return None
    said = data.get("page", {})  # written by the page alone: the command line says these things on the screen
    options = tuple(dict.fromkeys(["nothing", *(row["option"] for row in rows if "option" in row)]))
    whole = all(_is_known(str(row["measure"]), knows) for row in data.get("rows", []))  # a story tells of all of it
    return Shown(
        what=str(data["what"]),
        line=line.number,
        today=board.morning_of(line.number),
        until=date.fromisoformat(data["until"]),
        measures=measures,
        options=options,
        levers=dict(said.get("levers", {})),
        rows=rows,
        sentences=tuple(text for measure, text in said.get("sentences", []) if measure in measures),
        agreed=tuple(text for measure, text in said.get("agreed", []) if measure in measures),
        stories=tuple((head, tuple(lines)) for head, lines in said.get("stories", []) if whole),
        dots={name: {of: tuple(some) for of, some in by.items()} for name, by in said.get("dots", {}).items()
              if name in measures},
        notes=tuple(said.get("notes", [data.get("said", "")])) + _unlike(said, knows),
        pictures=pictures,
        stale=any(other.kind in MOVES for other in board.lines[line.number + 1 :]),
    )  # fmt: skip


def _is_known(measure: str, knows: Sequence[str]) -> bool:
    return measure in MEASURES and MEASURES[measure].sight in knows


def _unlike(said: Mapping[str, Any], knows: Sequence[str]) -> tuple[str, ...]:
    """That the played world has more or fewer officers than the others: for those who know its own books."""
    text = str(said.get("unlike", ""))
    return (text,) if text and "kenya" in knows else ()
