"""``tabletop table undo``: take a line back."""

from __future__ import annotations

from pathlib import Path

import click

KEYS = ("line", "why")


@click.command(short_help="take a line back")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("typed", nargs=-1, metavar="[line=N] [why=TEXT]")
def command(folder: Path, typed: tuple[str, ...]) -> None:
    """Take back the last order, option, inject, override, forecast or turn, or the line of this number.

    A turn takes whatever came after it with it. What was noted and what was seen stays: the report tells what was taken
    back. The same turn played again the same way comes out the same.

    Example: tabletop table undo friday why='ordered for the wrong day'
    """
    from sim.commands.table.typed_words import TypedWords
    from sim.language import _, translated
    from sim.tabletop.session import writing

    given = TypedWords.read(typed, KEYS)
    given.nothing_else(KEYS)
    with writing(folder, "an undo") as session:
        taken = session.undo(given.whole("line"), why=given.text("why"))
        board = session.board
    taken_back = _("taken back: line {line}, {kind} of {role}")
    print(taken_back.format(line=taken.number, kind=translated(taken.kind), role=taken.by))
    stands = _("the table stands at turn {n}, the morning of {day}")
    print(stands.format(n=board.turn, day=board.today.isoformat()))
