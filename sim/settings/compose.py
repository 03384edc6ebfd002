"""Hydra's part: words typed by a person become one plain nested mapping, or one line that says what is wrong."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sim.errors import UserMistake
from sim.paths import conf_folder
from sim.settings.schema import near

Result = TypeVar("Result")


def compose(overrides: Sequence[str] = (), config_path: Path | None = None) -> dict[str, Any]:
    """Compose the configuration with Hydra and resolve its references.

    Parameters
    ----------
    overrides
        Hydra's ``key=value`` words.
    config_path
        A folder whose files come before the packaged ones.

    Raises
    ------
    UserMistake
        For a word that Hydra cannot place or parse, an unknown choice, or unreadable YAML.
    """
    with composer(config_path) as open_files:
        return open_files.compose(overrides).config


@dataclass(frozen=True)
class Composed:
    """A configuration as plain mappings; ``linked`` where a setting refers to another, besides those of events."""

    config: dict[str, Any]
    linked: bool


class Composer:
    """Hydra with the project's files open, for as many compositions as are needed; ``folder`` holds them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def compose(self, overrides: Sequence[str] = ()) -> Composed:
        """As :func:`compose`."""
        from hydra import compose as hydra_compose
        from omegaconf import OmegaConf

        words = [one_word(word) for word in overrides]
        with _explained(overrides):
            composed = hydra_compose("config", overrides=words)
            plain = OmegaConf.to_container(composed, resolve=True)
            written = OmegaConf.to_container(composed, resolve=False)
        assert isinstance(plain, dict)
        assert isinstance(written, dict)
        config: dict[str, Any] = {str(key): value for key, value in plain.items()}
        if isinstance(config.get("scenario"), dict):
            # References of events to settings stay as they are written, so that a varied case can follow them.
            config["scenario"]["events"] = written["scenario"].pop("events", None)
        return Composed(config, linked=_has_reference(written))

    def multirun(self, overrides: Sequence[str], task: Callable[[Any], Result]) -> Result:
        """Let Hydra's sweeper read a sweep, and hand what it read to ``task``; mistakes are those of the words."""
        from hydra.core.global_hydra import GlobalHydra

        words = [one_word(word, sweep=True) for word in overrides]
        hydra = GlobalHydra.instance().hydra
        assert hydra is not None
        with _explained(overrides):
            result: Result = hydra.multirun("config", task, words, with_log_configuration=False)
        return result


@contextmanager
def composer(config_path: Path | None = None) -> Iterator[Composer]:
    """Open the packaged files, under those of ``config_path``.

    Raises
    ------
    UserMistake
        For a folder that is none, or files that cannot be read.
    """
    from hydra import initialize_config_dir

    with _files(config_path) as folder, initialize_config_dir(str(folder), version_base="1.3"):
        yield Composer(folder)


@contextmanager
def _explained(overrides: Sequence[str]) -> Iterator[None]:
    """Hydra's and YAML's complaints become one line."""
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    try:
        yield
    except (HydraException, OmegaConfBaseException, YAMLError, ValueError, TypeError) as error:
        raise _explain(error, overrides) from error
    except OSError as error:
        raise UserMistake("conf", error.filename, f"cannot be read: {error.strerror}") from error


def _has_reference(node: Any) -> bool:
    if isinstance(node, dict):
        return any(map(_has_reference, node.values()))
    if isinstance(node, list):
        return any(map(_has_reference, node))
    return isinstance(node, str) and "${" in node


@contextmanager
def _files(config_path: Path | None) -> Iterator[Path]:
    """The folder that Hydra shall read: the packaged files, under those of the user.

    Laid over each other in a temporary folder, because Hydra lets the packaged files win when both are on its search
    path, and wants a primary config in a user's folder that only changes one group.
    """
    if config_path is None:
        yield conf_folder()
        return
    if not config_path.is_dir():
        raise UserMistake("--config-path", config_path, "no such folder; `tabletop init DIR` makes one to start from")
    with TemporaryDirectory(prefix="tabletop-conf-") as folder:
        shutil.copytree(conf_folder(), folder, dirs_exist_ok=True)
        for file in sorted(config_path.rglob("*.yaml")):
            _readable(file)
            target = Path(folder) / file.relative_to(config_path)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        yield Path(folder)


def _readable(file: Path) -> None:
    """Name the file and the line before Hydra names a place that the user never saw."""
    import yaml
    from omegaconf._utils import get_yaml_loader  # Hydra's own: it refuses a key given twice, which PyYAML lets pass

    try:
        yaml.load(file.read_text(encoding="utf-8"), Loader=get_yaml_loader())
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise UserMistake("--config-path", file, f"{line}{error.problem}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserMistake("--config-path", file, "is not UTF-8 text") from error


def one_word(word: str, sweep: bool = False) -> str:
    """One word as Hydra shall see it, or the mistake in it; several values are one where it is not for a ``sweep``.

    Rows of an event table may be added and given fields freely, because the table has a check of its own; so nobody
    need know when Hydra wants a ``+``.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    key, sign, value = word.partition("=")
    name = key.lstrip("+~")
    if not name.strip() or (not sign and not word.startswith("~")):
        raise UserMistake(word, None, "settings are key=value, such as scenario=as_documented")
    if re.split(r"[./]", name)[0] == "hydra" and not (sweep and name.startswith("hydra.sweeper.params")):
        raise UserMistake(key, value, "Hydra's own settings have no use here")
    try:
        parsed = OverridesParser.create().parse_override(word)
    except HydraException as error:
        reason = " ".join(str(error).split("\n")[0].split())
        raise UserMistake(name, value, f"cannot be read ({reason}); quote what is text") from error
    if parsed.is_sweep_override() and not sweep:
        raise UserMistake(name, value, "one value at a time here; several values make a sweep: tabletop sweep")
    names_a_file = sign and (conf_folder() / name).is_dir() and name != "experiment"
    if names_a_file and not parsed.is_sweep_override() and not isinstance(parsed.value(), str):
        raise UserMistake(name, value, "name one of its files" + _choices(name))
    return f"++{word}" if key.startswith("scenario.events.") else word


def _choices(group: str) -> str:
    return ": " + ", ".join(sorted(file.stem for file in (conf_folder() / group).glob("*.yaml")))


def _explain(error: Exception, overrides: Sequence[str]) -> UserMistake:
    """One line from an exception that Hydra spreads over several."""
    text = str(error)
    choice = re.search(r"Could not find '([^'/]+)/([^']+)'", text)
    if choice:
        listed = text.partition("Config search path")[0]
        options = re.findall(r"^\t(\S+)", listed, flags=re.MULTILINE)
        return UserMistake(choice[1], choice[2], "no such choice; there are " + (", ".join(options) or "none"))
    first_line = " ".join(text.split("\n")[0].split())
    key = re.search(r"Could not override '([^']+)'", text)
    if key:
        name = key[1].lstrip("+~")
        return UserMistake(name, typed(name, overrides), "no such setting" + near(name))
    place = re.search(r"^\s*full_key:[ \t]*(\S+)", text, flags=re.MULTILINE)
    name = place[1] if place else next((_name(w) for w in overrides if _name(w) in text), "")
    if not name:
        name = next((_name(w) for w in overrides if "${" in w), "settings")
    return UserMistake(name, typed(name, overrides), first_line)


def _name(word: str) -> str:
    return word.partition("=")[0].lstrip("+~")


def typed(name: str, overrides: Sequence[str]) -> str | None:
    """The value typed for a setting, or None."""
    for word in overrides:
        key, sign, value = word.lstrip("+~").partition("=")
        if sign and key == name:
            return value
    return None
