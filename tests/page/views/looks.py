"""Looks at a session: what each seat asks for, and futures as a seat is shown them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np

from sim.figures.drawing.quantile_dotplot import quantile_dots
from sim.page.ask import FormAnswer, PageAsk, Shown
from sim.page.seats import Seat, seats_of
from sim.tabletop.futures import Futures
from sim.tabletop.measures import MEASURES
from sim.tabletop.options import compared
from sim.tabletop.outlook import DECISIVE, TableOutlook, option_rows, outlook_rows
from sim.tabletop.session import Session
from sim.tabletop.stories import stories

FUTURES = 240


def seat_of(session: Session, name: str) -> Seat:
    """A seat by its kind, or by the role that it plays."""
    return next(seat for seat in seats_of(session.board) if name in (seat.kind, seat.role))


def ask(session: Session, name: str, **more: Any) -> PageAsk:
    """What a seat asks for."""
    seats = tuple((seat.name, seat.role != "united_states") for seat in seats_of(session.board))
    seat = seat_of(session, name)
    given: dict[str, Any] = {"seats": seats} if seat.kind == "facilitator" else {}
    return PageAsk(session, seat, version=len(session.board.lines), **(given | more))


def refused(form: str, values: Mapping[str, str], **mistakes: str) -> FormAnswer:
    """What came of a form that was refused; ``whole`` is the whole form's mistake."""
    named = {"" if name == "whole" else name.replace("__", "."): right for name, right in mistakes.items()}
    return FormAnswer(form, {"form": "", **values}, named)


def shown_to(session: Session, name: str, count: int = FUTURES) -> dict[str, Shown]:
    """An outlook and a comparison of every open option, as this seat is shown them."""
    seat, board = seat_of(session, name), session.board
    measures = tuple(one for one in DECISIVE if MEASURES[one].sight in seat.knows)
    ahead = TableOutlook.of(session)
    until = board.today + timedelta(days=20)
    left = [option for option in board.options if option not in board.adopted]
    futures = ahead.futures(left, until, count)
    found = compared(futures, measures) if left else None
    plain = Shown(
        "outlook", 1, board.today, until, measures, (futures.nothing,), {}, outlook_rows(futures, measures), (), (),
        tuple((one.sentence(), one.lines()) for one in stories(futures, measures[0], futures.nothing)),
        _dots(futures, measures, (futures.nothing,)), futures.notes,
    )  # fmt: skip
    told = {"outlook": plain}
    if found is not None:
        names = tuple(futures.options)
        told["compare"] = replace(
            plain, what="compare", options=names, rows=option_rows(found), sentences=found.sentences(), stories=(),
            agreed=tuple(found.agreed(option, measures[0]) for option in left), dots=_dots(futures, measures, names),
        )  # fmt: skip
        first = left[0]
        renamed = [row | {"option": "try"} for row in option_rows(found)
                   if row["option"] == first and row["against"] == futures.nothing]  # fmt: skip
        dots = {measure: {"nothing": row["nothing"], "try": row[first]}
                for measure, row in _dots(futures, measures, names).items()}  # fmt: skip
        levers = {target: amount for order in board.orders_of(first) for target, _, amount in order.writes}
        sentences = tuple(replace(one, option="try").sentence(futures.today, futures.until) for one in found.differences
                          if one.option == first and one.against == futures.nothing and not one.theory)  # fmt: skip
        told["try"] = replace(plain, what="try", options=("nothing", "try"), levers=levers, rows=renamed, dots=dots,
                              sentences=sentences, stories=())  # fmt: skip
    return told


def _dots(
    futures: Futures, measures: tuple[str, ...], options: tuple[str, ...]
) -> dict[str, dict[str, tuple[float, ...]]]:
    return {
        measure: {
            option: tuple(quantile_dots(np.sort(np.concatenate(
                [futures.values(measure, option, theory) for theory in futures.theories]))).tolist())
            for option in options
        }
        for measure in measures
    }  # fmt: skip
