"""Sets of levers under a cost: the page is of the costs, the model and the kept worlds that there are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from experiments.paired_options import POSTERIOR, PRIOR, basis, documented
from experiments.portfolio import run
from experiments.portfolio.costs import Costs, read_costs
from experiments.portfolio.selection import Selection
from sim.errors import UserMistake
from tests.experiments.commands import study

AGAIN = "the page is stale: python experiments/portfolio/run.py makes it again"
COSTS = Costs(
    "points", {"pay_escrow": 3.0, "kit_first": 4.0, "insurance": 2.0}, {"January": 1.5, "accord": 1.0}, (4.0, 9.0)
)


@pytest.fixture(scope="module")
def found() -> dict[str, pd.DataFrame]:
    return run.read_tables()


@pytest.fixture(scope="module")
def costs() -> Costs:
    return run.costs_from(str(run.PLACEHOLDERS))[1]


def test_the_page_is_of_the_model_the_worlds_and_the_sets_that_there_are(found):
    replicates, parts = int(found["basis"]["replicates"].iloc[0]), []
    names = list(dict.fromkeys(found["basis"]["set"]))
    for mode in (POSTERIOR, PRIOR):
        base = documented(mode)
        parts.append(basis([run.option_of(run.read_name(name), base) for name in names], mode, replicates))
    pd.testing.assert_frame_equal(pd.concat(parts, ignore_index=True), found["basis"], check_dtype=False, obj=AGAIN)


def test_the_page_is_of_the_costs_that_there_are(found, costs):
    assert found["sets"]["set"].tolist() == [run.name_of(pulled) for pulled in costs.sets()][1:], AGAIN
    for row in found["front"].to_dict("records"):
        assert row["cost"] == pytest.approx(costs.of(run.read_name(row["set"])))
        assert row["cost"] <= row["budget"]


def test_the_page_says_what_its_tables_say(found, costs):
    shown = (run.HERE / "README.md").read_text("utf-8").partition("\nFigures of model version")[0]
    assert shown.strip() == run.page(found, costs).strip(), AGAIN


def test_more_money_never_keeps_fewer_than_can_be_told(found):
    front = found["front"]
    assert (front["kept"].diff().dropna() > -run.WORTH).all()


def test_every_set_that_can_be_paid_is_there_once():
    names = [run.name_of(pulled) for pulled in COSTS.sets()]
    assert len(names) == len(set(names)) == 1 + 7 + 5, "all but two of those in January"
    assert names[0] == run.NOBODY
    assert all(run.name_of(run.read_name(name)) == name for name in names)


def test_a_set_costs_what_its_levers_cost_on_their_days():
    assert COSTS.of({"pay_escrow": "January", "insurance": "accord"}) == 1.5 * 3 + 2
    assert COSTS.of({}) == 0


def test_one_lever_at_a_time_is_moved_to_another_day():
    moved = run.moved({"pay_escrow": "accord", "insurance": "accord"}, COSTS, 6.2)
    assert moved == [{"pay_escrow": "accord", "insurance": "January"}], "the other move costs 6.5"


def test_a_set_is_pulled_as_its_days_say():
    case = documented(POSTERIOR)["breach"]
    orders = run.pulled_case(case, {"pay_escrow": "January", "kit_first": "accord"}).orders
    days = {event.date.isoformat(): [target for target, *_ in event.writes] for event in orders}
    assert days == {"2024-01-26": ["levers.pay_escrow"], "2024-03-01": ["levers.kit_first"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("levers: {pay_escrw: 3}", "levers.pay_escrw=3: no such name; near it: pay_escrow"),
        ("levers: {pay_escrow: -3}", "levers.pay_escrow=-3: a number from 0"),
        ("levers: {pay_escrow: yes}", "levers.pay_escrow=true: a number from 0"),
        ("levers: {pay_escrow: .inf}", "levers.pay_escrow=inf: a number from 0"),
        ("levers: {mandatory: 1}", "levers.mandatory=1: no such name"),
        ("levers: {pay_escrow: 300}", "budgets=[3]: one at least that buys a lever"),
        ("levers: []", "levers=[]: numbers by name"),
        ("lovers: {pay_escrow: 3}", "a mapping with unit, levers, dates, budgets"),
    ],
)
def test_a_mistake_in_the_costs_is_said_in_one_line(text, said, tmp_path):
    file = tmp_path / "costs.yaml"
    file.write_text(f"unit: points\n{text}\ndates: {{accord: 1}}\nbudgets: [3]\n", encoding="utf-8")
    with pytest.raises(UserMistake) as fault:
        read_costs(file, tuple(run.levels_of()), tuple(run.PULLED))
    assert said in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_file_of_costs_that_is_not_there_is_said():
    with pytest.raises(UserMistake, match="cannot be read"):
        read_costs(Path("nowhere.yaml"), ("pay_escrow",), ("accord",))


def choose(means: list[float], luck: np.random.Generator, worlds: int = 400) -> np.ndarray:
    """Select among options of these means under common luck, in rounds of five worlds."""
    options = len(means)
    values = np.array(means) + 2 * luck.normal(size=(worlds, options)) + 8 * luck.normal(size=(worlds, 1))
    rule, alive = Selection(1.0, options), np.ones(options, dtype=bool)
    for count in range(rule.first, worlds + 1, 5):
        alive = rule.kept(values[:count], alive)
    return alive


def test_the_best_is_kept_as_surely_as_it_is_said():
    """One of eight is better by just what is worth telling; the shared luck is far larger than that."""
    luck, kept = np.random.default_rng(3), 0
    for _ in range(200):
        alive = choose([0.0] * 7 + [1.0], luck)
        kept += alive[7] and alive.sum() == 1
    assert kept / 200 >= 0.93


def test_equal_options_are_not_told_apart_and_far_ones_are_gone_at_once():
    luck = np.random.default_rng(4)
    values = np.repeat(luck.normal(size=(20, 1)), 3, axis=1)
    values[:, 2] -= 50
    assert Selection(1.0, 3).kept(values, np.ones(3, dtype=bool)).tolist() == [True, True, False]
    assert Selection(1.0, 3).kept(values, np.array([False, False, True])).tolist() == [False, False, True], "never none"
    with pytest.raises(ValueError, match="first stage"):
        Selection(1.0, 3).kept(values[:5], np.ones(3, dtype=bool))


@pytest.mark.slow
def test_the_study_of_portfolios_writes_its_page_of_own_costs(tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(
        "unit: shillings\nlevers: {pay_escrow: 3, kit_first: 4}\ndates: {January: 2, accord: 1}\nbudgets: [1, 4, 7]\n",
        encoding="utf-8",
    )
    study("portfolio/run", "--replicates=25", f"--costs={own}", f"--out={tmp_path / 'store'}", to=tmp_path / "page")
    front = pd.read_csv(tmp_path / "page" / "front.csv")
    assert front["cost"].le(front["budget"]).all()
    assert front["set"].iloc[0] == run.NOBODY, "one shilling buys nothing"
    assert front["kept"].is_monotonic_increasing
    page = (tmp_path / "page" / "README.md").read_text(encoding="utf-8")
    assert "shillings" in page
    assert "placeholders" not in page
    assert "not a forecast" in page
    assert (tmp_path / "page" / "cost-front.png").read_bytes().startswith(b"\x89PNG")
