"""Compiled kernels of the gangs' day: one pass over the runs where NumPy takes twenty, and one over the attacks.

As in :mod:`sim.model.officer_kernels`, each run is computed alone and in a fixed order; where a power or an
exponential of the levels is needed, the caller takes NumPy's between two kernels.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from sim.arrays import Floats, Ints
from sim.model.elementary import exp, log
from sim.model.jit import compiled

ELEMENTARY = "a1cf272e1900"
"""As in :mod:`sim.model.officer_kernels`."""

MOST_ATTACKS = 500.0
"""Rates above are taken as this, where the day's count has long lost its meaning."""
LEAST_DISTANCE = 1e-3
"""1 − I₀ below this counts as this, so that an imminence that starts at one divides nothing by zero."""


@compiled
def arouse(
    prime_minister: Floats,
    heard: Floats,
    shut_out: Floats,
    imminence_start: Floats,
    day: int,
    days: Floats,
    trigger_on: Ints,
    level: Floats,
    tired: Floats,
) -> None:
    """How strong each trigger is today, and how tired of it the gangs are, ``(3, runs)`` each.

    The triggers are absence, a force that is nearer than at the start, and exclusion. ``trigger_on`` ``(3, runs)``
    becomes the day on which each last rose from nothing, 0 while it is nothing; ``tired`` gets −t/τ_c, of which the
    caller takes the exponential.
    """
    F = level.dtype.type
    zero, one, least = F(0), F(1), F(LEAST_DISTANCE)
    for r in range(len(days)):
        far = one - imminence_start[r]
        nearer = heard[r] - imminence_start[r]
        level[0, r] = one - prime_minister[r]
        level[1, r] = (nearer if nearer > zero else zero) / (far if far > least else least)
        level[2, r] = shut_out[r]
    for j in range(len(level)):
        for r in range(len(days)):
            if level[j, r] <= zero:
                trigger_on[j, r] = 0
            elif trigger_on[j, r] == 0:
                trigger_on[j, r] = day
            since = F(day - trigger_on[j, r]) if trigger_on[j, r] > 0 else zero
            tired[j, r] = -since / days[r]


@compiled
def trigger(
    level: Floats, fresh: Floats, of_prime_minister: Floats, of_force: Floats, of_talks: Floats, out: Floats
) -> None:
    """1 − Π(1 − w·z·e^{−t/τ_c}) of :func:`sim.model.gangs.trigger`, ``(runs,)``; ``fresh`` is the exponential."""
    one = out.dtype.type(1)
    for r in range(len(out)):
        absent = one - of_prime_minister[r] * (level[0, r] * fresh[0, r])
        force = one - of_force[r] * (level[1, r] * fresh[1, r])
        out[r] = one - absent * force * (one - of_talks[r] * (level[2, r] * fresh[2, r]))


@compiled
def unite(coalition: Floats, pull: Floats, growth: Floats, decay: Floats, floor: Floats) -> None:
    """c′ = c + ρ·trigger·(1 − c) − δ(c − c_floor), within floor and one, in place; all ``(runs,)``."""
    one = coalition.dtype.type(1)
    for r in range(len(coalition)):
        c = coalition[r]
        c = c + (growth[r] * pull[r] * (one - c) - decay[r] * (c - floor[r]))
        c = floor[r] if c < floor[r] else c
        coalition[r] = one if c > one else c


@compiled
def pressure(
    police: Floats, deployed: Floats, troops: Floats, unit: Any, gain: Floats, start: Floats, most: Any, out: Floats
) -> None:
    """−κ_p(p − p₀), at most ``most``: what the exponential of the intensity is taken of; all ``(runs,)``."""
    for r in range(len(out)):
        y = -gain[r] * ((police[r] + deployed[r] + troops[r]) / unit - start[r])
        out[r] = most if y > most else y


@compiled
def intensity(
    background: Floats,
    excitation: Floats,
    branching: Floats,
    coalition: Floats,
    coalition_gain: Floats,
    authority: Floats,
    vacuum_gain: Floats,
    pressed: Floats,
    truce: Floats,
    truce_factor: Floats,
    out: Floats,
) -> None:
    """λ of each bloc (docs/ODD.md, 7.8), ``(blocs, runs)`` like the first two; the rest are ``(runs,)``.

    ``pressed`` is e^{−κ_p(p − p₀)}.
    """
    one = out.dtype.type(1)
    blocs, runs = out.shape
    common, left = np.empty_like(pressed), np.empty_like(pressed)
    for r in range(runs):
        united = one + coalition_gain[r] * coalition[r]
        common[r] = united * (one + vacuum_gain[r] * (one - authority[r])) * pressed[r]
        left[r] = one - (one - truce_factor[r]) * truce[r]
    for j in range(blocs):
        for r in range(runs):
            out[j, r] = (background[j, r] * common[r] + branching[r] * excitation[j, r]) * left[r]


@compiled
def answer(coalition: Floats, floor: Floats, gain: Floats, operations: Floats, vigilantes: Floats, out: Floats) -> None:
    """Rates of deaths in operations and by vigilantes, ``(2, runs)``: the state answers a united enemy harder."""
    one = out.dtype.type(1)
    for r in range(len(coalition)):
        harder = one + gain[r] * (coalition[r] - floor[r])
        out[0, r], out[1, r] = operations[r] * harder, vigilantes[r] * harder


@compiled
def poisson(uniform: Floats, rate: Floats, out: Ints) -> None:
    """Poisson counts by inverse CDF of fixed uniforms, all ``(n,)``, in float64 (docs/ODD.md, 7.8)."""
    reached, mass = np.empty(len(rate)), np.empty(len(rate))
    for i in range(len(rate)):  # the first two steps without a branch, because most counts end there
        most = min(np.float64(rate[i]), MOST_ATTACKS)
        none = exp(-most)
        one = none * most
        two = one * most / 2
        mass[i], reached[i] = two, none + one + two
        out[i] = np.int64(uniform[i] > none) + np.int64(uniform[i] > none + one)
    for i in range(len(rate)):
        if uniform[i] > reached[i]:
            most, k = min(np.float64(rate[i]), MOST_ATTACKS), 2
            last = most + 40 * math.sqrt(most + 1)
            while uniform[i] > reached[i] and k <= last:
                k += 1
                mass[i] = mass[i] * most / k
                reached[i] += mass[i]
            out[i] = k


@compiled
def attacks(counts: Ints, slots: int, all_told: Floats) -> tuple[Ints, Ints, Ints]:
    """Bloc, run and slot of each attack, ``(attacks,)``, at most ``slots`` a bloc; ``counts`` is ``(blocs, runs)``.

    ``all_told`` gets the number of attacks of each run, ``(runs,)``, beyond the slots too.
    """
    blocs, runs = counts.shape
    sums, listed = np.zeros(runs, np.int64), 0
    for j in range(blocs):
        for r in range(runs):
            sums[r] += counts[j, r]
            listed += min(counts[j, r], slots)
    for r in range(runs):
        all_told[r] = sums[r]
    bloc, run, slot = np.empty(listed, np.int64), np.empty(listed, np.int64), np.empty(listed, np.int64)
    n = 0
    for j in range(blocs):
        for r in range(runs):
            for k in range(min(counts[j, r], slots)):
                bloc[n], run[n], slot[n] = j, r, k
                n += 1
    return bloc, run, slot


@compiled
def severity(uniform: Floats, scale: Floats, tail: Floats, cap: int, out: Floats) -> None:
    """Deaths of an attack, all ``(attacks,)`` and in float64: ⌊Lomax⌋ by inverse CDF, capped (docs/ODD.md, 7.8)."""
    for k in range(len(uniform)):
        out[k] = min(math.floor(scale[k] * (exp(-log(1 - uniform[k]) / tail[k]) - 1)), cap)


@compiled
def toll(
    run: Ints,
    mark: Floats,
    fate: Floats,
    scale: Floats,
    tail: Floats,
    cap: int,
    coalition: Floats,
    strategic_base: Floats,
    strategic_gain: Floats,
    salience: Floats,
    kenya_relevance: Floats,
    police: float,
    threat: Any,
    by_state: Floats,
    civilian_share: Floats,
    killed: Floats,
    of_civilians: Floats,
    strategic_salience: Floats,
    civilian_salience: Floats,
) -> None:
    """What today's attacks cost and how loud they are; an attack's whom and how many are its own two draws.

    Parameters
    ----------
    run, mark, fate
        ``(attacks,)``; all else ``(runs,)`` unless said.
    scale, tail, cap
        Of the deaths of an attack, see :func:`severity`.
    police, threat
        What parts the kinds of strategic attacks.
    by_state, civilian_share
        Deaths in operations and by vigilantes, ``(2, runs)``, and how many of these are civilians.
    killed, of_civilians, strategic_salience, civilian_salience
        What is filled.
    """
    zero, one = coalition.dtype.type(0), coalition.dtype.type(1)
    runs, number = len(coalition), len(run)
    sums, shares = np.zeros((4, runs)), np.empty(runs)
    for r in range(runs):
        share = strategic_base[r] + strategic_gain[r] * coalition[r]
        share = zero if share < zero else share
        shares[r] = one if share > one else share
    deaths, scales, tails = np.empty(number), np.empty(number), np.empty(number)
    for k in range(number):
        scales[k], tails[k] = scale[run[k]], tail[run[k]]
    severity(fate, scales, tails, cap, deaths)
    for k in range(number):
        r = run[k]
        kind = mark[k] / max(shares[r], 1e-12)
        strategic = mark[k] < shares[r]
        sums[0, r] += deaths[k]
        if not (strategic and kind < police):
            sums[1, r] += deaths[k]
        if strategic:
            sums[2, r] += salience[r] * (one + kenya_relevance[r]) if threat[0] <= kind < threat[1] else salience[r]
        else:
            sums[3, r] += 1
    for r in range(runs):
        killed[r], strategic_salience[r], civilian_salience[r] = sums[0, r], sums[2, r], sums[3, r]
        of_civilians[r] = sums[1, r] + civilian_share[r] * (by_state[0, r] + by_state[1, r])


@compiled
def aftermath(
    attacks: Ints, excitation: Floats, keep: Floats, control: Floats, all_told: Floats, gain: Floats, loss: Floats
) -> None:
    """What attacks leave behind, in place: S′ = e^{−ω}S + (1 − e^{−ω})N and C′ = C + g·N(1 − C) − o·C, within 0 and 1.

    ``attacks`` and ``excitation`` are ``(blocs, runs)``, the rest ``(runs,)``.
    """
    F = control.dtype.type
    zero, one = F(0), F(1)
    blocs, runs = excitation.shape
    for j in range(blocs):
        for r in range(runs):
            fresh = (one - keep[r]) * np.float64(attacks[j, r])
            excitation[j, r] = F(excitation[j, r] * keep[r]) + fresh
    for r in range(runs):
        c = control[r]
        c = c + (gain[r] * all_told[r] * (one - c) - loss[r] * c)
        c = zero if c < zero else c
        control[r] = one if c > one else c
