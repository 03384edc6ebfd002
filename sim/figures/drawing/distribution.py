"""What is asked of an outcome, and what its runs answer: the numbers and words of an outcome's figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from sim import text as words
from sim.arrays import FloatArray
from sim.figures.drawing import quantile_dotplot as dotplot

Beyond = Literal["above", "below"]
Values = Any
"""Numbers of any shape that pandas makes a Series of, missing ones (``None``, ``NaN``, ``NA``) included."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of an outcome, and the pieces of the sentence that answers it.

    ``threshold`` is the policy's, or the reader's: runs beyond it (``beyond`` says on which side) are the ones counted,
    in the words of ``finding`` ("fewer than 300 officers are available on 1 June 2024") and, on the figure, of
    ``threshold_text`` ("fewer than 300 officers"). It is drawn where it lies within the runs' reach.
    ``upper`` is the most there can be (the pool): runs that reach it stand apart as a mass of their own, named
    ``upper_text``. ``theory`` is the one that it is asked under, and ``worlds`` says
    of which worlds, if that is to be said.
    """

    name: str
    axis: str
    unit: str
    threshold: float | None = None
    finding: str = ""
    threshold_text: str = ""
    beyond: Beyond = "above"
    upper: float | None = None
    upper_text: str = "everyone out"
    theory: str = ""
    worlds: str = ""

    def __post_init__(self) -> None:
        if self.threshold is not None and not (self.finding and self.threshold_text):
            raise ValueError(f"{self.name}: a threshold needs its finding and its threshold_text")


@dataclass(frozen=True, slots=True)
class Answer:
    """The runs that have a value, ascending, and all that the title, the marks and the table say of them.

    ``dots`` are 50 quantiles, or the one value of a single run; ``beyond`` and ``mass`` say of each dot
    whether it lies beyond the threshold and whether it has reached ``question.upper``. ``share`` is that of
    the runs beyond the threshold, ``missing`` the number of runs without a value.
    """

    values: FloatArray
    missing: int
    dots: FloatArray
    beyond: dotplot.BoolArray
    mass: dotplot.BoolArray
    share: float
    question: Question

    @property
    def intervals(self) -> tuple[tuple[str, float, float], ...]:
        """Label, low and high of each bar: none for one run, one where all runs agree."""
        ordered, unit = self.values, self.question.unit
        if len(ordered) == 1:
            return ()
        if ordered[0] == ordered[-1]:
            return ((f"every run: {words.number(ordered[0])} {unit}", ordered[0], ordered[0]),)
        intervals = []
        for text, low, high in (("half", 25, 75), ("90 of 100", 5, 95)):
            ends = dotplot.quantile(ordered, low), dotplot.quantile(ordered, high)
            intervals.append((f"the middle {text} of the runs: {words.span(*ends)} {unit}", *ends))
        return tuple(intervals)

    @property
    def reached(self) -> bool:
        """Whether there is a threshold, and some runs lie on either side of it."""
        return self.question.threshold is not None and 0 < self.share < 1

    @property
    def title(self) -> str:
        """The finding, as a sentence."""
        question, runs = self.question, len(self.values)
        if runs == 1:
            under = f" under {words.spoken(question.theory)}" if question.theory else ""
            under += f", {question.worlds}" if question.worlds else ""
            return f"In one run of this model{under}, {question.axis}: {words.number(self.values[0])}"
        if self.reached:
            return words.sentence(
                question.finding, self.share, runs=runs, dots=int(self.beyond.sum()), theory=question.theory,
                worlds=question.worlds,
            )  # fmt: skip
        said = f"{words.model(question.theory, question.worlds)}, {question.axis}"
        _, low, high = self.intervals[-1]
        if len(self.intervals) == 1:
            return f"{said}: {words.span(low, high)} in every run"
        middle = words.number(dotplot.quantile(self.values, 50))
        return f"{said}: {middle} in the median run, {words.span(low, high)} in 90 of 100"

    @property
    def note(self) -> str:
        """What a dot is, and what the reader must know of the runs."""
        runs = len(self.values)
        parts = ["One run: it does not show how likely this is." if runs == 1 else "Each dot is 2 of 100 runs."]
        if 1 < runs < dotplot.DOTS:
            parts.append(f"There are only {runs} runs: dots repeat them.")
        if self.question.threshold is not None and not self.reached and runs > 1:
            parts.append(f"{self.question.threshold_text.capitalize()}: in {'every' if self.share else 'no'} run.")
        if self.missing:
            parts.append(f"{words.several(self.missing, 'run has', 'runs have')} no value, left out.")
        return " ".join(parts)


def read(values: Values, question: Question) -> Answer:
    """Sort and check the values; raise ``ValueError`` when there is none, or one lies where none can be."""
    series = pd.to_numeric(pd.Series(values).astype("object"), errors="raise").astype("Float64")
    numbers = np.asarray(series.to_numpy(dtype=float, na_value=np.nan), dtype=np.float64)
    ordered = np.sort(numbers[~np.isnan(numbers)])
    if ordered.size == 0:
        raise ValueError(f"{question.name}: all {numbers.size} runs lack a value, so there is nothing to draw")
    if not np.isfinite(ordered).all():
        raise ValueError(f"{question.name}: a value is infinite")
    if question.upper is not None and ordered[-1] > question.upper:
        raise ValueError(f"{question.name}: {ordered[-1]} exceeds the most there can be, {question.upper}")
    dots = ordered if ordered.size == 1 else dotplot.quantile_dots(ordered)
    at_end = np.zeros(dots.size, dtype=bool) if question.upper is None else dots == question.upper
    share = float(_is_beyond(ordered, question).mean())
    beyond = _is_beyond(dots, question) & (0 < share < 1)  # a threshold that no run, or every run, passes marks nothing
    return Answer(ordered, numbers.size - ordered.size, dots, beyond, at_end, share, question)


def _is_beyond(values: FloatArray, question: Question) -> dotplot.BoolArray:
    if question.threshold is None:
        return np.zeros(values.size, dtype=bool)
    return values > question.threshold if question.beyond == "above" else values < question.threshold
