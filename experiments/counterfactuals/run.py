"""Which documented event, and which cause, drove officers out? `python experiments/counterfactuals/run.py`

Each event of the record is taken out of the documented world, one at a time, and the three causes that come together in
the first days of March (violence, departure that comes near, unclear plans) are switched off alone and in every
combination, in the same worlds that lived the record and in worlds drawn from the prior.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from math import factorial
from pathlib import Path

import pandas as pd

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from experiments import interval_figure
from experiments.paired_options import (
    MODES,
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
    still,
    theories_of,
    under,
    verdict,
)
from experiments.study import CAUTION, as_filed, command, read_table, rows
from sim import text as words
from sim.analysis.explain.causes import CAUSES, without
from sim.analysis.statistics.intervals import Mean
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.event_tables import read_events
from sim.figures.drawing.layout import Footer
from sim.figures.provenance import png
from sim.model import MODEL_VERSION
from sim.model.withdrawal import THEORIES

HERE = Path(__file__).parent
OUTCOMES = {
    "exits_surge_month": "from 29 February to 31 March",
    "exits_by_record_end": "by 7 March",
    "exits_by_end": "by 31 July",
}
SURGE = next(iter(OUTCOMES))
END = list(OUTCOMES)[-1]
TOGETHER = ("violence", "imminence", "ambiguity")
"""What came together between 29 February and 7 March, so that the date of the first report cannot tell them apart."""
CALLED = {"violence": "news of violence", "imminence": "departure that comes near", "ambiguity": "unclear plans"}
AT_RISK = "officers.selected"
"""Without the event that writes it nobody is at risk, so nobody can leave: it is shown and not ranked."""
GROUPS = {
    "all attacks": ("gangs.documented_attacks", "every documented attack, with its news"),
    "all announcements": ("kenya.imminence", "everything that moved Kenya's departure nearer or farther"),
}
"""Events that are taken out together: by what they write."""
FILES = ("differences", "findings", "still", "shapley", "events", "basis")
PAGE = """# Which event, and which cause, drove officers out?

`{wrote}` wrote this page: {runs} runs.

**Question.** In worlds in which the record happened: had one documented event not happened, how many officers fewer
(or more) would have left? And of the three things that came together in the first days of March, news of violence, a
departure that came near, and plans that were unclear, which one moved them?

**Method.** The documented world is lived again in {replicates} kept worlds of each theory ({theories}; list
{digest}), with one event of its table switched off at a time (`scenario.events.NAME.happens=false`), under the same
officers and the same luck. A number is the mean paired difference in officers with its 95 % interval; **bold** where
Holm's rule over all {family} comparisons of these worlds tells its side. A finding *holds* when all theories agree on a
side, *flips* when two contradict each other, and is *not discriminated* when at least one cannot tell. {none}

## What follows

That month is 29 February to 31 March.

{said}

## Each event removed: officers out {surge}

![{alt_events}](without-events.png)

{events}

{risk}

## By the record's end, and by the end of July

{later}

## Would the record still have happened?

Of 100 kept worlds in so many every pattern of the record still holds without the event (with it in all of them).

{record}

## Three causes taken apart

Each cause is held at its reference, the state of the start, by the model's own switch: {switches}. That the first
report fell into 1 to 11 March (pattern C2) says nothing about which of them it was, since all three moved in that week.
All eight combinations are run; a cause's *part* is its Shapley value, the mean over the orders in which causes can be
switched off of what it takes away, so that parts add up to what all three take away together. *Alone* is what it takes
away as the only one, *last* what it takes away when the two others are off already.

![{alt_causes}](without-causes.png)

{causes}

{leader}

## The same on the prior

In {replicates} worlds of each theory as the prior ranges allow, whether or not the record happened in them (a family of
its own):

{prior}

## Limits

- An event is removed, and nothing else is put in its place: nobody in the model does anything else because of it before
  the record's end. What an event stands for in the world may be more than the levels that it writes here.
- Events that come one after the other stand in for each other: of two attacks on two days, each may do little alone.
  The rows of events that are removed together show that; single rows need not add up.
- News of violence is more than the documented attacks: gangs' own attacks go on where these are removed, and the switch
  takes both away.
- A switch holds a cause from the first day on, so it moves who is left on 29 February, too.
- Intervals are sampling error over worlds of this model. They say nothing about what the model leaves out.
- The record was known when the model was written, and gives no number of withdrawals.

{caution}"""


def without_events(case: Case, names: Sequence[str]) -> Case:
    """The case with rows of its own event table switched off, as ``scenario.events.NAME.happens=false`` does it."""
    assert case.table is not None
    table = {name: row for name, row in case.table.items() if name not in names}
    typed = " · ".join(f"scenario.events.{name}.happens=false" for name in names)
    return replace(case, table=table, events=read_events(table, case.values), label=f"{case.label} · {typed}")


def events_of(case: Case) -> pd.DataFrame:
    """The documented events, or sets of them, that are removed: option, kind, date, text, names."""
    assert case.table is not None
    rows = [["event", name, str(row["date"]), row["text"], name] for name, row in case.table.items()]
    for group, (target, text) in GROUPS.items():
        names = [event.id for event in case.events if target in [write[0] for write in event.writes]]
        rows.append(["events", group, "", text, " ".join(names)])
    return pd.DataFrame(rows, columns=["kind", "option", "date", "text", "names"])


def plan(mode: str) -> tuple[Option, list[Option]]:
    """The documented world, and everything beside it."""
    base = documented(mode)
    nothing = Option({"kind": "nothing", "option": "nothing"}, base)
    removed = events_of(next(iter(base.values())))
    changed = [
        Option({"kind": row["kind"], "option": row["option"]},
               {theory: without_events(case, row["names"].split()) for theory, case in base.items()})
        for row in removed.to_dict("records")
    ]  # fmt: skip
    return nothing, [*changed, *(Option({"kind": "causes", "option": "+".join(names)}, held(base, names))
                                 for names in sets_of(TOGETHER))]  # fmt: skip


def sets_of(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every set of names but the empty one."""
    for size in range(1, len(names) + 1):
        yield from combinations(names, size)


def held(base: Mapping[str, Case], names: Sequence[str]) -> dict[str, Case]:
    """The cases with these causes switched off; a cause that a theory does not have changes nothing."""
    causes, cases = {cause.name: cause for cause in CAUSES}, dict(base)
    for name in names:
        cases = {theory: without(case, causes[name]) or case for theory, case in cases.items()}
    return cases


def shapley(nothing: Option, changed: Sequence[Option], runs: pd.DataFrame) -> pd.DataFrame:
    """The part of each of the three causes in the exits, theory by theory.

    Returns
    -------
    theory, outcome, cause; exits (the documented mean), all (officers fewer without all three), part, low, high (the
    Shapley value with its 95 % interval), alone, last; told: whether it is apart from the next largest part, by the 95
    % interval of the paired difference.
    """
    of_case = dict(iter(runs.groupby("case")))
    told = []
    for theory, base in nothing.cases.items():
        for outcome in (SURGE, END):
            exits = {frozenset[str](): _by_world(of_case[base.id], outcome)}
            for option in changed:
                if option.keys["kind"] == "causes":
                    names = frozenset(option.keys["option"].split("+"))
                    exits[names] = _by_world(of_case[option.cases[theory].id], outcome)
            parts = {cause: part_of(cause, exits) for cause in TOGETHER}
            whole = frozenset(TOGETHER)
            order = sorted(parts, key=lambda cause: -parts[cause].mean())
            for cause in TOGETHER:
                mean = Mean.of(parts[cause].to_numpy())
                after = order[order.index(cause) + 1 :]
                apart = Mean.of((parts[cause] - parts[after[0]]).to_numpy()).interval().excludes_zero if after else None
                ends = mean.interval()
                told.append({
                    "theory": theory, "outcome": outcome, "cause": cause, "exits": exits[frozenset()].mean(),
                    "all": (exits[frozenset()] - exits[whole]).mean(), "part": mean.value, "low": ends.low,
                    "high": ends.high, "alone": (exits[frozenset()] - exits[frozenset([cause])]).mean(),
                    "last": (exits[whole - {cause}] - exits[whole]).mean(), "told": apart,
                })  # fmt: skip
    return pd.DataFrame(told)


def part_of(cause: str, exits: Mapping[frozenset[str], pd.Series]) -> pd.Series:
    """The Shapley value of a cause in each world; ``exits`` are by the set of causes that are switched off."""
    names = frozenset().union(*exits)
    part, n = 0.0 * exits[frozenset()], len(names)
    for off in exits:
        if cause not in off:
            weight = factorial(len(off)) * factorial(n - len(off) - 1) / factorial(n)
            part = part + weight * (exits[off] - exits[off | {cause}])
    return part


def _by_world(runs: pd.DataFrame, outcome: str) -> pd.Series:
    return runs.groupby("replicate")[outcome].mean().astype(float)


def tables(replicates: int, out: Path | None) -> dict[str, pd.DataFrame]:
    """All that the page says, by the name of its file."""
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in FILES}
    for mode in MODES:
        nothing, changed = plan(mode)
        if mode == PRIOR:  # what is beside the answer: each event alone
            changed = [option for option in changed if option.keys["kind"] != "causes"]
        runs = live([nothing, *changed], replicates, out)
        found = differences(nothing, changed, runs, list(OUTCOMES) if mode == POSTERIOR else [SURGE])
        parts["differences"].append(found.assign(mode=mode))
        parts["findings"].append(findings(found, ["kind", "option", "outcome"]).assign(mode=mode))
        parts["basis"].append(basis([nothing, *changed], mode, replicates))
        if mode == POSTERIOR:
            parts["still"].append(still(changed, runs))
            parts["shapley"].append(shapley(nothing, changed, runs))
            case = next(iter(nothing.cases.values()))
            writes = {event.id: [write[0] for write in event.writes] for event in case.events}
            removed = events_of(case)
            ranked = [not any(AT_RISK in writes[n] for n in names.split()) for names in removed["names"]]
            parts["events"].append(removed.assign(ranked=ranked))
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
    causes = {cause.name: cause for cause in CAUSES}
    return PAGE.format(
        wrote=command(str(HERE / "run.py"), replicates=replicates), runs=f"{rests['case'].nunique() * replicates:,}",
        replicates=f"{replicates:,}", theories=listed([named(theory) for theory in theories]),
        digest=rests["list"].iloc[0], family=f"{int(kept['p'].notna().sum()):,}",
        none=f"{listed(left_out)} {'has' if len(left_out) == 1 else 'have'} too few kept worlds to be asked."
        if left_out else "",
        said="\n".join(f"- {line}" for lines in what_drives(found).values() for line in lines), surge=OUTCOMES[SURGE],
        alt_events=interval_figure.in_words(*events_picture(found)),
        alt_causes=interval_figure.in_words(*causes_picture(found)),
        events=_events(found, theories), risk=_risk(found), later=_later(found, theories),
        record=_record(found, theories),
        switches=listed([f"{CALLED[name]} (`{next(iter(causes[name].off))}=0`)" for name in TOGETHER]),
        causes=_causes(found["shapley"], theories), leader="\n".join(f"- {line}" for line in taken_apart(found)),
        prior=_prior(found, theories), caution=CAUTION,
    )  # fmt: skip


def _of(found: Mapping[str, pd.DataFrame], name: str, outcome: str, mode: str = POSTERIOR) -> pd.DataFrame:
    table = found[name]
    return table[(table["outcome"] == outcome) & (table["mode"] == mode) & (table["kind"] != "causes")]


def events_called(found: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """What stands beside each event."""
    called = {}
    for row in found["events"].to_dict("records"):
        when = "" if pd.isna(row["date"]) else f" ({words.short_day(pd.Timestamp(row['date']).date())})"
        called[row["option"]] = f"{row['text']}{when}"
    return called


def _events(found: Mapping[str, pd.DataFrame], theories: Sequence[str]) -> str:
    some = _of(found, "differences", SURGE).set_index(["option", "theory"])
    said = _of(found, "findings", SURGE).set_index("option")
    lines = [
        [called, f"`{option}`", *(cell(some.loc[(option, theory)]) for theory in theories), verdict(said.loc[option])]
        for option, called in events_called(found).items()
    ]
    before = [words.estimate(some.xs(theory, level="theory")["documented"].iloc[0]) for theory in theories]
    head = ["without", "event", *map(named, theories), "finding"]
    right = range(2, 2 + len(theories))
    return rows(head, [["*officers out in the documented world*", "", *before, ""], *lines], right)


def _risk(found: Mapping[str, pd.DataFrame]) -> str:
    names = [f"`{row['option']}`" for row in found["events"].to_dict("records") if not row["ranked"]]
    return (f"{listed(names)} makes officers be at risk at all: without it nobody can leave, by construction. It is in "
            "the table and neither drawn nor ranked.") if names else ""  # fmt: skip


def _later(found: Mapping[str, pd.DataFrame], theories: Sequence[str]) -> str:
    lines = []
    for option, called in events_called(found).items():
        cells: list[str] = []
        for outcome in list(OUTCOMES)[1:]:
            one = _of(found, "findings", outcome).set_index("option").loc[option]
            cells += [span(one), verdict(one)]
        lines.append([called, *cells])
    head = ["without", *(part for name in list(OUTCOMES)[1:] for part in (f"officers out {OUTCOMES[name]}", "finding"))]
    return ("Mean differences, from the lowest to the highest of the theories; each theory's with its interval is in\n"
            "[differences.csv](differences.csv).\n\n" + rows(head, lines, right=(1, 3)))  # fmt: skip


def _record(found: Mapping[str, pd.DataFrame], theories: Sequence[str]) -> str:
    some = found["still"].set_index(["option", "theory"])
    lines = []
    for option, called in events_called(found).items():
        of = [some.loc[(option, theory)] for theory in theories]
        lines.append([called, *(words.hundredth(row["lived"] / row["worlds"]) for row in of)])
    return rows(["without", *map(named, theories)], lines, right=range(1, 1 + len(theories)))


def _causes(table: pd.DataFrame, theories: Sequence[str]) -> str:
    lines = []
    for outcome in (SURGE, END):
        for theory in theories:
            some = table[(table["theory"] == theory) & (table["outcome"] == outcome)].set_index("cause")
            first = some.iloc[0]
            cells = []
            for cause in TOGETHER:
                of = some.loc[cause]
                ends = words.interval(of["low"], of["part"], of["high"]) if not pd.isna(of["low"]) else None
                part = f"{ends[1]} ({ends[0]} to {ends[2]})" if ends else words.estimate(of["part"])
                cells.append(f"{part}; alone {words.estimate(of['alone'])}, last {words.estimate(of['last'])}")
            lines.append([OUTCOMES[outcome], named(theory), words.estimate(first["exits"]),
                          words.estimate(first["all"]), *cells])  # fmt: skip
    head = ["officers out", "theory", "documented", "fewer without all three", *(CALLED[cause] for cause in TOGETHER)]
    return rows(head, lines, right=(2, 3, 4, 5, 6))


def _prior(found: Mapping[str, pd.DataFrame], theories: Sequence[str]) -> str:
    here = _of(found, "findings", SURGE).set_index("option")
    there = _of(found, "findings", SURGE, PRIOR).set_index("option")
    lines = [[called, span(here.loc[option]), verdict(here.loc[option]), span(there.loc[option]),
              verdict(there.loc[option])] for option, called in events_called(found).items()]  # fmt: skip
    head = [f"without (officers out {OUTCOMES[SURGE]})", "worlds that lived the record", "finding", "prior", "finding"]
    return rows(head, lines, right=(1, 3))


# What is found


def what_drives(found: Mapping[str, pd.DataFrame]) -> dict[str, list[str]]:
    """What the tables say of events, a sentence each, by what it is about: single, holds, groups, record."""
    theories, called = theories_of(found), events_called(found)
    events = found["events"].set_index("option")
    single = [option for option, row in events.iterrows() if row["kind"] == "event" and row["ranked"]]
    some = _of(found, "differences", SURGE)
    some = some[some["option"].isin(single)]
    tops: dict[str, list[str]] = {}
    sizes: dict[str, list[float]] = {}
    for theory in theories:
        of = some[some["theory"] == theory]
        top = of.loc[of["difference"].idxmin()]
        if top["side"] == -1:
            tops.setdefault(top["option"], []).append(theory)
            sizes.setdefault(top["option"], []).append(-top["difference"])
    said: dict[str, list[str]] = {"single": [], "holds": [], "groups": [], "record": []}
    for option, of in tops.items():
        said["single"].append(
            f"Of single events *{called[option]}* takes most officers out in that month {under(of, theories)}: without "
            f"it {reach(min(sizes[option]), max(sizes[option]))} fewer leave on average."
        )
    holds = _of(found, "findings", SURGE)
    holds = holds[holds["option"].isin(single)]
    for side, word in ((-1, "fewer"), (1, "more")):
        names = holds[(holds["finding"] == "holds") & (holds["side"] == side)].sort_values("mean", key=abs)["option"]
        if len(names):
            said["holds"].append(f"Without {_either(list(names)[::-1], called)} {word} officers leave in that month "
                        f"under every theory.")  # fmt: skip
    if not ((holds["finding"] == "holds") & (holds["side"] == 1)).any():
        said["holds"].append("There is no event without which more officers would leave under every theory.")
    for group in GROUPS:
        row = _of(found, "findings", SURGE).set_index("option").loc[group]
        of = _of(found, "differences", SURGE)
        of = of[of["option"] == group]
        shares = (-of["difference"] / of["documented"]).tolist()
        said["groups"].append(
            f"Without {called[group]}, {hundredths(shares)} of 100 exits of that month would not have happened "
            f"({verdict(row)})."
        )
    share = found["still"].assign(share=found["still"]["lived"] / found["still"]["worlds"])
    mean = share[share["option"].isin(single)].groupby("option")["share"].agg(["min", "max", "mean"])
    least = mean["mean"].idxmin()
    of = [words.hundredth(mean.loc[least, end]) for end in ("min", "max")]
    span = of[0] if of[0] == of[1] else f"{of[0]} to {of[1]}"
    said["record"].append(
        f"The record hangs most on *{called[least]}*: without it, it would still have happened in {span} of 100 of "
        "these worlds, by theory."
    )
    return said


def _either(options: Sequence[str], called: Mapping[str, str]) -> str:
    """Up to three of them by name."""
    names = [f"*{called[option]}*" for option in options[:3]]
    more = f" or one of {words.several(len(options) - 3, 'other event')}" if len(options) > 3 else ""
    return (", ".join(names) + more) if more or len(names) < 2 else f"{', '.join(names[:-1])} or {names[-1]}"


def taken_apart(found: Mapping[str, pd.DataFrame]) -> list[str]:
    """What the tables say of the three causes, a sentence each: what all of them leave, and each leading one."""
    theories, said = theories_of(found), []
    for outcome in (SURGE, END):
        table = found["shapley"][found["shapley"]["outcome"] == outcome]
        whole = (table["all"] / table["exits"]).groupby(table["theory"]).first()
        off = "all three" if said else listed([CALLED[cause] for cause in TOGETHER])
        said.append(
            f"Without {off}, {hundredths(whole.tolist())} of 100 exits {OUTCOMES[outcome]} would not have happened, by "
            f"theory; the largest part has {_leaders(table, theories)}."
        )
    return said


def _leaders(table: pd.DataFrame, theories: Sequence[str]) -> str:
    """Which cause has the largest part under which theories, and how many of 100 exits that is."""
    leaders: dict[str, list[tuple[str, float, bool]]] = {}
    for theory in theories:
        top = table[table["theory"] == theory].sort_values("part", ascending=False).iloc[0]
        told = str(top["told"]) == "True"  # a column that holds nulls, too, is of words when it is read
        leaders.setdefault(top["cause"], []).append((theory, top["part"] / top["exits"], told))
    parts = []
    for cause, of in leaders.items():
        unsure = [theory for theory, _, told in of if not told]
        which = f" {under(unsure, theories)}" if len(unsure) < len(of) else ""
        apart = f"; not told apart from the next{which}" if unsure else ""
        where, shares = under([theory for theory, *_ in of], theories), [share for _, share, _ in of]
        parts.append(f"{CALLED[cause]} {where} ({hundredths(shares)} of 100 exits{apart})")
    return listed(parts)


# Pictures


def events_picture(found: Mapping[str, pd.DataFrame]) -> interval_figure.Picture:
    """Data, rows, panels and title of the picture of events."""
    ranked = set(found["events"].loc[found["events"]["ranked"], "option"])
    mean = _of(found, "findings", SURGE).set_index("option")["mean"].sort_values()
    called = events_called(found)
    labels = {option: called[option] for option in mean.index if option in ranked}
    table = _of(found, "differences", SURGE)
    top = next(option for option in labels if found["events"].set_index("option").loc[option, "kind"] == "event")
    row = _of(found, "findings", SURGE).set_index("option").loc[top]
    title = (f"In worlds of this model that lived the record, the one event without which fewest leave in the surge's "
             f"month, on average over theories, is: {called[top]} ({span(row)} officers, by theory)")  # fmt: skip
    shown = table[table["option"].isin(list(labels))].assign(panel=SURGE)
    return shown, labels, {SURGE: f"Officers out {OUTCOMES[SURGE]}"}, title


def causes_picture(found: Mapping[str, pd.DataFrame]) -> interval_figure.Picture:
    """The same of the three causes: their parts, as officers fewer."""
    table = found["shapley"]
    sides = [-1 if low > 0 else 1 if high < 0 else None for low, high in zip(table["low"], table["high"], strict=True)]
    shown = table.assign(option=table["cause"], panel=table["outcome"], difference=-table["part"], low=-table["high"],
                         high=-table["low"], side=sides)  # fmt: skip
    panels = {outcome: f"Officers out {OUTCOMES[outcome]}" for outcome in (SURGE, END)}
    some = table[table["outcome"] == SURGE]
    tops = some.loc[some.groupby("theory", sort=False)["part"].idxmax()]
    theories = theories_of(found)
    named_tops = [f"{CALLED[cause]} {under(of['theory'].tolist(), theories)}"
                  for cause, of in tops.groupby("cause", sort=False)]  # fmt: skip
    title = ("In worlds of this model that lived the record, the largest of three causes of exits in the surge's month "
             f"is {listed(named_tops)}")  # fmt: skip
    return shown, {cause: CALLED[cause] for cause in TOGETHER}, panels, title


def draw(found: Mapping[str, pd.DataFrame], to: Path) -> None:
    """Draw both, each with its data beside it."""
    rests = found["basis"]
    replicates, mark = int(rests["replicates"].iloc[0]), rests["list"].iloc[0]
    kept, seed = rests[rests["mode"] == POSTERIOR], rests["root_seed"].iloc[0]
    notes = {
        "causes": "A cause's part (Shapley value) in officers out, as the officers fewer that it stands for, in worlds "
        "that lived the record, with its 95 % interval (sampling error alone). Filled: that is on one side of 0.",
        "events": interval_figure.NOTE,
    }
    shown = {"events": events_picture(found), "causes": causes_picture(found)}
    told = provenance(__file__, rests)
    for name, (table, labels, panels, title) in shown.items():
        kind = kept["kind"] == "causes"
        count = int(kept.loc[kind if name == "causes" else ~kind, "case"].nunique() * replicates)
        footer = Footer(
            count, f"{seed}, worlds of list {mark}", f"model {MODEL_VERSION}", f"as_documented, {name} taken out"
        )
        figure = interval_figure.draw(table, labels, panels, title=title, footer=footer, note=notes[name],
                                      field=5.4 if name == "events" else 3.6)  # fmt: skip
        png.save(figure, to / f"without-{name}.png", data=table, metadata=told,
                 alt=interval_figure.in_words(table, labels, panels, title))  # fmt: skip


if __name__ == "__main__":
    carry_out(__file__, __doc__, tables, page, draw)
