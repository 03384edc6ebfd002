"""``tabletop compare``: cases under the same luck, which does better, by how much, how sure, under which theories."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim import text as words
from sim.commands import flags

if TYPE_CHECKING:
    from sim.analysis.comparison import Compared

FORMS = click.Choice(["table", "csv", "json", "md", "html", "xlsx"])


@click.command(short_help="which case does better, by how much, how sure, under which theories")
@click.argument("what", nargs=-1, metavar="[DIR|key=value,value]...")
@click.option(
    "--baseline", metavar="CASE", help="The case to compare with, by id or label or a part; else as_documented."
)
@click.option(
    "--case", "only", multiple=True, metavar="CASE", help="Only this case, by id or label or a part; several times."
)
@click.option("--outcome", "outcomes", multiple=True, help="What to compare; the first is the question.")
@click.option("--all", "everything", is_flag=True, help="Compare every outcome.")
@click.option("--as", "form", type=FORMS, default="table", show_default=True, help="How to print it.")
@click.option("--brief", is_flag=True, help="The one page to hand up, instead of the full one.")
@click.option("--files/--no-files", default=True, show_default=True, help="Write CSV, Markdown and HTML, or not.")
@flags.dry_run
@flags.config_path
def command(
    what: tuple[str, ...],
    baseline: str | None,
    only: tuple[str, ...],
    outcomes: tuple[str, ...],
    everything: bool,
    form: str,
    brief: bool,
    files: bool,
    dry_run: bool,
    config_path: Path | None,
) -> int:
    """Compare cases pair by pair: the same officers and the same luck in each.

    Folders hold runs; settings name the cases to compare, and only what is missing is run. With no theory named, all of
    them are taken; theories are no options to choose between. A single world is compared with scenario=as_documented.
    Of more than seven cases the screen has a ranking, and page and CSV have every number.

    Example: tabletop compare 'scenario=as_documented,terms_settled,us_troops' ensemble.replicates=400
    """
    from sim.api import compare
    from sim.commands.patience import tell
    from sim.commands.screen import command_line, name_failure, progress, say_faults
    from sim.errors import UserMistake, no_effect
    from sim.reports.sheets import check_openpyxl

    typed = command_line()
    if dry_run:
        return _dry_run(what, outcomes, baseline, only, config_path)
    if form == "xlsx":
        check_openpyxl()
    if config_path and what and all(os.path.isdir(one) for one in what):
        no_effect("--config-path", "folders alone are compared as they are")
    comparison = compare(
        *what,
        outcomes=tuple(dict.fromkeys(outcomes)) or None,
        everything=everything,
        baseline=baseline,
        only=only,
        config_path=config_path,
        progress=progress,
        failed=name_failure(),
        command=typed,
    )
    failed = len(comparison.report.failures) if comparison.report else 0
    if comparison.report:
        say_faults(comparison.report)
    if not any(one.pairs for one in comparison.comparisons):
        if not failed:
            raise UserMistake("compare", None, f"no good run to compare: {len(comparison.runs):,} runs, none pairs")
        print("tabletop: every run failed, so there is nothing to compare", file=sys.stderr)
        return 3
    if form != "xlsx":  # first, since what is known can be shown where nothing can be written
        _print(comparison, form, brief, typed)
    with tell("writing and drawing"):
        written = _write(comparison, typed, brief) if files else []
    if form == "xlsx":
        written.append(_write_workbook(comparison))
    if form in ("table", "xlsx"):
        _say_where(comparison, written)
    return 3 if failed else 0


def _dry_run(
    what: tuple[str, ...],
    outcomes: tuple[str, ...],
    baseline: str | None,
    only: tuple[str, ...],
    config_path: Path | None,
) -> int:
    """What the comparison takes, and how well its differences will be known; folders alone have all they will have."""
    from sim.api import comparison_request
    from sim.commands.dry_run import say_forecast
    from sim.outcomes import defaults

    if all(os.path.isdir(one) for one in what) and what:
        print("nothing is run for folders alone: what is in them is compared")
        return 0
    asked, store, (first, *others) = comparison_request(what, outcomes, baseline, only, config_path=config_path)
    baselines = {case: first.cases[theory] for world in others for theory, case in world.cases.items()
                 if theory in first.cases}  # fmt: skip
    print(f"{len(others) + 1} cases, {words.several(len(first.cases), 'theory', 'theories')}")
    return say_forecast(asked, outcomes[0] if outcomes else defaults.OUTCOME, store, baselines)


def _write_workbook(comparison: Compared) -> Path:
    """Comparison, ranking, findings and settings as sheets."""
    from sim.commands.screen import save_workbook
    from sim.reports import comparison_numbers as numbers
    from sim.reports.comparison_page import folder_of_comparison

    assert comparison.store is not None
    path = comparison.store.figures(folder_of_comparison(comparison)) / "comparison.xlsx"
    tables = {"comparison": comparison.table, "ranking": numbers.ranking(comparison), "findings": comparison.findings,
              "cases": comparison.cases}  # fmt: skip
    return save_workbook(path, tables)


def _print(comparison: Compared, form: str, brief: bool, typed: list[str]) -> None:
    from sim.commands.screen import show_table
    from sim.reports import comparison_page as compared_page

    if form in ("csv", "json"):
        show_table(comparison.table, form)
    elif form == "md" or (brief and form == "table"):
        print(compared_page.markdown(comparison, typed, brief=brief))
    elif form == "html":
        print(compared_page.html(comparison, typed, brief=brief))
    else:
        _show(comparison)


def _show(comparison: Compared) -> None:
    """One screen: the answer, the question theory by theory, every other outcome in a line a case, the notes."""
    from rich import box
    from rich.table import Table

    from sim.commands.screen import console
    from sim.reports import comparison_text as said
    from sim.reports.comparison_page import FEW

    screen = console()
    many = len(comparison.others) > FEW
    for number, line in enumerate(said.answer(comparison, said.room(comparison, FEW))):
        screen.print(line, style="bold" if number == 0 or line.startswith("NOT PAIRED") else None, markup=False)
    screen.print(_ranked(comparison, Table, box.SIMPLE_HEAD) if many else _in_full(comparison, Table, box.SIMPLE_HEAD))
    if len(comparison.outcomes) > 1 and not many:
        screen.print(_others(comparison, Table, box.SIMPLE_HEAD))
    for line in said.notes(comparison):
        screen.print(line, style="dim", markup=False)


def _in_full(comparison: Compared, table: Any, edge: Any) -> Any:
    """A row a case and theory: both levels, their difference, how often it is better, how sure that is."""
    from rich.markup import escape

    from sim.outcomes import outcome_of
    from sim.reports import comparison_numbers as numbers
    from sim.reports import comparison_text as said

    name = comparison.outcomes[0]
    outcome = outcome_of(name)
    title = f"{name}: {said.meaning(comparison, name)}; {outcome.direction}; against {comparison.baseline.name}"
    grid = _grid(title, table, edge)
    of = numbers.base_of(comparison.comparisons)
    difference, shares = f"mean difference, {outcome.difference_unit}\n(95 % interval)", f"better/worse/\nsame of {of}"
    grid.add_column("case, theory", no_wrap=True)
    for title in ("mean of\nbaseline", "mean of\ncase"):
        grid.add_column(title, justify="right", overflow="fold")
    grid.add_column(difference, overflow="fold")
    for title in (shares, "variance\nfactor", "replicates\nto settle"):
        grid.add_column(title, justify="right", overflow="fold")
    for world in comparison.others:
        for asked in dict.fromkeys((name, comparison.later.get(world.name, name))):
            grid.add_row(f"[bold]{escape(world.name)}[/]" + ("" if asked == name else f", {asked}"))
            for theory, one in comparison.of(world, asked):
                cells = (*numbers.levels(one), numbers.interval(one), numbers.shares(one, of), numbers.factor(one),
                         numbers.settled(one, comparison.never(one)))  # fmt: skip
                grid.add_row(f"  {theory}", *map(escape, cells))
    return grid


def _ranked(comparison: Compared, table: Any, edge: Any) -> Any:
    """A row a case, the one that is never far from best first: its mean under each theory, and the finding."""
    from rich.markup import escape

    from sim.outcomes import outcome_of
    from sim.reports import comparison_numbers as numbers

    name = comparison.outcomes[0]
    outcome = outcome_of(name)
    title = f"{name}, mean {outcome.unit} by theory; {outcome.direction}; the case that is never far from best first"
    grid, rows = _grid(title, table, edge), numbers.ranking(comparison)
    for column in rows:
        grid.add_column(str(column), justify="left" if column in ("case", "finding") else "right", overflow="fold")
    for row in rows.itertuples(index=False):
        grid.add_row(*(escape(str(value)) for value in row))
    return grid


def _others(comparison: Compared, table: Any, edge: Any) -> Any:
    """One line an outcome and case: does it hold, and how far do the theories reach."""
    from rich.markup import escape

    from sim.outcomes import outcome_of
    from sim.reports import comparison_numbers as numbers

    grid = _grid("Other outcomes, over the theories that have a vote", table, edge)
    for title in ("outcome", "good", "case", "finding", "differences", "unit"):
        grid.add_column(title, overflow="fold")
    for verdict in comparison.verdicts:
        name = verdict.outcome
        if name in comparison.outcomes[1:]:
            outcome, reach = outcome_of(name), numbers.reach(verdict)
            cells = (name, outcome.good, verdict.world, verdict.finding, reach, outcome.difference_unit)
            grid.add_row(*map(escape, cells))
    return grid


def _grid(title: str, table: Any, edge: Any) -> Any:
    return table(title=title, box=edge, title_justify="left", pad_edge=False, collapse_padding=True, padding=(0, 1))


def _write(comparison: Compared, typed: list[str], brief: bool) -> list[Path]:
    from sim.reports.comparison_page import save

    assert comparison.store is not None
    return save(comparison, comparison.store, typed, brief=brief)


def _say_where(comparison: Compared, written: list[Path]) -> None:
    from sim.commands.screen import computed

    if comparison.report is not None:
        print(computed(comparison.report))
    for path in written:
        print(f"written: {path}")
