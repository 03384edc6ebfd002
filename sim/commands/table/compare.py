"""``tabletop table compare``: options side by side, on the same futures."""

from __future__ import annotations

from pathlib import Path

import click

from sim.commands import flags

KEYS = ("role", "until", "measures", "against")


@click.command(short_help="options side by side, on the same futures")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
@click.argument("typed", nargs=-1, metavar="[NAME]... [key=value]...")
@click.option("--theories/--no-theories", default=True, show_default=True, help="Each theory's own numbers as well.")
@click.option("--figures/--no-figures", default=True, show_default=True, help="Draw the picture (F10), or not.")
@click.option("--as", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True,
              help="How to print the numbers; csv and json print nothing else.")  # fmt: skip
def command(folder: Path, typed: tuple[str, ...], theories: bool, figures: bool, form: str) -> None:
    """Try the options of these names, all that are open by default: each against doing nothing more, and against each
    other, on the same thousand futures.

    How often it is better, by how much, from when on it shows, with intervals, over the theories and under each. The
    intervals say how well the model's answer is known, and not how sure we are of the world.

    Example: tabletop table compare friday pay_first leaders_first until=2024-06-01
    """
    from sim.commands.screen import command_line, say_pictures, show_table
    from sim.commands.table.typed_words import TypedWords
    from sim.language import SOURCE, _, spoken_in
    from sim.tabletop.options import compared
    from sim.tabletop.orders import role_of
    from sim.tabletop.outlook import (
        TableOutlook,
        measures_for,
        number_table,
        open_options,
        option_rows,
        option_table,
        shown,
    )
    from sim.tabletop.session import PAPERS, writing
    from sim.tabletop.table_settings import FACILITATOR, KNOWLEDGE

    given = TypedWords.read(typed, KEYS)
    with writing(folder, "a comparison") as session:
        board = session.open_board()
        role = role_of(board, given.text("role", FACILITATOR), facilitator=True)
        knows = KNOWLEDGE if role == FACILITATOR else board.table.roles[role].knows
        chosen = open_options(board, given.rest)
        asked = given.text("measures")
        measures = measures_for(knows, [name.strip() for name in asked.split(",")] if asked else [])
        ahead = TableOutlook.of(session)
        futures = ahead.futures(chosen, ahead.until(given.day("until")))
        found = compared(futures, measures, against=given.maybe("against"))
        rows = option_rows(found)
        apart = ahead.unlike()
        session.note_shown(role, shown("compare", futures, rows, chosen))
    if form != "table":
        show_table(number_table(rows, theories=theories), form)
        return
    for sentence in found.sentences():
        print(sentence)
    title = _("options on the same futures, {first} to {last}")
    days = {"first": futures.today.isoformat(), "last": futures.until.isoformat()}
    show_table(option_table(rows, theories=theories), title=title.format(**days))
    for name in chosen:
        print(f"{found.agreed(name, measures[0])}")
    for sentence in found.flipped(measures[0]):
        print(sentence)
    for note in (*futures.notes, apart if "kenya" in knows and given.maybe("role") else ""):
        if note:
            print(note)
    if figures:
        from sim.tabletop.decision_picture import draw_decisions

        beside = folder / PAPERS / f"turn-{board.turn}"
        with spoken_in(SOURCE):  # the figures of all verbs speak English
            pictures = draw_decisions(ahead.worlds, found, board, measures[0], beside, command_line())
        say_pictures(pictures)
