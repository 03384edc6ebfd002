"""The days and windows of days that outcomes look at."""

from __future__ import annotations

from datetime import date

SURGE = date(2024, 2, 29)
"""First day of the coordinated attacks (fact ``coordinated_attacks``)."""
SURGE_MONTH = (date(2024, 2, 29), date(2024, 3, 31))
"""The surge and what is left of March, where levers of the accord's day can be seen; held after the record's end."""
SURGE_WEEK = (date(2024, 2, 29), date(2024, 3, 6))
QUARTER_4_2023 = (date(2023, 10, 2), date(2023, 12, 31))
"""The quarter from the mandate on; the record's own figure counts from 1 October (fact ``killed_q4_2023``)."""
QUARTER_1_2024 = (date(2024, 1, 1), date(2024, 3, 31))
"""Fact ``killed_q1_2024``; the part after the record's end is played with levers held."""
CASCADE_DAYS = 3
"""Exits within so many days, today and the two before, count as leaving together."""
KNOWABLE_DAYS = 30
"""Days of attacks that the knowable hazard looks back on."""
