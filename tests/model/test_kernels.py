"""Compiled arithmetic: as exact as it says, the same alone and among many, and recompiled when it must be."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import njit
from scipy.stats import poisson as poisson_law

import sim
from sim.arrays import Floats
from sim.model import elementary, gang_kernels
from sim.model import officer_kernels as kernels
from sim.model.layout import Layout
from sim.model.state import Letter, Stage
from sim.model.withdrawal import breach, prospects, squad_threshold, threat_efficacy
from tests.import_graph import ImportGraph

CALLERS = sorted(
    module
    for module, imported in ImportGraph.of(Path(sim.__file__).parent).edges.items()
    if elementary.__name__ in imported
)
"""Modules whose kernels call elementary functions."""
BOTH = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def over(function: Callable[[Any], Any]) -> Callable[[Floats], Floats]:
    @njit(error_model="numpy")
    def each(x: Any, out: Any) -> None:
        for i in range(len(x)):
            out[i] = function(x[i])

    def values(x: Floats) -> Floats:
        out = np.empty_like(x)
        each(x, out)
        return out

    return values


EXP, LOG, LOG1P = over(elementary.exp), over(elementary.log), over(elementary.log1p)


def units_off(found: Floats, true: np.ndarray) -> float:
    """Largest error in units of the last place."""
    return float(np.max(np.abs((found - true) / true)) / np.finfo(found.dtype).eps)


@BOTH
def test_exponential_and_logarithm_are_good_to_the_last_places(dtype: type) -> None:
    luck = np.random.default_rng(7)
    wide, near_one = luck.uniform(-80, 80, 20_000).astype(dtype), luck.normal(1, 0.01, 20_000).astype(dtype)
    hazards = -np.exp(-luck.uniform(0, 16, 20_000)).astype(dtype) * dtype(1 - 2.0**-20)
    assert units_off(EXP(wide), np.exp(wide.astype(np.longdouble))) < 1
    assert units_off(LOG(np.exp(wide)), np.log(np.exp(wide).astype(np.longdouble))) < 1
    assert units_off(LOG(near_one), np.log(near_one.astype(np.longdouble))) < 1
    assert units_off(LOG1P(hazards), np.log1p(hazards.astype(np.longdouble))) < 2


@BOTH
def test_a_small_hazard_loses_no_digit(dtype: type) -> None:
    small = -np.logspace(-30, -3, 500).astype(dtype)
    assert units_off(LOG1P(small), np.log1p(small.astype(np.longdouble))) < 2
    assert LOG1P(np.zeros(1, dtype)) == 0


@BOTH
def test_the_ends_of_the_range_are_as_they_should_be(dtype: type) -> None:
    ends = EXP(np.array([np.nan, -np.inf, 0, np.inf], dtype))
    assert np.isnan(ends[0])
    assert 0 < ends[1] < 1e-37
    assert ends[2] == 1
    assert 1e38 < ends[3] < np.inf
    assert np.isnan(LOG(np.array([np.nan, -1], dtype))).all()
    assert LOG(np.array([0, 1], dtype)).tolist() == [-np.inf, 0]
    assert LOG1P(np.array([-1], dtype)) == -np.inf


@BOTH
def test_a_value_is_the_same_alone_and_among_many(dtype: type) -> None:
    luck = np.random.default_rng(11)
    x = luck.uniform(-20, 20, 333).astype(dtype)
    for function, values in ((EXP, x), (LOG, np.exp(x)), (LOG1P, -1 / (1 + np.exp(x)))):
        assert np.array_equal(function(values), np.concatenate([function(values[i : i + 1]) for i in range(333)]))


@BOTH
def test_a_pass_over_many_runs_is_the_passes_over_each(dtype: type) -> None:
    luck = np.random.default_rng(13)
    officers, runs = 23, 37
    layout = Layout.from_uniforms(officers, 1, 9, luck.random((officers + 1, runs)), dtype)
    people = [luck.normal(size=(officers, runs)).astype(dtype) for _ in range(2)]
    c = luck.uniform(0.1, 1, size=(10, runs)).astype(dtype)

    def lived(chosen: slice) -> list[Floats]:
        x, trait = (array[:, chosen].copy() for array in people)
        mine = np.ascontiguousarray(c[:, chosen])
        squad_of, follows, starts, sizes = (
            np.ascontiguousarray(array[:, chosen])
            for array in (layout.squad_of, layout.follows, layout.starts, layout.sizes)
        )
        here, squads = np.ones_like(x), (sizes > 0).astype(dtype)
        hazards = [np.empty_like(x) for _ in range(4)]
        threat_efficacy.hazards(hazards[0], x, trait, mine[:7])
        prospects.hazards(hazards[1], x, np.exp(trait), trait, follows, mine, dtype(0.88))
        squad_threshold.hazards(hazards[2], x, trait, squad_of, squads * dtype(0.5), mine[:4])
        breach.hazards(hazards[3], x, mine[:4])
        kernels.perceive(x, here, trait, here, follows, mine[:7], np.empty_like(x))
        total = np.zeros_like(x)
        kernels.shake(squads, starts, sizes, np.ascontiguousarray(mine[8]), here, total)
        first, near, far = (np.ascontiguousarray(row) for row in (mine[0] * 23, mine[1], mine[2]))
        kernels.cumulate(hazards[0], here, total, here, first, near, far, dtype(0.99))
        mean = np.empty(x.shape[1], dtype)
        kernels.mean_hazard(x, here, squads, mean)
        by_squad, share, members = np.zeros_like(squads), np.zeros_like(mean), np.zeros_like(mean)
        kernels.by_squad(x, squad_of, by_squad)
        kernels.to_officers(by_squad, squad_of, back := np.empty_like(x))
        kernels.together(np.stack([squads, by_squad, squads]), sizes.astype(dtype), share, members)
        return [*hazards, x, total, mean, by_squad, back, share, members]

    together = lived(slice(None))
    for run in range(runs):
        for whole, alone in zip(together, lived(slice(run, run + 1)), strict=True):
            assert np.array_equal(whole[..., run], alone[..., 0])


def test_intents_are_listed_officer_by_officer() -> None:
    one = np.ones((4, 3), np.float32)
    hazard, at_risk, cumulated, tolerance = one * 0.5, one.copy(), one * 0, one * 0.1
    at_risk[1, 2], tolerance[3] = 0, 9
    runs = np.ones(3, np.float32)
    who, where = kernels.cumulate(hazard, at_risk, cumulated, tolerance, runs * 9, runs, runs, np.float32(0.9))
    assert list(zip(who, where, strict=True)) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2)]
    assert cumulated[0, 0] == pytest.approx(np.log(2))
    assert cumulated[1, 2] == 0


def test_those_beyond_the_first_contingent_have_a_factor_of_their_own() -> None:
    one, runs = np.ones((4, 2)), np.ones(2)
    cumulated = one * 0
    kernels.cumulate(one * 0.2, one, cumulated, one * 9, np.array([1.0, 4.0]), runs, runs * 0.5, 0.9)
    near, far = -np.log1p(-0.2), -np.log1p(-0.1)
    assert cumulated == pytest.approx(np.array([[near, near], [far, near], [far, near], [far, near]]), rel=1e-12)


def test_a_squad_that_a_run_lacks_has_nobody_to_shake_and_no_share() -> None:
    starts, sizes = np.array([[0, 0], [2, 4]]), np.array([[2, 4], [2, 0]])
    cumulated, at_risk, left = np.zeros((4, 2)), np.ones((4, 2)), np.array([[0.0, 0.0], [1.0, 1.0]])
    kernels.shake(left, starts, sizes, np.array([0.5, 0.5]), at_risk, cumulated)
    assert cumulated.T.tolist() == [[0, 0, 0.5, 0.5], [0] * 4]
    recent = np.zeros((3, 2, 2))
    recent[0, 0], recent[2, 0] = [1, 1], [0, 2]
    share, members = np.zeros(2), np.zeros(2)
    kernels.together(recent, sizes.astype(float), share, members)
    assert (share.tolist(), members.tolist()) == ([0.5, 0.75], [1, 3])
    kernels.together(recent * 0, sizes.astype(float), share, members)
    assert (share.tolist(), members.tolist()) == ([0.5, 0.75], [1, 3])  # the most so far


def test_rows_that_hold_no_officer_change_no_mean() -> None:
    x, here = np.array([[0.0, 0.0], [2.0, 2.0], [7.0, 9.0]]), np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    follows = np.array(
        [[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
    )  # squads of two and one; and one of three, one of whom left
    c = np.zeros((7, 2))
    c[5] = 0.5
    kernels.perceive(x, here, x.copy(), here, follows, c, np.empty_like(x))
    assert x.T.tolist() == [[0.5, 1.5, 7], [0.5, 1.5, 9]]


@pytest.mark.parametrize("bad", [-1e-9, 1.0000001, np.nan, np.inf])
def test_the_guard_marks_only_the_run_whose_hazard_is_no_probability(bad: float) -> None:
    hazard, perceived, marked = np.full((3, 4), 0.5), np.zeros((3, 4)), np.zeros(4, np.bool_)
    hazard[1, 2] = bad
    kernels.guard(hazard, perceived, marked)
    assert marked.tolist() == [False, False, True, False]


def test_poisson_counts_follow_the_law() -> None:
    uniform = (np.arange(4000) + 0.5) / 4000
    for rate in (0.0, 0.02, 0.7, 12.0):
        counts = np.empty(4000, np.int64)
        gang_kernels.poisson(uniform, np.full(4000, rate), counts)
        assert counts.tolist() == poisson_law.ppf(uniform, rate).tolist()


@pytest.mark.parametrize("name", CALLERS)
def test_the_kernels_follow_an_edit_of_the_file_they_call_into(name: str) -> None:
    with open(elementary.__file__, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()[:12]
    written = import_module(name).ELEMENTARY
    assert digest == written, f"write {digest!r} into {name}.ELEMENTARY, so that Numba compiles it anew"


def test_the_kernels_know_letters_and_stages_by_their_numbers() -> None:
    for kind, names in ((Letter, ("BLOCKED", "WAITING", "ACCEPTED")), (Stage, ("DEPLOYED", "OPTED_OUT", "HOME"))):
        assert [getattr(kernels, name) for name in names] == [kind[name] for name in names]
