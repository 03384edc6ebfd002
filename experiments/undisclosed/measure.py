"""What worlds that lived the record say of the number that it does not give: tables in, tables out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from sim.analysis.calibration import PriorDraws, observation_table
from sim.analysis.calibration.bank import BankRequest, draws_of, prior_draws
from sim.analysis.patterns import NARROWER, WIDER, load_patterns
from sim.analysis.statistics.multiplicity import holm
from sim.ensemble.cases.conditioning import bank_case_of, check_posterior
from sim.ensemble.cases.posterior import FEW, Posterior
from sim.ensemble.engine.block import Block, simulate
from sim.ensemble.engine.result_tables import outcome_rows
from sim.ensemble.store.store import Store
from sim.errors import UserMistake
from sim.model import MODEL_VERSION
from sim.model.withdrawal import THEORIES

OUTCOMES = {"exits_by_record_end": "out by 7 March", "exits_in_surge": "out from 29 February to 7 March"}
"""What is asked of, and how the page calls it."""
BY_RECORD_END = next(iter(OUTCOMES))
POINTS = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}
PUBLISHED = (5, 10, 20, 40, 80, 160)
"""Numbers that somebody might publish."""
NEAREST, TENTH = 3, 0.1
"""Worlds count as near a published number within so many officers, or this share of it if that is more."""
ENOUGH = 40
"""Worlds near a published number below which nothing is said of their settings."""
STRONGEST = 5
BOOTSTRAPS, LEVEL, SEED = 2000, 0.95, 20240307
ALPHA = 0.05
_FIELLER = 1.06
RECORD = "record"


def worlds_of(posterior: Posterior, most: int | None = None, width: int = 128) -> dict[str, PriorDraws]:
    """The kept worlds of each theory that has enough of them, lived again up to the record's last day.

    Parameters
    ----------
    most
        The first so many worlds of each theory; None: all.
    width
        Runs stepped together; changes no number.
    """
    patterns, found = load_patterns(), {}
    for theory in THEORIES:
        kept = posterior.kept(theory)
        if len(kept) < FEW:
            continue
        check_posterior(posterior, theory)
        case, numbers = bank_case_of(posterior, theory), np.array(kept[:most], dtype=np.int64)
        parts = []
        for begin in range(0, len(numbers), width):
            some = numbers[begin : begin + width]
            block = Block((case,), np.zeros(len(some), dtype=np.int64), some, posterior.root_seed)
            parts.append(outcome_rows(simulate(block)))
        one = draws_of(case, patterns, posterior.root_seed, pd.concat(parts, ignore_index=True))
        assert one.kept.all(), f"{theory}: a world of the list does not live the record"
        found[theory] = one
    return found


def table_of_worlds(worlds: Mapping[str, PriorDraws]) -> pd.DataFrame:
    """A row a kept world: theory, world, and both numbers."""
    parts = [
        pd.DataFrame({"theory": theory, "world": one.worlds}).join(one.outcomes[list(OUTCOMES)].astype(int))
        for theory, one in worlds.items()
    ]
    return pd.concat(parts, ignore_index=True)


def spread(values: NDArray[np.float64]) -> dict[str, float]:
    """Quantiles of some worlds, each a value that a world has, and a bootstrap interval of the median over worlds."""
    luck = np.random.default_rng(SEED)
    again = np.sort(luck.choice(values, (BOOTSTRAPS, len(values))), axis=1)[:, (len(values) - 1) // 2]
    low, high = np.quantile(again, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="inverted_cdf")
    found = np.quantile(values, [*POINTS.values()], method="inverted_cdf")
    return {"worlds": len(values), **dict(zip(POINTS, found, strict=True)), "low": low, "high": high}


def summary(worlds: pd.DataFrame) -> pd.DataFrame:
    """Theory by theory and outcome by outcome: worlds, quantiles, and the interval of the median."""
    rows = [
        {"theory": theory, "outcome": outcome, **spread(some[outcome].to_numpy(dtype=np.float64))}
        for theory, some in worlds.groupby("theory", sort=False)
        for outcome in OUTCOMES
    ]
    return pd.DataFrame(rows)


# What it rests on


def halved(worlds: Mapping[str, PriorDraws]) -> pd.DataFrame:
    """The median where the prior range of one assumed setting is halved about its middle, for each such setting.

    Columns: theory, outcome, setting, worlds, median.
    """
    rows = []
    for theory, one in worlds.items():
        for setting in one.assumed():
            half = (one.quantiles[setting] - 0.5).abs().to_numpy() < 0.25
            for outcome in OUTCOMES:
                values = one.outcomes.loc[half, outcome].to_numpy(dtype=np.float64)
                if len(values):
                    rows.append(
                        [theory, outcome, setting, len(values), np.quantile(values, 0.5, method="inverted_cdf")]
                    )
    return pd.DataFrame(rows, columns=["theory", "outcome", "setting", "worlds", "median"])


def variants(posterior: Posterior, folder: Path) -> pd.DataFrame:
    """The numbers where one pattern is left out or changed, or all tolerances are, from the prior runs of a bank.

    Parameters
    ----------
    folder
        The store of the bank that the list was made from; it need not have been asked for its page.

    Raises
    ------
    UserMistake
        For a bank that is not the list's, or has fewer draws than the list was made from.
    """
    patterns, rows = load_patterns(), []
    theories = [theory for theory in THEORIES if len(posterior.kept(theory)) >= FEW]
    asked = BankRequest(tuple(theories), patterns, posterior.root_seed)
    store = Store.open(folder, model_version=MODEL_VERSION, record=posterior.record, create=False)
    for theory in theories:
        draws = posterior.theories[theory].draws
        bank = prior_draws(asked, store, theory, draws)
        if tuple(bank.worlds[bank.kept].tolist()) != posterior.kept(theory):
            right = (
                f"of {theory} it has {len(bank):,} of {draws:,} draws, or others: tabletop calibrate makes that bank"
            )
            raise UserMistake("--bank", folder, right)
        kept = {RECORD: bank.kept}
        kept |= {f"without {name}": bank.passes.drop(columns=name).all(axis=1).to_numpy() for name in bank.passes}
        for one in patterns.variants:
            kept[one.name] = patterns.variant_passes(one, bank.outcomes, bank.passes, bank.pool)
        for scale, word in ((WIDER, "wider"), (NARROWER, "narrower")):
            kept[f"tolerances a third {word}"] = patterns.passes(bank.outcomes, bank.pool, scale).all(axis=1).to_numpy()
        for variant, some in kept.items():
            for outcome in OUTCOMES:
                values = bank.outcomes.loc[some, outcome].to_numpy(dtype=np.float64)
                found = spread(values) if len(values) else {"worlds": 0}
                rows.append({"theory": theory, "variant": variant, "outcome": outcome, **found})
    return pd.DataFrame(rows)


def dependence(worlds: Mapping[str, PriorDraws]) -> pd.DataFrame:
    """Rank correlation of each drawn setting with each number in kept worlds, the strongest first.

    Columns: theory, outcome, setting, correlation, low, high (Fisher's z, 95 %), p_holm (over the settings of the
    theory), lowest, highest (the median of the number in the lowest and the highest third of the setting's values).
    """
    rows = []
    for theory, one in worlds.items():
        u = one.quantiles.to_numpy(dtype=np.float64)
        ranks, half = stats.rankdata(u, axis=0), stats.norm.ppf((1 + LEVEL) / 2) * np.sqrt(_FIELLER / (len(u) - 3))
        for outcome in OUTCOMES:
            values = one.outcomes[outcome].to_numpy(dtype=np.float64)
            r = np.corrcoef(ranks, stats.rankdata(values)[:, None], rowvar=False)[-1, :-1]
            z = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12))
            p = 2 * stats.norm.sf(np.abs(z) / np.sqrt(_FIELLER / (len(u) - 3)))
            for k, setting in enumerate(one.settings):
                ends = np.quantile(u[:, k], [1 / 3, 2 / 3])
                thirds = [np.quantile(values[side], 0.5, method="inverted_cdf")
                          for side in (u[:, k] <= ends[0], u[:, k] >= ends[1])]  # fmt: skip
                rows.append([theory, outcome, setting, r[k], *np.tanh([z[k] - half, z[k] + half]), p[k], *thirds])
    names = ["theory", "outcome", "setting", "correlation", "low", "high", "p", "lowest", "highest"]
    table = pd.DataFrame(rows, columns=names)
    table["p_holm"] = table.groupby(["theory", "outcome"], sort=False)["p"].transform(lambda p: holm(p.tolist()))
    order = table["correlation"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].sort_values(["theory", "outcome"], kind="stable", ignore_index=True).drop(columns="p")


# What a published number would have told


def near(values: NDArray[np.float64], number: int) -> NDArray[np.bool_]:
    """Which worlds have about this number."""
    return np.abs(values - number) <= within(number)


def within(number: int) -> int:
    """How far a world may be from a published number."""
    return max(NEAREST, round(TENTH * number))


def published(worlds: pd.DataFrame, numbers: Iterable[int] = PUBLISHED) -> pd.DataFrame:
    """How the shares of the theories would change, were a number published, with equal weights among kept worlds.

    Columns: number, within, theory, worlds (of the theory that are near it), share (of the theory's own worlds),
    weight (that share over the sum of all theories' shares), low, high (of the weight, 95 %, from Jeffreys' draws of
    each share).
    """
    luck, rows = np.random.default_rng(SEED), []
    groups = {str(theory): some[BY_RECORD_END].to_numpy(dtype=np.float64)
              for theory, some in worlds.groupby("theory", sort=False)}  # fmt: skip
    for number in numbers:
        counts = np.array([near(values, number).sum() for values in groups.values()])
        of = np.array([len(values) for values in groups.values()])
        shares = counts / of
        again = luck.beta(
            counts + 0.5, of - counts + 0.5, (BOOTSTRAPS, len(of))
        )  # Jeffreys' interval has no zero width
        again = again / again.sum(axis=1, keepdims=True)
        ends = np.quantile(again, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
        for k, theory in enumerate(groups):
            weight = shares[k] / shares.sum() if counts.sum() else np.nan
            rows.append([number, within(number), theory, counts[k], shares[k], weight, *ends[:, k]])
    return pd.DataFrame(rows, columns=["number", "within", "theory", "worlds", "share", "weight", "low", "high"])


def narrowed(worlds: Mapping[str, PriorDraws], numbers: Iterable[int] = PUBLISHED) -> pd.DataFrame:
    """Which settings a published number would narrow or move, theory by theory: worlds near it against all others kept.

    Columns: number, theory, worlds (near it), setting, before, after (median prior quantile of all kept worlds, and of
    those near the number), shift (of the mean, in standard deviations of the kept worlds), narrowing (1 − sd / sd of
    the kept worlds), p_holm (two samples, Kolmogorov and Smirnov, Holm over the settings), told. No row where fewer
    than :data:`ENOUGH` worlds are near, or far.
    """
    rows = []
    for number in numbers:
        for theory, one in worlds.items():
            some = near(one.outcomes[BY_RECORD_END].to_numpy(dtype=np.float64), number)
            if min(some.sum(), (~some).sum()) < ENOUGH:
                continue
            u = one.quantiles.to_numpy(dtype=np.float64)
            p = [float(stats.ks_2samp(column[some], column[~some], method="asymp").pvalue) for column in u.T]
            adjusted = np.array(holm(p), dtype=np.float64)
            sd = u.std(axis=0, ddof=1)
            shift = (u[some].mean(axis=0) - u.mean(axis=0)) / sd
            narrowing = 1 - u[some].std(axis=0, ddof=1) / sd
            before, after = np.median(u, axis=0), np.median(u[some], axis=0)
            for k, setting in enumerate(one.settings):
                rows.append([number, theory, int(some.sum()), setting, before[k], after[k], shift[k], narrowing[k],
                             adjusted[k], adjusted[k] < ALPHA])  # fmt: skip
    names = ["number", "theory", "worlds", "setting", "before", "after", "shift", "narrowing", "p_holm", "told"]
    return pd.DataFrame(rows, columns=names)


def bits(worlds: pd.DataFrame) -> pd.DataFrame:
    """How many bits of which theory it is each number tells, theories weighted alike."""
    features = {str(theory): some[list(OUTCOMES)].astype(float).reset_index(drop=True)
                for theory, some in worlds.groupby("theory", sort=False)}  # fmt: skip
    return observation_table(features)


def digest(posterior: Posterior) -> str:
    """12 hex digits of what the pages rest on: the worlds of each theory, and what they were kept by."""
    told = [posterior.model_version, posterior.record, posterior.digest, posterior.root_seed]
    worlds = [[name, one.bank, one.draws, one.worlds] for name, one in sorted(posterior.theories.items())]
    return hashlib.sha256(json.dumps([*told, worlds]).encode()).hexdigest()[:12]


def most_bits(theories: int) -> float:
    """What naming the theory for sure would tell."""
    return round(float(np.log2(theories)), 2)
