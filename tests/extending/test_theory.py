"""The theory of docs/EXTENDING.md, as it stands there."""

from __future__ import annotations

import sim


def test_the_theory_of_the_page_runs_and_answers_to_its_setting(example, tmp_path):
    conf = example("A sixth theory")
    words = {"config_path": conf, "theory": "shared_fear", "replicates": 8, "out": tmp_path / "store"}
    calm = sim.run(**words, settings={"theory.threat": 0, "clock.end": "2024-03-20"})
    afraid = sim.run(**words, settings={"theory.threat": 1, "clock.end": "2024-03-20"})
    assert (afraid.outcomes["status"] == "ok").all()
    assert afraid.outcomes["exits_by_end"].sum() > calm.outcomes["exits_by_end"].sum() > 0
