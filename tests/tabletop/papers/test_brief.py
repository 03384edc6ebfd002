"""The papers to begin with: what players get tells nothing that they are to find out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.model.withdrawal import THEORIES
from sim.record import load
from sim.tabletop.board import Board
from sim.tabletop.measures import visible
from sim.tabletop.papers import brief
from sim.tabletop.papers.facilitator_script import facilitator_script
from sim.tabletop.papers.wording import level_meaning
from sim.tabletop.table_settings import read_table
from sim.text import spoken
from tests.reports.html_checks import check_self_contained
from tests.tabletop.papers.story import LIST, Story


@pytest.fixture(scope="module")
def papers(played: Board, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a session's papers."""
    folder = tmp_path_factory.mktemp("papers")
    brief.write(folder, played)
    return folder


def texts(folder: Path) -> dict[str, str]:
    """Every file below a folder."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file()}


def test_participants_files_give_nothing_away(played: Board, papers: Path) -> None:
    handed = texts(papers / brief.PARTICIPANTS)
    assert sorted(handed) == sorted(f"{name}.{kind}" for kind in ("html", "md") for name in
                                    ("situation_manual", "card_kenya", "card_haiti", "card_united_states"))  # fmt: skip
    secrets = ["XYZZY", "480213", "480,213", "7654321", "7,654,321", "pay_escrow 1", LIST["title"], LIST["story"]]
    for id, row in LIST["injects"].items():
        secrets += [row["text"].splitlines()[0], row["expected"], f"inject {id}"]
    secrets += list(LIST["objectives"].values())
    for name, theory in THEORIES.items():
        secrets += [name, theory.text] + ([spoken(name)] if "_" in name else [])
    secrets.remove("constant")  # a word of its own
    secrets.remove("breach")
    secrets += [one.text for one in visible("hidden")]
    secrets += [step.why for role in played.table.roles.values() for step in role.stand_in]
    secrets += [order.why for order in played.orders if order.why] + [
        note.data["text"] for note in played.of_kind("note")
    ]
    for name, text in handed.items():
        for secret in secrets:
            assert secret not in text, f"{name} tells {secret}"
        assert "breach" not in text.lower()
        assert "theory" not in text.lower()


def test_the_facilitators_files_hold_what_is_kept_from_the_others(papers: Path) -> None:
    """Else the search above would pass on empty pages."""
    kept = texts(papers / brief.FACILITATOR)
    script = kept["script.md"]
    for row in LIST["injects"].values():
        assert row["text"].splitlines()[0] in script
        assert row["expected"] in script
    assert "XYZZY-NOTE" in script
    assert "the trust fund takes contributions" in script
    assert "squad threshold" in script
    assert not {"480213", "7654321"} & set(re.findall(r"\d+", script)), "not even there"
    assert "officers who come to want out" in kept["card_umpire.md"]


def test_the_manual_has_the_record_with_its_sources_and_nothing_of_later(papers: Path) -> None:
    manual = texts(papers / brief.PARTICIPANTS)["situation_manual.md"]
    known = [fact for fact in load() if (fact.period[1] if fact.period else fact.date) <= load().now]
    assert len(known) > 30
    for fact in known:
        assert fact.source.split(",")[0] in manual, fact.id
    assert manual.count("*Disputed*") == sum(fact.disputed for fact in known)
    for word in ("1,660", "589 million", "22 buildings", "April to", "first quarter 2024"):
        assert word not in manual
    assert "never a forecast" in manual
    assert "2,991 in all" in manual


def test_a_card_tells_what_is_decided_within_which_bounds_and_what_is_seen(played: Board, papers: Path) -> None:
    handed = texts(papers / brief.PARTICIPANTS)
    card = handed["card_united_states.md"]
    assert "| `levers.foreign_troops` |" in card
    assert "| 0 | 3,000 | troops |" in card
    assert "*Also Government of Kenya.*" in card, "a level of two owners says so"
    assert "`exits`" in handed["card_kenya.md"]
    assert "exits" not in card, "each sees its own books"


def test_every_level_of_the_packaged_tables_is_explained() -> None:
    for table in (read_table([]), read_table(["table=practice"])):
        for role in table.roles.values():
            for target in role.orders:
                assert level_meaning(target) != spoken(target.partition(".")[2]), target


def test_every_page_is_one_file_and_cards_begin_a_sheet_each(papers: Path) -> None:
    for name, text in (texts(papers / brief.PARTICIPANTS) | texts(papers / brief.FACILITATOR)).items():
        if name.endswith(".html"):
            check_self_contained(text)
    every = texts(papers / brief.FACILITATOR)["all_cards.html"]
    assert every.count("<h1>") == 4
    assert "h1 { break-before: page }" in every


def test_the_script_has_injects_in_their_turn_and_those_that_wait_apart(tmp_path: Path) -> None:
    rows = {**LIST["injects"], "echo": {"after": "leak+6", "to": "haiti", "text": "It is repeated."},
            "late": {"at": "D+90", "to": "all", "text": "Much later."},
            "first": {"at": "D", "to": "all", "text": "At once."}}  # fmt: skip
    script = facilitator_script(Story(tmp_path, list={**LIST, "injects": rows}).board)
    turns = script.split("\n## Turn ")[1:]
    assert "### Inject first: 8 March 2024 (day 0), to everybody" in turns[0]
    assert turns[0].index("Inject first") < turns[0].index("Inject embassy")
    assert "### Inject leak: 17 March 2024" in turns[1]
    assert "### Inject echo: 23 March 2024 (day 15)" in turns[2], "an inject after another has a day once that has one"
    waiting = turns[5].split("## Injects that wait")[1]
    assert "when available is below 350 on 3 days in a row" in waiting
    assert "6 June 2024, after the last planned turn" in waiting


def test_a_practice_is_shorter_and_a_table_without_a_list_says_so(tmp_path: Path) -> None:
    table = read_table(["table=practice"]).plain()
    script = facilitator_script(Story(tmp_path, list=None, table=table).board)
    assert "Turns take about 7 minutes, so 14 in all" in script
    assert "no list of injects" in script
