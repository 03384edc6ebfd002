"""The prior runs of one theory, as all statistics of calibration take them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.arrays import Ints

STATUSES = ("documented", "derived", "assumed")


@dataclass(frozen=True)
class PriorDraws:
    """Prior runs of one theory, one row a world in ascending order of world; all frames share the index 0..n-1.

    Attributes
    ----------
    theory
        Its name.
    worlds
        Numbers of the worlds, ascending.
    quantiles
        (n, settings): where each drawn setting lies in its prior, from 0 to 1; columns are dotted names. Uniform under
        the prior, whatever its scale.
    outcomes
        (n, …): the outcomes of the runs, columns of the store; dates datetime64.
    passes
        (n, patterns): which patterns of single runs hold, bool.
    pool
        Officers of the case.
    statuses
        One row a setting: setting, status (documented, derived or assumed).

    Raises
    ------
    ValueError
        Where the frames do not belong together.

    Examples
    --------
    >>> u = pd.DataFrame({"a.setting": [0.1, 0.5, 0.9]})
    >>> bank = PriorDraws("breach", np.arange(3), u, pd.DataFrame(index=u.index),
    ...     pd.DataFrame({"C1": [True, True, False], "C2": [True, False, True]}), 400,
    ...     pd.DataFrame({"setting": ["a.setting"], "status": ["assumed"]}))
    >>> bank.kept.tolist(), bank.where(bank.kept).worlds.tolist()
    ([True, False, False], [0])
    """

    theory: str
    worlds: Ints
    quantiles: pd.DataFrame
    outcomes: pd.DataFrame
    passes: pd.DataFrame
    pool: int
    statuses: pd.DataFrame

    def __post_init__(self) -> None:
        count = len(self.worlds)
        for name in ("quantiles", "outcomes", "passes"):
            frame = getattr(self, name)
            if len(frame) != count or not frame.index.equals(pd.RangeIndex(count)):
                raise ValueError(
                    f"{self.theory}: {name} does not have the index 0 to {count - 1} of its {count} worlds"
                )
        if count and not (np.diff(self.worlds) > 0).all():
            raise ValueError(f"{self.theory}: worlds are not in ascending order, each once")
        if not all(pd.api.types.is_bool_dtype(dtype) for dtype in self.passes.dtypes):
            raise ValueError(f"{self.theory}: passes holds more than true and false")
        if unknown := set(self.quantiles.columns) - set(self.statuses["setting"]):
            raise ValueError(f"{self.theory}: statuses lacks {', '.join(sorted(unknown))}")

    def __len__(self) -> int:
        return len(self.worlds)

    @property
    def settings(self) -> tuple[str, ...]:
        """The drawn settings, in the order of their columns."""
        return tuple(str(name) for name in self.quantiles.columns)

    @cached_property
    def kept(self) -> NDArray[np.bool_]:
        """Which worlds lived the record: every pattern of single runs holds."""
        return np.asarray(self.passes.all(axis=1), dtype=bool)

    @cached_property
    def cells(self) -> Ints:
        """The pattern cell of each world: what holds and what does not, as the bits of one whole number."""
        bits = 2 ** np.arange(self.passes.shape[1], dtype=np.int64)
        return np.asarray(self.passes.to_numpy(dtype=np.int64) @ bits)

    def assumed(self) -> tuple[str, ...]:
        """The settings whose value is only assumed."""
        status = dict(zip(self.statuses["setting"], self.statuses["status"], strict=True))
        return tuple(name for name in self.settings if status[name] == "assumed")

    def where(self, mask: NDArray[np.bool_]) -> Self:
        """The draws of these worlds alone.

        Parameters
        ----------
        mask
            (n,) truth values.
        """
        rows = np.flatnonzero(mask)
        quantiles, outcomes, passes = (
            frame.iloc[rows].reset_index(drop=True) for frame in (self.quantiles, self.outcomes, self.passes)
        )
        return type(self)(self.theory, self.worlds[rows], quantiles, outcomes, passes, self.pool, self.statuses)
