"""What a command will cost and tell, against what it then did."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.analysis.forecast import forecast
from sim.api import open_store, run_request
from sim.ensemble.design.request import request
from sim.ensemble.design.sweep import sweep
from tests.worlds import SHORT

OUTCOME = "exits_by_end"
WORDS = [*SHORT, "theory=breach", "theory.base_hazard=0.01"]


def asked(replicates: int, *words: str):
    return request([*WORDS, *words, f"ensemble.replicates={replicates}"])


def test_an_empty_store_knows_the_runs_and_not_the_answer(tmp_path: Path) -> None:
    found = forecast(asked(400).plan, open_store(tmp_path / "s"), OUTCOME)
    assert (found.wanted, found.missing, found.half_width) == (400, 400, None)
    assert found.share == pytest.approx(0.049, abs=0.001)
    assert found.seconds < 5  # forty officers over five weeks are a fraction of the default world
    first, second = found.lines
    assert first.startswith("400 of 400 runs are missing: about ")
    assert "cannot be told before some of its runs are there; a share of a case's runs to ±4.9 of 100 at most" in second


def test_known_runs_tell_how_well_more_of_them_will_know_the_answer(tmp_path: Path) -> None:
    store = open_store(tmp_path / "s")
    run_request(asked(100), store.folder)
    found = forecast(asked(400).plan, store, OUTCOME)
    assert (found.wanted, found.missing) == (400, 300)
    runs = run_request(asked(400), store.folder).outcomes[OUTCOME].astype(float)
    truth = 1.96 * runs.std() / np.sqrt(400)
    assert found.half_width == pytest.approx(truth, rel=0.2)
    assert found.rate == "as this store's last commands took"
    size = sum(part.stat().st_size for table in ("runs", "days") for part in (store.folder / table).iterdir())
    assert found.mib * 2**20 == pytest.approx(0.75 * size, rel=0.4)


def test_where_nothing_is_missing_nothing_is_promised(tmp_path: Path) -> None:
    store = open_store(tmp_path / "s")
    run_request(asked(20), store.folder)
    found = forecast(asked(20).plan, store, OUTCOME)
    assert (found.missing, found.seconds, found.mib) == (0, 0.0, 0.0)
    assert found.lines[0] == "0 of 20 runs are missing"


def test_of_a_comparison_it_is_the_difference_under_the_same_luck(tmp_path: Path) -> None:
    store = open_store(tmp_path / "s")
    words = [*WORDS, "scenario=as_documented,terms_settled", "ensemble.replicates=60"]
    plan = sweep(words).plan
    run_request(sweep(words), store.folder)
    base, other = plan.cases
    runs = store.runs().pivot(index="replicate", columns="case", values=OUTCOME).astype(float)
    found = forecast(plan, store, OUTCOME, {other.id: base.id})
    assert found.paired
    assert found.half_width == pytest.approx(1.96 * (runs[other.id] - runs[base.id]).std() / np.sqrt(60), rel=1e-3)
    assert "the mean difference of exits_by_end will be known to ±" in found.lines[1]
