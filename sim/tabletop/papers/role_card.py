"""A role's card, one printed page: what it is after, what it decides within which bounds, and what it can see."""

from __future__ import annotations

from collections.abc import Iterator

from sim import text as words
from sim.tabletop.board import Board
from sim.tabletop.measures import visible
from sim.tabletop.papers.page import foot
from sim.tabletop.papers.wording import level_meaning, level_unit, listed, table, typed, with_unit
from sim.tabletop.table_settings import Role

_BOOKS = {
    "public": "What everybody can read",
    "kenya": "What stands in the Kenyan police's own books; say it aloud, or do not",
    "hidden": "What nobody else at the table sees; never say it aloud",
}


def role_card(board: Board, role: Role) -> str:
    """The card as GitHub's Markdown.

    Parameters
    ----------
    board
        The session; only its table is told.
    role
        Of that table. What a stand-in would order for it is not on the card.
    """
    parts = [
        f"# {typed(role.name)}",
        *_aim(board, role),
        *_orders(board, role),
        *_sees(role),
        *_says(role),
        "---",
        foot(board),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def seats(board: Board, *, sees_all: bool) -> list[Role]:
    """The roles that somebody plays: those that see what is hidden, or those that do not."""
    return [role for id, role in board.table.roles.items()
            if id not in board.table.stand_ins and ("hidden" in role.knows) == sees_all]  # fmt: skip


def _aim(board: Board, role: Role) -> Iterator[str]:
    turns = f"{words.several(board.table.turns, 'turn')} of {words.several(board.table.turn_days, 'day')}"
    yield (
        f"*{typed(board.table.title)}: {turns} from {words.day(board.table.first_day)}. In commands you are* "
        f"`role={role.id}`."
    )
    yield f"**What you are after.** {typed(role.aim)}"


def _orders(board: Board, role: Role) -> Iterator[str]:
    yield "## What you decide"
    rows = []
    for target, (low, high) in role.orders.items():
        too = [other.name for other in board.table.roles.values() if other.id != role.id and target in other.orders]
        also = f" *Also {typed(' and '.join(too), cell=True)}.*" if too else ""
        rows.append({"level": target, "what it means": typed(level_meaning(target), cell=True) + also,
                     "from": words.number(low), "to": words.number(high), "unit": level_unit(target)})  # fmt: skip
    yield table(rows, code=["level"]) or "You order nothing; you speak, ask and are asked."
    if role.opening is not None:
        held = "; ".join(f"{level_meaning(target)} (`{target}={value:g}`)" for target, value in role.opening.writes)
        yield f"Holds from the first day on, until you order otherwise: {held}, because {typed(role.opening.why)}."


def _sees(role: Role) -> Iterator[str]:
    yield "## What you see"
    for sight in role.knows:
        measures = [f"{typed(with_unit(one.name))} (`{one.name}`)" for one in visible(sight)]  # type: ignore[arg-type]
        yield f"**{_BOOKS[sight]}:** {'; '.join(measures)}."


def _says(role: Role) -> Iterator[str]:
    target, (_low, high) = next(iter(role.orders.items()), ("", (0.0, 0.0)))
    ranged = "exits" if "kenya" in role.knows else "deaths"
    lines = [f"Say what you expect, before it is shown: "
             f"`tabletop table forecast DIR role={role.id} 'reports>=1' 60%`, or "
             f"`{ranged} 5..20 level=80%`."]  # fmt: skip
    if target:
        lines += [
            f"Try before you choose: `tabletop table branch DIR NAME role={role.id} {target}={high:g}`, then "
            "`tabletop table compare DIR NAME`.",
            f"Decide, and say why: `tabletop table order DIR role={role.id} {target}={high:g} why='…'`.",
        ]
    yield "## How you play"
    yield listed(lines)
