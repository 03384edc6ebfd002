"""``tabletop show``: the registers that everything rests on."""

from __future__ import annotations

from typing import Any

import click

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
@click.argument("group", required=False)
@_form
def parameters(role: str | None, status: str | None, group: str | None, form: str) -> None:
    """Every setting: value, unit, bounds, prior range, role, status, source. GROUP narrows to one config group.

    Example: tabletop show parameters media --status assumed
    """
    from sim.reports.registers import parameter_rows

    _print(parameter_rows(role, status, group), form, "Settings")


@command.command()
@_form
def scenarios(form: str) -> None:
    """Scenarios, and the rows in which each differs from the record.

    Example: tabletop show scenarios
    """
    from sim.reports.registers import scenario_rows

    _print(scenario_rows(), form, "Scenarios")


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
@_form
def assumptions(form: str) -> None:
    """Settings and event sizes that no source gives: every result rests on them.

    Example: tabletop show assumptions
    """
    from sim.reports.registers import assumption_rows

    _print(assumption_rows(), form, "Assumptions")


def _print(frame: Any, form: str, title: str) -> None:
    from sim.commands.screen import show_table

    show_table(frame, form, title=f"{title} ({len(frame)})")
