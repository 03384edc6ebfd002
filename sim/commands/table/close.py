"""``tabletop table close``: end the session."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from sim.commands import flags

KEYS = ("why",)


@click.command(short_help="end the session")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
@click.argument("typed", nargs=-1, metavar="[why=TEXT]")
def command(folder: Path, typed: tuple[str, ...]) -> None:
    """End the session: nothing more is played; notes can still be added, and papers be written.

    Example: tabletop table close friday
    """
    from sim.commands.table.typed_words import TypedWords
    from sim.language import _
    from sim.tabletop.session import writing

    given = TypedWords.read(typed, KEYS)
    given.nothing_else(KEYS)
    with writing(folder, "ending it") as session:
        session.close(why=given.text("why"))
    print(_("the session has ended; next: tabletop table report {folder}").format(folder=shlex.quote(str(folder))))
