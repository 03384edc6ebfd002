"""PRIM finds a box that is known, keeps to what it promises, and finds what EMA Workbench finds."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from sim.analysis.discovery.prim import LEAST, PrimBox, path


def uniform(rows, inputs, seed=1):
    return np.random.default_rng(seed).random((rows, inputs))


def means(boxes, x, y):
    return [y[box.holds(x)].mean() for box in boxes]


def test_a_known_box_among_inputs_that_do_nothing_is_found():
    x = uniform(4000, 10)
    y = (x[:, 2] > 0.6) & (x[:, 7] > 0.2) & (x[:, 7] < 0.7)
    last = path(x, y)[-1]
    assert last.limits == ((2, False), (7, False), (7, True))
    assert [last.value(*limit) for limit in last.limits] == pytest.approx([0.6, 0.2, 0.7], abs=0.03)
    assert y[last.holds(x)].all()
    assert last.holds(x)[y].mean() > 0.85


def test_each_cut_raises_the_mean_takes_about_alpha_and_never_goes_below_the_least():
    x = uniform(1000, 6)
    y = x[:, 0] + x[:, 1] + np.random.default_rng(2).normal(0, 0.3, 1000) > 1.2
    boxes = path(x, y)
    sizes = [int(box.holds(x).sum()) for box in boxes]
    peeled = int(np.argmin(sizes))
    assert (np.diff(means(boxes, x, y)) > 0).all()
    assert min(sizes) >= LEAST * 1000
    for before, after in pairwise(sizes[: peeled + 1]):
        assert before - after in (int((before - 1) * 0.05) + 1, int(np.ceil((before - 1) * 0.05)))


def test_pasting_takes_back_what_was_cut_too_far():
    drawn = np.random.default_rng(1)
    x = drawn.random((400, 3))
    y = ((x[:, 0] > 0.5) & (x[:, 1] > 0.4)) ^ (drawn.random(400) < 0.2)
    boxes = path(x, y, alpha=0.15)
    sizes = [int(box.holds(x).sum()) for box in boxes]
    turn = int(np.argmin(sizes))
    assert turn < len(boxes) - 1
    assert (np.diff(sizes[turn:]) > 0).all()
    assert (np.diff(means(boxes, x, y)) > 0).all()


def test_ties_are_cut_together():
    steps = np.repeat(np.arange(5.0), 200)
    x = np.column_stack([steps, uniform(1000, 1)[:, 0]])
    last = path(x, steps >= 3)[-1]
    assert last.limits == ((0, False),)
    assert last.value(0, False) == 2.5


@pytest.mark.parametrize("y", [np.zeros(200, dtype=bool), np.ones(200, dtype=bool)], ids=["no case", "only cases"])
def test_where_nothing_varies_there_is_one_box_without_limits(y):
    (box,) = path(uniform(200, 3), y)
    assert box.limits == ()
    assert box.holds(uniform(200, 3)).all()


def test_an_input_that_is_the_same_everywhere_is_never_limited():
    x = np.column_stack([np.full(500, 7.0), uniform(500, 1)[:, 0]])
    assert {at for box in path(x, x[:, 1] > 0.8) for at, _ in box.limits} == {1}


@pytest.mark.parametrize("x", [np.zeros((0, 2)), np.array([[0.1], [np.nan]])], ids=["no row", "no number"])
def test_what_is_no_table_of_numbers_is_refused(x):
    with pytest.raises(ValueError, match="finite"):
        path(x, np.ones(len(x), dtype=bool))


def test_limits_are_inclusive_and_can_be_taken_away():
    box = PrimBox.everything(2).moved(0, False, 1.0).moved(1, True, 3.0)
    assert box.holds(np.array([[1.0, 3.0], [0.9, 3.0], [1.0, 3.1]])).tolist() == [True, False, False]
    assert box.without(0, False).limits == ((1, True),)
    assert box.inputs == 2


# EMA Workbench


EMA_BOXES = 64
EMA_THIRTIETH = [[0.5095000000000001, 0.0, 0.001, 0.0, 0.0], [1.0, 1.0, 0.4665, 0.998, 7.0]]
EMA_LAST = [[0.6125, 0.0125, 0.001, 0.098, 0.0], [0.999, 1.0, 0.3605, 0.9285, 4.5]]


def rounded():
    """Inputs with ties, one of them whole."""
    drawn = np.random.default_rng(5)
    x = np.round(drawn.random((1500, 5)), 3)
    x[:, 4] = np.floor(x[:, 4] * 8)
    return x, ((x[:, 0] > 0.55) & (x[:, 2] < 0.45)) ^ (drawn.random(1500) < 0.08)


def ends(box, x):
    """As EMA has it: where there is no limit, the end of the values."""
    low, high = x.min(axis=0), x.max(axis=0)
    return [np.where(np.isfinite(box.low), box.low, low).tolist(),
            np.where(np.isfinite(box.high), box.high, high).tolist()]  # fmt: skip


def test_the_path_is_the_one_that_ema_workbench_went():
    """Its version 2.5.3, of the data above: how many boxes, the thirtieth, and the last."""
    x, y = rounded()
    boxes = path(x, y)
    assert len(boxes) == EMA_BOXES
    assert ends(boxes[30], x) == EMA_THIRTIETH
    assert ends(boxes[-1], x) == EMA_LAST


@pytest.mark.parametrize("seed", range(4))
def test_every_box_of_the_path_is_emas_on_the_same_data(seed):
    prim = pytest.importorskip("ema_workbench.analysis.prim")
    drawn = np.random.default_rng(seed)
    x = drawn.random((600, 12))
    y = x[:, 1] + x[:, 3] + 0.3 * drawn.standard_normal(600) > 1.3
    theirs = prim.Prim(pd.DataFrame(x, columns=list("abcdefghijkl")), y, threshold=0.0).find_box().box_lims
    assert [ends(box, x) for box in path(x, y)] == [box.to_numpy(dtype=float).tolist() for box in theirs]
