"""What a form does at the table: each one act of the session, done whole or refused whole.

Nothing is decided here: a form's fields become an act of :class:`sim.tabletop.session.Session`, and what that refuses
is said beside the field it is about. A form that comes again because its answer was lost is told that it is done: what
stands already is never given twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sim.errors import UserMistake
from sim.language import _
from sim.page import receipts
from sim.page.ask import FormAnswer
from sim.page.forms import Form, Refused
from sim.page.seats import Seat
from sim.page.views.naming import option_name
from sim.tabletop import expectations, orders
from sim.tabletop.board import Board, Expectation, Order, Write
from sim.tabletop.history import list_of
from sim.tabletop.idle_orders import changes_nothing
from sim.tabletop.injects.inject import MasterList
from sim.tabletop.injects.kept_list import list_of_plain, plain_row
from sim.tabletop.injects_due import check_added, inject_of
from sim.tabletop.log import LogLine
from sim.tabletop.roles import anything
from sim.tabletop.session import Session
from sim.tabletop.table_settings import FACILITATOR
from sim.tabletop.turn_end import last_of_turn, play_turn
from sim.text import day as spoken_day


@dataclass(frozen=True)
class Act:
    """A form that writes.

    Attributes
    ----------
    does
        The session under its lock and the form, to what came of it; raises Refused or UserMistake before it writes.
    what
        For whoever has to wait for the lock.
    facilitator
        Whether it is the facilitator's alone.
    plays
        Whether it plays a turn.
    decides
        Whether it belongs to the turn that was on the page when it was filled in.
    keys
        Fields of its own that mistakes of the table go to.
    """

    does: Callable[[Session, Form], FormAnswer]
    what: str
    facilitator: bool = False
    plays: bool = False
    decides: bool = True
    keys: Mapping[str, str] | None = None


def may(seat: Seat, name: str) -> bool:
    """Whether a seat has this form."""
    act = ACTS.get(name)
    return act is not None and seat.acts and (seat.role == FACILITATOR or not act.facilitator)


def do(session: Session, form: Form) -> FormAnswer:
    """Do what a form says.

    Parameters
    ----------
    session
        Under its lock.
    form
        One of :data:`ACTS`.

    Returns
    -------
    Done, or refused with every mistake that was found; a refused form has written no line.
    """
    act = ACTS[form.name]
    try:
        if act.decides:
            _check_turn(session.board, form, act)
        with form.whole_form():
            try:
                return act.does(session, form)
            except orders.OrdersClash as fault:
                said = receipts.clash(session.board, form.seat, fault)
                raise UserMistake(fault.key, fault.value, said) from fault
    except Refused as refused:
        return form.refused(refused.mistakes)


def _check_turn(board: Board, form: Form, act: Act) -> None:
    """Refuse a decision that was typed before the turn went on; a turn that is to be played has a check of its own."""
    turn = form.whole("turn")
    form.check()
    if turn is None or turn == board.turn or act.plays:
        return
    right = _(
        "Turn {turn} has gone on meanwhile: the table stands at turn {now}, the morning of {day}. Nothing was done; "
        "look at it again, and send it if it still holds."
    )
    raise Refused({"": right.format(turn=turn, now=board.turn, day=spoken_day(board.today))})


# Decisions


def _order(session: Session, form: Form) -> FormAnswer:
    board = session.open_board()
    role = form.role(board)
    words = form.levels(board.table.roles[role])
    day, why, option = form.day("day"), form.said("why"), form.maybe("option")
    if not words and not form.mistakes:
        form.mistakes[""] = _("Nothing is set. Set at least one level, and leave the others empty.")
    form.check()
    writes = orders.read_writes(board.table.roles[role], words)
    on = orders.check_day(board, day or board.today)
    for one in board.all_orders:
        same = (one.role, set(one.writes), one.day, one.option) == (role, set(writes), on, option)
        if same and one.why == why:
            return form.done(receipts.given(board, one, option or ""), one.entry, notes=_idle(board, one), again=True)
    given = session.order(role, words, day=day, why=why, option=option)
    return form.done(receipts.given(board, given, option or ""), given.entry, notes=_idle(session.board, given))


def _idle(board: Board, order: Order) -> list[str]:
    if order.option is not None or not changes_nothing(board, order):
        return []
    return [_("It changes nothing: what it orders stands already, or has happened.")]


def _option(session: Session, form: Form) -> FormAnswer:
    board = session.open_board()
    named = form.text("role") or form.seat.kind != "facilitator" or any(form.several(f) for f in _levels_of(form))
    role = form.role(board) if named else FACILITATOR
    name = form.needed("name", _("a name of letters, digits, - and _, at most 40 of them"))
    words = form.levels(board.table.roles[role]) if role != FACILITATOR else []
    day, why, text, on = form.day("day"), form.said("why"), form.said("text"), form.maybe("on")
    form.check()
    there = board.options.get(name)
    if there is not None and (there.role, there.text, there.on) == (role, text, on):
        writes = orders.read_writes(board.table.roles[role], words) if words else ()
        own = [set(order.writes) for order in there.orders]
        if not words or set(writes) in own:
            return form.done(receipts.optional(board, name, role), there.entry, again=True)
        if not own:  # its own line was written, and then the machine stopped
            order = session.order(role, words, day=day, why=why, option=name)
            return form.done(receipts.optional(board, name, role), order.entry)
    with form.at("name"):
        if there is not None:
            raise UserMistake("name", name, _("is there already; choose another name, or add the order to that option"))
    form.check()
    session.branch(name, role, words, day=day, why=why, text=text, on=on)
    return form.done(receipts.optional(board, name, role), session.board.options[name].entry)


def _levels_of(form: Form) -> list[str]:
    return [field for field in form.typed if field.startswith("level.")]


def _choose(session: Session, form: Form) -> FormAnswer:
    board = session.open_board()
    asked = form.text("role") or form.seat.kind != "facilitator"
    role = form.role(board) if asked else FACILITATOR
    option, why = form.needed("option", _("which option is chosen")), form.said("why")
    form.check()
    line = board.adopted.get(option)
    if line is not None and (line.by, line.data["why"]) == (role, why):
        return form.done(_("{option} is chosen").format(option=option_name(option)), line.number, again=True)
    chosen = session.adopt(option, role, why=why)
    said = _("{option} is chosen").format(option=option_name(option))
    notes = [receipts.given(session.board, one) for one in session.board.orders if one.id in {two.id for two in chosen}]
    return form.done(said, _last(session).number, notes=notes)


def _forecast(session: Session, form: Form) -> FormAnswer:
    board = session.open_board()
    role = form.role(board)
    measure = form.needed("measure", _("what is forecast"))
    by, level = form.day("by"), None
    if form.text("kind", "range") == "chance":
        sense = form.text("sense", ">=")
        form.needed("threshold", _("a number"))
        about, value = f"{measure}{sense}{form.number('threshold')}", _percent(form, "chance")
        if sense not in (">=", "<="):
            form.mistakes["sense"] = _("at least (>=) or at most (<=)")
        if not 0 <= form.amount("chance", -1.0) <= 100:
            form.mistakes["chance"] = _("a probability from 0 to 100 %")
        _check_numbers(form, "threshold")
    else:
        form.needed("low", _("the lower end of the range"))
        form.needed("high", _("the upper end of the range"))
        _check_numbers(form, "low", "high")
        if not form.mistakes and form.amount("low", 0.0) > form.amount("high", 0.0):
            form.mistakes["low"] = _("the lower end of the range, which is not above the upper one")
        about, value = measure, f"{form.number('low')}..{form.number('high')}"
        level = _percent(form, "level") or None
        if level and not 0 < form.amount("level", -1.0) < 100:
            form.mistakes["level"] = _("how sure the range is, between 0 and 100 %")
    form.check()
    said = _read(form, about, value, level)
    last = by or board.today + timedelta(days=board.table.turn_days - 1)
    for one in board.forecasts:
        mine = {name: getattr(one, name) for name in said}
        if (one.role, one.turn, one.by) == (role, board.turn, last) and mine == said:
            return form.done(receipts.forecast(one), one.entry, notes=_late(one), again=True)
    given = session.expect(role, about, value, by=by, level=level)
    return form.done(receipts.forecast(given), given.entry, notes=_late(given))


def _read(form: Form, about: str, value: str, level: str | None) -> Mapping[str, Any]:
    """What is expected, with the table's own mistakes at the fields of this form."""
    try:
        return expectations.read_expectation(about, value, level)
    except UserMistake as fault:
        if fault.key == "forecast":
            field = "measure"
        elif fault.key == "level":
            field = "level"
        else:
            field = "chance" if form.text("kind", "range") == "chance" else "low"
        raise Refused({field: fault.right}) from fault


def _check_numbers(form: Form, *fields: str) -> None:
    for field in fields:
        if form.text(field) and form.amount(field, math.inf) == math.inf:
            form.mistakes[field] = _("a number")


def _percent(form: Form, field: str) -> str:
    return f"{form.number(field)}%" if form.text(field) else ""


def _late(one: Expectation) -> list[str]:
    why = expectations.late_because(one)
    return [_("{why}: it is kept and does not count in the scores").format(why=why)] if why else []


# The facilitator's


def _inject(session: Session, form: Form) -> FormAnswer:
    board = session.open_board()
    name, act = form.needed("id", _("which inject")), form.text("act")
    if act not in ("fire", "postpone", "skip"):
        form.mistakes["act"] = _("one of preview, fire, postpone, skip")
    day, why = form.day("day"), form.said("why")
    form.check()
    inject = inject_of(board, name)
    day = day if act == "postpone" else None
    said = receipts.touched(board, inject, act, day)
    before = board.injects.get(name)
    stands = {"fire": "fired", "postpone": "postponed", "skip": "skipped"}[act]
    if before is not None and before.act == stands and (act != "postpone" or before.day == day):
        return form.done(said, before.entry, again=True)
    session.touch_inject(inject, act, day=day, why=why)
    return form.done(said, _last(session).number)


def _inject_add(session: Session, form: Form) -> FormAnswer:
    board = session.open_board()
    name = form.needed("id", _("a name of small letters, digits and _, such as flash_report"))
    text = form.needed("text", _("what is read out"))
    form.said("text")
    to, day = form.text("to", "all"), form.day("day") or board.today
    with form.at("day"):
        orders.check_day(board, day)
    writes = form.writes(anything())
    row: dict[str, Any] = {"at": day.isoformat(), "to": to, "text": orders.check_text("text", text[: orders.MOST_TEXT])}
    row |= {field: form.said(field) for field in ("expected", "objective") if form.said(field)}
    form.check()
    if writes:
        row["set"] = _nested(writes)
    known = list_of(board)
    for there in known.injects:
        if there.id == name and {**plain_row(there), "at": row["at"]} == row and there.at == day:
            return form.done(_("{id}: added").format(id=name), again=True)
    added = _list_with(form, known.objectives, name, row, tuple(board.table.roles))
    check_added(board, added)
    for one in added.injects:
        session.add_inject({"id": one.id, **plain_row(one)})
    return form.done(_("{id}: added").format(id=name), _last(session).number)


def _list_with(
    form: Form, objectives: Mapping[str, str], name: str, row: Mapping[str, Any], roles: tuple[str, ...]
) -> MasterList:
    """A list of one inject, checked as a file's are; a mistake stands at its field."""
    try:
        return list_of_plain({"title": "added", "objectives": dict(objectives), "injects": {name: row}}, roles)
    except UserMistake as fault:
        part = fault.key.rpartition(f"injects.{name}")[2].strip(".").partition(".")
        field = {"": "id", "at": "day", "set": f"level.{part[2]}"}.get(part[0], part[0])
        raise Refused({field: fault.right}) from fault


def _nested(writes: tuple[Write, ...]) -> dict[str, dict[str, float]]:
    levels: dict[str, dict[str, float]] = {}
    for target, op, amount in writes:
        assert op == "set"
        group, level = target.split(".", 1)
        levels.setdefault(group, {})[level] = int(amount) if amount.is_integer() else amount
    return levels


def _override(session: Session, form: Form) -> FormAnswer:
    board = session.open_board()
    writes = form.writes(anything())
    day = form.day("day")
    form.needed("why", _("an override needs a reason, which the report shows"))
    why = form.said("why")
    if not writes and not form.mistakes:
        form.mistakes[""] = _("Nothing is set. Set at least one level, and leave the others empty.")
    form.check()
    said = _("override: {levels}; the other worlds do not have it").format(levels=orders.in_words(writes))
    for one in board.overrides:
        if (one.writes, one.day, one.why) == (writes, day or board.today, why):
            return form.done(said, one.entry, again=True)
    session.override(writes, why=why, day=day)
    return form.done(said, _last(session).number)


def _advance(session: Session, form: Form) -> FormAnswer:
    board = session.open_board()
    days, turn = form.whole("days"), form.whole("turn")
    form.check()
    if turn is None:
        raise Refused({"": _("Which turn is to be played does not stand in the form; load the page again.")})
    if turn == board.turn - 1:
        once = _("It was played meanwhile, by another press of this button or of somebody else's: no second turn was.")
        return form.done(_played(board), board.turns[-1].entry, notes=[once], again=True)
    if turn != board.turn:
        right = _("the table stands at turn {turn}, the morning of {day}; load the page again")
        raise Refused({"": right.format(turn=board.turn, day=spoken_day(board.today))})
    last_of_turn(board, days)
    scripted, waiting = play_turn(session, days)
    missed = _("The inject {id} was due in this turn, and was neither told nor left out; it is still due.")
    notes = receipts.scripted(session.board, board.lines[-1].number, scripted)
    notes += [missed.format(id=inject.id) for inject in waiting]
    if turn == board.table.turns and not session.board.is_over:
        notes.append(
            _("That was the last turn that was planned. Take the notes of the hot wash, then end the session.")
        )
    return form.done(_played(session.board), session.board.turns[-1].entry, notes=notes)


def _played(board: Board) -> str:
    said = _("Turn {turn} is played; the table stands at the morning of {day}.")
    return said.format(turn=board.turns[-1].number, day=spoken_day(board.today))


def _undo(session: Session, form: Form) -> FormAnswer:
    board = session.open_board()
    form.needed("line", _("which line is taken back"))
    line, why = form.whole("line"), form.said("why")
    form.check()
    taken = board.lines[line] if line is not None and line < len(board.lines) else None
    if taken is not None and taken.number in board.undone:
        return form.done(receipts.taken_back(board, taken), again=True)
    taken = session.undo(line, why=why)
    where = _("The table stands at turn {turn}, the morning of {day}.")
    board = session.board
    notes = [where.format(turn=board.turn, day=spoken_day(board.today))]
    return form.done(receipts.taken_back(board, taken), _last(session).number, notes=notes)


def _note(session: Session, form: Form) -> FormAnswer:
    board = session.board
    role = form.role(board) if form.seat.kind == "player" else form.seat.role
    form.needed("text", _("what was observed"))
    said = {field: form.said(field) for field in ("text", "objective", "owner", "due")}
    said["tag"] = form.text("tag", "note")
    form.check()
    for line in board.of_kind("note"):
        if line.by == role and line.data["turn"] == board.turn and {n: line.data[n] for n in said} == said:
            return form.done(_("noted: line {line}").format(line=line.number), line.number, again=True)
    text = said.pop("text")
    line = session.note(role, text, **said)
    return form.done(_("noted: line {line}").format(line=line.number), line.number)


def _close(session: Session, form: Form) -> FormAnswer:
    said = _("The session has ended. The report tells everything now.")
    if session.board.is_over:
        return form.done(said, again=True)
    why = form.said("why")
    form.check()
    session.close(why=why)
    return form.done(said, _last(session).number)


def _last(session: Session) -> LogLine:
    return session.log.entries[-1]


_facilitators = partial(Act, facilitator=True)
ACTS: Mapping[str, Act] = {
    "order": Act(_order, "an order"),
    "option": Act(_option, "an option", keys={"branch": "name"}),
    "choose": Act(_choose, "an option that is chosen"),
    "forecast": Act(_forecast, "a forecast", keys={"forecast": "measure"}),
    "inject": _facilitators(_inject, "an inject"),
    "inject_add": _facilitators(_inject_add, "an inject"),
    "override": _facilitators(_override, "an override"),
    "advance": _facilitators(_advance, "playing a turn", plays=True),
    "undo": _facilitators(_undo, "an undo", decides=False),
    "note": Act(_note, "a note", decides=False),
    "close": _facilitators(_close, "ending it", decides=False),
}
"""The forms that write a line, by name."""
