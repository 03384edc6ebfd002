"""The agents, continued: governments and the press."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

from tests.second_opinion.agents import DEPLOYED, SELECTED, TRAINED, VOLUNTEER

if TYPE_CHECKING:
    from tests.second_opinion.model import TutorialModel

BLOCKED, AUTHORISED, PAUSED, DEPLOYING, IN_THEATRE = range(5)


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
        self.readiness = settings.readiness
        self.kit_gap = settings.kit_gap
        self.funding = settings.funding
        self.arrears = self.slips = 0.0
        self.accord_on = self.announced_on = 0
        self.announced = self.heard = self.imminence = settings.imminence_start
        self.assurance = 0.0
        self.selected = 0.0
        self.selected_on = 0
        self.departure = self.departure_held = 0.0
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
            for officer in model.officers:
                officer.at_risk = officer.present
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
            self.obey_order()
        if self.waits_for_kit():
            self.announced_on = self.model.day + 1
        self.come_near()
        self.arrears *= 1 - self.model.levers.pay_escrow
        self.assure()

    def waits_for_kit(self) -> bool:
        return self.model.levers.kit_first > 0 and self.readiness < 0.8

    def come_near(self) -> None:
        """What officers have heard of departure, and how much of it has not faded."""
        settings, today = self.model.settings.governments, self.model.day
        at_start = settings.imminence_start
        self.heard = min(self.announced, at_start) if self.waits_for_kit() else self.announced
        fades = 0 < self.announced_on < today and self.phase not in (DEPLOYING, IN_THEATRE)
        self.imminence = self.heard
        if fades and self.heard > at_start:
            left = 0.5 ** ((today - self.announced_on) / settings.imminence_half_life)
            self.imminence = at_start + (self.heard - at_start) * left

    def obey_court(self) -> None:
        if self.phase not in (DEPLOYING, IN_THEATRE):
            self.phase = BLOCKED if self.court_block > 0 else AUTHORISED

    def obey_order(self) -> None:
        """An order to depart is carried out as soon as no court forbids it."""
        if self.departure > 0 and self.phase == AUTHORISED:
            self.phase = DEPLOYING
            self.deploying_since = self.model.day + 1
            self.announced, self.announced_on = 1.0, self.model.day

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
        before = self.phase
        if before not in (DEPLOYING, IN_THEATRE):
            if self.court_block > 0:
                self.phase = BLOCKED
            elif self.departure > 0:
                self.phase = DEPLOYING
                self.deploying_since = model.day + 1
            elif self.phase == BLOCKED:
                self.phase = AUTHORISED
            elif unsafe:
                self.phase = PAUSED
            elif ready and self.departure_held <= 0:
                self.phase = DEPLOYING
                self.deploying_since = model.day + 1
        agreed = self.phase == AUTHORISED and self.accord > 0
        if self.phase != before or (agreed and self.accord_on == model.day):
            self.announced = 0.8 if agreed else (0.1, 0.3, 0.1, 1.0, 1.0)[self.phase]
            self.announced_on = model.day

    def terms(self) -> float:
        if self.deploying_since > 0:
            return math.exp(-self.arrears / self.model.settings.governments.arrears_scale)
        return self.model.levers.pay_escrow

    def assure(self) -> None:
        readiness, terms, protection = self.model.settings.weights
        levers = self.model.levers
        protected = (levers.insurance + levers.evacuation + levers.rules_published) / 3
        self.assurance = readiness * self.readiness + terms * self.terms() + protection * protected


class Press(mesa.Agent):
    """News, rumours, denials and reports."""

    def __init__(self, model: TutorialModel) -> None:
        super().__init__(model)
        self.documented_salience = self.kenya_salience = 0.0
        self.news_fast = self.news_slow = 1.0
        self.media = model.settings.reference_media
        self.rumour = model.settings.reference_rumour
        self.denial = 0.0
        self.report = self.denied = 0

    def report_news(self) -> None:
        """Today's attacks and yesterday's reports become news (7.9)."""
        model, settings = self.model, self.model.settings.media
        fast_reference, slow_reference = model.settings.fast_reference, model.settings.slow_reference
        felt, relevant = model.settings.officers.violence_felt, 1 + settings.kenya_relevance
        violent = model.gangs.salience_strategic + self.documented_salience * settings.documented_scale
        violent = felt * violent + (1 - felt) * slow_reference
        common = felt * model.gangs.salience_civilian + (1 - felt) * (fast_reference - slow_reference)
        lasting = violent + self.kenya_salience * relevant * settings.documented_scale
        passing = common + self.report * settings.report_salience * relevant
        fast, slow = (lasting + passing) / fast_reference, lasting / slow_reference
        fast_kept, slow_kept = model.settings.fast_kept, model.settings.slow_kept
        self.news_fast = fast_kept * self.news_fast + (1 - fast_kept) * fast
        self.news_slow = slow_kept * self.news_slow + (1 - slow_kept) * slow
        news = (1 - settings.slow_weight) * self.news_fast + settings.slow_weight * self.news_slow
        self.denial = max(settings.rumour_retention * self.denial, self.denied)
        belief = settings.denial_credibility
        belief += model.levers.credible_denial * (max(belief, 0.8) - belief)
        spread = 0.1 * settings.rumour_rate * news * (1 - belief * self.denial)
        self.rumour = settings.rumour_retention * self.rumour + spread
        felt = model.settings.officers.rumours_felt
        self.media = news + felt * self.rumour + (1 - felt) * model.settings.reference_rumour

    def observe_withdrawals(self) -> None:
        """Outsiders may see today's exits, and someone may deny it (7.15)."""
        model, settings = self.model, self.model.settings.media
        attention = settings.attention_floor + (1 - settings.attention_floor) * model.kenya.imminence
        heard = [
            disputed
            for reported, disputed in model.luck_of_leavers()
            if reported < settings.report_probability * attention
        ]
        self.report = int(bool(heard))
        chance = settings.denial_probability
        chance += model.levers.credible_denial * (max(chance, 0.8) - chance)
        self.denied = int(self.report and heard[0] < chance)
