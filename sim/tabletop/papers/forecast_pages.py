"""Forecasts in the report: by role and by turn, beside the model's own on the same questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from sim import text as words
from sim.tabletop.board import Board
from sim.tabletop.expectations import Scored, by_role, calibration, scored
from sim.tabletop.papers.wording import meaning, role_name, table, typed

_OPEN = ("turn", "forecast", "role", "expected")
"""Columns of a forecast while the session goes on."""


def forecast_section(board: Board, strip: str = "", *, revealed: bool = True) -> Iterator[str]:
    """The section, part by part.

    Parameters
    ----------
    revealed
        Whether scores are told, and what came of measures that are not public.
    strip
        Address of the drawing that shows each forecast; empty for none.
    """
    yield "## 6. Forecasts, scored"
    every = scored(board)
    if not every:
        yield "Nobody gave a forecast (`tabletop table forecast DIR role=… 'reports>=3' 70%`)."
        return
    if not revealed:
        yield "What came, and the scores, are told once the session is over."
        yield table([{name: value for name, value in _row(board, one).items() if name in _OPEN} for one in every])
        return
    yield (
        "A probability has a Brier score, from 0 (certain and right) to 1 (certain and wrong), .25 for saying 50 %; "
        "a range "
        "has an interval score in the measure's unit: its width, and a penalty where it missed. Lower is better. "
        "The model's "
        "own come from futures of the other worlds on the same questions, before the turn was played."
    )
    if strip and any(one.came is not None for one in every):
        yield f"![Each forecast beside the model's and what came]({strip})"
    yield "### By role"
    yield table([_role_row(board, row) for row in _rows(by_role(board))])
    turns = _rows(calibration(board))
    if turns:
        yield "### Probabilities by turn"
        yield table([
            {"turn": row["turn"], "forecasts": row["forecasts"], "mean probability given": _percent(row["said"]),
             "came about": _percent(row["came"]), "score": _score(row["score"]), "the model's": _score(row["model"])}
            for row in turns
        ])  # fmt: skip
    yield "### One by one"
    yield table([_row(board, one) for one in every])
    if any(one.left_out for one in every):
        yield (
            "Not counted is what was said once its role had seen futures, or what came of the same days in a turn that "
            "was taken back; what changes by hand touched; and of one role's answers to the same question in a turn "
            "all but the last. Fifty percent is on no side."
        )


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame; what is missing is None."""
    return [
        {str(key): None if pd.isna(value) else value for key, value in row.items()} for row in frame.to_dict("records")
    ]


def _role_row(board: Board, row: dict[str, Any]) -> dict[str, object]:
    return {
        "role": role_name(board, row["role"]), "kind": row["kind"], "counted": row["forecasts"], "open": row["open"],
        "left out": row["left_out"], "score": _score(row["score"]), "the model's": _score(row["model"]),
        "held": _held(row),
    }  # fmt: skip


def _held(row: dict[str, Any]) -> str:
    """How many ranges held what came, or probabilities were on the right side of one half."""
    if row["held"] is None:
        return ""
    count = round(row["held"] * row["sided"])
    return f"{count} of {row['sided']} {'held what came' if row['kind'] == 'range' else 'on the right side of 50 %'}"


def _row(board: Board, one: Scored) -> dict[str, object]:
    said = one.said
    score = f"not counted: {one.left_out}" if one.left_out else _score(one.score)
    return {
        "turn": said.turn, "forecast": said.id, "role": role_name(board, said.role),
        "expected": typed(f"{_what(one)}, {said.since.day} {said.since:%b} to {words.short_day(said.by)}", cell=True),
        "the model said": _model(one), "came": words.number(one.came) if one.came is not None else "open",
        "score": typed(score, cell=True), "the model's": _score(one.model),
    }  # fmt: skip


def _what(one: Scored) -> str:
    said = one.said
    if said.sense == "range":
        return f"{meaning(said.measure)}: {words.span(said.low, said.high)}, {100 * said.level:.0f} % sure"
    side = "at least" if said.sense == ">=" else "at most"
    return f"{meaning(said.measure)}: {side} {words.number(said.threshold)}, {100 * said.p:.0f} %"


def _model(one: Scored) -> str:
    told = one.model_said
    if not told:
        return ""
    if "p" in told:
        return f"{words.hundredth(float(told['p']))} %"
    return words.span(float(told["low"]), float(told["high"]))


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f} %"


def _score(value: float | None) -> str:
    return "" if value is None else words.estimate(float(value))
