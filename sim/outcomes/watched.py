"""What the register may look at: a day that is over, and a block of runs that has been lived to its end.

Neither is a class to inherit from. The engine's recorder shows both, and a test may show others.
"""

from __future__ import annotations

from typing import Any, Protocol

from sim.arrays import FloatArray, Floats


class Today(Protocol):
    """A day that is over, as a daily series reads it; ``(runs,)`` each unless said, and not to be changed."""

    @property
    def state(self) -> Any:
        """The model in the evening (:class:`sim.model.state.State`), every array as it stands there."""

    @property
    def available(self) -> Floats:
        """Officers in the pool."""

    @property
    def out(self) -> Floats:
        """Officers who have left so far."""

    @property
    def perceived_hazard(self) -> Floats:
        """Mean perceived hazard of a tour over those still in; NaN when nobody is."""


class Watched(Protocol):
    """A block of runs that has been lived to its end, as an outcome computes from it.

    Days are proleptic ordinals. Arrays are float64; NaN is null, and stands for what lies beyond the days of the runs.
    """

    @property
    def runs(self) -> int:
        """Number of runs."""

    @property
    def pool(self) -> int:
        """Officers of the pool."""

    @property
    def start(self) -> int:
        """First day."""

    @property
    def end(self) -> int:
        """Last day."""

    @property
    def record_end(self) -> int:
        """``clock.record_end``, which may lie outside the runs."""

    @property
    def target_date(self) -> int:
        """``clock.target_date``, which may lie outside the runs."""

    @property
    def squads_out(self) -> FloatArray:
        """Squads with nobody left on the last day, ``(runs,)``."""

    @property
    def squad_share(self) -> FloatArray:
        """Largest share of one squad out within three days, on the days up to ``record_end``, ``(runs,)``."""

    @property
    def squad_members(self) -> FloatArray:
        """Most of one squad out within three days, on the days up to ``record_end``, ``(runs,)``."""

    @property
    def reserve(self) -> FloatArray:
        """That lever in the evening of ``target_date``, 0 where the runs do not see that day, ``(runs,)``."""

    @property
    def first_contingent(self) -> FloatArray:
        """That lever in the evening of ``target_date``, 0 where the runs do not see that day, ``(runs,)``."""

    def series(self, name: str) -> FloatArray:
        """A daily series, ``(days, runs)``; the first row is the first day."""

    def on(self, name: str, day: int) -> FloatArray:
        """A daily series on one day, ``(runs,)``; null when the runs do not see it."""

    def total(self, name: str, first: int | None = None, last: int | None = None) -> FloatArray:
        """Sum of a daily series over a window of days, both ends included, else over all; ``(runs,)``.

        Null unless the runs see all of the window, and for one that ends before it begins. It has the same bits in a
        block of any width, which NumPy's ``sum`` and ``mean`` over days do not promise.
        """

    def setting(self, key: str) -> FloatArray:
        """A number among the settings of gangs, media, officers, governments, levers or theory, ``(runs,)``."""
