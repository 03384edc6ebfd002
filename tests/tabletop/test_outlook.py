"""What a role is shown of what may come, and levers that are tried before they are an option."""

from __future__ import annotations

from datetime import date

from sim.tabletop import outlook
from sim.tabletop.futures import Futures
from sim.tabletop.outlook import TableOutlook
from sim.tabletop.session import Session
from sim.tabletop.stories import stories
from tests.faults import refusal
from tests.tabletop.conftest import unlike

UNTIL = date(2024, 3, 24)


def test_a_role_is_shown_what_it_knows_and_nothing_else(futures: Futures) -> None:
    assert outlook.measures_for(("public", "kenya")) == outlook.DECISIVE
    assert outlook.measures_for(("public",)) == ("deployed", "deaths", "reports")
    assert "not known" in refusal(outlook.measures_for, ("public",), ["exits"])
    assert "no such measure" in refusal(outlook.measures_for, ("public",), ["exit"])
    for story in stories(futures, "deaths", "nothing", ("public",)):
        assert "one tenth of the futures is" in story.sentence()
        assert "nothing" not in story.sentence()
        assert "pool" not in " ".join(story.lines())
        assert "leave" not in " ".join(story.lines())


def test_levers_that_are_tried_are_what_an_option_of_them_is(session: Session) -> None:
    session.branch("insured", "kenya", ["insurance=1"])
    ahead = TableOutlook.of(session)
    option = ahead.futures(["insured"], UNTIL, 60)
    tried = ahead.tried([("levers.insurance", "set", 1.0)], UNTIL, 60)
    assert tried.options == ("nothing", "try")
    for theory in tried.theories:
        mine, theirs = tried.days["try", theory], option.days["insured", theory]
        assert all(mine[name].tobytes() == theirs[name].tobytes() for name in mine)


def test_futures_that_are_known_are_not_lived_again_and_come_out_the_same(session: Session) -> None:
    ahead = TableOutlook.of(session)
    first = ahead.futures((), UNTIL, 60)
    writes = [("levers.insurance", "set", 1.0)]
    again = ahead.tried(writes, UNTIL, 60, known=first)
    assert unlike(ahead.tried(writes, UNTIL, 60), again) == []
    assert unlike(ahead.tried(writes, UNTIL, 60, known=again.only("nothing")), again) == []
    assert again.only("try").options == ("try",)
    theory = first.theories[0]
    assert again.days["nothing", theory] is first.days["nothing", theory]


def test_the_median_of_a_picture_is_that_of_the_outlook(futures: Futures) -> None:
    found = outlook.medians(futures, ["exits", "deaths"])
    for measure, by in found.items():
        rows = [row for row in outlook.outlook_rows(futures, [measure]) if row["theory"] == "all"]
        assert by[futures.nothing] == rows[0]["p50"]
        every = [value for name in futures.theories for value in futures.values(measure, "depart", name)]
        assert by["depart"] in every, "a number that some future has, and no mean of two"


def test_fifty_dots_stand_for_all_futures(futures: Futures) -> None:
    dots = outlook.dots(futures, ["deaths"])["deaths"]["depart"]
    assert len(dots) == outlook.DOTS
    assert dots == sorted(dots)
    every = {value for name in futures.theories for value in futures.values("deaths", "depart", name)}
    assert set(dots) <= every
