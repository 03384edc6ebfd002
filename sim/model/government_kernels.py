"""Compiled kernels of the governments' day: one pass over the runs where NumPy takes twenty.

As in :mod:`sim.model.officer_kernels`, each run is computed alone; all arrays are ``(runs,)``, and what is filled comes
last.
"""

from __future__ import annotations

from typing import Any

from sim.arrays import Floats
from sim.model.jit import compiled


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
