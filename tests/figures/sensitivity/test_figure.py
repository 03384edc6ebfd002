"""F4 from a store: every design has a picture of its own, and worlds where somebody asked what goes with what."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.api import run_request
from sim.ensemble.design.sweep import sweep
from sim.ensemble.store.store import Store
from sim.figures.interface import Wanted
from sim.figures.sensitivity.figure import FIGURE
from sim.figures.store_contents import read
from tests.worlds import TINY

WORDS = (*TINY, "executor=serial", "theory=constant", "ensemble.replicates=2", "design=sobol", "design.size=8")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """One with Sobol' designs over one setting, and then over two."""
    runs = run_request(sweep([*WORDS, "design.prior=theory"]), tmp_path / "s")
    run_request(sweep([*WORDS, "design.prior=[theory.base_hazard,officers.frailty_sd]"]), tmp_path / "s")
    return runs.store


def test_two_designs_over_the_same_choices_have_two_folders(store: Store) -> None:
    contents = read(store, (), None)
    assert contents is not None
    allowed = FIGURE.recipes(contents, Wanted(outcome="attacks"))
    places = [place for place, _ in allowed.recipes]
    assert len(places) == len(set(places)) == 2
    assert places[1].startswith(f"{places[0]}-")
    assert [len(recipe.options["sampled"]["ranges"]) for _, recipe in allowed.recipes] == [1, 2]


def test_worlds_that_nobody_asked_about_have_no_picture(store: Store) -> None:
    contents = read(store, (), None)
    assert contents is not None
    designs = {recipe.options["design"]["name"] for _, recipe in FIGURE.recipes(contents, Wanted()).recipes}
    assert designs == {"sobol"}
