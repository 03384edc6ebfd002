"""Running blocks: many runs stepped together, and a fault that costs no neighbour.

A block is homogeneous in structure; points of a sweep, scenarios and replicates ride in it side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arrays import FloatArray
from sim.ensemble.cases.case import Case
from sim.ensemble.engine.added_outcomes import Added
from sim.ensemble.engine.addressed_draws import AddressedDraws, squad_layout
from sim.ensemble.engine.recorder import Recorder
from sim.model.day import step
from sim.model.events import Schedule
from sim.model.officers import Scratch
from sim.model.parameters import Parameters, Structure, from_values
from sim.model.start import initial
from sim.model.state import State
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.interface import Theory
from sim.outcomes import OUTCOMES

_GROUPS = ("gangs.", "media.", "officers.", "governments.", "levers.", "theory.")


@dataclass(frozen=True)
class Block:
    """Runs to be stepped together.

    Attributes
    ----------
    cases
        Cases of equal structure.
    case_of_run
        Index into ``cases``, ``(runs,)``.
    replicates
        Replicate of each run, ``(runs,)``.
    """

    cases: tuple[Case, ...]
    case_of_run: NDArray[np.int64]
    replicates: NDArray[np.int64]
    root_seed: int
    dtype: str = "float32"

    @property
    def runs(self) -> int:
        """Number of runs."""
        return len(self.replicates)

    def single(self, run: int) -> Block:
        """One run of the block as a block of its own."""
        chosen = slice(run, run + 1)
        return Block(self.cases, self.case_of_run[chosen], self.replicates[chosen], self.root_seed, self.dtype)


@dataclass
class Simulation:
    """Everything that one block needs to be stepped, and its state."""

    parameters: Parameters
    schedule: Schedule
    draws: AddressedDraws
    theory: Theory
    state: State
    scratch: Scratch

    @classmethod
    def of(cls, block: Block) -> Simulation:
        """The eve of the first day."""
        parameters = block_parameters(block)
        schedule = Schedule.build([case.events for case in block.cases], block.case_of_run)
        draws = AddressedDraws(block.root_seed, block.replicates)
        theory = THEORIES[parameters.structure.theory]
        state = initial(parameters, schedule, draws, theory)
        return cls(parameters, schedule, draws, theory, state, Scratch.like(state))

    def step(self) -> State:
        """One day."""
        return step(self.state, self.parameters, self.schedule, self.draws, self.theory, self.scratch)

    @property
    def running(self) -> bool:
        """Whether a day is left."""
        return self.state.day < self.parameters.structure.end


@dataclass(frozen=True)
class Result:
    """What came of a block; arrays over its runs, a failed run's outcomes are NaN and its message says why.

    ``added`` are the outcomes that someone added to those of the model version.
    """

    block: Block
    outcomes: dict[str, FloatArray]
    series: dict[str, NDArray[np.floating[Any]]]
    messages: tuple[str, ...]
    added: Added = field(default_factory=Added)


def simulate(block: Block) -> Result:
    """Run a block to its end.

    A hazard that is no probability stops its own run; an exception has the block replayed as single runs, so that
    the run it belongs to becomes a failed one and no neighbour suffers.
    """
    world: Simulation | None = None
    try:
        world = Simulation.of(block)
        recorder = Recorder(world.parameters)
        while world.running:
            recorder.watch(world.step())
        return _result(block, world, recorder)
    except Exception as error:  # any fault of a theory is data
        if block.runs == 1:
            return _failed(block, _where(block, world), f"{type(error).__name__}: {error}")
        return _join(block, [simulate(block.single(run)) for run in range(block.runs)])


def block_parameters(block: Block) -> Parameters:
    """Settings of the block's cases as arrays over its runs."""
    v: Any = block.cases[0].values
    structure = Structure(
        theory=v["theory.name"],
        rules=v["governments.mode"] == "rules",
        cohesion=v["officers.cohesion"],
        blocs=v["gangs.blocs"],
        start=v["clock.start"].toordinal(),
        record_end=v["clock.record_end"].toordinal(),
        target_date=v["clock.target_date"].toordinal(),
        end=v["clock.end"].toordinal(),
        pool=v["officers.pool"],
    )
    sizes = v["officers.squad_min"], v["officers.squad_max"]
    layout = squad_layout(block.root_seed, block.replicates, structure.pool, *sizes, block.dtype)
    numbers = [k for k, value in v.items() if k.startswith(_GROUPS) and isinstance(value, int | float)]
    values = {
        k: np.array([case.values[k] for case in block.cases], dtype=np.float64)[block.case_of_run] for k in numbers
    }
    return from_values(structure, layout, values, np.dtype(block.dtype))


def _result(block: Block, world: Simulation, recorder: Recorder) -> Result:
    outcomes = recorder.outcomes()
    fault = world.state.fault
    cause = "hazard is not a probability, or perceived hazard or memory not a number"
    messages = tuple(_message(block, date.fromordinal(int(day)), cause) if day else "" for day in fault)
    for values in outcomes.values():
        values[fault > 0] = np.nan
    return Result(block, outcomes, dict(recorder.series), messages, Added.of(recorder))


def _failed(block: Block, day: date | None, cause: str) -> Result:
    return Result(block, {o.name: np.full(1, np.nan) for o in OUTCOMES}, {}, (_message(block, day, cause),))


def _join(block: Block, parts: Sequence[Result]) -> Result:
    outcomes = {name: np.concatenate([part.outcomes[name] for part in parts]) for name in parts[0].outcomes}
    whole = next((part.series for part in parts if part.series), {})
    series = {
        name: np.concatenate([part.series.get(name, np.full_like(values, np.nan)) for part in parts], axis=1)
        for name, values in whole.items()
    }
    messages = tuple(message for part in parts for message in part.messages)
    added = Added.join([part.added for part in parts], [part.block.runs for part in parts])
    return Result(block, outcomes, series, messages, added)


def _where(block: Block, world: Simulation | None) -> date | None:
    return None if world is None else date.fromordinal(world.state.day)


def _message(block: Block, day: date | None, cause: str) -> str:
    theory = THEORIES.get(block.cases[0].theory)
    name = f"{theory.number} {theory.name}" if theory else block.cases[0].theory
    when = day.isoformat() if day else "before the first day"
    return " ".join(f"{name}, {when}: {cause}".split())
