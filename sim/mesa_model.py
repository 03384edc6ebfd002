"""The world as a Mesa model: one run, stepped by the ensemble's own engine under the ensemble's own luck.

Agents are views of one run's column, and cannot be set. Mesa is imported nowhere else.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
from mesa import Agent, DataCollector, Model, __version__

from sim.ensemble.cases.event_tables import read_events
from sim.ensemble.cases.run_numbers import MOST_FUTURES
from sim.ensemble.design.plan import numbers_of
from sim.ensemble.design.request import Request, request
from sim.ensemble.engine.added_outcomes import Added
from sim.ensemble.engine.block import Block, Simulation
from sim.ensemble.engine.recorder import Recorder
from sim.errors import UserMistake
from sim.model.events import TARGETS, Event, Schedule
from sim.model.state import Letter, Phase, Stage, State
from sim.outcomes import SERIES, outcome_of

_REPLICATES = 2**31
_LUCK = "rng" if tuple(map(int, __version__.split(".")[:2])) >= (3, 4) else "seed"
"""What Mesa calls the number that its generators start from; the older name draws a warning from the newer one."""
_COLUMNS = (*(series.name for series in SERIES), "date", "replicate", "outcomes")


class View(Agent):
    """Somebody of the run, read from today's state; setting an attribute and ``remove()`` raise AttributeError."""

    row = property(lambda view: view._place[0], doc="Number among its kind, from 0, as the engine's arrays have it.")

    def __init__(self, model: DeploymentModel, *row: int) -> None:
        self._place = (*row, 0)
        super().__init__(model)  # which sets what it likes, another thing in each of Mesa's versions
        self._made = True

    def __setattr__(self, name: str, value: object) -> None:
        if "_made" in vars(self) and name not in ("model", "unique_id", "pos"):
            raise AttributeError(f"{type(self).__name__}.{name} is a view and cannot be set: orders go through events")
        super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        """None for what only other kinds of agents have, so that one reporter can be asked of all of them."""
        if any(isinstance(vars(kind).get(name), property) for kind in View.__subclasses__()):
            return None
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def remove(self) -> None:
        """Refuse: whoever leaves stays in ``model.agents`` with his stage."""
        raise AttributeError(f"{type(self).__name__} is a view and cannot be removed: orders go through events")


def _seen(field: str, text: str, kind: Callable[[Any], Any] = float) -> property:
    """A property that reads the view's own entry of one array of the state."""
    return property(lambda view: kind(getattr(view.model.state, field)[view._place]), doc=text)


def _remembered(per: str) -> property:
    """A property that reads the view's own entries of the theory's memory, by name."""

    def values(view: View) -> dict[str, float]:
        kept, state = view.model.theory.memory, view.model.state
        return {memory.name: float(state.memory[memory.name][view._place]) for memory in kept if memory.per == per}

    return property(values, doc="What the theory in force remembers of it, by name; empty for most theories.")


def _day(ordinal: float) -> dt.date | None:
    return dt.date.fromordinal(int(ordinal)) if ordinal > 0 else None


class Officer(View):
    """A police officer of the pool, from volunteer to whatever became of him."""

    stage = _seen("stage", "Where he stands; from ``Stage.OPTED_OUT`` on he has left.", Stage)
    letter = _seen("letter", "What became of his wish to leave.", Letter)
    present = _seen("present", "Whether he is still in.", bool)
    at_risk = _seen("at_risk", "Whether he may still come to want out.", bool)
    perceived = _seen("perceived", "Perceived hazard of a 12-month tour, logit.")
    cumulated = _seen("cumulated", "Hazard cumulated so far; he wants out when it passes ``tolerance``.")
    tolerance = _seen("tolerance", "How much he takes before he wants out.")
    frailty = _seen("frailty", "Mean 1; divides his tolerance.")
    baseline = _seen("baseline", "Perceived hazard to which he comes back, logit.")
    dread = _seen("dread", "How strongly news moves him, median 1.")
    efficacy = _seen("efficacy", "How able he thinks himself, standard normal.")
    pay_need = _seen("pay_need", "What pay means to him, median 1.")
    friction = _seen("friction", "Uniform draw; below the run's friction his wish to leave is blocked.")
    memory = _remembered("officer")
    squad = property(lambda o: int(o.model.layout.squad_of[o.row, 0]), doc="Row of his squad.")
    leads = property(lambda o: bool(o.model.layout.leads[o.row, 0]), doc="Whether he leads it.")


class Squad(View):
    """Officers who serve together."""

    present = _seen("squad_present", "Officers still in.", int)
    exits = _seen("squad_exits", "Officers who left today.", int)
    memory = _remembered("squad")
    size = property(lambda s: int(s.model.layout.sizes[s.row, 0]), doc="Officers it began with.")


class Gang(View):
    """One bloc of gangs, the largest first: a role, never persons or places."""

    excitation = _seen("excitation", "What past attacks bring on, attacks a day.")
    share = property(lambda g: float(g.model.parameters.derived.bloc_share[g._place]), doc="Its share in all attacks.")


class Haiti(View):
    """Haiti's government; levels are 0 to 1 unless said."""

    prime_minister = _seen("prime_minister", "1 when in the country, 0 when not.")
    authority = _seen("authority", "Authority.")
    police = _seen("police", "Active police officers.")
    gang_truce = _seen("gang_truce", "A truce with the gangs.")


class Kenya(View):
    """Kenya's government, and ``levers``, all of them by short name; levels are 0 to 1 unless said."""

    phase = _seen("phase", "Phase of the deployment.", Phase)
    court_block = _seen("court_block", "Whether a court forbids to deploy.", bool)
    accord = _seen("accord", "Whether the accord with Haiti is signed.", bool)
    readiness = _seen("readiness", "How ready the force is.")
    kit_gap = _seen("kit_gap", "Share of the kit that is missing.")
    funding = _seen("funding", "Share of the funds that is there.")
    arrears = _seen("arrears", "Days of pay owed.")
    slips = _seen("slips", "Announced starts that passed.")
    imminence = _seen("imminence", "How real departure feels.")
    assurance = _seen("assurance", "What officers are assured of.")
    deploying_since = _seen("deploying_since", "First day of the deployment, or None.", _day)
    levers = property(lambda k: {n: float(getattr(k.model.state, n)[0]) for n in vars(k.model.parameters.levers)})


class UnitedStates(View):
    """The government of the United States."""

    us_support = _seen("us_support", "Money and logistics, 0 to 1.")
    foreign_troops = _seen("foreign_troops", "Troops in Haiti.")


class UnitedNations(View):
    """The United Nations."""

    trust_fund = _seen("trust_fund", "The trust fund is open, 0 to 1.")


class DeploymentModel(Model):
    """One run of one case, a day a step.

    States, series and outcomes are, bit for bit, those of the same replicate in any ensemble. ``running`` is True until
    ``clock.end`` has been lived; a step beyond it does nothing and does not count in ``steps``. The data collector
    takes a row after each step: the daily series, ``date``, ``replicate``, and on the last day the ``outcomes``.

    `mesa.batch_run` passes no seed, so each iteration is other luck; to compare cases under the same luck, run over
    replicates: ``{"theory": ["breach", "prospects"], "replicate": range(20)}``. Its column ``Step`` counts the rows of
    a run from 0 in Mesa 3.3, where what ``agent_reporters`` saw one step before stands beside a model's row, and is the
    day lived, from 1.0, in Mesa 3.5; ``date`` is the same in both.

    Parameters
    ----------
    scenario, theory
        Names as ``tabletop show scenarios`` and ``tabletop show theories`` list them; None takes conf's own.
    pool
        Officers; short for ``officers__pool``.
    seed, rng, replicate
        The draw of luck, a whole number: seed n, or rng n as newer versions of Mesa have it, is replicate n modulo 2³¹,
        and they must not disagree. With none, it is drawn from the system's entropy. ``model.replicate`` keeps it, and
        ``model.random`` starts from it too.
    agent_reporters
        As `mesa.DataCollector` takes them, asked of all agents each day, and None where an agent has no such attribute;
        or assign another ``model.datacollector``.
    settings
        Any other setting as a keyword, two underscores for the dot: ``media__report_probability=0.1``,
        ``clock__end="2024-03-20"``, ``ensemble__root_seed=1``; a config group by its name, ``governments="rules"``.

    Raises
    ------
    sim.errors.UserMistake
        One line, for an unknown keyword, a wrong type, or a value out of bounds.

    Examples
    --------
    >>> from sim.mesa_model import DeploymentModel, Officer
    >>> model = DeploymentModel(theory="breach", pool=60, replicate=7, clock__end="2023-12-31")
    >>> model.step()
    >>> model.date
    datetime.date(2023, 10, 2)
    >>> model.run_model()
    >>> officers = model.agents_by_type[Officer]
    >>> sum(officers.groupby("stage").count().values())
    60
    >>> model.outcomes()["exits_by_end"] == 60 - sum(officers.get("present"))
    True
    >>> model.datacollector.get_model_vars_dataframe()[["date", "out"]].shape
    (91, 2)
    """

    def __init__(
        self,
        *,
        scenario: str | None = None,
        theory: str | None = None,
        pool: int | None = None,
        seed: int | None = None,
        rng: int | None = None,
        replicate: int | None = None,
        agent_reporters: Mapping[str, Any] | None = None,
        **settings: object,
    ) -> None:
        asked = _asked(_words({"scenario": scenario, "theory": theory, "officers__pool": pool}, settings))
        self.replicate = _replicate(seed=seed, rng=rng, replicate=replicate)
        self._registered = 0
        super().__init__(**{_LUCK: self.replicate})
        self.steps = 0  # which Mesa 4 does not count any more
        self.case, self.root_seed = asked.case, asked.plan.root_seed
        self.orders: tuple[Event, ...] = ()
        most = len(self.case.worlds) * MOST_FUTURES if self.case.worlds else _REPLICATES
        place = self.replicate % most  # of few kept worlds not every replicate has a future of its own
        run = int(numbers_of(self.case, range(place, place + 1))[0])
        self._world = Simulation.of(Block.of_run((self.case,), run, self.root_seed))
        self.parameters, self.theory = self._world.parameters, self._world.theory
        self.layout = self.parameters.layout
        self._recorder = Recorder(self.parameters)
        kinds = {Officer: self.layout.officers, Squad: self.layout.squads, Gang: self.parameters.structure.blocs}
        for kind, count in kinds.items():
            for row in range(count):
                kind(self, row)
        for government in (Haiti, Kenya, UnitedStates, UnitedNations):
            government(self)
        daily = {name: partial(DeploymentModel.today, name=name) for name in _COLUMNS}
        self.datacollector = DataCollector(daily, agent_reporters)

    @property
    def state(self) -> State:
        """Today's state, one run wide, to be read only; the next step changes it in place."""
        return self._world.state

    @property
    def date(self) -> dt.date:
        """The last day lived; before the first step, the eve of ``clock.start``."""
        return dt.date.fromordinal(self.state.day)

    def step(self) -> None:
        """Live one day; nothing happens after the last one."""
        if self._world.running:
            self._recorder.watch(self._world.step())
            self.datacollector.collect(self)
        if not self._world.running:
            self.running = False
        self.steps = self.state.day - self.parameters.structure.start + 1

    def register_agent(self, agent: Agent) -> None:
        """Take an agent in, and number it from 1."""
        super().register_agent(agent)
        self._registered += 1
        agent.unique_id = self._registered
        getattr(Agent, "_ids", {}).pop(self, None)  # where Mesa 3.3 counts agents, and would keep every model for good

    def today(self, name: str) -> Any:
        """One column of the data collector's row of the last day lived; a series is NaN on the eve."""
        if name == "outcomes":
            return None if self._world.running else self.outcomes()
        if name in ("date", "replicate"):
            return getattr(self, name)
        day = self.state.day - self.parameters.structure.start
        return float(self._recorder.series[name][day, 0]) if day >= 0 else math.nan

    def outcomes(self) -> dict[str, float | dt.date | None]:
        """Every outcome by name, added ones last; null is None, and so is all of a run with a fault.

        UserMistake before the end.
        """
        if self._world.running:
            raise UserMistake("outcomes", None, f"known after clock.end; this run has lived to {self.date}")
        columns = {**self._recorder.outcomes(), **Added.of(self._recorder).values}
        values = {name: float(v[0]) for name, v in columns.items()}
        null = {name for name, value in values.items() if math.isnan(value) or self.state.fault[0]}
        dates = {name for name in values if outcome_of(name).type == "date"}
        return {n: None if n in null else _day(v) if n in dates else v for n, v in values.items()}

    def order(self, event: Event | Mapping[str, Any]) -> tuple[Event, ...]:
        """Let a player decide something: the same as one more row at the end of the scenario's event table.

        ``event`` is an Event, or rows by name as a scenario's ``events`` has them,
        ``{"escrow": {"date": "2024-03-08", "set": {"levers": {"pay_escrow": 1}}}}``. The first day to order for is the
        one that the next step lives; a condition is watched from it on. Returns what was ordered.

        Raises
        ------
        sim.errors.UserMistake
            For a malformed row, a day already lived, or one after ``clock.end``; nothing is ordered then.
        """
        given = (event,) if isinstance(event, Event) else read_events(event, key="order")
        first, last = self.date + dt.timedelta(1), dt.date.fromordinal(self.parameters.structure.end)
        for one in given:
            for name in {name for name, _, _ in one.writes} - set(TARGETS):
                raise UserMistake(f"order.{one.id}.{name}", None, f"no such level; there are {', '.join(TARGETS)}")
            if one.when is None and not (one.date and first <= one.date <= last):
                right = f"a day from {first} to {last}" if self._world.running else "the run is over"
                raise UserMistake(f"order.{one.id}.date", one.date, right)
        orders = tuple(replace(one, origin="player") for one in given)
        self.orders += orders
        alone, world = np.array([0]), self._world
        table = sorted((*self.case.events, *self.orders), key=lambda e: e.date or dt.date.max)
        fresh = Schedule.build([orders], alone, world.values).watches  # after the old ones, whose streaks go on
        dated = Schedule.build([table], alone, world.values).by_day
        world.schedule = Schedule(dated, (*world.schedule.watches, *fresh))
        for name in ("streak", "fired", "fired_on"):
            old = getattr(world.state, name)
            setattr(world.state, name, np.concatenate([old, np.zeros((len(fresh), 1), dtype=old.dtype)]))
        return orders


@lru_cache(maxsize=256)
def _asked(words: tuple[str, ...]) -> Request:
    """Compose once for all replicates of a case; Hydra takes a tenth of a second."""
    return request(words)


def _words(named: dict[str, object], settings: dict[str, object]) -> tuple[str, ...]:
    """Keywords in Hydra's words."""
    given = {keyword: value for keyword, value in named.items() if value is not None}
    for keyword, value in settings.items():
        if keyword in given:
            raise UserMistake(keyword, value, "given twice: pool is short for it")
        if keyword.split("__")[0] in ("ensemble", "executor", "out", "hydra") and keyword != "ensemble__root_seed":
            raise UserMistake(keyword, value, "no setting of one run; its luck is replicate and ensemble__root_seed")
    plain = {"None": "null", "True": "true", "False": "false"}
    return tuple(f"{key.replace('__', '.')}={plain.get(str(v), v)}" for key, v in (given | settings).items())


def _replicate(**named: Any) -> int:
    """The draw of luck that seed, rng and replicate name together; a fresh one when they name none."""
    given = {key: value for key, value in named.items() if value is not None}
    for key, value in given.items():
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if not whole or value < 0 or (key == "replicate" and value >= _REPLICATES):
            raise UserMistake(key, value, f"a whole number from 0; replicates go to {_REPLICATES - 1}")
    if not given:
        return int(np.random.SeedSequence().generate_state(1)[0]) % _REPLICATES
    (first, value), *others = given.items()
    for key, other in others:
        if int(other) % _REPLICATES != int(value) % _REPLICATES:
            raise UserMistake(first, value, f"not {key} {other}: give one of the two")
    return int(value) % _REPLICATES
