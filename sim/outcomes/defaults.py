"""Which outcome is meant when nobody names one."""

from __future__ import annotations

CASE = "exits_surge_month"
"""Of one case: its figure F1, a sweep's table, :meth:`sim.api.Runs.by_case`, and what its causes explain."""
FIGURES = "exits_surge_month"
"""Of figures that compare cases (F2, F3, F4, F6): what scenarios change after the record counts too."""
COMPARE = ("exits_surge_month", "available_on_target", "civilian_harm")
"""Of `tabletop compare`; the first is the question."""
SUMMARY = (
    "exits_surge_month", "exits_in_surge", "exits_by_record_end", "exits_by_end", "intents_by_end",
    "first_report_date", "withdrawal_reports",
    "available_on_target", "perceived_hazard_record_end", "knowable_hazard", "deaths_surge_week", "civilian_harm",
)  # fmt: skip
"""Of the screen of `tabletop run`; an outcome that someone added is shown too."""
