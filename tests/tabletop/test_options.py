"""Options against each other on the same futures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sim.analysis.statistics.intervals import Mean
from sim.errors import UserMistake
from sim.tabletop import outlook
from sim.tabletop.futures import Futures
from sim.tabletop.measures import MEASURES
from sim.tabletop.options import by_world, compared, flipped
from sim.tabletop.stories import stories


def test_an_option_equal_to_another_differs_by_nothing(futures: Futures) -> None:
    one = compared(futures, ["deaths"]).of("leave", "deaths", against="depart")
    assert one.same
    assert (one.differences == 0).all()
    assert one.shows is None
    assert "changes nothing" in one.sentence(futures.today, futures.until)


def test_a_difference_is_that_of_pairs(futures: Futures) -> None:
    found = compared(futures, ["deaths"], against="nothing")
    one = found.of("depart", "deaths", "breach")
    mine, theirs = (futures.values("deaths", name, "breach") for name in ("depart", "nothing"))
    assert np.array_equal(one.differences, mine - theirs)
    interval = Mean.of(mine - theirs).interval()
    assert (one.low, one.high, one.pairs) == (interval.low, interval.high, 30)
    assert one.better == (mine < theirs).mean()  # fewer deaths are better
    assert one.worse == (mine > theirs).mean()
    assert one.better + one.worse + one.tied == pytest.approx(1)  # type: ignore[operator]
    both = found.of("depart", "deaths")
    assert both.pairs == 60
    assert both.better_low <= both.better <= both.better_high  # type: ignore[operator]


def test_more_officers_left_are_better(futures: Futures) -> None:
    one = compared(futures, ["available"]).of("depart", "available")
    assert one.better == (one.differences > 0).mean()


def test_futures_of_one_world_are_one_value() -> None:
    values = np.array([1.0, 5.0, 3.0, 8.0])
    assert by_world(values, np.array([7, 2, 7, 4])).tolist() == [5, 8, 2]
    assert by_world(values, np.array([4, 3, 2, 1])).tolist() == values.tolist()
    rows = np.stack([values, values + 1])
    assert by_world(rows, np.array([7, 7, 7, 7])).ravel().tolist() == [4.25, 5.25]


def test_clusters_widen_the_interval_of_the_share(futures: Futures) -> None:
    few = {name: np.repeat(worlds[:10], 3) for name, worlds in futures.worlds.items()}
    loose = compared(replace(futures, worlds=few), ["deaths"]).of("depart", "deaths", "breach")
    tight = compared(futures, ["deaths"]).of("depart", "deaths", "breach")
    assert loose.better == tight.better
    assert loose.better_high - loose.better_low > tight.better_high - tight.better_low  # type: ignore[operator]


def made(futures: Futures, days: np.ndarray) -> Futures:
    """Doing nothing leaves everybody in the pool, departing takes so many out on each day, ``(days, runs)``."""
    rows = len(futures.dates)
    pool = np.full((rows, 30), 400.0, dtype=np.float32)
    kept = {
        (option, theory): {**futures.days[option, theory], "available": pool - (days if option == "depart" else 0)}
        for option in ("nothing", "depart")
        for theory in futures.theories
    }
    return replace(futures, options=("nothing", "depart"), days=kept)


def test_the_day_on_which_it_first_shows(futures: Futures) -> None:
    rows = len(futures.dates)
    spread = np.linspace(-1, 1, 30, dtype=np.float32)
    days = np.tile(spread, (rows, 1))
    days[10:] += 2
    found = compared(made(futures, days), ["available"]).of("depart", "available")
    assert found.shows == futures.dates[10]
    days[:] = spread
    days[4:7] += 2  # three days are too few
    assert compared(made(futures, days), ["available"]).of("depart", "available").shows is None
    days[4:14] += 2
    lost = compared(made(futures, days), ["available"]).of("depart", "available")
    assert lost.shows == futures.dates[4]
    assert "at the end it cannot be told" in lost.sentence(futures.today, futures.until)
    rows = outlook.option_table(outlook.option_rows(compared(made(futures, days), ["available"])), theories=False)
    assert rows["shows from"].tolist() == [f"{futures.dates[4].isoformat()}, not at the end"]


def test_no_side_has_more_where_the_mean_cannot_be_told_from_nought(futures: Futures) -> None:
    alike = np.tile(np.linspace(-1, 1, 30, dtype=np.float32), (len(futures.dates), 1))
    when = "on 10 April 2024"
    lost = compared(made(futures, alike), ["available"]).of("depart", "available")
    head = lost.finding(futures.today, futures.until)
    assert f"“depart” and no further order cannot be told apart in officers still in the pool {when}: " in head
    assert head.endswith("more in 30 of 60 futures, fewer in 30")
    few = np.zeros_like(alike)
    few[:, :10] = 1  # a third have one officer fewer, nobody has more
    found = compared(made(futures, few), ["available"]).of("depart", "available")
    sentence = found.sentence(futures.today, futures.until)
    assert f"“depart” has fewer officers still in the pool {when} than no further order on average: " in sentence
    assert "fewer in 20 of 60 futures, more in none, the same in 40; mean difference −0.33" in sentence
    assert "unlikely" not in sentence


def test_a_failed_run_takes_its_pair_along(futures: Futures) -> None:
    fault = {key: values.copy() for key, values in futures.fault.items()}
    fault["depart", "breach"][3] = 1
    one = compared(replace(futures, fault=fault), ["deaths"]).of("depart", "deaths", "breach")
    assert (one.pairs, one.without) == (29, 1)


def test_options_that_a_theory_turns_round_against_each_other_are_named(futures: Futures) -> None:
    found = compared(futures, ["deaths"])
    assert found.flipped("deaths") == ()
    one = found.of("leave", "deaths", "breach", against="depart")
    turned = [replace(one, theory=theory, difference=side, low=side - 1, high=side + 1)
              for theory, side in (("breach", 5.0), ("prospects", -5.0))]  # fmt: skip
    (sentence,) = flipped(turned, "deaths", "nothing")
    assert sentence == "“leave” beside “depart”, people killed: better under prospects; worse under breach"


def test_what_is_said_begins_with_the_model_and_has_its_numbers(futures: Futures) -> None:
    found = compared(futures)
    for sentence in found.sentences(theories=True):
        assert sentence.startswith("In this model")
        assert sentence.endswith(".")
    one = found.of("depart", "deaths")
    said = one.sentence(futures.today, futures.until)
    assert "people killed from 15 March 2024 to 10 April 2024 than no further order" in said
    assert "95 % interval" in said
    assert found.agreed("depart", "deaths").startswith("“depart”, people killed:")
    assert len(found.table()) == len(found.differences) == 3 * 3 * 3
    adjusted = [one.adjusted_p for one in found.differences if one.p is not None]
    assert all(a >= p for a, p in zip(adjusted, [o.p for o in found.differences if o.p is not None], strict=True))


def test_what_cannot_be_compared_is_refused(futures: Futures) -> None:
    with pytest.raises(UserMistake, match="against"):
        compared(futures, against="noting")
    with pytest.raises(UserMistake, match="option"):
        compared(replace(futures, options=("nothing",)))


def test_the_runs_that_are_told_stand_at_their_tenths(futures: Futures) -> None:
    best, worst = stories(futures, "deaths", "depart")
    values = np.concatenate([futures.values("deaths", "depart", name) for name in futures.theories])
    assert (values <= best.value).mean() == pytest.approx(0.1, abs=0.04)
    assert (values >= worst.value).mean() == pytest.approx(0.1, abs=0.04)
    place = np.flatnonzero(futures.worlds[worst.theory] == worst.world)[0]
    assert futures.values("deaths", "depart", worst.theory)[place] == worst.value
    days = [day for day, _ in worst.told]
    assert days == sorted(days)
    assert any("killed, the most on one day" in what for _, what in worst.told)
    assert any("arrives in theatre" in what for _, what in worst.told)
    assert worst.lines()[-1].startswith("On the last day")
    more_left, fewer_left = stories(futures, "available", "nothing")
    assert more_left.value >= fewer_left.value


def test_a_total_and_a_level(futures: Futures) -> None:
    days = np.array([[1.0, 2], [3, 4]])
    assert MEASURES["deaths"].value(days).tolist() == [4, 6]
    assert MEASURES["available"].value(days).tolist() == [3, 4]
    assert MEASURES["deaths"].so_far(days).tolist() == [[1, 2], [4, 6]]
    assert futures.values("deaths", "nothing", "breach", date(2024, 3, 15)) == pytest.approx(
        futures.days["nothing", "breach"]["deaths"][0]
    )
