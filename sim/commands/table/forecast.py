"""``tabletop table forecast``: what a role expects, before it is shown."""

from __future__ import annotations

from pathlib import Path

import click

KEYS = ("role", "by", "level")


@click.command(short_help="say what you expect")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("typed", nargs=-1, metavar="role=ROLE WHAT VALUE")
def command(folder: Path, typed: tuple[str, ...]) -> None:
    """Say how likely something is, or within what it will lie, before futures are shown.

    WHAT is a measure with a threshold, such as 'reports>=3', and VALUE a probability; or WHAT a measure and VALUE a
    range, such as 5..20, with level= how sure it is (80%). Totals count from today to by=, the turn's end unless it is
    said. Without WHAT, what is expected so far, and how it came out.

    Example: tabletop table forecast friday role=kenya 'reports>=3' 70%
    """
    from sim.commands.screen import show_table
    from sim.commands.table.typed_words import TypedWords
    from sim.errors import UserMistake
    from sim.language import _
    from sim.tabletop.expectations import in_words, rows
    from sim.tabletop.session import Session, writing

    given = TypedWords.read(typed, KEYS)
    if not given.rest:
        show_table(rows(Session.read(folder).board))
        return
    if len(given.rest) != 2:
        right = _("what is expected and how: 'reports>=3' 70%, or exits 5..20")
        raise UserMistake("forecast", " ".join(given.rest), right)
    role = given.needed("role", _("who expects it, such as role=kenya"))
    with writing(folder, "a forecast") as session:
        said = session.expect(role, *given.rest, by=given.day("by"), level=given.maybe("level"))
    print(_("{id}: {role} expects {what}").format(id=said.id, role=role, what=in_words(said)))
    if said.late:
        print(_("futures have been shown in this turn, so it is kept and does not count in the scores"))
