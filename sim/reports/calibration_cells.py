"""Cells of the page of a calibration: names, values in their units, shares of 100 with intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from sim import text as words
from sim.analysis.calibration.results import CalibrationResults
from sim.figures.calibration.draw import rate
from sim.model.withdrawal import THEORIES
from sim.outcomes import REGISTER
from sim.reports.markdown import plain

WORDS = {3: "three", 4: "four", 5: "five", 6: "six", 7: "seven"}


# Words and numbers


def theory_numbers(results: CalibrationResults) -> dict[str, str]:
    """Numbers of the theories by name, those that this program has."""
    return {name: theory.number for name, theory in THEORIES.items() if name in results.theories}


def theory_name(name: object, *, cell: bool = False) -> str:
    """A theory as people say it, with its number where this program has it."""
    known = THEORIES.get(str(name))
    return plain(f"{known.number} {words.spoken(str(name))}" if known else words.spoken(str(name)), cell=cell)


def setting_of(results: CalibrationResults, theory: str, setting: str) -> dict[Any, Any] | None:
    """What a drawn setting is: the theory's own where there is one."""
    rows = results.of("settings", setting=setting)
    rows = rows[rows["theory"].isin(["", theory])].sort_values("theory", ascending=False)
    return rows.iloc[0].to_dict() if len(rows) else None


def value_at(setting: Mapping[Any, Any] | None, quantile: float) -> str:
    """The value at a quantile of the prior range; the quantile itself where the scale has no such formula."""
    if setting is not None and setting["scale"] in ("uniform", "log"):
        low, high = float(setting["low"]), float(setting["high"])
        value = low + (high - low) * quantile if setting["scale"] == "uniform" else low * (high / low) ** quantile
        return words.number(value, 3)
    return words.number(quantile, 2)


def unit_of(setting: Mapping[Any, Any]) -> str:
    """The unit of a setting as the table shows it."""
    if setting["scale"] not in ("uniform", "log"):
        return "prior quantiles"
    return "pure number" if setting["unit"] == "1" else str(setting["unit"])


def cell_of(some: pd.DataFrame, column: str, value: str, make: Callable[[Mapping[Any, Any]], str]) -> str:
    """The cell of the row of some rows whose column has a value; a dash without one."""
    rows = some[some[column] == value]
    return make(rows.iloc[0].to_dict()) if len(rows) else "–"


def rate_of(row: Mapping[Any, Any]) -> str:
    """A share of kept worlds with its interval."""
    return f"{rate(row)}{'' if row['kept'] or not row['draws'] else ' (95 %)'}"


def share_of(row: Mapping[Any, Any], name: str = "share") -> str:
    """A share of 100, with its interval where there is one."""
    if pd.isna(row[name]):
        return "–"
    if pd.isna(row.get("low")) or pd.isna(row.get("high")):
        return hundred(row[name])
    low, middle, high = words.interval(100 * row["low"], 100 * row[name], 100 * row["high"])
    return f"{middle} ({low} to {high})"


def hundred(share: float) -> str:
    """A share as a number of 100."""
    return "–" if pd.isna(share) else words.hundredth(float(share)).replace("<", "\\<")


def of_100(share: float) -> str:
    """A share in words, "12 of 100"."""
    return "–" if pd.isna(share) else f"{hundred(share)} of 100"


def p_value(value: float) -> str:
    """A corrected p."""
    return "–" if pd.isna(value) else "\\< 0.001" if value < 0.001 else f"{value:.3f}"


def fixed(value: float) -> str:
    """A number with its sign and two decimals."""
    return "–" if pd.isna(value) else words.fixed(float(value), 2, signed=True)


def outcome_text(results: CalibrationResults, name: str) -> str:
    """What an outcome is, its days as dates where they are known."""
    if name not in REGISTER:
        return name
    label = REGISTER[name].label
    for setting, day in results.bank.days.items():
        label = label.replace(setting, words.day(date.fromisoformat(day)))
    return f"{label} ({name})"


def pattern_text(results: CalibrationResults, name: str) -> str:
    """A pattern by its id and in words."""
    text = results.bank.pattern_texts.get(name, "")
    return plain(f"{name} {text}".strip(), cell=True)


def listed(lines: Iterator[str] | Sequence[str]) -> str:
    """Lines as a list."""
    return "\n".join(f"- {line}" for line in lines)
