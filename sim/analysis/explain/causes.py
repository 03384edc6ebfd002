"""What may drive officers out, cause by cause, and the case in which one of them is switched off.

A cause is off when the settings (and caps on what events write) of its row in :data:`CAUSES` hold; everything else of
the case, and every draw, stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sim.ensemble.cases.case import Case
from sim.model.events import Amount, Event


@dataclass(frozen=True)
class Cause:
    """One thing that may drive officers out, and how it is switched off.

    Attributes
    ----------
    off
        Settings at which the cause is off; those that a theory does not have are passed over.
    caps
        Levels that events may not raise above a value.
    called
        What follows the word "without" in a sentence; the name where it is empty.
    """

    name: str
    text: str
    off: Mapping[str, float] = field(default_factory=dict)
    caps: Mapping[str, float] = field(default_factory=dict)
    called: str = ""


CAUSES: tuple[Cause, ...] = (
    Cause("violence", "news of attacks beyond the reference", {"officers.violence_felt": 0}),
    Cause(
        "ambiguity",
        "plans less clear than at the start, kit that goes missing, slipped starts",
        {"officers.ambiguity_felt": 0},
    ),
    Cause(
        "imminence",
        "departure nearer, or farther, than at the start",
        {"officers.imminence_felt": 0},
        called="departure that comes near",
    ),
    Cause("peers", "what comrades feel, and that they leave or stay", {"officers.peers_felt": 0}),
    Cause(
        "leaders",
        "of the peers: a leader who leaves, beyond counting as one officer of his squad",
        {"officers.leader_shock": 0, "theory.leader_weight": 1},
        called="a leader who leaves",
    ),
    Cause("rumours", "rumours beyond those of the start", {"officers.rumours_felt": 0}),
    Cause(
        "arrears",
        "pay that is owed",
        {"governments.arrears_scale": 10_000, "theory.arrears": 0},
        {"kenya.arrears": 0},
    ),
)
"""The closed list: each holds one thing at its reference, the state of the start, and leaves all else as it is. Arrears
under rules are off up to 3 % of the trust that they cost (the highest arrears_scale). A change here changes stored
numbers: raise MODEL_VERSION with it."""


def without(case: Case, cause: Cause) -> Case | None:
    """The case with one cause switched off, or None where the case does not have that cause."""
    if "kenya.arrears" in cause.caps and not _may_owe(case):
        return None
    off = {key: float(value) for key, value in cause.off.items() if key in case.values}
    changed = replace(
        case,
        values={**case.values, **off},
        unknowns=case.unknowns.without(off),
        events=tuple(_capped(event, cause.caps) for event in case.events),
        label=f"{case.label} · without {cause.name}",
        table=None,
        orders=(),
    )
    return None if changed.id == case.id else changed


def counterfactuals(case: Case) -> dict[str, Case]:
    """By cause, the case without it; causes that it does not have are left out."""
    cases = {cause.name: without(case, cause) for cause in CAUSES}
    return {name: changed for name, changed in cases.items() if changed is not None}


def because(kept: Sequence[str], gaps: Mapping[str, int], end: str) -> str:
    """A clause on an officer who came to want out: the causes without any of which he would not have by ``end``.

    ``kept`` names these causes, and ``gaps`` gives the days that he would have taken longer without each other one.
    """
    called = {cause.name: cause.called or cause.name for cause in CAUSES}
    names, late = [called[name] for name in kept], max(gaps, key=lambda name: gaps[name], default="")
    if names:
        which = f"any one of {', '.join(names[:-1])} and {names[-1]}" if len(names) > 2 else ", or without ".join(names)
        return f"without {which} he would not have by {end}"
    if late and gaps[late] > 0:
        days = "a day" if gaps[late] == 1 else f"{gaps[late]} days"
        later = f"without {called[late]} it would have come {days} later"
        return f"no cause switched off alone would have prevented it; {later}"
    return "no cause switched off alone would have prevented or delayed it"


def _may_owe(case: Case) -> bool:
    writes = any(name == "kenya.arrears" for event in case.events for name, _, _ in event.writes)
    return writes or case.values["governments.mode"] == "rules"


def _capped(event: Event, caps: Mapping[str, float]) -> Event:
    def capped(name: str, op: str, value: Amount) -> Amount:
        if name not in caps:
            return value
        cap = caps[name] if op == "set" else 0.0
        return cap if isinstance(value, str) else min(value, cap)  # what is drawn lies above what is off

    return replace(event, writes=tuple((name, op, capped(name, op, value)) for name, op, value in event.writes))
