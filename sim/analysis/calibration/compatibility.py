"""How compatible each theory is with the record, and what that rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.calibration.prior_draws import PriorDraws
from sim.analysis.patterns import HALF, NARROWER, WIDER, Patterns
from sim.analysis.statistics.intervals import wilson

EVERY_PATTERN = "every pattern"
"""In the column of patterns, the row of all of them together."""
_NONE_KEPT = 3
"""None in N draws: at most 3/N at 95 %, since (1 − 3/N)^N is .05 (Hanley and Lippman-Hand 1983, JAMA 249)."""
Kept = tuple[str, str, NDArray[np.bool_], NDArray[np.bool_] | None]


def compatibility_table(banks: Sequence[PriorDraws], patterns: Patterns, halved: bool = True) -> pd.DataFrame:
    """The share of each theory's prior worlds that lived the record, and the same with one thing changed at a time.

    It scales with the width of the prior ranges and with the tolerances, which is why the variants stand beside it; it
    is not the probability of a theory. The interval is of sampling error.

    Parameters
    ----------
    banks
        One bank a theory.
    patterns
        Those that the banks were scored by.
    halved
        Whether the prior range of each assumed setting is halved about its middle, too: the draws of the bank that
        lie in that half.

    Returns
    -------
    Rows theory by theory. Columns: theory, variant (``record``; ``halved <setting>``; the names of the patterns'
    variants; ``tolerances a third wider`` and ``tolerances a third narrower``), text, draws, kept, share, low, high
    (Wilson's interval, 95 %; where none is kept 0 and 3/draws, and the text says so; NaN without any draw).

    Raises
    ------
    ValueError
        For a bank that was scored by other patterns.
    UserMistake
        For an outcome that a bank does not have.

    Examples
    --------
    >>> from sim.analysis.patterns import load_patterns
    >>> runs = pd.DataFrame({"first_report_date": pd.Timestamp("2024-03-05"), "max_squad_share_3d": [0.5, 0.4],
    ...     "squad_members_3d": [2, 2], "exits_by_record_end": 20, "exits_before_surge": 3, "deaths_q4_2023": 1092,
    ...     "deaths_q1_2024": 1656, "deaths_surge_week": 200})
    >>> record = load_patterns()
    >>> bank = PriorDraws("breach", np.arange(2), pd.DataFrame(index=range(2)), runs, record.passes(runs, 400), 400,
    ...     pd.DataFrame({"setting": [], "status": []}))
    >>> table = compatibility_table([bank], record)
    >>> dict(zip(table["variant"], table["kept"]))
    {'record': 1, 'without C3': 2, 'C3 two of a squad': 2, 'tolerances a third wider': 2,
     'tolerances a third narrower': 0}
    """
    rows = []
    for bank in banks:
        for variant, text, kept, among in _variants(bank, patterns, halved):
            count, draws = int(kept.sum()), len(bank) if among is None else int(among.sum())
            low, high = (float(end) for end in wilson(count, draws)) if draws else (np.nan, np.nan)
            if draws and not count:
                low, high, text = 0.0, min(_NONE_KEPT / draws, 1.0), f"{text}; none of {draws:,}, at most 3/{draws:,}"
            share = count / draws if draws else np.nan
            rows.append([bank.theory, variant, text, draws, count, share, low, high])
    return pd.DataFrame(rows, columns=["theory", "variant", "text", "draws", "kept", "share", "low", "high"])


def _variants(bank: PriorDraws, patterns: Patterns, halved: bool) -> Iterator[Kept]:
    """Of each variant its name, its text, which worlds it keeps, and among which draws (None: all)."""
    if [*bank.passes.columns] != [pattern.id for pattern in patterns.of_runs]:
        raise ValueError(f"{bank.theory}: the bank was scored by other patterns than {patterns.name}")
    yield "record", "every pattern holds", bank.kept, None
    for setting in bank.assumed() if halved else ():
        half = (bank.quantiles[setting] - 0.5).abs().to_numpy() < 0.25
        yield f"halved {setting}", f"the middle half of the prior of {setting}", bank.kept & half, half
    for variant in patterns.variants:
        kept = patterns.variant_passes(variant, bank.outcomes, bank.passes, bank.pool)
        yield variant.name, variant.text, kept, None
    for scale, word in ((WIDER, "wider"), (NARROWER, "narrower")):
        passed = patterns.passes(bank.outcomes, bank.pool, scale)
        kept = np.asarray(passed.all(axis=1), dtype=bool)
        yield f"tolerances a third {word}", f"every tolerance a third {word}", kept, None


def half_rule_table(passes: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """An older rule for a setting, of kept worlds: each pattern holds in at least half of its runs of fresh luck.

    A world is kept for one run of its own. The rule asks whether its settings show the patterns as a rule, and not by
    luck alone.

    Parameters
    ----------
    passes
        For each theory one row a run of a sample of its kept worlds, each under (say forty) fresh draws of luck:
        column world, and a column of truth values a pattern.

    Returns
    -------
    Rows theory by theory, a pattern each and ``every pattern`` last (each of them in at least half of the runs, which
    need not be the same runs). Columns: theory, pattern, worlds, runs (the fewest of a world), hold (worlds), share,
    low, high (Wilson's interval over worlds, 95 %).

    Examples
    --------
    >>> runs = pd.DataFrame({"world": [4, 4, 9, 9], "C1": True, "C2": [True, False, False, False]})
    >>> half_rule_table({"breach": runs})[["pattern", "worlds", "hold", "share"]].to_numpy().tolist()
    [['C1', 2, 2, 1.0], ['C2', 2, 1, 0.5], ['every pattern', 2, 1, 0.5]]
    """
    rows = []
    for theory, runs in passes.items():
        worlds = runs.groupby("world")
        holds = worlds.mean() >= HALF
        fewest = int(worlds.size().min()) if len(runs) else 0
        holds[EVERY_PATTERN] = holds.all(axis=1)
        for pattern in holds:
            count, of = int(holds[pattern].sum()), len(holds)
            low, high = (float(end) for end in wilson(count, of)) if of else (np.nan, np.nan)
            rows.append([theory, pattern, of, fewest, count, count / of if of else np.nan, low, high])
    return pd.DataFrame(rows, columns=["theory", "pattern", "worlds", "runs", "hold", "share", "low", "high"])
