"""The first state of a block: who the officers are, and the world as it stood on the eve of ``clock.start``."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from sim.arrays import Floats
from sim.model import events as happenings
from sim.model import governments
from sim.model.events import Schedule
from sim.model.luck import Draws, Purpose
from sim.model.parameters import Parameters
from sim.model.state import TRIGGERS, Phase, Stage, State
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
    state.imminence[...] = governments.imminence(state, p)
    state.assurance[...] = governments.assurance(state, p)
    state.memory = {memory.name: _first_memory(memory, state, p) for memory in theory.memory}
    return state


def _blank(p: Parameters, events: Schedule) -> State:
    """Zeros everywhere: one array a field, shaped by what it belongs to."""
    officers, squads = p.layout.officers, p.layout.squads
    rows = dict.fromkeys(_OFFICER_FIELDS, (officers,))
    rows |= dict.fromkeys(("squad_present", "leader_left", "squad_exits"), (squads,))
    rows |= {"excitation": (p.structure.blocs,), "trigger_on": (TRIGGERS,)}
    rows |= {name: (len(events.watches),) for name in ("streak", "fired", "fired_on")}
    kinds: dict[str, Any] = {"stage": np.int8, "letter": np.int8, "phase": np.int8}
    days = "selected_on", "deploying_since", "announced_on", "accord_on", "trigger_on", "fault", "fired_on"
    kinds |= dict.fromkeys((*days, "streak", "fired"), np.int32)
    arrays: dict[str, Any] = {
        f.name: np.zeros((*rows.get(f.name, ()), p.runs), dtype=kinds.get(f.name, p.dtype))
        for f in fields(State)
        if f.name not in ("day", "traits", "memory")
    }
    return State(day=p.structure.start - 1, **arrays)


_OFFICER_FIELDS = (
    "stage", "letter", "present", "at_risk", "perceived", "cumulated", "tolerance", "frailty", "baseline", "dread",
    "efficacy", "pay_need", "friction", "casualty",
)  # fmt: skip


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
    """Traits in float64 from fixed draws, then cast; perceived hazard starts at each officer's own baseline."""
    o, count = p.officers, p.layout.officers
    state.present.fill(1)
    state.squad_present[...] = p.layout.sizes
    state.baseline[...] = o.baseline + o.baseline_sd * draws.normal(Purpose.BASELINE, count)
    state.perceived[...] = state.baseline
    state.dread[...] = np.exp(o.dread_sd * draws.normal(Purpose.DREAD, count))
    state.efficacy[...] = draws.normal(Purpose.EFFICACY, count)
    state.pay_need[...] = np.exp(o.pay_need_sd * draws.normal(Purpose.PAY_NEED, count))
    frailty = np.exp(o.frailty_sd * draws.normal(Purpose.FRAILTY, count) - 0.5 * o.frailty_sd**2)
    state.frailty[...] = frailty
    state.tolerance[...] = exponential(draws.uniform(Purpose.TOLERANCE, count)) / frailty
    state.friction[...] = draws.uniform(Purpose.FRICTION, count)
    state.casualty[...] = exponential(draws.uniform(Purpose.CASUALTY, count))
    own = theory.traits(draws, p) | {"casualty_kind": draws.uniform(Purpose.CASUALTY_KIND, count)}
    state.traits = {name: np.ascontiguousarray(values, dtype=p.dtype) for name, values in own.items()}


def exponential(uniform: Floats) -> Floats:
    """Standard exponential by inverse CDF, −log(1 − u)."""
    return -np.log1p(-uniform)


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
    state.stage[:, trained] = Stage.TRAINED
