"""Designs: which settings to try. What the settings group ``design`` may say, and samples over ranges of settings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np

from sim.arrays import FloatArray
from sim.errors import UserMistake
from sim.model.withdrawal import THEORIES
from sim.settings.parameter import Parameter
from sim.settings.schema import FIXED
from sim.settings.words import Interval

Name = Literal["factorial", "lhs", "sobol", "morris", "file"]

SETTINGS: Mapping[Name, tuple[str, ...]] = {
    "factorial": (),
    "lhs": ("size", "seed", "prior"),
    "sobol": ("size", "seed", "prior"),
    "morris": ("size", "seed", "prior", "levels"),
    "file": ("path", "store"),
}
"""What each design can be told."""
PRIORS = ("all", "shared", "theory")


@dataclass(frozen=True)
class Design:
    """How the cases of a sweep are chosen.

    Attributes
    ----------
    size
        Points of a Latin hypercube, base samples of Saltelli's scheme, or Morris' trajectories.
    levels
        Levels of Morris' grid.
    prior
        Settings, groups, or ``all``, ``shared``, ``theory``: whose prior ranges are explored besides the intervals.
    path, store
        File of a list of cases, and the folder of the store that knows their ids; None: the one that is added to.
    """

    name: Name = "factorial"
    size: int = 64
    seed: int = 0
    levels: int = 4
    prior: tuple[str, ...] = ()
    path: str | None = None
    store: str | None = None

    @property
    def explores(self) -> bool:
        """Whether it samples intervals."""
        return "prior" in SETTINGS[self.name]


FACTORIAL = Design()


def read_design(given: Any) -> Design:
    """Check the composed group ``design``.

    Raises
    ------
    UserMistake
        For an unknown design, a setting that it does not have, or a value that it cannot take.
    """
    name = given.get("name") if isinstance(given, Mapping) else given
    if name not in SETTINGS:
        raise UserMistake("design", name, f"one of {', '.join(SETTINGS)}")
    rest = {key: value for key, value in given.items() if key != "name"} if isinstance(given, Mapping) else {}
    takes = SETTINGS[cast(Name, name)]
    for key in rest:
        if key not in takes:
            raise UserMistake(f"design.{key}", rest[key], f"design={name} takes {', '.join(takes) or 'no settings'}")
    size, seed, levels = rest.get("size", 64), rest.get("seed", 0), rest.get("levels", 4)
    for key, value, least in (("size", size, 1), ("seed", seed, 0), ("levels", levels, 2)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise UserMistake(f"design.{key}", value, f"a whole number, at least {least}")
    if name == "sobol" and size & (size - 1):
        raise UserMistake("design.size", size, f"a power of two, such as {1 << (size - 1).bit_length()}")
    if name == "morris" and levels % 2:
        raise UserMistake("design.levels", levels, "an even number, so that all levels are equally likely")
    prior = rest.get("prior")
    prior = [] if prior is None else [prior] if isinstance(prior, str) else prior
    if not isinstance(prior, list) or not all(isinstance(word, str) for word in prior):
        raise UserMistake("design.prior", rest.get("prior"), "all, shared, theory, or a list of groups and settings")
    path = rest.get("path")
    if name == "file" and not (isinstance(path, str) and path.strip()):
        raise UserMistake("design.path", path, "a CSV file with a column for each setting, or one of case ids")
    store = rest.get("store")
    if store is not None and not isinstance(store, str):
        raise UserMistake("design.store", store, "the folder of a store")
    return Design(cast(Name, name), size, seed, levels, tuple(prior), path, store)


def explored(theory: str | None = None) -> tuple[Parameter, ...]:
    """Uncertain settings that have a prior range and shape no array: the shared ones, or a theory's own."""
    rows = FIXED if theory is None else THEORIES[theory].parameters
    return tuple(p for p in rows if p.role == "uncertainty" and p.prior is not None and not p.structural)


def priors(names: Sequence[str], theory: str) -> tuple[Interval, ...]:
    """Prior ranges of what ``design.prior`` names, as far as worlds of this theory have it.

    Raises
    ------
    UserMistake
        For a name that is no group or setting with a prior range under any theory.
    """
    shared, own = explored(), explored(theory)
    here = {p.key: p for p in (*FIXED, *THEORIES[theory].parameters) if p.prior is not None}
    chosen: dict[str, Parameter] = {}
    for name in names:
        rows = {"all": (*shared, *own), "shared": shared, "theory": own}.get(name)
        if rows is None and name in here:
            rows = (here[name],)
        if rows is None:
            rows = tuple(p for p in (*shared, *own) if p.key.startswith(f"{name}."))
            if not rows and not any(name == p.key for t in THEORIES.values() for p in t.parameters):
                right = f"{', '.join(PRIORS)}, a group, or a setting with a prior range (tabletop show parameters)"
                raise UserMistake("design.prior", name, right)
        chosen |= {p.key: p for p in rows}
    return tuple(Interval(p.key, *p.prior, p.kind == "int") for p in chosen.values() if p.prior is not None)


def latin_hypercube(parameters: Sequence[Parameter], size: int, seed: int) -> list[dict[str, float]]:
    """``size`` settings, each parameter evenly over its prior range (McKay, Beckman & Conover 1979).

    The same parameters, size and seed give the same settings.
    """
    ranges = [Interval(p.key, *p.prior, p.kind == "int") for p in parameters if p.prior is not None]
    return points(Design("lhs", size, seed), ranges)


def count_of(design: Design, settings: int) -> int:
    """How many points a design has, without making them."""
    return design.size * {"sobol": settings + 2, "morris": settings + 1}.get(design.name, 1)


def points(design: Design, ranges: Sequence[Interval]) -> list[dict[str, float]]:
    """The settings that a design tries, in its order; values to six significant digits.

    Whole numbers are equally likely, both ends among them.

    Returns
    -------
    For ``lhs`` ``size`` points (McKay, Beckman & Conover 1979); for ``sobol`` Saltelli's scheme without second order,
    ``size × (n + 2)`` (Saltelli 2010); for ``morris`` ``size`` trajectories of ``n + 1`` points (Morris 1991, drawn by
    SALib). The same design and ranges give the same points.
    """
    if not ranges:
        return [{} for _ in range(design.size)]
    unit = _unit(design, len(ranges))
    return [{r.key: _between(r, u) for r, u in zip(ranges, row, strict=True)} for row in unit.tolist()]


def _between(ends: Interval, share: float) -> float:
    if ends.whole:
        low, high = int(ends.low), int(ends.high)
        return min(high, low + math.floor(share * (high - low + 1)))
    value = float(f"{ends.low + share * (ends.high - ends.low):.6g}")
    return min(max(value, ends.low), ends.high)


def _unit(design: Design, count: int) -> FloatArray:
    """The points in the unit cube, ``(points, count)``."""
    if design.name == "lhs":
        from scipy.stats import qmc  # takes a second to load, and most commands have no design

        cube: FloatArray = qmc.LatinHypercube(d=count, rng=design.seed).random(design.size)
        return cube
    return _salib(design, unit_problem(count))


def unit_problem(count: int) -> dict[str, Any]:
    """SALib's description of ``count`` inputs from 0 to 1."""
    return {"num_vars": count, "names": [str(n) for n in range(count)], "bounds": [[0.0, 1.0]] * count}


def _salib(design: Design, problem: dict[str, Any]) -> FloatArray:
    if design.name == "sobol":
        from SALib.sample import sobol

        found = sobol.sample(problem, design.size, calc_second_order=False, seed=design.seed)
    else:
        from SALib.sample import morris

        found = morris.sample(problem, design.size, num_levels=design.levels, seed=design.seed)
    return np.asarray(found, dtype=np.float64)
