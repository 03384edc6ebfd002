"""A table whose rows come of stepping blocks, so that a command can ask for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from sim.ensemble.engine.block import Result
from sim.ensemble.store.tables.interface import Table
from sim.settings.schema import Value


@dataclass(frozen=True, kw_only=True)
class BlockTable(Table):
    """A table that is filled while runs are computed.

    Attributes
    ----------
    rows
        Gives the rows of a stepped block: :data:`RUN_COLUMNS` by :func:`sim.ensemble.engine.result_tables.keys`, and
        the table's own columns. Failed runs have none, save in the table of runs.
    wanted
        Whether a command with these checked settings wants the table, such as one with ``ensemble.days``.
    """

    rows: Callable[[Result], pa.Table]
    wanted: Callable[[Mapping[str, Value]], bool]
