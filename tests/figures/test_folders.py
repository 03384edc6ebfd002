"""Folders of pictures have names that people read, and no two cases share one."""

from __future__ import annotations

import pytest

from sim.figures.folders import LONGEST, folder_of, folders_of_cases


@pytest.mark.parametrize(
    ("label", "name"),
    [("as_documented · breach", "as_documented-breach"),
     ("x · media.report_probability=0.1", "x-media.report_probability=0.1"),
     ("../../etc/passwd", "etc-passwd"), ("", "unnamed"), ("…", "unnamed"), ("con:aux|nul?", "con-aux-nul")],
)  # fmt: skip
def test_a_folder_is_named_in_words(label: str, name: str) -> None:
    assert folder_of(label) == name


def test_long_names_are_cut_and_stay_apart() -> None:
    long = [f"as_documented · breach · {'officers.leader_shock=1.25 · ' * 5}{end}" for end in "ab"]
    names = folders_of_cases(dict(zip(("c0ffee000001", "beef00000002"), long, strict=True)))
    assert len(set(names.values())) == 2
    assert all(len(name) <= LONGEST and name.startswith("as_documented-breach-officers") for name in names.values())


def test_a_hash_stands_only_where_words_do_not_do() -> None:
    labels = {"aaaaaaaaaaaa": "a · breach", "bbbbbbbbbbbb": "A · breach", "cccccccccccc": "b · breach"}
    assert folders_of_cases(labels) == {
        "aaaaaaaaaaaa": "a-breach-aaaaaa", "bbbbbbbbbbbb": "A-breach-bbbbbb", "cccccccccccc": "b-breach"
    }  # fmt: skip
