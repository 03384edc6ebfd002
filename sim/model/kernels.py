"""Compiled kernels: the dense passes over (officers × runs), each one loop where NumPy takes ten.

Each element is computed alone, or summed in the order of the rows, with no fused or reordered arithmetic: a run's bits
do not depend on how many runs are beside it. Kernels live here and in gang_kernels, level_kernels and leaving_kernels,
and call nothing outside their own file but elementary functions: Numba's cache does not notice edits in other files.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Array, Floats, Ints
from sim.model.elementary import NEAR, exp, log, log1p, log1p_near
from sim.model.jit import compiled

ELEMENTARY = "22732e0d6abc"
"""Digest of the one file that kernels call into; a test demands that it follow that file, and then they recompile."""

ABREAST = 4
"""Officers whose exponentials are taken side by side: the steps of one do not wait for those of another."""


def coefficients(dtype: Any, *rows: Floats) -> Floats:
    """One array for a kernel, ``(rows, runs)``: many small arrays would each be checked for overlap with the rest."""
    table = np.empty((len(rows), len(rows[0])), dtype)
    for k, row in enumerate(rows):
        table[k] = row
    return table


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
def total(values: Array, out: Floats) -> None:
    """Sum over the first axis, row after row: ``(rows, runs) -> (runs,)``."""
    rows, runs = values.shape
    for r in range(runs):
        out[r] = 0
    for i in range(rows):
        for r in range(runs):
            out[r] += values[i, r]


@compiled
def mean_logistic(values: Floats, weights: Floats, by_squad: Floats, out: Floats) -> None:
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
def threat_efficacy(out: Floats, perceived: Floats, efficacy: Floats, c: Floats) -> None:
    """T1 (docs/ODD.md, 7.11) into ``out``, ``(officers, runs)``.

    ``c`` has the coefficients, ``(7, runs)``: x₀, 1/σ_x, κ_A·gain, log base, b_q, b_E, b_×.
    """
    zero, one = out.dtype.type(0), out.dtype.type(1)
    officers, runs = out.shape
    centre, scale, gain, base, threat, doubt, both = c[0], c[1], c[2], c[3], c[4], c[5], c[6]
    for i in range(officers):
        for r in range(runs):
            z = (perceived[i, r] - centre[r]) * scale[r]
            helpless = -(efficacy[i, r] + gain[r])
            fear, despair = z if z > zero else zero, helpless if helpless > zero else zero
            y = base[r] + doubt[r] * helpless + threat[r] * z + both[r] * (fear * despair)
            out[i, r] = one / (one + exp(-y))


@compiled
def prospects(
    out: Floats, perceived: Floats, pay_need: Floats, duty: Floats, bounds: Ints, c: Floats, curvature: Any
) -> None:
    """T2 (docs/ODD.md, 7.11) into ``out``, ``(officers, runs)``.

    ``c`` has the coefficients, ``(9, runs)``: u, u of leaders, α, γ, 1/γ, λ·ℓ^.88, premium·e^{−a/τ_a}, 1/s, h_max.
    """
    zero, one = out.dtype.type(0), out.dtype.type(1)
    runs = out.shape[1]
    alpha, gamma, inverse, loss, paid, calm, most = c[2], c[3], c[4], c[5], c[6], c[7], c[8]
    for q in range(len(bounds) - 1):
        for i in range(bounds[q], bounds[q + 1]):
            u = c[1] if i == bounds[q] else c[0]
            for r in range(runs):
                worst = one / (one + exp(-(perceived[i, r] + u[r])))
                best = one / (one + exp(-(perceived[i, r] - u[r])))
                p = alpha[r] * worst + (one - alpha[r]) * best
                p = zero if p < zero else p
                p = one if p > one else p
                up = gamma[r] * log(p)
                weight = exp(up - inverse[r] * log(exp(up) + exp(gamma[r] * log(one - p))))
                gain = exp(curvature * log(pay_need[i, r] * paid[r]))
                value = gain + duty[i, r] - loss[r] * weight
                out[i, r] = most[r] / (one + exp(value * calm[r]))


@compiled
def squad_threshold(
    out: Floats, perceived: Floats, threshold: Floats, bounds: Ints, share_out: Floats, c: Floats
) -> None:
    """T3 (docs/ODD.md, 7.11) into ``out``, ``(officers, runs)``; ``share_out`` is ``(squads, runs)``.

    ``c`` has the coefficients, ``(4, runs)``: x₀, 1/σ_x, κ, ν.
    """
    zero, runs = out.dtype.type(0), out.shape[1]
    centre, scale, lowered, acting = c[0], c[1], c[2], c[3]
    for q in range(len(bounds) - 1):
        for i in range(bounds[q], bounds[q + 1]):
            for r in range(runs):
                need = threshold[i, r] - lowered[r] * ((perceived[i, r] - centre[r]) * scale[r])
                willing = acting[r]
                out[i, r] = willing if share_out[q, r] >= need else zero


@compiled
def breach(out: Floats, perceived: Floats, c: Floats) -> None:
    """T4 (docs/ODD.md, 7.11) into ``out``, ``(officers, runs)``.

    ``c`` has the coefficients, ``(4, runs)``: x₀, 1/σ_x, b_qx·breach, and all that is the same for every officer.
    """
    zero, one = out.dtype.type(0), out.dtype.type(1)
    officers, runs = out.shape
    centre, scale, danger, common = c[0], c[1], c[2], c[3]
    for i in range(officers):
        for r in range(runs):
            z = (perceived[i, r] - centre[r]) * scale[r]
            out[i, r] = one / (one + exp(-((z if z > zero else zero) * danger[r] + common[r])))
