"""The design of docs/EXTENDING.md and its analysis, as they stand there."""

from __future__ import annotations

import numpy as np

import sim
from sim.analysis.sensitivity import sensitivities
from sim.ensemble.design.designs import DESIGNS
from tests.ensemble.design import test_designs as asked

WORDS = ("theory=breach", "officers.pool=40", "clock.start=2024-02-01", "clock.end=2024-03-08", "executor=serial",
         "theory.base_hazard=interval(1e-4,3e-2)", "media.report_salience=interval(1,1.01)")  # fmt: skip


def test_the_design_of_the_page_fills_a_sweep_and_says_which_setting_matters(example, tmp_path):
    conf = example("A design")
    words = ("design=halton", "design.size=64", *WORDS)
    runs = sim.sweep(*words, replicates=2, out=tmp_path / "store", config_path=conf)
    (found,) = sensitivities(runs.store, "exits_by_end")
    assert (found.design, found.points) == ("halton", 64)
    first = found.table.set_index("setting")["value"]
    assert list(first.index) == ["theory.base_hazard", "media.report_salience"], "the most important one first"
    assert first["theory.base_hazard"] > 0.5 > abs(first["media.report_salience"])


def test_the_design_of_the_page_is_all_that_is_asked_of_a_design(example):
    example("A design")
    halton = DESIGNS["halton"]
    asked.test_a_design_stays_inside_its_ranges_and_comes_out_the_same_again(halton)
    asked.test_drawing_a_design_leaves_numpys_own_luck_alone(halton)
    unit = halton(size=16, scramble=False).unit(2)
    assert np.array_equal(unit[:8], halton(size=8, scramble=False).unit(2)), "the first points of more are those of few"
