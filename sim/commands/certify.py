"""``tabletop certify``: what findings survive, each run again under what must not matter and under what may."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands import completion as completing
from sim.commands import flags

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.certificates.certificate import Certificates, CertifyRequest
    from sim.ensemble.design.plan import Plan
    from sim.ensemble.store.store import Store

FORMS = click.Choice(["table", "csv", "json"])


@click.command(short_help="what findings survive: rival theories, other worlds, other assumptions")
@click.argument("what", nargs=-1, shell_complete=completing.settings, metavar="[FINDINGS.yaml] [key=value]...")
@click.option("--only", multiple=True, metavar="NAME", help="Only this finding; may be given several times.")
@click.option("--check", "checks", multiple=True, metavar="CHECK", help="Only this check, or this kind of them.")
@click.option("--list", "listed", is_flag=True, help="Show the findings and their checks; nothing is run.")
@click.option("--as", "form", type=FORMS, default="table", show_default=True, help="How to print it.")
@flags.config_path
@flags.dry_run
def command(
    what: tuple[str, ...],
    only: tuple[str, ...],
    checks: tuple[str, ...],
    listed: bool,
    form: str,
    config_path: Path | None,
    dry_run: bool,
) -> int:
    """Run findings again under what must not matter and what may, and say whether each HOLDS, SHIFTS or FLIPS.

    Without a file they are those of experiments/findings.yaml. Unless told otherwise 100 worlds of each rival theory
    (ensemble.replicates; 40 is a small size). Only what is missing is run; a page and a CSV lie in the store's figures.

    Example: tabletop certify --only truce_keeps --check prior theory=breach ensemble.replicates=100
    """
    from sim.analysis.certificates.certificate import certify, read_asked
    from sim.analysis.certificates.claims import load_claims, select
    from sim.api import open_store
    from sim.commands.patience import tell
    from sim.commands.screen import command_line, progress, show_table

    file, words = _file_and_words(what)
    claims = select(load_claims(Path(file) if file else None), only)
    if listed:
        show_table(_listing(claims), form, title=f"Findings ({len(claims)})")
        return 0
    with tell("composing"):
        asked = read_asked(claims, checks, words, file, config_path)
    store = open_store(Path(asked.out) if asked.out else None)
    if dry_run:
        return _dry_run(asked, store)
    typed = command_line()
    certificates = certify(asked, store, _Lives(store, typed), progress)
    return _say(certificates, store, typed, form)


def _file_and_words(what: tuple[str, ...]) -> tuple[str | None, list[str]]:
    """The file of findings, if one is named, and the settings."""
    from sim.errors import UserMistake

    files, words = [word for word in what if "=" not in word], [word for word in what if "=" in word]
    if len(files) > 1:
        raise UserMistake("FINDINGS.yaml", " ".join(files), "one file of findings at a time; settings are key=value")
    return (files[0] if files else None), words


class _Lives:
    """Runs plans in the command's store, and notes each as part of the command."""

    def __init__(self, store: Store, typed: list[str]) -> None:
        from sim.commands.screen import name_failure

        self._store, self._typed, self._failed = store, typed, name_failure()

    def __call__(self, plan: Plan) -> pd.DataFrame:
        from sim.api import run_request
        from sim.commands.screen import progress, say_faults
        from sim.ensemble.design.plan import missing_runs
        from sim.ensemble.design.request import Request

        missing = sum(map(len, missing_runs(plan, self._store).values()))
        with progress(missing) as advance:
            runs = run_request(Request(plan), self._store.folder, advance, self._typed, self._failed)
        if runs.report is not None:
            say_faults(runs.report)
        return runs.outcomes


def _say(certificates: Certificates, store: Store, typed: list[str], form: str) -> int:
    from sim.commands.screen import show_table
    from sim.reports.certificate_page import cells, in_short, save, tally

    if form == "table":
        for claim in certificates.claims:
            print(f"{claim.name}: {claim.text}")
            show_table(cells(claim, certificates.table))
            print(f"{claim.name} {in_short(claim, certificates.table)}.\n")
        if said := tally(certificates.table):
            print(said)
        print("Intervals are of sampling error, not of how sure we are of the world. Exploratory, never a forecast.")
    else:
        show_table(certificates.table, form)
    written = save(certificates, store, typed)
    if form == "table":
        for path in written:
            print(f"written: {path}")
    if certificates.failed:
        print(f"tabletop: {certificates.failed:,} runs failed; they are left out; the same command tries them again",
              file=sys.stderr)  # fmt: skip
    return 3 if certificates.failed else 0


def _listing(claims: tuple[object, ...]) -> pd.DataFrame:
    import pandas as pd

    from sim.analysis.certificates.checks import checks_of
    from sim.analysis.certificates.claims import Claim

    rows = []
    for claim in claims:
        assert isinstance(claim, Claim)
        rows.append({"finding": claim.name, "claim": claim.text, "theories": ", ".join(claim.theories),
                     "checks": " ".join(check.name for check in checks_of(claim))})  # fmt: skip
    return pd.DataFrame(rows)


def _dry_run(asked: CertifyRequest, store: Store) -> int:
    """What is missing of runs that the store keeps, and how many others at most would be lived; worlds of variants of
    the patterns are not drawn for it."""
    from sim.analysis.certificates.certificate import forecast_of
    from sim.analysis.forecast import duration, seconds_of

    stored, otherwise = forecast_of(asked, store)
    seconds, source = seconds_of(stored + otherwise, asked.plan, store)
    print(f"{stored:,} runs are missing, and at most {otherwise:,} are lived outside the store: about "
          f"{duration(seconds)} ({source})")  # fmt: skip
    print(f"store: {store.folder}")
    return 0
