"""Why an officer left: the parts of perceived risk add up, and a run lived again is the run that was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sim.analysis.explain.causes import counterfactuals
from sim.analysis.explain.exit_story import live_again
from sim.analysis.explain.story import PARTS
from sim.ensemble.engine.block import Block, Simulation, simulate
from sim.model.state import Letter, Stage
from sim.model.withdrawal import THEORIES
from tests.worlds import SEED

OWED = (
    "theory=breach", "governments.mode=rules", "governments.pause_authority=0", "governments.pause_control=1",
    "governments.resume_authority=0", "governments.resume_readiness=0.1", "governments.wave_days=5",
    "clock.record_end=2024-02-25", "scenario.events.no_funds.happens=false",
)  # fmt: skip
"""Kenya deploys at once without the money, so that pay is owed."""
WORLDS = {
    **{name: (f"theory={name}",) for name in THEORIES},
    "owed": OWED,
    "briefed": ("theory=prospects", "levers.leaders_briefed=1", "levers.first_contingent=20"),
    "hold": ("theory=breach", "officers.cohesion=hold", "levers.squad_opt_out=1", "officers.squad_max=4"),
    "loud": ("theory=breach", "media.rumour_rate=3", "officers.force_pull=0.4", "officers.fall_ratio=0"),
}


@pytest.fixture
def relive(short):
    """``relive(officer, *words, replicate=3)``: the story of an officer, and the run."""

    def live(officer, *words, replicate=3, dtype="float32"):
        return live_again(short(*words), replicate, SEED, officer, dtype)

    return live


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize(("dtype", "error"), [("float64", 1e-12), ("float32", 1e-5)])
@pytest.mark.parametrize("officer", [0, 7, None])
def test_the_parts_add_up_to_perceived_hazard_above_the_baseline(relive, name, dtype, error, officer):
    days = relive(officer, *WORLDS[name], dtype=dtype)[0].days
    total = days["baseline"] + days[list(PARTS)].sum(axis=1)
    assert np.abs(total - days["perceived"]).max() < error
    assert days[list(PARTS)].abs().to_numpy().max() > 0.01


@pytest.mark.parametrize("name", WORLDS)
def test_a_run_lived_again_among_its_counterfactuals_is_the_run_itself(short, relive, name):
    it = short(*WORLDS[name])
    world = Simulation.of(Block((it,), np.zeros(1, dtype=np.int64), np.array([3]), SEED))
    while world.running:
        world.step()
    told = relive(5, *WORLDS[name])[1]
    for key, array in world.state.to_arrays().items():
        if key not in ("day", "streak", "fired", "fired_on"):  # those belong to the events of a block
            mine = told.state.to_arrays()[key]
            assert (mine[..., 0] == array[..., 0]).all(), key


def test_a_fate_without_a_cause_is_that_of_the_case_without_it(short, relive):
    it = short("theory=prospects", "theory.hazard_max=0.3")
    told = relive(5, "theory=prospects", "theory.hazard_max=0.3")[1]
    for number, changed in enumerate(counterfactuals(it).values(), start=1):
        alone = simulate(Block((changed,), np.zeros(1, dtype=np.int64), np.array([3]), SEED))
        assert (told.left[:, number] > 0).sum() == alone.outcomes["exits_by_end"][0]
        assert (told.intent[:, number] > 0).sum() == alone.outcomes["intents_by_end"][0]


def test_without_news_and_rumours_neither_adds_anything(relive):
    quiet = ("media.rumour_rate=0", "media.documented_scale=0", "media.report_probability=0")
    days = relive(5, "officers.violence_felt=0", *quiet)[0].days
    assert days[["violence", "rumours"]].abs().to_numpy().max() < 1e-6


def test_what_news_adds_is_the_same_whether_there_are_rumours_or_not(relive):
    """Rumours never feed news, and each is got used to by itself; rates must be one, since they depend on all."""
    one_rate = ("officers.fall_ratio=1", "theory=constant", "theory.base_hazard=0", "media.report_probability=0")
    loud = relive(5, *one_rate, "media.rumour_rate=3", dtype="float64")[0].days
    mute = relive(5, *one_rate, "media.rumour_rate=0", dtype="float64")[0].days
    assert np.allclose(loud["violence"], mute["violence"], atol=1e-12)
    assert (mute["rumours"] == 0).all()
    assert loud["rumours"].abs().max() > 0.05


def test_without_pulls_peers_add_nothing(relive):
    assert (relive(5, "officers.squad_pull=0", "officers.force_pull=0")[0].days["peers"] == 0).all()


def test_a_man_alone_in_the_world_is_pulled_by_nobody(relive):
    days = relive(0, "officers.pool=1")[0].days
    assert days["peers"].abs().max() < 1e-5


def test_arrears_add_where_pay_is_owed_and_nothing_before(relive):
    story, told = relive(5, *OWED)
    days = story.days
    assert told.state.arrears[0] > 0
    assert (days.loc[days["day"] <= date(2024, 2, 25), "arrears"] == 0).all()
    assert days["arrears"].iloc[-1] > 0.01
    assert (relive(5)[0].days["arrears"] == 0).all()


def test_what_arrears_add_is_what_ambiguity_lacks_with_pay_in_escrow(relive):
    owed = relive(5, *OWED, dtype="float64")[0].days
    settled = relive(5, *OWED, "governments.arrears_scale=10000", dtype="float64")[0].days
    kept = owed["present"] & settled["present"]
    assert np.allclose(owed["ambiguity"][kept], settled["ambiguity"][kept], atol=1e-3)


def test_cumulated_hazard_is_what_each_day_added_and_what_a_leader_who_left_added(relive):
    for officer in range(12):
        days = relive(officer, "theory=breach", "theory.base_hazard=0.05")[0].days
        grown = (-np.log1p(-days["felt"]) + days["shock"]).cumsum()
        assert np.allclose(grown, days["cumulated"], atol=1e-5)


def test_the_day_of_intent_is_the_first_on_which_the_tolerance_is_passed(relive):
    told = relive(0, "theory=breach", "theory.base_hazard=0.02")[1]
    officer = int(np.flatnonzero(told.left[:, 0])[0])
    story = relive(officer, "theory=breach", "theory.base_hazard=0.02")[0]
    passed = story.days[story.days["cumulated"] >= story.tolerance]
    assert story.fate.intent == story.fate.left == passed["day"].iloc[0]
    assert story.fate.letter == Letter.ACCEPTED
    assert story.days.loc[story.days["present"], "day"].iloc[-1] == story.fate.left


def test_a_leader_who_leaves_may_tip_his_squad_the_next_day(relive):
    words = ("theory=breach", "theory.base_hazard=0.01", "officers.leader_shock=20")
    told = relive(0, *words)[1]
    squads = told.layout.squad_of[:, 0]
    leader, follower = next(
        (int(leader), officer)
        for leader in told.layout.starts[:, 0]
        for officer in range(40)
        if squads[officer] == squads[leader] and told.left[leader, 0] > 0
        if told.intent[officer, 0] == told.left[leader, 0] + 1
    )
    story = relive(follower, *words)[0]
    assert story.tipped_by_leader
    assert story.days["shock"].max() == 20
    assert not relive(leader, *words)[0].tipped_by_leader


def test_no_leader_moves_the_reference_theory(relive):
    for officer in range(5):
        assert (relive(officer, "theory=constant", "theory.base_hazard=0.2")[0].days["shock"] == 0).all()


def test_departure_is_half_as_near_to_those_outside_the_first_contingent(relive):
    first, later = (relive(officer, "levers.first_contingent=20")[0].days for officer in (19, 20))
    assert np.allclose(later["imminence"], first["imminence"] / 2)
    own = (0.22 + 0.78 * later["imminence"]) / (0.22 + 0.78 * 0.3)
    assert np.allclose(later["felt"], later["hazard"] * own, rtol=0.01)


def test_one_who_stays_has_not_used_up_his_tolerance(relive):
    story = relive(0, "theory.base_hazard=0")[0]
    assert story.fate.intent is story.fate.left is story.fate.hurt is None
    assert story.fate.cumulated < story.tolerance
    assert story.kept_without() == []
    assert story.later_without() == {}
    assert not story.tipped_by_leader


def test_one_who_is_not_let_go_wants_out_and_stays(relive):
    story = relive(0, "theory=constant", "theory.base_hazard=1", "levers.mandatory=1")[0]
    assert story.fate.letter == Letter.BLOCKED
    assert story.fate.intent == date(2024, 2, 15)
    assert story.fate.left is None
    assert story.days["present"].all()


def test_a_casualty_is_told_with_its_day(relive):
    words = (*OWED, "officers.casualty_scale=100", "theory.base_hazard=0")
    told = relive(0, *words)[1]
    officer = int(np.flatnonzero(told.hurt[:, 0])[0])
    fate = relive(officer, *words)[0].fate
    assert fate.stage in (Stage.INJURED, Stage.KILLED)
    assert fate.hurt == date.fromordinal(int(told.hurt[officer, 0]))


def test_the_causes_that_keep_him_and_those_that_put_him_off_are_told_apart(relive):
    story = relive(0, "theory=constant", "theory.base_hazard=1")[0]
    fate = story.fate
    on = date(2024, 2, 25)
    told = replace(story, fate=replace(fate, intent=date(2024, 2, 20)), without={
        "violence": replace(fate, intent=None), "peers": replace(fate, intent=on),
        "rumours": replace(fate, intent=date(2024, 2, 20)), "leaders": replace(fate, intent=date(2024, 2, 18)),
    })  # fmt: skip
    assert told.kept_without() == ["violence"]
    assert told.later_without() == {"peers": 5, "leaders": -2}


def test_the_force_is_told_by_means_over_those_still_in_and_by_those_out(relive):
    story, told = relive(None, "theory=breach", "theory.base_hazard=0.05")
    assert story.officer is None
    assert story.fate is None
    assert story.days["out"].is_monotonic_increasing
    assert story.days["out"].iloc[-1] == (told.left[:, 0] > 0).sum() > 0


def test_the_force_is_told_to_the_end_when_nobody_is_left(relive):
    words = ("theory=constant", "theory.base_hazard=1", "officers.friction_before=0", "officers.frailty_sd=0")
    days = relive(None, *words)[0].days
    assert days["out"].iloc[0] == days["out"].iloc[-1] == 40
    assert days["perceived"].isna().sum() == len(days) - 1
