"""What the examples of docs/EXTENDING.md share: each is run, found as things of the package are, and leaves nothing."""

from __future__ import annotations

import sys
from pathlib import Path

from sim.model import withdrawal
from tests.extending import page


def test_every_section_that_shows_a_file_is_run():
    stories = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert {"A scenario", "A sixth theory"} <= page.sections().keys()
    assert [name for name in page.sections() if f'example("{name}")' not in stories] == []


def test_every_example_that_the_page_shows_says_where_it_belongs():
    """A block of Python or YAML without a path above it would be an example that nobody runs."""
    text = page.PAGE.read_text(encoding="utf-8")
    assert text.count("```python") + text.count("```yaml") == sum(map(len, page.sections().values())) > 0


def test_an_example_is_found_while_it_is_there_and_leaves_nothing(tmp_path):
    before, searched = dict(withdrawal.THEORIES), list(withdrawal.__path__)
    with page.example("A sixth theory", tmp_path) as conf:
        assert list(withdrawal.THEORIES) == [*before, "shared_fear"]
        assert "sim.model.withdrawal.shared_fear" in sys.modules
        assert (conf / "theory" / "shared_fear.yaml").exists()
    assert (dict(withdrawal.THEORIES), list(withdrawal.__path__)) == (before, searched)
    assert "sim.model.withdrawal.shared_fear" not in sys.modules
    assert not hasattr(withdrawal, "shared_fear")
