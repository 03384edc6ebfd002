"""A posterior: by theory the worlds of a bank whose own run lived the record, as a list of whole numbers.

It is data, kept with what it is of. Where that is not what the installed program would make, it is stale, and nothing
runs on it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from sim.ensemble.cases.run_numbers import FUTURES
from sim.errors import UserMistake, unread
from sim.files import commit
from sim.paths import conf_folder

KEY = "unknowns.posterior"
FORMAT = 1
MOST_BYTES = 50_000_000
AGAIN = "tabletop calibrate makes one, and unknowns=prior does without"
FEW = 100
"""Kept worlds below which a list does not stand for its theory: a middle 90 of 100 needs that many to be seen."""
RECORD = "as_documented"
"""The scenario that the record is told by, and that the others are compared with unless another baseline is named."""


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

    @cached_property
    def hash(self) -> str:
        """12 hex digits of the SHA-256 of all that decides which worlds are run: the list, and what it is of.

        How much of an outcome is luck does not count, nor where the file lies, nor how it is written.
        """
        theories = {name: [kept.bank, kept.draws, list(kept.worlds)] for name, kept in sorted(self.theories.items())}
        made_by = [self.model_version, self.record, self.patterns, self.digest, self.root_seed, self.parts.isoformat()]
        content = [made_by, {key: list(ends) for key, ends in sorted(self.ranges.items())}, theories]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]

    def with_those_of(self, earlier: Posterior) -> Posterior:
        """This list with the theories that only an earlier one of the same bank has, or has more worlds of.

        What was found is never lost because less was asked for later; of another bank, or by other patterns, nothing
        is taken.
        """
        same = ("root_seed", "digest", "parts", "model_version", "record", "ranges")
        if any(getattr(self, name) != getattr(earlier, name) for name in same):
            return self
        more = {
            name: kept
            for name, kept in earlier.theories.items()
            if name not in self.theories
            or (kept.bank == self.theories[name].bank and len(kept.worlds) > len(self.theories[name].worlds))
        }
        told = {str(row["theory"]) for row in self.luck}
        luck = (*self.luck, *(row for row in earlier.luck if str(row["theory"]) not in told))
        return replace(self, theories={**self.theories, **more}, luck=luck)

    def kept(self, theory: str) -> tuple[int, ...]:
        """The worlds of a theory that lived the record; none where none did, or the theory was not tried."""
        return self.theories[theory].worlds if theory in self.theories else ()


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
        raise UserMistake(KEY, path, f"{unread(fault)}; {AGAIN}") from fault


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
