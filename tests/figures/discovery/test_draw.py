"""F11: what is drawn is what the rules say."""

from __future__ import annotations

import pytest

from tests.figures.checks import FOOTER, said
from tests.figures.discovery.examples import EXAMPLES, NAMES, rules


@pytest.mark.parametrize("name", NAMES)
def test_every_limit_is_said_beside_its_bar(name: str) -> None:
    words = said(EXAMPLES[name](FOOTER).figure)
    for number in range(1, len(rules(name).rules) + 1):
        assert f"rule {number}: " in words
        assert f"in the box of rule {number}" in words


def test_the_examples_are_what_they_are_called() -> None:
    assert len(rules("reference").rules) >= 2
    assert len(rules("three rules").rules) == 3
    assert len(rules("one limit").rules[0].limits) == 1
    assert not rules("does not hold up").rules[0].holds_up


def test_a_bar_reaches_over_the_worlds_that_its_limit_lets_in() -> None:
    (limit,) = rules("one limit").rules[0].limits.to_dict("records")
    bars = [line for line in EXAMPLES["one limit"](FOOTER).figure.axes[0].lines if line.get_linewidth() == 5]
    assert [list(line.get_xdata()) for line in bars] == [[0, 1], [pytest.approx(limit["at"]), 1.0]]  # type: ignore
    assert limit["at"] == pytest.approx(0.8, abs=0.05)


def test_a_rule_that_does_not_hold_up_says_so() -> None:
    assert "does not hold up" in said(EXAMPLES["does not hold up"](FOOTER).figure)
    assert "does not hold up" not in said(EXAMPLES["reference"](FOOTER).figure)


def test_shares_are_those_of_the_worlds_that_were_not_searched() -> None:
    found = rules("reference")
    judged = found.rules[0].judged
    words = said(EXAMPLES["reference"](FOOTER).figure)
    assert f"{judged.hits} of {judged.inside} runs are cases" in words
    assert f"{found.judged[1]} of {found.judged[0]} runs are cases" in words
