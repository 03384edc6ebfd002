"""Which set of levers for which cost? `python experiments/portfolio/run.py --costs FILE`

Every set of levers that the largest budget can pay, on each of the days that the file of costs names, is lived in the
same worlds that lived the record, in rounds; after each round sets are dropped that cannot be the best for any budget.
"""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from experiments import curve_figure
from experiments.curve_figure import Axis
from experiments.paired_options import (
    POSTERIOR,
    PRIOR,
    Option,
    basis,
    cell,
    differences,
    documented,
    findings,
    listed,
    live,
    named,
    provenance,
    study_options,
    verdict,
)
from experiments.portfolio.costs import Costs, read_costs
from experiments.portfolio.selection import Selection
from experiments.pulled_levers.run import LOCKS, PULLED, SPOKEN, dates_of, levers_of
from experiments.study import CAUTION, DIGITS, as_filed, command, publish, read_table, rows
from sim import text as words
from sim.analysis.lever_orders import LEVERS, standing
from sim.analysis.regret import performance, regret, robustness
from sim.analysis.statistics.intervals import Mean
from sim.arrays import FloatArray
from sim.ensemble.cases.case import Case
from sim.errors import UserMistake
from sim.figures.drawing.layout import Footer
from sim.figures.provenance import png
from sim.model import MODEL_VERSION
from sim.model.events import Event

HERE = Path(__file__).parent
PLACEHOLDERS = HERE / "costs.yaml"
WANT = "intents_by_end"
"""What is to be made small: officers who come to want out. A locked door keeps nobody."""
OUTCOMES = {WANT: "came to want out by 31 July", "exits_by_end": "out by 31 July",
            "available_on_target": "available on 1 June"}  # fmt: skip
ROUNDS = (20, 50, 100, 200, 400)
"""Worlds of each theory after each round, up to those asked for."""
WORTH, SURE = 2.0, 0.95
"""Officers kept that are worth telling two sets apart, and how surely the best of a budget is to be kept."""
TOLERANCE = 2.0
"""Officers within which a set counts as near the best of a world."""
NOBODY = "nothing"
FILES = ("sets", "front", "chosen", "findings", "regret", "basis")
PAGE = """# Which set of levers for which cost?

`{wrote}` wrote this page: {runs} runs, those of levers moved alone not counted.

**Question.** Levers have costs, and a budget buys some of them. Which set, pulled when, keeps most officers in for a
sum, and which is never far from the best, whichever theory is true and whatever nobody knows?

**Costs.** They are data that a user gives: {file}, in {unit}.{caveat}

{costs}

**Method.** A set is some of these levers, each pulled as far as it goes, all on one of these days ({dates}); there are
{count} sets that the largest budget can pay, with none. Every set is lived in the same kept worlds of the documented
scenario (list {digest}), under the same officers and the same luck. *Kept* are the officers fewer who come to want
out by 31 July, mean over the theories ({theories}), one world of each being one observation; a lock keeps nobody, and
none may be priced to do so ({locks} are left out). For each budget the best affordable set is selected by the
procedure KN of Kim and Nelson (2001), which is made for common luck: after {rounds} worlds of each theory, sets are
dropped that fall behind another by more than its boundary, with an indifference zone of {worth} officers and, for each
budget, a probability of {sure} that the best stays in, where observations are normal. What is left after the last round
is *not told apart*; of it the set with the highest mean is shown, of equal ones the cheapest. Then, in each set of the
front, each lever is moved alone to the other days; a set that keeps more than the one shown (95 % interval of the
paired difference) takes its place.

**Regret** is the distance of a set from the best one in the same world, among those that are left for any budget and
can be paid; of a set its worst over all worlds and theories counts (Savage). No world is given a probability.

## What follows

{said}

## The front

![{alt}](cost-front.png)

{front}

## What the sets of the front do

In the same worlds, less the documented world; **bold** where Holm's rule over all {family} comparisons tells its side.

{chosen}

## The least regret

{regret}

## The same sets on the prior

In {replicates} worlds of each theory as the prior ranges allow: officers who came to want out by 31 July.

{prior}

## Limits

- The front is that of these costs. {again}
- Levers are pulled fully or not at all, and costs add up; a treasury knows better.
- All levers of a set are pulled on one day, and moved one at a time: a set of mixed days that is better only when two
  levers move together is not found.
- That a lever works in this model is assumed, and so is how strongly ([PARAMETERS.md](../../docs/PARAMETERS.md)).
- KN's promise is for normal observations, and for each budget by itself; officers kept are skewed.
- The worst world of a list is one world: worst regrets grow with the number of worlds.
- Intervals are sampling error over worlds of this model. They say nothing about what the model leaves out.
- Stepping out is a legitimate choice. Fewer who want out is not better for those who would have had reason to.

{caution}"""


# Sets of levers


def name_of(pulled: Mapping[str, str]) -> str:
    """A set as text: ``insurance@accord pay_escrow@January``."""
    return " ".join(f"{lever}@{day}" for lever, day in sorted(pulled.items())) or NOBODY


def read_name(name: str) -> dict[str, str]:
    """Undo :func:`name_of`."""
    return {} if name == NOBODY else {one.split("@")[0]: one.split("@")[1] for one in name.split()}


@cache
def levels_of() -> dict[str, float]:
    """How far each lever goes, but those that lock."""
    case = next(iter(documented(POSTERIOR).values()))
    single = [row["pulled"] for row in levers_of(case).to_dict("records") if len(row["pulled"].split()) == 1]
    levels = {name: float(level) for name, level in (one.split("=") for one in single)}
    return {name: level for name, level in levels.items() if name not in LOCKS}


def pulled_case(case: Case, pulled: Mapping[str, str]) -> Case:
    """The case with each lever of a set pulled on its day."""
    days = dates_of(case)
    orders = []
    for day in dict.fromkeys(pulled.values()):
        writes = tuple((LEVERS + lever, "set", levels_of()[lever]) for lever, on in sorted(pulled.items()) if on == day)
        orders.append(Event(f"pulled_{day}", writes, date=days[day], origin="player", text=f"levers {SPOKEN[day]}"))
    return case.varied({}, f"{case.label} · {name_of(pulled)}", standing(case, orders)) if orders else case


def option_of(pulled: Mapping[str, str], base: Mapping[str, Case]) -> Option:
    """The set under each theory."""
    return Option({"set": name_of(pulled)}, {theory: pulled_case(case, pulled) for theory, case in base.items()})


# What is found


def worlds_of(option: Option, of_case: Mapping[str, pd.DataFrame], outcome: str = WANT) -> pd.DataFrame:
    """The outcome in each world: a row a place in the list of worlds, a column a theory."""
    columns = {}
    for theory, case in option.cases.items():
        some = of_case[case.id].set_index("replicate")[outcome].astype(float).sort_index()
        columns[theory] = some.to_numpy()
    return pd.DataFrame(columns)


def kept(option: Option, nothing: Option, of_case: Mapping[str, pd.DataFrame]) -> FloatArray:
    """Officers kept, mean over theories, a world of each: ``(worlds,)``."""
    saved = worlds_of(nothing, of_case) - worlds_of(option, of_case)
    return saved.mean(axis=1).to_numpy()


def selected(
    costs: Costs, nothing: Option, options: Sequence[Option], replicates: int, out: Path | None
) -> tuple[pd.DataFrame, np.ndarray]:
    """The rounds: what is known of each set, and which are left for which budget.

    Returns
    -------
    A row a set (set, cost, worlds, kept); and ``(budgets, sets)``, whether the set is still in for the budget.
    """
    prices = np.array([costs.of(read_name(option.keys["set"])) for option in options])
    alive = prices[None] <= np.array(costs.budgets)[:, None]
    rules = [Selection(WORTH, int(row.sum()), SURE, min(ROUNDS[0], replicates)) for row in alive]
    told = pd.DataFrame(
        {"set": [option.keys["set"] for option in options], "cost": prices, "worlds": 0, "kept": np.nan}
    )
    for worlds in [*[count for count in ROUNDS if count < replicates], replicates]:
        places = np.flatnonzero(alive.any(axis=0))
        runs = live([nothing, *(options[k] for k in places)], worlds, out)
        of_case = dict(iter(runs.groupby("case")))
        values = np.full((worlds, len(options)), np.nan)
        for k in places:
            values[:, k] = kept(options[k], nothing, of_case)
        told.loc[places, "worlds"], told.loc[places, "kept"] = worlds, values[:, places].mean(axis=0)
        alive = np.array([rule.kept(values, row) for rule, row in zip(rules, alive, strict=True)])
    return told, alive


def best_of(told: pd.DataFrame, alive: np.ndarray) -> int:
    """The place of the best set that is left; of equal ones the cheapest, then the first."""
    left = told[alive].sort_values(["kept", "cost"], ascending=[False, True], kind="stable")
    return int(left.index[0])


def moved(pulled: Mapping[str, str], costs: Costs, budget: float) -> list[dict[str, str]]:
    """The set with one lever moved to another day, where the budget can pay that."""
    found = [{**pulled, lever: day} for lever in pulled for day in costs.dates if day != pulled[lever]]
    return [one for one in found if costs.of(one) <= budget]


def improved(shown: Option, others: Sequence[Option], nothing: Option, of_case: Mapping[str, pd.DataFrame]) -> Option:
    """The set that keeps most of those that keep more than the one shown, or that one."""
    now, best, most = kept(shown, nothing, of_case), shown, 0.0
    for other in others:
        gain = Mean.of(kept(other, nothing, of_case) - now)
        ends = gain.interval()
        if gain.value > most and ends.excludes_zero:
            best, most = other, gain.value
    return best


def tables(costs: Costs, replicates: int, out: Path | None) -> dict[str, pd.DataFrame]:
    """All that the page says, by the name of its file."""
    base = documented(POSTERIOR)
    nothing, *options = (option_of(pulled, base) for pulled in costs.sets())
    told, alive = selected(costs, nothing, options, replicates, out)
    first = {budget: options[best_of(told, row)] if row.any() else nothing
             for budget, row in zip(costs.budgets, alive, strict=True)}  # fmt: skip
    others = {budget: [option_of(pulled, base) for pulled in moved(read_name(one.keys["set"]), costs, budget)]
              for budget, one in first.items()}  # fmt: skip
    left = [options[k] for k in np.flatnonzero(alive.any(axis=0))]
    runs = live([nothing, *left, *(option for some in others.values() for option in some)], replicates, out)
    of_case = dict(iter(runs.groupby("case")))
    front, chosen = [], {NOBODY: nothing}
    for (budget, one), row in zip(first.items(), alive, strict=True):
        best = improved(one, others[budget], nothing, of_case)
        name = best.keys["set"]
        chosen[name] = best
        mean = Mean.of(kept(best, nothing, of_case))
        ends = mean.interval()
        front.append({"budget": budget, "set": name, "cost": costs.of(read_name(name)), "kept": mean.value,
                      "low": ends.low, "high": ends.high, "left": int(row.sum()),
                      "moved": best is not one})  # fmt: skip
    changed = [option for name, option in chosen.items() if name != NOBODY]
    found = differences(nothing, changed, runs, list(OUTCOMES))
    prior_base = documented(PRIOR)
    prior = [option_of(read_name(name), prior_base) for name in chosen]
    there = differences(prior[0], prior[1:], live(prior, replicates, out), [WANT])
    both = [(found, POSTERIOR), (there, PRIOR)]
    return {name: as_filed(table) for name, table in {
        "sets": told.assign(alive=[" ".join(f"{b:g}" for b, row in zip(costs.budgets, alive, strict=True) if row[k])
                                   for k in range(len(options))]),
        "front": pd.DataFrame(front),
        "chosen": pd.concat([table.assign(mode=mode) for table, mode in both], ignore_index=True),
        "findings": pd.concat([findings(table, ["set", "outcome"]).assign(mode=mode) for table, mode in both],
                              ignore_index=True),
        "regret": regrets(costs, [nothing, *left, *changed], of_case),
        "basis": pd.concat([basis([nothing, *changed], POSTERIOR, replicates), basis(prior, PRIOR, replicates)],
                           ignore_index=True),
    }.items()}  # fmt: skip


def regrets(costs: Costs, options: Sequence[Option], of_case: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """For each budget the set of least worst regret: budget, set, cost, worst, mean, within, then worst by theory."""
    distinct = {option.keys["set"]: option for option in options}
    parts = []
    for name, option in distinct.items():
        for theory, case in option.cases.items():
            parts.append(of_case[case.id].assign(theory=theory, setting=of_case[case.id]["replicate"], option=name))
    means = performance(pd.concat(parts, ignore_index=True), WANT)
    told = []
    for budget in costs.budgets:
        can = [name for name in means.columns if costs.of(read_name(str(name))) <= budget]
        table = robustness(regret(means[can], WANT), TOLERANCE).rename(columns={"option": "set"})
        best = table.iloc[0].to_dict()
        told.append({"budget": budget, "set": best["set"], "cost": costs.of(read_name(best["set"])),
                     **{key: best[key] for key in table.columns if key != "set"}})  # fmt: skip
    return pd.DataFrame(told)


def read_tables(folder: Path = HERE) -> dict[str, pd.DataFrame]:
    """The tables beside the page."""
    return {name: read_table(folder / f"{name}.csv") for name in FILES}


# The page


def page(found: Mapping[str, pd.DataFrame], costs: Costs, file: Path = PLACEHOLDERS) -> str:
    """The page, from the tables as their files have them, and the costs."""
    theories, rests = _theories(found), found["basis"]
    replicates = int(rests["replicates"].iloc[0])
    own = None if file == PLACEHOLDERS else file
    rounds = [count for count in ROUNDS if count < replicates] + [replicates]
    table = found["chosen"]
    holds = table[table["mode"] == POSTERIOR]
    return PAGE.format(
        wrote=command(str(HERE / "run.py"), replicates=replicates, costs=own), runs=f"{runs_of(found, replicates):,}",
        file=f"`{file.name}`" if own else f"[{file.name}]({file.name})", unit=costs.unit,
        caveat="" if own else " **These are placeholders**: nobody has priced these levers, and the points stand for "
        "nothing but an order of trouble. Give your own with `--costs FILE`.",
        costs=_costs(costs), dates=_dates(costs), count=f"{len(found['sets']) + 1:,}", digest=rests["list"].iloc[0],
        theories=listed([named(theory) for theory in theories]), locks=listed([f"`{LEVERS}{name}`" for name in LOCKS]),
        rounds=listed([str(count) for count in rounds]), worth=f"{WORTH:g}", sure=f"{SURE:g}",
        said="\n".join(f"- {line}" for line in what_to_buy(found, costs)), alt=_alt(found, costs),
        front=_front(found["front"], costs), family=f"{int(holds['p'].notna().sum()):,}",
        chosen=_chosen(found, theories), regret=_regret(found["regret"], theories, costs), replicates=f"{replicates:,}",
        prior=_prior(found, theories),
        again="Others are given with `--costs`; sets that were lived are not lived again.", caution=CAUTION,
    )  # fmt: skip


def runs_of(found: Mapping[str, pd.DataFrame], replicates: int) -> int:
    """Runs of the sets of the rounds and of the prior; those of single moves are not counted."""
    theories = len(_theories(found))
    prior = found["basis"]["mode"].eq(PRIOR).sum()
    return int((found["sets"]["worlds"].sum() + replicates) * theories + prior * replicates)


def _theories(found: Mapping[str, pd.DataFrame]) -> list[str]:
    return list(dict.fromkeys(found["basis"]["theory"]))


def _costs(costs: Costs) -> str:
    lines = [[f"`{LEVERS}{name}={levels_of()[name]:g}`", f"{cost:g}"] for name, cost in costs.levers.items()]
    return rows(["lever, pulled to", costs.unit], lines, right=(1,))


def _dates(costs: Costs) -> str:
    return listed([f"{SPOKEN[day]}, costs times {factor:g}" for day, factor in costs.dates.items()])


def in_words(name: str) -> str:
    """A set for people: "first contingent 50, pay escrow (at the accord)"; a lever without a number is fully pulled."""
    pulled = read_name(name)
    if not pulled:
        return NOBODY
    days = dict.fromkeys(pulled.values())
    return "; ".join(
        f"{', '.join(_spoken(lever) for lever, on in pulled.items() if on == day)} ({SPOKEN[day]})" for day in days
    )


def _spoken(lever: str) -> str:
    level = levels_of()[lever]
    return words.spoken(lever) if level == 1 else f"{words.spoken(lever)} {level:g}"


def _front(table: pd.DataFrame, costs: Costs) -> str:
    lines = []
    for row in table.to_dict("records"):
        lines.append([f"{row['budget']:g}", in_words(row["set"]), f"{row['cost']:g}", _kept(row),
                      str(max(row["left"] - 1, 0))])  # fmt: skip
    head = [f"budget, {costs.unit}", "set", "cost", "officers kept, mean over theories", "other sets not told apart"]
    return rows(head, lines, right=(0, 2, 3, 4))


def _kept(row: Mapping[str, float]) -> str:
    if pd.isna(row["low"]):
        return words.estimate(row["kept"])
    ends = words.interval(row["low"], row["kept"], row["high"])
    return f"{ends[1]} ({ends[0]} to {ends[2]})"


def _chosen(found: Mapping[str, pd.DataFrame], theories: Sequence[str]) -> str:
    table, said = (found[name][found[name]["mode"] == POSTERIOR] for name in ("chosen", "findings"))
    parts = []
    for outcome, text in OUTCOMES.items():
        some = table[table["outcome"] == outcome].set_index(["set", "theory"])
        told = said[said["outcome"] == outcome].set_index("set")
        lines = [[in_words(name), *(cell(some.loc[(name, theory)]) for theory in theories), verdict(told.loc[name])]
                 for name in told.index]  # fmt: skip
        head = [f"officers {text}", *map(named, theories), "finding"]
        parts.append(rows(head, lines, right=range(1, 1 + len(theories))))
    return "\n\n".join(parts)


def _regret(table: pd.DataFrame, theories: Sequence[str], costs: Costs) -> str:
    lines = []
    for row in table.to_dict("records"):
        lines.append([f"{row['budget']:g}", in_words(row["set"]), f"{row['cost']:g}", words.estimate(row["worst"]),
                      words.estimate(row["mean"]), words.hundredth(row["within"]),
                      *(words.estimate(row[theory]) for theory in theories)])  # fmt: skip
    head = [f"budget, {costs.unit}", "set", "cost", "worst regret, officers", "mean",
            f"of 100 worlds, within {TOLERANCE:g} of the best",
            *(f"worst, {named(theory)}" for theory in theories)]  # fmt: skip
    return rows(head, lines, right=(0, *range(2, 6 + len(theories))))


def _prior(found: Mapping[str, pd.DataFrame], theories: Sequence[str]) -> str:
    table, said = (found[name][found[name]["mode"] == PRIOR] for name in ("chosen", "findings"))
    some, told = table.set_index(["set", "theory"]), said.set_index("set")
    lines = [[in_words(name), *(cell(some.loc[(name, theory)]) for theory in theories), verdict(told.loc[name])]
             for name in told.index]  # fmt: skip
    return rows(["set", *map(named, theories), "finding"], lines, right=range(1, 1 + len(theories)))


def what_to_buy(found: Mapping[str, pd.DataFrame], costs: Costs) -> list[str]:
    """What the tables say, a sentence each: the ends of the front, half of it, dates, regret, the prior."""
    front, said = found["front"], []
    some = front[front["kept"] > 0]
    if some.empty:
        return ["No set that can be paid keeps anybody in."]
    first, last = some.iloc[0], some.iloc[-1]
    said.append(
        f"For a sum of {first['budget']:g} ({costs.unit}) the set that keeps most is *{in_words(first['set'])}* "
        f"({words.estimate(first['kept'])} officers, mean over theories), for one of {last['budget']:g} it is "
        f"*{in_words(last['set'])}* ({words.estimate(last['kept'])})."
    )
    half = some[some["kept"] >= last["kept"] / 2].iloc[0]
    said.append(
        f"Half of what the largest budget keeps is had for {half['cost']:g} of {last['cost']:g} {costs.unit} with "
        f"*{in_words(half['set'])}*."
    )
    bought = [set(read_name(name)) for name in some["set"]]
    always = [lever for lever in costs.levers if sum(lever in one for one in bought) > len(bought) / 2]
    days = {day for name in some["set"] for day in read_name(name).values()}
    if always:
        said.append(f"In more than half of the sets of the front: {listed([_spoken(lever) for lever in always])}.")
    if len(costs.dates) > 1:
        said.append(
            f"Every lever of the front is pulled {SPOKEN[next(iter(days))]}." if len(days) == 1 else
            f"Levers of the front are pulled {listed([SPOKEN[day] for day in costs.dates if day in days])}."
        )  # fmt: skip
    open_ = front[front["left"] > 1]
    said.append(
        f"For {words.several(len(open_), 'budget')} of {len(front)}, other sets are not told apart from the one shown, "
        f"up to {int(open_['left'].max()) - 1} of them." if len(open_) else
        "For every budget the set shown is told apart from all others of the rounds."
    )  # fmt: skip
    of_regret = found["regret"].set_index("budget")
    same = [
        budget
        for budget, name in zip(front["budget"], front["set"], strict=True)
        if of_regret.loc[budget, "set"] == name
    ]
    top = of_regret.iloc[-1]
    said.append(
        f"The set of least worst regret is that of the front for {len(same)} of {len(front)} budgets; for the largest "
        f"it is *{in_words(top['set'])}*, never more than {words.estimate(top['worst'])} officers from the best of a "
        "world."
    )
    table = found["findings"]
    sides = {
        mode: table[(table["mode"] == mode) & (table["outcome"] == WANT)].set_index("set")
        for mode in (POSTERIOR, PRIOR)
    }
    holds = [name for name in sides[PRIOR].index if sides[PRIOR].loc[name, "finding"] == "holds"]
    means = {mode: -one["mean"] for mode, one in sides.items()}
    name = last["set"]
    said.append(
        f"On the prior fewer want out under every theory with {len(holds)} of {len(sides[PRIOR])} sets of the front; "
        f"the largest keeps {words.estimate(means[PRIOR][name])} there and {words.estimate(means[POSTERIOR][name])} in "
        "worlds that lived the record."
    )
    return said


# The picture


PANELS = {WANT: "Fewer who want out by 31 July", "exits_by_end": "Fewer out by 31 July"}


def picture(found: Mapping[str, pd.DataFrame], costs: Costs) -> tuple[pd.DataFrame, dict[str, str], Axis, Axis, str]:
    """Data, panels, axes and title: what the sets of the front do, theory by theory, against their cost."""
    table = found["chosen"]
    some = table[(table["mode"] == POSTERIOR) & table["outcome"].isin(list(PANELS))]
    prices = {name: costs.of(read_name(name)) for name in found["front"]["set"]}
    shown = some.assign(panel=some["outcome"], x=some["set"].map(prices), y=-some["difference"], low=-some["high"],
                        high=-some["low"])  # fmt: skip
    first = what_to_buy(found, costs)[min(1, len(found["front"]))]
    title = f"In this model, at these costs, {first[0].lower()}{first[1:]}".replace("*", "").rstrip(".")
    return shown, PANELS, Axis(f"cost of the set, {costs.unit}"), Axis("officers, in the same worlds"), title


def _alt(found: Mapping[str, pd.DataFrame], costs: Costs) -> str:
    return curve_figure.in_words(*picture(found, costs))


def draw(found: Mapping[str, pd.DataFrame], costs: Costs, to: Path) -> None:
    """Draw it, with its data beside it."""
    rests = found["basis"]
    replicates, mark, seed = (rests[name].iloc[0] for name in ("replicates", "list", "root_seed"))
    table, panels, x, y, title = picture(found, costs)
    drawn = rests[rests["mode"] == POSTERIOR]
    footer = Footer(int(drawn["case"].nunique() * replicates), f"{seed}, worlds of list {mark}",
                    f"model {MODEL_VERSION}", "as_documented, sets of levers")  # fmt: skip
    note = ("Mean difference against the documented world of the best set that each budget buys, with its 95 % "
            "interval (sampling error alone).")  # fmt: skip
    figure = curve_figure.draw(table, panels, x, y, title=title, footer=footer, note=note, width=4.0)
    png.save(figure, to / "cost-front.png", data=table, metadata=provenance(__file__, rests), alt=_alt(found, costs))


def costs_from(word: str) -> tuple[Path, Costs]:
    """The file that ``--costs`` names, read."""
    try:
        return Path(word), read_costs(Path(word), tuple(levels_of()), tuple(PULLED))
    except UserMistake as fault:
        raise ArgumentTypeError(str(fault)) from None


def main() -> None:
    parser = study_options(__file__, __doc__)
    parser.add_argument("--costs", type=costs_from, default=str(PLACEHOLDERS), help="YAML file of what levers cost")
    asked = parser.parse_args()
    file, costs = asked.costs
    found = tables(costs, asked.replicates, asked.out)
    asked.to.mkdir(parents=True, exist_ok=True)
    text = page(found, costs, file)
    draw(found, costs, asked.to)
    publish(asked.to, text, {f"{name}.csv": table for name, table in found.items()}, float_format=DIGITS)


if __name__ == "__main__":
    main()
