"""The whole state of a block of runs: one flat object of arrays whose last axis is the run.

No generator and no history live here, so a state can be copied, sliced by run, repeated and saved, and going on
from it is the same as never having stopped. What a theory of withdrawal carries from day to day is state too
(``memory``). Units: shares and levels in [0, 1], counts of people, calendar days
as proleptic ordinals. ``O`` officers, ``S`` squads, ``G`` blocs, ``C`` conditional events, ``R`` runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import IntEnum
from typing import Any

import numpy as np

from sim.arrays import Array


class Stage(IntEnum):
    """Where an officer stands; from ``OPTED_OUT`` on he has left."""

    VOLUNTEER = 0
    SELECTED = 1
    TRAINED = 2
    DEPLOYED = 3
    OPTED_OUT = 4
    HOME = 5
    INJURED = 6
    KILLED = 7


class Letter(IntEnum):
    """What became of an officer's wish to leave."""

    NONE = 0
    BLOCKED = 1
    WAITING = 2
    ACCEPTED = 3


TRIGGERS = 3
"""What unites the gangs: the prime minister's absence, a force announced, exclusion from talks."""


class Phase(IntEnum):
    """Kenya's phase."""

    BLOCKED = 0
    AUTHORISED = 1
    PAUSED = 2
    DEPLOYING = 3
    IN_THEATRE = 4


@dataclass
class State:
    """State at the end of ``day``; see the module's docstring for shapes and units."""

    day: int
    # gangs: (R,), excitation (G, R), trigger_on (3, R): day on which each trigger last rose from nothing
    coalition: Array
    trigger_on: Array
    control: Array
    excitation: Array
    shut_out: Array
    intensity: Array
    attacks: Array
    deaths_gang: Array
    deaths_operations: Array
    deaths_vigilantes: Array
    civilian_harm: Array
    salience_civilian: Array
    salience_strategic: Array
    # pulses of today, (R,)
    documented_attacks: Array
    documented_salience: Array
    kenya_salience: Array
    # Haiti, United States, United Nations, (R,)
    prime_minister: Array
    authority: Array
    police: Array
    trust_fund: Array
    # Kenya, (R,)
    phase: Array
    court_block: Array
    accord: Array
    accord_on: Array
    funds_first: Array
    readiness: Array
    kit_gap: Array
    funding: Array
    arrears: Array
    slips: Array
    announced: Array
    announced_on: Array
    imminence: Array
    assurance: Array
    selected: Array
    selected_on: Array
    departure: Array
    departure_held: Array
    deploying_since: Array
    # levers, (R,)
    pay_escrow: Array
    insurance: Array
    evacuation: Array
    rules_published: Array
    kit_first: Array
    leaders_briefed: Array
    credible_denial: Array
    squad_opt_out: Array
    mandatory: Array
    first_contingent: Array
    reserve: Array
    foreign_troops: Array
    us_support: Array
    gang_truce: Array
    # media, (R,)
    news_fast: Array
    news_slow: Array
    rumour: Array
    denial: Array
    media: Array
    habituation: Array
    report: Array
    denied: Array
    # officers, (O, R)
    stage: Array
    letter: Array
    present: Array
    at_risk: Array
    perceived: Array
    cumulated: Array
    tolerance: Array
    frailty: Array
    baseline: Array
    dread: Array
    efficacy: Array
    pay_need: Array
    friction: Array
    casualty: Array
    # squads, (S, R)
    squad_present: Array
    leader_left: Array
    squad_exits: Array
    # the force today, (R,)
    intents: Array
    exits: Array
    casualties: Array
    # conditional events, (C, R): days in a row that the condition held, times it fired, day it last did
    streak: Array
    fired: Array
    fired_on: Array
    # day of a fault in this run, 0 for none, (R,)
    fault: Array
    # what only the theory in force reads: traits, each (O, R), and its memory, each (O, R) or (S, R)
    traits: Mapping[str, Array] = field(default_factory=dict)
    memory: Mapping[str, Array] = field(default_factory=dict)

    @property
    def runs(self) -> int:
        """Number of runs."""
        return int(self.coalition.shape[-1])

    def copy(self) -> State:
        """A state that shares no array with this one."""
        return self._each(lambda array: array.copy())

    def take(self, runs: Array | list[int]) -> State:
        """The state of some runs, in the order given; an index may come more than once."""
        return self._each(lambda array: np.ascontiguousarray(array[..., runs]))

    def repeat(self, times: int) -> State:
        """Each run ``times`` times over, neighbours together: the start of ``times`` futures."""
        return self._each(lambda array: np.repeat(array, times, axis=-1))

    def to_arrays(self) -> dict[str, Array]:
        """Flat mapping of names to arrays, as ``numpy.savez`` takes it."""
        flat = {f.name: np.asarray(getattr(self, f.name)) for f in fields(self) if f.name not in _BY_NAME}
        return flat | {f"{kind}.{name}": array for kind in _BY_NAME for name, array in getattr(self, kind).items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> State:
        """Undo :meth:`to_arrays`."""
        given: dict[str, Any] = {kind: {} for kind in _BY_NAME}
        for name, array in arrays.items():
            kind, dot, own = name.partition(".")
            (given[kind] if dot else given)[own or name] = array
        return cls(**given | {"day": int(arrays["day"])})

    def _each(self, change: Callable[[Array], Array]) -> State:
        changed: dict[str, Any] = {
            f.name: change(getattr(self, f.name)) for f in fields(self) if f.name not in ("day", *_BY_NAME)
        }
        changed |= {kind: {name: change(array) for name, array in getattr(self, kind).items()} for kind in _BY_NAME}
        return replace(self, **changed)


_BY_NAME = ("traits", "memory")
"""Fields that hold arrays by name; all others but ``day`` are one array."""
