"""The panels of a timeline: one series each, with sample runs, band, the run brought out, and labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sim import text as words
from sim.analysis.statistics.trajectories import Bundle
from sim.arrays import FloatArray
from sim.ensemble.cases.run_numbers import run_name
from sim.figures.drawing.dates import write_dates
from sim.figures.drawing.style import BLUE, INK, QUIET, RULE, SKY, SMALL, apart, bare, height_of, wrap

WIDTH = 6.25  # inches, of each panel
LABELS = 1.9  # inches right of it, for words
_NEAR = 0.1  # from a panel to its words
_DASHES = (0, (3, 1.5))


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: a column of the daily table, its name, its height in inches, and how it is drawn.

    ``whole`` marks counts, ``daily`` events a day.
    """

    column: str
    name: str
    height: float
    whole: bool = False
    daily: bool = False

    def title(self, pool: int) -> str:
        """The name over the panel."""
        return self.name.format(pool=f"{pool:,}")


OUT = Panel("out", "officers out, of {pool}", 2.7, whole=True)
EXITS = Panel("exits", "officers leaving, per day", 1.35, whole=True, daily=True)
THIRD: dict[str, Panel] = {
    "perceived_hazard": Panel(
        "perceived_hazard",
        "perceived hazard of a 12-month tour, probability (mean of the officers still in)",
        1.35,
    ),
    "media": Panel("media", "media attention (1 = reference)", 1.35),
}
Third = Literal["perceived_hazard", "media"]


def limits_of(data: Bundle) -> tuple[float, float]:
    """Ends of the axis of days; a single day gets half a day on either side."""
    first, last = data.days[0].toordinal(), data.days[-1].toordinal()
    return (float(first), float(last)) if last > first else (first - 0.5, last + 0.5)


def out_on(data: Bundle, place: int) -> str:
    """How many are out on a day: in the central half where there is one, else in all runs."""
    band, curves = data.centres["out"], data.curves["out"]
    low, high = (band.low, band.high) if data.has_band else (curves.min(axis=0), curves.max(axis=0))
    return words.span(float(low[place]), float(high[place]))


def draw(axes: Axes, panel: Panel, data: Bundle, *, pool: int, top: float | None, dated: bool) -> None:
    """Draw one panel: its curves, its axis from zero to ``top`` or what fits, its name and its labels.

    ``dated`` panels have their dates below them.
    """
    most = reach(panel, data)
    _curves(axes, panel, data)
    if top is not None and most > top * (1 + 1e-9):
        raise ValueError(f"tops: {panel.column} ends at {top}, below {most}")
    axes.set(xlim=limits_of(data), ylim=(0, top if top is not None else most * 1.06 or 1))
    bins, steps = 4 if panel.height < 2 else 5, [1, 2, 2.5, 5, 10]
    axes.yaxis.set_major_locator(MaxNLocator(bins, steps=steps, integer=panel.whole, min_n_ticks=2))
    axes.yaxis.set_major_formatter(lambda value, _: words.number(round(value, 9)))
    axes.grid(axis="y")
    bare(axes, keep=("left", "bottom"))
    write_dates(axes, data.days[0], data.days[-1], words=dated)
    over = 1 + 0.07 / panel.height
    axes.text(0, over, panel.title(pool), transform=axes.transAxes, va="bottom", fontweight="bold")
    _write_labels(axes, panel, labels_of(panel, data))


def reach(panel: Panel, data: Bundle) -> float:
    """The largest value that the panel shows, in the unit of its axis."""
    curves = data.curves[panel.column]
    seen = [curves[list(data.shown)].ravel(), curves[data.played]]
    if data.has_band:
        seen.append(data.centres[panel.column].high)
    return float(np.nanmax(np.concatenate(seen), initial=0))


def _curves(axes: Axes, panel: Panel, data: Bundle) -> None:
    """Sample runs, the band of the central half and the played run over both.

    What happens per day is drawn as bars over steps, since lines through counts of 0, 1, 0 hide the rest.
    """
    x = np.array([day.toordinal() for day in data.days], dtype=float)
    curves, band = data.curves[panel.column], data.centres[panel.column]
    low, high, played = band.low, band.high, curves[data.played]
    shown = curves[list(data.shown)]
    steps: Literal["steps-mid", "default"] = "steps-mid" if panel.daily else "default"
    thin, alpha = (0.5, 0.35) if panel.daily else (0.7, 1.0)
    for values in shown if len(data.runs) > 1 else ():
        _line(axes, x, values, "sample", color=RULE, linewidth=thin, alpha=alpha, drawstyle=steps, zorder=2)
    if data.has_band:
        step: Literal["mid"] | None = "mid" if panel.daily else None
        axes.fill_between(x, low, high, color=SKY, alpha=0.4, linewidth=0, step=step, zorder=1, clip_on=False)
        dashes = "-" if panel.daily else _DASHES
        for edge in (high,) if panel.daily else (low, high):
            _line(axes, x, edge, "band", color=BLUE, linewidth=0.9, linestyle=dashes, drawstyle=steps, zorder=3)
    if panel.daily:
        some, wide = played > 0, min(0.8 * 72 * WIDTH / len(x), 6)
        bars = axes.vlines(x[some], 0, played[some], color=INK, linewidth=wide, zorder=4, clip_on=False)
        bars.set_gid("played")
    else:
        _line(axes, x, played, "played", color=INK, linewidth=2.2, marker="o" if len(x) == 1 else "", zorder=4)


def _line(axes: Axes, x: FloatArray, y: FloatArray, gid: str, **look: Any) -> None:
    axes.plot(x, y, gid=gid, clip_on=False, **look)


@dataclass(frozen=True, slots=True)
class Label:
    """Words in the right margin: the value they stand beside, and whether a curve ends there to join to."""

    value: float
    text: str
    bold: bool = False
    joined: bool = True


def labels_of(panel: Panel, data: Bundle) -> list[Label]:
    """What the right margin says about the curves of a panel, each at the height where its curve ends."""
    curves = data.curves[panel.column]
    if panel is OUT:
        return _who_is_who(curves, data)
    return _most(curves[data.played], data) if panel is EXITS else _last(curves[data.played], panel, data)


def _who_is_who(curves: FloatArray, data: Bundle) -> list[Label]:
    """The run brought out, the band and the thin runs, told where they end."""
    band, count = data.centres[OUT.column], len(data.runs)
    end, replicate = float(curves[data.played, -1]), run_name(data.runs[data.played][1])
    who = "played run" if data.chosen or count == 1 else "most central run"
    labels = [Label(end, f"{who} (replicate {replicate}): {words.number(end)} out", bold=True)]
    if data.has_band:
        text = f"most central half of the {count:,} runs, as whole curves: {out_on(data, len(data.days) - 1)}"
        labels.append(Label(float(band.low[-1] + band.high[-1]) / 2, text))
    if count > 1:
        part = "all" if count == len(data.shown) else f"{len(data.shown)} of the"
        less = f" ({data.left_out} incomplete left out)" if data.left_out else ""
        labels.append(Label(float(curves[list(data.shown), -1].max()), f"thin: {part} {count:,} runs{less}"))
    return labels


def _most(played: FloatArray, data: Bundle) -> list[Label]:
    """The worst day of the run brought out."""
    if not played.any():
        return [Label(0, "nobody leaves in this run", bold=True, joined=False)]
    day = int(played.argmax())
    text = f"most in one day of this run: {words.number(float(played[day]))}"
    text += f", on {words.short_day(data.days[day])}"
    return [Label(float(played[day]), text, bold=True, joined=False)]


def _last(played: FloatArray, panel: Panel, data: Bundle) -> list[Label]:
    """The last value of the run brought out; none where it never has one."""
    there = np.flatnonzero(~np.isnan(played))
    if not there.size:
        return []
    value, day = float(played[there[-1]]), int(there[-1])
    text = f"this run on {words.short_day(data.days[day])}: {words.number(float(f'{value:.2g}'))}"
    return [Label(value, text, bold=True, joined=day == len(played) - 1)]


def _write_labels(axes: Axes, panel: Panel, labels: list[Label]) -> None:
    """Write the labels right of the panel, moved apart, each with a line to where its curve ends."""
    high = axes.get_ylim()[1]
    labels = sorted(labels, key=lambda label: label.value)
    room = LABELS - _NEAR - 0.1
    lines = [wrap(label.text, room, SMALL, "bold" if label.bold else "normal") for label in labels]
    wished = [min(label.value / high, 1) * panel.height for label in labels]
    heights = [height_of(len(text), SMALL) + 0.06 for text in lines]
    places = apart(wished, heights, -0.1, panel.height + 0.1)
    for label, text, start, place in zip(labels, lines, wished, places, strict=True):
        x, y = [1 + 0.02 / WIDTH, 1 + _NEAR / WIDTH], [start / panel.height, place / panel.height]
        if label.joined:
            axes.plot(x, y, color=RULE, linewidth=0.7, transform=axes.transAxes, clip_on=False)
        axes.text(
            1 + (_NEAR + 0.04) / WIDTH,
            place / panel.height,
            "\n".join(text),
            transform=axes.transAxes,
            va="center",
            fontsize=SMALL,
            fontweight="bold" if label.bold else "normal",
            color=INK if label.bold else QUIET,
        )
