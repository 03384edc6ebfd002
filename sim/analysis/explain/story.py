"""What is told of an officer, or of the force: his fate, what made up his perceived risk, and what he would have done.

Plain data; :mod:`sim.analysis.explain.exit_story` lives a run again to fill it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from sim.ensemble.cases.case import Case
from sim.model.state import Letter, Stage

PARTS: Mapping[str, str] = {
    "violence": "news of violence, of the mission and of withdrawals",
    "rumours": "rumours",
    "ambiguity": "ambiguity: lack of assurance",
    "arrears": "ambiguity that arrears add",
    "peers": "pull of squad and force",
}
"""What perceived hazard above one's own baseline is made of, in logits."""
LAST_DAYS = 14
"""The time before an intent that is looked at closely."""


@dataclass(frozen=True)
class Fate:
    """What became of an officer.

    ``intent`` is the day he came to want out and ``left`` that on which he was out; ``hurt`` the day he was injured
    or killed in theatre. ``cumulated`` is what had cumulated against his tolerance by then, or by the run's end.
    """

    intent: date | None
    left: date | None
    hurt: date | None
    letter: Letter
    stage: Stage
    cumulated: float


@dataclass(frozen=True)
class Story:
    """One officer of one run, or the force (``officer`` None).

    Attributes
    ----------
    days
        One row a day: day, the parts of :data:`PARTS`, baseline, perceived (logits; of the force, means of those in),
        imminence (an officer's own); for an officer hazard (the theory's chance of coming to want out), felt (after
        imminence and cohesion), shock (a leader's leaving), cumulated, present (this morning); for the force out.
    tolerance
        What may cumulate before he wants out; NaN for the force.
    without
        For an officer, his fate in the same run without each cause that the case has.
    """

    case: Case
    run: int
    root_seed: int
    officer: int | None
    squad: int
    leads: bool
    tolerance: float
    days: pd.DataFrame
    fate: Fate | None
    without: Mapping[str, Fate]

    @property
    def tipped_by_leader(self) -> bool:
        """Whether what a leader's leaving added on the day of intent was what passed the tolerance."""
        if self.fate is None or self.fate.intent is None:
            return False
        last = self.days[self.days["day"] == self.fate.intent].iloc[0]
        return bool(last["cumulated"] - last["shock"] < self.tolerance <= last["cumulated"])

    def kept_without(self) -> list[str]:
        """Causes without which he would not have come to want out by the run's end."""
        return [name for name, fate in self.without.items() if self._wanted and fate.intent is None]

    def later_without(self) -> dict[str, int]:
        """Causes without which he would have come to want out at another day, with days (negative: earlier)."""
        if self.fate is None or self.fate.intent is None:
            return {}
        mine = self.fate.intent
        days = {name: (fate.intent - mine).days for name, fate in self.without.items() if fate.intent is not None}
        return {name: gap for name, gap in days.items() if gap}

    @property
    def _wanted(self) -> bool:
        return self.fate is not None and self.fate.intent is not None
