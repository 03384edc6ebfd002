"""What a word that is being typed may become, as Hydra knows it: groups, their files, settings, and their values."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from sim.settings.composition import composer

_OURS = ("hydra",)
"""Hydra offers its own settings, which have no use here."""


def complete(word: str, before: Sequence[str] = (), config_path: Path | None = None) -> list[str]:
    """Whole words that a word may become; none where the words before it cannot be composed.

    Parameters
    ----------
    word
        The word as far as it has been typed. Of several values (``theory=breach,pro``) the last one is completed.
    before
        The words before it.
    config_path
        A folder whose files come before the packaged ones.
    """
    from hydra.core.global_hydra import GlobalHydra  # Hydra loads slowly
    from hydra.plugins.completion_plugin import DefaultCompletionPlugin  # Hydra loads slowly

    key, _, value = word.partition("=")
    first, comma, last = value.rpartition(",")
    wanted = f"{key}={last}" if comma else word
    try:
        logging.disable(logging.CRITICAL)
        with composer(config_path) as files:
            files.open()
            plugin = DefaultCompletionPlugin(GlobalHydra.instance().config_loader())
            # As in a sweep, so that words with several values may have come before.
            offered: list[str] = plugin._query("config", " ".join(["-m", *before, wanted]) + ("" if wanted else " "))
    except Exception:  # whatever is wrong with what stands there is said when the command is given
        return []
    finally:
        logging.disable(logging.NOTSET)
    ours = [text for text in offered if not text.startswith(_OURS)]
    return [f"{key}={first},{text.partition('=')[2]}" for text in ours] if comma else ours
