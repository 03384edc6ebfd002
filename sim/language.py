"""The language in which the table, its papers and its page speak: one catalogue (gettext), English its source.

A message is its English words; a language without a translation of it says it in English. The language is of the
context (a thread, a request), so two players of one server can read two languages. Keys, names of settings and what a
program reads are never translated.
"""

from __future__ import annotations

import gettext as catalogue
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from sim.errors import UserMistake

LOCALE = Path(__file__).with_name("locale")
"""Folder of catalogues: ``LANGUAGE/LC_MESSAGES/tabletop.po``, and the ``.mo`` that is made of it."""
DOMAIN = "tabletop"
SOURCE = "en"
LANGUAGES = {"en": "English", "fr": "Français"}
"""Languages by code, as each names itself."""
_spoken: ContextVar[str] = ContextVar("language", default=SOURCE)


def _(message: str) -> str:
    """A message in the language of this context; the caller fills its braces: ``_("{n} turns").format(n=2)``."""
    return _catalogue(_spoken.get()).gettext(message)


def plural(one: str, many: str, count: float) -> str:
    """The message for so many of something, in the language of this context."""
    return _catalogue(_spoken.get()).ngettext(one, many, count)  # type: ignore[arg-type]


def current() -> str:
    """Code of the language of this context."""
    return _spoken.get()


@contextmanager
def spoken_in(code: str) -> Iterator[None]:
    """Within it this language is spoken.

    Raises
    ------
    UserMistake
        There is no such language.
    """
    if code not in LANGUAGES:
        raise UserMistake("language", code, f"one of {', '.join(LANGUAGES)}")
    token = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(token)


@cache
def _catalogue(code: str) -> catalogue.NullTranslations:
    return catalogue.translation(DOMAIN, LOCALE, [code], fallback=True)
