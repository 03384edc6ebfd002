"""The case of a composed configuration: its world, and its label from the words that were typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sim.ensemble.cases.case import Case
from sim.ensemble.cases.conditioning import conditioned, held_by_files
from sim.ensemble.cases.event_tables import read_events
from sim.ensemble.cases.posterior import KEY
from sim.errors import UserMistake
from sim.model.withdrawal import THEORIES
from sim.settings import schema
from sim.settings.overrides import is_only_told, key_of
from sim.settings.schema import Value

_NOT_WORLD = ("ensemble.",)
LONGEST_PART, LONGEST_LABEL = 80, 240
"""Letters of one word in a label, and of a label."""


def case_of(config: Mapping[str, Any], overrides: Sequence[str] = ()) -> Case:
    """The case alone of a composed configuration; ``overrides`` only serve its label."""
    return case_from(config, checked(config), overrides)


def checked(config: Mapping[str, Any]) -> dict[str, Value]:
    """Every setting of a composed configuration; raises UserMistake for one that is unknown or out of bounds."""
    return schema.check(config, {name: theory.parameters for name, theory in THEORIES.items()})


def case_from(config: Mapping[str, Any], values: Mapping[str, Value], overrides: Sequence[str]) -> Case:
    """The same with settings that are :func:`checked` already; raises UserMistake for what is no scenario."""
    scenario = config.get("scenario")
    if not isinstance(scenario, Mapping):
        raise UserMistake("scenario", scenario, "a scenario with name, story and events")
    unknown = set(scenario) - {"name", "story", "events"}
    if unknown:
        raise UserMistake(f"scenario.{sorted(unknown)[0]}", None, "a scenario has name, story and events")
    world = {key: value for key, value in values.items() if not key.startswith(_NOT_WORLD)}
    table, name = scenario.get("events") or {}, str(scenario.get("name", "unnamed"))
    case = Case(
        scenario=name,
        story=" ".join(str(scenario.get("story", "")).split()),
        values=world,
        events=read_events(table, world),
        table=table,
        label=label_of(name, str(values["theory.name"]), overrides),
    )
    asked = config.get("unknowns")
    drawn = conditioned(case, asked if isinstance(asked, Mapping) else {}, [key_of(word) for word in overrides])
    held = held_by_files(drawn, [key_of(word) for word in overrides])
    return replace(drawn, label=_brief(" · ".join([drawn.label, *held]), LONGEST_LABEL)) if held else drawn


def label_of(scenario: str, theory: str, overrides: Sequence[str]) -> str:
    """``scenario · theory`` and whatever else of the world was typed, in few letters."""
    frame = ("ensemble", "executor", "design", "out", "experiment", "hydra")
    own = []
    for word in overrides:
        key, value = key_of(word), word.partition("=")[2]
        chosen = (key, value) in (("scenario", scenario), ("theory", theory))
        if not chosen and key.partition(".")[0] not in frame and key != KEY and not is_only_told(key):
            own.append(_brief(word.lstrip("+"), LONGEST_PART))
    return _brief(" · ".join([scenario, theory, *own]), LONGEST_LABEL)


def _brief(text: str, most: int) -> str:
    """A text in at most so many letters: its beginning and its end."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most // 2]}…{line[len(line) - most // 2 + 1 :]}"
