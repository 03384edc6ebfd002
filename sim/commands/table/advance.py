"""``tabletop table advance``: play a turn."""

from __future__ import annotations

from pathlib import Path

import click

KEYS = ("days",)


@click.command(short_help="play a turn")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("typed", nargs=-1, metavar="[days=N]")
def command(folder: Path, typed: tuple[str, ...]) -> None:
    """Play the turn that is open: the world lives its days under what was ordered. days=N plays another length.

    Written down with it: what came of each order (the same world and luck without it), what the model itself expected
    of what roles forecast, and what each option that was not taken would have changed.

    Example: tabletop table advance friday
    """
    from sim.commands.table.typed_words import TypedWords
    from sim.language import _
    from sim.tabletop.session import writing
    from sim.tabletop.standing import standing_of
    from sim.tabletop.table_settings import FACILITATOR
    from sim.tabletop.turn_end import play_turn

    given = TypedWords.read(typed, KEYS)
    given.nothing_else(KEYS)
    days = given.whole("days")
    with writing(folder, "playing a turn") as session:
        scripted, waiting = play_turn(session, days)
        board = session.board
    from sim.commands.table.state import show

    show(standing_of(board, FACILITATOR))
    for line in scripted:
        print(line)
    for inject in waiting:
        said = _("inject {inject} was due in this turn and was neither fired nor skipped; it is still due")
        print(said.format(inject=inject.id))
