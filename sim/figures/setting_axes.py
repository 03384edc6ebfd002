"""A setting on an axis: its name with unit and meaning, and where it stands unless someone sets it."""

from __future__ import annotations

from functools import cache

import numpy as np

from sim.model.withdrawal import THEORIES
from sim.settings.composition import compose
from sim.settings.parameter import Parameter
from sim.settings.schema import FIXED


def parameter_of(name: str, theory: str) -> Parameter | None:
    """What is known of a setting under a theory, which may have settings of its own; None where it is none."""
    return next((one for one in (*FIXED, *THEORIES[theory].parameters) if one.key == name), None)


def axis_of(name: str, theory: str) -> str:
    """The words along its axis: name, unit and meaning."""
    known = parameter_of(name, theory)
    if known is None:
        return name
    unit = "" if known.unit in ("1", "") else f" ({known.unit})"
    return f"{name}{unit}: {known.text}"


@cache
def default_of(name: str, theory: str) -> float | None:
    """The packaged value of a setting under a theory; None where it has none, or it is no number."""
    group, _, key = name.partition(".")
    value = compose([f"theory={theory}"]).get(group, {}).get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(np.round(value, 12))
