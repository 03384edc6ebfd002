"""Officers: what they perceive, when they want to leave, and who then does.

Dense steps are in place over (officers × runs); what follows an intent is sparse, because few officers leave on one
day. Nobody is drawn daily: each officer carries his tolerance, and leaves when what has cumulated passes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model import governments, kernels
from sim.model.layout import Layout
from sim.model.luck import Floats, Ints
from sim.model.parameters import LEAST_NEWS, Parameters
from sim.model.state import Letter, Phase, Stage, State
from sim.model.withdrawal.interface import Perception, Theory

HAZARD_LIMIT = 1 - 2.0**-20
"""A daily probability is held below one, so that what cumulates stays finite."""
_BLOCKED, _WAITING, _DEPLOYED = Letter.BLOCKED.value, Letter.WAITING.value, Stage.DEPLOYED.value
"""Plain numbers: NumPy turns whole arrays into 64 bits to compare them with a member of an enumeration."""
SPLIT_SHARE = 0.5
"""Share of a squad's stayers whose intent lets the squad go, under ``squad_opt_out`` (assumed)."""


@dataclass
class Scratch:
    """Reused buffers of shape ``(officers, runs)``; their content never outlives a day."""

    a: Floats
    b: Floats
    c: Floats

    @classmethod
    def like(cls, state: State) -> Scratch:
        """Buffers for a state."""
        return cls(*(np.empty_like(state.perceived) for _ in range(3)))


def muster(state: State, p: Parameters) -> None:
    """Volunteers are selected, trained and, once Kenya deploys, sent in waves."""
    fresh = (state.selected > 0) & (state.selected_on == 0)
    if fresh.any():
        state.selected_on[fresh] = state.day
        _promote(state, fresh, Stage.VOLUNTEER, Stage.SELECTED)
    served = state.day - state.selected_on
    trained = (state.selected_on > 0) & (served >= p.officers.training_days) & (served - 1 < p.officers.training_days)
    if trained.any():
        _promote(state, trained, Stage.SELECTED, Stage.TRAINED)
    if not state.deploying_since.any():
        return
    # A wave leaves whenever another full interval has passed, which need be no whole number of days.
    elapsed, interval = state.day - state.deploying_since, p.governments.wave_days
    due = (state.deploying_since > 0) & (elapsed // interval > (elapsed - 1) // interval) & (elapsed >= 0)
    for run in np.flatnonzero(due):  # a handful of days in a whole run
        _deploy(state, p, int(run))


def perceive(state: State, p: Parameters) -> None:
    """Move each officer's perceived hazard towards what news, ambiguity and his peers make of it."""
    o = p.officers
    news = np.log(np.maximum(state.media, LEAST_NEWS) / np.maximum(state.habituation, LEAST_NEWS))
    state.habituation += (state.media - state.habituation) / o.habituation_days
    u = ambiguity(state, p)
    shift = o.ambiguity_weight * (u - p.derived.ambiguity_reference)
    for_leaders = shift - o.ambiguity_weight * u * 0.5 * state.leaders_briefed
    pulls = o.rise_rate, o.rise_rate * o.fall_ratio, o.squad_pull, o.force_pull
    kernels.perceive(
        *(state.perceived, state.present, state.baseline, state.dread, p.structure.layout.bounds, state.squad_present),
        kernels.coefficients(p.dtype, o.threat_sensitivity * news, shift, for_leaders, *pulls),
    )


def decide(state: State, p: Parameters, theory: Theory, scratch: Scratch) -> None:
    """Add today's hazard, find who wants to leave, and let go those whom nothing stops."""
    hazard = scratch.a
    theory.hazard(look(state, p, scratch), p, hazard)
    _guard(state, hazard)
    near = far = np.ones_like(state.imminence)
    hold, shock = np.ones_like(state.squad_present), np.zeros_like(state.squad_present)
    if not theory.null:
        near, far = _imminence(state, p)
        if p.structure.cohesion == "hold":
            sizes = p.structure.layout.sizes[:, None].astype(p.dtype)
            np.exp(-p.officers.holding * (state.squad_present / sizes), out=hold)
        elif p.structure.cohesion == "carry":
            np.multiply(p.officers.leader_shock, state.leader_left, out=shock)
    officer, run = kernels.cumulate(
        *(hazard, state.at_risk, state.cumulated, state.tolerance, p.structure.layout.bounds),
        *(state.first_contingent, near, far, hold, shock, p.dtype.type(HAZARD_LIMIT)),
    )
    _leave(state, p, officer, run)


def ambiguity(state: State, p: Parameters) -> Floats:
    """u = u₀ + κ_u(1 − A), or nothing with the off-switch, ``(runs,)``."""
    o = p.officers
    return o.ambiguity_felt * (o.ambiguity_floor + o.ambiguity_gain * (1 - state.assurance))


def look(state: State, p: Parameters, scratch: Scratch) -> Perception:
    """What a theory may see: every theory the same inputs."""
    felt, layout = p.officers.ambiguity_felt, p.structure.layout
    return Perception(
        state=state,
        layout=layout,
        ambiguity=ambiguity(state, p),
        assurance_gain=1 + felt * (state.assurance - 1) - p.derived.assurance_start,
        arrears=state.arrears,
        slips=felt * state.slips,
        kit_gap=felt * state.kit_gap,
        terms=1 + felt * (governments.terms(state, p) - 1),
        buffers=(scratch.b, scratch.c),
    )


def _guard(state: State, hazard: Floats) -> None:
    """A hazard that is no probability costs its own run only: nobody leaves it today, and it is marked as failed.

    So does a perceived hazard that is no number, which a theory of thresholds would not pass on.
    """
    bad = np.zeros(state.runs, dtype=np.bool_)
    kernels.guard(hazard, state.perceived, bad)
    if bad.any():
        hazard[:, bad] = 0
        state.fault[bad & (state.fault == 0)] = state.day


def _imminence(state: State, p: Parameters) -> tuple[Floats, Floats]:
    """(ι + (1 − ι)I)·e^{reactance·mandatory}, with half of I for those outside the first contingent; ``(runs,)``."""
    o = p.officers
    ordered = np.exp(o.reactance * state.mandatory)
    near = (o.remote_hazard + (1 - o.remote_hazard) * state.imminence) * ordered
    far = (o.remote_hazard + (1 - o.remote_hazard) * 0.5 * state.imminence) * ordered
    return near.astype(p.dtype, copy=False), far.astype(p.dtype, copy=False)


def _leave(state: State, p: Parameters, officer: Ints, run: Ints) -> None:
    """What becomes of today's intents, and of those who waited."""
    state.intents.fill(0)
    state.exits.fill(0)
    state.squad_exits.fill(0)
    state.leader_left.fill(0)
    if officer.size:
        state.intents[...] = np.bincount(run, minlength=state.runs)
        theatre = state.stage[officer, run] == _DEPLOYED
        friction = np.where(theatre, p.officers.friction_theatre[run], p.officers.friction_before[run])
        friction = friction + state.mandatory[run] * (1 - friction)
        stopped = state.friction[officer, run] < friction
        kernels.intents(officer, run, state.at_risk, stopped, state.letter, _BLOCKED, _WAITING)
        free = ~stopped & (state.squad_opt_out[run] <= 0)
        _go(state, p.structure.layout, officer[free], run[free])
    if (state.letter == _WAITING).any():
        _go(state, p.structure.layout, *_split_squads(state, p.structure.layout))


def _split_squads(state: State, layout: Layout) -> tuple[Ints, Ints]:
    """Officers who wait no longer: half of those who stay in their squad wait too, or the rule has been lifted."""
    waiting = (state.letter == _WAITING) & (state.present > 0)
    wanting = layout.by_squad(waiting.astype(state.squad_present.dtype))
    enough = (wanting >= SPLIT_SHARE * state.squad_present) | (state.squad_opt_out <= 0)
    ready = (wanting > 0) & enough & (state.mandatory < 1)
    officer, run = np.nonzero(waiting & layout.to_officers(ready))
    return officer, run


def _go(state: State, layout: Layout, officer: Ints, run: Ints) -> None:
    if not officer.size:
        return
    theatre = state.stage[officer, run] == _DEPLOYED
    state.stage[officer, run] = np.where(theatre, Stage.HOME, Stage.OPTED_OUT)
    state.letter[officer, run] = Letter.ACCEPTED
    _remove(state, layout, officer, run)
    squad = layout.squad_of[officer]
    np.add.at(state.squad_exits, (squad, run), 1)
    state.exits += np.bincount(run, minlength=state.runs).astype(state.exits.dtype)
    leads = layout.starts[squad] == officer
    state.leader_left[squad[leads], run[leads]] = 1


def _remove(state: State, layout: Layout, officer: Ints, run: Ints) -> None:
    state.present[officer, run] = 0
    state.at_risk[officer, run] = 0
    np.subtract.at(state.squad_present, (layout.squad_of[officer], run), 1)


def suffer(state: State, p: Parameters) -> None:
    """Casualties in theatre: the knowable hazard of the Haitian police, moved by today's attacks."""
    state.casualties.fill(0)
    if not state.deploying_since.any():
        return
    o = p.officers
    daily = o.casualty_scale / (1 + np.exp(-o.baseline)) / 365 / np.maximum(o.killed_share, 1e-3)
    out = state.stage == _DEPLOYED
    state.casualty -= out * (daily * state.intensity / p.gangs.reference_attacks)
    officer, run = np.nonzero(out & (state.casualty <= 0))
    if not officer.size:
        return
    # The overshoot of an exponential threshold would be as good a draw; a fixed uniform keeps pairs together.
    killed = state.traits["casualty_kind"][officer, run] < o.killed_share[run]
    state.stage[officer, run] = np.where(killed, Stage.KILLED, Stage.INJURED)
    _remove(state, p.structure.layout, officer, run)
    state.casualties += np.bincount(run, minlength=state.runs).astype(state.casualties.dtype)


def _promote(state: State, runs: Floats, old: Stage, new: Stage) -> None:
    state.stage[(state.stage == old) & runs] = new


def _deploy(state: State, p: Parameters, run: int) -> None:
    ready = np.flatnonzero((state.stage[:, run] == Stage.TRAINED) & (state.letter[:, run] != Letter.ACCEPTED))
    state.stage[ready[: int(p.governments.wave_size[run])], run] = Stage.DEPLOYED
    if len(ready) <= p.governments.wave_size[run]:
        state.phase[run] = Phase.IN_THEATRE
