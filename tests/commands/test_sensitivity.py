"""`tabletop sensitivity`, as a person types it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.cli import run
from sim.ensemble.store.store import Store
from tests.posteriors import saved

SIZES = ("design.trajectories=3", "design.size=8", "executor=serial")
SMALL = ("officers.pool=100", "clock.start=2024-01-15", "clock.end=2024-03-20", *SIZES)
CONSTANT = ("sensitivity", "theory=constant", *SMALL, "out=s", "--outcome", "exits_by_end")


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def test_one_command_says_what_matters_and_the_next_one_computes_nothing(capsys) -> None:
    assert run([*CONSTANT, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "528 of 528" in said, "Morris: 3 × (87 + 1) points of two runs"
    assert "272 of 272" in said, "Sobol' at most: 8 × (15 + 2) points of two runs"
    assert "constant: worlds that lived the record are left out: officers.pool=100" in said
    assert "800 of 800 runs are missing: about" in said
    assert "narrower intervals: design.trajectories=20 design.size=256 " in said
    assert not Path("s/runs").exists() or not len(Store.read("s").runs())

    assert run(CONSTANT) == 0
    said = capsys.readouterr().out
    assert "Morris keeps" in said
    assert "of 87 drawn settings for Sobol': kept is what may reach 5 of 100 of the largest μ*" in said
    assert "Worlds that lived the record are left out: officers.pool=100" in said
    assert "In this model under constant, over the prior ranges " in said
    assert "Exploratory, never a forecast." in said
    store = Store.read("s")
    digest = store.digest()
    (folder,) = (path.parent for path in Path("s/figures").glob("*/sensitivity.md"))
    pictures = {"F4-morris-constant.png", "F4-morris-constant.csv", "F4-sobol-constant.png"}
    assert {path.name for path in folder.iterdir()} >= {"sensitivity.csv", "sensitivity.md", *pictures}
    page = (folder / "sensitivity.md").read_text()
    assert "## Under constant" in page
    assert "(F4-morris-constant.png)" in page
    rows = pd.read_csv(folder / "sensitivity.csv")
    assert rows.loc[rows["analysis"] == "morris", "setting"].nunique() == 87
    assert np.isfinite(rows[["value", "luck_share"]]).all(axis=None)
    kept = set(rows.loc[rows["analysis"] == "sobol", "setting"])
    assert "theory.base_hazard" in kept
    own = {"theory.base_hazard", "officers.frailty_sd", "officers.friction_before", "officers.friction_after"}
    assert kept <= own, "under constant officers see no danger"

    assert run([*CONSTANT, "--as", "csv", "--no-figures"]) == 0
    again = pd.read_csv(io.StringIO(capsys.readouterr().out))
    pd.testing.assert_frame_equal(again, rows)
    assert Store.read("s").digest() == digest
    assert run([*CONSTANT, "--dry-run"]) == 0
    assert "0 of 528" in (said := capsys.readouterr().out)
    assert f"0 of {8 * (len(kept) + 2) * 2} " in said, "what Morris keeps is known by now"
    assert "runs are missing\n" in said


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--outcome", "first_report_date"), "--outcome=first_report_date: a date"),
        (("--outcome", "exit"), "--outcome=exit: no such outcome"),
        (("design.size=12",), "design.size=12: a power of two, such as 16"),
        (("design=sobol",), "design=sobol: Morris and Sobol' are given"),
        (("officers.fear=1",), "officers.fear=1: "),
        (("theory=anger",), "theory=anger: no such choice"),
    ],
)
def test_a_mistake_is_one_line(words: tuple[str, ...], line: str, error_line) -> None:
    assert run(["sensitivity", *words, "theory=constant", "out=s"][: None if words[0] != "theory=anger" else 2]) == 2
    assert line in error_line()
    assert not Path("s").exists() or not list(Path("s").glob("runs/*"))


def test_an_outcome_that_never_varies_is_no_question(capsys) -> None:
    """Where nothing is reported, nothing stands for it in a report, be it true or not."""
    words = [*CONSTANT[:-1], "reported_to_real", "media.report_probability=0", "media.rumour_rate=0.03"]
    assert run(words) == 2
    fault = capsys.readouterr().err.strip().splitlines()[-1]
    assert fault.startswith("tabletop: --outcome=reported_to_real: it is the same in every run, or has no value")


def test_worlds_that_lived_the_record_stand_beside_the_prior_and_their_picture_can_be_made_again(capsys) -> None:
    path = saved(Path(), "breach")
    words = [
        "sensitivity",
        "theory=breach",
        f"unknowns.posterior={path}",
        "design.worlds=100",
        "design.keep=2",
        *SIZES,
        "out=s",
    ]
    held = ["clock.end=2024-04-10"]
    assert run([*words, *held]) == 0
    said = capsys.readouterr().out
    assert "over 100 worlds that lived the record" in said
    assert "; in worlds that lived the record exits_surge_month goes " in said
    (picture,) = Path("s/figures").glob("sensitivity-*/F4-worlds-breach.png")
    rows = pd.read_csv(picture.with_name("sensitivity.csv"))
    worlds = rows[rows["analysis"] == "worlds"]
    assert len(worlds) == 91
    assert (worlds["points"] == 100).all()
    assert worlds["p"].between(0, 1).all()
    assert (worlds["low"] <= worlds["value"]).all()
    assert (worlds["value"] <= worlds["high"]).all()
    assert run(["reproduce", str(picture)]) == 0
    capsys.readouterr()
    assert run(["plot", "s", "--figure", "F4"]) == 0
    assert "F4-sensitivity-worlds.png" in capsys.readouterr().out
