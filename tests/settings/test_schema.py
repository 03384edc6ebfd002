"""The register of settings: it and conf say the same, each row says what is known, and each value is checked."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from sim.model.withdrawal import THEORIES
from sim.paths import conf_folder
from sim.record import load
from sim.settings.composition import compose
from sim.settings.parameter import Parameter, constant, uncertainty
from sim.settings.schema import FIXED, check, check_value, flatten, near
from tests.faults import refusal

OF_THEORIES = {name: theory.parameters for name, theory in THEORIES.items()}
ALL = (*FIXED, *(parameter for rows in OF_THEORIES.values() for parameter in rows))
READ_ELSEWHERE = {"scenario", "executor", "design", "out"}

each_theory = pytest.mark.parametrize("theory", THEORIES)


@cache
def composed(*words: str) -> dict[str, Any]:
    return compose(words)


def given(*words: str) -> dict[str, Any]:
    """Dotted names and values as conf gives them."""
    return dict(flatten({k: v for k, v in composed(*words).items() if k not in READ_ELSEWHERE}))


def checked(*words: str) -> dict[str, Any]:
    return check(composed(*words), OF_THEORIES)


# conf and the register


@each_theory
def test_every_value_in_conf_has_a_row_and_every_row_a_value(theory: str) -> None:
    rows = {parameter.key for parameter in (*FIXED, *OF_THEORIES[theory])}
    assert (
        set(given(f"theory={theory}")) - {"theory.name", "unknowns.posterior"} == rows
    )  # a file's name has its own reader


@pytest.mark.parametrize("mode", ["scripted", "rules"])
def test_every_choice_of_governments_gives_the_same_settings(mode: str) -> None:
    assert set(given(f"governments={mode}")) == set(given())
    assert given(f"governments={mode}")["governments.mode"] == mode


def test_every_theory_has_a_file_of_its_name_and_every_file_a_theory() -> None:
    files = {file.stem for file in (conf_folder() / "theory").glob("*.yaml")}
    assert files == set(THEORIES)
    assert {name: given(f"theory={name}")["theory.name"] for name in files} == {name: name for name in files}


def test_no_setting_is_listed_twice() -> None:
    for rows in OF_THEORIES.values():
        keys = [parameter.key for parameter in (*FIXED, *rows)]
        assert len(keys) == len(set(keys))


@each_theory
def test_every_default_lies_within_its_bounds_and_its_prior(theory: str) -> None:
    """A lever is off, or where its range has it."""
    values = checked(f"theory={theory}")

    def outside(parameter: Parameter, limits: tuple[float, float] | None) -> bool:
        value = values[parameter.key]
        off = parameter.role == "lever" and value == 0
        return limits is not None and not off and not limits[0] <= value <= limits[1]

    rows = (*FIXED, *OF_THEORIES[theory])
    assert [p.key for p in rows if outside(p, p.bounds) or outside(p, p.prior)] == []


OFF_CENTRE = {
    "officers.friction_before": "nearly free: officers said that whoever wants to may step out",
    "officers.reactance": "off, the null of compulsion; whoever makes service mandatory may turn it on",
    "governments.authority_recovery": "slow, in a range that begins at no recovery",
    "governments.police_attrition": "documented for 2023 (1,663 of 13,196), the worst year of the range",
    "governments.pause_control": "the upper half of its range is cut off at all of the capital",
    "governments.imminence_ruling": "of the announcements the one that made departure least real; none can be below 0",
}
"""Uncertain settings whose default is not the centre of their range, and why."""


def off_centre(parameter: Parameter, value: float) -> float:
    """How far a default lies from the centre of its range, on its scale, as a share of the range."""
    assert parameter.prior is not None
    low, high, at = *parameter.prior, value
    if parameter.scale == "log":
        low, high, at = (math.log(x) for x in (low, high, at))
    return abs((at - low) / (high - low) - 0.5)


@each_theory
def test_every_default_is_about_the_centre_of_its_range(theory: str) -> None:
    values = checked(f"theory={theory}")
    rows = [p for p in (*FIXED, *OF_THEORIES[theory]) if p.role == "uncertainty" and p.prior is not None]
    off = {p.key for p in rows if off_centre(p, values[p.key]) > 1 / 8}
    assert off == OFF_CENTRE.keys()


@pytest.mark.parametrize("scale", ["uniform", "log"])
def test_what_is_off_its_centre_is_seen_on_either_scale(scale: Any) -> None:
    row = uncertainty("a", "1", (0, 100), (1, 9), "assumed", "", scale=scale)
    assert off_centre(row, {"uniform": 5, "log": 3}[scale]) == pytest.approx(0)
    assert off_centre(row, {"uniform": 3, "log": 5}[scale]) > 1 / 8
    assert off_centre(row, 9) == pytest.approx(0.5)


def test_a_logarithmic_range_begins_above_zero_and_has_its_default_nearer_to_its_centre_than_a_uniform_one_would() -> (
    None
):
    for theory, own in OF_THEORIES.items():
        values = checked(f"theory={theory}")
        for row in (*FIXED, *own):
            if row.scale == "log":
                assert row.prior is not None
                assert row.prior[0] > 0
                assert off_centre(row, values[row.key]) < off_centre(replace(row, scale="uniform"), values[row.key])


@each_theory
def test_the_defaults_of_every_theory_pass_the_check(theory: str) -> None:
    values = checked(f"theory={theory}")
    assert values["theory.name"] == theory
    assert set(values) == {"theory.name", *(p.key for p in (*FIXED, *OF_THEORIES[theory]))}


# What each row says


def test_a_row_says_what_the_setting_means_and_what_is_known_of_it() -> None:
    for parameter in ALL:
        group, _, name = parameter.key.partition(".")
        assert group.isidentifier(), parameter.key
        assert name.isidentifier(), parameter.key
        assert parameter.text.strip(), parameter.key
        assert parameter.role in ("lever", "uncertainty", "constant"), parameter.key
        assert parameter.status in ("documented", "derived", "assumed"), parameter.key
        assert "\n" not in parameter.text + parameter.unit + parameter.source, parameter.key


def test_every_number_has_bounds_and_every_number_of_the_world_a_unit() -> None:
    for parameter in ALL:
        if parameter.kind in ("float", "int"):
            assert parameter.bounds is not None, parameter.key
            assert parameter.bounds[0] < parameter.bounds[1], parameter.key
            assert parameter.unit or parameter.key.startswith("ensemble."), f"{parameter.key}: 1 for a pure number"
        else:
            assert parameter.bounds is parameter.prior is None, parameter.key


def test_a_prior_lies_within_the_bounds() -> None:
    for parameter in ALL:
        if parameter.prior is not None:
            assert parameter.bounds is not None, parameter.key
            (least, most), (low, high) = parameter.bounds, parameter.prior
            assert least <= low < high <= most, parameter.key


def test_what_is_documented_or_derived_names_a_source_or_a_fact() -> None:
    assert [p.key for p in ALL if p.status != "assumed" and not (p.source or p.facts)] == []


def test_what_nobody_knows_has_a_range_to_explore_and_a_constant_has_none() -> None:
    numbers = [p for p in ALL if p.kind in ("float", "int")]
    assert [p.key for p in numbers if p.role == "uncertainty" and p.prior is None] == []
    assert [p.key for p in ALL if p.role == "constant" and p.prior is not None] == []


def test_the_facts_that_settings_rest_on_are_in_the_record() -> None:
    assert [(p.key, fact) for p in ALL for fact in p.facts if fact not in load()] == []


def test_a_choice_has_words_and_nothing_else_has() -> None:
    for parameter in ALL:
        assert (len(parameter.choices) >= 2) == (parameter.kind == "choice"), parameter.key
        assert len(set(parameter.choices)) == len(parameter.choices), parameter.key


def test_only_levers_are_levers() -> None:
    for parameter in ALL:
        assert (parameter.role == "lever") == parameter.key.startswith("levers."), parameter.key


def test_what_shapes_arrays_or_code_is_structural() -> None:
    """A block runs cases side by side only where these agree."""
    structural = {parameter.key for parameter in FIXED if parameter.structural}
    assert structural == {
        "unknowns.mode", "gangs.blocs", "officers.pool", "officers.squad_min", "officers.squad_max",
        "officers.cohesion",
        "governments.mode", "clock.start", "clock.record_end", "clock.target_date", "clock.end",
    }  # fmt: skip
    assert not any(parameter.structural for rows in OF_THEORIES.values() for parameter in rows)


# One value

HUGE = 10**400
"""Too large for any float."""


def shown(value: object) -> str:
    """A value as the name of a test."""
    return "huge" if value == HUGE else repr(value)[:20]


def row(kind: str = "float", low: float = 0, high: float = 1, unit: str = "1", **more: Any) -> Parameter:
    bounds = (low, high) if kind in ("float", "int") else None
    return constant("some.setting", unit, bounds, None, "assumed", "a setting", kind=kind, **more)


def refused_value(parameter: Parameter, value: object) -> str:
    line = refusal(check_value, parameter, value)
    assert line.startswith("some.setting")
    return line


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf"), "0.5", "", None, True, [0.5], {"a": 1},
                                   date(2024, 3, 7), HUGE, -HUGE], ids=shown)  # fmt: skip
def test_a_number_is_a_finite_number_within_its_bounds(value: object) -> None:
    assert "a number from 0 to 1" in refused_value(row(), value)


@pytest.mark.parametrize("value", [0, 1, 0.5, 0.0, 1.0, 1e-9])
def test_bounds_are_allowed_themselves(value: float) -> None:
    assert check_value(row(), value) == value
    assert isinstance(check_value(row(), value), float)


@pytest.mark.parametrize("value", [1.5, "3", True, None, [3], -1, 11, float("nan"), float("inf"), HUGE], ids=shown)
def test_a_whole_number_is_whole(value: object) -> None:
    assert "a whole number from 0 to 10 (men)" in refused_value(row("int", 0, 10, "men"), value)


def test_a_whole_number_may_be_written_with_a_point() -> None:
    found = check_value(row("int", 0, 10), 3.0)
    assert (found, type(found)) == (3, int)


def test_a_whole_number_keeps_all_its_digits() -> None:
    assert check_value(row("int", 0, 2**63 - 1), 2**63 - 1) == 2**63 - 1


def test_a_float_is_canonical() -> None:
    assert check_value(row(), 0.060000000000000005) == 0.06
    assert str(check_value(row(), -0.0)) == "0.0"


@pytest.mark.parametrize("value", ["yes", 1, 0, None, "true"])
def test_a_switch_is_true_or_false(value: object) -> None:
    assert "true or false" in refused_value(row("bool"), value)
    assert check_value(row("bool"), False) is False


@pytest.mark.parametrize("value", ["glue", None, 1, True, ["carry"], "", "Carry"])
def test_a_choice_is_one_of_its_words(value: object) -> None:
    choice = row("choice", choices=("carry", "hold"))
    assert "one of carry, hold" in refused_value(choice, value)
    assert check_value(choice, "hold") == "hold"


@pytest.mark.parametrize("value", ["2024-02-30", "2023-13-01", "tomorrow", "", None, True, 5, 2024.5, ["2024-03-07"],
                                   "2024-03-07 12:00", "7 March 2024"])  # fmt: skip
def test_an_impossible_date_is_refused(value: object) -> None:
    assert "2024-03-07" in refused_value(row("date"), value)


@pytest.mark.parametrize("value", ["1969-12-31", "2140-01-01", "0001-01-01", "9999-12-31"])
def test_a_date_lies_where_days_have_addresses(value: str) -> None:
    assert "from 1970 to 2139" in refused_value(row("date"), value)


@pytest.mark.parametrize("value", ["1970-01-01", "2139-12-31", date(2024, 3, 7)])
def test_a_date_is_a_date(value: object) -> None:
    assert check_value(row("date"), value).isoformat() == str(value)  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", ["float", "date", "choice", "bool"])
def test_a_value_of_several_lines_is_shown_in_one(kind: str) -> None:
    refused_value(row(kind, choices=("carry", "hold")), "a\nb")


# All values together


def refused_config(config: dict[str, Any]) -> str:
    return refusal(check, config, OF_THEORIES)


def changed(group: str, **values: object) -> dict[str, Any]:
    config = composed()
    return {**config, group: {**config[group], **values}}


def without(group: str, name: str) -> dict[str, Any]:
    config = composed()
    return {**config, group: {k: v for k, v in config[group].items() if k != name}}


def test_a_setting_that_is_missing_is_asked_for() -> None:
    assert refused_config(without("gangs", "blocs")).startswith("gangs.blocs: missing")


def test_a_setting_that_nobody_knows_is_refused_with_its_neighbours() -> None:
    line = refused_config(changed("gangs", blocks=3))
    assert line.startswith("gangs.blocks=3: no such setting")
    assert "gangs.blocs" in line
    assert refused_config({**composed(), "moon": {"phase": 1}}).startswith("moon.phase=1: no such setting")
    assert refused_config({**composed(), "moon": 1}).startswith("moon=1: no such setting")


def test_a_setting_of_another_theory_is_refused() -> None:
    assert refused_config(changed("theory", slips=0.5)).startswith("theory.slips=0.5: no such setting")


@pytest.mark.parametrize("name", ["nope", None, 5, ["breach"], "Breach"])
def test_a_theory_that_does_not_exist_is_refused_with_those_that_do(name: object) -> None:
    line = refused_config(changed("theory", name=name))
    assert line.startswith("theory.name")
    assert all(theory in line for theory in THEORIES)


def test_the_end_comes_after_the_start() -> None:
    for end in ("2023-10-02", "2023-10-01"):
        assert refused_config(changed("clock", end=end)) == f"clock.end={end}: a date after clock.start=2023-10-02"
    assert check(changed("clock", end="2023-10-03"), OF_THEORIES)["clock.end"] == date(2023, 10, 3)


def test_the_largest_squad_is_no_smaller_than_the_smallest() -> None:
    assert "officers.squad_min=13" in refused_config(changed("officers", squad_min=13))
    assert check(changed("officers", squad_min=12), OF_THEORIES)["officers.squad_min"] == 12


def test_deaths_by_others_leave_room_for_those_by_gangs() -> None:
    assert "gangs.operations_share" in refused_config(changed("gangs", operations_share=0.9))


def test_replicates_have_addresses() -> None:
    line = refused_config(changed("ensemble", first_replicate=2**31 - 1, replicates=2))
    assert "2147483648" in line
    assert check(changed("ensemble", first_replicate=2**31 - 1, replicates=1), OF_THEORIES)


def test_flattening_names_leaves_by_their_path() -> None:
    assert dict(flatten({"a": {"b": 1, "c": {"d": [2]}}, "e": {}})) == {"a.b": 1, "a.c.d": [2]}


def test_a_hint_names_what_is_near_or_where_to_look() -> None:
    assert "officers.pool" in near("officers.pol")
    assert "tabletop show parameters" in near("xyz")
    assert near("seed") == "; near it: ensemble.root_seed"
    assert near("end") == "; near it: clock.record_end, clock.end"


def test_the_settings_of_a_world_are_of_plain_types() -> None:
    assert {type(value) for value in checked().values()} <= {float, int, bool, str, date}
