"""``tabletop explore``, as it is typed, with what goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import cli
from tests.worlds import SHORT

WORDS = ("theory=breach", *SHORT, "levers=pay_escrow,kit_first", "ensemble.replicates=6", "out=s",
         "--outcome", "exits_by_end")  # fmt: skip


def test_a_page_is_written_and_asking_again_runs_nothing(capsys):
    assert cli.run(["explore", "there/explore.html", *WORDS]) == 0
    assert "24 runs computed" in capsys.readouterr().out
    first = Path("there/explore.html").read_bytes()
    assert cli.run(["explore", "there/explore.html", *WORDS]) == 0
    assert "0 runs computed" in capsys.readouterr().out
    assert Path("there/explore.html").read_bytes() == first, "the same runs make the same page"
    page = first.decode()
    assert "tabletop explore explore.html theory=breach" in page
    assert "out=s" not in page, "whoever gets the page learns nothing of this machine"
    assert "there/" not in page


def test_more_worlds_are_added_to_those_that_are_there(capsys):
    assert cli.run(["explore", "a.html", *WORDS]) == 0
    more = [word.replace("replicates=6", "replicates=8") for word in WORDS]
    assert cli.run(["explore", "a.html", *more]) == 0
    assert "8 runs computed" in capsys.readouterr().out


def test_a_page_is_of_the_language_that_is_asked_for():
    assert cli.run(["explore", "a.html", *WORDS, "language=fr"]) == 0
    assert '<html lang="fr">' in Path("a.html").read_text("utf-8")


def test_what_it_takes_can_be_asked_before(capsys):
    assert cli.run(["explore", "a.html", *WORDS, "--dry-run"]) == 0
    assert "24" in capsys.readouterr().out
    assert not Path("a.html").exists()
    assert not Path("s/runs").exists()


@pytest.mark.parametrize(("words", "said"), [
    ([], "name the file to write"), (["a.html", "b.html"], "one file"), (["a.txt"], "ends in .html"),
    (["a.html/"], "is a folder"),
    (["a.html", "levers=nonsense"], "no such lever"), (["a.html", "language=xx"], "one of en, fr"),
    (["a.html", "language=fr", "language=en"], "given twice"), (["a.html", "--outcome", "atacks"], "atacks"),
    (["a.html", "--outcome", "first_report_date"], "a day"), (["a.html", "gangs.bloc=3"], "gangs.bloc"),
    (["a.html", "theory=breech"], "breech"), (["a.html", "--outcom=x"], "--outcome"),
    (["a.html", "levers=pay_escrow:0"], "levers=pay_escrow:0: it stands there already"),
    (["a.html", "theory=constant", "levers=first_contingent:-5"], "levers=first_contingent:-5: a number from 0"),
    (["a.html", "levers=first_contingent:12.5"], "officers are whole, such as first_contingent:12"),
    (["a.html", "scenario=as_documented,terms_settled"], "scenario=as_documented,terms_settled: one value"),
    (["a.html", "gangs.blocs=3,5"], "gangs.blocs=3,5: one value"),
    (["/proc/a.html"], "FILE.html=/proc/a.html: cannot be written"),
])  # fmt: skip
def test_mistakes_get_one_line_and_nothing_is_written(error_line, words, said):
    assert cli.run(["explore", *words]) == 2
    assert said in error_line()
    assert not list(Path().iterdir())


def test_a_file_of_somebody_else_stays(error_line):
    Path("mine.html").write_text("<p>mine")
    assert cli.run(["explore", "mine.html", *WORDS]) == 2
    assert "is no explorer's page" in error_line()
    assert Path("mine.html").read_text() == "<p>mine"
    assert not Path("s").exists()


def test_where_nothing_can_be_written_it_is_said(error_line):
    Path("file").write_text("x")
    assert cli.run(["explore", "file/a.html", *WORDS]) == 2
    assert error_line() == "tabletop: FILE.html=file/a.html: lies in a file; name a file in a folder"


def test_a_place_that_takes_nothing_is_found_out_before_anything_runs(error_line, monkeypatch):
    assert cli.run(["explore", "/proc/there/a.html", *WORDS]) == 2
    assert "FILE.html=/proc/there/a.html: cannot be written" in error_line()
    assert not Path("s").exists()


@pytest.mark.parametrize(("words", "said"), [
    (["levers=first_contingent:9999"], "levers=first_contingent:9999: more than officers.pool=400"),
    (["levers=foreign_troops:100000"], "levers=foreign_troops:100000: beyond 3,000 troops"),
    (["levers=kit_first", "theory=constant"], "theory=constant: 2 worlds under it lived the record"),
    (["levers=kit_first", "ensemble.replicates=6"], "ensemble.replicates=6: so few worlds tell little"),
])  # fmt: skip
def test_what_is_odd_and_no_mistake_is_noted_before_it_runs(capsys, words, said):
    typed = {"theory": "theory=breach", **{word.partition("=")[0]: word for word in words}}
    assert cli.run(["explore", "a.html", *typed.values(), "out=s", "--dry-run"]) == 0
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
