"""The model: one run of one case, stepped in plain Python.

Profiled once (cProfile, 400 officers over the default clock), so that a comparison of speed with it is an honest one.
Four fifths of the time are the officers' own arithmetic: the theory's hazard, the move of perception, the hazard that
cumulates, and the mean hazard that the series notes, one call of a method for each. The gangs, the press, Mesa's own
collecting and the draws (three calls a day) share the rest. What was silly is gone: officers and squads are kept in
lists, since ``AgentSet.do`` walks weak references and takes a third longer; the force's mean comes from the squads'
sums; squads without a waiting letter are passed over; the innermost functions compare instead of calling ``max`` and
``min``. What is left is what a loop over objects costs: several hundred thousand officer-days a second on one core, the
theory with most arithmetic (T2) at half the speed of the null. Nothing is vectorised; that would be the engine again.
"""

from __future__ import annotations

import math
from datetime import date
from functools import cache
from types import SimpleNamespace

import mesa
import numpy as np

from sim.ensemble.cases.case import Case
from sim.ensemble.design.request import request
from sim.ensemble.engine.addressed_draws import AddressedDraws
from sim.model.luck import Purpose
from tests.second_opinion.agents import DEPLOYED, SELECTED, TRAINED, Gangs, Officer, Squad
from tests.second_opinion.events import Calendar
from tests.second_opinion.governments import Haiti, Kenya, Press, UnitedNations, UnitedStates
from tests.second_opinion.settings import Settings
from tests.second_opinion.theories import THEORIES, logistic

NORMAL_TRAITS = ("BASELINE", "DREAD", "EFFICACY", "PAY_NEED", "DUTY", "FRAILTY")
UNIFORM_TRAITS = ("THRESHOLD", "TOLERANCE", "FRICTION", "CASUALTY", "CASUALTY_KIND")

SERIES = {
    "exits": lambda model: model.exits,
    "intents": lambda model: model.intents,
    "casualties": lambda model: model.casualties,
    "attacks": lambda model: model.gangs.attacks,
    "deaths_gang": lambda model: model.gangs.deaths_gang,
    "deaths_operations": lambda model: model.gangs.deaths_operations,
    "deaths_vigilantes": lambda model: model.gangs.deaths_vigilantes,
    "civilian_harm": lambda model: model.gangs.civilian_harm,
    "coalition": lambda model: model.gangs.coalition,
    "control": lambda model: model.gangs.control,
    "authority": lambda model: model.haiti.authority,
    "media": lambda model: model.press.media,
    "rumour": lambda model: model.press.rumour,
    "imminence": lambda model: model.kenya.imminence,
    "assurance": lambda model: model.kenya.assurance,
    "reports": lambda model: model.press.report,
    "denials": lambda model: model.press.denied,
    "available": lambda model: model.available,
    "out": lambda model: model.out,
    "perceived_hazard": lambda model: model.mean_hazard(),
}
"""The daily series (7.16)."""


@cache
def composed(scenario: str, theory: str, pool: int | None) -> Case:
    words = [f"scenario={scenario}", f"theory={theory}", "unknowns=fixed"]
    return request([*words, f"officers.pool={pool}"] if pool is not None else words).case


class TutorialModel(mesa.Model):
    """One run.

    ``case`` with its ``root_seed`` and ``replicate`` says it all; without a case, ``scenario``, ``theory`` and ``pool``
    compose one, as :func:`mesa.batch_run` would have it.
    """

    def __init__(
        self,
        case: Case | None = None,
        root_seed: int = 20240307,
        replicate: int = 0,
        *,
        scenario: str = "as_documented",
        theory: str = "threat_efficacy",
        pool: int | None = None,
        rng: int | None = None,
    ) -> None:
        super().__init__(rng=replicate)  # Mesa's own generators, of which no draw is taken; nor is batch_run's rng
        case = composed(scenario, theory, pool) if case is None else case
        self.settings = Settings(case)
        self.draws = AddressedDraws(root_seed, [replicate])
        self.levers = SimpleNamespace(**vars(self.settings.levers))
        self.day = self.settings.clock.start - 1
        self.fault = 0
        self.exits = self.intents = self.casualties = self.out = 0
        self.available = self.settings.officers.pool
        self.levers_on_target = math.nan, math.nan
        self.luck = [0.0] * 2
        self.leavers: list[int] = []

        self.gangs = Gangs(self)
        self.haiti = Haiti(self)
        self.kenya = Kenya(self)
        self.united_nations = UnitedNations(self)
        self.united_states = UnitedStates(self)
        self.press = Press(self)
        self.habituation = self.settings.reference_media
        self.plans_unclear = self.ambiguity = 0.0
        self.enlist()
        self.theory = THEORIES[case.theory](self)
        self.calendar = Calendar(self, case)
        self.remember_what_came_before()

        of_squads = {"squad_exits": lambda model: [squad.exits for squad in model.squads]}
        self.datacollector = mesa.DataCollector(model_reporters=SERIES | of_squads)

    def enlist(self) -> None:
        """Officers in their squads, with their traits (5, steps 2 and 3)."""
        settings = self.settings.officers
        self.rise, self.fall = settings.rise_rate, settings.rise_rate * settings.fall_ratio
        self.squad_pull = settings.peers_felt * settings.squad_pull
        self.force_pull = settings.peers_felt * settings.force_pull
        pool = settings.pool
        traits = {name: self.draws.normal(Purpose[name], pool)[:, 0].tolist() for name in NORMAL_TRAITS}
        traits |= {name: self.draws.uniform(Purpose[name], pool)[:, 0].tolist() for name in UNIFORM_TRAITS}
        luck = self.draws.uniform(Purpose.SQUAD_SIZE, pool)[:, 0].tolist()
        self.squads: list[Squad] = []
        self.officers: list[Officer] = []
        while len(self.officers) < pool:
            draw = luck[len(self.squads)]
            size = settings.squad_min + math.floor(draw * (settings.squad_max - settings.squad_min + 1))
            squad = Squad()
            self.squads.append(squad)
            for number in range(len(self.officers), min(len(self.officers) + size, pool)):
                own = {name: values[number] for name, values in traits.items()}
                self.officers.append(Officer(self, number, squad, own))

    def remember_what_came_before(self) -> None:
        """Events before the start, and who was selected earlier (5, steps 4 to 6)."""
        start, kenya = self.settings.clock.start, self.kenya
        for day in self.calendar.days:
            if day < start:
                self.day = day
                self.calendar.make_dated(day)
                if kenya.selected > 0 and not kenya.selected_on:
                    kenya.selected_on = day
        self.day = start - 1
        self.calendar.clear()
        if kenya.selected_on:
            trained = start - kenya.selected_on > self.settings.officers.training_days
            for officer in self.officers:
                officer.stage = TRAINED if trained else SELECTED
                officer.at_risk = True
        kenya.obey_court()
        kenya.come_near()
        kenya.assure()

    def luck_of_day(self, purpose: str, entities: int) -> list[float]:
        return self.draws.daily(Purpose[purpose], entities, self.day)[:, 0].tolist()

    def luck_of_attacks(self, attacks: list[int]) -> list[tuple[float, float]]:
        """Mark and fate of each attack, given the attacks of each bloc that have them."""
        blocs = [bloc for bloc, count in enumerate(attacks) for _ in range(count)]
        slots = [slot for count in attacks for slot in range(count)]
        if not blocs:
            return []
        marks, fates = self.draws.marks(
            np.array(blocs, dtype=np.uint64),
            self.day,
            np.array(slots, dtype=np.uint64),
            np.zeros(len(blocs), dtype=int),
        )
        return list(zip(marks.tolist(), fates.tolist(), strict=True))

    def luck_of_leavers(self) -> list[tuple[float, float]]:
        """Whether the exit of each of today's leavers is reported and denied, in the order of the pool."""
        if not self.leavers:
            return []
        officers = np.array(sorted(self.leavers), dtype=np.uint64)
        luck = self.draws.partings(officers, self.day, np.zeros(len(officers), dtype=int))
        return list(zip(*(uniforms.tolist() for uniforms in luck), strict=True))

    def step(self) -> None:
        """One day, in the order of section 3."""
        self.day += 1
        self.by_rules = self.settings.governments.mode == "rules" and self.day > self.settings.clock.record_end
        self.luck = self.luck_of_day("DAY", 2)
        self.calendar.happen(self.day)
        self.kenya.muster()
        self.haiti.act()
        self.kenya.act()
        self.gangs.act()
        self.press.report_news()
        self.perceive()
        self.decide()
        self.leave()
        self.suffer()
        self.press.observe_withdrawals()
        self.available = sum(squad.present for squad in self.squads)
        self.out += self.exits
        if self.day == self.settings.clock.target_date:
            self.levers_on_target = self.levers.reserve, self.levers.first_contingent
        self.datacollector.collect(self)
        self.running = self.day < self.settings.clock.end

    def perceive(self) -> None:
        """What officers hear and share, then what each makes of it (7.10)."""
        settings, media = self.settings.officers, self.press.media
        reference = self.settings.reference_media
        log_news = math.log(max(media, 1e-6) / reference)
        log_news -= settings.habituation_share * math.log(max(self.habituation, 1e-6) / reference)
        self.habituation += (media - self.habituation) / settings.habituation_days
        felt, remote = settings.ambiguity_felt, settings.ambiguity_remote
        unclear = (1 - self.kenya.assurance) * (remote + (1 - remote) * self.kenya.imminence)
        self.plans_unclear = felt * unclear + (1 - felt) * self.settings.unclear_at_start
        self.ambiguity = settings.ambiguity_floor + settings.ambiguity_gain * self.plans_unclear
        self.fear = settings.threat_sensitivity * log_news
        self.unclear = settings.ambiguity_weight * (self.ambiguity - self.settings.reference_ambiguity)
        self.briefing = settings.ambiguity_weight * self.ambiguity * 0.5 * self.levers.leaders_briefed
        total = 0.0
        for squad in self.squads:
            in_squad = sum([officer.perceived for officer in squad if officer.present])
            squad.mean_perceived = in_squad / squad.present if squad.present else 0.0
            total += in_squad
        self.force_mean = total / self.available if self.available else 0.0
        for officer in self.officers:
            if officer.present:
                officer.perceive()

    def decide(self) -> None:
        """The theory's hazards, what holds or drives, and what it all adds up to (7.12)."""
        self.theory.look()
        hazards = [self.theory.hazard(officer) for officer in self.officers]
        if not (
            math.isfinite(sum([officer.perceived for officer in self.officers]))
            and all(0 <= hazard <= 1 for hazard in hazards)
        ):
            hazards = [0.0] * len(hazards)
            self.fault = self.fault or self.day
        if self.theory.steady:
            for officer, hazard in zip(self.officers, hazards, strict=True):
                if officer.at_risk:
                    officer.cumulate(hazard, 0.0)
            return
        settings, felt = self.settings.officers, self.settings.officers.imminence_felt
        departure = felt * self.kenya.imminence + (1 - felt) * self.settings.governments.imminence_start
        near = settings.remote_hazard + (1 - settings.remote_hazard) * departure
        far = settings.remote_hazard + (1 - settings.remote_hazard) * 0.5 * departure
        near, far = near / self.settings.nearness_at_start, far / self.settings.nearness_at_start
        driven = math.exp(settings.reactance * self.levers.mandatory)
        first = self.levers.first_contingent
        for squad in self.squads:
            urge, shock = driven, 0.0
            if settings.cohesion == "hold":
                missing = 1 - squad.present / len(squad)
                urge *= math.exp(-settings.holding * (1 - settings.peers_felt * missing))
            if settings.cohesion == "carry" and squad.leader_left:
                shock = settings.leader_shock * settings.peers_felt
            for officer in squad:
                if officer.at_risk:
                    nearness = near if officer.number < first else far
                    officer.cumulate(hazards[officer.number] * nearness * urge, shock)

    def leave(self) -> None:
        """Whoever's luck is used up wants out; most go, some are refused, some wait for their squad (7.13)."""
        self.intents = self.exits = 0
        self.leavers = []
        for squad in self.squads:
            squad.exits = 0
            squad.leader_left = False
        for officer in self.officers:
            if officer.at_risk and officer.cumulated >= officer.tolerance:
                officer.want_out()
        if self.levers.mandatory < 1:
            together = self.levers.squad_opt_out > 0
            for squad in self.squads:
                if squad.waiting:
                    waiting = [officer for officer in squad.waiting if officer.present]
                    if not together or len(waiting) >= 0.5 * squad.present:
                        squad.waiting = []
                        for officer in waiting:
                            officer.go()

    def suffer(self) -> None:
        """Casualties in theatre (7.14)."""
        self.casualties = 0
        if not self.kenya.deploying_since:
            return
        settings = self.settings.officers
        hazard = settings.casualty_scale * logistic(settings.baseline) / 365 / max(settings.killed_share, 1e-3)
        hazard *= self.gangs.intensity / self.settings.gangs.reference_attacks
        for officer in self.officers:
            if officer.stage == DEPLOYED:
                officer.suffer(hazard)

    def mean_hazard(self) -> float:
        """Mean perceived hazard of those in the pool, not a number where nobody is."""
        hazards = [logistic(officer.perceived) for officer in self.officers if officer.present]
        return sum(hazards) / len(hazards) if hazards else math.nan

    @property
    def today(self) -> date:
        """The day that the model stands at the end of."""
        return date.fromordinal(self.day)
