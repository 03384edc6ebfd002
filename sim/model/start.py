"""The first state of a block: who the officers are, and the world as it stood on the eve of ``clock.start``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from sim.arrays import Floats, Ints
from sim.jit import compiled
from sim.model import events as happenings
from sim.model import governments
from sim.model.elementary_arrays import exponentials, log1ps
from sim.model.events import Schedule
from sim.model.lanes import LANES, tiles
from sim.model.luck import Draws, Purpose
from sim.model.parameters import Parameters
from sim.model.state import DAYS, HOT, LEVELS, OF_OFFICERS, OF_SQUADS, Phase, Stage, State
from sim.model.tile import WORK
from sim.model.withdrawal.interface import Memory, Theory


def initial(p: Parameters, events: Schedule, draws: Draws, theory: Theory) -> State:
    """State on the eve of the first day.

    Events before ``clock.start`` have left their levels behind; media and excitation stand at their reference.
    """
    state = _blank(p, events)
    _world(state, p)
    _people(state, p, draws, theory)
    for day in events.days:
        if day >= p.structure.start:
            break
        state.day = day
        happenings.apply_dated(state, events)
        state.selected_on[(state.selected > 0) & (state.selected_on == 0)] = day
    for name in happenings.PULSES:
        getattr(state, name).fill(0)
    _catch_up(state, p)
    state.day = p.structure.start - 1
    state.phase[...] = np.where(state.court_block > 0, Phase.BLOCKED, Phase.AUTHORISED)
    state.pad()
    for k in range(0, tiles(state.runs) * LANES, LANES):
        part = np.ascontiguousarray(state.whole("levels")[:, k : k + LANES]).reshape(-1)
        of_tile = (
            np.ascontiguousarray(table[:, k : k + LANES]).reshape(-1) for table in (state.whole("days"), p.table)
        )
        _eve(part, *of_tile, np.zeros(WORK, p.dtype), state.day)
        state.whole("levels")[:, k : k + LANES] = part.reshape(-1, LANES)
    memory = {memory.name: _first_memory(memory, state, p) for memory in theory.memory}
    return state if not memory else replace(state, memory=memory)


@compiled
def _eve(s: Floats, d: Ints, p: Floats, w: Floats, day: int) -> None:
    """Imminence and assurance on the eve."""
    governments.heard(s, p, w)
    governments.feel_near(s, d, p, w, day)
    governments.assure(s, d, p, w)


def _blank(p: Parameters, events: Schedule) -> State:
    """Zeros everywhere: one array a field, shaped by what it belongs to."""
    officers, squads = p.layout.officers, p.layout.squads
    rows = {"hot": officers, "levels": len(LEVELS), "days": len(DAYS), "excitation": p.structure.blocs}
    rows |= dict.fromkeys(OF_OFFICERS, officers) | dict.fromkeys(OF_SQUADS, squads)
    shapes: dict[str, tuple[int, ...]] = {"hot": (officers, len(HOT) + 1)}
    rows |= dict.fromkeys(("streak", "fired", "fired_on"), len(events.watches))
    kinds: dict[str, Any] = {"stage": np.int8, "letter": np.int8}
    kinds |= dict.fromkeys(("days", "streak", "fired", "fired_on"), np.int32)
    arrays: dict[str, Any] = {
        name: np.zeros((*shapes.get(name, (count,)), p.runs), dtype=kinds.get(name, p.dtype))
        for name, count in rows.items()
    }
    return State(day=p.structure.start - 1, **arrays)


def _world(state: State, p: Parameters) -> None:
    g, gov = p.gangs, p.governments
    state.coalition[...] = g.coalition_floor
    state.control[...] = g.control_start
    state.excitation[...] = p.derived.stationary
    state.prime_minister.fill(1)
    state.authority[...] = gov.authority_start
    state.police[...] = gov.police_active
    state.readiness[...] = gov.readiness
    state.kit_gap[...] = gov.kit_gap
    state.funding[...] = gov.funding
    state.announced[...] = gov.imminence_start
    for name, setting in vars(p.levers).items():
        getattr(state, name)[...] = setting
    for name in ("news_fast", "news_slow"):
        getattr(state, name).fill(1)
    for name in ("media", "habituation"):
        getattr(state, name)[...] = p.derived.heard_start
    state.rumour[...] = p.derived.rumour_start


def _people(state: State, p: Parameters, draws: Draws, theory: Theory) -> None:
    """Traits from fixed draws; perceived hazard starts at each officer's own baseline."""
    o, count = p.officers, p.layout.officers
    state.present.fill(1)
    state.survival.fill(1)
    state.limit.fill(-1)
    state.available.fill(count)
    state.squad_present[...] = p.layout.sizes
    state.share[...] = p.layout.to_officers((1 / np.maximum(p.layout.sizes, 1)).astype(p.dtype))
    state.baseline[...] = o.baseline + o.baseline_sd * draws.normal(Purpose.BASELINE, count)
    state.perceived[...] = state.baseline
    state.dread[...] = exponentials(o.dread_sd * draws.normal(Purpose.DREAD, count))
    state.efficacy[...] = draws.normal(Purpose.EFFICACY, count)
    state.pay_need[...] = exponentials(o.pay_need_sd * draws.normal(Purpose.PAY_NEED, count))
    half = state.perceived.dtype.type(0.5)
    state.frailty[...] = exponentials(o.frailty_sd * draws.normal(Purpose.FRAILTY, count) - half * o.frailty_sd**2)
    least = np.finfo(p.dtype).tiny  # an officer of hardly any frailty would take more than can be said
    state.lot[...] = np.maximum(lots(draws.uniform(Purpose.TOLERANCE, count), state.frailty), least)
    state.friction[...] = draws.uniform(Purpose.FRICTION, count)
    state.casualty[...] = exponential(draws.uniform(Purpose.CASUALTY, count))
    own = theory.traits(draws, p) | {"casualty_kind": draws.uniform(Purpose.CASUALTY_KIND, count)}
    state.set_traits({name: np.asarray(values, dtype=p.dtype) for name, values in own.items()})


def lots(uniform: Floats, frailty: Floats) -> Floats:
    """(1 − u)^{1/frailty}: the survival at which an officer wants out, so that what he takes is exponential."""
    return exponentials(log1ps(-uniform) / frailty)


def exponential(uniform: Floats) -> Floats:
    """Standard exponential by inverse CDF, −log(1 − u)."""
    return -log1ps(-uniform)


def _first_memory(memory: Memory, state: State, p: Parameters) -> Floats:
    """What a theory remembers on the eve, ``(officers, runs)`` or ``(squads, runs)``."""
    layout = p.layout
    rows = {"officer": layout.officers, "squad": layout.squads}[memory.per]
    first = np.empty((rows, p.runs), dtype=p.dtype)
    first[...] = memory.start(state, p) if callable(memory.start) else memory.start
    return first


def _catch_up(state: State, p: Parameters) -> None:
    """Who was selected before the start is selected and at risk, and trained if his training is over."""
    chosen = state.selected_on > 0
    trained = chosen & (p.structure.start - state.selected_on > p.officers.training_days)
    state.stage[:, chosen] = Stage.SELECTED
    state.at_risk[:, chosen] = 1
    state.limit[:, chosen] = state.lot[:, chosen]
    state.stage[:, trained] = Stage.TRAINED
