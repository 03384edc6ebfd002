"""Two sessions side by side: it is said whose the differences are, before they are shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sim.model import MODEL_VERSION
from sim.tabletop.board import Board
from sim.tabletop.papers.session_pair import SessionPair, page, write
from tests.reports.html_checks import check_self_contained
from tests.tabletop.papers.story import HOSTILE, Story


def short(folder: Path, *, orders: int = 0, turns: int = 2, close: bool = True, **changed: Any) -> Story:
    """A session of few turns, with so many orders in the first."""
    story = Story(folder, **changed)
    for target in ("levers.insurance", "levers.kit_first")[:orders]:
        story.order("kenya", target, 1, target)
    for _ in range(turns):
        story.advance()
    if close:
        story.add("close", "facilitator", {"why": ""})
    return story


def pair(one: Story, other: Story) -> SessionPair:
    return SessionPair(one.board, other.board, ("monday", "friday"))


def test_where_only_decisions_differ_what_came_is_theirs(tmp_path: Path) -> None:
    both = pair(short(tmp_path / "a", orders=1), short(tmp_path / "b", orders=2))
    assert both.share_a_world
    assert not both.apart
    assert "only decisions differ" in both.verdict
    (row,) = both.decisions().to_dict("records")
    assert row == {"turn": 1, "monday": "nothing", "friday": "Government of Kenya: kit first 1 from 2024-03-08",
                   "both": "Government of Kenya: insurance 1 from 2024-03-08"}  # fmt: skip


def test_the_same_decisions_are_said_to_be_the_same(tmp_path: Path) -> None:
    both = pair(short(tmp_path / "a", orders=1), short(tmp_path / "b", orders=1))
    assert "nothing was decided otherwise" in both.verdict
    assert both.decisions().empty
    assert (both.measures()["difference"] == 0).all()
    assert page(both).count("The same in both.") == 3, "two turns, and both together"


def test_how_far_a_table_looks_makes_no_other_world(tmp_path: Path) -> None:
    case = {"scenario.name": "as_documented", "clock.end": "2024-08-17", "case": "c1", "label": "to 17 August"}
    fewer = {**case, "clock.end": "2024-08-03", "case": "c2", "label": "to 3 August"}
    one = short(tmp_path / "a", cases={"squad_threshold": case})
    other = short(tmp_path / "b", cases={"squad_threshold": fewer, "breach": {"scenario.name": "calm"}})
    assert pair(one, other).share_a_world
    assert not pair(one, other).apart


def test_sessions_that_go_on_do_not_tell_of_which_theory_they_are(tmp_path: Path) -> None:
    one = short(tmp_path / "a", turns=1, close=False, words=["ensemble.root_seed=7"])
    other = short(tmp_path / "b", turns=1, close=False, words=["ensemble.root_seed=7"],
                  played={"theory": "breach", "world": 1})  # fmt: skip
    text = page(pair(one, other))
    assert "Different worlds were played." in text
    assert "theories" not in text
    assert "root" not in text


def test_other_worlds_are_told_plainly(tmp_path: Path) -> None:
    base = short(tmp_path / "a", cases={"squad_threshold": {"scenario.name": "as_documented"}})
    for number, (changed, told) in enumerate((
        ({"root_seed": 8}, "root seeds differ"), ({"model_version": 3}, f"versions {MODEL_VERSION} and 3"),
        ({"record": "x"}, "records"),
        ({"cases": {"squad_threshold": {"scenario.name": "calm"}}}, "Settings of the world differ: scenario.name"),
        ({"played": {"theory": "breach", "world": 1}}, "theories"),
        ({"played": {"theory": "squad_threshold", "world": 1}}, "Different worlds"),
    )):  # fmt: skip
        both = pair(base, short(tmp_path / f"b{number}", **changed))
        assert not both.share_a_world
        assert "do not share a world" in both.verdict
        assert told in " ".join(both.apart)
        assert "do not share a world" in page(both)


def test_more_than_decisions_may_differ_in_the_same_world(tmp_path: Path) -> None:
    other = short(tmp_path / "b", turns=1, close=False)
    other.add("override", "facilitator", {"day": other.board.today.isoformat(),
                                          "writes": [["kenya.court_block", "set", 1]],
                                          "why": HOSTILE})  # fmt: skip
    other.advance()
    assert "by hand in different ways" in " ".join(pair(short(tmp_path / "a"), other).apart), "told to nobody as yet"
    other.add("close", "facilitator", {"why": ""})
    both = pair(short(tmp_path / "a2"), other)
    assert both.share_a_world
    assert "more than decisions differs" in both.verdict
    assert both.apart == ("Changes by hand: none in the one, court block 1 on 2024-03-15 in the other.",)


def test_what_came_is_told_by_turn_and_at_the_end(played: Board, tmp_path: Path) -> None:
    both = SessionPair(played, short(tmp_path, turns=2).board, ("monday", "friday"))
    found = both.measures()
    assert list(dict.fromkeys(found["turn"])) == ["1", "2", "3", "4", "5", "6", "all"]
    killed = found[found["measure"] == "deaths"].set_index("turn")
    assert killed.loc["all", "monday"] == killed.loc["1", "monday"] + killed.loc["2", "monday"], (
        "turns that both played"
    )
    assert killed.loc["3", "friday"] != killed.loc["3", "friday"], "never played"
    assert set(both.scores()["session"]) == {"monday"}
    assert "Played in monday alone." in page(both)


def test_what_nobody_saw_waits_until_both_are_over(played: Board, tmp_path: Path) -> None:
    both = SessionPair(played, short(tmp_path, turns=2, close=False).board, ("monday", "friday"))
    assert "exits" not in set(both.measures()["measure"])
    assert both.scores().empty
    assert "exits" in set(SessionPair(played, played, ("a", "b")).measures()["measure"])


def test_names_that_are_alike_are_told_apart(played: Board, tmp_path: Path) -> None:
    both = SessionPair(played, played, (HOSTILE, HOSTILE))
    html, _, _ = write(tmp_path, both)
    check_self_contained(html.read_text(encoding="utf-8"))
    assert both.columns == (f"{HOSTILE} (first)", f"{HOSTILE} (second)")


def test_turns_of_other_lengths_are_said(tmp_path: Path) -> None:
    table = Story(tmp_path / "x").board.table.plain() | {"turn_days": 3}
    both = pair(short(tmp_path / "a"), short(tmp_path / "b", table=table))
    assert "Turns were of 7 and of 3 days." in both.apart
    assert "all" not in set(both.measures()["turn"]), "no turn of the same days"
