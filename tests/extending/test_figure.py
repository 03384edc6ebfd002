"""The figure of docs/EXTENDING.md, as it stands there."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.cli import run as tabletop
from sim.figures.provenance.recipe import open_picture
from tests.figures.checks import CHECKS, FOOTER

SETTINGS = {"officers.pool": 40, "clock.start": "2024-02-15", "clock.end": "2024-03-20"}


@pytest.fixture
def runs(example, tmp_path: Path) -> sim.Runs:
    example("A figure")
    return sim.run(theory="breach", replicates=12, settings=SETTINGS, out=tmp_path / "store")


def test_the_figure_of_the_page_is_drawn_by_every_way_to_draw_one(runs, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (path,) = runs.plot("F8", outcome="attacks", folder="mine")
    steps = pd.read_csv(path.with_suffix(".csv"))
    attacks = runs.outcomes["attacks"]
    assert steps["value"].tolist() == sorted(set(attacks))
    assert steps["share"].tolist() == [pytest.approx((attacks > value).mean()) for value in steps["value"]]
    assert open_picture(path).options == {"outcome": "attacks"}
    assert tabletop(["plot", "store", "--figure", "F8"]) == 0
    assert tabletop(["plot", "store"]) == 0
    assert capsys.readouterr().out.count("F8-exceedance-exits_by_end.png") == 2


def test_the_figure_of_the_page_is_made_again_from_itself(runs, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (path,) = runs.plot("F8", folder="mine")
    assert tabletop(["reproduce", str(path), "--to", "elsewhere"]) == 0
    assert "12 runs computed" in capsys.readouterr().out


def test_the_figure_of_the_page_passes_what_every_figure_is_asked(example, tmp_path):
    example("A figure")
    spec = spec_from_file_location("examples", tmp_path / "tests" / "figures" / "exceedance" / "examples.py")
    examples = module_from_spec(spec)
    spec.loader.exec_module(examples)
    assert "reference" in examples.EXAMPLES
    for draw in examples.EXAMPLES.values():
        drawn = draw(FOOTER)
        for check in CHECKS:
            check(drawn)
