"""The frame of a run: its clock, and the ensemble around it (which is no part of a world)."""

from __future__ import annotations

from sim.settings.parameter import constant, rows

# fmt: off
CLOCK = rows(
    "clock",
    # role    name           unit    bounds prior status
    constant( "start",       "date", None, None, "documented",
        "first day of a run", "the day of the mandate", ("res_2699",), kind="date", structural=True),
    constant( "record_end",  "date", None, None, "documented",
        "last day of the documented record", facts=("withdrawal_report",), kind="date", structural=True),
    constant( "target_date", "date", None, None, "assumed",
        "day on which the force is counted", "a date the table asks about", kind="date", structural=True),
    constant( "end",         "date", None, None, "assumed",
        "last day of a run", "leaves the table five months", kind="date", structural=True),
)

UNKNOWNS = rows(
    "unknowns",
    # role    name    unit bounds prior status
    constant( "mode", "",  None,  None, "assumed",
        "the unknown: fixed (as conf has it), prior (each world draws it), posterior (worlds that lived the record)",
        kind="choice", choices=("fixed", "prior", "posterior"), structural=True),
)

ENSEMBLE = rows(
    "ensemble",
    # role    name               unit             bounds            prior status
    constant( "replicates",      "runs a case",   (1, 100_000_000), None, "assumed",
        "draws of luck per case", kind="int"),
    constant( "root_seed",       "",              (0, 2**63 - 1),   None, "assumed",
        "names the family of luck", kind="int"),
    constant( "first_replicate", "",              (0, 2**31 - 1),   None, "assumed",
        "number of the first replicate", kind="int"),
    constant( "days",            "",              None,             None, "assumed",
        "keep the daily series as well", kind="bool"),
    constant( "block",           "runs",          (1, 65_536),      None, "assumed",
        "runs stepped together; never changes a result", kind="int"),
    constant( "officers",        "",              None,             None, "assumed",
        "keep a row an officer as well; the runs take twice as long", kind="bool"),
    constant( "states",          "",              None,             None, "assumed",
        "keep what daily series leave out as well, Kenya's phase and blocked intents; the runs take twice as long",
        kind="bool"),
    constant( "unknowns",        "",              None,             None, "assumed",
        "keep the value of each drawn setting as well; they can be computed at any time", kind="bool"),
    constant( "until",           "the outcome's", (0, 1e9),         None, "assumed",
        "add replicates until the 95 % interval of the mean is at most this far from it in every case; 0: do not"),
    constant( "outcome",         "",              None,             None, "assumed",
        "the outcome that ensemble.until looks at", kind="text"),
    constant( "cap",             "runs a case",   (1, 100_000_000), None, "assumed",
        "with ensemble.until, never more replicates than these", kind="int"),
)
