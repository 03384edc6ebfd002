"""What an answer costs: CPU seconds until the difference between two scenarios is known, in Mesa and in this engine.

Run `python experiments/peers/answer.py` (`--quick` for a small size): it prints the table and writes it to answer.csv
and ANSWER.md beside it. The question is how many fewer officers (as a share of the pool) leave by the record's end
when the terms are settled with the accord. Mesa's `batch_run` gives every run its own seed; the engine gives both
scenarios the same luck, replicate by replicate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from experiments.peers.script import ROOT_SEED, case_of
from experiments.study import command, cpu, options, publish, rows
from sim.ensemble.cases.case import Case
from sim.ensemble.design.plan import Plan, blocks
from sim.ensemble.engine.block import simulate

A, B = "as_documented", "terms_settled"
OUTCOME = "share_out_by_record_end"
WIDTHS = (0.01, 0.001)
"""Half-widths of the 95 % interval: a point of share, and what it takes to be sure of the sign."""
FEWEST = 8
"""No interval is believed from fewer runs a scenario."""
ROUNDS = 5
LARGEST = 40
"""Runs a scenario up to which Mesa is really run; beyond it its seconds are those of a run, times the runs."""


def engine_pairs(cases: Sequence[Case], first: int, count: int) -> list[Any]:
    """The outcome under each case, ``(count,)`` each, of the same replicates."""
    plan = Plan(tuple(cases), range(first, first + count), ROOT_SEED)
    found = {case.id: np.empty(count) for case in cases}
    for block in blocks(plan, {case.id: plan.replicates for case in cases}):
        values = simulate(block).outcomes[OUTCOME]
        for k, case in enumerate(block.cases):
            chosen = block.case_of_run == k
            found[case.id][block.replicates[chosen] - first] = values[chosen]
    return [found[case.id] for case in cases]


def mesa_pairs(count: int) -> list[Any]:
    """The outcome under each scenario by ``mesa.batch_run``; no two runs share a seed."""
    from mesa import batch_run

    from tests.second_opinion.model import TutorialModel

    case, found = case_of().values, []
    day, pool = (case["clock.record_end"] - case["clock.start"]).days, case["officers.pool"]
    for k, scenario in enumerate((A, B)):
        seeds = list(range(10**6 * (k + 1), 10**6 * (k + 1) + count))
        asked = {"scenario": scenario, "theory": "threat_efficacy", "replicate": seeds}
        rows = batch_run(TutorialModel, asked, number_processes=1, data_collection_period=1, display_progress=False)
        found.append(np.array([row["out"] for row in rows if row["Step"] == day]) / pool)
    return found


def half_width(variance: float, count: int) -> float:
    """Of the 95 % t-interval of a mean of ``count`` values."""
    return float(stdtrit(count - 1, 0.975) * math.sqrt(variance / count))


def needed(variance: float, width: float) -> int:
    """Smallest number of runs a scenario whose interval is as narrow."""
    count = FEWEST
    while half_width(variance, count) > width:
        count = max(count + 1, int(0.9 * count * (half_width(variance, count) / width) ** 2))
    while count > FEWEST and half_width(variance, count - 1) <= width:
        count -= 1
    return count


@dataclass(frozen=True)
class Answer:
    """What it takes to know the difference to a half-width; seconds are CPU seconds, runs are of one scenario."""

    half_width: float
    mesa_runs: int
    mesa_seconds: float
    mesa_measured: bool
    alone_runs: int
    alone_seconds: float
    paired_runs: int
    paired_seconds: float
    lowest: float
    highest: float
    reached: float

    @property
    def luck(self) -> float:
        """How many times fewer runs common luck needs."""
        return self.mesa_runs / self.paired_runs

    @property
    def speed(self) -> float:
        """How many times less a run costs, at the sizes that the two answers take."""
        return self.mesa_seconds / self.mesa_runs / (self.paired_seconds / self.paired_runs)

    @property
    def whole(self) -> float:
        """How many times less the answer costs: the product of both."""
        return self.mesa_seconds / self.paired_seconds


def answers(pilot: int, largest: int) -> tuple[list[Answer], dict[str, float]]:
    """Find out how many runs each way needs, and what they cost."""
    cases = [case_of(A), case_of(B)]
    a, b = engine_pairs(cases, 0, pilot)
    apart, together = a.var(ddof=1) + b.var(ddof=1), (a - b).var(ddof=1)
    facts = {"pilot": pilot, "mean": (a - b).mean(), "apart": apart, "together": together, "factor": apart / together}
    facts["share"] = a.mean()
    mesa_pairs(1)
    found = []
    for width in WIDTHS:
        runs, alone, paired = needed(apart, width), needed(apart, width), needed(together, width)
        measured = min(runs, largest)
        seconds, _ = cpu(mesa_pairs, measured)
        rounds = [cpu(engine_pairs, cases, pilot + k * paired, paired) for k in range(ROUNDS)]
        ones = [cpu(engine_pairs, [case], pilot, alone)[0] for case in cases]
        times = [spent for spent, _ in rounds]
        reached = np.median([half_width(np.subtract(*pair).var(ddof=1), paired) for _, pair in rounds])
        found.append(
            Answer(width, runs, seconds * runs / measured, measured == runs, alone, sum(ones),
                   paired, float(np.median(times)), min(times), max(times), float(reached))
        )  # fmt: skip
    return found, facts


PAGE = """# What does an answer cost?

`{wrote}` wrote this page. The question: how many fewer officers leave by the record's end
when the terms are settled with the accord (theory T1; {b} against {a})? The answer of {pilot:,} pairs: {mean:.4f} of
the pool, where {share:.3f} leave as documented. {sign}

{table}

CPU seconds of one process after start-up, for both scenarios together. Runs are the smallest number a scenario, at
least {fewest}, whose 95 % t-interval is as narrow; Mesa's seconds are measured up to {largest} runs a scenario and
beyond that those of a run times the runs (marked ~). Engine: medians of {rounds} rounds of fresh replicates.

What makes the difference, separately:

{factors}

- **Luck**: independent seeds have Var A + Var B = {apart:.2e}, the same luck Var(A − B) = {together:.2e}: a factor of
  {factor:.1f}. Where a few runs are enough, the smallest number that makes an interval caps it.
- **Speed**: seconds a run in Mesa over seconds a run in the engine, at the sizes that the two answers take. Few runs
  are a narrow block, which costs the engine more a run.
- The whole is their product.

Other outcomes, scenarios and theories, and where common luck stops helping: [COUPLING.md](COUPLING.md).
"""


def page(found: list[Answer], facts: dict[str, float], largest: int) -> str:
    """The page, in Markdown."""
    costs, factors = [], []
    for one in found:
        guessed = "" if one.mesa_measured else "~ "
        costs.append([
            f"{one.half_width:g}", f"{one.mesa_runs:,}", f"{guessed}{one.mesa_seconds:,.1f}", f"{one.alone_runs:,}",
            f"{one.alone_seconds:.2f}", f"{one.paired_runs:,}",
            f"{one.paired_seconds:.3f} ({one.lowest:.3f} – {one.highest:.3f})",
        ])  # fmt: skip
        factors.append([f"{one.half_width:g}", f"{one.whole:,.0f} ×", f"{one.luck:.1f} ×", f"{one.speed:,.0f} ×"])
    head = ["known to ±", "Mesa: runs", "CPU s", "engine, independent: runs", "CPU s", "common luck: runs", "CPU s"]
    parts = ["known to ±", "the answer costs less by", "of it luck", "of it speed"]
    loose = facts["mean"] < WIDTHS[0]
    sign = "A point of share bounds the difference without telling its sign." if loose else "A point of share is less."
    tables = {"table": rows(head, costs, right=range(7)), "factors": rows(parts, factors, right=range(4))}
    words = {"wrote": command(__file__), "sign": sign, "a": A, "b": B}
    return PAGE.format(**facts, **words, **tables, fewest=FEWEST, largest=largest, rounds=ROUNDS)


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--quick", action="store_true", help="a small size: that it works, not what it costs")
    asked = parser.parse_args()
    pilot, largest = (128, 2) if asked.quick else (2048, LARGEST)
    found, facts = answers(pilot, largest)
    text = page(found, facts, largest)
    table = [vars(one) | {"luck": one.luck, "speed": one.speed, "whole": one.whole} for one in found]
    publish(asked.to, text, {"answer.csv": pd.DataFrame(table)}, "ANSWER.md", float_format="%.5g")


if __name__ == "__main__":
    main()
