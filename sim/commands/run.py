"""``tabletop run``: one case as an ensemble, its numbers, its sentence and its pictures."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim import text as words
from sim.commands import completion as completing
from sim.commands import flags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sim.api import Runs
    from sim.ensemble.cases.case import Case
    from sim.ensemble.design.request import Request


@click.command(short_help="run one scenario as an ensemble, and draw it")
@click.argument("settings", nargs=-1, shell_complete=completing.settings, metavar="[key=value]...")
@flags.config_path
@click.option("--all", "everything", is_flag=True, help="Show every outcome.")
@click.option("-m", "--multirun", is_flag=True, help="Several values a setting: the same as `tabletop sweep`.")
@click.option("--figures/--no-figures", default=True, help="Draw the pictures, or not.", show_default=True)
@flags.table_form
@flags.dry_run
def command(
    settings: tuple[str, ...],
    config_path: Path | None,
    everything: bool,
    multirun: bool,
    figures: bool,
    form: str,
    dry_run: bool,
) -> int:
    """Run one scenario under one theory, add the runs to the store, and draw them.

    Runs that the store already has are not run again. With nothing else said: 400 worlds that lived the record of
    scenario=as_documented theory=threat_efficacy, and a line for every other theory that has such worlds.

    Example: tabletop run scenario=prime_minister_returns media.report_probability=0.1
    """
    from sim.api import in_words, run_request
    from sim.commands.dry_run import say_forecast
    from sim.commands.patience import tell
    from sim.commands.screen import command_line, console, name_failure, progress, say_failures
    from sim.ensemble.design.request import request
    from sim.reports.sheets import check_openpyxl

    if multirun:
        from sim.commands.sweep import run_sweep

        return run_sweep(settings, config_path, everything=everything, figures=figures, form=form, dry_run=dry_run)
    typed = command_line()
    with tell("composing"):
        asked = request(settings, config_path)
        others = _other_theories(asked, settings, config_path)
    if dry_run:
        return say_forecast(asked)
    if form == "xlsx":
        check_openpyxl()
    screen = console()
    every = asked.of_cases((asked.case, *others))
    with progress(every.plan.wanted) as advance:
        whole = run_request(every, progress=advance, command=typed, failed=name_failure())
    runs = whole.of(asked.case.id)
    if form == "table":
        screen.print(asked.case.label, style="bold", markup=False)
        screen.print(asked.case.story, markup=False)
    _show(runs, everything, form)
    if form == "table":
        screen.print(in_words(runs, asked.case), markup=False)
        for line in _record(runs, asked.case):
            screen.print(line, markup=False)
        print()
        if others:
            _show_theories(whole)
    pictures: list[Path] = []
    if figures:
        with tell("drawing"):
            pictures = _draw(runs, asked.case, typed)
    if form == "xlsx":
        _write_workbook(runs, asked.case)
    if form != "csv":
        _say_where(runs, pictures)
    assert runs.report is not None
    return say_failures(runs.report)


def _other_theories(asked: Request, settings: Sequence[str], config_path: Path | None) -> list[Case]:
    """The same world under every other theory that has kept worlds, where nobody has named one."""
    from sim.ensemble.cases.unknowns import POSTERIOR
    from sim.ensemble.design.request import request
    from sim.errors import NoEffect
    from sim.model.withdrawal import THEORIES
    from sim.settings.overrides import key_of

    keys = {key_of(word) for word in settings}
    if asked.case.mode != POSTERIOR or any(key.partition(".")[0] in ("theory", "experiment") for key in keys):
        return []
    others = [name for name in THEORIES if name != asked.case.theory]
    with warnings.catch_warnings():  # a theory without such worlds is left out, and nobody asked for it
        warnings.simplefilter("ignore", NoEffect)
        cases = [request([*settings, f"theory={name}"], config_path).case for name in others]
    return [case for case in cases if case.mode == POSTERIOR]


def _show_theories(runs: Runs) -> None:
    """One line for each theory: the first question of all, and how many of its runs are."""
    from sim.analysis.statistics.summary import for_people
    from sim.commands.screen import show_table
    from sim.outcomes import defaults

    table = for_people(runs.by_case(defaults.OUTCOME))
    table.insert(0, "theory", list(runs.cases["theory.name"]))
    title = (
        f"{defaults.OUTCOME} under each theory that has worlds which lived the record; columns are quantiles of runs"
    )
    show_table(table.drop(columns="label"), title=title)


def _record(runs: Runs, case: Case) -> list[str]:
    """How these runs stand to the record, and how much of what varies is luck."""
    from sim.analysis.lived_record import luck_line, record_line
    from sim.outcomes import defaults

    return [line for line in (record_line(case, runs.outcomes), luck_line(case, defaults.OUTCOME)) if line]


def _write_workbook(runs: Runs, case: Case) -> None:
    """Summary, runs and settings as sheets beside the case's pictures."""
    from sim.commands.screen import save_workbook
    from sim.figures.store_contents import folders_of

    path = runs.store.figures(folders_of(runs.store)[case.id]) / "run.xlsx"
    tables = {"summary": runs.summary(), "runs": runs.outcomes, "case": runs.cases}
    print(f"workbook: {save_workbook(path, tables)}")


def _draw(runs: Runs, case: Case, typed: Sequence[str]) -> list[Path]:
    """F1 and F5 of these runs, as far as they allow them; a case of failed runs has none."""
    from sim.figures.interface import Wanted
    from sim.figures.outcome.figure import FIGURE as OUTCOME
    from sim.figures.store_contents import StoreContents
    from sim.figures.timeline.figure import FIGURE as TIMELINE
    from sim.reports.picture_index import write as write_index

    contents = StoreContents.of_runs(runs.store, runs.cases, runs.outcomes, named=frozenset([case.id]))
    if contents is None:
        return []
    pictures = []
    for kind in (OUTCOME, TIMELINE):
        for place, recipe in kind.recipes(contents, Wanted()).recipes:
            pictures.append(kind.make(recipe, runs.store).save(runs.store.figures(place), typed))
    write_index(runs.store)
    return pictures


def _show(runs: Runs, everything: bool, form: str) -> None:
    from sim.analysis.statistics.summary import for_people, usual
    from sim.commands.screen import show_table

    table = runs.summary() if everything else usual(runs.summary())
    if form == "csv":
        return show_table(table, form)
    show_table(for_people(table), title=f"{words.several(len(runs.outcomes), 'run')}; columns are quantiles of runs")


def _say_where(runs: Runs, pictures: list[Path]) -> None:
    from sim.commands.screen import computed, say_pictures

    report = runs.report
    assert report is not None
    for reached in report.reached:
        width = "nothing" if reached.half_width is None else f"±{words.number(reached.half_width)}"
        met = "" if reached.met else "; stopped by ensemble.cap before it was met"
        print(f"{reached.replicates:,} replicates: mean known to {width}{met}")
    print(f"{computed(report)}; store: {runs.store.folder}")
    say_pictures(pictures)
