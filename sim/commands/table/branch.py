"""``tabletop table branch``: an option, to be tried before it is chosen."""

from __future__ import annotations

from pathlib import Path

import click

KEYS = ("role", "day", "why", "text", "on")


@click.command(short_help="put an option on the table")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("name", required=False)
@click.argument("typed", nargs=-1, metavar="[role=ROLE] [LEVEL=VALUE]...")
def command(folder: Path, name: str | None, typed: tuple[str, ...]) -> None:
    """Name an option and what it would order; without NAME, list the options.

    on=OTHER has it go on from another option's orders. More orders join it with `tabletop table order DIR branch=NAME`;
    `tabletop table compare DIR` tries it, and `tabletop table order DIR role=ROLE branch=NAME` chooses it.

    Example: tabletop table branch friday pay_first role=kenya levers.pay_escrow=1
    """
    from sim.commands.table.typed_words import TypedWords
    from sim.tabletop.orders import told
    from sim.tabletop.session import Session, writing

    if name is None:
        board = Session.read(folder).board
        for option in board.options.values():
            chosen = " (chosen)" if option.name in board.adopted else ""
            below = f", on {option.on}" if option.on else ""
            print(f"{option.name}{chosen}: {option.text or 'no words'}, by {option.role}{below}")
            for own in option.orders:
                print(f"  {own.id}: {told(own)}")
        if not board.options:
            print("no options yet: tabletop table branch DIR NAME role=ROLE LEVEL=VALUE")
        return
    given = TypedWords.read(typed, KEYS)
    role = given.needed("role", "whose option it is, such as role=kenya")
    with writing(folder, "an option") as session:
        order = session.branch(
            name, role, given.rest, day=given.day("day"), why=given.text("why"), text=given.text("text"),
            on=given.maybe("on"),
        )  # fmt: skip
        print(f"{name}: an option of {role}")
        if order is not None:
            print(f"{order.id}: {told(order)} (in branch {name})")
