"""Which theory the patterns name: against cells whose probabilities are known."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.calibration import confusion_table
from tests.analysis.calibration.toys import bank


def of_cells(probabilities, count, seed, theory):
    """Runs that fall into the four cells of two patterns: none, the first, the second, both hold."""
    cells = np.random.default_rng(seed).choice(4, count, p=probabilities)
    return bank({}, {"P": cells % 2 == 1, "Q": cells >= 2}, theory=theory)


def test_two_theories_with_known_cells_are_named_as_often_as_they_must_be():
    """T is the likelier in the cells 0 and 1, U in 2 and 3: T is named in .7 of its runs and in .35 of U's."""
    t, u = [0.5, 0.2, 0.2, 0.1], [0.25, 0.1, 0.3, 0.35]
    table = confusion_table([of_cells(t, 50_000, 1, "T"), of_cells(u, 20_000, 2, "U")]).set_index(["theory", "given"])
    every = table.xs("every run", level="given")
    assert every.loc["T", ["T", "U"]].tolist() == pytest.approx([0.7, 0.3], abs=0.01)
    assert every.loc["U", ["T", "U"]].tolist() == pytest.approx([0.35, 0.65], abs=0.015)
    assert every["n"].to_dict() == {"T": 50_000, "U": 20_000}
    held = table.xs("all patterns hold", level="given")
    assert held.loc["T", ["T", "U"]].tolist() == [0, 1]
    assert held.loc["U", ["T", "U"]].tolist() == [0, 1]
    assert held["n"]["T"] == pytest.approx(5000, rel=0.06)


def test_theories_count_alike_whatever_the_size_of_their_banks():
    alike = [0.4, 0.3, 0.2, 0.1]
    small, large = of_cells([0.6, 0.2, 0.1, 0.1], 2000, 3, "small"), of_cells(alike, 200_000, 4, "large")
    table = confusion_table([small, large]).query("given == 'every run'").set_index("theory")
    assert table.loc["small", "small"] == pytest.approx(0.6, abs=0.15)  # cell 0, and 3 by a coin


def test_three_theories_of_which_two_are_the_same_share_what_is_theirs():
    cells = [0.4, 0.1, 0.1, 0.4]
    same = of_cells(cells, 20_000, 5, "one")
    twin = bank({}, {name: same.passes[name] for name in same.passes}, theory="twin")
    third = of_cells([0.1, 0.4, 0.4, 0.1], 20_000, 6, "third")
    table = confusion_table([same, twin, third]).query("given == 'every run'").set_index("theory")
    assert table.loc["third", "third"] == pytest.approx(0.8, abs=0.02)
    # Leaving the run out puts its own theory a hair behind its twin, which so gets all of it.
    assert table.loc["one", ["one", "twin"]].tolist() == pytest.approx([0, 0.8], abs=0.02)
    assert table.loc["third", "one"] == table.loc["third", "twin"]
    assert table[["one", "twin", "third"]].sum(axis=1).tolist() == pytest.approx([1, 1, 1])


def test_a_run_does_not_vote_for_itself():
    """Two theories without any difference and 40 runs over 32 cells: with its own vote each would win most cells."""
    right = []
    for seed in range(50):
        luck = np.random.default_rng(seed)
        banks = [
            bank({}, {f"P{k}": luck.random(20) < 0.5 for k in range(5)}, theory=theory) for theory in ("one", "other")
        ]
        table = confusion_table(banks).query("given == 'every run'").set_index("theory")
        right.append((table.loc["one", "one"] + table.loc["other", "other"]) / 2)
    assert np.mean(right) < 0.55


def test_a_cell_that_only_one_run_ever_saw_is_split_evenly():
    alone = bank({}, {"P": np.array([True, False])}, theory="alone")
    other = bank({}, {"P": np.array([False, False])}, theory="other")
    table = confusion_table([alone, other]).query("given == 'all patterns hold'").set_index("theory")
    assert table.loc["alone", ["n", "alone", "other"]].tolist() == [1, 0.5, 0.5]
    assert table.loc["other", "n"] == 0
    assert table.loc["other", ["alone", "other"]].isna().all()


def test_banks_of_different_patterns_are_not_compared():
    with pytest.raises(ValueError, match="different patterns"):
        confusion_table([bank({}, {"P": np.array([True])}), bank({}, {"Q": np.array([True])})])
    assert confusion_table([]).empty
