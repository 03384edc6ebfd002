"""From a case with a value for everything to what ``unknowns=`` asks for: what is drawn, what is held, which worlds."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np

from sim import text as words
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.event_tables import canonical_events, read_events, references
from sim.ensemble.cases.posterior import AGAIN, FEW, KEY, RECORD, Posterior, load_posterior
from sim.ensemble.cases.priors import priors_of, with_ranges
from sim.ensemble.cases.unknown_draws import draw_unknowns
from sim.ensemble.cases.unknowns import FIXED, MODE, POSTERIOR, PRIOR, Unknowns
from sim.errors import NoEffect, UserMistake, no_effect, one_line
from sim.model import MODEL_VERSION
from sim.model.events import Event
from sim.model.withdrawal import THEORIES
from sim.record import load as load_record
from sim.settings import schema
from sim.settings.packaged import packaged_file, packaged_values
from sim.settings.schema import canonical

SAME = ("officers.pool", "officers.squad_min", "officers.squad_max", "clock.start")
"""Settings that say who the officers are and when their story begins: with others, no kept world is the same world."""


def conditioned(case: Case, asked: Mapping[str, Any], typed: Collection[str]) -> Case:
    """The case with its unknowns drawn, or as it is under ``unknowns=fixed``.

    Held is what was typed, and what a file gives another value than the packaged one.

    Parameters
    ----------
    case
        With a value for every setting.
    asked
        The group ``unknowns`` of its configuration: mode, range, posterior.
    typed
        Keys of the words that were typed, swept or listed, be they part of a key.

    Raises
    ------
    UserMistake
        For a range that is none or wider than the bank's, and for a posterior that is torn or stale.
    """
    ranges = read_ranges(asked.get("range"))
    if case.mode == FIXED:
        return case
    usual, keys = packaged_values(case.theory), set(typed)
    priors = with_ranges(priors_of(case.theory), ranges, case.theory)
    drawn = {
        key: prior
        for key, prior in priors.items()
        if not _typed(key, keys) and (key not in usual or case.values[key] == canonical(float(usual[key])))
    }
    worlds = None
    unknowns = Unknowns(drawn)
    if case.mode == POSTERIOR:
        named = asked.get("posterior")
        if named is not None and (isinstance(named, bool) or not isinstance(named, str | int | float)):
            raise UserMistake(KEY, named, "a file that `tabletop calibrate` wrote, or null")
        posterior = load_posterior(None if named is None else str(named))
        check_posterior(posterior, case.theory)
        worlds = posterior.kept(case.theory)
        if case.theory in posterior.theories:
            unknowns = replace(unknowns_of(posterior, case.theory), drawn={})
            whole = unknowns_of(posterior, case.theory).drawn
            narrowed = {key: prior for key, prior in drawn.items() if key in ranges}
            unknowns = replace(unknowns, drawn={key: whole[key] for key in drawn}, narrowed=narrowed)
            worlds = _inside(worlds, ranges, posterior, case.theory)
    return replace(_drawing(case, unknowns), worlds=worlds)


def held_by_files(case: Case, typed: Collection[str]) -> list[str]:
    """Settings that a case holds at what a file gives them, as they would be typed; all others are drawn."""
    if case.mode == FIXED:
        return []
    held = [key for key in priors_of(case.theory) if key not in case.unknowns.drawn and not _typed(key, set(typed))]
    return [f"{key}={case.values[key]}" for key in held]


def _drawing(case: Case, unknowns: Unknowns) -> Case:
    """The case with these settings drawn; its events follow them run by run."""
    values = {key: None if key in unknowns.drawn else value for key, value in case.values.items()}
    events = case.events
    if case.table is not None and not references(case.table).isdisjoint(unknowns.drawn):
        events = read_events(case.table, values)
    return replace(case, values=values, events=events, unknowns=unknowns)


def settled(cases: Sequence[Case], *, quiet: bool = False) -> tuple[Case, ...]:
    """Cases of the posterior for which there is no kept world, on the prior instead; a line says why unless ``quiet``.

    They are those of a theory under which no world lived the record, and those with other officers or another first
    day than the bank's.
    """
    told: dict[str, None] = {}
    chosen = tuple(_settled(case, told) for case in cases)
    for line in told if not quiet else ():
        warnings.warn(NoEffect(one_line(line)), stacklevel=3)
    return chosen


def _settled(case: Case, told: dict[str, None]) -> Case:
    if case.mode != POSTERIOR or case.worlds is None:
        return case
    usual = packaged_values(case.theory)
    others = [key for key in SAME if str(case.values[key]) != str(usual[key])]
    if others:
        named = ", ".join(f"{key}={case.values[key]}" for key in others)
        told[
            f"{named}: worlds that lived the record have {_usual(others, usual)}, so this is run with unknowns=prior"
        ] = None
    elif len(case.worlds) < FEW:
        few = words.several(len(case.worlds), "world") if case.worlds else "no world"
        lived = f"{few} under it lived the record (tabletop show theories)"
        told[f"theory={case.theory}: {lived}, so it is run with unknowns=prior"] = None
    else:
        return case
    label = case.label if "unknowns=" in case.label else f"{case.label} · unknowns={PRIOR}"
    return on_prior(case, label)


def on_prior(case: Case, label: str) -> Case:
    """The same case with its unknowns drawn from the prior."""
    values = {**case.values, MODE: PRIOR}
    drawn = {key: case.unknowns.narrowed.get(key, prior) for key, prior in case.unknowns.drawn.items()}
    return replace(case, values=values, unknowns=Unknowns(drawn), worlds=None, label=label)


def departures(case: Case) -> list[str]:
    """What is held or set otherwise than in the bank before futures part, in words.

    Without any, every run of a posterior case lives the record by construction.
    """
    parts = case.unknowns.parts
    assert parts is not None
    usual, said = packaged_values(case.theory), list[str]()
    for key, value in case.values.items():
        drawn = key in priors_of(case.theory)
        if value is None or key in _LATER or not (drawn or key in usual):
            continue
        if drawn or not _alike(value, usual[key]):
            said.append(f"{key}={value:g}" if isinstance(value, float) else f"{key}={value}")
    own, recorded = (
        canonical_events([event for event in events if event.date is None or event.date < parts])
        for events in (case.events, _recorded(case))
    )
    return said + ([case.scenario] if own != recorded else [])


_LATER = ("clock.end", "clock.target_date")


def _alike(value: object, written: object) -> bool:
    """Whether a checked value is what its file has."""
    if isinstance(value, float) and isinstance(written, int | float):
        return value == canonical(float(written))
    return str(value) == str(written)


def _recorded(case: Case) -> tuple[Event, ...]:
    """The record's events as this case would have them, with what it holds."""
    return read_events(packaged_file("scenario", RECORD)["events"], case.values)


def _usual(keys: Sequence[str], usual: Mapping[str, Any]) -> str:
    return ", ".join(str(usual[key]) for key in keys)


def _typed(key: str, typed: Collection[str]) -> bool:
    """Whether a setting was typed, by itself or in a mapping for what it is part of."""
    parts = key.split(".")
    return any(".".join(parts[:count]) in typed for count in range(2, len(parts) + 1))


def read_ranges(given: Any) -> dict[str, Any]:
    """``unknowns.range`` by the settings' dotted names."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise UserMistake(
            "unknowns.range", given, "ranges by name, such as unknowns.range.gangs.branching_ratio=[0.4,0.45]"
        )
    ranges: dict[str, Any] = {}
    for group, names in given.items():
        if not isinstance(names, Mapping):
            raise UserMistake(f"unknowns.range.{group}", names, "ranges of a group's settings, such as [0.4,0.45]")
        ranges |= {f"{group}.{name}": ends for name, ends in names.items()}
    return ranges


def _inside(worlds: tuple[int, ...], ranges: Mapping[str, Any], posterior: Posterior, theory: str) -> tuple[int, ...]:
    """The worlds whose unknowns lie in narrower ranges."""
    if not ranges or not worlds:
        return worlds
    drawn = unknowns_of(posterior, theory).drawn
    numbers = np.array(worlds, dtype=np.int64)
    values = draw_unknowns(drawn, theory, posterior.root_seed, numbers, {})
    inside = np.ones(len(numbers), dtype=bool)
    for key, ends in ranges.items():
        if key not in drawn:
            continue
        low, high = ends
        least, most = drawn[key].low, drawn[key].high
        if low < least or high > most:
            right = f"within [{least:g},{most:g}], the bank's; a wider one needs a bank of its own: tabletop calibrate"
            raise UserMistake(f"unknowns.range.{key}", list(ends), right)
        inside &= (values[key] >= low) & (values[key] <= high)
    if not inside.any():
        right = f"none of the {len(worlds):,} kept worlds of theory={theory} lies in these ranges"
        raise UserMistake("unknowns.range", None, right)
    return tuple(numbers[inside].tolist())


def with_kept_worlds(case: Case) -> Case:
    """A case out of a table with all worlds that lived the record, which the table does not say; others as they are.

    Raises
    ------
    UserMistake
        The case's worlds are those of another list than the packaged one.
    """
    if case.mode != POSTERIOR or case.worlds is not None:
        return case
    posterior = load_posterior()
    kept = posterior.theories.get(case.theory)
    if kept is None or (kept.bank, posterior.root_seed) != (case.unknowns.bank, case.unknowns.root_seed):
        right = "its worlds are of another list than the packaged one; a column replicate names single runs"
        raise UserMistake("unknowns.drawn", case.unknowns.bank, right)
    check_posterior(posterior, case.theory)
    return replace(case, worlds=kept.worlds)


def without_effect(asked: Mapping[str, Any], mode: str) -> None:
    """Say what of the group ``unknowns`` has no effect in its mode."""
    if mode == FIXED and asked.get("range"):
        no_effect("unknowns.range", "unknowns=fixed draws nothing")
    if mode != POSTERIOR and asked.get("posterior") is not None:
        no_effect(KEY, f"unknowns={mode} takes no worlds from a file")


# The bank that worlds are kept from


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


def bank_case_of(posterior: Posterior, theory: str) -> Case:
    """The case of a posterior's bank as the installed program would make it."""
    return bank_case(theory, posterior.parts - timedelta(days=1), tuple(sorted(posterior.ranges.items())))


def unknowns_of(posterior: Posterior, theory: str) -> Unknowns:
    """What a case says that is conditioned on this list."""
    drawn = with_ranges(priors_of(theory), posterior.ranges, theory)
    return Unknowns(drawn, posterior.theories[theory].bank, posterior.root_seed, posterior.parts)


def check_posterior(posterior: Posterior, theory: str) -> None:
    """Refuse a list of another program, or of another world than the packaged files describe now.

    Raises
    ------
    UserMistake
        Naming what differs, and how to make the list again.
    """
    stale = ""
    if posterior.model_version != MODEL_VERSION:
        stale = f"is of version {posterior.model_version} of the model, this is {MODEL_VERSION}"
    elif posterior.record != load_record().hash:
        stale = f"is of another record ({posterior.record}, this is {load_record().hash})"
    elif theory in posterior.theories and posterior.theories[theory].bank != bank_case_of(posterior, theory).id:
        stale = f"is of other settings, ranges or events of {RECORD} under theory={theory} than are installed"
    if stale:
        raise UserMistake(KEY, posterior.path, f"{stale}: {AGAIN}")
