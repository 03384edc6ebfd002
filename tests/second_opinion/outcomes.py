"""What a run comes to: the outcomes of the page (ODD 7.17), from what was collected day by day."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

from tests.second_opinion.theories import logistic

if TYPE_CHECKING:
    from tests.second_opinion.model import TutorialModel

NULL = math.nan
DEATHS = ("deaths_gang", "deaths_operations", "deaths_vigilantes")
TOGETHER = 3
KNOWABLE = 30


class Outcomes:
    """The outcomes of a model that has lived to its end."""

    def __init__(self, model: TutorialModel) -> None:
        self.model = model
        self.series = model.datacollector.model_vars
        self.start, self.end = model.settings.clock.start, model.settings.clock.end
        self.record_end = model.settings.clock.record_end

    def on(self, name: str, day: int) -> float:
        """A series on a day, null when the run does not include it."""
        return float(self.series[name][day - self.start]) if self.start <= day <= self.end else NULL

    def between(self, first: int, last: int, *names: str) -> float:
        """The sum of series over a window, null unless the run includes all of it."""
        if first < self.start or last > self.end:
            return NULL
        return float(sum(sum(self.series[name][first - self.start : last - self.start + 1]) for name in names))

    def together(self, shares: bool) -> float:
        """Most members of a squad who left within three days up to the record's end, or the largest share."""
        if not self.start <= self.record_end <= self.end:
            return NULL
        most = 0.0
        for number, squad in enumerate(self.model.squads):
            exits = [day[number] for day in self.series["squad_exits"][: self.record_end - self.start + 1]]
            for last in range(len(exits)):
                left = sum(exits[max(last - TOGETHER + 1, 0) : last + 1])
                most = max(most, left / len(squad) if shares else left)
        return most

    def all(self) -> dict[str, float]:
        """Every outcome by its name; NaN is null, dates are ordinals."""
        model, series, end, record_end = self.model, self.series, self.end, self.record_end
        surge = date(2024, 2, 29).toordinal()
        exits, reports = series["exits"], series["reports"]
        leavers, reported = float(sum(exits)), float(sum(reports))
        available = self.on("available", model.settings.clock.target_date)
        reserve, wanted = model.levers_on_target
        by_record_end = self.on("out", record_end)
        known = self.between(record_end - KNOWABLE + 1, record_end, "attacks") / KNOWABLE
        known *= logistic(model.settings.officers.baseline) / model.settings.gangs.reference_attacks
        return {
            "exits_before_surge": self.on("out", surge - 1),
            "exits_in_surge": self.between(surge, record_end, "exits"),
            "intents_in_surge": self.between(surge, record_end, "intents"),
            "exits_surge_month": self.between(surge, date(2024, 3, 31).toordinal(), "exits"),
            "exits_after_record": self.between(record_end + 1, end, "exits") if end > record_end else NULL,
            "exits_by_record_end": by_record_end,
            "exits_by_end": self.on("out", end),
            "intents_by_end": sum(series["intents"]),
            "share_out_by_record_end": by_record_end / len(model.officers),
            "share_out_by_end": leavers / len(model.officers),
            "peak_daily_exits": max(exits),
            "squads_fully_out": sum(squad.present == 0 for squad in model.squads),
            "max_squad_share_3d": self.together(shares=True),
            "squad_members_3d": self.together(shares=False),
            "largest_cascade": max(sum(exits[max(last - 2, 0) : last + 1]) for last in range(len(exits))),
            "first_report_date": self.start + reports.index(1) if reported else NULL,
            "withdrawal_reports": reported,
            "rumours": max(series["rumour"]),
            "reported_to_real": reported / leavers if leavers else NULL,
            "available_on_target": available + reserve,
            "target_shortfall": max(wanted - available - reserve, 0.0) if available == available else NULL,
            **{name: sum(series[name]) for name in ("attacks", *DEATHS, "civilian_harm")},
            "deaths_q4_2023": self.between(date(2023, 10, 2).toordinal(), date(2023, 12, 31).toordinal(), *DEATHS),
            "deaths_q1_2024": self.between(date(2024, 1, 1).toordinal(), date(2024, 3, 31).toordinal(), *DEATHS),
            "deaths_surge_week": self.between(surge, date(2024, 3, 6).toordinal(), *DEATHS),
            "control_share_end": self.on("control", end),
            "assurance_record_end": self.on("assurance", record_end),
            "perceived_hazard_record_end": self.on("perceived_hazard", record_end),
            "knowable_hazard": min(known, 1.0) if known == known else NULL,
        }
