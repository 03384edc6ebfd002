"""Luck as the model asks for it: streams that keep their numbers, and powers that keep their bits."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.luck import Purpose, power


def test_no_stream_of_luck_is_ever_renumbered() -> None:
    first = (
        "SQUAD_SIZE", "BASELINE", "DREAD", "EFFICACY", "PAY_NEED", "DUTY", "THRESHOLD", "FRAILTY", "TOLERANCE",
        "FRICTION", "CASUALTY", "CASUALTY_KIND", "ATTACKS", "ATTACK", "DAY",
    )  # fmt: skip
    assert [Purpose[name].value for name in first] == list(range(1, 16))
    assert len({purpose.value for purpose in Purpose}) == len(Purpose)


def test_a_power_by_logarithms_is_the_power() -> None:
    base = np.array([0.0, 1e-6, 0.3, 1.0, 2.0, 1e6])
    for exponent in (0.5, 0.88, 1.0, 2.0, 3.7):
        assert power(base, exponent) == pytest.approx(base**exponent, rel=1e-13)
    assert power(base[1:], -2.0) == pytest.approx(base[1:] ** -2.0, rel=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("exponent", [2.0, 0.5, 1.0, 0.61])
def test_a_power_has_the_same_bits_alone_and_in_company(exponent: float, dtype: type) -> None:
    values = np.random.default_rng(8).random((40, 9)).astype(dtype)
    alike = np.full(9, exponent, dtype=dtype)
    mixed = alike.copy()
    mixed[1:] = 1.7
    for run in ([0], [0, 5], list(range(9))):
        assert np.array_equal(power(values[:, run], alike[run])[:, 0], power(values, mixed)[:, 0])
