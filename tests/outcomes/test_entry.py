"""One entry says all of an outcome: its words follow from its type and its good direction, or are its own."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from sim.outcomes import OUTCOMES, Outcome, Watched, on_days
from sim.outcomes.entry import EARLIER, FEWER, LOWER, Words

CLOCK = {"clock.record_end": date(2024, 3, 7), "clock.target_date": date(2024, 6, 1), "clock.end": date(2024, 7, 31)}


def nothing(watched: Watched) -> Any:
    return np.zeros(watched.runs)


def entry(name: str = "days_at_sea", type: Any = "count", **more: Any) -> Outcome:
    return Outcome(name, type, more.pop("unit", "days"), more.pop("text", "days at sea by clock.end"), nothing, **more)


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: outcome.name)
def test_every_outcome_has_all_its_words(outcome: Outcome) -> None:
    words = (outcome.asked, outcome.led, outcome.label, outcome.text, outcome.does, outcome.difference_unit)
    for said in (*(on_days(word.replace("{}", outcome.best), CLOCK) for word in words), *outcome.phrases):
        assert said
        assert "{" not in said
        assert "clock." not in said
    assert outcome.apart(-1, "1") != outcome.apart(1, "1")
    assert outcome.direction.endswith(("is better", outcome.words.less))


@pytest.mark.parametrize(
    ("type", "name", "words"),
    [("count", "a", FEWER), ("share", "a", LOWER), ("level", "a", LOWER), ("date", "a_date", EARLIER)],
)
def test_only_what_is_counted_is_fewer(type: str, name: str, words: Words) -> None:
    assert entry(name, type).words == words


def test_what_is_not_said_follows_from_type_unit_and_meaning() -> None:
    plain, level, day = entry(), entry(type="level"), entry("landing_date", "date")
    assert plain.phrases == ("has fewer days", "has more")
    assert level.phrases == ("is lower", "is higher")
    assert day.phrases == ("is earlier", "is later")
    assert plain.asked == "has {} days at sea by clock.end"
    assert plain.led == "{} days at sea by clock.end"
    assert (plain.difference_unit, day.difference_unit) == ("days", "days")


def test_the_good_direction_turns_the_words_round() -> None:
    lower, higher, neither = entry(better="lower"), entry(better="higher"), entry()
    assert (lower.direction, higher.direction) == ("fewer is better", "more is better")
    assert neither.direction == 'no direction is better; "better" counts fewer'
    assert [one.good for one in (lower, higher, neither)] == ["fewer", "more", ""]
    assert [one.best for one in (lower, higher, neither)] == ["the fewest", "the most", "the fewest"]
    assert [one.gain for one in (lower, higher, neither)] == [-1, 1, -1]
    assert higher.phrases == ("has more days", "has fewer")


@pytest.mark.parametrize(
    ("made", "difference", "said"),
    [
        (entry(unit="officers"), -4, "4 fewer officers"),
        (entry(unit="officers"), 4, "4 more officers"),
        (entry("a_date", "date", unit="date"), -4, "4 days earlier"),
        (entry(type="share", unit="of the pool"), 4, "4 higher (of the pool)"),
    ],
)
def test_a_difference_is_told_in_the_words_of_its_type(made: Outcome, difference: float, said: str) -> None:
    assert made.apart(difference, "4") == said


def test_a_day_that_is_not_known_stays_the_setting_that_gives_it() -> None:
    assert on_days("by clock.record_end, not clock.end", {"clock.end": date(2024, 7, 31)}) == (
        "by clock.record_end, not 31 July 2024"
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "Days at sea"}, "small letters"),
        ({"type": "number"}, "one of count, share, level, date"),
        ({"type": "date"}, "ends in _date"),
        ({"name": "a_date"}, "ends in _date"),
        ({"better": "more"}, "lower, higher or None"),
        ({"unit": ""}, "needs a unit"),
        ({"text": ""}, "needs a unit"),
        ({"does": "loses officers"}, "does is a pattern with one {}"),
        ({"asked": "{} and {}"}, "asked is a pattern with one {}"),
    ],
)
def test_an_entry_that_cannot_be_says_why(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("{", "\\{")):
        entry(**wrong)
