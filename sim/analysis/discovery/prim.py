"""PRIM, the patient rule induction method: a box of inputs in which the cases of interest lie dense.

Start from the box of all rows and peel: of every input try to cut off the lowest and the highest ``alpha`` of the rows
that are left, and take the cut after which the mean rises most for each row that was lost. Go on until the box would
hold less than the least mass, or until no cut raises the mean. Then paste: widen a limit by ``alpha`` of the rows that
lie beyond it, as long as that raises the mean again; what was passed on the way is the path to choose from.

Friedman & Fisher (1999), Statistics and Computing 9, 123–143; for scenarios Bryant & Lempert (2010), Technological
Forecasting and Social Change 77, 34–49. The gain of a cut, a limit midway between two rows, and ties (fewer limited
inputs first, then upper before lower in the order of the inputs) are those of EMA Workbench (Kwakkel 2017), so that
both find the same box on the same data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sim.arrays import FloatArray, Ints

ALPHA = 0.05
"""Share of the rows of a box that a cut takes."""
LEAST = 0.05
"""Share of all rows that a box keeps."""
Truths = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class PrimBox:
    """Limits of inputs, both inclusive: ``low`` and ``high``, (inputs,) each, infinite where there is none."""

    low: FloatArray
    high: FloatArray

    @classmethod
    def everything(cls, inputs: int) -> Self:
        """The box without limits."""
        return cls(np.full(inputs, -np.inf), np.full(inputs, np.inf))

    @property
    def limits(self) -> tuple[tuple[int, bool], ...]:
        """Each limit there is: number of the input, and whether it is the upper one."""
        return tuple(
            (int(at), upper)
            for at in np.flatnonzero(np.isfinite(self.low) | np.isfinite(self.high))
            for upper in (False, True)
            if np.isfinite(self.value(int(at), upper))
        )

    @property
    def inputs(self) -> int:
        """How many inputs it limits."""
        return int(np.count_nonzero(np.isfinite(self.low) | np.isfinite(self.high)))

    def value(self, at: int, upper: bool) -> float:
        """Where a limit lies."""
        return float((self.high if upper else self.low)[at])

    def moved(self, at: int, upper: bool, value: float) -> Self:
        """The same with a limit elsewhere; an infinite one is none."""
        low, high = self.low.copy(), self.high.copy()
        (high if upper else low)[at] = value
        return type(self)(low, high)

    def without(self, at: int, upper: bool) -> Self:
        """The same without a limit."""
        return self.moved(at, upper, np.inf if upper else -np.inf)

    def holds(self, x: FloatArray) -> Truths:
        """Which rows of ``(rows, inputs)`` lie in it."""
        inside = np.ones(len(x), dtype=bool)
        for at, upper in self.limits:
            inside &= x[:, at] <= self.high[at] if upper else x[:, at] >= self.low[at]
        return inside


def path(x: FloatArray, y: Truths, alpha: float = ALPHA, least: float | None = None) -> list[PrimBox]:
    """The boxes that PRIM passes, from the one without limits to the last that it pastes.

    Parameters
    ----------
    x
        (rows, inputs), finite.
    y
        (rows,): which rows are cases of interest.
    alpha
        Share of the rows that a cut takes off a box, and that pasting adds.
    least
        Rows that a box keeps at least; :data:`LEAST` of them all where it is None.

    Raises
    ------
    ValueError
        Where there is no row, or an input is not finite.

    Examples
    --------
    >>> x = np.random.default_rng(1).random((2000, 4))
    >>> last = path(x, (x[:, 1] > 0.7) & (x[:, 3] < 0.4))[-1]
    >>> last.limits, round(last.value(1, False), 1), round(last.value(3, True), 1)
    (((1, False), (3, True)), 0.7, 0.4)
    """
    if not len(x) or not np.isfinite(x).all():
        raise ValueError("PRIM needs rows, and inputs that are finite")
    few = LEAST * len(x) if least is None else least
    peeled = _peel(x, y, alpha, few)
    return [*peeled, *_paste(x, y, alpha, few, peeled[-1])]


def _peel(x: FloatArray, y: Truths, alpha: float, least: float) -> list[PrimBox]:
    """Cut until it no longer pays. Each input is sorted once; what a cut takes off is taken out of all of them."""
    count, inputs = x.shape
    rows = np.argsort(x.T, axis=1, kind="stable")
    values, found = np.take_along_axis(x.T, rows, axis=1), [PrimBox.everything(inputs)]
    alive, cases, every = np.ones(count, dtype=bool), int(y.sum()), np.arange(inputs)
    while count > 1:
        below, above = _ends(values, alpha)
        taken = np.stack([_cases_before(y[rows[:, ::-1][:, : above.max()]], above),
                          _cases_before(y[rows[:, : below.max()]], below)], axis=1)  # fmt: skip
        lost = np.stack([above, below], axis=1)
        kept = count - lost
        mean = np.divide(cases - taken, kept, out=np.zeros(lost.shape), where=kept > 0)
        gain = np.divide(mean - cases / count, lost, out=np.zeros(lost.shape), where=lost > 0)
        limited = np.stack([np.isfinite(found[-1].high), np.isfinite(found[-1].low)], axis=1)
        fresh = ~limited.any(axis=1, keepdims=True) & np.ones((1, 2), dtype=bool)
        best = np.flatnonzero(gain.ravel() == gain.max())
        at, side = divmod(int(best[np.argmin(fresh.ravel()[best])]), 2)
        if gain[at, side] <= 0 or kept[at, side] < least:
            return found
        cut, upper = int(lost[at, side]), side == 0
        edge = count - cut if upper else cut
        found.append(found[-1].moved(at, upper, float(values[at, edge - 1] + values[at, edge]) / 2))
        alive[rows[at, edge:] if upper else rows[at, :edge]] = False
        left = alive[rows]
        count, cases = int(kept[at, side]), cases - int(taken[at, side])
        rows, values = rows[left].reshape(len(every), count), values[left].reshape(len(every), count)
    return found


def _ends(values: FloatArray, alpha: float) -> tuple[Ints, Ints]:
    """How many of the lowest and of the highest of sorted values, ``(inputs, rows)``, a cut takes, ties together."""
    last = values.shape[1] - 1
    first, place = math.floor(last * alpha), last * (1 - alpha)
    low, inner, outer = values[:, first], values[:, math.floor(place)], values[:, math.ceil(place)]
    below, above = np.full(len(values), first + 1), np.full(len(values), last - math.floor(place))
    for at in np.flatnonzero(low == values[:, first + 1]):
        below[at] = np.searchsorted(values[at], low[at], side="right")
    for at in np.flatnonzero(inner == outer):
        above[at] = last + 1 - np.searchsorted(values[at], outer[at], side="left")
    return below % (last + 1), above % (last + 1)  # where all are alike nothing can be cut


def _cases_before(cases: NDArray[np.bool_], counts: Ints) -> Ints:
    """How many of the first ``counts`` of each row are cases."""
    if not cases.shape[1]:
        return np.zeros(len(cases), dtype=np.int64)
    running = np.cumsum(cases, axis=1, dtype=np.int64)
    return np.where(counts > 0, running[np.arange(len(cases)), np.maximum(counts - 1, 0)], 0)


def _paste(x: FloatArray, y: Truths, alpha: float, least: float, box: PrimBox) -> list[PrimBox]:
    """Widen limits, one at a time, as long as the mean rises.

    What one limit alone keeps out is what moving it may let in, so no box has to be asked for all its rows.
    """
    found: list[PrimBox] = []
    columns, out = np.ascontiguousarray(x.T), {limit: _kept_out(x, box, *limit) for limit in box.limits}
    while out:
        by = np.sum(list(out.values()), axis=0, dtype=np.int64)
        count, cases = int(np.count_nonzero(by == 0)), int(y[by == 0].sum())
        best: tuple[float, int, PrimBox, tuple[int, bool]] | None = None
        for (at, upper), mask in out.items():
            # As with EMA, a row that lies on the limit, as one does once it was let in alone, counts as beyond it.
            beyond = np.flatnonzero((mask & (by == 1)) | ((by == 0) & (columns[at] == box.value(at, upper))))
            wider, held = _widened(columns[at], beyond, alpha, box, at, upper)
            let_in = held[mask[held]]
            size = count + len(let_in)
            gain = ((cases + int(y[let_in].sum())) / size - cases / count) / len(let_in) if len(let_in) else 0.0
            if best is None or (gain, -wider.inputs) > best[:2]:
                best = (gain, -wider.inputs, wider, (at, upper))
        if best is None or best[0] <= 0 or count < least:
            break
        box = best[2]
        found.append(box)
        out = {limit: _kept_out(x, box, *limit) if limit == best[3] else out[limit] for limit in box.limits}
    return found


def _kept_out(x: FloatArray, box: PrimBox, at: int, upper: bool) -> Truths:
    """The rows that one limit keeps out."""
    return np.asarray(x[:, at] > box.high[at] if upper else x[:, at] < box.low[at], dtype=bool)


def _widened(
    column: FloatArray, beyond: Ints, alpha: float, box: PrimBox, at: int, upper: bool
) -> tuple[PrimBox, Ints]:
    """The box with a limit moved over ``alpha`` of the rows beyond it, and which of them it then holds.

    A limit at the end of all values is none.
    """
    if not len(beyond):
        return box.without(at, upper), beyond
    values = column[beyond] if upper else -column[beyond]
    ordered, last = np.sort(values), len(beyond) - 1
    first = math.floor(last * alpha)
    after = min(int(np.searchsorted(ordered, ordered[first], side="right")), last)
    edge = float(ordered[first] + ordered[after]) / 2
    let_in = beyond[values <= edge]
    if edge == (column.max() if upper else -column.min()):
        return box.without(at, upper), let_in
    return box.moved(at, upper, edge if upper else -edge), let_in
