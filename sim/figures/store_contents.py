"""What a store holds for its figures: cases that one chooses between, and cases that explore a space."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from sim.analysis.statistics.summary import good
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.naming import fitting, is_full, names_of, no_such
from sim.ensemble.cases.run_numbers import run_numbers
from sim.ensemble.store.store import Store
from sim.errors import UserMistake
from sim.figures.folders import folders_of_cases
from sim.figures.provenance.recipe import Recipe, spans_of

CASES = 12
"""Cases that get figures of their own unless they are named."""
_FACTORIAL = "factorial"
_FEW = 12
"""A sweep over one setting explores when it has more cases than these."""


@dataclass(frozen=True)
class StoreContents:
    """The good runs of cases under one root seed.

    Attributes
    ----------
    store
        Where they lie.
    rows
        Rows of the table of cases, those with a good run.
    runs
        Their good runs: case, root_seed, replicate, the outcomes.
    root_seed
        Their luck; ``other_seeds`` have fewer runs.
    named
        Ids of the cases that someone named in full.
    """

    store: Store
    rows: pd.DataFrame
    runs: pd.DataFrame
    root_seed: int
    other_seeds: tuple[int, ...] = ()
    named: frozenset[str] = frozenset()

    @classmethod
    def of_runs(
        cls,
        store: Store,
        cases: pd.DataFrame,
        runs: pd.DataFrame,
        root_seed: int | None = None,
        named: frozenset[str] = frozenset(),
    ) -> StoreContents | None:
        """Rows of the store's tables of cases and runs, those that are good and of one root seed; None without any.

        Raises
        ------
        UserMistake
            There is no good run under ``root_seed``; where it is None, the one with the most runs is taken.
        """
        runs = good(runs[runs["case"].isin(cases["case"])])
        if runs.empty:
            return None
        counts = runs["root_seed"].value_counts().sort_index()
        seeds = [int(seed) for seed in counts.index]
        seed = seeds[int(counts.to_numpy().argmax())] if root_seed is None else root_seed
        if seed not in seeds:
            raise UserMistake("--root-seed", seed, f"one of {', '.join(map(str, seeds))}")
        runs = runs[runs["root_seed"] == seed].reset_index(drop=True)
        rows = cases[cases["case"].isin(runs["case"])].reset_index(drop=True)
        return cls(store, rows, runs, seed, tuple(other for other in seeds if other != seed), named)

    @classmethod
    def without_runs(cls, store: Store) -> StoreContents:
        """The store's cases alone, for figures that take nothing from its runs."""
        return cls(store, store.cases(), pd.DataFrame({"case": pd.Series(dtype="object")}), 0)

    def of(self, *cases: str) -> pd.DataFrame:
        """Runs of these cases."""
        return self.runs[self.runs["case"].isin(cases)]

    def case(self, one: str) -> Case:
        """The case of this id, rebuilt."""
        (row,) = self.rows[self.rows["case"] == one].to_dict("records")
        return Case.from_row(row)

    def recipe(self, figure: str, ids: Sequence[str], runs: pd.DataFrame | None = None, **options: Any) -> Recipe:
        """A recipe of these cases and their runs, or of those of ``runs`` where not all of them serve."""
        by_case = dict(iter((self.of(*ids) if runs is None else runs).groupby("case")))
        spans = tuple(spans_of(run_numbers(by_case[one])) if one in by_case else () for one in ids)
        return Recipe(figure, tuple(map(self.case, ids)), spans, self.root_seed, options)

    @cached_property
    def folders(self) -> dict[str, str]:
        """The folder for the figures of each case of the store, by its id."""
        return folders_of(self.store)

    @cached_property
    def people(self) -> pd.DataFrame:
        """Rows of the cases that one chooses between: all but the points of designs and grids that nobody named.

        Those whose label has nothing but scenario and theory come first.
        """
        explored = {case for note in self.store.invocations() if _explores(note) for case in note.get("cases", ())}
        points = self.rows["case"].isin(explored - self.named)
        rows = self.rows if points.all() else self.rows[~points]
        plain = rows["label"] == rows["scenario.name"] + " · " + rows["theory.name"]
        return pd.concat([rows[plain], rows[~plain]], ignore_index=True)

    def each_case(
        self, figure: str, drawable: Iterable[str], why: str, *, all_of_them: bool
    ) -> tuple[list[str], list[str]]:
        """The cases that get a figure of their own, and what of them is left out.

        Parameters
        ----------
        figure
            Its id.
        drawable
            Ids of the cases that have what it takes, maybe more often than once; ``why`` says what the others lack.
        all_of_them
            Whether more than :data:`CASES` are drawn.
        """
        known, ids = set(drawable), list(self.people["case"])
        some, left_out = [case for case in ids if case in known], []
        if lacking := len(ids) - len(some):
            left_out.append(f"{figure} of {lacking} of {len(ids)} cases: {why}")
        if len(some) > CASES and not all_of_them:
            left_out.append(f"{figure} of {len(some) - CASES} of {len(some)} cases: name those you want with --case")
            some = some[:CASES]
        return some, left_out

    def groups(self) -> Iterator[tuple[tuple[str, str], pd.DataFrame]]:
        """Cases that may lie on a grid, by scenario and theory: those of one sweep, and then all there are."""
        swept = [note.get("cases", ()) for note in self.store.invocations() if _design(note) == _FACTORIAL]
        for ids in [*swept, list(self.rows["case"])]:
            some = self.rows[self.rows["case"].isin(ids)]
            for (scenario, theory), rows in some.groupby(["scenario.name", "theory.name"], sort=False):
                if len(rows) >= 4:
                    yield (str(scenario), str(theory)), rows.reset_index(drop=True)


def _design(note: dict[str, Any]) -> str | None:
    return (note.get("design") or {}).get("name")


def _explores(note: dict[str, Any]) -> bool:
    """Whether a command explored a space: a design, or a grid over two settings, or a long row over one."""
    settings = [key for key in note.get("swept") or () if "." in key]
    several = len(settings) > 1 or (len(settings) == 1 and len(note.get("cases", ())) > _FEW)
    return _design(note) not in (None, _FACTORIAL, "file") or several


def folders_of(store: Store) -> dict[str, str]:
    """The folder for the figures of each case of a store, by its id."""
    rows = store.cases()
    return folders_of_cases(dict(zip(rows["case"], rows["label"].astype(str), strict=True)))


def read(store: Store, named: Sequence[str], root_seed: int | None) -> StoreContents | None:
    """What a store holds, or of it what is named; None where there is no good run.

    Without a ``root_seed`` it is the one with the most runs. Raises UserMistake for a case or root seed that there is
    not.
    """
    rows = store.cases()
    labels, ids = names_of(rows, store.called())
    chosen: set[int] = set()
    exact: set[str] = set()
    for word in named:
        fit = fitting(word, labels, ids)
        if not fit:
            raise no_such("--case", word, labels, ids)
        chosen.update(fit)
        exact.update(str(rows["case"].iloc[at]) for at in fit if is_full(word, labels[at], ids[at]))
    if named:
        rows = rows.iloc[sorted(chosen)]
    runs = store.runs(cases=list(rows["case"]) if named else None)
    if not named:
        store.check_cases(runs, rows)
    return StoreContents.of_runs(store, rows, runs, root_seed, frozenset(exact))
