"""Tiles: a run has the same bits at any width, what pads a tile touches nobody, and the pass over the officers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import product

import numpy as np
import pytest

from sim.arrays import Array, Floats, Ints
from sim.ensemble.cases.case import Case
from sim.ensemble.engine.block import Block, Simulation, simulate
from sim.model import officers
from sim.model.lanes import LANES
from sim.model.officers import COHESION
from sim.model.parameters import Parameters
from sim.model.start import initial
from sim.model.state import L, Letter, Stage, State
from sim.model.tile import Tile, Tiles
from sim.model.withdrawal import THEORIES as KNOWN
from sim.model.withdrawal.interface import Memory, Perception, TheoryWrapper
from tests.worlds import SEED, SHORT, begin, block, gather, make_case, row_of, unlike

WIDTHS = (1, LANES, LANES + 1, 3 * LANES)
THEORIES = ("constant", "threat_efficacy", "prospects", "squad_threshold", "breach")
SQUADS = {"squad_present", "leader_left", "squad_exits", "squad_exits_0", "squad_exits_1", "squad_exits_2"}
"""Arrays whose rows are as many as the squads of the run that has most."""


def cases(theory: str, *words: str) -> list[Case]:
    """Three that differ in what the table of settings has, and in the lengths of their lists of attacks."""
    told = [(), ("media.report_probability=0.9", "officers.squad_pull=0.1"), ("gangs.reference_attacks=9",)]
    return [make_case(*SHORT, f"theory={theory}", *words, *own) for own in told]


def lived(world: Simulation) -> Simulation:
    while world.running:
        world.step()
    return world


def differing(wide: State, run: int, alone: State) -> list[str]:
    """Names in which a run among others is not the run alone; squads that it lacks are left out of account."""
    mine, theirs = wide.take([run]).to_arrays(), alone.to_arrays()
    rows = {name: len(theirs[name]) if name in SQUADS else None for name in mine}
    assert all(not mine[name][rows[name] :].any() for name in SQUADS)
    return [
        name
        for name in mine
        if np.asarray(mine[name][: rows[name]] if name in SQUADS else mine[name]).tobytes() != theirs[name].tobytes()
    ]


# --- width


@pytest.mark.parametrize("theory", THEORIES)
@pytest.mark.parametrize("width", WIDTHS[1:])
def test_a_run_has_the_same_bits_at_any_width(width: int, theory: str) -> None:
    every = np.resize(np.arange(3), width)  # three cases, side by side
    luck = np.arange(width) + 7
    wide = lived(Simulation.of(Block(tuple(cases(theory)), every, luck, SEED)))
    assert (wide.state.letter == Letter.ACCEPTED).any()
    for run in sorted({0, 1, LANES - 1, min(LANES, width - 1), width - 1}):
        alone = lived(gather([cases(theory)[every[run]]], runs=1, first=int(luck[run])))
        assert differing(wide.state, run, alone.state) == [], run


@pytest.mark.parametrize("width", [LANES, LANES + 1])
def test_so_has_a_run_whose_officers_wait_depart_and_are_hurt(width: int) -> None:
    words = ("governments=rules", "clock.end=2024-07-31", "governments.readiness_growth=0.015",
             "governments.funding=0.3", "governments.authority_recovery=0.03", "officers.casualty_scale=20",
             "officers.pool=40", "clock.start=2024-02-15")  # fmt: skip
    told = [make_case(*words, *own) for own in ((), ("levers.squad_opt_out=1",), ("levers.first_contingent=20",))]
    every, luck = np.resize(np.arange(3), width), np.arange(width) + 7
    wide = lived(Simulation.of(Block(tuple(told), every, luck, SEED)))
    assert (wide.state.letter == Letter.WAITING).any()
    assert {Stage.DEPLOYED, Stage.HOME, Stage.INJURED} <= {Stage(stage) for stage in np.unique(wide.state.stage)}
    for run in sorted({0, 1, 2, LANES - 1, width - 1}):
        alone = lived(gather([told[every[run]]], runs=1, first=int(luck[run])))
        assert differing(wide.state, run, alone.state) == [], run


@pytest.mark.parametrize("width", WIDTHS)
def test_outcomes_of_replicates_are_those_of_each_alone(width: int) -> None:
    case = make_case(*SHORT, "theory=squad_threshold")
    together = simulate(block(case, replicates=range(width)))
    assert not any(together.messages)
    for run in sorted({0, min(LANES, width) - 1, width - 1}):
        alone = simulate(block(case, replicates=[run]))
        for name, values in together.outcomes.items():
            assert values.shape == (width,)
            assert values[run].tobytes() == alone.outcomes[name][0].tobytes(), name


@pytest.mark.parametrize("runs", [3, LANES + 3])
def test_days_in_one_go_are_the_days_one_by_one(runs: int) -> None:
    by_day, at_once = (gather(cases("prospects")[:1], runs=runs) for _ in range(2))
    lived(by_day)
    while at_once.running:
        at_once.go_on(at_once.parameters.structure.end, tables_only=True)
    at_once.catch_up()
    assert unlike(by_day.state, at_once.state) == []


# --- padding


@pytest.mark.parametrize("theory", THEORIES)
@pytest.mark.parametrize("runs", [1, 3, LANES + 2])
def test_what_pads_a_tile_leaks_into_no_run(runs: int, theory: str) -> None:
    clean, dirty = (gather(cases(theory)[:1], runs=runs) for _ in range(2))
    for name, whole in dirty.state._own.items():
        if whole.dtype.kind == "f":
            whole[..., runs:] = np.nan
        elif name == "days":
            whole[..., runs:] = 1
    dirty.parameters.table[:, runs:] = np.nan
    dirty.parameters.theory_table[:, runs:] = np.nan
    assert np.isnan(dirty.state.whole("levels")[:, runs:]).all()
    assert unlike(lived(clean).state, lived(dirty).state) == []
    assert not dirty.state.fault.any()


@pytest.mark.parametrize("runs", [1, 5, LANES, LANES + 1])
def test_memory_is_whole_tiles_with_the_last_run_in_the_rest(runs: int) -> None:
    eve = gather(cases("breach")[:1], runs=runs).state
    names = ("levels", "days", "hot", "lot", "squad_present", "traits.casualty_kind")
    for state, name in product((eve.copy(), eve), names):
        whole = state.whole(name)
        assert whole.shape[-1] % LANES == 0
        assert whole.shape[-1] - runs < LANES
        assert np.array_equal(whole[..., runs:], np.repeat(whole[..., runs - 1 : runs], whole.shape[-1] - runs, -1))


class Forgetful(TheoryWrapper):
    """Remembers nothing of the first officer of the last run."""

    def __init__(self) -> None:
        super().__init__(KNOWN["constant"])
        self.memory = (Memory("years", "officer", 1.0, "years of service"),)

    def remember(self, see: Perception, p: Parameters, today: Mapping[str, Floats]) -> None:
        today["years"].fill(1)
        today["years"][0, -1] = np.nan

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        out.fill(0.001)


@pytest.mark.parametrize("runs", WIDTHS)
def test_a_memory_that_is_no_number_stops_its_own_run_at_any_width(runs: int, small: Callable[..., Simulation]) -> None:
    made, theory = small("theory=constant", "officers.pool=3", runs=runs), Forgetful()
    eve = initial(made.parameters, made.schedule, made.draws, theory)
    world = Simulation(made.values, made.parameters, made.schedule, made.draws, theory, eve)
    first = eve.day + 1
    for _ in range(2):
        world.step()
    assert world.state.fault.tolist() == [0] * (runs - 1) + [first]


# --- tiles of a state


def test_the_tile_of_few_runs_is_the_state_itself(small: Callable[..., Simulation]) -> None:
    world = small(runs=3)
    tile = begin(world)
    for mine, name in ((tile.s, "levels"), (tile.d, "days"), (tile.hot, "hot"), (tile.stage, "stage")):
        assert np.shares_memory(mine, world.state.whole(name)), name
    tile.stage[0, 1] = 5
    assert world.state.stage[0].tolist() == [0, 5, 0]


def test_tiles_of_many_runs_are_copies_that_are_fetched_and_brought_back(small: Callable[..., Simulation]) -> None:
    world = small(runs=2 * LANES + 1)
    state = world.state
    tiles = Tiles(state, world.parameters)
    assert tiles.count == 3
    state.media[...] = np.arange(2 * LANES + 1)
    state.lot[3] = state.media
    tiles.fetch(tables_only=True)
    for k, tile in enumerate(tiles):
        assert not np.shares_memory(tile.s, state.whole("levels"))
        mine = state.media[k * LANES : (k + 1) * LANES]
        assert level(tile, "media")[: len(mine)].tolist() == mine.tolist()
        assert tile.lot[3].tolist() != level(tile, "media").tolist()
    tiles.fetch()
    for tile in tiles:
        real = 1 if tile.lot is list(tiles)[-1].lot else LANES
        assert tile.lot[3][:real].tolist() == level(tile, "media")[:real].tolist()
        level(tile, "media")[:] += 1
        tile.lot[3] += 2
    tiles.bring_back(tables_only=True)
    assert state.media.tolist() == list(range(1, 2 * LANES + 2))
    assert state.lot[3].tolist() == list(range(2 * LANES + 1))
    tiles.bring_back()
    assert state.lot[3].tolist() == list(range(2, 2 * LANES + 3))


def level(tile: Tile, name: str) -> Floats:
    """A level of a tile, by its name."""
    return tile.s[getattr(L, name) :][:LANES]


@pytest.mark.parametrize("runs", WIDTHS)
def test_what_is_cut_into_tiles_is_joined_again(runs: int, small: Callable[..., Simulation]) -> None:
    world = small("officers.pool=3", runs=runs)
    tiles = Tiles(world.state, world.parameters)
    rows = np.arange(2 * runs).reshape(2, runs)
    parts = list(tiles.cut(rows))
    assert [part.shape for part in parts] == [(2, LANES)] * tiles.count
    assert np.array_equal(tiles.join(parts), rows)


def test_every_run_draws_its_own_luck(small: Callable[..., Simulation]) -> None:
    world = small("officers.pool=3", runs=LANES + 2, first=40)
    tiles = Tiles(world.state, world.parameters)
    tiles.draw(world.draws.luck(world.state.day))
    one, two = tiles
    assert one.luck[0].tolist() == list(range(40, 40 + LANES))
    assert two.luck[0, :2].tolist() == [40 + LANES, 41 + LANES]
    assert one.luck[2, :2].tolist() == two.luck[2, :2].tolist() == [SEED, 0]


def test_tiles_know_their_state_and_what_a_theory_reads(small: Callable[..., Simulation]) -> None:
    world = small(runs=2)
    tiles = Tiles(world.state, world.parameters, ("efficacy",))
    assert tiles.of(world.state, ["efficacy"])
    assert not tiles.of(world.state, [])
    assert not tiles.of(world.state.copy(), ["efficacy"])
    assert np.array_equal(next(iter(tiles)).traits[0], world.state.whole("efficacy"))


# --- the pass over the officers, under hazards by hand


def passed(
    world: Simulation, hazards: float | Array, cohesion: str = "none", null: bool = True
) -> tuple[Tile, list[tuple[int, int]]]:
    """A pass over all officers with these hazards, and who then wants out in which run, in the order found."""
    tile = begin(world)
    given = np.empty((len(tile.hot), LANES), tile.hot.dtype)
    given[...] = 0
    given[:, : world.state.runs] = hazards
    count = officers.pass_over_given(tile, COHESION[cohesion], null, given)
    wanting = zip(tile.who[:count].tolist(), tile.where[:count].tolist(), strict=True)
    found = [(i, r) for i, r in wanting if r < world.state.runs]
    return tile, found


@pytest.fixture
def pool(small: Callable[..., Simulation]) -> Callable[..., Simulation]:
    """Few officers at risk in double precision, of whom nobody wants out until his survival is a tenth."""

    def build(officers: int, *words: str, runs: int = 3) -> Simulation:
        world = small(*words, f"officers.pool={officers}", runs=runs, dtype="float64")
        world.state.at_risk.fill(1)
        world.state.lot.fill(0.1)
        world.state.limit.fill(0.1)
        return world

    return build


def test_intents_are_found_row_by_row_from_the_last_officer(pool: Callable[..., Simulation]) -> None:
    world = pool(4)
    world.state.limit[...] = 0.9
    world.state.limit[1, 2], world.state.limit[3] = -1, 0.01
    _, found = passed(world, 0.5)
    assert found == [(2, 0), (2, 1), (2, 2), (1, 0), (1, 1), (0, 0), (0, 1), (0, 2)]
    assert world.state.survival[0, 0] == pytest.approx(0.5)
    assert world.state.cumulated[0, 0] == pytest.approx(np.log(2))
    assert world.state.survival[1, 2] == 1


def test_a_certain_hazard_leaves_survival_a_number_above_nought(pool: Callable[..., Simulation]) -> None:
    world = pool(4)
    _, found = passed(world, 1.0)
    assert len(found) == 12
    assert world.state.survival == pytest.approx(np.full((4, 3), 2.0**-20))


def test_those_beyond_the_first_contingent_have_a_factor_of_their_own(pool: Callable[..., Simulation]) -> None:
    world = pool(4, "officers.remote_hazard=0.5", "governments.imminence_start=1", runs=2)
    world.state.imminence.fill(1)
    world.state.first_contingent[...] = [1, 4]
    passed(world, 0.2, null=False)
    near, far = 0.8, 0.85
    expected = np.array([[near, near], [far, near], [far, near], [far, near]])
    assert world.state.survival == pytest.approx(expected, rel=1e-12)


def test_the_null_theory_knows_of_no_contingent(pool: Callable[..., Simulation]) -> None:
    world = pool(4, runs=2)
    world.state.first_contingent[...] = [1, 4]
    passed(world, 0.2)
    assert world.state.survival == pytest.approx(np.full((4, 2), 0.8), rel=1e-12)


@pytest.mark.parametrize("bad", [-1e-9, 1.0000001, np.nan, np.inf, -np.inf])
def test_the_guard_marks_only_the_run_whose_hazard_is_no_probability(
    bad: float, pool: Callable[..., Simulation]
) -> None:
    world = pool(3, runs=4)
    hazards = np.full((3, 4), 0.95)
    hazards[1, 2] = bad
    tile, found = passed(world, hazards)
    assert (row_of(tile, "wrong")[:4] != 0).tolist() == [False, False, True, False]
    assert np.isfinite(world.state.survival).all()
    leave(tile, world.state.day, *(np.array(places) for places in zip(*found, strict=True)))
    assert world.state.fault.tolist() == [0, 0, world.state.day, 0]
    assert world.state.intents.tolist() == [3, 3, 0, 3]


def test_a_perceived_hazard_that_is_no_number_marks_its_run_too(pool: Callable[..., Simulation]) -> None:
    world = pool(3, runs=4)
    world.state.perceived[2, 1] = np.nan
    tile, _ = passed(world, 0.01)
    assert (row_of(tile, "wrong")[:4] != 0).tolist() == [False, True, False, False]


# --- squads that a run lacks, and rows that hold no officer


@pytest.fixture
def uneven(small: Callable[..., Simulation]) -> Simulation:
    """Twelve officers in squads of other sizes in each run, so that some runs lack the last ones."""
    world = small("officers.pool=12", "officers.leader_shock=0.5", runs=20, dtype="float64")
    sizes = world.parameters.layout.sizes
    assert (sizes == 0).any()
    assert (sizes > 0).any(axis=1).all()
    world.state.at_risk.fill(1)
    world.state.lot.fill(1e-9)
    world.state.limit.fill(1e-9)
    return world


def test_a_leader_who_left_shakes_his_own_squad_and_no_other(uneven: Simulation) -> None:
    layout, state = uneven.parameters.layout, uneven.state
    state.leader_left[1] = 1  # also of a squad that the run may lack
    passed(uneven, 0.0, cohesion="carry", null=False)
    assert -np.log(state.survival) == pytest.approx(0.5 * (layout.squad_of == 1), rel=1e-12)


def test_nobody_who_is_not_at_risk_is_shaken(uneven: Simulation) -> None:
    uneven.state.leader_left.fill(1)
    uneven.state.limit[::2] = -1
    passed(uneven, 0.0, cohesion="carry", null=False)
    assert (uneven.state.survival[::2] == 1).all()
    assert (uneven.state.survival[1::2] < 1).all()


def test_together_is_the_most_of_one_squad_in_three_days_so_far(uneven: Simulation) -> None:
    layout, state = uneven.parameters.layout, uneven.state
    state.friction.fill(1)
    day = state.day
    gone: dict[int, list[int]] = {0: [0, 1], 1: [2], 4: [3]}  # officers who leave, by days from now
    most, share = np.zeros(20), np.zeros(20)
    recent = np.zeros((3, *layout.sizes.shape))
    for later in range(6):
        mine = gone.get(later, [])
        who = np.repeat(np.array(mine, np.int64), 20)
        exits = leave(begin(uneven), day + later, who, np.tile(np.arange(20), len(mine)), day + 9)
        assert exits == [*zip(who.tolist(), [*range(20)] * len(mine), strict=True)]
        recent[later % 3] = 0
        for officer in mine:
            np.add.at(recent[later % 3], (layout.squad_of[officer], np.arange(20)), 1)
        members = recent.sum(axis=0)
        most = np.maximum(most, members.max(axis=0))
        share = np.maximum(share, (members / np.maximum(layout.sizes, 1)).max(axis=0))
        assert state.together_members.tolist() == most.tolist()
        assert state.together_share == pytest.approx(share, rel=1e-12)
        assert state.exits.tolist() == [len(mine)] * 20
    before = state.together_members.copy()
    leave(begin(uneven), day + 10, *several(range(4, 12), 20), day + 9)
    assert (state.exits == 8).all()
    assert np.array_equal(state.together_members, before)  # after the record it is no longer noted


def leave(tile: Tile, day: int, who: Ints, where: Ints, together_until: int = 0) -> list[tuple[int, int]]:
    """What becomes of these intents; officer and run of each exit."""
    room = np.empty((2, len(tile.hot) * LANES), np.int64)
    room[:, : len(who)] = who, where
    exits = officers.leave(tile, day, *room, len(who), together_until)
    return [(i, r) for i, r in room[:, :exits].T.tolist()]


def several(who: range, runs: int) -> tuple[Ints, Ints]:
    """These officers in every run: officer and run of each."""
    return np.repeat(np.array(who, np.int64), runs), np.tile(np.arange(runs), len(who))


def test_rows_that_hold_no_officer_change_no_mean(small: Callable[..., Simulation]) -> None:
    words = ("officers.squad_pull=0.5", "officers.force_pull=0", "officers.rise_rate=0", "officers.pool=3")
    world = small(*words, "officers.squad_min=3", "officers.squad_max=3", runs=2, dtype="float64")
    state = world.state
    state.perceived[...] = [[0, 0], [2, 2], [7, 9]]
    begun = begin(world)
    # In the second run the last of the squad has left, and what he perceives stays and moves nobody.
    state.present[2, 1] = state.share[2, 1] = 0
    state.squad_present[0, 1], state.available[1] = 2, 2
    state.share[:2, 1] = 0.5
    officers.perceive(begun)
    expected = np.array([[1.5, 0.5], [2.5, 1.5], [5, 9]])
    assert state.perceived == pytest.approx(expected, rel=1e-12)


# --- helpers of one run


def test_who_is_present_comes_to_be_at_risk_and_nobody_else(pool: Callable[..., Simulation]) -> None:
    world = pool(3, runs=2)
    state, tile = world.state, begin(world)
    state.at_risk.fill(0)
    state.limit.fill(-1)
    state.present[1, 0] = 0
    for officer in range(3):
        officers.put_at_risk(tile, officer, 0)
    assert state.at_risk.T.tolist() == [[1, 0, 1], [0, 0, 0]]
    assert state.limit.T.tolist() == [[0.1, -1, 0.1], [-1] * 3]


def test_a_squad_shares_itself_out_among_those_present(uneven: Simulation) -> None:
    state, layout, tile = uneven.state, uneven.parameters.layout, begin(uneven)
    before = state.share.copy()
    rows = layout.members(1, 3)
    first, *rest = np.arange(12)[rows]
    state.present[first, 3], state.share[first, 3] = 0, 0
    state.squad_present[1, 3] -= 1
    officers.share_out(tile, 1, 3)
    assert state.share[first, 3] == 0
    assert state.share[rest, 3] == pytest.approx([1 / len(rest)] * len(rest))
    before[rows, 3] = state.share[rows, 3]
    assert np.array_equal(state.share, before)


def test_a_letter_that_waits_goes_with_half_of_its_squad(uneven: Simulation) -> None:
    state, layout = uneven.state, uneven.parameters.layout
    state.friction.fill(1)
    state.squad_opt_out.fill(1)
    sizes = layout.sizes[0]
    nobody = np.empty(0, np.int64)
    leave(begin(uneven), state.day, *several(range(1), 20))
    alone = np.flatnonzero(sizes > 2)
    assert len(alone) > 0
    assert (state.letter[0, alone] == Letter.WAITING).all()
    assert (state.exits[alone] == 0).all()
    for wanting in range(1, 12):
        in_first = [run for run in range(20) if sizes[run] > wanting and 2 * wanting < sizes[run]]
        who = np.full(len(in_first), wanting, np.int64)
        exits = leave(begin(uneven), state.day + wanting, who, np.array(in_first, np.int64))
        for run in in_first:
            through = 2 * (wanting + 1) >= sizes[run]
            assert state.exits[run] == (wanting + 1) * through
            assert [i for i, r in exits if r == run] == [*range((wanting + 1) * through)]
    assert leave(begin(uneven), state.day + 20, nobody, nobody) == []
    assert state.waiting.tolist() == [0] * 20


def evenings(world: Simulation) -> Iterator[State]:
    while world.running:
        yield world.step()


@pytest.mark.parametrize("runs", [2, LANES + 1])
def test_what_is_kept_of_squads_and_shares_agrees_with_who_is_present(runs: int) -> None:
    world = gather([make_case(*SHORT, "theory=constant", "levers.squad_opt_out=1")], runs=runs)
    layout = world.parameters.layout
    for state in evenings(world):
        present = layout.by_squad(state.present)
        assert np.array_equal(state.squad_present, present)
        assert np.array_equal(state.available, state.present.sum(axis=0))
        shares = np.where(state.present > 0, 1 / np.maximum(layout.to_officers(present), 1), 0)
        assert state.share == pytest.approx(shares, rel=1e-6)
        assert np.array_equal(state.limit >= 0, state.at_risk > 0)
        waiting = (state.letter == Letter.WAITING) & (state.present > 0)
        assert np.array_equal(state.waiting, waiting.sum(axis=0))
