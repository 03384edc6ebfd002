"""What is told of withdrawals: reports, denials and rumour."""

from __future__ import annotations

from operator import attrgetter

import numpy as np

from sim.arrays import FloatArray
from sim.outcomes.entry import Outcome, Series
from sim.outcomes.watched import Watched


def _first_report(watched: Watched) -> FloatArray:
    reported = watched.series("reports") > 0
    return np.where(reported.any(axis=0), watched.start + reported.argmax(axis=0), np.nan)


def _reported_to_real(watched: Watched) -> FloatArray:
    exits = watched.on("out", watched.end)
    return np.where(exits > 0, watched.total("reports") / np.maximum(exits, 1), np.nan)


OUTCOMES = (
    Outcome("first_report_date", "date", "date", "first day on which a withdrawal is reported; null if never",
            _first_report, label="first day on which a withdrawal is reported",
            asked="has {} first report of a withdrawal", led="{} first report of a withdrawal"),
    Outcome("withdrawal_reports", "count", "days", "days with a published report of withdrawals",
            lambda watched: watched.total("reports"), does="has {} days with a report"),
    Outcome("rumours", "level", "reference news", "highest level of rumour",
            lambda watched: watched.series("rumour").max(axis=0), asked="has {} peak of rumour",
            led="{} peak of rumour"),
    Outcome("reported_to_real", "level", "reports/exit", "withdrawal_reports / exits_by_end; null without exits",
            _reported_to_real, label="days with a report for each officer who left",
            asked="has {} ratio of reports to exits", led="{} ratio of reports to exits"),
)  # fmt: skip

SERIES = (
    Series("media", "level", "reference news", "news and rumour that reach officers; 1 is the reference",
           attrgetter("state.media")),
    Series("rumour", "level", "reference news", "the part of it that is rumour", attrgetter("state.rumour")),
    Series("reports", "count", "0 or 1", "a withdrawal is reported today", attrgetter("state.report")),
    Series("denials", "count", "0 or 1", "a report is denied today", attrgetter("state.denied")),
)  # fmt: skip
