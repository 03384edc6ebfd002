"""Designs, one a file: which settings a sweep tries.

A module of this package that has a ``DESIGN`` is a design; there is no list to add it to (docs/EXTENDING.md). What a
design samples may be analysed by a module of the same name in :mod:`sim.analysis.indices`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.discovery import discover as found_in
from sim.ensemble.design.designs.interface import Design
from sim.settings.variants import read_choice


def discover() -> Mapping[str, type[Design]]:
    """The designs of this package's modules, by name."""
    designs: list[type[Design]] = found_in(__name__, "DESIGN")
    return {design.name: design for design in designs}


DESIGNS = discover()
"""All designs by name."""


def read_design(given: Any) -> Design:
    """The design that the composed group ``design`` asks for.

    Raises
    ------
    UserMistake
        For an unknown design, a setting that it does not have, or a value that it cannot take.
    """
    return read_choice("design", given, DESIGNS)
