"""What a comparison with the baseline says, as numbers and as words; how it was computed is not asked here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim import text as words
from sim.arrays import FloatArray
from sim.figures.drawing.distribution import Values
from sim.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class Phrases:
    """The outcome's good and bad direction in words: "loses fewer officers", "loses more"."""

    better: str
    worse: str
    lower_is_better: bool = True

    @classmethod
    def of(cls, outcome: Outcome) -> Phrases:
        """Those of an outcome of the register."""
        return cls(*outcome.phrases, not outcome.higher_is_better)


@dataclass(frozen=True, slots=True)
class Contrast:
    """One scenario less the baseline.

    ``differences`` has one value a pair of runs with common luck, and is empty where nothing pairs: then ``better``
    and ``worse`` are shares of all ways to draw one run of each. ``difference`` is the mean with its 95 % interval
    (``method`` made it), None where the data allow none; ``vr_factor`` says how many times fewer runs the pairing
    needs than independent seeds would.
    """

    pairs: int
    differences: FloatArray
    better: float | None
    worse: float | None
    difference: float | None
    low: float | None = None
    high: float | None = None
    method: str = ""
    vr_factor: float | None = None

    @property
    def paired(self) -> bool:
        """Whether the runs share their luck."""
        return len(self.differences) > 0

    def says(self, phrases: Phrases) -> str:
        """Which side is better how often: "loses fewer officers in 83 of 100 paired runs, more in 12"."""
        if self.better is None or self.worse is None:
            return "no run of it has a value to compare"
        if self.better == self.worse == 0:
            return f"the same in {self._count(1)}"
        share, rest = max(self.better, self.worse), min(self.better, self.worse)
        said, other = (phrases.better, phrases.worse) if self.better >= self.worse else (phrases.worse, phrases.better)
        ties = max(0.0, round(1 - share - rest, 9))
        parts = [f"{said} in {self._count(share)}"]
        counts = words.split((share, rest, ties), runs=self._runs)
        base = "" if self._runs is None or self._runs >= 100 else f" of {self._runs}"
        if rest > 0:
            parts.append(f"{other} in {words.spelled(counts[1])}{base}")
        if ties > 0:
            parts.append(f"the same in {words.spelled(counts[2])}{base}")
        return ", ".join(parts)

    def measures(self, unit: str) -> str:
        """The mean difference, its interval and what the pairing is worth."""
        if self.difference is None:
            return ""
        if self.low is None or self.high is None:
            mean = words.estimate(self.difference)
            return f"difference {mean} {unit}" if self.pairs == 1 else f"mean difference {mean} {unit}; no interval"
        low, mean, high = words.interval(self.low, self.difference, self.high)
        return f"mean difference {mean} {unit} (95 % interval {low} to {high})"

    def worth(self) -> str:
        """What common luck is worth, or that there is none."""
        if not self.paired:
            return "not paired: the runs share no luck"
        if self.vr_factor is None:
            return "" if self.pairs > 1 else "one pair shows no likelihood"
        if np.isinf(self.vr_factor):
            return "variance-reduction factor ∞: the difference does not vary"
        factor = words.estimate(self.vr_factor)
        meant = "so many times fewer runs needed" if self.vr_factor > 1.05 else "pairing gains nothing here"
        return f"variance-reduction factor {factor}: {meant}"

    def _count(self, share: float) -> str:
        noun = "paired runs" if self.paired else "pairs drawn at random"
        if self.pairs == 1 and self.paired:
            return "the one paired run"
        return words.of_runs(share, runs=self._runs, noun=noun)

    @property
    def _runs(self) -> int | None:
        """How many runs the shares are of; of pairs drawn at random there are as many as one likes."""
        return self.pairs if self.paired else None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row: its name, its runs' values, and its comparison with the baseline, which itself has none."""

    name: str
    values: Values
    contrast: Contrast | None = None
