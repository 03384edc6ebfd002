"""What an answer costs: CPU seconds until the difference between two scenarios is known, in Mesa and in this engine.

Run `python experiments/peers/answer.py` (`--quick` for a small size): it prints the table and writes it to answer.csv
and ANSWER.md beside it. The question is how many fewer officers (as a share of the pool) leave by the record's end
when the terms are settled with the accord. Mesa's `batch_run` gives every run its own seed; the engine gives both
scenarios the same luck, replicate by replicate; other peers are asked with the same seeds in both scenarios, which is
how each of them pairs runs.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from experiments.peers.contenders import CONTENDERS
from experiments.peers.controls import RESAMPLED, Control, controls, pairs, table
from experiments.peers.measure import ELSEWHERE, PEERS_ELSEWHERE, once
from experiments.peers.pages import ANSWER
from experiments.peers.script import ROOT_SEED, case_of, script
from experiments.study import command, cpu, options, publish, rows
from sim.ensemble.cases.case import Case
from sim.ensemble.design.plan import Plan, blocks
from sim.ensemble.engine.block import simulate

A, B = "as_documented", "terms_settled"
OUTCOME = "share_out_by_record_end"
WIDTHS = (0.01, 0.001, 0.00025)
"""Half-widths of the 95 % interval: a point of share, what it takes to be sure of the sign, a tenth of an officer."""
PILOTS = {"starsim": (64, 4), "ambr": (1024, 128), "naga": (32, 2), "modelly": (256, 8)}
"""Pairs of runs from which a peer's variance and seconds are known, at full size and with ``--quick``."""
FEWEST = 8
"""No interval is believed from fewer runs a scenario."""
ROUNDS = 5
LARGEST = 40
"""Runs a scenario up to which Mesa is really run; beyond it its seconds are those of a run, times the runs."""
LARGEST_ALONE = 4096
"""The same of the engine with independent luck."""


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
    alone_measured: bool
    paired_runs: int
    paired_seconds: float
    lowest: float
    highest: float
    reached: float
    controlled_runs: int
    controlled_seconds: float

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


@dataclass(frozen=True)
class Paired:
    """What a peer's paired runs give: the difference with its error, how luck is shared, and seconds a run."""

    program: str
    pairs: int
    difference: float
    error: float
    factor: float
    together: float
    seconds: float

    def costs(self, width: float) -> tuple[int, float]:
        """Pairs, and CPU seconds, for a half-width."""
        count = needed(self.together, width)
        return count, 2 * count * self.seconds


def peers(names: Sequence[str], quick: bool, python: str) -> list[Paired]:
    """Ask each peer for both scenarios with the same seeds; a measurement is a process of its own."""
    found = []
    for name in names:
        count = PILOTS[name][quick]
        one, other = (once(python, name, count, 10**6, scenario) for scenario in (A, B))
        a, b = np.array(one[OUTCOME]), np.array(other[OUTCOME])
        apart, together = a.var(ddof=1) + b.var(ddof=1), (a - b).var(ddof=1)
        factor = apart / together if together else float("nan")
        error, seconds = math.sqrt(together / count), (one["cpu"] + other["cpu"]) / (2 * count)
        found.append(Paired(name, count, (a - b).mean(), error, factor, together, seconds))
        print(f"{name}: {count} pairs, {seconds:.3f} CPU s a run", file=sys.stderr)
    return found


def answers(
    pilot: int, largest: int, alone_largest: int, rounds: int
) -> tuple[list[Answer], dict[str, float], list[Control]]:
    """Find out how many runs each way needs, and what they cost."""
    cases = [case_of(A), case_of(B)]
    a, b = engine_pairs(cases, 0, pilot)
    apart, together = a.var(ddof=1) + b.var(ddof=1), (a - b).var(ddof=1)
    facts = {"pilot": pilot, "mean": (a - b).mean(), "apart": apart, "together": together, "factor": apart / together}
    facts["share"] = a.mean()
    ways = controls(cases, pilot, OUTCOME, lambda variance: needed(variance, WIDTHS[1]))
    left = together / next(way.less for way in ways if way.known == "exactly 0")
    mesa_pairs(1)
    found = []
    for width in WIDTHS:
        runs, alone, paired = needed(apart, width), needed(apart, width), needed(together, width)
        measured = min(runs, largest)
        seconds, _ = cpu(mesa_pairs, measured)
        turns = [cpu(engine_pairs, cases, pilot + k * paired, paired) for k in range(rounds)]
        lived = min(alone, alone_largest)
        ones = sum(cpu(engine_pairs, [case], pilot, lived)[0] for case in cases) * alone / lived
        times = [spent for spent, _ in turns]
        reached = np.median([half_width(np.subtract(*pair).var(ddof=1), paired) for _, pair in turns])
        fewer = needed(left, width)
        helped = [cpu(pairs, cases, pilot + k * fewer, fewer, OUTCOME)[0] for k in range(rounds)]
        found.append(
            Answer(width, runs, seconds * runs / measured, measured == runs, alone, ones, lived == alone,
                   paired, float(np.median(times)), min(times), max(times), float(reached),
                   fewer, float(np.median(helped)))
        )  # fmt: skip
    return found, facts, ways


def page(
    found: list[Answer],
    facts: dict[str, float],
    sizes: dict[str, int],
    ways: list[Control],
    others: list[Paired],
    absent: list[str],
) -> str:
    """The page, in Markdown."""
    costs, factors = [], []
    for one in found:
        guessed = "" if one.mesa_measured else "~ "
        costs.append([
            f"{one.half_width:g}", f"{one.mesa_runs:,}", f"{guessed}{one.mesa_seconds:,.1f}", f"{one.alone_runs:,}",
            f"{'' if one.alone_measured else '~ '}{one.alone_seconds:.2f}", f"{one.paired_runs:,}",
            f"{one.paired_seconds:.3f} ({one.lowest:.3f} – {one.highest:.3f})",
        ])  # fmt: skip
        factors.append([f"{one.half_width:g}", f"{one.whole:,.0f} ×", f"{one.luck:.1f} ×", f"{one.speed:,.0f} ×"])
    head = ["known to ±", "Mesa: runs", "CPU s", "engine, independent: runs", "CPU s", "common luck: runs", "CPU s"]
    shares = ["known to ±", "the answer costs less by", "of it luck", "of it speed"]
    loose = facts["mean"] < WIDTHS[0]
    sign = "A point of share bounds the difference without telling its sign." if loose else "A point of share is less."
    best, widths = {one.half_width: one for one in found}, WIDTHS[1:]
    lines = [
        [CONTENDERS[one.program].title, f"{one.pairs:,}", f"{one.difference:.4f} ± {one.error:.4f}",
         f"{one.factor:.1f}", f"{one.seconds:.3g}",
         *(f"{count:,}: ~ {spent:,.3g}" for count, spent in map(one.costs, widths)),
         *(f"{one.costs(width)[1] / best[width].paired_seconds:,.3g} ×" for width in widths)]
        for one in others if one.together
    ]  # fmt: skip
    error, last = math.sqrt(facts["together"] / facts["pilot"]), found[-1]
    lines.append([
        "**this engine**", f"{facts['pilot']:,}", f"{facts['mean']:.4f} ± {error:.4f}", f"{facts['factor']:.1f}",
        f"{last.paired_seconds / last.paired_runs / 2:.3g}",
        *(f"{best[width].paired_runs:,}: {best[width].paired_seconds:.3g}" for width in widths),
        *("1 ×" for _ in widths),
    ])  # fmt: skip
    named = [f"±{width:g}" for width in widths]
    their_head = ["program", "pairs", "difference", "factor", "CPU s a run", *(f"{w}: pairs: CPU s" for w in named)]
    their_head += [f"engine costs less by, {w}" for w in named]
    helps = [
        [way.name, way.known, f"{way.less:.2f} ×", f"{way.paid:.2f} ×", f"{way.pairs:,}", f"{100 * way.covers:.1f} %"]
        for way in ways
    ]
    help_head = ["control", "its mean from", "variance less by", "paid for", f"pairs for ±{WIDTHS[1]:g}", "covers"]
    controlled = [
        [f"{one.half_width:g}", f"{one.paired_runs:,}", f"{one.paired_seconds:.3f}", f"{one.controlled_runs:,}",
         f"{one.controlled_seconds:.3f}", f"{one.mesa_runs / one.controlled_runs:.1f} ×"]
        for one in found
    ]  # fmt: skip
    controlled_head = ["known to ±", "pairs", "CPU s", "with control: pairs", "CPU s", "of luck, whole"]
    missing = "".join(f"- {CONTENDERS[name].title} has no row: it is not installed here.\n" for name in absent)
    missing += "".join(
        f"- {CONTENDERS[one.program].title} has no row: its {one.pairs} pairs are all alike.\n"
        for one in others
        if not one.together
    )
    days = script().days
    parts = int(np.flatnonzero(script(A).shift != script(B).shift)[0])
    tables = {"table": rows(head, costs, right=range(7)), "factors": rows(shares, factors, right=range(4))}
    tables |= {"peers": rows(their_head, lines, right=range(1, 9)), "notes": missing}
    tables |= {"controls": rows(help_head, helps, right=range(2, 6))}
    tables |= {"controlled": rows(controlled_head, controlled, right=range(6))}
    words = {"wrote": command(__file__), "sign": sign, "a": A, "b": B, "parts": parts, "days": days}
    return ANSWER.format(**facts, **words, **tables, **sizes, fewest=FEWEST, resampled=RESAMPLED)


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--quick", action="store_true", help="a small size: that it works, not what it costs")
    parser.add_argument("--peers-python", help=ELSEWHERE)
    asked = parser.parse_args()
    names, small, full = ("largest", "alone_largest", "rounds"), (2, 256, 1), (LARGEST, LARGEST_ALONE, ROUNDS)
    sizes = dict(zip(names, small if asked.quick else full, strict=True))
    pilot = 128 if asked.quick else 2048
    absent = [n for n in PEERS_ELSEWHERE if not asked.peers_python and not CONTENDERS[n].installed]
    python = asked.peers_python or sys.executable
    others = peers([name for name in PEERS_ELSEWHERE if name not in absent], asked.quick, python)
    found, facts, ways = answers(pilot, sizes["largest"], sizes["alone_largest"], sizes["rounds"])
    text = page(found, facts, sizes, ways, others, absent)
    costs = [vars(one) | {"luck": one.luck, "speed": one.speed, "whole": one.whole} for one in found]
    tables = {"answer.csv": pd.DataFrame(costs), "controls.csv": table(ways)}
    if others:
        tables["paired.csv"] = pd.DataFrame([vars(one) for one in others])
    publish(asked.to, text, tables, "ANSWER.md", float_format="%.5g")


if __name__ == "__main__":
    main()
