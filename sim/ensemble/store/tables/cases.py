"""The table of cases: the settings of each world, from which it can be rebuilt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from sim.ensemble.cases.case import DRAWN
from sim.ensemble.store.tables.interface import CASE, Column, Table
from sim.model.withdrawal import THEORIES
from sim.settings.parameter import Kind, Parameter
from sim.settings.schema import FIXED

KINDS: Mapping[Kind, pa.DataType] = {
    "float": pa.float64(),
    "int": pa.int32(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "choice": pa.string(),
    "text": pa.string(),
}
"""A case must come back as the settings it was made from, to the last digit."""


def columns() -> Iterator[Column]:
    """Names and texts for people, every setting of a world under any theory, and the events."""
    yield CASE
    yield Column("label", pa.string(), "text", "how people see the case")
    yield Column("scenario.name", pa.string(), "word", "the scenario's name")
    yield Column("theory.name", pa.string(), "word", "the theory of withdrawal")
    for shared in FIXED:
        if not shared.key.startswith("ensemble."):
            yield _column(shared.key, [shared])
    own: dict[str, list[Parameter]] = {}
    for theory in THEORIES.values():
        for parameter in theory.parameters:
            own.setdefault(parameter.key, []).append(parameter)
    for key, parameters in own.items():
        yield _column(key, parameters)
    yield Column(DRAWN, pa.string(), "JSON",
                 "settings that each world draws, with range and scale, and the bank; null: none")  # fmt: skip
    yield Column("scenario.events", pa.string(), "JSON",
                 "rows [date, condition, writes] of the event table, what can change a result only")  # fmt: skip
    yield Column("scenario.texts", pa.string(), "JSON", "rows [text, origin] of the same events, for people")


def _column(key: str, parameters: list[Parameter]) -> Column:
    """The column of a setting, which several theories may have, each with its own meaning."""
    types = list(dict.fromkeys(KINDS[p.kind] for p in parameters))
    numbers = all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in types)
    meeting = types[0] if len(types) == 1 else pa.float64() if numbers else pa.string()
    unit = "" if key.startswith("theory.") else parameters[0].unit
    return Column(key, meeting, unit, "; or ".join(dict.fromkeys(p.text for p in parameters)))


TABLE = Table(
    name="cases",
    text="One row a case: every world setting. A case is rebuilt from its row, and its id is the hash of them.",
    keys=("case",),
    named=("label", "scenario.name", "theory.name"),
    columns=lambda: tuple(columns()),
)
