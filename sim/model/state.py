"""The whole state of a block of runs: one flat object of arrays whose last axis is the run.

No generator and no history live here, so a state can be copied, sliced by run, repeated and saved, and going on
from it is the same as never having stopped. What a theory of withdrawal carries from day to day is state too
(``memory``). Units: shares and levels in [0, 1], counts of people, calendar days
as proleptic ordinals. ``O`` officers, ``S`` squads, ``G`` blocs, ``C`` conditional events, ``R`` runs.

Behind the arrays, memory is wider than the runs: it is padded to whole tiles (:mod:`sim.model.lanes`) with copies of
the last run, because compiled loops go over whole tiles. All that has one value a run lies in two tables, of levels and
of days and counts, whose rows have names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.model.elementary_arrays import logarithms
from sim.model.lanes import LANES, offsets, tiles


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


TOGETHER_DAYS = 3
"""Days within which officers of a squad count as leaving together."""


class Phase(IntEnum):
    """Kenya's phase."""

    BLOCKED = 0
    AUTHORISED = 1
    PAUSED = 2
    DEPLOYING = 3
    IN_THEATRE = 4


WATCHED = (
    "exits", "intents", "casualties", "available", "perceived_hazard", "media", "rumour", "report", "denied", "attacks",
    "deaths_gang", "deaths_operations", "deaths_vigilantes", "civilian_harm", "coalition", "control", "authority",
    "imminence", "assurance", "reserve", "first_contingent", "together_share", "together_members", "deployed",
    "held_back", "readiness", "funding", "arrears", "police",
)  # fmt: skip
"""Levels that are noted each evening."""
LEVELS = (
    *WATCHED,
    # gangs, and pulses of today
    "shut_out", "intensity", "salience_civilian", "salience_strategic", "documented_attacks", "documented_salience",
    "kenya_salience",
    # Haiti, United States, United Nations, Kenya
    "prime_minister", "trust_fund", "court_block", "accord", "funds_first", "kit_gap", "slips", "announced",
    "selected", "departure", "departure_held",
    # levers
    "pay_escrow", "insurance", "evacuation", "rules_published", "kit_first", "leaders_briefed", "credible_denial",
    "squad_opt_out", "mandatory", "foreign_troops", "us_support", "gang_truce",
    # media
    "news_fast", "news_slow", "denial", "habituation",
)  # fmt: skip
"""Everything that has one floating-point value a run, in the order of the table; what is watched comes first."""
DAYS = (
    "phase", "accord_on", "announced_on", "selected_on", "deploying_since", "waiting", "fault",
    *(f"trigger_on_{k}" for k in range(TRIGGERS)),
)  # fmt: skip
"""Days, counts and the phase: whole numbers of each run, in the order of their table."""
L, D = offsets("L", LEVELS), offsets("D", DAYS)
"""Where each begins in a tile."""
HOT = ("perceived", "baseline", "dread", "survival", "limit", "share")
"""What is read of each officer each day: one table has it, officer by officer, and then room for one more row."""
H = offsets("H", (*HOT, "so_far"))
"""Where each begins in an officer's part of the table."""
OF_OFFICERS = (
    "stage", "letter", "present", "at_risk", "lot", "frailty", "efficacy", "pay_need", "friction", "casualty",
)  # fmt: skip
"""What else there is of each officer."""
OF_SQUADS = ("squad_present", "leader_left", "squad_exits", *(f"squad_exits_{k}" for k in range(TOGETHER_DAYS)))
_SMALL = {"stage": np.int8, "letter": np.int8}
PULSES = ("documented_attacks", "documented_salience", "kenya_salience")
"""Levels that start each day at zero."""


@dataclass
class State:
    """State at the end of ``day``; see the module's docstring for shapes and units.

    Attributes
    ----------
    day
        Proleptic ordinal.
    levels, days, hot
        The tables of :data:`LEVELS` and :data:`DAYS`, ``(rows, runs)``, and of :data:`HOT`, ``(O, rows, R)``; each row
        is an attribute, too, such as ``state.media`` ``(R,)`` and ``state.perceived`` ``(O, R)``.
    excitation
        Of each bloc, ``(G, R)``.
    stage, letter, present, at_risk
        Where each officer stands, what became of his wish to leave, whether he is in, and may come to want out: (O, R),
        like all up to ``casualty``.
    perceived, baseline, dread
        Perceived hazard of a tour, in logits; what it comes back to; how strongly news moves it.
    survival, lot, limit
        The chance that he would not have wanted out so far, given all that he met; the draw of his that lets him want
        out when survival falls to it; and the same where he is at risk, -1 where he is not.
    share
        One over the officers present in his squad; 0 once he has left.
    frailty, efficacy, pay_need, friction, casualty
        Further traits, and what is left of his luck in theatre.
    squad_present, leader_left, squad_exits
        Officers in each squad, whether its leader left today, and how many did: (S, R).
    squad_exits_0, squad_exits_1, squad_exits_2
        How many left on the last three days, a day's in the place of its number modulo three: (S, R). The levels
        ``together_share`` and ``together_members`` have the most of one squad within three days, as a share of it and
        in officers, up to the record's end; ``deployed`` and ``held_back`` have who is in theatre, and who asked to
        leave and is still there.
    streak, fired, fired_on
        Of conditional events, (C, R): days in a row that the condition held, times it fired, day it last did.
    traits, memory
        What only the theory in force reads, and remembers, by name: each (O, R), or (S, R).
    """

    day: int
    levels: Array
    days: Array
    hot: Array
    excitation: Array
    stage: Array
    letter: Array
    present: Array
    at_risk: Array
    lot: Array
    frailty: Array
    efficacy: Array
    pay_need: Array
    friction: Array
    casualty: Array
    squad_present: Array
    leader_left: Array
    squad_exits: Array
    squad_exits_0: Array
    squad_exits_1: Array
    squad_exits_2: Array
    streak: Array
    fired: Array
    fired_on: Array
    traits: Mapping[str, Array] = field(default_factory=dict)
    memory: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Give every array whole tiles, and every row of the tables its name."""
        self._own: dict[str, Array] = {}
        for f in fields(self):
            if f.name not in ("day", "streak", "fired", "fired_on", *_BY_NAME):
                setattr(self, f.name, self._padded(f.name, getattr(self, f.name)))
        for kind in _BY_NAME:
            arrays = {name: self._padded(f"{kind}.{name}", array) for name, array in getattr(self, kind).items()}
            setattr(self, kind, arrays)
        for place, name in enumerate(LEVELS):
            setattr(self, name, self.levels[place])
        for place, name in enumerate(DAYS):
            setattr(self, name, self.days[place])
        for place, name in enumerate(HOT):
            setattr(self, name, self.hot[:, place])
        first = DAYS.index("trigger_on_0")
        self.trigger_on = self.days[first : first + TRIGGERS]

    def set_traits(self, traits: Mapping[str, Array]) -> None:
        """Let these be the traits that only the theory in force reads."""
        self.traits = {name: self._padded(f"traits.{name}", array) for name, array in traits.items()}

    def _padded(self, name: str, array: Array) -> Array:
        runs = array.shape[-1]
        whole = np.empty((*array.shape[:-1], tiles(runs) * LANES), array.dtype)
        whole[..., :runs] = array
        whole[..., runs:] = array[..., -1:]
        self._own[name] = whole
        return whole[..., :runs]

    def pad(self) -> None:
        """Let the padding be copies of the last run again, after the runs have been written to."""
        for whole in self._own.values():
            whole[..., self.runs :] = whole[..., self.runs - 1 : self.runs]

    def __getattr__(self, name: str) -> Any:
        """Rows of the tables are set by name; anything else is unknown."""
        raise AttributeError(f"no such state: {name}")

    @property
    def runs(self) -> int:
        """Number of runs."""
        return int(self.levels.shape[-1])

    @property
    def cumulated(self) -> Array:
        """Hazard cumulated so far, −log of survival, ``(officers, runs)``."""
        return -logarithms(self.survival)

    @property
    def tolerance(self) -> Array:
        """How much hazard an officer takes before he wants out, −log of his lot, ``(officers, runs)``."""
        return -logarithms(self.lot)

    def whole(self, name: str) -> Array:
        """The memory behind an array, padded to whole tiles: for compiled loops."""
        return self._own[name]

    def copy(self) -> State:
        """A state that shares no array with this one."""
        return self._each(lambda array: array)

    def take(self, runs: Array | list[int]) -> State:
        """The state of some runs, in the order given; an index may come more than once."""
        return self._each(lambda array: array[..., runs])

    def repeat(self, times: int) -> State:
        """Each run ``times`` times over, neighbours together: the start of ``times`` futures."""
        return self._each(lambda array: np.repeat(array, times, axis=-1))

    def to_arrays(self) -> dict[str, Array]:
        """Flat mapping of names to arrays, as ``numpy.savez`` takes it."""
        flat = {f.name: np.asarray(getattr(self, f.name)) for f in fields(self) if f.name not in _BY_NAME}
        del flat["levels"], flat["days"], flat["hot"]
        flat |= {name: getattr(self, name) for name in (*LEVELS, *DAYS, *HOT)}
        return flat | {f"{kind}.{name}": array for kind in _BY_NAME for name, array in getattr(self, kind).items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> State:
        """Undo :meth:`to_arrays`."""
        given: dict[str, Any] = {kind: {} for kind in _BY_NAME}
        for name, array in arrays.items():
            kind, dot, own = name.partition(".")
            (given[kind] if dot else given)[own or name] = array
        given["levels"] = np.stack([given.pop(name) for name in LEVELS])
        given["days"] = np.stack([given.pop(name) for name in DAYS])
        hot = [given.pop(name) for name in HOT]
        given["hot"] = np.stack([*hot, np.zeros_like(hot[0])], axis=1)
        given |= {name: np.array(given[name]) for name in ("streak", "fired", "fired_on")}
        return cls(**given | {"day": int(arrays["day"])})

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled and deeply copied by its arrays, or tables and rows would be torn from each other."""
        return State.from_arrays, (self.to_arrays(),)

    def _each(self, change: Callable[[Array], Array]) -> State:
        changed: dict[str, Any] = {
            f.name: np.array(change(getattr(self, f.name))) for f in fields(self) if f.name not in ("day", *_BY_NAME)
        }
        changed |= {kind: {name: change(array) for name, array in getattr(self, kind).items()} for kind in _BY_NAME}
        return State(self.day, **changed)


_BY_NAME = ("traits", "memory")
"""Fields that hold arrays by name; all others but ``day`` are one array."""
