"""Templates: every text escaped, every word through the catalogue, numbers and days as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sim import text as words
from sim.language import _, current, plural, translated

FOLDER = Path(__file__).resolve().parent.parent
"""Where templates and the files that a page loads lie."""


@cache
def environment() -> Environment:
    """The templates' surroundings; one for all seats and languages, since the language is of the context."""
    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"), extensions=["jinja2.ext.i18n"], autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.install_gettext_callables(_, plural, newstyle=True)  # type: ignore[attr-defined]
    made.filters |= {"day": day, "short_day": short_day, "number": number, "say": say}
    made.globals |= {"language": current}
    return made


def render(name: str, given: Mapping[str, Any]) -> str:
    """A template filled in."""
    return environment().get_template(name).render(given)


def drawn(svg: str | None) -> Markup | None:
    """A drawing of ours, whose words are escaped already, as a part of a page."""
    return None if svg is None else Markup(svg)


def day(given: date | str) -> str:
    """A day in full."""
    return words.day(date.fromisoformat(given) if isinstance(given, str) else given)


def short_day(given: date | str) -> str:
    """A day in short."""
    return words.short_day(date.fromisoformat(given) if isinstance(given, str) else given)


def number(value: float | None, *, signed: bool = False) -> str:
    """A number, or a dash for none."""
    return "–" if value is None else words.number(value, signed=signed)


def say(message: str) -> str:
    """Words of the settings or of a list in this page's language; what nobody has translated stays as it is."""
    return translated(message) if message else ""
