"""``tabletop table sessions``: two sessions side by side."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="two sessions side by side")
@click.argument("first", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("second", type=click.Path(path_type=Path), metavar="DIR2")
def command(first: Path, second: Path) -> None:
    """Set two sessions side by side: whether they were of one world, what was decided otherwise, what came of it.

    Example: tabletop table sessions friday monday
    """
    from sim.tabletop.papers import sessions
    from sim.tabletop.session import Session

    print(sessions.markdown(Session.read(first).board, Session.read(second).board, (first.name, second.name)))
