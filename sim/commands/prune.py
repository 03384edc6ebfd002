"""``tabletop prune``: drop what is not needed any more, after asking."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command(short_help="drop days, officers or cases of a store, after asking")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("tables", nargs=-1, metavar="[TABLE]...")
@click.option("--case", "cases", multiple=True, metavar="CASE",
              help="Only of this case, by label or id; several times. Without a table: the case and its runs.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask.")
def command(folder: Path, tables: tuple[str, ...], cases: tuple[str, ...], yes: bool) -> int:
    """Drop tables of a store DIR (days, officers, attribution, own), or cases with all that it has of them.

    What goes is gone: the only way back is to run it again. The store notes it, so that it counts neither as missing
    nor as damage; a command that is issued again makes its runs again.

    Example: tabletop prune outputs/worlds-0a1b2c3d days officers
    """
    from sim.commands.screen import command_line
    from sim.ensemble.store.store import Store
    from sim.ensemble.upkeep.prune import prune, to_prune
    from sim.errors import UserMistake

    store = Store.read(folder)
    ids = _ids(store, cases) if cases else None
    what = to_prune(store, tables, ids)
    named = " and ".join(what.tables) if tables else f"{len(ids or ())} cases with all their tables"
    of = f" of {len(ids)} cases" if ids is not None and tables else ""
    said = f"{named}{of}: {what.runs:,} runs have rows there, about {what.mib:,.1f} MiB"
    if not what.runs and not what.mib:
        prune(store, what, command_line())  # somebody has removed it already, and does not want it back
        print(f"nothing is there to be dropped, and nothing of it counts as missing from now on: {named}{of}")
        return 0
    if not yes:
        if not sys.stdin.isatty():
            raise UserMistake("prune", None, f"{said}; nobody is there to be asked: say --yes")
        click.confirm(f"{said}. Drop them for good?", abort=True)
    prune(store, what, command_line())
    print(f"dropped: {said}")
    return 0


def _ids(store: object, cases: tuple[str, ...]) -> tuple[str, ...]:
    """Ids of the cases of these labels or ids; nothing is dropped for a word that only resembles one."""
    from sim.ensemble.store.store import Store
    from sim.errors import UserMistake

    assert isinstance(store, Store)
    rows, called, ids = store.cases(), store.called(), list[str]()
    pairs = [*zip(rows["label"], rows["case"], strict=True)]
    for word in cases:
        same = [str(case) for label, case in pairs if word in (case, label, *called.get(case, ()))]
        if not same:
            raise UserMistake("--case", word, "no case of this label or id; `tabletop status` lists them")
        ids += same
    return tuple(dict.fromkeys(ids))
