"""What a store keeps day by day beside the daily series where it is asked to: states that no outcome looks at.

They are no part of the model version's days, so no table of these and no digest changes with them; runs are lived again
to note them (:mod:`sim.ensemble.engine.state_table`).
"""

from __future__ import annotations

from sim.outcomes.entry import Entry

PHASES = ("blocked", "authorised", "paused", "deploying", "in_theatre")
"""Kenya's phases by their numbers, from 0 on (:class:`sim.model.state.Phase`)."""
STATES = (
    Entry("phase", "level", "0 to 4",
          f"Kenya's phase: {', '.join(f'{number} {name}' for number, name in enumerate(PHASES))}"),
    Entry("blocked", "count", "officers/day", "officers who came to want out today and may not leave"),
    Entry("deployed", "count", "officers", "officers of the pool in theatre"),
    Entry("reserve", "count", "officers", "officers of the reserve"),
    Entry("on_hand", "count", "officers", "officers in the pool, and the reserve; what available_on_target counts"),
)  # fmt: skip
"""The columns of the table ``states``, in their order."""
