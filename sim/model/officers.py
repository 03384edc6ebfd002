"""Officers: what they perceive, when they want to leave, and who then does.

Dense steps are in place over (officers × runs); what follows an intent is sparse, because few officers leave on one
day. Nobody is drawn daily: each officer carries his tolerance, and leaves when what has cumulated passes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array, Floats, Ints
from sim.model import governments
from sim.model import officer_kernels as kernels
from sim.model.layout import Layout
from sim.model.parameters import LEAST_NEWS, Parameters
from sim.model.state import Letter, Phase, Stage, State
from sim.model.withdrawal.interface import Perception, Theory

HAZARD_LIMIT = 1 - 2.0**-20
"""A daily probability is held below one, so that what cumulates stays finite."""
_WAITING, _DEPLOYED = Letter.WAITING.value, Stage.DEPLOYED.value
"""Plain numbers: NumPy turns whole arrays into 64 bits to compare them with a member of an enumeration."""
SPLIT_SHARE = 0.5
"""Share of a squad's stayers whose intent lets the squad go, under ``squad_opt_out`` (assumed)."""


@dataclass
class Scratch:
    """Reused buffers of shape ``(officers, runs)``, whose content never outlives a day, and rows that never change."""

    a: Floats
    b: Floats
    c: Floats
    whole: Floats
    """Ones, ``(runs,)``."""
    memory: dict[str, Floats]
    """Room for today's memory of a theory, each as the state's of the same name."""

    @classmethod
    def like(cls, state: State) -> Scratch:
        """Buffers for a state."""
        a, b, c = (np.empty_like(state.perceived) for _ in range(3))
        memory = {name: np.empty_like(array) for name, array in state.memory.items()}
        return cls(a, b, c, np.ones_like(state.media), memory)


def muster(state: State, p: Parameters) -> None:
    """Volunteers are selected, trained and, once Kenya deploys, sent in waves."""
    fresh, trained = np.empty((2, state.runs), dtype=np.bool_)
    of_state = state.selected, state.selected_on
    some_fresh, some_trained = kernels.enlist(*of_state, p.officers.training_days, state.day, fresh, trained)
    if some_fresh:
        _promote(state, fresh, Stage.VOLUNTEER, Stage.SELECTED)
        np.copyto(state.at_risk, state.present, where=fresh)  # nobody leaves a mission that nobody selected him for
    if some_trained:
        _promote(state, trained, Stage.SELECTED, Stage.TRAINED)
    if not np.count_nonzero(state.deploying_since):
        return
    # A wave leaves whenever another full interval has passed, which need be no whole number of days.
    elapsed, interval = state.day - state.deploying_since, p.governments.wave_days
    due = (state.deploying_since > 0) & (elapsed // interval > (elapsed - 1) // interval) & (elapsed >= 0)
    for run in np.flatnonzero(due):  # a handful of days in a whole run
        _deploy(state, p, int(run))


def perceive(state: State, p: Parameters, scratch: Scratch) -> None:
    """Move each officer's perceived hazard towards what news, ambiguity and his peers make of it."""
    o, d, least = p.officers, p.derived, p.dtype.type(LEAST_NEWS)
    news, c = np.empty((2, state.runs), dtype=p.dtype), np.empty((7, state.runs), dtype=p.dtype)
    kernels.loudness(state.media, state.habituation, d.heard_start, o.habituation_days, least, news)
    kernels.perception_coefficients(
        *(np.log(news, out=news), o.threat_sensitivity, o.habituation_share),
        *(ambiguity(state, p), d.ambiguity_reference, o.ambiguity_weight, state.leaders_briefed),
        *(o.rise_rate, o.fall_ratio, o.squad_pull, o.force_pull, o.peers_felt, c),
    )
    of_people = state.perceived, state.present, state.baseline, state.dread
    kernels.perceive(*of_people, p.layout.follows, c, scratch.a)


def remember(state: State, p: Parameters, theory: Theory, scratch: Scratch) -> None:
    """Take a theory's memory to today, all of it at once, so that it reads yesterday's whomever it looks at.

    Whatever the theory leaves out is no number, and a memory that is no number costs its own run only.
    """
    if not theory.memory:
        return
    for today in scratch.memory.values():
        today.fill(np.nan)
    theory.remember(look(state, p, scratch), p, scratch.memory)
    for name, today in scratch.memory.items():
        np.copyto(state.memory[name], today)
        _fail(state, np.logical_or.reduce(~np.isfinite(today), axis=0))


def decide(state: State, p: Parameters, theory: Theory, scratch: Scratch) -> tuple[Ints, Ints]:
    """Add today's hazard, find who wants to leave, and let go those whom nothing stops: officer and run of each."""
    hazard = scratch.a
    theory.hazard(look(state, p, scratch), p, hazard)
    _guard(state, hazard)
    near = far = scratch.whole
    if not theory.null:
        near, far = _imminence(state, p)
        if p.structure.cohesion == "hold":
            hazard *= p.layout.to_officers(_holding(state, p))
        elif p.structure.cohesion == "carry" and np.count_nonzero(state.leader_left):
            shock = p.officers.leader_shock * p.officers.peers_felt
            kernels.shake(state.leader_left, p.layout.starts, p.layout.sizes, shock, state.at_risk, state.cumulated)
    officer, run = kernels.cumulate(
        *(hazard, state.at_risk, state.cumulated, state.tolerance),
        *(state.first_contingent, near, far, p.dtype.type(HAZARD_LIMIT)),
    )
    return _leave(state, p, officer, run)


def ambiguity(state: State, p: Parameters) -> Floats:
    """u = u₀ + κ_u(1 − A)·(ι_u + (1 − ι_u)I), or its reference with the off-switch, ``(runs,)``."""
    return _plans(state, p)[0]


def look(state: State, p: Parameters, scratch: Scratch) -> Perception:
    """What a theory may see: every theory the same inputs."""
    ambiguity, clarity, slips, kit_gap = _plans(state, p)
    return Perception(
        state=state,
        layout=p.layout,
        ambiguity=ambiguity,
        clarity=clarity,
        arrears=state.arrears,
        slips=slips,
        kit_gap=kit_gap,
        terms=governments.terms(state, p),
        buffers=(scratch.b, scratch.c),
    )


def _plans(state: State, p: Parameters) -> Floats:
    """u, how much clearer plans are than at the start, slips and kit gap, as far as they are felt, ``(4, runs)``."""
    o, out = p.officers, np.empty((4, state.runs), dtype=p.dtype)
    kernels.plans(
        *(o.ambiguity_felt, state.assurance, state.imminence, o.ambiguity_remote, p.derived.unclear_start),
        *(o.ambiguity_floor, o.ambiguity_gain, state.slips, state.kit_gap, p.governments.kit_gap, out),
    )
    return out


def _holding(state: State, p: Parameters) -> Floats:
    """What comrades who stay leave of the hazard, ``(squads, runs)``; as in a whole squad where peers are not felt."""
    gone = 1 - state.squad_present / np.maximum(p.layout.sizes, 1).astype(p.dtype)
    return np.exp(-p.officers.holding * (1 - p.officers.peers_felt * gone))


def _guard(state: State, hazard: Floats) -> None:
    """A hazard that is no probability costs its own run only: nobody leaves it today, and it is marked as failed.

    So does a perceived hazard that is no number, which a theory of thresholds would not pass on.
    """
    bad = np.zeros(state.runs, dtype=np.bool_)
    if kernels.guard(hazard, state.perceived, bad):
        hazard[:, bad] = 0
        _fail(state, bad)


def _fail(state: State, runs: Array) -> None:
    """Note today as the day of a fault, ``(runs,)``, where there was none before."""
    state.fault[runs & (state.fault == 0)] = state.day


def _imminence(state: State, p: Parameters) -> tuple[Floats, Floats]:
    """The hazard's factors of imminence, in the first contingent and beyond it; ``(runs,)`` each."""
    o, out = p.officers, np.empty((2, state.runs), dtype=p.dtype)
    ordered = np.exp(o.reactance * state.mandatory)
    kernels.imminence_factors(
        *(o.imminence_felt, state.imminence, p.governments.imminence_start, o.remote_hazard),
        *(p.derived.hazard_unit, ordered, out),
    )
    return out[0], out[1]


def _leave(state: State, p: Parameters, officer: Ints, run: Ints) -> tuple[Ints, Ints]:
    """What becomes of today's intents, and of those who waited: officer and run of each who leaves."""
    layout = p.layout
    kernels.clear_leavers(state.intents, state.exits, state.squad_exits, state.leader_left)
    if officer.size:
        friction = p.officers.friction_theatre, p.officers.friction_before, state.mandatory, state.friction
        free = kernels.meet_friction(officer, run, state.intents, state.stage, state.at_risk, state.letter, *friction)
        free &= state.squad_opt_out[run] <= 0
        officer, run = officer[free], run[free]
        _go(state, layout, officer, run)
    if kernels.contains(state.letter, _WAITING):
        late = _split_squads(state, layout)
        _go(state, layout, *late)
        officer, run = np.concatenate([officer, late[0]]), np.concatenate([run, late[1]])
    return officer, run


def _split_squads(state: State, layout: Layout) -> tuple[Ints, Ints]:
    """Officers who wait no longer: half of those who stay in their squad wait too, or the rule has been lifted."""
    waiting = (state.letter == _WAITING) & (state.present > 0)
    wanting = layout.by_squad(waiting.astype(state.squad_present.dtype))
    enough = (wanting >= SPLIT_SHARE * state.squad_present) | (state.squad_opt_out <= 0)
    ready = (wanting > 0) & enough & (state.mandatory < 1)
    officer, run = np.nonzero(waiting & layout.to_officers(ready))
    return officer, run


def _go(state: State, layout: Layout, officer: Ints, run: Ints) -> None:
    kernels.go(
        *(officer, run, layout.squad_of, layout.follows, state.stage, state.letter, state.present, state.at_risk),
        *(state.squad_present, state.squad_exits, state.leader_left, state.exits),
    )


def _remove(state: State, layout: Layout, officer: Ints, run: Ints) -> None:
    state.present[officer, run] = 0
    state.at_risk[officer, run] = 0
    np.subtract.at(state.squad_present, (layout.squad_of[officer, run], run), 1)


def suffer(state: State, p: Parameters) -> None:
    """Casualties in theatre: the knowable hazard of the Haitian police, moved by today's attacks."""
    state.casualties.fill(0)
    if not np.count_nonzero(state.deploying_since):
        return
    o = p.officers
    daily = o.casualty_scale / (1 + np.exp(-o.baseline)) / 365 / np.maximum(o.killed_share, 1e-3)
    danger = daily * state.intensity / p.gangs.reference_attacks
    if not kernels.endanger(state.stage, _DEPLOYED, danger, state.casualty):
        return
    officer, run = np.nonzero((state.stage == _DEPLOYED) & (state.casualty <= 0))
    # The overshoot of an exponential threshold would be as good a draw; a fixed uniform keeps pairs together.
    killed = state.traits["casualty_kind"][officer, run] < o.killed_share[run]
    state.stage[officer, run] = np.where(killed, Stage.KILLED, Stage.INJURED)
    _remove(state, p.layout, officer, run)
    state.casualties += np.bincount(run, minlength=state.runs).astype(state.casualties.dtype)


def _promote(state: State, runs: Array, old: Stage, new: Stage) -> None:
    state.stage[(state.stage == old) & runs] = new


def _deploy(state: State, p: Parameters, run: int) -> None:
    ready = np.flatnonzero((state.stage[:, run] == Stage.TRAINED) & (state.letter[:, run] != Letter.ACCEPTED))
    state.stage[ready[: int(p.governments.wave_size[run])], run] = Stage.DEPLOYED
    if len(ready) <= p.governments.wave_size[run]:
        state.phase[run] = Phase.IN_THEATRE
