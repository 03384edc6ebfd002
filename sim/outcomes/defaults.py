"""Which outcome is meant when nobody names one."""

from __future__ import annotations

OUTCOME = "exits_surge_month"
"""Of every verb and figure: the same question is answered wherever nobody asks another."""
COMPARE = (OUTCOME, "available_on_target", "civilian_harm")
"""Of `tabletop compare`; the first is the question."""
SUMMARY = (
    "exits_surge_month", "exits_in_surge", "exits_by_record_end", "exits_by_end", "intents_by_end",
    "first_report_date", "withdrawal_reports",
    "available_on_target", "perceived_hazard_record_end", "knowable_hazard", "deaths_surge_week", "civilian_harm",
)  # fmt: skip
"""Of the screen of `tabletop run`; an outcome that someone added is shown too."""
