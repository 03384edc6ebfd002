"""YAML read strictly tells the line of each field, and whether it may come from somebody else."""

from __future__ import annotations

import pytest

from sim.errors import UserMistake
from sim.record import strict_yaml


def test_each_field_has_its_line_and_a_mistake_in_it_too(tmp_path):
    file = tmp_path / "one.yaml"
    file.write_text("a: 1\n\nb:\n  c: {d: 2,\n      e: 2024-03-07}\n")
    given, lines = strict_yaml.read_with_lines(file, "one.yaml")
    assert given == strict_yaml.read(file, "one.yaml") == {"a": 1, "b": {"c": {"d": 2, "e": "2024-03-07"}}}
    assert lines == {"a": 1, "b": 3, "b.c": 4, "b.c.d": 4, "b.c.e": 5}
    for key, where in (("b.c.e", "line 5: "), ("b.c.e.deeper", "line 5: "), ("b.x", "line 3: "), ("z", "")):
        with pytest.raises(UserMistake) as told, strict_yaml.at_its_line("one.yaml", lines):
            raise UserMistake(key, 7, "8")
        assert str(told.value) == f"one.yaml{', ' if where else ': '}{where}{key}=7: 8"


def test_an_empty_file_holds_nothing(tmp_path):
    (tmp_path / "none.yaml").write_text("# nothing\n")
    assert strict_yaml.read_with_lines(tmp_path / "none.yaml", "none") == (None, {})


@pytest.mark.parametrize(("text", "right"), [
    ("a: &x [1]\nb: *x\n", "an alias has no use"), ("[" * 30 + "]" * 30, "more than 20 levels"),
    ("# " + "x" * 1_000_001, "are no file of tests"),
])  # fmt: skip
def test_what_could_grow_is_refused(tmp_path, text, right):
    (tmp_path / "odd.yaml").write_text(text)
    with pytest.raises(UserMistake, match=right):
        strict_yaml.check_plain(tmp_path / "odd.yaml", "odd.yaml", "file of tests")
