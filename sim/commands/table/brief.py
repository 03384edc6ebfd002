"""``tabletop table brief``: papers to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from sim.commands import flags


@click.command(short_help="situation manual, role cards, facilitator's script")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
def command(folder: Path) -> None:
    """Write the papers that a table begins with into the session's folder papers/.

    A situation manual and role cards are for those who play; the facilitator's script lies apart, so that nobody reads
    what is to come.

    Example: tabletop table brief friday
    """
    from sim.language import _
    from sim.tabletop.papers.brief import write
    from sim.tabletop.session import PAPERS, Session

    for path in write(folder / PAPERS, Session.read(folder).board):
        print(_("paper: {path}").format(path=path))
