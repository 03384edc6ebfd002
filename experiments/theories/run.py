"""What tells the theories apart? `python experiments/theories/run.py`

Worlds that lived the record, and worlds drawn from the prior, are lived again officer by officer. Of each exit one may
come to know when it was, whether squad mates left with it, whether a leader left, and how near a pay date it was: how
many exits would one have to see so, to tell which theory is true?
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date
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
)
from experiments.study import CAUTION, as_filed, command, read_table, rows
from experiments.theories.measure import (
    ALL,
    GROUPS,
    NUMBER,
    SEEN,
    columns_of,
    enough,
    exits_of,
    first_with,
    judged,
    pairs,
    rightly,
    seen,
    shares,
    used,
)
from sim import text as words
from sim.analysis.statistics.intervals import wilson
from sim.figures.drawing.layout import Footer
from sim.figures.provenance import png
from sim.model import MODEL_VERSION
from sim.model.withdrawal import THEORIES

HERE = Path(__file__).parent
WORLDS = 600
COUNTS = (1, 2, 3, 5, 8, 12, 20, 30, 50, 80)
"""Exits that are seen; 0 stands for all of them."""
BY = {"record": "7 March", "end": "31 July"}
GOAL = 0.8
"""Area under the curve from which on two theories are called told apart."""
FILES = ("pairs", "named", "single", "basis")
PAGE = """# What tells the theories apart?

`{wrote}` wrote this page: {runs} runs.

**Question.** The theories agree on much of the record. If somebody came to know more of single exits, when they were,
whether squads left together, whether leaders left, how near pay dates they were, which of it would tell the theories
apart, and how many exits would one have to see?

**Method.** {replicates} kept worlds of each theory ({theories}; list {digest}) of the documented world, and as many
drawn from the prior, are lived again officer by officer. Of each exit four groups of things are seen:

{groups}

A number of exits is drawn at random from those of a world up to {dates}; what is known of the world is of what share
of them each thing holds. How well that tells two theories apart is the area under the ROC curve: in how many of 100
pairs of worlds, one of each theory, it points the right way (50 is chance; 95 % interval by DeLong). It points by
Fisher's linear discriminant, learnt on one half of the worlds and judged on the other. The likelihood ratio is that of
the true theory to the other in the median world. Theories weigh alike; no probability of a theory is claimed.

## What follows

{said}

## What each theory shows

Of 100 exits by 31 July, in worlds that lived the record, mean over worlds; and the pair of theories that this alone
tells apart best when all exits are seen, with its area of 100.

{single}

## Two at a time, all exits seen

Areas of 100 (95 % interval), in worlds that lived the record.

{pairs}

## How many exits one would have to see

The first of {counts} exits from which on the area reaches
{goal} of 100, in worlds that lived the record; – where it does not.
Worlds with fewer exits are left out, and so is a count that fewer than half of the worlds of some theory have.

{needed}

![{alt}](areas.png)

## Which theory is named

Of 100 worlds, so many are named by their true theory, mean over theories, where {chance} is chance.

{named}

## Limits

- Nobody has published any of this; whether somebody could, and should, is another question. Knowing of single officers
  who stepped out, and of their squads, may do them harm: dates and squads are personal data.
- Seen exits are drawn at random. A journalist's are not: those who talk left together, or left loudly.
- A linear discriminant is what a few numbers bear; a cleverer one may tell more, and of the real world every one less,
  since none of these theories is the whole truth.
- Worlds of a theory differ in what nobody knows, and that does not shrink with the number of exits seen: with many
  exits, areas stay below 100.
- Intervals are sampling error over worlds of this model. They say nothing about what the model leaves out.

{caution}"""


def plan(mode: str) -> Option:
    """The documented world."""
    return Option({"option": "documented"}, documented(mode))


def tables(replicates: int, _: Path | None) -> dict[str, pd.DataFrame]:
    """All that the page says, by the name of its file."""
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in FILES}
    for mode in MODES:
        option = plan(mode)
        exits = {theory: exits_of(case, replicates) for theory, case in option.cases.items()}
        for by in BY:
            of = {theory: seen(some, *_days(option, theory, by)) for theory, some in exits.items()}
            keys = {"mode": mode, "by": by}
            told = [told_by(of, count, replicates) for count in (0, *COUNTS)]
            parts["pairs"].append(pd.concat([one for one, _ in told]).assign(**keys))
            parts["named"].append(pd.concat([two for _, two in told]).assign(**keys))
            parts["single"].append(single(of).assign(**keys))
        parts["basis"].append(basis([option], mode, replicates))
    return {name: as_filed(pd.concat(some, ignore_index=True)) for name, some in parts.items()}


def _days(option: Option, theory: str, by: str) -> tuple[date, date]:
    """The last day that is seen, and that of the record."""
    values = option.cases[theory].values
    ends = [values["clock.record_end"], values["clock.end"]]
    record_end, end = (day for day in ends if isinstance(day, date))
    return (record_end if by == "record" else end), record_end


def told_by(exits: Mapping[str, pd.DataFrame], count: int, worlds: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What so many exits tell, all for 0: of each pair of theories, and which one is named; by group.

    Empty where some theory has too few worlds with so many exits.
    """
    features = {theory: shares(some, count) for theory, some in exits.items()}
    two, one = [], []
    if enough(features, worlds if count else 0):
        for group in (*GROUPS, *([] if count else [NUMBER]), ALL):
            told = judged(used(features, columns_of(group, count)))
            keys = {"group": group, "exits": count}
            for first, second, found, ratio in pairs(told):
                two.append({**keys, "theory": first, "other": second, "area": found.value, "low": found.low,
                            "high": found.high, "ratio": ratio})  # fmt: skip
            for theory, (right, of) in rightly(told).items():
                low, high = wilson(right, of)
                one.append({**keys, "theory": theory, "worlds": of, "right": right / of, "low": float(low),
                            "high": float(high)})  # fmt: skip
    return (pd.DataFrame(two, columns=["group", "exits", "theory", "other", "area", "low", "high", "ratio"]),
            pd.DataFrame(one, columns=["group", "exits", "theory", "worlds", "right", "low", "high"]))  # fmt: skip


def single(exits: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Each thing alone, all exits seen: seen, theory, share (mean over worlds), best (area), first, second."""
    features = {theory: shares(some, 0) for theory, some in exits.items()}
    told = []
    for name in SEEN:
        best = (np.nan, "", "")
        if enough(features, 0):
            alone = used(features, [name])
            if next(iter(alone.values())).shape[1]:
                best = max((found.value, one, two) for one, two, found, _ in pairs(judged(alone)))
        for theory, frame in features.items():
            told.append({"seen": name, "theory": theory, "share": frame[name].mean(), "best": best[0],
                         "first": best[1], "second": best[2]})  # fmt: skip
    return pd.DataFrame(told)


def read_tables(folder: Path = HERE) -> dict[str, pd.DataFrame]:
    """The tables beside the page."""
    return {name: read_table(folder / f"{name}.csv") for name in FILES}


# The page


def page(found: Mapping[str, pd.DataFrame]) -> str:
    """The page, from the tables as their files have them."""
    rests, theories = found["basis"], _theories(found)
    replicates = int(rests["replicates"].iloc[0])
    groups = [f"- *{group}*: {'; '.join(SEEN[name] for name in names)};" for group, names in GROUPS.items()]
    return PAGE.format(
        wrote=command(str(HERE / "run.py"), replicates=replicates), runs=f"{rests['case'].nunique() * replicates:,}",
        replicates=f"{replicates:,}", theories=listed([named(theory) for theory in theories]),
        digest=rests["list"].iloc[0], groups="\n".join(groups).rstrip(";") + ".", dates=listed(list(BY.values())),
        said="\n".join(f"- {line}" for line in what_tells(found)), single=_single(found["single"], theories),
        pairs=_pairs(found["pairs"]), counts=listed([str(count) for count in COUNTS]), goal=f"{100 * GOAL:.0f}",
        needed=_needed(found["pairs"]), alt=_alt(found), chance=f"{100 / len(theories):.0f}",
        named=_named(found["named"]), caution=CAUTION,
    )  # fmt: skip


def _theories(found: Mapping[str, pd.DataFrame]) -> list[str]:
    asked = set(found["basis"]["theory"])
    return [theory for theory in THEORIES if theory in asked]


def _single(table: pd.DataFrame, theories: Sequence[str]) -> str:
    some = table[(table["mode"] == POSTERIOR) & (table["by"] == "end")].set_index(["seen", "theory"])
    lines = []
    for name, text in SEEN.items():
        row = some.loc[(name, theories[0])]
        best = "" if pd.isna(row["best"]) else f"{_numbers(row['first'], row['second'])}: {100 * row['best']:.0f}"
        shares_ = [words.fixed(100 * some.loc[(name, theory), "share"], 1) for theory in theories]
        lines.append([text, *shares_, best])
    return rows(
        ["seen of an exit", *map(named, theories), "tells apart best"], lines, right=range(1, 1 + len(theories))
    )


def _numbers(*theories: str) -> str:
    return " and ".join(THEORIES[theory].number for theory in theories)


def _both(table: pd.DataFrame) -> dict[str, str]:
    """Each pair of theories by its own name."""
    return {
        f"{row['theory']} {row['other']}": _numbers(row["theory"], row["other"]) for row in table.to_dict("records")
    }


def of(table: pd.DataFrame, by: str, mode: str = POSTERIOR) -> pd.DataFrame:
    """The rows of a date and kind of worlds; pairs of theories have one name."""
    some = table[(table["by"] == by) & (table["mode"] == mode)]
    return some.assign(pair=some["theory"] + " " + some["other"]) if "other" in some else some


def _pairs(table: pd.DataFrame) -> str:
    names, lines = _both(table), []
    for by, day in BY.items():
        some = of(table, by)
        some = some[some["exits"] == 0].set_index(["group", "pair"])
        for group in dict.fromkeys(some.index.get_level_values("group")):
            lines.append([f"by {day}", group, *(_area(some.loc[(group, pair)]) for pair in names)])
    return rows(["exits", "seen", *names.values()], lines, right=range(2, 2 + len(names)))


def _area(row: pd.Series) -> str:
    if pd.isna(row["low"]):
        return f"{100 * row['area']:.0f}"
    return f"{100 * row['area']:.0f} ({100 * row['low']:.0f} to {100 * row['high']:.0f})"


def needed(table: pd.DataFrame, by: str, group: str = ALL, mode: str = POSTERIOR) -> dict[str, float]:
    """By pair of theories, how many exits one would have to see; NaN where none of the counts does."""
    some = of(table, by, mode)
    some = some[(some["group"] == group) & (some["exits"] > 0)].sort_values("exits")
    return {str(pair): first_with(one["exits"].to_numpy(), one["area"].to_numpy(dtype=np.float64), GOAL)
            for pair, one in some.groupby("pair", sort=False)}  # fmt: skip


def _needed(table: pd.DataFrame) -> str:
    names, lines = _both(table), []
    for by, day in BY.items():
        for group in (*GROUPS, ALL):
            counts = needed(table, by, group)
            tried = of(table, by)
            most = int(tried["exits"].max()) if len(tried) else 0
            cells = ["–" if np.isnan(counts.get(pair, np.nan)) else f"{counts[pair]:.0f}" for pair in names]
            lines.append([f"by {day}", group, *cells, str(most)])
    head = ["exits", "seen", *names.values(), "most that were tried"]
    return rows(head, lines, right=range(2, 3 + len(names)))


def _named(table: pd.DataFrame) -> str:
    lines = []
    for mode, text in ((POSTERIOR, "lived the record"), (PRIOR, "prior")):
        for by, day in BY.items():
            some = of(table, by, mode)
            mean = some.groupby(["group", "exits"])["right"].mean()
            for group in (*GROUPS, NUMBER, ALL):
                cells = [f"{100 * mean.get((group, count), np.nan):.0f}".replace("nan", "–") for count in (*COUNTS, 0)]
                lines.append([text, f"by {day}", group, *cells])
    return rows(["worlds", "exits", "seen", *map(str, COUNTS), "all"], lines, right=range(3, 4 + len(COUNTS)))


def what_tells(found: Mapping[str, pd.DataFrame]) -> list[str]:
    """What the tables say, a sentence each: what tells most, seniority, how many exits, the pair, the prior."""
    theories = _theories(found)
    chance = 100 / len(theories)
    whole = of(found["named"], "end")
    mean = 100 * whole[whole["exits"] == 0].groupby("group")["right"].mean()
    early = of(found["named"], "record")
    before = 100 * early[early["exits"] == 0].groupby("group")["right"].mean()
    if mean.empty or before.empty:
        return ["There are too few worlds to tell anything."]
    top = mean[list(GROUPS)].idxmax()
    said = [
        f"When every exit by 31 July is seen, *{top}* tells the theories apart best of the four groups: it names "
        f"{mean[top]:.0f} of 100 worlds rightly, all together {mean[ALL]:.0f}, chance {chance:.0f}; of the exits by "
        f"7 March alone, all together name {before[ALL]:.0f}."
    ]
    least = mean[list(GROUPS)].idxmin()
    others = [f"*{group}* {mean[group]:.0f}" for group in GROUPS if group not in (top, least)]
    said.append(f"Least tells *{least}* ({mean[least]:.0f} of 100 worlds); {listed(others)}.")
    for by, day in BY.items():
        counts = needed(found["pairs"], by)
        can = {pair: count for pair, count in counts.items() if not np.isnan(count)}
        names = _both(found["pairs"])
        most = int(of(found["pairs"], by)["exits"].max())
        cannot = [names[pair] for pair in counts if pair not in can]
        part = [f"{names[pair]} {count:.0f}" for pair, count in can.items()]
        said.append(
            f"Of exits by {day}, with all of that seen, an area of {100 * GOAL:.0f} of 100 takes so many exits: "
            + (listed(part) if part else "no pair reaches it")
            + (f"; not with {most} is it reached by {listed(cannot)}." if part and cannot
               else f" with {most}." if cannot else ".")
        )  # fmt: skip
    pairs_ = of(found["pairs"], "end")
    some = pairs_[(pairs_["exits"] == 0) & (pairs_["group"] == ALL)].set_index("pair")
    easy, hard = some["area"].idxmax(), some["area"].idxmin()
    names = _both(found["pairs"])
    said.append(
        f"Most alike are {names[hard]} (area {100 * some.loc[hard, 'area']:.0f} of 100 with all exits by 31 July seen; "
        f"the median likelihood ratio for the true one is {words.estimate(some.loc[hard, 'ratio'])}), least alike "
        f"{names[easy]} ({100 * some.loc[easy, 'area']:.0f}; {words.estimate(some.loc[easy, 'ratio'])})."
    )
    prior = of(found["named"], "end", PRIOR)
    there = 100 * prior[prior["exits"] == 0].groupby("group")["right"].mean()
    if len(there):
        said.append(
            f"On the prior, where the record need not have happened, all together name {there[ALL]:.0f} of 100 worlds "
            f"rightly, and *{there[list(GROUPS)].idxmax()}* tells most."
        )
    return said


# The picture


X = Axis("exits by 31 July that are seen", log=True, ticks=(1, 3, 10, 30, 80))
Y = Axis("area of 100, mean over the three other theories", limit=50, whole=(40, 100))


def picture(found: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, dict[str, str], str]:
    """Data, panels and title."""
    some = of(found["pairs"], "end")
    some = some[some["exits"] > 0]
    both = pd.concat([some[["group", "exits", name, "area"]].rename(columns={name: "theory"})
                      for name in ("theory", "other")])  # fmt: skip
    mean = both.groupby(["group", "exits", "theory"], sort=False, as_index=False)["area"].mean()
    shown = mean.assign(panel=mean["group"], x=mean["exits"], y=100 * mean["area"], low=np.nan, high=np.nan)
    panels = {group: group[0].upper() + group[1:] for group in (*GROUPS, ALL)}
    first = what_tells(found)[0].partition(":")[0].replace("*", "")
    return shown, panels, f"In this model, {first[0].lower()}{first[1:]}"


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
    note = ("How well worlds of a theory are told from those of another by so many exits, drawn at random, in worlds "
            "that lived the record (area under the ROC curve, mean over pairs). Dashes: chance.")  # fmt: skip
    figure = curve_figure.draw(table, panels, X, Y, title=title, footer=footer, note=note, width=2.1, height=2.6)
    png.save(figure, to / "areas.png", data=table, metadata=provenance(__file__, rests), alt=_alt(found))


if __name__ == "__main__":
    carry_out(__file__, __doc__, tables, page, draw, WORLDS, stored=False)
