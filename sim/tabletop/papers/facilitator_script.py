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
from sim.language import _, as_in, marked, translated
from sim.model.withdrawal import THEORIES
from sim.tabletop.board import Board
from sim.tabletop.happenings import left_out_in_words
from sim.tabletop.papers.page import foot
from sim.tabletop.papers.role_card import seats
from sim.tabletop.papers.wording import (
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
_EARNEST = (
    (5, marked("read what changed, deliver what is due")), (5, marked("forecasts, in silence, then typed")),
    (12, marked("options: try, compare, discuss")), (5, marked("decide, with reasons")), (3, marked("play")),
)  # fmt: skip
_PRACTICE = (
    (1, marked("read")), (1, marked("forecasts")), (3, marked("one option, compared")), (1, marked("decide")),
    (1, marked("play")),
)  # fmt: skip
_FIRST = (
    marked("What do you believe is going on among the officers, and what did you read that in?"),
    marked("What would you see first, if you were wrong?"),
)
_MIDDLE = (
    marked("Which of last turn's forecasts missed, and what did it assume?"),
    marked("Who owns this decision, and who was not asked?"),
    marked("The theories do not agree on this option. What would you have to know to choose all the same?"),
    marked("What does it cost if it does nothing?"),
)
_LAST = (
    marked("What would you take back now, and did you know enough then to do otherwise?"),
    marked("What is still open that you would want to know on the first day of a real crisis?"),
)


def facilitator_script(board: Board) -> str:
    """The script as GitHub's Markdown."""
    parts = [
        _("# Facilitator's script: {title}").format(title=typed(translated(board.table.title))),
        *_before(board), *_theories(board), *_objectives(board),
        *(part for number in range(1, board.table.turns + 1) for part in _turn(board, number)), *_waiting(board),
        *_after(board), "---", foot(board),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def _before(board: Board) -> Iterator[str]:
    steps = _steps(board)
    length = sum(minutes for minutes, _what in steps)
    yield _(
        "**For the facilitator alone. It tells what is to come.** Which world is played stands nowhere in it: what you "
        "do not know, your voice cannot give away. The report tells at the end."
    )
    yield _("## Before they come")
    yield listed((
        _("Print a situation manual for everybody, one card a role, this script once. `DIR` is the session's folder."),
        _("One screen that all can see, one keyboard: yours. Players say, you type, and read back what you typed."),
        _("Turns take about {minutes} minutes, so {whole} in all; 10 for the start and {end} for the hot wash.").format(
            minutes=length, whole=board.table.turns * length, end=20 if board.table.turns >= LONG else 5),
        _("`tabletop table state DIR` shows what everybody may know, and so does `advance`; with `role=facilitator` "
          "`state` is for your eyes, on a screen that is turned. `tabletop table undo DIR` takes the last line back."),
    ))  # fmt: skip
    yield table([{_("minutes"): minutes, _("in each turn"): translated(what)} for minutes, what in steps])
    yield _(
        "**Asking for forecasts.** Before any outlook or comparison of the turn, ask each role for one probability and "
        "one range. Give them a minute of silence; type them in before anyone hears another's. Ask for what they can "
        "check themselves: reports, deaths, for Kenya exits. Do not comment on them. What is said after futures were "
        "shown is kept as late, and does not count."
    )


def _steps(board: Board) -> tuple[tuple[int, str], ...]:
    return _EARNEST if board.table.turns >= LONG else _PRACTICE


def _theories(board: Board) -> Iterator[str]:
    named = [(name, THEORIES[name].text if name in THEORIES else "") for name in board.head.get("theories", {})]
    yield _("## What to say about theories")
    yield _(
        "> There are rival explanations of why officers step out, and all of them can tell what happened up to now. We "
        "give them the same weight, because nothing in the record says otherwise. One of them rules the world that you "
        "play, and I do not know which. Where an option helps under one and harms under another, the screen says "
        "*better under* the one and *worse under* the other, and no number of futures will settle that."
    )
    yield _("When asked, name them; do not rank them, and do not let the table vote on which is true.")
    yield listed(
        _("**{theory}**: {meaning}.").format(theory=typed(words.named(name)), meaning=typed(translated(text)))
        for name, text in named
    )
    left = [f"{typed(left_out_in_words(said))}." for said in board.head.get("left_out", [])]
    yield listed(left)


def _objectives(board: Board) -> Iterator[str]:
    master: Mapping[str, Any] = board.head.get("list") or {}
    yield _("## What is to be tried")
    if not master:
        yield _("This session has no list of injects. `tabletop table inject DIR add …` puts one on it.")
        return
    if master.get("story"):
        yield paragraphs(translated(master["story"]))
    yield listed(
        _("**{objective}**: {meaning}").format(objective=typed(id), meaning=typed(translated(text)))
        for id, text in master.get("objectives", {}).items()
    )
    due = sorted(_due(board).items(), key=lambda pair: pair[1])
    rows = [
        {_("inject"): typed(id, cell=True), _("turn"): _turn_of(board, day), _("day"): words.short_day(day),
         as_in("of a message", "to"): role_name(board, str(_rows(board)[id].get("to", ""))),
         _("objective"): typed(_rows(board)[id].get("objective", ""), cell=True)}
        for id, day in due
    ]  # fmt: skip
    yield table(rows)


# Turn by turn


def _turn(board: Board, number: int) -> Iterator[str]:
    first, last = days_of_turn(board, number)
    heading = _("## Turn {n}: {days} (played)") if number <= len(board.turns) else _("## Turn {n}: {days}")
    yield heading.format(n=number, days=words.days(first, last))
    steps = [_("{n} min {what}").format(n=minutes, what=translated(what)) for minutes, what in _steps(board)]
    yield f"*{words.joined(steps)}*"
    own = sorted(((day, id) for id, day in _due(board).items() if first <= day <= last))
    if not own:
        yield _("No inject is planned.")
    for day, id in own:
        when = _("{day} (day {n})").format(day=words.day(day), n=(day - board.table.first_day).days)
        yield from _inject(board, id, when)
    scripted = [
        _("{role}: {orders}, because {reason}").format(
            role=role_name(board, id), reason=typed(translated(step.why)),
            orders=words.joined(f"{typed(level_meaning(target))} ({words.general(value)})"
                             for target, value in step.writes))
        for id in board.table.stand_ins for step in board.table.roles[id].stand_in if step.turn == number
    ]  # fmt: skip
    if scripted:
        yield _("**Stand-ins order in this turn** (labelled as scripted; say so aloud):")
        yield listed(scripted)
    yield _("**Ask**")
    yield listed(map(translated, _questions(number, board.table.turns)))
    commands = ["tabletop table state DIR role=facilitator",
                *(f"tabletop table inject DIR preview {one_line(id)}" for _day, id in own)]  # fmt: skip
    yield _("**For your eyes**, with the screen turned: {commands}.").format(
        commands=", ".join(f"`{command}`" for command in commands)
    )
    yield _("**Type**, on the screen that all can see")
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
    yield from (f"tabletop table inject DIR fire {one_line(id)}" for _day, id in injects)
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
    said = {"inject": typed(id), "when": when, "role": role_name(board, str(row.get("to", "")))}
    heading = _("### Inject {inject}: {when}, to {role}").format(**said)
    if touched is not None:
        act = {"act": translated(touched.act), "day": words.short_day(touched.day)}
        became = _("{act}, {day}").format(**act)
        heading = f"{heading} · **{became}**"
    source = _("from {source}").format(source=translated(row["by"])) if row.get("by") else ""
    how = ", ".join(typed(part) for part in (translated(row.get("channel", "")), source) if part)
    yield heading
    yield f"*{how}*" if how else ""
    yield paragraphs(translated(row.get("text", "")))
    told = {name: typed(translated(str(row.get(name, "")))) for name in ("expected", "objective", "notes")}
    lines = [
        _("**Expected**: {expected}").format(**told) if told["expected"] else
        _("**Expected**: nothing is written down"),
        _("**Objective**: {objective}").format(**told) if told["objective"] else "",
        _("**What it does to the worlds**: {writes}").format(writes=_writes(row)),
        _("**For you**: {notes}").format(**told) if told["notes"] else "",
    ]  # fmt: skip
    yield listed(line for line in lines if line)


def _writes(row: Mapping[str, Any]) -> str:
    told = [
        f"{typed(level_meaning(f'{group}.{level}'))} ({'+' if op == 'add' else ''}{typed(value)})"
        for op in ("set", "add") for group, levels in (row.get(op) or {}).items() for level, value in levels.items()
    ]  # fmt: skip
    return words.joined(told) or _("nothing; it is words alone")


def _waiting(board: Board) -> Iterator[str]:
    """Injects that no day says: those that wait for a condition, or for another that has no day."""
    planned = _due(board)
    last = board.table.first_day + timedelta(days=board.table.turns * board.table.turn_days - 1)
    waiting = [id for id in _rows(board) if id not in planned or planned[id] > last]
    if waiting:
        yield _("## Injects that wait")
        yield _("They come when their time comes, if it comes; `tabletop table inject DIR list` says which are due.")
    for id in waiting:
        yield from _inject(board, id, _waits_for(_rows(board)[id], planned.get(id)))


def _waits_for(row: Mapping[str, Any], day: date | None) -> str:
    if day is not None:
        return _("{day}, after the last planned turn").format(day=words.day(day))
    if row.get("when"):
        when = row["when"]
        side, days = "above" if "above" in when else "below", int(when.get("days", 1))
        said = {"measure": typed(words.named(str(when.get("measure", "")))), "limit": typed(when.get(side, "")),
                "days": days}  # fmt: skip
        if days > 1:
            return (_("when {measure} is above {limit} on {days} days in a row") if side == "above" else
                    _("when {measure} is below {limit} on {days} days in a row")).format(**said)  # fmt: skip
        return (_("when {measure} is above {limit}") if side == "above" else
                _("when {measure} is below {limit}")).format(**said)  # fmt: skip
    return _("after {what}").format(what=typed(row.get("after", "")))


def _after(board: Board) -> Iterator[str]:
    yield _("## The hot wash")
    yield listed((
        _("One strength and one thing to improve from each, before anybody hears the scores: "
          "`tabletop table note DIR role=… TEXT tag=strength objective=…`, "
          "`tabletop table note DIR role=… TEXT tag=improvement objective=… owner=… due=…`."),
        _("Then `tabletop table close DIR` and `tabletop table report DIR`: read *What you knew, and what was* "
          "together."),
        _("Look at forecasts last. A handful of them says little about anyone."),
        _("Say it once more: one world of many, no forecast, and what the levers do is assumed."),
    ))  # fmt: skip


# When


def _rows(board: Board) -> Mapping[str, Mapping[str, Any]]:
    return inject_list(board)


def _due(board: Board) -> dict[str, date]:
    """The day of each inject that has one: as planned, or as it was fired, postponed or skipped."""
    rows = _rows(board)
    due: dict[str, date] = {}
    for _again in rows:  # an inject may come after one that comes after one
        for id, row in rows.items():
            touched = board.injects.get(id)
            day = touched.day if touched is not None else _planned(board, row, due)
            if day is not None:
                due[id] = day
    return due


def _planned(board: Board, row: Mapping[str, Any], due: Mapping[str, date]) -> date | None:
    if row.get("after"):
        before, _sign, late = str(row["after"]).rpartition("+")
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
