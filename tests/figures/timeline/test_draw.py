from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure

from sim.figures.drawing import style
from sim.figures.drawing.layout import Footer
from sim.figures.timeline import draw as timeline
from sim.figures.timeline import strip
from tests.figures.checks import said
from tests.figures.timeline.examples import CASES, EVENTS, FIFTY, days_of, many_days


def _draw(days: pd.DataFrame, footer: Footer, **options: object) -> Figure:
    return timeline.draw(days, pool=400, events=EVENTS, footer=footer, **options)  # type: ignore[arg-type]


def _lines(figure: Figure, gid: str, panel: int = 0) -> list[np.ndarray]:
    return [np.asarray(line.get_ydata()) for line in figure.axes[panel].lines if line.get_gid() == gid]


def test_twenty_five_runs_are_drawn_spread_over_all_of_them(footer: Footer) -> None:
    days = many_days(120)
    shown = _lines(_draw(days, footer), "sample")
    assert len(shown) == 25
    runs = days.pivot(index="replicate", columns="day", values="out").to_numpy()
    assert (shown[0] == runs[0]).all()
    assert (shown[-1] == runs[-1]).all()


def test_the_most_central_run_is_brought_out_and_called_so(footer: Footer) -> None:
    days = days_of([[k] * 30 for k in (0, 1, 2, 3, 4)])
    figure = _draw(days, footer)
    (played,) = _lines(figure, "played")
    assert played[-1] == 60
    assert "most central run (replicate 2): 60 out" in said(figure)


def test_a_played_run_is_brought_out_and_called_so(footer: Footer) -> None:
    days = days_of([[k] * 30 for k in (0, 1, 2, 3, 4)])
    figure = _draw(days, footer, played_replicate=4)
    (played,) = _lines(figure, "played")
    assert played[-1] == 120
    assert "played run (replicate 4): 120 out" in said(figure)


def test_the_band_is_that_of_the_deepest_half_of_the_runs(footer: Footer) -> None:
    days = days_of([[k] * 10 for k in (0, 1, 2, 3, 4)])
    low, high = _lines(_draw(days, footer), "band")
    assert (low[-1], high[-1]) == (10, 30)


def test_few_runs_get_no_band(footer: Footer) -> None:
    figure = _draw(many_days(3), footer)
    assert not _lines(figure, "band")
    assert figure.get_suptitle().startswith("In 3 runs of this model")


def test_the_title_tells_the_record_s_end_and_the_last_day(footer: Footer) -> None:
    start = dt.date(2024, 3, 6)
    days = days_of([[k] * 10 for k in (0, 1, 2, 3, 4)], start=start)
    assert " ".join(_draw(days, footer).get_suptitle().split()) == (
        "In this model, the most central half of the runs, as whole curves, has 2–6 of 400 officers out when "
        "the record ends, 10–30 by 15 March 2024"
    )


def test_what_is_held_stands_right_of_the_record_s_end(footer: Footer) -> None:
    assert "record ends 7 March 2024 | levers held →" in said(_draw(many_days(5), footer))
    assert "levers held" not in said(_draw(CASES["to the record's end"](), footer))
    assert "record ends" not in said(_draw(CASES["after the record's end"](), footer))


def test_axes_start_from_zero_and_the_cumulative_one_ends_at_the_pool(footer: Footer) -> None:
    figure = _draw(many_days(5), footer)
    assert [axes.get_ylim()[0] for axes in figure.axes[:3]] == [0, 0, 0]
    assert figure.axes[0].get_ylim()[1] == 400


def test_axes_can_be_held_the_same_but_not_cut_the_data(footer: Footer) -> None:
    figure = _draw(many_days(5), footer, tops={"exits": 30, "perceived_hazard": 0.05})
    assert [axes.get_ylim()[1] for axes in figure.axes[1:3]] == [30, 0.05]
    with pytest.raises(ValueError, match="tops: exits ends at 1"):
        _draw(many_days(50, scale=9), footer, tops={"exits": 1})


def test_every_event_of_the_days_has_one_marker_and_one_line_in_the_key(footer: Footer) -> None:
    figure = _draw(many_days(5), footer)
    for axes in figure.axes[3:]:
        markers = [
            place for found in axes.collections if isinstance(found, PathCollection) for place in found.get_offsets()
        ]
        assert len(markers) == len(EVENTS) - 1
    words = said(figure)
    assert all(event.text in words for event in EVENTS[:-1])
    assert "After the end" not in words


def test_markers_of_one_week_stand_apart() -> None:
    figure = _draw(many_days(5), Footer(5, "7", "0.1.0", "x"))
    marks = [found for found in figure.axes[3].collections if isinstance(found, PathCollection)]
    places = np.sort(np.concatenate([found.get_offsets()[:, 0] for found in marks]))  # type: ignore[index]
    assert len(places) == len(EVENTS) - 1
    assert np.diff(places).min() >= 0.22


def test_origins_differ_in_shape_and_colour() -> None:
    kinds = [kind for _, kind, _ in strip._KINDS.values()]
    assert len({kind.marker for kind in kinds}) == len({kind.colour for kind in kinds}) == 3


def test_fifty_events_still_fit_the_strip() -> None:
    with style.context():
        assert len(strip.lay_out(FIFTY, FIFTY[0].date, FIFTY[-1].date, width=8).entries) == 50


def test_without_events_there_is_no_strip(footer: Footer) -> None:
    assert len(timeline.draw(many_days(5), pool=400, events=[], footer=footer).axes) == 3


def test_a_run_that_lacks_a_day_is_left_out_and_said(footer: Footer) -> None:
    days = days_of([[k] * 10 for k in (0, 1, 2, 3, 4, 5)])
    days = days[~((days["replicate"] == 5) & (days["day"] == days["day"].max()))]
    assert "all 5 runs (1 incomplete left out)" in said(_draw(days, footer))


def test_the_hazard_may_end_where_nobody_is_left(footer: Footer) -> None:
    days = days_of([[100] * 10] * 6, start=dt.date(2024, 3, 1))
    figure = _draw(days, footer)
    assert "this run on 3 Mar 2024" in said(figure)


def test_media_can_take_the_third_panel(footer: Footer) -> None:
    assert "media attention" in said(_draw(many_days(5), footer, third="media"))


def test_tables_that_cannot_be_drawn_are_refused(footer: Footer) -> None:
    days = many_days(5, end=dt.date(2023, 10, 9))
    with pytest.raises(ValueError, match="lacks out, perceived_hazard"):
        _draw(days.drop(columns=["out", "perceived_hazard"]), footer)
    with pytest.raises(ValueError, match="2 cases"):
        _draw(pd.concat([days, days.assign(case="other")]), footer)
    with pytest.raises(ValueError, match="day twice"):
        _draw(pd.concat([days, days]), footer)
    with pytest.raises(ValueError, match="no run has a value on every day"):
        _draw(days.assign(out=np.nan), footer)
    with pytest.raises(ValueError, match="played_replicate=9: no complete run"):
        _draw(days, footer, played_replicate=9)
    with pytest.raises(ValueError, match="2 root seeds"):
        _draw(pd.concat([days, days.assign(root_seed=8)]), footer, played_replicate=1)


def test_the_table_holds_all_that_is_drawn() -> None:
    days = days_of([[k] * 10 for k in (0, 1, 2, 3, 4)])
    table = timeline.table(days, events=EVENTS[:1])
    last = table[table["series"] == "out"].iloc[-1]
    assert (last["low"], last["high"], last["deepest"], last["played"]) == (10, 30, 20, 20)
    assert (last["run 7/0"], last["run 7/4"]) == (0, 40)
    assert (last["deepest_replicate"], last["played_replicate"]) == (2, 2)
    assert table["series"].value_counts().to_dict() == {
        "out": 10,
        "exits": 10,
        "perceived_hazard": 10,
        "event": 1,
    }
    assert table.iloc[-1]["text"] == EVENTS[0].text


def test_the_alt_text_tells_the_finding_and_the_events() -> None:
    text = timeline.alt(many_days(12), pool=400, events=EVENTS)
    assert text.startswith("Timeline from 2 October 2023 to 31 July 2024")
    assert "In this model, the most central half of the runs, as whole curves, has" in text
    assert "14 events are marked" in text


def test_four_hundred_runs_of_ten_months_are_drawn(footer: Footer) -> None:
    days = many_days(400)
    assert len(_lines(_draw(days, footer), "sample")) == 25
