"""Do the defaults give the record's shape, under each theory? `python experiments/record/run.py`

Runs the documented scenario under every theory, scores the patterns C1 to C6, and switches violence and ambiguity off
under the same draws. The page beside this file is what came out, failures of theories included.
"""

from __future__ import annotations

import pandas as pd

import sim
from experiments.study import CAUTION, add_store, command, options, publish, rows
from sim.analysis.explain import attribution
from sim.analysis.patterns import C4_DROP, PATTERNS, REASONS, both_reasons, drops_without_reasons, scores
from sim.commands.screen import progress
from sim.ensemble.design.sweep import sweep
from sim.model.withdrawal import THEORIES

OUTCOMES = {"exits_before_surge": "out by 28 February", "exits_in_surge": "29 February to 7 March",
            "exits_by_record_end": "out by 7 March", "exits_by_end": "out by the end"}  # fmt: skip
HALF = 0.5
"""A setting is accepted when each pattern of single runs holds in this share of its replicates, C6 apart."""
ALL = "all that is asked of a setting"
OF_RUNS = ("C1", "C2", "C3", "C5")
PAGE = """# Do the defaults give the record's shape?

`{wrote}` wrote this page: the documented scenario with everything at
its default, {replicates} replicates under each theory. The record names no number of withdrawals, so none is a target;
tolerances were fixed beforehand. *{reference}* is the reference and outside the tally.

## Officers out: median of runs, and the middle 90 of 100

{exits}

## Share of runs that pass each pattern

C4 is of the ensemble: how much lower the exits from 29 February to 7 March are without violence, and without ambiguity,
under the same draws; both have to be at least {drop:.0%}. The same with intervals, beside version 3 of the model:
[drivers](../drivers/README.md).

{patterns}

{rules}

## What follows

{findings}

{caution}"""


def quantiles(runs: pd.DataFrame, outcome: str) -> str:
    low, middle, high = runs[outcome].quantile([0.05, 0.5, 0.95], interpolation="lower")
    return f"{middle:.0f} ({low:.0f}–{high:.0f})"


def findings(table: pd.DataFrame) -> list[str]:
    """What of the scores is a failure, theory by theory."""
    said = []
    for theory, row in table.iterrows():
        failed = [name for name in OF_RUNS if row[name] < HALF]
        weak = [] if both_reasons(row) else [reason for reason in REASONS if not row[reason] >= C4_DROP]
        if THEORIES[str(theory)].null:
            continue
        words = [f"{' and '.join(failed)} in fewer than half of its runs"] if failed else []
        words += [f"C4 not, since without {cause} exits fall by only {row[cause]:.0%}" for cause in weak]
        said.append(f"- **{theory}** passes " + ("; ".join(words) if words else ALL) + ".")
    accepted = [line for line in said if line.endswith(f"passes {ALL}.")]
    count = len(accepted) or "None"
    said.append(f"- {count} of the defaults would be accepted as a setting. They are centres of prior ranges, and no "
                "calibrated point.")  # fmt: skip
    return said


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--replicates", type=int, default=200)
    add_store(parser)
    asked = parser.parse_args()
    words = ["theory=glob(*)", "unknowns=fixed", f"ensemble.replicates={asked.replicates}"]
    cases = {case.theory: case for case in sweep(words).cases}
    with progress(asked.replicates * len(cases)) as advance:
        found = sim.sweep(*words, out=asked.out, progress=advance)
    exits, scored = [], {}
    for theory in THEORIES:
        case = cases[theory]
        runs = found.outcomes[found.outcomes["case"] == case.id]
        seed, replicates = int(runs["root_seed"].iloc[0]), sorted(int(r) for r in runs["replicate"])
        attribution.fill(case, replicates, seed, found.store)
        without = found.store.table("attribution", cases=[case.id])
        drops = drops_without_reasons(runs, without[without["replicate"].isin(replicates)])
        exits.append([theory, *(quantiles(runs, outcome) for outcome in OUTCOMES)])
        pool = int(str(case.values["officers.pool"]))
        scored[theory] = scores(runs, pool) | drops
    table = pd.DataFrame(scored).T
    shown = table.rename(columns={"violence": "C4: without violence", "ambiguity": "C4: without ambiguity"})
    page = PAGE.format(
        wrote=command(__file__, replicates=asked.replicates),
        replicates=asked.replicates,
        reference=next(name for name, theory in THEORIES.items() if theory.null),
        exits=rows(["theory", *OUTCOMES.values()], exits),
        drop=C4_DROP,
        patterns=rows(["theory", *shown], [[name, *(f"{v:.2f}" for v in row)] for name, row in shown.T.items()]),
        rules="\n".join(f"- {p.id}, *{p.text}*: {p.rule}" for p in PATTERNS),
        findings="\n".join(findings(table)),
        caution=CAUTION,
    )
    publish(asked.to, page, {"scores.csv": table.round(4).rename_axis("theory").reset_index()})


if __name__ == "__main__":
    main()
