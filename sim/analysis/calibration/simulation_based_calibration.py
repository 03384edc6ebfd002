"""Whether the method can be trusted: truths that are known are looked for, and must be found as often as promised.

Simulation-based calibration (Cook, Gelman and Rubin 2006; Talts, Betancourt, Simpson, Vehtari and Gelman 2018,
arXiv:1804.06788): the settings of a truth that was drawn from the prior rank evenly among draws from its posterior. The
posterior of a truth is here the bank's draws in its pattern cell. Ranks are turned into numbers from 0 to 1 by breaking
ties at random, and their distribution function must stay in a band that holds simultaneously over its length and over
settings (as in Säilynoja, Bürkner and Vehtari 2022, Statistics and Computing 32). The band is that of Kolmogorov and
Smirnov, which allows for what truths of one cell have in common: the bank's draws there.

Ranks over all cells cannot tell a posterior from the prior, whose ranks are even, too; so they are looked at in each
cell as well (a test quantity that depends on the data: Modrák and others 2023, arXiv:2211.02383).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats

from sim.analysis.calibration.prior_draws import PriorDraws
from sim.analysis.statistics.multiplicity import bonferroni
from sim.arrays import FloatArray, Ints

FEWEST = 20
"""Draws of a cell from which on it is looked at by itself; smaller ones are pooled."""
MOST = 10_000
"""Draws of a cell that are ranked among; more would narrow no band."""
LEVEL = 0.95
CENTRAL = (0.5, 0.9)
"""Central intervals whose coverage is counted."""
SIZES = (FEWEST, 100, 1000)
"""Where the groups of cells by size begin."""
TRUTHS_FEWEST = 20
"""Truths of a group from which on its coverage is judged."""
ALL_CELLS = "all"


@dataclass(frozen=True)
class SelfCheck:
    """What came of it, theory by theory.

    Attributes
    ----------
    theory
        Whose bank it is.
    settings
        One row a setting: theory, setting, truths, ks (largest distance of the distribution of ranks from an even one),
        p, limit (of ks, simultaneous over settings), inside.
    coverage
        One row a group of cells by size and a central interval: theory, draws (of the bank in the cell: "20 to 99",
        …, "all"), level, truths, coverage (share of truths × settings that lie inside), low, high (its interval,
        simultaneous over rows; NaN with fewer than 20 truths), holds (level between low and high; true where not
        judged).
    cells
        One row a cell that truths fall in: theory, cell ("C1 C3": patterns that hold; "none" of them; "few draws":
        pooled), draws, truths, ranked, worst (the setting whose ranks are the least even in this cell), ks (of it),
        limit (simultaneous over settings and cells), inside; nothing from worst on with fewer than 20 truths, and
        inside true.
    ranks
        (truths ranked, settings): ranks as numbers from 0 to 1, for drawing.
    left_out
        Truths without 20 draws to rank among, even pooled.
    """

    theory: str
    settings: pd.DataFrame
    coverage: pd.DataFrame
    cells: pd.DataFrame
    ranks: pd.DataFrame
    left_out: int

    @property
    def passed(self) -> bool:
        """Whether every setting is inside its limit, in each cell too, and every coverage holds; false where no truth
        could be ranked.
        """
        held = (self.settings["inside"], self.cells["inside"], self.coverage["holds"])
        return all(bool(one.all()) for one in held) and len(self.ranks) > 0

    @property
    def sentence(self) -> str:
        """What came of it, in one sentence."""
        if not len(self.ranks):
            return f"{self.theory}: not checked, no truth has {FEWEST} draws to be ranked among."
        out = self.settings.loc[~self.settings["inside"], "setting"].tolist()
        apart = self.cells.loc[~self.cells["inside"], "cell"].tolist()
        pooled = int(self.cells.loc[self.cells["cell"] == _FEW, "truths"].sum())
        said = f"{self.theory}: {len(self.ranks)} truths, {pooled - self.left_out} of them in pooled cells"
        said += f", {self.left_out} left out; " if self.left_out else "; "
        if self.passed:
            return f"{said}ranks of all settings even, coverage as promised."
        wrong = [f"ranks uneven: {', '.join(out)}"] if out else []
        wrong += [f"ranks uneven in the cells: {', '.join(apart)}"] if apart else []
        wrong += ["coverage not as promised"] if not self.coverage["holds"].all() else []
        return f"{said}{'; '.join(wrong)}: not to be trusted."


_FEW, _NONE = "few draws", "none"


@dataclass(frozen=True)
class _CellRanks:
    """Truths of one cell: which rows, of how many draws of the bank there how many are ranked among, and the ranks."""

    name: str
    rows: Ints
    draws: int
    among: int
    ranks: FloatArray


def self_check(
    bank: PriorDraws, truths: PriorDraws, *, fewest: int = FEWEST, level: float = LEVEL, seed: int = 20240307
) -> SelfCheck:
    """Rank truths among the bank's draws in their pattern cell.

    It fails where the bank is no sample of what it claims to be: with luck that all its draws share, with a prior other
    than that of the truths, with quantiles that belong to other runs.

    Parameters
    ----------
    bank
        Prior draws of a theory.
    truths
        Prior draws of the same theory from outside the bank (another root seed), a few hundred.
    fewest
        Cells with fewer draws are pooled into one; truths are left out where that has fewer, too.
    level
        With which the whole check passes where all is right: what it lacks to 1 is shared out among the ranks, the
        ranks in each cell and the coverage.
    seed
        Of the random breaking of ties among ranks.

    Raises
    ------
    ValueError
        Where bank and truths are not of one theory, its settings and patterns.

    Examples
    --------
    >>> def draws(n, seed):
    ...     luck = np.random.default_rng(seed)
    ...     u = luck.random(n)
    ...     return PriorDraws("toy", np.arange(n), pd.DataFrame({"a": u}), pd.DataFrame(index=range(n)),
    ...         pd.DataFrame({"P": luck.random(n) < u}), 400, pd.DataFrame({"setting": ["a"], "status": ["assumed"]}))
    >>> found = self_check(draws(5000, 1), draws(400, 2))
    >>> found.passed, found.cells[["cell", "draws", "truths"]].to_numpy().tolist()
    (True, [['none', 2567, 199], ['P', 2433, 201]])
    """
    mine = (bank.theory, bank.settings, tuple(bank.passes.columns))
    if mine != (truths.theory, truths.settings, tuple(truths.passes.columns)):
        raise ValueError(f"{bank.theory}: bank and truths are not of one theory, its settings and patterns")
    cells = list(_cells(bank, truths, fewest, np.random.default_rng(seed)))
    placed = [cell for cell in cells if cell.among]
    nothing = np.empty((0, len(bank.settings)))
    rows = np.concatenate([np.empty(0, dtype=np.int64), *(cell.rows for cell in placed)])
    ranks = np.concatenate([nothing, *(cell.ranks for cell in placed)])[np.argsort(rows)]
    frame = pd.DataFrame(ranks, columns=list(bank.settings))
    part = 1 - (1 - level) / 3
    return SelfCheck(
        bank.theory,
        _settings(bank.theory, frame, placed, part),
        _coverage(bank.theory, placed, part),
        _by_cell(bank.theory, cells, bank.settings, part),
        frame,
        len(truths) - len(frame),
    )


def _cells(bank: PriorDraws, truths: PriorDraws, fewest: int, luck: np.random.Generator) -> Iterator[_CellRanks]:
    """The cells that truths fall in, those with few draws of the bank as one."""
    seen, counts = np.unique(bank.cells, return_counts=True)
    large = seen[counts >= fewest]
    patterns = list(bank.passes.columns)
    for cell in [*np.unique(truths.cells[np.isin(truths.cells, large)]).tolist(), None]:
        mine, its = ((~np.isin(one.cells, large) if cell is None else one.cells == cell) for one in (truths, bank))
        at, among = np.flatnonzero(mine), np.flatnonzero(its)
        if not len(at):
            continue
        holding = [] if cell is None else [name for bit, name in enumerate(patterns) if int(cell) >> bit & 1]
        named, draws = _FEW if cell is None else " ".join(holding) or _NONE, len(among)
        if draws < fewest:
            yield _CellRanks(named, at, draws, 0, np.empty((0, len(bank.settings))))
            continue
        among = among[:MOST]  # the first worlds, so that a larger bank begins with the same
        its_u, my_u = (
            one.quantiles.iloc[where].to_numpy(dtype=np.float64) for one, where in ((bank, among), (truths, at))
        )
        yield _CellRanks(named, at, draws, len(among), _ranks(its_u, my_u, luck))


def _ranks(draws: FloatArray, values: FloatArray, luck: np.random.Generator) -> FloatArray:
    """Ranks of values among draws, column by column, as numbers from 0 to 1 that are exactly even if all is right."""
    ranks = luck.random(values.shape)
    for column, ordered in enumerate(np.sort(draws, axis=0).T):
        below = np.searchsorted(ordered, values[:, column], side="left")
        level = np.searchsorted(ordered, values[:, column], side="right") - below
        ranks[:, column] = (below + ranks[:, column] * (level + 1)) / (len(ordered) + 1)
    return ranks


def _spread(placed: Sequence[_CellRanks]) -> float:
    """Variance of a share of truths below a rank, over that of one truth: 1/truths, and more for the bank's part.

    In a cell with m truths and n draws the two distribution functions differ as those of two samples do, by
    (1/m + 1/n); cells count by their truths.
    """
    total = sum(len(part.rows) for part in placed)
    return sum(len(part.rows) ** 2 * (1 / len(part.rows) + 1 / part.among) for part in placed) / total**2


def _root(placed: Sequence[_CellRanks]) -> float:
    """What a distance is multiplied with to have Kolmogorov's distribution; Stephens's (1970) term for few ranks."""
    root = 1 / np.sqrt(_spread(placed))
    return float(root + 0.12 + 0.11 / root)


def _limit(placed: Sequence[_CellRanks], level: float, comparisons: int) -> float:
    """Of the distance of ranks from even ones, simultaneous over so many comparisons."""
    return float(special.kolmogi(1 - bonferroni(level, comparisons)) / _root(placed))


def _ks(ranks: FloatArray) -> list[float]:
    """The largest distance of the distribution function of each column of ranks from that of even ones."""
    # Only the statistic is asked for, and "asymp" spares the search for a p-value that ignores the bank's part.
    return [float(stats.ks_1samp(column, stats.uniform.cdf, method="asymp").statistic) for column in ranks.T]


def _settings(theory: str, ranks: pd.DataFrame, placed: list[_CellRanks], level: float) -> pd.DataFrame:
    columns = ["theory", "setting", "truths", "ks", "p", "limit", "inside"]
    if not placed:
        return pd.DataFrame(columns=columns).astype({"inside": bool})
    limit, root = _limit(placed, level, ranks.shape[1]), _root(placed)
    rows = [
        [theory, name, len(ranks), ks, float(special.kolmogorov(ks * root)), limit, ks <= limit]
        for name, ks in zip(ranks, _ks(ranks.to_numpy()), strict=True)
    ]
    return pd.DataFrame(rows, columns=columns).astype({"inside": bool})


def _by_cell(theory: str, cells: list[_CellRanks], settings: Sequence[str], level: float) -> pd.DataFrame:
    judged = [cell for cell in cells if len(cell.ranks) >= TRUTHS_FEWEST and settings]
    rows: list[list[object]] = []
    for cell in cells:
        row = [theory, cell.name, cell.draws, len(cell.rows), cell.among > 0]
        if not any(cell is one for one in judged):
            rows.append([*row, None, np.nan, np.nan, True])
            continue
        ks, limit = _ks(cell.ranks), _limit([cell], level, len(judged) * len(settings))
        worst = int(np.argmax(ks))
        rows.append([*row, settings[worst], ks[worst], limit, ks[worst] <= limit])
    columns = ["theory", "cell", "draws", "truths", "ranked", "worst", "ks", "limit", "inside"]
    return pd.DataFrame(rows, columns=columns).astype({"ranked": bool, "inside": bool})


def _groups(placed: list[_CellRanks]) -> Iterator[tuple[str, list[_CellRanks]]]:
    for low, high in zip(SIZES, [*SIZES[1:], None], strict=True):
        part = [one for one in placed if one.draws >= low and (high is None or one.draws < high)]
        yield f"{low:,} and more" if high is None else f"{low:,} to {high - 1:,}", part
    yield ALL_CELLS, placed


def _coverage(theory: str, placed: list[_CellRanks], level: float) -> pd.DataFrame:
    groups = [(name, part) for name, part in _groups(placed) if part]
    each = bonferroni(level, len(groups) * len(CENTRAL))
    rows: list[list[object]] = []
    for name, part in groups:
        ranks, spread = np.concatenate([one.ranks for one in part]), _spread(part)
        for central in CENTRAL:
            # Settings of one truth may go together, so the truth is the unit.
            inside = (np.abs(ranks - 0.5) < central / 2).mean(axis=1)
            share, truths, low, high = float(inside.mean()), len(inside), np.nan, np.nan
            if truths >= TRUTHS_FEWEST:
                half = stats.t.isf((1 - each) / 2, truths - 1) * inside.std(ddof=1) * np.sqrt(spread)
                low, high = share - half, share + half
            holds = bool(np.isnan(low) or low <= central <= high)
            rows.append([theory, name, central, truths, share, low, high, holds])
    columns = ["theory", "draws", "level", "truths", "coverage", "low", "high", "holds"]
    return pd.DataFrame(rows, columns=columns).astype({"holds": bool})
