"""Settings that nobody knows: how each is drawn in a world, and whether a case draws it, holds it, or was kept for it.

A case of ``unknowns=fixed`` has a value for everything. Under ``prior`` every uncertain setting that nobody holds takes
a value of its own in each world, and under ``posterior`` the worlds are those of a bank whose run lived the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from sim.errors import UserMistake
from sim.model.withdrawal import THEORIES
from sim.settings.packaged import packaged_values
from sim.settings.parameter import Parameter
from sim.settings.schema import FIXED as SETTINGS
from sim.settings.schema import canonical, near

FIXED, PRIOR, POSTERIOR = MODES = ("fixed", "prior", "posterior")
MODE = "unknowns.mode"
"""Setting that says which of :data:`MODES` a case is of."""
SHARES = ("governments.weight_readiness", "governments.weight_terms", "governments.weight_protection")
"""Weights of assurance, which add up to 1: a Dirichlet(3) draw, each a Gamma(3) by its own name, normalised."""
GAPS = MappingProxyType({"governments.resume_authority": "governments.pause_authority"})
"""Settings that make sense only beside another: what is drawn is the gap from it."""
SWITCHES = frozenset({"officers.reactance"})
"""Settings whose default switches something off; a switch is thrown by hand, and nothing is drawn."""

How = Literal["uniform", "log", "gap", "share"]


@dataclass(frozen=True, slots=True)
class Prior:
    """How a setting is drawn.

    Attributes
    ----------
    low, high
        Ends of the range, in the setting's unit; of a gap those of the gap. A share has none that count.
    how
        ``uniform`` or ``log`` between the ends, a ``gap`` above another setting, or a ``share`` of a whole.
    whole
        Whether only whole numbers are taken, both ends among them.
    """

    low: float
    high: float
    how: How = "uniform"
    whole: bool = False

    def plain(self) -> list[Any]:
        """As JSON has it: what makes two priors the same."""
        return [self.low, self.high, self.how, *([True] if self.whole else [])]

    @classmethod
    def of_plain(cls, given: Any) -> Prior:
        """Undo :meth:`plain`; raises ValueError for anything else."""
        low, high, how, *whole = given
        if how not in ("uniform", "log", "gap", "share") or whole not in ([], [True]):
            raise ValueError(f"no prior: {given}")
        return cls(float(low), float(high), how, bool(whole))


@dataclass(frozen=True)
class Unknowns:
    """What a case does about the settings that nobody knows.

    Attributes
    ----------
    drawn
        The settings that take a value of their own in each world, by dotted name.
    bank
        Under ``posterior``: id of the bank's case, whose worlds they are.
    root_seed
        Under ``posterior``: the bank's, which the past's luck and the unknowns rest on.
    parts
        Under ``posterior``: first day of a future's own luck.
    narrowed
        Under ``posterior``: priors that were asked for inside the bank's, for where there is no world in them.
    """

    drawn: Mapping[str, Prior] = field(default_factory=dict)
    bank: str = ""
    root_seed: int = 0
    parts: date | None = None
    narrowed: Mapping[str, Prior] = field(default_factory=dict, compare=False)

    def plain(self) -> dict[str, Any]:
        """As JSON has it; empty where nothing is drawn and no bank is named."""
        told: dict[str, Any] = {"drawn": {key: prior.plain() for key, prior in sorted(self.drawn.items())}}
        if self.bank:
            told |= {"bank": self.bank, "root_seed": self.root_seed}
            told |= {"parts": self.parts.isoformat() if self.parts else None}
        return told if self.bank or self.drawn else {}

    @classmethod
    def of_plain(cls, given: Mapping[str, Any]) -> Unknowns:
        """Undo :meth:`plain`; raises KeyError, TypeError or ValueError for anything else."""
        parts = given.get("parts")
        return cls(
            {str(key): Prior.of_plain(prior) for key, prior in given.get("drawn", {}).items()},
            str(given.get("bank", "")),
            int(given.get("root_seed", 0)),
            date.fromisoformat(parts) if parts else None,
        )

    def without(self, held: Mapping[str, Any]) -> Unknowns:
        """The same with some settings held."""
        left = {key: prior for key, prior in self.drawn.items() if key not in held}
        return replace(self, drawn=left)


NOTHING_DRAWN = Unknowns()


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
