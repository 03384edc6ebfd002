"""Worlds compared with a baseline, under every theory they share, on one or more outcomes."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Hashable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cached_property, partial
from itertools import combinations
from typing import Any

import pandas as pd

from sim.analysis.agreement import finding, voting
from sim.analysis.alternatives import Alternative, alternatives, choose, usual_baseline
from sim.analysis.outcome_windows import Clock, differ_from, last_day, later_outcomes
from sim.analysis.regret import performance, regret, robustness
from sim.analysis.statistics import paired_difference as comparison
from sim.analysis.statistics.intervals import LEVEL
from sim.analysis.statistics.paired_difference import PairedDifference, compare_all, sample
from sim.analysis.statistics.summary import good
from sim.ensemble.cases.case import DRAWN
from sim.ensemble.cases.unknowns import FIXED, MODE, NOTHING_DRAWN, PRIOR, Unknowns
from sim.ensemble.execution.report import Report
from sim.ensemble.store.store import Store
from sim.errors import UserMistake
from sim.outcomes import OUTCOMES, REGISTER, added_outcomes, check_outcome, defaults, outcome_of

FAMILY = 20
"""Worlds beside the baseline that are compared with each other, too; of more each only with the best."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One world on one outcome: what the theories with a vote say together, and how far their mean differences reach.

    ``finding`` is one of :data:`sim.analysis.agreement.FINDINGS`; ``least`` and ``most`` are None without any value.
    """

    world: str
    outcome: str
    finding: str
    theories: int
    least: float | None
    most: float | None


@dataclass(frozen=True)
class Compared:
    """What :func:`sim.compare` found.

    Attributes
    ----------
    worlds
        The worlds, the baseline first.
    outcomes
        What they were compared on; the first is the question.
    comparisons
        Each world against the baseline, theory by theory, on every outcome.
    rivals
        The worlds but the baseline against each other, on the first outcome: of the same family of comparisons. Of more
        than :data:`FAMILY` each against the one that does best on average, theory by theory.
    later
        By name of a world of which no pair differs on the first outcome: the first outcome of its kind, over a window
        that ends later, on which some do. It has been compared on that one, too.
    cases, runs
        The tables that it rests on.
    store, report
        Where they are on disk, and what had to be computed; None where they came from elsewhere.
    on_prior
        The baseline with its unknowns drawn from the prior, where some world is compared with that, since no world that
        lived the record has its officers.
    """

    worlds: tuple[Alternative, ...]
    outcomes: tuple[str, ...]
    comparisons: tuple[PairedDifference, ...]
    rivals: tuple[PairedDifference, ...]
    cases: pd.DataFrame
    runs: pd.DataFrame
    later: Mapping[str, str] = field(default_factory=dict)
    store: Store | None = None
    report: Report | None = None
    on_prior: Alternative | None = None

    @property
    def baseline(self) -> Alternative:
        """What the others are compared with."""
        return self.worlds[0]

    @property
    def others(self) -> tuple[Alternative, ...]:
        """The worlds that are compared with it."""
        return self.worlds[1:]

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a world, theory and outcome: the names, then every field of :class:`PairedDifference`; means of a
        date are days."""
        listed = (*self.worlds, *([self.on_prior] if self.on_prior else []))
        of = {case: (world.name, theory) for world in listed for theory, case in world.cases.items()}
        rows = comparison.table(self.comparisons)
        rows.insert(0, "world", [of[case][0] for case in rows["other"]])
        rows.insert(1, "theory", [of[case][1] for case in rows["other"]])
        rows.insert(2, "against", [of[case][0] for case in rows["baseline"]])
        means = ["baseline_mean", "other_mean"]
        order = [name for name in rows if name not in means]
        place = order.index("difference")
        return rows[[*order[:place], *means, *order[place:]]]

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One for each world and outcome."""
        return tuple(self._judge(world, outcome) for world in self.others for outcome in self.outcomes_of(world))

    @property
    def findings(self) -> pd.DataFrame:
        """The verdicts as a table."""
        return pd.DataFrame([asdict(verdict) for verdict in self.verdicts])

    def outcomes_of(self, world: Alternative) -> tuple[str, ...]:
        """What a world was compared on: the outcomes, and the later one where it has one."""
        later = self.later.get(world.name)
        return self.outcomes if later in (None, *self.outcomes) else (*self.outcomes, str(later))

    def until(self, one: PairedDifference) -> date | None:
        """The last day that the outcome of a comparison looks at; None where its case has no clock."""
        clock = Clock.of(self._rows[one.other])
        return last_day(one.outcome, clock) if clock else None

    def differ_from(self, one: PairedDifference) -> date:
        """The first day on which its two cases can differ (:func:`sim.analysis.outcome_windows.differ_from`)."""
        return differ_from(self._rows[one.baseline], self._rows[one.other])

    def never(self, one: PairedDifference) -> bool:
        """Whether its two cases are one and the same up to the outcome's last day, so that no run can differ."""
        until = self.until(one)
        return one.same and until is not None and self.differ_from(one) > until

    @cached_property
    def _rows(self) -> dict[str, dict[Hashable, Any]]:
        return {str(row["case"]): row for row in self.cases.to_dict("records")}

    def verdict(self, world: Alternative, outcome: str) -> Verdict:
        """The verdict on a world and outcome."""
        return next(v for v in self.verdicts if (v.world, v.outcome) == (world.name, outcome))

    def _judge(self, world: Alternative, outcome: str) -> Verdict:
        votes = [one for _, one in self.votes(world, outcome)]
        means = [one.difference for one in votes if one.difference is not None]
        found = finding([0 if self.never(one) else sign(one) for one in votes])
        return Verdict(world.name, outcome, found, len(votes), min(means, default=None), max(means, default=None))

    def of(self, world: Alternative, outcome: str) -> list[tuple[str, PairedDifference]]:
        """The comparisons of a world on an outcome, by theory."""
        theory = {case: theory for theory, case in world.cases.items()}
        listed = [one for one in self.comparisons if one.outcome == outcome and one.other in theory]
        return [(theory[one.other], one) for one in listed]

    def votes(self, world: Alternative, outcome: str) -> list[tuple[str, PairedDifference]]:
        """Those of them that count for a finding."""
        listed = self.of(world, outcome)
        counted = voting(theory for theory, _ in listed)
        return [(theory, one) for theory, one in listed if theory in counted]

    def leaders(self) -> dict[str, tuple[str, bool]]:
        """By theory: the world that does best on the first outcome, and whether it is told apart from all others."""
        outcome = self.outcomes[0]
        gain = outcome_of(outcome).gain
        leaders = {}
        for theory, first in self.baseline.cases.items():
            means = {
                one.other: gain * one.difference
                for world in self.others
                for of, one in self.of(world, outcome)
                if of == theory and one.difference is not None
            }
            if not means:
                continue
            best = max([first, *means], key=lambda case: means.get(case, 0.0))
            met = [one for one in (*self.comparisons, *self.rivals) if one.outcome == outcome]
            signs = [sign(one) for one in met if one.other == best]
            signs += [-(sign(one) or 0) for one in met if one.baseline == best]
            leaders[theory] = (self.name_of(best), all(s == gain for s in signs))
        return leaders

    def robustness(self) -> pd.DataFrame:
        """Regret on the first outcome, the theories with a vote being the states (:mod:`sim.analysis.regret`).

        One row a world, the one that is never far from best first. Empty where the outcome has no good direction, or
        no theory has all worlds with luck in common.
        """
        outcome = self.outcomes[0]
        worlds = tuple(world for world in self.worlds if world not in self.apart)
        theories = [theory for theory in worlds[0].cases if all(theory in world.cases for world in worlds)]
        keys = [
            {"case": world.cases[theory], "theory": theory, "setting": 0, "option": world.name}
            for theory in voting(theories)
            for world in worlds
        ]
        if outcome_of(outcome).better is None or not keys:
            return pd.DataFrame()
        means = performance(pd.DataFrame(keys).merge(good(self.runs), on="case"), outcome)
        return robustness(regret(means, outcome), 0.0) if len(means.dropna()) else pd.DataFrame()

    def name_of(self, case: str) -> str:
        """Name of the world that a case belongs to."""
        listed = (*self.worlds, *([self.on_prior] if self.on_prior else []))
        return next(world.name for world in listed if case in world.cases.values())

    @cached_property
    def apart(self) -> tuple[Alternative, ...]:
        """The worlds whose runs are no pairs with those of the baseline under some theory that both have."""
        drawn, first = {case: mode_of(row) for case, row in self._rows.items()}, self.baseline.cases
        return tuple(
            world
            for world in self.others
            if any(drawn[case] != drawn[first[theory]] for theory, case in world.cases.items() if theory in first)
        )


def sign(one: PairedDifference) -> int | None:
    """On which side of 0 a difference lies, once all comparisons made together are counted; None if unknown."""
    if one.difference is None or one.low is None:
        return None
    if one.low == one.high:  # nothing varies
        return (one.difference > 0) - (one.difference < 0)
    if one.adjusted_p is None or one.adjusted_p >= 1 - LEVEL:
        return None
    return 1 if one.difference > 0 else -1


def compared(
    cases: pd.DataFrame,
    runs: pd.DataFrame,
    outcomes: Sequence[str] | None = None,
    baseline: str | None = None,
    only: Sequence[str] = (),
    everything: bool = False,
) -> Compared:
    """Compare the worlds of a table of cases.

    Parameters
    ----------
    cases, runs
        Tables as a store gives them.
    outcomes
        Columns of ``runs``, the first is the question; else :func:`sim.outcomes.defaults.to_compare`.
    baseline
        Name or case id of the world that the others are compared with; else the record's, or the first.
    only
        Names or ids of the worlds to look at, if not all.
    everything
        Whether every other outcome that the runs have is compared, too.

    Raises
    ------
    UserMistake
        For an unknown outcome or world, and where fewer than two worlds are left.
    """
    outcomes = defaults.to_compare(runs) if outcomes is None else outcomes
    for outcome in outcomes:
        check_outcome("--outcome", outcome, among=runs)
    if everything:
        named = (*defaults.to_compare(runs), *(outcome.name for outcome in (*OUTCOMES, *added_outcomes())))
        outcomes = tuple(dict.fromkeys([*outcomes, *(name for name in named if name in runs)]))
    first, *others = choose_worlds(cases, baseline, only)
    drawn = {str(row["case"]): mode_of(row) for row in cases.to_dict("records")}
    twin = twin_of(alternatives(cases), first, others, drawn)
    others = [world for world in others if twin is None or world.name != twin.name]
    of_case = {str(case): rows for case, rows in good(runs).groupby("case")}
    base = partial(_base, first, twin, drawn)
    later = _later(base, others, outcomes[0], cases, of_case, first.cases)
    against = [
        (base(theory, case), case, outcome)
        for world in others
        for theory, case in world.cases.items()
        if theory in first.cases
        for outcome in dict.fromkeys([*outcomes, *([later[world.name]] if world.name in later else [])])
    ]
    rivals = [one for one in _rivals(others, outcomes[0], of_case) if drawn[one[0]] == drawn[one[1]]]
    found = compare_all(runs, [*against, *rivals], lambda one, other: drawn[one] != drawn[other])
    count = len(against)
    worlds = (first, *others)
    return Compared(worlds, tuple(outcomes), found[:count], found[count:], cases, runs, later, on_prior=twin)


def mode_of(row: Mapping[Any, Any]) -> tuple[str, str, int]:
    """What a row of a table of cases says of unknowns, the mode and the bank; only runs of equal ones are pairs."""
    told = row.get(DRAWN)
    unknowns = Unknowns.of_plain(json.loads(told)) if isinstance(told, str) and told else NOTHING_DRAWN
    mode = row.get(MODE)
    return (mode if isinstance(mode, str) else FIXED, unknowns.bank, unknowns.root_seed)


def twin_of(
    listed: Sequence[Alternative],
    first: Alternative,
    others: Sequence[Alternative],
    drawn: Mapping[str, tuple[str, str, int]],
) -> Alternative | None:
    """The baseline on the prior, where it is there and some other world is on the prior where the baseline is not."""
    twin = next((world for world in listed if world.name == f"{first.name} · unknowns={PRIOR}"), None)
    apart = any(
        drawn[case] != drawn[first.cases[theory]]
        for world in others
        if twin is None or world.name != twin.name
        for theory, case in world.cases.items()
        if theory in first.cases
    )
    return twin if apart else None


def _base(
    first: Alternative, twin: Alternative | None, drawn: Mapping[str, tuple[str, str, int]], theory: str, case: str
) -> str:
    """What a case is compared with: the baseline's, or where that is no pair the baseline's on the prior."""
    usual = first.cases[theory]
    other = twin.cases.get(theory) if twin else None
    return other if other and drawn[usual] != drawn[case] == drawn[other] else usual


def choose_worlds(
    cases: pd.DataFrame, baseline: str | None = None, only: Sequence[str] = ()
) -> tuple[Alternative, ...]:
    """The worlds of a table of cases that are to be compared, the baseline first; it needs no run.

    Raises
    ------
    UserMistake
        For an unknown world, where fewer than two are left, and where the others share no theory with the baseline.
    """
    listed = alternatives(cases)
    if not listed:
        raise UserMistake("compare", None, "there is no case to compare")
    first = choose(listed, baseline, "--baseline") if baseline else usual_baseline(listed)
    chosen = [choose(listed, name, "--case") for name in only] or list(listed)
    rest = [world for world in dict.fromkeys(w.name for w in chosen) if world != first.name]
    others = [next(world for world in listed if world.name == name) for name in rest]
    if not others:
        many = "" if len(first.cases) == 1 else "; theories are no options to choose between"
        raise UserMistake("compare", None, f"needs two cases that differ, and there is only {first.name}{many}: name "
                          "another, such as scenario=terms_settled")  # fmt: skip
    if not any(set(world.cases) & set(first.cases) for world in others):
        raise UserMistake("compare", None, f"no other case shares a theory with the baseline, {first.name}")
    return (first, *others)


def _later(
    base: Callable[[str, str], str],
    others: Sequence[Alternative],
    outcome: str,
    cases: pd.DataFrame,
    of_case: Mapping[str, pd.DataFrame],
    theories: Container[str],
) -> dict[str, str]:
    """Of each world no pair of which differs on the outcome, the first later one on which some do, if any."""
    rows = {str(row["case"]): row for row in cases.to_dict("records")}
    found = {}
    for world in others:
        pairs = [(base(theory, case), case) for theory, case in world.cases.items() if theory in theories]
        tables = [(of_case[a], of_case[b]) for a, b in pairs if a in of_case and b in of_case]
        clock = Clock.of(rows[pairs[0][1]]) if pairs else None
        if clock is None or not tables or any(_differ(*two, outcome) for two in tables):
            continue
        known = [name for name in tables[0][0] if name in REGISTER and REGISTER[name].type != "date"]
        tells = (name for name in later_outcomes(outcome, clock, known) if any(_differ(*two, name) for two in tables))
        if name := next(tells, None):
            found[world.name] = name
    return found


def _differ(baseline: pd.DataFrame, other: pd.DataFrame, outcome: str) -> bool:
    """Whether some pair differs; also where nothing pairs, which is another matter."""
    pairs = sample(baseline, other, outcome)
    return not pairs.paired or bool((pairs.baseline != pairs.other).any())


def _rivals(
    others: Sequence[Alternative], outcome: str, of_case: Mapping[str, pd.DataFrame]
) -> Iterator[tuple[str, str, str]]:
    """Worlds against each other: all of a few, of many each against the best on average under each theory."""
    best = set() if len(others) <= FAMILY else _best(others, outcome, of_case)
    for a, b in combinations(others, 2):
        for theory, case in b.cases.items():
            if theory in a.cases and (not best or not best.isdisjoint((a.cases[theory], case))):
                yield a.cases[theory], case, outcome


def _best(others: Sequence[Alternative], outcome: str, of_case: Mapping[str, pd.DataFrame]) -> set[str]:
    """The case that does best on average, under each theory."""
    gain = outcome_of(outcome).gain
    found: dict[str, tuple[float, str]] = {}
    for world in others:
        for theory, case in world.cases.items():
            values = of_case[case][outcome].dropna() if case in of_case else pd.Series(dtype=float)
            if len(values) and outcome_of(outcome).type != "date":
                found[theory] = max(found.get(theory, (-float("inf"), "")), (gain * float(values.mean()), case))
    return {case for _, case in found.values()}
