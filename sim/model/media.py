"""Media: news remembered fast and slow, rumours and denials, and what outsiders see of withdrawals."""

from __future__ import annotations

from sim.arrays import Ints
from sim.model import media_kernels as kernels
from sim.model.luck import Draws
from sim.model.parameters import Parameters
from sim.model.state import State

DENIAL_THAT_IS_BELIEVED = 0.8
"""Credibility and probability of a denial under the lever ``credible_denial`` (assumed)."""


def report_news(state: State, p: Parameters) -> None:
    """Turn today's events and yesterday's reports into what officers hear: M, B and M + B."""
    m, d, felt, believed = p.media, p.derived, p.officers, p.dtype.type(DENIAL_THAT_IS_BELIEVED)
    kernels.news(
        *(state.documented_salience, state.kenya_salience, m.documented_scale, m.kenya_relevance),
        *(state.salience_strategic, state.salience_civilian, state.report, m.report_salience),
        *(d.news_reference_fast, d.news_reference_slow, d.news_keep_fast, d.news_keep_slow),
        felt.violence_felt,
        *(state.news_fast, state.news_slow),
    )
    kernels.rumours(
        *(state.news_fast, state.news_slow, m.slow_weight, state.denied, m.rumour_retention),
        *(m.denial_credibility, state.credible_denial, believed, m.rumour_rate, felt.rumours_felt, d.rumour_start),
        *(state.denial, state.rumour, state.media),
    )


def observe_withdrawals(state: State, p: Parameters, draws: Draws, officer: Ints, run: Ints) -> None:
    """Whether the exits of today's leavers, ``(exits,)`` each, are reported and denied; officers hear of it tomorrow.

    Each exit is reported with probability p_j·attention by the luck of the officer who leaves, so that the day's is
    1 − (1 − p_j·attention)^ΔW, and two runs with the same leavers have the same reports.
    """
    state.report[...], state.denied[...] = 0, 0
    if officer.size:
        m, believed = p.media, p.dtype.type(DENIAL_THAT_IS_BELIEVED)
        kernels.observe(
            *(officer, run, *draws.partings(officer, state.day, run), state.imminence, m.attention_floor),
            *(m.report_probability, m.denial_probability, state.credible_denial, believed, state.report, state.denied),
        )
