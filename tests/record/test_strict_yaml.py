"""YAML read strictly: no field twice, dates as text, numbers as conf/ has them, and the lines of its fields."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import UserMistake
from sim.record import strict_yaml
from tests.faults import refusal


def test_every_field_has_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\nb:\n  c: {d: 2,\n    e: 3}\n  f:\n    - 4\n    - g: 5\n", encoding="utf-8")
    content, lines = strict_yaml.read_with_lines(path, "x", "file of letters")
    assert content == {"a": 1, "b": {"c": {"d": 2, "e": 3}, "f": [4, {"g": 5}]}}
    assert lines == {("a",): 1, ("b",): 2, ("b", "c"): 3, ("b", "c", "d"): 3, ("b", "c", "e"): 4, ("b", "f"): 5,
                     ("b", "f", "0"): 6, ("b", "f", "1"): 7, ("b", "f", "1", "g"): 7}  # fmt: skip


@pytest.mark.parametrize(
    ("written", "read"),
    [("1e-3", 0.001), ("1.5E3", 1500.0), ("-2e1", -20.0), ("1e3x", "1e3x"), ("12e", "12e"), ("e3", "e3"),
     ("2024-03-01", "2024-03-01"), ("1e4000", "1e4000"), ("'1e3'", "1e3")],
)  # fmt: skip
def test_a_number_is_a_number_as_it_is_in_conf_and_a_date_is_text(written: str, read: object) -> None:
    assert strict_yaml.parse(f"a: {written}", "x") == {"a": read}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a: 1\nb: 2\na: 3\n", "x: must be YAML; line 3: a is given twice"),
        ("a: 1\nb: x\x08y\n", "x: must be YAML; line 2: unacceptable character"),
        (b"a: 1\nb: \xff\n", "x: must be YAML; line 2: unacceptable character"),
        ("a: [1\n", "x: must be YAML; line 2: "),
    ],
)
def test_what_is_no_yaml_is_named_with_its_line(text: str | bytes, wanted: str) -> None:
    assert refusal(strict_yaml.parse, text, "x").startswith(wanted)


def test_a_file_of_others_is_small_and_flat(tmp_path: Path) -> None:
    def said(text: str) -> str:
        (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
        return refusal(strict_yaml.read_with_lines, tmp_path / "x.yaml", "x", "file of letters")

    assert said("# " + "x" * 1_000_001) == "x: more than 1,000,000 bytes are no file of letters"
    assert said("a: &a 1\nb: *a\n") == "x=*a: an alias has no use here; write it out (line 2)"
    assert said("a: " + "[" * 30) == "x: more than 20 levels inside each other"
    assert (
        refusal(strict_yaml.read_with_lines, tmp_path / "none", "x", "y")
        == "x: cannot be read: No such file or directory"
    )


def test_a_mistake_in_a_field_has_the_line_that_comes_nearest_to_it(tmp_path: Path) -> None:
    file = tmp_path / "one.yaml"
    file.write_text("a: 1\n\nb:\n  c: {d: 2,\n      e: 2024-03-07}\n", encoding="utf-8")
    _, lines = strict_yaml.read_with_lines(file, "one.yaml", "file of letters")
    for key, where in (("b.c.e", "line 5: "), ("b.c.e.deeper", "line 5: "), ("b.x", "line 3: "), ("z", "")):

        def mistaken(name: str = key) -> None:
            with strict_yaml.at_its_line("one.yaml", lines):
                raise UserMistake(name, 7, "8")

        assert refusal(mistaken) == f"one.yaml{', ' if where else ': '}{where}{key}=7: 8"


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "none.yaml").write_text("# nothing\n", encoding="utf-8")
    assert strict_yaml.read_with_lines(tmp_path / "none.yaml", "none", "file of letters") == (None, {})
