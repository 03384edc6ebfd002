"""Which settings are drawn under a theory, and how: the ranges of the tables of settings, or somebody's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from sim.ensemble.cases.unknowns import GAPS, SHARES, SWITCHES, Prior
from sim.errors import UserMistake
from sim.model.withdrawal import THEORIES
from sim.settings.packaged import packaged_values
from sim.settings.parameter import Parameter
from sim.settings.schema import FIXED as SETTINGS
from sim.settings.schema import canonical, near


def explored(theory: str | None = None) -> tuple[Parameter, ...]:
    """Uncertain settings that have a prior range and shape no array: the shared ones, or a theory's own."""
    rows = SETTINGS if theory is None else THEORIES[theory].parameters
    return tuple(p for p in rows if p.role == "uncertainty" and p.prior is not None and not p.structural)


@cache
def priors_of(theory: str) -> Mapping[str, Prior]:
    """The priors of everything that is drawn in a world under a theory, by dotted name."""
    values = packaged_values(theory)
    found: dict[str, Prior] = {}
    for p in (*explored(), *explored(theory)):
        assert p.prior is not None
        if p.key in SWITCHES:
            continue
        low, high, how = p.prior[0], p.prior[1], p.scale
        if p.key in SHARES:
            found[p.key] = Prior(0.0, 1.0, "share")
        elif p.key in GAPS:
            gap = float(str(values[p.key])) - float(str(values[GAPS[p.key]]))
            found[p.key] = Prior(canonical(0.5 * gap), canonical(1.5 * gap), "gap")
        else:
            found[p.key] = Prior(canonical(low), canonical(high), how, p.kind == "int")
    return MappingProxyType(found)


def with_ranges(priors: Mapping[str, Prior], ranges: Mapping[str, Any], theory: str) -> dict[str, Prior]:
    """Priors with the ranges that ``unknowns.range`` gives instead; those of other theories are left alone.

    Raises
    ------
    UserMistake
        For a setting that is not drawn under any theory, or what is no range inside the setting's bounds.
    """
    changed = dict(priors)
    for name, given in ranges.items():
        key = f"unknowns.range.{name}"
        if name not in priors:
            if any(name in priors_of(other) for other in THEORIES):
                continue
            raise UserMistake(key, given, "no setting that is drawn" + near(name))
        prior = priors[name]
        if prior.how in ("gap", "share"):
            what = "a gap from another" if prior.how == "gap" else "a share of a whole"
            raise UserMistake(key, given, f"is drawn as {what}, so it has no range of its own; hold it at a value")
        parameter = next(p for p in (*SETTINGS, *THEORIES[theory].parameters) if p.key == name)
        assert parameter.bounds is not None
        least, most = parameter.bounds
        right = f"two numbers from {least:g} to {most:g}, the smaller one first ({parameter.unit})"
        if not isinstance(given, list | tuple) or len(given) != 2:
            raise UserMistake(key, given, right)
        for end in given:
            if isinstance(end, bool) or not isinstance(end, int | float) or not least <= end <= most:
                raise UserMistake(key, given, right)
        low, high = map(canonical, given)
        if not low < high or (prior.how == "log" and low <= 0):
            raise UserMistake(key, given, right if prior.how != "log" else f"{right}, above 0")
        changed[name] = Prior(low, high, prior.how, prior.whole)
    return changed
