"""Futures that a seat was shown, made again from the log's line that says so, as far as whoever looks may know them.

The line holds numbers and no language; what is said of them is said here, in that of who looks. What no number of the
line tells (single futures, pictures) stands beside it in memory as long as the server runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sim.page.ask import Shown
from sim.page.seats import Seat
from sim.tabletop.board import Board
from sim.tabletop.log import LogLine
from sim.tabletop.measures import MEASURES
from sim.tabletop.options import agreed, flipped
from sim.tabletop.outlook import difference_of
from sim.tabletop.table_settings import FACILITATOR

KINDS = ("outlook", "try", "compare")
TO_ALL = ("outlook", "compare")
"""What the facilitator is shown that those who only look see as well."""
MOVES = ("order", "adopt", "inject", "override", "undo", "advance")
"""Lines that change what futures go on from."""


@dataclass(frozen=True)
class Beside:
    """What stands beside a line of the log as long as the server runs, in the language of who asked.

    Attributes
    ----------
    stories
        Single futures: a sentence, and lines.
    notes
        What must be said beside every number.
    unlike
        That the played world has more or fewer officers than the others: for those who know its own books.
    pictures
        Names of pictures.
    """

    stories: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notes: tuple[str, ...] = ()
    unlike: str = ""
    pictures: tuple[str, ...] = ()


def newest(board: Board, seat: Seat, beside: Mapping[int, Beside]) -> dict[str, Shown]:
    """By what (outlook, try, compare) the newest that a seat was shown in the open turn; call it in its language.

    Parameters
    ----------
    beside
        By the line's number what stands beside it.
    """
    whose, kinds = (seat.role, KINDS) if seat.acts else (FACILITATOR, TO_ALL)
    found: dict[str, LogLine] = {}
    for line in board.seen:
        if line.by == whose and line.data.get("what") in kinds:
            found[line.data["what"]] = line
    told = (of_line(board, line, seat.knows, beside.get(line.number)) for line in found.values())
    return {shown.what: shown for shown in told if shown is not None}


def of_line(board: Board, line: LogLine, knows: Sequence[str], beside: Beside | None = None) -> Shown | None:
    """What a line says was shown, of the measures that somebody may know; None where that is nothing."""
    data = line.data
    rows = [row for row in data.get("rows", []) if _is_known(str(row["measure"]), knows)]
    measures = tuple(dict.fromkeys(str(row["measure"]) for row in rows))
    if not measures:
        return None
    numbers = data.get("page", {})  # written by the page alone
    today, until = board.morning_of(line.number), date.fromisoformat(data["until"])
    options = tuple(dict.fromkeys(["nothing", *(str(row["option"]) for row in rows if "option" in row)]))
    differences = [difference_of(row) for row in rows if "option" in row]
    whole = len(rows) == len(data.get("rows", []))  # a story tells of everything that it was asked for
    beside = beside or Beside(notes=(str(data.get("said", "")),))
    own = (beside.unlike,) if beside.unlike and "kenya" in knows else ()
    return Shown(
        what=str(data["what"]),
        line=line.number,
        today=today,
        until=until,
        measures=measures,
        options=options,
        levers=dict(numbers.get("levers", {})),
        rows=rows,
        sentences=tuple(one.sentence(today, until) for one in differences if not one.theory),
        agreed=(
            *(agreed(name, measures[0], [one for one in differences if one.theory and
                                         (one.option, one.against, one.measure) == (name, "nothing", measures[0])])
              for name in options[1:]),
            *flipped(differences, measures[0], "nothing"),
        ),
        stories=beside.stories if whole else (),
        dots={name: {of: tuple(some) for of, some in by.items()} for name, by in numbers.get("dots", {}).items()
              if name in measures},
        medians={name: dict(by) for name, by in numbers.get("medians", {}).items() if name in measures},
        notes=(*beside.notes, *own),
        pictures=beside.pictures,
        stale=any(other.kind in MOVES for other in board.lines[line.number + 1 :]),
    )  # fmt: skip


def numbers_of(levers: Mapping[str, float], dots: Mapping[str, Any], medians: Mapping[str, Any]) -> dict[str, Any]:
    """What the page keeps in a line beside what every view keeps: numbers alone."""
    return {"levers": dict(levers), "dots": dots, "medians": medians}


def _is_known(measure: str, knows: Sequence[str]) -> bool:
    return measure in MEASURES and MEASURES[measure].sight in knows
