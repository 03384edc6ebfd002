"""``tabletop table outlook``: what may come."""

from __future__ import annotations

from pathlib import Path

import click

from sim.commands import flags

KEYS = ("role", "until", "measures")


@click.command(short_help="what may come")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
@click.argument("typed", nargs=-1, metavar="[role=ROLE] [until=DAY] [measures=a,b]")
@click.option("--theories/--no-theories", default=False, show_default=True, help="Each theory's own numbers as well.")
@click.option("--as", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True,
              help="How to print the numbers; csv and json print nothing else.")  # fmt: skip
def command(folder: Path, typed: tuple[str, ...], theories: bool, form: str) -> None:
    """Show a thousand futures of the worlds that nobody plays, from this morning on, under what stands.

    They are of every theory that has worlds that lived the record, each with an equal share; those that do not agree
    with what has been seen are left out while enough remain. None knows the luck of the world that is played, and none
    is a forecast. Say what you expect first: what is said afterwards in this turn counts in no score.

    Without role= it is for a screen that all can see. How many officers the played world has left beside these worlds
    is told to those who know it alone, with role=facilitator or role=kenya.

    Example: tabletop table outlook friday until=2024-06-01
    """
    from sim.commands.screen import show_table
    from sim.commands.table.typed_words import TypedWords
    from sim.language import _
    from sim.tabletop.expectations import silent_roles
    from sim.tabletop.orders import role_of
    from sim.tabletop.outlook import TableOutlook, measures_for, number_table, outlook_rows, outlook_table, shown
    from sim.tabletop.session import writing
    from sim.tabletop.stories import stories
    from sim.tabletop.table_settings import FACILITATOR, KNOWLEDGE

    given = TypedWords.read(typed, KEYS)
    given.nothing_else(KEYS)
    with writing(folder, "an outlook") as session:
        board = session.open_board()
        role = role_of(board, given.text("role", FACILITATOR), facilitator=True)
        knows = KNOWLEDGE if role == FACILITATOR else board.table.roles[role].knows
        asked = given.text("measures")
        measures = measures_for(knows, [name.strip() for name in asked.split(",")] if asked else [])
        late = silent_roles(board)
        ahead = TableOutlook.of(session)
        futures = ahead.futures((), ahead.until(given.day("until")))
        rows = outlook_rows(futures, measures)
        apart = ahead.unlike()
        session.note_shown(role, shown("outlook", futures, rows, []))
    if form != "table":
        show_table(number_table(rows, theories=theories), form)
        return
    title = _("futures from {first} to {last}")
    days = {"first": futures.today.isoformat(), "last": futures.until.isoformat()}
    show_table(outlook_table(rows, theories=theories), title=title.format(**days))
    for story in stories(futures, measures[0], futures.nothing, knows):
        print(story.sentence())
        for line in story.lines():
            print(f"  {line}")
    for note in (*futures.notes, apart if "kenya" in knows and given.maybe("role") else ""):
        if note:
            print(note)
    if late:
        print(_("no forecast in this turn of {roles}: from now on it would be late").format(roles=", ".join(late)))
