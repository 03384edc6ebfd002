"""Cases as people think of them: worlds to choose between, each under one or more theories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.analysis.record_world import RECORD, record_cases
from sim.ensemble.cases.naming import is_full, the_one
from sim.model.withdrawal import THEORIES

_DOT = " · "
MODE = "unknowns="
"""How the part of a label begins that says what becomes of unknowns."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way things could be: its name, and the id of its case under each theory, in the theories' order.

    A theory is none: nobody can choose which of them is true. ``record`` says of a world with another name that it is
    the documented one all the same.
    """

    name: str
    cases: Mapping[str, str]
    record: bool = False


def alternatives(cases: pd.DataFrame) -> tuple[Alternative, ...]:
    """Group cases (rows of a store's table of cases) into worlds, in the order in which they first appear."""
    rows = cases.drop_duplicates("case")
    parts = {str(row["case"]): _parts(row) for row in rows.to_dict("records")}
    common = set.intersection(*map(set, parts.values())) if len(parts) > 1 else set()
    # What was typed for all of them tells none apart, and the first part is the scenario's name.
    short = {case: _DOT.join([first, *(p for p in rest if p not in common)]) for case, (first, *rest) in parts.items()}
    theory = dict(zip(rows["case"], rows["theory.name"], strict=True))
    names = _unique(_without_modes(short, theory), rows)
    worlds: dict[str, dict[str, str]] = {}
    for case, name in names.items():
        worlds.setdefault(name, {})[str(theory[case])] = case
    order = {name: position for position, name in enumerate(THEORIES)}
    unsaid = RECORD not in worlds and len(worlds) > 1
    typed = [part for part in common if "=" in part]
    record = record_cases(typed, set(theory.values()) & set(THEORIES)) if unsaid else frozenset()
    return tuple(
        Alternative(name, dict(sorted(of.items(), key=lambda item: order[item[0]])), not record.isdisjoint(of.values()))
        for name, of in worlds.items()
    )


def choose(listed: Sequence[Alternative], wanted: str, key: str) -> Alternative:
    """The world that a word names, by its name or the id of one of its cases (:mod:`sim.ensemble.cases.naming`).

    The documented world answers to the record's name, too, where another name was typed for it.

    Raises
    ------
    UserMistake
        When there is none, or there are several.
    """
    return listed[the_one(key, wanted, [world.name for world in listed], [_ids(world) for world in listed])]


def is_named(world: Alternative, word: str) -> bool:
    """Whether a word names this world in full, and not only one of its cases."""
    return is_full(word, world.name, [RECORD] if world.record else [])


def usual_baseline(listed: Sequence[Alternative]) -> Alternative:
    """What the others are compared with unless someone names another: the record's world, else the first."""
    return next((world for world in listed if world.record or world.name == RECORD), listed[0])


def _ids(world: Alternative) -> list[str]:
    """What names a world in full besides its name."""
    return [*world.cases.values(), *([RECORD] if world.record else [])]


def _parts(row: Mapping[Any, Any]) -> list[str]:
    """The parts of the case's label, without its theory."""
    parts = str(row["label"]).split(_DOT)
    if len(parts) > 1 and parts[1] == row["theory.name"]:
        del parts[1]
    return parts


def _without_modes(names: Mapping[str, str], theory: Mapping[str, str]) -> dict[str, str]:
    """Names without what becomes of unknowns, where a theory has but one case of the name.

    So a theory without kept worlds is a theory of the same world, though it is run on its prior.
    """
    bare = {case: _DOT.join(p for p in name.split(_DOT) if not p.startswith(MODE)) for case, name in names.items()}
    count = Counter((theory[case], name) for case, name in bare.items())
    return {case: bare[case] if count[theory[case], bare[case]] == 1 else name for case, name in names.items()}


def _unique(names: dict[str, str], rows: pd.DataFrame) -> dict[str, str]:
    """Names that no two cases of one theory share: where they would, each adds its id."""
    theory = dict(zip(rows["case"], rows["theory.name"], strict=True))
    seen = pd.Series([(theory[case], name) for case, name in names.items()]).duplicated(keep=False)
    return {
        case: f"{name}{_DOT}{case}" if twice else name for (case, name), twice in zip(names.items(), seen, strict=True)
    }
