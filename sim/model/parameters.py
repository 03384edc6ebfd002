"""Settings of a block as arrays over its runs, and what follows from them once and for all.

``Structure`` holds what every run of a block shares because it shapes arrays or code; ``Parameters`` holds
the values, each an array of shape ``(runs,)``, so that points of a sweep ride beside replicates. For compiled loops the
same numbers lie in one table, padded to whole tiles as the state is (:mod:`sim.model.state`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

from sim.arrays import Array, Floats
from sim.jit import compiled
from sim.model.elementary import exp, log
from sim.model.elementary_arrays import exp2s, exponentials, powers
from sim.model.lanes import LANES, offsets, tiles
from sim.model.layout import Layout
from sim.settings import schema

DEATHS_CAP = 60
"""Deaths of one attack are capped here; the scale is set from the capped mean."""
STRATEGIC_KINDS = {"police": 0.5, "airport or port": 0.2, "threat to the mission": 0.2, "prison": 0.1}
"""What strategic attacks hit, as shares (assumed)."""
RUMOUR_UNIT = 0.1
"""Rumour a day that news at its reference breeds at a rumour rate of 1 (assumed)."""


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


DERIVED = (
    "excitation_keep", "death_scale", "operations_rate", "vigilante_rate", "pressure_start", "news_keep_fast",
    "news_keep_slow", "news_reference_fast", "news_reference_slow", "police_keep", "weight_readiness", "weight_terms",
    "weight_protection", "unclear_start", "ambiguity_reference", "rumour_start", "heard_start", "hazard_unit",
)  # fmt: skip
"""What follows from the settings and has one value a run: the rows of :class:`Derived` but for those of blocs."""


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
    weight_readiness: Floats
    """Of readiness in assurance; with those of terms and of protection 1."""
    weight_terms: Floats
    weight_protection: Floats
    unclear_start: Floats
    """How unclear plans are at the start without any lever."""
    ambiguity_reference: Floats
    rumour_start: Floats
    """B*: rumour where news has long been at its reference."""
    heard_start: Floats
    """What officers hear in the reference state, news and rumour."""
    hazard_unit: Floats
    """ι + (1 − ι)I₀: the hazard's factor of imminence at the start."""

    @property
    def weights(self) -> tuple[Floats, Floats, Floats]:
        """Of readiness, terms and protection in assurance; together 1."""
        return self.weight_readiness, self.weight_terms, self.weight_protection


GROUPS = ("gangs", "media", "officers", "governments")
"""Config groups whose numbers compiled loops read from the table."""
NUMBERS = tuple(
    p.key for p in schema.FIXED if p.key.partition(".")[0] in GROUPS and p.kind in ("float", "int") and not p.structural
)
"""Their settings, in the order of the table; what is derived comes after them."""
P = offsets("P", [*(key.replace(".", "_") for key in NUMBERS), *DERIVED])
"""Where each row begins in a tile: ``P.gangs_branching_ratio``, ``P.hazard_unit``."""


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
    table: Array
    """Rows of :data:`P`, padded to whole tiles, ``(rows, runs)``."""
    theory_table: Array
    """Settings of the theory in the order of its rows, padded likewise."""

    @property
    def runs(self) -> int:
        """Number of runs."""
        return int(self.gangs.branching_ratio.shape[0])


def from_values(
    structure: Structure,
    layout: Layout,
    values: Mapping[str, Floats],
    dtype: np.dtype[Any],
    of_theory: Sequence[str] = (),
) -> Parameters:
    """Build a block's parameters from float64 arrays keyed by dotted names (``gangs.branching_ratio``).

    What follows from the settings is computed in float64 and only then cast, so that the engine's
    precision does not reach the calibration of scale. ``of_theory`` names the theory's own numbers, in order.
    """
    exact = {name: Group() for name in (*GROUPS, "levers", "theory")}
    for key, array in values.items():
        group, _, name = key.partition(".")
        setattr(exact[group], name, np.asarray(array, dtype=np.float64))
    derived = _derive(structure.blocs, **{k: exact[k] for k in GROUPS})
    table = _table([*(values[key] for key in NUMBERS), *(getattr(derived, name) for name in DERIVED)], dtype)
    own = _table([values[key] for key in of_theory], dtype)
    runs = len(exact["gangs"].branching_ratio)
    rows = dict(zip((*NUMBERS, *DERIVED, *of_theory), (*table[:, :runs], *own[:, :runs]), strict=True))
    cast = {
        group: Group(
            **{
                name: rows[f"{group}.{name}"] if f"{group}.{name}" in rows else array.astype(dtype)
                for name, array in vars(arrays).items()
            }
        )
        for group, arrays in exact.items()
    }
    of_blocs = {name: getattr(derived, name).astype(dtype) for name in ("background", "stationary", "bloc_share")}
    cast_derived = Derived(**of_blocs, **{name: rows[name] for name in DERIVED})
    return Parameters(structure, layout, np.dtype(dtype), derived=cast_derived, table=table, theory_table=own, **cast)


def _table(rows: Sequence[Floats], dtype: np.dtype[Any]) -> Array:
    """Rows under each other, padded to whole tiles with copies of the last run."""
    if not rows:
        return np.empty((0, LANES), dtype)
    runs = len(rows[0])
    table = np.empty((len(rows), tiles(runs) * LANES), dtype)
    for place, row in enumerate(rows):
        table[place, :runs] = row
    table[:, runs:] = table[:, runs - 1 : runs]
    return table


def _derive(blocs: int, gangs: Group, media: Group, officers: Group, governments: Group) -> Derived:
    sizes = powers(np.arange(1, blocs + 1, dtype=np.float64)[:, None], -gangs.size_exponent)
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
        excitation_keep=exponentials(-gangs.excitation_decay),
        death_scale=lomax_scale(attack_deaths, gangs.death_tail),
        operations_rate=gangs.operations_share * gangs.reference_deaths,
        vigilante_rate=gangs.vigilante_share * gangs.reference_deaths,
        pressure_start=governments.police_active / PRESSURE_UNIT,
        news_keep_fast=exp2s(-1 / media.half_life_fast),
        news_keep_slow=exp2s(-1 / media.half_life_slow),
        news_reference_fast=np.maximum(gangs.reference_attacks * (1 - strategic + strategic_news), LEAST_NEWS),
        news_reference_slow=np.maximum(gangs.reference_attacks * strategic_news, LEAST_NEWS),
        police_keep=powers(1 - governments.police_attrition, 1 / 365),
        weight_readiness=weights[0],
        weight_terms=weights[1],
        weight_protection=weights[2],
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
    cases, back = np.unique(np.stack([np.asarray(mean), np.asarray(tail)]), axis=1, return_inverse=True)
    scales = np.empty(cases.shape[1])
    _bisect(cases[0], cases[1], DEATHS_CAP, scales)
    return scales[back.reshape(-1)]


@compiled
def _bisect(mean: Floats, tail: Floats, cap: int, out: Floats) -> None:
    for n in range(len(mean)):
        low, high = log(1e-4), log(1e4)
        for _ in range(60):
            middle = 0.5 * (low + high)
            unit, reached = exp(-middle), 0.0
            for k in range(1, cap + 1):
                reached += exp(-tail[n] * log(1 + k * unit))
            if reached < mean[n]:
                low = middle
            else:
                high = middle
        out[n] = exp(0.5 * (low + high))
