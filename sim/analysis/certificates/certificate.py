"""Certificates: findings tried under every check that they were asked for, and the table of verdicts.

A finding is measured first as it is claimed, in the first kept worlds of each rival theory (``theory``), and on the
prior where a check is run there; each further check is held against one of these two effects.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from sim.analysis.agreement import voting
from sim.analysis.certificates.checks import (
    BASE,
    ELSEWHERE,
    EXACT,
    FEW_BLOCKS,
    HALF,
    MOST_EXACT,
    OTHER_WORLDS,
    PATTERN,
    POOL,
    UNKNOWNS,
    WIDTH,
    Check,
    chosen,
    pattern_checks,
)
from sim.analysis.certificates.claims import Claim, World
from sim.analysis.certificates.trials import (
    Advance,
    Live,
    Trial,
    effects_otherwise,
    kept_under,
    otherwise,
    plan_of,
    runs_otherwise,
)
from sim.analysis.certificates.verdicts import NOT_TRIED, Judged, Measured, judge, judge_unchanged, worst
from sim.analysis.patterns import load_patterns
from sim.arrays import Ints
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.posterior import Posterior, load_posterior
from sim.ensemble.cases.run_numbers import RUN
from sim.ensemble.cases.unknowns import POSTERIOR
from sim.ensemble.design.plan import Plan, missing_runs
from sim.ensemble.design.request import Request, request
from sim.ensemble.engine.run_unknowns import quantiles_in_worlds
from sim.ensemble.store.store import Store
from sim.errors import UserMistake
from sim.model.withdrawal import THEORIES
from sim.settings.overrides import key_of

REPLICATES = 100
"""Worlds of each theory unless somebody says how many."""
LEAST_WORLDS = 12
"""Of the larger force, which has a quarter of the worlds otherwise."""
MIDDLE = 0.25
"""A world is in the middle half of a range where it lies so far at most from its middle, as a share of the prior."""
COLUMNS = ("finding", "check", "theory", "claimed", "verdict", "worlds", "effect", "low", "high", "reference", "change",
           "change_low", "change_high", "must_hold", "note", "command")  # fmt: skip


@dataclass(frozen=True)
class CertifyRequest:
    """What is certified, and how.

    Attributes
    ----------
    claims
        The findings, in their order.
    checks
        By finding what it is tried under.
    theories
        Rival theories that are asked.
    cases
        By theory and world its case, by finding's mode of unknowns.
    plan
        Executor, width, root seed and worlds of each theory.
    words
        Settings as they were typed, for the commands.
    file
        The file of findings as it was typed, if one was.
    out
        Folder of the store.
    posterior
        The list that worlds are taken from.
    """

    claims: tuple[Claim, ...]
    checks: Mapping[str, tuple[Check, ...]]
    theories: tuple[str, ...]
    cases: Mapping[tuple[str, str, World], Case]
    plan: Plan
    words: tuple[str, ...]
    file: str | None
    out: str | None
    posterior: Posterior
    config_path: str | None = None

    @property
    def count(self) -> int:
        """Worlds of each theory."""
        return len(self.plan.replicates)

    def command(self, claim: str, check: str, theory: str) -> str:
        """What shows one row again, as it is typed."""
        words = [word for word in self.words if key_of(word) not in ("theory", "ensemble.replicates", "executor")]
        typed = ["tabletop", "certify", *([self.file] if self.file else []), "--only", claim, "--check", check,
                 f"theory={theory}", f"ensemble.replicates={self.count}", *words]  # fmt: skip
        if self.config_path:
            typed += ["--config-path", self.config_path]
        return shlex.join(typed)


@dataclass
class Certificates:
    """What came of it: the table of verdicts (:data:`COLUMNS`), and how many runs failed.

    ``effect``, its interval and its change are in the unit of the finding; ``reference`` is what they are held against.
    """

    claims: tuple[Claim, ...]
    table: pd.DataFrame
    failed: int = 0

    def verdict(self, claim: str) -> str:
        """The worst of a finding's verdicts, of those theories that it is claimed for."""
        rows = self.table[(self.table["finding"] == claim) & self.table["claimed"]]
        return worst([verdict for verdict in rows["verdict"] if verdict != NOT_TRIED])


# What is asked


def read_asked(
    claims: Sequence[Claim],
    checks: Sequence[str] = (),
    words: Sequence[str] = (),
    file: str | None = None,
    config_path: Path | None = None,
) -> CertifyRequest:
    """Compose every world of the findings under every theory that is asked, and check all of it before anything runs.

    Parameters
    ----------
    claims
        The findings (:func:`sim.analysis.certificates.claims.select`).
    checks
        Names or kinds of checks; all where none is named.
    words
        Settings in Hydra's words, one value each, but for ``theory``, which may have several.

    Raises
    ------
    UserMistake
        For an unknown setting, check or theory, for what a finding says itself (unknowns), and for more worlds than
        there are.
    """
    of_claim = chosen(claims, checks)
    kept = tuple(claim for claim in claims if of_claim[claim.name])
    theories = _theories(words)
    plain = [word for word in words if key_of(word) not in ("theory", "unknowns")]
    for word in words:
        if key_of(word).partition(".")[0] == "unknowns" and not key_of(word).startswith("unknowns.posterior"):
            raise UserMistake(key_of(word), word.partition("=")[2], "a finding says of which worlds it is; "
                              "--check prior shows it on the prior")  # fmt: skip
    if "ensemble.replicates" not in {key_of(word) for word in plain}:
        plain.append(f"ensemble.replicates={REPLICATES}")
    if not any(key_of(word) == "ensemble.days" for word in plain):
        plain.append("ensemble.days=false")
    cases: dict[tuple[str, str, World], Case] = {}
    first: Request | None = None
    for claim in kept:
        for theory in _asked_of(claim, theories):
            for world in claim.worlds:
                if (theory, claim.mode, world) not in cases:
                    typed = [f"theory={theory}", f"unknowns={claim.mode}", *plain, *world]
                    composed = _compose(typed, claim, config_path)
                    first = first or _enough(composed)
                    cases[theory, claim.mode, world] = composed.case
    if first is None:
        raise UserMistake("theory", ",".join(theories), "no finding is tried under it; leave it out for all rivals")
    named = next((word.partition("=")[2] for word in plain if key_of(word) == "unknowns.posterior"), None)
    asked = CertifyRequest(kept, of_claim, theories, cases, first.plan, tuple(words), file, first.out,
                           load_posterior(named), str(config_path) if config_path else None)  # fmt: skip
    _check_count(asked)
    return asked


def _compose(words: Sequence[str], claim: Claim, config_path: Path | None) -> Request:
    try:
        return request(words, config_path)
    except UserMistake as fault:
        raise UserMistake(f"findings.{claim.name}: {fault.key}", fault.value, fault.right) from fault


def _theories(words: Sequence[str]) -> tuple[str, ...]:
    named = [word.partition("=")[2] for word in words if key_of(word) == "theory"]
    if not named:
        return voting(THEORIES)
    listed = named[-1].split(",")
    for name in listed:
        if name not in THEORIES:
            raise UserMistake("theory", name, f"no such theory; there are {', '.join(THEORIES)}")
    return tuple(theory for theory in THEORIES if theory in listed)


def _asked_of(claim: Claim, theories: Sequence[str]) -> list[str]:
    """Theories that a finding is tried under: rivals, and whatever it is claimed for."""
    return [theory for theory in theories if theory in (*voting(THEORIES), *claim.theories)]


def _enough(asked: Request) -> Request:
    if asked.plan.until is not None:
        raise UserMistake("ensemble.until", asked.plan.until.half_width, "worlds are counted: ensemble.replicates")
    if (count := len(asked.plan.replicates)) < 2:
        raise UserMistake("ensemble.replicates", count, "at least 2 worlds: of one there is no interval")
    return asked


def _check_count(asked: CertifyRequest) -> None:
    for case in asked.cases.values():
        if case.worlds is not None and asked.count > len(case.worlds):
            right = f"at most the {len(case.worlds):,} kept worlds of theory={case.theory}"
            raise UserMistake("ensemble.replicates", asked.count, right)


# What is tried


def trials_of(asked: CertifyRequest, live: Live) -> list[Trial]:
    """Every trial that is asked for, and those that its effects are held against; of variants worlds are kept first."""
    found: dict[tuple[str, str, str], Trial] = {}
    variants = _Variants(asked, live)
    for claim in asked.claims:
        for theory in _asked_of(claim, asked.theories):
            checks = [BASE]
            for check in asked.checks[claim.name] if theory in claim.theories else ():
                checks += [check, *([UNKNOWNS] if check.against == ELSEWHERE and claim.mode == POSTERIOR else [])]
            for check in checks:
                if (claim.name, check.name, theory) not in found:
                    found[claim.name, check.name, theory] = _trial(asked, claim, check, theory, variants)
    return list(found.values())


@dataclass
class _Variants:
    """Worlds that are kept under variants of the record's patterns, found when first asked for."""

    asked: CertifyRequest
    live: Live

    def __post_init__(self) -> None:
        self._known: dict[tuple[str, str], Ints] = {}

    def kept(self, check: Check, theory: str) -> Ints:
        """Worlds of a theory under the variant of a check."""
        if (check.name, theory) not in self._known:
            pairs = zip(load_patterns().variants, pattern_checks(), strict=True)
            variant = next(one.name for one, of in pairs if of.name == check.name)
            asked = self.asked
            self._known[check.name, theory] = kept_under(
                asked.posterior, theory, variant, asked.count, self.live, asked.plan
            )
        return self._known[check.name, theory]


def _trial(asked: CertifyRequest, claim: Claim, check: Check, theory: str, variants: _Variants) -> Trial:
    change = check.change or (lambda case: case)
    option, against = (
        tuple(change(asked.cases[theory, claim.mode, world]) for world in side)
        for side in (claim.option, claim.against)
    )
    worlds, why = _worlds(asked, check, (*option, *against), variants)
    return Trial(claim, check, theory, option, against, worlds, asked.plan.root_seed, why)


def _worlds(asked: CertifyRequest, check: Check, cases: Sequence[Case], variants: _Variants) -> tuple[Ints, str]:
    """Numbers of a trial's worlds, and why there are none where there are none."""
    case, count, first = cases[0], asked.count, asked.plan.replicates.start
    if check.kind == PATTERN:
        if case.mode != POSTERIOR:
            return np.zeros(0, dtype=np.int64), "its worlds are of the prior, which no pattern chose"
        return variants.kept(check, case.theory), ""
    last = first + 2 * count if case.worlds is None else min(first + 2 * count, len(case.worlds))
    if check.kind == HALF:
        return _halved(asked, cases, check.detail, case.addresses(np.arange(first, last, dtype=np.int64))[0])
    places = np.arange(first, first + count, dtype=np.int64)
    if check == OTHER_WORLDS:
        places = np.arange(first + count, last, dtype=np.int64)
    elif check == POOL:
        places = places[: max(min(count, LEAST_WORLDS), count // 4)]
    elif check == WIDTH:
        places = places[:FEW_BLOCKS]
    elif check == EXACT:
        places = places[:MOST_EXACT]
    return case.addresses(places)[0], "" if len(
        places
    ) else f"its list has no more than {len(case.worlds or ()):,} worlds"


def _halved(asked: CertifyRequest, cases: Sequence[Case], key: str, worlds: Ints) -> tuple[Ints, str]:
    """Of some worlds those that drew the setting in the middle half of its prior."""
    case = next((case for case in cases if key in case.unknowns.drawn), None)
    if case is None:
        return worlds[:0], f"worlds of {cases[0].theory} do not draw it"
    drawn = quantiles_in_worlds(case, asked.plan.root_seed, worlds)[key].to_numpy()
    inside = worlds[np.abs(drawn - 0.5) < MIDDLE]
    return inside, "" if len(inside) else f"none of {len(worlds)} worlds drew it there"


# What comes of it


def certify(
    asked: CertifyRequest, store: Store, live: Live, progress: Advance = lambda runs: nullcontext(lambda done: None)
) -> Certificates:
    """Try every finding under everything that is asked for.

    Parameters
    ----------
    live
        Runs what of a plan is missing in the store, and gives the rows that it asks for.
    progress
        Hears of runs that are lived outside the store.

    Returns
    -------
    One row a finding, check and theory.
    """
    trials = trials_of(asked, live)
    runs = live(plan_of(trials, asked.plan))
    failed = int((runs["status"] != "ok").sum())
    effects: dict[str, Measured] = {}
    for some in otherwise(trials):
        known, bad = effects_otherwise(some, asked.plan, store, progress)
        effects |= known
        failed += bad
    return Certificates(asked.claims, _table(asked, trials, runs, effects), failed)


def forecast_of(asked: CertifyRequest, store: Store) -> tuple[int, int]:
    """Runs that are missing in the store, and runs that are lived outside it, before anything is done.

    Variants of the record's patterns keep worlds that are not known before; they are left out.
    """
    known = {name: tuple(one for one in checks if one.kind != PATTERN) for name, checks in asked.checks.items()}
    trials = trials_of(replace(asked, checks=known), lambda plan: pd.DataFrame())
    plan = plan_of(trials, asked.plan)
    return sum(map(len, missing_runs(plan, store).values())), sum(
        runs_otherwise(some, store) for some in otherwise(trials)
    )


def _table(
    asked: CertifyRequest, trials: Sequence[Trial], runs: pd.DataFrame, effects: Mapping[str, Measured]
) -> pd.DataFrame:
    base = {(trial.claim.name, trial.check.name, trial.theory): trial for trial in trials}
    by_case = dict(iter(runs.groupby("case", sort=False)))

    def effect(trial: Trial) -> Measured:
        if not trial.check.stored:
            return effects.get(trial.key, Measured(pd.Series(dtype=np.float64)))
        return trial.effect(
            pd.concat([by_case.get(case.id, runs.head(0)) for case in trial.cases]).drop_duplicates(list(RUN))
        )

    rows = []
    for trial in trials:
        claim, check = trial.claim, trial.check
        if check not in asked.checks[claim.name] and not (check == BASE and not asked.checks[claim.name]):
            continue
        found = effect(trial)
        reference: Measured | None = None
        if check != BASE:
            name = UNKNOWNS.name if check.against == ELSEWHERE and claim.mode == POSTERIOR else BASE.name
            usual = base[claim.name, name, trial.theory]
            same = check.must_hold and check != OTHER_WORLDS
            reference = effect(replace(usual, worlds=trial.worlds) if same else usual)
        rows.append(_row(asked, trial, found, reference))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(asked: CertifyRequest, trial: Trial, found: Measured, reference: Measured | None) -> dict[str, object]:
    claim, check = trial.claim, trial.check
    if trial.why:
        told = Judged(NOT_TRIED, trial.why)
    elif check.must_hold and reference is not None:
        told = judge_unchanged(claim.region, found, reference, exact=check == WIDTH)
    else:
        told = judge(claim.region, found, reference)
    mean, usual = found.mean, reference.mean if reference else None
    ends = found.interval
    return {
        "finding": claim.name, "check": check.name, "theory": trial.theory, "claimed": trial.theory in claim.theories,
        "verdict": told.verdict, "worlds": len(found.values), "effect": mean.value if mean else None,
        "low": ends.low, "high": ends.high,
        "reference": usual.value if usual else None, "change": told.change, "change_low": told.low,
        "change_high": told.high, "must_hold": check.must_hold, "note": told.note,
        "command": asked.command(claim.name, check.name, trial.theory),
    }  # fmt: skip
