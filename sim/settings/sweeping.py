"""Words of a sweep become words of cases: `scenario=a,b theory=c,d` are four."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

from sim.errors import UserMistake
from sim.paths import conf_folder


def expand(overrides: Sequence[str], config_path: Path | None = None) -> list[tuple[str, ...]]:
    """Every combination of a sweep's words, each as the words of one case; the last word varies fastest.

    Raises
    ------
    UserMistake
        For a word that Hydra cannot read, a glob that finds nothing, or an interval, which is no list of values.
    """
    return list(product(*(_values(word, config_path) for word in overrides)))


def _values(word: str, config_path: Path | None) -> list[str]:
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.core.override_parser.types import Glob
    from hydra.errors import HydraException

    key, _, typed = word.partition("=")
    try:
        read = OverridesParser.create().parse_override(word)
    except HydraException:
        return [word]  # composing says what is wrong with it
    if not read.is_sweep_override():
        return [word]
    if read.is_interval_sweep():
        raise UserMistake(key, typed, "values, not an interval, here")
    value = read.value()
    texts = value.filter(_files(key, config_path)) if isinstance(value, Glob) else list(read.sweep_string_iterator())
    if not texts:
        raise UserMistake(key, typed, "no values; a glob needs a group that has such files")
    return [f"{key}={text}" for text in texts]


def _files(group: str, config_path: Path | None) -> list[str]:
    folders = [conf_folder(), *([config_path] if config_path else [])]
    return sorted({file.stem for folder in folders for file in (folder / group).glob("*.yaml")})
