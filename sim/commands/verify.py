"""``tabletop verify``: every part against its checksum, and a sample of runs lived again; of a store or a bundle."""

from __future__ import annotations

import secrets
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sim.ensemble.store.store import Store
    from sim.ensemble.upkeep.verify import Difference
    from sim.reports.bundle.checks import OpenedBundle

SHOWN = 10
"""Differences that are named."""
AGAIN = "issue once more the commands that made what is gone: only that is done again"


@click.command(short_help="check every part, and live a sample of runs again")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR|BUNDLE.zip")
@click.option("--runs", type=click.IntRange(0), default=64, show_default=True, help="Runs to live again.")
@click.option("--seed", type=click.IntRange(0), help="Which sample; without it another one each time.")
@click.option("--join", is_flag=True, help="Put small parts together: the same rows in fewer files, which read faster.")
def command(folder: Path, runs: int, seed: int | None, join: bool) -> int:
    """Check that a store DIR, or a bundle, is what it was.

    A damaged part is named and moved to DIR/damaged; nothing is deleted, and the command that made its runs does
    them again. A random sample of runs is lived again from the stored settings, and every outcome must be the same bit
    for bit. What a command had brought to its end, and is gone, is named. Exit code 4 when anything is not as it should
    be. A manifest that is gone is written again, as the store's commands tell it.

    Of a BUNDLE.zip each file is checked against its digest, a sample of its runs is lived again from the settings in
    it, and what was changed is named. It is read into memory; nothing of it is unpacked.

    Example: tabletop verify outputs/worlds-0a1b2c3d --runs 500

    Example: tabletop verify terms.zip
    """
    if folder.is_file() or (folder.suffix == ".zip" and not folder.exists()):
        return _of_bundle(folder, runs, seed, join)
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

    if other := _of_another(store.model_version, store.record):
        return [other]
    seed = secrets.randbelow(2**31) if seed is None else seed
    sample = sample_runs(store, runs, seed)
    with progress(len(sample)) as advance:
        differences = relive(store, sample, advance)
    return _told(differences, len(sample), seed)


def _of_another(model_version: int, record: str) -> str | None:
    """Why runs cannot be lived again here; None where they can."""
    from sim.model import MODEL_VERSION
    from sim.record import load

    if (model_version, record) == (MODEL_VERSION, load().hash):
        return None
    return (f"it belongs to model version {model_version} and record {record}, so its runs cannot be lived again here; "
            "use the version that made it")  # fmt: skip


def _told(differences: list[Difference], size: int, seed: int) -> list[str]:
    """Name what came out otherwise, say how many runs did not, and return that as faults."""
    for d in differences[:SHOWN]:
        print(f"tabletop: case {d.case}, root seed {d.root_seed}, replicate {d.replicate}: {d.outcome} is stored as "
              f"{d.stored} and comes out as {d.again}", file=sys.stderr)  # fmt: skip
    bad = len({(d.case, d.root_seed, d.replicate) for d in differences})
    if size:
        print(f"{size - bad:,} of {size:,} runs lived again are the same bit for bit (--seed {seed})")
    else:
        print("no run was lived again")
    if not differences:
        return []
    why = "were they computed with another NumPy, or on another kind of processor?"
    return [f"{bad} of {size} runs come out otherwise here; {why}"]


def _of_bundle(path: Path, runs: int, seed: int | None, join: bool) -> int:
    """Check a bundle, and live a sample of its runs again."""
    from hashlib import sha256

    from sim.errors import StoreDamaged, no_effect
    from sim.reports.bundle.checks import open_bundle

    if join:
        no_effect("--join", "a bundle has no parts")
    bundle = open_bundle(path)
    faults = list(bundle.faults)
    for fault in faults[:SHOWN]:
        print(f"tabletop: {fault}", file=sys.stderr)
    if len(faults) > SHOWN:
        print(f"tabletop: and {len(faults) - SHOWN:,} more", file=sys.stderr)
    if faults:
        more = f" ({len(faults)} faults)" if len(faults) > 1 else ""
        raise StoreDamaged(f"{path}: {faults[0]}{more}; it is not the bundle that was made, and no run was lived again")
    print(f"{len(bundle.members):,} files have the digests they were packed with")
    print(f"SHA-256: {sha256(path.read_bytes()).hexdigest()}")
    faults = _sample_of_bundle(bundle, runs, seed)
    if faults:
        raise StoreDamaged(f"{path}: {'; '.join(faults)}")
    return 0


def _sample_of_bundle(bundle: OpenedBundle, runs: int, seed: int | None) -> list[str]:
    from sim.commands.screen import progress
    from sim.ensemble.upkeep.verify import relive_rows
    from sim.errors import UserMistake
    from sim.figures.render import DEFAULT_WORLD, USUAL
    from sim.reports.bundle.tables import added_values

    if other := _of_another(int(bundle.about["model_version"]), str(bundle.about["record"])):
        return [other]
    seed = secrets.randbelow(2**31) if seed is None else seed
    sample = bundle.sample(runs, seed)
    work = sum(bundle.cases[str(case)].officer_days for case in sample["case"])
    if work > USUAL * DEFAULT_WORLD:  # a bundle may be anybody's
        raise UserMistake("--runs", runs, f"the work of {work / DEFAULT_WORLD:,.0f} runs of the default world; ask for "
                          "fewer")  # fmt: skip
    with progress(len(sample)) as advance:
        differences = relive_rows(bundle.cases, bundle.runs, added_values(bundle.runs), sample, advance)
    return _told(differences, len(sample), seed)
