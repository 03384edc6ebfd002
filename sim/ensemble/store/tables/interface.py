"""What a table of the store is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import pyarrow as pa

from sim.ensemble.cases.run_numbers import LUCK as LUCK
from sim.ensemble.cases.run_numbers import RUN as RUN
from sim.outcomes import Entry

GOOD = "ok"
"""Status of a run that came to its end."""


@dataclass(frozen=True)
class Column:
    """One column of a table: its name, Arrow's type, the unit of its values, and what they mean."""

    name: str
    type: pa.DataType
    unit: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of the store: a folder of parts, and what is to be known to write and to read them.

    Attributes
    ----------
    name
        Name of the folder, and of the view that ``tabletop query`` gives of it.
    text
        What a row is and when there is one, for docs/DATA.md.
    keys
        Columns that tell rows apart; of rows that share them one is read.
    columns
        Gives the columns in their order, keys included; asked anew each time, since theories may be added.
    named
        Columns besides the keys that every row has, since whoever shows a row names it by them.
    first
        Column and value of the rows that outrank others of the same keys; only they count as finished. None: any row.
    needs
        Column, and what gives the values of it of which a run must have rows to be finished. None: any row will do.
    """

    name: str
    text: str
    keys: tuple[str, ...]
    columns: Callable[[], Sequence[Column]]
    named: tuple[str, ...] = ()
    first: tuple[str, str] | None = None
    needs: tuple[str, Callable[[], Collection[str]]] | None = None

    @property
    def required(self) -> tuple[str, ...]:
        """Columns without which rows could not be found again, or not be named."""
        return (*self.keys, *self.named, *(() if self.first is None else self.first[:1]))

    def schema(self) -> pa.Schema:
        """The columns that every part has, in their order and types."""
        return pa.schema([(column.name, column.type) for column in self.columns()])


CASE = Column("case", pa.string(), "id", "c and 11 hex digits of the SHA-256 of the world's settings; joins all tables")
RUN_COLUMNS = (
    CASE,
    Column("replicate", pa.int32(), "number",
           "draw of luck; the same officers and the same luck in every case of the root seed"),
    Column("root_seed", pa.int64(), "number", "family of luck, ensemble.root_seed; of the futures alone where a bank "
           "made the past"),
    Column("future", pa.int32(), "number", "which future of its past; 0 unless kept worlds are fewer than runs"),
)  # fmt: skip
"""The columns that name a run, in the order in which parts hold them."""


def column_of(entry: Entry) -> Column:
    """The column that holds an outcome or a series: dates as dates, all else as float32."""
    return Column(entry.name, pa.date32() if entry.type == "date" else pa.float32(), entry.unit, entry.text)
