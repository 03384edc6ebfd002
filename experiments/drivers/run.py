"""What drives exits, and what version 4 of the model changed. `python experiments/drivers/run.py`

Each of five causes is held at its reference under the same draws, in this version of the model and, from the tables
kept beside the page, in version 3.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from experiments.drivers import branches, layouts
from experiments.drivers.measure import (
    BY_RECORD_END,
    WINDOWS,
    documented,
    exits_within,
    measure,
    patterns_of,
    results,
)
from experiments.drivers.worlds import SWITCHES
from experiments.study import CAUTION, command, options, publish, rows
from sim.figures.drawing import style
from sim.model import MODEL_VERSION
from sim.model.withdrawal import THEORIES

BEFORE = 3
"""The version that this one is set beside; its tables were measured with ``version-3.patch``."""
COMMIT = "ba7492e"
"""Commit to which the patch applies."""
ENOUGH = 0.05
FLOOR, FLOORS = "officers.remote_hazard", (0.05, 0.22, 1.0)
PANELS = {
    "exits": "officers who leave, a day", "perceived_hazard": "perceived hazard of a tour", "deaths": "deaths a day",
    "media": "what officers hear (reference 1)", "coalition": "unity of the gangs", "imminence": "imminence",
    "ambiguity": "ambiguity, logits",
}  # fmt: skip
BY_THEORY = ("exits", "perceived_hazard")
PAGE = """# What drives exits

`{wrote}` wrote this page: the
documented scenario with everything at its default, {replicates} runs a theory. A cause is held at its reference, the
state of the start, under the same draws; the share of exits that vanishes is 1 − Σ exits without / Σ exits with, with
its 95 % interval (sampling error of this computation, and no more). Shares need not add to one. Version 3 was measured
with 2,000 runs a theory at commit
`{commit}` with [version-3.patch](version-3.patch), which gives it the same five switches, by
`python experiments/drivers/measure.py`; its tables:
[version-3-drivers.csv](version-3-drivers.csv), [version-3-patterns.csv](version-3-patterns.csv) and
[version-3-days.csv](version-3-days.csv). Nothing was tuned to a pattern.

## In the surge, 29 February to 7 March

{surge}

## After the record, 8 March to 31 July

{after}

## By the end

{end}

## What follows

{findings}

## The days

Means over runs; solid is version {version}, dotted version 3. Ambiguity and imminence are the same in all runs.

![{alt}](days.png)

{days}

## Patterns of the record, before and after

Shares of runs with Wilson's interval; C4 as shares of the exits of the surge, in both versions (version 3's own page
judged it on all exits by 7 March). *C3 variant* is two or more of one squad within three days; it is reported and never
scored. Tolerances were fixed beforehand.

{patterns}

## How far the floor of imminence matters

`officers.remote_hazard` (ι) is the share of the hazard that is felt while departure seems out of reach. Nothing of the
record fixes it; its default is the centre of its range, and the two others are its ends. Means of {floors} runs, and
shares of runs with Wilson's interval.

{floor}

## What one layout of squads was worth

Version 3 drew the squads once for all runs of a root seed. In this version each replicate has its own. Of the spread of
an outcome over runs this share lies between layouts ({layouts} layouts, crossed with {crossed} draws of other luck):

{spread}

A mean over any number of runs of one layout keeps that part of the variance; over layouts of their own it falls with
the number of runs.

## What the governments' rules visit by 31 July

Shares of {visited} runs under `governments=rules`, at the defaults and with every uncertain setting drawn from its
range (a Latin hypercube), each draw with luck of its own.

{branches}

{rules}

{caution}"""


def shares(table: pd.DataFrame, window: str) -> pd.DataFrame:
    """One cell a theory and cause: the share with its interval, in percent."""
    some = table[(table["window"] == window) & ~table["theory"].isin(_null())]
    cells = some.assign(cell=[percent(*row) for row in some[["share", "low", "high"]].to_numpy()])
    return cells.pivot(index="theory", columns="cause", values="cell").loc[_rivals(), list(SWITCHES)]


def of_floors(runs: int) -> pd.DataFrame:
    """What the floor of imminence does: columns theory, iota, before, surge, end (mean exits), C1, C2 (as text)."""
    lines = []
    for theory, case in documented().items():
        start = case.values["clock.start"]
        assert isinstance(start, date)
        for iota in FLOORS if theory in _rivals() else ():
            found = list(results(case.varied({FLOOR: iota}, f"{case.label} · {FLOOR}={iota}"), range(runs)))
            counts = [exits_within(found, window, start).mean() for window in
                      (*BY_RECORD_END.values(), WINDOWS["by the end"])]  # fmt: skip
            shares = {name: percent(*row) for name, *row in patterns_of(case, found)}
            lines.append([theory, iota, *(f"{count:.1f}" for count in counts), shares["C1"], shares["C2"]])
    columns = ["theory", "ι", "exits before the surge", "in the surge", "by the end", "C1, % of runs", "C2, % of runs"]
    return pd.DataFrame(lines, columns=columns)


def percent(share: float, low: float, high: float) -> str:
    """42 (39 to 45)."""
    whole, least, most = (round(100 * value) for value in (share, low, high))  # whole numbers, and no −0
    return f"{whole} ({least} to {most})"


def both(tables: Mapping[int, pd.DataFrame], window: str) -> str:
    """The shares of a window in both versions as one table, % of exits that vanish without each cause."""
    lines = []
    for theory in _rivals():
        for version, table in tables.items():
            of = table[(table["theory"] == theory) & (table["window"] == window)]
            cells = shares(table, window).loc[theory]
            lines.append([theory, version, f"{of['exits'].iloc[0]:.1f}", *cells])
    return rows(["theory", "version", "exits", *(f"without {cause}, %" for cause in SWITCHES)], lines, {1, 2})


def findings(now: pd.DataFrame) -> list[str]:
    """Which cause is largest in the surge, theory by theory, and whether fear moves more than the calendar."""
    said = []
    for theory in _rivals():
        of = now[(now["theory"] == theory) & (now["window"] == "surge")].set_index("cause")
        top, fear, calendar = of["share"].idxmax(), of.loc["violence"], of.loc["imminence"]
        side = "more than" if fear["low"] > calendar["high"] else "less than" if fear["high"] < calendar["low"] else \
            "not told apart from"  # fmt: skip
        said.append(f"- **{theory}**: {top} is the largest single cause of exits in the surge "
                    f"({of.loc[top, 'share']:.0%} vanish without it); violence takes {side} imminence.")  # fmt: skip
    return said


def patterns(tables: Mapping[int, pd.DataFrame]) -> str:
    """Pattern by pattern, both versions, a column a theory."""
    names = list(dict.fromkeys(name for table in tables.values() for name in table["pattern"]))
    lines = []
    for name in names:
        for version, table in tables.items():
            of = table[table["pattern"] == name].set_index("theory")
            cells = [percent(*of.loc[t, ["share", "low", "high"]]) if t in of.index else "" for t in THEORIES]
            if any(cells):
                lines.append([name, version, *cells])
    return rows(["% of", "version", *THEORIES], lines, {1})


def what_days_show(days: pd.DataFrame) -> list[str]:
    """What the curves show, in numbers taken from them."""
    said = []
    when = pd.to_datetime(days["day"])
    selected = pd.Timestamp(2023, 10, 31)
    early = float(days.loc[when < selected, "exits"].sum())
    said.append(f"- Before selection, 31 October 2023, {early:.0f} officers leave under any theory.")
    one = days[days["theory"] == _rivals()[0]].set_index(
        pd.to_datetime(days.loc[days["theory"] == _rivals()[0], "day"])
    )
    when = {"February": "2024-02-15", "surge": "2024-03-06", "April": "2024-04-15", "July": "2024-07-15"}
    at = {name: one.loc[day] for name, day in when.items()}
    for column, name, digits in (("perceived_hazard", "Perceived hazard under " + _rivals()[0], 4),
                                 ("deaths", "Deaths a day", 1), ("imminence", "Imminence", 2),
                                 ("ambiguity", "Ambiguity", 2), ("coalition", "Unity of the gangs", 2)):  # fmt: skip
        said.append(f"- {name}: " + ", ".join(f"{at[k][column]:.{digits}f} ({k})" for k in at) + ".")
    return said


def draw(tables: Mapping[int, pd.DataFrame], path: Path) -> str:
    """The days of both versions, a panel a series; returns the alternative text."""
    with style.context():
        figure = Figure(figsize=(11, 2.3 * len(PANELS)), layout="constrained")
        axes = figure.subplots(len(PANELS), 1, sharex=True)
        for axis, (series, label) in zip(axes, PANELS.items(), strict=True):
            ends: list[tuple[float, str, str]] = []
            for version, days in tables.items():
                names = _rivals() if series in BY_THEORY else _rivals()[:1]
                for k, theory in enumerate(names):
                    of = days[days["theory"] == theory]
                    look = style.CATEGORIES[k]
                    dashes = look.dashes if version != BEFORE else (0, (1, 2))
                    x = pd.to_datetime(of["day"])
                    values = (
                        of[series].rolling(7, min_periods=1).mean() if series in ("exits", "deaths") else of[series]
                    )
                    axis.plot(x, values, color=look.colour, linestyle=dashes, linewidth=1.3)
                    if version != BEFORE and series in BY_THEORY:
                        ends.append((float(values.iloc[-1]), THEORIES[theory].number, look.colour))
            axis.set_title(label, loc="left", fontsize=style.TEXT)
            axis.set_ylim(bottom=0)
            ends.sort()
            heights = style.apart([end for end, *_ in ends], np.full(len(ends), 0.12 * axis.get_ylim()[1]))
            for (_, name, colour), height in zip(ends, heights, strict=True):
                axis.annotate(f" {name}", (x.iloc[-1], height), color=colour, va="center", fontsize=style.SMALL)
            for day in (date(2023, 10, 31), date(2024, 2, 29), date(2024, 3, 7)):
                axis.axvline(mdates.date2num(day), color=style.FAINT, linewidth=1)
        axes[-1].xaxis.set_major_locator(mdates.MonthLocator())
        axes[-1].xaxis.set_major_formatter(mdates.ConciseDateFormatter(mdates.MonthLocator()))
        figure.savefig(path, dpi=100, metadata={"Software": None})
    return (f"Mean daily {', '.join(PANELS.values())} from October 2023 to July 2024, model version {MODEL_VERSION} "
            f"and version {BEFORE}; grey lines at selection, the surge's first day and the record's end.")  # fmt: skip


def told_rules(table: pd.DataFrame) -> str:
    """What the rules do and which of them forbids the rest, from the numbers of :func:`branches.table`."""
    over = table[table["ensemble"] == "over the ranges"].set_index("branch")["share"]
    free = table[table["ensemble"] == "over the ranges, nobody waits for funds"].set_index("branch")["share"]
    rare = [name for name, share in over.items() if share < ENOUGH]
    said = [f"Over the ranges {name} in {over[name]:.1%} of runs." for name in list(branches.BRANCHES)[:3]]
    if rare:
        said.append(f"In fewer than {ENOUGH:.0%}: {'; '.join(rare)}.")
    if over["pay is owed"] == 0:
        said.append("Pay is never owed in the documented world: since 9 November 2023 nobody departs before the funds "
                    "are there (the row `no_funds`), and by the rules funding does not fall. Where nobody waits for "
                    f"funds, it is in {free['pay is owed']:.1%} of runs.")  # fmt: skip
    return " ".join(said)


def _null() -> list[str]:
    return [name for name, theory in THEORIES.items() if theory.null]


def _rivals() -> list[str]:
    return [name for name in THEORIES if name not in _null()]


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--replicates", type=int, default=2000)
    parser.add_argument("--visits", type=int, default=1000)
    parser.add_argument("--crossed", type=int, default=128)
    parser.add_argument("--floors", type=int, default=500)
    asked = parser.parse_args()
    here = Path(__file__).parent
    now = measure(range(asked.replicates))
    old = {name: pd.read_csv(here / f"version-{BEFORE}-{name}.csv") for name in now}
    pair = {name: {BEFORE: old[name], MODEL_VERSION: now[name]} for name in now}
    visited, spread, floor = branches.table(asked.visits), layouts.table(asked.crossed), of_floors(asked.floors)
    asked.to.mkdir(parents=True, exist_ok=True)
    alt = draw(pair["days"], asked.to / "days.png")
    wide = spread.assign(cell=[f"{share:.0%}" for share in spread["between"]]).pivot(
        index="theory", columns="outcome", values="cell")  # fmt: skip
    cells = visited.assign(cell=[percent(*row) for row in visited[["share", "low", "high"]].to_numpy()])
    ensembles = list(dict.fromkeys(visited["ensemble"]))
    of_branches = cells.pivot(index="branch", columns="ensemble", values="cell").loc[list(branches.BRANCHES), ensembles]
    page = PAGE.format(
        wrote=command(__file__, replicates=asked.replicates, visits=asked.visits, crossed=asked.crossed,
                      floors=asked.floors),
        replicates=f"{asked.replicates:,}", commit=COMMIT, version=MODEL_VERSION,
        **{key: both(pair["drivers"], window) for key, window in zip(("surge", "after", "end"), WINDOWS, strict=True)},
        findings="\n".join(findings(now["drivers"])), alt=alt, days="\n".join(what_days_show(now["days"])),
        patterns=patterns(pair["patterns"]), layouts=layouts.LAYOUTS, crossed=asked.crossed,
        floors=asked.floors, floor=rows(list(floor), floor.to_numpy().tolist(), set(range(1, 5))),
        spread=rows(["theory", *layouts.OUTCOMES],
                    [[name, *wide.loc[name, list(layouts.OUTCOMES)]] for name in _rivals()]),
        visited=f"{asked.visits:,}", rules=told_rules(visited), caution=CAUTION,
        branches=rows(["% of runs in which", *ensembles], [[name, *row] for name, row in of_branches.iterrows()]),
    )  # fmt: skip
    tables = {f"version-{MODEL_VERSION}-{name}.csv": table for name, table in now.items()}
    publish(asked.to, page, tables | {"branches.csv": visited, "layouts.csv": spread}, float_format="%.5g")


if __name__ == "__main__":
    main()
