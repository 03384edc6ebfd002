"""Which lever would have kept officers in, and when? `python experiments/pulled_levers/run.py`

Each lever is pulled as far as it goes, on three days of the record, alone and together with the others of whoever holds
them, in the same worlds that lived the record. Who wants out is shown beside who leaves: a locked door keeps nobody.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pandas as pd

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from experiments import interval_figure
from experiments.paired_options import (
    POSTERIOR,
    PRIOR,
    Option,
    basis,
    carry_out,
    cell,
    differences,
    documented,
    findings,
    hundredths,
    listed,
    live,
    named,
    provenance,
    reach,
    span,
    theories_of,
    under,
    verdict,
)
from experiments.study import CAUTION, as_filed, command, read_table, rows
from sim import text as words
from sim.analysis.lever_orders import HOLDER, LEVERS, OWN, farthest, standing
from sim.ensemble.cases.case import Case, settings_of
from sim.figures.drawing.layout import Footer
from sim.figures.provenance import png
from sim.model import MODEL_VERSION
from sim.model.events import Event
from sim.model.withdrawal import THEORIES

HERE = Path(__file__).parent
PULLED = {"accord": "accord_signed", "surge": "coordinated_attacks", "January": "court_ruling"}
"""When levers are pulled: on the date of which event of the record."""
SPOKEN = {"accord": "at the accord", "surge": "at the surge", "January": "in January"}
OUTCOMES = {
    "exits_in_surge": "officers out from 29 February to 7 March",
    "intents_in_surge": "officers who came to want out from 29 February to 7 March",
    "exits_after_record": "officers out after 7 March",
    "exits_by_end": "officers out by 31 July",
    "intents_by_end": "officers who came to want out by 31 July",
    "available_on_target": "officers available on 1 June",
}
END, WANT, TARGET = "exits_by_end", "intents_by_end", "available_on_target"
LOCKS = ("mandatory", "squad_opt_out")
"""Levers that say who may leave, whatever he wants; no bundle has them."""
PEOPLE = ("reserve",)
"""Levers that bring other officers, and keep none; no bundle has them."""
SENDER = "all of the sender"
TERMS = ("pay_escrow", "insurance", "evacuation", "rules_published")
HALF = 0.5
"""Of the officers who no longer leave, the share who still want out beyond which a lever is a lock."""
FILES = ("differences", "findings", "levers", "basis")
PAGE = """# Which lever would have kept officers in, and when?

`{wrote}` wrote this page: {runs} runs.

**Question.** In worlds in which the record happened: had a lever been pulled as far as it goes, {dates}, how many
officers fewer would have left in the surge, after the record and by the end of July, how many would have been there on
1 June, and had they been kept, or only locked in?

**Method.** The documented world is lived again in {replicates} kept worlds of each theory ({theories}; list
{digest}), with one lever pulled, under the same officers and the same luck. A later row of the record that writes the
same lever does not undo it. A number is the mean paired difference in officers with its 95 % interval; **bold** where
Holm's rule over all {family} comparisons of these worlds tells its side. A finding *holds* when all theories agree on a
side, *flips* when two contradict each other, and is *not discriminated* when at least one cannot tell. {none}

An officer is *kept* who no longer comes to want out; one who wants out and may not leave is *locked in*. So what a
lever does to intents stands beside what it does to exits, and a lever is a lock here where, under some theory, more
than half of the officers who no longer leave still want out.

## What follows

{said}

## The levers

{levers}

## Pulled at the accord, 1 March 2024

![{alt}](kept-officers.png)

{accord}

## When

What a lever does in the surge, after the record and to the contingent, and to exits and intents by the end, by the day
on which it is pulled: mean differences from the lowest to the highest of the theories. Each theory's with its interval
is in [differences.csv](differences.csv).

{when}

### Keeps, or locks the door

By day. *Keeps*: under every theory fewer want out and fewer leave; *locks*: fewer leave, and under some theory more
than half of them still want out; *drives*: more leave; *open*: theories disagree or cannot tell.

{kinds}

## The same on the prior

In {replicates} worlds of each theory as the prior ranges allow, whether or not the record happened in them (a family of
its own), pulled at the accord.

{prior}

## Limits

- That a lever works in this model is assumed, and so is how strongly: every size has a prior range and none has a
  source ([PARAMETERS.md](../../docs/PARAMETERS.md)). What is found is which of these assumptions lead where.
- A lever costs nothing here, and nobody refuses it; "as far as it goes" of one is no equal of that of another.
- A reserve brings other officers by its size, and a smaller first contingent needs fewer: neither keeps anybody.
- After the record every other lever stays as it stands (governments are scripted).
- Intervals are sampling error over worlds of this model. They say nothing about what the model leaves out.
- Stepping out is a legitimate choice. Fewer exits are not better for the officers who would have made it.

{caution}"""


def levers_of(case: Case) -> pd.DataFrame:
    """What is pulled: option, holder, text, and the levers with the level each is set to, as ``name=level``.

    A lever goes as far as it can (:func:`sim.analysis.lever_orders.farthest`).
    """
    settings, full = settings_of(case.theory), farthest(case)
    rows = []
    for name, level in full.items():
        text = settings[LEVERS + name].text.partition(":")[0] if level == 1 else f"{name.replace('_', ' ')}: {level:g}"
        rows.append([name, HOLDER.get(name, OWN), text, f"{name}={level:g}", settings[LEVERS + name].source])
    own = [name for name in full if name not in (*HOLDER, *LOCKS, *PEOPLE)]
    states = [*own, *(name for name, holder in HOLDER.items() if holder == "another government")]
    bundles = {
        "all terms": (TERMS, OWN, "all four terms at once"),
        SENDER: (own, OWN, "all that the sending government can do, no locks"),
        "all of governments": (states, "governments", "all that governments can do together, no locks"),
    }
    for option, (names, holder, text) in bundles.items():
        rows.append([option, holder, text, " ".join(f"{name}={full[name]:g}" for name in names), ""])
    return pd.DataFrame(rows, columns=["option", "holder", "text", "pulled", "source"])


def pulled(case: Case, levers: Mapping[str, float], day: date, label: str) -> Case:
    """The case with levers set on a day, and set again where a later row of its own table would undo that."""
    writes = tuple((LEVERS + name, "set", level) for name, level in levers.items())
    order = Event("pulled", writes, date=day, origin="player", text=label)
    return case.varied({}, f"{case.label} · {label}", standing(case, [order]))


def dates_of(case: Case) -> dict[str, date]:
    """The days on which levers are pulled, as the case's own event table has them."""
    dated = {event.id: event.date for event in case.events}
    return {when: day for when, event in PULLED.items() if (day := dated[event]) is not None}


def plan(mode: str, whens: Sequence[str] = tuple(PULLED)) -> tuple[Option, list[Option]]:
    """The documented world, and each lever pulled on each of these days."""
    base = documented(mode)
    first = next(iter(base.values()))
    nothing, days = Option({"when": "", "option": "nothing"}, base), dates_of(first)
    changed = []
    for when in whens:
        for row in levers_of(first).to_dict("records"):
            levels = {name: float(level) for name, level in (one.split("=") for one in row["pulled"].split())}
            cases = {
                theory: pulled(case, levels, days[when], f"{row['option']} {SPOKEN[when]}")
                for theory, case in base.items()
            }
            changed.append(Option({"when": when, "option": row["option"]}, cases))
    return nothing, changed


def tables(replicates: int, out: Path | None) -> dict[str, pd.DataFrame]:
    """All that the page says, by the name of its file."""
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in FILES}
    for mode, whens in ((POSTERIOR, list(PULLED)), (PRIOR, [next(iter(PULLED))])):
        nothing, changed = plan(mode, whens)
        runs = live([nothing, *changed], replicates, out)
        found = differences(nothing, changed, runs, list(OUTCOMES))
        parts["differences"].append(found.assign(mode=mode))
        parts["findings"].append(findings(found, ["when", "option", "outcome"]).assign(mode=mode))
        parts["basis"].append(basis([nothing, *changed], mode, replicates))
        if mode == POSTERIOR:
            parts["levers"].append(levers_of(next(iter(nothing.cases.values()))))
    return {name: as_filed(pd.concat(some, ignore_index=True)) for name, some in parts.items()}


def read_tables(folder: Path = HERE) -> dict[str, pd.DataFrame]:
    """The tables beside the page."""
    return {name: read_table(folder / f"{name}.csv") for name in FILES}


# The page


def page(found: Mapping[str, pd.DataFrame]) -> str:
    """The page, from the tables as their files have them."""
    theories, rests = theories_of(found), found["basis"]
    replicates = int(rests["replicates"].iloc[0])
    kept = found["differences"][found["differences"]["mode"] == POSTERIOR]
    left_out = [named(theory) for theory in THEORIES if theory not in theories]
    return PAGE.format(
        wrote=command(str(HERE / "run.py"), replicates=replicates), runs=f"{rests['case'].nunique() * replicates:,}",
        dates=listed([f"{SPOKEN[when]} (`{event}`)" for when, event in PULLED.items()]),
        replicates=f"{replicates:,}", theories=listed([named(theory) for theory in theories]),
        digest=rests["list"].iloc[0], family=f"{int(kept['p'].notna().sum()):,}",
        none=f"{listed(left_out)} {'has' if len(left_out) == 1 else 'have'} too few kept worlds to be asked."
        if left_out else "",
        said="\n".join(f"- {line}" for lines in what_keeps(found).values() for line in lines), levers=_levers(found),
        alt=interval_figure.in_words(*picture(found)), accord=_accord(found, theories), when=_when(found),
        kinds=_kinds(found),
        prior=_prior(found), caution=CAUTION,
    )  # fmt: skip


def of(
    found: Mapping[str, pd.DataFrame], name: str, outcome: str, when: str = "accord", mode: str = POSTERIOR
) -> pd.DataFrame:
    """The rows of one outcome, day and kind of worlds."""
    table = found[name]
    return table[(table["outcome"] == outcome) & (table["when"] == when) & (table["mode"] == mode)]


def called(found: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """What stands beside each lever."""
    return dict(zip(found["levers"]["option"], found["levers"]["text"], strict=True))


def _levers(found: Mapping[str, pd.DataFrame]) -> str:
    lines = [
        [row["text"], ", ".join(f"`{LEVERS}{one}`" for one in row["pulled"].split()), row["holder"]]
        for row in found["levers"].to_dict("records")
    ]
    return rows(["lever", "pulled to", "who holds it"], lines)


def _accord(found: Mapping[str, pd.DataFrame], theories: Sequence[str]) -> str:
    parts = []
    for outcome, spoken in OUTCOMES.items():
        some = of(found, "differences", outcome).set_index(["option", "theory"])
        said = of(found, "findings", outcome).set_index("option")
        before = [words.estimate(some.xs(theory, level="theory")["documented"].iloc[0]) for theory in theories]
        lines = [
            [text, *(cell(some.loc[(option, theory)]) for theory in theories), verdict(said.loc[option])]
            for option, text in called(found).items()
        ]
        head = ["lever", *map(named, theories), "finding"]
        table = rows(head, [["*documented*", *before, ""], *lines], right=range(1, 1 + len(theories)))
        parts.append(f"### {spoken[0].upper()}{spoken[1:]}\n\n{table}")
    return "\n\n".join(parts)


def _when(found: Mapping[str, pd.DataFrame]) -> str:
    parts = []
    for outcome, spoken in OUTCOMES.items():
        if outcome == "intents_in_surge":
            continue  # beside exits of these days, in the tables above
        tables = {when: of(found, "findings", outcome, when).set_index("option") for when in PULLED}
        lines = [
            [text, *(part for some in tables.values() for part in (span(some.loc[option]), verdict(some.loc[option])))]
            for option, text in called(found).items()
        ]
        head = ["lever", *(part for when in PULLED for part in (SPOKEN[when], "finding"))]
        parts.append(f"### {spoken[0].upper()}{spoken[1:]}, by day\n\n{rows(head, lines, right=(1, 3, 5))}")
    return "\n\n".join(parts)


def _kinds(found: Mapping[str, pd.DataFrame]) -> str:
    tables = [kinds(found, when) for when in PULLED]
    lines = [[text, *(table[option] for table in tables)] for option, text in called(found).items()]
    return rows(["lever", *(SPOKEN[when] for when in PULLED)], lines)


def _prior(found: Mapping[str, pd.DataFrame]) -> str:
    parts = []
    for outcome in (END, WANT, TARGET):
        here, there = (of(found, "findings", outcome, mode=mode).set_index("option") for mode in (POSTERIOR, PRIOR))
        lines = [
            [text, *(part for some in (here, there) for part in (span(some.loc[option]), verdict(some.loc[option])))]
            for option, text in called(found).items()
        ]
        head = [OUTCOMES[outcome], "worlds that lived the record", "finding", "prior", "finding"]
        parts.append(rows(head, lines, right=(1, 3)))
    return "\n\n".join(parts)


# What is found


def locked(found: Mapping[str, pd.DataFrame], when: str = "accord") -> pd.DataFrame:
    """Of the officers fewer out by 31 July, the share who still want out: a row a lever, a column a theory.

    Fewer may want out, too, because fewer comrades leave; below 0 are levers without which more want out than leave.
    """
    left, want = (
        of(found, "differences", name, when).pivot(index="option", columns="theory", values="difference")
        for name in (END, WANT)
    )
    return 1 - want / left.where(left < 0)


def kinds(found: Mapping[str, pd.DataFrame], when: str = "accord") -> dict[str, str]:
    """What each lever does to officers by 31 July: keeps, locks, drives, open, or nothing.

    It *keeps* where fewer leave and fewer want out under every theory, unless it *locks*: where under some theory more
    than half of the officers who no longer leave still want out. It *drives* out where more leave under every theory;
    *open* where theories disagree or cannot tell.
    """
    out, want = (of(found, "findings", name, when).set_index("option") for name in (END, WANT))
    shares, told = locked(found, when).max(axis=1), {}
    for option in called(found):
        left, wants = out.loc[option], want.loc[option]
        if left["finding"] == "no effect":
            told[option] = "nothing"
        elif left["finding"] != "holds":
            told[option] = "open"
        elif left["side"] > 0:
            told[option] = "drives"
        else:
            kept = wants["finding"] == "holds" and wants["side"] < 0 and shares[option] <= HALF
            told[option] = "keeps" if kept else "locks"
    return told


def ranking(found: Mapping[str, pd.DataFrame], when: str = "accord") -> pd.DataFrame:
    """Single levers that keep somebody in, best first by the mean over theories: option, then the rank by theory."""
    kind, bundles = kinds(found, when), _bundles(found)
    some = of(found, "differences", END, when)
    some = some[[kind[option] == "keeps" and option not in bundles for option in some["option"]]]
    table = some.pivot(index="option", columns="theory", values="difference")
    return table.rank().astype(int).assign(mean=table.mean(axis=1)).sort_values("mean", kind="stable")


def _bundles(found: Mapping[str, pd.DataFrame]) -> set[str]:
    return {row["option"] for row in found["levers"].to_dict("records") if len(row["pulled"].split()) > 1}


def what_keeps(found: Mapping[str, pd.DataFrame]) -> dict[str, list[str]]:
    """What the tables say, a sentence each, by what it is about: kept, first, partly, locks, drives, nothing, bundles,
    surge, when, days, target."""
    theories, text, kind = theories_of(found), called(found), kinds(found)
    ends, bundles = of(found, "findings", END).set_index("option"), _bundles(found)
    ranks, said = ranking(found), {}
    said["kept"] = [
        f"Pulled at the accord, {words.several(len(ranks), 'single lever')} of {len(kind) - len(bundles)} "
        f"{'keeps' if len(ranks) == 1 else 'keep'} officers in under every theory: fewer want out and fewer leave by "
        f"31 July{' (officers, from one theory to another): ' if len(ranks) else ''}"
        + listed([f"*{text[option]}* ({span(ends.loc[option])})" for option in ranks.index])
        + "."
    ]
    said["first"] = [" ".join(_firsts(found, ranks, theories))] if len(ranks) else []
    some = of(found, "differences", END)
    partly = []
    for option in text:
        told = some[(some["option"] == option) & (some["side"] == -1)]["theory"].tolist()
        if kind[option] == "open" and option not in bundles and told:
            partly.append(f"*{text[option]}* ({under(told, theories)})")
    said["partly"] = [f"Under some theories only, fewer leave with {listed(partly)}."] if partly else []
    said["locks"] = []
    for option in text:
        if kind[option] == "locks" and option not in bundles:
            shares, row = locked(found).loc[option].tolist(), ends.loc[option]
            said["locks"].append(
                f"{_first(text[option])} locks the door: {reach(-row['most'], -row['least'])} fewer leave by 31 July, "
                f"and {hundredths(shares)} of 100 of these want out all the same."
            )
    names = [f"*{text[option]}*" for option in text if kind[option] == "drives"]
    said["drives"] = [f"More leave under every theory with {listed(names)}."] if names else []
    names = [f"*{text[option]}*" for option in text if kind[option] == "nothing"]
    said["nothing"] = [f"No officer's leaving depends on {listed(names)}."] if names else []
    said["bundles"] = [
        f"With {text[option]}, {_share(found, option, END)} of 100 exits by 31 July would not have happened "
        f"({verdict(ends.loc[option])})."
        for option in text
        if option in bundles
    ]
    surge = of(found, "findings", "exits_in_surge").set_index("option")["mean"]
    open_doors = [option for option in text if kind[option] != "locks"]
    best = min(open_doors, key=lambda option: surge[option])
    said["surge"] = [
        f"In the surge itself, 29 February to 7 March, *{text[best]}* does most of all but locks when it is pulled at "
        f"the accord: {_share(found, best, 'exits_in_surge')} of 100 exits of these days would not have happened."
    ]
    means = {when: of(found, "findings", END, when).set_index("option")["mean"][SENDER] for when in PULLED}
    changes = listed([f"{words.estimate(mean, signed=True)} {SPOKEN[when]}" for when, mean in means.items()])
    which = "hardly matters" if _alike(list(means.values())) else "matters"
    others = [when for when in PULLED if kinds(found, when) != kind]
    same = "Each lever keeps, or locks, alike on all three days." if not others else (
        f"Some lever does another kind of thing {listed([SPOKEN[when] for when in others])}."
    )  # fmt: skip
    said["when"] = [
        f"Which of the three days {which}: *{text[SENDER]}* changes officers out by 31 July by {changes} "
        "(mean over theories)."
    ]
    said["days"] = [same]
    there = of(found, "findings", TARGET).set_index("option")
    single = [option for option in open_doors if option not in (*bundles, *PEOPLE)]
    best = max(single, key=lambda option: there.loc[option, "mean"])
    said["target"] = [
        f"On 1 June, of single levers that neither lock nor bring others, *{text[best]}* leaves most officers "
        f"available: {span(there.loc[best])} ({verdict(there.loc[best])})."
    ]
    return said


def _firsts(found: Mapping[str, pd.DataFrame], ranks: pd.DataFrame, theories: Sequence[str]) -> list[str]:
    """Which single lever is first, and which of the sending government's own."""
    text, ends = called(found), of(found, "findings", END).set_index("option")
    holder = dict(zip(found["levers"]["option"], found["levers"]["holder"], strict=True))
    first = ranks.index[0]
    top = [theory for theory in theories if ranks.loc[first, theory] == 1]
    where = under(top, theories) if top else "under no single theory"
    said = [f"First among single levers that keep is *{text[first]}* on average, and {where}."]
    own = [option for option in ranks.index if holder[option] == OWN]
    if own and own[0] != first:
        said.append(
            f"{holder[first][0].upper()}{holder[first][1:]} would have to grant it; of {OWN}'s own, "
            f"*{text[own[0]]}* is first on average ({span(ends.loc[own[0]])})."
        )
    return said


def _share(found: Mapping[str, pd.DataFrame], option: str, outcome: str) -> str:
    """Of 100 such officers in the documented world, so many fewer: from one theory to another."""
    some = of(found, "differences", outcome)
    row = some[some["option"] == option]
    return hundredths((-row["difference"] / row["documented"]).tolist())


def _first(text: str) -> str:
    """The name of a lever at the beginning of a sentence."""
    return f"*{text[0].upper()}{text[1:]}*"


def _alike(means: Sequence[float]) -> bool:
    """Whether dates differ by less than a tenth of what the lever does."""
    return max(means) - min(means) < 0.1 * max(map(abs, means))


# The picture


def picture(found: Mapping[str, pd.DataFrame]) -> interval_figure.Picture:
    """Data, rows, panels and title."""
    panels = {END: "Out by 31 July", WANT: "Came to want out by 31 July", TARGET: "Available on 1 June"}
    table = found["differences"]
    shown = table[(table["when"] == "accord") & (table["mode"] == POSTERIOR) & table["outcome"].isin(list(panels))]
    means = of(found, "findings", WANT).set_index("option")["mean"].sort_values(kind="stable")
    text, ranks = called(found), ranking(found)
    first = text[ranks.index[0]] if len(ranks) else ""
    title = ("In worlds of this model that lived the record, the single lever that keeps most officers in when it is "
             f"pulled at the accord is, on average over theories: {first}") if first else (
             "In worlds of this model that lived the record, no single lever pulled at the accord keeps officers in "
             "under every theory")  # fmt: skip
    return shown.assign(panel=shown["outcome"]), {option: text[option] for option in means.index}, panels, title


def draw(found: Mapping[str, pd.DataFrame], to: Path) -> None:
    """Draw it, with its data beside it."""
    rests = found["basis"]
    replicates, mark, seed = (rests[name].iloc[0] for name in ("replicates", "list", "root_seed"))
    shown = rests[(rests["mode"] == POSTERIOR) & (rests["when"].isin(["accord"]) | (rests["option"] == "nothing"))]
    footer = Footer(int(shown["case"].nunique() * replicates), f"{seed}, worlds of list {mark}",
                    f"model {MODEL_VERSION}", "as_documented, levers pulled at the accord")  # fmt: skip
    told = provenance(__file__, rests)
    table, labels, panels, title = picture(found)
    figure = interval_figure.draw(table, labels, panels, title=title, footer=footer, field=3.2, alike=(END, WANT))
    png.save(figure, to / "kept-officers.png", data=table, metadata=told,
             alt=interval_figure.in_words(table, labels, panels, title))  # fmt: skip


if __name__ == "__main__":
    carry_out(__file__, __doc__, tables, page, draw)
