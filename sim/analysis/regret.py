"""Regret and robustness: how far an option is from the best one, in each state of the world.

A state is a theory with its settings; an option is what somebody can choose, nothing included. In each state every
option meets the same luck, replicate by replicate. Regret is the distance from the best option of that state (Savage
1951); the option whose largest regret is smallest is never far from best, whichever state is the true one. Regret asks
for no probabilities of states, and none are claimed. Whether an option is affordable or right is not asked either.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from sim.ensemble.store.tables.interface import LUCK
from sim.outcomes import outcome_of

STATE = ["theory", "setting"]


def performance(runs: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Mean outcome of each option in each state, over the luck that all options of the state share.

    Parameters
    ----------
    runs
        Good runs, with columns theory, setting, option, root_seed, replicate, future and the outcome.

    Returns
    -------
    One row a state (theory, setting), one column an option, in the order of their first appearance.

    Raises
    ------
    ValueError
        For an outcome without a good direction: there is nothing to regret.
    """
    if outcome_of(outcome).better is None:
        raise ValueError(f"{outcome}: no direction of it is good, so there is nothing to regret")
    luck = [*STATE, *LUCK]
    order = list(dict.fromkeys(runs["option"]))
    theories = list(dict.fromkeys(runs["theory"]))
    wide = runs.pivot(index=luck, columns="option", values=outcome)[order].astype(float).dropna()
    means = wide.groupby(level=STATE).mean()
    return means.reindex(theories, level="theory")


def regret(means: pd.DataFrame, outcome: str) -> pd.DataFrame:
    """Distance of each option from the best one of its state, never negative; same shape as :func:`performance`."""
    gains = means * outcome_of(outcome).gain
    return gains.mul(-1).add(gains.max(axis=1), axis=0)


def robustness(distance: pd.DataFrame, tolerance: float) -> pd.DataFrame:
    """One row an option, the smallest worst regret first.

    Columns: option; ``worst`` regret over all states and ``mean`` regret; ``best`` and ``within``, shares of states in
    which it is the best (or equal to it), and within ``tolerance`` of it; then the worst regret under each theory.
    """
    rows = pd.DataFrame({
        "option": distance.columns,
        "worst": distance.max().to_numpy(),
        "mean": distance.mean().to_numpy(),
        "best": (distance == 0).mean().to_numpy(),
        "within": (distance <= tolerance).mean().to_numpy(),
    })  # fmt: skip
    by_theory = distance.groupby(level="theory", sort=False).max().T.reset_index(drop=True)
    return pd.concat([rows, by_theory], axis=1).sort_values(["worst", "mean"], kind="stable", ignore_index=True)


def minimax(distance: pd.DataFrame) -> str:
    """The option whose largest regret is smallest; of equals, the one of the smallest mean."""
    return str(robustness(distance, 0.0)["option"].iloc[0])


def flips(means: pd.DataFrame, outcome: str, tolerance: float) -> pd.DataFrame:
    """How often the ranking of options flips between two theories at the same setting.

    Columns: the two theories; ``settings`` that both have; ``reversed``, the share of (setting, pair of options) whose
    order is one way under the one theory and the other way under the other, by more than ``tolerance`` in both;
    ``other_best``, the share of settings in which no option is within ``tolerance`` of the best under both.
    """
    distance = regret(means, outcome)
    rows = []
    for one, two in combinations(list(dict.fromkeys(means.index.get_level_values("theory"))), 2):
        a, b = means.loc[one], means.loc[two]
        shared = a.index.intersection(b.index)
        first, second = _orders(a.loc[shared], tolerance), _orders(b.loc[shared], tolerance)
        near = (distance.loc[one].loc[shared] <= tolerance) & (distance.loc[two].loc[shared] <= tolerance)
        rows.append({
            "theory": one,
            "other": two,
            "settings": len(shared),
            "reversed": float((first * second < 0).mean()) if first.size else np.nan,
            "other_best": float((~near.any(axis=1)).mean()) if len(shared) else np.nan,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=["theory", "other", "settings", "reversed", "other_best"])


def without(means: pd.DataFrame, options: Sequence[str]) -> pd.DataFrame:
    """The same choice without some options."""
    return means.drop(columns=list(options))


def _orders(means: pd.DataFrame, tolerance: float) -> np.ndarray:
    """Sign of every pair of options' difference in every setting: 0 within the tolerance."""
    values = means.to_numpy(dtype=float)
    one, two = np.triu_indices(values.shape[1], 1)
    gaps = values[:, one] - values[:, two]
    return np.asarray(np.sign(np.where(np.abs(gaps) > tolerance, gaps, 0.0)))
