"""Faults are told in one line of letters that everybody sees."""

from __future__ import annotations

import pickle

import pytest

from sim.errors import StoreDamaged, TabletopError, UserMistake


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
