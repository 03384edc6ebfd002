"""What is known about one setting: the row that ``tabletop show parameters`` prints.

A value itself lives in ``conf/``; everything that must be said about it lives here, once. A table of settings is
written row by row, under the heads of its columns::

    LEVERS = rows(
        "levers",
        # role name         unit        bounds     prior      status
        lever( "insurance", "1",        (0, 1),    None,      "assumed", "life and injury insurance signed"),
        lever( "reserve",   "officers", (0, 1000), (0, 200),  "assumed", "officers on a reserve list"),
    )
"""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass, replace
from functools import partial
from typing import Literal

Role = Literal["lever", "uncertainty", "constant"]
Status = Literal["documented", "derived", "assumed"]
Scale = Literal["uniform", "log"]
Kind = Literal["float", "int", "bool", "date", "choice", "text"]
REFERENCE = re.compile(r"\$\{([A-Za-z_]\w*(?:\.\w+)*)\}")
"""The one reference that is followed: a whole value that names one setting, ``${officers.pool}``."""


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
    status
        ``documented`` (a source gives the number), ``derived`` (computed from one), ``assumed``.
    text
        The meaning, in one line.
    source
        Paper, reasoning, or empty when ``facts`` says it all.
    facts
        Ids of the facts in the record that this setting rests on.
    role
        ``lever`` (someone can decide it), ``uncertainty`` (nobody knows it), ``constant``.
    kind
        Type of the value.
    choices
        The admissible words of a ``choice``.
    scale
        On which the prior range is explored: ``uniform``, or ``log`` where the default is its geometric centre.
    structural
        True when the setting shapes arrays or code, so that runs that differ in it cannot share a block.
    """

    key: str
    unit: str
    bounds: tuple[float, float] | None
    prior: tuple[float, float] | None
    status: Status
    text: str
    source: str = ""
    facts: tuple[str, ...] = ()
    _: KW_ONLY
    role: Role
    kind: Kind = "float"
    choices: tuple[str, ...] = ()
    scale: Scale = "uniform"
    structural: bool = False


lever = partial(Parameter, role="lever")
"""A row of a table of settings that someone can decide."""
uncertainty = partial(Parameter, role="uncertainty")
"""A row of a table of settings that nobody knows."""
constant = partial(Parameter, role="constant")
"""A row of a table of settings that are not explored."""


def rows(group: str, *settings: Parameter, about: str = "") -> tuple[Parameter, ...]:
    """The settings of one group of the configuration, written down under their short names.

    Parameters
    ----------
    group
        Name of the group, which becomes the first part of each key.
    settings
        Rows made by :data:`lever`, :data:`uncertainty` or :data:`constant`.
    about
        What the rows are of, where the key does not say it: it comes before each text, with a colon.
    """
    prefix = f"{about}: " if about else ""
    return tuple(replace(row, key=f"{group}.{row.key}", text=prefix + row.text) for row in settings)
