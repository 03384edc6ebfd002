"""F10 of a session: what an option of one turn would have changed, and what those who play expected."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sim import text as words
from sim.arrays import FloatArray
from sim.figures.comparison.contrast import Contrast, Phrases
from sim.figures.decision import figure
from sim.figures.decision.draw import BAND, DrawnDecision, ExpectedRange
from sim.figures.drawing.distribution import Question
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Origin
from sim.tabletop.board import Board
from sim.tabletop.futures import Futures, quantiles
from sim.tabletop.measures import MEASURES
from sim.tabletop.options import ComparedOptions, OptionDifference
from sim.tabletop.worlds import TableCases

__all__ = ["ExpectedRange", "decision_picture", "draw_decisions"]


def decision_picture(
    table: TableCases,
    found: ComparedOptions,
    option: str,
    measure: str,
    forecasts: Sequence[ExpectedRange] = (),
    against: str | None = None,
    *,
    tells_seed: bool = True,
) -> Picture:
    """Draw one option beside the branch not taken.

    Parameters
    ----------
    table
        The session's cases and seed, which the picture names.
    found
        As :func:`sim.tabletop.options.compared` gives it, with this option and measure.
    forecasts
        What roles expected of the measure, or how likely they held the option to be better.
    against
        The branch not taken; None: doing nothing.
    tells_seed
        Whether it names the session's seed, which whoever plays must not see: it draws the world that is played.

    Raises
    ------
    KeyError
        The comparison was not made.
    ValueError
        No run is good.
    """
    futures, base = found.futures, against or found.futures.nothing
    whole = found.of(option, measure, "", base)
    of = whole.of
    axis = f"{of.text} {of.over(futures.today, futures.until)}"
    decision = DrawnDecision(
        option=words.spoken(option),
        against=words.spoken(base),
        finding=whole.finding(futures.today, futures.until),
        question=Question(measure, axis=axis, unit=of.unit),
        phrases=_phrases(whole),
        values=(_all(futures, measure, base), _all(futures, measure, option)),
        whole=_contrast(whole),
        theories={name: _contrast(found.of(option, measure, name, base)) for name in futures.theories},
        days=futures.dates,
        by_day=_by_day(futures, measure, option, base),
        shows=whole.shows,
        forecasts=tuple(forecasts),
        notes=futures.notes[1:],
    )
    cases = tuple(table.cases[name].id for name in futures.theories)
    origin = Origin(cases, f"{table.seed if tells_seed else 'of the session'}, futures of {words.day(futures.today)}")
    label = f"{words.spoken(option)} or {words.spoken(base)}"
    return figure.picture(decision, origin, label, option, measure)


def draw_decisions(
    table: TableCases, found: ComparedOptions, board: Board, measure: str, folder: Path, command: Sequence[str]
) -> list[Path]:
    """Draw each option beside the branch that it was compared with, and save it; what roles expect stands beside it.

    Returns
    -------
    The pictures' files.
    """
    expected = expected_ranges(found.futures, board, measure)
    base = found.futures.nothing
    told = {(one.option, one.against) for one in found.differences if one.measure == measure}
    return [
        decision_picture(table, found, option, measure, expected, base).save(folder, command)
        for option in found.futures.options
        if (option, base) in told
    ]


def expected_ranges(futures: Futures, board: Board, measure: str, role: str = "") -> tuple[ExpectedRange, ...]:
    """What roles expected in this turn of this measure and of these days, which alone belongs on its axis.

    A total counts from the same morning to the same last day, a level is of the same day; one that was said late is
    marked. With ``role`` that one's alone.
    """
    return tuple(
        ExpectedRange(f"{said.role} (late)" if said.late else said.role, said.low, said.high)
        for said in board.forecasts
        if (said.turn, said.sense, said.measure) == (board.turn, "range", measure)
        if role in ("", said.role)
        if said.by == futures.until and (said.since == futures.today or MEASURES[measure].how == "level")
    )


def _all(futures: Futures, measure: str, option: str) -> FloatArray:
    return np.concatenate([futures.values(measure, option, name) for name in futures.theories])


def _phrases(one: OptionDifference) -> Phrases:
    less, more = one.of.words.less, one.of.words.more
    good, bad = (more, less) if one.of.gain > 0 else (less, more)
    return Phrases(good, bad, one.of.gain < 0)


def _contrast(one: OptionDifference) -> Contrast:
    shares = one.better, one.worse
    return Contrast(one.pairs, one.differences, *shares, one.difference, one.low, one.high, one.method)


def _by_day(futures: Futures, measure: str, option: str, base: str) -> FloatArray:
    """Quantiles of the paired differences so far, theories with equal weights, ``(5, days)``."""
    parts, weights = [], []
    for name in futures.theories:
        pairs = futures.so_far(measure, option, name) - futures.so_far(measure, base, name)
        good = pairs[:, ~np.isnan(pairs[-1])]
        parts.append(good)
        weights.append(np.full(good.shape[1], 1 / max(good.shape[1], 1)))
    return quantiles(np.concatenate(parts, axis=1), np.concatenate(weights), BAND)
