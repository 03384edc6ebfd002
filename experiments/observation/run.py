"""What do press reports tell about the number of exits? `python experiments/observation/run.py`

Worlds that lived the record, and worlds drawn from the prior, are lived again and looked at from outside: on how many
days a withdrawal was reported, how often that was denied, how loud rumour was, and how many officers had really left.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

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
    simulated,
    under,
)
from experiments.study import CAUTION, as_filed, command, read_table, rows
from experiments.undisclosed.measure import most_bits
from sim import text as words
from sim.analysis.calibration import observation_table
from sim.analysis.statistics.intervals import quantile, relative_drop
from sim.ensemble.cases.case import Case
from sim.figures.drawing.layout import Footer
from sim.figures.provenance import png
from sim.model import MODEL_VERSION

HERE = Path(__file__).parent
WORLDS = 1000
BY = {"record": "7 March", "march": "31 March", "end": "31 July"}
"""Until when one looks, by name; the first and the last are the clock's."""
SIGNALS = {"reports": "days with a report", "denials": "reports denied", "rumour": "highest rumour"}
BINS = ((0, 0), (1, 1), (2, 2), (3, 4), (5, 7), (8, 12), (13, 20), (21, 400))
"""Counts of days with a report, from and to."""
UNSEEN = 3
"""Exits for each day with a report, by every date and theory, from which on most of them are called unseen."""
ENOUGH = 20
"""Worlds in a bin below which nothing is said of it."""
FILES = ("ratios", "bins", "tells", "theories", "basis")
PAGE = """# What do reports tell about how many left?

`{wrote}` wrote this page: {runs} runs.

**Question.** Outsiders see reports of withdrawals, denials and rumours, not exits. What does a count of reports tell
about the number of officers who left, and about which theory is true?

**Method.** {replicates} kept worlds of each theory ({theories}; list {digest}) of the documented world, and as many
drawn from the prior, are lived again; in each one counts, up to {dates}, days with a report, those whose report is
denied, the highest level of rumour, and the officers who left. What a signal tells of the number is its rank
correlation with it over worlds (Spearman's, 95 % interval), and by how much the range that holds the middle 90 of 100
worlds narrows once one knows the bin that the count of reports lies in (mean over worlds). Medians have a 95 %
interval that assumes no distribution.

## What follows

{said}

## How many exits a day with a report stands for

Sums over worlds: officers out for each day with a report, with the 95 % interval of a ratio.

{ratios}

## What a count tells

![{alt}](reports-and-exits.png)

Officers out by 31 July in worlds with so many days with a report by then: the median (95 % interval of it), and the
middle 90 of 100 worlds; no row with fewer than {enough} worlds.

{bins}

## What each signal tells of the number

{tells}

## What they tell of the theory

Of {most} bits that naming the theory for sure would tell (theories weigh alike, worlds that lived the record), with
the 95 % interval and how many of 100 worlds would be named rightly, where {chance} is chance.

{bits}

## Limits

- Every world that lived the record has a first report between 1 and 11 March, since that is a pattern of it; on the
  prior a world may have none.
- How readily an exit is reported and denied is not known: it is drawn in each world from an assumed range, and most of
  what a count leaves open is that. A press that reports otherwise than any of these worlds' is outside this model.
- A report here is a day on which at least one exit is reported; several on one day count once, so that many exits on
  one day hide behind one report.
- A denial follows a report by chance, and not because it is false: no report of this model is.
- Intervals are sampling error over worlds of this model. They say nothing about what the model leaves out.

{caution}"""


def plan(mode: str) -> Option:
    """The documented world."""
    return Option({"option": "documented"}, documented(mode))


def days_of(case: Case) -> dict[str, date]:
    """Until when one looks."""
    ends = {name: case.values[f"clock.{key}"] for name, key in (("record", "record_end"), ("end", "end"))}
    end = {name: day for name, day in ends.items() if isinstance(day, date)}
    return {"record": end["record"], "march": date(2024, 3, 31), "end": end["end"]}


def observed(case: Case, replicates: int) -> pd.DataFrame:
    """What is seen and what was, a row a world and date: world, by, exits, reports, denials, rumour."""
    start = case.values["clock.start"]
    assert isinstance(start, date)
    parts = []
    for result in simulated(case, replicates):
        for by, day in days_of(case).items():
            until = (day - start).days + 1
            series = {name: result.series[name][:until].astype(np.float64)
                      for name in ("reports", "denials", "rumour", "out")}  # fmt: skip
            parts.append(pd.DataFrame({
                "world": result.block.replicates, "by": by, "exits": series["out"][-1],
                "reports": series["reports"].sum(axis=0), "denials": series["denials"].sum(axis=0),
                "rumour": series["rumour"].max(axis=0),
            }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def tables(replicates: int, _: Path | None) -> dict[str, pd.DataFrame]:
    """All that the page says, by the name of its file."""
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in FILES}
    for mode in MODES:
        option, seen = plan(mode), {}
        for theory, case in option.cases.items():
            seen[theory] = observed(case, replicates)
            for by in BY:
                some = seen[theory][seen[theory]["by"] == by]
                keys = {"mode": mode, "theory": theory, "by": by}
                parts["ratios"].append(pd.DataFrame([keys | ratio(some)]))
                parts["bins"].append(in_bins(some).assign(**keys))
                parts["tells"].append(tells(some).assign(**keys))
        parts["basis"].append(basis([option], mode, replicates))
        if mode == POSTERIOR:
            parts["theories"].append(of_theories(seen))
    return {name: as_filed(pd.concat(some, ignore_index=True)) for name, some in parts.items()}


def ratio(seen: pd.DataFrame) -> dict[str, float]:
    """Exits for each day with a report, over all worlds, and how many of 100 reports are denied."""
    exits, reports, denials = (seen[name].to_numpy(dtype=np.float64) for name in ("exits", "reports", "denials"))
    drop = relative_drop(reports, exits)  # 1 − Σ exits / Σ reports
    denied = relative_drop(reports, denials)
    high = 1 - drop.low if drop.low == drop.low else np.nan
    return {"worlds": len(seen), "exits": exits.mean(), "reports": reports.mean(),
            "silent": float((reports == 0).mean()),
            "ratio": 1 - drop.share, "low": 1 - drop.high, "high": high, "denied": 1 - denied.share}  # fmt: skip


def bin_of(reports: pd.Series) -> pd.Series:
    """The place of the bin of each count."""
    return pd.Series(np.searchsorted([low for low, _ in BINS], reports.to_numpy(), side="right") - 1, reports.index)


def in_bins(seen: pd.DataFrame) -> pd.DataFrame:
    """Officers out by count of reports: from, to, worlds, reports (mean), median, low, high, q05, q95."""
    told = []
    for place, some in seen.groupby(bin_of(seen["reports"])):
        exits, (first, last) = some["exits"].to_numpy(dtype=np.float64), BINS[int(str(place))]
        median = quantile(exits, 0.5)
        told.append({"from": first, "to": last, "worlds": len(some), "reports": some["reports"].mean(),
                     "median": median.value, "low": median.low, "high": median.high,
                     "q05": quantile(exits, 0.05).value, "q95": quantile(exits, 0.95).value})  # fmt: skip
    return pd.DataFrame(told)


def tells(seen: pd.DataFrame) -> pd.DataFrame:
    """What each signal tells of the exits: signal, correlation, low, high; of reports also how the range narrows."""
    told = []
    for signal in SIGNALS:
        known = seen[[signal, "exits"]].to_numpy(dtype=np.float64)
        low = high = r = np.nan
        if len(known) > 3 and np.ptp(known, axis=0).all():
            found = stats.spearmanr(known)
            r = float(found.statistic)
            half = 1.96 * np.sqrt((1 + r * r / 2) / (len(known) - 3))  # Bonett & Wright 2000
            low, high = np.tanh([np.arctanh(r) - half, np.arctanh(r) + half]) if abs(r) < 1 else (r, r)
        told.append({"signal": signal, "correlation": r, "low": low, "high": high,
                     "narrower": narrower(seen) if signal == "reports" else np.nan})  # fmt: skip
    return pd.DataFrame(told)


def narrower(seen: pd.DataFrame) -> float:
    """By what share the middle 90 of 100 worlds narrow in officers where one knows the bin, worlds weighed alike."""

    def width(values: pd.Series) -> float:
        exits = values.to_numpy(dtype=np.float64)
        return quantile(exits, 0.95).value - quantile(exits, 0.05).value

    groups = seen.groupby(bin_of(seen["reports"]))["exits"]
    within = sum(width(some) * len(some) for _, some in groups) / len(seen)
    whole = width(seen["exits"])
    return float(1 - within / whole) if whole else np.nan


def of_theories(seen: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """How many bits of the theory each signal tells, by date: a row an observation, as in ``observation_table``."""
    features = {}
    for theory, some in seen.items():
        columns = {f"{signal} {by}": one[signal].reset_index(drop=True)
                   for by, one in some.groupby("by", sort=False) for signal in (*SIGNALS, "exits")}  # fmt: skip
        features[theory] = pd.DataFrame(columns)
    return observation_table(features)


def read_tables(folder: Path = HERE) -> dict[str, pd.DataFrame]:
    """The tables beside the page."""
    return {name: read_table(folder / f"{name}.csv") for name in FILES}


# The page


def page(found: Mapping[str, pd.DataFrame]) -> str:
    """The page, from the tables as their files have them."""
    rests, theories = found["basis"], _theories(found)
    replicates = int(rests["replicates"].iloc[0])
    return PAGE.format(
        wrote=command(str(HERE / "run.py"), replicates=replicates), runs=f"{rests['case'].nunique() * replicates:,}",
        replicates=f"{replicates:,}", theories=listed([named(theory) for theory in theories]),
        digest=rests["list"].iloc[0], dates=listed(list(BY.values())), enough=ENOUGH,
        said="\n".join(f"- {line}" for line in what_is_told(found)), ratios=_ratios(found["ratios"]),
        alt=_alt(found), bins=_bins(found["bins"], theories), tells=_tells(found["tells"], theories),
        most=f"{most_bits(len(theories)):g}", chance=f"{100 / len(theories):.0f}", bits=_bits(found["theories"]),
        caution=CAUTION,
    )  # fmt: skip


def _theories(found: Mapping[str, pd.DataFrame]) -> list[str]:
    return list(dict.fromkeys(found["ratios"]["theory"]))


WHERE = {POSTERIOR: "lived the record", PRIOR: "prior"}


def _ratios(table: pd.DataFrame) -> str:
    lines = []
    for row in table.to_dict("records"):
        known = pd.notna(row["low"])
        ends = words.interval(row["low"], row["ratio"], row["high"]) if known else None
        cell = f"{ends[1]} ({ends[0]} to {ends[2]})" if ends else words.estimate(row["ratio"])
        lines.append([WHERE[row["mode"]], BY[row["by"]], named(row["theory"]), words.estimate(row["exits"]),
                      words.estimate(row["reports"]), words.hundredth(row["silent"]), cell,
                      words.hundredth(row["denied"])])  # fmt: skip
    head = ["worlds", "by", "theory", "officers out, mean", "days with a report, mean",
            "of 100 worlds, without a report", "officers out for each day with a report",
            "of 100 such days, denied"]  # fmt: skip
    return rows(head, lines, right=range(3, 8))


def _count(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} and more" if last == BINS[-1][1] else f"{first}–{last}"


def _bins(table: pd.DataFrame, theories: Sequence[str]) -> str:
    lines = []
    for mode in MODES:
        some = table[(table["mode"] == mode) & (table["by"] == "end")].set_index(["from", "theory"])
        for first, last in BINS:
            of = [some.loc[(first, theory)] if (first, theory) in some.index else None for theory in theories]
            cells = ["–" if row is None or row["worlds"] < ENOUGH else _range(row) for row in of]
            if set(cells) != {"–"}:
                lines.append([WHERE[mode], _count(first, last), *cells])
    return rows(["worlds", "days with a report", *map(named, theories)], lines, right=range(1, 2 + len(theories)))


def _range(row: pd.Series) -> str:
    ends = [f"{row[end]:.0f}" if pd.notna(row[end]) else "?" for end in ("low", "high")]
    return f"{row['median']:.0f} ({ends[0]} to {ends[1]}); {row['q05']:.0f}–{row['q95']:.0f}"


def _tells(table: pd.DataFrame, theories: Sequence[str]) -> str:
    some = table.set_index(["mode", "by", "signal", "theory"])
    lines = []
    for mode in MODES:
        for by in BY:
            for signal in SIGNALS:
                of = [some.loc[(mode, by, signal, theory)] for theory in theories]
                narrow = [100 * row["narrower"] for row in of]
                told = "" if np.isnan(narrow).all() else words.span(round(min(narrow)), round(max(narrow)))
                lines.append([WHERE[mode], BY[by], SIGNALS[signal], *map(_correlation, of), told])
    head = ["worlds", "by", "signal", *map(named, theories), "range narrower by (of 100, by theory)"]
    return ("Rank correlation of each signal with officers out by the same date.\n\n"
            + rows(head, lines, right=range(3, 4 + len(theories))))  # fmt: skip


def _correlation(row: pd.Series) -> str:
    if pd.isna(row["correlation"]):
        return "none varies"
    return " ".join(
        [words.fixed(row["correlation"], 2), f"({words.fixed(row['low'], 2)} to {words.fixed(row['high'], 2)})"]
    )


def _bits(table: pd.DataFrame) -> str:
    lines = []
    for row in table.to_dict("records"):
        signal, by = str(row["observation"]).split()
        called = SIGNALS.get(signal, "officers out, if it were published")
        lines.append([called, BY[by], f"{max(row['bits'], 0):.2f} ({row['low']:.2f} to {row['high']:.2f})",
                      f"{100 * row['right']:.0f}"])  # fmt: skip
    return rows(["what is seen", "by", "bits", "of 100, named rightly"], lines, right=(2, 3))


def what_is_told(found: Mapping[str, pd.DataFrame]) -> list[str]:
    """What the tables say, a sentence each: exits a report, what a count tells, denials and rumour, the theory."""
    theories = _theories(found)
    ratios = found["ratios"][found["ratios"]["mode"] == POSTERIOR].set_index(["by", "theory"])["ratio"]
    record, end = (ratios.xs(by, level="by") for by in ("record", "end"))
    said = [
        f"In worlds that lived the record, a day with a report stands for {reach(record.min(), record.max())} officers "
        f"out by 7 March and for {reach(end.min(), end.max())} by 31 July, by theory"
        + (": most exits are never seen." if ratios.min() > UNSEEN else ".")
    ]
    table = found["tells"][found["tells"]["mode"] == POSTERIOR].set_index(["by", "signal", "theory"]).sort_index()
    parts = []
    for by in ("record", "end"):
        of = table.loc[(by, "reports")]
        told = [theory for theory in theories if of.loc[theory, "low"] > 0]
        r = [words.fixed(value, 2) for value in (of["correlation"].min(), of["correlation"].max())]
        narrow = [round(100 * value) for value in (of["narrower"].min(), of["narrower"].max())]
        parts.append(
            f"by {BY[by]} its rank correlation with the exits is {r[0]} to {r[1]}"
            f" (above 0 {under(told, theories) if told else 'under none'}), and knowing it narrows the range of the "
            f"middle 90 of 100 worlds by {words.span(*narrow)} of 100"
        )
    said.append(f"A count of reports tells little of the number: {'; '.join(parts)}."
                if table.xs("reports", level="signal")["narrower"].max() < 0.5 else
                f"A count of reports tells something of the number: {'; '.join(parts)}.")  # fmt: skip
    best = table.loc["end"]["correlation"].unstack("theory").mean(axis=1)
    said.append(
        "By 31 July, mean rank correlation with the exits over theories is "
        + listed([f"{words.fixed(best[signal], 2)} for {text}" for signal, text in SIGNALS.items()]) + "."
    )  # fmt: skip
    bits = found["theories"].set_index("observation")
    seen = bits[[not name.startswith("exits") for name in bits.index]]
    top = str(seen["bits"].idxmax())
    signal, by = top.split()
    said.append(
        f"Of the theory, signals tell next to nothing: at most {seen.loc[top, 'bits']:.2f} of "
        f"{most_bits(len(theories)):g} bits ({SIGNALS[signal]} by {BY[by]})."
        if seen["bits"].max() < 0.1 * most_bits(len(theories)) else
        f"Of the theory, {SIGNALS[signal]} by {BY[by]} tells most of these signals: {seen.loc[top, 'bits']:.2f} of "
        f"{most_bits(len(theories)):g} bits."
    )  # fmt: skip
    return said


# The picture


X = Axis("days with a report (mean of the worlds in the bin)", log=True, ticks=(1, 2, 4, 8, 16, 32))
Y = Axis("officers out, median world")


def picture(found: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, dict[str, str], str]:
    """Data, panels and title; a world without a report has no place on the axis."""
    table = found["bins"]
    some = table[(table["mode"] == POSTERIOR) & (table["worlds"] >= ENOUGH) & (table["from"] > 0)]
    shown = some.assign(panel=some["by"], x=some["reports"], y=some["median"])
    panels = {by: f"By {BY[by]}" for by in BY}
    return shown, panels, what_is_told(found)[0].partition(":")[0]


def _alt(found: Mapping[str, pd.DataFrame]) -> str:
    table, panels, title = picture(found)
    return curve_figure.in_words(table, panels, X, Y, title)


def draw(found: Mapping[str, pd.DataFrame], to: Path) -> None:
    """Draw it, with its data beside it."""
    rests = found["basis"]
    replicates, mark, seed = (rests[name].iloc[0] for name in ("replicates", "list", "root_seed"))
    table, panels, title = picture(found)
    kept = rests[rests["mode"] == POSTERIOR]
    footer = Footer(int(kept["case"].nunique() * replicates), f"{seed}, worlds of list {mark}",
                    f"model {MODEL_VERSION}", "as_documented")  # fmt: skip
    note = ("Median of officers out over the worlds with so many days with a report, with its 95 % interval (sampling "
            f"error alone); bins with fewer than {ENOUGH} worlds are left out.")  # fmt: skip
    figure = curve_figure.draw(table, panels, X, Y, title=title, footer=footer, note=note)
    png.save(figure, to / "reports-and-exits.png", data=table, metadata=provenance(__file__, rests), alt=_alt(found))


if __name__ == "__main__":
    carry_out(__file__, __doc__, tables, page, draw, WORLDS, stored=False)
