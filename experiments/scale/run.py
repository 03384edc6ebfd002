"""Do findings of a pool of 400 hold of 100,000? `python experiments/scale/run.py`

The documented world with pools from 400 to 100,000 officers, contingent and reserve scaled with them, in the worlds
whose first 400 officers lived the record and in worlds drawn from the prior; everything is compared in shares.
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
    named,
    provenance,
    reach,
    under,
)
from experiments.pulled_levers.run import SENDER, dates_of, levers_of, pulled
from experiments.study import CAUTION, as_filed, command, read_table, rows
from sim import text as words
from sim.analysis.agreement import HOLDS, finding
from sim.analysis.statistics.intervals import Interval, Mean, quantile
from sim.api import open_store
from sim.commands.screen import progress
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.posterior import load_posterior
from sim.ensemble.design.plan import Plan, distinct, missing_runs
from sim.ensemble.design.request import request
from sim.ensemble.execution.runner import fill
from sim.figures.drawing.layout import Footer
from sim.figures.provenance import png
from sim.model import MODEL_VERSION

HERE = Path(__file__).parent
SIZES = (400, 1000, 4000, 10_000, 40_000, 100_000)
"""Officers of the pool; the first is the documented one."""
FIRST = SIZES[0]
CONTINGENT, SMALL, RESERVE = 300 / FIRST, 50 / FIRST, 50 / FIRST
"""First contingent, the smallest one and a reserve list, as shares of the pool."""
WORLDS, LEAST, LARGE = 200, 20, 4000
"""Worlds of each theory up to a pool of LARGE; of larger pools as many fewer as they are larger, but at least LEAST."""
PLANS = {"documented": "as documented", "kept": "with all that the sending government can do"}
OUTCOMES = {
    "exits_by_record_end": "out by 7 March",
    "exits_surge_month": "out from 29 February to 31 March",
    "exits_by_end": "out by 31 July",
    "reserve": "reserve list that 80 of 100 worlds need",
}
END, LIST = "exits_by_end", "reserve"
REPORTS = "withdrawal_reports"
SURE = 0.8
NEAR = 0.02
"""Of the pool: a change of a share that is called none."""
FILES = ("shares", "effects", "met", "basis")
PAGE = """# Do findings of a pool of 400 hold of 100,000?

`{wrote}` wrote this page: {runs} runs.

**Question.** The model holds 400 officers, because the record does. Which of its findings are about shares, and so of
any pool, and which are about 400?

**Method.** The documented world is lived with pools of {sizes} officers, with a first contingent of {contingent} of 100
officers of the pool, as documented, and once more with all that the sending government can do, pulled at the accord,
1 March 2024 (its first contingent is {small} of 100). The worlds are those of the list of kept worlds ({digest}) of
each theory ({theories}): the same unknowns, the same luck, and the same first 400 officers, to whom others are added.
That the record still happens is not asked of the larger pools. {counts} Beside them are as many worlds drawn from the
prior. Everything is in shares of the pool; a change is the mean paired difference to the same worlds with 400, with
its 95 % interval. A reserve list brings officers and moves nobody, so what a world is short of on 1 June is what it
needs.

## What follows

{said}

## Shares, by size of the pool

In worlds whose first 400 officers lived the record, as documented: officers of 100 of the pool (95 % interval of the
mean), and the change to 400.

![{alt}](by-size.png)

{shares}

## What levers do, by size of the pool

Officers of 100 of the pool who are out by 31 July with all that the sending government can do, less those as
documented, in the same worlds (95 % interval; **bold** where it tells its side).

{effects}

## Contingent and reserve

Of 100 worlds, so many have the first contingent ({contingent} of 100 of the pool) on 1 June: without a reserve, and
with a list of {reserve} of 100 of the pool.

{met}

## The same on the prior

Officers of 100 of the pool out by 31 July, as documented, and the change to 400.

{prior}

## Limits

- Squads stay as large as they are (3 to 12 officers): a pool of 100,000 has more of them, and no level above them.
- Everybody hears the same news, and each exit has the same chance to be reported, so a large pool is reported on every
  day; what reports do to officers is in these numbers. A press that reports a share of exits would do otherwise.
- Whether a mission of another size would be announced, funded or disputed alike is not asked.
- Beyond {large} officers there are fewer worlds, so intervals are wider; they are of the same worlds' differences.
- Intervals are sampling error over worlds of this model. They say nothing about what the model leaves out.

{caution}"""


def worlds_at(size: int, replicates: int) -> int:
    """How many worlds of each theory a pool of this size is lived in."""
    return min(replicates, max(LEAST, replicates * LARGE // max(size, LARGE)))


def plan() -> list[Option]:
    """Each size of the pool, as documented and with the sending government's levers."""
    theories = list(documented(POSTERIOR))
    options = []
    for size in SIZES:
        base = {
            theory: request([f"theory={theory}", "unknowns=prior", f"officers.pool={size}",
                             f"levers.first_contingent={round(CONTINGENT * size)}"]).case
            for theory in theories
        }  # fmt: skip
        day = dates_of(next(iter(base.values())))["accord"]
        kept = {theory: pulled(case, _levels(case, size), day, "levers pulled") for theory, case in base.items()}
        options += [
            Option({"plan": name, "pool": str(size)}, cases) for name, cases in zip(PLANS, (base, kept), strict=True)
        ]
    return options


def _levels(case: Case, size: int) -> dict[str, float]:
    """All that the sending government can do, its first contingent scaled."""
    of = levers_of(case).set_index("option")["pulled"]
    levels = {name: float(level) for name, level in (one.split("=") for one in of[SENDER].split())}
    return levels | {"first_contingent": float(round(SMALL * size))}


def numbers(mode: str, theory: str, count: int) -> np.ndarray:
    """Which worlds are lived: the first so many of the kept ones, or of the prior's."""
    if mode == PRIOR:
        return np.arange(count, dtype=np.int64)
    return np.array(load_posterior().kept(theory)[:count], dtype=np.int64)


def live_worlds(options: Sequence[Option], mode: str, replicates: int, out: Path | None) -> pd.DataFrame:
    """The runs of these options in the worlds of a mode: the table of runs with plan, pool and theory.

    Raises
    ------
    SystemExit
        When a run failed.
    """
    usual = request([]).plan
    keyed = [(option, theory, case) for option in options for theory, case in option.cases.items()]
    only = {case.id: numbers(mode, theory, worlds_at(int(option.keys["pool"]), replicates))
            for option, theory, case in keyed}  # fmt: skip
    cases = distinct([case for _, _, case in keyed])
    asked = Plan(cases, range(0), load_posterior().root_seed, executor=usual.executor, only=only)
    store = open_store(out)
    with progress(sum(map(len, missing_runs(asked, store).values()))) as advance:
        report = fill(asked, store, advance)
    if report.failures:
        raise SystemExit(f"{len(report.failures)} runs failed; the first: {report.failures[0]}")
    of_case = dict(iter(store.runs(cases=[case.id for case in cases]).groupby("case")))
    parts = []
    for option, theory, case in keyed:
        runs = of_case[case.id]
        wanted = runs["replicate"].isin(only[case.id]) & (runs["root_seed"] == asked.root_seed) & (runs["future"] == 0)
        parts.append(runs[wanted & (runs["status"] == "ok")].assign(theory=theory, **option.keys))
    return pd.concat(parts, ignore_index=True).astype({"pool": int})


def tables(replicates: int, out: Path | None) -> dict[str, pd.DataFrame]:
    """All that the page says, by the name of its file."""
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in FILES}
    for mode in MODES:
        options = [option for option in plan() if mode == POSTERIOR or option.keys["plan"] == "documented"]
        runs = live_worlds(options, mode, replicates, out)
        parts["shares"].append(shares(runs).assign(mode=mode))
        parts["basis"].append(basis(options, mode, replicates))
        if mode == POSTERIOR:
            parts["effects"].append(effects(runs))
            parts["met"].append(met(runs))
    return {name: as_filed(pd.concat(some, ignore_index=True)) for name, some in parts.items()}


def lacking(runs: pd.DataFrame) -> pd.Series:
    """What each world is short of on the target date, as a share of its pool; the documented contingent."""
    short = (CONTINGENT * runs["pool"] - runs["available_on_target"]).astype(float)
    return short.clip(lower=0) / runs["pool"]


def by_world(runs: pd.DataFrame, outcome: str) -> pd.Series:
    """An outcome of each world, as a share of the pool; ``reserve`` is what the world lacks."""
    values = lacking(runs) if outcome == LIST else runs[outcome].astype(float) / runs["pool"]
    return pd.Series(values.to_numpy(), index=runs["replicate"].to_numpy())


def shares(runs: pd.DataFrame) -> pd.DataFrame:
    """Each outcome, and how it changes against the smallest pool: plan, pool, theory, outcome, worlds, share, low,
    high, change, change_low, change_high, reports (mean days with one), same.

    Of the reserve list, the share that is needed and its interval, and no change, which is no mean over worlds;
    ``same`` is what the same worlds need with the smallest pool.
    """
    told = []
    for (name, theory), some in runs.groupby(["plan", "theory"], sort=False):
        small = some[some["pool"] == FIRST]
        for size, of in some.groupby("pool"):
            for outcome in OUTCOMES:
                values = by_world(of, outcome)
                row = {"plan": name, "pool": size, "theory": theory, "outcome": outcome, "worlds": len(values),
                       "reports": of[REPORTS].astype(float).mean()}  # fmt: skip
                if outcome == LIST:
                    found = quantile(values.to_numpy(), SURE)
                    same = by_world(small[small["replicate"].isin(of["replicate"])], outcome)
                    told.append(row | {"share": found.value, "low": found.low, "high": found.high,
                                       "same": quantile(same.to_numpy(), SURE).value})  # fmt: skip
                    continue
                mean = Mean.of(values.to_numpy())
                ends, apart = mean.interval(), _change(values, by_world(small, outcome))
                told.append(row | {"share": mean.value, "low": ends.low, "high": ends.high, "change": apart[0],
                                   "change_low": apart[1].low, "change_high": apart[1].high})  # fmt: skip
    return pd.DataFrame(told)


def _change(values: pd.Series, before: pd.Series) -> tuple[float, Interval]:
    both = values.index.intersection(before.index)
    mean = Mean.of((values.loc[both] - before.loc[both]).to_numpy())
    return mean.value, mean.interval()


def effects(runs: pd.DataFrame) -> pd.DataFrame:
    """What the levers do to the share out by the end: pool, theory, worlds, difference, low, high, side, same.

    ``same`` is what they do in the same worlds with the smallest pool.
    """
    told = []
    for (size, theory), some in runs.groupby(["pool", "theory"], sort=False):
        sides = [by_world(some[some["plan"] == name], END) for name in PLANS]
        value, ends = _change(sides[1], sides[0])
        small = runs[(runs["pool"] == FIRST) & (runs["theory"] == theory) & runs["replicate"].isin(some["replicate"])]
        same, _ = _change(*(by_world(small[small["plan"] == name], END) for name in ("kept", "documented")))
        side = int(np.sign(value)) if ends.excludes_zero else None
        told.append({"pool": size, "theory": theory, "worlds": len(sides[0]), "difference": value, "low": ends.low,
                     "high": ends.high, "side": side, "same": same})  # fmt: skip
    return pd.DataFrame(told).sort_values("pool", kind="stable")


def met(runs: pd.DataFrame) -> pd.DataFrame:
    """In what share of worlds the contingent is there: pool, theory, worlds, without, with_list."""
    told = []
    for (size, theory), some in runs[runs["plan"] == "documented"].groupby(["pool", "theory"], sort=False):
        lack = lacking(some)
        told.append({"pool": size, "theory": theory, "worlds": len(lack), "without": float((lack == 0).mean()),
                     "with_list": float((lack <= RESERVE).mean())})  # fmt: skip
    return pd.DataFrame(told).sort_values("pool", kind="stable")


def read_tables(folder: Path = HERE) -> dict[str, pd.DataFrame]:
    """The tables beside the page."""
    return {name: read_table(folder / f"{name}.csv") for name in FILES}


# The page


def page(found: Mapping[str, pd.DataFrame]) -> str:
    """The page, from the tables as their files have them."""
    rests, theories = found["basis"], _theories(found)
    replicates = int(rests["replicates"].iloc[0])
    counts = {size: worlds_at(size, replicates) for size in SIZES}
    return PAGE.format(
        wrote=command(str(HERE / "run.py"), replicates=replicates), runs=f"{runs_of(found):,}",
        sizes=listed([f"{size:,}" for size in SIZES]), contingent=f"{100 * CONTINGENT:.0f}",
        small=f"{100 * SMALL:g}", reserve=f"{100 * RESERVE:g}", digest=rests["list"].iloc[0],
        theories=listed([named(theory) for theory in theories]), large=f"{LARGE:,}",
        counts="Worlds of each theory: " + listed([f"{n:,} with {size:,}" for size, n in counts.items()]) + ".",
        said="\n".join(f"- {line}" for line in what_follows(found)), alt=_alt(found),
        shares=_shares(found, theories, POSTERIOR, list(OUTCOMES)), effects=_effects(found, theories),
        met=_met(found["met"], theories), prior=_shares(found, theories, PRIOR, [END]), caution=CAUTION,
    )  # fmt: skip


def runs_of(found: Mapping[str, pd.DataFrame]) -> int:
    """Runs that the tables rest on."""
    table = found["shares"]
    return int(table[table["outcome"] == END]["worlds"].sum())


def _theories(found: Mapping[str, pd.DataFrame]) -> list[str]:
    return list(dict.fromkeys(found["shares"]["theory"]))


def of(found: Mapping[str, pd.DataFrame], outcome: str, mode: str = POSTERIOR) -> pd.DataFrame:
    """One outcome as documented: a row a pool and theory."""
    table = found["shares"]
    some = table[(table["outcome"] == outcome) & (table["mode"] == mode) & (table["plan"] == "documented")]
    return some.set_index(["pool", "theory"])


def _shares(found: Mapping[str, pd.DataFrame], theories: Sequence[str], mode: str, outcomes: Sequence[str]) -> str:
    lines = []
    for outcome in outcomes:
        some = of(found, outcome, mode)
        for size in SIZES:
            lines.append([OUTCOMES[outcome], f"{size:,}", *(_share(some.loc[(size, theory)]) for theory in theories)])
    return rows(["of 100 of the pool", "pool", *map(named, theories)], lines, right=range(1, 2 + len(theories)))


def _share(row: pd.Series) -> str:
    told = _hundred(row["share"], row["low"], row["high"])
    if pd.isna(row["change"]) or row.name[0] == FIRST:
        return told
    return f"{told}; {_hundred(row['change'], row['change_low'], row['change_high'], signed=True)}"


def _hundred(value: float, low: float, high: float, *, signed: bool = False) -> str:
    """A share as a number of 100, with its interval."""
    if pd.isna(low) or pd.isna(high) or low == high:
        return words.fixed(100 * value, 1, signed=signed)
    ends = words.interval(100 * low, 100 * value, 100 * high, signed=signed)
    return f"{ends[1]} ({ends[0]} to {ends[2]})"


def _effects(found: Mapping[str, pd.DataFrame], theories: Sequence[str]) -> str:
    some = found["effects"].set_index(["pool", "theory"])
    lines = []
    for size in SIZES:
        cells = []
        for theory in theories:
            row = some.loc[(size, theory)]
            told = _hundred(row["difference"], row["low"], row["high"], signed=True)
            cells.append(f"**{told}**" if row["side"] in (-1, 1) else told)
        lines.append([f"{size:,}", *cells, verdict(found, size)])
    return rows(["pool", *map(named, theories), "finding"], lines, right=range(1 + len(theories)))


def verdict(found: Mapping[str, pd.DataFrame], size: int) -> str:
    """What theories say together of the levers in a pool of this size."""
    some = found["effects"][found["effects"]["pool"] == size]
    said = finding([None if pd.isna(side) else int(side) for side in some["side"]])
    return f"{said}: {'fewer' if some['side'].iloc[0] < 0 else 'more'}" if said == HOLDS else said


def _met(table: pd.DataFrame, theories: Sequence[str]) -> str:
    some = table.set_index(["pool", "theory"])
    lines = []
    for size in SIZES:
        cells = [f"{words.hundredth(row['without'])}; {words.hundredth(row['with_list'])}"
                 for row in (some.loc[(size, theory)] for theory in theories)]  # fmt: skip
        lines.append([f"{size:,}", *cells])
    return rows(["pool", *map(named, theories)], lines, right=range(1 + len(theories)))


def what_follows(found: Mapping[str, pd.DataFrame]) -> list[str]:
    """What the tables say, a sentence each: shares, levers, reports, the reserve list."""
    theories, largest = _theories(found), SIZES[-1]
    end = of(found, END)
    last = end.xs(largest, level="pool")
    ends = last[["change_low", "change_high"]]
    steady = [theory for theory in theories if ends.loc[theory].abs().max() <= NEAR]
    said = []
    if steady:
        said.append(
            f"The share of the pool that is out by 31 July is that of a pool of {FIRST} to within {100 * NEAR:.0f} of "
            f"100 officers in a pool of {largest:,} {under(steady, theories)} (95 % interval)."
        )
    for side, word in ((1, "larger"), (-1, "smaller")):
        towards = ends["change_low"] > 0 if side > 0 else ends["change_high"] < 0
        some = [theory for theory in theories if theory not in steady and towards[theory]]
        if some:
            changes = 100 * last.loc[some, "change"].abs()
            said.append(
                f"In a pool of {largest:,} the share that is out by 31 July is {word} than in one of {FIRST} "
                f"{under(some, theories)}, by {reach(changes.min(), changes.max())} of 100 officers."
            )
    rest = [theory for theory in theories if theory not in steady and ends.loc[theory].prod() <= 0]
    if rest:
        most = 100 * ends.loc[rest].abs().to_numpy().max()
        said.append(
            f"Whether that share is another in a pool of {largest:,} is not told {under(rest, theories)}: changes of "
            f"up to {words.estimate(most)} of 100 officers are within its 95 % interval."
        )
    verdicts = {size: verdict(found, size) for size in SIZES}
    some = found["effects"]
    last_of = 100 * some[some["pool"] == largest][["difference", "same"]].mean()
    same = len(set(verdicts.values())) == 1
    said.append(
        f"What the sending government's levers do {'does not change its side with' if same else 'depends on'} size: "
        + (f"{verdicts[FIRST]} in every pool" if same else
           "; ".join(f"{size:,} {told}" for size, told in verdicts.items()))
        + f"; mean over theories {words.estimate(last_of['same'], signed=True)} of 100 officers of a pool of {FIRST} "
        f"and {words.estimate(last_of['difference'], signed=True)} of one of {largest:,}, in the same worlds."
    )  # fmt: skip
    reports = end["reports"].groupby("pool").agg(["min", "max"])
    said.append(
        f"Days with a report do not scale: {reach(*reports.loc[FIRST])} with {FIRST} officers, "
        f"{reach(*reports.loc[largest])} with {largest:,}, by theory."
    )
    last = 100 * of(found, LIST).xs(largest, level="pool")[["share", "low", "high", "same"]]
    lists, before = last["share"], last["same"]
    most = lists.idxmax()
    said.append(
        f"The reserve list that 80 of 100 worlds need under the theory that needs most is "
        f"{words.estimate(before[most])} of 100 of a pool of {FIRST} and {words.estimate(lists[most])} of 100 of one "
        f"of {largest:,}, in the same worlds (95 % interval {reach(last.loc[most, 'low'], last.loc[most, 'high'])})."
    )
    return said


# The picture


X = Axis("officers of the pool", log=True, ticks=[size for size in SIZES if size != 40_000])
Y = Axis("of 100 of the pool")


def picture(found: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, dict[str, str], str]:
    """Data, panels and title."""
    table = found["shares"]
    some = table[(table["mode"] == POSTERIOR) & (table["plan"] == "documented")]
    shown = some.assign(panel=some["outcome"], x=some["pool"], y=100 * some["share"], low=100 * some["low"],
                        high=100 * some["high"])  # fmt: skip
    panels = {name: OUTCOMES[name][0].upper() + OUTCOMES[name][1:] for name in (*list(OUTCOMES)[:1], END, LIST)}
    change = 100 * of(found, END).xs(SIZES[-1], level="pool")["change"].abs().max()
    title = (f"In this model, in the same worlds, the share of the pool that is out by 31 July in a pool of "
             f"{SIZES[-1]:,} lies within {words.estimate(change)} of 100 officers of that in a pool of {FIRST}, on "
             "average")  # fmt: skip
    return shown, panels, title


def _alt(found: Mapping[str, pd.DataFrame]) -> str:
    table, panels, title = picture(found)
    return curve_figure.in_words(table, panels, X, Y, title)


def draw(found: Mapping[str, pd.DataFrame], to: Path) -> None:
    """Draw it, with its data beside it."""
    rests = found["basis"]
    table, panels, title = picture(found)
    footer = Footer(int(table[table["outcome"] == END]["worlds"].sum()),
                    f"{rests['root_seed'].iloc[0]}, worlds of list {rests['list'].iloc[0]}",
                    f"model {MODEL_VERSION}", "as_documented, larger pools")  # fmt: skip
    note = ("Mean share over worlds, and the list that 80 of 100 worlds need, each with its 95 % interval (sampling "
            f"error alone); larger pools than {LARGE:,} in fewer worlds.")  # fmt: skip
    figure = curve_figure.draw(table, panels, X, Y, title=title, footer=footer, note=note)
    png.save(figure, to / "by-size.png", data=table, metadata=provenance(__file__, rests), alt=_alt(found))


if __name__ == "__main__":
    carry_out(__file__, __doc__, tables, page, draw, WORLDS)
