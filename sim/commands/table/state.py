"""``tabletop table state``: where the table stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands import flags

if TYPE_CHECKING:
    from sim.tabletop.standing import TableStanding

KEYS = ("role",)


@click.command(short_help="where the table stands")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
@click.argument("typed", nargs=-1, metavar="[role=ROLE]")
@click.option("--as", "form", type=click.Choice(["table", "json"]), default="table", show_default=True,
              help="How to print it; json prints nothing else.")  # fmt: skip
def command(folder: Path, typed: tuple[str, ...], form: str) -> None:
    """Show what changed since the last turn as a role may know it; without role=, what everybody may.

    role=facilitator shows everything but theory and unknowns of the played world: what nobody at the table sees, why it
    changed, and the injects that are due. It is for the facilitator's eyes, and not for a screen that all can see.

    Example: tabletop table state friday role=kenya
    """
    import json

    from sim.commands.table.typed_words import TypedWords
    from sim.language import SOURCE, spoken_in
    from sim.tabletop.orders import role_of
    from sim.tabletop.session import Session
    from sim.tabletop.standing import standing_of
    from sim.tabletop.table_settings import EVERYBODY

    given = TypedWords.read(typed, KEYS)
    given.nothing_else(KEYS)
    session = Session.read(folder)
    role = role_of(session.board, given.text("role", EVERYBODY), facilitator=True, everybody=True)
    if form == "json":
        with spoken_in(SOURCE):  # for programs
            print(json.dumps(standing_of(session.board, role).plain(), indent=1, ensure_ascii=False))
        return
    show(standing_of(session.board, role))


def show(standing: TableStanding) -> None:
    """Print where the table stands."""
    from sim import text as words
    from sim.commands.screen import show_table
    from sim.language import _
    from sim.tabletop.table_settings import EVERYBODY

    head = (
        _("turn {n}, the morning of {day}, and the session has ended; as {role} may know it")
        if standing.closed
        else _("turn {n}, the morning of {day}; as {role} may know it")
    )
    reader = _("everybody") if standing.role == EVERYBODY else standing.role
    print(head.format(n=standing.turn, day=words.day(standing.today), role=reader))
    if len(standing.happened):
        show_table(standing.happened, title=_("what happened in the last turn"), said=("from",))
    if len(standing.measures):
        table = standing.measures.dropna(axis="columns", how="all")
        show_table(table.loc[:, (table != "").any(axis=0)], title=_("the last turn in numbers"))
        if len(set(standing.days)) > 1:
            said = _("the last turn had {n}, the one before {before}: their totals are not compared")
            length = [words.many("{n} day", "{n} days", count) for count in standing.days]
            print(said.format(n=length[0], before=length[1]))
    elif not standing.measures.size:
        print(_("no turn has been played yet"))
    for line in standing.standing:
        print(line)
    if standing.others:
        print(standing.others)
