"""The scenario of docs/EXTENDING.md, as it stands there."""

from __future__ import annotations

import sim


def test_the_scenario_of_the_page_runs_and_its_condition_fires(example, tmp_path):
    conf = example("A scenario")
    settings = {"clock.end": "2024-05-31", "officers.pool": 355}
    words = {"config_path": conf, "replicates": 8, "settings": settings, "out": tmp_path / "store"}
    own = sim.run(scenario="early_terms", **words)
    plain = sim.run(scenario="as_documented", **words)
    assert own.outcomes["attacks"].mean() < 0.8 * plain.outcomes["attacks"].mean()
