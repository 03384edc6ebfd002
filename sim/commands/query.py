"""``tabletop query``: ask a store in SQL."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 1_000
"""Rows that a table for people has at most."""


@click.command(short_help="ask a store in SQL")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("sql", metavar="SQL")
@click.option("--as", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True,
              help="How to print the answer.")  # fmt: skip
def command(folder: Path, sql: str, form: str) -> int:
    """Ask a store DIR one SELECT over runs, cases, days, officers and attribution (docs/DATA.md lists the columns).

    "case" is a word of SQL and wants its quotes. The store is only read, and a table for people ends after a thousand
    rows. Needs the extra [query] (DuckDB).

    Example: tabletop query outputs/worlds-0a1b2c3d 'SELECT "case", avg(exits_by_end) FROM runs GROUP BY "case"'
    """
    from sim.analysis.query import answer
    from sim.ensemble.store.store import Store

    with closing(answer(Store.read(folder), sql)) as pieces:
        if form == "table":
            _show(pieces)
        else:
            _write(pieces, form)
    return 0


def _show(pieces: Iterator[pd.DataFrame]) -> None:
    """As many rows as somebody may look at; no more are asked for."""
    from sim.commands.screen import show_table

    first = next(pieces)
    show_table(first.head(SHOWN))
    if len(first) > SHOWN or next(pieces, None) is not None:
        print(f"tabletop: only the first {SHOWN:,} rows are shown; --as csv gives all", file=sys.stderr)


def _write(pieces: Iterator[pd.DataFrame], form: str) -> None:
    """Piece by piece, so that an answer may be larger than the memory."""
    if form == "csv":
        for number, piece in enumerate(pieces):
            piece.to_csv(sys.stdout, index=False, header=number == 0)
        return
    between = "["
    for piece in pieces:
        text = piece.to_json(orient="records", date_format="iso", indent=1, force_ascii=False)
        if rows := text.removeprefix("[").removesuffix("]").rstrip():
            sys.stdout.write(between + rows)
            between = ","
    print("[]" if between == "[" else "\n]")
