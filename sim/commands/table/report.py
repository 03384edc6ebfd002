"""``tabletop table report``: the after-action report."""

from __future__ import annotations

from pathlib import Path

import click

from sim.commands import flags


@click.command(short_help="the after-action report")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
def command(folder: Path) -> None:
    """Write the after-action report into the session's folder papers/: Markdown, a page of HTML that prints, and CSV.

    What was decided by whom and why, what was not done and what it would have changed, forecasts scored, strengths and
    what is to be improved. A session that is open, or of an older version, is reported as it stands.

    Example: tabletop table report friday
    """
    from sim.language import _
    from sim.tabletop.papers.report import write
    from sim.tabletop.session import PAPERS, Session

    for path in write(folder / PAPERS, Session.read(folder).board):
        print(_("paper: {path}").format(path=path))
