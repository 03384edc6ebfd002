"""Hydra's part: words typed by a person become one plain nested mapping, or one line that says what is wrong.

Hydra puts files and words together, and no more: nothing is instantiated, no resolver is asked, and a reference to a
setting is followed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import UserMistake
from sim.settings.conf_files import ConfFiles, conf_files
from sim.settings.kept_compositions import KeptCompositions
from sim.settings.overrides import TypedOverride, first_choice, key_of, read_overrides, single_value
from sim.settings.parameter import REFERENCE
from sim.settings.schema import FIXED, near

KNOWN = frozenset(parameter.key for parameter in FIXED)
"""Settings that every world has."""
_LONGEST_CHAIN = 20
"""References that lead to one another, at most."""


def compose(overrides: Sequence[str] = (), config_path: Path | None = None) -> dict[str, Any]:
    """Compose the configuration with Hydra and resolve its references.

    Parameters
    ----------
    overrides
        Hydra's ``key=value`` words.
    config_path
        A folder whose files come before the packaged ones.

    Returns
    -------
    Plain nested mappings, a group of ``conf/`` each; the values are not checked yet
    (:func:`sim.ensemble.design.request.request` does), and references in a scenario's events are as written.

    Raises
    ------
    UserMistake
        For a word that Hydra cannot place or parse, an unknown choice, or a file that is no conf file.

    Examples
    --------
    >>> from sim.settings.composition import compose
    >>> settings = compose(["theory=prospects", "media.report_probability=0.1"])
    >>> (settings["theory"]["name"], settings["media"]["report_probability"], settings["officers"]["pool"])
    ('prospects', 0.1, 400)
    """
    with composer(config_path) as files, files.as_typed(overrides):
        return files.compose([override.words[0].text for override in files.read_one(overrides)]).config


@dataclass(frozen=True)
class Composition:
    """A configuration as plain mappings; ``linked`` where a setting refers to another, besides those of events."""

    config: dict[str, Any]
    linked: bool


Written = tuple[dict[str, Any], Mapping[str, Any], Mapping[str, Any]]
"""A configuration as it is written, the file that each group came from, and ``hydra.sweeper.params``."""


class Composer:
    """The project's files, for as many compositions as are needed; ``folder`` holds them.

    Hydra is only asked for what was not composed before, and then keeps its state in ``opened``.
    """

    def __init__(self, files: ConfFiles, opened: ExitStack) -> None:
        self.files, self.folder = files, files.folder
        self._chosen: Mapping[str, Any] = {}
        self._kept, self._opened, self._open = KeptCompositions(files.folder), opened, False

    def read(self, overrides: Sequence[str]) -> list[TypedOverride]:
        """The words of a sweep that count, read; those of an experiment file first, so that typed ones outrank them.

        Parameters
        ----------
        overrides
            Hydra's ``key=value`` words, as they were typed.

        Raises
        ------
        UserMistake
            As :func:`sim.settings.overrides.read_overrides` does.
        """
        typed = read_overrides(overrides, self.files.choices)
        if self.files.locations or any(override.key == "experiment" for override in typed):
            keys = {override.key for override in typed}
            _, _, brought = self._hydra(first_choice(typed))
            words = [f"{key}={_as_typed(value)}" for key, value in brought.items() if value is not None]
            return read_overrides([word for word in words if key_of(word) not in keys], self.files.choices) + typed
        return typed

    def read_one(self, overrides: Sequence[str]) -> list[TypedOverride]:
        """As :meth:`read`, for one case: each word has one value.

        Raises
        ------
        UserMistake
            For several values, be it those of an experiment file.
        """
        typed = self.read(overrides)
        if brought := [override.key for override in typed if override.several and override.word not in overrides]:
            named = next((override.value for override in typed if override.key == "experiment"), None)
            raise UserMistake("experiment", named, f"it varies {', '.join(brought)}, as a sweep does: tabletop sweep")
        for override in typed:
            if override.several:
                raise UserMistake(
                    override.key, override.value, "one value at a time here; several make a sweep: tabletop sweep"
                )
        return typed

    def compose(self, words: Sequence[str] = ()) -> Composition:
        """As :func:`compose`, of words that have been read: one value each, as Hydra reads them."""
        written, self._chosen, _ = self._hydra(words)
        scenario = written.get("scenario")
        events = None
        if isinstance(scenario, dict):
            # References of events to settings stay as they are written, so that a varied case can follow them.
            events = scenario.pop("events", None)
            scenario["name"] = self._chosen.get("scenario")
        linked = _has_reference(written)
        config = _follow(written, written) if linked else written
        if isinstance(scenario, dict):
            config["scenario"]["events"] = events
        return Composition(config, linked)

    def _hydra(self, words: Sequence[str]) -> Written:
        """What Hydra makes of these words.

        Single values of settings that are there are put in afterwards, since nothing that is composed depends on them;
        so most commands differ from an earlier one in nothing that takes Hydra.
        """
        pairs = [(word, *word.partition("=")[::2]) for word in words]
        groups = [(word, key) for word, key, value in pairs if value in self.files.choices.get(key, ())]
        chosen = [word for word, _ in groups]
        singles = [(key, single_value(value)) for word, key, value in pairs if word not in chosen]
        if len(set(groups)) < len(groups) or any(value is None for _, value in singles):
            return self._ask_hydra(words)
        kept = self._kept.get(chosen)
        if kept is None:
            kept = self._ask_hydra(chosen)
            self._kept.keep(chosen, list(kept))
        written, choices, brought = kept
        if not all(_put(written, key, value) for key, value in singles):
            return self._ask_hydra(words)  # which says what is wrong with them
        return written, choices, brought

    def open(self) -> None:
        """Start Hydra, unless it was; it is gone with this composer."""
        if self._open:
            return
        from hydra import initialize_config_dir  # Hydra loads slowly
        from hydra.core.config_store import ConfigStore  # Hydra loads slowly

        # A sweep is read here and not by Hydra, which need only know where an experiment file's words are.
        store = ConfigStore.instance()
        store.store(group="hydra/sweeper", name="tabletop", node={"params": None}, provider="tabletop")
        self._opened.enter_context(initialize_config_dir(str(self.folder), version_base="1.3"))
        self._open = True

    def _ask_hydra(self, words: Sequence[str]) -> Written:
        from hydra import compose as hydra_compose  # Hydra loads slowly
        from omegaconf import OmegaConf, open_dict  # Hydra loads slowly

        self.open()
        with _explained(words):
            composed = hydra_compose("config", overrides=list(words), return_hydra_config=True)
            choices = dict(composed.hydra.runtime.choices)
            sweeper = OmegaConf.to_container(composed.hydra.sweeper, resolve=False)
            with open_dict(composed):
                del composed["hydra"]
            written = OmegaConf.to_container(composed, resolve=False)
        assert isinstance(written, dict)
        assert isinstance(sweeper, dict)
        return {str(key): value for key, value in written.items()}, choices, sweeper.get("params") or {}

    @contextmanager
    def as_typed(self, overrides: Sequence[str]) -> Iterator[None]:
        """Within it a mistake in a setting shows the value as it was typed, or the file and line that it stands in."""
        try:
            yield
        except UserMistake as mistake:
            shown = _with_what_was_typed(mistake, overrides)
            if shown is None and (location := self.files.location_of(mistake.key, self._chosen)):
                shown = UserMistake(mistake.key, location.text or mistake.value, f"{mistake.right} ({location})")
            elif shown is None and (file := self.files.file_without(mistake.key, self._chosen)):
                right = f"{mistake.right} ({file}, in place of the packaged one, does not give it)"
                shown = UserMistake(mistake.key, mistake.value, right)
            if shown is None:
                raise
            raise shown from mistake


@contextmanager
def as_it_was_typed(words: Sequence[str]) -> Iterator[None]:
    """Within it a mistake in a setting shows the value that these words give it, as it was typed."""
    try:
        yield
    except UserMistake as mistake:
        raise _with_what_was_typed(mistake, words) or mistake from mistake


def _with_what_was_typed(mistake: UserMistake, overrides: Sequence[str]) -> UserMistake | None:
    """The mistake with the value that was typed, where its key was; the last word counts."""
    for word in reversed(overrides):
        key, value = key_of(word), word.partition("=")[2]
        shown = "" if mistake.value is None else " ".join(str(mistake.value).split())
        if key == mistake.key and word.startswith("~"):
            return UserMistake(key, None, f"{mistake.right} ({word} takes it away)")
        if key == mistake.key:
            inside = "," in value and shown and shown in value  # one of several values
            return mistake if inside else UserMistake(mistake.key, value, mistake.right)
        if mistake.key.startswith(f"{key}.") and "{" in value and shown not in value:
            return UserMistake(key, value, f"{mistake.key.removeprefix(f'{key}.')}: {mistake.right}")
    return None


@contextmanager
def composer(config_path: Path | None = None) -> Iterator[Composer]:
    """Open the packaged files, under those of ``config_path``; one at a time, for Hydra keeps its state in one place.

    Raises
    ------
    UserMistake
        For a folder that is none, or files that cannot be read.
    """
    with conf_files(config_path) as files, ExitStack() as opened:
        yield Composer(files, opened)


@contextmanager
def _explained(words: Sequence[str]) -> Iterator[None]:
    """Hydra's and YAML's complaints become one line."""
    from hydra.errors import HydraException  # Hydra loads slowly
    from omegaconf.errors import OmegaConfBaseException  # Hydra loads slowly
    from yaml import YAMLError  # not every command reads YAML

    try:
        yield
    except (HydraException, OmegaConfBaseException, YAMLError, ValueError, TypeError, AssertionError) as error:
        raise _explain(error, words) from error
    except RecursionError as error:
        raise UserMistake("defaults", None, "files that start from each other have no end") from error
    except OSError as error:
        raise UserMistake("conf", error.filename, f"cannot be read: {error.strerror}") from error


def _put(written: dict[str, Any], key: str, value: Any) -> bool:
    """Give a setting another value, if there is one of that name that is no mapping or list."""
    *path, last = key.split(".")
    node: Any = written
    for name in path:
        node = node.get(name) if isinstance(node, dict) else None
    if not isinstance(node, dict) or last not in node or isinstance(node[last], dict | list):
        return False
    node[last] = value
    return True


def _as_typed(value: Any) -> str:
    """A YAML value of ``hydra.sweeper.params`` as it would be typed: a list is several values."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(map(_as_typed, value))
    return str(value)


# References between settings


def _has_reference(node: Any) -> bool:
    if isinstance(node, dict):
        return any(map(_has_reference, node.values()))
    if isinstance(node, list):
        return any(map(_has_reference, node))
    return isinstance(node, str) and "${" in node


def _follow(node: Any, root: Mapping[str, Any], key: str = "") -> Any:
    """A copy in which each reference is replaced by the value of the setting that it names."""
    if isinstance(node, dict):
        return {name: _follow(value, root, f"{key}.{name}" if key else str(name)) for name, value in node.items()}
    if isinstance(node, list):
        return [_follow(value, root, key) for value in node]
    value, seen = node, 0
    while isinstance(value, str) and "${" in value:
        named = REFERENCE.fullmatch(value)
        value, seen = _named(root, named[1]) if named else _NOWHERE, seen + 1
        if value is _NOWHERE:
            raise UserMistake(key, node, f"{named[1] if named else 'it'} is no setting to refer to")
        if seen > _LONGEST_CHAIN:
            raise UserMistake(key, node, "references that lead to one another have no end")
    return value


_NOWHERE = object()


def _named(root: Mapping[str, Any], path: str) -> Any:
    node: Any = root
    for name in path.split("."):
        if not isinstance(node, dict) or name not in node:
            return _NOWHERE
        node = node[name]
    return _NOWHERE if isinstance(node, dict | list) else node


# What Hydra says


def _explain(error: Exception, words: Sequence[str]) -> UserMistake:
    """One line from an exception that Hydra spreads over several."""
    text = str(error)
    first_line = " ".join(text.split("\n")[0].split())
    key = re.search(r"Could not override '([^']+)'", text)
    if key:
        name = key[1].lstrip("+~")
        if name in KNOWN:
            right = "no file gives it; a file of one's own stands in place of the packaged one, and needs all of it"
            return UserMistake(name, typed(name, words), right)
        return UserMistake(name, typed(name, words), "no such setting" + near(name))
    there = re.search(r"Could not append to config\. An item is already at '([^']+)'", text)
    if there:
        return UserMistake(there[1], typed(there[1], words), "is there already; leave the + out")
    located = re.search(r"^\s*full_key:[ \t]*(\S+)", text, flags=re.MULTILINE)
    name = located[1] if located else next((key_of(w) for w in words if key_of(w) in text), "")
    return UserMistake(name or "settings", typed(name, words), first_line)


def typed(name: str, overrides: Sequence[str]) -> str | None:
    """The value typed for a setting, or None."""
    for word in overrides:
        key, sign, value = word.lstrip("+~").partition("=")
        if sign and key == name:
            return value
    return None
