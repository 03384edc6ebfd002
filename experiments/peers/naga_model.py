"""The model for Naga: a model file whose three populations tick once a day, with behaviour in agent Python.

Officers, squads and the world outside are Naga's agents, all that they carry is attributes, and an officer who has left
is in another state. Naga's own expressions would do as well, but ``exp`` is not among those that it evaluates for a
whole population at once, and one call of a function a day is then faster than a dozen expressions. Profiled: most
of the time goes into the views through which agent Python reads and writes attributes, so squads hand on what the world
tells officers. Agent Python has no imports, no Poisson draw and no classes, so counts are drawn by inverse distribution
function from the agent's uniforms. Populations tick in the order world, squads, officers, each agent in turn: nothing
that an officer reads on a day is written by another on that day.

Naga gives each agent a stream of its own, by replication seed, population, agent and number of the draw; two scenarios
with the same seeds therefore share officers and attacks, as its ``run_scenarios`` does for its paired comparisons.
Outputs of attributes are those of the last day, so the share by the record's end is kept by the world.
"""

from __future__ import annotations

import json
import math
import os
from typing import Any

import numpy as np
from nagasim import api

from experiments.peers.script import Script

os.environ["NAGASIM_ALLOW_AGENT_PYTHON"] = "1"

DAILY = ("common", "strategic", "operations", "vigilantes", "salience", "near", "far", "shift", "gain", "silent")
WORLD = """
def poisson(api, rate):
    u, mass, count = api.random(), math.exp(-rate), 0
    reached = mass
    while u > reached and count < 200:
        count += 1
        mass *= rate / count
        reached += mass
    return count

def day(agent, api):
    today = int(api.now) - 1
    p = api.params
    left = api.count("Officers", "Left")
    exits = left - agent.get("out")
    agent.set("exits", exits)
    agent.set("out", left)
    agent.set("available", api.count("Officers", "Serving"))
    wanting = api.sum("Officers", "asked")
    agent.set("intents", wanting - agent.get("asked"))
    agent.set("asked", wanting)
    agent.set("perceived_hazard", api.mean("Officers", "felt", "Serving"))
    if today == int(p["record_end"]) + 1:
        agent.set("out_by_record_end", left)
    report = denied = 0.0
    if today > 0:
        first, second = api.random(), api.random()
        if first < 1 - {silent}[today - 1] ** exits:
            report = 1.0
            if second < p["denial_probability"]:
                denied = 1.0
    agent.set("report", report)
    agent.set("denied", denied)

    common, branching, keep = {common}[today], p["branching"], p["excitation_keep"]
    attacks = slots = 0
    background, documented, names = {background}, {documented}[today], {excitations}
    for j in range(len(background)):
        excitation = agent.get(names[j])
        n = poisson(api, background[j] * common + branching * excitation) + documented[j]
        agent.set(names[j], keep * excitation + (1 - keep) * n)
        attacks += n
        slots += min(n, int(p["attack_slots"]))
    share = {strategic}[today]
    lasting, passing, deaths, civilians = {salience}[today], 0, 0, 0
    for k in range(slots):
        mark, fate = api.random(), api.random()
        dead = min(int(p["death_scale"] * ((1 - fate) ** p["death_power"] - 1)), int(p["deaths_cap"]))
        deaths += dead
        civilians += dead
        if mark < share:
            kind = mark / share
            lasting += p["strategic_salience"] * (1 + (p["kenya"] if 0.7 <= kind < 0.9 else 0))
            if kind < 0.5:
                civilians -= dead
        else:
            passing += 1
    operations, vigilantes = poisson(api, {operations}[today]), poisson(api, {vigilantes}[today])
    control = agent.get("control")
    control += p["control_gain"] * attacks * (1 - control) - p["control_loss"] * control
    agent.set("control", min(max(control, 0.0), 1.0))
    agent.set("attacks", attacks)
    agent.set("deaths_gang", deaths)
    agent.set("deaths_operations", operations)
    agent.set("deaths_vigilantes", vigilantes)
    agent.set("civilian_harm", civilians + p["civilian_share"] * (operations + vigilantes))

    brief = passing + report * p["report_salience"] * (1 + p["kenya"])
    fast = p["keep_fast"] * agent.get("fast") + (1 - p["keep_fast"]) * (lasting + brief) / p["reference_fast"]
    slow = p["keep_slow"] * agent.get("slow") + (1 - p["keep_slow"]) * lasting / p["reference_slow"]
    agent.set("fast", fast)
    agent.set("slow", slow)
    news = (1 - p["slow_weight"]) * fast + p["slow_weight"] * slow
    denial = max(p["retention"] * agent.get("denial"), denied)
    agent.set("denial", denial)
    rumour = p["retention"] * agent.get("rumour") + 0.1 * p["rumour_rate"] * news * (1 - p["credibility"] * denial)
    agent.set("rumour", rumour)
    media, used, usual = news + rumour, agent.get("used"), p["heard_start"]
    agent.set("media", media)
    heard = math.log(max(media, 1e-6) / usual) - p["habituation_share"] * math.log(max(used, 1e-6) / usual)
    agent.set("used", used + (media - used) / p["habituation_days"])
    agent.set("push", p["sensitivity"] / p["sd"] * heard)
    agent.set("shift", {shift}[today] / p["sd"])
    agent.set("gain", {gain}[today])
    agent.set("near", {near}[today])
    agent.set("far", {far}[today])
    agent.set("force", p["force_pull"] * api.sum("Officers", "z", "Serving") / max(agent.get("available"), 1))
"""
SQUAD = """
def day(agent, api):
    world, first, size = api.agent("World", 0), int(agent.get("first")), int(agent.get("size"))
    for name in ("push", "shift", "gain", "near", "far"):
        agent.set(name, world.get(name))
    total, crowd = 0.0, 0
    for k in range(first, first + size):
        officer = api.agent("Officers", k)
        if officer.state == "Serving":
            total += officer.get("z")
            crowd += 1
    agent.set("pull", api.params["squad_pull"] * total / max(crowd, 1) + world.get("force"))
    leaderless = 1.0 if api.agent("Officers", first).state == "Left" else 0.0
    agent.set("shaken", api.params["leader_shock"] * (leaderless - agent.get("leaderless")))
    agent.set("leaderless", leaderless)
"""
OFFICER = """
def day(agent, api):
    if agent.state == "Left":
        return
    p, squad = api.params, api.agent("Squads", agent.get("squad"))
    z = agent.get("z")
    own = agent.get("baseline") + agent.get("dread") * squad.get("push") + squad.get("shift") - z
    own *= p["rise"] if own > 0 else p["fall"]
    z += own + squad.get("pull") - p["pulls"] * z
    agent.set("z", z)
    agent.set("felt", 1 / (1 + math.exp(-p["sd"] * z - p["baseline"])))
    helpless = -agent.get("efficacy") - squad.get("gain")
    odds = p["log_base"] + p["threat"] * z + p["helpless"] * helpless + p["both"] * max(z, 0) * max(helpless, 0)
    hazard = squad.get("near" if agent.id < p["contingent"] else "far") / (1 + math.exp(-odds))
    cumulated = agent.get("cumulated") - math.log1p(-hazard) + squad.get("shaken")
    agent.set("cumulated", cumulated)
    if cumulated >= agent.get("tolerance"):
        agent.set("asked", 1)
        agent.set("tolerance", 1e9)
        if agent.get("friction") >= p["friction"]:
            agent.set("leaving", 1)
"""
KEPT = (
    *("exits", "out", "out_by_record_end", "intents", "asked", "available", "attacks", "deaths_gang"),
    *("deaths_operations", "deaths_vigilantes", "civilian_harm", "media", "perceived_hazard", "report", "denied"),
    *("denial", "push", "shift", "gain", "near", "far", "force"),
)
"""What the world carries from zero on."""


def model_of(s: Script) -> dict[str, Any]:
    """The model file."""
    days, blocs = range(s.days), [f"excitation_{j}" for j in range(len(s.background))]
    tables = {name: tuple(getattr(s, name).tolist()) for name in DAILY}
    documented = tuple(map(tuple, s.documented.tolist()))
    code = WORLD
    for name, table in (tables | {"documented": documented, "background": tuple(s.background.tolist())}).items():
        code = code.replace(f"{{{name}}}", repr(table))
    code = code.replace("{excitations}", repr(tuple(blocs)))
    start = {"available": s.officers, "control": s["gangs.control_start"], "fast": 1, "slow": 1}
    start |= {"used": s.constants["heard_start"], "rumour": s.constants["rumour_start"]}
    start |= dict(zip(blocs, s.stationary.tolist(), strict=True))
    sd = s["officers.frailty_sd"]
    traits = {
        "baseline": "NORM(0, 1)",
        "dread": f"exp({s['officers.dread_sd']} * NORM(0, 1))",
        "efficacy": "NORM(0, 1)",
        "tolerance": f"EXPO(1) / exp({sd} * NORM(0, 1) - {sd * sd / 2})",
        "friction": "UNIF(0, 1)",
        "z": "self.baseline",
        "squad": "TABLE(\"Roll\", self.id, \"squad\")",
    } | dict.fromkeys(("felt", "cumulated", "asked", "leaving"), "0")  # fmt: skip
    squads = {"first": 'TABLE("Squad", self.id, "first")', "size": 'TABLE("Squad", self.id, "size")'}
    squads |= dict.fromkeys(("pull", "shaken", "leaderless", "push", "shift", "gain", "near", "far"), "0")
    starts, sizes = s.bounds[:-1].tolist(), np.diff(s.bounds).tolist()
    leave = {"from": "Serving", "to": "Left", "tick": "self.leaving > 0"}
    return {
        "schema_version": 29,
        "blocks": [],
        "agent_types": [
            _type("Outside", code, dict.fromkeys(KEPT, 0) | start, _outside(s)),
            _type("Squad", SQUAD, squads, {"squad_pull": s["officers.squad_pull"],
                                           "leader_shock": s["officers.leader_shock"]}),
            _type("Officer", OFFICER, traits, _officer(s)) | {
                "states": [{"name": "Serving"}, {"name": "Left"}], "initial_state": "Serving", "transitions": [leave]},
        ],
        "populations": [
            {"name": "World", "type": "Outside", "count": 1},
            {"name": "Squads", "type": "Squad", "count": len(starts)},
            {"name": "Officers", "type": "Officer", "count": s.officers},
        ],
        "tables": [
            _table("Roll", {"squad": np.repeat(np.arange(len(starts)), sizes).tolist()}),
            _table("Squad", {"first": starts, "size": sizes}),
        ],
        "simulation": {"time_limit": len(days) + 0.5, "time_unit": "minutes"},
    }  # fmt: skip


def _type(name: str, code: str, attributes: dict[str, Any], parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "parameters": {key: float(value) for key, value in parameters.items()},
        "attributes": [{"name": key, "init": str(value)} for key, value in attributes.items()],
        "states": [{"name": "There"}],
        "initial_state": "There",
        "tick": {"dt": 1, "activation": "sequential", "time_unit": "minutes"},
        "on_tick": [{"python": "day"}],
        "python": code,
    }


def _table(name: str, columns: dict[str, list[int]]) -> dict[str, Any]:
    values = [list(row) for row in zip(*columns.values(), strict=True)]
    modes = {"key_mode": "exact", "column_mode": "exact"}
    return {"name": name, "keys": list(range(len(values))), "columns": list(columns), "values": values} | modes


def _outside(s: Script) -> dict[str, Any]:
    c = s.constants
    return {
        "record_end": s.record_end, "denial_probability": s["media.denial_probability"],
        "branching": s["gangs.branching_ratio"], "excitation_keep": c["excitation_keep"],
        "attack_slots": c["attack_slots"], "death_scale": c["death_scale"], "death_power": -1 / s["gangs.death_tail"],
        "deaths_cap": c["deaths_cap"], "strategic_salience": s["media.strategic_salience"],
        "kenya": s["media.kenya_relevance"], "control_gain": s["gangs.control_gain"],
        "control_loss": s["gangs.control_loss"], "civilian_share": s["gangs.civilian_share"],
        "report_salience": s["media.report_salience"], "keep_fast": c["news_keep_fast"],
        "keep_slow": c["news_keep_slow"], "reference_fast": c["news_reference_fast"],
        "reference_slow": c["news_reference_slow"], "slow_weight": s["media.slow_weight"],
        "retention": s["media.rumour_retention"], "rumour_rate": s["media.rumour_rate"],
        "credibility": s["media.denial_credibility"], "heard_start": c["heard_start"],
        "habituation_share": s["officers.habituation_share"], "habituation_days": s["officers.habituation_days"],
        "sensitivity": s["officers.threat_sensitivity"], "sd": s["officers.baseline_sd"],
        "force_pull": s["officers.force_pull"],
    }  # fmt: skip


def _officer(s: Script) -> dict[str, Any]:
    return {
        "rise": s["officers.rise_rate"], "fall": s["officers.rise_rate"] * s["officers.fall_ratio"],
        "pulls": s["officers.squad_pull"] + s["officers.force_pull"], "sd": s["officers.baseline_sd"],
        "baseline": s["officers.baseline"], "log_base": math.log(s["theory.base_hazard"]),
        "threat": s["theory.threat"], "helpless": s["theory.efficacy"], "both": s["theory.interaction"],
        "contingent": s["levers.first_contingent"], "friction": s["officers.friction_before"],
    }  # fmt: skip


def simulate(s: Script, runs: int, seed: int) -> tuple[Any, Any]:
    """Officers out by the record's end and by the end of each run; the same seed is the same luck."""
    frames = api.run_model(json.loads(json.dumps(model_of(s))), replications=runs, seed=seed)
    world = frames["agent_attributes"].query("Population == 'World' and Attribute == 'out_by_record_end'")
    left = frames["agent_summary"].query("Population == 'Officers' and State == 'Left'")
    return world.sort_values("Run")["End Mean"].to_numpy()[:runs], left.sort_values("Run")["Final"].to_numpy()
