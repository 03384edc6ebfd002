"""Every combination of a few levers is a case under each theory, and a word that makes none is refused."""

from __future__ import annotations

import warnings
from datetime import date

import pytest

from sim.analysis import lever_grid
from sim.analysis.lever_grid import PULLED_ON, read_grid
from sim.analysis.lever_orders import farthest
from sim.errors import NoEffect, UserMistake
from sim.model.withdrawal import THEORIES
from tests.worlds import SHORT

BREACH = ("theory=breach", *SHORT)


def level(case, lever):
    """The last level that the case's orders write to a lever."""
    written = [(event.date, value) for event in case.events if event.origin == "player"
               for name, _, value in event.writes if name == f"levers.{lever}"]  # fmt: skip
    return written[-1] if written else None


def test_a_combination_is_a_number_whose_bits_are_levers() -> None:
    grid = read_grid(BREACH, "pay_escrow,kit_first,insurance")
    (cases,) = grid.cases.values()
    assert (grid.size, len(cases), len({case.id for case in cases})) == (8, 8, 8)
    assert [pull.name for pull in grid.pulled(5)] == ["pay_escrow", "insurance"]
    assert cases[5].label.endswith("pay_escrow + insurance")
    assert [level(cases[5], name) for name in ("pay_escrow", "kit_first", "insurance")] == [
        (PULLED_ON, 1.0), None, (PULLED_ON, 1.0),
    ]  # fmt: skip
    assert not any(event.origin == "player" for event in cases[0].events), "nothing done is the world as it is"


def test_a_later_row_of_the_record_does_not_undo_a_lever() -> None:
    """On 6 March the United States decline, which writes foreign troops."""
    grid = read_grid(BREACH, "foreign_troops")
    (cases,) = grid.cases.values()
    assert level(cases[1], "foreign_troops") == (date(2024, 3, 6), 3000.0)


def test_without_a_theory_all_are_taken_and_the_reference_is_on_its_prior() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NoEffect)
        grid = read_grid(["clock.end=2024-03-20"], "pay_escrow")
    assert list(grid.cases) == list(THEORIES)
    assert {theory: cases[1].mode for theory, cases in grid.cases.items() if theory != "breach"} == {
        "constant": "prior", "threat_efficacy": "posterior", "prospects": "posterior", "squad_threshold": "posterior",
    }  # fmt: skip
    assert "weeks" in grid.request.plan.kept


def test_levers_are_pulled_as_far_as_they_go_unless_a_level_is_named() -> None:
    grid = read_grid(BREACH, "first_contingent,gang_truce:0.5")
    assert [(pull.before, pull.level, pull.holder) for pull in grid.pulls] == [
        (300, 50, "the sending government"), (0, 0.5, "the gangs"),
    ]  # fmt: skip


def test_the_usual_levers_keep_somebody_and_lock_nobody_in() -> None:
    (case,) = (cases[0] for cases in read_grid(BREACH, "pay_escrow").cases.values())
    assert set(lever_grid.USUAL) <= set(farthest(case))
    assert set(lever_grid.USUAL).isdisjoint({"mandatory", "squad_opt_out", "reserve", "us_support", "gang_truce"})


@pytest.mark.parametrize(("words", "levers", "said"), [
    ([], "pay_escrw", "no such lever; near it: pay_escrow"),
    ([], "default", "no such lever"),
    ([], "", "names of levers"),
    ([], "pay_escrow,pay_escrow", "named twice"),
    ([], "pay_escrow,insurance,evacuation,rules_published,kit_first,mandatory,reserve", "at most 6"),
    ([], "pay_escrow:2", "from 0 to 1"),
    ([], "pay_escrow:", "first_contingent:100"),
    ([], "pay_escrow:nan", "first_contingent:100"),
    ([], "first_contingent:1_00", "first_contingent:100"),
    ([], "first_contingent:1e999", "levers=first_contingent:inf"),
    ([], "first_contingent:12.5", "levers=first_contingent:12.5: officers are whole"),
    ([], "foreign_troops:0.2", "troops are whole, such as foreign_troops:1"),
    ([], "first_contingent:-5", "levers=first_contingent:-5: a number from 0"),
    ([], "pay_escrow:much", "first_contingent:100"),
    (["levers.pay_escrow=1"], "pay_escrow:1", "stands there already"),
    (["gangs.blocs=3,5"], None, "gangs.blocs=3,5: one value: this shows one world"),
    (["design=lhs", "design.prior=all"], None, "design=lhs: one world a theory"),
    (["ensemble.until=1"], None, "ensemble.until"),
    (["clock.end=2024-02-28"], None, "clock.end"),
    (["clock.start=2024-03-02"], None, "clock.start"),
    (["officers.pol=3"], None, "officers.pol"),
])  # fmt: skip
def test_mistakes_are_named(words, levers, said) -> None:
    typed = {word.partition("=")[0]: word for word in (*BREACH, *words)}
    with pytest.raises(UserMistake, match=said) as raised:
        read_grid(list(typed.values()), levers)
    assert "\n" not in str(raised.value)
