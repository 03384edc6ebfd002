"""Flags that several verbs have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.errors import UserMistake


class NamedFolder(click.ParamType):
    """A folder that is named; an empty word, as an unset variable leaves it, names none."""

    name = "path"
    kind = "folder"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """It as a path."""
        if not str(value).strip():
            raise UserMistake(param.opts[0] if param else self.kind, value, f"names no {self.kind}")
        return Path(value)


class NamedFile(NamedFolder):
    """A file that is named, likewise."""

    kind = "file"


class SessionFolder(click.ParamType):
    """The folder of a session, there or not; a file in its place is none."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """It as a path."""
        from sim.language import _

        path = Path(value)
        if any(part.is_file() for part in (path, *path.parents)):
            right = _("is a file; a session is a folder of its own, and tabletop table new DIR begins one")
            raise UserMistake("session", path, right)
        return path


dry_run = click.option(
    "--dry-run", is_flag=True, help="Say what is missing, what it takes, and how well the answer will be known."
)
"""Ask before it is done; nothing is run."""
table_form = click.option(
    "--as", "form", type=click.Choice(["table", "csv", "xlsx"]), default="table", show_default=True,
    help="csv prints the table and nothing else; xlsx writes a workbook.",
)  # fmt: skip
"""How a table of runs is handed on; a workbook needs the extra [sheets]."""
config_path = click.option("--config-path", type=NamedFolder(), help="Folder of your own conf/ files; they come first.")
