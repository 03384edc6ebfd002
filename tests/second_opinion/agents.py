"""The agents: officers, gang blocs and the gangs together, governments, the press."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

if TYPE_CHECKING:
    from tests.second_opinion.model import TutorialModel

VOLUNTEER, SELECTED, TRAINED, DEPLOYED, OPTED_OUT, HOME, INJURED, KILLED = range(8)
NO_LETTER, BLOCKED_LETTER, WAITING, ACCEPTED = range(4)
BLOCKED, AUTHORISED, PAUSED, DEPLOYING, IN_THEATRE = range(5)

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
        self.at_risk = True
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
        nearer = max(model.kenya.imminence - at_start, 0.0) / max(1 - at_start, 1e-3)
        calm = 1 - settings.weight_prime_minister * (1 - model.haiti.prime_minister)
        calm *= 1 - settings.weight_force * nearer
        calm *= 1 - settings.weight_talks * self.shut_out
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


class Haiti(mesa.Agent):
    """The state of Haiti and its police."""

    def __init__(self, model: TutorialModel) -> None:
        super().__init__(model)
        self.prime_minister = 1.0
        self.authority = model.settings.governments.authority_start
        self.police = model.settings.governments.police_active

    def act(self) -> None:
        self.police *= self.model.settings.police_kept
        if self.model.by_rules:
            settings = self.model.settings.governments
            self.authority += settings.authority_recovery * max(settings.authority_start - self.authority, 0.0)


class UnitedNations(mesa.Agent):
    """Holds the trust fund, or not."""

    def __init__(self, model: TutorialModel) -> None:
        super().__init__(model)
        self.trust_fund = 0.0


class UnitedStates(mesa.Agent):
    """Supports the mission with what the levers say."""

    def supports(self) -> bool:
        return self.model.levers.us_support > 0


class Kenya(mesa.Agent):
    """The government that sends the officers."""

    def __init__(self, model: TutorialModel) -> None:
        super().__init__(model)
        settings = model.settings.governments
        self.phase = BLOCKED
        self.court_block = self.accord = self.funds_first = 0.0
        self.legal_basis = settings.legal_start
        self.readiness = settings.readiness
        self.kit_gap = settings.kit_gap
        self.funding = settings.funding
        self.arrears = self.slips = 0.0
        self.announced = self.imminence = settings.imminence_start
        self.assurance = 0.0
        self.selected = 0.0
        self.selected_on = 0
        self.deploying_since = 0

    def in_theatre(self) -> int:
        if not self.deploying_since:
            return 0
        return sum(officer.stage == DEPLOYED for officer in self.model.officers)

    def muster(self) -> None:
        """Selection, training, and a wave where one is due (7.6)."""
        model, today = self.model, self.model.day
        if self.selected > 0 and not self.selected_on:
            self.selected_on = today
            self.promote(VOLUNTEER, SELECTED)
        training = model.settings.officers.training_days
        if self.selected_on and training <= today - self.selected_on < training + 1:
            self.promote(SELECTED, TRAINED)
        if self.deploying_since and today >= self.deploying_since:
            days, pause = today - self.deploying_since, model.settings.governments.wave_days
            if math.floor(days / pause) > math.floor((days - 1) / pause):
                self.send_wave()

    def promote(self, stage: int, following: int) -> None:
        for officer in self.model.officers:
            if officer.stage == stage:
                officer.stage = following

    def send_wave(self) -> None:
        size = self.model.settings.governments.wave_size
        trained = [officer for officer in self.model.officers if officer.stage == TRAINED]
        for officer in trained[: math.floor(size)]:
            officer.stage = DEPLOYED
        if len(trained) <= size:
            self.phase = IN_THEATRE

    def act(self) -> None:
        """Phases by rules or as the court stands, and what officers are told and given (7.7)."""
        if self.model.by_rules:
            self.prepare()
            self.decide()
        else:
            self.obey_court()
        waits_for_kit = self.model.levers.kit_first > 0 and self.readiness < 0.8
        self.imminence = min(self.announced, 0.3) if waits_for_kit else self.announced
        self.arrears *= 1 - self.model.levers.pay_escrow
        self.assure()

    def obey_court(self) -> None:
        self.phase = BLOCKED if self.court_block > 0 else AUTHORISED

    def prepare(self) -> None:
        model, settings = self.model, self.model.settings.governments
        if model.united_states.supports() or model.united_nations.trust_fund > 0:
            self.funding += settings.funding_growth
        if self.court_block <= 0 and self.funding > 0.1:
            self.readiness += settings.readiness_growth
        self.funding = min(self.funding, 1.0)
        self.readiness = min(self.readiness, 1.0)
        self.kit_gap = 1 - self.readiness
        unpaid = self.deploying_since > 0 and self.funding < settings.resume_funding
        self.arrears = max(self.arrears + (1 if unpaid else -1), 0.0)

    def decide(self) -> None:
        model, settings = self.model, self.model.settings.governments
        authority = model.haiti.authority
        unsafe = authority < settings.pause_authority or model.gangs.control > settings.pause_control
        ready = authority >= settings.resume_authority and self.readiness >= settings.resume_readiness
        ready = ready and (self.funding >= settings.resume_funding or self.funds_first <= 0)
        if self.phase not in (DEPLOYING, IN_THEATRE):
            if self.court_block > 0:
                self.phase = BLOCKED
            elif self.phase == BLOCKED:
                self.phase = AUTHORISED
            elif unsafe:
                self.phase = PAUSED
            elif ready:
                self.phase = DEPLOYING
                self.deploying_since = model.day + 1
        if self.phase == AUTHORISED and self.accord > 0:
            self.announced = 0.8
        else:
            self.announced = (0.1, 0.3, 0.1, 1.0, 1.0)[self.phase]

    def terms(self) -> float:
        if self.deploying_since > 0:
            return math.exp(-self.arrears / self.model.settings.governments.arrears_scale)
        return self.model.levers.pay_escrow

    def assure(self) -> None:
        readiness, legal, terms, protection = self.model.settings.weights
        levers = self.model.levers
        protected = (levers.insurance + levers.evacuation + levers.rules_published) / 3
        self.assurance = (
            readiness * self.readiness + legal * self.legal_basis + terms * self.terms() + protection * protected
        )


class Press(mesa.Agent):
    """News, rumours, denials and reports."""

    def __init__(self, model: TutorialModel) -> None:
        super().__init__(model)
        self.documented_salience = self.kenya_salience = 0.0
        self.news_fast = self.news_slow = self.media = 1.0
        self.rumour = self.denial = 0.0
        self.report = self.denied = 0

    def report_news(self) -> None:
        """Today's attacks and yesterday's reports become news (7.9)."""
        model, settings = self.model, self.model.settings.media
        relevant = 1 + settings.kenya_relevance
        documented = (self.documented_salience + self.kenya_salience * relevant) * settings.documented_scale
        lasting = model.gangs.salience_strategic + documented
        passing = model.gangs.salience_civilian + self.report * settings.report_salience * relevant
        fast = 1 + settings.threat_signal * ((lasting + passing) / model.settings.fast_reference - 1)
        slow = 1 + settings.threat_signal * (lasting / model.settings.slow_reference - 1)
        fast_kept, slow_kept = model.settings.fast_kept, model.settings.slow_kept
        self.news_fast = fast_kept * self.news_fast + (1 - fast_kept) * fast
        self.news_slow = slow_kept * self.news_slow + (1 - slow_kept) * slow
        news = (1 - settings.slow_weight) * self.news_fast + settings.slow_weight * self.news_slow
        self.denial = max(settings.rumour_retention * self.denial, self.denied)
        belief = settings.denial_credibility
        belief += model.levers.credible_denial * (max(belief, 0.8) - belief)
        spread = 0.1 * settings.rumour_rate * news * (1 - belief * self.denial)
        self.rumour = settings.rumour_retention * self.rumour + spread
        self.media = news + self.rumour

    def observe_withdrawals(self) -> None:
        """Outsiders may see today's exits, and someone may deny it (7.15)."""
        model, settings = self.model, self.model.settings.media
        attention = settings.attention_floor + (1 - settings.attention_floor) * model.kenya.imminence
        seen = 1 - max(1 - settings.report_probability * attention, 1e-12) ** model.exits
        self.report = int(model.luck[2] < seen)
        chance = settings.denial_probability
        chance += model.levers.credible_denial * (max(chance, 0.8) - chance)
        self.denied = int(self.report and model.luck[3] < chance)
