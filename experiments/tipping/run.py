"""Where does the force tip? `python experiments/tipping/run.py` runs `experiment=tipping`, draws F3 and writes a page.

The sweep is conf/experiment/tipping.yaml, with all else at its value in conf, in a store of its own; the page's
numbers are those of the tipping line.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import sim
from experiments.study import CAUTION, add_store, command, options, publish, rows
from sim.commands.screen import progress
from sim.ensemble.design.sweep import sweep
from sim.figures.catalog import Wanted, chosen
from sim.figures.questions import question
from sim.figures.render import make

OUTCOME = "exits_by_end"
"""What tips: the record alone is too short for it."""
WORDS = ("experiment=tipping", "unknowns=fixed")
COMMAND = f"tabletop sweep {' '.join(WORDS)}"
PAGE = """# Where does the force tip?

`{wrote}` wrote this page: `{command}`
({cases} cases × {replicates} replicates under *{theory}*, paired by luck), and figure F3 of its store.
Asked: where is it as likely as not that {finding}?

![{alt}](F3-tipping.png)

{table}

{sentence}
Intervals are of 95 %, from a bootstrap over replicates that takes each replicate in all cells at once; a side that is
left empty lies outside the range that was tried. Under another theory: `{command} theory=prospects`, then
`tabletop plot --outcome {outcome}` on its store. {caution}"""


def row(point: pd.Series) -> list[str]:
    """One line of the table: where the line is, and how well that is known."""
    known = pd.notna(point["threshold"])
    low, high = ("" if pd.isna(point[end]) else f"{point[end]:.2f}" for end in ("low", "high"))
    where = f"{point['threshold']:.2f}" if known else str(point["note"])
    return [f"{point['value']:g}", where, low, high]


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--replicates", type=int, default=None, help="instead of the experiment's own number")
    add_store(parser, Path("outputs/tipping"))
    asked = parser.parse_args()
    words = [*WORDS, *([f"ensemble.replicates={asked.replicates}"] if asked.replicates else [])]
    plan = sweep(words).plan
    with progress(plan.wanted) as advance:
        runs = sim.sweep(*words, out=asked.out, progress=advance)
    found = chosen(runs.store, Wanted(figures=("F3",), outcome=OUTCOME))
    if not found.recipes:
        raise SystemExit("; ".join(found.left_out))
    picture = make(found.recipes[0][1], runs.store)
    asked.to.mkdir(parents=True, exist_ok=True)
    path = picture.save(asked.to, [COMMAND])
    for old in asked.to.glob(f"{picture.name}*"):
        old.replace(old.with_name(old.name.replace(picture.name, "F3-tipping")))
    line = picture.beside["line"]
    x, y = str(line["crosses"].iloc[0]), str(line["setting"].iloc[0])
    known = line.dropna(subset=["threshold"])
    sentence = "The line is nowhere within the range." if known.empty else (
        f"With `{y}` at {known['value'].iloc[0]:g} it takes `{x}` = {known['threshold'].iloc[0]:.2f}, "
        f"with {known['value'].iloc[-1]:g} only {known['threshold'].iloc[-1]:.2f}."
    )  # fmt: skip
    head = [y, f"{x} at which it is as likely as not", "from", "to"]
    page = PAGE.format(
        wrote=command(__file__, replicates=asked.replicates),
        command=COMMAND,
        outcome=OUTCOME,
        cases=len(plan.cases),
        replicates=len(plan.replicates),
        theory=plan.cases[0].theory,
        finding=question(plan.cases[0], False, OUTCOME).finding,
        alt=" ".join(picture.alt.split()).replace("]", ")"),
        table=rows(head, (row(point) for _, point in line.iterrows())),
        sentence=sentence,
        caution=CAUTION,
    )
    publish(asked.to, page, {})
    print(f"written: {path.with_name('F3-tipping.png')}")


if __name__ == "__main__":
    main()
