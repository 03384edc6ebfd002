"""The candidates: each takes samples × values and gives the ends of one 95 % interval a sample."""

from __future__ import annotations

import numpy as np
from scipy import stats

from sim.analysis.statistics.intervals import Mean
from sim.arrays import FloatArray

Ends = tuple[FloatArray, FloatArray]
LEVEL = 0.95
RESAMPLES = 999


def student(samples: FloatArray) -> Ends:
    """Student's t on the differences."""
    found = stats.ttest_1samp(samples, 0, axis=1).confidence_interval(LEVEL)
    return _known(samples, found.low), _known(samples, found.high)


def johnson(samples: FloatArray) -> Ends:
    """Johnson (1978): the t-interval moved by the skewness."""
    low, high = student(samples)
    count, spread = samples.shape[1], samples.var(axis=1, ddof=1)
    third = stats.moment(samples, 3, axis=1)
    move = np.divide(third, 6 * spread * count, out=np.zeros_like(spread), where=spread > 0)
    return low + move, high + move


def bca(samples: FloatArray) -> Ends:
    """Bias-corrected and accelerated bootstrap (Efron 1987), as scipy has it."""
    low = samples.mean(axis=1)
    high, varied = low.copy(), np.ptp(samples, axis=1) > 0
    if varied.any():
        found = stats.bootstrap((samples[varied],), np.mean, axis=1, method="BCa", n_resamples=RESAMPLES, batch=50,
                                rng=np.random.default_rng(1), vectorized=True).confidence_interval  # fmt: skip
        low[varied], high[varied] = found.low, found.high
    return low, high


def bootstrap_t(samples: FloatArray) -> Ends:
    """Bootstrap-t (Efron 1979; Hall 1988): quantiles of the resampled t-statistic. The same resamples for all."""
    count = samples.shape[1]
    chosen = np.random.default_rng(2).integers(0, count, (RESAMPLES, count))
    tail = round((1 - LEVEL) / 2 * (RESAMPLES + 1)) - 1
    ends = np.empty((2, len(samples)))
    for place, values in enumerate(samples):
        mean, error = values.mean(), values.std(ddof=1) / count**0.5
        drawn = values[chosen]
        off, spread = drawn.mean(axis=1) - mean, drawn.std(axis=1, ddof=1) / count**0.5
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.sort(np.nan_to_num(off / spread, nan=0.0, posinf=np.inf, neginf=-np.inf))
        steps = np.array([t[-1 - tail], t[tail]]) if error else np.zeros(2)
        ends[:, place] = mean - steps * error if error else mean
    return ends[0], ends[1]


def ours(samples: FloatArray) -> Ends:
    """What the program does: Hall's transformation, and no interval (NaN) where too little differs.

    "The same in every pair" is a statement of what was seen, not an interval, and is none here.
    """
    found = [Mean.of(values) for values in samples]
    ends = np.array([[one.low, one.high] if mean.error else [np.nan, np.nan]
                     for mean, one in ((mean, mean.interval(LEVEL)) for mean in found)], dtype=float)  # fmt: skip
    return ends[:, 0], ends[:, 1]


METHODS = {"Student's t": student, "Johnson's t": johnson, "BCa": bca, "bootstrap-t": bootstrap_t, "ours": ours}
RESAMPLING = {"BCa", "bootstrap-t"}


def _known(samples: FloatArray, ends: FloatArray) -> FloatArray:
    """Where nothing varies, the interval is the value itself."""
    return np.where(np.ptp(samples, axis=1) > 0, ends, samples[:, 0])
