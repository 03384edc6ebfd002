"""What officers perceive and are assured of, and what could be known."""

from __future__ import annotations

from operator import attrgetter

import numpy as np

from sim.arrays import FloatArray
from sim.outcomes.entry import Outcome, Series
from sim.outcomes.watched import Watched
from sim.outcomes.windows import KNOWABLE_DAYS


def _knowable_hazard(watched: Watched) -> FloatArray:
    """σ(x₀) × attacks of the last days of the record / reference attacks; 48 of 13,196 a year at the reference."""
    end = watched.record_end
    attacks = watched.total("attacks", end - KNOWABLE_DAYS + 1, end) / KNOWABLE_DAYS
    baseline = 1 / (1 + np.exp(-watched.setting("officers.baseline")))
    return np.minimum(baseline * attacks / watched.setting("gangs.reference_attacks"), 1)


OUTCOMES = (
    Outcome("assurance_record_end", "level", "0 to 1", "assurance on clock.record_end",
            lambda watched: watched.on("assurance", watched.record_end), better="higher"),
    Outcome("perceived_hazard_record_end", "share", "probability",
            "mean perceived hazard of a tour on clock.record_end",
            lambda watched: watched.on("perceived_hazard", watched.record_end)),
    Outcome("knowable_hazard", "share", "probability",
            "killed a year among Haitian police, moved by the attacks of the last 30 days of the record",
            _knowable_hazard, better="lower",
            asked="has {} hazard that could be known, from the attacks of the last 30 days of the record",
            led="{} hazard that could be known, from the attacks of the last 30 days of the record"),
)  # fmt: skip

SERIES = (
    Series("imminence", "share", "0 to 1", "how real departure feels", attrgetter("state.imminence")),
    Series("assurance", "level", "0 to 1", "what officers are assured of", attrgetter("state.assurance")),
    Series("perceived_hazard", "share", "probability", "mean perceived hazard of a 12-month tour, of those still in",
           attrgetter("perceived_hazard")),
)  # fmt: skip
