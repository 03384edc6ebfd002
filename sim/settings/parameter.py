"""What is known about one setting: the row that ``tabletop show parameters`` prints.

A value itself lives in ``conf/``; everything that must be said about it lives here, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["lever", "uncertainty", "constant"]
Status = Literal["documented", "derived", "assumed"]
Kind = Literal["float", "int", "bool", "date", "choice", "text"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One setting of the world.

    Parameters
    ----------
    key
        Dotted name, as typed on the command line (``gangs.branching_ratio``).
    unit
        Unit of the value; ``"1"`` for a pure number.
    bounds
        Hard, inclusive limits; a value outside is refused. ``None`` for kinds that have no order.
    prior
        The range that designs and calibration explore. Special cases (hazard zero, friction one) lie outside
        it and inside the bounds. ``None`` where nothing is explored.
    role
        ``lever`` (someone can decide it), ``uncertainty`` (nobody knows it), ``constant``.
    status
        ``documented`` (a source gives the number), ``derived`` (computed from one), ``assumed``.
    source
        Paper, reasoning, or empty when ``facts`` says it all.
    text
        The meaning, in one line.
    facts
        Ids of the facts in the record that this setting rests on.
    kind
        Type of the value.
    choices
        The admissible words of a ``choice``.
    structural
        True when the setting shapes arrays or code, so that runs that differ in it cannot share a block.
    """

    key: str
    unit: str
    bounds: tuple[float, float] | None
    prior: tuple[float, float] | None
    role: Role
    status: Status
    source: str
    text: str
    facts: tuple[str, ...] = ()
    kind: Kind = "float"
    choices: tuple[str, ...] = ()
    structural: bool = False
