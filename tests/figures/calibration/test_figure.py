"""F9 is found by ``plot`` in a store's folder, and a picture is made again from itself, without bank and runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from sim.analysis.calibration.results import FILE, CalibrationResults
from sim.api import open_store
from sim.cli import run as tabletop
from sim.ensemble.cases.case import Case
from sim.ensemble.execution.runner import Plan, fill
from sim.ensemble.store.store import Store
from sim.figures import catalog
from sim.figures.calibration.figure import FIGURE, of_theories, recipe_of
from sim.model import MODEL_VERSION
from tests.analysis.calibration.example_results import whole

PLACE = Path("figures") / "calibration" / "F9-calibration.png"


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory, short: Callable[..., Case]) -> Path:
    """A store of two theories whose results are told of all five."""
    store = open_store(tmp_path_factory.mktemp("bank") / "bank")
    cases = {theory: short(f"theory={theory}") for theory in ("prospects", "breach")}
    fill(Plan(tuple(cases.values()), range(2), 7), store)
    results = whole()
    ids = {name: case.id for name, case in cases.items()}
    told = replace(results, bank=replace(results.bank, cases=ids, record=store.record, model_version=MODEL_VERSION))
    told.save(store.folder / FILE)
    return store.folder


def text_of(path: Path) -> dict[str, str]:
    with Image.open(path) as image:
        return dict(image.text)  # type: ignore[attr-defined]


def test_plot_draws_it_and_reproduce_makes_it_again_pixel_for_pixel_without_the_bank(
    bank: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert tabletop(["plot", str(bank), "--figure", "F9"]) == 0
    capsys.readouterr()
    kept = tmp_path / "F9.png"
    kept.write_bytes((bank / PLACE).read_bytes())
    kept.with_suffix(".csv").write_bytes((bank / PLACE).with_suffix(".csv").read_bytes())
    assert tabletop(["reproduce", str(kept), "--to", "again"]) == 0
    out = capsys.readouterr().out
    assert "The same picture: all " in out
    assert "0 runs computed" in out
    again = Path("again") / "figures" / "reproduced" / PLACE.name
    assert again.with_suffix(".csv").read_bytes() == kept.with_suffix(".csv").read_bytes()


def test_a_changed_result_is_another_picture(bank: Path) -> None:
    results = CalibrationResults.load(bank / FILE)
    assert results.shift is not None
    other = replace(results, shift=results.shift.assign(q50=results.shift["q50"] + 0.01))
    assert recipe_of(results).text() != recipe_of(other).text()


def test_it_says_where_it_comes_from(bank: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert tabletop(["plot", str(bank), "--figure", "F9"]) == 0
    text = text_of(bank / PLACE)
    results = CalibrationResults.load(bank / FILE)
    assert text["case"].split() == list(results.bank.cases.values())
    assert text["seeds"] == "20240307, replicates 0-82999"
    assert text["Title"].startswith("In this model, the record tells something about 15 of 45 unknowns")
    assert len(pd.read_csv((bank / PLACE).with_suffix(".csv"))) == 4 * 45 + 5 * 20


def test_the_footer_counts_the_prior_runs(bank: Path) -> None:
    picture = FIGURE.make(recipe_of(whole()), Store.read(bank))
    foot = [text.get_text() for text in picture.figure.texts]
    assert any("bank of 5 theories, patterns record · 170,900 runs" in " ".join(one.split()) for one in foot)
    assert any("seeds 20240307, worlds 0–82999" in " ".join(one.split()) for one in foot)


def test_the_runs_of_a_bank_are_not_read_for_it(bank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object, **__: object) -> None:
        raise AssertionError("a bank has a million runs")

    monkeypatch.setattr(Store, "runs", read)
    (made,) = catalog.chosen(Store.read(bank), catalog.Wanted(("F9",))).recipes
    assert made[0] == "calibration"


def test_a_named_case_leaves_the_other_theories_out(bank: Path) -> None:
    store = Store.read(bank)
    ((_, recipe),) = catalog.chosen(store, catalog.Wanted(("F9",), cases=("breach",))).recipes
    assert CalibrationResults.of_content(recipe.options["results"]).theories == ("breach",)
    assert [case.theory for case in recipe.cases] == ["breach"]
    assert of_theories(whole(), {"breach"}).theories == ("breach",)


def test_results_of_another_record_are_left_out_with_the_reason(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    whole().save(store.folder / FILE)
    allowed = catalog.chosen(store, catalog.Wanted(("F9",)))
    assert len(allowed.recipes) == 0
    assert list(allowed.left_out) == [f"F9: {FILE} is of model version 4 and record abcdef012345"]


def test_a_bank_without_results_yet_is_left_out(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store")
    CalibrationResults(replace(whole().bank, record=store.record, model_version=MODEL_VERSION, interrupted=True)).save(
        store.folder / FILE
    )
    assert list(catalog.chosen(store, catalog.Wanted(("F9",))).left_out) == ["F9: the calibration has no results yet"]


def test_a_store_that_is_no_bank_is_left_out_with_the_reason(
    bank: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(tmp_path / "store")
    assert tabletop(["plot", str(store.folder), "--figure", "F9"]) == 2
    assert "F9: needs the results of a calibration (tabletop calibrate)" in capsys.readouterr().err


def test_a_damaged_file_of_results_ends_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = open_store(tmp_path / "store")
    (store.folder / FILE).write_text("{")
    assert tabletop(["plot", str(store.folder), "--figure", "F9"]) == 4
    assert capsys.readouterr().err.count("\n") == 1


def test_a_picture_whose_results_are_damaged_is_told(
    bank: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    recipe = recipe_of(whole())
    picture = FIGURE.make(recipe, Store.read(bank))
    for number, options in enumerate(({}, {"results": []}, {"results": {**recipe.options["results"], "frames": {}}})):
        made = replace(picture, made_from=replace(recipe, options=options)).save(tmp_path, ["tabletop"], f"F9-{number}")
        assert tabletop(["reproduce", str(made), "--to", f"again-{number}"]) == 2
        assert "gives no figure" in capsys.readouterr().err
