"""A turn opens: what is ordered for the roles that nobody plays."""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import UserMistake
from sim.language import _
from sim.tabletop.board import Board
from sim.tabletop.orders import told
from sim.tabletop.session import Session
from sim.tabletop.table_settings import Step


def open_turn(session: Session) -> list[str]:
    """Give the scripted orders of the turn that is open, if they are not given yet; each is labelled as such.

    A step that would contradict an order that stands is left out, and said.

    Returns
    -------
    A line for each.
    """
    board = session.board
    said: list[str] = []
    if board.is_over:  # the turn that was played was the last that could be
        return said
    for name, step, scripted in _steps(board):
        if step.turn != board.turn or _is_given(board, name, step):
            continue
        words = [f"{target}={value:g}" for target, value in step.writes]
        try:
            order = session.order(name, words, why=step.why, stand_in=scripted)
            said.append(_("{id}: {what}").format(id=order.id, what=told(order)))
        except UserMistake as fault:
            said.append(_("{role}: its scripted order is left out ({fault})").format(role=name, fault=fault))
    return said


def _steps(board: Board) -> Iterator[tuple[str, Step, bool]]:
    """What is ordered by itself: openings of the roles that are played, and the scripts of those that are not."""
    for role in board.table.roles.values():
        if role.id in board.table.stand_ins:
            yield from ((role.id, step, True) for step in role.stand_in)
        elif role.opening is not None:
            yield role.id, role.opening, False


def _is_given(board: Board, role: str, step: Step) -> bool:
    """Whether a step was ordered in this turn already, be it taken back since."""
    wanted = [[target, "set", value] for target, value in step.writes]
    return any(
        line.kind == "order" and line.by == role and line.data["writes"] == wanted
        for line in board.lines[board.opened_at :]
    )
