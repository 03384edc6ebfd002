"""The invariants of randomness: a draw belongs to its address, and nothing that happens in a run moves it.

Equal means equal bit for bit, in every array of the state, every series and every outcome. Such bits are promised for
one version of NumPy and one class of CPU; the golden digests are made from float64 runs and rounded, and so hold
everywhere, and the core's uniforms are exact. To renew the golden digests after numbers were changed on purpose::

    TABLETOP_GOLDEN=write python -m pytest tests/ensemble/engine/test_randomness.py -k golden
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.arrays import EPOCH, Array, Floats, Ints
from sim.ensemble.cases.unknowns import MODES, POSTERIOR
from sim.ensemble.engine.addressed_draws import AddressedDraws, Branch, squad_layout
from sim.ensemble.engine.block import Block, Simulation, simulate
from sim.ensemble.engine.recorder import Recorder
from sim.model import MODEL_VERSION, gangs
from sim.model.events import Event
from sim.model.gangs import severity
from sim.model.lanes import LANES
from sim.model.luck import Purpose, draw_day
from sim.model.philox import mix
from sim.model.state import Stage, State
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.interface import TheoryWrapper
from sim.outcomes import OUTCOMES
from tests.ensemble.kept_worlds import kept_case, runs_of
from tests.ensemble.tiny_worlds import (
    LEVERS,
    RULES,
    SEED,
    VARIETY,
    Life,
    block,
    case,
    resumed,
    until,
    world,
)
from tests.worlds import identical, unlike

GOLDEN = Path(__file__).with_name("golden.json")
SURGE = date(2024, 2, 29).toordinal()
DAILY = tuple(purpose for purpose in Purpose if purpose is not Purpose.ATTACK)

varied = pytest.mark.parametrize("words", VARIETY.values(), ids=VARIETY.keys())
both_precisions = pytest.mark.parametrize("dtype", ["float32", "float64"])


class Overheard:
    """What luck gave to the gangs of a world, by address; ``marked`` by (run, bloc, day, slot).

    Python goes through their days instead of compiled code, and its draws are written down.
    """

    def __init__(self, runs: int) -> None:
        self.runs = runs
        self.marked: dict[tuple[int, int, int, int], tuple[float, float]] = {}
        self.daily_draws: dict[tuple[int, int, int], Floats] = {}

    def draw_day(self, luck: Array, day: int, purpose: int, part: int, room: Ints, out: Floats) -> None:
        draw_day(luck, day, purpose, part, room, out)
        self.daily_draws[purpose, part, day] = out[:, : self.runs].copy()

    def mix(self, words: Ints, count: int, k0: int, k1: int, rounds: int) -> None:
        self._addresses = words[:, :count].copy()
        mix(words, count, k0, k1, rounds)
        self._drawn = to_uniforms(words[:2, :count])

    def severity(self, words: Ints, run: Ints, p: Floats, out: Floats, count: int) -> None:
        severity(words, run, p, out, count)
        assert np.array_equal(to_uniforms(words[:count]), self._drawn[1])
        first, bloc, _, third = self._addresses.tolist()
        assert {word >> 24 for word in third} <= {Purpose.ATTACK}
        addresses = zip(run[:count].tolist(), bloc, (EPOCH + (word >> 16) for word in first), first, strict=True)
        for (r, j, day, word), pair in zip(addresses, self._drawn.T.tolist(), strict=True):
            if r < self.runs:  # beyond them is nothing but room
                self.marked[r, j, day, word & 0xFFFF] = (pair[0], pair[1])


def to_uniforms(words: Ints) -> Floats:
    uniforms: Floats = (words + 0.5) * 2.0**-32
    return uniforms


Overhear = Callable[[Simulation], Overheard]


@pytest.fixture
def overhear(monkeypatch: pytest.MonkeyPatch) -> Overhear:
    """``overhear(world)``: lets it live to ten days after the surge, and gives what its gangs drew."""

    def of(world: Simulation) -> Overheard:
        heard = Overheard(world.state.runs)
        world.theory = TheoryWrapper(world.theory)  # which is asked day by day
        with monkeypatch.context() as patch:
            for name in ("act", "_strike", "_count"):
                patch.setattr(gangs, name, getattr(gangs, name).py_func)
            for name in ("draw_day", "mix", "severity"):
                patch.setattr(gangs, name, getattr(heard, name))
            until(world, SURGE + 10)
        return heard

    return of


def test_what_is_overheard_is_what_the_addresses_give_and_listening_changes_nothing(overhear: Overhear) -> None:
    listened, alone = world(case("theory=breach")), until(world(case("theory=breach")), SURGE + 10)
    heard = overhear(listened)
    assert unlike(listened.state, alone.state) == []
    for (purpose, part, day), drawn in heard.daily_draws.items():
        expected = alone.draws.daily(Purpose(purpose), 4 * part + 4, day)[4 * part :]
        assert identical(drawn, expected)
    for (run, bloc, day, slot), pair in heard.marked.items():
        marks = alone.draws.marks(np.array([bloc]), day, np.array([slot]), np.array([run]))
        assert pair == (marks[0][0], marks[1][0])


def test_these_worlds_are_not_quiet() -> None:
    """Else every test below would hold for want of anything to differ in."""
    for name, words in VARIETY.items():
        life = Life.of(world(case(*words), replicates=range(64)))
        assert life["outcome.attacks"].min() > 0, name
        assert life["outcome.exits_by_end"].sum() > 3, name
        assert np.unique(life["outcome.deaths_gang"]).size > 10, name
    stages = until(world(case(*VARIETY["rules"])), date(2024, 3, 20).toordinal()).state.stage
    assert {Stage.DEPLOYED, Stage.INJURED, Stage.KILLED, Stage.OPTED_OUT} <= set(np.unique(stages))


# Width


@both_precisions
@varied
def test_a_run_alone_is_the_run_it_was_among_sixty_four(words: tuple[str, ...], dtype: str) -> None:
    crowd = Life.of(world(case(*words), replicates=range(64), dtype=dtype))
    eventful = int(crowd["outcome.exits_by_end"].argmax())
    for replicate in {0, 1, 62, 63, eventful}:
        alone = Life.of(world(case(*words), replicates=[replicate], dtype=dtype))
        assert alone.differs(crowd, [0], [replicate]) == []


@both_precisions
@pytest.mark.parametrize("theory", THEORIES)
def test_blocks_of_odd_width_give_the_same_runs(theory: str, dtype: str) -> None:
    crowd = Life.of(world(case(f"theory={theory}"), replicates=range(64), dtype=dtype))
    for width in (3, 7, 33):
        own = range(64 - width, 64)
        odd = Life.of(world(case(f"theory={theory}"), replicates=own, dtype=dtype))
        assert odd.differs(crowd, range(width), own) == [], width


@both_precisions
@pytest.mark.parametrize(
    "words",
    [
        ("theory=prospects", "theory.weighting=0.5"),
        ("theory=squad_threshold", "theory.threshold_a=2", "theory.threshold_b=2"),
        ("theory=squad_threshold", "theory.threshold_a=0.5", "theory.threshold_b=0.5"),
        ("theory=breach", "gangs.size_exponent=1"),
        ("theory=breach", "gangs.size_exponent=2", "gangs.death_tail=1.05"),
        ("theory=breach", "media.half_life_fast=0.5", "media.half_life_slow=2"),
    ],
    ids=" ".join,
)
def test_powers_that_numpy_takes_a_short_cut_for_give_the_same_at_any_width(words: tuple[str, ...], dtype: str) -> None:
    """A power with one exponent for all becomes x·x, √x or 1/x, whose last bit differs from that of xʸ."""
    crowd = Life.of(world(case(*words), replicates=range(8), dtype=dtype))
    for replicate in (0, 7):
        alone = Life.of(world(case(*words), replicates=[replicate], dtype=dtype))
        assert alone.differs(crowd, [0], [replicate]) == []


def test_a_block_of_the_engine_gives_the_runs_of_its_singles() -> None:
    whole = block(case("theory=breach"), case("theory=breach", "scenario=terms_settled"), replicates=range(5))
    together = simulate(whole)
    for run in range(whole.runs):
        alone = simulate(whole.single(run))
        assert all(identical(alone.outcomes[o][:1], together.outcomes[o][run : run + 1]) for o in alone.outcomes)
        assert all(identical(alone.series[s][:, 0], together.series[s][:, run]) for s in alone.series)


# Plain Python


@pytest.mark.parametrize("cohesion", ["hold", "carry", "none"])
@pytest.mark.parametrize("theory", THEORIES)
def test_a_theory_in_plain_python_that_gives_the_same_numbers_gives_the_same_run(theory: str, cohesion: str) -> None:
    """One goes by in compiled code in as many days as nothing is scheduled, the other is asked day by day."""
    words = (f"theory={theory}", f"officers.cohesion={cohesion}", "officers.squad_max=5", *RULES)
    for width in (1, LANES + 3):
        compiled, plain = (world(case(*words), replicates=range(width)) for _ in range(2))
        plain.theory = TheoryWrapper(plain.theory)
        by_day = Life.of(plain)
        assert by_day.differs(Life.of(compiled), range(width), range(width)) == [], width
        assert width == 1 or by_day["outcome.exits_by_end"].sum() > 3


@pytest.mark.parametrize("cohesion", ["hold", "carry", "none"])
@pytest.mark.parametrize("theory", THEORIES)
def test_so_it_does_where_the_engine_runs_the_block(
    theory: str, cohesion: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (f"theory={theory}", f"officers.cohesion={cohesion}", "officers.squad_max=5", *RULES)
    for width in (1, LANES + 3):
        runs = block(case(*words), replicates=range(width))
        compiled = simulate(runs)
        with monkeypatch.context() as patch:
            patch.setitem(THEORIES, theory, TheoryWrapper(THEORIES[theory]))
            plain = simulate(runs)
        assert compiled.messages == plain.messages == ("",) * width
        assert [name for name, o in compiled.outcomes.items() if not identical(o, plain.outcomes[name])] == []
        assert [name for name, s in compiled.series.items() if not identical(s, plain.series[name])] == []


# Prefixes: a larger world begins like a smaller one


@pytest.mark.parametrize("purpose", Purpose)
def test_the_draws_of_a_pool_of_400_begin_those_of_a_pool_of_500(purpose: Purpose) -> None:
    draws = AddressedDraws(SEED, range(5), Branch(SURGE, SEED, np.arange(5)))
    for small, large in ((400, 500), (1, 500), (39, 40)):
        for draw in (draws.uniform, draws.normal, draws.branched):
            assert identical(draw(purpose, small), draw(purpose, large)[:small])
        for day in (SURGE - 1, SURGE):
            assert identical(draws.daily(purpose, small, day), draws.daily(purpose, large, day)[:small])


def test_the_squads_of_a_pool_of_400_begin_those_of_a_pool_of_500() -> None:
    small, large = (squad_layout(SEED, range(5), pool, 3, 12) for pool in (400, 500))
    assert identical(small.squad_of, large.squad_of[:400])
    assert identical(small.follows, large.follows[:400])


@pytest.mark.parametrize("theory", THEORIES)
def test_the_officers_of_a_pool_of_40_begin_those_of_a_pool_of_50(theory: str) -> None:
    few = world(case(f"theory={theory}"))
    small = few.state.to_arrays()
    large = world(case(f"theory={theory}", "officers.pool=50")).state.to_arrays()
    people = [name for name, array in small.items() if array.shape == (40, 4)]
    assert {"lot", "baseline", "stage"} <= set(people)
    layout = few.parameters.layout
    last = int(np.where(layout.sizes > 0, layout.starts, 0).max(axis=0).min())  # a squad that the pool's end may cut
    rows = dict.fromkeys(people, 40) | {"share": last}
    assert [name for name, k in rows.items() if not identical(small[name][:k], large[name][:k])] == []


def test_the_replicates_of_few_begin_those_of_many() -> None:
    few, many = AddressedDraws(SEED, range(3)), AddressedDraws(SEED, range(100))
    assert identical(few.uniform(Purpose.TOLERANCE, 7), many.uniform(Purpose.TOLERANCE, 7)[:, :3])
    assert identical(few.daily(Purpose.ATTACKS, 7, SURGE), many.daily(Purpose.ATTACKS, 7, SURGE)[:, :3])


def test_one_more_bloc_leaves_the_draws_of_the_others_alone() -> None:
    draws, run = AddressedDraws(SEED, range(3)), np.zeros(23, dtype=int)
    fewer = draws.marks(np.arange(22), SURGE, run[:22], run[:22])
    more = draws.marks(np.arange(23), SURGE, run, run)
    assert identical(fewer[0], more[0][:22])
    assert identical(fewer[1], more[1][:22])


def test_the_luck_of_an_exit_is_the_officers_whoever_leaves_beside_him_and_whenever() -> None:
    draws = AddressedDraws(SEED, range(3))
    officers, runs = np.array([7, 41, 7, 399]), np.array([0, 0, 2, 1])
    together = np.array(draws.partings(officers, SURGE, runs))
    assert len(np.unique(together)) == together.size
    for k in range(len(officers)):
        alone = draws.partings(officers[k : k + 1], SURGE + k, runs[k : k + 1])
        assert identical(np.array(alone), together[:, k : k + 1])
    nobody = draws.partings(officers[:0], SURGE, runs[:0])
    assert [luck.shape for luck in nobody] == [(0,), (0,)]


# Days


@varied
def test_a_later_end_leaves_the_earlier_days_alone(words: tuple[str, ...]) -> None:
    last = date(2024, 3, 20).toordinal()
    short, long = world(case(*words)), world(case(*words, "clock.end=2024-05-30"))
    for _ in range(last - short.state.day):
        short.step()
        long.step()
        assert unlike(short.state, long.state) == []
    assert long.running


def test_another_start_leaves_the_draws_of_the_days_alone(overhear: Overhear) -> None:
    early, late = world(case()), world(case("clock.start=2024-02-27"))
    heard_early, heard_late = overhear(early), overhear(late)
    shared = heard_early.daily_draws.keys() & heard_late.daily_draws.keys()
    assert {day for *_, day in shared} == set(range(date(2024, 2, 27).toordinal(), SURGE + 11))
    assert all(identical(heard_early.daily_draws[a], heard_late.daily_draws[a]) for a in shared)
    attacks = heard_early.marked.keys() & heard_late.marked.keys()
    assert len(attacks) > 50
    assert all(heard_early.marked[a] == heard_late.marked[a] for a in attacks)


def test_another_start_has_the_same_officers() -> None:
    early, late = world(case()).state, world(case("clock.start=2024-02-27")).state
    for trait in ("baseline", "dread", "efficacy", "pay_need", "frailty", "tolerance", "lot", "friction", "casualty"):
        assert identical(getattr(early, trait), getattr(late, trait)), trait


@pytest.mark.parametrize("purpose", DAILY)
def test_the_draws_of_a_day_do_not_depend_on_the_days_asked_for_before(purpose: Purpose) -> None:
    days = np.random.default_rng(1).permutation(np.arange(SURGE - 100, SURGE + 100))
    wandering = AddressedDraws(SEED, range(3))
    for day in days[:40]:
        fresh = AddressedDraws(SEED, range(3))
        assert identical(wandering.daily(purpose, 5, int(day)), fresh.daily(purpose, 5, int(day)))


# Company: whoever shares a block, and in whatever order


def test_two_scenarios_in_one_block_are_two_blocks() -> None:
    names = ("as_documented", "terms_settled", "mandatory", "us_troops", "no_surge")
    cases = [case("theory=breach", f"scenario={name}") for name in names]
    shared = Life.of(world(*cases, replicates=range(6)))
    for k, own in enumerate(cases):
        assert Life.of(world(own, replicates=range(6))).differs(shared, range(6), range(6 * k, 6 * k + 6)) == []


@pytest.mark.parametrize("theory", THEORIES)
def test_points_of_a_sweep_in_one_block_are_blocks_of_their_own(theory: str) -> None:
    points = [
        (),
        ("gangs.death_tail=3", "gangs.reference_deaths=13"),
        ("gangs.size_exponent=0.5", "officers.frailty_sd=0"),
        ("officers.violence_felt=0", "officers.ambiguity_felt=0", "officers.peers_felt=0"),
        LEVERS,
    ]
    cases = [case(f"theory={theory}", *point) for point in points]
    shared = Life.of(world(*cases))
    for k, own in enumerate(cases):
        assert Life.of(world(own)).differs(shared, range(4), range(4 * k, 4 * k + 4)) == [], points[k]


def test_conditional_events_of_one_case_leave_the_others_alone() -> None:
    watched = case(
        "theory=breach",
        "scenario.events.answer={when: {measure: coalition, above: 0.3, days: 2}, set: {levers: {insurance: 1}}}",
        "scenario.events.again={when: {measure: attacks, above: 4, once: false}, add: {kenya: {slips: 1}}}",
    )
    plain = case("theory=breach")
    shared, alone = world(plain, watched), world(plain)
    for _ in range(35):
        shared.step()
        alone.step()
    assert shared.state.fired[:, 4:].any(axis=1).all()
    assert not shared.state.fired[:, :4].any()
    mine, theirs = alone.state.to_arrays(), shared.state.take(range(4)).to_arrays()
    of_events = {name for name, array in mine.items() if array.shape[:1] == (0,)}
    assert {"streak", "fired"} <= of_events
    assert [name for name in mine if name not in of_events and not identical(mine[name], theirs[name])] == []


@varied
def test_the_order_of_the_runs_in_a_block_does_not_matter(words: tuple[str, ...]) -> None:
    order = [5, 2, 7, 0, 1, 6, 3, 4]
    sorted_, shuffled = world(case(*words), replicates=range(8)), world(case(*words), replicates=order)
    assert Life.of(shuffled).differs(Life.of(sorted_), range(8), order) == []


def test_the_order_of_the_cases_in_a_block_does_not_matter() -> None:
    one, two = case("theory=breach"), case("theory=breach", "scenario=terms_settled")
    forth, back = Life.of(world(one, two)), Life.of(world(two, one))
    assert back.differs(forth, [4, 5, 6, 7, 0, 1, 2, 3], range(8)) == []


def test_runs_of_several_cases_may_be_mixed_in_any_order() -> None:
    cases = (case("theory=breach"), case("theory=breach", "scenario=terms_settled"))
    tidy = Life.of(world(*cases, replicates=range(3)))
    which, replicates = np.array([1, 0, 1, 1, 0, 0]), np.array([2, 0, 0, 1, 2, 1])
    mixed = Life.of(Simulation.of(Block(cases, which, replicates, SEED)))
    assert mixed.differs(tidy, range(6), (3 * which + replicates).tolist()) == []


def test_the_same_replicate_comes_twice_where_it_is_asked_for_twice() -> None:
    twice = Life.of(world(case("theory=breach"), replicates=[3, 3]))
    assert twice.differs(twice, [0], [1]) == []


def test_replicates_and_root_seeds_are_different_luck() -> None:
    lives = Life.of(world(case("theory=breach")))
    assert {"state.lot", "series.attacks"} <= set(lives.differs(lives, [0], [1]))
    other = Life.of(Simulation.of(block(case("theory=breach"), seed=SEED + 1)))
    assert {"state.lot", "series.attacks"} <= set(lives.differs(other, range(4), range(4)))


# Saving


def saved(state: State) -> State:
    """Through a file and back."""
    file = BytesIO()
    np.savez(file, **state.to_arrays())
    file.seek(0)
    with np.load(file) as arrays:
        return State.from_arrays(arrays)


@varied
def test_saving_and_going_on_is_never_having_stopped(words: tuple[str, ...]) -> None:
    steady, stopped = world(case(*words)), world(case(*words))
    while steady.running:
        steady.step()
        stopped.step()
        if (steady.state.day - steady.parameters.structure.start) % 5 in (0, 1):
            stopped = resumed(world(case(*words)), saved(stopped.state))
        assert unlike(steady.state, stopped.state) == []


@pytest.mark.parametrize("days", [0, 1, 14, 23, 34])
def test_a_saved_state_can_be_gone_on_with_at_any_day(days: int) -> None:
    words = ("theory=squad_threshold", *RULES)
    whole = Life.of(world(case(*words)))
    start = world(case(*words))
    until(start, start.state.day + days)
    rest = Life.of(resumed(world(case(*words)), saved(start.state)))
    assert [n for n in rest.seen if n.startswith("state.") and not identical(rest[n], whole[n])] == []


def test_saving_keeps_every_array_its_type_and_the_day() -> None:
    state = until(world(case("theory=prospects")), SURGE).state
    back = saved(state)
    assert unlike(state, back) == []
    assert back.day == SURGE
    assert isinstance(back.day, int)
    assert set(back.traits) == {"duty", "gain", "casualty_kind"}


def test_a_state_of_single_runs_goes_on_as_those_runs_did() -> None:
    words = ("theory=breach", *RULES)
    whole = until(world(case(*words), replicates=range(6)), SURGE + 5)
    some = resumed(world(case(*words), replicates=[4, 1]), whole.state.take([4, 1]))
    until(whole, SURGE + 15)
    until(some, SURGE + 15)
    assert unlike(some.state, whole.state.take([4, 1])) == []


@pytest.mark.parametrize("kept", [State.copy, lambda s: s.take([0, 1, 2, 3]), lambda s: s.repeat(1)])
def test_what_was_taken_from_a_state_does_not_change_with_it(kept) -> None:
    of = until(world(case("theory=prospects", *RULES)), SURGE + 3)
    before, copy = saved(of.state), kept(of.state)
    assert unlike(copy, before) == []
    shared = [n for n, a in copy.to_arrays().items() if np.shares_memory(a, of.state.to_arrays()[n])]
    assert shared == []
    until(of, SURGE + 12)
    assert unlike(copy, before) == []
    assert unlike(of.state, before) != []


def test_taking_runs_follows_the_order_asked_for_and_may_repeat_them() -> None:
    state = until(world(case("theory=squad_threshold")), SURGE).state
    taken = state.take([2, 0, 2])
    for name, array in state.to_arrays().items():
        if name != "day":
            assert identical(taken.to_arrays()[name], array[..., [2, 0, 2]]), name
    assert (taken.runs, taken.day) == (3, SURGE)


def test_repeating_puts_the_futures_of_a_run_side_by_side() -> None:
    state = until(world(case("theory=squad_threshold")), SURGE).state
    assert unlike(state.repeat(3), state.take([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3])) == []


# Branching: one past, several futures

BRANCH = SURGE + 4
LAST_FUTURE = 2**24 - 2
"""A future's number and one more share a word of the address with the purpose, which has the upper eight bits."""


def branched(*words: str, futures: tuple[int, ...]) -> Simulation:
    return world(case(*words), replicates=[3] * len(futures), futures=futures, branch_day=BRANCH)


@varied
def test_futures_share_their_past_and_part_on_the_branch_date(words: tuple[str, ...]) -> None:
    parent, futures = world(case(*words), replicates=[3]), branched(*words, futures=(0, 1, 2, LAST_FUTURE))
    while parent.state.day < BRANCH - 1:
        parent.step()
        futures.step()
        assert unlike(futures.state, parent.state.take([0] * 4)) == []
    until(parent, parent.parameters.structure.end)
    while futures.running:
        futures.step()
    ends = [parent.state, *(futures.state.take([k]) for k in range(4))]  # none of them is the past going on
    for one in range(5):
        for other in range(one):
            assert {"excitation", "perceived"} <= set(unlike(ends[one], ends[other]))


@pytest.mark.parametrize("seed", [SEED, SEED + 1])
def test_the_draws_of_two_futures_differ_from_the_branch_date_on_and_only_then(seed: int) -> None:
    draws = AddressedDraws(SEED, [3, 3, 3], Branch(BRANCH, seed, np.array([0, 1, LAST_FUTURE])))
    plain = AddressedDraws(SEED, [3])
    for day in (BRANCH - 30, BRANCH - 1, BRANCH, BRANCH + 30):
        for purpose in DAILY:
            drawn, own = draws.daily(purpose, 4, day), plain.daily(purpose, 4, day)[:, 0]
            columns = [own, *drawn.T]
            alike = [identical(columns[k], columns[n]) for k in range(4) for n in range(k)]
            assert alike == [day < BRANCH] * 6
        first = np.zeros(3, dtype=int)
        alone = plain.marks(first[:1], day, first[:1], first[:1])
        for marks, mine in zip(draws.marks(first, day, first, np.arange(3)), alone, strict=True):
            assert len({float(mine[0]), *marks.tolist()}) == (1 if day < BRANCH else 4)


def test_a_future_belongs_to_a_family_of_luck_of_its_own() -> None:
    one, other = (AddressedDraws(SEED, [3], Branch(BRANCH, seed, np.array([1]))) for seed in (SEED, SEED + 1))
    for purpose in DAILY:
        assert identical(one.daily(purpose, 4, BRANCH - 1), other.daily(purpose, 4, BRANCH - 1))
        assert (one.daily(purpose, 4, BRANCH) != other.daily(purpose, 4, BRANCH)).all()


def test_the_press_is_drawn_anew_in_a_future_and_only_there() -> None:
    draws = AddressedDraws(SEED, [3, 3], Branch(SURGE, SEED, np.array([0, 1])))
    officer, run = np.array([5, 5]), np.array([0, 1])
    before, after = (np.array(draws.partings(officer, day, run)) for day in (SURGE - 1, SURGE))
    assert identical(before[:, 0], before[:, 1])
    assert (after[:, 0] != before[:, 0]).all()
    assert (after[:, 0] != after[:, 1]).all()


def test_traits_are_the_same_in_every_future_unless_the_branch_redraws_them() -> None:
    draws = AddressedDraws(SEED, [3, 3], Branch(BRANCH, SEED, np.array([0, 1])))
    lasting, redrawn = draws.uniform(Purpose.TOLERANCE, 9), draws.branched(Purpose.TOLERANCE, 9)
    assert identical(lasting[:, 0], lasting[:, 1])
    assert (redrawn[:, 0] != lasting[:, 0]).all()
    assert (redrawn[:, 1] != redrawn[:, 0]).all()
    assert (redrawn[:, 1] != lasting[:, 1]).all()


def test_a_branch_from_a_kept_state_is_the_branch_from_the_start() -> None:
    words, futures = ("theory=breach", *RULES), (0, 1, 2)
    whole = branched(*words, futures=futures)
    parent = until(world(case(*words), replicates=[3]), BRANCH - 1)
    late = resumed(branched(*words, futures=futures), parent.state.repeat(3))
    end = whole.parameters.structure.end
    assert unlike(until(whole, end).state, until(late, end).state) == []


# One thing more: what is added to a scenario shifts nobody else's luck


def attacked(count: int, day: date) -> Event:
    return Event("one_more", (("gangs.documented_attacks", "add", float(count)),), day)


def test_one_more_attack_shifts_no_other_attack(overhear: Overhear) -> None:
    plain = case("theory=breach")
    more = replace(plain, events=(*plain.events, attacked(1, date(2024, 2, 20))))
    day = date(2024, 2, 20).toordinal()
    heard = {}
    for name, own in (("plain", plain), ("more", more)):
        heard[name] = overhear(world(own, replicates=range(8)))
    without, with_ = heard["plain"].marked, heard["more"].marked
    assert len(without.keys() & with_.keys()) > 400
    assert all(with_[attack] == luck for attack, luck in without.items() if attack in with_)
    of_the_day = {attack for attack in without if attack[2] <= day}
    assert of_the_day <= with_.keys()
    added = {attack for attack in with_.keys() - without.keys() if attack[2] <= day}
    assert {attack[0] for attack in added} == set(range(8))
    assert {attack[2] for attack in added} == {day}
    assert len(added) == 8


def test_one_more_attack_changes_nothing_before_its_day() -> None:
    plain = case("theory=breach")
    more = replace(plain, events=(*plain.events, attacked(3, date(2024, 2, 20))))
    without, with_ = world(plain), world(more)
    while without.state.day < date(2024, 2, 19).toordinal():
        assert unlike(without.step(), with_.step()) == []
    without.step()
    with_.step()
    assert (with_.state.attacks - without.state.attacks == 3).all()


def test_the_same_replicate_has_the_same_officers_in_every_scenario_and_theory() -> None:
    shared = ("baseline", "dread", "efficacy", "pay_need", "frailty", "tolerance", "lot", "friction", "casualty")
    first = world(case()).state
    others = [world(case(f"scenario={s}")).state for s in ("no_surge", "us_troops", "mandatory")]
    others += [world(case(f"theory={theory}", *LEVERS)).state for theory in THEORIES]
    for other in others:
        assert [trait for trait in shared if not identical(getattr(first, trait), getattr(other, trait))] == []


def test_two_scenarios_share_their_luck_day_by_day(overhear: Overhear) -> None:
    one, other = (overhear(world(case(f"scenario={name}"))) for name in ("as_documented", "no_surge"))
    assert one.daily_draws.keys() == other.daily_draws.keys()
    assert all(identical(one.daily_draws[address], other.daily_draws[address]) for address in one.daily_draws)
    assert all(one.marked[attack] == other.marked[attack] for attack in one.marked.keys() & other.marked.keys())


# Watching


@varied
def test_watching_never_changes_a_trajectory(words: tuple[str, ...]) -> None:
    watched, alone = world(case(*words)), world(case(*words))
    recorder = Recorder(watched.parameters)
    while alone.running:
        before = alone.step()
        after = watched.step()
        recorder.watch(after)
        recorder.watch(after)
        assert unlike(before, after) == []
    recorder.outcomes()
    assert unlike(alone.state, watched.state) == []


def test_what_was_recorded_does_not_change_with_the_world() -> None:
    of = world(case("theory=breach"))
    recorder = Recorder(of.parameters)
    recorder.watch(of.step())
    first = {name: series[0].copy() for name, series in recorder.series.items()}
    for _ in range(5):
        recorder.watch(of.step())
    assert [name for name in first if not identical(first[name], recorder.series[name][0])] == []


# Pins


def test_the_core_draws_are_these() -> None:
    """Exact on every machine: whole numbers and a division by a power of two."""
    assert core_words() == golden()["draws"]


def test_the_squads_are_these() -> None:
    assert squad_sizes() == golden()["squads"]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("theory", THEORIES)
def test_the_golden_runs_are_these(theory: str, mode: str) -> None:
    assert golden()["model_version"] == MODEL_VERSION, "renew the golden digests, see the module's docstring"
    assert golden()["outcomes"][mode][theory] == digest(theory, mode), (
        "if numbers changed on purpose raise MODEL_VERSION"
    )


def core_words() -> dict[str, list[list[int]]]:
    """Draws of all kinds as the generator's 32-bit words, at a branch."""
    draws = AddressedDraws(20240307, [0, 399], Branch(SURGE, 20240307, np.array([0, 1])))
    attacks = np.array([0, 22]), SURGE, np.array([0, 9]), np.array([0, 1])
    officers = np.array([0, 399]), SURGE, np.array([0, 1])
    kinds = {
        "traits": draws.uniform(Purpose.TOLERANCE, 5),
        "traits of the future": draws.branched(Purpose.TOLERANCE, 5),
        "the day before the branch": draws.daily(Purpose.ATTACKS, 5, SURGE - 1),
        "the day of the branch": draws.daily(Purpose.ATTACKS, 5, SURGE),
        "marks and severities": np.array(draws.marks(*attacks)),
        "reports and denials of exits": np.array(draws.partings(*officers)),
    }
    return {kind: (uniform * 2**32).astype(np.int64).tolist() for kind, uniform in kinds.items()}


def squad_sizes() -> list[int]:
    """Squads of a small pool."""
    return squad_layout(20240307, [0], 60, 3, 12).sizes[:, 0].tolist()


def digest(theory: str, mode: str) -> str:
    """SHA-256 of the outcomes of a small ensemble in float64: counts and dates whole, levels to six digits.

    Under ``posterior`` the worlds are three that are named here, whose futures part within the run.
    """
    words = (f"theory={theory}", "officers.pool=60", "clock.start=2024-01-20", "clock.end=2024-04-10")
    rows = []
    for more in ((), RULES, LEVERS, ("scenario=terms_settled", "officers.cohesion=hold")):
        if mode == POSTERIOR:
            of = runs_of(kept_case(*words, *more, worlds=(2, 5, 11)), range(8), 20240308, "float64")
        else:
            own = case(*words, *more, f"unknowns={mode}")
            of = block(own, replicates=range(8), dtype="float64", seed=20240307)
        found = simulate(of)
        for outcome in OUTCOMES:
            form = "%.0f" if outcome.type in ("count", "date") else "%.6g"
            rows.append([outcome.name, *(form % (value + 0.0) for value in found.outcomes[outcome.name])])
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


@cache
def golden() -> dict[str, Any]:
    """What is pinned; ``TABLETOP_GOLDEN=write`` writes it anew first."""
    if os.environ.get("TABLETOP_GOLDEN") == "write":
        outcomes = {mode: {theory: digest(theory, mode) for theory in THEORIES} for mode in MODES}
        now = {"model_version": MODEL_VERSION, "draws": core_words(), "squads": squad_sizes(), "outcomes": outcomes}
        GOLDEN.write_text(json.dumps(now, indent=2) + "\n", encoding="utf-8")
    pinned: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return pinned
