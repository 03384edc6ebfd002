"""What all theories share: their register, their settings, the memory that one may keep, and the logistic function.

Every theory that is found is asked, and with them those of docs/EXTENDING.md.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy.special import expit

from sim.analysis.explain.divergence import part
from sim.analysis.explain.exit_story import live_again
from sim.arrays import Floats
from sim.ensemble.engine.block import Simulation, simulate
from sim.mesa_model import DeploymentModel, Officer, Squad
from sim.model.parameters import Parameters
from sim.model.state import State
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.constant import Constant
from sim.model.withdrawal.interface import Memory, Perception, Theory, TheoryWrapper, logistic
from sim.model.withdrawal.look import look
from sim.paths import conf_folder
from tests.ensemble.tiny_worlds import SEED, Life, block, case, resumed, until, world
from tests.extending import page
from tests.worlds import SHORT, identical, unlike


class Mourning(Theory):
    """A steady hazard in squads that remember who has left them; grief halves in a week and doubles the hazard."""

    name = "mourning"
    number = "T8"
    text = "squads grieve for those who left"
    parameters = Constant.parameters
    memory = (Memory("grief", "squad", lambda state, p: state.squad_present / 100, "officers missed"),)

    def remember(self, see: Perception, p: Parameters, today: Mapping[str, Floats]) -> None:
        today["grief"][...] = see.state.memory["grief"] * p.dtype.type(0.9) + see.state.squad_exits

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        out[...] = see.layout.to_officers(p.theory.base_hazard * (1 + see.state.memory["grief"]))
        np.minimum(out, 1, out=out)


MOURNING = Mourning()
OWN = dict(THEORIES)
SHOWN = {
    path.stem: text
    for files in page.sections().values()
    for path, text in files.items()
    if path.parent.as_posix() == "sim/model/withdrawal"
}
"""The theories of the page, with the text of each."""
remembering = pytest.mark.parametrize(
    "name",
    [name for name, theory in OWN.items() if theory.memory]
    + [name for name, text in SHOWN.items() if "\n    memory = " in text]
    + ["mourning"],
)
"""Every theory that declares a memory."""


@pytest.fixture(autouse=True)
def conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The page's theories, and mourning, as if they were the package's own; the folder of conf that has them too."""
    shutil.copytree(conf_folder(), tmp_path / "conf")
    with ExitStack() as stack:
        for section, files in page.sections().items():
            if SHOWN.keys() & {path.stem for path in files}:
                stack.enter_context(page.example(section, tmp_path))
        (tmp_path / "conf" / "theory" / "mourning.yaml").write_text(
            "name: mourning\nbase_hazard: 5e-3\n", encoding="utf-8"
        )
        monkeypatch.setitem(THEORIES, "mourning", MOURNING)
        monkeypatch.setattr("sim.settings.conf_files.conf_folder", lambda: tmp_path / "conf")
        yield tmp_path / "conf"
        monkeypatch.undo()  # first, or it would put back a theory that is to be found no more


WITH_A_BASE = [name for name, theory in OWN.items() if "theory.base_hazard" in {row.key for row in theory.parameters}]
"""Theories of a hazard that can be switched off."""


def test_there_are_five_rivals_in_their_order() -> None:
    assert [theory.number for theory in OWN.values()] == ["T0", "T1", "T2", "T3", "T4"]
    assert list(OWN) == ["constant", "threat_efficacy", "prospects", "squad_threshold", "breach"]


@pytest.mark.parametrize("name", [*OWN, *SHOWN])
def test_a_theory_has_the_name_of_its_module_and_of_its_file_in_conf(name: str, conf: Path) -> None:
    theory = THEORIES[name]
    assert theory.name == type(theory).__module__.rpartition(".")[2] == name
    assert yaml.safe_load((conf / "theory" / f"{name}.yaml").read_text(encoding="utf-8"))["name"] == name


@pytest.mark.parametrize("name", [*OWN, *SHOWN])
def test_a_theory_has_a_range_for_every_setting_and_its_default_inside(
    name: str, small: Callable[..., Simulation]
) -> None:
    theory, alone = THEORIES[name], small(f"theory={name}", runs=1, dtype="float64")
    for parameter in theory.parameters:
        low, high = parameter.prior or (None, None)
        value = getattr(alone.parameters.theory, parameter.key.removeprefix("theory."))[0]
        assert parameter.bounds[0] <= low <= value <= high <= parameter.bounds[1], parameter.key
        assert parameter.status in ("documented", "derived", "assumed")
        assert parameter.text.startswith(name.replace("_", " ")[:5])


@pytest.mark.parametrize("name", [*OWN, *SHOWN])
def test_a_theory_looks_and_does_not_touch(
    name: str, small: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    day = small(f"theory={name}")
    before = day.state.copy()
    first = hazard(day).copy()
    assert np.array_equal(hazard(day), first)
    assert unlike(day.state, before) == []


@pytest.mark.parametrize("name", [*OWN, *SHOWN])
def test_a_theory_fills_the_whole_of_its_answer_with_probabilities(
    name: str, small: Callable[..., Simulation], hazard: Callable[..., Floats]
) -> None:
    h = hazard(small(f"theory={name}", "officers.leader_shock=0"))
    assert h.dtype == np.float32
    assert h.shape == (40, 4)
    assert ((h >= 0) & (h <= 1)).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", WITH_A_BASE)
def test_a_base_of_zero_is_exactly_nobody_and_only_in_its_own_run(
    name: str,
    dtype: str,
    side_by_side: Callable[..., Simulation],
    hazard: Callable[..., Floats],
) -> None:
    cases = [case("officers.pool=10", f"theory={name}", f"theory.base_hazard={base}") for base in (0, 1e-3)]
    world = side_by_side(cases, runs=2, dtype=dtype)
    world.state.perceived.fill(10)
    h = hazard(world, slips=5)
    assert (h[:, :2] == 0).all()
    assert (h[:, 2:] > 0).all()


# Memory


def words(name: str, *more: str) -> tuple[str, ...]:
    """A world of a theory in which officers leave, and take what they believe from each other."""
    return (f"theory={name}", "theory.base_hazard=0.02", *more)


def wide(name: str, **keywords: object) -> Simulation:
    return world(case(*words(name)), **keywords)  # type: ignore[arg-type]


@remembering
def test_a_memory_says_what_it_is_and_has_a_name_of_its_own(name: str) -> None:
    theory = THEORIES[name]
    taken = {f.name for f in fields(State)} | set(wide(name).state.traits)
    names = [memory.name for memory in theory.memory]
    assert len(set(names)) == len(names)
    assert not taken & set(names)
    for memory in theory.memory:
        assert memory.per in ("officer", "squad")
        assert memory.text.strip()


@remembering
def test_remembering_fills_all_of_today_and_touches_nothing(name: str) -> None:
    it = until(wide(name), wide(name).state.day + 9)
    before, see = it.state.copy(), look(it.state, it.parameters)
    days = []
    for _ in range(2):
        today = {key: np.full_like(array, np.nan) for key, array in it.state.memory.items()}
        it.theory.remember(see, it.parameters, today)
        days.append(today)
    assert unlike(it.state, before) == []
    layout = it.parameters.layout
    for memory in it.theory.memory:
        key, rows = memory.name, {"officer": layout.officers, "squad": layout.squads}[memory.per]
        assert days[0][key].shape == before.memory[key].shape == (rows, 4)
        assert days[0][key].dtype == before.memory[key].dtype == np.float32
        assert np.isfinite(days[0][key]).all()
        assert identical(days[0][key], days[1][key])


@remembering
def test_a_memory_is_yesterdays_while_a_theory_remembers_and_todays_when_it_decides(name: str) -> None:
    seen: dict[str, dict[str, Floats]] = {}

    class Overheard(TheoryWrapper):
        def remember(self, see: Perception, p: Parameters, today: Mapping[str, Floats]) -> None:
            super().remember(see, p, today)
            seen["yesterday"] = {key: array.copy() for key, array in see.state.memory.items()}
            seen["today"] = {key: array.copy() for key, array in today.items()}
            seen["perceived"] = {"": see.state.perceived.copy()}

        def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
            super().hazard(see, p, out)
            seen["decided by"] = {key: array.copy() for key, array in see.state.memory.items()}

    it = wide(name)
    it.theory = Overheard(it.theory)
    moved = False
    for _ in range(30):
        evening = {key: array.copy() for key, array in it.state.memory.items()}
        it.step()
        for key, array in it.state.memory.items():
            assert identical(seen["yesterday"][key], evening[key])
            assert identical(seen["today"][key], array)
            assert identical(seen["decided by"][key], array)
            moved |= not np.array_equal(array, evening[key])
        assert identical(seen["perceived"][""], it.state.perceived)  # of today, since perceiving comes first
    assert moved


@remembering
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_what_is_remembered_is_the_same_alone_and_among_sixty_four(name: str, dtype: str) -> None:
    crowd = Life.of(wide(name, replicates=range(64), dtype=dtype))
    assert crowd["outcome.exits_by_end"].sum() > 20
    for replicate in (0, 31, 63):
        assert Life.of(wide(name, replicates=[replicate], dtype=dtype)).differs(crowd, [0], [replicate]) == []


@remembering
def test_what_is_remembered_is_the_same_beside_another_case(name: str) -> None:
    cases = [case(*words(name)), case(*words(name, "theory.base_hazard=0.001", "levers.pay_escrow=1"))]
    together, alone = Life.of(world(*cases)), Life.of(world(cases[0]))
    assert alone.differs(together, range(4), range(4)) == []


@remembering
def test_the_officers_of_a_small_pool_remember_what_those_of_a_large_one_do(name: str) -> None:
    """Nobody looks beyond his squad here: the force's mean and the press are switched off."""
    calm = ("officers.force_pull=0", "media.report_probability=0")
    small, large = (world(case(*words(name, *calm, f"officers.pool={pool}"))) for pool in (40, 60))
    sizes = small.parameters.layout.sizes
    whole = int((sizes > 0).sum(axis=0).min()) - 1  # the last of a run may be cut
    rows = {"squad": whole, "officer": int(sizes[:whole].sum(axis=0).min())}
    for _ in range(30):
        small.step()
        large.step()
        for memory in small.theory.memory:
            key, first = memory.name, rows[memory.per]
            assert identical(small.state.memory[key][:first], large.state.memory[key][:first])


@remembering
@pytest.mark.parametrize("days", [0, 1, 13, 30])
def test_a_memory_that_was_saved_is_gone_on_with_as_if_it_had_never_stopped(name: str, days: int) -> None:
    straight, stopped = wide(name), wide(name)
    until(stopped, stopped.state.day + days)
    file = io.BytesIO()
    np.savez(file, **stopped.state.to_arrays())
    file.seek(0)
    with np.load(file) as arrays:
        late = resumed(wide(name), State.from_arrays(dict(arrays)))
    assert set(late.state.memory) == {memory.name for memory in THEORIES[name].memory}
    end = straight.parameters.structure.end
    assert unlike(until(straight, end).state, until(late, end).state) == []


@remembering
def test_futures_begin_with_the_memory_of_their_parent_and_part_from_it(name: str) -> None:
    parent = wide(name, replicates=[3])
    branch = parent.state.day + 12
    futures = wide(name, replicates=[3, 3, 3], futures=[0, 1, 2], branch_day=branch)
    late = resumed(futures, until(parent, branch - 1).state.repeat(3))
    for key, array in parent.state.memory.items():
        assert all(identical(late.state.memory[key][:, k], array[:, 0]) for k in range(3))
    end = parent.parameters.structure.end
    straight = wide(name, replicates=[3, 3, 3], futures=[0, 1, 2], branch_day=branch)
    assert unlike(until(late, end).state, until(straight, end).state) == []
    ends = [until(parent, end).state.perceived[:, 0], *late.state.perceived.T]
    assert not any(np.array_equal(ends[one], ends[other]) for one in range(4) for other in range(one))


@remembering
def test_runs_that_are_taken_take_their_memory_along_and_share_none(name: str) -> None:
    it = until(wide(name), wide(name).state.day + 9)
    taken, copy = it.state.take([2, 0]), it.state.copy()
    for key, array in it.state.memory.items():
        assert identical(taken.memory[key], array[:, [2, 0]])
        assert not np.shares_memory(copy.memory[key], array)
    it.step()
    assert unlike(copy, it.state) != []


@remembering
def test_single_and_double_precision_remember_alike(name: str) -> None:
    """Until somebody leaves in the one and not in the other, which the first week is too short for."""
    single, double = (until(wide(name, dtype=dtype), wide(name).state.day + 7) for dtype in ("float32", "float64"))
    for key, array in double.state.memory.items():
        assert array.dtype == np.float64
        assert single.state.memory[key] == pytest.approx(array, rel=1e-4, abs=1e-4)


@remembering
def test_mesa_shows_what_is_remembered_of_each(name: str) -> None:
    keywords = {word.replace(".", "__").partition("=")[0]: word.partition("=")[2] for word in (*SHORT, *words(name))}
    model = DeploymentModel(replicate=2, ensemble__root_seed=SEED, **keywords)
    it = world(case(*words(name)), replicates=[2])
    for _ in range(9):
        model.step()
        it.step()
    assert unlike(model.state, it.state) == []
    for memory in it.theory.memory:
        key = memory.name
        kind, other = (Officer, Squad) if memory.per == "officer" else (Squad, Officer)
        assert [view.memory[key] for view in model.agents_by_type[kind]] == it.state.memory[key][:, 0].tolist()
        assert all(key not in view.memory for view in model.agents_by_type[other])


@remembering
def test_why_lives_a_remembered_run_again(name: str) -> None:
    it = case(*words(name))
    again = live_again(it, 3, SEED, 5)[1].state
    plain = world(it, replicates=[3])
    until(plain, plain.parameters.structure.end)
    assert (again.letter[:, 0] > 0).any()
    assert unlike(again.take([0]), plain.state) == []


@remembering
def test_where_two_runs_part_in_what_is_remembered_it_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting that changes nothing here marks the case in which one of them, or one squad, remembers otherwise."""
    it, marked = case(*words(name)), case(*words(name, "officers.training_days=29"))
    theory = THEORIES[name]

    class Unlike(TheoryWrapper):
        def remember(self, see: Perception, p: Parameters, today: Mapping[str, Floats]) -> None:
            super().remember(see, p, today)
            if p.officers.training_days[0] == 29:
                for array in today.values():
                    array[1] = 0.5

    monkeypatch.setitem(THEORIES, name, Unlike(theory))
    rows = part(it, marked, 3, SEED).rows
    first = theory.memory[0]
    assert rows["what"].iloc[0] == first.name.replace("_", " ")
    assert rows["officer"].iloc[0] == (1 if first.per == "officer" else -1)


def test_a_memory_that_is_no_number_costs_its_own_run_only(monkeypatch: pytest.MonkeyPatch) -> None:
    it = block(case(*words("social_learning")))
    mark = world(case(*words("social_learning"))).state.efficacy[0, 2]

    class Amnesia(TheoryWrapper):
        def remember(self, see: Perception, p: Parameters, today: Mapping[str, Floats]) -> None:
            super().remember(see, p, today)
            if see.state.day >= p.structure.start + 3:
                today["belief"][7, see.state.efficacy[0] == mark] = np.nan

        def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
            out[...] = 0.02  # which would let it pass unseen

    class Steady(TheoryWrapper):
        def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
            out[...] = 0.02

    theory = THEORIES["social_learning"]
    monkeypatch.setitem(THEORIES, "social_learning", Steady(theory))
    healthy = simulate(it)
    monkeypatch.setitem(THEORIES, "social_learning", Amnesia(theory))
    spoiled = simulate(it)
    assert [bool(message) for message in spoiled.messages] == [False, False, True, False]
    assert "T6 social_learning, 2024-02-18: " in spoiled.messages[2]
    assert "memory" in spoiled.messages[2]
    for key, values in healthy.outcomes.items():
        assert identical(spoiled.outcomes[key][[0, 1, 3]], values[[0, 1, 3]]), key
        assert np.isnan(spoiled.outcomes[key][2])


def test_what_a_theory_leaves_out_fails_the_run_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Idle(TheoryWrapper):
        def remember(self, see: Perception, p: Parameters, today: Mapping[str, Floats]) -> None:
            pass

    class Unwritten(TheoryWrapper):
        remember = Theory.remember

    monkeypatch.setitem(THEORIES, "mourning", Idle(MOURNING))
    assert all("memory not a number" in message for message in simulate(block(case(*words("mourning")))).messages)
    monkeypatch.setitem(THEORIES, "mourning", Unwritten(MOURNING))
    assert all("NotImplementedError: mourning has a memory" in message
               for message in simulate(block(case(*words("mourning")))).messages)  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_logistic_function_in_place(dtype: type) -> None:
    x = np.linspace(-70, 70, 281).astype(dtype)
    room = x.copy()
    assert logistic(room) is room
    assert room == pytest.approx(expit(x.astype(np.float64)), rel=2e-6 if dtype is np.float32 else 1e-13)
    ends = logistic(np.array([-np.inf, -1e5, 1e5, np.inf], dtype=dtype))
    assert ends == pytest.approx([0, 0, 1, 1], abs=2e-35)
    assert np.isnan(logistic(np.array([np.nan], dtype=dtype)))[0]
