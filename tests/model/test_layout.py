"""Squads: how a pool is cut, who leads, and how sums over squads come and go."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.layout import Layout, total

LUCK = (np.random.default_rng(11).permutation(60) + 0.5) / 60


def test_every_officer_serves_in_one_squad_and_its_first_row_leads_it() -> None:
    layout = Layout.from_uniforms(40, 3, 12, LUCK)
    assert layout.officers == 40
    assert layout.sizes.sum() == 40
    assert len(layout.starts) == len(layout.sizes) == layout.squads
    for squad, (start, size) in enumerate(zip(layout.starts, layout.sizes, strict=True)):
        assert np.flatnonzero(layout.squad_of == squad).tolist() == list(range(start, start + size))


def test_sizes_are_even_on_their_range_and_only_the_last_squad_may_be_smaller() -> None:
    # Sixty evenly spaced draws over sizes 3 to 12 make six squads of each size: 6 × (3 + … + 12) = 450 officers.
    layout = Layout.from_uniforms(450, 3, 12, LUCK)
    assert np.bincount(layout.sizes, minlength=13).tolist() == [0, 0, 0] + [6] * 10
    one_short = Layout.from_uniforms(449, 3, 12, LUCK)
    assert one_short.sizes[:-1].tolist() == layout.sizes[:-1].tolist()
    assert one_short.sizes[-1] == layout.sizes[-1] - 1


@pytest.mark.parametrize(("pool", "sizes"), [(9, [3, 3, 3]), (10, [3, 3, 3, 1]), (2, [2]), (1, [1])])
def test_a_scenario_may_ask_for_squads_of_exactly_three(pool: int, sizes: list[int]) -> None:
    assert Layout.from_uniforms(pool, 3, 3, LUCK).sizes.tolist() == sizes


def test_the_squads_of_a_smaller_pool_begin_those_of_a_larger_one() -> None:
    large, small = Layout.from_uniforms(300, 3, 12, LUCK), Layout.from_uniforms(120, 3, 12, LUCK)
    whole = small.squads - 1
    assert small.sizes[:whole].tolist() == large.sizes[:whole].tolist()
    assert small.starts.tolist() == large.starts[: small.squads].tolist()


def test_squad_sums_and_their_return_to_the_officers() -> None:
    layout = Layout.from_uniforms(7, 3, 3, LUCK)  # squads of 3, 3 and 1
    pay = np.array([[1, 10], [2, 20], [3, 30], [4, 40], [5, 50], [6, 60], [7, 70]], dtype=np.float64)
    sums = layout.by_squad(pay)
    assert sums.tolist() == [[6, 60], [15, 150], [7, 70]]
    room = np.empty_like(pay)
    assert layout.to_officers(sums, out=room) is room
    assert room[:, 0].tolist() == [6, 6, 6, 15, 15, 15, 7]
    assert layout.to_officers(sums).tolist() == room.tolist()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_column_adds_up_to_the_same_bits_alone_and_in_company(dtype: type) -> None:
    layout = Layout.from_uniforms(400, 3, 12, np.tile(LUCK, 3))
    values = np.random.default_rng(5).lognormal(size=(400, 33)).astype(dtype)
    crowd, squads = total(values), layout.by_squad(values)
    for run in (0, 7, 32):
        alone = np.ascontiguousarray(values[:, run : run + 1])
        assert total(alone)[0] == crowd[run]
        assert np.array_equal(layout.by_squad(alone)[:, 0], squads[:, run])
