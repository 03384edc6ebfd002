"""``tabletop verify``: every part against its checksum, and a sample of runs lived again."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

import click

SHOWN = 10
"""Differences that are named."""


@click.command(short_help="check every part, and live a sample of runs again")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--runs", type=click.IntRange(0), default=64, show_default=True, help="Runs to live again.")
@click.option("--seed", type=click.IntRange(0), help="Which sample; without it another one each time.")
def command(folder: Path, runs: int, seed: int | None) -> int:
    """Check that a store DIR is what it was.

    A damaged part is named and moved to DIR/damaged; nothing is deleted, and the command that made its runs does
    them again. A random sample of runs is lived again from the stored settings, and every outcome must be the same bit
    for bit. Exit code 4 when anything is not as it should be.

    Example: tabletop verify outputs/worlds-0a1b2c3d --runs 500
    """
    from sim.api import open_store
    from sim.commands.screen import progress
    from sim.ensemble.store import parquet_parts as parts
    from sim.ensemble.store.store import Store
    from sim.ensemble.store.tables import TABLES
    from sim.ensemble.upkeep.verify import relive, sample_runs, set_damaged_aside
    from sim.errors import StoreDamaged

    held = Store.read(folder)
    count = sum(len(parts.listed(folder / table)) for table in TABLES)
    moved = set_damaged_aside(held)
    for part, now in moved.items():
        print(f"tabletop: {part} is damaged; it is now {now}", file=sys.stderr)
    print(f"{count - len(moved):,} of {count:,} parts are sound")
    store = open_store(folder)
    seed = secrets.randbelow(2**31) if seed is None else seed
    sample = sample_runs(store, runs, seed)
    with progress(len(sample)) as advance:
        differences = relive(store, sample, advance)
    for d in differences[:SHOWN]:
        print(f"tabletop: case {d.case}, root seed {d.root_seed}, replicate {d.replicate}: {d.outcome} is stored as "
              f"{d.stored} and comes out as {d.again}", file=sys.stderr)  # fmt: skip
    bad = len({(d.case, d.root_seed, d.replicate) for d in differences})
    print(f"{len(sample) - bad:,} of {len(sample):,} runs lived again are the same bit for bit (--seed {seed})")
    if differences:
        why = "were they computed with another NumPy, or on another kind of processor?"
        raise StoreDamaged(f"{folder}: {bad} of {len(sample)} runs come out otherwise here; {why}")
    if moved:
        raise StoreDamaged(f"{folder}: {len(moved)} of {count} parts were damaged and are set aside; issue the command "
                           "that made them again, and only their runs are done again")  # fmt: skip
    return 0
