"""``tabletop backtest``: what worlds that lived the record predict of the time after it, and how that is scored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import pandas as pd

from sim.commands import completion as completing
from sim.commands import flags

if TYPE_CHECKING:
    from sim.analysis.backtest.predictions import Predictions

FORMS = click.Choice(["table", "csv", "json"])
SCORES, PAGE = "scores.csv", "backtest.md"


@click.command(short_help="what worlds that lived the record predict after it, and its score")
@click.argument("file", type=flags.NamedFile())
@click.argument("settings", nargs=-1, shell_complete=completing.settings, metavar="[key=value]...")
@click.option("--as", "form", type=FORMS, default="table", show_default=True, help="How to print it.")
@flags.dry_run
def command(file: Path, settings: tuple[str, ...], form: str, dry_run: bool) -> int:
    """Predict the patterns of FILE in the worlds that it freezes, and score those whose answer is known.

    FILE names a list of worlds by its hash, puts dated inputs into them after the record, and asks for outcomes and
    series over days (docs/BACKTEST.md). Each pattern gets its probability by theory with an interval; one with an
    answer gets its Brier and logarithmic score, and CRPS where a number was observed, against T0 and a climatology.

    Example: tabletop backtest experiments/backtest/synthetic.yaml theory=breach
    """
    from sim.analysis.backtest.backtest_file import load_backtest
    from sim.analysis.backtest.backtest_request import check_words, list_typed, request_of
    from sim.analysis.backtest.predictions import predict
    from sim.api import open_store, run_request
    from sim.commands.patience import tell
    from sim.commands.screen import command_line, computed, name_failure, progress, say_failures, show_table
    from sim.ensemble.design.plan import missing_runs

    check_words(settings)
    backtest = load_backtest(file, list_typed(settings))
    request = request_of(backtest, settings)
    if dry_run:
        from sim.commands.dry_run import say_forecast

        return say_forecast(request)
    typed = command_line()
    store = open_store(Path(request.out) if request.out else None)
    missing = sum(map(len, missing_runs(request.plan, store).values()))
    with progress(missing) as advance:
        runs = run_request(request, store.folder, advance, typed, name_failure())
    with tell("scoring"):
        predictions = predict(backtest, request.cases, runs.outcomes, runs.store)
    if form == "table":
        _print(predictions)
        for path in _write(predictions, runs.store.figures(f"backtest-{backtest.name}-{backtest.digest[:6]}"), typed):
            print(f"written: {path}")
    else:
        show_table(predictions.table, form)
    report = runs.report
    assert report is not None
    if form == "table":
        print(f"{computed(report)}; store: {store.folder}")
    return say_failures(report)


def _print(predictions: Predictions) -> None:
    from sim.commands.screen import show_table
    from sim.reports import backtest_page as page

    backtest = predictions.backtest
    for line in page.opening(predictions):
        print(line)
    put_in = page.inputs(backtest)
    if len(put_in):
        show_table(put_in.astype({"date": str}), title="put into every world")
    for pattern in backtest.patterns:
        print(f"{pattern.id}: {pattern.text}")
        print(f"  {pattern.asked(backtest.days)}")
        print(f"  {page.answer_line(pattern, backtest)}")
        show_table(page.pattern_rows(predictions.table, pattern.id))
    if not predictions.summary.empty:
        show_table(page.summary_rows(predictions.summary), title="over all patterns with an answer")
    for line in (*page.verdicts(predictions), page.CAUTION):
        print(line)


def _write(predictions: Predictions, folder: Path, typed: list[str]) -> list[Path]:
    """The scores with every digit, and the page."""
    import shlex

    from sim.reports.backtest_page import backtest_page
    from sim.reports.whole_files import write_whole

    written = [write_whole(folder / SCORES, _csv(predictions.table))]
    return [*written, write_whole(folder / PAGE, backtest_page(predictions, shlex.join(typed)))]


def _csv(table: pd.DataFrame) -> str:
    return table.to_csv(index=False, lineterminator="\n")
