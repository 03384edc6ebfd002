"""The data dictionary: every column of a store's tables, with the type that a part really has.

Names and meanings come from the registers of outcomes, series, officers and settings; types are read off rows that a
small run wrote, through the same functions as any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from sim import outcomes
from sim.analysis.explain import attribution
from sim.ensemble.design.request import request
from sim.ensemble.engine import officer_table as officers
from sim.ensemble.engine.block import Block
from sim.ensemble.engine.result_tables import failed_table
from sim.ensemble.execution.tasks import rows_of
from sim.ensemble.store import parquet_parts as parts
from sim.ensemble.store.store import KEYS
from sim.reports import registers

SMALL = ("officers.pool=12", "clock.start=2024-03-01", "clock.end=2024-03-08")

TABLES: Mapping[str, str] = {
    "runs": "One row a run, failed ones included; the outcomes are null there.",
    "cases": "One row a case: every world setting. A case is rebuilt from its row, and its id is the hash of them.",
    "days": "One row a run and day, runs of good status only. `tabletop run` keeps it; `ensemble.days=false` does not.",
    "officers": "One row a run and officer, runs of good status only, with `ensemble.officers=true`.",
    "attribution": "One row a run and cause, from `tabletop why DIR CASE`: the run without that cause.",
}

_KEYS: Mapping[str, tuple[str, str]] = {
    "case": ("id", "first 12 hex digits of the SHA-256 of the world's settings; joins all tables"),
    "replicate": ("number", "draw of luck; the same officers and the same luck in every case of the root seed"),
    "root_seed": ("number", "family of luck, ensemble.root_seed"),
    "status": ("word", "ok or failed; a good row of the same run outranks a failed one"),
    "message": ("text", "why a run failed: theory, day and cause; empty otherwise"),
    "day": ("date", "calendar day; values are those after the day is over"),
    "label": ("text", "how people see the case"),
    "scenario.name": ("word", "the scenario's name"),
    "theory.name": ("word", "the theory of withdrawal"),
    "scenario.events": ("JSON", "rows [date, condition, writes] of the event table, what can change a result only"),
    "scenario.texts": ("JSON", "rows [text, origin] of the same events, for people"),
    "cause": ("word", "the cause that is switched off"),
    "exits": ("officers", "officers who left by the end without that cause"),
    "exits_by_record_end": ("officers", "officers who left by clock.record_end without that cause"),
}  # fmt: skip


def columns(table: str) -> pd.DataFrame:
    """One row a column of a table: column, type (Arrow's name), unit, meaning."""
    own = _registered(table)
    rows = []
    for field in _schema(table):
        unit, text = own.get(field.name) or _KEYS.get(field.name, ("", ""))
        rows.append({"column": field.name, "type": str(field.type), "unit": unit, "meaning": text})
    return pd.DataFrame(rows)


def _registered(table: str) -> dict[str, tuple[str, str]]:
    if table == "cases":
        rows = registers.all_parameters()
        shared = [(p.key, (p.unit, p.text)) for p in rows if not p.key.startswith("theory.")]
        theories: dict[str, list[str]] = {}
        for p in rows:
            if p.key.startswith("theory."):
                theories.setdefault(p.key, []).append(p.text)
        return dict(shared) | {key: ("", "; or ".join(dict.fromkeys(texts))) for key, texts in theories.items()}
    listed = {"runs": outcomes.OUTCOMES, "days": outcomes.SERIES, "officers": officers.COLUMNS}
    return {o.name: (o.unit, o.text) for o in listed.get(table, ())}


def _schema(table: str) -> pa.Schema:
    """What a part of the table holds, from rows made for it."""
    return parts.common_schema([parts.compact(rows, single=table != "cases").schema for rows in _made(table)])


def _made(table: str) -> Iterator[pa.Table]:
    theories = registers.theory_rows()["theory"] if table == "cases" else ["breach"]
    for theory in theories:
        case = request([*SMALL, f"theory={theory}"]).case
        block = Block((case,), np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64), 0)
        if table == "cases":
            yield pa.Table.from_pandas(pd.DataFrame([case.row()]), preserve_index=False)
        elif table == "attribution":
            yield pa.Table.from_pandas(attribution.example_rows(block), preserve_index=False)
        else:
            yield dict(rows_of(block, (table, "runs"))[0])[table]
    if table == "runs":
        yield failed_table(block, "")


def page() -> Iterator[str]:
    """docs/DATA.md, paragraph by paragraph."""
    from sim.reports.markdown import markdown

    yield (
        "A store is a folder of Parquet parts (zstd) that only grows; any reader takes them, and `tabletop query DIR "
        "SQL` asks them in SQL. A part's name carries the first 16 hex digits of the SHA-256 of its bytes. Rows may "
        "come twice, where two commands did the same run; they are equal, and every reader here takes one. Floats of "
        "runs are float32, as computed; a column without any value in a part is float32 or a date there, all null."
    )
    yield (
        "`manifest.json` names format, model version and record; `invocations/*.json` one command each, with what it "
        "wanted, its rule, its versions and its cost; `damaged/` holds parts that `tabletop verify` set aside."
    )
    for table, text in TABLES.items():
        keys = ", ".join(f"`{key}`" for key in KEYS[table])
        yield f"## {table}"
        yield f"{text} Key: {keys}."
        yield markdown(columns(table), code=["column"])
