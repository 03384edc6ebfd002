from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.figures.drawing import style
from sim.figures.drawing.layout import Footer
from sim.figures.timeline import draw as timeline
from sim.figures.timeline import strip
from sim.figures.timeline.draw import Event

START, END = dt.date(2023, 10, 2), dt.date(2024, 7, 31)
EVENTS = [
    Event(dt.date(2023, 10, 9), "High Court blocks the deployment", "documented"),
    Event(dt.date(2024, 1, 26), "High Court rules the deployment unlawful without an accord", "documented"),
    Event(dt.date(2024, 2, 29), "Coordinated attacks; four police officers killed", "documented"),
    Event(dt.date(2024, 2, 29), "Two federations act as one coalition", "documented"),
    Event(dt.date(2024, 2, 29), "Pay in escrow before departure", "scenario"),
    Event(dt.date(2024, 3, 1), "Accord for 1,000 officers, said to pay 70 $ a day and not 35 $", "documented"),
    Event(dt.date(2024, 3, 2), "Two prisons overrun", "documented"),
    Event(dt.date(2024, 3, 3), "State of emergency", "documented"),
    Event(dt.date(2024, 3, 4), "Assault on the airport", "documented"),
    Event(dt.date(2024, 3, 6), "New court challenge", "documented"),
    Event(dt.date(2024, 3, 7), "Officers report withdrawals", "documented"),
    Event(dt.date(2024, 3, 8), "Publish rules of engagement", "player"),
    Event(dt.date(2024, 4, 1), "Foreign troops land", "scenario"),
    Event(dt.date(2024, 5, 15), "Reserve list of 150", "player"),
    Event(dt.date(2025, 1, 1), "After the end", "player"),
]


def days_of(
    exits: Sequence[Sequence[int]], *, start: dt.date = START, pool: int = 400, case: str = "c", seed: int = 7
) -> pd.DataFrame:
    """The daily table of runs that lose these numbers of officers a day."""
    left = np.array(exits)
    out = np.minimum(left.cumsum(axis=1), pool)
    parts = [
        pd.DataFrame(
            {
                "case": case,
                "root_seed": seed,
                "replicate": run,
                "day": [start + dt.timedelta(int(day)) for day in range(left.shape[1])],
                "exits": np.diff(out[run], prepend=0),
                "out": out[run],
                "media": 1 + out[run] / 100,
                "perceived_hazard": np.where(out[run] < pool, 0.004 + out[run] / 50_000, np.nan),
            }
        )
        for run in range(len(left))
    ]
    return pd.concat(parts, ignore_index=True)


def many_days(runs: int, *, scale: float = 1.0, start: dt.date = START, end: dt.date = END) -> pd.DataFrame:
    """Runs that lose few officers until the end of February and then many."""
    rng = np.random.default_rng(5)
    length = (end - start).days + 1
    surge = (dt.date(2024, 2, 29) - start).days
    rate = np.where(np.arange(length) < surge, 0.05, 0.3)
    return days_of(rng.poisson(rate * scale * rng.gamma(1.5, 1, size=(runs, 1))), start=start)


CASES: dict[str, Callable[[], pd.DataFrame]] = {
    "many runs": lambda: many_days(120),
    "everyone out": lambda: many_days(40, scale=60),
    "nobody out": lambda: days_of(np.zeros((30, 304), dtype=int)),
    "three runs": lambda: many_days(3),
    "one run": lambda: many_days(1),
    "two weeks": lambda: many_days(40, start=dt.date(2024, 2, 25), end=dt.date(2024, 3, 14)),
    "from the record's end": lambda: many_days(40, start=dt.date(2024, 3, 6)),
    "to the record's end": lambda: many_days(40, end=dt.date(2024, 3, 7)),
    "after the record's end": lambda: many_days(40, start=dt.date(2024, 4, 1)),
    "one day": lambda: days_of([[1], [2], [3], [5], [0]], start=dt.date(2024, 3, 7)),
}


def _draw(days: pd.DataFrame, footer: Footer, **options: object) -> Figure:
    return timeline.draw(days, pool=400, events=EVENTS, footer=footer, **options)  # type: ignore[arg-type]


def _lines(figure: Figure, gid: str, panel: int = 0) -> list[np.ndarray]:
    return [np.asarray(line.get_ydata()) for line in figure.axes[panel].lines if line.get_gid() == gid]


def _words(figure: Figure) -> str:
    return " | ".join(" ".join(text.get_text().split()) for text in figure.findobj(Text))


@pytest.mark.parametrize("name", CASES)
def test_all_words_lie_on_the_canvas_and_none_overlap(
    name: str, footer: Footer, check_words: Callable[[Figure], None]
) -> None:
    check_words(_draw(CASES[name](), footer))


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
    assert "most central run (replicate 2): 60 out" in _words(figure)


def test_a_played_run_is_brought_out_and_called_so(footer: Footer) -> None:
    days = days_of([[k] * 30 for k in (0, 1, 2, 3, 4)])
    figure = _draw(days, footer, played_replicate=4)
    (played,) = _lines(figure, "played")
    assert played[-1] == 120
    assert "played run (replicate 4): 120 out" in _words(figure)


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
        "In this model, the middle half of the runs has 2–6 of 400 officers out when the record ends, "
        "10–30 by 15 March 2024"
    )


def test_what_is_held_stands_right_of_the_record_s_end(footer: Footer) -> None:
    assert "record ends 7 March 2024 | levers held →" in _words(_draw(many_days(5), footer))
    assert "levers held" not in _words(_draw(CASES["to the record's end"](), footer))
    assert "record ends" not in _words(_draw(CASES["after the record's end"](), footer))


def test_axes_start_from_zero_and_the_cumulative_one_ends_at_the_pool(footer: Footer) -> None:
    figure = _draw(many_days(5), footer)
    assert [axes.get_ylim()[0] for axes in figure.axes[:3]] == [0, 0, 0]
    assert figure.axes[0].get_ylim()[1] == 400


def test_axes_can_be_held_the_same_but_not_cut_the_data(footer: Footer) -> None:
    figure = _draw(many_days(5), footer, tops={"exits": 30, "perceived_hazard": 0.05})
    assert [axes.get_ylim()[1] for axes in figure.axes[1:3]] == [30, 5]
    with pytest.raises(ValueError, match="tops: exits ends at 1"):
        _draw(many_days(50, scale=9), footer, tops={"exits": 1})


def test_every_event_of_the_days_has_one_marker_and_one_line_in_the_key(footer: Footer) -> None:
    figure = _draw(many_days(5), footer)
    for axes in figure.axes[3:]:
        markers = [
            place for found in axes.collections if isinstance(found, PathCollection) for place in found.get_offsets()
        ]
        assert len(markers) == len(EVENTS) - 1
    words = _words(figure)
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


def test_fifty_events_still_fit_the_strip(footer: Footer, check_words: Callable[[Figure], None]) -> None:
    days = [dt.date(2024, 2, 1) + dt.timedelta(k) for k in range(50)]
    events = [Event(day, "something happens", "scenario") for day in days]
    with style.context():
        assert len(strip.lay_out(events, days[0], days[-1], width=8).entries) == 50
    check_words(timeline.draw(many_days(5), pool=400, events=events, footer=footer))


def test_without_events_there_is_no_strip(footer: Footer) -> None:
    assert len(timeline.draw(many_days(5), pool=400, events=[], footer=footer).axes) == 3


def test_a_run_that_lacks_a_day_is_left_out_and_said(footer: Footer) -> None:
    days = days_of([[k] * 10 for k in (0, 1, 2, 3, 4, 5)])
    days = days[~((days["replicate"] == 5) & (days["day"] == days["day"].max()))]
    assert "all 5 runs (1 incomplete left out)" in _words(_draw(days, footer))


def test_the_hazard_may_end_where_nobody_is_left(footer: Footer) -> None:
    days = days_of([[100] * 10] * 6, start=dt.date(2024, 3, 1))
    figure = _draw(days, footer)
    assert "this run on 3 Mar 2024" in _words(figure)


def test_media_can_take_the_third_panel(footer: Footer) -> None:
    assert "media attention" in _words(_draw(many_days(5), footer, third="media"))


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
    assert "In this model, the middle half of the runs has" in text
    assert "14 events are marked" in text


def test_four_hundred_runs_of_ten_months_are_drawn(footer: Footer) -> None:
    days = many_days(400)
    assert len(_lines(_draw(days, footer), "sample")) == 25
