"""Compiled kernels of what has one value a run: governments, media, and what moves all officers of a run alike.

One pass over the runs where NumPy takes twenty. No power, exponential or logarithm is taken here: the callers take
NumPy's between two kernels, so that these levels have the bits of the formulas written in NumPy. All arrays are
``(runs,)`` unless said, and the last of them is the one that is filled.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Floats, Ints
from sim.model.jit import compiled


@compiled
def enlist(selected: Floats, selected_on: Ints, training_days: Floats, day: int, fresh: Ints, trained: Ints) -> Any:
    """Mark the runs whose officers are selected today, and those where training ends; whether there are any of each."""
    zero, any_fresh, any_trained = selected.dtype.type(0), False, False
    for r in range(len(selected)):
        fresh[r] = selected[r] > zero and selected_on[r] == 0
        if fresh[r]:
            selected_on[r] = day
        served = day - selected_on[r]
        trained[r] = selected_on[r] > 0 and served >= training_days[r] and served - 1 < training_days[r]
        any_fresh |= fresh[r]
        any_trained |= trained[r]
    return any_fresh, any_trained


@compiled
def announce(
    announced: Floats,
    kit_first: Floats,
    readiness: Floats,
    ready: Any,
    most: Any,
    arrears: Floats,
    pay_escrow: Floats,
    imminence: Floats,
) -> None:
    """How near departure feels: what is announced, or ``most`` of it while the kit waits; escrow settles arrears."""
    F = imminence.dtype.type
    zero, one = F(0), F(1)
    for r in range(len(imminence)):
        level = announced[r]
        if kit_first[r] > zero and readiness[r] < ready:
            level = level if level < most else most
        imminence[r] = level
        arrears[r] *= one - pay_escrow[r]


@compiled
def assurance(
    of_readiness: Floats,
    readiness: Floats,
    of_legal: Floats,
    legal: Floats,
    of_terms: Floats,
    terms: Floats,
    of_protection: Floats,
    insurance: Floats,
    evacuation: Floats,
    rules: Floats,
    out: Floats,
) -> None:
    """A = w₁R + w₂L + w₃·terms + w₄·(insurance, evacuation, rules of engagement; a third each)."""
    third = out.dtype.type(3)
    for r in range(len(out)):
        promised = of_readiness[r] * readiness[r] + of_legal[r] * legal[r] + of_terms[r] * terms[r]
        out[r] = promised + of_protection[r] * (insurance[r] + evacuation[r] + rules[r]) / third


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
    threat_signal: Floats,
    fast: Floats,
    slow: Floats,
) -> None:
    """Remember today's salience fast and slow (docs/ODD.md, 7.9), in place: M′ = ηM + (1 − η)·input/input_ref."""
    one = fast.dtype.type(1)
    for r in range(len(fast)):
        kenyan = one + kenya_relevance[r]
        lasting = strategic[r] + (documented[r] + kenya_salience[r] * kenyan) * documented_scale[r]
        passing = civilian[r] + report[r] * report_salience[r] * kenyan
        of_all = one + threat_signal[r] * ((lasting + passing) / reference_fast[r] - one)
        of_lasting = one + threat_signal[r] * (lasting / reference_slow[r] - one)
        fast[r] = fast[r] * keep_fast[r] + (one - keep_fast[r]) * of_all
        slow[r] = slow[r] * keep_slow[r] + (one - keep_slow[r]) * of_lasting


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
    denial: Floats,
    rumour: Floats,
    media: Floats,
) -> None:
    """What officers hear: the mix of both memories, and rumour, which denials dampen (docs/ODD.md, 7.9)."""
    F = media.dtype.type
    one, tenth = F(1), F(0.1)
    for r in range(len(media)):
        mix = (one - slow_weight[r]) * fast[r] + slow_weight[r] * slow[r]
        fading = retention[r] * denial[r]
        denial[r] = fading if fading > denied[r] else denied[r]
        heard = tenth * rate[r] * mix * (one - pulled(credibility[r], lever[r], believed) * denial[r])
        rumour[r] = rumour[r] * retention[r] + heard
        media[r] = mix + rumour[r]


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


@compiled
def novelty(media: Floats, habituation: Floats, days: Floats, least: Any, out: Floats) -> None:
    """News against what officers have grown used to, M_eff/M̄, and then the habit: M̄′ = M̄ + (M_eff − M̄)/τ_h."""
    for r in range(len(out)):
        loud, usual = media[r], habituation[r]
        out[r] = (loud if loud > least else least) / (usual if usual > least else least)
        habituation[r] = usual + (loud - usual) / days[r]


@compiled
def pulls(
    news: Floats,
    sensitivity: Floats,
    ambiguity: Floats,
    reference: Floats,
    weight: Floats,
    briefed: Floats,
    rise: Floats,
    fall_ratio: Floats,
    squad: Floats,
    force: Floats,
    out: Floats,
) -> None:
    """The coefficients of :func:`sim.model.kernels.perceive`, ``(7, runs)``; ``news`` is the logarithm of novelty."""
    half = out.dtype.type(0.5)
    for r in range(len(news)):
        shift = weight[r] * (ambiguity[r] - reference[r])
        out[0, r] = sensitivity[r] * news[r]
        out[1, r] = shift
        out[2, r] = shift - weight[r] * ambiguity[r] * half * briefed[r]
        out[3, r] = rise[r]
        out[4, r] = rise[r] * fall_ratio[r]
        out[5, r] = squad[r]
        out[6, r] = force[r]


@compiled
def ambiguity(felt: Floats, floor: Floats, gain: Floats, assured: Floats, out: Floats) -> None:
    """u = u₀ + κ_u(1 − A), or nothing with the off-switch."""
    one = out.dtype.type(1)
    for r in range(len(out)):
        out[r] = felt[r] * (floor[r] + gain[r] * (one - assured[r]))


@compiled
def nearness(imminence: Floats, remote: Floats, ordered: Floats, out: Floats) -> None:
    """(ι + (1 − ι)I)·e^{reactance·mandatory}, ``(2, runs)``: for the first contingent, and with half of I for the rest.

    ``ordered`` is the exponential.
    """
    F = out.dtype.type
    one, half = F(1), F(0.5)
    for r in range(len(imminence)):
        out[0, r] = (remote[r] + (one - remote[r]) * imminence[r]) * ordered[r]
        out[1, r] = (remote[r] + (one - remote[r]) * half * imminence[r]) * ordered[r]


@compiled
def look(
    felt: Floats, assured: Floats, at_start: Floats, slips: Floats, kit_gap: Floats, terms: Floats, out: Floats
) -> None:
    """What theories see, ``(4, runs)``: A − A₀, slipped starts, kit gap and terms, as far as ambiguity is felt."""
    one = out.dtype.type(1)
    for r in range(len(felt)):
        out[0, r] = one + felt[r] * (assured[r] - one) - at_start[r]
        out[1, r] = felt[r] * slips[r]
        out[2, r] = felt[r] * kit_gap[r]
        out[3, r] = one + felt[r] * (terms[r] - one)
