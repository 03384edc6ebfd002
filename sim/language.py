"""The language in which the table, its papers and its page speak: one catalogue (gettext), English its source.

A message is its English words; a language without a translation of it says it in English. The language is of the
context (a thread, a request), so two players of one server can read two languages. Keys, names of settings and what a
program reads are never translated; nor is what a log keeps, so that it does not depend on who wrote it: that is in
English, and is said in the reader's language when it is shown (:func:`translated`, :func:`retold`).

``python -m tests.catalogue`` finds the messages (docs/LANGUAGES.md).
"""

from __future__ import annotations

import gettext as catalogue
import re
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


def as_in(context: str, message: str) -> str:
    """A word that means several things, in the sense of ``context``: ``as_in("of a scale", "from")``."""
    return _catalogue(_spoken.get()).pgettext(context, message)


def marked(message: str) -> str:
    """The message as it is: marks one that is made before anybody listens, and :func:`translated` when it is said."""
    return message


def translated(text: str) -> str:
    """A text that is data (a title, a unit, what was :func:`marked`) in this context's language, if that has it."""
    return _catalogue(_spoken.get()).gettext(text) if text else ""


def retold(text: str, *messages: str) -> str:
    """A sentence that was filled in English, such as one of a log, in the language of this context.

    Parameters
    ----------
    text
        The sentence.
    messages
        Those that it may have been made of, as they were :func:`marked`; the first that fits is said, its braces filled
        as they were. A sentence that none fits stays as it is.
    """
    if _spoken.get() == SOURCE:
        return text
    for message in messages:
        if found := _filled(message).fullmatch(text):
            said = {name: translated(value) for name, value in found.groupdict().items()}
            return translated(message).format(**said)
    return translated(text)


@cache
def _filled(message: str) -> re.Pattern[str]:
    """What a message looks like once its braces are filled."""
    parts = re.split(r"\{(\w+)\}", message)
    return re.compile("".join(f"(?P<{part}>.*)" if place % 2 else re.escape(part) for place, part in enumerate(parts)))


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
        raise UserMistake("language", code, _("one of {languages}").format(languages=", ".join(LANGUAGES)))
    token = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(token)


@cache
def _catalogue(code: str) -> catalogue.NullTranslations:
    return catalogue.translation(DOMAIN, LOCALE, [code], fallback=True)
