"""Why an officer left: one run lived again from the store's own settings, and what each day added for him.

**Perceived risk.** Each day perceived hazard moves by x′ = x + r·(x₀ + Σ s_c − x) + peers, where s_c is what cause c
alone would have it be above the officer's own baseline x₀, and r the day's rate: the rate of rising or of falling. So
x − x₀ is a sum of parts with a recursion each, y_c′ = y_c + r·(s_c − y_c), and peers' is y′ = y − r·y + peers: every
part is forgotten at the officer's own rate, and the parts add up exactly. What squad and force pull is one part,
whatever brought their perception about; own baseline does not change, and forgetting is in each part.
What is heard, ln(M_eff/M_ref) − η·ln(M̄/M_ref), splits into the same of news alone, N against its reference of 1, and
the rest, which is rumour's: rumours never feed news and habit is a linear filter, so the first is what officers would
hear without rumours.
What arrears take from assurance is split from the rest of ambiguity.

**Cause.** The same run is lived again with one cause of :data:`sim.analysis.explain.causes.CAUSES` switched off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.explain.causes import counterfactuals
from sim.analysis.explain.story import PARTS, Fate, Story
from sim.arrays import Array, Floats
from sim.ensemble.cases.case import Case
from sim.ensemble.engine.block import Block, Simulation
from sim.model.layout import Layout
from sim.model.parameters import LEAST_NEWS, Parameters
from sim.model.state import Letter, Stage, State
from sim.model.withdrawal.interface import Perception, TheoryWrapper
from sim.model.withdrawal.look import look


class Listener(TheoryWrapper):
    """A theory whose last hazards are kept; listening changes nothing."""

    heard: Array = np.zeros(0)
    """Hazards of the first run, ``(officers,)``."""

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        """As the theory itself; keeps the first run's."""
        super().hazard(see, p, out)
        self.heard = out[:, 0].astype(np.float64)


class Ledger:
    """Parts of perceived hazard of all officers of a world's first run, ``(parts, officers)``, kept from day to day."""

    def __init__(self, world: Simulation) -> None:
        self.parts: Array = np.zeros((len(PARTS), world.state.perceived.shape[0]))
        self._world = world
        self._used_to = 1.0  # habituation to news alone; the model starts both at 1

    def step(self) -> State:
        """Live one day, and enter it."""
        before = _first(self._world.state, ("perceived", "present", "squad_present", "habituation"))
        state = self._world.step()
        self._enter(before, state, self._world.parameters)
        return state

    def _enter(self, before: Mapping[str, Array], state: State, p: Parameters) -> None:
        o, x = p.officers, before["perceived"]
        sources = self._sources(float(before["habituation"]), state, p)
        pull = state.baseline[:, 0] + sources.sum(axis=0) - x
        rate = o.rise_rate[0] * np.where(pull > 0, 1.0, o.fall_ratio[0]) * before["present"]
        pulls = float(o.peers_felt[0] * o.squad_pull[0]), float(o.peers_felt[0] * o.force_pull[0])
        peers = _peers(before, p.layout, *pulls)
        self.parts += rate * (sources - self.parts)
        self.parts[-1] += peers * before["present"]

    def _sources(self, habit: float, state: State, p: Parameters) -> Array:
        """s_c of each part today; nothing for peers."""
        o, levels = p.officers, _first(state, ("media", "news_fast", "news_slow", "deploying_since", "leaders_briefed"))
        slow, reference = float(p.media.slow_weight[0]), float(p.derived.heard_start[0])
        news = (1 - slow) * float(levels["news_fast"]) + slow * float(levels["news_slow"])
        share = float(o.habituation_share[0])
        heard = _loudness(float(levels["media"]) / reference, habit / reference, share)
        violent = _loudness(news, self._used_to, share)
        self._used_to += (news - self._used_to) / float(o.habituation_days[0])
        own = np.ones(len(self.parts[0]))
        own[p.layout.leads[:, 0]] -= 0.5 * levels["leaders_briefed"]
        seen = look(state, p)
        u = float(seen.ambiguity[0])
        owed = 0.0
        if levels["deploying_since"] > 0:
            trust = float(seen.terms[0])
            remote, near = float(o.ambiguity_remote[0]), float(state.imminence[0])
            owed = float(o.ambiguity_felt[0] * o.ambiguity_gain[0] * p.derived.weights[1][0]) * (1 - trust)
            owed *= remote + (1 - remote) * near
        weight, usual = float(o.ambiguity_weight[0]), float(p.derived.ambiguity_reference[0])
        dread = state.dread[:, 0] * float(o.threat_sensitivity[0])
        arrears = weight * own * owed
        ambiguity = weight * (own * u - usual) - arrears
        return np.stack([dread * violent, dread * (heard - violent), ambiguity, arrears, np.zeros_like(own)])


def _peers(before: Mapping[str, Array], layout: Layout, squad_pull: float, force_pull: float) -> Array:
    x, felt, present = before["perceived"], before["perceived"] * before["present"], before["squad_present"]
    of = layout.squad_of[:, 0]
    squad = np.bincount(of, felt, minlength=len(present)) / np.maximum(present, 1)
    force = felt.sum() / max(float(present.sum()), 1.0)
    return squad_pull * (squad[of] - x) + force_pull * (force - x)


def _loudness(news: float, used_to: float, share: float) -> float:
    """What is heard against what one is used to, both in units of their reference."""
    return float(np.log(max(news, LEAST_NEWS)) - share * np.log(max(used_to, LEAST_NEWS)))


def _first(state: State, names: Sequence[str]) -> dict[str, Array]:
    """Columns of the first run, copied, in double precision."""
    return {name: np.array(getattr(state, name)[..., 0], dtype=np.float64) for name in names}


@dataclass(frozen=True)
class Relived:
    """A run lived again, with and without each cause; days are ordinals, 0 for never, ``(officers, 1 + causes)``."""

    causes: tuple[str, ...]
    layout: Layout
    intent: Array
    left: Array
    hurt: Array
    state: State

    def fate(self, officer: int, run: int = 0) -> Fate:
        """What became of an officer, in the run itself (0) or without the cause of this number, from 1."""
        intent, left, hurt = (int(when[officer, run]) for when in (self.intent, self.left, self.hurt))
        return Fate(
            _date(intent),
            _date(left),
            _date(hurt),
            Letter(self.state.letter[officer, run]),
            Stage(self.state.stage[officer, run]),
            float(self.state.cumulated[officer, run]),
        )

    def without(self, officer: int) -> dict[str, Fate]:
        """His fate without each cause."""
        return {name: self.fate(officer, run) for run, name in enumerate(self.causes, start=1)}


def live_again(
    case: Case,
    run: int,
    root_seed: int,
    officer: int | None = None,
    dtype: str = "float32",
    begin: Callable[[Block], Simulation] = Simulation.of,
    until: date | None = None,
) -> tuple[Story, Relived]:
    """Live a run again, with and without each cause in one block, and follow one officer, or the force.

    ``run`` is its number (:mod:`sim.ensemble.cases.run_numbers`). ``begin`` gives the block's first evening, where luck
    is another than the block's own; ``until`` is the last day that is lived, the run's end unless it is said.

    The block's first run is the run itself, bit for bit, since no run of a block moves another.
    """
    cases = counterfactuals(case)
    block = Block.of_run((case, *cases.values()), run, root_seed, dtype)
    world = begin(block)
    world.theory = listener = Listener(world.theory)
    ledger, layout = Ledger(world), world.parameters.layout
    intent, left, hurt = (np.zeros(world.state.stage.shape, dtype=np.int64) for _ in range(3))
    rows: list[dict[str, Any]] = []
    while world.running and (until is None or world.state.day < until.toordinal()):
        before = _first(world.state, ("at_risk", "leader_left", "cumulated", "present"))
        state = ledger.step()
        for when, now in _turns(state, intent, left, hurt):
            when[now & (when == 0)] = state.day
        rows.append({"day": date.fromordinal(state.day), "imminence": float(state.imminence[0])})
        if officer is None:
            rows[-1] |= _of_force(state, ledger, before["present"])
        else:
            rows[-1] |= _of_officer(officer, world, ledger, listener.heard, before)
    relived = Relived(tuple(cases), layout, intent, left, hurt, world.state)
    days = pd.DataFrame(rows)
    if officer is None:
        return Story(case, run, root_seed, None, -1, False, np.nan, days, None, {}), relived
    squad, tolerance = int(layout.squad_of[officer, 0]), float(world.state.tolerance[officer, 0])
    leads = bool(layout.leads[officer, 0])
    fate, others = relived.fate(officer), relived.without(officer)
    return Story(case, run, root_seed, officer, squad, leads, tolerance, days, fate, others), relived


def _turns(state: State, intent: Array, left: Array, hurt: Array) -> Iterator[tuple[Array, Array]]:
    yield intent, state.letter != Letter.NONE
    yield left, state.letter == Letter.ACCEPTED
    yield hurt, state.stage >= Stage.INJURED


def _of_officer(
    officer: int, world: Simulation, ledger: Ledger, heard: Array, before: Mapping[str, Array]
) -> dict[str, float | bool]:
    state, p = world.state, world.parameters
    carried = not world.theory.null and p.structure.cohesion == "carry"
    led = float(before["leader_left"][p.layout.squad_of[officer, 0]])
    shock = (
        carried * led * float(p.officers.leader_shock[0] * p.officers.peers_felt[0]) * float(before["at_risk"][officer])
    )
    cumulated = float(state.cumulated[officer, 0])
    added = cumulated - float(before["cumulated"][officer]) - shock
    return dict(zip(PARTS, ledger.parts[:, officer], strict=True)) | {
        "imminence": float(state.imminence[0]) * (1.0 if officer < state.first_contingent[0] else 0.5),
        "baseline": float(state.baseline[officer, 0]),
        "perceived": float(state.perceived[officer, 0]),
        "hazard": float(heard[officer]),
        "felt": float(-np.expm1(-max(added, 0.0))),
        "shock": shock,
        "cumulated": cumulated,
        "present": bool(before["present"][officer] > 0),
    }


def _of_force(state: State, ledger: Ledger, present: Array) -> dict[str, float]:
    """Means over those who were still in this morning: the parts add up in them as in each."""
    who = present > 0
    if not who.any():
        return dict.fromkeys((*PARTS, "baseline", "perceived"), np.nan) | {"out": float(len(who))}
    means = {name: float(part[who].mean()) for name, part in zip(PARTS, ledger.parts, strict=True)}
    return means | {
        "baseline": float(state.baseline[who, 0].mean(dtype=np.float64)),
        "perceived": float(state.perceived[who, 0].mean(dtype=np.float64)),
        "out": float((state.letter[:, 0] == Letter.ACCEPTED).sum()),
    }


def _date(day: int) -> date | None:
    return date.fromordinal(day) if day else None
