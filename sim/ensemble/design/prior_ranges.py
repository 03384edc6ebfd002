"""Prior ranges of settings, which designs explore."""

from __future__ import annotations

from collections.abc import Sequence

from sim.ensemble.cases.priors import explored
from sim.errors import UserMistake
from sim.model.withdrawal import THEORIES
from sim.settings.overrides import SweptRange
from sim.settings.parameter import Parameter
from sim.settings.schema import FIXED

PRIORS = ("all", "shared", "theory")
"""Words of ``design.prior`` that are no group and no setting."""


def priors(names: Sequence[str], theory: str) -> tuple[SweptRange, ...]:
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
    return intervals(tuple(chosen.values()))


def intervals(parameters: Sequence[Parameter]) -> tuple[SweptRange, ...]:
    """The prior ranges of settings on their scales, those left out that have none."""
    known = [(p, p.prior) for p in parameters if p.prior is not None]
    return tuple(SweptRange(p.key, *prior, p.kind == "int", p.scale == "log") for p, prior in known)
