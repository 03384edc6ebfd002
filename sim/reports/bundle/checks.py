"""Is a bundle what it was? Its archive, every digest, what it says of itself; its runs can be lived again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.archives import read_archive
from sim.ensemble.cases.case import Case
from sim.ensemble.store.tables.interface import GOOD
from sim.errors import StoreDamaged
from sim.reports.bundle import research_object, tables
from sim.reports.bundle.names import ABOUT, CASES, FORMAT, MANIFEST, RUNS

_LINE = re.compile(r"([0-9a-f]{64})  (\S+)")


@dataclass(frozen=True)
class OpenedBundle:
    """A bundle in memory.

    Attributes
    ----------
    path
        The file, for messages.
    members
        Content of every file that could be read, by path.
    faults
        What is not as it was packed, one line each.
    """

    path: Path
    members: Mapping[str, bytes]
    faults: tuple[str, ...]

    @cached_property
    def about(self) -> Mapping[str, Any]:
        """Versions, command and digests, as it says."""
        try:
            told: Mapping[str, Any] = json.loads(self.members[ABOUT])
            if told["format"] != FORMAT:
                raise StoreDamaged(
                    f"{self.path} is a bundle of format {told['format']}, and this version reads {FORMAT}"
                )
            int(told["model_version"]), str(told["record"]), str(told["digest"])
        except (KeyError, OverflowError, RecursionError, TypeError, ValueError) as fault:
            raise StoreDamaged(f"{self.path} is no bundle: {ABOUT} does not say what it is") from fault
        return told

    @cached_property
    def cases(self) -> Mapping[str, Case]:
        """Its cases by id, rebuilt from their settings."""
        return tables.read_cases(self.members[CASES])

    @cached_property
    def runs(self) -> pd.DataFrame:
        """Its runs, as a store's table has them."""
        return tables.read_runs(self.members[RUNS])

    def sample(self, size: int, seed: int) -> pd.DataFrame:
        """``size`` good runs at random, or all where there are fewer."""
        runs = self.runs[self.runs["status"] == GOOD].reset_index(drop=True)
        chosen = np.random.default_rng(seed).choice(len(runs), size=min(size, len(runs)), replace=False)
        return runs.iloc[np.sort(chosen)].reset_index(drop=True)


def open_bundle(path: Path) -> OpenedBundle:
    """Read a bundle and check it; nothing of it is written anywhere, or run.

    Raises
    ------
    UserMistake
        There is no such file, or it cannot be read.
    StoreDamaged
        It is no ZIP archive, or no bundle.
    """
    try:
        archive = read_archive(path)
    except StoreDamaged as fault:
        raise StoreDamaged(f"{path}: {fault}" if str(path) not in str(fault) else str(fault)) from fault
    members = archive.members
    if ABOUT not in members and MANIFEST not in members:
        raise StoreDamaged(f"{path} is no bundle: it has neither {ABOUT} nor {MANIFEST}")
    found = [*archive.faults, *_digests(members, archive.faults), *_crate(members)]
    opened = OpenedBundle(path, members, tuple(found))
    if CASES in members and RUNS in members and not found:
        found += _tables(opened)
    return OpenedBundle(path, members, tuple(found))


def _digests(members: Mapping[str, bytes], named: tuple[str, ...]) -> Iterator[str]:
    """Members whose digest is another, that are gone, and that nobody listed; those in ``named`` are told already."""
    if MANIFEST not in members:
        yield f"{MANIFEST} is gone, so that no digest can be checked"
        return
    listed: dict[str, str] = {}
    for line in members[MANIFEST].decode("utf-8", "replace").splitlines():
        found = _LINE.fullmatch(line)
        if not found or found[2] in listed:
            yield f"{MANIFEST} has a line that is none: {line[:100]}"
        else:
            listed[found[2]] = found[1]
    for name in sorted(listed.keys() | members.keys()):
        if name == MANIFEST or any(why.startswith(f"{name} ") for why in named):
            continue
        if name not in members:
            yield f"{name} is gone"
        elif name not in listed:
            yield f"{name} was added"
        elif sha256(members[name]).hexdigest() != listed[name]:
            yield f"{name} was changed"


def _crate(members: Mapping[str, bytes]) -> Iterator[str]:
    """Whether the metadata name every file, and no other."""
    if research_object.NAME not in members:
        yield f"{research_object.NAME} is gone"
        return
    try:
        graph = json.loads(members[research_object.NAME])["@graph"]
        files = {thing["@id"] for thing in graph if thing["@type"] == "File"}
    except (KeyError, TypeError, ValueError, RecursionError):
        yield f"{research_object.NAME} is no metadata of a crate"
        return
    if others := sorted(files ^ (members.keys() - {research_object.NAME})):
        yield f"{research_object.NAME} does not fit what is there: {', '.join(others[:3])}"


def _tables(opened: OpenedBundle) -> Iterator[str]:
    """Whether cases and runs fit each other and the digest, for a bundle whose every digest was written anew."""
    runs = opened.runs
    if lost := sorted(set(runs["case"]) - opened.cases.keys()):
        yield f"{RUNS} has runs of cases that {CASES} lacks: {', '.join(lost[:3])}"
    if tables.digest_of(runs) != opened.about["digest"]:
        yield f"{RUNS} has another digest of its runs than {ABOUT} says"
