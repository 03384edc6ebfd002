"""Where two settings tip an outcome: the share of runs beyond a threshold over their grid, and the line at one half.

Every cell is run under the same draws, so the bootstrap resamples replicates, each with its runs in *all* cells: what
cells share in luck moves the line as a whole and does not make it look better known than it is. Futures of one world
are a cluster: their mean counts as one run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from sim.analysis.statistics.intervals import wilson
from sim.analysis.statistics.summary import good
from sim.arrays import FloatArray
from sim.ensemble.store.tables.interface import LUCK
from sim.errors import UserMistake
from sim.settings.schema import FIXED

Beyond = Literal["above", "below"]

RESAMPLES = 1000
SEED = 1
"""Of the bootstrap, so that a line comes out the same again."""
LEVEL = 0.5
"""The share of runs at which a force tips."""
_TEXTS = ("case", "label", "scenario.name", "scenario.events", "scenario.texts")


@dataclass(frozen=True)
class TippingGrid:
    """Share of runs beyond a threshold, for each pair of values of two settings.

    Attributes
    ----------
    x, y
        The settings' dotted names.
    xs, ys
        Their values, ascending.
    beyond
        ``(ys, xs, replicates)``: 1 beyond the threshold, 0 not, of several futures the share beyond it; NaN where there
        is no such run or it has no value.
    outcome, threshold, side
        What was asked of each run.
    """

    x: str
    y: str
    xs: FloatArray
    ys: FloatArray
    beyond: FloatArray
    outcome: str
    threshold: float
    side: Beyond = "above"

    @property
    def runs(self) -> NDArray[np.int64]:
        """Runs with a value in each cell, ``(ys, xs)``; the futures of a world count as one."""
        return np.asarray((~np.isnan(self.beyond)).sum(axis=2), dtype=np.int64)

    @property
    def shares(self) -> FloatArray:
        """Share of runs beyond the threshold, ``(ys, xs)``; NaN for a cell without runs."""
        return _shares(np.nansum(self.beyond, axis=2), self.runs)

    @property
    def intervals(self) -> tuple[FloatArray, FloatArray]:
        """Wilson's (1927) 95 % interval of each share; from 0 to 1 where there are no runs."""
        return wilson(np.nansum(self.beyond, axis=2), self.runs)

    @property
    def undecided(self) -> NDArray[np.bool_]:
        """Cells whose interval holds one half: more runs may tip them."""
        low, high = self.intervals
        return (self.runs > 0) & (low < 0.5) & (high > 0.5)


def varied(cases: pd.DataFrame) -> list[str]:
    """Settings that differ between cases, in the order of the register; a theory's own come last."""
    order = {row.key: place for place, row in enumerate(FIXED)}
    names = [name for name in cases.columns if name not in _TEXTS and cases[name].nunique(dropna=False) > 1]
    return sorted(names, key=lambda name: (order.get(name, len(order)), name))


def on_grid(cases: pd.DataFrame, settings: Sequence[str] = ()) -> pd.DataFrame:
    """Those cases that lie on a grid over two settings: a value that only one case has is no line of it.

    Raises
    ------
    UserMistake
        As :func:`grid` does; and when fewer than two values of each are left.
    """
    x, y = _pair(cases, varied(cases), settings)
    before = -1
    while len(cases) != before:
        before = len(cases)
        for name in (x, y):
            cases = cases[cases.groupby(name)["case"].transform("size") > 1]
    if min(cases[x].nunique(), cases[y].nunique()) < 2:
        raise UserMistake("--settings", f"{x},{y}", "the cases lie on no grid over these two")
    return cases.reset_index(drop=True)


def grid(
    cases: pd.DataFrame,
    runs: pd.DataFrame,
    *,
    outcome: str,
    threshold: float,
    side: Beyond = "above",
    settings: Sequence[str] = (),
) -> TippingGrid:
    """Arrange the runs of a sweep over two settings.

    Parameters
    ----------
    cases, runs
        Tables of a store; failed runs are left out.
    settings
        Names of the two, that of the horizontal axis first; empty: the two numbers in which the cases differ.

    Raises
    ------
    UserMistake
        When the cases do not differ in just two settings that are numbers, or one pair of values stands twice.
    """
    differ = varied(cases)
    x, y = _pair(cases, differ, settings)
    if others := [name for name in differ if name not in (x, y)]:
        raise UserMistake("--settings", f"{x},{y}", f"the cases differ in {', '.join(others[:3])} too; choose "
                          "cases that do not, with --case")  # fmt: skip
    places = cases.set_index("case")[[x, y]].astype(float)
    if places.duplicated().any():
        raise UserMistake("--settings", f"{x},{y}", "two cases have the same values of both, such as other events; "
                          "choose cases with --case")  # fmt: skip
    xs, ys = np.unique(places[x]), np.unique(places[y])
    ok = good(runs)
    ok = ok[ok["case"].isin(places.index)]
    values = pd.to_numeric(ok[outcome].astype("object")).to_numpy(dtype=float)
    hit = np.where(np.isnan(values), np.nan, values > threshold if side == "above" else values < threshold)
    world = list(LUCK[:2])
    ok = ok[["case", *world]].assign(hit=hit).groupby(["case", *world], sort=False, as_index=False).mean()
    luck, hit = pd.MultiIndex.from_frame(ok[world]), ok["hit"].to_numpy()
    known = luck.unique().sort_values()
    beyond = np.full((len(ys), len(xs), len(known)), np.nan)
    at = places.loc[ok["case"]]
    beyond[np.searchsorted(ys, at[y]), np.searchsorted(xs, at[x]), known.get_indexer(luck)] = hit
    return TippingGrid(x, y, xs, ys, beyond, outcome, threshold, side)


def _pair(cases: pd.DataFrame, differ: list[str], settings: Sequence[str]) -> tuple[str, str]:
    numbers = [name for name in differ if pd.api.types.is_numeric_dtype(cases[name]) and cases[name].notna().all()]
    if not settings:
        if len(numbers) != 2:
            said = ", ".join(numbers[:4]) + (" and more" if len(numbers) > 4 else "") or "none"
            raise UserMistake("cases", None, f"a tipping map needs two numbers that vary; here vary: {said}")
        return numbers[0], numbers[1]
    if len(settings) != 2 or settings[0] == settings[1]:
        raise UserMistake("--settings", ",".join(settings), "two settings, such as officers.leader_shock,media.rumour")
    for name in settings:
        if name not in numbers:
            known = ", ".join(numbers) or "none"
            raise UserMistake("--settings", name, f"no number that varies here; these do: {known}")
    return settings[0], settings[1]


def line(grid: TippingGrid, *, resamples: int = RESAMPLES) -> pd.DataFrame:
    """The tipping line: for each value of one setting, that of the other at which half of the runs are beyond.

    What is crossed is the setting along which shares change more. They are made monotone along it, in the direction of
    the whole grid (isotonic regression weighted by runs), and joined by straight lines. The 95 % interval is of
    percentiles over ``resamples`` bootstrap samples of replicates; one in which the line lies outside the range counts
    as such.

    Returns
    -------
    One row a value of ``setting``: ``setting``, ``value``, ``crosses`` (the other's name), ``threshold``, ``low``,
    ``high``, ``level``, ``note``. ``threshold`` is null where the level is not reached within the range, and ``note``
    says on which side; a null ``low`` or ``high`` lies outside the range. ``note`` tells, too, of shares that cross
    the level more than once.
    """
    if _change(grid.shares, 0) > _change(grid.shares, 1):
        grid = replace(grid, x=grid.y, y=grid.x, xs=grid.ys, ys=grid.xs, beyond=grid.beyond.transpose(1, 0, 2))
    rising = _rises(grid.shares)
    points = _crossings(grid.shares[None], grid.runs[None], grid.xs, rising)[0]
    chances = np.random.default_rng(SEED).multinomial(
        grid.beyond.shape[2], np.full(grid.beyond.shape[2], 1 / max(grid.beyond.shape[2], 1)), size=resamples
    )
    valid = ~np.isnan(grid.beyond)
    of = np.einsum("br,yxr->byx", chances, valid.astype(float), optimize=True)
    hits = np.einsum("br,yxr->byx", chances, np.nan_to_num(grid.beyond), optimize=True)
    drawn = _crossings(_shares(hits, of), of, grid.xs, rising)
    with np.errstate(invalid="ignore"):
        low, high = np.quantile(drawn, [0.025, 0.975], axis=0, method="inverted_cdf")
    rows = []
    for row, value in enumerate(grid.ys):
        point = points[row]
        rows.append({
            "setting": grid.y, "value": value, "crosses": grid.x, "threshold": _inside(point),
            "low": _inside(low[row]), "high": _inside(high[row]), "level": LEVEL,
            "note": _note(grid.shares[row], point, rising),
        })  # fmt: skip
    columns = ["setting", "value", "crosses", "threshold", "low", "high", "level", "note"]
    return pd.DataFrame(rows, columns=columns).astype({"threshold": float, "low": float, "high": float})


def _change(shares: FloatArray, axis: int) -> float:
    """How far shares go along an axis, on the whole."""
    return float(np.abs(np.nansum(np.diff(shares, axis=axis), axis=axis)).sum() / shares.shape[1 - axis])


def _rises(shares: FloatArray) -> bool:
    """Whether the share of runs grows along x, over the grid as a whole."""
    steps = np.diff(shares, axis=1)
    return bool(np.nansum(steps) >= 0)


def _crossings(shares: FloatArray, runs: NDArray[np.number], xs: FloatArray, rising: bool) -> FloatArray:
    """Where each row of ``(samples, ys, xs)`` crosses the level: −∞ or ∞ outside the range, NaN for a row of holes."""
    crossings = np.full(shares.shape[:2], np.nan)
    for cell in np.ndindex(*crossings.shape):
        there = runs[cell] > 0
        if there.any():
            known, weights = shares[cell][there], np.asarray(runs[cell][there], dtype=float)
            fitted = isotonic_regression(known, weights=weights, increasing=rising).x
            crossings[cell] = _cross(fitted if rising else fitted[::-1], xs[there] if rising else xs[there][::-1])
    return crossings if rising else -crossings


def _cross(fitted: FloatArray, xs: FloatArray) -> float:
    """The first x at which ascending shares reach the level; a falling grid comes reversed and its sign is kept."""
    sign = 1.0 if len(xs) < 2 or xs[0] < xs[-1] else -1.0
    if fitted[0] >= LEVEL:
        return sign * xs[0] if fitted[0] == LEVEL else -np.inf
    if fitted[-1] < LEVEL:
        return np.inf
    after = int(np.argmax(fitted >= LEVEL))
    part = (LEVEL - fitted[after - 1]) / (fitted[after] - fitted[after - 1])
    return float(sign * (xs[after - 1] + part * (xs[after] - xs[after - 1])))


def _note(shares: FloatArray, point: float, rising: bool) -> str:
    known = shares[~np.isnan(shares)]
    if not known.size:
        return "no runs"
    if np.isinf(point):
        side = "below" if (point > 0) == rising else "above"
        return f"not reached within the range: {side} {100 * LEVEL:.0f} % everywhere"
    turns = int(np.sum(np.diff((known >= LEVEL).astype(int)) != 0))
    return f"crosses {turns} times; the monotone fit's crossing is given" if turns > 1 else ""


def _inside(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _shares(hits: FloatArray, of: NDArray[np.number]) -> FloatArray:
    return np.divide(hits, of, out=np.full(np.shape(of), np.nan), where=np.asarray(of) > 0)
