"""Governments: Haiti, Kenya, the United States and the United Nations, scripted or by rules.

Up to the record's end its events are played. After it, ``scripted`` leaves every level as the events left it, and
``rules`` lets Kenya pause, resume and deploy, and Haiti's authority recover. In both an event may order the departure,
and under ``rules`` hold it.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Array, Floats
from sim.model import government_kernels as kernels
from sim.model.parameters import Parameters
from sim.model.state import Phase, State

KIT_FIRST_READINESS = 0.8
"""Readiness from which ``kit_first`` lets departure be announced (assumed)."""
FUNDED = 0.1
"""Funding above which readiness grows (assumed)."""
IMMINENCE_OF_PHASE = {
    Phase.BLOCKED: 0.1,
    Phase.AUTHORISED: 0.3,
    Phase.PAUSED: 0.1,
    Phase.DEPLOYING: 1.0,
    Phase.IN_THEATRE: 1.0,
}
"""How real departure feels in each phase, by rules (assumed); an accord raises AUTHORISED to .8."""
IMMINENCE_WITH_ACCORD = 0.8


def act(state: State, p: Parameters) -> None:
    """One day of the governments, Haiti first, and what it assures an officer of."""
    state.police *= p.derived.police_keep
    if p.structure.rules and state.day > p.structure.record_end:
        _haiti_recovers(state, p)
        _kenya_prepares(state, p)
        _kenya_decides(state, p)
    else:
        _kenya_obeys(state)
    kit = state.kit_first, state.readiness, p.dtype.type(KIT_FIRST_READINESS)
    kernels.wait_for_kit(*kit, state.day, state.announced_on)
    state.imminence[...] = imminence(state, p)
    kernels.settle(state.arrears, state.pay_escrow)
    state.assurance[...] = assurance(state, p)


def imminence(state: State, p: Parameters) -> Floats:
    """I: what is announced, which fades towards the start's when nothing follows, ``(runs,)``.

    Under ``kit_first`` nothing is announced until the kit is ready, and what then is counts from that day.
    """
    kept, out = np.empty_like(state.imminence), np.empty_like(state.imminence)
    kernels.fading(
        *(state.announced_on, state.phase, Phase.DEPLOYING.value, state.day, p.governments.imminence_half_life, kept)
    )
    kernels.imminence(heard(state, p), p.governments.imminence_start, np.exp2(kept, out=kept), out)
    return out


def heard(state: State, p: Parameters) -> Floats:
    """What has been announced, which for the gangs does not fade, ``(runs,)``."""
    out = np.empty_like(state.announced)
    kit = state.kit_first, state.readiness, p.dtype.type(KIT_FIRST_READINESS)
    kernels.heard(state.announced, p.governments.imminence_start, *kit, out)
    return out


def assurance(state: State, p: Parameters) -> Floats:
    """A = w₁R + w₂·terms + w₃·(insurance, evacuation, rules of engagement; a third each), ``(runs,)``."""
    readiness, of_terms, protection = p.derived.weights
    out = np.empty_like(state.assurance)
    kernels.assurance(
        *(readiness, state.readiness, of_terms, terms(state, p)),
        *(protection, state.insurance, state.evacuation, state.rules_published, out),
    )
    return out


def terms(state: State, p: Parameters) -> Floats:
    """How settled the terms are: secured or not before departure, e^{−a/τ_a} after it, ``(runs,)``."""
    if not np.count_nonzero(state.deploying_since):
        return state.pay_escrow
    departed = state.deploying_since > 0
    return np.where(departed, np.exp(-state.arrears / p.governments.arrears_scale), state.pay_escrow)


def _haiti_recovers(state: State, p: Parameters) -> None:
    g = p.governments
    state.authority += g.authority_recovery * np.maximum(g.authority_start - state.authority, 0)


def _kenya_prepares(state: State, p: Parameters) -> None:
    g = p.governments
    lawful = state.court_block <= 0
    supported = (state.us_support > 0) | (state.trust_fund > 0)
    state.funding += g.funding_growth * supported
    state.readiness += g.readiness_growth * (lawful & (state.funding > FUNDED))
    np.minimum(state.funding, 1, out=state.funding)
    np.minimum(state.readiness, 1, out=state.readiness)
    state.kit_gap[...] = 1 - state.readiness
    departed = state.deploying_since > 0
    unpaid = departed & (state.funding < g.resume_funding)
    state.arrears[...] = np.maximum(state.arrears + np.where(unpaid, 1, -1), 0)


def _kenya_decides(state: State, p: Parameters) -> None:
    g = p.governments
    phase = state.phase.copy()
    departed = phase >= Phase.DEPLOYING
    unsafe = (state.authority < g.pause_authority) | (state.control > g.pause_control)
    funded = (state.funding >= g.resume_funding) | (state.funds_first <= 0)
    ready = (state.authority >= g.resume_authority) & (state.readiness >= g.resume_readiness) & funded
    ready &= state.departure_held <= 0
    lawful = np.where(unsafe, Phase.PAUSED, np.where(ready, Phase.DEPLOYING, phase))
    lawful = np.where(phase == Phase.BLOCKED, Phase.AUTHORISED, lawful)
    lawful = np.where(state.departure > 0, Phase.DEPLOYING, lawful)
    new = np.where(departed, phase, np.where(state.court_block > 0, Phase.BLOCKED, lawful))
    starts = (new == Phase.DEPLOYING) & ~departed
    state.deploying_since[starts] = state.day + 1  # the first wave leaves the day after the decision
    state.phase[...] = new
    _announce_phase(state, p, changed=new != phase)


def _kenya_obeys(state: State) -> None:
    """The phase is what the court says, until an order to depart is carried out, which nothing takes back."""
    waiting = state.phase < Phase.DEPLOYING.value
    blocked = state.court_block > 0
    np.copyto(state.phase, Phase.AUTHORISED.value, where=waiting)
    np.copyto(state.phase, Phase.BLOCKED.value, where=waiting & blocked)
    starts = waiting & ~blocked & (state.departure > 0)
    if starts.any():
        state.phase[starts] = Phase.DEPLOYING
        state.deploying_since[starts] = state.day + 1
        state.announced[starts] = IMMINENCE_OF_PHASE[Phase.DEPLOYING]
        state.announced_on[starts] = state.day


def _announce_phase(state: State, p: Parameters, changed: Array) -> None:
    """A change of phase says how near departure is, and so does an accord on its day; nothing else rewrites it."""
    levels = np.array([IMMINENCE_OF_PHASE[Phase(k)] for k in range(len(Phase))], dtype=p.dtype)
    agreed = (state.phase == Phase.AUTHORISED) & (state.accord > 0)
    said = changed | (agreed & (state.accord_on == state.day))
    level = np.where(agreed, p.dtype.type(IMMINENCE_WITH_ACCORD), levels[state.phase])
    state.announced[said] = level[said]
    state.announced_on[said] = state.day
