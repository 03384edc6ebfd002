"""Compiled kernels of the officers' day: what they perceive, how their hazard cumulates, who leaves, and their sums.

Each element is computed alone, or summed in the order of the rows, with no fused or reordered arithmetic: a run's bits
do not depend on how many runs are beside it. Where a power, an exponential or a logarithm of a level is needed, the
caller takes NumPy's between two kernels, so that levels have the bits of the formulas written in NumPy. All arrays are
``(runs,)`` unless said, and what is filled comes last.

There is one such file for each actor, and a theory's kernel stands in the theory's own file. No kernel calls anything
outside its file but elementary functions: Numba's cache does not notice edits in other files.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Array, Floats, Ints
from sim.model.elementary import NEAR, exp, log1p, log1p_near
from sim.model.jit import compiled

ELEMENTARY = "22732e0d6abc"
"""Digest of the one file that kernels call into; a test demands that it follow that file, and then they recompile."""

ABREAST = 4
"""Officers whose exponentials are taken side by side: the steps of one do not wait for those of another."""

BLOCKED, WAITING, ACCEPTED = 1, 2, 3
DEPLOYED, OPTED_OUT, HOME = 3, 4, 5
"""Letters and stages, as a test demands; written here, so that a change of them has the kernels compiled anew."""


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
def novelty(media: Floats, habituation: Floats, days: Floats, least: Any, out: Floats) -> None:
    """News against what officers have grown used to, M_eff/M̄, and then the habit: M̄′ = M̄ + (M_eff − M̄)/τ_h."""
    for r in range(len(out)):
        loud, usual = media[r], habituation[r]
        out[r] = (loud if loud > least else least) / (usual if usual > least else least)
        habituation[r] = usual + (loud - usual) / days[r]


@compiled
def ambiguity(felt: Floats, floor: Floats, gain: Floats, assured: Floats, out: Floats) -> None:
    """u = u₀ + κ_u(1 − A), or nothing with the off-switch."""
    one = out.dtype.type(1)
    for r in range(len(out)):
        out[r] = felt[r] * (floor[r] + gain[r] * (one - assured[r]))


@compiled
def perception_coefficients(
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
    """The coefficients of :func:`perceive`, ``(7, runs)``; ``news`` is the logarithm of novelty."""
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
def perceive(
    perceived: Floats,
    present: Floats,
    baseline: Floats,
    dread: Floats,
    bounds: Ints,
    squad_present: Floats,
    c: Floats,
) -> None:
    """Move perceived hazard by a day, in place (docs/ODD.md, 7.10).

    Parameters
    ----------
    perceived, present, baseline, dread
        ``(officers, runs)``.
    bounds
        First officer of each squad, and the number of officers at the end, ``(squads + 1,)``.
    squad_present
        ``(squads, runs)``.
    c
        Coefficients, ``(7, runs)``: what news adds for each unit of dread; what ambiguity adds, and adds to leaders; φ
        up and φ down; ψ and ψ_f.
    """
    push, shift, leader_shift, rise, fall, squad_pull, force_pull = c[0], c[1], c[2], c[3], c[4], c[5], c[6]
    zero, one = perceived.dtype.type(0), perceived.dtype.type(1)
    squads, runs = squad_present.shape
    sums = np.zeros((squads, runs), perceived.dtype)
    means, crowd, both = np.zeros_like(push), np.zeros_like(push), np.zeros_like(push)
    for q in range(squads):
        for i in range(bounds[q], bounds[q + 1]):
            for r in range(runs):
                sums[q, r] += perceived[i, r] * present[i, r]
        for r in range(runs):
            means[r] += sums[q, r]
            crowd[r] += squad_present[q, r]
    for r in range(runs):
        means[r] = force_pull[r] * (means[r] / max(crowd[r], one))
        both[r] = squad_pull[r] + force_pull[r]
    for q in range(squads):
        for r in range(runs):
            sums[q, r] = squad_pull[r] * (sums[q, r] / max(squad_present[q, r], one)) + means[r]
        for i in range(bounds[q], bounds[q + 1]):
            added = leader_shift if i == bounds[q] else shift
            for r in range(runs):
                x = perceived[i, r]
                own = baseline[i, r] + dread[i, r] * push[r] + added[r] - x
                up, down = rise[r], fall[r]  # both read first, or the loop is not vectorised
                speed = up if own > zero else down
                perceived[i, r] = x + present[i, r] * (speed * own + (sums[q, r] - both[r] * x))


@compiled
def cues(
    felt: Floats, assured: Floats, at_start: Floats, slips: Floats, kit_gap: Floats, terms: Floats, out: Floats
) -> None:
    """What theories see, ``(4, runs)``: A − A₀, slipped starts, kit gap and terms, as far as ambiguity is felt."""
    one = out.dtype.type(1)
    for r in range(len(felt)):
        out[0, r] = one + felt[r] * (assured[r] - one) - at_start[r]
        out[1, r] = felt[r] * slips[r]
        out[2, r] = felt[r] * kit_gap[r]
        out[3, r] = one + felt[r] * (terms[r] - one)


@compiled
def guard(hazard: Floats, perceived: Floats, bad: Ints) -> bool:
    """Mark the runs ``(runs,)`` where a hazard is no probability or a perceived hazard not finite; are there any?"""
    zero, one, limit = hazard.dtype.type(0), hazard.dtype.type(1), hazard.dtype.type(np.inf)
    officers, runs = hazard.shape
    for i in range(officers):
        for r in range(runs):
            h, x = hazard[i, r], perceived[i, r]
            bad[r] |= not ((h >= zero) & (h <= one) & (abs(x) < limit))
    some = False
    for r in range(runs):
        some |= bad[r]
    return some


@compiled
def imminence_factors(imminence: Floats, remote: Floats, ordered: Floats, out: Floats) -> None:
    """(ι + (1 − ι)I)·e^{reactance·mandatory}, ``(2, runs)``: for the first contingent, and with half of I for the rest.

    ``ordered`` is the exponential.
    """
    F = out.dtype.type
    one, half = F(1), F(0.5)
    for r in range(len(imminence)):
        out[0, r] = (remote[r] + (one - remote[r]) * imminence[r]) * ordered[r]
        out[1, r] = (remote[r] + (one - remote[r]) * half * imminence[r]) * ordered[r]


@compiled
def cumulate(
    hazard: Floats,
    at_risk: Floats,
    cumulated: Floats,
    tolerance: Floats,
    bounds: Ints,
    first: Floats,
    near: Floats,
    far: Floats,
    hold: Floats,
    shock: Floats,
    limit: Any,
) -> tuple[Ints, Ints]:
    """Add today's hazard to what has cumulated, in place, and list who has reached his tolerance (docs/ODD.md, 7.12).

    Parameters
    ----------
    hazard, at_risk, cumulated, tolerance
        ``(officers, runs)``.
    bounds
        As in :func:`perceive`.
    first
        How many officers the first contingent has, ``(runs,)``.
    near, far
        Factor of the hazard for those within the first contingent and beyond it, ``(runs,)``.
    hold, shock
        Factor of the hazard in each squad, and what a leader's leaving adds there, ``(squads, runs)``, or ``(1, runs)``
        where it is the same in all.
    limit
        Largest daily hazard.

    Returns
    -------
    Officer and run of each intent, officer by officer.
    """
    F, yes, runs = hazard.dtype.type, np.int32, hazard.shape[1]  # wider flags would halve the lanes of a loop
    zero, near_enough, todays = F(0), F(NEAR), np.empty(runs, hazard.dtype)
    who, where, count = np.empty(hazard.size, np.int64), np.empty(hazard.size, np.int64), 0
    for q in range(len(bounds) - 1):
        in_hold, in_shock = min(q, len(hold) - 1), min(q, len(shock) - 1)
        for i in range(bounds[q], bounds[q + 1]):
            place, large, found = F(i), yes(0), yes(0)
            for r in range(runs):
                within, beyond = near[r], far[r]  # both read first, or the loop is not vectorised
                h = hazard[i, r] * (within if place < first[r] else beyond) * hold[in_hold, r]
                h = h if h < limit else limit
                todays[r] = h
                large = yes(large | yes(h > near_enough))
            if large:
                for r in range(runs):
                    cumulated[i, r] += at_risk[i, r] * (shock[in_shock, r] - log1p(-todays[r]))
            else:
                for r in range(runs):
                    cumulated[i, r] += at_risk[i, r] * (shock[in_shock, r] - log1p_near(-todays[r]))
            for r in range(runs):
                found = yes(found | yes((cumulated[i, r] >= tolerance[i, r]) & (at_risk[i, r] > zero)))
            if not found:
                continue
            for r in range(runs):
                if (cumulated[i, r] >= tolerance[i, r]) & (at_risk[i, r] > zero):
                    who[count], where[count] = i, r
                    count += 1
    return who[:count], where[:count]


@compiled
def clear_leavers(intents: Floats, exits: Floats, squad_exits: Floats, leader_left: Floats) -> None:
    """Nobody has left today: ``(runs,)`` twice, and ``(squads, runs)`` twice."""
    intents[:], exits[:] = 0, 0
    squad_exits[:], leader_left[:] = 0, 0


@compiled
def meet_friction(
    who: Ints,
    run: Ints,
    intents: Floats,
    stage: Ints,
    at_risk: Floats,
    letter: Ints,
    in_theatre: Floats,
    before: Floats,
    mandatory: Floats,
    friction: Floats,
) -> Array:
    """Those who came to want out today are counted and no longer at risk; their letters are blocked or wait.

    Returns whether nothing stopped each of them, ``(intents,)``. ``in_theatre`` and ``before`` are the friction there
    and at home, ``(runs,)``; ``friction`` is each officer's uniform, ``(officers, runs)``.
    """
    one, free = friction.dtype.type(1), np.empty(len(who), np.bool_)
    for n in range(len(who)):
        i, r = who[n], run[n]
        f = in_theatre[r] if stage[i, r] == DEPLOYED else before[r]
        f = f + mandatory[r] * (one - f)
        free[n] = not friction[i, r] < f
        intents[r] += one
        at_risk[i, r] = 0
        letter[i, r] = WAITING if free[n] else BLOCKED
    return free


@compiled
def go(
    who: Ints,
    run: Ints,
    squad_of: Ints,
    starts: Ints,
    stage: Ints,
    letter: Ints,
    present: Floats,
    at_risk: Floats,
    squad_present: Floats,
    squad_exits: Floats,
    leader_left: Floats,
    exits: Floats,
) -> None:
    """These officers leave, from theatre or from home, and are missed in their squads."""
    one = exits.dtype.type(1)
    for n in range(len(who)):
        i, r = who[n], run[n]
        q = squad_of[i]
        stage[i, r] = HOME if stage[i, r] == DEPLOYED else OPTED_OUT
        letter[i, r] = ACCEPTED
        present[i, r] = 0
        at_risk[i, r] = 0
        squad_present[q, r] -= one
        squad_exits[q, r] += one
        exits[r] += one
        if starts[q] == i:
            leader_left[q, r] = 1


@compiled
def contains(values: Ints, what: int) -> bool:
    """Whether a small number is to be found in ``(rows, columns)``."""
    yes = np.int8
    found, sought = yes(0), yes(what)
    for i in range(len(values)):
        for r in range(values.shape[1]):
            found = yes(found | yes(values[i, r] == sought))
        if found:
            return True
    return False


@compiled
def total(values: Array, out: Floats) -> None:
    """Sum over the first axis, row after row: ``(rows, runs) -> (runs,)``."""
    rows, runs = values.shape
    for r in range(runs):
        out[r] = 0
    for i in range(rows):
        for r in range(runs):
            out[r] += values[i, r]


@compiled
def mean_hazard(values: Floats, weights: Floats, by_squad: Floats, out: Floats) -> None:
    """Mean of σ(values) by weight over the first axis; null where all weights are zero: ``(rows, runs) -> (runs,)``.

    ``by_squad`` holds sums of the weights, ``(squads, runs)``.
    """
    zero, one, null = values.dtype.type(0), values.dtype.type(1), values.dtype.type(np.nan)
    rows, runs = values.shape
    whole = np.empty_like(out)
    total(by_squad, whole)
    for r in range(runs):
        out[r] = zero
    abreast = rows - rows % ABREAST
    for i in range(0, abreast, ABREAST):
        for r in range(runs):
            mean = out[r]
            for k in range(ABREAST):
                mean += weights[i + k, r] / (one + exp(-values[i + k, r]))
            out[r] = mean
    for i in range(abreast, rows):
        for r in range(runs):
            out[r] += weights[i, r] / (one + exp(-values[i, r]))
    for r in range(runs):
        out[r] = out[r] / max(whole[r], one) if whole[r] > zero else null


@compiled
def largest_squad_share(recent: Floats, sizes: Floats, share: Floats) -> None:
    """Raise ``share`` ``(runs,)`` to the largest share of a squad that has left lately.

    ``recent`` is ``(days, squads, runs)``, of which there are three; ``sizes`` is ``(squads,)``.
    """
    _, squads, runs = recent.shape
    for q in range(squads):
        for r in range(runs):
            gone = (recent[0, q, r] + recent[1, q, r] + recent[2, q, r]) / sizes[q]
            share[r] = gone if gone > share[r] else share[r]
