"""Which cases of a store one chooses between, and which explore a space or lie on a grid."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from sim.figures.store_contents import StoreContents


class Notes:
    """A store as far as its invocations go."""

    def __init__(self, *notes: dict[str, Any]) -> None:
        self._notes = list(notes)

    def invocations(self) -> list[dict[str, Any]]:
        return self._notes


def contents(cases: list[str], *notes: dict[str, Any], named: tuple[str, ...] = ()) -> StoreContents:
    rows = pd.DataFrame({"case": cases, "label": [f"record · breach · {case}" for case in cases],
                         "scenario.name": "record", "theory.name": "breach"})  # fmt: skip
    return StoreContents(Notes(*notes), rows, pd.DataFrame(), 7, named=frozenset(named))


@pytest.mark.parametrize(
    ("note", "explores"),
    [
        ({"design": {"name": "lhs"}, "cases": ["b"]}, True),
        ({"design": {"name": "factorial"}, "cases": ["b"], "swept": ["gangs.blocs"]}, False),
        ({"design": {"name": "factorial"}, "cases": ["b"], "swept": ["gangs.blocs", "media.rumour_rate"]}, True),
        ({"design": {"name": "factorial"}, "cases": ["b", *"cdefghijklmn"], "swept": ["gangs.blocs"]}, True),
        ({"design": {"name": "factorial"}, "cases": ["b", *"cdefghijklm"], "swept": ["gangs.blocs"]}, False),
        ({"design": {"name": "factorial"}, "cases": ["b"], "swept": ["scenario", "theory"]}, False),
        ({"design": {"name": "file"}, "cases": ["b"]}, False),
        ({"cases": ["b"]}, False),
    ],
)
def test_points_of_a_design_or_a_grid_are_no_cases_to_choose_between(note: dict[str, Any], explores: bool) -> None:
    assert list(contents(["a", "b"], note).people["case"]) == (["a"] if explores else ["a", "b"])
    assert list(contents(["a", "b"], note, named=("b",)).people["case"]) == ["a", "b"], "unless somebody names one"


def test_where_all_cases_are_points_they_are_all_there_is() -> None:
    assert list(contents(["a", "b"], {"design": {"name": "lhs"}, "cases": ["a", "b"]}).people["case"]) == ["a", "b"]


@pytest.mark.parametrize("count", [3, 4, 5])
def test_four_cases_make_a_grid(count: int) -> None:
    grids = list(contents(list("abcde")[:count]).groups())
    assert [(of, list(rows["case"])) for of, rows in grids] == (
        [(("record", "breach"), list("abcde")[:count])] if count >= 4 else []
    )


def test_the_cases_of_one_sweep_come_before_all_that_there_are() -> None:
    note = {"design": {"name": "factorial"}, "cases": list("abcd"), "swept": ["gangs.blocs"]}
    assert [len(rows) for _, rows in contents(list("abcdef"), note).groups()] == [4, 6]
