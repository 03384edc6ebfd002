"""What a finding is tried under: the closed list of checks, those that must not matter first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from types import MappingProxyType

from sim.analysis.certificates.claims import Claim
from sim.analysis.certificates.other_orders import DAY_ORDERS
from sim.analysis.patterns import load_patterns
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.conditioning import on_prior
from sim.ensemble.cases.unknowns import POSTERIOR, PRIOR
from sim.errors import UserMistake
from sim.files import folder_name
from sim.model.events import Event

OWN, ELSEWHERE = "own", "prior"
"""Which effect a check is held against: the finding's own, or that of prior worlds, on which the check is run."""
BLOCK = 7
"""Runs side by side in the check of the block's width; prime to every width that is usual."""
FEW_BLOCKS, MOST_EXACT = 16, 40
"""Worlds of the check of the block's width, and at most of that of double precision."""
STARTS = (date(2023, 9, 1), date(2024, 1, 1))
"""Other first days: a month before the mandate, and after officers were selected and trained."""
LARGER = 10
"""How many times as many officers the larger force has."""
SCALED = ("officers.pool", "levers.first_contingent", "levers.reserve")
"""What grows with the force."""
PATTERN = "pattern"
"""Kind of the checks of variants of the record's patterns."""
HALF = "half"
"""Kind of the checks of halved ranges, one for each setting that a finding rests on."""


@dataclass(frozen=True)
class Check:
    """One thing that a finding is tried under.

    Attributes
    ----------
    kind, detail
        What it is; together its name.
    text
        In words, after "under".
    must_hold
        Whether it must not matter at all.
    against
        :data:`OWN` or :data:`ELSEWHERE`.
    change
        The case to run in place of the finding's; None: that itself.
    stored
        Whether its runs are what their addresses say, so that the store keeps them.
    factor
        How many times as many officers there are.
    """

    kind: str
    text: str
    detail: str = ""
    must_hold: bool = False
    against: str = OWN
    change: Callable[[Case], Case] | None = None
    stored: bool = True
    factor: int = 1

    @property
    def name(self) -> str:
        """As it is typed after ``--check``."""
        return f"{self.kind}:{self.detail}" if self.detail else self.kind


def prior_of(case: Case) -> Case:
    """The same case with its unknowns from the prior; itself where they are."""
    return on_prior(case, f"{case.label} · unknowns={PRIOR}") if case.mode == POSTERIOR else case


def started(day: date) -> Callable[[Case], Case]:
    """The case on the prior with another first day."""

    def change(case: Case) -> Case:
        elsewhere = prior_of(case)
        return elsewhere.varied({"clock.start": day}, f"{elsewhere.label} · clock.start={day}")

    return change


def grown(case: Case) -> Case:
    """The case on the prior with ten times the officers, first contingent and reserve, be they set or written."""
    elsewhere = prior_of(case)
    held = {key: LARGER * float(str(elsewhere.values[key])) for key in SCALED}
    held["officers.pool"] = int(held["officers.pool"])
    larger = elsewhere.varied(held, f"{elsewhere.label} · {LARGER} times the officers")
    return replace(larger, events=tuple(map(_grown, larger.events)), table=None, orders=())


def _grown(event: Event) -> Event:
    writes = tuple(
        (name, op, LARGER * value if name in SCALED and not isinstance(value, str) else value)
        for name, op, value in event.writes
    )
    return replace(event, writes=writes)


BASE = Check("theory", "each rival theory")
OTHER_WORLDS = Check("other_worlds", "other worlds of the list", must_hold=True)
OFFICERS = Check("officers_order", "officers in another order, in worlds of the prior", must_hold=True,
                 against=ELSEWHERE, change=prior_of, stored=False)  # fmt: skip
WIDTH = Check("block_width", f"{BLOCK} runs side by side", must_hold=True, stored=False)
EXACT = Check("float64", "double precision", must_hold=True, stored=False)
UNKNOWNS = Check("prior", "worlds of the prior, whether or not they lived the record", change=prior_of)
POOL = Check("officers_4000", "4,000 officers, in shares (first contingent and reserve with them)", against=ELSEWHERE,
             change=grown, factor=LARGER)  # fmt: skip
DAYS: Mapping[str, Check] = MappingProxyType({
    name: Check("day", text, name, stored=False) for name, (text, _) in DAY_ORDERS.items()
})  # fmt: skip
KINDS = (OTHER_WORLDS.kind, OFFICERS.kind, WIDTH.kind, EXACT.kind, BASE.kind, UNKNOWNS.kind, HALF, PATTERN, "start",
         "day", POOL.kind)  # fmt: skip


def pattern_checks() -> tuple[Check, ...]:
    """The record's patterns in their variants: other worlds are kept then."""
    variants = load_patterns().variants
    return tuple(
        Check(PATTERN, f"worlds kept by other patterns: {one.text}", folder_name(one.name)) for one in variants
    )


def checks_of(claim: Claim) -> tuple[Check, ...]:
    """Every check of a finding, in the order in which they are shown."""
    halves = tuple(Check(HALF, f"the middle half of the range of {key}", key) for key in claim.rests_on)
    posterior = claim.mode == POSTERIOR
    starts = tuple(Check("start", f"a clock that starts on {day}", str(day), against=ELSEWHERE, change=started(day))
                   for day in STARTS)  # fmt: skip
    return (OTHER_WORLDS, OFFICERS, WIDTH, EXACT, BASE, *((UNKNOWNS,) if posterior else ()), *halves,
            *(pattern_checks() if posterior else ()), *starts, *DAYS.values(), POOL)  # fmt: skip


def chosen(claims: Iterable[Claim], named: Sequence[str]) -> dict[str, tuple[Check, ...]]:
    """By finding the checks of these names or kinds, all where none is named.

    Raises
    ------
    UserMistake
        For a name that no check of these findings has.
    """
    of_claim = {claim.name: checks_of(claim) for claim in claims}
    known = list(dict.fromkeys(word for checks in of_claim.values() for one in checks for word in (one.kind, one.name)))
    for word in named:
        if word not in known:
            close = get_close_matches(word, known, n=3, cutoff=0.5) or KINDS
            raise UserMistake("--check", word, f"no such check of these findings; near it: {', '.join(close)}")
    if not named:
        return of_claim
    return {
        name: tuple(one for one in checks if {one.kind, one.name} & set(named)) for name, checks in of_claim.items()
    }
