"""Which outcome is meant when nobody names one."""

from __future__ import annotations

from typing import Any

OUTCOME = "exits_surge_month"
"""Of every verb and figure: the same question is answered wherever nobody asks another."""
OF_SHORT_RUNS = "exits_by_end"
"""Instead, of runs whose days do not see all of that window."""
_BESIDE = ("available_on_target", "civilian_harm")


def outcome(runs: Any, named: str | None = None) -> str:
    """The outcome that is meant: the one named, else the default, or what stands in for it where no run has that.

    ``runs`` is a table of runs of pandas, which this room need not know.
    """
    if named:
        return named
    short = OUTCOME not in runs or runs[OUTCOME].isna().all()
    return OF_SHORT_RUNS if short and OF_SHORT_RUNS in runs else OUTCOME


def to_compare(runs: Any) -> tuple[str, ...]:
    """Of `tabletop compare`; the first is the question."""
    return (outcome(runs), *(name for name in _BESIDE if name in runs))


SUMMARY = (
    "exits_surge_month", "exits_in_surge", "exits_by_record_end", "exits_by_end", "intents_by_end",
    "first_report_date", "withdrawal_reports",
    "available_on_target", "perceived_hazard_record_end", "knowable_hazard", "deaths_surge_week", "civilian_harm",
)  # fmt: skip
"""Of the screen of `tabletop run`; an outcome that someone added is shown too."""
