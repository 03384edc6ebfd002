"""Media: news remembered fast and slow, rumours and denials, and what outsiders see of withdrawals."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Floats, Ints
from sim.jit import compiled, inner
from sim.model.lanes import LANES
from sim.model.luck import Purpose, draw_pair
from sim.model.parameters import RUMOUR_UNIT, P
from sim.model.state import L
from sim.model.tile import Tile, W

DENIAL_THAT_IS_BELIEVED = 0.8
"""Credibility and probability of a denial under the lever ``credible_denial`` (assumed)."""
_EXIT = Purpose.EXIT.value


@compiled
def report_news(tile: Tile) -> None:
    """Turn today's events and yesterday's reports into what officers hear: M, B and M + B."""
    _news(tile.s, tile.p)
    _rumours(tile.s, tile.p)


@inner
def _news(s: Floats, p: Floats) -> None:
    """Remember today's salience fast and slow (docs/ODD.md, 7.9): M′ = ηM + (1 − η)·input/input_ref.

    Where violence is not ``felt``, what attacks add is what they add in the reference state; news of the mission stays.
    """
    one = s.dtype.type(1)
    for r in range(LANES):
        felt, scale = p[P.officers_violence_felt + r], p[P.media_documented_scale + r]
        kenyan = one + p[P.media_kenya_relevance + r]
        of_slow, of_fast = p[P.news_reference_slow + r], p[P.news_reference_fast + r]
        strategic = s[L.salience_strategic + r] + s[L.documented_salience + r] * scale
        violent = felt * strategic + (one - felt) * of_slow
        common = felt * s[L.salience_civilian + r] + (one - felt) * (of_fast - of_slow)
        lasting = violent + s[L.kenya_salience + r] * kenyan * scale
        passing = common + s[L.report + r] * p[P.media_report_salience + r] * kenyan
        keep_fast, keep_slow = p[P.news_keep_fast + r], p[P.news_keep_slow + r]
        s[L.news_fast + r] = s[L.news_fast + r] * keep_fast + (one - keep_fast) * ((lasting + passing) / of_fast)
        s[L.news_slow + r] = s[L.news_slow + r] * keep_slow + (one - keep_slow) * (lasting / of_slow)


@inner
def _rumours(s: Floats, p: Floats) -> None:
    """What officers hear: the mix of both memories, and rumour, which denials dampen (docs/ODD.md, 7.9).

    Where rumour is not ``felt``, they hear as much of it as at the start.
    """
    F = s.dtype.type
    one, unit = F(1), F(RUMOUR_UNIT)
    for r in range(LANES):
        slow, felt = p[P.media_slow_weight + r], p[P.officers_rumours_felt + r]
        mix = (one - slow) * s[L.news_fast + r] + slow * s[L.news_slow + r]
        keep = p[P.media_rumour_retention + r]
        fading, denied = keep * s[L.denial + r], s[L.denied + r]
        denial = fading if fading > denied else denied
        believed = pulled(p[P.media_denial_credibility + r], s[L.credible_denial + r])
        rumour = s[L.rumour + r] * keep + unit * p[P.media_rumour_rate + r] * mix * (one - believed * denial)
        s[L.denial + r], s[L.rumour + r] = denial, rumour
        s[L.media + r] = mix + (felt * rumour + (one - felt) * p[P.rumour_start + r])


@inner
def pulled(value: Any, lever: Any) -> Any:
    """A setting that the lever ``credible_denial`` raises to at least :data:`DENIAL_THAT_IS_BELIEVED`."""
    to = type(value)(DENIAL_THAT_IS_BELIEVED)
    return value + lever * ((value if value > to else to) - value)


@inner
def forget_report(tile: Tile) -> None:
    """Yesterday's report, and its denial, end where today's exits are seen."""
    s, w = tile.s, tile.w
    F = s.dtype.type
    for r in range(LANES):
        s[L.report + r] = s[L.denied + r] = F(0)
        w[W.first + r] = F(-1)


@compiled
def report_exits(tile: Tile, who: Ints, where: Ints, count: int) -> None:
    """Ask the press about each of so many exits of today: ``who`` left in the run ``where``."""
    forget_report(tile)
    for n in range(count):
        own = abs(who[n] - np.int64(tile.luck[3, where[n]]))
        told, denied = draw_pair(tile.luck, _EXIT, np.uint64(0), own, where[n])
        ask_press(tile, who[n], where[n], told, denied)


@inner
def ask_press(tile: Tile, officer: int, r: int, heard: float, disputed: float) -> None:
    """Whether an exit of today is reported, and the report denied (docs/ODD.md, 7.15); officers hear of it tomorrow.

    Each exit is reported with probability p_j·attention by the luck of the officer who leaves, so that the day's is
    1 − (1 − p_j·attention)^ΔW, and two runs with the same leavers have the same reports. Of several reports on a day
    the denial is that of the officer who comes first in the pool.
    """
    s, p, w = tile.s, tile.p, tile.w
    F = s.dtype.type
    floor = p[P.media_attention_floor + r]
    attention = floor + (F(1) - floor) * s[L.imminence + r]
    first = w[W.first + r]
    if heard < p[P.media_report_probability + r] * attention and (first < F(0) or F(officer) < first):
        w[W.first + r], s[L.report + r] = F(officer), F(1)
        denied = disputed < pulled(p[P.media_denial_probability + r], s[L.credible_denial + r])
        s[L.denied + r] = F(1) if denied else F(0)
