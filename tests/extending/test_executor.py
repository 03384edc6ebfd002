"""The executor of docs/EXTENDING.md, as it stands there."""

from __future__ import annotations

import sim


def test_the_executor_of_the_page_computes_the_same_runs(example, tmp_path):
    conf = example("An executor")
    settings = {"officers.pool": 40, "clock.end": "2024-03-08", "ensemble.block": 4, "ensemble.officers": True}
    words = {"config_path": conf, "theory": "breach", "replicates": 16, "settings": settings}
    here = sim.run(**words, overrides=["executor=serial"], out=tmp_path / "here")
    there = sim.run(**words, overrides=["executor=considerate", "executor.spare=1000"], out=tmp_path / "there")
    assert there.report.workers == 1
    assert there.store.digest() == here.store.digest()
    assert there.days.equals(here.days)
    assert there.store.table("officers").equals(here.store.table("officers"))
