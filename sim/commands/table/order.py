"""``tabletop table order``: a role decides."""

from __future__ import annotations

from pathlib import Path

import click

from sim.commands import flags

KEYS = ("role", "day", "why", "text", "branch")


@click.command(short_help="decide, or choose an option")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
@click.argument("typed", nargs=-1, metavar="role=ROLE [LEVEL=VALUE]...")
def command(folder: Path, typed: tuple[str, ...]) -> None:
    """Order something for a role, from today on unless day= says another day; why= is shown in the report.

    With branch=NAME it is a part of that option, and nothing of it happens before the option is chosen. With
    branch=NAME and no level, the option is chosen.

    Example: tabletop table order friday role=kenya levers.insurance=1 why='nobody goes uninsured'
    """
    from sim.commands.table.typed_words import TypedWords
    from sim.language import _
    from sim.tabletop.idle_orders import changes_nothing
    from sim.tabletop.orders import told
    from sim.tabletop.session import writing

    given = TypedWords.read(typed, KEYS)
    role = given.needed("role", _("who orders it, such as role=kenya"))
    branch = given.maybe("branch")
    with writing(folder, "an order") as session:
        if branch is not None and not given.rest:
            for order in session.adopt(branch, role, why=given.text("why")):
                print(_("{id}: {what}").format(id=order.id, what=told(order)))
            print(_("{option} is chosen").format(option=branch))
            return
        order = session.order(
            role, given.rest, day=given.day("day"), why=given.text("why"), text=given.text("text"), option=branch
        )
    line = _("{id}: {what} (in branch {name})") if branch else _("{id}: {what}")
    print(line.format(id=order.id, what=told(order), name=branch))
    if branch is None and changes_nothing(session.board, order):
        print(_("it changes nothing: what it orders stands already, or has happened"))
