"""What a table is: its file, the words that change it, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import UserMistake
from sim.tabletop.table_settings import of_plain, read_table


def test_words_change_what_the_file_says() -> None:
    table = read_table(["table.turn_days=3", "table.stand_ins=[haiti]"])
    assert (table.turn_days, table.stand_ins) == (3, ("haiti",))


def test_a_table_comes_back_from_what_the_log_keeps() -> None:
    table = read_table(["table=practice"])
    assert of_plain(table.plain()) == table


def test_a_title_says_no_days_that_are_not_played() -> None:
    assert read_table(["table.turns=4"]).title == "Haiti deployment: 4 turns of 7 days from 8 March 2024"
    moved = read_table(["table=practice", "table.first_day=2024-03-20", "table.turn_days=1"])
    assert moved.title == "Practice: 2 turns of 1 day from 20 March 2024"
    assert read_table(["table.turns=4", "table.title=Ours"]).title == "Ours"


def test_a_file_extends_another(tmp_path: Path) -> None:
    (tmp_path / "table").mkdir()
    (tmp_path / "table" / "ours.yaml").write_text("extends: default\ntitle: Ours\nroles: {haiti: null}\n")
    with pytest.raises(UserMistake, match=r"roles\.haiti"):
        read_table(["table=ours"], tmp_path)
    (tmp_path / "table" / "ours.yaml").write_text("extends: default\ntitle: Ours\n")
    assert read_table(["table=ours"], tmp_path).title == "Ours"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("table=practise", "practice"),
        ("table.turn_day=3", "turn_days"),
        ("table.turn_days=0", "from 1 to 60"),
        ("table.turns=many", "whole number"),
        ("table.turns=0", r"^table\.turns=0: a whole number"),
        ("table.stand_ins=[kenia]", "kenya"),
        ("table.first_day=2024-13-01", "a date"),
        ("table.stand_ins=[", "YAML"),
        ("table", "key=value"),
    ],
)
def test_what_cannot_be_names_key_value_and_what_would_be_right(word: str, said: str) -> None:
    with pytest.raises(UserMistake, match=said):
        read_table([word])


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("{name: A, aim: B, knows: [everything], orders: {}}", "public, kenya, hidden"),
        ("{name: A, aim: B, knows: [public], orders: {levers.pay_escro: [0, 1]}}", "pay_escrow"),
        ("{name: A, aim: B, knows: [public], orders: {levers.pay_escrow: [0, 2]}}", "within 0 to 1"),
        ("{name: A, aim: B, knows: [public], orders: {}, stand_in: [{turn: 1, set: {levers.reserve: 1}, why: w}]}",
         "an order of this role"),
        ("{name: A, aim: B, knows: [public]}", "a role has"),
    ],
)  # fmt: skip
def test_a_role_that_cannot_be_names_what_is_wrong(tmp_path: Path, role: str, said: str) -> None:
    (tmp_path / "table").mkdir()
    (tmp_path / "table" / "ours.yaml").write_text(f"extends: default\nroles:\n  kenya: {role}\n")
    with pytest.raises(UserMistake, match=said):
        read_table(["table=ours"], tmp_path)
