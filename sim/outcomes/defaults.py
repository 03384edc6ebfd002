"""Which outcome is meant when nobody names one."""

from __future__ import annotations

from typing import Any, Protocol


class RunColumns(Protocol):
    """A table of runs, as far as it is looked at here: columns by their names, with ``isna``."""

    def __contains__(self, name: object, /) -> bool:
        """Whether there is such a column."""

    def __getitem__(self, name: str, /) -> Any:
        """The column."""


OUTCOME = "exits_surge_month"
"""Of every verb and figure: the same question is answered wherever nobody asks another."""
OF_SHORT_RUNS = "exits_by_end"
"""Instead, of runs whose days do not see all of that window."""
_BESIDE = ("available_on_target", "civilian_harm")


def outcome(runs: RunColumns, named: str | None = None) -> str:
    """The outcome that is meant: the one named, else the default, or what stands in for it where no run has that."""
    if named:
        return named
    return OF_SHORT_RUNS if not _has(runs, OUTCOME) and OF_SHORT_RUNS in runs else OUTCOME


def to_compare(runs: RunColumns) -> tuple[str, ...]:
    """Of `tabletop compare`; the first is the question, and beside it stands what some run has a value of."""
    return (outcome(runs), *(name for name in _BESIDE if _has(runs, name)))


def _has(runs: RunColumns, name: str) -> bool:
    return name in runs and not bool(runs[name].isna().all())


SUMMARY = (
    "exits_surge_month", "exits_in_surge", "exits_by_record_end", "exits_by_end", "intents_by_end",
    "first_report_date", "withdrawal_reports",
    "available_on_target", "perceived_hazard_record_end", "knowable_hazard", "deaths_surge_week", "civilian_harm",
)  # fmt: skip
"""Of the screen of `tabletop run`; an outcome that someone added is shown too."""
