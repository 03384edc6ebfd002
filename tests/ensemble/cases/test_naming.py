"""A case is named in one way, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.analysis.alternatives import alternatives, choose
from sim.analysis.explain.divergence import find_case
from sim.ensemble.cases.naming import fitting, names_of, the_one
from sim.ensemble.store.store import Store
from sim.figures.store_contents import read
from sim.model import MODEL_VERSION
from tests.faults import refusal

LABELS = ["record · breach", "record · breach · more", "Aid  first · breach", "aid · a1b2"]
IDS = [["a1b2"], ["a1c3"], ["beef"], ["c0de"]]


@pytest.mark.parametrize(
    ("word", "positions"),
    [
        ("a1b2", [0]),
        ("a1", [0, 1, 3]),
        ("1b2", [3]),
        ("record · breach", [0]),
        ("RECORD ·  breach", [0]),
        ("cord", [0, 1]),
        ("aid first", [2]),
        ("BEEF", [2]),
        ("", [0, 1, 2, 3]),
        ("nobody", []),
    ],
)
def test_a_name_in_full_outranks_a_part(word: str, positions: list[int]) -> None:
    assert fitting(word, LABELS, IDS) == positions


def test_one_label_of_two_cases_is_listed_with_the_ids() -> None:
    line = refusal(the_one, "CASE", "twin", ["twin", "twin"], [["aa"], ["bb"]])
    assert line == "CASE=twin: 2 cases fit: twin (aa), twin (bb); name one in full"


def test_of_many_cases_a_line_lists_some() -> None:
    labels = [f"case {number}" for number in range(20)]
    line = refusal(the_one, "CASE", "x", labels, [[label] for label in labels])
    assert line.startswith("CASE=x: no such case; there are case 0, case 1, ")
    assert line.endswith("case 11 and 8 more")


@pytest.fixture
def store(short, tmp_path: Path) -> Store:
    made = Store.open(tmp_path / "store", model_version=MODEL_VERSION, record="r")
    for name in ("us_troops", "no_surge"):
        case = replace(short(f"scenario={name}", "theory=breach"), label=f"{name} · breach")
        made.add_cases(pd.DataFrame([case.row()]))
    return made


WHO: dict[str, Callable[[Store, str, str], object]] = {
    "why": lambda store, key, word: find_case(store, word, key),
    "plot": lambda store, key, word: read(store, [word], None),
    "compare": lambda store, key, word: choose(alternatives(store.cases()), word, key),
}


def test_whoever_is_asked_for_a_case_that_there_is_not_says_so_in_the_same_words(store: Store) -> None:
    lines = {refusal(who, store, "--case", "nobody").partition("=")[2] for who in WHO.values()}
    rule = {line.partition("there are ")[0] for line in lines}
    assert rule == {"nobody: no such case; "}


@pytest.mark.parametrize("word", ["us_troops · breach", "US_TROOPS", "us_tr"])
def test_whoever_is_asked_knows_the_case_by_the_same_word(store: Store, word: str) -> None:
    rows = store.cases().set_index("case")
    us = str(rows.index[rows["scenario.name"] == "us_troops"].item())
    assert find_case(store, word).id == us
    assert fitting(word, *names_of(rows.reset_index())) == [list(rows.index).index(us)]
    if "·" not in word:  # a world's name leaves the theory out
        assert us in choose(alternatives(store.cases()), word, "--case").cases.values()


def test_a_case_is_found_by_every_name_that_it_was_run_under(tmp_path: Path) -> None:
    out = tmp_path / "worlds"
    for typed in (["media.report_probability=0.055"], []):
        sim.run(overrides=["ensemble.days=false", "unknowns=fixed", *typed], replicates=1, out=out)
    store = Store.read(out)
    (case,), (label,) = store.cases()["case"], store.cases()["label"]
    assert label.endswith(" · media.report_probability=0.055")
    (other,) = store.called()[case]
    assert other == label.removesuffix(" · media.report_probability=0.055")
    assert {find_case(store, name).id for name in (label, other, other.upper())} == {case}
    contents = read(store, [other], None)
    assert contents is not None
    assert contents.named == {case}
