"""The five rival theories of withdrawal (ODD 7.11): the probability that an officer comes to want out today."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.second_opinion.agents import Officer
    from tests.second_opinion.model import TutorialModel

CURVATURE = 0.88


def logistic(y: float) -> float:
    if y < -80.0:
        y = -80.0
    return 1 / (1 + math.exp(-y))


class Theory:
    """What the theories share: every morning :meth:`look` at the day, then ask :meth:`hazard` of every officer."""

    steady = False
    """Whether nothing but time counts: no imminence, no cohesion, no reactance."""

    def __init__(self, model: TutorialModel) -> None:
        self.model = model
        self.baseline = model.settings.officers.baseline
        self.spread = model.settings.officers.baseline_sd
        self.own = model.settings.theory

    def look(self) -> None:
        """Note what is the same for all officers today."""

    def hazard(self, officer: Officer) -> float:
        raise NotImplementedError


class Constant(Theory):
    """T0: ordinary attrition."""

    steady = True

    def hazard(self, officer: Officer) -> float:
        return self.own.base_hazard


class ThreatEfficacy(Theory):
    """T1: fear drives out those who doubt that anything would help."""

    def look(self) -> None:
        self.help_given = self.own.assurance * (self.model.settings.unclear_at_start - self.model.plans_unclear)
        if self.own.base_hazard > 0:
            self.log_base = math.log(self.own.base_hazard)

    def hazard(self, officer: Officer) -> float:
        own = self.own
        if own.base_hazard <= 0:
            return 0.0
        threat = (officer.perceived - self.baseline) / self.spread
        efficacy = officer.efficacy + self.help_given
        odds = self.log_base + own.threat * threat - own.efficacy * efficacy
        if threat > 0 and efficacy < 0:
            odds -= own.interaction * threat * efficacy
        return logistic(odds)


class Prospects(Theory):
    """T2: pay and duty against a loss whose chance is unclear."""

    def look(self) -> None:
        officers = self.model.settings.officers
        self.unclear = self.model.ambiguity
        self.unclear_to_leaders = self.unclear * (1 - 0.5 * self.model.levers.leaders_briefed)
        late = math.exp(-self.model.kenya.arrears / self.model.settings.governments.arrears_scale)
        self.pay = officers.allowance_ratio * late
        self.deaths_to_harm = 1 / max(officers.killed_share, 1e-3)
        self.loss = self.own.loss_aversion * self.own.harm**CURVATURE

    def hazard(self, officer: Officer) -> float:
        own = self.own
        unclear = self.unclear_to_leaders if officer.leads else self.unclear
        worst, best = logistic(officer.perceived + unclear), logistic(officer.perceived - unclear)
        death = min(max(own.pessimism * worst + (1 - own.pessimism) * best, 0.0), 1.0)
        chance = 1 - (1 - death) ** self.deaths_to_harm
        harmed, unharmed = chance**own.weighting, (1 - chance) ** own.weighting
        weight = harmed / (harmed + unharmed) ** (1 / own.weighting)
        value = (officer.pay_need * self.pay) ** CURVATURE + officer.duty - self.loss * weight
        return own.hazard_max * logistic(-value / own.noise)


class SquadThreshold(Theory):
    """T3: he acts once enough of his squad is out."""

    def look(self) -> None:
        more, felt = self.own.leader_weight - 1, self.model.settings.officers.peers_felt
        for squad in self.model.squads:
            out = len(squad) - squad.present + (0 if squad[0].present else more)
            squad.share_out = felt * out / max(len(squad) + more, 1e-6)

    def hazard(self, officer: Officer) -> float:
        threat = (officer.perceived - self.baseline) / self.spread
        acts = officer.squad.share_out >= officer.threshold - self.own.threat * threat
        return self.own.hazard if acts else 0.0


class Breach(Theory):
    """T4: broken promises drive officers out and make danger count."""

    def look(self) -> None:
        kenya, felt = self.model.kenya, self.model.settings.officers.ambiguity_felt
        gap = felt * kenya.kit_gap + (1 - felt) * self.model.settings.governments.kit_gap
        if self.own.base_hazard > 0:
            self.broken = (
                math.log(self.own.base_hazard)
                + self.own.arrears * kenya.arrears / 30
                + self.own.slips * felt * kenya.slips
                + self.own.kit * gap
            )
        self.danger = self.own.threat_breach * (0.5 * gap + 0.5 * (1 - kenya.terms()))

    def hazard(self, officer: Officer) -> float:
        if self.own.base_hazard <= 0:
            return 0.0
        threat = (officer.perceived - self.baseline) / self.spread
        return logistic(self.broken + self.danger * max(threat, 0.0))


THEORIES = {
    "constant": Constant,
    "threat_efficacy": ThreatEfficacy,
    "prospects": Prospects,
    "squad_threshold": SquadThreshold,
    "breach": Breach,
}
