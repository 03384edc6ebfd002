"""Several comparisons at once."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.statistics.multiplicity import bonferroni, holm


def test_holm_steps_down_and_keeps_the_order_given():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


def test_what_has_no_p_value_is_no_member_of_the_family():
    assert holm([None, 0.03, None]) == [None, 0.03, None]
    assert holm([]) == []


def test_nothing_is_made_surer_by_asking_more():
    values = np.random.default_rng(1).random(50)
    adjusted = np.array(holm(list(values)))
    assert (adjusted >= values).all()
    assert (adjusted <= 1).all()


def test_under_no_effect_at_all_one_family_in_twenty_finds_any():
    families = np.random.default_rng(2).random((4000, 12))
    assert np.mean([min(holm(list(family))) < 0.05 for family in families]) == pytest.approx(0.05, abs=0.012)


def test_bonferroni_shares_the_error_out():
    assert bonferroni(0.95, 10) == pytest.approx(0.995)
    assert bonferroni(0.95, 1) == bonferroni(0.95, 0) == pytest.approx(0.95)
