"""``tabletop brief``, as it is typed, with what goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import cli
from tests.worlds import TINY

WORDS = ("scenario=as_documented,terms_settled", "theory=breach", *TINY, "ensemble.replicates=6", "out=s")


def test_a_comparison_is_written_as_markdown_and_html(capsys):
    assert cli.run(["brief", *WORDS, "--to", "there"]) == 0
    assert {path.name for path in Path("there").iterdir()} >= {"briefing.md", "briefing.html", "F2-briefing.png"}
    assert capsys.readouterr().out.count("written: ") == 2
    page = Path("there/briefing.md").read_text("utf-8")
    assert f"`tabletop brief {' '.join(WORDS)} --to there`" in page
    assert cli.run(["brief", "s", "--as", "html"]) == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")


def test_the_answer_is_written_too(capsys):
    assert cli.run(["brief", "--answer", "--to", "there"]) == 0
    assert Path("there/briefing.html").is_file()
    assert cli.run(["brief", "--answer", "--as", "md"]) == 0
    assert "## The studies, each with the command" in capsys.readouterr().out


@pytest.mark.parametrize(("words", "said"), [
    (["--answer", "scenario=terms_settled"], "takes no case"), (["--answer", "--outcome", "attacks"], "takes no case"),
    (["--answr"], "near it: --answer"), (["nowhere"], "nowhere"), (["--to", ""], "--to"),
    (["--answer", "--as", "pdf"], "'files', 'md', 'html'"),
])  # fmt: skip
def test_mistakes_get_one_line(error_line, words, said):
    assert cli.run(["brief", *words]) == 2
    assert said in error_line()


def test_an_installed_package_has_no_answer_and_says_so(error_line, monkeypatch):
    monkeypatch.setattr("sim.paths.experiments_folder", lambda: None)
    assert cli.run(["brief", "--answer"]) == 2
    assert "only a checkout has" in error_line()


def test_where_nothing_can_be_written_it_is_said(error_line):
    Path("file").write_text("x")
    assert cli.run(["brief", "--answer", "--to", "file/there"]) == 2
    assert "cannot be written" in error_line()
