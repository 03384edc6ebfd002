"""Settings that nobody knows: how each is drawn in a world, and whether a case draws it, holds it, or was kept for it.

A case of ``unknowns=fixed`` has a value for everything. Under ``prior`` every uncertain setting that nobody holds takes
a value of its own in each world, and under ``posterior`` the worlds are those of a bank whose run lived the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Literal

FIXED, PRIOR, POSTERIOR = MODES = ("fixed", "prior", "posterior")
MODE = "unknowns.mode"
"""Setting that says which of :data:`MODES` a case is of."""
SHARES = ("governments.weight_readiness", "governments.weight_terms", "governments.weight_protection")
"""Weights of assurance, which add up to 1: a Dirichlet(3) draw, each a Gamma(3) by its own name, normalised."""
GAPS: Mapping[str, str] = MappingProxyType({"governments.resume_authority": "governments.pause_authority"})
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
