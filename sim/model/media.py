"""Media: news remembered fast and slow, rumours and denials, and what outsiders see of withdrawals."""

from __future__ import annotations

import numpy as np

from sim.model.luck import Draws, Floats, Purpose, power
from sim.model.parameters import Parameters
from sim.model.state import State

DENIAL_THAT_IS_BELIEVED = 0.8
"""Credibility and probability of a denial under the lever ``credible_denial`` (assumed)."""


def report_news(state: State, p: Parameters) -> None:
    """Turn today's events and yesterday's reports into what officers hear: M, B and M + B."""
    m, d = p.media, p.derived
    kenyan = 1 + m.kenya_relevance
    documented = (state.documented_salience + state.kenya_salience * kenyan) * m.documented_scale
    lasting = state.salience_strategic + documented
    passing = state.salience_civilian + state.report * m.report_salience * kenyan
    _remember(state.news_fast, d.news_keep_fast, (lasting + passing) / d.news_reference_fast, m.threat_signal)
    _remember(state.news_slow, d.news_keep_slow, lasting / d.news_reference_slow, m.threat_signal)
    news = (1 - m.slow_weight) * state.news_fast + m.slow_weight * state.news_slow

    np.maximum(m.rumour_retention * state.denial, state.denied, out=state.denial)
    credibility = _lever(m.denial_credibility, state.credible_denial)
    state.rumour *= m.rumour_retention
    state.rumour += 0.1 * m.rumour_rate * news * (1 - credibility * state.denial)
    state.media[...] = news + state.rumour


def observe_withdrawals(state: State, p: Parameters, draws: Draws) -> None:
    """Draw whether today's exits are reported, and whether the report is denied; officers hear of both tomorrow."""
    uniforms = draws.daily(Purpose.DAY, 4, state.day)
    state.report[...] = uniforms[2] < report_probability(state, p)
    denial = _lever(p.media.denial_probability, state.credible_denial)
    state.denied[...] = state.report * (uniforms[3] < denial)


def report_probability(state: State, p: Parameters) -> Floats:
    """1 − (1 − p_j·att)^ΔW: each of today's exits may reach the press, the likelier the nearer departure."""
    m = p.media
    attention = m.attention_floor + (1 - m.attention_floor) * state.imminence
    silent = np.maximum(1 - m.report_probability * attention, 1e-12)  # one exit may be certain to be reported
    return 1 - power(silent, state.exits)


def _remember(memory: Floats, keep: Floats, relative: Floats, signal: Floats) -> None:
    memory *= keep
    memory += (1 - keep) * (1 + signal * (relative - 1))


def _lever(value: Floats, pulled: Floats) -> Floats:
    return value + pulled * (np.maximum(value, DENIAL_THAT_IS_BELIEVED) - value)
