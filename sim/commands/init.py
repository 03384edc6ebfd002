"""``tabletop init``: a copy of conf/ to change."""

from __future__ import annotations

import os
from pathlib import Path

import click


@click.command(short_help="copy conf/ to a folder of your own")
@click.argument("folder", type=click.Path(path_type=Path))
def command(folder: Path) -> int:
    """Copy the configuration to a new folder, to be changed and used with --config-path.

    Example: tabletop init my-conf && tabletop run --config-path my-conf scenario=as_documented
    """
    from sim.errors import UserMistake
    from sim.files import copy_folder
    from sim.paths import conf_folder

    if os.path.lexists(folder):
        raise UserMistake("folder", folder, "exists already; name a new one, nothing is overwritten")
    try:
        copy_folder(conf_folder(), folder)
    except OSError as error:
        raise UserMistake("folder", folder, f"cannot be written: {error.strerror or error}") from error
    print(f"conf/ copied to {folder}; change a file, then: tabletop run --config-path {folder}")
    return 0
