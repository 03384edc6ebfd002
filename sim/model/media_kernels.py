"""Compiled kernels of the media's day: one pass over the runs where NumPy takes twenty.

As in :mod:`sim.model.officer_kernels`, each run is computed alone and in a fixed order; all arrays are ``(runs,)``
unless said, and what is filled comes last.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Floats, Ints
from sim.model.jit import compiled

RUMOUR_UNIT = 0.1
"""Rumour a day that news at its reference breeds at a rumour rate of 1 (assumed)."""


@compiled
def news(
    documented: Floats,
    kenya_salience: Floats,
    documented_scale: Floats,
    kenya_relevance: Floats,
    strategic: Floats,
    civilian: Floats,
    report: Floats,
    report_salience: Floats,
    reference_fast: Floats,
    reference_slow: Floats,
    keep_fast: Floats,
    keep_slow: Floats,
    felt: Floats,
    fast: Floats,
    slow: Floats,
) -> None:
    """Remember today's salience fast and slow (docs/ODD.md, 7.9), in place: M′ = ηM + (1 − η)·input/input_ref.

    Where violence is not ``felt``, what attacks add is what they add in the reference state; news of the mission stays.
    """
    one = fast.dtype.type(1)
    for r in range(len(fast)):
        kenyan = one + kenya_relevance[r]
        usual = reference_fast[r] - reference_slow[r]
        violent = felt[r] * (strategic[r] + documented[r] * documented_scale[r]) + (one - felt[r]) * reference_slow[r]
        common = felt[r] * civilian[r] + (one - felt[r]) * usual
        lasting = violent + kenya_salience[r] * kenyan * documented_scale[r]
        passing = common + report[r] * report_salience[r] * kenyan
        fast[r] = fast[r] * keep_fast[r] + (one - keep_fast[r]) * ((lasting + passing) / reference_fast[r])
        slow[r] = slow[r] * keep_slow[r] + (one - keep_slow[r]) * (lasting / reference_slow[r])


@compiled
def rumours(
    fast: Floats,
    slow: Floats,
    slow_weight: Floats,
    denied: Floats,
    retention: Floats,
    credibility: Floats,
    lever: Floats,
    believed: Any,
    rate: Floats,
    felt: Floats,
    at_start: Floats,
    denial: Floats,
    rumour: Floats,
    media: Floats,
) -> None:
    """What officers hear: the mix of both memories, and rumour, which denials dampen (docs/ODD.md, 7.9).

    Where rumour is not ``felt``, they hear as much of it as at the start.
    """
    F = media.dtype.type
    one, unit = F(1), F(RUMOUR_UNIT)
    for r in range(len(media)):
        mix = (one - slow_weight[r]) * fast[r] + slow_weight[r] * slow[r]
        fading = retention[r] * denial[r]
        denial[r] = fading if fading > denied[r] else denied[r]
        heard = unit * rate[r] * mix * (one - pulled(credibility[r], lever[r], believed) * denial[r])
        rumour[r] = rumour[r] * retention[r] + heard
        media[r] = mix + (felt[r] * rumour[r] + (one - felt[r]) * at_start[r])


@compiled
def pulled(value: Any, lever: Any, to: Any) -> Any:
    """A setting that a lever raises to at least ``to``."""
    return value + lever * ((value if value > to else to) - value)


@compiled
def observe(
    officer: Ints,
    run: Ints,
    heard: Floats,
    disputed: Floats,
    imminence: Floats,
    attention_floor: Floats,
    chance: Floats,
    denial_probability: Floats,
    lever: Floats,
    believed: Any,
    report: Floats,
    denied: Floats,
) -> None:
    """Whether some of today's exits are reported, and whether the report is denied (docs/ODD.md, 7.15).

    The first four are ``(exits,)``; ``heard`` and ``disputed`` are the officers' own uniforms. Of several reports on a
    day the denial is that of the officer who comes first in the pool.
    """
    F, one = report.dtype.type, report.dtype.type(1)
    first = np.full(len(report), -1, np.int64)
    for n in range(len(officer)):
        r = run[n]
        attention = attention_floor[r] + (one - attention_floor[r]) * imminence[r]
        if heard[n] < chance[r] * attention and (first[r] < 0 or officer[n] < first[r]):
            first[r], report[r] = officer[n], one
            denied[r] = F(disputed[n] < pulled(denial_probability[r], lever[r], believed))
