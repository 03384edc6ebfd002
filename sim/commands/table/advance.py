"""``tabletop table advance``: play a turn."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from sim.commands import flags

KEYS = ("days", "role")


@click.command(short_help="play a turn")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
@click.argument("typed", nargs=-1, metavar="[days=N] [role=ROLE]")
def command(folder: Path, typed: tuple[str, ...]) -> None:
    """Play the turn that is open: the world lives its days under what was ordered. days=N plays another length.

    Written down with it: what came of each order (the same world and luck without it), what the model itself expected
    of what roles forecast, and what each option that was not taken would have changed. Shown is what everybody may
    know; with role= what that role may, or the facilitator.

    Example: tabletop table advance friday
    """
    from sim.commands.table.typed_words import TypedWords
    from sim.language import _
    from sim.tabletop.injects_due import due_now
    from sim.tabletop.orders import role_of
    from sim.tabletop.session import writing
    from sim.tabletop.standing import came_true, standing_of
    from sim.tabletop.table_settings import EVERYBODY, FACILITATOR
    from sim.tabletop.turn_end import play_turn

    given = TypedWords.read(typed, KEYS)
    given.nothing_else(KEYS)
    days = given.whole("days")
    with writing(folder, "playing a turn") as session:
        role = role_of(session.board, given.text("role", EVERYBODY), facilitator=True, everybody=True)
        scripted, waiting = play_turn(session, days)
        board = session.board
    from sim.commands.table.state import show

    show(standing_of(board, role))
    for line in scripted:
        print(line)
    if role == FACILITATOR:
        for inject in waiting:
            said = _("inject {inject} was due in this turn and was neither fired nor skipped; it is still due")
            print(said.format(inject=inject.id))
    elif due_now(board) or any(one.to != EVERYBODY for day, one in came_true(board)):
        print(
            _("for the facilitator's eyes, injects to bring: {command}").format(
                command=f"tabletop table state {shlex.quote(str(folder))} role={FACILITATOR}"
            )
        )
