"""Tab completion of settings: click asks, Hydra knows.

``eval "$(_TABLETOP_COMPLETE=bash_source tabletop)"`` switches it on (zsh_source and fish_source likewise).
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem


def settings(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """What the setting under the cursor may become."""
    from sim.settings.completion import complete

    words = _joined(_typed())
    whole = words[-1] if words and words[-1].endswith(incomplete) else incomplete
    before = [word for word in words[:-1] if "=" in word and not word.startswith("-")]
    options: Any = context.params.get("config_path")
    # bash replaces only what follows the last `=`, which it takes for the end of a word.
    cut = len(whole) - len(incomplete)
    return [CompletionItem(text[cut:]) for text in complete(whole, before, options)]


def _typed() -> list[str]:
    """The words up to the cursor, as the shell splits them."""
    try:
        words = shlex.split(os.environ.get("COMP_WORDS", ""))
        cursor = int(os.environ.get("COMP_CWORD", len(words)))
    except ValueError:
        return []
    return [*words, ""][: cursor + 1]


def _joined(words: Sequence[str]) -> list[str]:
    """Words that bash has split at ``=`` put together again.

    >>> _joined(["tabletop", "run", "theory", "=", "bre"])
    ['tabletop', 'run', 'theory=bre']
    """
    joined: list[str] = []
    for number, word in enumerate(words):
        if joined and (word == "=" or (number and words[number - 1] == "=")):
            joined[-1] += word
        else:
            joined.append(word)
    return joined
