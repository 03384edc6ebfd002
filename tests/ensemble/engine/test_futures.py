"""Kept worlds: the same past to the bit as in the bank, futures that part on their day, and no run but by address."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import kstest

from sim.ensemble.cases.conditioning import on_prior
from sim.ensemble.cases.run_numbers import FUTURES, MOST_FUTURES
from sim.ensemble.design.plan import Plan, missing_runs, numbers_of
from sim.ensemble.design.stopping_rule import Until, most_of
from sim.ensemble.engine.block import Block, Simulation, redraw_tolerances, simulate
from sim.ensemble.execution.runner import fill
from sim.ensemble.executors.processes import Processes
from sim.ensemble.executors.serial import Serial
from sim.ensemble.store.store import Store
from sim.errors import UserMistake
from sim.model.luck import Purpose
from sim.model.withdrawal import THEORIES
from tests.ensemble.kept_worlds import BANK_SEED, PARTS, kept_case, runs_of
from tests.ensemble.tiny_worlds import RULES, SEED, Life, block, case, until
from tests.worlds import TINY, identical, unlike

WORLDS = (2, 5, 11)
PLACES = range(8)
"""More runs than worlds, so that they have futures 0 to 2."""
each_theory = pytest.mark.parametrize("theory", THEORIES)


def kept(*words: str):
    from tests.worlds import SHORT

    return kept_case(*SHORT, *words, worlds=WORLDS)


@each_theory
def test_the_past_is_the_prior_run_of_that_world_in_each_of_its_futures(theory: str) -> None:
    of = kept(f"theory={theory}")
    bank = on_prior(of, "bank")
    futures = Simulation.of(runs_of(of, PLACES, SEED))
    worlds = np.array([WORLDS[k % 3] for k in PLACES])
    past = Simulation.of(Block((bank,), np.zeros(8, dtype=np.int64), worlds, BANK_SEED))
    assert futures.values.keys() == past.values.keys()
    assert all(identical(futures.values[key], past.values[key]) for key in past.values)
    while past.state.day < PARTS.toordinal() - 1:
        assert unlike(futures.step(), past.step()) == []
    end = past.parameters.structure.end
    until(past, end)
    until(futures, end)
    ends = [futures.state.take([k]) for k in PLACES] + [past.state.take([k]) for k in range(3)]
    for one in range(len(ends)):
        for other in range(one):
            assert {"excitation", "perceived"} <= set(unlike(ends[one], ends[other])), (one, other)


@each_theory
def test_a_future_is_the_same_whatever_runs_beside_it(theory: str) -> None:
    of = kept(f"theory={theory}", *RULES)
    crowd = Life.of(Simulation.of(runs_of(of, PLACES, SEED)))
    for chosen in ([7], [4, 1], [6, 3, 0], [5, 5]):
        some = Life.of(Simulation.of(runs_of(of, chosen, SEED)))
        assert some.differs(crowd, range(len(chosen)), chosen) == [], chosen
    whole = runs_of(of, PLACES, SEED)
    taken = Life.of(Simulation.of(whole.take(np.array([7, 2]))))
    assert taken.differs(crowd, range(2), [7, 2]) == []
    named = Life.of(Simulation.of(Block.of_run((of,), WORLDS[1] + 2 * 2**31, SEED)))  # the k-th run of which k is 7
    assert named.differs(crowd, [0], [7]) == []


def test_the_root_seed_names_the_futures_and_leaves_the_past_alone() -> None:
    of = kept("theory=breach")
    mine, other = (Simulation.of(runs_of(of, PLACES, seed)) for seed in (SEED, SEED + 1))
    day = PARTS.toordinal()
    assert unlike(until(mine, day - 1).state, until(other, day - 1).state) == []
    assert "excitation" in unlike(until(mine, day + 5).state, until(other, day + 5).state)


def test_a_bank_that_parts_before_the_first_day_has_no_past() -> None:
    of = kept_case(*TINY, "theory=breach", worlds=WORLDS, parts=date(2024, 2, 20))
    assert Simulation.of(runs_of(of, PLACES, SEED)).draws.branch is None


def test_cases_of_a_bank_never_share_a_block_with_others() -> None:
    of = kept("theory=breach")
    others = (on_prior(of, "prior"), replace(of, unknowns=replace(of.unknowns, root_seed=1)),
              replace(of, unknowns=replace(of.unknowns, parts=date(2024, 3, 5))))  # fmt: skip
    assert len({of.structure, *(other.structure for other in others)}) == 4
    assert of.varied({"levers.insurance": 1.0}, "insured").structure == of.structure


# Whatever width, order and executor


@pytest.fixture(scope="module")
def widths(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two cases by the dozen, in blocks of the plan's usual width."""
    store = Store.open(tmp_path_factory.mktemp("s") / "worlds", model_version=1, record="cafe")
    fill(two(), store)
    return store


def two(replicates: range = range(12), width: int = 256, executor: Serial | Processes | None = None) -> Plan:
    cases = (kept_case(*TINY, "theory=breach", worlds=WORLDS),
             kept_case(*TINY, "theory=breach", "scenario=terms_settled", worlds=(2, 5, 9, 30)))  # fmt: skip
    return Plan(cases, replicates, SEED, kept=("days", "unknowns"), block=width, executor=executor or Serial())


def test_the_store_says_of_each_run_its_world_and_future(widths: Store) -> None:
    plan = two()
    runs = widths.runs()
    assert (runs["root_seed"] == SEED).all()
    assert (runs["world"] == runs["replicate"]).all()
    for of in plan.cases:
        own = runs[runs["case"] == of.id]
        assert of.worlds is not None
        wanted = {(world, future) for future in range(12 // len(of.worlds)) for world in of.worlds}
        assert set(zip(own["replicate"], own["future"], strict=True)) == wanted
    assert {future for *_, future in widths.finished("days")} == {0, 1, 2, 3}
    assert {name: len(rows) for name, rows in missing_runs(plan, widths).items()} == {c.id: 0 for c in plan.cases}
    more = missing_runs(two(range(13)), widths)
    assert sorted(rows.tolist() for rows in more.values()) == [[2 + 3 * 2**31], [2 + 4 * 2**31]]


@pytest.mark.parametrize(
    "plans",
    [[(range(12), 1)], [(range(12), 5)], [(range(6, 12), 7), (range(12), 7)], [(range(3), 256), (range(12), 3)]],
    ids=["one by one", "by fives", "the last first", "in two goes"],
)
def test_any_width_and_any_order_give_the_same_store(widths: Store, store: Store, plans: list) -> None:
    for replicates, width in plans:
        fill(two(replicates, width), store)
    assert store.digest() == widths.digest()
    for table in ("days", "unknowns"):
        assert store.table(table).equals(widths.table(table))


def test_another_executor_gives_the_same_store(widths: Store, store: Store) -> None:
    fill(two(width=5, executor=Processes(workers=1)), store)
    assert store.digest() == widths.digest()


def test_a_case_that_was_sent_to_a_worker_makes_the_same_runs() -> None:
    of = kept("theory=breach")
    sent = pickle.loads(pickle.dumps(of.bare(of.events)))
    assert sent.id == of.id
    here, there = (simulate(replace(runs_of(of, PLACES, SEED), cases=(one,))) for one in (of, sent))
    assert all(identical(here.outcomes[name], there.outcomes[name]) for name in here.outcomes)


# Tolerances


def test_who_stayed_has_as_much_left_as_anybody_had_at_first() -> None:
    """Exp(1) has no memory: what an officer's frailty makes of it is left again, whatever he has borne."""
    clock = ("clock.start=2024-02-15", "clock.end=2024-03-20")
    of = kept_case("theory=threat_efficacy", *clock, worlds=range(30))
    world = until(Simulation.of(runs_of(of, range(60), SEED)), PARTS.toordinal() - 1)
    state, before = world.state, world.state.tolerance.copy()
    borne = state.cumulated.copy()
    redraw_tolerances(state, world.draws)
    stayed = (state.present > 0) & (borne > 0)
    left = ((state.tolerance - borne) * state.frailty)[stayed]
    assert left.size > 20_000
    assert left.min() > 0
    assert kstest(left, "expon").pvalue > 1e-4
    for part in np.array_split(left[np.argsort(borne[stayed])], 4):  # and so for those who have borne most
        assert kstest(part, "expon").pvalue > 1e-4
    said = before < before.max()  # whose frailty is next to none takes more than single precision can say
    assert said.mean() > 0.97
    assert (state.tolerance != before)[said].mean() > 0.99
    uniform = world.draws.branched(Purpose.TOLERANCE, len(state.tolerance))
    assert not identical(uniform[:, 0], uniform[:, 30])  # two futures of one world


# Events that follow what is drawn


@pytest.mark.parametrize("mode", ["prior", "fixed"])
def test_events_whose_amounts_are_drawn_are_those_of_single_runs_whatever_cases_share_the_block(mode: str) -> None:
    when = (
        "{when: {measure: imminence, above: '${governments.imminence_start}'}, "
        "set: {levers: {insurance: '${governments.readiness}'}}}"
    )
    words = ("theory=breach", f"unknowns={mode}", f"scenario.events.mine={when}")
    cases = (case(*words), case(*words, "governments.imminence_accord=0.9"), case(*words, "scenario=us_troops"),
             case(*words, "governments.readiness=0.2"), case(*words, "governments.imminence_start=0.3"))  # fmt: skip
    whole = block(*cases, replicates=range(5))
    together = Life.of(Simulation.of(whole))
    assert np.unique(together["series.assurance"][-1]).size > len(cases) or mode == "fixed"
    for run in range(whole.runs):
        alone = Life.of(Simulation.of(whole.single(run)))
        watched = {"state.streak", "state.fired", "state.fired_on"}  # a row each condition of the block
        differs = set(alone.differs(together, [0], [run])) - watched
        assert differs == set(), run


# Until


def test_an_outcome_settled_before_the_futures_part_stops_at_the_worlds(tmp_path: Path) -> None:
    of = kept_case(*TINY, "theory=breach", worlds=range(0, 120, 2), parts=date(2024, 3, 8))
    settled, open_ = Until(1e-6, "exits_by_record_end", 500), Until(1e-6, "exits_by_end", 130)
    assert (most_of(of, settled), most_of(of, open_)) == (60, 130)
    assert most_of(on_prior(of, "prior"), settled) == 500
    assert most_of(of, replace(settled, cap=55)) == 55
    store = Store.open(tmp_path / "s", model_version=1, record="cafe")
    report = fill(Plan((of,), range(50), SEED, until=settled), store)
    assert [now.replicates for now in report.reached] == [60]
    assert sorted(store.runs()["replicate"]) == sorted(of.worlds)
    assert (store.runs()["future"] == 0).all()
    report = fill(Plan((of,), range(50), SEED, until=open_), store)
    assert [now.replicates for now in report.reached] == [130]
    assert sorted(set(store.runs()["future"])) == [0, 1, 2]


# How many futures there are


def test_few_worlds_have_no_more_futures_than_an_address_holds() -> None:
    of = kept_case(*TINY, "theory=breach", worlds=range(3))
    most = 3 * MOST_FUTURES
    last = int(numbers_of(of, range(most - 1, most))[0])
    assert divmod(last, FUTURES) == (MOST_FUTURES - 1, 2)
    with pytest.raises(UserMistake, match=f"ensemble.replicates=2: at most {most:,} runs of 3 kept worlds"):
        numbers_of(of, range(most - 1, most + 1))
