"""Which inputs matter: indices from a design that a sweep filled."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import morris as salib_morris
from SALib.analyze import sobol as salib_sobol
from SALib.test_functions import Ishigami, Sobol_G

from sim.analysis.indices import INDICES
from sim.analysis.sensitivity import _in_unit, _outer_quarters, _shares, analyse, sensitivities
from sim.api import run_request
from sim.ensemble.design.designs import DESIGNS
from sim.ensemble.design.designs.morris import Morris
from sim.ensemble.design.designs.sobol import Sobol
from sim.ensemble.design.sweep import sweep
from sim.errors import UserMistake
from sim.outcomes import outcome_of
from tests.worlds import FIXED

SMALL = (FIXED, "officers.pool=40", "clock.start=2024-02-01", "clock.end=2024-03-08", "executor=serial",
         "theory=breach")  # fmt: skip
SLOPES = np.array([4.0, -2.0, 0.0])


def test_a_range_that_was_explored_by_its_logarithm_is_read_by_it() -> None:
    inputs = np.array([[1e-3, 0.0], [1e-2, 5.0], [1.0, 10.0]])
    found = _in_unit(inputs, [[1e-3, 1.0, "log"], [0, 10]])
    assert found == pytest.approx(np.array([[0, 0], [1 / 3, 0.5], [1, 1]]))


def test_what_is_analysed_is_the_design_of_the_same_name() -> None:
    assert INDICES.keys() <= DESIGNS.keys()
    assert list(INDICES) == ["morris", "sobol"]


def test_elementary_effects_of_a_line_are_its_slopes() -> None:
    unit = Morris(8, 1).unit(3)
    found = INDICES["morris"].of(unit, unit @ SLOPES, {"levels": 4})
    assert found["mu_star"][0] == pytest.approx(np.abs(SLOPES))
    assert found["sigma"][0] == pytest.approx([0, 0, 0], abs=1e-12)


def test_sobol_shares_of_a_line_are_its_squared_slopes() -> None:
    unit = Sobol(1024, 1).unit(3)
    found = INDICES["sobol"].of(unit, unit @ SLOPES, {})
    wanted = SLOPES**2 / (SLOPES**2).sum()
    for name in ("first", "total"):
        value, half = found[name]
        assert value == pytest.approx(wanted, abs=0.01)
        assert (np.abs(value - wanted) <= half + 1e-3).all()


def test_sobol_shares_of_ishigamis_function_are_those_of_the_books() -> None:
    unit = Sobol(1024, 1).unit(3)
    found = INDICES["sobol"].of(unit, Ishigami.evaluate(np.pi * (2 * unit - 1)), {})
    for name, wanted in (("first", [0.3139, 0.4424, 0.0]), ("total", [0.5576, 0.4424, 0.2437])):  # a = 7, b = 0.1
        value, half = found[name]
        assert value == pytest.approx(wanted, abs=0.03)
        assert (np.abs(value - wanted) <= 2 * half + 1e-3).all()


def test_sobol_shares_of_the_g_function_are_those_of_the_formula() -> None:
    a = np.array([0.0, 1.0, 4.5, 9.0, 99.0])
    parts = 1 / (3 * (1 + a) ** 2)
    whole = np.prod(1 + parts) - 1
    unit = Sobol(1024, 1).unit(5)
    found = INDICES["sobol"].of(unit, Sobol_G.evaluate(unit, a), {})
    assert found["first"][0] == pytest.approx(parts / whole, abs=0.03)
    assert found["total"][0] == pytest.approx(parts * np.prod(1 + parts) / (1 + parts) / whole, abs=0.03)


def test_morris_ranks_the_g_function_and_tells_interaction_in_ishigamis() -> None:
    a = np.array([0.0, 1.0, 4.5, 9.0, 99.0])
    unit = Morris(60, 1).unit(5)
    ranked = INDICES["morris"].of(unit, Sobol_G.evaluate(unit, a), {"levels": 4})["mu_star"][0]
    assert list(np.argsort(-ranked)) == [0, 1, 2, 3, 4]
    # On a grid of four levels the exact μ* are 7.7, 7.9 and 6.3.
    unit = Morris(400, 1).unit(3)
    found = INDICES["morris"].of(unit, Ishigami.evaluate(np.pi * (2 * unit - 1)), {"levels": 4})
    assert found["mu_star"][0] == pytest.approx([7.7, 7.9, 6.3], abs=0.7)
    assert found["sigma"][0][2] > found["mu_star"][0][2], "the third acts through the first alone"


@pytest.mark.parametrize("name", ["morris", "sobol"])
def test_salib_is_never_passed_what_is_no_number(name: str) -> None:
    """It answers 0 ± 0 for every index, or nothing but NaN, and says nothing of it."""
    unit = {"morris": Morris(8, 1), "sobol": Sobol(8, 1)}[name].unit(3)
    mean = unit @ SLOPES
    mean[5] = np.nan
    with pytest.raises(ValueError, match=r"1 of .* no number, the first is point 5"):
        INDICES[name].of(unit, mean, {"levels": 4})


def designed(replicates: int = 3) -> tuple[dict[str, object], pd.DataFrame, pd.DataFrame]:
    """A Sobol' design of two settings, its cases, and runs whose attacks are one setting and a little luck."""
    unit = Sobol(8, 1).unit(2)
    ids = [f"c{number}" for number in range(len(unit))]
    cases = pd.DataFrame(unit, columns=["a", "b"], index=pd.Index(ids, name="case"))
    runs = pd.DataFrame([
        {"case": case, "root_seed": 1, "replicate": luck, "future": 0, "attacks": 10 * a + luck}
        for case, a in zip(ids, unit[:, 0], strict=True) for luck in range(replicates)
    ])  # fmt: skip
    return {"choice": [], "cases": ids, "ranges": {"a": [0, 1], "b": [0, 1]}}, cases, runs


@pytest.mark.parametrize("spoiled", [np.nan, np.inf])
def test_a_replicate_that_lacks_a_value_at_one_point_is_left_out_at_all_and_named(
    spoiled: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    sampled, cases, runs = designed()
    runs.loc[(runs["case"] == "c4") & (runs["replicate"] == 1), "attacks"] = spoiled
    passed: list[np.ndarray] = []
    for module, place in ((salib_sobol, 1), (salib_morris, 2)):
        real = module.analyze
        monkeypatch.setattr(
            module, "analyze", lambda *a, real=real, place=place, **k: (passed.append(a[place]), real(*a, **k))[1]
        )
    found = analyse({"name": "sobol"}, sampled, 1, cases, runs, outcome_of("attacks"))
    assert found.lacking.to_dict("records") == [{"case": "c4", "replicate": 1, "future": 0}]
    assert found.replicates == 2
    assert len(passed) == 1
    assert np.isfinite(passed[0]).all()
    total = found.table[found.table["index"] == "total"].set_index("setting")["value"]
    assert total["a"] > 0.5
    assert total["b"] == 0
    whole = analyse({"name": "sobol"}, *(designed()[0], 1, *designed()[1:]), outcome_of("attacks"))
    assert whole.lacking.empty
    assert whole.replicates == 3


def test_an_outcome_that_never_varies_depends_on_nothing() -> None:
    assert all((value == 0).all() for value, _ in INDICES["sobol"].of(np.ones((5 * 4, 3)), np.ones(5 * 4), {}).values())
    assert _shares(np.ones((4, 3))) == (0.0, 0.0)


def test_variance_is_parted_into_parameters_and_luck() -> None:
    luck = np.random.default_rng(1)
    points = luck.normal(0, 2, size=(400, 1))
    parameters, rest = _shares(points + luck.normal(0, 1, size=(400, 30)))
    assert parameters + rest == pytest.approx(1)
    between = points.var(ddof=1)
    assert parameters == pytest.approx(between / (between + 1), abs=0.01)


def test_luck_is_not_taken_for_parameters_where_each_point_has_few_runs() -> None:
    luck = np.random.default_rng(2)
    found = [_shares(luck.normal(0, 1, size=(50, 2)))[0] for _ in range(200)]
    assert np.mean(found) < 0.1, "means of two runs differ by luck alone"


def test_a_point_at_the_edge_of_a_quarter_belongs_to_it() -> None:
    assert _outer_quarters(np.array([0.5, 0.0, 0.75, 0.25, 1.0]), np.array([2.0, 0.0, 3.0, 1.0, 4.0])) == (0.5, 3.5)
    assert np.isnan(_outer_quarters(np.array([0.5]), np.array([2.0]))).all()


def store_runs(store, replicates):
    runs = store.runs()
    return runs[runs["replicate"].isin(replicates)]


@pytest.mark.parametrize("design", ["morris", "sobol"])
def test_a_sweeps_design_gives_a_table_of_settings(tmp_path, design: str) -> None:
    words = [f"design={design}", "design.size=4", "ensemble.replicates=6", *SMALL]
    swept = ["theory.base_hazard=interval(1e-4,3e-2)", "media.report_salience=interval(1,1.01)"]
    runs = run_request(sweep([*words, *swept]), tmp_path / "store")
    run_request(sweep([*words, *swept, "ensemble.replicates=8"]), tmp_path / "store")
    (found,) = sensitivities(runs.store, "exits_by_end")
    assert (found.design, found.replicates, found.choice[-1]) == (design, 8, "theory=breach")
    by = found.table[found.table["index"] == ("mu_star" if design == "morris" else "total")].set_index("setting")
    assert list(by.index) == ["theory.base_hazard", "media.report_salience"], "the most important one first"
    assert by.loc["theory.base_hazard", "value"] > 10 * by.loc["media.report_salience", "value"]
    assert by.loc["theory.base_hazard", "effect_high"] > by.loc["theory.base_hazard", "effect_low"]
    points = runs.cases.set_index("case").loc[list(dict.fromkeys(runs.outcomes["case"])), "theory.base_hazard"]
    mean = store_runs(runs.store, range(8)).groupby("case")["exits_by_end"].mean()
    low, high = by.loc["theory.base_hazard", ["low_input", "high_input"]]
    place = (points - low) / (high - low)
    assert by.loc["theory.base_hazard", "effect_high"] == pytest.approx(mean[place[place >= 0.75].index].mean())
    assert by.loc["theory.base_hazard", "effect_low"] == pytest.approx(mean[place[place <= 0.25].index].mean())
    assert 0 < found.luck_share < 1
    assert found.parameter_share + found.luck_share == pytest.approx(1)


def test_an_outcome_that_not_every_run_has_is_no_ground(tmp_path) -> None:
    words = ["design=morris", "design.size=2", "ensemble.replicates=2", *SMALL, "media.report_probability=0"]
    runs = run_request(sweep([*words, "media.rumour_rate=interval(0.1,0.2)"]), tmp_path / "store")
    with pytest.raises(UserMistake, match="first_report_date"):
        sensitivities(runs.store, "first_report_date")
    assert len(sensitivities(runs.store, "attacks")) == 1


def test_a_store_without_a_design_has_no_indices(tmp_path) -> None:
    runs = run_request(sweep(["ensemble.replicates=2", *SMALL]), tmp_path / "store")
    assert sensitivities(runs.store, "attacks") == []
