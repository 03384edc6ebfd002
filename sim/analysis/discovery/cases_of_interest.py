"""What is asked of each world: whether an outcome passes a number, or one case does better than another in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from sim import text as words
from sim.analysis.discovery.prim import Truths
from sim.analysis.discovery.rules import TooFew
from sim.analysis.statistics.summary import good
from sim.arrays import FloatArray, Ints
from sim.ensemble.cases.case import Case
from sim.ensemble.engine.run_unknowns import values_in_worlds
from sim.errors import UserMistake
from sim.outcomes import Outcome, check_outcome, on_days, outcome_of

_ASKED = re.compile(r"\s*(?P<name>[^<>=\s]+)\s*(?P<sign>>=|<=|>|<)\s*(?P<value>\S*)\s*")
_SAID = {">": "more than", "<": "{less} than", ">=": "at least", "<=": "at most"}
_LEVELS = {">": "above", "<": "below", ">=": "at least", "<=": "at most"}
KEY = "discover"


@dataclass(frozen=True, slots=True)
class Passing:
    """An outcome beyond a number: ``exits_surge_month>100``; ``sign`` is one of >, <, >=, <=."""

    outcome: str
    sign: str
    value: float

    @classmethod
    def read(cls, text: str) -> Self:
        """What was typed.

        Raises
        ------
        UserMistake
            For an outcome that there is not or that is a date, and for what is no number.

        Examples
        --------
        >>> Passing.read("exits_surge_month>100")
        Passing(outcome='exits_surge_month', sign='>', value=100.0)
        """
        found = _ASKED.fullmatch(text)
        if found is None:
            raise UserMistake(KEY, text, "an outcome and a number, as in 'exits_surge_month>100'")
        outcome = check_outcome(KEY, found["name"])
        if outcome.type == "date":
            raise UserMistake(KEY, text, f"{outcome.name} is a date; ask it of an outcome that is a number")
        try:
            value = float(found["value"])
        except ValueError:
            value = np.nan
        if not np.isfinite(value):
            raise UserMistake(KEY, text, f"{found['value'] or 'nothing'} is no number; as in '{outcome.name}>100'")
        return cls(outcome.name, found["sign"], value)

    @property
    def text(self) -> str:
        """As it is typed."""
        return f"{self.outcome}{self.sign}{self.value:g}"

    @property
    def name(self) -> str:
        """For the names of files and folders."""
        return f"{self.outcome}-{_LEVELS[self.sign].replace(' ', '_')}-{self.value:g}"

    def holds(self, values: pd.Series) -> Truths:
        """Of which values it is true."""
        given = values.to_numpy(dtype=float)
        compared = {">": np.greater, "<": np.less, ">=": np.greater_equal, "<=": np.less_equal}[self.sign]
        return np.asarray(compared(given, self.value), dtype=bool)

    def said(self, case: Case) -> str:
        """What a run does of which it is true: "a run loses more than 100 officers"."""
        outcome, number = outcome_of(self.outcome), words.number(self.value, 4)
        if outcome.type == "count":
            amount = f"{_SAID[self.sign].format(less=outcome.words.less)} {number}"
            return f"a run {outcome.does.replace('{}', amount)}"
        return f"{on_days(outcome.label, case.values)} is {_LEVELS[self.sign]} {number}"


@dataclass(frozen=True, slots=True)
class Better:
    """One case does better than another on an outcome, in the same world under the same luck; ``names`` of both."""

    outcome: str
    names: tuple[str, str]

    @property
    def text(self) -> str:
        """For people."""
        return f"{self.names[0]} better than {self.names[1]} on {self.outcome}"

    @property
    def name(self) -> str:
        """For the names of files and folders."""
        return f"{self.outcome}-{self.names[0]}-beats-{self.names[1]}"

    def said(self, case: Case) -> str:
        """What happens in a run of which it is true."""
        outcome = outcome_of(self.outcome)
        better, other = map(words.spoken, self.names)
        if outcome.type == "count":
            return f"{better} {outcome.phrases[0]} than {other}"
        side = outcome.words.more if outcome.higher_is_better else outcome.words.less
        return f"under {better} {on_days(outcome.label, case.values)} is {side} than under {other}"


Asked = Passing | Better


def plain(asked: Asked) -> dict[str, Any]:
    """As JSON has it."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(asked).items()}


def of_plain(given: Mapping[str, Any]) -> Asked:
    """Undo :func:`plain`; raises KeyError, TypeError or ValueError for anything else."""
    outcome = check_outcome(KEY, given["outcome"]).name
    if "names" in given:
        better, other = map(str, given["names"])
        return Better(outcome, (better, other))
    if given["sign"] not in _SAID:
        raise ValueError("no comparison")
    return Passing(outcome, str(given["sign"]), float(given["value"]))


@dataclass(frozen=True, eq=False)
class WorldsAsked:
    """The worlds of one theory, what each drew, and whether it is a case of interest.

    Attributes
    ----------
    inputs
        One row a world, one column a drawn setting, in its own unit.
    cases
        (worlds,): of which it is true.
    worlds
        (worlds,): their numbers.
    amount
        (worlds,): the outcome, or by how much the better case does better.
    left_out
        Worlds that failed, or where the outcome is null.
    """

    inputs: pd.DataFrame
    cases: Truths
    worlds: Ints
    amount: FloatArray
    left_out: int


def ask(asked: Asked, cases: tuple[Case, ...], runs: pd.DataFrame) -> WorldsAsked:
    """Ask it of the runs of one case, or of the pairs of two, the better one first.

    Of a world with several futures the first is taken: all of them drew the same.

    Raises
    ------
    TooFew
        Where it is true of every world, of none, or there is no world.
    """
    outcome = outcome_of(asked.outcome)
    values = [_values(case, runs, outcome) for case in cases]
    if isinstance(asked, Passing):
        known, count = values[0].dropna(), len(values[0])
        truth, amount = asked.holds(known), known.to_numpy(dtype=float)
        _check_passing(asked, known, truth)
    else:
        pairs = pd.concat(values, axis=1, join="inner", keys=["better", "other"])
        both, count = pairs.dropna(), len(pairs)
        amount = outcome.gain * (both["better"] - both["other"]).to_numpy(dtype=float)
        truth, known = np.asarray(amount > 0, dtype=bool), both["better"]
        _check_better(amount)
    worlds = known.index.to_numpy(dtype=np.int64)
    return WorldsAsked(_inputs(cases, runs, worlds), truth, worlds, amount, count - len(known))


def _values(case: Case, runs: pd.DataFrame, outcome: Outcome) -> pd.Series:
    """The outcome by world; dates are days."""
    rows = good(runs[runs["case"] == case.id]).sort_values(["replicate", "future"]).drop_duplicates("replicate")
    column = rows[outcome.name]
    if outcome.type == "date":
        days = pd.to_datetime(column)
        column = (days - pd.Timestamp(0)) / pd.Timedelta(days=1)
    return pd.Series(column.to_numpy(dtype=float, na_value=np.nan), index=rows["replicate"].to_numpy())


def _inputs(cases: tuple[Case, ...], runs: pd.DataFrame, worlds: Ints) -> pd.DataFrame:
    """What every one of the cases draws, and not the same in all worlds."""
    first = cases[0]
    seed = int(runs.loc[runs["case"] == first.id, "root_seed"].iloc[0]) if len(worlds) else 0
    drawn = values_in_worlds(first, seed, worlds) if len(worlds) else {}
    # By name: the order settles ties, and a case that was read back lists what it draws in another one.
    shared = sorted(key for key in drawn if all(key in case.unknowns.drawn for case in cases))
    table = pd.DataFrame({key: np.asarray(drawn[key], dtype=float) for key in shared})
    return table[[key for key in shared if table[key].nunique() > 1]]


def _check_passing(asked: Passing, known: pd.Series, truth: Truths) -> None:
    if known.empty:
        raise TooFew("no run has a value of it")
    least, most = float(known.min()), float(known.max())
    if least == most:
        raise TooFew(f"it is {words.number(least, 4)} in every run, so nothing tells runs apart")
    if truth.all() or not truth.any():
        two = known.nunique() == 2
        span = f"{words.number(least, 4)} {'or' if two else 'to'} {words.number(most, 4)}"
        right = f"; only {asked.outcome}>{least:g} tells the two apart" if two else ""
        raise TooFew(f"true {words.likelihood(float(truth.mean()))}: the runs have {span}{right}")


def _check_better(amount: FloatArray) -> None:
    if not len(amount):
        raise TooFew("no pair of runs has a value of it")
    if not (amount != 0).any():
        raise TooFew("it is the same in both in every pair of runs, so nothing tells them apart")
    if (amount > 0).all() or not (amount > 0).any():
        raise TooFew(f"true {words.likelihood(float((amount > 0).mean()))}, so nothing tells them apart")
