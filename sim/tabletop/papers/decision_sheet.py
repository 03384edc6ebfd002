"""What was decided as one table: turn, role, decision and rationale on every row, and what it changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from sim.errors import one_line
from sim.tabletop.board import Board
from sim.tabletop.papers import decisions as decided
from sim.tabletop.papers.wording import NOTHING_DONE, PLAYED

COLUMNS = (
    "turn", "role", "decision", "rationale", "kind", "id", "line", "from_day", "stand_in", "change",
    "measure", "theory", "futures", "mean_difference", "low", "high", "better", "worse", "shows_from", "until",
    "with", "without", "taken_back_by",
)  # fmt: skip
AS_PLAYED = "all orders of the turn"
"""The kind of a row that is about everything that was ordered in a turn."""
_NO_RATIONALE = "none was given"


def decision_sheet(
    board: Board, shows: Callable[[str], bool] = lambda measure: True, *, by_hand: bool = True
) -> pd.DataFrame:
    """Every decision, one row for each thing that it changed, or one where nothing is known of that.

    Parameters
    ----------
    board
        The session.
    shows
        Whether a measure of the played world is shown.
    by_hand
        Whether it is told what the facilitator changed by hand.

    Returns
    -------
    :data:`COLUMNS`. ``change`` says what the numbers of a row are: ``not chosen`` (an option less what was played, over
    futures: ``mean_difference`` with its 95 % interval, ``better`` and ``worse`` as shares), ``played`` (what was
    played in that turn less nothing ordered, the same), or ``because`` (the played world ``with`` an order and
    ``without`` it).
    Lines that were taken back come last, with the line that did it.
    """
    every = [one for one in decided.decisions(board) if by_hand or one.kind != decided.BY_HAND]
    rows = [row for one in every for row in _rows(board, one, shows)] + list(_as_played(board, every))
    for line, undo, turn in decided.taken_back(board):
        if line.kind in ("order", "adopt", "option", *(["override"] if by_hand else [])):
            data = line.data
            said = data.get("text") or data.get("name") or data.get("option") or ""
            rows.append({
                "turn": turn, "role": line.by, "decision": one_line(str(said)) or line.kind,
                "rationale": one_line(str(data.get("why", ""))) or _NO_RATIONALE, "kind": decided.BACK,
                "id": f"{line.kind[0]}{line.number}", "line": line.number, "taken_back_by": undo.number,
            })  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(board: Board, one: decided.Decision, shows: Callable[[str], bool]) -> Iterator[Mapping[str, Any]]:
    head = {
        "turn": one.turn, "role": one.role, "decision": one_line(one.text) or one.id,
        "rationale": one_line(one.why) or _NO_RATIONALE, "kind": one.kind, "id": one.id, "line": one.entry,
        "from_day": one.day.isoformat() if one.day else None, "stand_in": one.stand_in,
    }  # fmt: skip
    changed = [
        head | {"change": "because", "measure": row["measure"], "with": row["with"], "without": row["without"],
                "mean_difference": _less(row["with"], row["without"])}
        for row in decided.consequences(board, one) if shows(row["measure"])
    ]  # fmt: skip
    changed += [head | {"change": "not chosen"} | _compared(row) for row in decided.differences(board, one)]
    yield from changed or [head]


def _as_played(board: Board, every: Sequence[decided.Decision]) -> Iterator[Mapping[str, Any]]:
    """Everything that was ordered in a turn, beside nothing: it belongs to no order alone."""
    for turn in board.turns:
        own = [one for one in every if one.turn == turn.number and one.kind in (decided.ORDER, decided.CHOSEN)]
        head = {
            "turn": turn.number, "role": ", ".join(dict.fromkeys(one.role for one in own)) or "nobody",
            "decision": one_line("; ".join(one.text for one in own)) or "nothing was ordered",
            "rationale": one_line("; ".join(one.why for one in own if one.why)) or _NO_RATIONALE,
            "kind": AS_PLAYED, "line": turn.entry, "change": "played",
        }  # fmt: skip
        whole = decided.comparisons(board, turn.number, PLAYED, NOTHING_DONE)
        yield from (head | _compared(row) for row in whole)


def _less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def _compared(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "measure": row["measure"], "theory": row["theory"], "futures": row.get("futures"),
        "mean_difference": row.get("mean"), "low": row.get("low"), "high": row.get("high"), "better": row.get("better"),
        "worse": row.get("worse"), "shows_from": row.get("since"), "until": row.get("until"),
    }  # fmt: skip
