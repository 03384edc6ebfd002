"""``tabletop why``: why an officer left, where two paired runs part, and which cause drives exits."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from sim import text as words

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from sim.analysis.explain.attribution import AttributionReport
    from sim.analysis.explain.divergence import Parting
    from sim.analysis.explain.exit_story import Relived
    from sim.analysis.explain.story import Story
    from sim.ensemble.cases.case import Case
    from sim.ensemble.store.store import Store
    from sim.figures.why.draw import Pair

SHOWN = 12
"""Rows of a table, or names in a line, that are shown where there may be hundreds."""


class _Asked(NamedTuple):
    """What was typed, the store that it is asked of, and how to answer."""

    typed: list[str]
    store: Store
    form: str
    figures: bool


@click.command(short_help="why an officer left, where two runs part, which cause drives exits")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("case", metavar="CASE")
@click.argument("replicate", required=False)
@click.argument("officer", required=False)
@click.option("--against", metavar="CASE2", help="Another case: where its run of this replicate parts from this one.")
@click.option("--replicates", metavar="N", help="Runs of a case to attribute; all that the store has.")
@click.option(
    "--root-seed", type=int, metavar="SEED", help="Which luck, where the case was run under several root seeds."
)
@click.option("--figures/--no-figures", default=True, help="Draw the picture, or not.", show_default=True)
@click.option("--as", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True,
              help="How to print the table; csv and json print nothing else.")  # fmt: skip
def command(folder: Path, case: str, replicate: str | None, officer: str | None, **asked: Any) -> int:
    """Say why, from a store DIR. CASE is an id or a label, or a part of one.

    With OFFICER: what made up his perceived risk, when he came to want out, and without which cause he would not
    have. With REPLICATE alone: who left in that run. With --against: the day and the officer at which two paired runs
    part. With CASE alone: the share of its exits that vanishes when one cause is switched off under the same draws, and
    with a scenario the same under every theory in one table.

    Example: tabletop why outputs/worlds-0a1b2c3d 'as_documented · breach' 7 172
    """
    from sim.analysis.explain.divergence import find_case, find_run, find_runs
    from sim.analysis.named_world import find_world
    from sim.commands.screen import command_line
    from sim.ensemble.store.store import Store
    from sim.errors import UserMistake

    store = Store.read(folder)
    ask = _Asked(command_line(), store, asked["form"], asked["figures"])
    if replicate is None:
        if asked["against"] is not None:
            raise UserMistake("--against", asked["against"], "two runs are compared, so give REPLICATE as well")
        return _attribute(ask, find_world(store, case), asked["root_seed"], asked["replicates"])
    chosen = find_case(store, case)
    runs = find_runs(store, chosen, asked["root_seed"])
    seed = int(runs["root_seed"].iloc[0])
    if asked["replicates"] is not None:
        raise UserMistake("--replicates", asked["replicates"], "runs of a whole case; leave REPLICATE out, or this")
    row, pools = find_run(runs, replicate), [_pool(chosen)]
    if asked["against"] is not None:
        other = find_case(store, asked["against"], "--against")
        if other.id == chosen.id:
            raise UserMistake("--against", asked["against"], "the same case; name another one")
        if (chosen.mode, chosen.luck_seed(seed)) != (other.mode, other.luck_seed(seed)):
            right = f"a case of unknowns={chosen.mode}; runs of {other.mode} are no pairs with these"
            raise UserMistake("--against", asked["against"], right)
        find_run(find_runs(store, other, seed), replicate)
        pools.append(_pool(other))
    who = None if officer is None else _whole("OFFICER", officer, min(pools))
    if asked["against"] is not None:
        return _part(ask, (chosen, other), _number(row), seed, who)
    return _explain(ask, chosen, row, who)


def _explain(ask: _Asked, case: Case, row: pd.Series[Any], officer: int | None) -> int:
    """One officer of one run, or all who left in it."""

    from sim.analysis.explain.exit_story import live_again
    from sim.commands.screen import show_table
    from sim.ensemble.cases.run_numbers import run_name
    from sim.figures.why.draw import finding
    from sim.reports.exit_tables import how, leavers, without_causes

    story, relived = live_again(case, _number(row), int(row["root_seed"]), officer)
    _compare_with_store(relived, row)
    if officer is None:
        table, title = (
            leavers(story, relived),
            "who left, and the causes without which he would have stayed, or left later",
        )
    else:
        table, title = without_causes(story), "the same run without one cause"
    if ask.form == "table":
        print(f"{case.label}, replicate {run_name(story.run)}, root seed {story.root_seed}\n{finding(story)}.")
        if officer is not None:
            said, parts = how(story)
            print("\n".join(said))
            show_table(parts, title="what multiplied his perceived odds of harm")
        elif kept := list(((relived.intent[:, 0] > 0) & (relived.left[:, 0] == 0)).nonzero()[0]):
            print(f"{len(kept):,} more came to want out and did not leave: {_some(kept)}")
    show_table(table, ask.form, title=title)
    if ask.figures:
        _draw(ask, story)
    return 0


def _part(ask: _Asked, cases: tuple[Case, Case], run: int, seed: int, officer: int | None) -> int:
    """Where two paired runs part."""
    from sim.analysis.explain.divergence import part
    from sim.analysis.explain.exit_story import live_again
    from sim.commands.screen import show_table
    from sim.ensemble.cases.run_numbers import run_name
    from sim.figures.why.draw import Pair
    from sim.figures.why.figure import name_beside

    parting = part(*cases, run, seed)
    if ask.form == "table":
        print(f"{cases[0].label} against {cases[1].label}, replicate {run_name(run)}, root seed {seed}")
        _say_parting(parting)
    rows = parting.rows.assign(officer=parting.rows["officer"].where(parting.rows["officer"] >= 0).astype("Int64"))
    show_table(rows, ask.form, title="what differs, from which day on; of officers, the one who differs most")
    if ask.form == "table" and len(parting.fates):
        title = f"officers whose fate differs, and how it does at first ({len(parting.fates):,})"
        show_table(parting.fates.head(SHOWN), title=title)
    if ask.figures and parting.day is not None:
        who = parting.first_officer() if officer is None else officer
        first, second = (live_again(case, run, seed, who)[0] for case in cases)
        _draw(ask, first, Pair(second, name_beside(*cases), parting.day, str(parting.rows["what"].iloc[0])))
    return 0


def _say_parting(parting: Parting) -> None:
    print(f"The cases differ in {_some(list(parting.settings))}.")
    if parting.day is None:
        print("The two runs never part: every number is the same on every evening.")
        return
    row = parting.rows.iloc[0]
    which = f" of officer {row['officer']}" if row["officer"] >= 0 else ""
    first, second = (words.number(row[name], digits=4) for name in ("first", "second"))
    values = f"{row['what']}{which} is {first} in the one and {second} in the other"
    when = "before their first day" if parting.from_start else f"on {words.day(parting.day)}"
    print(f"They part {when}: {values}.")
    for _, own in parting.rows[parting.rows["what"] == "perceived hazard"].iterrows():
        gap = words.number(own["second"] - own["first"], signed=True)
        print(f"First perceived hazard to differ: {words.day(own['day'])}, that of officer {own['officer']} the most "
              f"({gap} logits; {own['others']:,} others differ that day).")  # fmt: skip
    for _, fate in parting.fates.head(1).iterrows():
        print(f"First officer whose fate differs: {fate['officer']}, on {words.day(fate['day'])}: {fate['first']} in "
              f"the one, {fate['second']} in the other.")  # fmt: skip


def _attribute(ask: _Asked, cases: tuple[Case, ...], root_seed: int | None, count: str | None) -> int:
    """The share of the exits that vanishes without each cause, of one case, or of a world under all its theories.

    Theories are set side by side like with like: the same replicates of each, or as many of its own worlds where these
    are what each theory has kept. What the store lacks is run.
    """
    import numpy as np
    import pandas as pd

    from sim.analysis.explain import attribution
    from sim.analysis.explain.divergence import find_runs
    from sim.commands.screen import show_table
    from sim.ensemble.cases.run_numbers import run_numbers

    runs = {case.id: find_runs(ask.store, case, root_seed) for case in cases}
    seeds = {int(table["root_seed"].iloc[0]) for table in runs.values()}
    if len(seeds) > 1:
        from sim.errors import UserMistake

        raise UserMistake(
            "--root-seed", None, f"its cases were run under {', '.join(map(str, sorted(seeds)))}; name one"
        )
    numbers = {case: sorted(run_numbers(table).tolist()) for case, table in runs.items()}
    common = sorted(set.intersection(*map(set, numbers.values())))
    if not any(case.unknowns.bank for case in cases):
        numbers = dict.fromkeys(numbers, common)
    most = min(map(len, numbers.values()))
    most = most if count is None else _whole("--replicates", count, most + 1, 1)
    numbers = {case: some[:most] for case, some in numbers.items()}
    (seed,) = seeds
    tables = {}
    store, reports = _fill(ask, cases, numbers, seed)
    for case in cases:
        kept = store.table(attribution.TABLE, cases=[case.id])
        some = runs[case.id][np.isin(run_numbers(runs[case.id]), numbers[case.id])]
        tables[case.theory] = attribution.shares(some, kept[kept["root_seed"] == seed])
    (first, *others), whole = cases, pd.concat([t.assign(theory=name) for name, t in tables.items()], ignore_index=True)
    if not others:
        show_table(
            tables[first.theory], ask.form, title=f"{first.label}: share of the exits that vanishes without one cause"
        )
    elif ask.form != "table":
        show_table(whole[["theory", *(name for name in whole if name != "theory")]], ask.form)
    else:
        title = f"{first.scenario}: of 100 exits, how many vanish without one cause (95 % interval); "
        which = "kept worlds of each" if first.unknowns.bank else "replicates, the same of each"
        show_table(attribution.side_by_side(tables), title=f"{title}{most:,} {which}")
    if ask.form == "table":
        end = date.fromisoformat(str(first.values["clock.end"]))
        print(attribution.sentence_of_theories(first.scenario, tables, end) if others else
              attribution.sentence(first, tables[first.theory]))  # fmt: skip
        if others:
            print(attribution.how_off())
        computed, found = (sum(getattr(one, name) for one in reports) for name in ("computed", "found"))
        print(f"{words.several(computed, 'run')} computed, {found:,} known already; store: {store.folder}")
    failures = [failure for report in reports for failure in report.failures]
    for cause, run, message in failures[:SHOWN]:
        print(f"tabletop: run failed: without {cause}, replicate {run}: {message}", file=sys.stderr)
    return 3 if failures else 0


def _fill(
    ask: _Asked, cases: tuple[Case, ...], runs: Mapping[str, list[int]], seed: int
) -> tuple[Store, list[AttributionReport]]:
    """Run what the store's table of attribution lacks of these cases, and note it."""
    from sim.analysis.explain.attribution import TABLE, fill
    from sim.analysis.explain.causes import counterfactuals
    from sim.api import open_store
    from sim.commands.screen import progress
    from sim.ensemble.execution.provenance import provenance

    store, reports = open_store(ask.store.folder), []
    started = datetime.now(UTC)
    try:
        with progress(sum(len(runs[case.id]) * len(counterfactuals(case)) for case in cases)) as advance:
            for case in cases:
                reports.append(fill(case, runs[case.id], seed, store, advance))
    finally:
        finished = len(reports) == len(cases)
        store.note_invocation({
            "command": ask.typed, "cases": [case.id for case in cases], "root_seed": seed, "tables": [TABLE],
            "only": {case.id: runs[case.id] for case in cases},
            "rule": f"attribution: {max(map(len, runs.values()))} replicates",
            "computed": sum(one.computed for one in reports) if finished else None,
            "failed": sum(len(one.failures) for one in reports) if finished else None, "finished": finished,
            **provenance(),
            "started": started.isoformat(timespec="milliseconds"),
            "seconds": (datetime.now(UTC) - started).total_seconds(),
        })  # fmt: skip
    return store, reports


def _draw(ask: _Asked, story: Story, pair: Pair | None = None) -> None:
    """F7 into the store's folder of figures for the case."""
    from sim.commands.screen import say_pictures
    from sim.figures.store_contents import folders_of
    from sim.figures.why.figure import picture
    from sim.reports.picture_index import write as write_index

    path = picture(story, pair).save(ask.store.figures(folders_of(ask.store)[story.case.id]), ask.typed)
    write_index(ask.store)
    if ask.form == "table":
        say_pictures([path])


def _compare_with_store(relived: Relived, row: pd.Series[Any]) -> None:
    """Say so where the run does not come out as it was stored, as another machine's may not."""
    mine = {"exits_by_end": (relived.left[:, 0] > 0).sum(), "intents_by_end": (relived.intent[:, 0] > 0).sum()}
    if gaps := [f"{name} {mine[name]}, stored {row[name]:.0f}" for name in mine if mine[name] != row[name]]:
        print(f"tabletop: this run comes out differently here than in the store ({'; '.join(gaps)}): another NumPy "
              "or processor made it", file=sys.stderr)  # fmt: skip


def _whole(key: str, typed: str, end: int | None = None, first: int = 0) -> int:
    from sim.errors import UserMistake

    if typed.strip().isdecimal() and int(typed) >= first and (end is None or int(typed) < end):
        return int(typed)
    raise UserMistake(key, typed, f"a whole number from {first}" + (f" to {end - 1}" if end is not None else ""))


def _number(row: pd.Series[Any]) -> int:
    from sim.ensemble.cases.run_numbers import FUTURES

    return int(row["replicate"]) + int(row["future"]) * FUTURES


def _pool(case: Case) -> int:
    return int(str(case.values["officers.pool"]))


def _some(names: list[Any]) -> str:
    return ", ".join(map(str, names[:SHOWN])) + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")
