"""``tabletop show``: the registers that everything rests on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sim.commands import flags

FORMS = click.Choice(["table", "csv", "json"])


@click.group(short_help="facts, parameters, scenarios, theories, outcomes, assumptions")
def command() -> None:
    """Show a register: what is documented, assumed, varied and asked.

    Example: tabletop show facts --use timeline --grade A
    """


_form = click.option("--as", "form", type=FORMS, default="table", show_default=True, help="How to print it.")


@command.command()
@click.option("--use", type=click.Choice(["initial", "timeline", "pattern", "context"]), help="Only facts of this use.")
@click.option("--grade", type=click.Choice(["A", "B", "C"]), help="Only facts of this grade.")
@_form
def facts(use: Any, grade: Any, form: str) -> None:
    """Documented facts with their sources, and where each enters the model.

    Example: tabletop show facts --use pattern
    """
    from sim.reports.registers import fact_rows

    _print(fact_rows(use, grade), form, "The record up to 7 March 2024")


@command.command()
@click.option("--role", type=click.Choice(["lever", "uncertainty", "constant"]), help="Only settings of this role.")
@click.option("--status", type=click.Choice(["documented", "derived", "assumed"]), help="Only settings of this status.")
@click.argument("key", required=False)
@flags.config_path
@_form
def parameters(role: str | None, status: str | None, key: str | None, config_path: Path | None, form: str) -> None:
    """Every setting: value, unit, bounds, prior range, role, status, source. KEY is a config group, or one setting.

    Example: tabletop show parameters media --status assumed
    """
    from sim.reports.registers import parameter_rows

    rows = parameter_rows(role, status, key, config_path)
    if form == "table" and len(rows) == 1:  # all that is known of one setting reads downwards
        rows = rows.T.reset_index().set_axis(["of the setting", "is"], axis=1)
        _print(rows, form, "Setting", counted=False)
        return
    _print(rows, form, "Settings")


@command.command()
@flags.config_path
@_form
def scenarios(config_path: Path | None, form: str) -> None:
    """Scenarios, and the rows in which each differs from the record.

    Example: tabletop show scenarios
    """
    from sim.reports.registers import scenario_rows

    _print(scenario_rows(config_path), form, "Scenarios")


@command.command()
@_form
def theories(form: str) -> None:
    """The rival theories of withdrawal.

    Example: tabletop show theories
    """
    from sim.reports.registers import theory_rows

    _print(theory_rows(), form, "Rival theories of withdrawal")


@command.command()
@click.option("--series", is_flag=True, help="The daily series instead.")
@_form
def outcomes(series: bool, form: str) -> None:
    """What every run is asked: name, type, unit, meaning.

    Example: tabletop show outcomes --as csv
    """
    from sim.reports.registers import outcome_rows

    _print(outcome_rows(series), form, "Daily series" if series else "Outcomes")


@command.command()
@flags.config_path
@_form
def assumptions(config_path: Path | None, form: str) -> None:
    """Settings and event sizes that no source gives: every result rests on them; and which findings on each most.

    Example: tabletop show assumptions
    """
    from sim.reports.registers import assumption_rows

    _print(assumption_rows(config_path), form, "Assumptions")


@command.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.argument("case", metavar="CASE")
@click.argument("world", metavar="WORLD")
@click.option("--root-seed", type=click.IntRange(min=0), help="Which family of luck, where the case has several.")
@click.option("--all", "everything", is_flag=True, help="Every setting that the world drew.")
@_form
def world(folder: Path, case: str, world: str, root_seed: int | None, everything: bool, form: str) -> None:
    """One world of a store: what it drew of all that nobody knows, what happened in it, and who left.

    WORLD is a number of the column replicate, with a future after a slash where it has several (17/2). csv and json
    print the settings alone.

    Example: tabletop show world outputs/worlds-0a1b2c3d 'as_documented · breach' 31
    """
    from sim.analysis.explain.divergence import find_case, find_run, find_runs
    from sim.analysis.explain.world_story import days_of_world, leavers_of_world, unknowns_of_world, world_number
    from sim.commands.screen import show_table
    from sim.ensemble.cases.run_numbers import run_name, run_numbers
    from sim.ensemble.store.store import Store

    store = Store.read(folder)
    chosen = find_case(store, case)
    row = find_run(find_runs(store, chosen, root_seed), world, "WORLD")
    run, seed = int(run_numbers(row.to_frame().T)[0]), int(row["root_seed"])
    unknowns = unknowns_of_world(chosen, seed, world_number(run))
    if form != "table":
        return show_table(unknowns, form)
    print(f"{chosen.label}, world {run_name(run)}, root seed {seed}: {_outline(row)}")
    if len(unknowns):
        shown = unknowns if everything else unknowns.head(FEW)
        more = "" if everything else f"; the {len(shown)} most unusual of {len(unknowns)}, --all shows the rest"
        show_table(_readable(shown), title=f"What it drew{more}")
    else:
        print("Its settings are fixed: nothing is drawn (unknowns=fixed).")
    show_table(days_of_world(chosen, run, seed), title="Its days with an event, an exit or a report")
    show_table(leavers_of_world(chosen, run, seed), title="Who left")
    return None


FEW = 15
"""Settings of a world that are shown unless all are asked for."""


def _outline(row: Any) -> str:
    """What became of a run, in a line."""
    from sim import text as words

    first = row["first_report_date"]
    told = (
        "no withdrawal reported" if str(first) in ("NaT", "None", "nan") else f"first report {words.day(first.date())}"
    )
    exits = row["exits_by_record_end"]
    out = "" if exits != exits or exits is None else f"{exits:.0f} officers out by the record's end, "
    return f"{out}{row['exits_by_end']:.0f} by its own; {told}"


def _readable(unknowns: Any) -> Any:
    """The table of settings as people read it: ranges in one column each."""
    from sim import text as words

    def span(low: Any, high: Any) -> list[str]:
        return ["" if a != a else words.span(a, b) for a, b in zip(low, high, strict=True)]

    table = unknowns[["setting", "value", "unit"]].copy()
    table["prior range"] = span(unknowns["low"], unknowns["high"])
    table["of 100 of the prior below"] = (100 * unknowns["quantile"]).round(0)
    table["middle half of kept worlds"] = span(unknowns["kept_lower"], unknowns["kept_upper"])
    return table.assign(meaning=unknowns["meaning"])


def _print(frame: Any, form: str, title: str, counted: bool = True) -> None:
    from sim.commands.screen import show_table

    show_table(frame, form, title=f"{title} ({len(frame)})" if counted else title)
