"""The model for AMBR: setup, step and record over ``(runs, officers)`` for its ensemble runner on NumPy.

Written as ``ambr.GPUEnsembleRunner`` wants it, which without a GPU hands out NumPy and a ``numpy.random.Generator``:
state is a dictionary of arrays, the run comes first, per-run values are ``(runs, 1)``. Profiled, and what helped is
in: float32 throughout; passes in place into two scratch arrays; squad sums by ``reduceat``; survival, as the
engine has it, and no cumulated hazard, since NumPy's float32 ``log1p`` is not vectorised; perceived hazard as z; what
follows an intent on the few officers that have one; the attacks of all runs as one ragged vector. What is left are some
thirty passes over the block a day, of which two exponentials, the choice of φ and the squads' sums are the longest.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from experiments.peers.script import GIVEN, SERIES, Script

F = np.float32
State = dict[str, Any]
Rng = np.random.Generator

WIDTH = 256
"""Runs of a batch: wide enough that calls cost little; 128 to 512 are within a tenth."""


class BatchedDeployment:
    """T1 of a scripted case, many runs at once."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.squad_of = np.repeat(np.arange(len(script.bounds) - 1), np.diff(script.bounds))
        self.starts = script.bounds[:-1]
        first = np.arange(script.officers) < script["levers.first_contingent"]
        self.nearness = np.where(first, script.near[:, None], script.far[:, None]).astype(F)

    def setup(self, B: int, N: int, params: State, rng: Rng) -> State:
        """The eve of the first day of ``B`` runs."""
        s = self.script

        def gaussian() -> Any:
            return rng.standard_normal((B, N), dtype=F)

        baseline = gaussian()
        sd = F(s["officers.frailty_sd"])
        frailty = np.exp(sd * gaussian() - sd * sd / 2)
        state: State = {name: np.zeros(B) for name in SERIES}
        return state | {
            "day": -1,
            "baseline": baseline,
            "z": baseline.copy(),
            "dread": np.exp(F(s["officers.dread_sd"]) * gaussian()),
            "efficacy": gaussian(),
            "survival": np.ones((B, N), F),
            "limit": np.exp(-rng.standard_exponential((B, N), dtype=F) / frailty),
            "friction": rng.random((B, N), dtype=F),
            "present": np.ones((B, N), F),
            "crowd": np.tile(np.diff(s.bounds).astype(F), (B, 1)),
            "excitation": np.tile(s.stationary, (B, 1)),
            "control": np.full(B, s["gangs.control_start"]),
            "fast": np.ones(B),
            "slow": np.ones(B),
            "used": np.full(B, s.constants["heard_start"]),
            "rumour": np.full(B, s.constants["rumour_start"]),
            "denial": np.zeros(B),
            "shaken": (np.empty(0, int), np.empty(0, int)),
            "a": np.empty((B, N), F),
            "b": np.empty((B, N), F),
            "available": np.full(B, float(N)),
        }

    def step(self, state: State, params: State, rng: Rng) -> State:
        """One day."""
        state["day"] += 1
        for name in GIVEN:
            state[name][:] = self.script.given[name][state["day"]]
        self._strike(state, rng)
        self._report_news(state)
        self._perceive(state)
        self._decide(state)
        self._observe(state, rng)
        return state

    def record(self, state: State) -> State:
        """The daily series of each run."""
        return {name: state[name].copy() for name in SERIES}

    def _strike(self, state: State, rng: Rng) -> None:
        s, day, c = self.script, state["day"], self.script.constants
        rate = s.background * s.common[day] + s["gangs.branching_ratio"] * state["excitation"]
        count = rng.poisson(rate) + s.documented[day]
        state["excitation"] *= c["excitation_keep"]
        state["excitation"] += (1 - c["excitation_keep"]) * count
        attacks = state["attacks"] = count.sum(axis=1)
        runs = len(attacks)
        run = np.repeat(np.arange(runs), np.minimum(count, c["attack_slots"]).sum(axis=1))
        mark, fate = rng.random((2, len(run)))
        dead = np.floor(c["death_scale"] * ((1 - fate) ** (-1 / s["gangs.death_tail"]) - 1))
        dead = np.minimum(dead, c["deaths_cap"])
        strategic, kind = mark < s.strategic[day], mark / max(s.strategic[day], 1e-12)
        weight = s["media.strategic_salience"] * (1 + s["media.kenya_relevance"] * ((kind >= 0.7) & (kind < 0.9)))
        state["deaths_gang"] = np.bincount(run, dead, runs)
        state["strategic"] = np.bincount(run, strategic * weight, runs)
        state["passing"] = np.bincount(run, ~strategic, runs)
        civilians = np.bincount(run, dead * ~(strategic & (kind < 0.5)), runs)
        operations = state["deaths_operations"] = rng.poisson(s.operations[day], runs)
        vigilantes = state["deaths_vigilantes"] = rng.poisson(s.vigilantes[day], runs)
        state["civilian_harm"] = civilians + s["gangs.civilian_share"] * (operations + vigilantes)
        control = state["control"]
        control += s["gangs.control_gain"] * attacks * (1 - control) - s["gangs.control_loss"] * control
        np.clip(control, 0, 1, out=control)

    def _report_news(self, state: State) -> None:
        s, c = self.script, self.script.constants
        lasting = state["strategic"] + s.salience[state["day"]]
        report = state["reports"] * s["media.report_salience"] * (1 + s["media.kenya_relevance"])
        for name, drive, reference in (
            ("fast", lasting + state["passing"] + report, c["news_reference_fast"]),
            ("slow", lasting, c["news_reference_slow"]),
        ):
            keep = c[f"news_keep_{name}"]
            state[name] = keep * state[name] + (1 - keep) * drive / reference
        weight, retention = s["media.slow_weight"], s["media.rumour_retention"]
        news = (1 - weight) * state["fast"] + weight * state["slow"]
        state["denial"] = np.maximum(retention * state["denial"], state["denials"])
        believed = 1 - s["media.denial_credibility"] * state["denial"]
        state["rumour"] = retention * state["rumour"] + 0.1 * s["media.rumour_rate"] * news * believed
        state["media"] = news + state["rumour"]

    def _perceive(self, state: State) -> None:
        s, day, z, a, b = self.script, state["day"], state["z"], state["a"], state["b"]
        sd, media, used = s["officers.baseline_sd"], state["media"], state["used"]
        usual, share = s.constants["heard_start"], s["officers.habituation_share"]
        heard = np.log(np.maximum(media, 1e-6) / usual) - share * np.log(np.maximum(used, 1e-6) / usual)
        push = s["officers.threat_sensitivity"] / sd * heard
        state["used"] = used + (media - used) / s["officers.habituation_days"]
        squad_pull, force_pull = F(s["officers.squad_pull"]), F(s["officers.force_pull"])
        np.multiply(z, state["present"], out=a)
        sums = np.add.reduceat(a, self.starts, axis=1)
        force = force_pull * sums.sum(axis=1) / np.maximum(state["available"], 1)
        pull = squad_pull * sums / np.maximum(state["crowd"], 1) + force[:, None].astype(F)
        np.multiply(state["dread"], push[:, None].astype(F), out=a)
        a += state["baseline"]
        a += F(s.shift[day] / sd)
        a -= z
        # φ up or down without a choice: φ·max(own, 0) + φ·fall·min(own, 0)
        rise, fall = F(s["officers.rise_rate"]), F(s["officers.fall_ratio"])
        np.multiply(a, fall, out=b)
        np.maximum(a, b, out=a)
        a *= rise
        np.take(pull, self.squad_of, axis=1, out=b, mode="clip")  # contiguous, which pull[:, squad_of] is not
        a += b
        np.multiply(z, squad_pull + force_pull, out=b)
        a -= b
        a *= state["present"]
        z += a

    def _decide(self, state: State) -> None:
        s, day, z, a, b = self.script, state["day"], state["z"], state["a"], state["b"]
        survival = state["survival"]
        runs, squads = state["shaken"]
        for run, squad in zip(runs, squads, strict=True):
            survival[run, s.bounds[squad] : s.bounds[squad + 1]] *= F(math.exp(-s["officers.leader_shock"]))
        # e^{−y} of y = b₀ + b_q z − b_E z_E + b_× z₊(−z_E)₊
        np.add(state["efficacy"], F(s.gain[day]), out=a)
        np.minimum(a, 0, out=b)
        b *= np.maximum(z, 0)
        b *= F(s["theory.interaction"])
        a *= F(s["theory.efficacy"])
        a += b
        np.multiply(z, F(s["theory.threat"]), out=b)
        a -= b
        a -= F(math.log(s["theory.base_hazard"]))
        np.exp(a, out=a)
        a += 1
        np.divide(self.nearness[day], a, out=a)
        np.subtract(1, a, out=a)
        survival *= a
        run, officer = np.divmod(np.flatnonzero(survival <= state["limit"]), survival.shape[1])
        state["limit"][run, officer] = -1
        stay = state["friction"][run, officer] < s["officers.friction_before"]
        count = len(z)
        state["intents"] = np.bincount(run, minlength=count)
        run, officer = run[~stay], officer[~stay]
        squad = self.squad_of[officer]
        state["present"][run, officer] = 0
        np.subtract.at(state["crowd"], (run, squad), 1)
        leads = self.starts[squad] == officer
        state["shaken"] = run[leads], squad[leads]
        exits = state["exits"] = np.bincount(run, minlength=count)
        state["out"] = state["out"] + exits
        available = state["available"] = state["available"] - exits
        # mean σ(x) of those present
        np.multiply(z, F(-s["officers.baseline_sd"]), out=a)
        a -= F(s["officers.baseline"])
        np.exp(a, out=a)
        a += 1
        np.divide(state["present"], a, out=a)
        with np.errstate(invalid="ignore"):
            state["perceived_hazard"] = a.sum(axis=1) / available

    def _observe(self, state: State, rng: Rng) -> None:
        s = self.script
        first, second = rng.random((2, len(state["exits"])))
        state["reports"] = first < 1 - s.silent[state["day"]] ** state["exits"]
        state["denials"] = state["reports"] & (second < s["media.denial_probability"])


def simulate(script: Script, runs: int, seed: int, width: int = WIDTH) -> dict[str, Any]:
    """Daily series of some runs, each ``(runs, days)``, in batches of a width."""
    from ambr import GPUEnsembleRunner

    parts = []
    for first in range(0, runs, width):
        runner = GPUEnsembleRunner(BatchedDeployment(script.with_squads(seed + first)))
        some = {"run": np.arange(first, min(first + width, runs))}
        parts.append(runner.run(script.officers, script.days, some, seed + first))
    return {name: np.concatenate([part[name] for part in parts]) for name in SERIES}
