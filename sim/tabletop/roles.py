"""Roles that are in no file: the facilitator's hand, which reaches every level within the model's own bounds; and who
hears what."""

from __future__ import annotations

from sim.model.events import TARGETS
from sim.tabletop.table_settings import FACILITATOR, KNOWLEDGE, Role


def anything() -> Role:
    """Whoever may write every target of events, within its limits, and knows everything."""
    orders = {name: (target.low, target.high) for name, target in TARGETS.items()}
    return Role(FACILITATOR, "Facilitator", "Runs the table.", KNOWLEDGE, orders)


def told_to(role: str, to: str) -> bool:
    """Whether what is told to ``to`` reaches someone at the table; the facilitator hears everything."""
    return role == FACILITATOR or to in (role, "all")
