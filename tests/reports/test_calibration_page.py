"""The page of a calibration: the right numbers in the right cells, and what is missing is said to be missing."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis.calibration.results import FRAMES, CalibrationResults
from sim.errors import UserMistake
from sim.figures.calibration.figure import FIGURE, recipe_of
from sim.figures.provenance.picture import Picture
from sim.reports.calibration_page import calibration_html, calibration_page, save
from tests.analysis.calibration.example_results import ALONE, SETTINGS, compatibility, facts, shift, whole
from tests.reports.html_checks import check_self_contained, parsed

HEADINGS = [
    "# What the record tells, and what it does not", "## 1 What the record tells about each unknown",
    "### What it says nothing about", "### What it ties together", "## 2 How compatible each theory is with the record",
    "### The older rule", "## 3 What yes-or-no patterns can tell apart", "## 4 Whether the method can be trusted",
    "## 5 Which further observation would tell the theories apart", "## The number that nobody published",
    "## How much is luck", "## How the bank was made, and how to make it again",
]  # fmt: skip


def picture_of(results: CalibrationResults) -> Picture:
    return FIGURE.make(recipe_of(results), None)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def page() -> str:
    return calibration_page(whole())


def section(page: str, heading: str) -> str:
    """From a heading to the next of its rank or above."""
    rank = heading.split(" ")[0]
    lines = page[page.index(f"{heading}\n") :].splitlines()
    end = next((n for n, line in enumerate(lines[1:], 1)
                if line.startswith("#") and len(line.split(" ")[0]) <= len(rank)), len(lines))  # fmt: skip
    return "\n".join(lines[:end])


def tables(text: str) -> list[pd.DataFrame]:
    """The tables of a piece of the page, every cell as text."""
    found: list[list[list[str]]] = [[]]
    for line in text.splitlines():
        if line.startswith("| "):
            found[-1].append([cell.strip() for cell in line.strip("| ").replace("\\|", "¦").split(" | ")])
        elif found[-1]:
            found.append([])
    return [pd.DataFrame(rows[2:], columns=rows[0]) for rows in found if rows]


def row_of(table: pd.DataFrame, **where: str) -> dict[str, str]:
    for column, value in where.items():
        table = table[table[column.replace("_", " ")] == value]
    (row,) = table.to_dict("records")
    return {str(name): str(value) for name, value in row.items()}


def test_the_sections_are_the_questions_in_order(page: str) -> None:
    assert [line for line in page.splitlines() if line in HEADINGS] == HEADINGS
    for heading in HEADINGS:
        assert page.count(f"{heading}\n") == 1


def test_an_unknown_is_told_in_its_own_unit_beside_its_prior(page: str) -> None:
    (table, *_) = tables(section(page, HEADINGS[1]))
    row = row_of(table, unknown=f"`{SETTINGS[0]}`", theory="T1 threat efficacy")
    mine = shift().query("theory == 'threat_efficacy'").set_index("setting").loc[SETTINGS[0]]
    low, high = (0.2 * 10 ** mine[name] for name in ("q25", "q75"))  # log, from 0.2 to 2
    assert row["middle half, kept"] == f"{low:.3f} to {high:.3f}"
    assert row["middle half, prior"] == "0.356 to 1.12"
    assert row["shift (prior SD)"] == f"−{abs(mine['shift']):.2f}"
    assert row["narrower (of 100)"] == f"{100 * mine['narrowing']:.0f}"
    assert row["p (Holm)"] == "\\< 0.001"
    assert row["kept worlds"] == "1,000"
    assert len(table) == shift()["told"].sum()


def test_uniform_ranges_are_even_and_other_scales_stay_quantiles() -> None:
    results = whole()
    assert results.settings is not None
    settings = results.settings.copy()
    settings.loc[0, ["scale", "low", "high", "unit"]] = ["uniform", 10.0, 30.0, "days"]
    settings.loc[1, "scale"] = "Dirichlet"
    settings.loc[2, ["theory", "text"]] = ["breach", "of T4 alone"]
    (table, *_) = tables(section(calibration_page(replace(results, settings=settings)), HEADINGS[1]))
    row = row_of(table, unknown=f"`{SETTINGS[0]}`", theory="T4 breach")
    assert (row["middle half, prior"], row["unit"]) == ("15 to 25", "days")
    row = row_of(table, unknown=f"`{SETTINGS[1]}`", theory="T4 breach")
    assert (row["middle half, prior"], row["unit"]) == ("0.25 to 0.75", "prior quantiles")
    assert row_of(table, unknown=f"`{SETTINGS[2]}`", theory="T4 breach")["meaning"] == "of T4 alone"
    assert row_of(table, unknown=f"`{SETTINGS[2]}`", theory="T2 prospects")["meaning"] == ""


def test_what_the_record_says_nothing_about_is_named(page: str) -> None:
    text = section(page, HEADINGS[2])
    assert all(f"`{name}`" in text for name in SETTINGS[15:])
    assert not any(f"`{name}`" in text for name in SETTINGS[:15])
    assert "(45 under T1 threat efficacy, 45 under T2 prospects" in section(page, HEADINGS[1])


def test_compatibility_has_a_column_a_theory_and_a_row_a_variant(page: str) -> None:
    table = tables(section(page, HEADINGS[4]))[0]
    record = row_of(table, of_100_prior_runs="all patterns hold")
    assert record["T3 squad threshold"] == "10.5 of 100 (9.9–11.2)"
    assert record["T0 constant"] == "none of 20,000 draws; at most 3/20,000 (95 %)"
    assert row_of(table, of_100_prior_runs="prior runs (draws)")["T2 prospects"] == "83,000"
    rates = compatibility().query("theory == 'breach'").set_index("variant")["share"]
    without = row_of(table, of_100_prior_runs="without C3")["T4 breach"]
    assert without.startswith(f"{100 * rates['without C3']:.1f} of 100")
    halves = row_of(table, of_100_prior_runs="one assumed range halved")
    assert halves["T4 breach"] == "4 (officers.threat\\_sensitivity) to 7.2 (media.attention\\_floor)"
    assert halves["T0 constant"] == "none kept"


def test_the_sentences_that_keep_readers_from_misreading_stand_beside_the_number(page: str) -> None:
    text = section(page, HEADINGS[4])
    assert "**It is not the probability of a theory.** It scales with the widths of the prior ranges" in text
    assert "The patterns were known when the model was written." in text
    assert "C1 is implied by C2" in text
    assert "there are four patterns that can fail on their own, not five; both are kept" in text
    alone = replace(whole(), bank=facts(pattern_texts={"X": "mine"}))
    assert "implied" not in calibration_page(alone)


def test_the_older_rule_has_the_share_of_each_pattern(page: str) -> None:
    (table,) = tables(section(page, HEADINGS[5]))
    assert row_of(table, pattern="C3 a squad leaves together")["T4 breach"] == "35 (29 to 42)"
    assert list(table["pattern"])[-1] == "every pattern"
    assert "in at least half of 40 runs under fresh luck" in section(page, HEADINGS[5])


def test_the_theory_that_is_true_stands_in_bold_where_it_is_named_rightly(page: str) -> None:
    text = section(page, HEADINGS[6])
    every, hold = tables(text)
    row = row_of(every, true_theory="T4 breach")
    assert (row["T4 breach"], row["T2 prospects"], row["runs"]) == ("**52**", "12", "17,400")
    none = row_of(hold, true_theory="T0 constant")
    assert none == {**dict.fromkeys(row, "–"), "true theory": "T0 constant", "runs": "0"}
    assert "Guessing blindly would be right in 20 of 100." in text


def test_the_verdict_of_the_self_check_is_said_in_words() -> None:
    results = whole()
    assert results.self_check is not None
    assert "**Verdict: passed.**" in calibration_page(results)
    check = results.self_check.copy()
    check.loc[3, ["ks", "inside"]] = [0.2, False]
    passed = {**results.self_check_passed, "threat_efficacy": False}
    page = calibration_page(replace(results, self_check=check, self_check_passed=passed))
    text = section(page, HEADINGS[7])
    assert "**Verdict: failed under T1 threat efficacy.**" in text
    row = row_of(tables(text)[0], theory="T1 threat efficacy")
    assert (row["outside of the limit"], row["farthest unknown"], row["distance (0 to 1)"], row["limit"]) == (
        "1", f"`{SETTINGS[3]}`", "0.200", "0.088")  # fmt: skip
    assert row_of(tables(text)[0], theory="T4 breach")["left out, too few draws alike"] == "20"
    assert f"`{SETTINGS[3]}` under T1 threat efficacy (0.200 against 0.088)" in text
    assert "FAILED: do not use these worlds" in page
    assert results.cells is not None
    cells = results.cells.assign(ks=0.41, inside=results.cells["theory"] != "breach")
    text = section(calibration_page(replace(results, cells=cells)), HEADINGS[7])
    assert f"by the patterns that hold: C1 C3 under T4 breach (`{SETTINGS[4]}`, 0.410 against 0.300)." in text
    assert row_of(tables(text)[0], theory="T4 breach")["cells outside"] == "1"
    assert "**The trap.** Each prior run needs luck of its own." in text


def test_coverage_says_what_it_should_be_and_what_it_is(page: str) -> None:
    coverage = tables(section(page, HEADINGS[7]))[1]
    whole_ = coverage[(coverage["theory"] == "T4 breach") & (coverage["draws in the cell"] == "all")]
    assert whole_[["should", "does", "may", "holds", "truths"]].to_numpy().tolist() == [
        ["50", "49", "45–55", "yes", "240"], ["90", "89", "85–95", "yes", "240"]]  # fmt: skip
    assert "not judged" in set(coverage["may"])


def test_observations_come_with_the_most_telling_first(page: str) -> None:
    (table,) = tables(section(page, HEADINGS[8]))
    assert list(table["observation"]) == ["share of leaders among those out", "day of the 10th exit"]
    assert table.iloc[0].tolist()[1:] == ["0.62", "0.57 to 0.68", "58", "1,000"]
    assert "knowing which is true takes 2.00;" in page
    assert "chance alone does in 25." in page


def test_the_undisclosed_number_and_the_luck_split(page: str) -> None:
    first, second = tables(section(page, HEADINGS[9]))
    assert first.iloc[1].tolist() == ["T2 prospects", "38", "21–71", "9–133", "1,000"]
    assert "### officers out by 7 March 2024 (exits\\_by\\_record\\_end)" in page
    assert len(second) == 4
    (luck,) = tables(section(page, HEADINGS[10]))
    together = luck[luck["theory"] == "all, equal weight"].iloc[0].tolist()
    assert together[2:] == ["43 (39 to 47)", "41", "16"]
    assert luck[luck["theory"] == "T4 breach"].iloc[0].tolist()[3:] == ["57", "–"]


def test_how_the_bank_was_made_can_be_typed_again() -> None:
    page = calibration_page(replace(whole(), bank=facts(command="tabletop calibrate theory=breach")))
    text = section(page, HEADINGS[11])
    assert "`tabletop calibrate theory=breach`" in text
    draws, of, settings = tables(text)
    assert list(row_of(draws, theory="T0 constant").values()) == ["T0 constant", "20,000", "0"]
    assert row_of(of, of_the_bank="patterns")["value"] == "record (digest 0f1e2d3c4b)"
    assert len(settings) == len(SETTINGS)
    assert "what officers.threat\\_sensitivity is ¦ in words" in settings["meaning"].iloc[0]


@pytest.mark.parametrize("lost", FRAMES)
def test_a_frame_that_is_missing_is_said_to_be(lost: str) -> None:
    """Each at a time; and the rest of the page stands."""
    results = replace(whole(), **{lost: None})
    if lost == "self_check":
        results = replace(results, self_check_passed={})
    page = calibration_page(results)
    assert page.count("Not computed in this bank.") == (0 if lost in ("settings", "coverage", "cells") else 1)
    assert ("nan" in page.split(), "None" in page.split()) == (False, False)
    check_self_contained(calibration_html(results))


def test_of_an_interrupted_bank_the_page_says_so_first_and_names_what_is_missing() -> None:
    page = calibration_page(CalibrationResults(facts(interrupted=True)))
    assert page.splitlines()[2].startswith("**The bank was interrupted")
    assert page.count("Not computed in this bank.") == 7
    assert "| state | interrupted |" in page
    check_self_contained(calibration_html(CalibrationResults(facts(interrupted=True))))


def test_one_theory_alone_and_none_kept() -> None:
    alone = calibration_page(whole(ALONE))
    assert "T4 breach" in alone
    assert "T2" not in alone
    moved = shift(("constant",), told=0, kept=0).assign(shift=np.nan, narrowing=np.nan)
    none = CalibrationResults(facts(("constant",)), compatibility=compatibility(("constant",)), shift=moved)
    page = calibration_page(none)
    assert "No world is kept, so nothing is told about any unknown." in page
    assert "none of 20,000 draws; at most 3/20,000 (95 %)" in page


def test_words_of_anybody_stay_words(tmp_path: Path) -> None:
    evil = "<img src=x onerror=alert(1)> [a](http://x.org) | `b` &amp; *c*"
    results = whole()
    assert results.settings is not None
    assert results.observations is not None
    results = replace(
        results, bank=facts(pattern_texts={"C1": evil}, patterns=evil, command="tabletop `calibrate`"),
        settings=results.settings.assign(text=evil, unit=evil),
        observations=results.observations.assign(observation=evil),
    )  # fmt: skip
    html = calibration_html(results)
    check_self_contained(html)
    root = parsed(html)
    texts = ["".join(cell.itertext()) for cell in root.iter("td")]
    assert texts.count(evil) >= len(SETTINGS)
    assert not list(root.iter("a"))


def test_the_html_has_the_picture_inside_and_the_page_has_it_beside(tmp_path: Path) -> None:
    results = whole()
    paths = save(results, tmp_path / "new", [picture_of(results)], ["tabletop", "calibrate"])
    assert [path.name for path in paths] == ["F9-calibration.png", "calibration.md", "calibration.html"]
    assert (tmp_path / "new" / "F9-calibration.csv").exists()
    text, html = (path.read_text(encoding="utf-8") for path in paths[1:])
    assert "](F9-calibration.png)" in text
    check_self_contained(html)
    (image,) = parsed(html).iter("img")
    assert image.get("alt", "").startswith("In this model, the record tells something about 15 of 45 unknowns")
    assert {cell.get("scope") for cell in parsed(html).iter("th")} == {"col"}
    ranks = [int(element.tag[1]) for element in parsed(html).iter() if element.tag in ("h1", "h2", "h3", "h4")]
    assert ranks[0] == 1
    assert ranks.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(ranks))


def test_a_folder_that_cannot_be_written_is_the_users_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserMistake):
        save(CalibrationResults(facts()), tmp_path / "file", [], ["tabletop"])
