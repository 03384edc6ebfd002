"""Banks whose answers are known: a share that is unknown and counted, and runs whose outcomes are made to order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.calibration import PriorDraws


def bank(quantiles, passes, *, theory="toy", outcomes=None, status="assumed", pool=400):
    """Prior draws from bare arrays: quantiles and passes by name."""
    u, held = pd.DataFrame(quantiles), pd.DataFrame(passes)
    count = max(len(u), len(held))
    u, held = (frame.reindex(range(count)) if not len(frame.columns) else frame for frame in (u, held))
    statuses = pd.DataFrame({"setting": list(u.columns), "status": status})
    outcomes = pd.DataFrame(index=range(count)) if outcomes is None else outcomes
    return PriorDraws(theory, np.arange(count), u, outcomes, held, pool, statuses)


TRIALS = 20


def counted(count, seed, *, observed=None, share=None, theory="toy", trials=TRIALS):
    """A share with a uniform prior, and how often something happens in ``trials``: its posterior is Beta.

    ``observed`` is the count that the record shows; without it every count is a pattern of its own. A theory that knows
    its ``share`` has an idle setting.
    """
    luck = np.random.default_rng(seed)
    u = luck.random(count)
    happened = luck.binomial(trials, u if share is None else share)
    passes = {"seen": happened == observed}
    if observed is None:
        passes = {f"more than {k}": happened > k for k in range(trials)}
    return bank({"share": u}, passes, theory=theory)


def runs(u, seed):
    """Outcomes of the record's patterns that follow two unknowns, with luck; about one in six lives the record."""
    luck, count = np.random.default_rng(seed), len(u)
    left = luck.poisson(5 + 40 * u["a"])
    return pd.DataFrame({
        "first_report_date": pd.Timestamp(2024, 2, 24) + pd.to_timedelta((20 * u["b"]).astype(int), unit="D"),
        "max_squad_share_3d": luck.choice([1 / 3, 0.5, 2 / 3], count),
        "squad_members_3d": luck.choice([1.0, 2.0], count),
        "exits_by_record_end": left.astype(float),
        "exits_before_surge": np.minimum(left, luck.poisson(15 + 40 * u["a"])).astype(float),
        "deaths_q4_2023": 91 * 12.0 * luck.normal(1, 0.12, count),
        "deaths_q1_2024": 91 * 18.2 * luck.normal(1, 0.12, count),
        "deaths_surge_week": luck.normal(150, 10, count),
    })  # fmt: skip
