"""Compiled kernels of the governments' day: one pass over the runs where NumPy takes twenty.

As in :mod:`sim.model.officer_kernels`, each run is computed alone; all arrays are ``(runs,)``, and what is filled comes
last.
"""

from __future__ import annotations

from typing import Any

from sim.arrays import Floats, Ints
from sim.model.jit import compiled


@compiled
def wait_for_kit(kit_first: Floats, readiness: Floats, ready: Any, day: int, announced_on: Ints) -> None:
    """While nothing is announced because the kit is not ready, what will be counts from tomorrow at the earliest."""
    zero = readiness.dtype.type(0)
    for r in range(len(readiness)):
        if kit_first[r] > zero and readiness[r] < ready:
            announced_on[r] = day + 1


@compiled
def heard(announced: Floats, start: Floats, kit_first: Floats, readiness: Floats, ready: Any, out: Floats) -> None:
    """What has been announced: no more than at the start while the kit is waited for."""
    zero = readiness.dtype.type(0)
    for r in range(len(out)):
        level, usual = announced[r], start[r]
        waiting = kit_first[r] > zero and readiness[r] < ready
        out[r] = usual if waiting and level > usual else level


@compiled
def fading(announced_on: Ints, phase: Ints, deploying: int, day: int, half_life: Floats, out: Floats) -> None:
    """−t/half-life since departure was last announced, 0 once officers depart; the caller takes the power of two."""
    F = out.dtype.type
    for r in range(len(out)):
        since = day - announced_on[r]
        fades = announced_on[r] > 0 and since > 0 and phase[r] < deploying
        out[r] = -F(since) / half_life[r] if fades else F(0)


@compiled
def imminence(heard: Floats, start: Floats, kept: Floats, out: Floats) -> None:
    """I = I₀ + (a − I₀)·2^{−t/half-life} above I₀, and a itself below it."""
    for r in range(len(out)):
        level, usual = heard[r], start[r]
        out[r] = usual + (level - usual) * kept[r] if level > usual else level


@compiled
def settle(arrears: Floats, pay_escrow: Floats) -> None:
    """Escrow pays what is owed, in place."""
    one = arrears.dtype.type(1)
    for r in range(len(arrears)):
        arrears[r] *= one - pay_escrow[r]


@compiled
def assurance(
    of_readiness: Floats,
    readiness: Floats,
    of_terms: Floats,
    terms: Floats,
    of_protection: Floats,
    insurance: Floats,
    evacuation: Floats,
    rules: Floats,
    out: Floats,
) -> None:
    """A = w₁R + w₂·terms + w₃·(insurance, evacuation, rules of engagement; a third each)."""
    third = out.dtype.type(3)
    for r in range(len(out)):
        promised = of_readiness[r] * readiness[r] + of_terms[r] * terms[r]
        out[r] = promised + of_protection[r] * (insurance[r] + evacuation[r] + rules[r]) / third
