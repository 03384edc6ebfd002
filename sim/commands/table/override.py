"""``tabletop table override``: the facilitator changes the played world by hand."""

from __future__ import annotations

from pathlib import Path

import click

from sim.commands import flags

KEYS = ("why", "day")


@click.command(short_help="change the played world by hand, in the open")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
@click.argument("typed", nargs=-1, metavar="LEVEL=VALUE... why=TEXT")
def command(folder: Path, typed: tuple[str, ...]) -> None:
    """Change any level of the played world, within the model's bounds; why= is needed, and shown in the report.

    No other world is changed: every outlook and comparison says how many overrides its futures do not have, and what
    was forecast over their days counts in no score.

    Example: tabletop table override friday gangs.control=0.9 why='the umpire rules the port lost'
    """
    from sim.commands.table.typed_words import TypedWords
    from sim.language import _
    from sim.tabletop.orders import in_words, read_writes
    from sim.tabletop.roles import anything
    from sim.tabletop.session import writing

    given = TypedWords.read(typed, KEYS)
    with writing(folder, "an override") as session:
        writes = read_writes(anything(), given.rest)
        session.override(writes, why=given.text("why"), day=given.day("day"))
    print(_("override: {what}; the other worlds do not have it").format(what=in_words(writes)))
