"""The examples of docs/EXTENDING.md, run as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim
from sim.model import withdrawal

PAGE = Path(__file__).parent.parent / "docs" / "EXTENDING.md"


def files():
    """Path and content of each file that the page shows."""
    found = re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    return {Path(path): text for path, text in found}


@pytest.fixture
def written(tmp_path, monkeypatch):
    """The page's files on disk, with the example's theory discovered as one of the package would be."""
    for path, text in files().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    folder = str(tmp_path / "sim" / "model" / "withdrawal")
    monkeypatch.setattr(withdrawal, "__path__", [*withdrawal.__path__, folder])
    found = withdrawal.discover()
    for name, theory in found.items():
        monkeypatch.setitem(withdrawal.THEORIES, name, theory)
    return tmp_path / "conf"


def test_the_page_shows_a_scenario_a_theory_and_its_conf_file():
    assert sorted(path.suffix for path in files()) == [".py", ".yaml", ".yaml"]


def test_the_scenario_of_the_page_runs_and_its_condition_fires(written, tmp_path):
    settings = {"clock.end": "2024-05-31", "officers.pool": 355}
    words = {"config_path": written, "replicates": 8, "settings": settings, "out": tmp_path / "store"}
    own = sim.run(scenario="early_terms", **words)
    plain = sim.run(scenario="as_documented", **words)
    assert own.outcomes["attacks"].mean() < 0.8 * plain.outcomes["attacks"].mean()


def test_the_theory_of_the_page_runs_and_answers_to_its_setting(written, tmp_path):
    words = {"config_path": written, "theory": "shared_fear", "replicates": 8, "out": tmp_path / "store"}
    calm = sim.run(**words, settings={"theory.threat": 0, "clock.end": "2024-03-20"})
    afraid = sim.run(**words, settings={"theory.threat": 1, "clock.end": "2024-03-20"})
    assert (afraid.outcomes["status"] == "ok").all()
    assert afraid.outcomes["exits_by_end"].sum() > calm.outcomes["exits_by_end"].sum() > 0
