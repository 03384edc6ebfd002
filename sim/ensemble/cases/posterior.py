"""A posterior: by theory the worlds of a bank whose own run lived the record, as a list of whole numbers.

It is data, kept with what it is of. Where that is not what the installed program would make, it is stale, and nothing
runs on it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sim.ensemble.cases.case import Case
from sim.ensemble.cases.event_tables import read_events
from sim.ensemble.cases.run_numbers import FUTURES
from sim.ensemble.cases.unknowns import MODE, PRIOR, Unknowns, priors_of, with_ranges
from sim.errors import UserMistake
from sim.files import commit
from sim.model import MODEL_VERSION
from sim.model.withdrawal import THEORIES
from sim.paths import conf_folder
from sim.record import load as load_record
from sim.settings import schema
from sim.settings.packaged import packaged_file, packaged_values

KEY = "unknowns.posterior"
FORMAT = 1
MOST_BYTES = 50_000_000
AGAIN = "tabletop calibrate makes one, and unknowns=prior does without"
FEW = 100
"""Kept worlds below which a list does not stand for its theory: a middle 90 of 100 needs that many to be seen."""
RECORD = "as_documented"
"""The scenario that the record is told by."""


@dataclass(frozen=True)
class KeptWorlds:
    """The worlds of one theory.

    Attributes
    ----------
    bank
        Id of the bank's case.
    draws
        Worlds that were tried, 0 to ``draws`` − 1.
    worlds
        Those that lived the record, in ascending order.
    """

    bank: str
    draws: int
    worlds: tuple[int, ...]


@dataclass(frozen=True)
class Posterior:
    """Worlds that lived the record, by theory, with what they are of.

    Attributes
    ----------
    theories
        The kept worlds of each theory that was tried.
    root_seed
        The bank's.
    patterns, digest
        Name of the patterns, and the hash of what they say.
    parts
        First day of a future's own luck: the day after the last pattern's window.
    model_version, record
        What made the runs.
    ranges
        Prior ranges that the bank had instead of the settings' own, by dotted name.
    luck
        By outcome, theory and part (``luck``, ``unknowns``, ``theory``) the share of variance; empty where not known.
    path
        The file, for messages.
    """

    theories: Mapping[str, KeptWorlds]
    root_seed: int
    patterns: str
    digest: str
    parts: date
    model_version: int
    record: str
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    luck: tuple[Mapping[str, Any], ...] = ()
    path: Path = field(default=Path(), compare=False)

    def save(self, path: Path) -> None:
        """Write it, whole or not at all; worlds as steps from one to the next, which are small."""
        theories = {
            name: {"bank": kept.bank, "draws": kept.draws, "kept": len(kept.worlds), "steps": _steps(kept.worlds)}
            for name, kept in sorted(self.theories.items())
        }
        told = {
            "format": FORMAT,
            "model_version": self.model_version,
            "record": self.record,
            "patterns": self.patterns,
            "digest": self.digest,
            "root_seed": self.root_seed,
            "parts": self.parts.isoformat(),
            "ranges": {key: list(ends) for key, ends in self.ranges.items()},
            "theories": theories,
            "luck": list(self.luck),
        }
        commit(path, (json.dumps(told, separators=(",", ":")).replace('"luck"', '\n"luck"') + "\n").encode())

    def kept(self, theory: str) -> tuple[int, ...]:
        """The worlds of a theory that lived the record; none where none did, or the theory was not tried."""
        return self.theories[theory].worlds if theory in self.theories else ()

    def unknowns(self, theory: str) -> Unknowns:
        """What a case says that is conditioned on this list."""
        drawn = with_ranges(priors_of(theory), self.ranges, theory)
        return Unknowns(drawn, self.theories[theory].bank, self.root_seed, self.parts)

    def bank_case(self, theory: str) -> Case:
        """The case of the bank as the installed program would make it."""
        return bank_case(theory, self.parts - timedelta(days=1), tuple(sorted(self.ranges.items())))

    def check(self, theory: str) -> None:
        """Refuse a list of another program, or of another world than the packaged files describe now.

        Raises
        ------
        UserMistake
            Naming what differs, and how to make the list again.
        """
        if self.model_version != MODEL_VERSION:
            self._stale(f"is of version {self.model_version} of the model, this is {MODEL_VERSION}")
        if self.record != load_record().hash:
            self._stale(f"is of another record ({self.record}, this is {load_record().hash})")
        if theory in self.theories and self.theories[theory].bank != self.bank_case(theory).id:
            self._stale(f"is of other settings, ranges or events of {RECORD} under theory={theory} than are installed")

    def _stale(self, what: str) -> None:
        raise UserMistake(KEY, self.path, f"{what}: {AGAIN}")


def load_posterior(path: str | Path | None = None) -> Posterior:
    """Read a posterior, that of the package if none is named.

    Raises
    ------
    UserMistake
        For a file that is not there, torn, or no posterior.
    """
    return _load(Path(path) if path is not None else packaged_posterior())


def packaged_posterior() -> Path:
    """The file that comes with the package."""
    return conf_folder() / "unknowns" / "posterior.json"


def _load(path: Path) -> Posterior:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserMistake(KEY, path, f"more than {MOST_BYTES:,} bytes, and so no posterior")
        return _read(path, path.read_bytes())
    except OSError as fault:
        raise UserMistake(KEY, path, f"cannot be read: {fault.strerror}; {AGAIN}") from fault


@cache
def _read(path: Path, content: bytes) -> Posterior:
    try:
        told = json.loads(content)
        if told["format"] != FORMAT:
            raise UserMistake(KEY, path, f"is of format {told['format']}, this version reads {FORMAT}: {AGAIN}")
        theories = {
            str(name): KeptWorlds(str(kept["bank"]), int(kept["draws"]), _worlds(kept))
            for name, kept in told["theories"].items()
        }
        if not 0 <= told["root_seed"] < 2**64:
            raise ValueError("no family of luck")
        return Posterior(
            theories,
            int(told["root_seed"]),
            str(told["patterns"]),
            str(told["digest"]),
            date.fromisoformat(told["parts"]),
            int(told["model_version"]),
            str(told["record"]),
            {str(key): (float(low), float(high)) for key, (low, high) in told["ranges"].items()},
            tuple(told["luck"]),
            path,
        )
    except (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError) as fault:
        raise UserMistake(KEY, path, f"is no posterior, or torn: {AGAIN}") from fault


def _steps(worlds: tuple[int, ...]) -> list[int]:
    return [after - before for before, after in zip((-1, *worlds), worlds, strict=False)]


def _worlds(kept: Mapping[str, Any]) -> tuple[int, ...]:
    worlds, at = [], -1
    for step in kept["steps"]:
        if type(step) is not int or step < 1:
            raise ValueError("worlds are in ascending order")
        at += step
        worlds.append(at)
    if not at < kept["draws"] <= FUTURES or len(worlds) != kept["kept"]:
        raise ValueError("a world beyond those that were tried, or one that is missing")
    return tuple(worlds)


@cache
def bank_case(theory: str, last_day: date, ranges: tuple[tuple[str, tuple[float, float]], ...] = ()) -> Case:
    """The case whose runs make a bank: the documented world of the packaged files, its unknowns drawn.

    Nothing else is asked of it than what the patterns look at, so it ends on their ``last_day``. ``ranges`` are priors
    to draw from instead of the settings' own.
    """
    rows = {p.key: p for p in schema.FIXED if not p.key.startswith("ensemble.")}
    given = {**packaged_values(theory), MODE: PRIOR, "clock.end": last_day, "clock.target_date": last_day}
    rows |= {p.key: p for p in THEORIES[theory].parameters}
    priors = with_ranges(priors_of(theory), dict(ranges), theory)
    values: dict[str, Any] = {"theory.name": theory}
    values |= {key: None if key in priors else schema.check_value(row, given[key]) for key, row in rows.items()}
    scenario = packaged_file("scenario", RECORD)
    table = scenario["events"]
    return Case(
        scenario=RECORD,
        story=" ".join(str(scenario["story"]).split()),
        values=values,
        events=read_events(table, values),
        label=f"{RECORD} · {theory} · unknowns=prior",
        table=table,
        unknowns=Unknowns(priors),
    )
