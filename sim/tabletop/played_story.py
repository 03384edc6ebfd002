"""Why officers left in the played world: one of them, a squad, or the force; and had some of them stayed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import numpy as np
import pandas as pd

from sim.analysis.explain.exit_story import Relived, live_again
from sim.analysis.explain.story import Story
from sim.arrays import Ints
from sim.ensemble.engine.addressed_draws import AddressedDraws, Branch
from sim.ensemble.engine.block import Block, Simulation
from sim.errors import UserMistake
from sim.language import _
from sim.model.state import Stage
from sim.tabletop.board import Board
from sim.tabletop.first_line import worlds_of
from sim.tabletop.history import events_of
from sim.tabletop.turn import played

NEVER = -1.0
"""A lot to which no survival falls."""


def played_story(board: Board, officer: int | None = None) -> tuple[Story, Relived]:
    """The played world lived again to the eve of today, with and without each cause.

    Parameters
    ----------
    board
        What stands on the table.
    officer
        Whose story it is; None: the force's.

    Raises
    ------
    UserMistake
        There is no such officer.
    """
    worlds = worlds_of(board)
    theory, world = played(board)
    case = worlds.case(theory, events_of(board, overrides=True))
    _check_officers(int(str(case.values["officers.pool"])), [] if officer is None else [officer])
    return live_again(case, world, worlds.seed, officer, begin=_begin(board), until=board.today - timedelta(days=1))


def had_stayed(board: Board, officers: Sequence[int]) -> pd.DataFrame:
    """The played world and luck, had these officers stayed whatever they felt.

    Returns
    -------
    One row an officer who has left in the played world, or would have then, by eve of today: ``officer``, ``squad``,
    ``leader``, ``left`` and ``left then`` (days, null where he has not, or would not have).

    Raises
    ------
    UserMistake
        There is no such officer.
    """
    worlds = worlds_of(board)
    theory, world = played(board)
    case = worlds.case(theory, events_of(board, overrides=True))
    chosen = np.array(sorted(set(officers)), dtype=np.int64)
    _check_officers(int(str(case.values["officers.pool"])), chosen.tolist())
    block = Block((case, case), np.array([0, 1]), np.array([world, world]), worlds.seed)
    simulation = _begin(board)(block)
    state = simulation.state
    state.lot[chosen, 1] = state.limit[chosen, 1] = NEVER
    left = np.zeros(state.stage.shape, dtype=np.int64)
    gone = np.array([Stage.OPTED_OUT.value, Stage.HOME.value])
    while simulation.running and simulation.state.day < board.today.toordinal() - 1:
        now = simulation.step()
        left[np.isin(now.stage, gone) & (left == 0)] = now.day
    layout = simulation.parameters.layout
    rows = [
        [int(who), int(layout.squad_of[who, 0]), "yes" if layout.leads[who, 0] else "", *map(_day, left[who])]
        for who in np.flatnonzero((left > 0).any(axis=1))
    ]
    return pd.DataFrame(rows, columns=["officer", "squad", "leader", "left", "left then"])


def _begin(board: Board) -> Callable[[Block], Simulation]:
    """How a block of the played world begins: its luck parts on the first day that is played, as at the table."""
    first, seed = board.table.first_day.toordinal(), int(board.head["root_seed"])

    def begin(block: Block) -> Simulation:
        numbers: Ints = np.zeros(block.runs, dtype=np.int64)
        branch = Branch(first, seed, numbers)
        return Simulation.of(block, AddressedDraws(block.luck_seed, block.replicates, branch, block.dtype))

    return begin


def _check_officers(pool: int, officers: Sequence[int]) -> None:
    for officer in officers:
        if not 0 <= officer < pool:
            raise UserMistake("officer", officer, _("a number from 0 to {last}").format(last=pool - 1))


def _day(ordinal: int) -> object:
    return pd.Timestamp.fromordinal(int(ordinal)).date() if ordinal else None
