"""The facilitator's script: turn by turn what to bring, what to ask, what to say, and how long it takes.

It tells the list of injects and what stand-ins order, and not even here which world is played.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from sim import text as words
from sim.errors import one_line
from sim.model.withdrawal import THEORIES
from sim.tabletop.board import Board
from sim.tabletop.papers.page import foot
from sim.tabletop.papers.role_card import seats
from sim.tabletop.papers.wording import (
    days,
    days_of_turn,
    inject_list,
    level_meaning,
    listed,
    paragraphs,
    role_name,
    table,
    typed,
)

LONG = 3
"""From so many turns on it is a session in earnest, and no practice."""
_EARNEST = ((5, "read what changed, deliver what is due"), (5, "forecasts, in silence, then typed"),
            (12, "options: try, compare, discuss"), (5, "decide, with reasons"), (3, "play"))  # fmt: skip
_PRACTICE = ((1, "read"), (1, "forecasts"), (3, "one option, compared"), (1, "decide"), (1, "play"))
_FIRST = (
    "What do you believe is going on among the officers, and what did you read that in?",
    "What would you see first, if you were wrong?",
)
_MIDDLE = (
    "Which of last turn's forecasts missed, and what did it assume?",
    "Who owns this decision, and who was not asked?",
    "The theories do not agree on this option. What would you have to know to choose all the same?",
    "What does it cost if it does nothing?",
)
_LAST = (
    "What would you take back now, and did you know enough then to do otherwise?",
    "What is still open that you would want to know on the first day of a real crisis?",
)


def facilitator_script(board: Board) -> str:
    """The script as GitHub's Markdown."""
    parts = [
        f"# Facilitator's script: {typed(board.table.title)}", *_before(board), *_theories(board), *_objectives(board),
        *(part for number in range(1, board.table.turns + 1) for part in _turn(board, number)), *_waiting(board),
        *_after(board), "---", foot(board),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def _before(board: Board) -> Iterator[str]:
    steps = _steps(board)
    whole = board.table.turns * sum(minutes for minutes, _ in steps)
    yield (
        "**For the facilitator alone. It tells what is to come.** Which world is played stands nowhere in it: what "
        "you do not "
        "know, your voice cannot give away. The report tells at the end."
    )
    yield "## Before they come"
    yield listed((
        "Print a situation manual for everybody, one card a role, this script once. `DIR` is the session's folder.",
        "One screen that all can see, one keyboard: yours. Players say, you type, and read back what you typed.",
        f"Turns take about {sum(minutes for minutes, _ in steps)} minutes, so {whole} in all; 10 for the start and "
        f"{20 if len(steps) and board.table.turns >= LONG else 5} for the hot wash.",
        "`tabletop table state DIR` shows what everybody may know, and so does `advance`; with `role=facilitator` "
        "`state` is for your eyes, on a screen that is turned. `tabletop table undo DIR` takes the last line back.",
    ))  # fmt: skip
    yield table([{"minutes": minutes, "in each turn": what} for minutes, what in steps])
    yield (
        "**Asking for forecasts.** Before any outlook or comparison of the turn, ask each role for one probability "
        "and one "
        "range. Give them a minute of silence; type them in before anyone hears another's. Ask for what they can check "
        "themselves: reports, deaths, for Kenya exits. Do not comment on them. What is said after futures were "
        "shown is "
        "kept as late, and does not count."
    )


def _steps(board: Board) -> tuple[tuple[int, str], ...]:
    return _EARNEST if board.table.turns >= LONG else _PRACTICE


def _theories(board: Board) -> Iterator[str]:
    named = [(name, THEORIES[name].text if name in THEORIES else "") for name in board.head.get("theories", {})]
    yield "## What to say about theories"
    yield (
        "> There are rival explanations of why officers step out, and all of them can tell what happened up to now. "
        "We give "
        "them the same weight, because nothing in the record says otherwise. One of them rules the world that you "
        "play, and "
        "I do not know which. Where an option helps under one and harms under another, the screen says *better "
        "under* the one and *worse under* the other, and no number of futures will settle that."
    )
    yield "When asked, name them; do not rank them, and do not let the table vote on which is true."
    yield listed(f"**{typed(words.spoken(name))}**: {typed(text)}." for name, text in named)
    left = [f"{typed(said)}." for said in board.head.get("left_out", [])]
    yield listed(left)


def _objectives(board: Board) -> Iterator[str]:
    master: Mapping[str, Any] = board.head.get("list") or {}
    yield "## What is to be tried"
    if not master:
        yield "This session has no list of injects. `tabletop table inject DIR add …` puts one on it."
        return
    if master.get("story"):
        yield paragraphs(master["story"])
    yield listed(f"**{typed(id)}**: {typed(text)}" for id, text in master.get("objectives", {}).items())
    due = sorted(_due(board).items(), key=lambda pair: pair[1])
    rows = [
        {"inject": typed(id, cell=True), "turn": _turn_of(board, day), "day": words.short_day(day),
         "to": role_name(board, str(_rows(board)[id].get("to", ""))),
         "objective": typed(_rows(board)[id].get("objective", ""), cell=True)}
        for id, day in due
    ]  # fmt: skip
    yield table(rows)


# Turn by turn


def _turn(board: Board, number: int) -> Iterator[str]:
    first, last = days_of_turn(board, number)
    state = " (played)" if number <= len(board.turns) else ""
    yield f"## Turn {number}: {days(first, last)}{state}"
    steps = _steps(board)
    yield "*" + "; ".join(f"{minutes} min {what}" for minutes, what in steps) + "*"
    own = sorted(((day, id) for id, day in _due(board).items() if first <= day <= last))
    if not own:
        yield "No inject is planned."
    for day, id in own:
        yield from _inject(board, id, f"{words.day(day)} (day {(day - board.table.first_day).days})")
    scripted = [
        f"{role_name(board, id)}: "
        f"{'; '.join(f'{typed(level_meaning(target))} ({value:g})' for target, value in step.writes)}, "
        f"because {typed(step.why)}"
        for id in board.table.stand_ins for step in board.table.roles[id].stand_in if step.turn == number
    ]  # fmt: skip
    if scripted:
        yield "**Stand-ins order in this turn** (labelled as scripted; say so aloud):"
        yield listed(scripted)
    yield "**Ask**"
    yield listed(_questions(number, board.table.turns))
    yield (
        "**For your eyes**, with the screen turned: `tabletop table state DIR role=facilitator`"
        + "".join(f", `tabletop table inject DIR preview {one_line(id)}`" for _, id in own) + "."
    )  # fmt: skip
    yield "**Type**, on the screen that all can see"
    yield "```\n" + "\n".join(_commands(board, own)) + "\n```"


def _questions(number: int, turns: int) -> tuple[str, ...]:
    if number == 1:
        return _FIRST
    if number == turns:
        return _LAST
    start = 2 * (number - 2) % len(_MIDDLE)
    return _MIDDLE[start : start + 2]


def _commands(board: Board, injects: list[tuple[date, str]]) -> Iterator[str]:
    """What is typed in a turn, in order; DIR is the session's folder."""
    players = [role.id for role in seats(board, sees_all=False)]
    yield "tabletop table state DIR"
    yield from (f"tabletop table inject DIR fire {one_line(id)}" for _, id in injects)
    yield from (f"tabletop table forecast DIR role={id} 'reports>=1' …%" for id in players)
    yield "tabletop table outlook DIR"
    yield "tabletop table branch DIR OPTION role=ROLE LEVEL=VALUE"
    yield "tabletop table compare DIR"
    yield "tabletop table order DIR role=ROLE branch=OPTION why=…"
    yield "tabletop table advance DIR"


def _inject(board: Board, id: str, when: str) -> Iterator[str]:
    """An inject as the facilitator brings it."""
    row = _rows(board)[id]
    touched = board.injects.get(id)
    became = f" · **{touched.act}, {words.short_day(touched.day)}**" if touched is not None else ""
    how = ", ".join(typed(part) for part in (row.get("channel"), f"from {row['by']}" if row.get("by") else "") if part)
    yield f"### Inject {typed(id)}: {when}, to {role_name(board, str(row.get('to', '')))}{became}"
    yield f"*{how}*" if how else ""
    yield paragraphs(row.get("text", ""))
    lines = [
        f"**Expected**: {typed(row['expected'])}" if row.get("expected") else "**Expected**: nothing is written down",
        f"**Objective**: {typed(row['objective'])}" if row.get("objective") else "",
        f"**What it does to the worlds**: {_writes(row)}",
        f"**For you**: {typed(row['notes'])}" if row.get("notes") else "",
    ]
    yield listed(line for line in lines if line)


def _writes(row: Mapping[str, Any]) -> str:
    told = [
        f"{typed(level_meaning(f'{group}.{level}'))} ({'+' if op == 'add' else ''}{typed(value)})"
        for op in ("set", "add") for group, levels in (row.get(op) or {}).items() for level, value in levels.items()
    ]  # fmt: skip
    return "; ".join(told) or "nothing; it is words alone"


def _waiting(board: Board) -> Iterator[str]:
    """Injects that no day says: those that wait for a condition, or for another that has no day."""
    planned = _due(board)
    last = board.table.first_day + timedelta(days=board.table.turns * board.table.turn_days - 1)
    waiting = [id for id in _rows(board) if id not in planned or planned[id] > last]
    if waiting:
        yield "## Injects that wait"
        yield "They come when their time comes, if it comes; `tabletop table inject DIR list` says which are due."
    for id in waiting:
        yield from _inject(board, id, _waits_for(_rows(board)[id], planned.get(id)))


def _waits_for(row: Mapping[str, Any], day: date | None) -> str:
    if day is not None:
        return f"{words.day(day)}, after the last planned turn"
    if row.get("when"):
        when = row["when"]
        side = "above" if "above" in when else "below"
        held = f" on {when['days']} days in a row" if int(when.get("days", 1)) > 1 else ""
        return f"when {typed(words.spoken(str(when.get('measure', ''))))} is {side} {typed(when.get(side, ''))}{held}"
    return f"after {typed(row.get('after', ''))}"


def _after(board: Board) -> Iterator[str]:
    yield "## The hot wash"
    yield listed((
        "One strength and one thing to improve from each, before anybody hears the scores: "
        "`tabletop table note DIR role=… TEXT tag=strength objective=…`, "
        "`tabletop table note DIR role=… TEXT tag=improvement objective=… owner=… due=…`.",
        "Then `tabletop table close DIR` and `tabletop table report DIR`: read *What you knew, and what was* together.",
        "Look at forecasts last. A handful of them says little about anyone.",
        "Say it once more: one world of many, no forecast, and what the levers do is assumed.",
    ))  # fmt: skip


# When


def _rows(board: Board) -> Mapping[str, Mapping[str, Any]]:
    return inject_list(board)


def _due(board: Board) -> dict[str, date]:
    """The day of each inject that has one: as planned, or as it was fired, postponed or skipped."""
    rows = _rows(board)
    due: dict[str, date] = {}
    for _ in rows:  # an inject may come after one that comes after one
        for id, row in rows.items():
            touched = board.injects.get(id)
            day = touched.day if touched is not None else _planned(board, row, due)
            if day is not None:
                due[id] = day
    return due


def _planned(board: Board, row: Mapping[str, Any], due: Mapping[str, date]) -> date | None:
    if row.get("after"):
        before, _, late = str(row["after"]).rpartition("+")
        return due[before] + timedelta(days=int(late)) if before in due and late.isdecimal() else None
    at = row.get("at")
    if isinstance(at, date) or at is None:
        return at
    if relative := re.fullmatch(r"D(?:\+(\d+))?", str(at)):
        return board.table.first_day + timedelta(days=int(relative[1] or 0))
    try:
        return date.fromisoformat(str(at))
    except ValueError:
        return None


def _turn_of(board: Board, day: date) -> str:
    for number in range(1, board.table.turns + 1):
        first, last = days_of_turn(board, number)
        if first <= day <= last:
            return str(number)
    return "–"
