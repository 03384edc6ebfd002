"""``tabletop status``: what a store holds, what is still missing, and whether it is sound."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

SHOWN = 20
"""Cases that the screen shows unless all are asked for."""
OF_TABLES = ("tables", "by_case", "odd_notes")


@click.command(short_help="what a store holds, and what is missing")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--all", "everything", is_flag=True, help="Show every case.")
@click.option("--parts", is_flag=True, help="Show every part, with its size.")
@click.option("--as", "form", type=click.Choice(["table", "json"]), default="table", show_default=True,
              help="How to print it.")  # fmt: skip
def command(folder: Path, everything: bool, parts: bool, form: str) -> int:
    """Say what a store DIR holds: its cases in words, runs done, failed and missing, MiB by table, the last command.

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
        _show(facts, everything, parts)
    if facts["damaged"]:
        first, more = facts["damaged"][0], len(facts["damaged"]) - 1
        others = f" and {more} more" if more else ""
        raise StoreDamaged(f"{folder}: {first}{others} damaged; `tabletop verify {folder}` sets aside what is")
    return 0


def _show(found: dict[str, Any], everything: bool, parts: bool) -> None:
    for name, value in found.items():
        if name not in OF_TABLES and value not in (None, [], {}, ""):
            print(f"{name.replace('_', ' '):14} {_said(name, value)}")
    for name, about in found["tables"].items():
        largest = max(about["by_part"].values())
        print(f"table {name:12} {about['parts']:6,} parts {about['MiB']:10,.2f} MiB, the largest {largest:,.2f} MiB")
        for part, size in about["by_part"].items() if parts else ():
            print(f"    {part} {size:10,.3f} MiB")
    for file, why in found["odd_notes"].items():
        print(f"invocations/{file} {why}; what it asked for is not counted")
    _show_cases(found.get("by_case", []), everything)


def _said(name: str, value: Any) -> str:
    if name == "added_outcomes":
        return ", ".join(f"{outcome} in {count:,} runs" for outcome, count in value.items())
    if name == "missing_in":
        return ", ".join(f"{table} {count:,} runs" for table, count in value.items())
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _show_cases(cases: list[dict[str, Any]], everything: bool) -> None:
    import pandas as pd

    from sim.commands.screen import show_table

    if not cases:
        return
    shown = pd.DataFrame(cases if everything else cases[:SHOWN])
    shown["label"] = shown["label"].fillna("its case is gone")
    if not shown["failed"].any():
        shown = shown.drop(columns="failed")
    more = f"; {len(cases) - len(shown):,} more with --all" if len(shown) < len(cases) else ""
    show_table(shown, title=f"Cases{more}")
