"""Indices of sensitivity, one design a file: what the points of a design say of each of its settings.

A module of this package that has an ``INDICES`` analyses the design of the same name in
:mod:`sim.ensemble.design.designs`; there is no list to add it to (docs/EXTENDING.md).
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.analysis.indices.interface import Indices
from sim.discovery import discover as found_in


def discover() -> Mapping[str, Indices]:
    """What this package's modules analyse, by the name of the design."""
    every: list[Indices] = found_in(__name__, "INDICES")
    return {indices.name: indices for indices in every}


INDICES = discover()
"""All by the name of the design."""
