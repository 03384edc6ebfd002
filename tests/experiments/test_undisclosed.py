"""The number that the record does not disclose: the study's page is of the worlds that the package has."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.undisclosed import measure, run
from experiments.undisclosed.measure import BY_RECORD_END, OUTCOMES
from sim.analysis.calibration import PriorDraws
from sim.analysis.patterns import load_patterns
from sim.ensemble.cases.posterior import load_posterior
from sim.errors import UserMistake
from tests.experiments.commands import study

FIRST = 24
AGAIN = "the page is stale: python experiments/undisclosed/run.py --bank DIR makes it again"


def toy(u: np.ndarray, exits: np.ndarray, theory: str = "breach") -> PriorDraws:
    """Kept worlds of settings a and b and these numbers."""
    names = ["a", "b"]
    outcomes = pd.DataFrame(dict.fromkeys(OUTCOMES, exits))
    statuses = pd.DataFrame({"setting": names, "status": "assumed"})
    held = pd.DataFrame({"C": np.ones(len(u), dtype=bool)})
    return PriorDraws(theory, np.arange(len(u)), pd.DataFrame(u, columns=names), outcomes, held, 400, statuses)


@pytest.fixture(scope="module")
def found() -> dict[str, pd.DataFrame]:
    return run.read_tables(run.HERE)


def test_the_page_is_of_the_list_that_the_package_has(found):
    assert set(found["list.csv"]["digest"]) == {measure.digest(load_posterior())}, AGAIN
    assert set(found["variants.csv"]["digest"]) == {measure.digest(load_posterior())}, AGAIN


def test_the_page_says_what_its_tables_say(found):
    shown = (run.HERE / "README.md").read_text("utf-8").partition("\nFigures of model version")[0]
    assert shown.strip() == run.page(found).strip(), AGAIN


def test_without_a_bank_the_page_says_how_to_make_one(found):
    text = run.page(found | {"variants.csv": pd.DataFrame()})
    assert "tabletop calibrate" in text
    assert "--bank …" not in text


def test_the_worlds_count_as_many_when_they_are_lived_again(found):
    again = measure.table_of_worlds(measure.worlds_of(load_posterior(), FIRST, width=5))
    known = found["number.csv"].groupby("theory", sort=False).head(FIRST).reset_index(drop=True)
    pd.testing.assert_frame_equal(again, known, check_dtype=False, obj=AGAIN)


def test_the_tables_are_of_the_worlds(found):
    worlds = found["number.csv"]
    again = run.as_filed(measure.summary(worlds))
    pd.testing.assert_frame_equal(again, found["summary.csv"], check_dtype=False, obj=AGAIN)
    pd.testing.assert_frame_equal(run.as_filed(measure.published(worlds)), found["published.csv"], check_dtype=False)
    record = found["variants.csv"][found["variants.csv"]["variant"] == measure.RECORD]
    assert record["median"].tolist() == found["summary.csv"]["median"].tolist(), AGAIN


def test_the_interval_of_the_median_covers_it():
    luck, inside = np.random.default_rng(1), 0
    for _ in range(60):
        of = measure.spread(luck.poisson(30, 200).astype(float))
        assert of["q05"] <= of["q25"] <= of["median"] <= of["q75"] <= of["q95"]
        inside += of["low"] <= 30 <= of["high"]
    assert inside >= 54


def test_a_number_of_two_theories_weighs_them_by_their_worlds_near_it():
    worlds = pd.DataFrame({"theory": ["one"] * 100 + ["two"] * 100,
                           BY_RECORD_END: [20] * 60 + [90] * 40 + [20] * 20 + [90] * 80})  # fmt: skip
    table = measure.published(worlds, [20, 300]).set_index(["number", "theory"])
    assert table.loc[(20, "one"), "weight"] == pytest.approx(0.75)
    assert table.loc[(20, "one"), "low"] < 0.75 < table.loc[(20, "one"), "high"]
    assert table.loc[300, "weight"].isna().all(), "nobody is near"


def test_what_the_number_hangs_on_is_found_and_what_it_would_narrow():
    u = np.random.default_rng(2).random((1000, 2))
    worlds = {"breach": toy(u, np.round(10 + 60 * u[:, 0]))}
    told = measure.dependence(worlds).groupby("outcome").first()
    assert (told["setting"] == "a").all()
    assert (told["correlation"] > 0.99).all()
    assert (told["highest"] - told["lowest"]).round().between(38, 42).all()
    narrowed = measure.narrowed(worlds, [20, 400]).set_index("setting")
    assert narrowed["number"].eq(20).all(), "nobody is near 400"
    assert narrowed["told"].to_dict() == {"a": True, "b": False}
    assert narrowed.loc["a", "narrowing"] > 0.7
    assert set(measure.halved(worlds)["setting"]) == {"a", "b"}


def test_a_bank_that_is_not_the_lists_is_refused(tmp_path):
    from sim.ensemble.store.store import Store
    from sim.model import MODEL_VERSION

    posterior = load_posterior()
    Store.open(tmp_path, model_version=MODEL_VERSION, record=posterior.record)
    with pytest.raises(UserMistake, match="bank"):
        measure.variants(posterior, tmp_path)


def test_the_page_names_the_one_pattern_that_bounds_a_number():
    bounding = [p.id for p in load_patterns().of_runs if {"exits_before_surge", BY_RECORD_END} & set(p.outcomes)]
    assert [run._bound().id] == bounding


@pytest.mark.slow
def test_the_study_of_the_undisclosed_number_writes_its_page(tmp_path):
    study("undisclosed/run", to=tmp_path)
    assert (tmp_path / "README.md").read_bytes() == (run.HERE / "README.md").read_bytes(), AGAIN
    assert (tmp_path / "number.png").read_bytes().startswith(b"\x89PNG")
