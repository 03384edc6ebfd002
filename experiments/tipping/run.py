"""Where does the force tip? `python experiments/tipping/run.py`

The grid of conf/experiment/tipping.yaml, how strongly news moves officers against how much kit is missing, is laid over
worlds that lived the record and over worlds drawn from the prior, under each theory; all else is as each world has it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

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
from experiments.study import CAUTION, as_filed, command, read_table, rows
from sim import text as words
from sim.analysis.statistics.intervals import wilson
from sim.analysis.tipping import TippingGrid, grid, line
from sim.ensemble.cases.case import Case
from sim.ensemble.design.sweep import sweep
from sim.figures.drawing.layout import Footer
from sim.figures.provenance import png
from sim.figures.questions import question
from sim.figures.setting_axes import axis_of, default_of
from sim.figures.tipping.draw import Labels, alt
from sim.figures.tipping.draw import draw as draw_f3
from sim.figures.tipping.draw import table as cells_of
from sim.model import MODEL_VERSION
from sim.model.withdrawal import THEORIES

HERE = Path(__file__).parent
X, Y = "officers.threat_sensitivity", "governments.kit_gap"
"""What tips, and what moves where."""
OUTCOME, THRESHOLD = "exits_by_end", 100.0
"""More than so many out by the clock's end: what the first contingent of 300 can spare of 400."""
REPLICATES = 100
ALIKE = 0.05
"""A line that moves by less is called level."""
FILES = ("cells", "lines", "plain", "still", "basis")
PAGE = """# Where does the force tip?

`{wrote}` wrote this page: {runs} runs.

**Question.** Where is it as likely as not that {finding}, between how strongly news moves officers
(`{x}`) and how much kit is missing (`{y}`)?

**Method.** Both are set to each pair of values of `experiment=tipping` ({cells} cells; `tabletop sweep
experiment=tipping theory=NAME` lives those of one theory) in {replicates} kept worlds of each theory ({theories}; list
{digest}) and in as many worlds drawn from the prior; whatever else nobody knows is as each world has it. Shares of
worlds beyond the threshold are made monotone along a line of the map, and the *tipping line* is where they cross one
half; its 95 % interval is from a bootstrap over worlds that takes each world in all cells at once.

## What follows

{said}

## The tipping line

The `{x}` at which it is as likely as not, by `{y}`; the default is {default}. What lies outside
the range that was tried, {low} to {high}, is said to be below (<) or above (>) it.

![{alt}](tipping-lines.png)

{lines}

## Nothing set

Of 100 worlds of the documented scenario, in which both are as each world has them, so many are beyond the threshold
(95 % interval).

{plain}

## The maps

In worlds that lived the record, theory by theory.

{maps}

## Would the record still have happened?

Both settings are in force from the first day: of 100 kept worlds so many still show every pattern of the record, from
the cell with fewest to that with most.

{record}

## Limits

- The threshold is a choice: {threshold:.0f} of 400 is what a first contingent of 300 can spare. A pool that is to send
  fewer, or has a reserve, tips elsewhere ([reserve](../reserve/README.md)).
- Which theory looks at missing kit is the model's assumption: where the line is level in it, that theory does not.
- A line on a map of two settings is a cut through more than ninety: where it lies depends on what the worlds have
  elsewhere, and that is the difference between the two columns.
- One half is a mark, not a cliff: shares pass it over a range of the setting that the maps show.
- Intervals are sampling error over worlds of this model. They say nothing about what the model leaves out.

{caution}"""


@cache
def grid_cases() -> tuple[Case, ...]:
    """The cells of the experiment, as it is typed, under its own theory; of them the grid and the clock are taken."""
    return sweep(["experiment=tipping"]).plan.cases


def clock() -> dict[str, object]:
    """What the experiment sets besides the grid."""
    return {"clock.end": grid_cases()[0].values["clock.end"]}


def plan(mode: str) -> list[Option]:
    """Nothing set, and each cell of the map, under each theory that has kept worlds."""
    base = {theory: case.varied(clock(), case.label) for theory, case in documented(mode).items()}
    options = [Option({"x": "", "y": ""}, base)]
    for one in grid_cases():
        at = {name: one.values[name] for name in (X, Y)}
        label = " · ".join(f"{name}={value:g}" for name, value in at.items())
        cases = {theory: case.varied(at, f"{case.label} · {label}") for theory, case in base.items()}
        options.append(Option({"x": f"{at[X]:g}", "y": f"{at[Y]:g}"}, cases))
    return options


def tables(replicates: int, out: Path | None) -> dict[str, pd.DataFrame]:
    """All that the page says, by the name of its file."""
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in FILES}
    for mode in MODES:
        nothing, *options = plan(mode)
        runs = live([nothing, *options], replicates, out)
        for theory in nothing.cases:
            found = tipping_of([option.cases[theory] for option in options], runs)
            keys = {"mode": mode, "theory": theory}
            parts["cells"].append(cells_of(found).assign(**keys))
            parts["lines"].append(line(found).assign(**keys))
        parts["plain"].append(plain(nothing, runs).assign(mode=mode))
        parts["basis"].append(basis([nothing, *options], mode, replicates))
        if mode == POSTERIOR:
            parts["still"].append(still(options, runs))
    return {name: as_filed(pd.concat(some, ignore_index=True)) for name, some in parts.items()}


def tipping_of(cases: Sequence[Case], runs: pd.DataFrame) -> TippingGrid:
    """The map of a theory's cells."""
    table = pd.DataFrame([case.row() for case in cases])
    some = runs[runs["case"].isin(table["case"])]
    return grid(table, some, outcome=OUTCOME, threshold=THRESHOLD, settings=(X, Y))


def plain(nothing: Option, runs: pd.DataFrame) -> pd.DataFrame:
    """Where nothing is set: theory, worlds, share (beyond the threshold), low, high."""
    told = []
    for theory, case in nothing.cases.items():
        beyond = runs.loc[runs["case"] == case.id, OUTCOME].astype(float) > THRESHOLD
        low, high = wilson(int(beyond.sum()), len(beyond))
        told.append({"theory": theory, "worlds": len(beyond), "share": beyond.mean(), "low": float(low),
                     "high": float(high)})  # fmt: skip
    return pd.DataFrame(told)


def read_tables(folder: Path = HERE) -> dict[str, pd.DataFrame]:
    """The tables beside the page."""
    return {name: read_table(folder / f"{name}.csv") for name in FILES}


# The page


def page(found: Mapping[str, pd.DataFrame]) -> str:
    """The page, from the tables as their files have them."""
    rests, theories = found["basis"], _theories(found)
    replicates = int(rests["replicates"].iloc[0])
    cells = found["cells"]
    maps = [f"![{_f3(found, theory)[-1]}]({_file(theory)})" for theory in theories]
    return PAGE.format(
        wrote=command(str(HERE / "run.py"), replicates=replicates), runs=f"{rests['case'].nunique() * replicates:,}",
        finding=_finding(), x=X, y=Y, cells=len(cells[[X, Y]].drop_duplicates()), replicates=f"{replicates:,}",
        theories=listed([named(theory) for theory in theories]), digest=rests["list"].iloc[0],
        said="\n".join(f"- {sentence}" for sentence in where_it_tips(found)), alt=_alt(found),
        default=f"{default_of(X, theories[0]):g}", low=f"{tried(found)[0]:g}", high=f"{tried(found)[1]:g}",
        lines=_lines(found, theories), plain=_plain(found["plain"], theories), maps="\n\n".join(maps),
        record=_record(found["still"], theories), threshold=THRESHOLD, caution=CAUTION,
    )  # fmt: skip


def _theories(found: Mapping[str, pd.DataFrame]) -> list[str]:
    asked = set(found["lines"]["theory"])
    return [theory for theory in THEORIES if theory in asked]


@cache
def _case(theory: str) -> Case:
    case = documented(POSTERIOR)[theory]
    return case.varied(clock(), case.label)


def _finding() -> str:
    return question(_case(next(iter(documented(POSTERIOR)))), False, OUTCOME, THRESHOLD).finding


WHERE = {POSTERIOR: "lived the record", PRIOR: "prior"}


def _lines(found: Mapping[str, pd.DataFrame], theories: Sequence[str]) -> str:
    table, ends = found["lines"], tried(found)
    some = table.set_index(["mode", "value", "theory"])
    lines = [
        [WHERE[mode], f"{value:g}", *(_point(some.loc[(mode, value, theory)], ends) for theory in theories)]
        for mode in MODES
        for value in sorted(table["value"].unique())
    ]
    return rows(["worlds", Y, *map(named, theories)], lines, right=range(1, 2 + len(theories)))


def _point(row: pd.Series, tried: tuple[float, float]) -> str:
    """Where the line is, and how well that is known; what lies outside the range that was tried is on a side of it."""
    under_, over = (f"{sign}{end:g}" for sign, end in zip("<>", tried, strict=True))
    if pd.isna(row["threshold"]):
        return over if "below" in str(row["note"]) else under_  # where shares are below one half, it takes more
    low, high = ("" if pd.isna(row[end]) else words.fixed(row[end], 2) for end in ("low", "high"))
    return f"{words.fixed(row['threshold'], 2)} ({low or under_} to {high or over})"


def tried(found: Mapping[str, pd.DataFrame]) -> tuple[float, float]:
    """The ends of what was tried of what tips."""
    return float(found["cells"][X].min()), float(found["cells"][X].max())


def _plain(table: pd.DataFrame, theories: Sequence[str]) -> str:
    some = table.set_index(["mode", "theory"])
    lines = []
    for mode in MODES:
        of = [some.loc[(mode, theory)] for theory in theories]
        cells = [f"{100 * r['share']:.0f} ({100 * r['low']:.0f} to {100 * r['high']:.0f})" for r in of]
        lines.append([WHERE[mode], *cells])
    return rows(["worlds", *map(named, theories)], lines, right=range(1, 1 + len(theories)))


def _record(table: pd.DataFrame, theories: Sequence[str]) -> str:
    shares = (table["lived"] / table["worlds"]).groupby(table["theory"]).agg(["min", "max"])
    ends = [[words.hundredth(share) for share in shares.loc[theory]] for theory in theories]
    cells = [low if low == high else f"{low} to {high}" for low, high in ends]
    return rows([*map(named, theories)], [cells], right=range(len(theories)))


def where_it_tips(found: Mapping[str, pd.DataFrame]) -> list[str]:
    """What the tables say, a sentence each: nothing set, the line, the prior."""
    theories, table = _theories(found), found["lines"]
    shares = found["plain"].set_index(["mode", "theory"])
    kept, prior = (shares.loc[mode].loc[theories] for mode in MODES)
    over = [theory for theory in theories if kept.loc[theory, "low"] > 0.5]
    less = [theory for theory in theories if kept.loc[theory, "high"] < 0.5]
    parts = [f"it is likelier than not {under(over, theories)}"] if over else []
    parts += [f"less likely than not {under(less, theories)}"] if less else []
    open_ = [theory for theory in theories if theory not in (*over, *less)]
    parts += [f"on which side of one half is not told {under(open_, theories)}"] if open_ else []
    here, there = (reach(100 * some["share"].min(), 100 * some["share"].max()) for some in (kept, prior))
    said = [
        f"In worlds that lived the record, with nothing set, {here} of 100 have tipped by 2 June, by theory: "
        f"{'; '.join(parts)}. On the prior it is {there}."
    ]
    for theory in theories:
        some = table[(table["mode"] == POSTERIOR) & (table["theory"] == theory)].sort_values("value")
        known = some.dropna(subset=["threshold"])
        if known.empty:
            side = "above" if "below" in str(some["note"].iloc[0]) else "below"
            said.append(f"Under {named(theory)} the line lies {side} all that was tried of the sensitivity.")
            continue
        first, last = known.iloc[0], known.iloc[-1]
        if known["threshold"].max() - known["threshold"].min() < ALIKE and len(known) == len(some):
            said.append(f"Under {named(theory)} it takes a sensitivity of {words.fixed(first['threshold'], 2)} "
                        "to tip, however much of the kit is missing.")  # fmt: skip
            continue
        outside = [f"{row['value']:g}" for _, row in some.iterrows() if pd.isna(row["threshold"])]
        said.append(
            f"Under {named(theory)}, with {100 * first['value']:.0f} of 100 of the kit missing it takes a sensitivity "
            f"of {words.fixed(first['threshold'], 2)} to tip, with {100 * last['value']:.0f} of 100 only "
            f"{words.fixed(last['threshold'], 2)}"
            + (f" (outside of what was tried at {listed(outside)})." if outside else ".")
        )  # fmt: skip
    both = table.pivot(index=["theory", "value"], columns="mode", values=["threshold", "low", "high"])
    known = both["threshold"].notna().all(axis=1)
    below = both[("high", POSTERIOR)] < both[("low", PRIOR)]  # where intervals meet, nothing is told
    told = [theory for theory in theories if known.get(theory, pd.Series(dtype=bool)).any()
            and below[known].loc[theory].all()]  # fmt: skip
    if told:
        apart = (both[("threshold", PRIOR)] - both[("threshold", POSTERIOR)])[known].groupby("theory").mean()
        said.append(
            f"Worlds that lived the record tip at a lower sensitivity than those of the prior {under(told, theories)}, "
            f"by {reach(apart[told].min(), apart[told].max())} on average over the map"
            + ("." if len(told) == len(theories) else "; under the others intervals meet, or a line lies off the map.")
        )
    else:
        said.append("Whether worlds that lived the record tip sooner than those of the prior is told under no theory.")
    return said


# Pictures


ACROSS = Axis("governments.kit_gap: equipment missing, as a share", ticks=(0.5, 0.6, 0.7, 0.8, 0.9))
UP = Axis("officers.threat_sensitivity at which it is as likely as not")
PANELS = {POSTERIOR: "In worlds that lived the record", PRIOR: "On the prior"}


def picture(found: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, dict[str, str], str]:
    """Data, panels and title of the lines."""
    table = found["lines"]
    shown = table.assign(panel=table["mode"], x=table["value"], y=table["threshold"])
    first = where_it_tips(found)[0].partition(":")[0]
    return shown, PANELS, f"In this model, {first[0].lower()}{first[1:]}"


def _alt(found: Mapping[str, pd.DataFrame]) -> str:
    table, panels, title = picture(found)
    return curve_figure.in_words(table, panels, ACROSS, UP, title)


def _file(theory: str) -> str:
    return f"F3-tipping-{THEORIES[theory].number}.png"


def of_cells(cells: pd.DataFrame) -> TippingGrid:
    """A map from its table: in each cell as many worlds beyond the threshold as there were, whichever they were."""
    xs, ys = np.unique(cells[X]), np.unique(cells[Y])
    beyond = np.full((len(ys), len(xs), int(cells["runs"].max())), np.nan)
    for row in cells.to_dict("records"):
        count = int(row["runs"])
        place = np.searchsorted(ys, row[Y]), np.searchsorted(xs, row[X])
        beyond[place][:count] = np.arange(count) < round(row["share"] * count)
    return TippingGrid(X, Y, xs, ys, beyond, OUTCOME, THRESHOLD)


def _f3(found: Mapping[str, pd.DataFrame], theory: str) -> tuple[TippingGrid, pd.DataFrame, Labels, str]:
    """What F3 of a theory is drawn from, and the map in words."""
    cells, lines = (table[(table["mode"] == POSTERIOR) & (table["theory"] == theory)] for table in
                    (found["cells"], found["lines"]))  # fmt: skip
    case = _case(theory)
    asked: Any = {name: default_of(name, theory) for name in (X, Y)}
    labels = Labels(question(case, False, OUTCOME, THRESHOLD).finding, axis_of(X, theory), axis_of(Y, theory), asked,
                    "the default", theory)  # fmt: skip
    one = of_cells(cells)
    return one, lines, labels, " ".join(alt(one, lines, labels=labels).split()).replace("]", ")")


def draw(found: Mapping[str, pd.DataFrame], to: Path) -> None:
    """Draw the lines of all theories, and the map of each, each with its data beside it."""
    rests, theories = found["basis"], _theories(found)
    replicates, mark, seed = (rests[name].iloc[0] for name in ("replicates", "list", "root_seed"))
    told, seeds, version = provenance(__file__, rests), f"{seed}, worlds of list {mark}", f"model {MODEL_VERSION}"
    table, panels, title = picture(found)
    footer = Footer(int(rests["case"].nunique() * replicates), seeds, version, "experiment=tipping")
    note = ("Where half of the worlds are beyond the threshold, with its 95 % interval (sampling error alone); nothing "
            "where that lies outside the range that was tried.")  # fmt: skip
    figure = curve_figure.draw(table, panels, ACROSS, UP, title=title, footer=footer, note=note, width=4.2)
    png.save(figure, to / "tipping-lines.png", data=table, metadata=told, alt=_alt(found))
    for theory in theories:
        one, lines, labels, in_words = _f3(found, theory)
        footer = Footer(int(one.runs.sum()), seeds, version, f"experiment=tipping · {theory}")
        png.save(draw_f3(one, lines, labels=labels, footer=footer), to / _file(theory), data=cells_of(one),
                 metadata=told, alt=in_words)  # fmt: skip


if __name__ == "__main__":
    carry_out(__file__, __doc__, tables, page, draw, REPLICATES)
