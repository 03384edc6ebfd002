"""The data dictionary: every column of a store's tables, with its type, its unit and what it means.

All of it comes from the tables themselves (:mod:`sim.ensemble.store.tables`); a test holds their types against parts.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sim.ensemble.store.store import RUNS
from sim.ensemble.store.tables import TABLES
from sim.reports.markdown import markdown


def columns(table: str) -> pd.DataFrame:
    """One row a column of the table of this name: column, type (Arrow's name), unit, meaning."""
    rows = [[c.name, str(c.type), c.unit, c.text] for c in TABLES[table].columns()]
    return pd.DataFrame(rows, columns=["column", "type", "unit", "meaning"])


def page() -> Iterator[str]:
    """docs/DATA.md, paragraph by paragraph."""
    yield (
        "A store is a folder of Parquet parts (zstd) that only grows; any reader takes them, and `tabletop query DIR "
        "SQL` asks them in SQL. A part's name carries the first 16 hex digits of the SHA-256 of its bytes. Rows may "
        "come twice, where two commands did the same run; they are equal, and every reader here takes one. Floats of "
        "runs are float32, as computed."
    )
    yield (
        "Every part of a table has the same columns in the same types, null where a theory, or an older command, has "
        'none, so a folder is read as it lies: `pandas.read_parquet("DIR/cases")`, '
        "`polars.read_parquet(\"DIR/cases/*.parquet\")`, `read_parquet('DIR/cases/*.parquet')` in DuckDB. Where "
        "somebody adds a theory with settings of its own, the parts of `cases` are written again with the new columns "
        "before the old ones go. Every page carries a checksum; readers here compare it each time, and the bytes of a "
        "part with its name once a process, so that no flipped bit goes unseen. `tabletop status DIR` checks all parts."
    )
    yield "Tried with other readers (pandas 3.1.1, Polars 2.1.0, DuckDB 2.0.1, pyarrow 26.0.1):"
    yield (
        "- Of 40 flipped bits in the values of a part, pandas, Polars and DuckDB took all 40 without a word; "
        "`pyarrow.parquet.read_table(part, page_checksum_verification=True)` refused all 40.\n"
        "- Sums and means in groups: Polars adds Float32 up in Float32 (off by 4 in a million over 5,000 runs), pandas "
        "gives float32 as well but adds more closely, DuckDB gives DOUBLE; cast first where digits matter: "
        '`pl.col("civilian_harm").cast(pl.Float64)`.\n'
        "- A date is a column of Python's `datetime.date` from `pandas.read_parquet`, `datetime64[ms]` from "
        "`sim.load`, Date in Polars, DATE in DuckDB. `root_seed` is int64, more than a JavaScript number holds.\n"
        '- Dotted names want quotes in SQL (`"officers.pool"`), and so does `"case"`.'
    )
    yield (
        "A Sobol' design over one setting more has other points in the settings that it had before, too (64 base "
        "samples over two settings and over three: of 256 pairs of values one is common): designs grow by "
        "replicates, not by settings."
    )
    yield (
        "`tabletop verify DIR --join` puts small parts together: the same rows in parts of up to about 32 MiB, sorted, "
        "each row as often as before, and the old parts go when the new one is on the disk and has been read. A store "
        "of format 1 is joined, too, and stays one: its parts then have the same columns and checksums of pages, its "
        "ids and its digest are what they were. `tabletop prune DIR days` drops a table, `--case` a case; the store "
        "notes it, so that what went counts neither as missing nor as damage."
    )
    yield (
        "This is format 2 (`manifest.json`). In format 1, ids of cases were 12 hex digits, of which spreadsheets take "
        "some for numbers, and a part had only the columns of its own rows. Its stores are loaded, drawn, compared, "
        "checked and asked in SQL as they are, and nothing is added to them: the command that made one, issued again, "
        "starts another. The digest is defined as before, over rows whose ids changed, so a store's digest is "
        "another in format 2, while every outcome is the same."
    )
    yield (
        "`manifest.json` names format, model version and record; `invocations/*.json` one command each, with the runs "
        "and tables it wanted, its rule, its versions and its cost, the names that cases were asked for under where "
        "another is kept (`asked_as`), and what a manifest says, should that be lost; `damaged/` holds parts that "
        "`tabletop verify` set aside."
    )
    for table in sorted(TABLES.values(), key=lambda table: table.name != RUNS):
        keys = ", ".join(f"`{key}`" for key in table.keys)
        yield f"## {table.name}"
        yield f"{table.text} Key: {keys}."
        yield markdown(columns(table.name), code=["column"])
