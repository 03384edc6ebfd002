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

ELEMENTARY = "a1cf272e1900"
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
def loudness(media: Floats, habituation: Floats, reference: Floats, days: Floats, least: Any, out: Floats) -> None:
    """News against its reference, and what officers have grown used to against it, ``(2, runs)``; then the habit.

    M_eff/M_ref and M̄/M_ref, and M̄′ = M̄ + (M_eff − M̄)/τ_h.
    """
    for r in range(len(media)):
        loud, usual = media[r], habituation[r]
        out[0, r] = (loud if loud > least else least) / reference[r]
        out[1, r] = (usual if usual > least else least) / reference[r]
        habituation[r] = usual + (loud - usual) / days[r]


@compiled
def plans(
    felt: Floats,
    assured: Floats,
    imminence: Floats,
    remote: Floats,
    at_start: Floats,
    floor: Floats,
    gain: Floats,
    slips: Floats,
    kit_gap: Floats,
    kit_gap_start: Floats,
    out: Floats,
) -> None:
    """How unclear the mission's plans are, ``(4, runs)``: u, how much clearer than at the start, slips and kit gap.

    u = u₀ + κ_u(1 − A)·(ι_u + (1 − ι_u)I). Where ambiguity is not ``felt``, plans are as unclear as at the start, the
    kit gap is that of the start, and no start slipped.
    """
    one = out.dtype.type(1)
    for r in range(len(felt)):
        near = remote[r] + (one - remote[r]) * imminence[r]
        unclear = felt[r] * ((one - assured[r]) * near) + (one - felt[r]) * at_start[r]
        out[0, r] = floor[r] + gain[r] * unclear
        out[1, r] = at_start[r] - unclear
        out[2, r] = felt[r] * slips[r]
        out[3, r] = felt[r] * kit_gap[r] + (one - felt[r]) * kit_gap_start[r]


@compiled
def perception_coefficients(
    logs: Floats,
    sensitivity: Floats,
    habituation_share: Floats,
    ambiguity: Floats,
    reference: Floats,
    weight: Floats,
    briefed: Floats,
    rise: Floats,
    fall_ratio: Floats,
    squad: Floats,
    force: Floats,
    peers_felt: Floats,
    out: Floats,
) -> None:
    """The coefficients of :func:`perceive`, ``(7, runs)``; ``logs`` are the logarithms of :func:`loudness`."""
    half = out.dtype.type(0.5)
    for r in range(len(ambiguity)):
        shift = weight[r] * (ambiguity[r] - reference[r])
        out[0, r] = sensitivity[r] * (logs[0, r] - habituation_share[r] * logs[1, r])
        out[1, r] = shift
        out[2, r] = shift - weight[r] * ambiguity[r] * half * briefed[r]
        out[3, r] = rise[r]
        out[4, r] = rise[r] * fall_ratio[r]
        out[5, r] = squad[r] * peers_felt[r]
        out[6, r] = force[r] * peers_felt[r]


@compiled
def perceive(
    perceived: Floats,
    present: Floats,
    baseline: Floats,
    dread: Floats,
    follows: Floats,
    c: Floats,
    means: Floats,
) -> None:
    """Move perceived hazard by a day, in place (docs/ODD.md, 7.10).

    A squad's rows lie together, so its mean is known at its last row: one pass down the rows notes the mean of each
    squad so far, and the pass back up carries each squad's last along.

    Parameters
    ----------
    perceived, present, baseline, dread
        ``(officers, runs)``.
    follows
        0 for the first officer of a squad, 1 for the others, ``(officers, runs)``; a factor, since a choice by a flag
        of another width is not vectorised.
    c
        Coefficients, ``(7, runs)``: what news adds for each unit of dread; what ambiguity adds, and adds to leaders; φ
        up and φ down; ψ and ψ_f.
    means
        Room to work in, ``(officers, runs)``.
    """
    officers, runs = perceived.shape
    zero, one = perceived.dtype.type(0), perceived.dtype.type(1)
    felt, held, whole, crowd = np.zeros((4, runs), perceived.dtype)
    for i in range(officers):
        for r in range(runs):
            here, keep = present[i, r], follows[i, r]
            x = perceived[i, r] * here
            s, n = x + keep * felt[r], here + keep * held[r]
            felt[r], held[r] = s, n
            means[i, r] = s / (n if n > one else one)
            whole[r] += x
            crowd[r] += here
    rows = np.empty((9, runs), perceived.dtype)  # one array, since many small ones would each be checked for overlap
    for r in range(runs):
        rows[0, r], rows[1, r], rows[2, r] = c[0, r], c[1, r], c[2, r] - c[1, r]
        rows[3, r], rows[4, r], rows[5, r], rows[6, r] = c[3, r], c[4, r], c[5, r], c[5, r] + c[6, r]
        rows[7, r], rows[8, r] = c[6, r] * (whole[r] / max(crowd[r], one)), means[officers - 1, r]
    push, shift, more, rise, fall, squad_pull, both, force, mean = (
        *(rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6], rows[7], rows[8]),
    )
    for k in range(officers):
        i = officers - 1 - k
        xs, here, base, fear, above = perceived[i], present[i], baseline[i], dread[i], means[i - 1 if i else 0]
        follow = follows[i]
        for r in range(runs):
            x, keep, squad = xs[r], follow[r], mean[r]
            own = base[r] + fear[r] * push[r] + (shift[r] + (one - keep) * more[r]) - x
            up, down = rise[r], fall[r]  # both read first, or the loop is not vectorised
            speed = up if own > zero else down
            xs[r] = x + here[r] * (speed * own + (squad_pull[r] * squad + force[r] - both[r] * x))
            mean[r] = keep * squad + (one - keep) * above[r]


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
def imminence_factors(
    felt: Floats, imminence: Floats, at_start: Floats, remote: Floats, unit: Floats, ordered: Floats, out: Floats
) -> None:
    """(ι + (1 − ι)I)/(ι + (1 − ι)I₀)·e^{reactance·mandatory}, ``(2, runs)``: for the first contingent, and the rest.

    The rest feel half of I. ``unit`` is the divisor, ``ordered`` the exponential; where imminence is not ``felt`` it
    stays at I₀.
    """
    F = out.dtype.type
    one, half = F(1), F(0.5)
    for r in range(len(imminence)):
        near = felt[r] * imminence[r] + (one - felt[r]) * at_start[r]
        scale = ordered[r] / unit[r]
        out[0, r] = (remote[r] + (one - remote[r]) * near) * scale
        out[1, r] = (remote[r] + (one - remote[r]) * half * near) * scale


@compiled
def shake(leader_left: Floats, starts: Ints, sizes: Ints, shock: Floats, at_risk: Floats, cumulated: Floats) -> None:
    """What leaders who left yesterday add to the cumulated hazard of their squads, in place.

    The first three are ``(squads, runs)``, ``shock`` is ``(runs,)``, the last two are ``(officers, runs)``.
    """
    zero = leader_left.dtype.type(0)
    squads, runs = leader_left.shape
    for q in range(squads):
        for r in range(runs):
            if leader_left[q, r] > zero:
                for i in range(starts[q, r], starts[q, r] + sizes[q, r]):
                    cumulated[i, r] += at_risk[i, r] * shock[r]


@compiled
def cumulate(
    hazard: Floats,
    at_risk: Floats,
    cumulated: Floats,
    tolerance: Floats,
    first: Floats,
    near: Floats,
    far: Floats,
    limit: Any,
) -> tuple[Ints, Ints]:
    """Add today's hazard to what has cumulated, in place, and list who has reached his tolerance (docs/ODD.md, 7.12).

    Parameters
    ----------
    hazard, at_risk, cumulated, tolerance
        ``(officers, runs)``.
    first
        How many officers the first contingent has, ``(runs,)``.
    near, far
        Factor of the hazard for those within the first contingent and beyond it, ``(runs,)``.
    limit
        Largest daily hazard.

    Returns
    -------
    Officer and run of each intent, officer by officer.
    """
    F, yes, runs = hazard.dtype.type, np.int32, hazard.shape[1]  # wider flags would halve the lanes of a loop
    zero, near_enough, todays = F(0), F(NEAR), np.empty(runs, hazard.dtype)
    who, where, count = np.empty(hazard.size, np.int64), np.empty(hazard.size, np.int64), 0
    for i in range(len(hazard)):
        rank, large, reached = F(i), yes(0), yes(0)
        for r in range(runs):
            within, beyond = near[r], far[r]  # both read first, or the loop is not vectorised
            h = hazard[i, r] * (within if rank < first[r] else beyond)
            h = h if h < limit else limit
            todays[r] = h
            large = yes(large | yes(h > near_enough))
        if large:
            for r in range(runs):
                cumulated[i, r] -= at_risk[i, r] * log1p(-todays[r])
        else:
            for r in range(runs):
                cumulated[i, r] -= at_risk[i, r] * log1p_near(-todays[r])
        for r in range(runs):
            reached = yes(reached | yes((cumulated[i, r] >= tolerance[i, r]) & (at_risk[i, r] > zero)))
        if not reached:
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
    follows: Floats,
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
        q = squad_of[i, r]
        stage[i, r] = HOME if stage[i, r] == DEPLOYED else OPTED_OUT
        letter[i, r] = ACCEPTED
        present[i, r] = 0
        at_risk[i, r] = 0
        squad_present[q, r] -= one
        squad_exits[q, r] += one
        exits[r] += one
        if follows[i, r] <= 0:
            leader_left[q, r] = 1


@compiled
def endanger(stage: Ints, deployed: int, danger: Floats, casualty: Floats) -> bool:
    """Take today's danger of each run, ``(runs,)``, off what its officers in theatre survive; whether any is hit."""
    zero, hit = casualty.dtype.type(0), False
    for i in range(stage.shape[0]):
        for r in range(stage.shape[1]):
            if stage[i, r] == deployed:
                casualty[i, r] -= danger[r]
                hit |= casualty[i, r] <= zero
    return hit


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
def by_squad(values: Array, squad_of: Ints, out: Array) -> None:
    """Add rows to their squads', row after row: ``(officers, runs)`` twice, ``(squads, runs)``."""
    officers, runs = values.shape
    for i in range(officers):
        for r in range(runs):
            out[squad_of[i, r], r] += values[i, r]


@compiled
def to_officers(values: Array, squad_of: Ints, out: Array) -> None:
    """Hand each officer his squad's value: ``(squads, runs)``, then ``(officers, runs)`` twice."""
    officers, runs = squad_of.shape
    for i in range(officers):
        for r in range(runs):
            out[i, r] = values[squad_of[i, r], r]


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
def together(recent: Floats, sizes: Floats, share: Floats, members: Floats) -> None:
    """Raise, each ``(runs,)``, the largest share of a squad that has left lately, and the most of one squad that have.

    ``recent`` is ``(days, squads, runs)``, of which there are three; ``sizes`` is ``(squads, runs)``, 0 for a squad
    that a run lacks.
    """
    one = share.dtype.type(1)
    _, squads, runs = recent.shape
    for q in range(squads):
        for r in range(runs):
            left = recent[0, q, r] + recent[1, q, r] + recent[2, q, r]
            of = left / (sizes[q, r] if sizes[q, r] > one else one)
            share[r] = of if of > share[r] else share[r]
            members[r] = left if left > members[r] else members[r]
