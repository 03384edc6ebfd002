"""``tabletop table validate``: whether a list of injects, or a session's log, is sound."""

from __future__ import annotations

import sys
from pathlib import Path

import click

KEYS = ("table",)


@click.command(short_help="check a list of injects, or a session")
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE|DIR")
@click.argument("typed", nargs=-1, metavar="[table=NAME]")
def command(path: Path, typed: tuple[str, ...]) -> int:
    """Check a list of injects and name everything that is wrong with its line, or check every line of a session's log.

    Of a session it is said as well whether its turns, lived again here, come out bit for bit as the log has them.

    Example: tabletop table validate injects.csv
    """
    from datetime import date, timedelta

    from sim import text as words
    from sim.commands.table.typed_words import TypedWords
    from sim.language import _
    from sim.tabletop.injects import list_path, mistakes_of, read
    from sim.tabletop.injects.inject import day_written
    from sim.tabletop.replayed import differences
    from sim.tabletop.session import Session, check_version
    from sim.tabletop.table_settings import read_table

    given = TypedWords.read(typed, KEYS)
    given.nothing_else(KEYS)
    if path.is_dir():
        session = Session.read(path)
        board = session.board
        lines, turns = words.several(len(board.lines), "line"), words.several(len(board.turns), "turn")
        print(f"{lines}, each as it was written; {turns}")
        check_version(board, path)
        apart = differences(board)
        for line in apart:
            print(line, file=sys.stderr)
        if not apart and board.turns:
            print("lived again here, every turn comes out as the log has it")
        return 4 if apart else 0
    table = read_table([f"table={given.text('table', 'default')}"])
    found = list_path(path)
    mistakes = mistakes_of(found, tuple(table.roles), table.first_day)
    for mistake in mistakes:
        print(f"tabletop: {mistake}", file=sys.stderr)
    if mistakes:
        return 2
    sound = read(found, tuple(table.roles), table.first_day)
    for sentence in sound.unmapped:
        print(f"not read: {sentence}")
    last = table.first_day + timedelta(days=table.turns * table.turn_days - 1)
    for one in sound.list.injects:
        if one.at is not None and (one.at if isinstance(one.at, date) else table.first_day + timedelta(one.at)) > last:
            late = _("injects.{id}.at={at}: comes after the table's last planned day, {day}")
            print(late.format(id=one.id, at=day_written(one.at), day=last.isoformat()))
    count = words.several(len(sound.list.injects), "inject")
    print(f"{found}: {count}, sound for table={given.text('table', 'default')}")
    return 0
