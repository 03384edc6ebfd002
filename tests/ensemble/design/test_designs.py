"""Which settings a design tries."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.ensemble.design.designs import DESIGNS, read_design
from sim.ensemble.design.designs.interface import Sampling
from sim.ensemble.design.designs.lhs import LatinHypercube
from sim.ensemble.design.designs.morris import Morris
from sim.ensemble.design.designs.sobol import Sobol
from sim.ensemble.design.prior_ranges import explored, intervals, priors
from sim.ensemble.design.sweep import sweep
from sim.errors import UserMistake
from sim.paths import conf_folder
from sim.settings.composition import compose
from sim.settings.overrides import SweptRange

RANGES = (SweptRange("a", 0, 1), SweptRange("b", 10, 20), SweptRange("c", -1, 1))


SAMPLES = [design for design in DESIGNS.values() if issubclass(design, Sampling)]


def table(design: Sampling) -> np.ndarray:
    return np.array([[point[r.key] for r in RANGES] for point in design.points(RANGES)])


def test_every_design_has_a_file_in_conf_that_it_can_read_and_the_other_way_round() -> None:
    files = {path.stem for path in (conf_folder() / "design").glob("*.yaml")}
    assert files == set(DESIGNS)
    assert all(design.__module__.endswith(f".{name}") and design.text for name, design in DESIGNS.items())
    for name in files:
        words = [f"design={name}", *(["design.path=a.csv"] if name == "file" else [])]
        assert isinstance(read_design(compose(words)["design"]), DESIGNS[name])


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_design_stays_inside_its_ranges_and_comes_out_the_same_again(kind: type[Sampling]) -> None:
    design = kind(size=8, seed=1)
    found = table(design)
    assert (found >= [0, 10, -1]).all()
    assert (found <= [1, 20, 1]).all()
    assert np.array_equal(found, table(design))
    assert not np.array_equal(found, table(replace(design, seed=2)))


def test_whole_numbers_are_equally_likely_both_ends_among_them() -> None:
    points = LatinHypercube(300, 3).points([SweptRange("blocs", 3, 5, whole=True)])
    assert np.unique([point["blocs"] for point in points], return_counts=True)[1].tolist() == [100, 100, 100]
    ends = Morris(20, 1, levels=4).points([SweptRange("blocs", 3, 5, whole=True)])
    assert {point["blocs"] for point in ends} == {3, 4, 5}


def test_half_of_the_points_of_a_logarithmic_range_lie_below_its_geometric_centre() -> None:
    points = LatinHypercube(100, 3).points([SweptRange("a", 1e-4, 1, log=True)])
    values = np.array([point["a"] for point in points])
    assert [(values < edge).sum() for edge in (1e-3, 1e-2, 1e-1)] == [25, 50, 75]
    ends = {point["a"] for point in Morris(20, 1, levels=4).points([SweptRange("a", 1e-3, 1, log=True)])}
    assert ends == {0.001, 0.01, 0.1, 1.0}


def test_a_design_takes_the_scale_of_a_prior_from_the_register_and_an_interval_as_it_is_typed() -> None:
    asked = sweep(["design=lhs", "design.size=4", "design.prior=gangs.trigger_days",
                   "officers.remote_hazard=interval(0.05,1)"])  # fmt: skip
    (sampled,) = asked.sampled
    assert sampled["ranges"] == {"gangs.trigger_days": [14, 365, "log"], "officers.remote_hazard": [0.05, 1.0]}


def test_six_digits_of_a_value_do_not_lead_out_of_its_range() -> None:
    points = Morris(20, 1, levels=4).points([SweptRange("third", 1 / 3, 2 / 3)])
    values = sorted({point["third"] for point in points})
    assert (values[0], values[-1]) == (1 / 3, 2 / 3)


def test_a_hypercube_has_one_point_in_each_slice_of_each_setting() -> None:
    unit = (table(LatinHypercube(10, 3)) - [0, 10, -1]) / [1, 10, 2]
    assert (np.sort(np.floor(unit * 10), axis=0) == np.arange(10)[:, None]).all()


def test_saltellis_scheme_changes_one_column_at_a_time() -> None:
    found = table(Sobol(4, 1)).reshape(4, len(RANGES) + 2, len(RANGES))
    first, last = found[:, 0], found[:, -1]
    for column in range(len(RANGES)):
        mixed = found[:, 1 + column]
        assert np.array_equal(mixed[:, column], last[:, column])
        others = np.arange(len(RANGES)) != column
        assert np.array_equal(mixed[:, others], first[:, others])


def test_morris_moves_one_setting_a_step_and_each_once() -> None:
    found = table(Morris(5, 1)).reshape(5, len(RANGES) + 1, len(RANGES))
    moved = np.diff(found, axis=1) != 0
    assert (moved.sum(axis=2) == 1).all()
    assert (moved.sum(axis=1) == 1).all()


@pytest.mark.parametrize("kind", SAMPLES)
def test_drawing_a_design_leaves_numpys_own_luck_alone(kind: type[Sampling]) -> None:
    np.random.seed(5)
    untouched = np.random.random()
    np.random.seed(5)
    kind(size=4, seed=1).points(RANGES)
    assert np.random.random() == untouched


def test_a_hypercube_over_the_priors_is_the_same_as_one_over_their_intervals() -> None:
    shared = explored()
    ranges = priors(["shared"], "breach")
    assert intervals(shared) == ranges
    assert LatinHypercube(4, 7).explore(ranges) == LatinHypercube(4, 7).points(ranges)
    assert {r.key for r in priors(["all"], "breach")} > {p.key for p in shared}


def test_what_has_no_prior_range_cannot_be_explored() -> None:
    with pytest.raises(UserMistake, match="clock"):
        priors(["clock"], "breach")
    assert priors(["theory.slips"], "prospects") == (), "a setting of another theory is none of this one's"
