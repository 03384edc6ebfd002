"""What a session is to be learnt from: strengths and areas for improvement by objective, and the improvement plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sim import text as words
from sim.language import _, as_in, marked, translated
from sim.tabletop.board import Board
from sim.tabletop.log import LogLine
from sim.tabletop.papers import decisions as decided
from sim.tabletop.papers import wording as said
from sim.tabletop.papers.wording import listed, table, typed

_HEADINGS = (
    ("strength", marked("Strengths")),
    ("improvement", marked("Areas for improvement")),
    ("note", marked("Notes")),
)
"""What a note can be, and the heading of such notes."""


def _notes(board: Board) -> list[LogLine]:
    return list(board.of_kind("note"))


def objectives_section(board: Board) -> Iterator[str]:
    """Strengths and areas for improvement by objective, with the injects that tried it, part by part."""
    yield _("## 4. Strengths and areas for improvement, by objective")
    master: Mapping[str, Any] = board.head.get("list") or {}
    objectives: dict[str, str] = {str(id): str(text) for id, text in master.get("objectives", {}).items()}
    notes = _notes(board)
    for id in dict.fromkeys([*objectives, *(str(note.data.get("objective", "")) for note in notes)]):
        own = [note for note in notes if str(note.data.get("objective", "")) == id]
        heading = typed(translated(objectives.get(id, id))) if id else _("Without an objective")
        yield f"### {heading}"
        yield from _tried(board, id)
        for tag, heading in _HEADINGS:
            lines = [_note_line(board, note) for note in own if note.data["tag"] == tag]
            if lines or (id and tag != "note"):
                said = _("**{heading}**") if lines else _("**{heading}**: none was noted.")
                yield said.format(heading=translated(heading))
                yield listed(lines)
    if not objectives and not notes:
        yield _("The list has no objectives, and nothing was noted (`tabletop table note DIR TEXT tag=strength`).")


def _tried(board: Board, objective: str) -> Iterator[str]:
    """The injects that were meant to try an objective, what was expected, and what was then ordered in that turn."""
    turns, listing = decided.turns_of_lines(board), said.inject_list(board)
    lines = []
    for id, row in listing.items():
        if not objective or str(row.get("objective", "")) != objective:
            continue
        touched, to = board.injects.get(id), str(row.get("to", ""))
        held = next((day for day, name in said.held(board) if name == id), None)
        if held is None and (touched is None or touched.act != "fired"):
            became = _("not delivered") if touched is None else translated(touched.act)
            lines.append(_("{inject}: {became}.").format(inject=typed(id), became=became))
            continue
        by_day = next((turn.number for turn in board.turns if held and turn.first <= held <= turn.last), board.turn)
        turn = turns[touched.entry] if touched is not None and touched.act == "fired" else by_day
        everybody = to not in board.table.roles
        then = [one for one in decided.decisions(board)
                if one.turn == turn and one.kind in (decided.ORDER, decided.CHOSEN)
                and (everybody or to in {one.role, *(order.role for order in one.orders)})]  # fmt: skip
        parts = [_("{inject}, turn {n}, to {role}.").format(inject=typed(id), n=turn, role=said.role_name(board, to))]
        if row.get("expected"):
            parts.append(_("Expected: {what}.").format(what=typed(translated(row["expected"]))))
        orders = words.joined(
            _("{role}: {order}").format(role=said.role_name(board, one.role), order=typed(one.text)) for one in then
        )
        ordered = _("Ordered in that turn: {orders}.") if then else _("Nothing was ordered in that turn.")
        lines.append(" ".join([*parts, ordered.format(orders=orders)]))
    if lines:
        yield _("**Tried by**")
        yield listed(line.replace("..", ".") for line in lines)


def _note_line(board: Board, note: LogLine) -> str:
    told = {"text": typed(note.data["text"]), "role": said.role_name(board, note.by), "when": _noted(board, note)}
    return _("{text} *({role}, {when})*").format(**told)


def _noted(board: Board, note: LogLine) -> str:
    turn = int(note.data["turn"])
    if turn <= len(board.turns) or not board.is_over:
        return _("turn {n}").format(n=turn)
    return _("after the last turn")


def plan_section(board: Board) -> Iterator[str]:
    """What is to be improved, by whom and by when, part by part."""
    yield _("## 5. Improvement plan")
    rows = [
        {"#": number, _("area for improvement"): typed(note.data["text"], cell=True),
         _("objective"): typed(note.data.get("objective", ""), cell=True) or "–",
         _("owner"): typed(note.data.get("owner", ""), cell=True) or _("**no owner yet**"),
         as_in("of a deadline", "due"): typed(note.data.get("due", ""), cell=True) or _("**no date yet**"),
         _("noted"): _noted(board, note)}
        for number, note in enumerate((note for note in _notes(board) if note.data["tag"] == "improvement"), start=1)
    ]  # fmt: skip
    yield table(rows) or _("No area for improvement was noted.")
