"""``tabletop bundle``: one file with everything that a result rests on."""

from __future__ import annotations

import hashlib
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pandas as pd

from sim.commands import flags

if TYPE_CHECKING:
    from sim.analysis.comparison import Compared
    from sim.ensemble.store.store import Store

MOST_COMPARED = 24
"""Worlds of a folder that are compared without being named."""


@click.command(short_help="one file with everything that a result rests on")
@click.argument("what", nargs=-1, metavar="[DIR|key=value,value]...")
@click.option("--to", "target", type=flags.NamedFolder(), metavar="FILE.zip",
              help="The file; outputs/bundle-… by default, named by what is in it.")  # fmt: skip
@click.option("--baseline", metavar="CASE", help="The case to compare with; else as_documented.")
@click.option("--case", "only", multiple=True, metavar="CASE", help="Compare only this case; several times.")
@click.option("--outcome", "outcomes", multiple=True, help="What to compare; the first is the question.")
@click.option("--date", "dated", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD",
              help="Day of publication in the metadata; the version's own by default.")  # fmt: skip
@flags.config_path
def command(
    what: tuple[str, ...],
    target: Path | None,
    baseline: str | None,
    only: tuple[str, ...],
    outcomes: tuple[str, ...],
    dated: datetime | None,
    config_path: Path | None,
) -> int:
    """Put runs and all that they rest on into one ZIP file: settings, record, posterior, versions, digests, figures
    with their data, the briefing, ODD, CREDIBILITY, and metadata for machines (RO-Crate).

    What is put together is said as for `tabletop compare`, and only what is missing is run; folders alone are taken as
    they are. The same runs and versions give the same bytes, whatever the folder, day, time zone or umask. `tabletop
    verify FILE.zip` checks it and lives a sample of its runs again.

    Example: tabletop bundle 'scenario=as_documented,terms_settled' ensemble.replicates=100 --to terms.zip
    """
    from sim.archives import pack
    from sim.commands.patience import tell
    from sim.reports.bundle.contents import contents
    from sim.reports.whole_files import check_place, write_whole

    if target is not None:
        check_place(target, "--to")
    cases, runs, store, comparison = _taken(what, baseline, only, outcomes, config_path)
    posterior = next((word.partition("=")[2] for word in what if word.startswith("unknowns.posterior=")), None)
    again = _again(what, baseline, only, outcomes)
    with tell("drawing and writing"):
        bundled = contents(
            cases,
            runs,
            store,
            again,
            _told(comparison, again) if comparison else None,
            Path(posterior) if posterior else None,
            dated.date() if dated else None,
        )
        packed = pack(bundled.members)
    digest = hashlib.sha256(packed).hexdigest()
    path = write_whole(target or Path("outputs") / f"bundle-{digest[:8]}.zip", packed, "--to" if target else "out")
    for line in bundled.left_out:
        print(f"left out: {line}", file=sys.stderr)
    print(f"written: {path} ({len(bundled.members):,} files, {len(packed):,} bytes)")
    print(f"SHA-256: {digest}")
    failed = int((runs["status"] != "ok").sum())
    return 3 if failed else 0


def _told(comparison: Compared, command: list[str]) -> dict[str, bytes]:
    """The briefing of a comparison, and every number behind it."""
    from sim.reports.briefing.of_comparison import of_comparison

    table = comparison.table.to_csv(index=False, lineterminator="\n").encode()
    certified = ["What experiments certify is not part of a bundle: `tabletop certify` asks again."]
    return {**of_comparison(comparison, command, certified).files("briefing"), "comparison.csv": table}


def _taken(
    what: tuple[str, ...],
    baseline: str | None,
    only: tuple[str, ...],
    outcomes: tuple[str, ...],
    config_path: Path | None,
) -> tuple[pd.DataFrame, pd.DataFrame, Store, Compared | None]:
    """Cases and runs, the store that figures are drawn from, and the comparison where there are cases to compare."""
    from sim.analysis.alternatives import alternatives
    from sim.analysis.comparison_runs import every_run, request_of
    from sim.commands.comparison import compared
    from sim.commands.screen import command_line
    from sim.ensemble.store.store import Store
    from sim.errors import UserMistake, no_effect

    folders = [word for word in what if os.path.isdir(word)]
    words, chosen = [word for word in what if word not in folders], bool(only or baseline or outcomes)
    if words or not folders:
        cases = pd.DataFrame([case.row() for case in request_of(words, config_path, baseline).cases])
        if len(alternatives(cases)) == 1 and not folders and not chosen:  # nothing to compare it with
            return *_run(words, config_path), None
    elif len(folders) > 1:
        raise UserMistake("bundle", folders[1], "one folder at a time: a bundle is of one store")
    else:
        if config_path:
            no_effect("--config-path", "a folder is taken as it is")
        store = Store.read(folders[0])
        cases, runs = every_run([store])
        many = len(alternatives(cases))
        if not chosen and not 2 <= many <= MOST_COMPARED:
            if many > MOST_COMPARED:
                print(f"left out: the comparison of {many:,} cases; --case names those to compare", file=sys.stderr)
            return cases, runs, store, None
    comparison, _ = compared(what, outcomes, baseline, only, config_path, command_line())
    assert comparison.store is not None
    return comparison.cases, comparison.runs, comparison.store, comparison


def _run(words: list[str], config_path: Path | None) -> tuple[pd.DataFrame, pd.DataFrame, Store]:
    """The runs of one world, under all theories unless one is named."""
    from sim.analysis.comparison_runs import request_of
    from sim.api import open_store, run_request
    from sim.commands.screen import command_line, name_failure, progress, say_faults
    from sim.ensemble.design.plan import missing_runs

    asked = request_of(words, config_path)
    store = open_store(Path(asked.out) if asked.out else None)
    with progress(sum(map(len, missing_runs(asked.plan, store).values()))) as advance:
        runs = run_request(asked, store.folder, advance, command_line(), name_failure())
    if runs.report:
        say_faults(runs.report)
    return runs.cases, runs.outcomes, store


def _again(what: tuple[str, ...], baseline: str | None, only: tuple[str, ...], outcomes: tuple[str, ...]) -> list[str]:
    """The command without what only this machine knows: folders, and where the store lies."""
    words = ["DIR" if os.path.isdir(word) else word for word in what if not word.startswith("out=")]
    words = [word if not word.startswith("unknowns.posterior=") else "unknowns.posterior=FILE" for word in words]
    words += ["--baseline", baseline] if baseline else []
    words += [part for case in only for part in ("--case", case)]
    return ["tabletop", "bundle", *words, *(part for name in outcomes for part in ("--outcome", name))]
