"""Faults are told in one line of letters that everybody sees."""

from __future__ import annotations

import pickle
import sys

import pytest

from sim.ensemble.design.designs.interface import Sampling
from sim.ensemble.design.designs.morris import Morris
from sim.ensemble.design.designs.sobol import Sobol
from sim.errors import StoreDamaged, TabletopError, UserMistake, of_extra


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (UserMistake("a\nb", "7\x1b", "no\tsuch"), "a b=7\\x1b: no such"),
        (StoreDamaged("case \x7f\nis gone"), "case \\x7f is gone"),
        (TabletopError("a\r\nb"), "a b"),
    ],
)
def test_what_a_fault_shows_has_no_letter_that_nobody_sees(fault: TabletopError, line: str):
    assert str(fault) == line
    again = pickle.loads(pickle.dumps(fault))
    assert (type(again), str(again)) == (type(fault), line)


def test_a_missing_extra_is_named():
    with pytest.raises(UserMistake) as mistake, of_extra("query", "executor", "dask"):
        raise ImportError("no module of the name")
    assert str(mistake.value) == "executor=dask: needs the extra [query]: pip install 'haiti-tabletop[query]'"


@pytest.mark.parametrize("design", [Morris(size=4), Sobol(size=4)])
def test_designs_without_salib_name_its_extra(design: Sampling, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "SALib.sample", None)
    with pytest.raises(UserMistake, match=rf"design={design.name}: needs the extra \[sensitivity\]"):
        design.unit(3)
