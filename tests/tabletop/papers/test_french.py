"""The papers in French say all that they say in English, in the same places; what programs read stays English."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from sim.language import spoken_in
from sim.tabletop import orders
from sim.tabletop.board import Board
from sim.tabletop.happenings import happening
from sim.tabletop.papers import brief, report, session_pair
from sim.tabletop.papers.session_pair import SessionPair
from sim.tabletop.standing import standing_of
from tests.reports.html_checks import check_self_contained, parsed
from tests.tabletop.papers.story import Story


def papers(board: Board, language: str) -> Mapping[str, str]:
    """Everything that is written of a session, by name."""
    with spoken_in(language):
        pair = session_pair.page(SessionPair(board, board, ("friday", "monday")))
        return {**report.files(board), **brief.files(board), "two_sessions.md": pair}


@pytest.fixture(scope="module")
def english(played: Board) -> Mapping[str, str]:
    return papers(played, "en")


@pytest.fixture(scope="module")
def french(played: Board) -> Mapping[str, str]:
    return papers(played, "fr")


def shape(text: str) -> list[str]:
    """What a page is made of, line by line: headings by rank, rows by their cells, lists, paragraphs."""
    lines = []
    for line in text.splitlines():
        if line.startswith("|"):
            cells = len(re.findall(r"(?<!\\)[|]", line)) - 1
            lines.append("rule" if "---" in line else f"row of {cells}")
        elif mark := re.match(r"#+ |- |\d+\. |> |!\[|```", line):
            lines.append(mark[0])
        else:
            lines.append("text" if line else "")
    return lines


def test_every_paper_has_the_same_parts_in_french(english: Mapping[str, str], french: Mapping[str, str]) -> None:
    assert english.keys() == french.keys()
    for name, text in english.items():
        if name.endswith(".md"):
            assert shape(french[name]) == shape(text), name


def test_a_page_says_in_which_language_it_is(english: Mapping[str, str], french: Mapping[str, str]) -> None:
    for name in (name for name in french if name.endswith(".html")):
        assert parsed(french[name]).get("lang") == "fr", name
        assert parsed(english[name]).get("lang") == "en", name
        check_self_contained(french[name])


def test_the_sheet_of_decisions_is_for_programs(english: Mapping[str, str], french: Mapping[str, str]) -> None:
    assert french["decisions.csv"] == english["decisions.csv"]


def test_numbers_and_days_are_written_as_in_french(french: Mapping[str, str]) -> None:
    text = french["after_action.md"]
    for piece in ("du 8 au 14 mars 2024", "du 29 mars au 4 avril 2024", "Futurs de chacune\u00a0: 1\u202f000.",
                  "−2,3 (−4,1 à −0,6)", "60 / 30 sur 100", "5 avr. 2024", "50\u00a0%"):  # fmt: skip
        assert piece in text, piece
    assert "du 1er octobre au 31 décembre 2023" in french["participants/situation_manual.md"]


def test_what_the_log_keeps_in_english_is_said_in_french(french: Mapping[str, str]) -> None:
    text = french["after_action.md"]
    assert "la théorie constante est laissée de côté\u00a0: elle a 2 mondes retenus" in text
    assert "o8\u00a0: paie sous séquestre 1" in text
    assert "Nations Unies (doublure)" in text
    assert "Seulement les mondes qui s’accordent avec ce qui a été vu" in text


def test_what_people_typed_is_said_as_they_typed_it(french: Mapping[str, str]) -> None:
    text = french["after_action.md"]
    for piece in ("arrears would break what they were promised", "Pay into escrow before anybody is asked to leave",
                  "say\\_no", "Coffee was cold"):  # fmt: skip
        assert piece in text, piece


def test_the_log_does_not_depend_on_who_writes_it(played: Board) -> None:
    writes = (("levers.pay_escrow", "set", 1.0), ("gangs.documented_attacks", "add", 2.5))
    with spoken_in("fr"):
        assert orders.in_words(writes) == "paie sous séquestre 1, attaques documentées +2,5"
        assert orders.logged_words(writes) == "pay escrow 1, documented attacks +2.5"


def test_a_happening_is_told_by_what_it_was(tmp_path, played: Board) -> None:  # type: ignore[no-untyped-def]
    story = Story(tmp_path / "s")
    line = story.order("kenya", "levers.foreign_troops", 500, "foreign troops 500")
    rows = [
        {"id": f"o{line}", "what": "foreign troops 500"},
        {"id": f"o{line}", "what": "foreign troops 500: it arrives"},
        {"id": "", "what": "Kenya: in theatre"},
        {"id": "hearing", "what": "new court challenge"},
        {"id": "leak", "what": "what nobody has translated"},
    ]
    with spoken_in("fr"):
        told = [happening(story.board, row) for row in rows]
    assert told == [
        "troupes étrangères 500", "troupes étrangères 500\u00a0: arrivée", "Kenya\u00a0: sur le théâtre",
        "nouveau recours en justice", "what nobody has translated",
    ]  # fmt: skip
    assert [happening(story.board, row) for row in rows] == [row["what"] for row in rows]


def test_where_the_table_stands_is_the_same_for_programs_and_said_for_people(played: Board) -> None:
    plain = standing_of(played, "facilitator").plain()
    with spoken_in("fr"):
        said = standing_of(played, "facilitator")
    assert [row["measure"] for row in said.plain()["measures"]] == [row["measure"] for row in plain["measures"]]
    assert list(said.measures.columns) == list(standing_of(played, "facilitator").measures.columns)
    assert "personnes" in set(said.measures["unit"])
