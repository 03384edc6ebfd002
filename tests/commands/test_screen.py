"""What tables look like on a screen, wide or narrow."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from sim.commands.screen import computed, save_workbook, say_pictures, table_for_people
from sim.ensemble.execution.report import Report
from sim.reports import sheets

SETTINGS = pd.DataFrame(
    {
        "setting": ["officers.killed_share", "officers.cohesion"],
        "value": ["0.25", "carry"],
        "bounds": ["0 to 1", "carry, hold, none"],
        "meaning": ["the share of the casualties of attacks that are deaths", "[a leaver] draws his squad after him"],
    }
)
QUANTILES = {f"{share} %": [0.00724] for share in (5, 50, 95)}
NUMBERS = pd.DataFrame({"outcome": ["perceived_hazard_record_end"], "runs": [400], **QUANTILES})


def shown(frame: pd.DataFrame, width: int) -> list[str]:
    page = io.StringIO()
    Console(file=page, width=width).print(table_for_people(frame, width, "Settings"))
    lines = page.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    return [line.rstrip() for line in lines]


def test_a_table_breaks_between_words_and_never_within_one() -> None:
    for width in (66, 80, 200):
        said = "\n".join(shown(SETTINGS, width))
        whole = {word for column in SETTINGS for text in SETTINGS[column] for word in text.split()}
        assert whole <= set(said.split()), width
        assert "bounds" in said.splitlines()[2]  # one line of heads: still a table


def test_where_a_screen_has_no_room_for_the_words_each_row_stands_by_itself() -> None:
    assert shown(SETTINGS, 40)[:5] == [
        "Settings",
        "officers.killed_share",
        "  value    0.25",
        "  bounds   0 to 1",
        "  meaning  the share of the casualties",
    ]


def test_a_table_of_numbers_stays_one_as_long_as_its_numbers_have_room() -> None:
    assert len([line for line in shown(NUMBERS, 50) if "0.00724" in line]) == 1
    assert len([line for line in shown(NUMBERS, 24) if "0.00724" in line]) == 3


def test_the_last_line_says_what_was_computed_and_what_was_known() -> None:
    assert computed(Report(computed=1, found=0, failures=(), seconds=2.04)) == "1 run computed in 2.0 s"
    assert computed(Report(computed=2400, found=1200, failures=(), seconds=61.0)) == (
        "2,400 runs computed in 61.0 s, 1,200 known already"
    )


def test_a_picture_is_named_with_its_data(capsys) -> None:
    say_pictures([Path("worlds/F1-outcome.png"), Path("worlds/F5.png")])
    assert capsys.readouterr().out.splitlines() == [
        f"picture: {Path('worlds/F1-outcome.png')} (data: F1-outcome.csv)",
        f"picture: {Path('worlds/F5.png')} (data: F5.csv)",
    ]


def test_a_table_that_no_sheet_holds_is_said(tmp_path: Path, monkeypatch, capsys) -> None:
    pytest.importorskip("openpyxl", reason="needs the extra [sheets]")
    monkeypatch.setattr(sheets, "MOST", 1)
    book = save_workbook(tmp_path / "book.xlsx", {"settings": SETTINGS, "numbers": NUMBERS})
    assert book.exists()
    assert capsys.readouterr().out == "left out: settings: 2 rows, and a sheet holds 1\n"
