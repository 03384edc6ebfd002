"""A turn is played: what came of it in the played world, and why, as the line of the log that ends it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sim.model.events import TARGETS, Event
from sim.model.state import Phase, State
from sim.tabletop.board import ARRIVES, NEW_PHASE, RULES, Board
from sim.tabletop.history import events_of, list_of
from sim.tabletop.injects.inject import Inject
from sim.tabletop.injects.schedule import event_of
from sim.tabletop.injects_due import fire_day
from sim.tabletop.measures import MEASURES, Watch, frame
from sim.tabletop.orders import logged_words
from sim.tabletop.table_event import TableEvent
from sim.tabletop.worlds import PlayedWorld, TableCases, played_world

TOLD = ("exits", "available", "deployed", "reports", "deaths", "control", "perceived_hazard", "assurance")
"""Measures in which it is told what an order did to the played world."""
_DIGITS = 6
"""Of a measure in the log: more than float32 holds says nothing."""


@dataclass(frozen=True)
class Played:
    """A turn of the played world.

    Attributes
    ----------
    first, last
        Its days.
    days
        One mapping a day: ``day``, and every measure.
    levels
        At its end: every level that events may write, by name, and ``phase``.
    happened
        What happened on which day, and where it came from.
    """

    first: date
    last: date
    days: tuple[Mapping[str, Any], ...]
    levels: Mapping[str, Any]
    happened: tuple[Mapping[str, Any], ...]


def played(board: Board) -> tuple[str, int]:
    """Theory and world that are played."""
    head = board.head["played"]
    return str(head["theory"]), int(head["world"])


def as_it_stands(board: Board, worlds: TableCases) -> PlayedWorld:
    """The played world on the eve of today, with all that was ordered, overrides included."""
    return played_world(worlds, *played(board), _lasting(board), board.today)


def _lasting(board: Board) -> tuple[TableEvent, ...]:
    return events_of(board, overrides=True)


def play(board: Board, worlds: TableCases, last: date) -> Played:
    """Live the played world from today to a day."""
    world = as_it_stands(board, worlds)
    first = board.today
    simulation = world.simulation
    watch = Watch(simulation.state, (last - first).days + 1)
    rows = _conditional_rows(world, board)
    happened = list(_dated(board, world, first, last))
    phase, fired = int(simulation.state.phase[0]), simulation.state.fired[:, 0].copy()
    while simulation.state.day < last.toordinal():
        state = simulation.step()
        day = date.fromordinal(state.day).isoformat()
        watch.note(state)
        if (now := int(state.phase[0])) != phase:
            happened.append({"day": day, "what": NEW_PHASE.format(phase=_spoken(Phase(now))), "from": RULES, "id": ""})
            phase = now
        for row in np.flatnonzero(state.fired[:, 0] > fired):
            happened.append({"day": day, **rows[int(row)]})
        fired = state.fired[:, 0].copy()
    days = tuple(
        {"day": (first + timedelta(days=number)).isoformat(), **_plain_row(row)}
        for number, row in enumerate(frame(watch.days, first).to_dict("records"))
    )
    told = tuple(sorted(happened, key=lambda one: one["day"]))
    return Played(first, last, days, levels_of(simulation.state), told)


def levels_of(state: State) -> dict[str, Any]:
    """Every level that events may write, in the first run, by name; and Kenya's phase in words."""
    levels: dict[str, Any] = {
        name: _plain(float(getattr(state, target.attribute)[0])) for name, target in TARGETS.items() if not target.pulse
    }
    return levels | {"phase": _spoken(Phase(int(state.phase[0])))}


def because(board: Board, worlds: TableCases, turn: Played) -> list[dict[str, Any]]:
    """What each order, inject and override of this turn did to the played world by its end: the same world and luck
    without it.

    Returns
    -------
    One mapping for each and each measure of :data:`TOLD` that it moved: ``id``, ``what``, ``measure``, ``with`` and
    ``without``.
    """
    given = [(order.id, order.text) for order in board.orders if board.given_in[order.id] > board.opened_at]
    given += [
        (event.id, fired.text)
        for fired in board.injects.values()
        if fired.entry > board.opened_at and (event := fired.event)
    ]
    given += [
        (forced.event.id, logged_words(forced.writes)) for forced in board.overrides if forced.entry > board.opened_at
    ]
    came = _sums(turn.days)
    rows = []
    for name, what in given:
        events = events_of(board, overrides=True, without={name})
        other = played_world(worlds, *played(board), events, turn.last + timedelta(days=1))
        without = _sums([_plain_row(row) for row in other.since(turn.first).to_dict("records")])
        rows += [
            {"id": name, "what": what, "measure": measure, "with": came[measure], "without": without[measure]}
            for measure in TOLD
            if came[measure] != without[measure]
        ]
    return rows


def preview(board: Board, worlds: TableCases, inject: Inject) -> pd.DataFrame:
    """What an inject would change in the played world by the end of the turn, were it fired now.

    What the turn comes to with it or without it is not told: whoever saw that could forecast it.

    Returns
    -------
    One row a measure of :data:`TOLD` that it would move: ``measure``, ``unit``, ``difference``.
    """
    last = min(board.today + timedelta(days=board.table.turn_days - 1), worlds.last_day)
    events, day = _lasting(board), fire_day(board, inject)
    sides = [
        _sums([_plain_row(row) for row in world.since(board.today).to_dict("records")])
        for world in (
            played_world(worlds, *played(board), given, last + timedelta(days=1))
            for given in ((*events, TableEvent(event_of(inject, day), board.today)), events)
        )
    ]
    rows = [
        [name, MEASURES[name].unit, _plain(sides[0][name] - sides[1][name])]
        for name in TOLD
        if None not in (sides[0][name], sides[1][name]) and sides[0][name] != sides[1][name]
    ]
    return pd.DataFrame(rows, columns=["measure", "unit", "difference"])


def _sums(days: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The measures of :data:`TOLD` over a turn: totals summed, levels on its last day."""
    return {
        name: _plain(sum(row[name] for row in days) if MEASURES[name].how == "total" else days[-1][name])
        for name in TOLD
    }


def _dated(board: Board, world: PlayedWorld, first: date, last: date) -> Iterator[dict[str, Any]]:
    """Dated events of the days that are played, the scenario's and the table's."""
    own = [(event, "record" if event.origin == "documented" else "scenario") for event in world.line.case.events]
    ids = {order.id: "order" for order in board.orders}
    ids |= {event.id: "inject" for fired in board.injects.values() if (event := fired.event)}
    forced = {one.event.id: one.writes for one in board.overrides}
    ids |= dict.fromkeys(forced, "override")
    own += [(one.event, ids[one.event.id]) for one in _lasting(board) if one.event.id in ids]
    own = [
        (
            replace(event, text=f"{logged_words(forced[event.id])} ({event.text})") if event.id in forced else event,
            source,
        )
        for event, source in own
    ]
    for event, source in own:
        if event.date is None:
            continue
        for day, what in _arrivals(event):
            if first <= day <= last:
                yield {"day": day.isoformat(), "what": what, "from": source, "id": event.id}


def _arrivals(event: Event) -> Iterator[tuple[date, str]]:
    """The day of an event, and that on which what it sends arrives."""
    assert event.date is not None
    yield event.date, event.text
    delays = {TARGETS[name].delay for name, _, _ in event.writes} - {0}
    for delay in sorted(delays):
        yield event.date + timedelta(days=delay), ARRIVES.format(what=event.text)


def _conditional_rows(world: PlayedWorld, board: Board) -> dict[int, dict[str, str]]:
    """What a row of conditional events is: an inject of the list, or a row of the scenario."""
    injects = {inject.id: inject.text for inject in list_of(board).injects}
    rows = {}
    for row, event in enumerate(world.conditional):
        known = event.id in injects
        rows[row] = {
            "what": injects.get(event.id, event.text), "from": "inject" if known else "scenario", "id": event.id,
        }  # fmt: skip
    return rows


def _spoken(phase: Phase) -> str:
    return phase.name.lower().replace("_", " ")


def _plain_row(row: Mapping[Hashable, Any]) -> dict[str, Any]:
    return {str(name): _plain(value) for name, value in row.items()}


def _plain(value: float) -> Any:
    """A number as the log has it: whole where it is, of six digits, null for none."""
    if value != value:
        return None
    rounded = float(f"{value:.{_DIGITS}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded
