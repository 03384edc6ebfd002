"""``tabletop table forecast``: what a role expects, before it is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands import flags

if TYPE_CHECKING:
    from sim.commands.table.typed_words import TypedWords
    from sim.tabletop.board import Expectation
    from sim.tabletop.session import Session

KEYS = ("role", "by", "level")


@click.command(short_help="say what you expect")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
@click.argument("typed", nargs=-1, metavar="role=ROLE WHAT VALUE")
def command(folder: Path, typed: tuple[str, ...]) -> None:
    """Say how likely something is, or within what it will lie, before futures are shown.

    WHAT is a measure with a threshold, such as 'reports>=3', and VALUE a probability; or WHAT a measure and VALUE a
    range, such as 5..20, with level= how sure it is (80%). Totals count from today to by=, the turn's end unless it is
    said. Without WHAT, what was expected and how it came out: with role= that role's own; without, of the turns that
    are over, what is about public measures.

    Example: tabletop table forecast friday role=kenya 'reports>=3' 70%
    """
    from sim import text as words
    from sim.commands.screen import show_table
    from sim.commands.table.typed_words import TypedWords
    from sim.errors import UserMistake
    from sim.language import _
    from sim.tabletop.expectations import in_words, late_because, rows, told_forecasts
    from sim.tabletop.orders import role_of
    from sim.tabletop.session import Session, writing
    from sim.tabletop.table_settings import EVERYBODY

    given = TypedWords.read(typed, KEYS)
    if not given.rest:
        board = Session.read(folder).board
        role = role_of(board, given.text("role", EVERYBODY), facilitator=True, everybody=True)
        told = told_forecasts(board, role)
        show_table(rows(board).query("id in @told"))
        if left := len(board.forecasts) - len(told):
            why = _("{n} not shown: of this turn, or of what not everybody learns; role= shows a role its own")
            why = why if role == EVERYBODY else _("{n} of other roles not shown")
            print(why.format(n=words.several(left, "forecast")))
        return
    if len(given.rest) != 2:
        right = _("what is expected and how: 'reports>=3' 70%, or exits 5..20")
        raise UserMistake("forecast", " ".join(given.rest), right)
    role = given.needed("role", _("who expects it, such as role=kenya"))
    with writing(folder, "a forecast") as session:
        said = _expected(session, role, *given.rest, given)
    print(_("{id}: {role} expects {what}").format(id=said.id, role=role, what=in_words(said)))
    if said.late:
        print(_("{why}: it is kept and does not count in the scores").format(why=late_because(said)))


def _expected(session: Session, role: str, about: str, value: str, given: TypedWords) -> Expectation:
    """What is expected, on the session's log; of a mistake in what has a sign of its own ("reports>=3") both words."""
    from sim.errors import UserMistake

    try:
        return session.expect(role, about, value, by=given.day("by"), level=given.maybe("level"))
    except UserMistake as fault:
        if "=" not in fault.key:
            raise
        raise UserMistake("forecast", f"{about} {value}", fault.right) from fault
