"""What was expected beside what came, a row a forecast: the role's word, the model's, and the truth."""

from __future__ import annotations

from collections.abc import Sequence

from sim import text as words
from sim.language import _, plural, translated
from sim.tabletop.board import Board
from sim.tabletop.expectations import Scored
from sim.tabletop.papers import svg
from sim.tabletop.papers.wording import meaning

WIDTH, LEFT, RIGHT, ROW, LINE = 860.0, 430.0, 120.0, 22.0, 13.0
_LETTERS = 66
"""Of a line of what was asked."""


def strip(board: Board, scored: Sequence[Scored]) -> str | None:
    """The strip as SVG: a row for each forecast whose days have been played; None where there is none.

    A probability lies between 0 and 100 %, and what came is the end that it should have been at. A range has a scale of
    its own.
    """
    settled = [one for one in scored if one.came is not None]
    if not settled:
        return None
    parts = [
        svg.dot(LEFT + 6, 10, 4.5, "public"), svg.text(LEFT + 16, 14, _("the role")),
        svg.diamond(LEFT + 86, 10, 5, "open"), svg.text(LEFT + 96, 14, _("the model")),
        svg.line(LEFT + 172, 3, LEFT + 172, 17, "ink"), svg.text(LEFT + 180, 14, _("what came")),
    ]  # fmt: skip
    y = 26.0
    turn = 0
    for one in settled:
        if one.said.turn != turn:
            turn = one.said.turn
            parts.append(svg.text(0, y + 13, _("Turn {n}").format(n=turn), "head"))
            y += 18
        _row(board, one, y, parts)
        y += ROW + LINE * (len(_lines(board, one)) - 1)
    listed = words.joined(_asked(one) for one in settled)
    alt = plural("{n} forecast beside what came: {forecasts}", "{n} forecasts beside what came: {forecasts}",
                 len(settled))  # fmt: skip
    return svg.drawing(WIDTH, y + 4, alt.format(n=len(settled), forecasts=listed), parts)


def _row(board: Board, one: Scored, y: float, parts: list[str]) -> None:
    kind = " soft" if one.left_out else ""
    for line, piece in enumerate(_lines(board, one)):
        parts.append(svg.text(0, y + 13 + LINE * line, piece, kind.strip(), title=_row_words(board, one)))
    low, high, came = _scale(one)
    at = y + 9

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / ((high - low) or 1.0)

    parts.append(svg.line(LEFT, at, WIDTH - RIGHT, at, "faint"))
    if one.said.sense == "range":
        parts.append(svg.box(x(one.said.low), at - 4, max(x(one.said.high) - x(one.said.low), 2), 4, "public"))
        if one.model_said and "low" in one.model_said:
            wide = max(x(one.model_said["high"]) - x(one.model_said["low"]), 2)
            parts.append(svg.box(x(one.model_said["low"]), at + 1, wide, 4, "open"))
    else:
        if one.model_said and "p" in one.model_said:
            parts.append(svg.diamond(x(one.model_said["p"]), at, 5, "open"))
        parts.append(svg.dot(x(one.said.p), at, 4.5, "public"))
    parts.append(svg.line(x(came), at - 8, x(came), at + 8, "ink"))
    verdict = (_("held") if one.happened else _("missed")) if one.said.sense == "range" else (
        _("came about") if one.happened else _("did not"))  # fmt: skip
    told = _("{verdict}, {score}").format(verdict=verdict, score=words.estimate(one.score or 0.0))
    score = _("not counted") if one.left_out else told
    parts.append(svg.text(WIDTH - RIGHT + 10, y + 13, score, "soft"))


def _row_words(board: Board, one: Scored) -> str:
    """Whose forecast it is, and what was asked."""
    role = board.table.roles.get(one.said.role)
    name = translated(role.name) if role is not None else one.said.role
    return _("{id} {role}: {what}").format(id=one.said.id, role=_short(name), what=_asked(one))


def _lines(board: Board, one: Scored) -> list[str]:
    """The same in as many lines as it needs: threshold and probability stand at its end."""
    return svg.wrapped(_row_words(board, one), _LETTERS, 4)


def _scale(one: Scored) -> tuple[float, float, float]:
    """The ends of a row's scale, and where on it lies what came."""
    if one.said.sense != "range":
        return 0.0, 1.0, float(bool(one.happened))
    came = float(one.came or 0.0)
    model = list((one.model_said or {}).values())
    values = [one.said.low, one.said.high, came, *model]
    room = (max(values) - min(values)) * 0.06
    return min(values) - room, max(values) + room, came


def _asked(one: Scored) -> str:
    said = one.said
    told = {"measure": meaning(said.measure), "level": words.percent(said.level), "p": words.percent(said.p),
            "limit": words.number(said.threshold)}  # fmt: skip
    if said.sense == "range":
        return _("{measure}, {span} ({level} sure)").format(span=words.span(said.low, said.high), **told)
    if said.sense == ">=":
        return _("{measure}, at least {limit}: {p}").format(**told)
    return _("{measure}, at most {limit}: {p}").format(**told)


def _short(name: str) -> str:
    """A role's name without what all of them begin with."""
    for common in (_("Government of the "), _("Government of ")):
        name = name.removeprefix(common)
    return name
