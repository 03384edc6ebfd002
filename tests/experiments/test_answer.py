"""The answer in two minutes: it says what the tables of the studies say, and names the studies that are not there."""

from __future__ import annotations

import re
import shutil

import pandas as pd
import pytest

from experiments import answer
from experiments.paired_options import hundredths
from tests.experiments.commands import study

AGAIN = "the page is stale: python experiments/answer.py makes it again"
SHOWN = answer.HERE / "ANSWER.md"


@pytest.fixture(scope="module")
def found():
    return answer.read()


def test_the_answer_says_what_the_tables_of_the_studies_say(found):
    assert SHOWN.read_text("utf-8").partition("\nFigures of model version")[0].strip() == answer.page(found).strip(), (
        AGAIN
    )


def test_every_sentence_of_a_finding_names_the_study_that_it_stands_on(found):
    for part in (answer.drives, answer.levers, answer.number, answer.sure, answer.change):
        for line in part(found):
            (linked,) = re.findall(r" \(\[\w+\]\((\w+/README\.md)\)", line)
            assert (answer.HERE / linked).exists()
            assert line.endswith(")")


def test_every_sentence_on_drivers_levers_and_the_number_carries_its_certificates(found):
    page = (answer.HERE / "certificates" / "README.md").read_text("utf-8")
    used = set()
    for part in (answer.drives, answer.levers, answer.number):
        for line in part(found):
            names = re.findall(r"\[(\w+)\]\(certificates/README\.md#(\w+)\) [a-z]", line)
            assert names, line
            for name, anchor in names:
                assert name == anchor
                assert f"\n## {name}\n" in page
                used.add(name)
    assert used == {claim.name for claim in answer._claims() if claim.answer}, "a finding that no sentence carries"


def test_another_verdict_is_another_certificate(found):
    table = found["certificates"]["certificates"]
    flipped = table.assign(verdict=table["verdict"].where(table["finding"] != "truce_keeps", "FLIPS"))
    other = answer.levers(found | {"certificates": {"certificates": flipped}})
    assert any("[truce_keeps](certificates/README.md#truce_keeps) flips under T1–T4" in line for line in other)
    assert not any("[truce_keeps](certificates/README.md#truce_keeps) flips" in line for line in answer.levers(found))


def test_without_the_table_of_verdicts_no_certificate_is_shown(found):
    some = {name: tables for name, tables in found.items() if name != "certificates"}
    assert "certificates/README.md#" not in answer.page(some)
    assert "`experiments/certificates`" in answer.page(some)


def words_of(text):
    """Words that are read; numbers and links are not read word by word."""
    return len(re.findall(r"[^\W\d_]{2,}", re.sub(r"\]\(.*?\)|`.*?`", "", text)))


def test_it_is_read_in_two_minutes():
    """At 300 words a minute, the findings and what they are not; with all of the certificates in three."""
    read = SHOWN.read_text("utf-8").partition("\n## ")[2]
    assert words_of(re.sub(r" \(\[\w+\]\(\w+/README\.md\).*", "", read)) <= 600
    assert words_of(read) <= 1000


def test_other_numbers_in_a_table_are_other_words(found):
    """Violence and unclear plans change places."""
    table = found["counterfactuals"]["shapley"]
    swapped = table.assign(cause=table["cause"].replace({"violence": "ambiguity", "ambiguity": "violence"}))
    other = answer.drives(found | {"counterfactuals": found["counterfactuals"] | {"shapley": swapped}})
    assert "the largest part has news of violence under every theory" in answer.drives(found)[0]
    assert "the largest part has unclear plans under every theory" in other[0]


def test_a_study_that_is_not_there_is_named_and_left_out(tmp_path):
    for name in ("counterfactuals", "undisclosed"):
        shutil.copytree(answer.HERE / name, tmp_path / name)
    some = answer.read(tmp_path)
    text = answer.page(some)
    assert (
        "`experiments/perceived_risk`, `experiments/pulled_levers`, `experiments/tipping`, "
        "`experiments/calibration` and `experiments/certificates`"
    ) in text
    assert f"1 March 2024:\n\n{answer.NONE}" in text
    assert not answer.levers(some)
    assert answer.page({}).count(answer.NONE) == 6


def test_a_calibration_that_is_there_says_how_compatible_each_theory_is(tmp_path, found):
    (tmp_path / "calibration").mkdir()
    table = pd.DataFrame({"theory": ["breach", "constant", "breach"], "variant": ["record", "record", "without C3"],
                          "share": [0.083, 0.0001, 0.5]})  # fmt: skip
    table.to_csv(tmp_path / "calibration" / "compatibility.csv", index=False)
    (line,) = answer.sure(answer.read(tmp_path))
    assert "so many lived the record: T0 constant 0.01 and T4 breach 8.3." in line
    assert "compatibility" in line


def test_no_share_is_rounded_to_nothing_or_to_all():
    assert hundredths([0.001, 0.999]) == "<1 to >99"
    assert hundredths([-0.02, 0.4]) == "−2 to 40"
    assert hundredths([1.0, 1.0]) == "100"


@pytest.mark.slow
def test_the_answer_is_written_again_as_it_is(tmp_path):
    study("answer", to=tmp_path)
    assert (tmp_path / "ANSWER.md").read_bytes() == SHOWN.read_bytes(), AGAIN
