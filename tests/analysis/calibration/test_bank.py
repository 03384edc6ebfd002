"""A bank: which worlds are kept depends on what the runs are, and on nothing that was there before."""

from __future__ import annotations

from itertools import count

import numpy as np
import pandas as pd
import pytest

import sim
from sim.analysis.calibration import bank as banks
from sim.analysis.calibration import self_check
from sim.analysis.calibration.bank import (
    FIRST,
    ROUND,
    BankRequest,
    Tried,
    draws_of,
    fill_part,
    fill_theory,
    next_draws,
    posterior_of,
    prior_draws,
    take_in,
    tried,
)
from sim.analysis.calibration.study import posterior_case
from sim.analysis.patterns import load_patterns
from sim.ensemble.cases.posterior import load_posterior
from sim.ensemble.design.last_day import Clock, last_day
from sim.ensemble.engine.block import Block, Simulation, simulate
from sim.ensemble.engine.result_tables import outcome_rows
from sim.ensemble.executors.processes import Processes
from sim.ensemble.executors.serial import Serial
from sim.ensemble.executors.threads import Threads
from sim.ensemble.store.store import Store
from sim.model import MODEL_VERSION
from sim.outcomes import OUTCOMES
from sim.record import load as load_record
from tests.faults import refusal
from tests.worlds import SEED

PATTERNS = load_patterns()
THEORIES = ("squad_threshold", "breach")
POOL = 400


def asked(theories=THEORIES, **changes):
    return BankRequest(theories, PATTERNS, **{"root_seed": SEED, "keep": 20, "cap": 400, **changes})


def opened(folder):
    return Store.open(folder, model_version=MODEL_VERSION, record=load_record().hash)


def listed(bank, store, folder, **how):
    """The bytes of the list of worlds of a bank that is filled as it is asked for."""
    posterior_of(bank, [fill_theory(bank, theory, store, **how)[0] for theory in bank.theories]).save(folder / "list")
    return (folder / "list").read_bytes()


def seen(kept, draws, theory="breach"):
    return Tried(theory, draws, np.arange(kept, dtype=np.int64))


@pytest.fixture(scope="module", autouse=True)
def _short_rounds():
    """Rounds of a hundred worlds, so that a small bank has several."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(banks, "ROUND", 100)
        yield


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A bank of one go: its folder, and the bytes of its list."""
    folder = tmp_path_factory.mktemp("bank")
    return folder / "s", listed(asked(), opened(folder / "s"), folder)


@pytest.fixture(scope="module")
def runs(whole):
    """By theory, the runs that the bank has."""
    store = opened(whole[0])
    return {theory: store.runs(cases=[asked().case(theory).id]) for theory in THEORIES}


# Rounds


@pytest.fixture
def usual(monkeypatch):
    monkeypatch.setattr(banks, "ROUND", ROUND)


def rounds(bank, share):
    """How far each round goes where this share of all draws is kept."""
    stops, now = [], seen(0, 0)
    while (stop := next_draws(bank, now)) > now.draws:
        stops.append(stop)
        now = seen(int(share * stop), stop)
    return stops


@pytest.mark.usefixtures("usual")
def test_rounds_double_until_enough_are_kept():
    bank = asked(keep=1000, cap=1_000_000)
    assert rounds(bank, 0.5) == [4096]
    assert rounds(bank, 0.1) == [4096, 8192, 12288]  # 10,200 are wanted, and a round is no less than the first
    assert rounds(bank, 0.01) == [4096, 8192, 16384, 32768, 65536, 102144]  # 1.02 · 1000 / (655 / 65,536)
    assert next_draws(bank, seen(1000, 8192)) == 8192


@pytest.mark.usefixtures("usual")
def test_a_theory_without_a_world_stops_after_its_first_draws_unless_it_is_insisted_on():
    assert rounds(asked(keep=1000, cap=1_000_000), 0) == [4096, 8192, 16384, FIRST]
    assert rounds(asked(keep=1000, cap=100_000, insist=True), 0) == [4096, 8192, 16384, 32768, 65536, 100_000]
    assert rounds(asked(keep=1000, cap=5000), 0) == [4096, 5000]
    assert rounds(asked(keep=1000, cap=50), 0) == [50]


@pytest.mark.usefixtures("usual")
def test_a_theory_whose_cap_cannot_give_enough_stops_after_its_first_draws_too():
    few = asked(keep=1000, cap=1_000_000)
    assert next_draws(few, seen(2, FIRST)) == FIRST  # 2 of 20,000 give 100 of a million
    assert next_draws(few, seen(20, FIRST)) > FIRST  # 20 give just 1,000
    assert next_draws(few, seen(19, FIRST)) == FIRST
    assert next_draws(asked(keep=1000, cap=1_000_000, insist=True), seen(2, FIRST)) == 2 * FIRST
    assert next_draws(few, seen(999, 1_000_000)) == 1_000_000


def test_kept_are_the_lowest_worlds_and_the_draws_end_with_the_last_of_them():
    bank = asked(("breach",), keep=3)
    enough = posterior_of(bank, [Tried("breach", 400, np.array([31, 7, 350, 11]))]).theories["breach"]
    assert (enough.worlds, enough.draws) == ((7, 11, 31), 32)
    fewer = posterior_of(bank, [Tried("breach", 400, np.array([31, 7]))]).theories["breach"]
    assert (fewer.worlds, fewer.draws) == ((7, 31), 400)
    none = posterior_of(bank, [Tried("breach", 400, np.array([], dtype=np.int64))]).theories["breach"]
    assert (none.worlds, none.draws) == ((), 400)


# The same list however it is made


def test_a_bank_that_is_interrupted_again_and_again_has_the_list_of_one_go(whole, tmp_path):
    broken, steps = 0, count(1)

    def hear(now, stop):
        def progress(finished):
            if next(steps) % 3 == 0:
                raise KeyboardInterrupt

        return progress

    while True:
        try:
            found = listed(asked(), opened(tmp_path / "s"), tmp_path, block=50, hear=hear)
            break
        except KeyboardInterrupt:
            broken += 1
    assert broken >= 4
    assert found == whole[1]


@pytest.mark.parametrize(
    "how",
    [{"block": 37}, {"block": 400}, {"executor": Threads(2), "block": 64}, {"executor": Serial(), "block": 256}],
    ids=["37 wide", "400 wide", "threads", "serial"],
)
def test_neither_width_nor_executor_nor_order_of_theories_changes_the_list(whole, tmp_path, how):
    assert listed(asked(THEORIES[::-1]), opened(tmp_path / "s"), tmp_path, **how) == whole[1]


@pytest.mark.slow
def test_processes_make_the_same_list(whole, tmp_path):
    assert listed(asked(), opened(tmp_path / "s"), tmp_path, executor=Processes(2), block=64) == whole[1]


def test_a_store_that_has_more_worlds_or_others_first_has_the_same_list(whole, tmp_path):
    store = opened(tmp_path / "s")
    fill_part(asked(THEORIES[::-1]), range(150, 450), store, Serial(), 64)
    assert tried(asked(), store, "breach").draws == 0  # worlds count from 0 to the first that is missing
    fill_part(asked(), range(0, 20), store, Serial(), 64)
    assert tried(asked(), store, "breach").draws == 20
    assert listed(asked(), store, tmp_path) == whole[1]


def test_parts_that_are_joined_have_the_list_of_one_go(whole, tmp_path):
    for name, worlds in (("late", range(100, 400)), ("early", range(0, 130))):
        fill_part(asked(), worlds, opened(tmp_path / name), Serial(), 64)
    store = opened(tmp_path / "s")
    assert take_in(asked(), store, tmp_path / "late") == 600
    assert take_in(asked(), store, tmp_path / "early") == 200  # 30 of each theory are there
    assert take_in(asked(), store, tmp_path / "early") == 0
    before = len(store.runs(columns=["status"]))
    assert listed(asked(), store, tmp_path) == whole[1]
    assert len(store.runs(columns=["status"])) == before == 800  # nothing was run again


def test_a_bank_of_another_kind_is_not_taken_in(tmp_path):
    other = asked(("breach",), root_seed=SEED + 5)
    fill_part(other, range(3), opened(tmp_path / "seed"), Serial())
    wider = asked(("breach",), ranges={"gangs.branching_ratio": (0.1, 0.9)})
    fill_part(wider, range(3), opened(tmp_path / "wide"), Serial())
    fill_part(asked(("breach",)), range(3), opened(tmp_path / "theory"), Serial())
    store = opened(tmp_path / "s")
    for bank, name in ((asked(("breach",)), "seed"), (asked(("breach",)), "wide"), (asked(THEORIES[:1]), "theory")):
        assert f"--join={tmp_path / name}: has no run of this bank" in refusal(take_in, bank, store, tmp_path / name)
    assert store.runs().empty


def test_a_run_that_failed_shows_no_pattern_and_is_not_taken_in(tmp_path):
    bank, part, spoilt = asked(THEORIES[:1]), opened(tmp_path / "part"), opened(tmp_path / "spoilt")
    fill_part(bank, range(0, 20), part, Serial())
    (first, *_) = tried(bank, part, THEORIES[0]).kept.tolist()
    rows = part.runs()
    failed = rows["replicate"] == first
    rows.loc[failed, "status"] = "failed"
    rows.loc[failed, [one.name for one in OUTCOMES if one.type != "date"]] = np.nan
    spoilt.add_cases(part.cases())
    spoilt.add(banks.RUNS, rows)
    now = tried(bank, spoilt, THEORIES[0])
    assert now.draws == 20
    assert first not in now.kept
    store = opened(tmp_path / "s")
    assert take_in(bank, store, tmp_path / "spoilt") == 19
    fill_part(bank, range(0, 20), store, Serial())
    assert first in tried(bank, store, THEORIES[0]).kept


def test_banks_of_one_kind_share_a_folder_and_others_have_their_own():
    assert asked(keep=3).folder == asked(("constant",), cap=7, insist=True).folder
    others = [asked(), asked(root_seed=1), asked(ranges={"gangs.branching_ratio": (0.4, 0.45)})]
    assert len({bank.folder for bank in others}) == 3


# By brute force


def lived(run):
    """The record by hand: rules of conf/patterns/record.yaml as somebody reads them."""
    first, q4, q1 = run["first_report_date"], run["deaths_q4_2023"] / 91, run["deaths_q1_2024"] / 91
    return (
        not pd.isna(first)
        and pd.Timestamp(2024, 3, 1) <= pd.Timestamp(first) <= pd.Timestamp(2024, 3, 11)
        and run["max_squad_share_3d"] >= 0.5
        and 1 <= run["exits_by_record_end"] <= POOL
        and run["exits_before_surge"] <= 40
        and 0.8 * 12.0 <= q4 <= 1.2 * 12.0
        and 0.8 * 18.2 <= q1 <= 1.2 * 18.2
        and run["deaths_surge_week"] / 7 > q1
    )


@pytest.mark.parametrize("theory", THEORIES)
def test_a_rejection_of_ten_lines_keeps_the_same_worlds(runs, theory, tmp_path):
    words = ["unknowns=prior", "ensemble.days=false", "ensemble.block=16"]
    made = sim.run(theory=theory, replicates=200, overrides=words, out=tmp_path / "s").outcomes
    kept = [int(run["replicate"]) for run in made.to_dict("records") if lived(run)]
    now = tried(asked((theory,)), opened_of(runs, theory, tmp_path), theory)
    assert kept == [world for world in now.kept.tolist() if world < 200]
    assert len(kept) >= 8


def opened_of(runs, theory, folder):
    """A store of the bank's runs of one theory."""
    store = opened(folder / "again")
    store.add(banks.RUNS, runs[theory])
    return store


def test_one_world_at_a_time_is_kept_where_the_bank_keeps_it(whole, runs):
    case, worlds = asked().case("squad_threshold"), range(40)
    alone = [outcome_rows(simulate(Block.of_run((case,), world, SEED))).iloc[0] for world in worlds]
    kept = [world for world, run in zip(worlds, alone, strict=True) if lived(run.to_dict())]
    passed = PATTERNS.passes(runs["squad_threshold"], POOL).all(axis=1)
    assert kept == [w for w in runs["squad_threshold"].loc[passed, "replicate"] if w < 40]
    assert kept


def test_the_list_of_the_package_is_what_the_bank_keeps(runs):
    """The packaged list begins with the worlds of any bank of its kind, be it ever so small."""
    packaged = load_posterior()
    assert packaged.digest == PATTERNS.digest
    for theory in THEORIES:
        passed = PATTERNS.passes(runs[theory], POOL).all(axis=1)
        small = runs[theory].loc[passed, "replicate"].tolist()
        assert small == [w for w in packaged.kept(theory) if w <= runs[theory]["replicate"].max()]
        assert len(small) >= 20


# Luck


def test_each_world_has_luck_of_its_own(runs):
    for theory in THEORIES:
        assert runs[theory]["world"].tolist() == runs[theory]["replicate"].tolist()
    case = asked().case("breach")
    world = Simulation.of(Block((case,), np.zeros(3, dtype=np.int64), np.array([4, 5, 4]), SEED))
    tolerance, squad = world.state.tolerance, world.parameters.layout.squad_of
    assert (tolerance[:, 0] != tolerance[:, 1]).mean() > 0.99
    assert (squad[:, 0] != squad[:, 1]).any()
    assert (tolerance[:, 0] == tolerance[:, 2]).all()


def test_a_world_with_the_luck_of_another_is_another_run(runs):
    """What a bank of one luck would be: the unknowns of worlds 0 to 19, all under the luck of replicate 0."""
    case, worlds = asked().case("breach"), np.arange(20)
    block = Block((case,), np.zeros(20, dtype=np.int64), np.zeros(20, dtype=np.int64), SEED, worlds=worlds)
    common = outcome_rows(simulate(block))["exits_by_record_end"].to_numpy()
    own = runs["breach"]["exits_by_record_end"].to_numpy()[:20]
    assert common[0] == own[0]
    assert (common[1:] != own[1:]).mean() > 0.5


def draws_under(bank, theory, seed, number, common):
    """Prior draws whose runs have their own luck, or all that of one replicate."""
    case, parts = bank.case(theory), []
    for begin in range(0, number, 256):
        worlds = np.arange(begin, min(begin + 256, number))
        luck = np.full_like(worlds, common) if common is not None else worlds
        block = Block((case,), np.zeros(len(worlds), dtype=np.int64), luck, seed, worlds=worlds)
        parts.append(outcome_rows(simulate(block)).assign(replicate=worlds))
    return draws_of(case, bank.patterns, seed, pd.concat(parts, ignore_index=True))


@pytest.mark.slow
def test_the_self_check_trusts_a_bank_and_not_one_of_a_single_luck():
    bank = asked(("squad_threshold",))
    truths = draws_under(bank, "squad_threshold", SEED + 1, 500, None)
    own = self_check(draws_under(bank, "squad_threshold", SEED, 6000, None), truths)
    assert own.passed, own.settings[~own.settings["inside"]]
    assert not self_check(draws_under(bank, "squad_threshold", SEED, 6000, 3), truths).passed


# The posterior's past


def test_the_past_of_a_posterior_run_is_that_of_its_bank_bit_for_bit(whole, runs):
    posterior = posterior_of(asked(), [tried(asked(), opened(whole[0]), theory) for theory in THEORIES])
    for theory in THEORIES:
        case = posterior_case(posterior, theory)
        worlds = np.array(case.worlds)
        futures = np.arange(len(worlds)) % 3
        block = Block((case,), np.zeros(len(worlds), dtype=np.int64), worlds, 99, futures=futures)
        again, before = outcome_rows(simulate(block)), runs[theory].set_index("replicate").loc[worlds]
        clock = Clock.of(case.values)
        past = [one.name for one in OUTCOMES if last_day(one.name, clock) < posterior.parts]
        assert {"exits_by_record_end", "first_report_date", "deaths_q1_2024"} - {"first_report_date"} <= set(past)
        assert len(past) > 8
        for name in past:
            pd.testing.assert_series_equal(
                again[name].reset_index(drop=True), before[name].reset_index(drop=True), check_dtype=False
            )


@pytest.mark.parametrize("theory", [name for name, kept in load_posterior().theories.items() if len(kept.worlds) > 99])
def test_runs_of_the_packaged_list_show_every_pattern(theory, tmp_path):
    """First, last, and beyond the last, where a second future of the first world begins."""
    kept = load_posterior().kept(theory)
    words = ["unknowns=posterior", "governments=scripted", "ensemble.days=false", "ensemble.root_seed=5"]
    parts = [
        sim.run(
            theory=theory, replicates=5, overrides=[*words, f"ensemble.first_replicate={first}"], out=tmp_path / "s"
        )
        for first in (0, len(kept) - 3)
    ]
    made = pd.concat([part.outcomes for part in parts])
    assert PATTERNS.passes(made, POOL).all(axis=None)
    found = set(zip(made["world"], made["future"], strict=True))
    assert found == {*((w, 0) for w in (*kept[:5], *kept[-3:])), (kept[0], 1), (kept[1], 1)}


@pytest.mark.slow
@pytest.mark.parametrize("theory", [name for name, kept in load_posterior().theories.items() if len(kept.worlds) > 99])
def test_all_runs_of_the_packaged_list_show_every_pattern(theory, tmp_path):
    words = ["unknowns=posterior", "governments=scripted", "ensemble.days=false", "executor=threads"]
    made = sim.run(theory=theory, replicates=1100, overrides=words, out=tmp_path / "s").outcomes
    assert len(made) == 1100
    assert PATTERNS.passes(made, POOL).all(axis=None)


def test_the_draws_of_a_bank_know_their_unknowns_and_patterns(whole, runs):
    draws = prior_draws(asked(), opened(whole[0]), "breach", 50)
    assert draws.worlds.tolist() == list(range(50))
    assert set(draws.quantiles.columns) == set(asked().case("breach").unknowns.drawn)
    assert ((draws.quantiles > 0) & (draws.quantiles < 1)).all(axis=None)
    assert draws.kept.tolist() == [lived(run) for run in runs["breach"].head(50).to_dict("records")]
