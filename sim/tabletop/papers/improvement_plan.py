"""What a session is to be learnt from: strengths and areas for improvement by objective, and the improvement plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sim.tabletop.board import Board
from sim.tabletop.log import LogLine
from sim.tabletop.papers import decisions as decided
from sim.tabletop.papers import wording as said
from sim.tabletop.papers.wording import listed, table, typed


def _notes(board: Board) -> list[LogLine]:
    return list(board.of_kind("note"))


def objectives_section(board: Board) -> Iterator[str]:
    """Strengths and areas for improvement by objective, with the injects that tried it, part by part."""
    yield "## 4. Strengths and areas for improvement, by objective"
    master: Mapping[str, Any] = board.head.get("list") or {}
    objectives: dict[str, str] = {str(id): str(text) for id, text in master.get("objectives", {}).items()}
    notes = _notes(board)
    for id in dict.fromkeys([*objectives, *(str(note.data.get("objective", "")) for note in notes)]):
        own = [note for note in notes if str(note.data.get("objective", "")) == id]
        yield f"### {typed(objectives.get(id, id)) if id else 'Without an objective'}"
        yield from _tried(board, id)
        for tag, heading in (("strength", "Strengths"), ("improvement", "Areas for improvement"), ("note", "Notes")):
            lines = [_note_line(board, note) for note in own if note.data["tag"] == tag]
            if lines or (id and tag != "note"):
                yield f"**{heading}**" + ("" if lines else ": none was noted.")
                yield listed(lines)
    if not objectives and not notes:
        yield "The list has no objectives, and nothing was noted (`tabletop table note DIR TEXT tag=strength`)."


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
            lines.append(f"{typed(id)}: {'not delivered' if touched is None else touched.act}.")
            continue
        by_day = next((turn.number for turn in board.turns if held and turn.first <= held <= turn.last), board.turn)
        turn = turns[touched.entry] if touched is not None and touched.act == "fired" else by_day
        everybody = to not in board.table.roles
        then = [one for one in decided.decisions(board)
                if one.turn == turn and one.kind in (decided.ORDER, decided.CHOSEN)
                and (everybody or to in {one.role, *(order.role for order in one.orders)})]  # fmt: skip
        expected = f" Expected: {typed(row['expected'])}." if row.get("expected") else ""
        orders = "; ".join(f"{said.role_name(board, one.role)}: {typed(one.text)}" for one in then)
        ordered = f" Ordered in that turn: {orders}." if then else " Nothing was ordered in that turn."
        lines.append(f"{typed(id)}, turn {turn}, to {said.role_name(board, to)}.{expected}{ordered}")
    if lines:
        yield "**Tried by**"
        yield listed(line.replace("..", ".") for line in lines)


def _note_line(board: Board, note: LogLine) -> str:
    return f"{typed(note.data['text'])} *({said.role_name(board, note.by)}, {_noted(board, note)})*"


def _noted(board: Board, note: LogLine) -> str:
    turn = int(note.data["turn"])
    return f"turn {turn}" if turn <= len(board.turns) or not said.over(board) else "after the last turn"


def plan_section(board: Board) -> Iterator[str]:
    """What is to be improved, by whom and by when, part by part."""
    yield "## 5. Improvement plan"
    rows = [
        {"#": number, "area for improvement": typed(note.data["text"], cell=True),
         "objective": typed(note.data.get("objective", ""), cell=True) or "–",
         "owner": typed(note.data.get("owner", ""), cell=True) or "**no owner yet**",
         "due": typed(note.data.get("due", ""), cell=True) or "**no date yet**", "noted": _noted(board, note)}
        for number, note in enumerate((note for note in _notes(board) if note.data["tag"] == "improvement"), start=1)
    ]  # fmt: skip
    yield table(rows) or "No area for improvement was noted."
