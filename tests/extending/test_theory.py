"""The theories of docs/EXTENDING.md, as they stand there."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.ensemble.design.request import request
from sim.model.withdrawal.interface import TheoryWrapper, logistic
from sim.model.withdrawal.look import look
from tests.ensemble.tiny_worlds import until, world
from tests.worlds import unlike


def answers_to_threat(conf, theory, tmp_path):
    words = {"config_path": conf, "theory": theory, "replicates": 8, "out": tmp_path / "store"}
    calm = sim.run(**words, settings={"theory.threat": 0, "clock.end": "2024-03-20"})
    afraid = sim.run(**words, settings={"theory.threat": 1, "clock.end": "2024-03-20"})
    assert (afraid.outcomes["status"] == "ok").all()
    assert afraid.outcomes["exits_by_end"].sum() > calm.outcomes["exits_by_end"].sum() > 0


def test_the_theory_of_the_page_runs_and_answers_to_its_setting(example, tmp_path):
    conf = example("A sixth theory")
    answers_to_threat(conf, "shared_fear", tmp_path)


def test_the_theory_with_memory_runs_and_answers_to_its_setting(example, tmp_path):
    conf = example("A theory with memory")
    answers_to_threat(conf, "social_learning", tmp_path)


def test_the_compiled_theory_runs_and_answers_to_its_setting(example, tmp_path):
    conf = example("A compiled theory")
    answers_to_threat(conf, "bare_fear", tmp_path)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_compiled_theory_says_what_plain_python_says(example, dtype):
    conf = example("A compiled theory")

    class Plain(TheoryWrapper):
        def hazard(self, see, p, out):
            z = see.threat(p, out=np.empty_like(see.state.perceived))
            out[...] = np.log(p.theory.base_hazard) + p.theory.threat * (z - see.state.efficacy)
            logistic(out)

    case = request(["theory=bare_fear", "officers.pool=40"], conf).case
    it = world(case, dtype=dtype)
    until(it, it.state.day + 20)
    fast, plain = (np.full_like(it.state.perceived, np.nan) for _ in range(2))
    see = look(it.state, it.parameters)
    it.theory.hazard(see, it.parameters, fast)
    Plain(it.theory).hazard(see, it.parameters, plain)
    assert fast == pytest.approx(plain, rel=1e-4 if dtype == "float32" else 1e-12)


def test_the_compiled_theory_goes_by_day_by_day_as_it_does_in_one_go(example):
    conf = example("A compiled theory")
    case = request(
        ["theory=bare_fear", "theory.base_hazard=0.02", "officers.pool=40", "clock.end=2024-03-20"], conf
    ).case
    in_one_go, by_day = world(case), world(case)
    end = in_one_go.parameters.structure.end
    while in_one_go.running:
        in_one_go.go_on(end)
    by_day.theory = TheoryWrapper(by_day.theory)
    until(by_day, end)
    assert unlike(in_one_go.state, by_day.state) == []
    assert (by_day.state.present == 0).any()


def learners(conf, **settings):
    """A world in which officers learn from each other, as these settings of the theory have it."""
    words = [f"theory.{name}={value}" for name, value in settings.items()]
    return world(request(["theory=social_learning", "officers.pool=40", *words], conf).case)


def test_a_squad_that_listens_comes_to_believe_what_its_leader_does(example):
    """Who trusts the squad alone (a = 1) takes over its belief, and the leader's is most of it."""
    conf = example("A theory with memory")
    squads = learners(conf, trust=1, leader_weight=100, base_hazard=1e-9)
    layout = squads.parameters.layout
    squads.state.memory["belief"][layout.leads] = 2
    squads.step()
    belief = squads.state.memory["belief"]
    assert belief[:, 3] == pytest.approx(200 / (99 + layout.to_officers(layout.sizes)[:, 3]))
    until(squads, squads.state.day + 60)
    assert np.ptp(belief[layout.squad_of[:, 0] == 0, 0]) == pytest.approx(0, abs=1e-5)


def test_who_trusts_nobody_believes_what_he_perceives(example):
    conf = example("A theory with memory")
    loners = learners(conf, trust=0)
    until(loners, loners.state.day + 40)
    o = loners.parameters.officers
    own = (loners.state.perceived - o.baseline) / o.baseline_sd
    assert loners.state.memory["belief"] == pytest.approx(own, abs=1e-5)
