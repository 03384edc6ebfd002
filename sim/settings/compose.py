"""Hydra's part: words typed by a person become one plain nested mapping, or one line that says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.errors import UserMistake
from sim.paths import conf_folder
from sim.settings.schema import near


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
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    packaged = conf_folder()
    first, words = packaged, list(overrides)
    if config_path is not None:
        if not config_path.is_dir():
            raise UserMistake(
                "--config-path", config_path, "no such folder; `tabletop init DIR` makes one to start from"
            )
        first = config_path.resolve()
        words.append(f"hydra.searchpath=['file://{packaged}']")
    try:
        with initialize_config_dir(str(first), version_base="1.3"):
            composed = hydra_compose("config", overrides=words)
        plain = OmegaConf.to_container(composed, resolve=True)
    except (HydraException, OmegaConfBaseException, YAMLError, ValueError, TypeError) as error:
        raise _explain(error, overrides) from error
    except OSError as error:
        raise UserMistake("conf", error.filename, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserMistake("conf", first, f"a file there is not UTF-8 text: {error.reason}") from error
    assert isinstance(plain, dict)
    return {str(key): value for key, value in plain.items()}


def _explain(error: Exception, overrides: Sequence[str]) -> UserMistake:
    """One line from an exception that Hydra spreads over several."""
    text = str(error)
    choice = re.search(r"Could not find '([^'/]+)/([^']+)'", text)
    if choice:
        options = re.findall(r"^\t(\S+)", text, flags=re.MULTILINE)
        return UserMistake(choice[1], choice[2], "no such choice; there are " + (", ".join(options) or "none"))
    key = re.search(r"Could not override '([^']+)'", text) or re.search(r"full_key: ([^\s]+)", text)
    if key:
        name = key[1].lstrip("+~")
        return UserMistake(name, typed(name, overrides), "no such setting" + near(name))
    group = re.search(r"[Cc]ould not (?:find|delete|override)?\s*(?:match|group)?.*?'([^']+)'", text)
    if "multirun" in text or "Sweep" in text:
        swept = next((w for w in overrides if "," in w or "(" in w), overrides[-1] if overrides else "")
        name, _, value = swept.partition("=")
        return UserMistake(name, value, "one value at a time here; several values make a sweep")
    first_line = " ".join(text.split("\n")[0].split())
    name = group[1] if group else next((w.partition("=")[0] for w in overrides if w and w in text), "settings")
    return UserMistake(name, typed(name, overrides), first_line)


def typed(name: str, overrides: Sequence[str]) -> str | None:
    """The value typed for a setting, or None."""
    for word in overrides:
        key, sign, value = word.lstrip("+~").partition("=")
        if sign and key == name:
            return value
    return None
