"""What the verbs share on the screen: a progress bar, and tables for people or for pipes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from sim.ensemble.execution.report import Report


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on the error stream; hands out a function to call with the runs just finished.

    In a pipe it is silent unless it takes long; then a line now and then says how far it has come.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from sim.commands.patience import tell

    console = Console(stderr=True)
    if not console.is_terminal:
        done = [0]

        def so_far() -> str:
            if not done[0]:
                return f"running {total:,} runs; the first on a machine compile the model, for up to a minute"
            return f"{done[0]:,} of {total:,} runs done"

        def advance(finished: int) -> None:
            done[0] += finished

        with tell(so_far):
            yield advance
        return
    columns = (TextColumn("runs"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("runs", total=total)
        yield lambda finished: bar.advance(task, finished)


def command_line() -> list[str]:
    """The command as it was given, for whoever notes it or wants to give it again."""
    import click

    return ["tabletop", *click.get_current_context().find_root().obj]


NAMED = 10
"""So many failed runs are named at once; all of them are rows of the store."""


def name_failure() -> Callable[[str, int, str], None]:
    """A function that names a failed run on the error stream at once, the first :data:`NAMED` of them."""
    named: list[str] = []

    def name(case: str, replicate: int, message: str) -> None:
        if len(named) < NAMED:
            print(f"tabletop: run failed: case {case}, replicate {replicate}: {message}", file=sys.stderr)
        named.append(case)

    return name


def say_faults(report: Report) -> None:
    """Name the added outcomes that could not be computed, on the error stream; they cost no run, and no exit code."""
    for line in report.faults:
        print(f"tabletop: {line}", file=sys.stderr)


def say_failures(report: Report) -> int:
    """Sum up what failed in a command on the error stream, if anything; the exit code that follows from failed runs."""
    say_faults(report)
    failed, computed = len(report.failures), report.computed
    if failed:
        print(f"tabletop: {failed:,} of {computed:,} runs failed; they are rows of the store, and the same command "
              "tries them again", file=sys.stderr)  # fmt: skip
    return 3 if failed else 0


def console() -> Any:
    """A console that a pipe can read: no colour and no folding of long lines there, unless COLUMNS asks for it."""
    from rich.console import Console

    plain = Console(highlight=False)
    asked = os.environ.get("COLUMNS", "")
    if plain.is_terminal or (asked.isdecimal() and 20 <= int(asked) <= 10_000):
        return plain
    return Console(highlight=False, width=200)


def show_table(frame: pd.DataFrame, form: str = "table", title: str | None = None) -> None:
    """Print a frame as a table for people, or as CSV or JSON for programs."""
    if form == "csv":
        frame.to_csv(sys.stdout, index=False)
        return
    if form == "json":
        print(frame.to_json(orient="records", date_format="iso", indent=1, force_ascii=False))
        return
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    from sim.analysis.statistics.summary import cell

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for name in frame.columns:
        numeric = bool(pd.api.types.is_numeric_dtype(frame[name]))
        table.add_column(str(name), justify="right" if numeric else "left", overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(escape(cell(value)) for value in row))
    console().print(table)
