"""Cases: what makes two of them the same, how people see them, and how a mistaken event table is refused."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pytest

from sim.ensemble.cases.case import Case
from sim.ensemble.cases.event_tables import canonical_events, read_events
from sim.ensemble.cases.unknowns import Prior, Unknowns
from sim.ensemble.design.request import request
from sim.ensemble.engine.block import Simulation, simulate
from sim.errors import UserMistake
from sim.model.events import MEASURES, TARGETS, Condition, Event
from tests.ensemble.tiny_worlds import block, case
from tests.faults import refusal


@cache
def asked(*words: str) -> Case:
    return request(words).case


@pytest.fixture(scope="module")
def plain() -> Case:
    return asked()


# The hash


def test_a_case_is_named_by_twelve_hex_digits_that_stay(plain: Case) -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", plain.id)
    assert asked().id == plain.id


def test_saying_the_default_changes_nothing(plain: Case) -> None:
    assert (
        asked("scenario=as_documented", "gangs.blocs=23", "officers.reactance=0", "clock.end=2024-07-31").id == plain.id
    )


def test_labels_names_stories_and_texts_do_not_count(plain: Case) -> None:
    assert replace(plain, scenario="another", story="told otherwise").id == plain.id
    row = "scenario.events.airport_assault"
    assert asked(f"{row}.text=otherwise", f"{row}.facts=[]", f"{row}.origin=scenario").id == plain.id
    assert replace(plain, label="mine").id == plain.id


def test_the_name_of_a_row_does_not_count() -> None:
    row = "{date: 2024-03-10, set: {levers: {insurance: 1}}}"
    assert asked(f"scenario.events.one={row}").id == asked(f"scenario.events.another={row}").id


def test_a_float_that_was_computed_is_the_float_that_was_typed() -> None:
    for key in ("governments.imminence_accord", "theory.threat", "levers.insurance"):
        assert asked(f"{key}=0.060000000000000005").id == asked(f"{key}=0.06").id == asked(f"{key}=6e-2").id
    row = "scenario.events.accord_signed.set.kenya.imminence"
    assert asked(f"{row}=0.060000000000000005").id == asked(f"{row}=0.06").id
    when = "scenario.events.x={{when: {{measure: coalition, above: {}}}, set: {{levers: {{insurance: 1}}}}}}"
    assert asked(when.format("0.30000000000000004")).id == asked(when.format("0.3")).id


def test_a_whole_number_is_the_same_however_it_is_written() -> None:
    assert asked("officers.pool=300").id == asked("officers.pool=300.0").id == asked("officers.pool=3e2").id
    assert asked("gangs.death_tail=3").id == asked("gangs.death_tail=3.0").id


def test_a_zero_is_a_zero_with_or_without_a_sign(plain: Case) -> None:
    assert asked("levers.insurance=-0.0").id == plain.id
    dated = "scenario.events.pm={{date: 2024-03-10, add: {{haiti: {{authority: {}}}}}}}"
    assert asked(dated.format("-0.0")).id == asked(dated.format("0")).id


@pytest.mark.parametrize(
    "word",
    [
        "ensemble.replicates=7",
        "ensemble.root_seed=1",
        "ensemble.first_replicate=100",
        "ensemble.days=false",
        "ensemble.block=8",
        "out=somewhere",
        "executor=serial",
    ],
)
def test_what_is_around_the_world_is_no_part_of_it(plain: Case, word: str) -> None:
    assert asked(word).id == plain.id


def other(key: str, value: object) -> object:
    """Another value that the setting may take."""
    if isinstance(value, date):
        return {"clock.start": "2023-10-03"}.get(key, "2024-06-30")
    if isinstance(value, str):
        return {"governments.mode": "rules", "officers.cohesion": "hold", "unknowns.mode": "prior"}[key]
    assert isinstance(value, int | float)
    if key == "governments.pause_control":
        return 0.8
    return value + 1 if isinstance(value, int) or value >= 1 else value / 2 if value else 0.5


def test_every_setting_of_a_world_counts() -> None:
    """Each is given another value, and no two of the worlds so made are the same."""
    fixed = asked("unknowns=fixed")
    ids = {fixed.id}
    for key, value in fixed.values.items():
        if key != "theory.name":
            made = replace(fixed, values={**fixed.values, key: other(key, value)})
            ids.add(made.id)
    assert len(ids) == len(fixed.values)


def test_a_drawn_setting_held_at_its_default_is_another_world(plain: Case) -> None:
    fixed = asked("unknowns=fixed")
    assert set(plain.unknowns.drawn) == {key for key, value in plain.values.items() if value is None}
    held = {plain.varied({key: fixed.values[key]}, "held").id for key in plain.unknowns.drawn}
    assert len(held | {plain.id, fixed.id}) == len(plain.unknowns.drawn) + 2


def test_what_is_drawn_and_of_which_bank_counts(plain: Case) -> None:
    key, *_ = plain.unknowns.drawn
    narrower = Unknowns({**plain.unknowns.drawn, key: Prior(0.4, 0.5)}, plain.unknowns.bank)
    others = [
        replace(plain.unknowns, bank="c0123456789a"),
        replace(plain.unknowns, root_seed=plain.unknowns.root_seed + 1),
        replace(plain.unknowns, parts=date(2024, 3, 2)),
        replace(plain.unknowns, drawn=narrower.drawn),
    ]
    assert len({plain.id, *(replace(plain, unknowns=of).id for of in others)}) == 5


def test_the_list_of_kept_worlds_does_not_count(plain: Case) -> None:
    """So a longer list, or another, renames nothing."""
    assert replace(plain, worlds=(1, 2, 3)).id == replace(plain, worlds=None).id == plain.id


@pytest.mark.parametrize(
    "word", ["theory=constant", "governments.mode=rules", "clock.record_end=2024-03-06", "gangs.death_tail=2.000001"]
)
def test_a_world_that_differs_in_one_word_is_another(plain: Case, word: str) -> None:
    assert asked(word).id != plain.id


# Scenarios


@pytest.mark.parametrize("word", ["scenario.events.airport_assault.happens=false", "~scenario.events.airport_assault"])
def test_a_scenario_is_the_record_with_a_row_switched_off(plain: Case, word: str) -> None:
    assert asked("scenario=airport_holds").id == asked(word).id != plain.id


def test_a_row_that_happens_is_a_row() -> None:
    switched = asked("scenario=airport_holds", "scenario.events.airport_assault.happens=true")
    assert switched.id == asked().id


@pytest.mark.parametrize(
    "word",
    [
        "scenario.events.airport_assault.add.gangs.documented_attacks=7",
        "scenario.events.airport_assault.add.media.documented_salience=17",
        "scenario.events.airport_assault.date=2024-03-03",
        "scenario.events.airport_assault.set.gangs.control=0.9",
        "scenario.events.order={date: 2024-03-10, set: {levers: {insurance: 1}}}",
        "scenario.events.order={when: {measure: coalition, above: 0.5}, set: {levers: {insurance: 1}}}",
        "governments.imminence_accord=0.7",
    ],
)
def test_a_change_in_an_event_is_another_case(plain: Case, word: str) -> None:
    assert asked(word).id != plain.id


def test_a_level_that_an_event_takes_from_the_settings_follows_them() -> None:
    accord = next(e for e in asked("governments.imminence_accord=0.7").events if e.id == "accord_signed")
    assert ("kenya.imminence", "set", 0.7) in accord.writes


@pytest.mark.parametrize(
    "reference", ["${governments.nope}", "${gangs.blocs} + 1", "${officers.pool}", "${oc.env:HOME}"]
)
def test_a_level_may_refer_to_one_setting_that_fits_and_to_nothing_else(reference: str) -> None:
    row = {"date": "2024-03-02", "set": {"kenya": {"accord": reference}}}
    with pytest.raises(UserMistake) as caught:
        read_events({"x": row}, asked().values)
    assert str(caught.value).startswith("scenario.events.x.set.kenya.accord=")
    assert "\n" not in str(caught.value)


def test_an_event_may_take_its_date_from_the_clock() -> None:
    row = {"date": "${clock.record_end}", "set": {"kenya": {"accord": 1}}}
    assert read_events({"x": row}, asked().values)[0].date == date(2024, 3, 7)


def test_events_come_by_date_and_the_conditional_ones_last() -> None:
    table = {
        "late": {"date": "2024-03-02", "set": {"kenya": {"accord": 1}}},
        "whenever": {"when": {"measure": "exits", "above": 3}, "set": {"kenya": {"accord": 0}}},
        "early": {"date": "2024-03-01", "set": {"kenya": {"accord": 0}}},
        "late too": {"date": "2024-03-02", "set": {"kenya": {"accord": 0}}},
    }
    assert [event.id for event in read_events(table)] == ["early", "late", "late too", "whenever"]


def test_two_rows_of_one_day_count_in_their_order() -> None:
    one = {"date": "2024-03-02", "set": {"kenya": {"accord": 1}}}
    other = {"date": "2024-03-02", "set": {"kenya": {"accord": 0}}}
    assert canonical_events(read_events({"a": one, "b": other})) != canonical_events(
        read_events({"a": other, "b": one})
    )


def test_a_row_keeps_its_facts_and_its_text_for_people() -> None:
    assault = next(event for event in asked().events if event.id == "airport_assault")
    assert (assault.facts, assault.text, assault.origin) == (
        ("airport_assault",),
        "assault on the airport",
        "documented",
    )


def test_a_condition_is_read_with_all_its_parts() -> None:
    when = {"measure": "coalition", "below": 0.2, "days": 3, "once": False}
    (event,) = read_events({"x": {"when": when, "add": {"kenya": {"slips": 1}}}})
    assert event.when == Condition("coalition", above=False, threshold=0.2, days=3, once=False)
    assert event.writes == (("kenya.slips", "add", 1.0),)
    assert event.date is None


@pytest.mark.parametrize("names", [("a", "b"), ("b", "a"), ("z", "y")])
def test_cases_that_are_the_same_run_the_same_whatever_their_rows_are_called(names: tuple[str, str]) -> None:
    """Two conditions that come true on one day write one level: the table's order decides, as it does in the hash."""
    when = "when: {measure: coalition, above: 0.01}"
    rows = (f"{{{when}, set: {{levers: {{insurance: 1}}}}}}", f"{{{when}, set: {{levers: {{insurance: 0}}}}}}")
    of = case("clock.end=2024-02-20", *(f"scenario.events.{n}={r}" for n, r in zip(names, rows, strict=True)))
    assurance = simulate(block(of, replicates=[0])).series["assurance"]
    plain = simulate(block(case("clock.end=2024-02-20"), replicates=[0])).series["assurance"]
    assert np.array_equal(assurance, plain)


# How a case is seen


def test_the_label_says_scenario_theory_and_what_else_was_typed() -> None:
    assert asked().label == "as_documented · threat_efficacy"
    assert asked("scenario=terms_settled", "theory=breach").label == "terms_settled · breach"
    assert asked("theory=breach", "gangs.blocs=22").label == "as_documented · breach · gangs.blocs=22"
    assert asked("unknowns=prior", "theory=breach").label == "as_documented · breach · unknowns=prior"
    assert asked("scenario.events.airport_assault.happens=false").label.endswith(
        " · scenario.events.airport_assault.happens=false"
    )


def test_the_label_leaves_out_what_is_no_part_of_the_world() -> None:
    around = ("ensemble.replicates=7", "++ensemble.days=false", "executor=serial", "out=somewhere")
    assert asked(*around).label == "as_documented · threat_efficacy"


def test_a_row_of_the_table_of_cases_holds_every_setting_and_the_events(plain: Case) -> None:
    row = plain.row()
    assert (row["case"], row["label"], row["scenario.name"]) == (plain.id, plain.label, "as_documented")
    assert plain.values.items() <= row.items()
    assert json.loads(row["scenario.events"]) == canonical_events(plain.events)
    assert not [key for key in row if key.startswith("ensemble.")]


def test_cases_share_a_block_where_their_structure_is_the_same(plain: Case) -> None:
    assert asked("levers.insurance=1", "scenario=no_surge").structure == plain.structure
    for word in ("theory=breach", "governments.mode=rules", "officers.pool=7", "clock.end=2024-08-01",
                 "officers.cohesion=hold", "officers.squad_max=9", "gangs.blocs=22"):  # fmt: skip
        assert asked(word).structure != plain.structure, word


def test_a_request_says_whose_luck_and_where_to() -> None:
    words = ("ensemble.first_replicate=3", "ensemble.replicates=4", "ensemble.root_seed=5", "ensemble.days=false")
    found = request([*words, "ensemble.block=6", "out=here"])
    assert (found.plan.replicates, found.plan.root_seed, found.plan.kept) == (range(3, 7), 5, ())
    assert (found.plan.block, found.plan.executor.name, found.out) == (6, "auto", "here")


def test_without_a_folder_the_default_store_is_meant() -> None:
    assert request().out is None


# Variations


def test_a_varied_case_is_the_case_that_its_words_ask_for(plain: Case) -> None:
    varied = plain.varied({"levers.insurance": 1, "theory.threat": 0.3}, "mine")
    assert varied.id == asked("levers.insurance=1", "theory.threat=0.3").id != plain.id
    assert varied.label == "mine"


@pytest.mark.parametrize(
    "key", ["governments.imminence_accord", "governments.authority_after", "levers.foreign_troops"]
)
def test_a_varied_case_has_its_events_follow_its_settings(plain: Case, key: str) -> None:
    assert plain.varied({key: 1}, "mine").id == asked(f"{key}=1").id


def test_a_case_may_be_varied_again_and_keeps_its_orders(plain: Case) -> None:
    order = Event("order", (("levers.insurance", "set", 1.0),), date(2024, 3, 10))
    once = plain.varied({"theory.threat": 0.3}, "once", [order])
    varied = once.varied({"governments.imminence_accord": 0.7}, "twice")
    words = ("theory.threat=0.3", "governments.imminence_accord=0.7")
    row = "scenario.events.order={date: 2024-03-10, set: {levers: {insurance: 1}}}"
    assert varied.id == asked(*words, row).id
    assert [event.id for event in varied.events].count("order") == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"levers.insurance": 2},
        {"levers.insurrance": 1},
        {"ensemble.replicates": 3},
        {"clock.end": "2023-01-01"},
        {"officers.squad_min": 13},
        {"gangs.operations_share": 0.9, "gangs.vigilante_share": 0.9},
    ],
)
def test_a_variation_is_checked_like_a_word(plain: Case, changes: dict[str, object]) -> None:
    with pytest.raises(UserMistake):
        plain.varied(changes, "mine")


# Mistakes in an event table: each is one line that names the row, the field and what would be right

DATED = {"date": "2024-03-02", "set": {"kenya": {"accord": 1}}}
WATCHED = {"when": {"measure": "exits", "above": 3}, "set": {"kenya": {"accord": 0}}}


@pytest.mark.parametrize(
    ("row", "field", "right"),
    [
        (5, "x=5", "a row with date"),
        (None, "x:", "a row with date"),
        ({**DATED, "dat": 1}, "x.dat=1", "date"),
        ({**DATED, True: False}, "x.True=false", "happens"),
        ({**DATED, "happens": "no"}, "x.happens=no", "true or false"),
        ({**DATED, "happens": 0}, "x.happens=0", "true or false"),
        ({**DATED, "when": WATCHED["when"]}, "x:", "either a date or a condition"),
        ({"set": DATED["set"]}, "x:", "either a date or a condition"),
        ({**DATED, "origin": "rumour"}, "x.origin=rumour", "documented, scenario, player"),
        ({**DATED, "origin": ["player"]}, "x.origin=[player]", "documented, scenario, player"),
        ({**DATED, "date": "2024-02-30"}, "x.date=2024-02-30", "a date such as"),
        ({**DATED, "date": "soon"}, "x.date=soon", "a date such as"),
        ({**DATED, "date": None}, "x.date", "a date such as"),
        ({**DATED, "date": "1969-12-31"}, "x.date=1969-12-31", "from 1970"),
        ({**DATED, "set": 5}, "x.set=5", "a mapping such as"),
        ({**DATED, "add": [1]}, "x.add=[1]", "a mapping such as"),
        ({**DATED, "set": {"kenya": 1}}, "x.set.kenya=1", "a mapping such as"),
        ({**DATED, "set": {"kenya": {"acord": 1}}}, "x.set.kenya.acord=1", "kenya.accord"),
        ({**DATED, "set": {"moon": {"phase": 1}}}, "x.set.moon.phase=1", "no such level"),
        ({**DATED, "set": {"kenya": {"accord": 1.5}}}, "x.set.kenya.accord=1.5", "from 0 to 1"),
        ({**DATED, "set": {"kenya": {"accord": -0.5}}}, "x.set.kenya.accord=-0.5", "from 0 to 1"),
        ({**DATED, "add": {"kenya": {"accord": -1.5}}}, "x.add.kenya.accord=-1.5", "from -1 to 1"),
        ({**DATED, "set": {"kenya": {"accord": "yes"}}}, "x.set.kenya.accord=yes", "from 0 to 1"),
        ({**DATED, "set": {"kenya": {"accord": True}}}, "x.set.kenya.accord=true", "from 0 to 1"),
        ({**DATED, "set": {"kenya": {"accord": None}}}, "x.set.kenya.accord", "from 0 to 1"),
        ({**DATED, "set": {"kenya": {"accord": float("nan")}}}, "x.set.kenya.accord=nan", "from 0 to 1"),
        ({**DATED, "set": {"kenya": {"slips": float("inf")}}}, "x.set.kenya.slips=inf", "from 0 to 1000"),
        ({**DATED, "facts": 5}, "x.facts=5", "fact"),
        ({**DATED, "facts": "airport_assault"}, "x.facts=airport_assault", "fact"),
        ({**WATCHED, "when": 5}, "x.when=5", "a condition such as"),
        ({**WATCHED, "when": {"measure": "exits", "over": 3}}, "x.when=", "a condition such as"),
        ({**WATCHED, "when": {"measure": "exit", "above": 3}}, "x.when.measure=exit", "exits"),
        ({**WATCHED, "when": {"measure": ["exits"], "above": 3}}, "x.when.measure=[exits]", "exits"),
        ({**WATCHED, "when": {"above": 3}}, "x.when.measure", "exits"),
        ({**WATCHED, "when": {"measure": "exits"}}, "x.when=", "either above or below"),
        ({**WATCHED, "when": {"measure": "exits", "above": 3, "below": 2}}, "x.when=", "either above or below"),
        ({**WATCHED, "when": {"measure": "exits", "above": "many"}}, "x.when.above=many", "a number"),
        ({**WATCHED, "when": {"measure": "exits", "below": True}}, "x.when.below=true", "a number"),
        ({**WATCHED, "when": {"measure": "exits", "above": float("nan")}}, "x.when.above=nan", "a number"),
        ({**WATCHED, "when": {"measure": "exits", "above": 1, "days": 0}}, "x.when.days=0", "at least 1"),
        ({**WATCHED, "when": {"measure": "exits", "above": 1, "days": 1.5}}, "x.when.days=1.5", "whole number"),
        (
            {**WATCHED, "when": {"measure": "exits", "above": 1, "days": 10**20}},
            f"x.when.days={10**20}",
            "at most 100,000",
        ),
        ({**WATCHED, "when": {"measure": "exits", "above": 10**400}}, "x.when.above=1000", "to 1e+12"),
        ({**WATCHED, "when": {"measure": "exits", "above": 1, "once": 1}}, "x.when.once=1", "true or false"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_mistake_in_a_row_is_one_line_that_says_where_and_what_is_right(row: Any, field: str, right: str) -> None:
    line = refusal(read_events, {"x": row})
    assert line.startswith(f"scenario.events.{field}")
    assert right in line.partition(": ")[2]


@pytest.mark.parametrize("table", [5, "airport_assault", [DATED]])
def test_a_table_is_a_mapping(table: object) -> None:
    assert refusal(read_events, table).startswith("scenario.events=")


def test_a_row_that_is_switched_off_may_be_unfinished() -> None:
    assert read_events({"x": {"happens": False, "text": "not thought through yet"}}) == ()


@pytest.mark.parametrize("field", ["happens=false", "happens=true", "date=2024-03-05"])
def test_a_misspelt_event_is_not_taken_for_a_new_one_in_which_nothing_happens(field: str) -> None:
    said = refusal(request, [f"scenario.events.airprt_assault.{field}"])
    assert said.startswith("scenario.events.airprt_assault: no such event; near it: airport_assault")


def test_a_mistake_typed_on_the_command_line_is_the_same_line() -> None:
    typed = "scenario.events.order={date: 2024-02-30, set: {levers: {insurance: 1}}}"
    assert refusal(request, [typed]) == "scenario.events.order.date=2024-02-30: a date such as 2024-03-07"


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_may_be_set_to_its_limits(name: str) -> None:
    group, _, level = name.partition(".")
    target = TARGETS[name]
    for value in (target.low, target.high):
        (event,) = read_events({"x": {"date": "2024-03-02", "set": {group: {level: value}}}})
        assert event.writes == ((name, "set", float(value)),)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_may_be_watched(measure: str) -> None:
    events = read_events({"x": {"when": {"measure": measure, "above": -1}, "add": {"kenya": {"slips": 1}}}})
    assert events[0].when == Condition(measure, above=True, threshold=-1.0)
    watched = Simulation.of(block(replace(case("clock.end=2024-02-18"), events=events)))
    watched.step()
    assert watched.state.fired.tolist() == [[1, 1, 1, 1]]
    assert watched.state.slips.tolist() == [1, 1, 1, 1]


# Size


def test_a_run_lives_both_its_first_and_its_last_day(plain: Case) -> None:
    assert (plain.days, plain.officer_days) == (304, 400 * 304)
    short = asked("officers.pool=40", "clock.start=2024-02-28", "clock.end=2024-03-01")
    assert (short.days, short.officer_days) == (3, 120)
