"""F5: one case in time: sample runs, the central half of whole curves, one run brought out, and the events.

Cumulative and daily numbers stand in panels of their own, all from zero. The band is made of whole curves
(:mod:`sim.analysis.statistics.band_depth`), because quantiles taken day by day hide peaks that come on different days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim import text as words
from sim.analysis.statistics import trajectories as bundle
from sim.analysis.statistics.trajectories import Bundle
from sim.arrays import FloatArray
from sim.figures.drawing.layout import MARGIN, Footer, Page, page
from sim.figures.drawing.style import INK, LIMIT, SMALL, TEXT, context, height_of, width_of
from sim.figures.timeline import panels, strip
from sim.figures.timeline.panels import Third
from sim.figures.timeline.strip import Origin, ShownEvent

__all__ = ["RECORD_END", "Days", "Origin", "ShownEvent", "Third", "alt", "draw", "read", "table"]

RECORD_END = dt.date(2024, 3, 7)

_LEFT = 1.15  # inches, left of the panels
_WIDTH = _LEFT + panels.WIDTH + panels.LABELS + MARGIN
_HEAD, _BETWEEN, _DATES = 0.3, 0.2, 0.5  # a panel's name; the space to the next; the dates under the last
_OVER_KEY = 0.14

Days = pd.DataFrame | Bundle
"""A daily table, or what :func:`read` has made of it: arranging it takes longer than a panel to draw."""


def read(days: Days, third: Third = "perceived_hazard", played: int | None = None) -> Bundle:
    """The daily table of one case as curves, for whoever asks more than one thing of it; a bundle stays what it is."""
    if isinstance(days, Bundle):
        return days
    return bundle.read(days, ["out", "exits", third], full=["out", "exits"], played=played)


def draw(
    days: Days,
    *,
    pool: int,
    events: Sequence[ShownEvent],
    played_replicate: int | None = None,
    footer: Footer,
    third: Third = "perceived_hazard",
    tops: Mapping[str, float] | None = None,
    record_end: dt.date = RECORD_END,
    theory: str = "",
    worlds: str = "",
) -> Figure:
    """Draw the days of one case.

    Parameters
    ----------
    days
        One row a run and day: case, root_seed, replicate, day, out, exits and ``third``. Runs that lack a day
        are left out; a run's ``third`` may be missing where nobody is left to perceive it. Or what :func:`read` has
        made of it, for the same ``third`` and ``played_replicate``.
    pool
        Officers there are; the cumulative axis ends there.
    events
        What happens when; those outside the days are not shown.
    played_replicate
        The run drawn thick; ``None`` takes the most central one, and the label says so.
    third
        The series of the third panel.
    tops
        Upper ends of axes by column, for the same axes across figures; else the pool
        for ``out``, and what fits for the others.
    record_end
        Last documented day.
    theory, worlds
        The one that the case is under, and which worlds its runs are of, for the title.

    Raises
    ------
    ValueError
        As :func:`sim.analysis.statistics.trajectories.read` says, or where ``tops`` would cut a curve that is shown.
    """
    with context():
        data = read(days, third, played_replicate)
        record = _Split.of(data, record_end)
        below = strip.lay_out(events, data.days[0], data.days[-1], width=_WIDTH - 2 * MARGIN)
        shown = (panels.OUT, panels.EXITS, panels.THIRD[third])
        top = height_of(1, SMALL) + 0.08 if record else 0.0
        graphs = top + sum(_HEAD + series.height for series in shown) + _BETWEEN * 2 + _DATES
        body = graphs + (below.height + _OVER_KEY + below.key_height if below.entries else 0)
        sheet = page(_WIDTH, body, title=_title(data, pool, record, theory, worlds), footer=footer)
        limits = {"out": float(pool), **(tops or {})}
        for series in shown:
            axes = sheet.axes(_LEFT, top + _HEAD, panels.WIDTH, series.height)
            panels.draw(axes, series, data, pool=pool, top=limits.get(series.column), dated=series is shown[-1])
            if record:
                axes.axvline(record.x, color=INK, linewidth=1.1, linestyle=LIMIT, zorder=1.5, clip_on=False)
            top += _HEAD + series.height + _BETWEEN
        if record:
            _name_record(sheet, record, pool)
        if below.entries:
            span = panels.limits_of(data)
            strip.draw(sheet, below, left=_LEFT, top=graphs, width=panels.WIDTH, limits=span)
            strip.draw_key(sheet, below, top=graphs + below.height + _OVER_KEY)
        return sheet.figure


@dataclass(frozen=True, slots=True)
class _Split:
    """The record's end within the days shown: its place among them, and whether days follow it."""

    place: int
    date: dt.date
    fraction: float
    goes_on: bool

    @property
    def x(self) -> float:
        return float(self.date.toordinal())

    @classmethod
    def of(cls, data: Bundle, date: dt.date) -> _Split | None:
        if not data.days[0] <= date <= data.days[-1]:
            return None
        low, high = panels.limits_of(data)
        return cls(data.at(date), date, (date.toordinal() - low) / (high - low), date < data.days[-1])


def _title(data: Bundle, pool: int, record: _Split | None, theory: str, worlds: str) -> str:
    end = f"by {words.day(data.days[-1])}"
    numbers = f"{panels.out_on(data, len(data.days) - 1)} of {pool:,} officers out {end}"
    if record and record.goes_on:
        numbers = f"{panels.out_on(data, record.place)} of {pool:,} officers out when the record ends"
        numbers += f", {panels.out_on(data, len(data.days) - 1)} {end}"
    if data.has_band:
        return f"{words.model(theory, worlds)}, the most central half of the runs, as whole curves, has {numbers}"
    under = f" under {words.spoken(theory)}" if theory else ""
    under += f", {worlds}" if worlds else ""
    return f"In {'one run' if len(data.runs) == 1 else f'{len(data.runs)} runs'} of this model{under}: {numbers}"


def _name_record(sheet: Page, record: _Split, pool: int) -> None:
    """Say over the line what it is, and what holds to the right of it."""
    ends, after = f"record ends {words.day(record.date)}", "levers held →" if record.goes_on else ""
    x, y = _LEFT + record.fraction * panels.WIDTH, 1 - (sheet.top + height_of(1, SMALL)) / sheet.height
    pieces = [("right", -0.06, ends), ("left", 0.06, after)]
    if x - 0.06 - width_of(ends, SMALL) < MARGIN:
        pieces = [("left", 0.0, f"{ends}; then {after}" if after else ends)]
    elif x > _LEFT + width_of(panels.OUT.title(pool), TEXT, "bold") + 0.1:
        ends_at = 1 - (sheet.top + height_of(1, SMALL) + 0.08 + _HEAD) / sheet.height
        sheet.figure.add_artist(Line2D([x / sheet.width] * 2, [ends_at, y], color=INK, linewidth=1.1, linestyle=LIMIT))
    for side, shift, text in pieces:
        sheet.figure.text((x + shift) / sheet.width, y, text, ha=side, va="bottom", fontsize=SMALL, color=INK)


def table(
    days: Days,
    *,
    events: Sequence[ShownEvent] = (),
    played_replicate: int | None = None,
    third: Third = "perceived_hazard",
) -> pd.DataFrame:
    """The figure's data: one row a series and day, then one row an event.

    Columns: ``series`` (``out``, ``exits``, ``third``, or ``event``), ``day``, ``low`` and ``high`` (the band
    of the central half), ``deepest`` (the most central curve of that series) and ``deepest_replicate``,
    ``played`` and ``played_replicate``, then one column a sample run, ``run <root seed>/<replicate>``; for
    events ``origin`` and ``text``. Values are as in the daily table.
    """
    data = read(days, third, played_replicate)
    parts = []
    for name, curves in data.curves.items():
        band = data.centres[name]
        columns: dict[str, object] = {
            "series": name,
            "day": data.days,
            "low": band.low if data.has_band else np.nan,
            "high": band.high if data.has_band else np.nan,
            "deepest": curves[band.deepest],
            "deepest_replicate": data.runs[band.deepest][1],
            "played": curves[data.played],
            "played_replicate": data.runs[data.played][1],
        }
        samples: dict[str, FloatArray] = {f"run {data.runs[i][0]}/{data.runs[i][1]}": curves[i] for i in data.shown}
        parts.append(pd.DataFrame({**columns, **samples}))
    frame = pd.concat(parts, ignore_index=True).round(9)
    seen = [event for event in events if data.days[0] <= event.date <= data.days[-1]]
    rows = pd.DataFrame(
        {
            "series": "event",
            "day": [event.date for event in seen],
            "origin": [event.origin for event in seen],
            "text": [event.text for event in seen],
        },
    )
    frame = pd.concat([frame, rows.sort_values("day", kind="stable")], ignore_index=True)
    return frame.astype({"deepest_replicate": "Int64", "played_replicate": "Int64"})


def alt(
    days: Days,
    *,
    pool: int,
    events: Sequence[ShownEvent] = (),
    played_replicate: int | None = None,
    third: Third = "perceived_hazard",
    record_end: dt.date = RECORD_END,
    theory: str = "",
    worlds: str = "",
) -> str:
    """The figure in words: what the panels show, the finding, the run brought out, and how many events."""
    data = read(days, third, played_replicate)
    shown = (panels.OUT, panels.EXITS, panels.THIRD[third])
    names = "; ".join(panel.title(pool) for panel in shown)
    first, last = words.day(data.days[0]), words.day(data.days[-1])
    parts = [f"Timeline from {first} to {last} in three panels: {names}."]
    parts.append(f"{_title(data, pool, _Split.of(data, record_end), theory, worlds)}.")
    for panel in shown:
        parts += [f"{label.text[:1].upper()}{label.text[1:]}." for label in panels.labels_of(panel, data) if label.bold]
    if seen := [event for event in events if data.days[0] <= event.date <= data.days[-1]]:
        told = "; ".join(f"{words.short_day(e.date)}, {e.text}" for e in sorted(seen, key=lambda e: e.date))
        parts.append(f"{words.several(len(seen), 'event is', 'events are')} marked: {told}.")
    return " ".join(parts)
