"""The load of a full room, at small size; and a page that is that of its table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from experiments.page_load import run
from sim.tabletop.board import Board
from tests.experiments.commands import study

FOLDER = Path(run.__file__).parent


def test_no_two_players_are_given_the_same_level_on_the_same_day(board: Board) -> None:
    shared = run.shared_out(board, 30)
    assert len(shared) == 30
    every = [(level, day) for _role, orders in shared for level, day, _value in orders]
    assert len(every) == len(set(every))
    assert min(len(orders) for _role, orders in shared) >= 60 * run.MINUTES / run.EVERY
    for role, orders in shared:
        assert {level for level, _day, _value in orders} <= set(board.table.roles[role].orders)


def test_an_order_that_is_lost_is_noticed(board: Board) -> None:
    seen = run.Measured(acknowledged={("levers.reserve", "2024-03-09", "5"): "9"})
    seen.seconds.append(("an order", 0.1))
    lost, _said = run.judged(seen, board)
    assert lost == ["acknowledged and not in the log: ('levers.reserve', '2024-03-09', '5')"]


def test_goals_are_judged_by_their_numbers() -> None:
    assert run.met(0.2, 0.3) == "met, 200 ms"
    assert run.met(1.6, 1.5) == "missed, 1.60 s"


def test_the_page_is_that_of_its_table() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert run.told(pd.read_csv(FOLDER / "answers.csv")) in page


@pytest.mark.slow
def test_the_study_loads_a_server_and_loses_nothing(tmp_path: Path) -> None:
    study("page_load/run", "--minutes=0.2", "--players=5", to=tmp_path / "page")
    text = (tmp_path / "page" / "README.md").read_text(encoding="utf-8")
    assert "No lost order and no error: met" in text


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Board:
    from sim.tabletop.first_line import first_line
    from sim.tabletop.session import begin

    return begin(tmp_path_factory.mktemp("table") / "table", lambda: first_line(["theory=breach"])).board
