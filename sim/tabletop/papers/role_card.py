"""A role's card, one printed page: what it is after, what it decides within which bounds, and what it can see."""

from __future__ import annotations

from collections.abc import Iterator

from sim import text as words
from sim.language import _, as_in, marked, translated
from sim.tabletop.board import Board
from sim.tabletop.measures import visible
from sim.tabletop.papers.page import foot
from sim.tabletop.papers.wording import level_meaning, level_unit, listed, table, turns_of_days, typed, with_unit
from sim.tabletop.table_settings import Role

_BOOKS = {
    "public": marked("What everybody can read"),
    "kenya": marked("What stands in the Kenyan police's own books; say it aloud, or do not"),
    "hidden": marked("What nobody else at the table sees; never say it aloud"),
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
        f"# {typed(translated(role.name))}",
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
    yield _("*{title}: {turns} from {day}. In commands you are* `role={role}`.").format(
        title=typed(translated(board.table.title)), turns=turns_of_days(board),
        day=words.day(board.table.first_day), role=role.id,
    )  # fmt: skip
    yield _("**What you are after.** {aim}").format(aim=typed(translated(role.aim)))


def _orders(board: Board, role: Role) -> Iterator[str]:
    yield _("## What you decide")
    rows = []
    for target, (low, high) in role.orders.items():
        others = [other for other in board.table.roles.values() if other.id != role.id and target in other.orders]
        also = ""
        if others:
            too = _(" and ").join(translated(other.name) for other in others)
            also = _(" *Also {roles}.*").format(roles=typed(too, cell=True))
        rows.append({
            _("level"): target, _("what it means"): typed(level_meaning(target), cell=True) + also,
            as_in("of a scale", "from"): words.number(low), as_in("of a scale", "to"): words.number(high),
            _("unit"): level_unit(target),
        })  # fmt: skip
    yield table(rows, code=[_("level")]) or _("You order nothing; you speak, ask and are asked.")
    if role.opening is not None:
        held = words.joined(f"{level_meaning(target)} (`{target}={value:g}`)" for target, value in role.opening.writes)
        yield _("Holds from the first day on, until you order otherwise: {held}, because {reason}.").format(
            held=held, reason=typed(translated(role.opening.why))
        )


def _sees(role: Role) -> Iterator[str]:
    yield _("## What you see")
    for sight in role.knows:
        measures = [f"{typed(with_unit(one.name))} (`{one.name}`)" for one in visible(sight)]  # type: ignore[arg-type]
        told = {"what": translated(_BOOKS[sight]), "measures": words.joined(measures)}
        yield _("**{what}:** {measures}.").format(**told)


def _says(role: Role) -> Iterator[str]:
    target, (_low, high) = next(iter(role.orders.items()), ("", (0.0, 0.0)))
    ranged = "exits" if "kenya" in role.knows else "deaths"
    lines = [
        _(
            "Say what you expect, before it is shown: `tabletop table forecast DIR role={role} 'reports>=1' 60%`, or "
            "`{measure} 5..20 level=80%`."
        ).format(role=role.id, measure=ranged)
    ]
    if target:
        typed_order = {"role": role.id, "order": f"{target}={high:g}"}
        lines += [
            _(
                "Try before you choose: `tabletop table branch DIR NAME role={role} {order}`, then "
                "`tabletop table compare DIR NAME`."
            ).format(**typed_order),
            _("Decide, and say why: `tabletop table order DIR role={role} {order} why='…'`.").format(**typed_order),
        ]
    yield _("## How you play")
    yield listed(lines)
