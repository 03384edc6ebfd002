"""Groups of settings that name one of several variants, each with settings of its own: ``executor`` and ``design``.

A variant is a frozen dataclass with a ``name``. Its fields are what it can be told, each a :func:`setting` with a
default and a check; a method ``check`` looks at them together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, fields
from typing import Any, TypeVar

from sim.errors import UserMistake

Value = TypeVar("Value")
Variant = TypeVar("Variant")


class Unfit(ValueError):
    """A value that a setting cannot take; its text says what would be right."""


def setting(default: Value, check: Callable[[Any], Value]) -> Value:
    """A field of a variant.

    Parameters
    ----------
    default
        Its value where nothing is said.
    check
        Takes a composed value and gives the field's, or raises :class:`Unfit`.
    """
    checked: Value = field(default=default, metadata={"check": check})
    return checked


def whole_number(least: int, most: int = 2**63 - 1, right: str = "") -> Callable[[Any], int]:
    """A check for whole numbers, 10 and 1e1 alike.

    Parameters
    ----------
    least, most
        The smallest and the largest that will do.
    right
        What would be right, for the line of a mistake; else it names ``least`` and ``most``.
    """
    told = right or f"a whole number, at least {least}" + (f" and at most {most:,}" if most < 2**63 - 1 else "")

    def check(value: Any) -> int:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not least <= value <= most or value != int(value):
            raise Unfit(told)
        return int(value)

    return check


def instance(kind: type[Value], right: str) -> Callable[[Any], Value]:
    """A check for values of a type; ``right`` is what would be right, for the line of a mistake."""

    def check(value: Any) -> Value:
        if not isinstance(value, kind):
            raise Unfit(right)
        return value

    return check


def optional(check: Callable[[Any], Value]) -> Callable[[Any], Value | None]:
    """The same check, which lets null pass."""
    return lambda value: None if value is None else check(value)


def read_choice(group: str, given: Any, variants: Mapping[str, type[Variant]]) -> Variant:
    """The variant that a composed group names, with its settings.

    Parameters
    ----------
    group
        Name of the group, as people type it.
    given
        What Hydra composed for it: a mapping with ``name``, or the name alone.
    variants
        The classes there are, by name.

    Raises
    ------
    UserMistake
        For an unknown name, a setting that the variant does not have, or a value that it cannot take.
    """
    settings = dict(given) if isinstance(given, Mapping) else {"name": given}
    name = settings.pop("name", None)
    if not isinstance(name, str) or name not in variants:
        raise UserMistake(group, name, f"one of {', '.join(variants)}")
    checks = {each.name: each.metadata["check"] for each in fields(variants[name])}  # type: ignore[arg-type]
    for key, value in settings.items():
        if key not in checks:
            right = f"{group}={name} takes {', '.join(checks) or 'no settings'}"
            raise UserMistake(f"{group}.{key}", value, right)
        try:
            settings[key] = checks[key](value)
        except Unfit as unfit:
            raise UserMistake(f"{group}.{key}", value, str(unfit)) from None
    chosen = variants[name](**settings)
    if hasattr(chosen, "check"):
        chosen.check()
    return chosen
