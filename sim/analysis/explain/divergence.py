"""Runs of a store found again, and the day on which two paired runs part.

A case comes back from its row in the store: every world setting and the canonical events are there. Two runs are
paired when they have the replicate and the root seed in common; whatever differs between them then comes from their
cases, never from luck. Both are lived again side by side and compared each evening, number by number.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from sim.arrays import Array
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.naming import names_of, the_one
from sim.ensemble.cases.run_numbers import named_run, run_numbers
from sim.ensemble.engine.block import Block, Simulation
from sim.ensemble.store.store import Store
from sim.errors import StoreDamaged, UserMistake
from sim.model import MODEL_VERSION
from sim.model.state import Letter, Stage, State

COMPARED: Mapping[str, tuple[str, ...]] = {
    "events": ("documented_attacks", "documented_salience", "kenya_salience"),
    "levers": (
        "pay_escrow", "insurance", "evacuation", "rules_published", "kit_first", "leaders_briefed", "credible_denial",
        "squad_opt_out", "mandatory", "first_contingent", "reserve", "foreign_troops", "us_support", "gang_truce",
    ),
    "governments": (
        "prime_minister", "authority", "police", "trust_fund", "phase", "court_block", "accord", "funds_first",
        "readiness", "kit_gap", "funding", "arrears", "slips", "selected", "imminence", "assurance",
    ),
    "gangs": (
        "shut_out", "coalition", "intensity", "attacks", "control", "deaths_gang", "deaths_operations",
        "deaths_vigilantes", "civilian_harm",
    ),
    "media": ("media", "rumour", "report", "denied"),
    "officers": ("tolerance", "baseline", "dread", "efficacy", "pay_need", "friction", "perceived", "cumulated"),
}  # fmt: skip
"""What is compared, group by group in the order of a day, beside what a theory remembers; of officers, those whom both
runs have."""
_WORDS = {
    "media": "news and rumour that officers hear",
    "perceived": "perceived hazard",
    "cumulated": "cumulated hazard",
    "intensity": "expected attacks",
    "report": "a withdrawal reported",
    "denied": "a report denied",
}


def find_case(store: Store, asked: str, key: str = "CASE") -> Case:
    """The one case of a store that a word names (:mod:`sim.ensemble.cases.naming`).

    Raises
    ------
    UserMistake
        No case is named, or more than one.
    StoreDamaged
        The store belongs to another version of the model, or the case does not come back as it was stored.
    """
    if store.model_version != MODEL_VERSION:
        raise StoreDamaged(
            f"{store.folder} belongs to model version {store.model_version}, and this is {MODEL_VERSION}: "
            "its runs cannot be lived again; use the version that made it"
        )
    rows = store.cases()
    at = the_one(key, asked, *names_of(rows, store.called()))
    return case_of_row(rows.iloc[at].to_dict(), store)


def case_of_row(row: Mapping[Hashable, Any], store: Store) -> Case:
    """Rebuild a case from its row; its story, and the names and texts of its events, are not stored.

    Raises
    ------
    StoreDamaged
        A setting is missing or impossible, or the case's id is not that of the row.
    """
    try:
        return Case.from_row(row)
    except StoreDamaged as fault:
        raise StoreDamaged(f"{store.folder}: {fault}") from fault


def find_runs(store: Store, case: Case, root_seed: int | None = None) -> pd.DataFrame:
    """The good runs of a case under one root seed.

    Raises
    ------
    UserMistake
        There are none, or they are of several root seeds and none is named.
    """
    runs = store.runs(cases=[case.id])
    runs = runs[runs["status"] == "ok"]
    seeds = sorted(int(seed) for seed in runs["root_seed"].unique())
    if not seeds:
        raise UserMistake("CASE", case.id, f"{store.folder} has no good run of it")
    if root_seed is None and len(seeds) > 1:
        raise UserMistake("--root-seed", None, f"the case was run under {', '.join(map(str, seeds))}; name one")
    chosen = seeds[0] if root_seed is None else root_seed
    if chosen not in seeds:
        raise UserMistake("--root-seed", root_seed, f"the case was run under {', '.join(map(str, seeds))}")
    return runs[runs["root_seed"] == chosen]


def find_run(runs: pd.DataFrame, replicate: str, key: str = "REPLICATE") -> pd.Series[Any]:
    """The row of one replicate, as typed; a UserMistake says which there are."""
    rows = runs[run_numbers(runs) == named_run(replicate)]
    if rows.empty:
        first, last = int(runs["replicate"].min()), int(runs["replicate"].max())
        right = f"a replicate that the store has a good run of: {len(runs):,} from {first} to {last}"
        raise UserMistake(key, replicate, right)
    return rows.iloc[0]


@dataclass(frozen=True)
class Parting:
    """How two paired runs part.

    Attributes
    ----------
    settings
        Simulation settings in which the cases differ; ``scenario.events`` for their events.
    rows
        One row for each thing that ever differs, by day and then in the order of a day: group, what, day, officer
        (of those that differ that day, the one with the largest gap; -1 for what is no officer's), others (how many
        more officers differ that day), first, second (values; null for a fate). The day before the first is the eve.
    fates
        One row an officer whose fate differs, by the day on which it does: officer, day, first, second (words).
    """

    cases: tuple[Case, Case]
    run: int
    root_seed: int
    settings: tuple[str, ...]
    start: date
    rows: pd.DataFrame
    fates: pd.DataFrame

    @property
    def day(self) -> date | None:
        """First day on which anything differs; the eve of the first day where they never were the same."""
        return None if self.rows.empty else self.rows["day"].iloc[0]

    @property
    def from_start(self) -> bool:
        """Whether the runs differ before their first day."""
        return self.day is not None and self.day < self.start

    def first_officer(self) -> int | None:
        """The first officer whose fate differs, else the first whose perceived or cumulated hazard does."""
        if len(self.fates):
            return int(self.fates["officer"].iloc[0])
        own = self.rows[self.rows["officer"] >= 0]
        return None if own.empty else int(own["officer"].iloc[0])


def part(first: Case, second: Case, run: int, root_seed: int) -> Parting:
    """Live two paired runs side by side, by their number, on the days and with the officers that both have."""
    worlds = [Simulation.of(Block.of_run((case,), run, root_seed)) for case in (first, second)]
    start = max(world.parameters.structure.start for world in worlds)
    for world in worlds:
        while world.state.day < start - 1:
            world.step()
    differing: dict[str, dict[str, Any]] = {}
    fates: dict[int, dict[str, Any]] = {}
    while True:
        for row in _differing(worlds[0].state, worlds[1].state, differing):
            differing[row["what"]] = row
        for row in _parted(worlds[0].state, worlds[1].state):
            fates.setdefault(row["officer"], row)
            first_fate = {
                "group": "officers",
                "what": "fate",
                "day": row["day"],
                "officer": row["officer"],
                "others": -1,
            }
            fate = differing.setdefault("fate", first_fate)
            fate["others"] += row["day"] == fate["day"]
        if not all(world.running for world in worlds):
            break
        for world in worlds:
            world.step()
    rows = pd.DataFrame(
        list(differing.values()), columns=["group", "what", "day", "officer", "others", "first", "second"]
    )
    return Parting(
        (first, second),
        run,
        root_seed,
        _settings(first, second),
        date.fromordinal(start),
        rows,
        pd.DataFrame(list(fates.values()), columns=["officer", "day", "first", "second"]),
    )


def _differing(first: State, second: State, known: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for group, what, in_first, in_second in _both(first, second):
        if what in known:
            continue
        one, two = (np.atleast_1d(values[..., 0]).astype(np.float64) for values in (in_first, in_second))
        one, two = one[: len(two)], two[: len(one)]
        gaps = np.abs(one - two)
        if not gaps.any():
            continue
        most = int(gaps.argmax())
        yield {
            "group": group,
            "what": what,
            "day": date.fromordinal(first.day),
            "officer": most if group == "officers" else -1,
            "others": int((gaps > 0).sum()) - 1,
            "first": float(one[most]),
            "second": float(two[most]),
        }


def _both(first: State, second: State) -> Iterator[tuple[str, str, Array, Array]]:
    """Group and name of everything that is compared, with its array in each state, in the order of a day."""
    for group, names in COMPARED.items():
        for name in names:
            if name == "cumulated":
                yield from _memories(first, second)
            yield group, _WORDS.get(name, _spaced(name)), getattr(first, name), getattr(second, name)


def _memories(first: State, second: State) -> Iterator[tuple[str, str, Array, Array]]:
    """What the theories of both remember: it follows what officers perceive, and hazards follow it."""
    for name in (name for name in first.memory if name in second.memory):
        group = "officers" if len(first.memory[name]) == len(first.stage) else "squads"
        yield group, _spaced(name), first.memory[name], second.memory[name]


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _parted(first: State, second: State) -> Iterator[dict[str, Any]]:
    both = min(len(first.stage), len(second.stage))
    gone = [[state.letter[:both, 0], np.maximum(state.stage[:both, 0], Stage.DEPLOYED)] for state in (first, second)]
    for officer in np.flatnonzero((gone[0][0] != gone[1][0]) | (gone[0][1] != gone[1][1])):
        words = [_word(state, int(officer)) for state in (first, second)]
        yield {"officer": int(officer), "day": date.fromordinal(first.day), "first": words[0], "second": words[1]}


def _word(state: State, officer: int) -> str:
    stage, letter = Stage(state.stage[officer, 0]), Letter(state.letter[officer, 0])
    if stage >= Stage.OPTED_OUT:
        return {Stage.OPTED_OUT: "left", Stage.HOME: "home"}.get(stage, stage.name.lower())
    return {Letter.BLOCKED: "wants out, blocked", Letter.WAITING: "wants out, waits"}.get(letter, "still in")


def _settings(first: Case, second: Case) -> tuple[str, ...]:
    keys = dict.fromkeys([*first.values, *second.values])
    names = [key for key in keys if first.values.get(key) != second.values.get(key)]
    one, two = (json.loads(case.canonical)["events"] for case in (first, second))
    return (*names, "scenario.events") if one != two else tuple(names)
