"""Designs: which settings to try. Space-filling samples over the prior ranges of the settings."""

from __future__ import annotations

from collections.abc import Sequence

from scipy.stats import qmc

from sim.model.withdrawal import THEORIES
from sim.settings.parameter import Parameter
from sim.settings.schema import FIXED


def explored(theory: str | None = None) -> tuple[Parameter, ...]:
    """Uncertain settings that have a prior range and shape no array: the shared ones, or a theory's own."""
    rows = FIXED if theory is None else THEORIES[theory].parameters
    return tuple(p for p in rows if p.role == "uncertainty" and p.prior is not None and not p.structural)


def latin_hypercube(parameters: Sequence[Parameter], size: int, seed: int) -> list[dict[str, float]]:
    """``size`` settings, each parameter evenly over its prior range (McKay, Beckman & Conover 1979).

    The same parameters, size and seed give the same settings.
    """
    if not parameters:
        return [{} for _ in range(size)]
    unit = qmc.LatinHypercube(d=len(parameters), rng=seed).random(size)
    ranges = [p.prior for p in parameters if p.prior is not None]
    scaled = qmc.scale(unit, [low for low, _ in ranges], [high for _, high in ranges])
    return [{p.key: float(f"{value:.6g}") for p, value in zip(parameters, point, strict=True)} for point in scaled]
