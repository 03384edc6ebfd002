"""Forecasts in the report: by role and by turn, beside the model's own on the same questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from sim import text as words
from sim.language import _, as_in, translated
from sim.tabletop.board import Board
from sim.tabletop.expectations import Scored, by_role, calibration, scored
from sim.tabletop.papers.wording import meaning, role_name, table, typed


def forecast_section(board: Board, strip: str = "", *, revealed: bool = True) -> Iterator[str]:
    """The section, part by part.

    Parameters
    ----------
    revealed
        Whether scores are told, and what came of measures that are not public.
    strip
        Address of the drawing that shows each forecast; empty for none.
    """
    yield _("## 6. Forecasts, scored")
    every = scored(board)
    if not every:
        yield _("Nobody gave a forecast (`tabletop table forecast DIR role=… 'reports>=3' 70%`).")
        return
    if not revealed:
        yield _("What came, and the scores, are told once the session is over.")
        yield table([_asked(board, one) for one in every])
        return
    yield _(
        "A probability has a Brier score, from 0 (certain and right) to 1 (certain and wrong), .25 for saying 50 %; a "
        "range has an interval score in the measure's unit: its width, and a penalty where it missed. Lower is better. "
        "The model's own come from futures of the other worlds on the same questions, before the turn was played."
    )
    if strip and any(one.came is not None for one in every):
        alt = _("Each forecast beside the model's and what came")
        yield f"![{alt}]({strip})"
    yield _("### By role")
    yield table([_role_row(board, row) for row in _rows(by_role(board))])
    turns = _rows(calibration(board))
    if turns:
        yield _("### Probabilities by turn")
        yield table([
            {_("turn"): row["turn"], _("forecasts"): row["forecasts"],
             _("mean probability given"): _percent(row["said"]), _("came about"): _percent(row["came"]),
             _("score"): _score(row["score"]), _("the model's"): _score(row["model"])}
            for row in turns
        ])  # fmt: skip
    yield _("### One by one")
    yield table([_row(board, one) for one in every])
    if any(one.left_out for one in every):
        yield _(
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
        _("role"): role_name(board, row["role"]), _("kind"): translated(row["kind"]), _("counted"): row["forecasts"],
        as_in("of forecasts", "open"): row["open"], as_in("of forecasts", "left out"): row["left_out"],
        _("score"): _score(row["score"]),
        _("the model's"): _score(row["model"]), as_in("of forecasts", "held"): _held(row),
    }  # fmt: skip


def _held(row: dict[str, Any]) -> str:
    """How many ranges held what came, or probabilities were on the right side of one half."""
    if row["held"] is None:
        return ""
    count = round(row["held"] * row["sided"])
    told = {"n": count, "of": row["sided"]}
    if row["kind"] == "range":
        return _("{n} of {of} held what came").format(**told)
    return _("{n} of {of} on the right side of 50 %").format(**told)


def _asked(board: Board, one: Scored) -> dict[str, object]:
    """What is told of a forecast while the session goes on."""
    said = one.said
    days = {"first": words.day_of_month(said.since), "last": words.short_day(said.by)}
    what = _("{what}, {first} to {last}").format(what=_what(one), **days)
    return {
        _("turn"): said.turn, _("forecast"): said.id, _("role"): role_name(board, said.role),
        as_in("of forecasts", "expected"): typed(what, cell=True),
    }  # fmt: skip


def _row(board: Board, one: Scored) -> dict[str, object]:
    score = _("not counted: {reason}").format(reason=one.left_out) if one.left_out else _score(one.score)
    came = words.number(one.came) if one.came is not None else as_in("of forecasts", "open")
    return {
        **_asked(board, one), _("the model said"): _model(one), _("came"): came,
        _("score"): typed(score, cell=True), _("the model's"): _score(one.model),
    }  # fmt: skip


def _what(one: Scored) -> str:
    said = one.said
    told = {"measure": meaning(said.measure), "level": words.percent(said.level), "p": words.percent(said.p),
            "limit": words.number(said.threshold)}  # fmt: skip
    if said.sense == "range":
        return _("{measure}: {span}, {level} sure").format(span=words.span(said.low, said.high), **told)
    if said.sense == ">=":
        return _("{measure}: at least {limit}, {p}").format(**told)
    return _("{measure}: at most {limit}, {p}").format(**told)


def _model(one: Scored) -> str:
    told = one.model_said
    if not told:
        return ""
    if "p" in told:
        return _("{n} %").format(n=words.hundredth(float(told["p"])))
    return words.span(float(told["low"]), float(told["high"]))


def _percent(share: float | None) -> str:
    return "" if share is None else words.percent(share)


def _score(value: float | None) -> str:
    return "" if value is None else words.estimate(float(value))
