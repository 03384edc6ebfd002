"""``tabletop status``: what a store holds, what is still missing, and whether it is sound."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command(short_help="what a store holds, and what is missing")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--as", "form", type=click.Choice(["table", "json"]), default="table", show_default=True,
              help="How to print it.")  # fmt: skip
def command(folder: Path, form: str) -> int:
    """Say what a store DIR holds: cases, runs done, failed and missing, parts, the last command, versions, digest.

    Wanted is what all its commands asked for together. Two stores have the same digest if and only if their good runs
    are the same, bit for bit.

    Example: tabletop status outputs/worlds-0a1b2c3d
    """
    from sim.ensemble.store.store import Store
    from sim.ensemble.upkeep.status import status
    from sim.errors import StoreDamaged

    facts = status(Store.read(folder))
    if form == "json":
        print(json.dumps(facts, indent=1, ensure_ascii=False))
    else:
        for name, value in facts.items():
            if value not in (None, [], {}, ""):
                shown = f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else value
                if isinstance(shown, dict):
                    shown = [f"{key} in {count:,} runs" for key, count in shown.items()]
                print(f"{name.replace('_', ' '):14} {', '.join(shown) if isinstance(shown, list) else shown}")
    if facts["damaged"]:
        first, more = facts["damaged"][0], len(facts["damaged"]) - 1
        others = f" and {more} more" if more else ""
        raise StoreDamaged(f"{folder}: {first}{others} damaged; `tabletop verify {folder}` sets aside what is")
    return 0
