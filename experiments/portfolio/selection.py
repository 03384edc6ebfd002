"""Which of many options is the best: fully sequential selection under common luck.

The procedure is KN of Kim & Nelson (2001, ACM TOMACS 11:251–273). Every option is lived in the same worlds; an option
is dropped as soon as the sum of its differences to some other falls below a triangular boundary that narrows with the
number of worlds. Where observations are normal and options may depend on each other, as common luck makes them, the
best is kept with the probability asked for whenever it is better than the others by ``worth`` or more. What is left
when there are no more worlds is not told apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.arrays import FloatArray


@dataclass(frozen=True)
class Selection:
    """What is asked of a selection.

    Attributes
    ----------
    worth
        The smallest difference worth telling (the indifference zone), in the unit of the observations.
    options
        How many there were to choose from at the start.
    sure
        Probability with which the best is kept.
    first
        Observations of the first stage, from which the spread of differences is known.
    """

    worth: float
    options: int
    sure: float = 0.95
    first: int = 20

    def kept(self, values: FloatArray, alive: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which options are still in.

        Parameters
        ----------
        values
            ``(observations, options)``, the larger the better, the same worlds in every column; those of options that
            are out may be NaN.
        alive
            ``(options,)``: those that are in.

        Returns
        -------
        Those of them that are still in, ``(options,)``; never none.

        Raises
        ------
        ValueError
            With fewer observations than those of the first stage.
        """
        places = np.flatnonzero(alive)
        count = len(values)
        if count < self.first:
            raise ValueError(f"{count} observations, and the first stage alone has {self.first}")
        if len(places) < 2:
            return alive.copy()
        some = values[:, places]
        means, free = some.mean(axis=0), self.first - 1
        eta = ((2 * (1 - self.sure) / (self.options - 1)) ** (-2 / free) - 1) / 2
        covariance = np.atleast_2d(np.cov(some[: self.first], rowvar=False))
        spread = np.diag(covariance)[:, None] + np.diag(covariance)[None] - 2 * covariance  # of each difference
        bound = np.maximum(2 * eta * free * spread / self.worth - self.worth * count, 0) / (2 * count)
        still = (means[:, None] >= means[None] - np.maximum(bound, 1e-9)).all(axis=1)
        chosen = np.zeros(len(alive), dtype=bool)
        chosen[places[still]] = True
        return chosen
