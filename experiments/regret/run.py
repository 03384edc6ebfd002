"""Which lever is never far from the best one, whichever theory is true? `python experiments/regret/run.py`.

Levers, and pulling none, against states of the world: every theory at the points of a Latin hypercube of the prior
ranges of its settings, under the same luck. Cases, settings and luck are those of experiments/levers, so the two
studies share their runs.
"""

from __future__ import annotations

import pandas as pd

from experiments.levers.run import DATE, lever_options, run_levers
from experiments.study import CAUTION, command, publish
from sim.analysis.agreement import voting
from sim.analysis.lever_experiment import NOTHING
from sim.analysis.regret import STATE, flips, minimax, performance, regret, robustness, without
from sim.model.withdrawal import THEORIES
from sim.reports.markdown import markdown

OUTCOMES = {
    "exits_by_record_end": ("officers out by 7 March", 2.0),
    "available_on_target": ("officers available on 1 June", 5.0),
}
"""Outcomes with a name, and how many officers count as near enough to the best."""
FORCED = {
    "exits_by_record_end": ("mandatory", "squad_opt_out"),
    "available_on_target": ("mandatory", "squad_opt_out", "reserve_100"),
}
"""What forbids leaving, or replaces who left, instead of giving a reason to stay."""


def study(runs: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The table of regret (one row an outcome, choice and option), and the page's sections."""
    tables, parts = [], []
    for outcome, (name, tolerance) in OUTCOMES.items():
        everything = performance(runs, outcome)
        for choice, dropped in (("every lever", ()), ("reasons to stay", FORCED[outcome])):
            means = without(everything, dropped)
            distance = regret(means, outcome)
            table, turned = robustness(distance, tolerance), flips(means, outcome, tolerance)
            tables.append(table.assign(outcome=outcome, choice=choice))
            parts += section(name, choice, dropped, table, turned, distance, tolerance)
    frame = pd.concat(tables, ignore_index=True)
    return frame[["outcome", "choice", *(c for c in frame.columns if c not in ("outcome", "choice"))]], parts


def section(
    name: str,
    choice: str,
    dropped: tuple[str, ...],
    table: pd.DataFrame,
    turned: pd.DataFrame,
    distance: pd.DataFrame,
    tolerance: float,
) -> list[str]:
    """One choice about one outcome in words and tables."""
    best, often = table.iloc[0], table.loc[table["best"].idxmax()]
    least = distance.groupby(level="theory", sort=False).apply(minimax)
    alone = "each theory alone would choose it too" if least.nunique() == 1 else (
        "alone, " + ", ".join(f"{theory} would choose {option}" for theory, option in least.items()))  # fmt: skip
    theories = [str(theory) for theory in least.index]
    worst = turned.loc[turned["reversed"].idxmax()]
    left_out = f", without {', '.join(dropped)}" if dropped else ""
    shown = pd.DataFrame({
        "option": table["option"],
        "worst regret": table["worst"].map("{:.1f}".format),
        "mean regret": table["mean"].map("{:.1f}".format),
        "best in": table["best"].map(_of_states),
        f"within {tolerance:g} of best in": table["within"].map(_of_states),
        **{f"worst, {theory}": table[theory].map("{:.1f}".format) for theory in theories},
    })  # fmt: skip
    pairs = pd.DataFrame({
        "theories": turned["theory"] + ", " + turned["other"],
        "order of two options reversed in": turned["reversed"].map(_of_100),
        "no option near best under both in": turned["other_best"].map(_of_100),
    })  # fmt: skip
    return [
        f"## {name[0].upper()}{name[1:]}: {choice}{left_out}\n",
        f"**{best['option']}** has the smallest worst regret: never more than {best['worst']:.1f} officers from the "
        f"best option of a state, and within {tolerance:g} of it in {_of_states(best['within'])}; {alone}. Best most "
        f"often is {often['option']} ({_of_states(often['best'])}). Between theories, the order of two options "
        f"reverses (by more than {tolerance:g} officers both ways) in {_of_100(turned['reversed'].mean())} comparisons "
        f"on average, at most in {_of_100(worst['reversed'])} ({worst['theory']} against {worst['other']}).\n",
        markdown(shown) + "\n",
        markdown(pairs) + "\n",
    ]  # fmt: skip


def page(parts: list[str], settings: int, replicates: int, runs: pd.DataFrame) -> str:
    """The study's page; every number on it comes from the tables."""
    return "\n".join([
        "# Which lever is never far from the best, whichever theory is true?\n",
        f"`{command(__file__, settings=settings, replicates=replicates)}` wrote this page and "
        f"[regret.csv](regret.csv) from {len(runs):,} runs: {runs['option'].nunique()} options (the levers of "
        f"[experiments/levers](../levers/levers.yaml), pulled on {DATE}, and \"{NOTHING}\"), each in "
        f"{len(runs.drop_duplicates(STATE)):,} states of the world (four theories, {settings} settings each from their "
        f"prior ranges) under the same {replicates} draws of luck. Governments are scripted.\n",
        "**Regret** is the distance from the best option of the same state, in officers; *worst* is over all states. "
        "No state is given a probability. Costs are not asked, so an option that forbids leaving looks good; the "
        "second table of each outcome leaves such options out. The reference theory (constant) has no vote.\n",
        CAUTION,
        *parts,
    ])  # fmt: skip


def _of_100(share: float) -> str:
    count = 100 * share
    return "fewer than 1 of 100" if 0 < count < 0.5 else f"{count:.0f} of 100"


def _of_states(share: float) -> str:
    return f"{_of_100(share)} states"


def main() -> None:
    asked = lever_options(__file__, __doc__).parse_args()
    runs = run_levers(asked, theories=voting(THEORIES)).rename(columns={"lever": "option"})
    table, parts = study(runs)
    publish(asked.to, page(parts, asked.settings, asked.replicates, runs), {"regret.csv": table.round(4)})


if __name__ == "__main__":
    main()
