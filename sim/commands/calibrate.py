"""``tabletop calibrate``: worlds that lived the record, from a bank of prior runs, and what such a bank says."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim import text as words
from sim.commands import completion as completing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sim.analysis.calibration.asking import Asked
    from sim.analysis.calibration.bank import Tried
    from sim.analysis.calibration.results import CalibrationResults
    from sim.ensemble.cases.posterior import Posterior
    from sim.ensemble.execution.report import Report
    from sim.ensemble.store.store import Store

LIST, PAGE = "posterior.json", "calibration"
"""Names of what is written into the bank's folder: the list of worlds, and the page without its ending."""


@click.command(short_help="worlds that lived the record, and what the record says")
@click.argument("settings", nargs=-1, shell_complete=completing.settings, metavar="[key=value]...")
@click.option("--join", "joined", multiple=True, type=click.Path(path_type=Path), metavar="DIR",
              help="Take in the runs of another bank of the same kind; several times for several.")  # fmt: skip
@click.option("--page/--no-page", "page", default=True, show_default=True,
              help="Ask the bank everything and write it down, or the list of worlds alone.")  # fmt: skip
def command(settings: tuple[str, ...], joined: tuple[Path, ...], page: bool) -> int:
    """Draw worlds from the prior until 1,000 a theory have lived the record, and say what that tells.

    The runs are a store of their own, outputs/bank-…: the same command goes on where it was interrupted. Beside them
    it writes posterior.json, the list of kept worlds (unknowns.posterior=FILE runs on it), calibration.md and .html,
    and F9. ensemble.replicates is how many worlds of a theory are enough, ensemble.cap how many are drawn at most.

    Example: tabletop calibrate theory=breach,prospects
    """
    from sim.analysis.calibration.asking import read_asked
    from sim.api import open_store
    from sim.commands.screen import command_line, name_failure
    from sim.errors import Terminated, UserMistake

    typed, began = command_line(), time.perf_counter()
    asked = read_asked(settings)
    if asked.first and joined:
        right = "a part of a bank is drawn, or parts are joined to a whole; give one of the two"
        raise UserMistake("ensemble.first_replicate", asked.first, right)
    store = open_store(asked.out)
    if joined:
        from sim.analysis.calibration.bank import take_in

        for folder in joined:
            print(f"{folder}: {words.several(take_in(asked.bank, store, folder), 'run')} taken in")
    hears = name_failure()
    reports: list[Report] = []
    if asked.first:
        return _part(asked, store, typed, hears)
    tried: list[Tried] = []
    stopped: BaseException | None = None
    try:
        for theory in asked.bank.theories:
            now, done = _theory(asked, store, theory, hears)
            tried.append(now)
            reports += done
            print(_said(asked, now))
    except (KeyboardInterrupt, Terminated) as wish:
        stopped = wish
        tried = [*tried, *_as_they_stand(asked, store, [now.theory for now in tried])]
    _note(asked, store, typed, reports, time.perf_counter() - began, finished=stopped is None)
    _write(asked, store, tried, typed, began, page=page and stopped is None, interrupted=stopped is not None)
    if stopped is not None:
        raise stopped
    failed = sum(len(report.failures) for report in reports)
    if failed:
        print(f"tabletop: {failed:,} runs failed; they show no pattern, and the same command tries them again",
              file=sys.stderr)  # fmt: skip
    return 3 if failed else 0


def _theory(
    asked: Asked, store: Store, theory: str, failed: Callable[[str, int, str], None]
) -> tuple[Tried, list[Report]]:
    """Draw a theory's worlds, with a bar that says how many are kept and how long it may take."""
    from sim.analysis.calibration.bank import fill_theory
    from sim.commands.screen import bank_progress

    with bank_progress(theory, asked.bank.keep) as hear:
        return fill_theory(asked.bank, theory, store, asked.executor, asked.block, hear, failed)


def _said(asked: Asked, now: Tried) -> str:
    kept, draws = len(now.kept), f"{now.draws:,} draws"
    if not kept:
        return f"{now.theory}: none of {draws} lived the record, at most {3 / now.draws:.2g} of them (95 %)"
    enough = "" if kept >= asked.bank.keep else ", fewer than were asked for"
    return f"{now.theory}: {words.several(kept, 'world')} of {draws} lived the record ({100 * now.share:.2g} %){enough}"


def _as_they_stand(asked: Asked, store: Store, known: Sequence[str]) -> list[Tried]:
    """What an interrupted bank has of the theories that it had not come to the end of."""
    from sim.analysis.calibration.bank import tried

    rest = [tried(asked.bank, store, theory) for theory in asked.bank.theories if theory not in known]
    return [now for now in rest if now.draws]


def _part(asked: Asked, store: Store, typed: Sequence[str], failed: Callable[[str, int, str], None]) -> int:
    """Draw some worlds of a bank that others draw the rest of."""
    from sim.analysis.calibration.bank import fill_part
    from sim.commands.screen import progress, say_failures

    began = time.perf_counter()
    worlds = range(asked.first, asked.first + asked.bank.cap)
    with progress(len(worlds) * len(asked.bank.theories)) as advance:
        report = fill_part(asked.bank, worlds, store, asked.executor, asked.block, advance, failed)
    _note(asked, store, typed, [report], time.perf_counter() - began, finished=True)
    print(f"worlds {worlds.start:,} to {worlds.stop - 1:,} of each theory: a part of a bank; store: {store.folder}")
    print(f"next: tabletop calibrate --join {store.folder}, where worlds 0 to {worlds.start - 1:,} are")
    return say_failures(report)


def _write(
    asked: Asked,
    store: Store,
    tried: Sequence[Tried],
    typed: Sequence[str],
    began: float,
    *,
    page: bool,
    interrupted: bool,
) -> None:
    """The list of worlds, and what the bank says as numbers, as a page and as F9."""
    from sim.analysis.calibration.bank import posterior_of

    if not tried:
        return
    seconds, line = time.perf_counter() - began, " ".join(typed)
    posterior = posterior_of(asked.bank, tried)
    target = store.folder / LIST
    earlier = _earlier(target)
    posterior = posterior.with_those_of(earlier) if earlier else posterior
    posterior.save(target)  # what is asked of the bank takes longer than the list, and may be interrupted
    if page:
        from sim.analysis.calibration.study import answer, facts_of
        from sim.commands.patience import tell

        facts = facts_of(asked.bank, tried, seconds, line, interrupted=interrupted)
        doing = ["asking the bank"]
        with tell(lambda: doing[0]):
            answers = answer(asked.bank, store, tried, facts, asked.executor, lambda what: doing.__setitem__(0, what))
        posterior = answers.posterior.with_those_of(earlier) if earlier else answers.posterior
        posterior.save(target)
    print(f"{words.several(sum(len(kept.worlds) for kept in posterior.theories.values()), 'world')}: {target}")
    if page:
        for written in _write_down(answers.results, store, typed):
            print(f"written: {written}")
    print(f"next: tabletop run unknowns.posterior={target}; store: {store.folder}")


def _earlier(path: Path) -> Posterior | None:
    """The list that an earlier command left; what is no list is written over."""
    from sim.ensemble.cases.posterior import load_posterior
    from sim.errors import UserMistake

    try:
        return load_posterior(path)
    except UserMistake:
        return None


def _write_down(results: CalibrationResults, store: Store, typed: Sequence[str]) -> list[Path]:
    """The results as a file, as pictures and as a page; what can be written."""
    from sim.analysis.calibration.results import FILE
    from sim.figures.calibration.figure import FIGURE, recipe_of
    from sim.reports.calibration_page import save

    pictures = [FIGURE.make(recipe_of(results), store)] if len(results.of("compatibility")) else []
    return [results.save(store.folder / FILE), *save(results, store.folder, pictures, typed)]


def _note(
    asked: Asked, store: Store, typed: Sequence[str], reports: Sequence[Report], seconds: float, *, finished: bool
) -> None:
    """Note the command in the bank's store."""
    from datetime import UTC, datetime

    from sim.ensemble.execution.provenance import provenance

    store.note_invocation(
        {
            "command": list(typed),
            "rule": f"until {asked.bank.keep:,} worlds of each theory are kept, or {asked.bank.cap:,} are drawn",
            "computed": sum(report.computed for report in reports),
            "failed": sum(len(report.failures) for report in reports),
            "finished": finished,
            "started": datetime.fromtimestamp(time.time() - seconds, UTC).isoformat(timespec="milliseconds"),
            "seconds": round(seconds, 3),
            **provenance(),
        }
    )
