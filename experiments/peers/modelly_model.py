"""The model for Modelly: officers are its agents, their traits and states its columns, a day its step.

Written as Modelly's documentation advises for speed: attributes are ``Column`` declarations and a step works on the
views of the whole table, in NumPy; a typed ``Scenario`` holds what varies, ``Scenario.from_dataframe`` makes the
replications, and ``run_scenarios`` runs them one after another. With one seed for all rows of the frame, which is how
Modelly shares luck between scenarios, replication k has the same generator in each: one stream, which stays the same
until the first draw that differs. Modelly 1.3.2 needs Python 3.12.
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from modelly import Agent, Model
from modelly.core.columns import Column
from modelly.scenarios import Scenario
from modelly.scenarios.runner import RunConfiguration, run_scenarios

from experiments.peers.script import GIVEN, SERIES, Script, script

DRAWN = tuple(name for name in SERIES if name not in GIVEN)


class Deployed(Scenario):
    """What varies between runs: the case by name, and the first replicate of the squads."""

    case: str = "as_documented"
    squads: int = 0


class Officer(Agent):
    """One officer; what he carries are rows of the table."""

    baseline = Column(float)
    dread = Column(float)
    efficacy = Column(float)
    friction = Column(float)
    tolerance = Column(float)
    z = Column(float)
    cumulated = Column(float)
    present = Column(float, default=1.0)


class Deployment(Model):
    """Officers of a voluntary deployment under T1, the gangs and the press."""

    def __init__(self, scenario: Deployed) -> None:
        super().__init__(scenario=scenario)
        s = self.script = _squads(scenario.case, scenario.squads + scenario.replication_id)
        self.squad_of = np.repeat(np.arange(len(s.bounds) - 1), np.diff(s.bounds))
        self.first = np.arange(s.officers) < s["levers.first_contingent"]
        Officer.create_agents(self, s.officers)
        t, rng, n, sd = self.columns[Officer], self.rng, s.officers, s["officers.frailty_sd"]
        t.baseline = t.z = rng.standard_normal(n)
        t.dread = np.exp(s["officers.dread_sd"] * rng.standard_normal(n))
        t.efficacy = rng.standard_normal(n)
        t.tolerance = rng.standard_exponential(n) / np.exp(sd * rng.standard_normal(n) - sd * sd / 2)
        t.friction = rng.random(n)
        self.world = SimpleNamespace(
            excitation=s.stationary.copy(), crowd=np.diff(s.bounds).astype(float), control=s["gangs.control_start"],
            fast=1.0, slow=1.0,
            used=s.constants["heard_start"], rumour=s.constants["rumour_start"], denial=0.0, report=False,
            denied=False, shaken=[], out=0, day=0,
        )  # fmt: skip
        self.series = np.zeros((s.days, len(DRAWN)))

    def step(self) -> None:
        """One day."""
        day, today = self.world.day, {"casualties": 0.0}
        self.strike(day, today)
        self.hear(today)
        self.perceive(day, today["media"])
        self.decide(day, today)
        self.observe(day, today)
        self.series[day] = [today[name] for name in DRAWN]
        self.world.day += 1

    def strike(self, day: int, today: dict[str, float]) -> None:
        s, c, w, rng = self.script, self.script.constants, self.world, self.rng
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
            dead = min(math.floor(scale * ((1 - f) ** power - 1)), c["deaths_cap"])
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
        today |= {
            "attacks": attacks,
            "deaths_gang": deaths,
            "deaths_operations": operations,
            "deaths_vigilantes": vigilantes,
            "civilian_harm": civilians + s["gangs.civilian_share"] * (operations + vigilantes),
            "control": w.control,
        }

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
        today |= {"media": news + w.rumour, "rumour": w.rumour}

    def perceive(self, day: int, media: float) -> None:
        s, w, t = self.script, self.world, self.columns[Officer]
        z, present, sd = t.z, t.present, s["officers.baseline_sd"]
        usual, share = s.constants["heard_start"], s["officers.habituation_share"]
        heard = math.log(max(media, 1e-6) / usual) - share * math.log(max(w.used, 1e-6) / usual)
        w.used += (media - w.used) / s["officers.habituation_days"]
        squad_pull, force_pull = s["officers.squad_pull"], s["officers.force_pull"]
        sums = np.add.reduceat(z * present, s.bounds[:-1])
        force = force_pull * float(sums.sum()) / max(float(w.crowd.sum()), 1.0)
        own = t.dread * (s["officers.threat_sensitivity"] / sd * heard)
        own += t.baseline
        own += s.shift[day] / sd
        own -= z
        own *= s["officers.rise_rate"]
        np.maximum(own, own * s["officers.fall_ratio"], out=own)
        own += (squad_pull * sums / np.maximum(w.crowd, 1) + force)[self.squad_of]
        own -= (squad_pull + force_pull) * z
        own *= present
        z += own

    def decide(self, day: int, today: dict[str, float]) -> None:
        s, w, t = self.script, self.world, self.columns[Officer]
        z, present, cumulated, tolerance = t.z, t.present, t.cumulated, t.tolerance
        helpless = -t.efficacy - s.gain[day]
        odds = np.maximum(z, 0)
        odds *= np.maximum(helpless, 0)
        odds *= s["theory.interaction"]
        helpless *= s["theory.efficacy"]
        odds += helpless
        odds += s["theory.threat"] * z
        odds += math.log(s["theory.base_hazard"])
        np.exp(-odds, out=odds)
        odds += 1
        cumulated -= np.log1p(-np.where(self.first, s.near[day], s.far[day]) / odds)
        for squad in w.shaken:
            cumulated[s.bounds[squad] : s.bounds[squad + 1]] += s["officers.leader_shock"]
        wanting = np.flatnonzero(cumulated >= tolerance)
        w.shaken, exits = [], 0
        for officer in wanting.tolist():
            tolerance[officer] = np.inf
            if t.friction[officer] >= s["officers.friction_before"]:
                squad = self.squad_of[officer]
                present[officer] = 0
                w.crowd[squad] -= 1
                exits += 1
                if s.bounds[squad] == officer:
                    w.shaken.append(squad)
        w.out += exits
        available = s.officers - w.out
        tour = np.exp(-s["officers.baseline_sd"] * z - s["officers.baseline"])
        tour += 1
        perceived = float((present / tour).sum()) / available if available else math.nan
        today |= {"exits": exits, "out": w.out, "intents": len(wanting), "available": available}
        today["perceived_hazard"] = perceived

    def observe(self, day: int, today: dict[str, float]) -> None:
        w, (first, second) = self.world, self.rng.random(2).tolist()
        w.report = first < 1 - self.script.silent[day] ** today["exits"]
        w.denied = w.report and second < self.script["media.denial_probability"]
        today |= {"reports": w.report, "denials": w.denied}


class Series(RunConfiguration):
    """A run ends with the daily series as a frame."""

    def extract_output(self, model: Deployment) -> dict[str, pd.DataFrame]:
        return {"series": pd.DataFrame(model.series, columns=DRAWN).assign(**model.script.given)}


def _squads(case: str, replicate: int) -> Script:
    return script(case).with_squads(replicate)


def simulate(scenario: str, runs: int, seed: int) -> dict[str, Any]:
    """Daily series of some runs of a scenario, each ``(runs, days)``; the same seed is the same luck.

    Raises
    ------
    RuntimeError
        When a run failed, which Modelly keeps as a row of its store.
    """
    rows = pd.DataFrame([{"case": scenario, "squads": seed}])
    scenarios = Deployed.from_dataframe(rows, rng=seed, replications=runs)
    store = run_scenarios(scenarios, Series(Deployment, until=script(scenario).days), progress=False)
    if failed := store.failed():
        raise RuntimeError(next(iter(failed.values())).failure.traceback)
    frames = [record.output["series"] for record in store.succeeded().values()]
    return {name: np.stack([frame[name].to_numpy() for frame in frames]) for name in SERIES}
