"""The model with one term of the page left out, in a world in which that term counts.

The engine must differ from each of these. One that agreed would mean that no day of that world depends on the term, so
that its absence from either program would go unseen.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

from tests.second_opinion.agents import Squad
from tests.second_opinion.governments import AUTHORISED, DEPLOYING, IN_THEATRE
from tests.second_opinion.model import TutorialModel

Omit = Callable[[TutorialModel], None]


@dataclass(frozen=True)
class Omission:
    """``omit`` changes a model on its eve; ``writes`` are dated events that the world needs beyond its scenario's."""

    omit: Omit
    words: tuple[str, ...] = ()
    writes: tuple[tuple[date, str, float], ...] = ()


def put(path: str, value: float) -> Omit:
    """Give what stands at a path another value."""
    owner, _, name = path.rpartition(".")
    return lambda model: setattr(attrgetter(owner)(model) if owner else model, name, value)


def around(path: str, change: Callable[[TutorialModel, Callable[[], None]], None]) -> Omit:
    """Let ``change`` call what stands at a path."""
    owner, _, name = path.rpartition(".")

    def omit(model: TutorialModel) -> None:
        agent: Any = attrgetter(owner)(model) if owner else model
        usual = getattr(agent, name)
        setattr(agent, name, lambda: change(model, usual))

    return omit


def meanwhile(path: str, owner: str, name: str, other: Callable[[TutorialModel], float]) -> Omit:
    """While what stands at ``path`` runs, a level has another value."""

    def change(model: TutorialModel, usual: Callable[[], None]) -> None:
        agent = attrgetter(owner)(model)
        real = getattr(agent, name)
        setattr(agent, name, other(model))
        usual()
        setattr(agent, name, real)

    return around(path, change)


def undated(day: date) -> Omit:
    """The day of the writes of a day is not kept."""

    def omit(model: TutorialModel) -> None:
        for write in model.calendar.writes[day.toordinal()]:
            write.dates = None

    return omit


def triggers_stay_tired(model: TutorialModel, unite: Callable[[], None]) -> None:
    before = list(model.gangs.trigger_on)
    unite()
    model.gangs.trigger_on = [old or new for old, new in zip(before, model.gangs.trigger_on, strict=True)]


def phase_repeats(model: TutorialModel, decide: Callable[[], None]) -> None:
    decide()
    kenya = model.kenya
    if kenya.phase < DEPLOYING:
        kenya.announced = 0.8 if kenya.phase == AUTHORISED and kenya.accord > 0 else (0.1, 0.3, 0.1)[kenya.phase]


def theatre_is_announced(model: TutorialModel, send_wave: Callable[[], None]) -> None:
    send_wave()
    if model.kenya.phase == IN_THEATRE:
        model.kenya.announced, model.kenya.announced_on = 1.0, model.day


def kit_does_not_renew(model: TutorialModel, act: Callable[[], None]) -> None:
    before = model.kenya.announced_on
    act()
    if model.kenya.announced_on > model.day:
        model.kenya.announced_on = before


def everyone_at_risk(model: TutorialModel) -> None:
    for officer in model.officers:
        officer.at_risk = True


def other_squads(model: TutorialModel) -> None:
    """Squads of another replicate."""
    sizes = [len(squad) for squad in model.squads]
    sizes = [*sizes[1:], sizes[0]]
    officers = iter(model.officers)
    model.squads = []
    for size in sizes:
        squad = Squad()
        for _ in range(size):
            officer = next(officers)
            officer.squad, officer.leads = squad, not squad
            squad.append(officer)
        squad.present = size
        model.squads.append(squad)


def slips_felt_whole(model: TutorialModel) -> None:
    model.theory.own.slips /= model.settings.officers.ambiguity_felt


def terms_felt_in_part(model: TutorialModel, look: Callable[[], None]) -> None:
    look()
    unfelt = 1 - model.settings.officers.ambiguity_felt
    model.theory.danger -= model.theory.own.threat_breach * 0.5 * unfelt * (1 - model.kenya.terms())


def pulls_of_all(model: TutorialModel) -> None:
    officers = model.settings.officers
    model.squad_pull, model.force_pull = officers.squad_pull, officers.force_pull


def felt_nearness(model: TutorialModel) -> float:
    felt, at_start = model.settings.officers.imminence_felt, model.settings.governments.imminence_start
    return felt * model.kenya.imminence + (1 - felt) * at_start


SPRING, LATER = date(2024, 4, 10), date(2024, 5, 10)
BY_RULES = ("governments=rules", "governments.pause_authority=0", "governments.pause_control=1")
NEVER_DEPLOYS = (*BY_RULES, "governments.resume_authority=1", "officers.remote_hazard=0.1")
DEPLOYS = (
    *BY_RULES,
    *("governments.readiness=0.6", "governments.resume_authority=0.12", "governments.imminence_half_life=10"),
    *("governments.wave_size=12", "levers.us_support=1", "clock.end=2024-06-30"),
)

OMISSIONS: dict[str, Omission] = {
    "a trigger tires": Omission(put("settings.gangs.trigger_days", math.inf)),
    "a trigger that comes back is fresh": Omission(
        around("gangs.unite", triggers_stay_tired),
        ("gangs.trigger_days=15",),
        ((SPRING, "haiti.prime_minister", 1.0), (LATER, "haiti.prime_minister", 0.0)),
    ),
    "a force announced is a trigger": Omission(put("settings.gangs.weight_force", 0.0)),
    "exclusion is a trigger, by degrees": Omission(
        put("settings.gangs.weight_talks", 0.0), ("gangs.trigger_days=30",), ((SPRING, "gangs.shut_out", 0.6),)
    ),
    "to gangs an announcement does not fade": Omission(
        meanwhile("gangs.unite", "kenya", "heard", attrgetter("kenya.imminence"))
    ),
    "to officers an announcement fades": Omission(put("settings.governments.imminence_half_life", math.inf)),
    "it fades from before the start": Omission(put("kenya.announced_on", 0), ("clock.start=2024-03-20",)),
    "an announcement repeated is new": Omission(undated(SPRING), (), ((SPRING, "kenya.imminence", 0.75),)),
    "no announcement fades once Kenya deploys": Omission(
        meanwhile("kenya.come_near", "kenya", "phase", lambda _: AUTHORISED), DEPLOYS
    ),
    "without kit nothing above the start is heard": Omission(
        lambda model: setattr(model.kenya, "waits_for_kit", lambda: False), ("scenario=kit_first",)
    ),
    "an announcement counts from the day of the kit": Omission(
        around("kenya.act", kit_does_not_renew),
        ("scenario=kit_first", "governments.imminence_half_life=20"),
        ((SPRING, "kenya.readiness", 0.9),),
    ),
    "kit that grows by rules renews it": Omission(
        around("kenya.act", kit_does_not_renew),
        (*NEVER_DEPLOYS, "scenario=kit_first", "governments.readiness=0.7", "governments.readiness_growth=0.01"),
    ),
    "a phase announces once": Omission(
        around("kenya.decide", phase_repeats), NEVER_DEPLOYS, ((SPRING, "kenya.imminence", 0.6),)
    ),
    "the last wave announces nothing": Omission(
        around("kenya.send_wave", theatre_is_announced),
        (*DEPLOYS, "governments.wave_size=400"),
        ((date(2024, 6, 16), "kenya.imminence", 0.5),),
    ),
    "an accord signed by rules announces": Omission(undated(SPRING), NEVER_DEPLOYS, ((SPRING, "kenya.accord", 1.0),)),
    "nobody is at risk before he is selected": Omission(everyone_at_risk, ("theory=constant",)),
    "squads are a replicate's own": Omission(other_squads),
    "habituation is in part": Omission(put("settings.officers.habituation_share", 1.0)),
    "one is used to the reference at the start": Omission(put("habituation", 1.0)),
    "rumour starts where it rests": Omission(put("press.rumour", 0.0)),
    "news counts against its reference": Omission(put("settings.reference_media", 1.0)),
    "plans of a remote mission trouble less": Omission(put("settings.officers.ambiguity_remote", 1.0)),
    "a base hazard is that of the start": Omission(put("settings.nearness_at_start", 1.0)),
    "clear plans help": Omission(put("theory.own.assurance", 0.0), ("theory=threat_efficacy",)),
    "a loss is of life or limb": Omission(put("settings.officers.killed_share", 1.0), ("theory=prospects",)),
    "three weights": Omission(
        lambda model: setattr(model.settings, "weights", [1 / 3] * 3),
        (
            *("governments.weight_readiness=0.6", "governments.weight_terms=1", "governments.weight_protection=0.2"),
            *("levers.insurance=0.5", "levers.pay_escrow=0.3"),
        ),
    ),
    "violence felt in part": Omission(put("settings.officers.violence_felt", 1.0), ("officers.violence_felt=0.4",)),
    "the mission's own news is felt whole": Omission(
        meanwhile("press.report_news", "press", "kenya_salience", lambda model: 0.4 * model.press.kenya_salience),
        ("officers.violence_felt=0.4",),
    ),
    "rumours felt in part": Omission(put("settings.officers.rumours_felt", 1.0), ("officers.rumours_felt=0.4",)),
    "rumour that is not felt is the start's": Omission(
        put("settings.reference_rumour", 0.0), ("officers.rumours_felt=0",)
    ),
    "ambiguity felt in part": Omission(put("settings.officers.ambiguity_felt", 1.0), ("officers.ambiguity_felt=0.4",)),
    "plans that are not felt are the start's": Omission(
        put("settings.unclear_at_start", 0.0), ("officers.ambiguity_felt=0",)
    ),
    "slips are felt as plans are": Omission(slips_felt_whole, ("theory=breach", "officers.ambiguity_felt=0.4")),
    "a kit gap that is not felt is the start's": Omission(
        put("settings.governments.kit_gap", 0.0), ("theory=breach", "officers.ambiguity_felt=0")
    ),
    "terms are felt whole": Omission(
        around("theory.look", terms_felt_in_part),
        ("theory=breach", "officers.ambiguity_felt=0.4", "levers.pay_escrow=0.3"),
    ),
    "imminence felt in part": Omission(put("settings.officers.imminence_felt", 1.0), ("officers.imminence_felt=0.4",)),
    "imminence in ambiguity is whole": Omission(
        meanwhile("perceive", "kenya", "imminence", felt_nearness), ("officers.imminence_felt=0.4",)
    ),
    "comrades' perceptions felt in part": Omission(pulls_of_all, ("officers.peers_felt=0.4",)),
    "comrades' leaving felt in part": Omission(
        put("settings.officers.peers_felt", 1.0),
        ("theory=squad_threshold", "officers.peers_felt=0.4", "theory.hazard=0.2", "officers.cohesion=none"),
    ),
    "a leader's leaving felt in part": Omission(
        put("settings.officers.peers_felt", 1.0),
        ("officers.peers_felt=0.4", "officers.cohesion=carry", "theory.base_hazard=0.01"),
    ),
    "comrades who left hold as much where they are not felt": Omission(
        put("settings.officers.peers_felt", 1.0),
        ("officers.peers_felt=0.4", "officers.cohesion=hold", "theory.base_hazard=0.01"),
    ),
}
