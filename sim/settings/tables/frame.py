"""The frame of a run: its clock, and the ensemble around it (which is no part of a world)."""

from __future__ import annotations

from sim.settings.parameter import Parameter


def _date(name: str, text: str, source: str = "", facts: tuple[str, ...] = ()) -> Parameter:
    return Parameter(
        f"clock.{name}",
        "date",
        None,
        None,
        "constant",
        "documented" if facts else "assumed",
        source,
        text,
        facts,
        kind="date",
        structural=True,
    )


CLOCK: tuple[Parameter, ...] = (
    _date("start", "first day of a run", "the day of the mandate", ("res_2699",)),
    _date("record_end", "last day of the documented record", "", ("withdrawal_report",)),
    _date("target_date", "day on which the force is counted", "a date the table asks about"),
    _date("end", "last day of a run", "leaves the table five months"),
)

ENSEMBLE: tuple[Parameter, ...] = (
    Parameter(
        "ensemble.replicates",
        "runs a case",
        (1, 100_000_000),
        None,
        "constant",
        "assumed",
        "",
        "draws of luck per case",
        kind="int",
    ),
    Parameter(
        "ensemble.root_seed",
        "",
        (0, 2**63 - 1),
        None,
        "constant",
        "assumed",
        "",
        "names the family of luck",
        kind="int",
    ),
    Parameter(
        "ensemble.first_replicate",
        "",
        (0, 2**31 - 1),
        None,
        "constant",
        "assumed",
        "",
        "number of the first replicate",
        kind="int",
    ),
    Parameter("ensemble.days", "", None, None, "constant", "assumed", "", "keep the daily series as well", kind="bool"),
    Parameter(
        "ensemble.block",
        "runs",
        (1, 65_536),
        None,
        "constant",
        "assumed",
        "",
        "runs stepped together; never changes a result",
        kind="int",
    ),
    Parameter(
        "ensemble.officers",
        "",
        None,
        None,
        "constant",
        "assumed",
        "",
        "keep a row an officer as well; the runs take twice as long",
        kind="bool",
    ),
    Parameter(
        "ensemble.until",
        "the outcome's",
        (0, 1e9),
        None,
        "constant",
        "assumed",
        "",
        "add replicates until the 95 % interval of the mean is at most this far from it in every case; 0: do not",
    ),
    Parameter(
        "ensemble.outcome",
        "",
        None,
        None,
        "constant",
        "assumed",
        "",
        "the outcome that ensemble.until looks at",
        kind="text",
    ),
    Parameter(
        "ensemble.cap",
        "runs a case",
        (1, 100_000_000),
        None,
        "constant",
        "assumed",
        "",
        "with ensemble.until, never more replicates than these",
        kind="int",
    ),
)
