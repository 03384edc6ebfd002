"""Squads: how each replicate's pool is cut, who leads, and how sums over squads come and go."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sim.arrays import Floats
from sim.ensemble.cases.case import Case
from sim.ensemble.engine.addressed_draws import squad_layout
from sim.ensemble.engine.block import Simulation
from sim.model.layout import Layout

LUCK = (np.random.default_rng(11).permutation(60) + 0.5) / 60
SEED = 20240307


def one(pool: int, smallest: int, largest: int) -> Layout:
    """The layout of a single run."""
    return Layout.from_uniforms(pool, smallest, largest, LUCK[:, None])


def several(pool: int, runs: int = 5) -> Layout:
    """Layouts of several runs, each with luck of its own."""
    return Layout.from_uniforms(pool, 3, 12, np.random.default_rng(12).random((pool // 3 + 1, runs)))


def test_in_every_run_every_officer_serves_in_one_squad_and_its_first_row_leads_it() -> None:
    layout = several(40)
    assert layout.officers == 40
    assert layout.sizes.sum(axis=0).tolist() == [40] * 5
    assert layout.starts.shape == layout.sizes.shape == (layout.squads, 5)
    assert layout.squad_of.shape == layout.follows.shape == layout.leads.shape == (40, 5)
    assert len({tuple(layout.sizes[:, run]) for run in range(5)}) == 5
    for run in range(5):
        assert np.flatnonzero(layout.leads[:, run]).tolist() == [s for s in layout.starts[:, run] if s < 40]
        for squad, (start, size) in enumerate(zip(layout.starts[:, run], layout.sizes[:, run], strict=True)):
            rows = np.arange(start, start + size)
            assert np.flatnonzero(layout.squad_of[:, run] == squad).tolist() == rows.tolist()
            assert np.arange(40)[layout.members(squad, run)].tolist() == rows.tolist()
    assert np.array_equal(layout.follows, 1 - layout.leads)


def test_a_run_with_fewer_squads_than_another_lacks_the_last() -> None:
    luck = np.array([[0.0, 0.999], [0.0, 0.999], [0.0, 0.999], [0.0, 0.999]])
    layout = Layout.from_uniforms(12, 3, 12, luck)  # four squads of three, or one of twelve
    assert layout.squads == 4
    assert layout.sizes.T.tolist() == [[3, 3, 3, 3], [12, 0, 0, 0]]
    assert layout.starts.T.tolist() == [[0, 3, 6, 9], [0, 12, 12, 12]]
    assert layout.leaders.T.tolist() == [[0, 3, 6, 9], [0, 11, 11, 11]]
    assert layout.squad_of[:, 1].tolist() == [0] * 12
    assert layout.by_squad(np.ones((12, 2))).T.tolist() == [[3, 3, 3, 3], [12, 0, 0, 0]]


def test_sizes_are_even_on_their_range_and_only_the_last_squad_may_be_smaller() -> None:
    # Sixty evenly spaced draws over sizes 3 to 12 make six squads of each size: 6 × (3 + … + 12) = 450 officers.
    layout = one(450, 3, 12)
    assert np.bincount(layout.sizes[:, 0], minlength=13).tolist() == [0, 0, 0] + [6] * 10
    one_short = one(449, 3, 12)
    assert one_short.sizes[:-1].tolist() == layout.sizes[:-1].tolist()
    assert one_short.sizes[-1] == layout.sizes[-1] - 1


@pytest.mark.parametrize(("pool", "sizes"), [(9, [3, 3, 3]), (10, [3, 3, 3, 1]), (2, [2]), (1, [1])])
def test_a_scenario_may_ask_for_squads_of_exactly_three(pool: int, sizes: list[int]) -> None:
    assert one(pool, 3, 3).sizes[:, 0].tolist() == sizes


@pytest.mark.parametrize(("fewer", "more"), [(120, 300), (400, 500)])
def test_the_squads_of_a_smaller_pool_begin_those_of_a_larger_one(fewer: int, more: int) -> None:
    small, large = (squad_layout(SEED, range(6), pool, 3, 12) for pool in (fewer, more))
    assert np.array_equal(small.squad_of, large.squad_of[:fewer])
    assert np.array_equal(small.follows, large.follows[:fewer])
    for run in range(6):
        whole = int((small.sizes[:, run] > 0).sum()) - 1  # the last may be cut
        assert small.sizes[:whole, run].tolist() == large.sizes[:whole, run].tolist()
        assert small.sizes[whole, run] <= large.sizes[whole, run]
        assert small.starts[: whole + 1, run].tolist() == large.starts[: whole + 1, run].tolist()


def test_the_first_squads_of_the_first_replicate_are_those_of_the_page() -> None:
    assert squad_layout(SEED, [0], 400, 3, 12).sizes[:10, 0].tolist() == [6, 6, 3, 11, 6, 11, 10, 8, 4, 3]


def test_each_replicate_has_squads_of_its_own() -> None:
    layout = squad_layout(SEED, range(40), 400, 3, 12)
    assert len({tuple(sizes) for sizes in layout.sizes.T.tolist()}) == 40
    drawn = layout.sizes[:30]  # before any pool is used up
    assert set(np.unique(drawn)) == set(range(3, 13))
    assert abs(drawn.mean() - 7.5) < 4 * np.sqrt(8.25 / drawn.size)  # even on 3 to 12
    assert not np.array_equal(layout.sizes, squad_layout(SEED + 1, range(40), 400, 3, 12).sizes[: layout.squads])


def test_a_replicates_squads_are_the_same_in_whatever_block_it_is_stepped() -> None:
    crowd = squad_layout(SEED, range(20), 90, 3, 12)
    for company in ([7], [7, 3], [19, 7, 7, 0]):
        few = squad_layout(SEED, company, 90, 3, 12)
        for place, replicate in enumerate(company):
            assert np.array_equal(few.squad_of[:, place], crowd.squad_of[:, replicate])
            assert np.array_equal(few.follows[:, place], crowd.follows[:, replicate])
            sizes = [sizes[sizes > 0].tolist() for sizes in (few.sizes[:, place], crowd.sizes[:, replicate])]
            assert sizes[0] == sizes[1]


def test_the_cases_of_a_pair_share_the_squads_of_their_replicate(
    case: Callable[..., Case], side_by_side: Callable[..., Simulation]
) -> None:
    plain, other = case("officers.pool=60"), case("officers.pool=60", "levers.pay_escrow=1", "governments.funding=0.2")
    layout = side_by_side([plain, other], runs=3).parameters.layout
    assert np.array_equal(layout.squad_of[:, :3], layout.squad_of[:, 3:])
    assert np.array_equal(layout.sizes[:, :3], layout.sizes[:, 3:])
    assert not np.array_equal(layout.squad_of[:, 0], layout.squad_of[:, 1])


@pytest.mark.parametrize(("scenario", "size"), [("squads_from_stations", 2), ("squads_of_three", 3)])
def test_where_places_name_their_officers_squads_are_of_one_size(
    scenario: str, size: int, case: Callable[..., Case], side_by_side: Callable[..., Simulation]
) -> None:
    sizes = side_by_side([case(f"scenario={scenario}")], runs=3).parameters.layout.sizes
    assert sizes.sum(axis=0).tolist() == [400] * 3
    assert (sizes[:-1] == size).all()
    assert (sizes[-1] == (400 % size or size)).all()


def test_squad_sums_and_their_return_to_the_officers() -> None:
    layout = Layout.from_uniforms(7, 3, 4, np.array([[0.1, 0.9], [0.1, 0.1], [0.1, 0.1]]))  # 3, 3, 1 and 4, 3
    pay = np.array([[1, 10], [2, 20], [3, 30], [4, 40], [5, 50], [6, 60], [7, 70]], dtype=np.float64)
    sums = layout.by_squad(pay)
    assert sums.tolist() == [[6, 100], [15, 180], [7, 0]]
    back = layout.to_officers(sums)
    assert back.T.tolist() == [[6, 6, 6, 15, 15, 15, 7], [100, 100, 100, 100, 180, 180, 180]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.bool_])
def test_what_comes_back_to_the_officers_is_what_their_squad_has_bit_for_bit(dtype: type) -> None:
    layout = squad_layout(SEED, range(33), 400, 3, 12, np.float32)
    values = (np.random.default_rng(5).normal(size=layout.sizes.shape) * 3).astype(dtype)
    back = layout.to_officers(values)
    assert back.dtype == dtype
    assert back.tobytes() == np.take_along_axis(values, layout.squad_of, axis=0).tobytes()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_column_adds_up_to_the_same_bits_alone_and_in_company(dtype: type) -> None:
    layout = squad_layout(SEED, range(33), 400, 3, 12, dtype)
    values: Floats = np.random.default_rng(5).lognormal(size=(400, 33)).astype(dtype)
    squads = layout.by_squad(values)
    for run in (0, 7, 32):
        alone = np.ascontiguousarray(values[:, run : run + 1])
        mine = squad_layout(SEED, [run], 400, 3, 12, dtype)
        assert np.array_equal(mine.by_squad(alone)[:, 0], squads[: mine.squads, run])
        assert (squads[mine.squads :, run] == 0).all()
