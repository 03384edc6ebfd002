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
    """Settings and event sizes that no source gives: every result rests on them.

    Example: tabletop show assumptions
    """
    from sim.reports.registers import assumption_rows

    _print(assumption_rows(config_path), form, "Assumptions")


def _print(frame: Any, form: str, title: str, counted: bool = True) -> None:
    from sim.commands.screen import show_table

    show_table(frame, form, title=f"{title} ({len(frame)})" if counted else title)
