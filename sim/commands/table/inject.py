"""``tabletop table inject``: the list of injects, and what is done with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sim.tabletop.board import Board
    from sim.tabletop.session import Session

KEYS = ("day", "why")
ACTS = ("list", "preview", "fire", "postpone", "skip", "add")


@click.command(short_help="preview, fire, postpone, skip or add injects")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("act", required=False, default="list", metavar="[list|preview|fire|postpone|skip|add]")
@click.argument("typed", nargs=-1, metavar="[ID|FILE] [key=value]...")
@click.option("--as", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True,
              help="How to print the list; csv and json print nothing else.")  # fmt: skip
def command(folder: Path, act: str, typed: tuple[str, ...], form: str) -> None:
    """List the injects, or preview, fire, postpone (day=) or skip the one of this ID; add takes those of a FILE.

    What an inject does to the world it does in every world, the played one and the others. A conditional one is watched
    in every world from the first day, and happens there on the day its condition holds; to fire it by hand has it
    happen now, everywhere. preview says what it would do to the played world by the turn's end, and tells nobody.

    Example: tabletop table inject friday fire flash_report
    """
    from sim.commands.screen import show_table
    from sim.commands.table.typed_words import TypedWords
    from sim.errors import UserMistake
    from sim.language import SOURCE, _, current, spoken_in, translated
    from sim.tabletop.injects_due import inject_of, inject_rows
    from sim.tabletop.session import Session, writing
    from sim.text import spoken

    if act not in ACTS:
        raise UserMistake("inject", act, _("one of {names}").format(names=", ".join(ACTS)))
    given = TypedWords.read(typed, KEYS)
    if act == "list":
        given.nothing_else(KEYS)
        with spoken_in(current() if form == "table" else SOURCE):  # the others are for programs
            show_table(inject_rows(Session.read(folder).board), form, said=("state",))
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
    print(_("{inject} to {role}, {act}: {text}").format(**told))


def _preview(board: Board, name: str) -> None:
    """What an inject would do by the end of the turn, in the played world, as nobody else is told."""
    from sim import text as words
    from sim.commands.screen import show_table
    from sim.language import _, translated
    from sim.tabletop.first_line import worlds_of
    from sim.tabletop.injects import when_due
    from sim.tabletop.injects_due import inject_of
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
    title = _("the played world by the end of turn {n}, were it fired on {day}")
    show_table(table, title=title.format(n=board.turn, day=words.day(board.today)))


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
