"""A backtest as a file has it: which worlds, what is put into them after the record, and what is asked of them.

docs/BACKTEST.md tells the format. Everything that can be refused is refused here, before anything is run, in one line
with file and line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sim.analysis.agreement import REFERENCE
from sim.analysis.backtest.scored_patterns import ScoredPattern, read_pattern
from sim.ensemble.cases.event_tables import read_events
from sim.ensemble.cases.posterior import Posterior, load_posterior
from sim.ensemble.design.last_day import Clock
from sim.errors import UserMistake
from sim.model.events import Event
from sim.model.withdrawal import THEORIES
from sim.record import strict_yaml
from sim.record.fields import Fields
from sim.settings.packaged import packaged_values
from sim.settings.schema import check_date

GOVERNMENTS = ("scripted", "rules")
_REQUIRED = {"written", "knew", "posterior", "patterns"}
_OPTIONAL = {"synthetic", "theories", "horizon", "governments", "inputs"}
_NAME = re.compile(r"\w[\w -]*")


@dataclass(frozen=True)
class Backtest:
    """What a file of a backtest says, checked.

    Attributes
    ----------
    name, digest
        Of the file: without its ending, and 12 hex digits of the SHA-256 of its bytes.
    synthetic
        Whether what it says of the time after the record is invented.
    written, knew
        When its patterns were written, and what the authors knew of the time after the record then.
    posterior
        The worlds, which the file names by their hash.
    theories
        Theories that predict, the reference first.
    horizon
        Last day of a run.
    governments
        ``scripted`` or ``rules``: what governments do after the record.
    inputs
        What is put into every world after the record, by date; references to settings are not resolved.
    sources
        By name of an input, where it stands; those without are left out.
    patterns
        What is asked.
    clock
        Days of the runs.
    """

    name: str
    digest: str
    synthetic: bool
    written: date
    knew: str
    posterior: Posterior
    theories: tuple[str, ...]
    horizon: date
    governments: str
    inputs: Mapping[str, Mapping[str, Any]]
    sources: Mapping[str, str]
    patterns: tuple[ScoredPattern, ...]
    clock: Clock

    def events(self, values: Mapping[str, object]) -> tuple[Event, ...]:
        """The inputs as events of a case with these settings, which references in them follow."""
        return read_events(self.inputs, values, key="inputs")

    @property
    def record_end(self) -> date:
        """Last day of the record."""
        return date.fromordinal(self.clock.record_end)

    @property
    def days(self) -> Mapping[str, date]:
        """The days of the clock by the settings that give them."""
        names = ("start", "end", "record_end", "target_date")
        return {f"clock.{name}": date.fromordinal(getattr(self.clock, name)) for name in names}

    @property
    def pool(self) -> int:
        """Officers of the pool."""
        return int(packaged_values(REFERENCE)["officers.pool"])

    def early(self) -> list[str]:
        """What touches days that worlds were kept for: inputs by name, and governments that act by rules."""
        events, parts = self.events(packaged_values(REFERENCE)), self.posterior.parts
        acting = ["governments by their rules"] if self.governments == "rules" else []
        return acting + [event.id for event in events if event.date and event.date < parts]


def load_backtest(path: str | Path, posterior: str | Path | None = None) -> Backtest:
    """Read a file of a backtest, strictly.

    Parameters
    ----------
    path
        The file.
    posterior
        A list of worlds in place of the one that the file, or the package, has; its hash must be the file's all the
        same.

    Raises
    ------
    UserMistake
        In one line with file, line, key and value: for a file that is not there or is no such YAML, a field that is
        unknown or missing, other worlds than it was written for, an input that is none or is not after the record, and
        a pattern that no run can tell.
    """
    file, label = Path(path), str(path)
    given, lines = strict_yaml.read_with_lines(file, label, "file of a backtest")
    with strict_yaml.at_its_line(label, lines):
        return _read(given, file, None if posterior is None else Path(posterior))


def _read(given: object, file: Path, other: Path | None) -> Backtest:
    if isinstance(given, dict) and given.get("posterior") is None:
        raise UserMistake("posterior", None, f"is missing; the installed list is '{load_posterior(other).hash}'")
    fields = Fields("", {} if given is None else given, required=_REQUIRED, optional=_OPTIONAL)
    assert isinstance(given, dict)
    values = packaged_values(REFERENCE)
    start, record_end, target = (_day(values, name) for name in ("start", "record_end", "target_date"))
    horizon = fields.day("horizon") if "horizon" in given else _day(values, "end")
    if horizon <= record_end:
        raise fields.mistake("horizon", f"must be after {record_end}, the end of the record", value=str(horizon))
    clock = Clock(start.toordinal(), horizon.toordinal(), record_end.toordinal(), target.toordinal())
    governments = fields.word("governments", GOVERNMENTS) if "governments" in given else GOVERNMENTS[0]
    inputs, sources = _inputs(given, values, record_end, horizon)
    return Backtest(
        name=file.stem,
        digest=hashlib.sha256(file.read_bytes()).hexdigest()[:12],
        synthetic=fields.flag("synthetic") if "synthetic" in given else False,
        written=fields.day("written"),
        knew=fields.text("knew"),
        posterior=_posterior(given, file, other),
        theories=_theories(given),
        horizon=horizon,
        governments=governments,
        inputs=inputs,
        sources=sources,
        patterns=tuple(read_pattern(id, one, clock, governments) for id, one in _named(given, "patterns")),
        clock=clock,
    )


def _day(values: Mapping[str, Any], name: str) -> date:
    return check_date(f"clock.{name}", values[f"clock.{name}"])


def _named(given: Mapping[str, Any], group: str) -> Iterator[tuple[str, Any]]:
    entries = given[group]
    if not isinstance(entries, dict) or not entries:
        raise UserMistake(group, entries, "must be a mapping, name by name, and not empty")
    for name, entry in entries.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise UserMistake(f"{group}.{name}", None, "a name is made of letters, digits, _, - and blanks")
        yield name, entry


def _posterior(given: Mapping[str, Any], file: Path, other: Path | None) -> Posterior:
    """The worlds of the file's hash: those of a list that is named, in the file or beside it, or of the package."""
    frozen, named = given["posterior"], None
    if isinstance(frozen, dict):
        fields = Fields("posterior.", frozen, required={"hash", "list"})
        frozen, named = frozen["hash"], file.parent / fields.text("list")
    posterior = load_posterior(other or named)
    whose = f"the list {other or named}" if other or named else "the installed list"
    if not isinstance(frozen, str):
        raise UserMistake("posterior", frozen, f"12 hex digits in quotes; {whose} is '{posterior.hash}'")
    if frozen != posterior.hash:
        right = f"{whose} is {posterior.hash}, so these are not the worlds that this file was written for"
        raise UserMistake("posterior", frozen, right)
    return posterior


def _theories(given: Mapping[str, Any]) -> tuple[str, ...]:
    named = given.get("theories")
    if named is None:
        return (REFERENCE, *(name for name in THEORIES if name != REFERENCE))
    if not isinstance(named, list) or not named:
        raise UserMistake("theories", named, f"a list of some of {', '.join(THEORIES)}")
    for name in named:
        if name not in tuple(THEORIES):
            close = get_close_matches(str(name), THEORIES, n=1, cutoff=0.5)
            near = f"near it: {close[0]}" if close else f"there are {', '.join(THEORIES)}"
            raise UserMistake("theories", name, f"no such theory; {near}")
    if len(set(named)) < len(named):
        raise UserMistake("theories", named, "one is named twice")
    return (REFERENCE, *(name for name in named if name != REFERENCE))


def _inputs(
    given: Mapping[str, Any], values: Mapping[str, Any], record_end: date, horizon: date
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """The event table without its sources, and these."""
    if given.get("inputs") is None:
        return {}, {}
    rows: dict[str, dict[str, Any]] = {}
    sources: dict[str, str] = {}
    for name, row in _named(given, "inputs"):
        if not isinstance(row, dict):
            raise UserMistake(f"inputs.{name}", row, "a row with date, set or add, text and source")
        if "source" in row:
            sources[name] = Fields(f"inputs.{name}.", row, set(), set(row)).text("source")
        rows[name] = {field: value for field, value in row.items() if field != "source"}
        if "when" in row:
            right = "an input has a date; what waits for a condition may rewrite the record"
            raise UserMistake(f"inputs.{name}.when", row["when"], right)
        if row.get("date") is None:
            raise UserMistake(f"inputs.{name}.date", None, "is missing; a day after the record")
    for event in read_events(rows, values, key="inputs"):
        key, day = f"inputs.{event.id}", event.date
        if not event.writes:
            raise UserMistake(key, None, "writes nothing, so it has no effect; set or add a level")
        assert day is not None
        if day <= record_end:
            right = f"not after {record_end}, the end of the record; it would rewrite what the worlds were kept for"
            raise UserMistake(f"{key}.date", day, right)
        if day > horizon:
            raise UserMistake(f"{key}.date", day, f"after {horizon}, the last day of the runs, so it never happens")
    return rows, sources
