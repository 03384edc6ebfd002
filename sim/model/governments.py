"""Governments: Haiti, Kenya, the United States and the United Nations, scripted or by rules.

Up to the record's end its events are played. After it, ``scripted`` leaves every level as the events left it, and
``rules`` lets Kenya pause, resume and deploy, and Haiti's authority recover.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats
from sim.model import government_kernels as kernels
from sim.model.parameters import Parameters
from sim.model.state import Phase, State

KIT_FIRST_IMMINENCE = 0.3
"""Highest imminence while the kit is not ready, under the lever ``kit_first`` (assumed)."""
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
        np.copyto(state.phase, Phase.AUTHORISED.value)
        state.phase[state.court_block > 0] = Phase.BLOCKED.value
    ready, most = p.dtype.type(KIT_FIRST_READINESS), p.dtype.type(KIT_FIRST_IMMINENCE)
    kit = state.kit_first, state.readiness, ready, most
    kernels.announce(state.announced, *kit, state.arrears, state.pay_escrow, state.imminence)
    state.assurance[...] = assurance(state, p)


def assurance(state: State, p: Parameters) -> Floats:
    """A = w₁R + w₂L + w₃·terms + w₄·(insurance, evacuation, rules of engagement; a third each), ``(runs,)``."""
    readiness, legal, of_terms, protection = p.derived.weights
    out = np.empty_like(state.assurance)
    kernels.assurance(
        *(readiness, state.readiness, legal, state.legal_basis, of_terms, terms(state, p)),
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
    lawful = np.where(unsafe, Phase.PAUSED, np.where(ready, Phase.DEPLOYING, phase))
    lawful = np.where(phase == Phase.BLOCKED, Phase.AUTHORISED, lawful)
    new = np.where(departed, phase, np.where(state.court_block > 0, Phase.BLOCKED, lawful))
    starts = (new == Phase.DEPLOYING) & ~departed
    state.deploying_since[starts] = state.day + 1  # the first wave leaves the day after the decision
    state.phase[...] = new
    levels = np.array([IMMINENCE_OF_PHASE[Phase(k)] for k in range(len(Phase))], dtype=p.dtype)
    with_accord = (new == Phase.AUTHORISED) & (state.accord > 0)
    state.announced[...] = np.where(with_accord, IMMINENCE_WITH_ACCORD, levels[new])
