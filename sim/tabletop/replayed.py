"""A session lived again from its log: whether every turn comes out as it is written there."""

from __future__ import annotations

from sim.tabletop.board import Board
from sim.tabletop.first_line import worlds_of
from sim.tabletop.turn import play


def differences(board: Board) -> list[str]:
    """Where the turns of a session, lived again, differ from what its log has; empty where they do not.

    Each turn is lived from ``clock.start`` on, under what stood when it was ended.
    """
    worlds = worlds_of(board)
    said = []
    for turn in board.turns:
        then = Board(tuple(line for line in board.lines if line.number < turn.entry), board.undone)
        again = play(then, worlds, turn.last)
        days = [day["day"] for day, other in zip(again.days, turn.days, strict=True) if dict(day) != dict(other)]
        if days:
            said.append(f"turn {turn.number}: {days[0]} comes out otherwise here than in the log")
        elif dict(again.levels) != dict(turn.summary["levels"]):
            said.append(f"turn {turn.number}: its last evening comes out otherwise here than in the log")
    return said
