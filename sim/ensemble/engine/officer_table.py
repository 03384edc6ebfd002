"""A row an officer: when he came to want out, when he left, where he stood at the end, and who he was.

Kept on request, because a run of 400 officers has 400 rows. The block is lived once more for it, with the same luck,
and only looked at each evening; so asking for officers changes no outcome.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from sim.ensemble.engine.block import Block, Result, Simulation
from sim.ensemble.engine.result_tables import days_of, keys, numbers
from sim.model.state import Letter, Stage

TRAITS = ("baseline", "dread", "efficacy", "pay_need", "frailty", "tolerance", "friction")
"""What distinguishes officers under every theory, by the state's own names."""


def officer_table(result: Result) -> pa.Table:
    """One row an officer of each good run of a stepped block; by run, then officer.

    Columns are those of :mod:`sim.ensemble.store.tables.officers`. Failed runs cannot be lived to their end and have
    no rows.
    """
    good = np.flatnonzero([not message for message in result.messages])
    if not len(good):
        return pa.table({})
    block = result.block
    of = block.take(good)
    world = Simulation.of(of)
    intent, left = (np.zeros(world.state.stage.shape, dtype=np.int64) for _ in range(2))
    while world.running:
        state = world.step()
        _note(intent, state.letter != Letter.NONE, state.day)
        _note(left, state.letter == Letter.ACCEPTED, state.day)
    return _table(of, world, intent, left)


def _note(when: np.ndarray, now: np.ndarray, day: int) -> None:
    when[now & (when == 0)] = day


def _table(block: Block, world: Simulation, intent: np.ndarray, left: np.ndarray) -> pa.Table:
    state, layout, runs = world.state, world.parameters.layout, block.runs
    officers = layout.officers
    hazard = 1 / (1 + np.exp(-np.clip(state.perceived.astype(np.float64), -80, 80)))
    return pa.table(
        {
            **keys(block, np.repeat(np.arange(runs), officers)),
            "officer": pa.array(np.tile(np.arange(officers), runs)),
            "squad": pa.array(_column(layout.squad_of).astype(np.int64)),
            "leader": pa.array(_column(layout.leads).astype(np.int32)),
            "intent_date": days_of(_column(np.where(intent > 0, intent, np.nan))),
            "left_date": days_of(_column(np.where(left > 0, left, np.nan))),
            "stage": _words(Stage, state.stage),
            "letter": _words(Letter, state.letter),
            "perceived_hazard": numbers(_column(hazard)),
            **{name: numbers(_column(np.broadcast_to(getattr(state, name), hazard.shape))) for name in TRAITS},
        }
    )


def _column(values: np.ndarray) -> np.ndarray:
    """``(officers, runs)`` as one column, run after run."""
    return values.T.ravel()


def _words(kind: type[Stage] | type[Letter], values: np.ndarray) -> pa.Array:
    names = pa.array([member.name.lower() for member in sorted(kind)], pa.string())
    return names.take(pa.array(_column(values).astype(np.int64)))
