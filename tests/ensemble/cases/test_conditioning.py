"""What is held and what is drawn, what falls back to the prior and says so, and ranges."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.ensemble.cases import conditioning
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.conditioning import departures, settled
from sim.ensemble.cases.priors import priors_of
from sim.ensemble.cases.unknowns import MODES, Prior
from sim.ensemble.design.request import request
from sim.ensemble.design.sweep import sweep
from sim.ensemble.engine.block import Block, values_of_runs
from sim.ensemble.engine.run_unknowns import values_in_worlds
from sim.errors import NoEffect, UserMistake
from sim.paths import conf_folder
from tests.ensemble.kept_worlds import BANK_SEED, conditioned_on, kept_case, posterior
from tests.ensemble.tiny_worlds import SEED

RATIO = "gangs.branching_ratio"
ACCORD = "governments.imminence_accord"
ENOUGH = range(150)


def prior(*words: str, config_path: Path | None = None) -> Case:
    return request(("unknowns=prior", *words), config_path).case


def told(cases: Sequence[Case]) -> tuple[tuple[Case, ...], list[str]]:
    """What cases become, and the lines that say so."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", NoEffect)
        chosen = settled(cases)
    return chosen, [str(one.message) for one in caught]


# Held


def test_nobody_holds_anything_and_everything_is_drawn() -> None:
    case = prior("theory=breach")
    assert case.unknowns.drawn == priors_of("breach")
    assert {key for key, value in case.values.items() if value is None} == set(priors_of("breach"))
    assert case.mode == "prior"
    assert case.worlds is None


def test_what_was_typed_is_held_be_it_the_default() -> None:
    for value in (0.43, 0.6):
        case = prior("theory=breach", f"{RATIO}={value}")
        assert case.values[RATIO] == value
        assert priors_of("breach").keys() - case.unknowns.drawn.keys() == {RATIO}
    assert prior("theory=breach", f"{RATIO}=0.43").id != prior("theory=breach").id


def test_what_is_swept_is_held_in_every_case() -> None:
    cases = sweep(["unknowns=prior", "theory=breach", f"{RATIO}=0.4,0.43,0.5"]).cases
    assert [case.values[RATIO] for case in cases] == [0.4, 0.43, 0.5]
    assert all(RATIO not in case.unknowns.drawn for case in cases)
    assert [case.id for case in cases] == [prior("theory=breach", f"{RATIO}={v}").id for v in (0.4, 0.43, 0.5)]


def test_a_value_of_a_file_that_differs_from_the_packaged_one_is_held(tmp_path: Path) -> None:
    (tmp_path / "gangs").mkdir()
    packaged = (conf_folder() / "gangs" / "default.yaml").read_text()
    for value, held in (("0.43", set()), ("0.47", {RATIO})):
        changed = [f"branching_ratio: {value}" if line.startswith("branching_ratio:") else line
                   for line in packaged.splitlines()]  # fmt: skip
        (tmp_path / "gangs" / "default.yaml").write_text("\n".join(changed))
        case = prior("theory=breach", config_path=tmp_path)
        assert priors_of("breach").keys() - case.unknowns.drawn.keys() == held
        assert case.values[RATIO] == (0.47 if held else None)


def test_a_value_of_an_experiments_file_is_held(tmp_path: Path) -> None:
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "mine.yaml").write_text(
        "# @package _global_\ndefaults:\n  - override /unknowns: prior\n  - override /theory: breach\n"
        "gangs: {branching_ratio: 0.47}\n"
    )
    case = sweep(["experiment=mine"], tmp_path).case
    assert (case.values[RATIO], case.mode) == (0.47, "prior")
    assert RATIO not in case.unknowns.drawn


def test_a_varied_case_holds_what_it_is_given() -> None:
    case = prior("theory=breach")
    assert case.varied({RATIO: 0.6}, "mine").id == prior("theory=breach", f"{RATIO}=0.6").id


def test_fixed_draws_nothing_and_sampling_designs_are_fixed() -> None:
    case = request(["unknowns=fixed", "theory=breach"]).case
    assert (case.mode, case.unknowns.plain(), case.worlds) == ("fixed", {}, None)
    assert None not in case.values.values()
    sampled = sweep(["theory=breach", "design=lhs", "design.size=3", "media.rumour_rate=interval(0.1,0.2)"]).cases
    assert {one.mode for one in sampled} == {"fixed"}
    typed = ["unknowns=prior", "theory=breach", "design=lhs", "design.size=3", "media.rumour_rate=interval(0.1,0.2)"]
    assert {one.mode for one in sweep(typed).cases} == {"prior"}


# Events


def test_a_reference_in_an_event_table_is_read_run_by_run() -> None:
    case = prior("theory=breach")
    (accord,) = (event for event in case.events if event.id == "accord_signed")
    amounts = {level: value for level, _, value in accord.writes}
    assert amounts["kenya.imminence"] == f"${{{ACCORD}}}"
    held = prior("theory=breach", f"{ACCORD}=0.7")
    (accord,) = (event for event in held.events if event.id == "accord_signed")
    assert {level: value for level, _, value in accord.writes}["kenya.imminence"] == 0.7
    assert Case.from_row(case.row()).varied({ACCORD: 0.7}, "mine").id == held.id


@pytest.mark.parametrize("mode", MODES)
def test_a_case_comes_back_from_its_row(mode: str) -> None:
    case = kept_case("theory=breach", "gangs.blocs=22") if mode == "posterior" else request(
        [f"unknowns={mode}", "theory=breach", "gangs.blocs=22"]).case  # fmt: skip
    again = Case.from_row(case.row())
    assert (again.id, again.values, again.unknowns, again.events) == (case.id, case.values, case.unknowns,
        tuple(replace(event, id=f"{n:05d}", facts=()) for n, event in enumerate(case.events)))  # fmt: skip
    assert again.worlds is None


# Kept worlds


def test_a_kept_case_names_its_bank_and_draws_what_the_bank_drew() -> None:
    listed = posterior({"breach": ENOUGH})
    case = conditioned_on(listed, "theory=breach", f"{RATIO}=0.6")
    assert case.worlds == tuple(ENOUGH)
    assert (case.unknowns.bank, case.unknowns.root_seed, case.unknowns.parts) == (
        listed.theories["breach"].bank, BANK_SEED, listed.parts)  # fmt: skip
    assert case.unknowns.drawn.keys() == priors_of("breach").keys() - {RATIO}
    whole = conditioned_on(listed, "theory=breach")
    mine, theirs = (values_in_worlds(one, SEED, np.arange(5)) for one in (case, whole))
    assert all(np.array_equal(mine[key], theirs[key]) for key in mine)


def test_a_list_of_narrower_ranges_draws_from_these() -> None:
    listed = posterior({"breach": ENOUGH}, ranges={RATIO: (0.4, 0.45)})
    case = conditioned_on(listed, "theory=breach")
    assert case.unknowns.drawn[RATIO] == Prior(0.4, 0.45)
    values = values_in_worlds(case, SEED, np.arange(100))[RATIO]
    assert 0.4 <= values.min() < values.max() <= 0.45


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (
            "officers.pool=40",
            "officers.pool=40: worlds that lived the record have 400, so this is run with unknowns=prior",
        ),
        ("officers.squad_max=9", "officers.squad_max=9: worlds that lived the record have 12, so"),
        ("officers.squad_min=2", "officers.squad_min=2: worlds that lived the record have 3, so"),
        ("clock.start=2024-01-01", "clock.start=2024-01-01: worlds that lived the record have 2023-10-02, so"),
    ],
)
def test_other_officers_and_another_first_day_fall_back_to_the_prior_with_a_line(word: str, said: str) -> None:
    case = kept_case("theory=breach", word, worlds=ENOUGH)
    (chosen,), lines = told([case])
    assert [line.startswith(said) for line in lines] == [True]
    assert chosen.label.endswith(" · unknowns=prior")
    assert chosen.id == prior("theory=breach", word).id
    assert told([case, case])[1] == lines
    assert settled([case], quiet=True)[0].id == chosen.id


@pytest.mark.parametrize(("count", "few"), [(0, "no world"), (1, "1 world"), (99, "99 worlds")])
def test_a_theory_with_too_few_worlds_falls_back_with_a_line(count: int, few: str) -> None:
    case = kept_case("theory=breach", worlds=range(count))
    (chosen,), lines = told([case])
    said = f"theory=breach: {few} under it lived the record (tabletop show theories), so it is run with unknowns=prior"
    assert lines == [said]
    assert chosen.id == prior("theory=breach").id
    (untried,), lines = told([conditioned_on(posterior({"constant": ENOUGH}), "theory=breach")])
    assert untried.id == chosen.id
    assert lines[0].startswith("theory=breach: no world under it lived the record")


def test_enough_worlds_and_the_same_officers_stay_what_they_are() -> None:
    case = kept_case("theory=breach", "clock.end=2024-06-30", "gangs.blocs=22", worlds=range(conditioning.FEW))
    (chosen,), lines = told([case])
    assert chosen is case
    assert lines == []


# Ranges


def test_a_narrower_range_leaves_the_worlds_that_lie_in_it() -> None:
    listed = posterior({"breach": ENOUGH})
    whole = conditioned_on(listed, "theory=breach")
    narrow = conditioned_on(listed, "theory=breach", range={"gangs": {"branching_ratio": [0.4, 0.44]}})
    values = values_in_worlds(whole, SEED, np.arange(150))[RATIO]
    assert narrow.worlds == tuple(np.flatnonzero((values >= 0.4) & (values <= 0.44)).tolist())
    assert 10 < len(narrow.worlds) < 140
    assert narrow.id == whole.id  # the same runs, of fewer worlds


@pytest.mark.parametrize(
    ("given", "key", "right"),
    [
        ({"gangs": {"branching_ratio": [0.4, 0.6]}}, f"unknowns.range.{RATIO}=[0.4, 0.6]",
         "within [0.37,0.5], the bank's; a wider one needs a bank of its own: tabletop calibrate"),
        ({"gangs": {"branching_ratio": [0.1, 0.4]}}, f"unknowns.range.{RATIO}=[0.1, 0.4]", "within [0.37,0.5]"),
        ({"gangs": {"branching_ratio": [0.43, 0.4300001]}}, "unknowns.range",
         "none of the 150 kept worlds of theory=breach"),
        ({"gangs": {"branching_ratio": [0.5, 0.4]}}, f"unknowns.range.{RATIO}=[0.5, 0.4]", "the smaller one first"),
        ({"gangs": {"branching_ratio": 0.4}}, f"unknowns.range.{RATIO}=0.4", "two numbers from 0 to 0.95"),
        ({"gangs": {"branching": [0.4, 0.5]}}, "unknowns.range.gangs.branching=[0.4, 0.5]", "no setting that is drawn"),
        ({"gangs": [0.4, 0.5]}, "unknowns.range.gangs=[0.4, 0.5]", "ranges of a group's settings"),
        ([0.4, 0.5], "unknowns.range=[0.4, 0.5]", "ranges by name, such as unknowns.range.gangs.branching_ratio="),
    ],
)  # fmt: skip
def test_a_range_that_is_none_or_wider_is_refused_with_key_and_value(given: Any, key: str, right: str) -> None:
    with pytest.raises(UserMistake) as caught:
        conditioned_on(posterior({"breach": ENOUGH}), "theory=breach", range=given)
    assert str(caught.value).startswith(key)
    assert right in str(caught.value)
    assert "\n" not in str(caught.value)


def test_under_the_prior_a_range_is_drawn_from_be_it_wider() -> None:
    case = prior("theory=breach", f"unknowns.range.{RATIO}=[0.2,0.9]")
    assert case.unknowns.drawn[RATIO] == Prior(0.2, 0.9)
    assert case.id != prior("theory=breach").id
    numbers = np.arange(200)
    values = values_of_runs(Block((case,), numbers * 0, numbers, SEED))[RATIO]
    assert 0.2 <= values.min() < 0.3
    assert 0.8 < values.max() <= 0.9


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["unknowns=fixed", f"unknowns.range.{RATIO}=[0.4,0.45]"],
            "unknowns.range: no effect: unknowns=fixed draws nothing",
        ),
        (
            ["unknowns=prior", "unknowns.posterior=mine.json"],
            "unknowns.posterior: no effect: unknowns=prior takes no worlds",
        ),
        (
            ["unknowns=fixed", "unknowns.posterior=mine.json"],
            "unknowns.posterior: no effect: unknowns=fixed takes no worlds",
        ),
    ],
)
def test_what_has_no_effect_in_its_mode_is_told(words: list[str], said: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", NoEffect)
        request(words)
    lines = [str(one.message) for one in caught]
    assert [line for line in lines if line.replace(" has no effect: ", ": no effect: ").startswith(said)], lines


def test_another_posterior_is_a_file(tmp_path: Path) -> None:
    posterior({"breach": ENOUGH}).save(tmp_path / "mine.json")
    case = request(["theory=breach", f"unknowns.posterior={tmp_path / 'mine.json'}"]).case
    assert case.worlds == tuple(ENOUGH)
    assert "unknowns" not in case.label
    for word in ("true", "[1]"):
        with pytest.raises(UserMistake, match=r"unknowns\.posterior"):
            request(["theory=breach", f"unknowns.posterior={word}"])


# What is otherwise than in the bank


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], []),
        (["clock.end=2024-08-31"], []),
        (["governments.mode=rules"], ["governments.mode=rules"]),
        ([f"{RATIO}=0.43"], [f"{RATIO}=0.43"]),
        (["levers.insurance=1"], ["levers.insurance=1"]),
        (["scenario=no_surge"], ["no_surge"]),
        (["scenario.events.late={date: 2024-05-01, set: {levers: {insurance: 1}}}"], []),
    ],
)
def test_departures_are_what_is_held_or_set_otherwise_before_the_futures_part(
    words: list[str], said: list[str]
) -> None:
    assert departures(kept_case("theory=breach", *words)) == said
