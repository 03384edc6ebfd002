"""The check between Hydra and the model: every value known, of its type, and inside its bounds.

The theories bring their own rows, so they are handed in from above; nothing here imports the model.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any

from sim.errors import UserMistake
from sim.language import _
from sim.settings.parameter import Parameter
from sim.settings.tables.frame import CLOCK, ENSEMBLE, UNKNOWNS
from sim.settings.tables.gangs import GANGS
from sim.settings.tables.governments import GOVERNMENTS
from sim.settings.tables.levers import LEVERS
from sim.settings.tables.media import MEDIA
from sim.settings.tables.officers import OFFICERS

FIXED: tuple[Parameter, ...] = (*LEVERS, *GANGS, *OFFICERS, *GOVERNMENTS, *MEDIA, *CLOCK, *UNKNOWNS, *ENSEMBLE)
"""Every setting but the theories' own."""

Value = float | int | bool | str | date

_OTHERS = ("scenario", "executor", "design", "out", "patterns")
"""Groups with readers of their own."""
_READ_ELSEWHERE = ("unknowns.range", "unknowns.posterior")
"""Settings that name a range or a file, with readers of their own."""
_UNREAD = tuple(f"{key}." for key in _READ_ELSEWHERE)
_LAST_YEAR = 2140
_LIKE_A_NUMBER = re.compile(r"[-+]?[\d_]*\.?[\d_]+(?:[eE][-+]?\d+)?")


def check(config: Mapping[str, Any], theories: Mapping[str, Sequence[Parameter]]) -> dict[str, Value]:
    """Check a whole configuration; scenario, executor, design and out are left to their readers.

    Parameters
    ----------
    config
        Nested mappings as :func:`sim.settings.composition.compose` gives them.
    theories
        The settings of each theory, by its name.

    Returns
    -------
    Every setting by its dotted name, in its own type and unit, with the name of the theory as ``theory.name``.

    Raises
    ------
    UserMistake
        Naming the key, the value and what would be right.
    """
    given = dict(flatten({k: v for k, v in config.items() if k not in _OTHERS}))
    given = {key: value for key, value in given.items() if not f"{key}.".startswith(_UNREAD)}
    theory = given.pop("theory.name", None)
    if not isinstance(theory, str) or theory not in theories:
        raise UserMistake("theory.name", theory, f"no such theory; there are {', '.join(theories)}")
    known = {p.key: p for p in (*FIXED, *theories[str(theory)])}
    for key, value in given.items():
        if key not in known:
            whole = key.rpartition(".")[0]
            if whole in known:  # a mapping where there should be a value
                check_value(known[whole], {key.rpartition(".")[2]: value})
            raise UserMistake(key, value, "no such setting" + near(key))
    checked: dict[str, Value] = {"theory.name": str(theory)}
    for key, parameter in known.items():
        if key not in given:
            raise UserMistake(key, None, f"missing; {parameter.text}")
        checked[key] = check_value(parameter, given[key])
    check_together(checked)
    if checked["ensemble.first_replicate"] + checked["ensemble.replicates"] > 2**31:  # type: ignore[operator]
        first = checked["ensemble.first_replicate"]
        raise UserMistake("ensemble.first_replicate", first, "first_replicate + replicates at most 2147483648")
    return checked


def flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted names and leaves of a nested mapping; an empty mapping has none."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def near(name: str) -> str:
    """A hint at the nearest known setting, as the end of a sentence."""
    keys = [p.key for p in FIXED]
    spelt_alike = get_close_matches(name, keys, n=3, cutoff=0.6)
    close = spelt_alike or [key for key in keys if name.casefold() in key.rpartition(".")[2].split("_")][:3]
    return f"; near it: {', '.join(close)}" if close else "; `tabletop show parameters` lists them"


def check_value(parameter: Parameter, value: Any) -> Value:
    """One value in its own type: a word, True or False, a date, an int, or a float of twelve significant digits.

    Parameters
    ----------
    parameter
        The setting.
    value
        What YAML or Hydra made of it, in the setting's unit.

    Raises
    ------
    UserMistake
        For a wrong type, an impossible date, an unknown word, or a number outside the bounds.
    """
    kind, key = parameter.kind, parameter.key
    if kind == "choice":
        if not isinstance(value, str) or value not in parameter.choices:
            raise UserMistake(key, value, f"one of {', '.join(parameter.choices)}")
        return str(value)
    if kind == "text":
        if not isinstance(value, str) or not value.strip():
            raise UserMistake(key, value, "a word")
        return value
    if kind == "bool":
        if not isinstance(value, bool):
            raise UserMistake(key, value, "true or false")
        return value
    if kind == "date":
        return check_date(key, value)
    return _check_number(parameter, value)


def check_date(key: str, value: Any) -> date:
    """A day between 1970 and 2139, a date already or written 2024-03-07; anything else is a UserMistake."""
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise UserMistake(key, value, _("a date such as 2024-03-07")) from None
    if not 1970 <= day.year < _LAST_YEAR:
        raise UserMistake(key, value, _("a date from 1970 to {last}").format(last=_LAST_YEAR - 1))
    return day


def canonical(value: float) -> float:
    """A float as it counts: twelve significant digits, so that 0.060000000000000005 is 0.06, and no minus zero."""
    return float(f"{value:.12g}") + 0.0


def _check_number(parameter: Parameter, value: Any) -> float | int:
    whole = parameter.kind == "int"
    word = "a whole number" if whole else "a number"
    low, high = parameter.bounds or (-math.inf, math.inf)
    ends = (f"{end:,}" if whole and math.isfinite(end) else f"{end:,.10g}" for end in (low, high))
    right = f"{word} from {' to '.join(ends)}" + (f" ({parameter.unit})" if parameter.unit not in ("", "1") else "")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(value, str) and _LIKE_A_NUMBER.fullmatch(value.strip()):
        right += ", without quotes or zeros before it"
    if not number or not low <= value <= high or (whole and value != int(value)):  # NaN lies in no range
        raise UserMistake(parameter.key, value, right)
    return int(value) if whole else canonical(value)


def check_together(values: Mapping[str, Any]) -> None:
    """Rules of a world that need more than one setting; a UserMistake names the later one."""
    if values["clock.start"] >= values["clock.end"]:
        raise UserMistake("clock.end", values["clock.end"], f"a date after clock.start={values['clock.start']}")
    if values["officers.squad_min"] > values["officers.squad_max"]:
        raise UserMistake("officers.squad_max", values["officers.squad_max"],
                          f"at least officers.squad_min={values['officers.squad_min']}")  # fmt: skip
    killed = values["gangs.operations_share"], values["gangs.vigilante_share"]
    if None not in killed and sum(killed) > 0.95:  # what is drawn has ranges that keep to it
        raise UserMistake("gangs.vigilante_share", values["gangs.vigilante_share"],
                          "with gangs.operations_share at most 0.95 together")  # fmt: skip
