"""States of each day that the recorder does not watch: Kenya's phase, blocked intents, the reserve.

As for officers, the runs are lived once more and looked at each evening, so asking for states changes no outcome, and
costs nothing to whoever does not ask.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from sim.arrays import Array
from sim.ensemble.engine.block import Result, Simulation
from sim.ensemble.engine.result_tables import by_day
from sim.model.state import Letter, Stage, State
from sim.outcomes.states import STATES


def state_table(result: Result) -> pa.Table:
    """One row a run and day of the good runs of a stepped block, as the store takes them.

    Columns are those of :mod:`sim.ensemble.store.tables.states`.
    """
    good = np.flatnonzero([not message for message in result.messages])
    if not len(good):
        return pa.table({})
    block = result.block.take(good)
    world = Simulation.of(block)
    structure = world.parameters.structure
    shape = structure.end - structure.start + 1, block.runs
    noted = {entry.name: np.zeros(shape, dtype=np.float32) for entry in STATES}
    before = np.zeros(block.runs)
    while world.running:
        state = world.step()
        so_far = np.count_nonzero(state.letter == Letter.BLOCKED, axis=0)
        for name, values in _of(state).items():
            noted[name][state.day - structure.start] = values
        noted["blocked"][state.day - structure.start] = so_far - before
        before = so_far
    return by_day(block, np.arange(block.runs), noted)


def _of(state: State) -> Mapping[str, Array]:
    """The states that an evening shows by itself."""
    return {
        "phase": state.phase,
        "deployed": np.count_nonzero(state.stage == Stage.DEPLOYED, axis=0),
        "reserve": state.reserve,
        "on_hand": state.available + state.reserve,
    }
