"""Settings of a block as arrays over its runs, and what follows from them once and for all.

``Structure`` holds what every run of a block shares because it shapes arrays or code; ``Parameters`` holds
the values, each an array of shape ``(runs,)``, so that points of a sweep ride beside replicates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.arrays import Floats
from sim.model.layout import Layout
from sim.model.luck import power
from sim.model.media_kernels import RUMOUR_UNIT

DEATHS_CAP = 60
"""Deaths of one attack are capped here; the scale is set from the capped mean."""
ATTACK_SLOTS = 10
"""Attacks of one bloc on one day that can kill; the rest count as attacks alone."""
STRATEGIC_KINDS = {"police": 0.5, "airport or port": 0.2, "threat to the mission": 0.2, "prison": 0.1}
"""What strategic attacks hit, as shares (assumed)."""


@dataclass(frozen=True)
class Structure:
    """What the runs of one block have in common. Days are proleptic ordinals."""

    theory: str
    rules: bool
    cohesion: str
    blocs: int
    start: int
    record_end: int
    target_date: int
    end: int
    pool: int


class Group(SimpleNamespace):
    """Arrays of one config group, by the setting's short name, each of shape ``(runs,)``."""

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"no such setting in this group: {name}")


@dataclass(frozen=True)
class Derived:
    """Constants of each run that follow from its settings; shape ``(runs,)`` unless said."""

    background: Floats
    """μ of each bloc, attacks a day without coalition, vacuum or excitation, ``(blocs, runs)``."""
    stationary: Floats
    """Attacks a day of each bloc in the reference state, ``(blocs, runs)``."""
    bloc_share: Floats
    """Share of each bloc in the attacks, ``(blocs, runs)``."""
    excitation_keep: Floats
    death_scale: Floats
    operations_rate: Floats
    vigilante_rate: Floats
    pressure_start: Floats
    news_keep_fast: Floats
    news_keep_slow: Floats
    news_reference_fast: Floats
    news_reference_slow: Floats
    police_keep: Floats
    weights: tuple[Floats, Floats, Floats]
    """Of readiness, terms and protection in assurance; together 1."""
    unclear_start: Floats
    """How unclear plans are at the start without any lever."""
    ambiguity_reference: Floats
    rumour_start: Floats
    """B*: rumour where news has long been at its reference."""
    heard_start: Floats
    """What officers hear in the reference state, news and rumour."""
    hazard_unit: Floats
    """ι + (1 − ι)I₀: the hazard's factor of imminence at the start."""


@dataclass(frozen=True)
class Parameters:
    """Everything that stays fixed while a block runs."""

    structure: Structure
    layout: Layout
    dtype: np.dtype[Any]
    gangs: Group
    media: Group
    officers: Group
    governments: Group
    levers: Group
    theory: Group
    derived: Derived

    @property
    def runs(self) -> int:
        """Number of runs."""
        return int(self.gangs.branching_ratio.shape[0])


def from_values(structure: Structure, layout: Layout, values: Mapping[str, Floats], dtype: np.dtype[Any]) -> Parameters:
    """Build a block's parameters from float64 arrays keyed by dotted names (``gangs.branching_ratio``).

    What follows from the settings is computed in float64 and only then cast, so that the engine's
    precision does not reach the calibration of scale.
    """
    groups: dict[str, dict[str, Floats]] = {
        name: {} for name in ("gangs", "media", "officers", "governments", "levers", "theory")
    }
    for key, array in values.items():
        group, _, name = key.partition(".")
        groups[group][name] = np.asarray(array, dtype=np.float64)
    exact = {name: Group(**arrays) for name, arrays in groups.items()}
    derived = _derive(structure.blocs, **{k: exact[k] for k in ("gangs", "media", "officers", "governments")})
    cast = {name: Group(**{k: v.astype(dtype) for k, v in arrays.items()}) for name, arrays in groups.items()}
    return Parameters(structure, layout, np.dtype(dtype), derived=_cast(derived, dtype), **cast)


def _derive(blocs: int, gangs: Group, media: Group, officers: Group, governments: Group) -> Derived:
    sizes = power(np.arange(1, blocs + 1, dtype=np.float64)[:, None], -gangs.size_exponent)
    share = sizes / np.add.reduceat(sizes, [0], axis=0)
    stationary = share * gangs.reference_attacks
    amplification = (1 + gangs.coalition_gain * gangs.coalition_floor) * (
        1 + gangs.vacuum_gain * (1 - governments.authority_start)
    )
    attack_deaths = (
        gangs.reference_deaths * (1 - gangs.operations_share - gangs.vigilante_share) / gangs.reference_attacks
    )
    strategic = np.clip(gangs.strategic_base + gangs.strategic_gain * gangs.coalition_floor, 0, 1)
    threat = STRATEGIC_KINDS["threat to the mission"]
    strategic_news = strategic * media.strategic_salience * (1 + threat * media.kenya_relevance)
    raw = [governments.weight_readiness, governments.weight_terms, governments.weight_protection]
    whole = np.maximum(raw[0] + raw[1] + raw[2], 1e-12)
    weights = (raw[0] / whole, raw[1] / whole, raw[2] / whole)
    near = officers.ambiguity_remote + (1 - officers.ambiguity_remote) * governments.imminence_start
    unclear = (1 - weights[0] * governments.readiness) * near
    rumour = RUMOUR_UNIT * media.rumour_rate / (1 - media.rumour_retention)
    return Derived(
        background=stationary * (1 - gangs.branching_ratio) / amplification,
        stationary=stationary,
        bloc_share=share,
        excitation_keep=np.exp(-gangs.excitation_decay),
        death_scale=lomax_scale(attack_deaths, gangs.death_tail),
        operations_rate=gangs.operations_share * gangs.reference_deaths,
        vigilante_rate=gangs.vigilante_share * gangs.reference_deaths,
        pressure_start=governments.police_active / PRESSURE_UNIT,
        news_keep_fast=np.exp2(-1 / media.half_life_fast),
        news_keep_slow=np.exp2(-1 / media.half_life_slow),
        news_reference_fast=np.maximum(gangs.reference_attacks * (1 - strategic + strategic_news), LEAST_NEWS),
        news_reference_slow=np.maximum(gangs.reference_attacks * strategic_news, LEAST_NEWS),
        police_keep=power(1 - governments.police_attrition, 1 / 365),
        weights=weights,
        unclear_start=unclear,
        ambiguity_reference=officers.ambiguity_floor + officers.ambiguity_gain * unclear,
        rumour_start=rumour,
        heard_start=1 + rumour,
        hazard_unit=officers.remote_hazard + (1 - officers.remote_hazard) * governments.imminence_start,
    )


PRESSURE_UNIT = 9000.0
"""Officers that make one unit of pressure on the gangs (fact ``police_active``)."""
LEAST_NEWS = 1e-6
"""News a day below this counts as this, so that no reference is zero and no logarithm infinite."""


def lomax_scale(mean: Floats, tail: Floats) -> Floats:
    """Scale of a Lomax distribution whose floored, capped draw has the given mean.

    E[min(⌊X⌋, cap)] = Σ_{k=1}^{cap} (1 + k/scale)^{-tail}, solved by bisection on the log scale. A mean
    outside what the cap allows gives the nearest scale of the search range (1e-4 to 1e4).
    """
    steps = np.arange(1, DEATHS_CAP + 1, dtype=np.float64)[:, None]
    cases, back = np.unique(np.stack([np.asarray(mean), np.asarray(tail)]), axis=1, return_inverse=True)
    low, high = np.full(cases.shape[1], np.log(1e-4)), np.full(cases.shape[1], np.log(1e4))
    for _ in range(60):
        middle = 0.5 * (low + high)
        too_low = np.add.reduceat(power(1 + steps * np.exp(-middle), -cases[1]), [0], axis=0)[0] < cases[0]
        low, high = np.where(too_low, middle, low), np.where(too_low, high, middle)
    return np.exp(0.5 * (low + high))[back.reshape(-1)]


def _cast(derived: Derived, dtype: np.dtype[Any]) -> Derived:
    def to(value: Any) -> Any:
        return tuple(to(v) for v in value) if isinstance(value, tuple) else value.astype(dtype)

    return Derived(**{name: to(value) for name, value in vars(derived).items()})
