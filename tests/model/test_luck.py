"""Luck as the model asks for it: streams that keep their numbers, and powers that keep their bits."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from sim.ensemble.engine.addressed_draws import AddressedDraws, Branch
from sim.model.elementary_arrays import powers
from sim.model.lanes import LANES
from sim.model.luck import Purpose, day_of, draw_day, draw_pair


def test_no_stream_of_luck_is_ever_renumbered() -> None:
    first = (
        "SQUAD_SIZE", "BASELINE", "DREAD", "EFFICACY", "PAY_NEED", "DUTY", "THRESHOLD", "FRAILTY", "TOLERANCE",
        "FRICTION", "CASUALTY", "CASUALTY_KIND", "ATTACKS", "ATTACK", "DAY",
    )  # fmt: skip
    assert [Purpose[name].value for name in first] == list(range(1, 16))
    assert len({purpose.value for purpose in Purpose}) == len(Purpose)


def test_a_power_by_logarithms_is_the_powers() -> None:
    base = np.array([0.0, 1e-6, 0.3, 1.0, 2.0, 1e6])
    for exponent in (0.5, 0.88, 1.0, 2.0, 3.7):
        assert powers(base, exponent) == pytest.approx(base**exponent, rel=1e-13)
    assert powers(base[1:], -2.0) == pytest.approx(base[1:] ** -2.0, rel=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("exponent", [2.0, 0.5, 1.0, 0.61])
def test_a_power_has_the_same_bits_alone_and_in_company(exponent: float, dtype: type) -> None:
    values = np.random.default_rng(8).random((40, 9)).astype(dtype)
    alike = np.full(9, exponent, dtype=dtype)
    mixed = alike.copy()
    mixed[1:] = 1.7
    for run in ([0], [0, 5], list(range(9))):
        assert np.array_equal(powers(values[:, run], alike[run])[:, 0], powers(values, mixed)[:, 0])


def test_loops_draw_by_themselves_what_the_addresses_give() -> None:
    branch = date(2024, 3, 8).toordinal()
    draws = AddressedDraws(2**40 + 5, [3, 0, 7, 3], Branch(branch, 2**41 + 7, np.array([0, 1, 2, 5])))
    for day in (branch - 1, branch):
        luck = draws.luck(day)
        assert luck.shape == (4, LANES)
        words = np.empty((4, LANES))
        draw_day(luck, day, Purpose.ATTACKS.value, 2, np.empty((4, LANES), np.uint32), words)
        assert np.array_equal(words[:, :4], draws.daily(Purpose.ATTACKS, 12, day)[8:])
        assert (words[:, 4:] == words[:, 3:4]).all()
        for run in range(4):
            bloc, slot, here = np.array([11]), np.array([6]), np.array([run])
            parting = draw_pair(luck, Purpose.EXIT.value, np.uint64(0), 11, run)
            assert parting == tuple(x[0] for x in draws.partings(bloc, day, here))
            mark = draw_pair(luck, Purpose.ATTACK.value, day_of(day) + np.uint64(6), 11, run)
            assert mark == tuple(x[0] for x in draws.marks(bloc, day, slot, here))
