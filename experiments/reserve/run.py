"""How long a reserve list does a contingent need? `python experiments/reserve/run.py`

The documented world with first contingents of several sizes, as it was and with all that the sending government can do
against withdrawal, in the same worlds that lived the record and in worlds drawn from the prior. What is short on
1 June 2024 in each world is what a reserve would have to bring.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from experiments import curve_figure
from experiments.curve_figure import Axis
from experiments.paired_options import (
    MODES,
    POSTERIOR,
    PRIOR,
    Option,
    basis,
    carry_out,
    documented,
    listed,
    live,
    named,
    provenance,
    reach,
    still,
    under,
)
from experiments.pulled_levers.run import SENDER, dates_of, levers_of, pulled
from experiments.study import CAUTION, as_filed, command, read_table, rows
from sim import text as words
from sim.analysis.lever_orders import LEVERS
from sim.analysis.statistics.intervals import quantile, wilson
from sim.ensemble.cases.case import Case
from sim.figures.drawing.layout import Footer
from sim.figures.provenance import png
from sim.model import MODEL_VERSION

HERE = Path(__file__).parent
SIZES = (50, 100, 150, 200, 250, 300, 350, 400)
"""First contingents, in officers; 300 is the documented one, 400 the whole pool."""
SURE, OTHERS = 0.8, (0.5, 0.95)
"""The probability that is asked for, and two beside it."""
PLANS = {"documented": "as documented", "kept": "with all that the sending government can do"}
AVAILABLE = "available_on_target"
SHOWN = (200, 300, 400)
"""Contingents that are drawn."""
FILES = ("needed", "curves", "still", "basis")
PAGE = """# How long a reserve list does a first contingent need?

`{wrote}` wrote this page: {runs} runs.

**Question.** A first contingent of n officers is to stand on 1 June 2024, out of a pool of 400 who may step out. How
many officers must a reserve list hold, so that n are there with probability {sure} or more?

**Method.** The documented world is lived again in {replicates} kept worlds of each theory ({theories}; list
{digest}), with a first contingent of each size set on the day of the accord, 1 March 2024 (300 is the documented one,
and its worlds are left as they were), under the same officers and the same luck; and once more with all that the
sending government can do against withdrawal, locks left out, pulled on that day ({levers}). What is
short in a world is n less those who are available, or 0. The list that is needed is the smallest that {percent} of 100
worlds do not exceed, with a 95 % interval over worlds that assumes no distribution. A reserve brings
officers and moves nobody (see [pulled_levers](../pulled_levers/README.md)), so no world has to be lived again with it.

## What follows

{said}

## The list that is needed

Officers, for {percent} of 100 worlds; *all* takes the theory that needs most.

{needed}

## Whether the target is met

![{alt}](reserve-list.png)

## How sure it is to be

Officers on the list for the documented contingent of 300, as documented, by the share of worlds that it is to do for.

{surer}

## The same on the prior

Officers on the list for {percent} of 100 worlds drawn from the prior ranges, whether or not the record happened in
them, as documented.

{prior}

## Would the record still have happened?

Another contingent, and levers, begin on 1 March, before the record ends: of 100 kept worlds so many still show every
pattern of it.

{record}

## Limits

- The reserve of this model is there when it is called: nobody on it steps out. A real one loses officers, too, for the
  same reasons, so these lists are lower bounds; [scale](../scale/README.md) says what shares do in larger pools.
- Worlds are weighed alike, as draws from what is assumed of what nobody knows: {percent} of 100 worlds of this model
  are no probability of {sure} in the world.
- A smaller contingent also makes departure less imminent to the others, so fewer leave; that is in these numbers.
- The pool holds 400: a contingent of 400 is short by everyone who leaves.
- Intervals are sampling error over worlds of this model. They say nothing about what the model leaves out.

{caution}"""


def plan(mode: str) -> list[Option]:
    """Each size of the first contingent, as documented and with the sending government's levers."""
    base = documented(mode)
    day = dates_of(next(iter(base.values())))["accord"]
    options = []
    for name in PLANS:
        for size in SIZES:
            cases = {theory: _with(case, size, name == "kept", day) for theory, case in base.items()}
            options.append(Option({"plan": name, "contingent": str(size)}, cases))
    return options


def keeping(case: Case) -> dict[str, float]:
    """What the sending government can do, no locks, and no smaller contingent."""
    of = levers_of(case).set_index("option")["pulled"]
    levels = dict(one.split("=") for one in of[SENDER].split())
    return {name: float(level) for name, level in levels.items() if name != "first_contingent"}


def _with(case: Case, size: int, kept: bool, day: object) -> Case:
    levels = keeping(case) if kept else {}
    if size != case.values[f"{LEVERS}first_contingent"]:
        levels["first_contingent"] = float(size)
    label = f"first contingent {size}" + (", levers pulled" if kept else "")
    return pulled(case, levels, day, label) if levels else case  # type: ignore[arg-type]


def tables(replicates: int, out: Path | None) -> dict[str, pd.DataFrame]:
    """All that the page says, by the name of its file."""
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in FILES}
    for mode in MODES:
        options = plan(mode)
        runs = live(options, replicates, out)
        available = {str(case): some.groupby("replicate")[AVAILABLE].mean().to_numpy(dtype=float)
                     for case, some in runs.groupby("case")}  # fmt: skip
        parts["needed"].append(needed(options, available).assign(mode=mode))
        parts["curves"].append(curves(options, available).assign(mode=mode))
        parts["basis"].append(basis(options, mode, replicates))
        if mode == POSTERIOR:
            parts["still"].append(still(options, runs))
    return {name: as_filed(pd.concat(some, ignore_index=True)) for name, some in parts.items()}


def short(available: np.ndarray, size: int) -> np.ndarray:
    """Officers that each world lacks."""
    return np.maximum(size - available, 0.0)


def needed(options: Sequence[Option], available: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """The list that is needed: plan, contingent, theory, share (of worlds), worlds, reserve, low, high."""
    told = []
    for option in options:
        size = int(option.keys["contingent"])
        for theory, case in option.cases.items():
            lacks = short(available[case.id], size)
            for share in (SURE, *OTHERS):
                found = quantile(lacks, share)
                told.append({**option.keys, "theory": theory, "share": share, "worlds": len(lacks),
                             "reserve": found.value, "low": found.low, "high": found.high})  # fmt: skip
    return pd.DataFrame(told).astype({"contingent": int})


def curves(options: Sequence[Option], available: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """In what share of worlds a list does: contingent, theory, reserve, met, low, high; as documented."""
    told = []
    for option in options:
        size = int(option.keys["contingent"])
        if option.keys["plan"] == "documented" and size in SHOWN:
            for theory, case in option.cases.items():
                lacks = short(available[case.id], size)
                lists = np.arange(0, 401, 10)
                met = (lacks[:, None] <= lists).sum(axis=0)
                low, high = wilson(met, np.full(len(lists), len(lacks)))
                told.append(pd.DataFrame({"contingent": size, "theory": theory, "reserve": lists,
                                          "met": met / len(lacks), "low": low, "high": high}))  # fmt: skip
    return pd.concat(told, ignore_index=True)


def read_tables(folder: Path = HERE) -> dict[str, pd.DataFrame]:
    """The tables beside the page."""
    return {name: read_table(folder / f"{name}.csv") for name in FILES}


# The page


def page(found: Mapping[str, pd.DataFrame]) -> str:
    """The page, from the tables as their files have them."""
    rests, theories = found["basis"], _theories(found)
    replicates = int(rests["replicates"].iloc[0])
    case = documented(POSTERIOR)[theories[0]]
    return PAGE.format(
        wrote=command(str(HERE / "run.py"), replicates=replicates), runs=f"{rests['case'].nunique() * replicates:,}",
        replicates=f"{replicates:,}", theories=listed([named(theory) for theory in theories]),
        digest=rests["list"].iloc[0], levers=", ".join(f"`{LEVERS}{name}={level:g}`" for name, level in
                                                       keeping(case).items()),
        sure=f"{SURE:g}", percent=f"{100 * SURE:.0f}", said="\n".join(f"- {line}" for line in what_follows(found)),
        needed=_needed(found, theories), alt=_alt(found), surer=_surer(found, theories),
        prior=_prior(found, theories), record=_record(found, theories), caution=CAUTION,
    )  # fmt: skip


def _theories(found: Mapping[str, pd.DataFrame]) -> list[str]:
    return list(dict.fromkeys(found["needed"]["theory"]))


def of(found: Mapping[str, pd.DataFrame], name: str, mode: str = POSTERIOR, share: float = SURE) -> pd.DataFrame:
    """The list that is needed under a plan: a row a contingent, a column a theory, each (reserve, low, high)."""
    table = found["needed"]
    some = table[(table["plan"] == name) & (table["mode"] == mode) & (table["share"] == share)]
    return some.set_index(["contingent", "theory"])[["reserve", "low", "high"]]


def _cell(row: pd.Series) -> str:
    low, high = (f"{row[end]:.0f}" if pd.notna(row[end]) else "?" for end in ("low", "high"))
    return f"{row['reserve']:.0f}" if low == high else f"{row['reserve']:.0f} ({low} to {high})"


def _lines(table: pd.DataFrame, theories: Sequence[str], before: Sequence[str] = ()) -> list[list[str]]:
    lines = []
    for size in SIZES:
        of_theories = [table.loc[(size, theory)] for theory in theories]
        most = max(row["reserve"] for row in of_theories)
        lines.append([*before, str(size), *map(_cell, of_theories), f"{most:.0f}"])
    return lines


def _needed(found: Mapping[str, pd.DataFrame], theories: Sequence[str]) -> str:
    lines = [line for name, text in PLANS.items() for line in _lines(of(found, name), theories, [text])]
    head = ["plan", "first contingent", *map(named, theories), "all"]
    return rows(head, lines, right=range(1, 3 + len(theories)))


def _surer(found: Mapping[str, pd.DataFrame], theories: Sequence[str]) -> str:
    lines = []
    for share in sorted((SURE, *OTHERS)):
        table = of(found, "documented", share=share)
        lines.append([f"{100 * share:.0f} of 100", *(_cell(table.loc[(300, theory)]) for theory in theories)])
    return rows(["worlds", *map(named, theories)], lines, right=range(1, 1 + len(theories)))


def _prior(found: Mapping[str, pd.DataFrame], theories: Sequence[str]) -> str:
    head = ["first contingent", *map(named, theories), "all"]
    return rows(head, _lines(of(found, "documented", PRIOR), theories), right=range(2 + len(theories)))


def _record(found: Mapping[str, pd.DataFrame], theories: Sequence[str]) -> str:
    some = found["still"].set_index(["plan", "contingent", "theory"])
    lines = []
    for name, text in PLANS.items():
        for size in SIZES:
            of_theories = [some.loc[(name, size, theory)] for theory in theories]
            shares = [words.hundredth(row["lived"] / row["worlds"]) for row in of_theories]
            lines.append([text, str(size), *shares])
    return rows(["plan", "first contingent", *map(named, theories)], lines, right=range(1, 2 + len(theories)))


def what_follows(found: Mapping[str, pd.DataFrame]) -> list[str]:
    """What the tables say, a sentence each: the documented contingent, the largest that needs none, levers, prior."""
    theories = _theories(found)
    before, after, prior = (of(found, name, mode)["reserve"] for name, mode in
                            (("documented", POSTERIOR), ("kept", POSTERIOR), ("documented", PRIOR)))  # fmt: skip
    low, high = (of(found, "documented").xs(300, level="contingent")[end] for end in ("low", "high"))
    table = before.xs(300, level="contingent")
    percent = f"{100 * SURE:.0f} of 100"
    said = [
        f"For the documented contingent of 300, a reserve list of {reach(table.min(), table.max())} officers does in "
        f"{percent} worlds that lived the record, by theory (95 % intervals reach from {words.estimate(low.min())} to "
        f"{words.estimate(high.max())}); most is needed under {named(str(table.idxmax()))}."
    ]
    none = [size for size in SIZES if (before.xs(size, level="contingent") == 0).all()]
    said.append(
        f"The largest contingent of those tried that needs no list under any theory is {max(none)}." if none else
        "Every contingent that was tried needs a list under some theory."
    )  # fmt: skip
    kept = after.xs(300, level="contingent")
    drop, free = 1 - kept / table.where(table > 0), [theory for theory in theories if kept[theory] == 0]
    said.append(
        f"With all that the sending government can do, pulled at the accord, the list for 300 shrinks to "
        f"{reach(kept.min(), kept.max())} officers"
        + (f", and {under(free, theories)} none is needed" if free else "")
        + (f": {words.span(round(100 * drop.min()), round(100 * drop.max()))} of 100 places fewer, by theory."
           if drop.notna().any() else ".")
    )  # fmt: skip
    there = prior.xs(300, level="contingent")
    word = "shorter" if there.max() < table.max() else "no shorter"
    said.append(
        f"On the prior, whether or not the record happened, the list for 300 is {word}: "
        f"{reach(there.min(), there.max())} officers."
    )
    return said


# The picture


X = Axis("officers on the reserve list", ticks=(0, 100, 200, 300, 400))
Y = Axis("of 100 worlds that lived the record, so many meet the target", limit=100 * SURE, whole=(0, 100))


def picture(found: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, dict[str, str], str]:
    """Data, panels and title."""
    table = found["curves"]
    some = table[table["mode"] == POSTERIOR]
    shown = some.assign(panel=some["contingent"].astype(str), x=some["reserve"], y=100 * some["met"],
                        low=100 * some["low"], high=100 * some["high"])  # fmt: skip
    panels = {str(size): f"First contingent of {size}" for size in SHOWN}
    first = what_follows(found)[0].partition(" (95 %")[0]
    return shown, panels, f"In this model, {first[0].lower()}{first[1:]}"


def _alt(found: Mapping[str, pd.DataFrame]) -> str:
    table, panels, title = picture(found)
    return curve_figure.in_words(table, panels, X, Y, title)


def draw(found: Mapping[str, pd.DataFrame], to: Path) -> None:
    """Draw it, with its data beside it."""
    rests = found["basis"]
    replicates, mark, seed = (rests[name].iloc[0] for name in ("replicates", "list", "root_seed"))
    table, panels, title = picture(found)
    drawn = rests[
        (rests["mode"] == POSTERIOR) & (rests["plan"] == "documented") & rests["contingent"].astype(int).isin(SHOWN)
    ]
    footer = Footer(int(drawn["case"].nunique() * replicates), f"{seed}, worlds of list {mark}",
                    f"model {MODEL_VERSION}", "as_documented, first contingent set at the accord")  # fmt: skip
    note = ("Share of worlds in which first contingent less available officers is no more than the list, with its 95 % "
            f"interval (sampling error alone). Dashes: {100 * SURE:.0f} of 100.")  # fmt: skip
    figure = curve_figure.draw(table, panels, X, Y, title=title, footer=footer, note=note)
    png.save(figure, to / "reserve-list.png", data=table, metadata=provenance(__file__, rests), alt=_alt(found))


if __name__ == "__main__":
    carry_out(__file__, __doc__, tables, page, draw)
