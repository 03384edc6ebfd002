"""Which files can be composed apart: those that write nothing but their own part."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.settings.composition_cache import is_self_contained


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("story: short\n", True),
        ("defaults: [_self_, plain]\nstory: short\n", True),
        ("# @package _global_\nofficers: {pool: 60}\n", False),
        ("defaults: [global_one]\n", False),
        ("defaults: [/officers/large]\n", False),
        ("defaults: [plain@other]\n", False),
        ("defaults: [{override /theory: breach}]\n", False),
        ("defaults: [nowhere]\n", False),
        ("- a list\n", False),
        ("a: [\n", False),
        ("defaults:\n", True),
    ],
)
def test_a_file_is_self_contained_when_it_and_what_it_starts_from_write_their_own_part(
    tmp_path: Path, text: str, alone: bool
) -> None:
    (tmp_path / "plain.yaml").write_text("story: plain\n", encoding="utf-8")
    (tmp_path / "global_one.yaml").write_text("# @package _global_\nofficers: {pool: 60}\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    assert is_self_contained(tmp_path, "mine") is alone
