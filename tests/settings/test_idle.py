"""What another setting switches off is told to whoever types it, and has indeed no effect."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pytest

from sim.ensemble.cases.case import Case
from sim.ensemble.design.request import request
from sim.ensemble.design.sweep import sweep
from sim.ensemble.engine.block import Simulation
from sim.errors import NoEffect
from sim.settings.idle import SWITCHES, idle
from tests.worlds import unlike

WORLD = [key for switch in SWITCHES for key in switch.keys if not key.startswith("ensemble.")]
LIVELY = ("governments.pause_authority=0", "governments.pause_control=1", "governments.resume_authority=0",
          "governments.resume_readiness=0.1", "governments.resume_funding=0.1", "governments.wave_size=15",
          "governments.wave_days=5", "clock.end=2024-04-20")  # fmt: skip
"""Under rules, Kenya deploys as soon as the record is over."""


def told(ask: Callable[..., object], *words: str) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", NoEffect)
        ask(words)
    return [str(one.message) for one in caught if issubclass(one.category, NoEffect)]


def other_value(key: str) -> float:
    return {"governments.wave_size": 60.0, "governments.wave_days": 2.0}.get(key, 0.5)


def changes(key: str, mode: str, short: Callable[..., Case], side_by_side: Callable[..., Simulation]) -> bool:
    """Whether another value of a setting is another life, in any of a few runs."""
    case = short(f"governments.mode={mode}", *LIVELY)
    other = case.varied({key: other_value(key)}, "other")
    assert case.id != other.id
    lives = [side_by_side([one], runs=2) for one in (case, other)]
    while lives[0].running:
        states = [life.step() for life in lives]
        if unlike(*states):
            return True
    return False


@pytest.mark.parametrize("key", WORLD)
def test_a_setting_of_the_rules_has_an_effect_under_rules_alone(key, short, side_by_side) -> None:
    assert not changes(key, "scripted", short, side_by_side)


def test_under_rules_they_have_one(short, side_by_side) -> None:
    moved = [key for key in WORLD if changes(key, "rules", short, side_by_side)]
    assert {"governments.pause_control", "governments.wave_size", "governments.readiness_growth"} <= set(moved)


def test_it_is_told_once_with_what_was_typed() -> None:
    assert told(request, "governments.wave_size=90", "ensemble.cap=7") == [
        "ensemble.cap=7 has no effect: ensemble.until=0 fixes the replicates",
        "governments.wave_size=90 has no effect: only governments=rules reads it",
    ]
    assert told(sweep, "governments.wave_size=90,100") == [
        "governments.wave_size has no effect: only governments=rules reads it"
    ]


def test_what_is_read_is_not_told() -> None:
    assert told(request, "governments.wave_size=90", "governments=rules") == []
    assert told(sweep, "governments.wave_size=90", "governments=scripted,rules") == []
    assert told(request, "ensemble.cap=900", "ensemble.until=0.1") == []
    assert list(idle([], request([]).case.values)) == []
