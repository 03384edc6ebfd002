"""``tabletop table undo``: take a line back."""

from __future__ import annotations

from pathlib import Path

import click

from sim.commands import flags

KEYS = ("line", "why")


@click.command(short_help="take a line back")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
@click.argument("typed", nargs=-1, metavar="[line=N] [why=TEXT]")
def command(folder: Path, typed: tuple[str, ...]) -> None:
    """Take back the last order, option, inject, override, forecast or turn that somebody typed, or the line of this
    number.

    A turn takes whatever came after it with it. What was noted and what was seen stays: the report tells what was taken
    back. There is no redo: type the same again. The same turn played again the same way comes out the same.

    Example: tabletop table undo friday why='ordered for the wrong day'
    """
    from sim.commands.table.typed_words import TypedWords
    from sim.language import _
    from sim.tabletop.happenings import line_in_words
    from sim.tabletop.session import writing

    given = TypedWords.read(typed, KEYS)
    given.nothing_else(KEYS)
    with writing(folder, "an undo") as session:
        taken = session.undo(given.whole("line"), why=given.text("why"))
        board = session.board
    said = _("taken back: line {line} of {by}, {what}; to have it again, type it again")
    print(said.format(line=taken.number, by=taken.by, what=line_in_words(taken)))
    stands = _("the table stands at turn {n}, the morning of {day}")
    print(stands.format(n=board.turn, day=board.today.isoformat()))
