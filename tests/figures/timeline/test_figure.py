"""F5 from a store: which events it shows, and that its data show them too."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

import sim
from sim.figures.timeline.figure import shown_events
from sim.model.events import Condition, Event
from tests.worlds import FIXED

START, END, DAY = date(2024, 2, 15), date(2024, 3, 20), timedelta(days=1)
"""Of the short worlds."""


def test_events_from_the_first_day_to_the_last_are_shown(short) -> None:
    days = (START - DAY, START, date(2024, 3, 1), END, END + DAY)
    dated = [Event(f"e{day}", (("levers.pay_escrow", "set", 1.0),), date=day, text=f"on {day}") for day in days]
    if_ever = Event("if", (("levers.pay_escrow", "set", 1.0),), when=Condition("exits", True, 5.0))
    shown = shown_events(short(events=[*dated, if_ever]))
    assert [event.text for event in shown] == [f"on {day}" for day in days[1:4]]


def test_an_event_without_a_text_says_what_it_writes(short) -> None:
    writes = (("levers.pay_escrow", "set", 1.0), ("kenya.slips", "add", 1.0))
    (shown,) = shown_events(short(events=[Event("bare", writes, date=START)]))
    assert shown.text == "set levers.pay_escrow 1, add kenya.slips 1"


def test_the_data_beside_it_list_the_events_that_it_shows(tmp_path) -> None:
    settings = {"officers.pool": 40, "clock.start": START.isoformat(), "clock.end": END.isoformat()}
    runs = sim.run(theory="breach", replicates=3, settings=settings, overrides=[FIXED], out=tmp_path / "store")
    (path,) = runs.plot("F5", folder=tmp_path)
    table = pd.read_csv(path.with_suffix(".csv"), low_memory=False)
    events = table[table["series"] == "event"]
    assert "coordinated attacks" in " ".join(events["text"])
    assert events["day"].between(START.isoformat(), END.isoformat()).all()
    assert set(table["series"]) == {"out", "exits", "perceived_hazard", "event"}
