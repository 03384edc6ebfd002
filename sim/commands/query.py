"""``tabletop query``: ask a store in SQL."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="ask a store in SQL")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("sql", metavar="SQL")
@click.option("--as", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True,
              help="How to print the answer.")  # fmt: skip
def command(folder: Path, sql: str, form: str) -> int:
    """Ask a store DIR one SELECT over runs, cases, days, officers and attribution (docs/DATA.md lists the columns).

    "case" is a word of SQL and wants its quotes. The store is only read. Needs the extra [query] (DuckDB).

    Example: tabletop query outputs/worlds-0a1b2c3d 'SELECT "case", avg(exits_by_end) FROM runs GROUP BY "case"'
    """
    from sim.analysis.query import query
    from sim.commands.screen import show_table
    from sim.ensemble.store.store import Store

    show_table(query(Store.read(folder), sql), form)
    return 0
