"""A request: what one command asks for, from the words that a person types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from sim.ensemble.cases.case import Case
from sim.ensemble.cases.composed_case import case_from, checked
from sim.ensemble.cases.conditioning import settled, without_effect
from sim.ensemble.cases.run_numbers import run_numbers
from sim.ensemble.cases.unknowns import MODE
from sim.ensemble.design.designs import read_design
from sim.ensemble.design.designs.factorial import Factorial
from sim.ensemble.design.designs.interface import Design
from sim.ensemble.design.plan import Plan, distinct
from sim.ensemble.design.stopping_rule import Reached, read_until
from sim.ensemble.design.told_when_read import tell
from sim.ensemble.executors import read_executor
from sim.ensemble.store.store import RUNS
from sim.ensemble.store.tables import TABLES
from sim.ensemble.store.tables.block_table import BlockTable
from sim.errors import UserMistake, no_effect
from sim.settings.composition import composer
from sim.settings.idle import idle
from sim.settings.overrides import key_of
from sim.settings.schema import Value

FACTORIAL = Factorial()


@dataclass(frozen=True)
class Request:
    """What one command asks for, and where the answer goes.

    Attributes
    ----------
    plan
        The runs: cases, their luck, tables kept, and where they are computed.
    out
        Folder of the store, or None for the default one.
    design
        How the cases of a sweep were chosen.
    swept
        Keys that take several values.
    sampled
        What a design explored at each combination of the choices: theory, choice, points, ranges.
    """

    plan: Plan
    out: str | None = None
    design: Design = FACTORIAL
    swept: tuple[str, ...] = ()
    sampled: tuple[Mapping[str, Any], ...] = ()

    @property
    def cases(self) -> tuple[Case, ...]:
        """The cases, in the order in which they were asked for."""
        return self.plan.cases

    @property
    def case(self) -> Case:
        """The case of a request for one."""
        (only,) = self.cases
        return only

    def of_cases(self, cases: Sequence[Case]) -> Request:
        """The same request for other cases."""
        return replace(self, plan=replace(self.plan, cases=tuple(cases)))

    def combinations(self) -> Iterator[tuple[Mapping[str, Any], tuple[Case, ...]]]:
        """Each combination of a sampled sweep with its cases, in the design's order."""
        begin = 0
        for settings in self.sampled:
            yield settings, self.cases[begin : begin + settings["points"]]
            begin += settings["points"]

    def among(self, runs: pd.DataFrame, reached: Sequence[Reached] = ()) -> pd.DataFrame:
        """The rows that this request asks for, of rows that may hold others of its cases; ``reached`` by ``until``."""
        plan, runs = self.plan, runs[runs["root_seed"] == self.plan.root_seed]
        if plan.only is not None:
            listed = pd.MultiIndex.from_tuples((case, r) for case, rows in plan.only.items() for r in rows.tolist())
            numbers = pd.MultiIndex.from_arrays([runs["case"], run_numbers(runs)])
            return runs[numbers.isin(listed)].reset_index(drop=True)
        stops = {now.case: now.replicates for now in reached}
        chosen = []
        for case in distinct(self.cases):
            rows = runs[runs["case"] == case.id]
            places = case.places(rows["replicate"].to_numpy(), rows["future"].to_numpy()) - plan.replicates.start
            inside = (places >= 0) & (places < stops.get(case.id, len(plan.replicates)))
            chosen.append(rows[inside])
        return pd.concat(chosen).sort_index().reset_index(drop=True) if chosen else runs.head(0)


def request(overrides: Sequence[str] = (), config_path: Path | None = None) -> Request:
    """Compose and check the settings of one case.

    Parameters
    ----------
    overrides
        Hydra's ``key=value`` words, one value each; several make a sweep (:func:`sim.ensemble.design.sweep.sweep`).
    config_path
        A folder whose files come before the packaged ones.

    Raises
    ------
    UserMistake
        One line with the key, the value and what would be right.

    Examples
    --------
    >>> from sim.ensemble.design.request import request
    >>> asked = request(["scenario=terms_settled", "theory=breach", "ensemble.replicates=50"])
    >>> (asked.case.label, asked.plan.replicates, asked.plan.root_seed)
    ('terms_settled · breach', range(0, 50), 20240307)
    >>> request(["gangs.branching_ratio=2"])
    Traceback (most recent call last):
    sim.errors.UserMistake: gangs.branching_ratio=2: a number from 0 to 0.95 (attacks per attack)
    """
    with composer(config_path) as files, files.as_typed(overrides):
        words = [one.words[0].text for one in files.read_one(overrides)]
        asked = from_config(files.compose(words).config, words)
    asked = asked.of_cases(settled(asked.cases))
    tell(asked.cases, words)
    return asked


def from_config(
    config: Mapping[str, Any], overrides: Sequence[str] = (), sweep: bool = False, swept: Sequence[str] = ()
) -> Request:
    """Check a composed configuration.

    ``overrides`` serve the case's label, and to tell what of them has no effect where the keys ``swept`` take several
    values. Only a ``sweep`` has a design.
    """
    values = checked(config)
    without_effect(config.get("unknowns") or {}, str(values[MODE]))
    typed = {key_of(word): word for word in overrides}
    for key, why in idle(typed, values, swept):
        no_effect(key if key in swept else typed[key].lstrip("+"), why)
    executor, design = read_executor(config.get("executor")), read_design(config.get("design"))
    if not (sweep or isinstance(design, Factorial)):
        raise UserMistake("design", design.name, "makes many cases: tabletop sweep")
    out = config.get("out")
    if out is not None and (isinstance(out, bool) or not isinstance(out, str | int | float) or not str(out).strip()):
        raise UserMistake("out", out, "a folder, or null for the default store")
    first, count = _int(values, "first_replicate"), _int(values, "replicates")
    plan = Plan(
        cases=(case_from(config, values, overrides),),
        replicates=range(first, first + count),
        root_seed=_int(values, "root_seed"),
        kept=_kept(values),
        block=_int(values, "block"),
        executor=executor,
        until=read_until(values),
    )
    return Request(plan, out=None if out is None else str(out), design=design)


def _kept(values: Mapping[str, Value]) -> tuple[str, ...]:
    """Tables that these settings want besides that of the runs."""
    tables = [table for table in TABLES.values() if isinstance(table, BlockTable) and table.name != RUNS]
    return tuple(table.name for table in tables if table.wanted(values))


def _int(values: Mapping[str, Value], name: str) -> int:
    value = values[f"ensemble.{name}"]
    assert isinstance(value, int)
    return value
