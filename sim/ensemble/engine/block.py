"""Running blocks: many runs stepped together, and a fault that costs no neighbour.

A block is homogeneous in structure; points of a sweep, scenarios and replicates ride in it side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array, FloatArray
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.run_numbers import FUTURES
from sim.ensemble.cases.unknown_draws import draw_unknowns
from sim.ensemble.engine.added_outcomes import Added
from sim.ensemble.engine.addressed_draws import AddressedDraws, Branch, squad_layout
from sim.ensemble.engine.recorder import Recorder
from sim.model.day import ORDER, step
from sim.model.events import Schedule
from sim.model.luck import Purpose
from sim.model.parameters import Parameters, Structure, from_values
from sim.model.start import initial, lots
from sim.model.state import State
from sim.model.tile import Tiles
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.compiled import CompiledTheory
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
        Replicate of each run, ``(runs,)``: its draw of luck, and of unknowns where they are drawn.
    root_seed
        Family of luck; of the futures' luck alone where a bank made the past.
    futures
        Future of each run, ``(runs,)``; None: the 0th. Only where a bank made the past does a run part from it.
    worlds
        World of each run, whose unknowns it has, ``(runs,)``; None: the replicate's. Others give a world other luck.
    """

    cases: tuple[Case, ...]
    case_of_run: NDArray[np.int64]
    replicates: NDArray[np.int64]
    root_seed: int
    dtype: str = "float32"
    futures: NDArray[np.int64] | None = None
    worlds: NDArray[np.int64] | None = None

    @property
    def runs(self) -> int:
        """Number of runs."""
        return len(self.replicates)

    @classmethod
    def of_run(cls, cases: tuple[Case, ...], number: int, root_seed: int, dtype: str = "float32") -> Block:
        """The run of this number (:func:`sim.ensemble.cases.run_numbers.run_numbers`) of each case."""
        future, replicate = divmod(number, FUTURES)
        count = len(cases)
        later = np.full(count, future) if future else None
        return cls(cases, np.arange(count), np.full(count, replicate), root_seed, dtype, later)

    @property
    def luck_seed(self) -> int:
        """The family of luck of the runs' past."""
        return self.cases[0].luck_seed(self.root_seed)

    @property
    def future_of_run(self) -> NDArray[np.int64]:
        """Future of each run, ``(runs,)``."""
        return np.zeros(self.runs, dtype=np.int64) if self.futures is None else self.futures

    @property
    def world_of_run(self) -> NDArray[np.int64]:
        """World of each run, ``(runs,)``."""
        return self.replicates if self.worlds is None else self.worlds

    def take(self, runs: NDArray[np.int64]) -> Block:
        """Some runs of the block, ``(chosen,)``, as a block of the cases that they are of."""
        used, case_of_run = np.unique(self.case_of_run[runs], return_inverse=True)
        return replace(
            self,
            cases=tuple(self.cases[case] for case in used),
            case_of_run=case_of_run,
            replicates=self.replicates[runs],
            futures=None if self.futures is None else self.futures[runs],
            worlds=None if self.worlds is None else self.worlds[runs],
        )

    def single(self, run: int) -> Block:
        """One run of the block as a block of its own."""
        return self.take(np.array([run]))


@dataclass
class Simulation:
    """Everything that one block needs to be stepped, and its state.

    ``values`` are :func:`values_of_runs`, ``order`` are the parts of a day.
    """

    values: Mapping[str, FloatArray]
    parameters: Parameters
    schedule: Schedule
    draws: AddressedDraws
    theory: Theory
    state: State
    order: Sequence[str] = ORDER

    def __post_init__(self) -> None:
        self._tiles: Tiles | None = None
        self._ahead = False

    def __getstate__(self) -> dict[str, Any]:
        """What a copy is made of: tiles are views of the state, and a copy makes its own."""
        self.catch_up()
        return vars(self) | {"_tiles": None}

    @classmethod
    def of(cls, block: Block, draws: AddressedDraws | None = None, order: Sequence[str] = ORDER) -> Simulation:
        """The eve of the first day; ``draws`` are luck in place of the block's own."""
        values = values_of_runs(block)
        parameters = block_parameters(block, values)
        schedule = Schedule.build([case.events for case in block.cases], block.case_of_run, values)
        draws = draws or draws_of(block)
        theory = THEORIES[parameters.structure.theory]
        state = initial(parameters, schedule, draws, theory)
        return cls(values, parameters, schedule, draws, theory, state, order)

    def step(self) -> State:
        """One day."""
        self.go_on(self.state.day + 1)
        return self.state

    def go_on(self, last: int, *, tables_only: bool = False) -> Array:
        """Live on, to ``last`` at most, and while nothing is scheduled; levels evening by evening.

        On the first day of a future of its own, who stayed draws his remaining tolerance anew. With ``tables_only`` a
        wide state has today's levels and days alone; :meth:`catch_up` brings the rest.
        """
        reads = self.theory.reads if isinstance(self.theory, CompiledTheory) else ()
        if self._tiles is None or not self._tiles.of(self.state, reads):
            self._tiles, self._ahead = Tiles(self.state, self.parameters, reads), False
        today, branch = self.state.day + 1, self.draws.branch
        if not tables_only:
            self.catch_up()
        if branch is not None and branch.day == today:
            self.catch_up()
            redraw_tolerances(self.state, self.draws)
            self._tiles.fetch()
        self._tiles.draw(self.draws.luck(today))
        last = self.draws.same_until(today, last)
        self._ahead = tables_only
        fixed = self.parameters, self.schedule, self.theory, self._tiles
        return step(self.state, *fixed, last, order=self.order, tables_only=tables_only)

    def live(self, last: int, note: Callable[[Array], object]) -> None:
        """Live to the evening of ``last``, a proleptic ordinal; ``note`` is given the levels of days as they go by.

        All of the state is up to date when the last of them are noted.
        """
        while self.state.day < last:
            watched = self.go_on(last, tables_only=True)
            if self.state.day >= last:
                self.catch_up()
            note(watched)

    def catch_up(self) -> None:
        """Bring all of the state up to date."""
        if self._tiles is not None and self._ahead:
            self._tiles.bring_back()
        self._ahead = False

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


Luck = Callable[[Block], AddressedDraws]
"""Draws of the runs of a block."""


def draws_of(block: Block, kind: type[AddressedDraws] = AddressedDraws) -> AddressedDraws:
    """The luck of a block's runs; of another ``kind`` they are read otherwise."""
    return kind(block.luck_seed, block.replicates, _branch(block), block.dtype)


def simulate(block: Block, luck: Luck = draws_of, order: Sequence[str] = ORDER) -> Result:
    """Run a block to its end.

    A hazard that is no probability stops its own run; an exception has the block replayed as single runs, so that
    the run it belongs to becomes a failed one and no neighbour suffers. With other ``luck``, or another ``order`` of
    the day, the runs are not those that the block's addresses name, and belong in no store.
    """
    world: Simulation | None = None
    try:
        world = Simulation.of(block, luck(block), order)
        recorder = Recorder(world.parameters)
        while recorder.daily and world.running:
            recorder.watch(world.step())
        world.live(world.parameters.structure.end, partial(recorder.take, world.state))
        return _result(block, world, recorder)
    except Exception as error:  # any fault of a theory is data
        if block.runs == 1:
            return _failed(block, _where(block, world), f"{type(error).__name__}: {error}")
        return _join(block, [simulate(block.single(run), luck, order) for run in range(block.runs)])


def _branch(block: Block) -> Branch | None:
    """Where the runs of a block part from the past that a bank made."""
    parts = block.cases[0].unknowns.parts
    start = block.cases[0].values["clock.start"]
    assert isinstance(start, date)
    if parts is None or parts <= start:
        return None
    return Branch(parts.toordinal(), block.root_seed, block.future_of_run)


def redraw_tolerances(state: State, draws: AddressedDraws) -> None:
    """Give each officer another tolerance, given that he has stayed: E = a·Λ + Exp(1), since Exp has no memory.

    His lot is the survival that he has now times another first lot, for survival is e^−Λ, and frailty a is his.
    """
    fresh = lots(draws.branched(Purpose.TOLERANCE, len(state.lot)), state.frailty)
    left = np.maximum(state.survival * fresh, np.finfo(state.lot.dtype).tiny)
    np.copyto(state.lot, left, where=state.lot > 0)  # but of who never wants out
    np.copyto(state.limit, state.lot, where=state.at_risk > 0)


def values_of_runs(block: Block) -> dict[str, FloatArray]:
    """Every setting that is a number, held or drawn, by dotted name: float64, ``(runs,)`` each."""
    rows = [case.values for case in block.cases]
    names = [k for k, v in rows[0].items() if k.startswith(_GROUPS) and (v is None or isinstance(v, int | float))]
    values = {k: np.array([row[k] for row in rows], dtype=np.float64)[block.case_of_run] for k in names}
    distinct: dict[tuple[Any, ...], list[int]] = {}
    for number, case in enumerate(block.cases):
        if case.unknowns.drawn:
            distinct.setdefault(tuple(case.unknowns.drawn.items()), []).append(number)
    for alike in distinct.values():
        runs = np.flatnonzero(np.isin(block.case_of_run, alike))
        case, held = block.cases[alike[0]], {key: column[runs] for key, column in values.items()}
        worlds = block.world_of_run[runs]
        for key, drawn in draw_unknowns(case.unknowns.drawn, case.theory, block.luck_seed, worlds, held).items():
            values[key][runs] = drawn
    return values


def block_parameters(block: Block, values: Mapping[str, FloatArray] | None = None) -> Parameters:
    """Settings of the block's cases as arrays over its runs; ``values`` as :func:`values_of_runs` gives them."""
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
    layout = squad_layout(block.luck_seed, block.replicates, structure.pool, *sizes, block.dtype)
    values = values or values_of_runs(block)
    own = [parameter.key for parameter in THEORIES[structure.theory].parameters if parameter.key in values]
    return from_values(structure, layout, values, np.dtype(block.dtype), own)


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
