"""``tabletop table new``: begin a session."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from sim.commands import completion as completing
from sim.commands import flags


@click.command(short_help="begin a session in a world that lived the record")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
@click.argument("settings", nargs=-1, shell_complete=completing.settings, metavar="[key=value]...")
@flags.config_path
def command(folder: Path, settings: tuple[str, ...], config_path: Path | None) -> None:
    """Begin a session in a folder DIR of its own: it is 8 March 2024, and the world is one that lived the record.

    table=NAME chooses a table (default, practice), table.KEY=VALUE changes one of its settings, and all other words are
    of the world, as `tabletop run` takes them. theory=a,b says which theories may be true. Which of them is, and which
    world is played, ensemble.root_seed draws; nobody at the table is told.

    Example: tabletop table new friday table=practice ensemble.root_seed=7
    """
    from sim import text as words
    from sim.language import _, translated
    from sim.tabletop.first_line import first_line
    from sim.tabletop.happenings import left_out_in_words
    from sim.tabletop.session import begin
    from sim.tabletop.turn_opening import open_turn

    session = begin(folder, lambda: first_line(settings, config_path))
    with session.held("the first turn"):
        scripted = open_turn(session)
    board, table = session.board, session.board.table
    print(translated(table.title))
    length = words.many("{n} day", "{n} days", table.turn_days)
    head = _("turn 1 of {turns}, the morning of {day}; {days} a turn")
    print(head.format(turns=table.turns, day=words.day(board.today), days=length))
    worlds = ", ".join(
        _("{n} of {theory}").format(n=words.number(count), theory=words.named(name))
        for name, count in board.head["theories"].items()
    )
    source = _("worlds that lived the record: {worlds}; one is played, the others are its futures' source")
    print(source.format(worlds=worlds))
    for line in board.head["left_out"]:
        print(left_out_in_words(line))
    for order in scripted:
        print(order)
    print(_("next: tabletop table state {folder}").format(folder=shlex.quote(str(folder))))
