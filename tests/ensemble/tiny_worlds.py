"""Worlds small enough to be run by the dozen: forty officers, from a fortnight before the surge to a fortnight after.

``VARIETY`` holds worlds in which much happens: between them every theory, every rule and every lever is at work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from sim.arrays import Floats, Ints
from sim.ensemble.cases.case import Case
from sim.ensemble.engine.addressed_draws import AddressedDraws, Branch
from sim.ensemble.engine.block import Simulation
from sim.ensemble.engine.recorder import Recorder
from sim.ensemble.store.store import Store
from sim.model import media, officers
from sim.model.officers import COHESION
from sim.model.state import Letter, State
from sim.model.tile import Tiles
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.look import look
from tests import worlds
from tests.worlds import identical

RULES = (
    "governments.mode=rules",
    "governments.pause_authority=0",
    "governments.pause_control=1",
    "governments.resume_authority=0",
    "governments.resume_readiness=0.1",
    "governments.resume_funding=0.1",
    "governments.wave_size=15",
    "governments.wave_days=5",
    "officers.casualty_scale=100",
)
"""Kenya deploys as soon as the record is over, in waves, and meets casualties."""
LEVERS = (
    "levers.leaders_briefed=1",
    "levers.credible_denial=1",
    "levers.squad_opt_out=1",
    "levers.first_contingent=20",
    "levers.kit_first=1",
    "levers.gang_truce=0.5",
    "officers.reactance=0.5",
)
SMALL_SQUADS = ("officers.squad_min=1", "officers.squad_max=4")
"""So small that under ``squad_opt_out`` some agree to go."""
VARIETY: Mapping[str, tuple[str, ...]] = {
    **{name: (f"theory={name}",) for name in THEORIES},
    "rules": ("theory=breach", *RULES),
    "levers": ("theory=prospects", "theory.harm=400", *LEVERS, *SMALL_SQUADS),
    "comrades hold": ("theory=threat_efficacy", "officers.cohesion=hold", "levers.mandatory=0.3"),
    "lonely squads": ("theory=squad_threshold", "officers.cohesion=none", "officers.squad_min=1"),
}
SEED = 7


def case(*words: str) -> Case:
    """The short case that these words ask for; what they say outranks what makes it short."""
    return worlds.make_case(*worlds.SHORT, *words)


block = partial(worlds.block, seed=SEED)
"""``block(case, case, replicates=range(4), dtype="float32", seed=7)``: the same replicates of every case."""


def opened(folder: Path) -> Store:
    """A store of nobody's model, made where there is none."""
    return Store.open(folder, model_version=1, record="cafe")


def world(
    *cases: Case,
    replicates: Sequence[int] = range(4),
    dtype: str = "float32",
    futures: Sequence[int] | None = None,
    branch_day: int | None = None,
) -> Simulation:
    """The eve of the first day; with ``futures``, each run has its own luck from ``branch_day`` on."""
    of = Simulation.of(block(*cases, replicates=replicates, dtype=dtype))
    if futures is not None:
        assert branch_day is not None
        of.draws = AddressedDraws(SEED, replicates, Branch(branch_day, SEED, np.array(futures)), dtype)
    return of


def until(of: Simulation, day: int) -> Simulation:
    """Step a world to the end of ``day``."""
    while of.state.day < day:
        of.step()
    return of


def resumed(of: Simulation, state: State) -> Simulation:
    """A world that goes on from a state that was kept."""
    return Simulation(of.values, of.parameters, of.schedule, of.draws, of.theory, state)


def decide(of: Simulation, hazards: Floats | float | None = None) -> State:
    """Let officers of a world of one tile decide by these hazards, or by the theory's; perceived hazard stays."""
    state, p = of.state, of.parameters
    given = np.empty_like(state.perceived)
    if hazards is None:
        of.theory.hazard(look(state, p), p, given)
    else:
        given[...] = hazards
    return _end(of, given, np.empty((0, 2), np.int64))


def let_go(of: Simulation, leaving: Ints | Sequence[object]) -> State:
    """End a day on which nobody has a reason to leave, but so many of each squad do: ``(squads, runs)``."""
    state, layout = of.state, of.parameters.layout
    state.friction.fill(1)  # no letter is blocked
    who = []
    for (squad, run), count in np.ndenumerate(np.broadcast_to(leaving, state.squad_exits.shape)):
        rows = np.arange(layout.officers)[layout.members(squad, run)]
        still = rows[state.letter[rows, run] != Letter.ACCEPTED]
        assert count <= len(still)
        who += [(officer, run) for officer in still[: int(count)]]
    return _end(of, np.zeros_like(state.perceived), np.array(who, np.int64).reshape(-1, 2))


def _end(of: Simulation, hazards: Floats, more: Ints) -> State:
    state, structure = of.state, of.parameters.structure
    tiles = Tiles(state, of.parameters)
    (tile,) = tiles
    tiles.draw(of.draws.luck(state.day))
    (given,) = tiles.cut(hazards)
    count = officers.pass_over_given(tile, COHESION[structure.cohesion], of.theory.null, given)
    intents = count + len(more)
    tile.who[count:intents], tile.where[count:intents] = more.T
    exits = officers.leave(tile, state.day, tile.who, tile.where, intents, structure.record_end)
    officers.suffer(tile)
    media.report_exits(tile, tile.who, tile.where, exits)
    officers.note(tile)
    return state


@dataclass
class Life:
    """Everything that can be seen of a block: its last state, its series and its outcomes."""

    seen: dict[str, np.ndarray]

    @classmethod
    def of(cls, start: Simulation) -> Life:
        recorder = Recorder(start.parameters)
        while start.running:
            recorder.watch(start.step())
        state = {f"state.{name}": array for name, array in start.state.to_arrays().items() if name != "day"}
        series = {f"series.{name}": array for name, array in recorder.series.items()}
        return cls(state | series | {f"outcome.{name}": array for name, array in recorder.outcomes().items()})

    def differs(self, other: Life, mine: Sequence[int], theirs: Sequence[int]) -> list[str]:
        """Names of all that is not the same, bit for bit, in my runs and theirs.

        A block has as many rows of squads as its run with most of them; those that a run lacks hold nothing.
        """
        assert self.seen.keys() == other.seen.keys()
        return [
            name
            for name in self.seen
            if not _alike(self.seen[name][..., list(mine)], other.seen[name][..., list(theirs)])
        ]

    def __getitem__(self, name: str) -> np.ndarray:
        return self.seen[name]


def _alike(one: np.ndarray, other: np.ndarray) -> bool:
    rows = min(len(one), len(other))
    return identical(one[:rows], other[:rows]) and not one[rows:].any() and not other[rows:].any()
