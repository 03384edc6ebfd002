"""``tabletop table branch``: an option, to be tried before it is chosen."""

from __future__ import annotations

from pathlib import Path

import click

from sim.commands import flags

KEYS = ("role", "day", "why", "text", "on")


@click.command(short_help="put an option on the table")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
@click.argument("name", required=False)
@click.argument("typed", nargs=-1, metavar="[role=ROLE] [LEVEL=VALUE]...")
def command(folder: Path, name: str | None, typed: tuple[str, ...]) -> None:
    """Name an option and what it would order; without NAME, list the options.

    on=OTHER has it go on from another option's orders. More orders join it with `tabletop table order DIR branch=NAME`;
    `tabletop table compare DIR` tries it, and `tabletop table order DIR role=ROLE branch=NAME` chooses it.

    Example: tabletop table branch friday pay_first role=kenya levers.pay_escrow=1
    """
    from sim.commands.table.typed_words import TypedWords
    from sim.language import _
    from sim.tabletop.orders import told
    from sim.tabletop.session import Session, writing

    if name is None:
        board = Session.read(folder).board
        for option in board.options.values():
            name = _("{option} (chosen)").format(option=option.name) if option.name in board.adopted else option.name
            line = _("{option}: {text}, by {role}, on {other}") if option.on else _("{option}: {text}, by {role}")
            text = option.text or _("no words")
            print(line.format(option=name, text=text, role=option.role, other=option.on))
            for own in option.orders:
                print("  " + _("{id}: {what}").format(id=own.id, what=told(own)))
        if not board.options:
            print(_("no options yet: tabletop table branch DIR NAME role=ROLE LEVEL=VALUE"))
        return
    given = TypedWords.read(typed, KEYS)
    role = given.needed("role", _("whose option it is, such as role=kenya"))
    with writing(folder, "an option") as session:
        order = session.branch(
            name, role, given.rest, day=given.day("day"), why=given.text("why"), text=given.text("text"),
            on=given.maybe("on"),
        )  # fmt: skip
        print(_("{option}: an option of {role}").format(option=name, role=role))
        if order is not None:
            print(_("{id}: {what} (in branch {name})").format(id=order.id, what=told(order), name=name))
