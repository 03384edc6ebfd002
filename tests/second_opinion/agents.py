"""The agents: officers and their squads, gang blocs and the gangs together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

if TYPE_CHECKING:
    from tests.second_opinion.model import TutorialModel

VOLUNTEER, SELECTED, TRAINED, DEPLOYED, OPTED_OUT, HOME, INJURED, KILLED = range(8)
NO_LETTER, BLOCKED_LETTER, WAITING, ACCEPTED = range(4)

LARGEST_HAZARD = 1 - 2**-20
SLOTS = 10
LARGEST_RATE = 500.0


def clip(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def exponential(uniform: float) -> float:
    return -math.log1p(-uniform)


def poisson(uniform: float, rate: float) -> int:
    """The Poisson count at which the distribution function reaches ``uniform``."""
    rate = min(rate, LARGEST_RATE)
    most = rate + 40 * math.sqrt(rate + 1)
    mass = reached = math.exp(-rate)
    count = 0
    while uniform > reached and count <= most:
        count += 1
        mass *= rate / count
        reached += mass
    return count


class Squad(list):
    """The officers of a squad, the leader first."""

    def __init__(self) -> None:
        super().__init__()
        self.present = 0
        self.exits = 0
        self.leader_left = False
        self.waiting: list[Officer] = []
        self.mean_perceived = 0.0
        self.share_out = 0.0


class Officer(mesa.Agent):
    """One officer of the pool; his traits are given by the model."""

    def __init__(self, model: TutorialModel, number: int, squad: Squad, traits: dict[str, float]) -> None:
        super().__init__(model)
        settings = model.settings.officers
        self.number = number
        self.squad = squad
        self.leads = not squad
        squad.append(self)
        squad.present += 1

        self.baseline = self.perceived = settings.baseline + settings.baseline_sd * traits["BASELINE"]
        self.dread = math.exp(settings.dread_sd * traits["DREAD"])
        self.efficacy = traits["EFFICACY"]
        self.pay_need = math.exp(settings.pay_need_sd * traits["PAY_NEED"])
        self.frailty = math.exp(settings.frailty_sd * traits["FRAILTY"] - settings.frailty_sd**2 / 2)
        self.tolerance = exponential(traits["TOLERANCE"]) / self.frailty
        self.friction = traits["FRICTION"]
        self.casualty = exponential(traits["CASUALTY"])
        self.casualty_kind = traits["CASUALTY_KIND"]
        own = model.settings.theory
        if own.name == "prospects":
            self.duty = own.duty_mean + own.duty_sd * traits["DUTY"]
        if own.name == "squad_threshold":
            self.threshold = (1 - (1 - traits["THRESHOLD"]) ** (1 / own.threshold_b)) ** (1 / own.threshold_a)

        self.stage = VOLUNTEER
        self.letter = NO_LETTER
        self.present = True
        self.at_risk = False
        self.cumulated = 0.0

    def perceive(self) -> None:
        """Quick up and slow down by his own reasons, and pulled by his squad and the force (7.10)."""
        model, perceived = self.model, self.perceived
        own = self.baseline + self.dread * model.fear + model.unclear - perceived
        if self.leads:
            own -= model.briefing
        speed = model.rise if own > 0 else model.fall
        peers = model.squad_pull * (self.squad.mean_perceived - perceived)
        peers += model.force_pull * (model.force_mean - perceived)
        self.perceived = perceived + speed * own + peers

    def cumulate(self, hazard: float, shock: float) -> None:
        """His hazard uses up his luck; a leader who left takes some more of it (7.12)."""
        if hazard > LARGEST_HAZARD:
            hazard = LARGEST_HAZARD
        self.cumulated += shock - math.log1p(-hazard)

    def want_out(self) -> None:
        """He hands in a letter, which may be refused for good (7.13)."""
        model = self.model
        model.intents += 1
        self.at_risk = False
        settings = model.settings.officers
        friction = settings.friction_theatre if self.stage == DEPLOYED else settings.friction_before
        friction += model.levers.mandatory * (1 - friction)
        if self.friction < friction:
            self.letter = BLOCKED_LETTER
        else:
            self.letter = WAITING
            self.squad.waiting.append(self)

    def go(self) -> None:
        """He leaves by his own wish."""
        self.stage = HOME if self.stage == DEPLOYED else OPTED_OUT
        self.letter = ACCEPTED
        self.vanish()
        self.squad.exits += 1
        self.model.exits += 1
        self.model.leavers.append(self.number)
        if self.leads:
            self.squad.leader_left = True

    def suffer(self, hazard: float) -> None:
        """In theatre the day's danger may reach him (7.14)."""
        self.casualty -= hazard
        if self.casualty <= 0:
            killed = self.casualty_kind < self.model.settings.officers.killed_share
            self.stage = KILLED if killed else INJURED
            self.vanish()
            self.model.casualties += 1

    def vanish(self) -> None:
        """He is no longer in the pool."""
        self.present = self.at_risk = False
        self.squad.present -= 1


class GangBloc(mesa.Agent):
    """One bloc of gangs: what it does today excites it tomorrow."""

    def __init__(self, model: TutorialModel, number: int) -> None:
        super().__init__(model)
        settings = model.settings
        self.number = number
        self.share = settings.shares[number]
        self.background = settings.background[number]
        self.excitation = settings.stationary[number]
        self.branching = settings.gangs.branching_ratio
        self.kept = settings.excitation_kept
        self.rate = 0.0
        self.count = 0

    def strike(self, common: float, restraint: float, luck: float, documented: int) -> None:
        """Today's attacks, drawn and documented (7.8)."""
        self.rate = (self.background * common + self.branching * self.excitation) * restraint
        self.count = poisson(luck, self.rate) + documented

    def remember(self) -> None:
        self.excitation = self.kept * self.excitation + (1 - self.kept) * self.count


class Gangs(mesa.Agent):
    """All blocs together: their unity and their ground."""

    def __init__(self, model: TutorialModel) -> None:
        super().__init__(model)
        settings = model.settings.gangs
        self.blocs = [GangBloc(model, number) for number in range(settings.blocs)]
        self.coalition = settings.coalition_floor
        self.trigger_on = [0, 0, 0]
        self.control = settings.control_start
        self.shut_out = 0.0
        self.documented_attacks = 0.0
        self.intensity = 0.0
        self.attacks = 0
        self.deaths_gang = self.deaths_operations = self.deaths_vigilantes = 0
        self.civilian_harm = 0.0
        self.salience_strategic = self.salience_civilian = 0.0

    def act(self) -> None:
        self.unite()
        self.strike()
        self.kill()
        for bloc in self.blocs:
            bloc.remember()
        settings = self.model.settings.gangs
        gained = settings.control_gain * self.attacks * (1 - self.control)
        self.control = clip(self.control + gained - settings.control_loss * self.control, 0.0, 1.0)

    def unite(self) -> None:
        model, settings = self.model, self.model.settings.gangs
        at_start = model.settings.governments.imminence_start
        nearer = max(model.kenya.heard - at_start, 0.0) / max(1 - at_start, 1e-3)
        weights = (settings.weight_prime_minister, settings.weight_force, settings.weight_talks)
        calm = 1.0
        for number, pull in enumerate((1 - model.haiti.prime_minister, nearer, self.shut_out)):
            if pull <= 0:
                self.trigger_on[number] = 0
                continue
            self.trigger_on[number] = self.trigger_on[number] or model.day
            fresh = math.exp(-(model.day - self.trigger_on[number]) / settings.trigger_days)
            calm *= 1 - weights[number] * pull * fresh
        growth = settings.coalition_growth * (1 - calm) * (1 - self.coalition)
        decay = settings.coalition_decay * (self.coalition - settings.coalition_floor)
        self.coalition = clip(self.coalition + growth - decay, settings.coalition_floor, 1.0)

    def strike(self) -> None:
        model, settings = self.model, self.model.settings.gangs
        force = model.haiti.police + model.kenya.in_theatre() + model.levers.foreign_troops
        pressure = force / 9000 - model.settings.pressure_at_start
        common = 1 + settings.coalition_gain * self.coalition
        common *= 1 + settings.vacuum_gain * (1 - model.haiti.authority)
        common *= math.exp(min(-settings.pressure_gain * pressure, 30.0))
        restraint = 1 - (1 - settings.truce_factor) * model.levers.gang_truce
        luck = model.luck_of_day("ATTACKS", len(self.blocs))
        for bloc, documented in zip(self.blocs, self.documented_by_bloc(), strict=True):
            bloc.strike(common, restraint, luck[bloc.number], documented)
        self.intensity = sum(bloc.rate for bloc in self.blocs)
        self.attacks = sum(bloc.count for bloc in self.blocs)

    def documented_by_bloc(self) -> list[int]:
        """Documented attacks, given to the blocs one after another by the quota method."""
        held = [0] * len(self.blocs)
        for given in range(1, round(self.documented_attacks) + 1):
            short = [bloc for bloc in self.blocs if held[bloc.number] < bloc.share * given]
            held[max(short, key=lambda bloc: bloc.share / (held[bloc.number] + 1)).number] += 1
        return held

    def kill(self) -> None:
        model, settings, press = self.model, self.model.settings.gangs, self.model.settings.media
        answer = 1 + settings.operations_gain * (self.coalition - settings.coalition_floor)
        self.deaths_operations = poisson(model.luck[0], model.settings.operations_rate * answer)
        self.deaths_vigilantes = poisson(model.luck[1], model.settings.vigilante_rate * answer)
        self.deaths_gang = 0
        self.salience_strategic = self.salience_civilian = 0.0
        civilians = 0
        strategic_share = clip(settings.strategic_base + settings.strategic_gain * self.coalition, 0.0, 1.0)
        for mark, fate in model.luck_of_attacks([min(bloc.count, SLOTS) for bloc in self.blocs]):
            dead = math.floor(model.settings.death_scale * ((1 - fate) ** (-1 / settings.death_tail) - 1))
            dead = min(dead, 60)
            self.deaths_gang += dead
            if mark < strategic_share:
                kind = mark / max(strategic_share, 1e-12)
                threat = 0.7 <= kind < 0.9
                self.salience_strategic += press.strategic_salience * (1 + press.kenya_relevance * threat)
                civilians += 0 if kind < 0.5 else dead
            else:
                self.salience_civilian += 1
                civilians += dead
        by_others = self.deaths_operations + self.deaths_vigilantes
        self.civilian_harm = civilians + settings.civilian_share * by_others
