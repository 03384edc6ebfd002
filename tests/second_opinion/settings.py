"""The settings of a case, and what follows from them once (ODD 7.4)."""

from __future__ import annotations

import math
from types import SimpleNamespace

from sim.ensemble.cases.case import Case

OFFICERS_IN_A_UNIT_OF_PRESSURE = 9000
MOST_DEATHS = 60


class Settings:
    """``settings.gangs.blocs`` is the setting ``gangs.blocs``; the rest is named after what it is."""

    def __init__(self, case: Case) -> None:
        groups: dict[str, dict[str, object]] = {}
        for key, value in case.values.items():
            group, name = key.split(".", 1)
            groups.setdefault(group, {})[name] = value
        self.gangs = gangs = SimpleNamespace(**groups["gangs"])
        self.media = media = SimpleNamespace(**groups["media"])
        self.officers = officers = SimpleNamespace(**groups["officers"])
        self.governments = governments = SimpleNamespace(**groups["governments"])
        self.levers = SimpleNamespace(**groups["levers"])
        self.theory = SimpleNamespace(**groups["theory"])
        self.clock = SimpleNamespace(**{name: day.toordinal() for name, day in groups["clock"].items()})

        sizes = [(j + 1) ** -gangs.size_exponent for j in range(gangs.blocs)]
        self.shares = [size / sum(sizes) for size in sizes]
        self.stationary = [share * gangs.reference_attacks for share in self.shares]
        united = 1 + gangs.coalition_gain * gangs.coalition_floor
        vacuum = 1 + gangs.vacuum_gain * (1 - governments.authority_start)
        self.background = [rate * (1 - gangs.branching_ratio) / (united * vacuum) for rate in self.stationary]
        self.excitation_kept = math.exp(-gangs.excitation_decay)
        self.operations_rate = gangs.operations_share * gangs.reference_deaths
        self.vigilante_rate = gangs.vigilante_share * gangs.reference_deaths
        self.pressure_at_start = governments.police_active / OFFICERS_IN_A_UNIT_OF_PRESSURE
        self.death_scale = death_scale(
            gangs.reference_deaths * (1 - gangs.operations_share - gangs.vigilante_share) / gangs.reference_attacks,
            gangs.death_tail,
        )

        strategic = min(max(gangs.strategic_base + gangs.strategic_gain * gangs.coalition_floor, 0.0), 1.0)
        strategic_news = strategic * media.strategic_salience * (1 + 0.2 * media.kenya_relevance)
        self.fast_kept = 0.5 ** (1 / media.half_life_fast)
        self.slow_kept = 0.5 ** (1 / media.half_life_slow)
        self.fast_reference = max(gangs.reference_attacks * (1 - strategic + strategic_news), 1e-6)
        self.slow_reference = max(gangs.reference_attacks * strategic_news, 1e-6)

        self.police_kept = (1 - governments.police_attrition) ** (1 / 365)
        weights = [
            governments.weight_readiness,
            governments.weight_terms,
            governments.weight_protection,
        ]
        total = max(sum(weights), 1e-12)
        self.weights = [weight / total for weight in weights]
        assurance_at_start = self.weights[0] * governments.readiness
        at_start = governments.imminence_start
        remote = officers.ambiguity_remote
        self.unclear_at_start = (1 - assurance_at_start) * (remote + (1 - remote) * at_start)
        self.reference_ambiguity = officers.ambiguity_floor + officers.ambiguity_gain * self.unclear_at_start
        self.reference_rumour = 0.1 * media.rumour_rate / (1 - media.rumour_retention)
        self.reference_media = 1 + self.reference_rumour
        self.nearness_at_start = officers.remote_hazard + (1 - officers.remote_hazard) * at_start


def death_scale(mean_deaths: float, tail: float) -> float:
    """The Lomax scale at which the floored and capped deaths of an attack have this mean."""
    low, high = math.log(1e-4), math.log(1e4)
    for _ in range(60):
        middle = (low + high) / 2
        scale = math.exp(middle)
        if sum((1 + k / scale) ** -tail for k in range(1, MOST_DEATHS + 1)) < mean_deaths:
            low = middle
        else:
            high = middle
    return math.exp((low + high) / 2)
