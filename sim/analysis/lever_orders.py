"""Levers as orders: how far each can be pulled, who decides it, and what makes an order stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sim.ensemble.cases.case import Case, settings_of
from sim.model.events import TARGETS, Event

LEVERS = "levers."
"""How the names of levers begin, among settings as among what events write."""

OWN = "the sending government"
HOLDER = {"foreign_troops": "another government", "us_support": "another government", "gang_truce": "the gangs"}
"""Who decides a lever; all others are the sending government's, with those who pay for the mission."""


def farthest(case: Case) -> dict[str, float]:
    """Each lever that an event may write, by its bare name, with the level to which it can be pulled.

    A lever goes as far as its bounds where these are 0 to 1, else to the end of its prior range that is farther from
    where it stands.
    """
    settings, full = settings_of(case.theory), {}
    for key in TARGETS:
        if key.startswith(LEVERS):
            given, setting = float(str(case.values[key])), settings[key]
            low, high = (0, 1) if setting.bounds == (0, 1) else setting.prior or (given, given)
            full[key.removeprefix(LEVERS)] = high if high - given > given - low else low
    return full


def standing(case: Case, orders: Sequence[Event]) -> list[Event]:
    """Orders about levers that stand: each is given again where a later row of the case's own table would undo it.

    The record's row of 6 March 2024, in which the United States decline, writes foreign troops; an order of 1 March
    alone would end with it.

    Parameters
    ----------
    orders
        Dated events. What they write besides levers is written once.

    Returns
    -------
    All of them, and after each those of its own that repeat it; to be added to the case, whose rows come first on a
    day.
    """
    told = []
    for order in orders:
        told.append(order)
        for row in case.events:
            own = {target for target, *_ in row.writes}
            undone = tuple(write for write in order.writes if write[0] in own and write[0].startswith(LEVERS))
            if undone and row.date is not None and order.date is not None and row.date >= order.date:
                told.append(replace(order, id=f"{order.id}_{row.id}", writes=undone, date=row.date))
    return told
