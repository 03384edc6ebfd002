"""``tabletop verify``: every part against its checksum, and a sample of runs lived again."""

from __future__ import annotations

import secrets
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sim.ensemble.store.store import Store

SHOWN = 10
"""Differences that are named."""
AGAIN = "issue once more the commands that made what is gone: only that is done again"


@click.command(short_help="check every part, and live a sample of runs again")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--runs", type=click.IntRange(0), default=64, show_default=True, help="Runs to live again.")
@click.option("--seed", type=click.IntRange(0), help="Which sample; without it another one each time.")
@click.option("--join", is_flag=True, help="Put small parts together: the same rows in fewer files, which read faster.")
def command(folder: Path, runs: int, seed: int | None, join: bool) -> int:
    """Check that a store DIR is what it was.

    A damaged part is named and moved to DIR/damaged; nothing is deleted, and the command that made its runs does
    them again. A random sample of runs is lived again from the stored settings, and every outcome must be the same bit
    for bit. What a command had brought to its end, and is gone, is named. Exit code 4 when anything is not as it should
    be. A manifest that is gone is written again, as the store's commands tell it.

    Example: tabletop verify outputs/worlds-0a1b2c3d --runs 500
    """
    from sim.commands.screen import command_line
    from sim.ensemble.store.store import Store, restore_manifest
    from sim.errors import StoreDamaged

    if restore_manifest(folder):
        print(f"tabletop: {folder / 'manifest.json'} was gone or torn; it is written again, as the commands tell it",
              file=sys.stderr)  # fmt: skip
    store = Store.read(folder)
    faults = _check_parts(store)
    if join:
        from sim.ensemble.upkeep.join import join_parts

        for table, (before, after) in join_parts(store, command_line()).items():
            print(f"{table}: {before:,} parts are {after:,} now")
    faults += _check_lost(store)
    faults += [AGAIN] if faults else []
    faults += _check_sample(store, runs, seed)
    if faults:
        raise StoreDamaged(f"{folder}: {'; '.join(faults)}")
    return 0


def _check_parts(store: Store) -> list[str]:
    """Set damaged parts aside."""
    from sim.ensemble.store import parquet_parts as parts
    from sim.ensemble.store.tables import TABLES
    from sim.ensemble.upkeep.verify import set_damaged_aside

    count = sum(len(parts.listed(store.folder / table)) for table in TABLES)
    moved = set_damaged_aside(store)
    for part, now in moved.items():
        print(f"tabletop: {part} is damaged; it is now {now}", file=sys.stderr)
    print(f"{count - len(moved):,} of {count:,} parts are sound")
    return [f"{len(moved)} of {count} parts were damaged and are set aside"] if moved else []


def _check_lost(store: Store) -> list[str]:
    """Name what was there once, and is gone."""
    from sim.ensemble.store.store import CASES
    from sim.ensemble.upkeep.missing import lost_rows, missing_rows

    (notes, odd), table = store.read_notes(), store.runs(columns=[])
    for name, why in odd.items():
        print(f"tabletop: invocations/{name} {why}, so what it asked for is not checked", file=sys.stderr)
    if not notes and len(table):
        print("no command is noted here, so whether runs or tables are missing was not checked")
    finished = cache(store.finished_runs)  # both questions are of the same rows
    lost = lost_rows(store, notes, table, finished)
    for name, rows in lost.items():
        what = "have no case any more, and were not checked" if name == CASES else f"are gone from {name}"
        print(f"tabletop: {len(rows):,} runs {what}", file=sys.stderr)
    if not lost and (open_ones := sum(map(len, missing_rows(store, notes, table, finished).values()))):
        print(f"{open_ones:,} runs or their rows are still to be done: `tabletop status` says of which command")
    return [f"what finished commands had made is gone ({', '.join(lost)})"] if lost else []


def _check_sample(store: Store, runs: int, seed: int | None) -> list[str]:
    """Live a sample of runs again."""
    from sim.commands.screen import progress
    from sim.ensemble.upkeep.verify import relive, sample_runs
    from sim.model import MODEL_VERSION
    from sim.record import load

    if (store.model_version, store.record) != (MODEL_VERSION, load().hash):
        return [f"it belongs to model version {store.model_version} and record {store.record}, so its runs cannot be "
                "lived again here; use the version that made it"]  # fmt: skip
    seed = secrets.randbelow(2**31) if seed is None else seed
    sample = sample_runs(store, runs, seed)
    with progress(len(sample)) as advance:
        differences = relive(store, sample, advance)
    for d in differences[:SHOWN]:
        print(f"tabletop: case {d.case}, root seed {d.root_seed}, replicate {d.replicate}: {d.outcome} is stored as "
              f"{d.stored} and comes out as {d.again}", file=sys.stderr)  # fmt: skip
    bad = len({(d.case, d.root_seed, d.replicate) for d in differences})
    if len(sample):
        print(f"{len(sample) - bad:,} of {len(sample):,} runs lived again are the same bit for bit (--seed {seed})")
    else:
        print("no run was lived again")
    if not differences:
        return []
    why = "were they computed with another NumPy, or on another kind of processor?"
    return [f"{bad} of {len(sample)} runs come out otherwise here; {why}"]
