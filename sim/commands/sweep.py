"""``tabletop sweep``: many cases at once, into the store that every command adds to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim import text as words
from sim.commands import completion as completing
from sim.commands import flags

if TYPE_CHECKING:
    import pandas as pd

    from sim.api import Runs
    from sim.ensemble.design.request import Request

SHOWN = 20
"""Cases that the screen shows unless all are asked for."""


@click.command(short_help="run many cases: every combination, or a design's points")
@click.argument("settings", nargs=-1, shell_complete=completing.settings, metavar="[key=values]...")
@flags.config_path
@click.option(
    "--outcome", metavar="NAME", help="What table and picture show, instead of exits by the end of the record."
)
@click.option("--all", "everything", is_flag=True, help="Show every case.")
@click.option("--figures/--no-figures", default=True, show_default=True,
              help="Draw the picture of a sweep over one setting, or not.")  # fmt: skip
@flags.table_form
@flags.dry_run
def command(settings: tuple[str, ...], config_path: Path | None, **shown: Any) -> int:
    """Run every combination of the values given (a,b; range(from,to,step); glob(*)), and add the runs to the store.

    Only what is missing is run, so the same command goes on after any interruption, and more replicates, values or
    settings add to what is there. design=lhs, sobol or morris explores 'key=interval(low,high)' or the prior ranges
    (design.prior=all) instead; design=file takes the cases of a CSV file. A sweep keeps no daily series unless
    ensemble.days=true. A sweep over one setting ends with its picture, F8; tabletop plot draws every other. Quote what
    a shell would eat.

    Example: tabletop sweep 'scenario=glob(*)' 'theory=glob(*)' 'media.report_probability=range(0.01,0.2,0.01)'
    """
    return run_sweep(settings, config_path, **shown)


def run_sweep(
    settings: tuple[str, ...],
    config_path: Path | None,
    outcome: str | None = None,
    everything: bool = False,
    dry_run: bool = False,
    figures: bool = True,
    form: str = "table",
) -> int:
    """The verb itself, for ``tabletop sweep`` and ``tabletop run -m``."""
    from sim.api import run_request
    from sim.commands.patience import tell
    from sim.commands.screen import command_line, console, name_failure, progress, say_failures, say_pictures
    from sim.ensemble.design.sweep import sweep
    from sim.outcomes import check_outcome, defaults
    from sim.reports.sheets import check_openpyxl

    if outcome is not None:
        check_outcome("--outcome", outcome)
    with console().status("composing"), tell("composing"):
        asked = sweep(settings, config_path)
    plan = asked.plan
    for line in _tried(asked):
        print(line)
    if dry_run:
        return _dry_run(asked, everything, outcome or defaults.OUTCOME)
    if form == "xlsx":
        check_openpyxl()
    with progress(plan.wanted) as advance:
        runs = run_request(asked, progress=advance, command=command_line(), failed=name_failure())
    outcome = defaults.outcome(runs.outcomes, outcome)
    _show(runs, outcome, everything, form)
    with tell("drawing"):
        pictures = _draw(runs, outcome, command_line()) if figures else []
    if form == "xlsx":
        _write_workbook(runs, outcome)
    if form != "csv":
        _say_where(runs)
        say_pictures(pictures)
    assert runs.report is not None
    return say_failures(runs.report)


def _tried(asked: Request) -> Iterator[str]:
    """What a sweep tries, setting by setting, so that a range shows where it ends; and points that are one case."""
    from sim.ensemble.design.plan import distinct

    for key in asked.swept:
        values = list(dict.fromkeys(case.values[key] for case in asked.cases if key in case.values))
        if len(values) > 2 and not isinstance(values[0], str):
            yield f"{key}: {len(values):,} values, from {values[0]} to {values[-1]}"
    points, cases = len(asked.cases), len(distinct(asked.cases))
    if points != cases:
        yield f"{points:,} {'points' if asked.sampled else 'combinations'}, {words.several(cases, 'case')}"


def _write_workbook(runs: Runs, outcome: str) -> None:
    """Quantiles, settings and runs as sheets, in a folder of the sweep's own."""
    from sim.commands.screen import save_workbook
    from sim.figures.folders import folder_of

    labels = list(runs.cases["label"].astype(str))
    path = runs.store.figures(folder_of(f"sweep-{words.several(len(labels), 'case')}", *labels)) / "sweep.xlsx"
    tables = {outcome: runs.by_case(outcome), "cases": runs.cases, "runs": runs.outcomes}
    print(f"workbook: {save_workbook(path, tables)}")


def _dry_run(asked: Request, everything: bool, outcome: str) -> int:
    from sim.api import open_store
    from sim.commands.dry_run import say_forecast
    from sim.commands.screen import show_table
    from sim.ensemble.design.plan import distinct, missing_runs

    plan = asked.plan
    store = open_store(Path(asked.out) if asked.out else None)
    missing = missing_runs(plan, store)
    import pandas as pd

    cases = distinct(asked.cases)
    rows = [{"case": case.id, "label": case.label, "missing": len(missing[case.id])} for case in cases]
    show_table(_some(pd.DataFrame(rows), everything), title=words.several(len(cases), "case"))
    return say_forecast(asked, outcome, store)


def _show(runs: Runs, outcome: str, everything: bool, form: str) -> None:
    from sim.analysis.statistics.summary import for_people
    from sim.commands.screen import show_table

    table = runs.by_case(outcome)
    if form == "csv":
        return show_table(table, form)
    count = len(table)
    title = f"{outcome}: {words.several(count, 'case')}; columns are quantiles of each case's runs"
    show_table(for_people(_some(table, everything)), title=title)


def _draw(runs: Runs, outcome: str, typed: list[str]) -> list[Path]:
    """F8 of a sweep over one setting, where its cases differ in nothing else; of any other sweep nothing."""
    from sim.analysis.dose_response import turned

    if all(turned(rows) is None for _, rows in runs.cases.groupby("scenario.name")):
        return []
    from sim.figures.dose_response.figure import FIGURE
    from sim.figures.interface import Wanted
    from sim.figures.store_contents import StoreContents
    from sim.outcomes import outcome_of
    from sim.reports.picture_index import write as write_index

    contents = StoreContents.of_runs(runs.store, runs.cases, runs.outcomes)
    if contents is None or outcome_of(outcome).type == "date":
        return []
    found = FIGURE.recipes(contents, Wanted(outcome=outcome)).recipes
    pictures = [FIGURE.make(recipe, runs.store).save(runs.store.figures(place), typed) for place, recipe in found]
    write_index(runs.store)
    return pictures


def _some(table: pd.DataFrame, everything: bool) -> pd.DataFrame:
    return table if everything or len(table) <= SHOWN else table.head(SHOWN)


def _say_where(runs: Runs) -> None:
    from sim.commands.screen import computed

    report = runs.report
    assert report is not None
    count = len(runs.cases)
    if count > SHOWN:
        print(f"the first {SHOWN} of {count:,} cases; --all shows the rest, and so does the store")
    if report.reached:
        short = sum(not reached.met for reached in report.reached)
        most = max(reached.replicates for reached in report.reached)
        unmet = f"; {short:,} cases stopped by ensemble.cap before it was met" if short else ""
        print(f"ensemble.until: {most:,} replicates a case at most{unmet}")
    folder = runs.store.folder
    print(f"{computed(report)}; store: {folder}")
    print(f"next: tabletop plot {folder}; tabletop compare {folder}")
