"""``tabletop table sessions``: two sessions side by side."""

from __future__ import annotations

from pathlib import Path

import click

from sim.commands import flags


@click.command(short_help="two sessions side by side")
@click.argument("first", type=flags.SessionFolder(), metavar="DIR")
@click.argument("second", type=flags.SessionFolder(), metavar="DIR2")
def command(first: Path, second: Path) -> None:
    """Set two sessions side by side: whether they were of one world, what was decided otherwise, what came of it.

    What is shown is Markdown, to be kept with > two.md if you like; nothing is written.

    Example: tabletop table sessions friday monday
    """
    from sim.tabletop.papers.session_pair import SessionPair, page
    from sim.tabletop.session import Session

    names = (first.resolve().name, second.resolve().name)
    print(page(SessionPair(Session.read(first).board, Session.read(second).board, names)), end="")
