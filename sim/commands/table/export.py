"""``tabletop table export``: the list of injects, or the log, as a file for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from sim.commands import flags

LOG_SUFFIX = ".log.csv"


@click.command(short_help="the list of injects, or the log, as a file")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
def command(folder: Path, file: Path) -> None:
    """Write the session's list of injects as .yaml, .csv, .xlsx or .json (MISP's Common EXercise Format); a FILE that
    ends in .log.csv gets the log, a row a line.

    What a format has no field for is said, and so is what of the log is told only once the session is over. A file that
    is there is not written over.

    Example: tabletop table export friday injects.xlsx
    """
    from sim.errors import UserMistake
    from sim.language import _
    from sim.tabletop.history import list_of
    from sim.tabletop.injects import write_list
    from sim.tabletop.log_table import save_log
    from sim.tabletop.session import Session

    board = Session.read(folder).board
    if file.exists():
        raise UserMistake("file", file, _("is there already; give another name"))
    if file.name.endswith(LOG_SUFFIX):
        save_log(board, file)
        if not board.is_over:
            print(_("left out: the theory and world that are played, and the seed; told once the session is over"))
    else:
        for sentence in write_list(list_of(board), file):
            print(_("left out: {what}").format(what=sentence))
    print(_("written: {path}").format(path=file))
