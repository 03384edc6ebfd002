"""All that one bank answers: what was kept, what that tells, and whether it is to be trusted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.analysis.calibration.bank import BankRequest, Tried, draws_of, posterior_of, prior_draws
from sim.analysis.calibration.compatibility import compatibility_table, half_rule_table
from sim.analysis.calibration.confusion import confusion_table
from sim.analysis.calibration.features import OBSERVATIONS, features
from sim.analysis.calibration.fresh_luck import half_rule_runs, luck_split
from sim.analysis.calibration.observations import observation_table
from sim.analysis.calibration.posterior import dependence_table, shift_table
from sim.analysis.calibration.prior_draws import PriorDraws
from sim.analysis.calibration.reasons import reasons_table
from sim.analysis.calibration.results import QUANTILES, BankFacts, CalibrationResults
from sim.analysis.calibration.simulation_based_calibration import SelfCheck, self_check
from sim.ensemble.cases.case import Case, settings_of
from sim.ensemble.cases.conditioning import bank_case_of, unknowns_of
from sim.ensemble.cases.posterior import FEW, Posterior
from sim.ensemble.cases.unknowns import MODE, POSTERIOR, Unknowns
from sim.ensemble.design.plan import Plan
from sim.ensemble.execution.runner import fill
from sim.ensemble.executors.interface import Executor
from sim.ensemble.store.store import Store
from sim.model import MODEL_VERSION
from sim.record import load as load_record
from sim.settings.packaged import packaged_values
from sim.settings.schema import check_value

TRUTHS = 500
"""Worlds of each theory, drawn under another root seed, that the self-check pretends to be true."""
SAMPLED, FRESH = 100, 40
"""Kept worlds of each theory that the half rule is asked of, and runs of fresh luck of each."""
MOST = 200_000
"""Draws of a theory, the first ones, that tables rest on; the list of kept worlds rests on all of them."""
SPLIT = 250
"""Kept worlds of each theory that the luck split rests on, each under eight draws of luck."""
UNDISCLOSED = ("exits_by_record_end", "exits_in_surge")
Hear = Callable[[str], None]
"""Hears what is being done."""


@dataclass(frozen=True)
class Answers:
    """What a bank came to: the list, and all that it says."""

    posterior: Posterior
    results: CalibrationResults


def answer(
    asked: BankRequest,
    store: Store,
    tried: Sequence[Tried],
    facts: BankFacts,
    executor: Executor,
    hear: Hear = lambda what: None,
) -> Answers:
    """Ask a bank everything.

    Parameters
    ----------
    tried
        How far each theory has come.
    facts
        What the bank is of; what is found out here is filled in.
    executor
        Where the truths of the self-check are run; they go to the bank's store.
    hear
        Hears of each question before it is asked.
    """
    posterior = posterior_of(asked, tried)
    hear("what the record tells about each setting, and how compatible each theory is with it")
    draws = [prior_draws(asked, store, now.theory, min(now.draws, MOST)) for now in tried]
    enough = [one for one in draws if one.kept.sum() >= FEW]
    compatibility, confusion = compatibility_table(draws, asked.patterns), confusion_table(draws)
    shift = _stacked(shift_table(one) for one in enough)
    dependence = _stacked(dependence_table(one) for one in enough)
    hear("whether the method can be trusted: truths that are known")
    checks = [_self_check(asked, store, one, executor) for one in enough]
    hear("which further observation would tell the theories apart")
    watched = {one.theory: _features(asked, posterior, one) for one in enough}
    hear("the same settings under other luck")
    halves = {one.theory: _half_rule(asked, posterior, one.theory) for one in enough}
    cases = {one.theory: posterior_case(posterior, one.theory) for one in enough}
    luck = luck_split(cases, asked.root_seed, SPLIT)
    told = replace(
        facts,
        left_out={check.theory: check.left_out for check in checks},
        worlds=SPLIT,
        fresh=8,
        days={key: str(bank_day(asked, key)) for key in ("clock.record_end", "clock.end")},
    )
    results = CalibrationResults(
        told,
        shift=shift,
        dependence=dependence,
        compatibility=compatibility,
        half_rule=half_rule_table(halves),
        reasons=reasons_table(cases, asked.root_seed, SPLIT),
        confusion=confusion,
        self_check=_stacked(check.settings for check in checks),
        coverage=_stacked(check.coverage for check in checks),
        cells=_stacked(check.cells for check in checks),
        self_check_passed={check.theory: check.passed for check in checks},
        observations=observation_table(watched).assign(
            text=lambda table: [OBSERVATIONS[str(name)] for name in table["observation"]]
        ),
        undisclosed=undisclosed(draws),
        luck=luck,
        settings=settings_table(asked),
    )
    rows = luck[["outcome", "theory", "luck", "unknowns", "theory_share"]].round(4).to_dict("records")
    return Answers(replace(posterior, luck=tuple({str(k): v for k, v in row.items()} for row in rows)), results)


def facts_of(
    asked: BankRequest, tried: Sequence[Tried], seconds: float, command: str, *, interrupted: bool
) -> BankFacts:
    """What a bank is of, as far as it is known before anything is asked of it."""
    return BankFacts(
        root_seed=asked.root_seed,
        draws={now.theory: now.draws for now in tried},
        kept={now.theory: len(now.kept) for now in tried},
        patterns=asked.patterns.name,
        patterns_digest=asked.patterns.digest,
        record=load_record().hash,
        model_version=MODEL_VERSION,
        wanted=asked.keep,
        cap=asked.cap,
        interrupted=interrupted,
        seconds=round(seconds, 1),
        command=command,
        cases={now.theory: asked.case(now.theory).id for now in tried},
        pattern_texts={one.id: one.text for one in asked.patterns.of_runs},
    )


def posterior_case(posterior: Posterior, theory: str) -> Case:
    """The documented world of the packaged files, its worlds those of a list."""
    case, usual = bank_case_of(posterior, theory), packaged_values(theory)
    values = {**case.values, MODE: POSTERIOR}
    known = settings_of(theory)
    for key in ("clock.end", "clock.target_date"):
        values[key] = check_value(known[key], usual[key])
    unknowns: Unknowns = unknowns_of(posterior, theory)
    label = f"{case.scenario} · {theory}"
    return replace(case, values=values, unknowns=unknowns, worlds=posterior.kept(theory), label=label)


def undisclosed(draws: Sequence[PriorDraws]) -> pd.DataFrame:
    """The number that the record does not disclose, in kept worlds: quantiles by theory and outcome, officers."""
    rows = []
    for one in draws:
        kept = one.outcomes[one.kept]
        for outcome in UNDISCLOSED:
            values = kept[outcome].dropna().to_numpy(dtype=float)
            if len(values):
                points = np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95], method="inverted_cdf")
                rows.append([one.theory, outcome, len(values), *points])
    return pd.DataFrame(rows, columns=["theory", "outcome", "kept", *QUANTILES])


def settings_table(asked: BankRequest) -> pd.DataFrame:
    """What is drawn: a row a setting, those of a theory under its name; range, scale, unit, status and meaning."""
    rows: dict[tuple[str, str], list[object]] = {}
    for theory in asked.theories:
        known, case = settings_of(theory), asked.case(theory)
        for key, prior in case.unknowns.drawn.items():
            p, of = known[key], theory if key.startswith("theory.") else ""
            rows[of, key] = [of, key, p.unit, prior.low, prior.high, prior.how, p.status, p.text]
    names = ["theory", "setting", "unit", "low", "high", "scale", "status", "text"]
    return pd.DataFrame(list(rows.values()), columns=names)


def bank_day(asked: BankRequest, key: str) -> object:
    """A day of the documented clock."""
    return packaged_values(asked.theories[0])[key]


def _stacked(tables: Iterator[pd.DataFrame]) -> pd.DataFrame | None:
    listed = list(tables)
    return pd.concat(listed, ignore_index=True) if listed else None


def _self_check(asked: BankRequest, store: Store, bank: PriorDraws, executor: Executor) -> SelfCheck:
    """Truths of a theory that no bank has, ranked among the bank's draws."""
    case, seed = asked.case(bank.theory), asked.root_seed + 1
    fill(Plan((case,), range(TRUTHS), seed, executor=executor), store)
    runs = store.runs(cases=[case.id])
    runs = runs[(runs["root_seed"] == seed) & (runs["replicate"] < TRUTHS) & (runs["status"] == "ok")]
    return self_check(bank, draws_of(case, asked.patterns, seed, runs))


def _features(asked: BankRequest, posterior: Posterior, bank: PriorDraws) -> pd.DataFrame:
    worlds = np.array(posterior.kept(bank.theory), dtype=np.int64)
    return features(asked.case(bank.theory), asked.root_seed, worlds)


def _half_rule(asked: BankRequest, posterior: Posterior, theory: str) -> pd.DataFrame:
    worlds = np.array(posterior.kept(theory)[:SAMPLED], dtype=np.int64)
    return half_rule_runs(asked.case(theory), asked.patterns, asked.root_seed, worlds, FRESH)
