"""Media: news remembered fast and slow, rumours and denials, and what outsiders see of withdrawals."""

from __future__ import annotations

import numpy as np

from sim.model import level_kernels as kernels
from sim.model.luck import Draws, Floats, Purpose, power
from sim.model.parameters import Parameters
from sim.model.state import State

DENIAL_THAT_IS_BELIEVED = 0.8
"""Credibility and probability of a denial under the lever ``credible_denial`` (assumed)."""


def report_news(state: State, p: Parameters) -> None:
    """Turn today's events and yesterday's reports into what officers hear: M, B and M + B."""
    m, d, believed = p.media, p.derived, p.dtype.type(DENIAL_THAT_IS_BELIEVED)
    kernels.news(
        *(state.documented_salience, state.kenya_salience, m.documented_scale, m.kenya_relevance),
        *(state.salience_strategic, state.salience_civilian, state.report, m.report_salience),
        *(d.news_reference_fast, d.news_reference_slow, d.news_keep_fast, d.news_keep_slow, m.threat_signal),
        *(state.news_fast, state.news_slow),
    )
    kernels.rumours(
        *(state.news_fast, state.news_slow, m.slow_weight, state.denied, m.rumour_retention),
        *(m.denial_credibility, state.credible_denial, believed, m.rumour_rate),
        *(state.denial, state.rumour, state.media),
    )


def observe_withdrawals(state: State, p: Parameters, draws: Draws) -> None:
    """Draw whether today's exits are reported, and whether the report is denied; officers hear of both tomorrow."""
    chance, believed = report_probability(state, p), p.dtype.type(DENIAL_THAT_IS_BELIEVED)
    uniforms = draws.daily(Purpose.DAY, 4, state.day)[2:]
    lever = p.media.denial_probability, state.credible_denial, believed
    kernels.observe(uniforms, chance, *lever, state.report, state.denied)


def report_probability(state: State, p: Parameters) -> Floats:
    """1 − (1 − p_j·att)^ΔW: each of today's exits may reach the press, the likelier the nearer departure."""
    m, least, silent = p.media, p.dtype.type(1e-12), np.empty_like(state.exits)  # an exit may be certain to be reported
    kernels.silence(state.imminence, m.attention_floor, m.report_probability, least, silent)
    return 1 - power(silent, state.exits)
