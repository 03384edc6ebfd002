"""Cases come back from a store, and two paired runs part on the day on which something sets them apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from sim.analysis.explain.divergence import Parting, case_of_row, find_case, find_run, find_runs, part
from sim.ensemble.store.store import Store
from sim.errors import StoreDamaged, UserMistake
from sim.model import MODEL_VERSION
from sim.model.events import Condition, Event
from sim.model.withdrawal import THEORIES
from tests.worlds import SEED

WATCHED = Event(
    "zebra", (("levers.insurance", "set", 1.0), ("kenya.slips", "add", 1.0)),
    when=Condition("attacks", True, 2.5, days=2, once=False),
)  # fmt: skip
ALSO = Event("aardvark", (("levers.insurance", "set", 0.25),), when=Condition("exits", False, 0.5))


@pytest.fixture
def store(tmp_path, short):
    made = Store.open(tmp_path / "s", model_version=MODEL_VERSION, record="r")
    cases = [short(f"theory={name}") for name in THEORIES]
    cases.append(short("scenario=no_surge", "theory=breach", "governments.mode=rules", "media.rumour_rate=0.07"))
    made.add_cases(pd.DataFrame([case.row() for case in cases]))
    return made


def _named(*days, name="levers.pay_escrow", value=1.0):
    return [Event(f"e{n}", ((name, "set", value),), date=day) for n, day in enumerate(days)]


# Cases out of a store


def test_every_case_comes_back_as_it_was_stored(store):
    rows = store.cases()
    assert len(rows) == 6
    for _, row in rows.iterrows():
        case = case_of_row(row.to_dict(), store)
        assert case.id == row["case"]
        assert case.label == row["label"]
        assert {name for name, cell in case.row().items() if cell is not None} <= set(rows.columns)


def test_conditional_events_come_back_in_the_order_of_their_table(store, short):
    case = short(events=[*_named(date(2024, 3, 1)), WATCHED, ALSO])
    store.add_cases(pd.DataFrame([case.row()]))
    back = find_case(store, case.id)
    assert [event.when for event in back.events] == [event.when for event in case.events]
    assert [event.writes for event in back.events] == [event.writes for event in case.events]
    parting = part(case, back, 3, SEED)
    assert parting.day is None


@pytest.mark.parametrize("how", ["id", "prefix", "label", "part", "shout"])
def test_a_case_is_found_by_id_or_its_beginning_or_label_or_part_of_it(store, short, how):
    case = short("theory=squad_threshold")
    word = {"id": case.id, "prefix": case.id[:6], "label": case.label, "part": "squad_thr", "shout": case.label.upper()}
    assert find_case(store, word[how]).id == case.id


def test_a_label_that_is_part_of_another_is_still_found(store, short):
    longer = replace(short("theory=breach", "media.rumour_rate=0.2"), label=short("theory=breach").label + " · more")
    store.add_cases(pd.DataFrame([longer.row()]))
    assert find_case(store, short("theory=breach").label).id == short("theory=breach").id


@pytest.mark.parametrize(("word", "said"), [("nope", "no such case"), ("theory=", "5 cases|6 cases"), ("", "6 cases")])
def test_a_case_that_nothing_or_too_much_fits_is_the_user_s_mistake(store, word, said):
    with pytest.raises(UserMistake, match=said) as caught:
        find_case(store, word, "--against")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("--against")


def test_an_empty_store_has_no_case(tmp_path):
    with pytest.raises(UserMistake, match="none yet"):
        find_case(Store.open(tmp_path / "e", model_version=MODEL_VERSION, record="r"), "x")


def test_a_store_of_another_model_version_cannot_be_lived_again(tmp_path):
    made = Store.open(tmp_path / "old", model_version=MODEL_VERSION + 1, record="r")
    with pytest.raises(StoreDamaged, match=f"belongs to model version {MODEL_VERSION + 1}"):
        find_case(made, "x")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("media.rumour_rate", 0.99), ("media.rumour_rate", None), ("media.rumour_rate", 99.0),
        ("theory.name", "breech"), ("scenario.events", "[]"), ("scenario.events", "no json"), ("clock.end", "soon"),
    ],
)  # fmt: skip
def test_a_row_that_is_not_what_was_stored_is_a_damaged_store(store, short, column, value):
    with pytest.raises(StoreDamaged) as caught:
        case_of_row({**short("theory=breach").row(), column: value}, store)
    assert "\n" not in str(caught.value)


def test_a_row_that_lacks_a_setting_is_a_damaged_store(store, short):
    row = short("theory=breach").row()
    del row["theory.kit"]
    with pytest.raises(StoreDamaged, match=r"theory\.kit"):
        case_of_row(row, store)


def _runs(store, case, *seeds, status="ok"):
    rows = [
        {
            "case": case.id,
            "root_seed": seed,
            "replicate": r,
            "future": 0,
            "status": status,
            "message": "",
            "exits_by_end": 1.0,
        }
        for seed in seeds
        for r in (4, 6)
    ]
    store.add("runs", pd.DataFrame(rows))


def test_a_run_is_found_by_the_number_typed(store, short):
    case = short("theory=breach")
    _runs(store, case, 7)
    runs = find_runs(store, case)
    assert find_run(runs, " 6 ")["replicate"] == 6
    for typed in ("5", "six", "", "6.0", "-1"):
        with pytest.raises(UserMistake, match="2 from 4 to 6"):
            find_run(runs, typed)


def test_a_case_under_several_root_seeds_needs_one_named(store, short):
    case = short("theory=breach")
    _runs(store, case, 7, 8)
    with pytest.raises(UserMistake, match="7, 8; name one"):
        find_runs(store, case)
    assert set(find_runs(store, case, 8)["root_seed"]) == {8}
    with pytest.raises(UserMistake, match="--root-seed=9"):
        find_runs(store, case, 9)


def test_a_case_without_a_good_run_has_nothing_to_explain(store, short):
    case = short("theory=breach")
    with pytest.raises(UserMistake, match="no good run"):
        find_runs(store, case)
    _runs(store, case, 7, status="failed")
    with pytest.raises(UserMistake, match="no good run"):
        find_runs(store, case)


# Where two runs part


def test_the_same_world_never_parts_from_itself(short):
    parting = part(short(), short(), 3, SEED)
    assert parting.day is None
    assert not parting.from_start
    assert parting.settings == ()
    assert parting.first_officer() is None


def test_runs_part_on_the_day_of_the_event_that_one_of_them_has(short):
    one, two = short(events=[]), short(events=_named(date(2024, 3, 1)))
    parting = part(one, two, 3, SEED)
    assert parting.day == date(2024, 3, 1)
    assert parting.settings == ("scenario.events",)
    row = parting.rows.iloc[0]
    assert (row["group"], row["what"], row["first"], row["second"], row["officer"]) == (
        "levers",
        "pay escrow",
        0,
        1,
        -1,
    )
    feels = parting.rows.set_index("what").loc["perceived hazard"]
    assert feels["day"] == date(2024, 3, 1)  # assurance is felt the day it is given
    assert feels["second"] < feels["first"]
    assert feels["others"] == 39


def test_things_come_in_the_order_of_their_days(short):
    parting = part(short(), short("scenario=no_surge"), 3, SEED)
    assert list(parting.rows["day"]) == sorted(parting.rows["day"])
    assert parting.rows["group"].iloc[0] == "events"
    assert parting.day == date(2024, 2, 29)


def test_worlds_of_other_people_differ_before_their_first_day(short):
    parting = part(short(), short("officers.baseline_sd=0.1"), 3, SEED)
    assert parting.from_start
    assert parting.day == date(2024, 2, 14)
    assert parting.rows["what"].iloc[0] == "baseline"
    assert parting.settings == ("officers.baseline_sd",)


def test_the_first_officer_whose_fate_differs_is_told_with_his_day_and_both_fates(short):
    words = ("theory=constant", "officers.friction_before=0")
    parting = part(short(*words, "theory.base_hazard=0"), short(*words, "theory.base_hazard=0.02"), 3, SEED)
    first = parting.fates.iloc[0]
    assert (first["first"], first["second"]) == ("still in", "left")
    assert parting.first_officer() == first["officer"]
    fate = parting.rows.set_index("what").loc["fate"]
    assert (fate["officer"], fate["day"]) == (first["officer"], first["day"])
    assert fate["others"] == (parting.fates["day"] == first["day"]).sum() - 1
    assert list(parting.fates["day"]) == sorted(parting.fates["day"])


def test_blocked_and_waiting_wishes_are_fates(short):
    hard = ("theory=constant", "theory.base_hazard=1", "officers.friction_before=0")
    blocked = part(short(*hard), short(*hard, "levers.mandatory=1"), 3, SEED).fates
    assert set(blocked["first"]) == {"left"}
    assert set(blocked["second"]) == {"wants out, blocked"}
    assert len(blocked) == 40


def test_where_no_fate_differs_the_officer_whose_fear_does_comes_first(short):
    calm = "theory.base_hazard=0"
    parting = part(short(calm), short(calm, "media.rumour_rate=0.5"), 3, SEED)
    assert parting.fates.empty
    own = parting.rows[parting.rows["officer"] >= 0]
    assert parting.first_officer() == own["officer"].iloc[0] >= 0


def test_theories_part_in_what_cumulates(short):
    parting = part(short("theory=breach"), short("theory=constant"), 3, SEED)
    assert parting.day == date(2024, 2, 15)
    assert parting.rows["what"].iloc[0] == "cumulated hazard"


def test_pools_of_other_sizes_are_compared_by_the_officers_that_both_have(short):
    calm = ("theory=constant", "theory.base_hazard=0", "officers.force_pull=0")
    parting = part(short(*calm), short(*calm, "officers.pool=25"), 3, SEED)
    own = parting.rows[parting.rows["group"] == "officers"]
    assert (own["officer"] < 25).all()
    assert not set(own["what"]) & {"tolerance", "baseline", "dread"}


def test_clocks_that_start_apart_are_compared_on_the_days_that_both_have(short):
    parting = part(short(), short("clock.start=2024-03-01", "clock.end=2024-04-10"), 3, SEED)
    assert parting.start == date(2024, 3, 1)
    assert parting.from_start
    assert max(parting.rows["day"]) <= date(2024, 3, 20)
    assert np.isfinite(parting.rows["first"].dropna()).all()


@pytest.mark.parametrize(("officers", "fates", "first"), [([-1, 0, 3], [], 0), ([-1], [], None), ([3], [0, 2], 0)])
def test_the_first_officer_may_be_the_first_of_all(short, officers, fates, first):
    rows = pd.DataFrame({"day": date(2024, 3, 1), "what": "perceived", "officer": officers})
    whose = pd.DataFrame({"officer": fates, "day": date(2024, 3, 2)})
    case = short("theory=breach")
    assert Parting((case, case), 0, SEED, (), date(2024, 2, 20), rows, whose).first_officer() == first
