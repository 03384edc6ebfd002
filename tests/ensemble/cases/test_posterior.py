"""A posterior's file: it comes back as it went, and one that is torn, foreign or stale is refused in one line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim.ensemble.cases import conditioning as module
from sim.ensemble.cases import posterior as posterior_module
from sim.ensemble.cases.conditioning import bank_case, check_posterior
from sim.ensemble.cases.posterior import AGAIN, KEY, Posterior, load_posterior, packaged_posterior
from sim.ensemble.cases.priors import priors_of
from sim.ensemble.cases.unknowns import MODE
from sim.errors import UserMistake
from sim.model.withdrawal import THEORIES
from sim.settings.packaged import packaged_values
from sim.settings.parameter import Parameter
from sim.settings.schema import check_value
from tests.ensemble.cases.test_case import asked
from tests.ensemble.kept_worlds import posterior

WORLDS = {"breach": (0, 1, 7, 998, 999), "prospects": (), "constant": (4,)}
each_theory = pytest.mark.parametrize("theory", THEORIES)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A list that is sound."""
    posterior(WORLDS).save(tmp_path / "mine.json")
    return tmp_path / "mine.json"


def refused(path: Path) -> str:
    """Why a file is refused, in one line that names it."""
    with pytest.raises(UserMistake) as caught:
        load_posterior(path)
    said = str(caught.value)
    assert said.startswith(f"{KEY}={path}: ")
    assert "\n" not in said
    return said.removeprefix(f"{KEY}={path}: ")


def test_a_posterior_comes_back_as_it_went(tmp_path: Path) -> None:
    luck = ({"outcome": "exits_by_end", "theory": "breach", "luck": 0.6},)
    for listed in (
        posterior(WORLDS),
        posterior({}),
        posterior(WORLDS, parts=date(2024, 4, 1), ranges={"gangs.branching_ratio": (0.4, 0.45)}),
        replace(posterior(WORLDS, root_seed=2**63 - 1), luck=luck),
    ):
        listed.save(tmp_path / "mine.json")
        assert load_posterior(tmp_path / "mine.json") == listed
        assert load_posterior(str(tmp_path / "mine.json")).path == tmp_path / "mine.json"


def test_a_theory_has_its_worlds_and_one_that_was_not_tried_has_none(path: Path) -> None:
    listed = load_posterior(path)
    assert [listed.kept(theory) for theory in ("breach", "prospects", "squad_threshold")] == [
        (0, 1, 7, 998, 999),
        (),
        (),
    ]


def test_a_file_that_is_made_again_is_read_again(path: Path) -> None:
    assert load_posterior(path).kept("breach") == WORLDS["breach"]
    posterior({"breach": (5,)}).save(path)
    assert load_posterior(path).kept("breach") == (5,)


def test_the_packaged_posterior_can_be_read_and_is_of_this_program() -> None:
    listed = load_posterior()
    assert listed == load_posterior(packaged_posterior())
    for theory in THEORIES:
        check_posterior(listed, theory)


# Torn, or something else


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_torn_file_is_refused(path: Path, share: float) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * (len(whole) - 2))])
    assert refused(path) == f"is no posterior, or torn: {AGAIN}"


@pytest.mark.parametrize(
    "content", [b"[]", b"3", b"null", b'"text"', b"{}", b'{"format": 1}', b"\xff\xfe", b"[" * 100_000]
)
def test_what_is_no_posterior_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert refused(path) == f"is no posterior, or torn: {AGAIN}"


def changed(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    told = json.loads(path.read_text())
    change(told)
    path.write_text(json.dumps(told))


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["theories"]["breach"].update(steps=[1, 0, 3]),
        lambda told: told["theories"]["breach"].update(steps=[5, -2]),
        lambda told: told["theories"]["breach"].update(steps=[1, "2"]),
        lambda told: told["theories"]["breach"].update(steps=[1.5]),
        lambda told: told["theories"]["breach"].update(steps=3),
        lambda told: told["theories"]["breach"].update(draws=999),
        lambda told: told["theories"]["breach"].pop("bank"),
        lambda told: told.update(theories=[]),
        lambda told: told.update(parts="soon"),
        lambda told: told.update(parts=None),
        lambda told: told.update(ranges={"gangs.branching_ratio": [0.4]}),
        lambda told: told.update(root_seed="many"),
        lambda told: told.pop("record"),
    ],
)
def test_a_list_out_of_order_or_without_what_it_is_of_is_refused(path: Path, change: Any) -> None:
    changed(path, change)
    assert refused(path) == f"is no posterior, or torn: {AGAIN}"


def test_a_later_format_is_named(path: Path) -> None:
    changed(path, lambda told: told.update(format=2))
    assert refused(path) == f"is of format 2, this version reads 1: {AGAIN}"


def test_a_file_that_is_not_there_and_one_that_is_too_large_are_refused(path: Path, monkeypatch) -> None:
    assert refused(path.with_name("none.json")) == f"cannot be read: No such file or directory; {AGAIN}"
    assert refused(path.parent).startswith("is a folder; name a file; ")
    monkeypatch.setattr(posterior_module, "MOST_BYTES", 100)
    assert refused(path) == "more than 100 bytes, and so no posterior"


# Stale


def stale(listed: Posterior, theory: str = "breach") -> str:
    with pytest.raises(UserMistake) as caught:
        check_posterior(replace(listed, path=Path("mine.json")), theory)
    said = str(caught.value)
    assert said.startswith(f"{KEY}=mine.json: ")
    assert said.endswith(f": {AGAIN}")
    return said


def test_a_list_of_this_program_is_taken() -> None:
    for theory in (*WORLDS, "squad_threshold"):
        check_posterior(posterior(WORLDS), theory)


def test_a_list_of_another_version_or_record_is_stale() -> None:
    assert "is of version 3 of the model, this is" in stale(replace(posterior(WORLDS), model_version=3))
    assert "is of another record (f00d, this is" in stale(replace(posterior(WORLDS), record="f00d"))


def test_a_list_of_other_settings_ranges_or_events_is_stale(monkeypatch) -> None:
    said = "is of other settings, ranges or events of as_documented under theory=breach than are installed"
    listed = posterior(WORLDS)
    assert said in stale(replace(listed, ranges={"gangs.branching_ratio": (0.4, 0.45)}))
    assert said in stale(replace(listed, parts=date(2024, 3, 5)))
    other = {**packaged_values("breach"), "gangs.blocs": 22}
    bank_case.cache_clear()
    monkeypatch.setattr(module, "packaged_values", lambda theory: other)
    assert said in stale(listed)
    bank_case.cache_clear()


def test_a_list_is_stale_for_the_theory_alone_whose_bank_it_is_not() -> None:
    listed = posterior(WORLDS)
    kept = {**listed.theories, "breach": replace(listed.theories["breach"], bank="c0123456789a")}
    check_posterior(replace(listed, theories=kept), "prospects")
    assert "under theory=breach" in stale(replace(listed, theories=kept))


# What it is of


@each_theory
def test_the_packaged_values_are_what_is_composed_where_nobody_says_anything_else(theory: str) -> None:
    composed = asked(f"theory={theory}", "unknowns=fixed").values
    rows: dict[str, Parameter] = {p.key: p for p in (*_fixed(), *THEORIES[theory].parameters)}
    read = {key: check_value(rows[key], value) for key, value in packaged_values(theory).items() if key in rows}
    assert read == {key: value for key, value in composed.items() if key not in (MODE, "theory.name")}


def _fixed() -> tuple[Parameter, ...]:
    from sim.settings.schema import FIXED

    return FIXED


@each_theory
def test_the_banks_case_is_the_documented_world_up_to_the_last_day_with_its_unknowns_drawn(theory: str) -> None:
    last = date(2024, 3, 31)
    typed = asked(f"theory={theory}", "unknowns=prior").varied({"clock.end": last, "clock.target_date": last}, "")
    bank = bank_case(theory, last)
    assert bank.id == typed.id
    assert bank.unknowns.drawn == priors_of(theory)
    assert {key for key, value in bank.values.items() if value is None} == set(priors_of(theory))
