"""A request: what one command asks for, from the words that a person types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.ensemble.cases import Case
from sim.ensemble.event_tables import read_events
from sim.ensemble.executors import Executor, read_executor
from sim.ensemble.planning import Plan
from sim.ensemble.until import Until, read_until
from sim.errors import UserMistake
from sim.model.withdrawal import THEORIES
from sim.settings import schema
from sim.settings.compose import compose
from sim.settings.schema import Value

_NOT_WORLD = ("ensemble.",)


@dataclass(frozen=True)
class Request:
    """What one command asks for: cases, their luck, and where the answer goes."""

    cases: tuple[Case, ...]
    replicates: range
    root_seed: int
    days: bool
    block: int
    executor: Executor
    out: str | None
    until: Until | None = None
    officers: bool = False

    @property
    def case(self) -> Case:
        """The case of a request for one."""
        (only,) = self.cases
        return only

    def plan(self) -> Plan:
        """What is asked, for :func:`sim.ensemble.run.fill`."""
        return Plan(
            self.cases,
            self.replicates,
            self.root_seed,
            self.days,
            self.block,
            executor=self.executor,
            until=self.until,
            officers=self.officers,
        )


def request(overrides: Sequence[str] = (), config_path: Path | None = None) -> Request:
    """Compose and check settings.

    Raises
    ------
    UserMistake
        One line with the key, the value and what would be right.
    """
    return from_config(compose(overrides, config_path), overrides)


def from_config(config: Mapping[str, Any], overrides: Sequence[str] = ()) -> Request:
    """Check a composed configuration; ``overrides`` only serve the case's label."""
    values = schema.check(config, {name: theory.parameters for name, theory in THEORIES.items()})
    scenario = config.get("scenario")
    if not isinstance(scenario, Mapping):
        raise UserMistake("scenario", scenario, "a scenario with name, story and events")
    unknown = set(scenario) - {"name", "story", "events"}
    if unknown:
        raise UserMistake(f"scenario.{sorted(unknown)[0]}", None, "a scenario has name, story and events")
    executor = read_executor(config.get("executor"))
    out = config.get("out")
    if out is not None and (isinstance(out, bool) or not isinstance(out, str | int | float) or not str(out).strip()):
        raise UserMistake("out", out, "a folder, or null for the default store")
    world = {key: value for key, value in values.items() if not key.startswith(_NOT_WORLD)}
    table = scenario.get("events") or {}
    case = Case(
        scenario=str(scenario.get("name", "unnamed")),
        story=" ".join(str(scenario.get("story", "")).split()),
        values=world,
        events=read_events(table, world),
        table=table,
        label=_label(str(scenario.get("name", "unnamed")), str(values["theory.name"]), overrides),
    )
    first, count = _int(values, "first_replicate"), _int(values, "replicates")
    return Request(
        cases=(case,),
        replicates=range(first, first + count),
        root_seed=_int(values, "root_seed"),
        days=bool(values["ensemble.days"]),
        block=_int(values, "block"),
        executor=executor,
        out=None if out is None else str(out),
        until=read_until(values),
        officers=bool(values["ensemble.officers"]),
    )


def _int(values: Mapping[str, Value], name: str) -> int:
    value = values[f"ensemble.{name}"]
    assert isinstance(value, int)
    return value


def _label(scenario: str, theory: str, overrides: Sequence[str]) -> str:
    """``scenario · theory`` and whatever else of the world was typed."""
    frame = ("ensemble", "executor", "out", "experiment", "scenario=", "theory=", "hydra")
    own = [word.lstrip("+") for word in overrides if not word.lstrip("+~").startswith(frame)]
    return " · ".join([scenario, theory, *own])
