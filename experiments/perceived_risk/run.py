"""How do exits answer to perceived risk, own and peers'? `python experiments/perceived_risk/run.py`

Two ways. As a dose that is set: no part, a quarter, half, three quarters or all of the news of violence is felt, with
peers and without, in the same worlds that lived the record. And as worlds have it: officers out after the record
against the hazard that they perceived on its last day, world by world.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from experiments import interval_figure
from experiments.counterfactuals.run import held
from experiments.paired_options import (
    POSTERIOR,
    Option,
    basis,
    carry_out,
    documented,
    hundredths,
    listed,
    live,
    named,
    provenance,
    under,
)
from experiments.study import CAUTION, as_filed, command, read_table, rows
from sim import text as words
from sim.analysis.dose_response import by_outcome
from sim.analysis.statistics.intervals import Mean, relative_drop
from sim.figures.dose_response.draw import Dose
from sim.figures.dose_response.draw import draw as draw_f8
from sim.figures.drawing.distribution import Question
from sim.figures.drawing.layout import Footer
from sim.figures.provenance import png
from sim.model import MODEL_VERSION
from sim.model.withdrawal import THEORIES

HERE = Path(__file__).parent
FELT = "officers.violence_felt"
DOSES = (0.0, 0.25, 0.5, 0.75, 1.0)
PEERS = {"on": "with peers", "off": "peers switched off"}
MONTH, AFTER, RISK = "exits_surge_month", "exits_after_record", "perceived_hazard_record_end"
MANY, SEED = 2000, 20240307
FILES = ("doses", "responses", "bins", "going", "basis")
PAGE = """# How do exits answer to perceived risk, own and peers'?

`{wrote}` wrote this page: {runs} runs.

**Question.** How many officers more leave from 29 February to 31 March when more of the news of violence is felt, how
much of that goes through peers, and do more leave after the record in worlds in which officers perceive more risk?

**Method.** The documented world is lived again in {replicates} kept worlds of each theory ({theories}; list
{digest}), with `{felt}` set to {doses}, with peers and without (`officers.peers_felt=0`), under the same officers and
the same luck. A response is the mean paired difference between all of the news felt and none; the share that goes
through peers is what of it vanishes when they are switched off. Intervals are 95 %, over worlds.

## What follows

{said}

## A dose that is set

![{alt}](felt-violence.png)

{table}

| theory | more leave with all felt than with none, with peers | peers switched off | of 100, through peers |
| --- | ---: | ---: | ---: |
{responses}

## As worlds have it

Nothing is set here: worlds of the documented scenario differ in what nobody knows, and in luck. How two outcomes go
together over worlds is not what the one does to the other.

![Officers out after 7 March against perceived hazard, in bins of worlds, by theory](perceived-hazard.png)

{going}

## Limits

- The dose is felt from the first day on, so it moves who is left on 29 February, too; without peers, friction from
  comrades who stay is gone as well as alarm from those who leave.
- Under `{felt}=1` every kept world lived the record; at other doses it need not have.
- Intervals are sampling error over worlds of this model. They say nothing about what the model leaves out.

{caution}"""


def plan() -> list[Option]:
    """The documented world at every dose, with peers and without."""
    base = documented(POSTERIOR)
    options = []
    for peers in PEERS:
        cases = base if peers == "on" else held(base, ["peers"])
        for dose in DOSES:
            # At the whole dose nothing is set, so that these are the very runs of other studies.
            at = cases if dose == 1 else {t: case.varied({FELT: dose}, f"{case.label} · {FELT}={dose:g}")
                                          for t, case in cases.items()}  # fmt: skip
            options.append(Option({"peers": peers, "felt": f"{dose:g}"}, at))
    return options


def tables(replicates: int, out: Path | None) -> dict[str, pd.DataFrame]:
    """All that the page says, by the name of its file."""
    options = plan()
    runs = live(options, replicates, out)
    of_case = dict(iter(runs.groupby("case")))
    values = {
        (option.keys["peers"], option.keys["felt"], theory): of_case[case.id].groupby("replicate")[MONTH].mean()
        for option in options
        for theory, case in option.cases.items()
    }
    doses, responses, going = [], [], []
    whole = next(option for option in options if option.keys == {"peers": "on", "felt": "1"})
    for (peers, felt, theory), exits in values.items():
        mean = Mean.of(exits.to_numpy(dtype=float))
        ends = mean.interval()
        doses.append({"peers": peers, "felt": felt, "theory": theory, "worlds": len(exits), "exits": mean.value,
                      "low": ends.low, "high": ends.high})  # fmt: skip
    for theory, case in whole.cases.items():
        more = {p: (values[p, "1", theory] - values[p, "0", theory]).to_numpy(dtype=float) for p in PEERS}
        told: dict[str, object] = {"theory": theory}
        for peers, each in more.items():
            mean = Mean.of(each)
            ends = mean.interval()
            told |= {peers: mean.value, f"{peers}_low": ends.low, f"{peers}_high": ends.high}
        drop = relative_drop(more["on"], more["off"])
        responses.append(told | {"through": drop.share, "through_low": drop.low, "through_high": drop.high})
        going.append({"theory": theory, **together(of_case[case.id])})
    cases = pd.DataFrame([case.row() for case in whole.cases.values()])
    bins = by_outcome(cases, pd.concat([of_case[case.id] for case in whole.cases.values()]), RISK, AFTER)
    found = {"doses": doses, "responses": responses, "bins": bins, "going": going,
             "basis": basis(options, POSTERIOR, replicates)}  # fmt: skip
    return {name: as_filed(pd.DataFrame(table)) for name, table in found.items()}


def together(runs: pd.DataFrame) -> dict[str, float]:
    """Rank correlation of perceived hazard and later exits over worlds, with its bootstrap interval."""
    some = runs[[RISK, AFTER]].astype(float).dropna().to_numpy()
    if len(some) < 3:
        return {"worlds": len(some), "correlation": np.nan, "low": np.nan, "high": np.nan}
    luck = np.random.default_rng(SEED)
    again = [float(stats.spearmanr(some[luck.integers(0, len(some), len(some))]).statistic) for _ in range(MANY)]
    low, high = np.nanquantile(again, [0.025, 0.975])
    return {"worlds": len(some), "correlation": float(stats.spearmanr(some).statistic), "low": low, "high": high}


def read_tables(folder: Path = HERE) -> dict[str, pd.DataFrame]:
    """The tables beside the page."""
    return {name: read_table(folder / f"{name}.csv") for name in FILES}


def page(found: Mapping[str, pd.DataFrame]) -> str:
    """The page, from the tables as their files have them."""
    rests = found["basis"]
    replicates, theories = int(rests["replicates"].iloc[0]), found["responses"]["theory"].tolist()
    return PAGE.format(
        wrote=command(str(HERE / "run.py"), replicates=replicates), runs=f"{rests['case'].nunique() * replicates:,}",
        replicates=f"{replicates:,}", theories=listed([named(theory) for theory in theories]),
        digest=rests["list"].iloc[0], felt=FELT, doses=listed([f"{dose:g}" for dose in DOSES]),
        said="\n".join(f"- {line}" for line in what_answers(found)), alt=interval_figure.in_words(*picture(found)),
        table=_doses(found["doses"], theories), responses=_responses(found["responses"]), going=_going(found["going"]),
        caution=CAUTION,
    )  # fmt: skip


def _doses(table: pd.DataFrame, theories: list[str]) -> str:
    some = table.set_index(["peers", "felt", "theory"])
    lines = [
        [
            PEERS[peers],
            f"{felt:g}",
            *(_cell(some.loc[(peers, felt, theory)], "exits", "low", "high") for theory in theories),
        ]
        for peers in PEERS
        for felt in DOSES
    ]
    return rows(["officers out", "news felt", *map(named, theories)], lines, right=range(1, 2 + len(theories)))


def _cell(row: pd.Series, value: str, low: str, high: str, scale: float = 1) -> str:
    if pd.isna(row[low]):
        return f"{words.estimate(scale * row[value])} (no interval)"
    ends = words.interval(scale * row[low], scale * row[value], scale * row[high])
    return f"{ends[1]} ({ends[0]} to {ends[2]})"


def _responses(table: pd.DataFrame) -> str:
    lines = [
        [named(row["theory"]), _cell(row, "on", "on_low", "on_high"), _cell(row, "off", "off_low", "off_high"),
         _cell(row, "through", "through_low", "through_high", 100)]
        for _, row in table.iterrows()
    ]  # fmt: skip
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _going(table: pd.DataFrame) -> str:
    lines = [[named(row["theory"]), f"{row['worlds']:,}", _cell(row, "correlation", "low", "high")]
             for _, row in table.iterrows()]  # fmt: skip
    return rows(["theory", "worlds", "rank correlation of perceived hazard and later exits"], lines, right=(1, 2))


def what_answers(found: Mapping[str, pd.DataFrame]) -> list[str]:
    """What the tables say, a sentence each."""
    table, going = found["responses"], found["going"]
    theories = table["theory"].tolist()
    more = table.loc[table["on_low"] > 0, "theory"].tolist()
    said = [
        f"With all of the news of violence felt rather than none, {words.estimate(table['on'].min())} to "
        f"{words.estimate(table['on'].max())} more officers leave from 29 February to 31 March, by theory"
        + (f"; that it is more is told {under(more, theories)}." if more else "; that it is more is told under none.")
    ]
    through = table.loc[table["through_low"] > 0, "theory"].tolist()
    said.append(
        f"Of 100 exits that this adds, {hundredths(table['through'].tolist())} come through peers, by theory"
        + (f" (told {under(through, theories)})." if through else " (told under none).")
    )
    up = going.loc[going["low"] > 0, "theory"].tolist()
    down = going.loc[going["high"] < 0, "theory"].tolist()
    parts = [f"more leave after the record {under(up, theories)}"] if up else []
    parts += [f"fewer {under(down, theories)}"] if down else []
    rest = [theory for theory in theories if theory not in (*up, *down)]
    parts += [f"it is not told {under(rest, theories)}"] if rest else []
    said.append(f"In worlds in which officers perceive more risk on 7 March, {'; '.join(parts)}.")
    return said


def picture(found: Mapping[str, pd.DataFrame]) -> interval_figure.Picture:
    """Data, rows, panels and title of the picture of doses."""
    table = found["doses"]
    shown = table.assign(option=[f"{felt:g}" for felt in table["felt"]], panel=table["peers"],
                         difference=table["exits"], side=1)  # fmt: skip
    labels = {f"{dose:g}": f"{100 * dose:.0f} of 100 of the news felt" for dose in DOSES}
    first = what_answers(found)[0].partition(";")[0]
    return shown, labels, PEERS, f"In worlds of this model that lived the record: {first[0].lower()}{first[1:]}"


def draw(found: Mapping[str, pd.DataFrame], to: Path) -> None:
    """Draw both, each with its data beside it."""
    rests = found["basis"]
    replicates, mark, seed = (rests[name].iloc[0] for name in ("replicates", "list", "root_seed"))
    told = provenance(__file__, rests)
    table, labels, panels, title = picture(found)
    seeds, version = f"{seed}, worlds of list {mark}", f"model {MODEL_VERSION}"
    footer = Footer(int(rests["case"].nunique() * replicates), seeds, version, f"as_documented, {FELT} set")
    note = ("Mean number of officers out from 29 February to 31 March over worlds that lived the record, with its 95 % "
            "interval (sampling error alone), by how much of the news of violence officers feel.")  # fmt: skip
    figure = interval_figure.draw(table, labels, panels, title=title, footer=footer, note=note, field=3.6,
                                  alike=list(PEERS), axis="officers")  # fmt: skip
    png.save(figure, to / "felt-violence.png", data=table, metadata=told,
             alt=interval_figure.in_words(table, labels, panels, title))  # fmt: skip
    bins = found["bins"]
    theories = list(dict.fromkeys(bins["theory"]))
    footer = Footer(int(len(theories) * replicates), seeds, version, "as_documented")
    figure = draw_f8(
        bins,
        theories={theory: THEORIES[theory].number for theory in theories},
        question=Question(AFTER, "officers out after 7 March", "officers"),
        dose=Dose("perceived hazard", "mean perceived hazard of a tour on 7 March (probability)", binned=True),
        footer=footer,
    )
    png.save(figure, to / "perceived-hazard.png", data=bins, metadata=told,
             alt="Officers out after 7 March against perceived hazard, in bins of worlds, by theory")  # fmt: skip


if __name__ == "__main__":
    carry_out(__file__, __doc__, tables, page, draw)
