"""What the verbs share on the screen: a progress bar, and tables for people or for pipes."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim import text as words
from sim.language import translated

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sim.analysis.calibration.bank import Tried
    from sim.ensemble.execution.report import Report


@contextmanager
def progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on the error stream; hands out a function to call with the runs just finished.

    In a pipe it is silent unless it takes long; then a line now and then says how far it has come.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from sim.commands.patience import say_notes, tell

    say_notes()
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


@contextmanager
def bank_progress(theory: str, keep: int) -> Iterator[Callable[[Tried, int], Callable[[int], None]]]:
    """A bar of one theory's draws: how many are done, how many worlds are kept of those wanted, and the time left.

    Hands out what hears of each round, and gives what hears of its runs. In a pipe a line now and then says the same.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from sim.commands.patience import say_notes, tell

    say_notes()
    console, done, goal, kept = Console(stderr=True), [0], [0], [0]

    def said() -> str:
        return f"{theory}: {done[0]:,} of {goal[0]:,} draws, {kept[0]:,} of {keep:,} worlds kept"

    def begin(now: Tried, stop: int) -> None:
        kept[0], done[0] = len(now.kept), now.draws
        goal[0] = max(stop, math.ceil(keep / now.share)) if len(now.kept) else stop

    if not console.is_terminal:

        def hear(now: Tried, stop: int) -> Callable[[int], None]:
            begin(now, stop)
            return lambda finished: done.__setitem__(0, done[0] + finished)

        with tell(said):
            yield hear
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(theory, total=None)

        def show(now: Tried, stop: int) -> Callable[[int], None]:
            begin(now, stop)
            bar.update(task, total=goal[0], completed=now.draws, description=f"{theory}: {kept[0]:,} of {keep:,} kept")
            return lambda finished: bar.advance(task, finished)

        yield show


def command_line() -> list[str]:
    """The command as it was given, for whoever notes it or wants to give it again."""
    import click

    return ["tabletop", *click.get_current_context().find_root().obj]


_BETWEEN = 3
"""Columns of the screen that a table needs besides each column's text."""
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


def computed(report: Report) -> str:
    """What a command has computed, and what it had not to: the beginning of its last line."""
    known = f", {report.found:,} known already" if report.found else ""
    return f"{words.several(report.computed, 'run')} computed in {report.seconds:.1f} s{known}"


def say_pictures(pictures: Iterable[Path]) -> None:
    """Where each picture lies, and the data beside it."""
    for path in pictures:
        print(f"picture: {path} (data: {path.with_suffix('.csv').name})")


def save_workbook(path: Path, tables: Mapping[str, pd.DataFrame]) -> Path:
    """Write tables as sheets, say what did not fit, and return the path."""
    from sim.reports.sheets import write_workbook

    for line in write_workbook(path, tables):
        print(f"left out: {line}")
    return path


def console() -> Any:
    """A console that a pipe can read: no colour and no folding of long lines there, unless COLUMNS asks for it."""
    from rich.console import Console

    from sim.commands.patience import say_notes

    say_notes()
    plain = Console(highlight=False)
    asked = os.environ.get("COLUMNS", "")
    if plain.is_terminal or (asked.isdecimal() and 20 <= int(asked) <= 10_000):
        return plain
    return Console(highlight=False, width=200)


def show_table(frame: pd.DataFrame, form: str = "table", title: str | None = None, said: Sequence[str] = ()) -> None:
    """Print a frame as a table for people, or as CSV or JSON for programs.

    People read the names of its columns, and the words in those of ``said``, in the language that is spoken.
    """
    if form == "csv":
        frame.to_csv(sys.stdout, index=False)
        return
    if form == "json":
        print(frame.to_json(orient="records", date_format="iso", indent=1, force_ascii=False))
        return
    screen = console()
    spoken = frame.assign(**{name: frame[name].map(translated) for name in said})
    spoken.columns = [translated(str(name)) for name in frame.columns]
    screen.print(table_for_people(spoken, screen.width, title))


def table_for_people(frame: pd.DataFrame, width: int, title: str | None = None) -> RenderableType:
    """A frame as a table in which no word is broken; where a screen of this width has no room for one, row by row."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    from sim.analysis.statistics.summary import cell

    names = [str(name) for name in frame.columns]
    rows = [[cell(value) for value in row] for row in frame.itertuples(index=False)]
    numeric = [bool(pd.api.types.is_numeric_dtype(kind)) for kind in frame.dtypes]
    widths = _widths([names, *rows], width)
    if widths is None:
        return _row_by_row(names, rows, title)
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for name, number, wide in zip(names, numeric, widths, strict=True):
        table.add_column(name, justify="right" if number else "left", overflow="fold", max_width=wide)
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """How wide each column gets: as its longest word at least, and of what is left as much as its text can use.

    None where the longest words have no room side by side. A single word that is wider than half the screen is folded,
    and so are the names of a table of numbers that is a little too wide: numbers are read down their columns.
    """
    from rich.cells import cell_len

    columns = list(zip(*rows, strict=True))
    longest = [max((cell_len(word) for text in texts for word in text.split()), default=1) for texts in columns]
    least = [max(1, min(words, width // 2)) for words in longest]
    free = width - _BETWEEN * len(columns) - sum(least)
    if free < 0:
        sentences = any(" " in text for row in rows[1:] for text in row)
        return None if sentences or -free > width // 2 else [width] * len(columns)
    more = [max(cell_len(text) for text in texts) - few for texts, few in zip(columns, least, strict=True)]
    # Who can use little is served first, so that what remains goes to the long texts.
    for left, at in zip(range(len(columns), 0, -1), sorted(range(len(columns)), key=more.__getitem__), strict=True):
        given = min(max(more[at], 0), free // left)
        least[at] += given
        free -= given
    return least


def _row_by_row(names: Sequence[str], rows: Sequence[Sequence[str]], title: str | None) -> RenderableType:
    """Each row as a few lines, its first cell above the others and their names; what is empty is left out."""
    from rich.console import Group
    from rich.markup import escape
    from rich.padding import Padding
    from rich.table import Table

    said: list[RenderableType] = [f"[italic]{escape(title)}[/italic]"] if title else []
    for first, *rest in rows:
        grid = Table.grid(padding=(0, 2))
        for name, text in zip(names[1:], rest, strict=True):
            if text:
                grid.add_row(escape(name), escape(text))
        said += [f"[bold]{escape(first)}[/bold]", Padding(grid, (0, 0, 0, 2))]
    return Group(*said)
