"""The model for Starsim: one module whose officers are Starsim's people and whose states are its arrays.

Vectorised over officers as Starsim's own modules are, on ``.values`` of the states (with nobody born or removed they
are the arrays themselves). Profiled, and what helped is in: random streams jump from step to step only when common
random numbers are on, so they are off (on, they double the time); the day's luck comes from one stream's generator;
NumPy's plain functions instead of operators on Starsim's arrays, which wrap and copy; one scalar loop in plain Python
for news; results are gathered in one array and handed over at the end. What is left is the price of a NumPy call for
each of some sixty operations on 400 officers a day, and of making a ``Sim``.
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import starsim as ss

from experiments.peers.script import GIVEN, SERIES, Script

DRAWN = tuple(name for name in SERIES if name not in GIVEN)


class Deployment(ss.Module):
    """Officers of a voluntary deployment under T1, the gangs and the press."""

    script: Script
    """Kept by the class: Starsim walks through all that an instance holds when it makes a ``Sim``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        s = self.script
        self.squad_of = np.repeat(np.arange(len(s.bounds) - 1), np.diff(s.bounds))
        self.starts = s.bounds[:-1]
        self.first = np.arange(s.officers) < s["levers.first_contingent"]
        self.luck = ss.random()
        spread = s["officers.frailty_sd"]
        self.define_states(
            ss.FloatArr("baseline", default=ss.normal(0, 1)),
            ss.FloatArr("dread", default=ss.lognorm_im(0, s["officers.dread_sd"])),
            ss.FloatArr("efficacy", default=ss.normal(0, 1)),
            ss.FloatArr("frailty", default=ss.lognorm_im(-spread * spread / 2, spread)),
            ss.FloatArr("tolerance", default=ss.expon(1.0)),
            ss.FloatArr("friction", default=ss.random()),
            ss.FloatArr("z", default=0.0),
            ss.FloatArr("cumulated", default=0.0),
            ss.FloatArr("present", default=1.0),
        )

    def init_results(self) -> None:
        super().init_results()
        self.define_results(*[ss.Result(name, dtype=float, scale=False) for name in SERIES])

    def init_post(self) -> None:
        super().init_post()
        s = self.script
        self.z[:] = self.baseline.values
        self.tolerance[:] = self.tolerance.values / self.frailty.values
        self.world = SimpleNamespace(
            excitation=s.stationary.copy(), crowd=np.diff(s.bounds).astype(float), control=s["gangs.control_start"],
            fast=1.0, slow=1.0,
            used=s.constants["heard_start"], rumour=s.constants["rumour_start"], denial=0.0, report=False,
            denied=False, shaken=[], out=0,
        )  # fmt: skip
        self.series = np.zeros((len(DRAWN), s.days))

    def step(self) -> None:
        """One day."""
        today: dict[str, float] = {"casualties": 0}
        rng, day = self.luck.rng, self.ti
        self.strike(rng, day, today)
        self.hear(today)
        self.perceive(day, today["media"])
        self.decide(day, today)
        self.observe(rng, day, today)
        self.series[:, day] = [today[name] for name in DRAWN]

    def finalize_results(self) -> None:
        super().finalize_results()
        for name, values in zip(DRAWN, self.series, strict=True):
            self.results[name][:] = values
        for name in GIVEN:
            self.results[name][:] = self.script.given[name]

    def strike(self, rng: np.random.Generator, day: int, today: dict[str, float]) -> None:
        s, c, w = self.script, self.script.constants, self.world
        count = rng.poisson(s.background * s.common[day] + s["gangs.branching_ratio"] * w.excitation)
        count += s.documented[day]
        w.excitation *= c["excitation_keep"]
        w.excitation += (1 - c["excitation_keep"]) * count
        attacks = int(count.sum())
        mark, fate = rng.random((2, int(np.minimum(count, c["attack_slots"]).sum()))).tolist()
        share, power = s.strategic[day], -1 / s["gangs.death_tail"]
        loud, relevance, scale = s["media.strategic_salience"], s["media.kenya_relevance"], c["death_scale"]
        deaths = civilians = passing = 0
        w.lasting = s.salience[day]
        for m, f in zip(mark, fate, strict=True):
            dead = min(math.floor(scale * ((1 - f) ** power - 1)), 60)
            deaths += dead
            civilians += dead
            if m < share:
                kind = m / share
                w.lasting += loud * (1 + relevance * (0.7 <= kind < 0.9))
                if kind < 0.5:
                    civilians -= dead
            else:
                passing += 1
        w.passing = passing
        operations, vigilantes = int(rng.poisson(s.operations[day])), int(rng.poisson(s.vigilantes[day]))
        w.control += s["gangs.control_gain"] * attacks * (1 - w.control) - s["gangs.control_loss"] * w.control
        w.control = min(max(w.control, 0.0), 1.0)
        today.update(
            attacks=attacks,
            deaths_gang=deaths,
            deaths_operations=operations,
            deaths_vigilantes=vigilantes,
            civilian_harm=civilians + s["gangs.civilian_share"] * (operations + vigilantes),
            control=w.control,
        )

    def hear(self, today: dict[str, float]) -> None:
        s, c, w = self.script, self.script.constants, self.world
        brief = w.passing + w.report * s["media.report_salience"] * (1 + s["media.kenya_relevance"])
        keep_fast, keep_slow, weight = c["news_keep_fast"], c["news_keep_slow"], s["media.slow_weight"]
        w.fast = keep_fast * w.fast + (1 - keep_fast) * (w.lasting + brief) / c["news_reference_fast"]
        w.slow = keep_slow * w.slow + (1 - keep_slow) * w.lasting / c["news_reference_slow"]
        news = (1 - weight) * w.fast + weight * w.slow
        w.denial = max(s["media.rumour_retention"] * w.denial, w.denied)
        believed = 1 - s["media.denial_credibility"] * w.denial
        w.rumour = s["media.rumour_retention"] * w.rumour + 0.1 * s["media.rumour_rate"] * news * believed
        today.update(media=news + w.rumour, rumour=w.rumour)

    def perceive(self, day: int, media: float) -> None:
        s, w, z, present = self.script, self.world, self.z.values, self.present.values
        sd = s["officers.baseline_sd"]
        usual, share = s.constants["heard_start"], s["officers.habituation_share"]
        heard = math.log(max(media, 1e-6) / usual) - share * math.log(max(w.used, 1e-6) / usual)
        push = s["officers.threat_sensitivity"] / sd * heard
        w.used += (media - w.used) / s["officers.habituation_days"]
        squad_pull, force_pull = s["officers.squad_pull"], s["officers.force_pull"]
        sums = np.add.reduceat(z * present, self.starts)
        force = force_pull * float(sums.sum()) / max(float(w.crowd.sum()), 1.0)
        pull = (squad_pull * sums / np.maximum(w.crowd, 1) + force)[self.squad_of]
        own = self.dread.values * push
        own += self.baseline.values
        own += s.shift[day] / sd
        own -= z
        own *= s["officers.rise_rate"]
        np.maximum(own, own * s["officers.fall_ratio"], out=own)
        own += pull
        own -= (squad_pull + force_pull) * z
        own *= present
        z += own

    def decide(self, day: int, today: dict[str, float]) -> None:
        s, w, z, present, cumulated = self.script, self.world, self.z.values, self.present.values, self.cumulated.values
        tolerance = self.tolerance.values
        helpless = -self.efficacy.values
        helpless -= s.gain[day]
        odds = np.maximum(z, 0)
        odds *= np.maximum(helpless, 0)
        odds *= s["theory.interaction"]
        helpless *= s["theory.efficacy"]
        odds += helpless
        odds += s["theory.threat"] * z
        odds += math.log(s["theory.base_hazard"])
        np.exp(-odds, out=odds)
        odds += 1
        hazard = np.where(self.first, s.near[day], s.far[day])
        hazard /= odds
        cumulated -= np.log1p(-hazard)
        for squad in w.shaken:
            cumulated[s.bounds[squad] : s.bounds[squad + 1]] += s["officers.leader_shock"]
        wanting = np.flatnonzero(cumulated >= tolerance)
        w.shaken, exits = [], 0
        for officer in wanting.tolist():
            tolerance[officer] = np.inf
            if self.friction[officer] >= s["officers.friction_before"]:
                squad = self.squad_of[officer]
                present[officer] = 0
                w.crowd[squad] -= 1
                exits += 1
                if self.starts[squad] == officer:
                    w.shaken.append(squad)
        w.out += exits
        available = s.officers - w.out
        tour = np.exp(-s["officers.baseline_sd"] * z - s["officers.baseline"])
        tour += 1
        perceived = float((present / tour).sum()) / available if available else math.nan
        today.update(exits=exits, out=w.out, intents=len(wanting), available=available, perceived_hazard=perceived)

    def observe(self, rng: np.random.Generator, day: int, today: dict[str, float]) -> None:
        w, (first, second) = self.world, rng.random(2).tolist()
        w.report = first < 1 - self.script.silent[day] ** today["exits"]
        w.denied = w.report and second < self.script["media.denial_probability"]
        today.update(reports=w.report, denials=w.denied)


def sim_of(script: Script, seed: int) -> ss.Sim:
    """One run."""
    start, stop = script["clock.start"].isoformat(), script["clock.end"].isoformat()
    Deployment.script = script
    module = Deployment(name="deployment")
    return ss.Sim(
        n_agents=script.officers, modules=module, start=start, stop=stop, dt=ss.days(1), rand_seed=seed,
        verbose=0, copy_inputs=False,
    )  # fmt: skip


def simulate(script: Script, runs: int, seed: int) -> dict[str, Any]:
    """Daily series of some runs, each ``(runs, days)``, one after another."""
    ss.options(crn=False)
    results = []
    for run in range(runs):
        sim = sim_of(script.with_squads(seed + run), seed + run).run()
        results.append({name: np.array(sim.results.deployment[name]) for name in SERIES})
    return {name: np.stack([result[name] for result in results]) for name in SERIES}
