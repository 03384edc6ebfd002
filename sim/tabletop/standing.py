"""Where the table stands, as one who sits at it may know: what changed since the last turn, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from sim import text as words
from sim.language import _, marked, translated
from sim.tabletop import orders
from sim.tabletop.board import Board, Turn
from sim.tabletop.expectations import in_words
from sim.tabletop.happenings import happening
from sim.tabletop.injects.inject import Inject
from sim.tabletop.injects.kept_list import list_of
from sim.tabletop.injects_due import due_now, planned_day
from sim.tabletop.measures import MEASURES
from sim.tabletop.roles import told_to
from sim.tabletop.table_settings import FACILITATOR, KNOWLEDGE
from sim.tabletop.worlds_in_words import NOTHING_SEEN

LEVELS = ("phase",)
_FEW = 3
"""Orders that are named for one measure."""


@dataclass(frozen=True)
class TableStanding:
    """What someone at the table may know of where it stands.

    Attributes
    ----------
    role
        Who reads it: a role, the facilitator, or ``all`` for what everybody may know.
    turn, today
        The open turn, and its morning.
    closed
        Whether the session has ended.
    measures
        One row a measure that the role may know: ``measure``, ``unit``, ``the turn before``, ``last turn``, ``change``,
        and ``because``: what orders and injects of that turn did to it, in the same world and luck without them.
        Totals are of the turn, levels of its last day; the change of a total is told between turns of one length alone.
    days
        How many the last turn had, and the one before; one number where there is one turn, none before.
    happened
        What happened in the last turn: ``day``, ``what``, ``from``.
    standing
        Orders of this turn, and what is due, in lines.
    others
        What is said of the other worlds this morning; empty once a turn was played, since only futures from this
        morning know how many agree.
    """

    role: str
    turn: int
    today: date
    closed: bool
    measures: pd.DataFrame
    days: tuple[int, ...]
    happened: pd.DataFrame
    standing: tuple[str, ...]
    others: str

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "role": self.role, "turn": self.turn, "today": self.today.isoformat(), "closed": self.closed,
            "measures": self.measures.to_dict("records"), "days": list(self.days),
            "happened": self.happened.to_dict("records"), "standing": list(self.standing), "others": self.others,
        }  # fmt: skip


def knows_of(board: Board, role: str) -> tuple[str, ...]:
    """What someone at the table may know; whoever plays no role and does not run it knows what is public."""
    if role == FACILITATOR:
        return KNOWLEDGE
    return board.table.roles[role].knows if role in board.table.roles else ("public",)


def standing_of(board: Board, role: str) -> TableStanding:
    """Where the table stands for a role; the facilitator knows everything but what nobody does, and whoever only
    watches what is public."""
    knows = knows_of(board, role)
    turns = board.turns
    return TableStanding(
        role=role,
        turn=board.turn,
        today=board.today,
        closed=board.is_over,
        measures=_measures(board, knows, role),
        days=tuple(_length(turn) for turn in reversed(turns[-2:])),
        happened=happened_in(board, turns[-1], role) if turns else pd.DataFrame(columns=["day", "what", "from"]),
        standing=tuple(_lines(board, role)),
        others=translated(NOTHING_SEEN) if not turns and role == FACILITATOR else "",
    )


def value_of(turn: Turn, measure: str) -> float | None:
    """What a measure came to in a turn; None where it has no number."""
    if measure not in turn.days[0]:
        return None
    if MEASURES[measure].how == "total":
        return float(sum(row[measure] or 0 for row in turn.days))
    last = turn.days[-1][measure]
    return None if last is None else float(last)


def _measures(board: Board, knows: Sequence[str], role: str) -> pd.DataFrame:
    turns = board.turns
    columns = ["measure", "unit", marked("turn before"), marked("last turn"), marked("change"), marked("because")]
    if not turns:
        return pd.DataFrame(columns=columns)
    rows = []
    for measure in MEASURES.values():
        if measure.sight not in knows:
            continue
        now = value_of(turns[-1], measure.name)
        before = value_of(turns[-2], measure.name) if len(turns) > 1 else None
        alike = measure.how == "level" or _length(turns[-1]) == _length(turns[-2:][0])
        change = None if now is None or before is None or not alike else now - before
        why = _because(board, measure.name) if role == FACILITATOR else ""
        rows.append([measure.name, translated(measure.unit), before, now, change, why])
    return pd.DataFrame(rows, columns=columns)


def _length(turn: Turn) -> int:
    return (turn.last - turn.first).days + 1


def causes(turn: Turn, measure: str) -> tuple[tuple[float, Mapping[str, Any]], ...]:
    """What single orders and injects of a turn did to a measure, the largest first: how much, and the log's row."""
    rows: Sequence[Mapping[str, Any]] = turn.summary["because"]
    gaps = [(row["with"] - row["without"], row) for row in rows if row["measure"] == measure
            if row["with"] is not None and row["without"] is not None]  # fmt: skip
    return tuple(sorted(gaps, key=lambda gap: -abs(gap[0]))[:_FEW])


def cause(board: Board, row: Mapping[str, Any]) -> str:
    """What did something, in a few words: an inject by its name, since its text is read out elsewhere."""
    inject = next((one.id for one in board.injects.values() if row.get("id") == f"i{one.entry}"), None)
    return happening(board, row) if inject is None else _("the inject {id}").format(id=inject)


def _because(board: Board, measure: str) -> str:
    """What orders and injects of the last turn did to a measure, the largest first: "+3 by pay escrow 1"."""
    by = _("{gap} by {what}")
    told = (by.format(gap=words.number(gap, signed=True), what=cause(board, row))
            for gap, row in causes(board.turns[-1], measure))  # fmt: skip
    return words.joined(told)


def happened_in(board: Board, turn: Turn, role: str) -> pd.DataFrame:
    """What happened in a turn: ``day``, ``what``, ``from``.

    What the facilitator changed by hand is told to nobody who does not know what is hidden, and an inject to those
    alone to whom it went.
    """
    knows = knows_of(board, role)
    went = {row["id"]: str(row.get("to", "all")) for row in _list_rows(board)}
    went |= {f"i{one.entry}": one.to for one in board.injects.values()}
    rows = [
        [one["day"], happening(board, one), one["from"]]
        for one in turn.summary["happened"]
        if one["from"] != "override" or "hidden" in knows
        if one["from"] != "inject" or told_to(role, went.get(one["id"], "all"))
    ]
    return pd.DataFrame(rows, columns=["day", "what", marked("from")])


def came_true(board: Board) -> tuple[tuple[date, Inject], ...]:
    """The conditional injects whose condition held in the last turn that was played, with the day."""
    if not board.turns:
        return ()
    listed = {one.id: one for one in list_of(board).injects}
    rows = [row for row in board.turns[-1].summary["happened"] if row["from"] == "inject" and row["id"] in listed]
    return tuple((date.fromisoformat(row["day"]), listed[row["id"]]) for row in rows)


def _list_rows(board: Board) -> list[Mapping[str, Any]]:
    """The injects of the list, those that were added among them."""
    listed: Mapping[str, Mapping[str, Any]] = (board.head["list"] or {}).get("injects", {})
    return [*({"id": name, **row} for name, row in listed.items()), *board.added_injects]


def _lines(board: Board, role: str) -> list[str]:
    fresh = [order for order in board.orders if board.given_in[order.id] > board.opened_at]
    said = [_("ordered, {id}: {order}").format(id=order.id, order=orders.told(order)) for order in fresh]
    mine = [one for one in board.forecasts if one.turn == board.turn and role in (one.role, FACILITATOR)]
    said += [_("expected, {id}: {role}, {what}").format(id=one.id, role=one.role, what=in_words(one)) for one in mine]
    if "hidden" in knows_of(board, role):
        by_hand = _("changed by hand, v{line}: {what} from {day} ({why})")
        said += [
            by_hand.format(line=one.entry, what=orders.in_words(one.writes), day=one.day.isoformat(), why=one.why)
            for one in board.overrides
            if one.entry > board.opened_at or one.day >= board.today
        ]
    for option in board.options.values():
        if option.name not in board.adopted:
            what = words.joined(orders.text_of(order) for order in board.orders_of(option.name)) or _("no orders yet")
            said.append(_("option {option}: {orders}").format(option=option.name, orders=what))
    if role == FACILITATOR:
        said += [
            _("due {day}, {id} to {role}: {text}").format(day=planned_day(board, one), id=one.id, role=one.to,
                                                           text=translated(one.text))
            for one in due_now(board)
        ]  # fmt: skip
    if board.all_planned and not board.is_over:
        told = _("all {n} planned turns have been played: close the session, or go on")
        said.append(told.format(n=board.table.turns))
    fired = [one for one in board.injects.values() if one.act == "fired" and one.entry > board.opened_at]
    said += [_("told to {role}: {text}").format(role=one.to, text=translated(one.text)) for one in fired
             if told_to(role, one.to)]  # fmt: skip
    held = _("told to {role}, since it came true on {day}: {text}")
    said += [
        held.format(role=one.to, day=day.isoformat(), text=translated(one.text))
        for day, one in came_true(board)
        if told_to(role, one.to)
    ]
    return said
