"""Flags that several verbs have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.errors import UserMistake


class NamedFolder(click.ParamType):
    """A folder that is named; an empty word, as an unset variable leaves it, names none."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The folder as a path."""
        if not str(value).strip():
            raise UserMistake(param.opts[0] if param else "folder", value, "names no folder")
        return Path(value)


config_path = click.option("--config-path", type=NamedFolder(), help="Folder of your own conf/ files; they come first.")
