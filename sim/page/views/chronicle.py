"""The log as a seat may read it: what was done, by whom, in which turn, and what was taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sim import text as words
from sim.language import _, translated
from sim.page.views.naming import expected, option_name, ordered, role_name, written
from sim.tabletop.board import NEVER_UNDONE, Board
from sim.tabletop.log import LogLine
from sim.tabletop.papers.decisions import turns_of_lines
from sim.tabletop.papers.wording import inject_list
from sim.tabletop.roles import told_to
from sim.tabletop.standing import knows_of
from sim.tabletop.table_settings import FACILITATOR

MOST = 100
"""Lines that a page tells; the log itself holds all."""
MOST_UNDONE = 40
"""Newest lines that it offers to take back."""


@dataclass(frozen=True)
class ChronicleEntry:
    """A line of the log in words.

    Attributes
    ----------
    line
        Its number.
    turn
        The turn in which it was written.
    clock
        When, UTC: hours and minutes.
    who, what, why
        In words; ``why`` is empty where it is not for this seat.
    kind
        Of the line.
    undone
        Whether it was taken back.
    undoable
        Whether the facilitator can take it back now.
    """

    line: int
    turn: int
    clock: str
    who: str
    what: str
    why: str
    kind: str
    undone: bool
    undoable: bool


def chronicle(board: Board, role: str) -> tuple[tuple[ChronicleEntry, ...], int]:
    """The newest lines that a seat may read, the newest first, and how many there are."""
    turns = turns_of_lines(board)
    reader = _Reader(board, role)
    entries = []
    readable = [line for line in board.lines if reader.may_read(line)]
    takes_back = role == FACILITATOR and not board.is_over
    opened_at = board.opened_at
    for place, line in enumerate(reversed(readable[-MOST:])):
        able = (
            takes_back and place < MOST_UNDONE and line.number not in board.undone
            and line.kind not in NEVER_UNDONE and line.number >= max(opened_at, 1)
        )  # fmt: skip
        said = _("{hour} UTC").format(hour=line.at[11:16])
        entries.append(ChronicleEntry(
            line.number, turns[line.number], said, role_name(board, line.by), reader.what(line), reader.why(line),
            line.kind, line.number in board.undone, able,
        ))  # fmt: skip
    return tuple(entries), len(readable)


def told_of_line(board: Board, line: LogLine) -> str:
    """What a line says, as the facilitator reads it."""
    return _Reader(board, FACILITATOR).what(line)


class _Reader:
    """What one seat may read of each line."""

    def __init__(self, board: Board, role: str) -> None:
        self.board, self.role = board, role
        self.hidden = "hidden" in knows_of(board, role)
        self.facilitator = role == FACILITATOR
        whole = Board(board.lines)
        # Every line as if none had been taken back, since those are told as well.
        self.orders = {one.entry: one for one in whole.all_orders}
        self.forecasts = {one.entry: one for one in whole.forecasts}

    def may_read(self, line: LogLine) -> bool:
        mine = self.facilitator or line.by == self.role
        if line.kind == "undo":
            return self.may_read(self.board.lines[line.data["of"]])
        if line.kind == "inject":
            return self.facilitator or (line.data["act"] == "fired" and told_to(self.role, str(line.data["to"])))
        if line.kind == "override":
            return self.facilitator or self.hidden
        return mine or line.kind not in ("forecast", "shown", "note")

    def why(self, line: LogLine) -> str:
        """The reasons given; others' are for the facilitator alone until the report."""
        if not (self.facilitator or line.by == self.role):
            return ""
        return translated(str(line.data.get("why", "")))

    def what(self, line: LogLine) -> str:
        return str(getattr(self, f"_{line.kind}")(line, line.data))

    def _session(self, line: LogLine, data: Mapping[str, Any]) -> str:
        return _("the session begins: {title}").format(title=translated(self.board.table.title))

    def _order(self, line: LogLine, data: Mapping[str, Any]) -> str:
        order = self.orders.get(line.number)
        said = ordered(order) if order is not None else str(data["text"])
        if data["option"]:
            return _("in the option {option}: {what}").format(option=option_name(str(data["option"])), what=said)
        on = words.short_day(_date(data["day"])) if data["day"] else ""
        scripted = _(" (scripted, nobody plays this role)") if data["stand_in"] else ""
        return _("orders from {day}: {what}").format(day=on, what=said) + scripted

    def _option(self, line: LogLine, data: Mapping[str, Any]) -> str:
        told = _("puts an option on the table: {option}").format(option=option_name(str(data["name"])))
        return f"{told} ({data['text']})" if data["text"] else told

    def _adopt(self, line: LogLine, data: Mapping[str, Any]) -> str:
        return _("chooses the option {option}").format(option=option_name(str(data["option"])))

    def _inject(self, line: LogLine, data: Mapping[str, Any]) -> str:
        if data["act"] == "added":
            return _("puts the inject {id} on the list").format(id=data["id"])
        to = role_name(self.board, str(data["to"]))
        if data["act"] == "postponed":
            day = words.short_day(_date(data["day"]))
            return _("puts off the inject {id} to {day}").format(id=data["id"], day=day)
        if data["act"] == "skipped":
            return _("leaves out the inject {id}").format(id=data["id"])
        text = inject_list(self.board).get(str(data["id"]), {}).get("text", data["text"])
        return _("tells {to}: {text}").format(to=to, text=translated(str(text)))

    def _override(self, line: LogLine, data: Mapping[str, Any]) -> str:
        said = written([(t, op, float(v)) for t, op, v in data["writes"]])
        day = words.short_day(_date(data["day"]))
        return _("changes the played world by hand from {day}: {what}").format(day=day, what=said)

    def _forecast(self, line: LogLine, data: Mapping[str, Any]) -> str:
        said = self.forecasts.get(line.number)
        late = _(" (late: futures had been shown)") if data.get("late") else ""
        return _("expects: {what}").format(what=expected(said) if said else "") + late

    def _shown(self, line: LogLine, data: Mapping[str, Any]) -> str:
        until = words.short_day(_date(data["until"]))
        names = ", ".join(option_name(str(name)) for name in data["options"])
        said = {"compare": _("compares {names} to {until}"), "try": _("tries levers to {until}")}.get(
            str(data["what"]), _("looks ahead to {until}")
        )
        return said.format(names=names, until=until)

    def _advance(self, line: LogLine, data: Mapping[str, Any]) -> str:
        first, last = (words.short_day(_date(data[name])) for name in ("first", "last"))
        return _("turn {turn} is played: {first} to {last}").format(turn=data["turn"], first=first, last=last)

    def _note(self, line: LogLine, data: Mapping[str, Any]) -> str:
        tags = {"strength": _("strength"), "improvement": _("to improve")}
        tag = tags.get(str(data["tag"]), _("note"))
        owner = _("; owner {owner}, by {due}").format(owner=data["owner"], due=data["due"]) if data["owner"] else ""
        return f"{tag}: {data['text']}{owner}"

    def _undo(self, line: LogLine, data: Mapping[str, Any]) -> str:
        taken = self.board.lines[int(str(data["of"]))]
        return _("takes back line {line}: {what}").format(line=taken.number, what=self.what(taken))

    def _close(self, line: LogLine, data: Mapping[str, Any]) -> str:
        return _("the session ends")


def _date(text: object) -> date:
    return date.fromisoformat(str(text))
