"""``tabletop table note``: an observation for the report."""

from __future__ import annotations

from pathlib import Path

import click

from sim.commands import flags

KEYS = ("role", "tag", "objective", "owner", "due")


@click.command(short_help="write down an observation")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
@click.argument("typed", nargs=-1, metavar="TEXT [key=value]...")
def command(folder: Path, typed: tuple[str, ...]) -> None:
    """Write down what was observed: tag=strength or tag=improvement, objective=ID, owner= and due= for who mends it.

    Example: tabletop table note friday 'pay came up only in turn 4' tag=improvement objective=terms owner=kenya
    """
    from sim.commands.table.typed_words import TypedWords
    from sim.language import _
    from sim.tabletop.session import writing
    from sim.tabletop.table_settings import FACILITATOR

    given = TypedWords.read(typed, KEYS)
    with writing(folder, "a note") as session:
        line = session.note(
            given.text("role", FACILITATOR), " ".join(given.rest), tag=given.text("tag", "note"),
            objective=given.text("objective"), owner=given.text("owner"), due=given.text("due"),
        )  # fmt: skip
    print(_("noted: line {line}").format(line=line.number))
