"""What was ordered, or what happened, at a table, as an event that worlds live under."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sim.ensemble.cases.event_tables import canonical_events
from sim.model.events import Event


@dataclass(frozen=True)
class TableEvent:
    """Something that was ordered, or happened, at the table.

    Attributes
    ----------
    event
        A row of an event table; a dated one lies on ``since`` or later.
    since
        The day from whose morning it counts: that on which it was given. A conditional one is watched from then on.
    until
        The day from which it counts no longer, such as that on which a conditional inject was skipped; None: it stays.
    override
        Whether it is a change by the facilitator's hand, in the played world alone.
    """

    event: Event
    since: date
    until: date | None = None
    override: bool = False

    def __post_init__(self) -> None:
        if self.event.date is not None and self.event.date < self.since:
            raise ValueError(f"{self.event.id}: dated {self.event.date}, before {self.since}, when it was given")

    def counts(self, day: int) -> bool:
        """Whether it counts on a day, a proleptic ordinal."""
        return self.since.toordinal() <= day and (self.until is None or day < self.until.toordinal())

    def told(self, day: int) -> list[object] | None:
        """What of it can have changed a state on the evening of ``day``, as JSON has it; None where nothing can."""
        begun = self.since if self.event.date is None else max(self.since, self.event.date)
        if begun.toordinal() > day:
            return None
        ended = self.until.toordinal() if self.until is not None and self.until.toordinal() <= day else None
        return [self.since.toordinal(), ended, canonical_events([self.event])]
