"""A row an officer: when he came to want out, when he left, where he stood at the end, and who he was.

Kept on request, because a run of 400 officers has 400 rows. The block is lived once more for it, with the same luck,
and only looked at each evening; so asking for officers changes no outcome.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from sim.ensemble.engine.block import Block, Simulation
from sim.ensemble.engine.result_tables import days_of, keys, numbers
from sim.model.state import Letter, Stage
from sim.outcomes import Outcome

TRAITS = ("baseline", "dread", "efficacy", "pay_need", "frailty", "tolerance", "friction")
"""What distinguishes officers under every theory, by the state's own names."""

COLUMNS: tuple[Outcome, ...] = (
    Outcome("officer", "count", "number", "place in the pool, from 0; the same officer in every case of the root seed"),
    Outcome("squad", "count", "number", "his squad, from 0"),
    Outcome("leader", "count", "0 or 1", "1 if he leads it"),
    Outcome("intent_date", "date", "date", "day on which he came to want out; null if never"),
    Outcome("left_date", "date", "date", "day on which he left; null if he did not"),
    Outcome("stage", "text", "word", f"where he stands at the end: {', '.join(s.name.lower() for s in Stage)}"),
    Outcome("letter", "text", "word", f"what became of his wish: {', '.join(s.name.lower() for s in Letter)}"),
    Outcome("perceived_hazard", "share", "probability", "hazard of a tour that he perceives on the last day"),
    Outcome("baseline", "level", "logits", "trait: the hazard of a tour that he perceives at the reference"),
    Outcome("dread", "level", "1", "trait: how strongly news moves him; median 1"),
    Outcome("efficacy", "level", "sd", "trait: how able he thinks the mission is; standard normal"),
    Outcome("pay_need", "level", "1", "trait: how much the pay means to him; median 1"),
    Outcome("frailty", "level", "1", "trait: what his hazard is multiplied by; mean 1"),
    Outcome("tolerance", "level", "1", "what his cumulated hazard must reach before he wants out"),
    Outcome("friction", "level", "1", "trait: his wish is blocked where this is below the friction; uniform on 0 to 1"),
)


def officer_table(block: Block, runs: Sequence[int]) -> pa.Table:
    """One row an officer of the named runs of a block, good ones; by run, then officer.

    Runs that failed cannot be lived to their end and belong to nobody's ``runs``.
    """
    if not len(runs):
        return pa.table({})
    chosen = np.asarray(runs)
    of = Block(block.cases, block.case_of_run[chosen], block.replicates[chosen], block.root_seed, block.dtype)
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
    state, layout, runs = world.state, world.parameters.structure.layout, block.runs
    officers = layout.officers
    leads = np.zeros(officers, dtype=np.int32)
    leads[layout.starts] = 1
    hazard = 1 / (1 + np.exp(-np.clip(state.perceived.astype(np.float64), -80, 80)))
    return pa.table(
        {
            **keys(block, np.repeat(np.arange(runs), officers)),
            "officer": pa.array(np.tile(np.arange(officers), runs)),
            "squad": pa.array(np.tile(layout.squad_of, runs)),
            "leader": pa.array(np.tile(leads, runs)),
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
