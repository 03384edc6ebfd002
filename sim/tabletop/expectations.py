"""What a role expects before it sees: read from words, and held against what came."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from sim import text as words
from sim.errors import UserMistake
from sim.language import _, marked, translated
from sim.tabletop.board import Board, Expectation
from sim.tabletop.measures import MEASURES
from sim.tabletop.table_settings import FACILITATOR

LEVEL = 0.8
"""Of a range, unless another is said."""
_ABOUT = re.compile(r"\s*([a-z_0-9]+)\s*(?:(>=|<=)\s*([-+.\d eE]+))?\s*")


def read_expectation(about: str, value: str, level: str | None) -> dict[str, Any]:
    """What was typed, ``reports>=3`` and ``70%``, or ``exits`` and ``5..20``, as the log has it.

    Raises
    ------
    UserMistake
        For a measure that there is not, or something that is neither a probability nor a range.
    """
    if mistake := _unlike_a_number(value, threshold=about):
        raise UserMistake("forecast", f"{about} {value}", mistake)
    found = _ABOUT.fullmatch(about.replace("≥", ">=").replace("≤", "<="))
    if found is None:
        right = _("a measure, such as exits, or one with a threshold, such as 'reports>=3'")
        raise UserMistake("forecast", about, right)
    measure, sense, threshold = found.groups()
    if measure not in MEASURES:
        close = get_close_matches(measure, MEASURES, n=3, cutoff=0.4)
        right = _("no such measure; near it: {names}") if close else _("no such measure; there are {names}")
        raise UserMistake("forecast", measure, right.format(names=", ".join(close or MEASURES)))
    if sense is None:
        low, dots, high = value.partition("..")
        ends = (_number(low), _number(high)) if dots else (None, None)
        if ends[0] is None or ends[1] is None or ends[0] > ends[1]:
            right = _("a range such as 5..20; for a probability give a threshold: '{measure}>=5' 70%")
            raise UserMistake(measure, value, right.format(measure=measure))
        within = _share(level) if level is not None else LEVEL
        if within is None or not 0 < within < 1:
            right = _("how sure the range is, between 0 and 100 %, such as 80%")
            bare = _number(level)
            if bare is not None and 1 < bare < 100:
                right = _("{right}: is it {level}% that you mean?").format(right=right, level=level)
            raise UserMistake("level", level, right)
        return {"measure": measure, "sense": "range", "low": ends[0], "high": ends[1], "level": within}
    limit, p = _number(threshold), _share(value)
    if limit is None:
        raise UserMistake("forecast", about, _("a number after >= or <="))
    if p is None:
        raise UserMistake(about.strip(), value, _("a probability, 0 to 100 %, such as 70% or 0.7"))
    if level is not None:
        raise UserMistake("level", level, _("a probability has none; it is for a range"))
    return {"measure": measure, "sense": sense, "threshold": limit, "p": p}


def _unlike_a_number(value: str, threshold: str) -> str:
    """What is wrong with a number that people write otherwise; empty where nothing is."""
    if re.search(r"\d,\d", value) or re.search(r"\d,\d", threshold):
        return _("write a decimal point, 0.5 and not 0,5")
    if re.fullmatch(r"\s*[\d.]+\s*[-–—]\s*[\d.]+\s*", value):
        return _("write a range with two dots, such as 5..12")
    return ""


def check_known(board: Board, role: str, measure: str) -> None:
    """Refuse a forecast of what its role never learns, since nobody could tell it how that came out.

    Raises
    ------
    UserMistake
        With the measures that the role knows.
    """
    knows = board.table.roles[role].knows
    if MEASURES[measure].sight not in knows:
        known = ", ".join(one.name for one in MEASURES.values() if one.sight in knows)
        name = translated(board.table.roles[role].name)
        right, shell = _("{role} does not learn it").format(role=name), _("it knows {names}").format(names=known)
        raise UserMistake("forecast", measure, right, shell)


def told_forecasts(board: Board, role: str) -> tuple[str, ...]:
    """Ids of the forecasts that someone may read: a role its own, everybody those of turns that are over about what is
    public; the facilitator all of them, and so does everybody once the session is over."""
    if role == FACILITATOR or board.is_over:
        return tuple(said.id for said in board.forecasts)
    if role in board.table.roles:
        return tuple(said.id for said in board.forecasts if said.role == role)
    return tuple(
        said.id for said in board.forecasts if said.turn < board.turn and MEASURES[said.measure].sight == "public"
    )


def is_due(board: Board, role: str) -> bool:
    """Whether a role has neither said what it expects in this turn, nor seen any futures in it."""
    said = any(one.role == role and one.turn == board.turn for one in board.forecasts)
    return not said and not board.seen_by(role)


def silent_roles(board: Board) -> tuple[str, ...]:
    """The roles that are played and have said nothing in this turn: from the next outlook on it would be late.

    Of one that plays what the model leaves to chance nothing is waited for.
    """
    said = {one.role for one in board.forecasts if one.turn == board.turn}
    waited = [name for name, role in board.table.roles.items() if not role.plays_chance]
    return tuple(name for name in waited if name not in board.table.stand_ins and name not in said)


def in_words(said: Expectation) -> str:
    """An expectation as people say it."""
    of = MEASURES.get(said.measure)
    # A share's unit says what it is a share of, and is no unit of its number.
    unit = of.unit if of is not None and of.type == "count" else ""
    limit, high = (words.counted(value, unit) if unit else words.general(value)
                   for value in (said.threshold, said.high))  # fmt: skip
    told = {
        "measure": said.measure, "low": words.general(said.low), "high": high, "limit": limit,
        "day": said.by.isoformat(), "level": words.percent(said.level), "p": words.percent(said.p),
    }  # fmt: skip
    if said.sense == "range":
        return _("{measure} {low} to {high} by {day} ({level} sure)").format(**told)
    if said.sense == ">=":
        return _("{measure} at least {limit} by {day}: {p}").format(**told)
    return _("{measure} at most {limit} by {day}: {p}").format(**told)


def model_says(said: Expectation, values: Sequence[float], weights: Sequence[float]) -> dict[str, float]:
    """What the model's futures say of the same: a probability, or a range at the same level.

    Parameters
    ----------
    values
        The measure in each future, ``(futures,)``.
    weights
        What each counts, ``(futures,)``; they add up to 1.
    """
    known = np.asarray(values, dtype=np.float64)
    counts = np.asarray(weights, dtype=np.float64)
    if said.sense == "range":
        order = np.argsort(known, kind="stable")
        cumulated = np.cumsum(counts[order])
        tail = (1 - said.level) / 2
        low = known[order][np.searchsorted(cumulated, tail)]
        high = known[order][min(int(np.searchsorted(cumulated, 1 - tail)), len(known) - 1)]
        return {"low": float(low), "high": float(high)}
    passes = known >= said.threshold if said.sense == ">=" else known <= said.threshold
    return {"p": float(counts[passes].sum())}


@dataclass(frozen=True, slots=True)
class Scored:
    """An expectation held against what came.

    Attributes
    ----------
    came
        The measure in the played world; None where its days have not all been played.
    score, model
        Brier score of a probability, or interval score of a range in the measure's unit, of the role and of the model;
        lower is better. None while it is open, or where the model said nothing.
    happened
        Whether what was given a probability came about, or the range held it.
    model_said
        The model's own probability or range, as it stood when the turn was ended.
    left_out
        Why it does not count in any mean; empty where it does.
    """

    said: Expectation
    came: float | None
    happened: bool | None
    score: float | None
    model: float | None
    model_said: Mapping[str, float] | None
    left_out: str = ""


def scored(board: Board) -> tuple[Scored, ...]:
    """Every expectation of a session held against the played world, as far as it has been played."""
    days = {date.fromisoformat(row["day"]): row for turn in board.turns for row in turn.days}
    models = {name: row for turn in board.turns for name, row in turn.summary.get("model", {}).items()}
    forced = [override.day for override in board.overrides]
    last = {_question(said): said.id for said in board.forecasts if not said.late}
    return tuple(
        _scored(said, days, models.get(said.id), forced, last.get(_question(said), "")) for said in board.forecasts
    )


def late_because(said: Expectation) -> str:
    """Why a forecast is late, in words; empty where it is not."""
    if not said.late:
        return ""
    if said.after == "turn":
        return _("said after its days were played and taken back")
    return _("said after futures were shown")


def _question(said: Expectation) -> tuple[object, ...]:
    """What a role was asked in a turn, so that it counts once however often it answers: 5 or more is not 4 or fewer."""
    asked: float | str = "range"
    if said.sense != "range":
        asked = said.threshold
        if said.measure in MEASURES and MEASURES[said.measure].type == "count":
            asked = math.ceil(asked) if said.sense == ">=" else math.floor(asked) + 1
    return said.role, said.turn, said.measure, said.since, said.by, asked


def _scored(
    said: Expectation,
    days: Mapping[date, Mapping[str, Any]],
    model: Mapping[str, float] | None,
    forced: Sequence[date],
    again: str = "",
) -> Scored:
    came = _came(said, days)
    if came is None:
        return Scored(said, None, None, None, None, model)
    reasons = [late_because(said)]
    if not said.late and again not in ("", said.id):
        reasons.append(_("the same was answered again, {id}").format(id=again))
    if any(day <= said.by for day in forced if day >= said.since):
        reasons.append(_("the facilitator changed the world by hand in its days"))
    left_out = "; ".join(filter(None, reasons))
    if said.sense == "range":
        inside = said.low <= came <= said.high
        theirs = interval_score(model["low"], model["high"], said.level, came) if model else None
        return Scored(
            said, came, inside, interval_score(said.low, said.high, said.level, came), theirs, model, left_out
        )
    happened = came >= said.threshold if said.sense == ">=" else came <= said.threshold
    theirs = _brier(model["p"], happened) if model else None
    return Scored(said, came, happened, _brier(said.p, happened), theirs, model, left_out)


def _brier(p: float, happened: bool) -> float:
    """The squared distance of a probability; twelve decimals, since shares add up to 1 but for their last bits."""
    return round((p - happened) ** 2, 12)


def _came(said: Expectation, days: Mapping[date, Mapping[str, Any]]) -> float | None:
    """The measure in the played world over the forecast's days."""
    if said.by not in days or said.since not in days:
        return None
    if MEASURES[said.measure].how == "total":
        return float(sum(row[said.measure] for day, row in days.items() if said.since <= day <= said.by))
    return float(days[said.by][said.measure])


def rows(board: Board) -> pd.DataFrame:
    """What was expected, and how it came out.

    Returns
    -------
    One row a forecast: ``id``, ``turn``, ``role``, ``expects``, ``model said`` (once its turn is played), ``came``
    (null while it is open), ``happened``, ``score``, ``model`` and ``left out`` (why it counts in no mean).
    """
    listed = [
        [one.said.id, one.said.turn, one.said.role, in_words(one.said), _said(one.model_said), one.came,
         one.happened, one.score, one.model, one.left_out]
        for one in scored(board)
    ]  # fmt: skip
    columns = [marked("id"), "turn", "role", marked("expects"), marked("model said"), "came", marked("happened"),
               "score", marked("model"), marked("left out")]  # fmt: skip
    return pd.DataFrame(listed, columns=columns)


def _said(model: Mapping[str, float] | None) -> str:
    if not model:
        return ""
    if "p" in model:
        return words.percent(model["p"])
    return words.to(words.general(model["low"]), words.general(model["high"]))


def interval_score(low: float, high: float, level: float, came: float) -> float:
    """Width of a range, and 2/α for each unit by which it missed, α = 1 − level (Gneiting & Raftery 2007, eq. 43).

    >>> interval_score(5, 20, 0.8, 10), interval_score(5, 20, 0.8, 22)
    (15.0, 35.0)
    """
    alpha = 1 - level
    missed = max(low - came, 0.0) + max(came - high, 0.0)
    return float(round(high - low + 2 / alpha * missed, 9))


def by_role(board: Board) -> pd.DataFrame:
    """Mean scores of each role, beside the model's on the same questions.

    Returns
    -------
    One row a role and kind of forecast: ``role``, ``kind`` (probability or range), ``forecasts`` (that count),
    ``open``, ``left_out``, ``score`` and ``model`` (mean Brier score, or mean interval score), ``sided`` (ranges that
    count, or probabilities that do, 50 % on no side) and ``held`` (share of them that held what came, or were on the
    right side of one half).
    """
    rows = []
    everything = scored(board)
    roles = dict.fromkeys(one.said.role for one in everything)
    for role in roles:
        for kind in (marked("probability"), marked("range")):
            own = [
                one for one in everything if one.said.role == role and (one.said.sense == "range") == (kind == "range")
            ]
            if not own:
                continue
            counted = [one for one in own if one.score is not None and not one.left_out]
            rows.append({
                "role": role, "kind": kind, "forecasts": len(counted), "open": sum(one.came is None for one in own),
                "left_out": sum(bool(one.left_out) for one in own),
                "score": _mean([one.score for one in counted]), "model": _mean([one.model for one in counted]),
                "sided": sum(_right(one) is not None for one in counted),
                "held": _mean([_right(one) for one in counted]),
            })  # fmt: skip
    columns = ["role", "kind", "forecasts", "open", "left_out", "score", "model", "sided", "held"]
    return pd.DataFrame(rows, columns=columns)


def calibration(board: Board) -> pd.DataFrame:
    """Probabilities against what came, by turn: how many were said, their mean, and how many came about.

    Returns
    -------
    One row a turn in which probabilities were said that count and are settled: ``turn``, ``forecasts``, ``said``
    (mean probability), ``came`` (share that came about), ``score`` and ``model`` (mean Brier scores).
    """
    counted = [one for one in scored(board) if one.score is not None and not one.left_out and one.said.sense != "range"]
    rows = []
    for turn in sorted({one.said.turn for one in counted}):
        own = [one for one in counted if one.said.turn == turn]
        rows.append({
            "turn": turn, "forecasts": len(own), "said": _mean([one.said.p for one in own]),
            "came": _mean([float(bool(one.happened)) for one in own]),
            "score": _mean([one.score for one in own]), "model": _mean([one.model for one in own]),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=["turn", "forecasts", "said", "came", "score", "model"])


def _right(one: Scored) -> float | None:
    """1 or 0 for a range that held, or a probability on the right side of one half; None for one half itself."""
    if one.said.sense == "range":
        return float(bool(one.happened))
    return None if one.said.p == 0.5 else float((one.said.p > 0.5) == bool(one.happened))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _share(text: str) -> float | None:
    number = _number(text.strip().removesuffix("%"))
    if number is None:
        return None
    share = number / 100 if text.strip().endswith("%") else number
    return share if 0 <= share <= 1 else None
