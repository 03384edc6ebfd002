"""What luck cannot touch: the inputs of every day of a scripted case, worked out once and handed to the peers.

Under ``governments=scripted`` nothing that officers, gangs or outsiders do changes a government, and the gangs' unity
follows from the governments alone. The engine computes all of it for every run on every day; the peers and the fused
kernel read it from this table, which spares them a few operations a run and day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.cases.case import Case
from sim.ensemble.design.request import request
from sim.ensemble.engine.addressed_draws import squad_layout
from sim.ensemble.engine.block import Block, Simulation
from sim.model import gangs
from sim.model.parameters import DEATHS_CAP, PRESSURE_UNIT
from sim.model.tile import ATTACK_SLOTS
from sim.model.withdrawal.look import look

ROOT_SEED = 20240307
"""Of the squads, and of the luck of those that share the engine's draws."""
UNTOUCHED = ("leaders_briefed", "credible_denial", "squad_opt_out", "mandatory", "gang_truce", "kit_first", "shut_out")
"""Levers that the peers do not know; a case that pulls one is refused."""
SERIES = (
    *("exits", "out", "intents", "available", "casualties", "attacks", "deaths_gang", "deaths_operations"),
    *("deaths_vigilantes", "civilian_harm", "coalition", "control", "authority", "media", "rumour", "imminence"),
    *("assurance", "perceived_hazard", "reports", "denials"),
)
"""The daily series that every program keeps (docs/ODD.md, 7.16)."""
GIVEN = ("coalition", "authority", "imminence", "assurance")
"""Series that luck cannot touch."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Script:
    """A scripted case of T1 as numbers and daily tables; ``values`` are its settings by dotted name.

    Attributes
    ----------
    bounds
        First officer of each squad, and the number of officers at the end, ``(squads + 1,)``.
    background, stationary
        μ and the reference rate of each bloc, ``(blocs,)``.
    common
        What multiplies μ on each day, ``(days,)``.
    documented
        Documented attacks of each bloc on each day, ``(days, blocs)``.
    strategic
        Share of attacks that are strategic, ``(days,)``.
    operations, vigilantes
        Expected deaths, ``(days,)``.
    salience
        Salience of what the record gives, ``(days,)``.
    near, far
        Factor of an officer's hazard within the first contingent and beyond it, 0 before selection, ``(days,)``.
    shift
        What ambiguity adds to perceived hazard, ``(days,)``.
    gain
        What clear plans add to efficacy, ``(days,)``.
    silent
        Probability that one exit is not reported, ``(days,)``.
    given
        The series of :data:`GIVEN`, ``(days,)`` each.
    """

    values: dict[str, Any]
    bounds: Ints
    background: Floats
    stationary: Floats
    common: Floats
    documented: Ints
    strategic: Floats
    operations: Floats
    vigilantes: Floats
    salience: Floats
    near: Floats
    far: Floats
    shift: Floats
    gain: Floats
    silent: Floats
    given: dict[str, Floats]
    constants: dict[str, float]

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def with_squads(self, replicate: int) -> Script:
        """The same with the squads of a replicate; a batch of a peer's runs shares one layout, the next has another."""
        return replace(self, bounds=_bounds(self.values, replicate))

    @property
    def days(self) -> int:
        """Days of a run."""
        return len(self.common)

    @property
    def officers(self) -> int:
        """Officers in the pool."""
        return int(self.bounds[-1])

    @property
    def record_end(self) -> int:
        """Index of ``clock.record_end`` among the days."""
        return int((self["clock.record_end"] - self["clock.start"]).days)


@cache
def case_of(scenario: str = "as_documented", *words: str) -> Case:
    """A case of T1, composed once a process: composing takes as long as some hundred runs.

    Its unknowns are fixed, as they are in the peers' programs.
    """
    return request([f"scenario={scenario}", "theory=threat_efficacy", "unknowns=fixed", *words]).case


@cache
def script(scenario: str = "as_documented", *words: str) -> Script:
    """Play a case with one run of the engine, and note what luck had no part in.

    Raises
    ------
    ValueError
        When the case is not scripted, waits for conditions, or pulls a lever that the peers do not know.
    """
    case = case_of(scenario, *words)
    v = case.values
    if v["governments.mode"] != "scripted" or v["officers.cohesion"] != "carry" or any(e.when for e in case.events):
        raise ValueError(f"{scenario}: the peers know scripted cases with cohesion=carry and without conditions")
    world = Simulation.of(Block((case,), np.zeros(1, np.int64), np.zeros(1, np.int64), ROOT_SEED, "float64"))
    p = world.parameters
    rows: dict[str, list[Any]] = {}

    def note(**today: Any) -> None:
        for name, value in today.items():
            rows.setdefault(name, []).append(value)

    while world.running:
        s = world.step()
        if any(float(getattr(s, name)[0]) for name in UNTOUCHED):
            raise ValueError(f"{scenario}: the peers do not know the levers {', '.join(UNTOUCHED)}")
        c, authority, imminence, assurance = (float(getattr(s, name)[0]) for name in GIVEN)
        pressure = float(s.police[0] + s.foreign_troops[0]) / PRESSURE_UNIT - float(p.derived.pressure_start[0])
        united = (1 + v["gangs.coalition_gain"] * c) * (1 + v["gangs.vacuum_gain"] * (1 - authority))
        answer = 1 + v["gangs.operations_gain"] * (c - v["gangs.coalition_floor"])
        remote, at_risk = v["officers.remote_hazard"], float(s.selected_on[0] > 0) / float(p.derived.hazard_unit[0])
        clearer = float(p.derived.ambiguity_reference[0]) - float(look(s, p).ambiguity[0])
        share = p.derived.bloc_share
        documented = np.zeros(share.shape, np.int64)
        gangs.spread(float(s.documented_attacks[0]), share, np.empty(len(share), np.int64), documented, 0)
        kenyan = float(s.kenya_salience[0]) * (1 + v["media.kenya_relevance"])
        attention = v["media.attention_floor"] + (1 - v["media.attention_floor"]) * imminence
        note(
            given=(c, authority, imminence, assurance),
            common=united * np.exp(-v["gangs.pressure_gain"] * pressure),
            documented=documented[:, 0],
            strategic=np.clip(v["gangs.strategic_base"] + v["gangs.strategic_gain"] * c, 0, 1),
            operations=v["gangs.operations_share"] * v["gangs.reference_deaths"] * answer,
            vigilantes=v["gangs.vigilante_share"] * v["gangs.reference_deaths"] * answer,
            salience=(float(s.documented_salience[0]) + kenyan) * v["media.documented_scale"],
            near=at_risk * (remote + (1 - remote) * imminence),
            far=at_risk * (remote + (1 - remote) * 0.5 * imminence),
            shift=-v["officers.ambiguity_weight"] * clearer,
            gain=v["theory.assurance"] * clearer / v["officers.ambiguity_gain"],
            silent=max(1 - v["media.report_probability"] * attention, 1e-12),
        )
    tables = {name: np.array(values) for name, values in rows.items()}
    d, given = p.derived, tables.pop("given")
    constants = {name: float(getattr(d, name)[0]) for name in _CONSTANTS}
    constants |= {"attack_slots": ATTACK_SLOTS, "deaths_cap": DEATHS_CAP}
    return Script(
        values=dict(v),
        bounds=_bounds(v, 0),
        background=d.background[:, 0],
        stationary=d.stationary[:, 0],
        given=dict(zip(GIVEN, given.T, strict=True)),
        constants=constants,
        **tables,
    )


def _bounds(v: Mapping[str, Any], replicate: int) -> Ints:
    sizes = v["officers.pool"], v["officers.squad_min"], v["officers.squad_max"]
    layout = squad_layout(ROOT_SEED, [replicate], *sizes)
    return np.append(layout.starts[:, 0], layout.officers)


_CONSTANTS = (
    *("heard_start", "rumour_start"),
    *("excitation_keep", "death_scale", "news_keep_fast", "news_keep_slow"),
    *("news_reference_fast", "news_reference_slow"),
)
