"""``tabletop table inject``: the list of injects, and what is done with it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands import flags

if TYPE_CHECKING:
    from sim.tabletop.board import Board
    from sim.tabletop.session import Session

KEYS = ("day", "why")
ACTS = ("list", "preview", "fire", "postpone", "skip", "add")


@click.command(short_help="preview, fire, postpone, skip or add injects")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
@click.argument("act", required=False, default="list", metavar="[list|preview|fire|postpone|skip|add]")
@click.argument("typed", nargs=-1, metavar="[ID|FILE] [key=value]...")
@click.option("--as", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True,
              help="How to print the list; csv and json print nothing else.")  # fmt: skip
def command(folder: Path, act: str, typed: tuple[str, ...], form: str) -> None:
    """List the injects, or preview, fire, postpone (day=) or skip the one of this ID; add takes those of a FILE.

    One that is fired happens on its own day where that lies in the open turn, else today, or on the day= of the turn
    that is named.

    What an inject does to the world it does in every world, the played one and the others. A conditional one is watched
    in every world from the first day, and happens there on the day its condition holds; to fire it by hand has it
    happen now, everywhere. preview says what it would change in the played world by the turn's end, and never what that
    turn comes to; it is for the facilitator's eyes, and leaves no line.

    Example: tabletop table inject friday fire flash_report
    """
    from sim.commands.screen import show_table
    from sim.commands.table.typed_words import TypedWords
    from sim.errors import UserMistake
    from sim.language import SOURCE, _, current, marked, spoken_in, translated
    from sim.tabletop.injects_due import inject_of, inject_rows
    from sim.tabletop.session import Session, writing
    from sim.tabletop.table_settings import EVERYBODY
    from sim.text import spoken

    if act not in ACTS:
        raise UserMistake("inject", act, _("one of {names}").format(names=", ".join(ACTS)))
    given = TypedWords.read(typed, KEYS)
    if act == "list":
        given.nothing_else(KEYS)
        with spoken_in(current() if form == "table" else SOURCE):  # the others are for programs
            rows = inject_rows(Session.read(folder).board)
            rows = rows.assign(state=rows["state"].replace({"held": marked("came true")}))
            show_table(rows, form, said=("state",))
        return
    if len(given.rest) != 1:
        right = _("which one, by its id: tabletop table inject DIR lists them")
        right = _("a file of injects") if act == "add" else right
        raise UserMistake("inject", " ".join(given.rest) or None, right)
    if act == "preview":
        _preview(Session.read(folder).board, given.rest[0])
        return
    with writing(folder, "an inject") as session:
        if act == "add":
            _add(session, Path(given.rest[0]))
            return
        inject = inject_of(session.board, given.rest[0])
        done = session.touch_inject(inject, act, day=given.day("day"), why=given.text("why"))
    told = {"inject": inject.id, "role": spoken(inject.to), "act": done, "text": translated(inject.text)}
    line = _("{inject} to {role}, {act}: {text}") if inject.to == EVERYBODY else _("{inject} to {role}, {act}")
    print(line.format(**told))
    if act == "fire" and inject.to != EVERYBODY:
        print(_("its text is for {role} alone: tabletop table state {folder} role={role}").format(
            role=inject.to, folder=shlex.quote(str(folder))))  # fmt: skip


def _preview(board: Board, name: str) -> None:
    """What an inject would do by the end of the turn, in the played world, as nobody else is told."""
    from sim import text as words
    from sim.commands.screen import show_table
    from sim.language import _, translated
    from sim.tabletop.first_line import worlds_of
    from sim.tabletop.injects import when_due
    from sim.tabletop.injects_due import fire_day, inject_of
    from sim.tabletop.turn import preview

    inject = inject_of(board, name)
    head = _("{inject} to {role}, due {when}")
    print(head.format(inject=inject.id, role=inject.to, when=when_due(inject)))
    lines = (
        (_("read out: {text}"), inject.text), (_("by: {text}"), inject.by), (_("channel: {text}"), inject.channel),
        (_("expected: {text}"), inject.expected), (_("objective: {text}"), inject.objective),
        (_("notes: {text}"), inject.notes),
    )  # fmt: skip
    for line, text in lines:
        if text:
            print(f"  {line.format(text=translated(text))}")
    if not inject.writes:
        print("  " + _("words alone: it changes no world"))
        return
    table = preview(board, worlds_of(board), inject)
    when = {"n": board.turn, "day": words.day(fire_day(board, inject))}
    if table.empty:
        said = _("it would change none of the measures that are told, by the end of turn {n}, were it fired for {day}")
        print(f"  {said.format(**when)}")
        return
    title = _("what it would change in the played world by the end of turn {n}, were it fired for {day}")
    show_table(table, title=title.format(**when))


def _add(session: Session, path: Path) -> None:
    """Put the injects of a file on the list."""
    from sim.language import _
    from sim.tabletop.injects import plain_row, read_list
    from sim.tabletop.injects_due import check_added

    board = session.open_board()
    listed = read_list(path, tuple(board.table.roles), board.table.first_day)
    check_added(board, listed)
    for inject in listed.injects:
        session.add_inject({"id": inject.id, **plain_row(inject)})
        print(_("{inject}: added").format(inject=inject.id))
