"""Briefings: of a comparison and of the answer, on two sheets, with everything inside."""

from __future__ import annotations

import io
import shutil

import pytest
from PIL import Image

from sim.api import compare
from sim.errors import UserMistake
from sim.paths import experiments_folder
from sim.reports.briefing.of_answer import of_answer
from sim.reports.briefing.of_comparison import FIRST, SECOND, UNCERTIFIED, of_comparison, shortened
from sim.reports.briefing.page import NOT_THIS, SHEET, Briefing
from tests.reports.html_checks import check_self_contained
from tests.worlds import SMALL

COMMAND = ["tabletop", "brief", "scenario=a,b"]
PARTS = ("How sure", "What flips it", "Which worlds are these", "What the cases are", "What it survives",
         "What it rests on", "What this is not", "Made by")  # fmt: skip


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    words = ["scenario=as_documented,terms_settled", "theory=breach,prospects", *SMALL, "ensemble.replicates=6"]
    return compare(*words, outcomes=["exits_by_end"], out=tmp_path_factory.mktemp("brief") / "s")


@pytest.fixture(scope="module")
def briefing(comparison):
    return of_comparison(comparison, COMMAND, ["It **HOLDS**."])


@pytest.fixture(scope="module")
def answer():
    return of_answer(experiments_folder(), ["tabletop", "brief", "--answer"])


def test_a_comparison_is_told_part_by_part(briefing, comparison):
    text = briefing.markdown
    assert [part for part in PARTS if f"\n## {part}\n" not in text] == []
    assert text.count(f"\n{SHEET}\n") == 1
    assert "`tabletop brief scenario=a,b`" in text
    assert comparison.store.digest() in text
    assert "pay in escrow, insurance" in text  # what the scenario says of itself
    assert "It **HOLDS**." in text
    assert NOT_THIS[1] in text


def test_which_worlds_they_are_is_said(briefing, comparison):
    assert "nothing that nobody knows is drawn" in briefing.markdown
    assert f"{len(comparison.runs)} runs of 2 cases under 2 theories" in briefing.markdown


def test_without_a_certificate_that_is_said(comparison):
    assert UNCERTIFIED in of_comparison(comparison, COMMAND, figures=False).markdown


def test_its_pictures_are_inside_the_page_and_their_data_beside_it(briefing):
    assert set(briefing.pictures) == {f"{FIRST}.png", f"{SECOND}.png"}
    assert set(briefing.data) == {f"{FIRST}.csv", f"{SECOND}.csv"}
    check_self_contained(briefing.html)
    assert briefing.html.count("data:image/png;base64,") == 2
    for content in briefing.pictures.values():
        with Image.open(io.BytesIO(content)) as image:
            assert image.width > 500


def test_the_answer_says_what_its_page_says(answer):
    page = (experiments_folder() / "ANSWER.md").read_text("utf-8")
    for line in page.splitlines():
        if line.startswith("## "):
            assert f"\n{line}\n" in answer.markdown
    assert "](" not in answer.markdown.replace("![", "").partition(SHEET)[0]  # it goes on paper
    check_self_contained(answer.html)
    assert 1 <= len(answer.pictures) <= 2


def test_each_number_of_a_study_stands_in_the_list_of_studies(answer):
    first, _, second = answer.markdown.partition(f"\n{SHEET}\n")
    listed = {line.partition(". ")[0] for line in second.splitlines() if line[:1].isdigit()}
    assert listed
    assert {number for number in map(str, range(1, 30)) if f"[{number}]" in first} == listed
    assert "python experiments/counterfactuals/run.py" in second


def test_another_answer_is_another_briefing(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "README.md").write_text(
        "# What is mine?\n\n`python experiments/mine/run.py` wrote this page.\n"
    )
    (tmp_path / "ANSWER.md").write_text(
        "# Mine\n\n## So\n\n- It is 7. ([mine](mine/README.md)) See ([that](../docs/X.md)). "
        "So ([mine](mine/README.md); [f](c/README.md#f) HOLDS).\n"
        "- It is 8. ([mine](mine/README.md); [a](certificates/README.md#a) holds (all); "
        "[b](certificates/README.md#b) flips)\n"
    )
    text = of_answer(tmp_path, ["x"]).markdown
    assert "- It is 7. [1] See (that). So ([1]; f HOLDS).\n- It is 8. [1]\n" in text
    assert "1. What is mine? `python experiments/mine/run.py`" in text
    shutil.rmtree(tmp_path / "mine")
    with pytest.raises(UserMistake, match=r"mine/README.md: cannot be read"):
        of_answer(tmp_path, ["x"])


def test_a_long_description_is_cut_between_sentences():
    assert shortened("One. Two") == "One. Two."
    assert shortened(f"{'a' * 300}. b") == f"{'a' * 300}."
    assert shortened(f"A. {'b' * 300}.") == "A."


def test_a_page_that_shows_a_picture_which_is_not_there_is_refused():
    with pytest.raises(ValueError, match="not given"):
        Briefing("t", "![x](y.png)").html  # noqa: B018
