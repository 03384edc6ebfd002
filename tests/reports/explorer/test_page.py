"""The page is one file: it says what may run in it by hashes, and holds nothing that anybody would have to fetch."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

from sim.analysis.lever_grid import read_grid
from sim.errors import UserMistake
from sim.language import spoken_in
from sim.reports.explorer.page import FORMAT, MARK, MOST_BYTES, _json, check_target, save
from sim.reports.explorer.panes import named, spoken, without_sign
from sim.reports.registers import assumption_rows
from tests.reports.explorer.conftest import Made
from tests.reports.html_checks import parsed
from tests.worlds import SHORT


def test_only_its_own_script_and_sheet_may_act(made: Made) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', made.page)
    assert policy
    script, style = (
        made.page.rpartition("<script>")[2].partition("</script>")[0],
        re.search(r"<style>(.*?)</style>", made.page, re.S),
    )
    assert style
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (script, style[1])]
    told = policy[1].replace("&#x27;", "'")
    assert told.startswith("default-src 'none'; ")
    assert f"script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'" in told
    assert "unsafe" not in told


def test_nothing_in_it_leads_elsewhere(made: Made) -> None:
    bare = re.sub(r"<(script|style)\b.*?</\1>", "", made.page, flags=re.S)
    bare = re.sub(r"<input\b([^>]*?)( checked)?>", r"<input\1/>", bare).replace(" hidden>", ">").replace(" open>", ">")
    for element in parsed(bare).iter():
        assert element.tag not in ("link", "img", "iframe", "object", "embed", "base", "form", "script")
        assert not [name for name in element.attrib if name.startswith("on") or name == "style"], element.attrib
        assert element.get("href", "#").startswith("#")
        assert element.get("src") is None
    script = made.page.rpartition("<script>")[2]
    assert not re.search(r"fetch\(|XMLHttpRequest|import\(|WebSocket|EventSource|innerHTML|eval\(", script)


def test_its_numbers_fit_a_mail(made: Made) -> None:
    assert len(made.page.encode()) < MOST_BYTES / 2
    assert made.data["format"] == FORMAT
    assert len(made.data["dots"][0][0]) == 64


def test_words_of_anybody_stay_words(made: Made) -> None:
    assert _json({"a": "</script><script>"}) == '{"a":"\\u003c/script>\\u003cscript>"}'
    grid = read_grid(["theory=breach", *SHORT], "pay_escrow")
    pull = replace(grid.pulls[0], text='<b onclick="x">pay', holder="<i>")
    from sim.reports.explorer.page import _boxes

    assert "<b" not in _boxes(replace(grid, pulls=(pull,)))


def test_panes_say_which_worlds_these_are_what_is_assumed_and_by_whom_it_is_told(made: Made) -> None:
    shown = " ".join(re.sub(r"<[^>]+>", " ", made.page.partition('id="panes"')[2].partition("<script")[0]).split())
    assert "T4 breach: 12 worlds that lived the record" in shown
    assert "T0 constant: 12 worlds drawn from the prior" in shown
    assert "levers.first_contingent 300 50" in shown
    assert "media.kenya_salience" in shown or "gangs.reference_attacks" in shown
    assert "seed article" in shown
    assert "tabletop explore" in shown
    assert "Stepping out is a legitimate choice" in shown


def test_no_meaning_begins_with_a_sign_of_equations_that_the_page_has_not(made: Made) -> None:
    told = {row["meaning"] for row in assumption_rows().to_dict("records")}
    signs = [text for text in told if without_sign(text) != text]
    assert {"a_ref: attacks a day in the reference state", "breach: b_a, effect of a month's arrears"} <= set(signs)
    assert not [text for text in signs if escape(text) in made.page]
    assert all(escape(without_sign(text)) in made.page for text in told)
    kept = ["1: departure's nearness moves the hazard", "pay held in escrow: terms secured", "a squad leaves, together"]
    assert [without_sign(text) for text in kept] == kept
    assert without_sign("n\N{NO-BREAK SPACE}: agents du premier contingent") == "agents du premier contingent"
    bare = re.sub(r"<[^>]+>", "|", made.page.partition('id="levers-of"')[2].partition('id="sources"')[0])
    assert not re.search(r"\|([^\W\d]|\w+_\w+|[^\w|]\w?)\s?: ", bare)


def test_a_theory_is_named_with_its_number() -> None:
    with spoken_in("en"):
        assert named("squad_threshold") == "T3 squad threshold"


def test_a_lever_is_told_with_its_level_where_that_is_not_all_of_it() -> None:
    grid = read_grid(["theory=breach", *SHORT], "first_contingent,gang_truce:0.5,kit_first")
    assert [spoken(pull) for pull in grid.pulls] == [
        "first contingent: 50", "a truce of the gangs (0.5 of 1)", "announce only when the kit is ready",
    ]  # fmt: skip


def test_only_a_page_of_ones_own_is_written_over(tmp_path: Path) -> None:
    check_target(tmp_path / "new.html")
    for name, content in (("mine.html", "<!doctype html><title>mine</title>"), ("page.txt", "")):
        (tmp_path / name).write_text(content)
        with pytest.raises(UserMistake):
            check_target(tmp_path / name)
    (tmp_path / "old.html").write_text(f"<!doctype html>{MARK}")
    check_target(tmp_path / "old.html")
    (tmp_path / "there.html").mkdir()
    with pytest.raises(UserMistake, match="is a folder"):
        check_target(tmp_path / "there.html")


def test_a_page_that_no_mail_takes_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="name fewer outcomes"):
        save("x" * (MOST_BYTES + 1), tmp_path / "large.html")
    assert not list(tmp_path.iterdir())
