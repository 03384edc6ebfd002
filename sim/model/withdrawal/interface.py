"""What a theory of withdrawal is: its own settings, traits and memory, and a daily hazard from shared inputs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.arrays import Floats
from sim.model.elementary_arrays import exponentials
from sim.model.layout import Layout
from sim.model.luck import Draws
from sim.model.parameters import Parameters
from sim.model.state import State
from sim.settings.parameter import Parameter


@dataclass(frozen=True, slots=True)
class Perception:
    """What every theory may look at, today. ``(runs,)`` unless said.

    Attributes
    ----------
    state
        For the officers' traits and perceived hazard, each ``(officers, runs)``, and what the theory remembers; read
        only.
    layout
        Who serves with whom.
    ambiguity
        u, the half-width of what an officer thinks possible, in logits.
    clarity
        (u_ref − u)/κ_u, how much clearer plans are than at the start without any lever.
    arrears
        Days of pay owed.
    slips
        Announced starts that passed.
    kit_gap
        Equipment missing, as a share.
    terms
        How settled the terms are, 0 to 1.
    """

    state: State
    layout: Layout
    ambiguity: Floats
    clarity: Floats
    arrears: Floats
    slips: Floats
    kit_gap: Floats
    terms: Floats

    def reference(self, p: Parameters) -> tuple[Floats, Floats]:
        """x₀ and 1/σ_x, the reference of z = (x − x₀)/σ_x; ``(runs,)`` each."""
        return p.officers.baseline, 1 / p.officers.baseline_sd

    def threat(self, p: Parameters, out: Floats) -> Floats:
        """z = (x − x₀)/σ_x with a fixed reference: a daily cross-section would erase a surge. ``(officers, runs)``."""
        np.subtract(self.state.perceived, p.officers.baseline, out=out)
        out /= p.officers.baseline_sd
        return out

    def own_ambiguity(self) -> Floats:
        """u of each officer: halved for a briefed leader; ``(runs,)`` while nobody is briefed."""
        if not self.state.leaders_briefed.any():
            return self.ambiguity
        return np.where(self.layout.leads, self.ambiguity * (1 - 0.5 * self.state.leaders_briefed), self.ambiguity)


SEEN = ("ambiguity", "clarity", "arrears", "slips", "kit_gap", "terms")
"""What is the same for all officers of a run, in :class:`Perception` and among the rows of a tile."""


@dataclass(frozen=True, slots=True)
class Memory:
    """One array that a theory carries from day to day, ``(officers, runs)`` or ``(squads, runs)``, in the state.

    Attributes
    ----------
    name
        By which ``state.memory`` has it.
    per
        Whose it is: each ``officer``'s, or each ``squad``'s.
    start
        What is remembered on the eve of the first day: a number for all, or a function of that evening's state and the
        parameters, which gives the array.
    text
        What is remembered, with its unit, in one line.
    """

    name: str
    per: Literal["officer", "squad"]
    start: float | Callable[[State, Parameters], Floats]
    text: str


class Theory(ABC):
    """One rival theory: a module of this package whose ``THEORY`` is such an object, and a file in conf/theory.

    Attributes
    ----------
    name
        As on the command line, ``theory=name``; also the module's and its file's in conf/theory.
    number
        T and its place in the order of the theories.
    text
        What it says, as one clause.
    parameters
        Its settings, see :func:`sim.settings.parameter.rows`.
    null
        True for the reference, which neither imminence nor a leader's leaving moves.
    memory
        What it carries from day to day; nothing for most.
    """

    name: str
    number: str
    text: str
    parameters: tuple[Parameter, ...]
    null: bool = False
    memory: tuple[Memory, ...] = ()

    def traits(self, draws: Draws, p: Parameters) -> dict[str, Floats]:
        """Traits that this theory alone reads, each ``(officers, runs)``; none unless a theory says which."""
        return {}

    def remember(self, see: Perception, p: Parameters, today: Mapping[str, Floats]) -> None:
        """Fill the arrays of ``today``, one for each of ``memory`` by its name; called daily, before :meth:`hazard`.

        ``see.state.memory`` is yesterday's, everybody's. What is left out is no number, and that fails the run.
        """
        raise NotImplementedError(f"{self.name} has a memory and does not say how it goes on")

    @abstractmethod
    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        """Fill ``out`` ``(officers, runs)`` with the probability that an officer comes to want out today.

        ``see.state.memory`` is today's.
        """


class TheoryWrapper(Theory):
    """Does all that another theory does; for what listens to a theory or changes one thing of it."""

    def __init__(self, theory: Theory) -> None:
        self.wrapped = theory
        self.name, self.number, self.text = theory.name, theory.number, theory.text
        self.parameters, self.null, self.memory = theory.parameters, theory.null, theory.memory

    def traits(self, draws: Draws, p: Parameters) -> dict[str, Floats]:
        """As the theory itself."""
        return self.wrapped.traits(draws, p)

    def remember(self, see: Perception, p: Parameters, today: Mapping[str, Floats]) -> None:
        """As the theory itself."""
        self.wrapped.remember(see, p, today)

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        """As the theory itself."""
        self.wrapped.hazard(see, p, out)


def logistic(values: Floats) -> Floats:
    """σ in place, ``1/(1 + e^{−x})``; far below −80 it is zero, where e^{−x} would overflow."""
    values[...] = 1 / (1 + exponentials(-np.maximum(values, -80)))
    return values
