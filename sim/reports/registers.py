"""The registers as tables: facts and where they enter, settings, scenarios, theories, outcomes, assumptions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.certificates.claims import load_claims, rests_on_table
from sim.analysis.patterns import PATTERNS
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.posterior import FEW, load_posterior
from sim.ensemble.design.request import request
from sim.errors import UserMistake
from sim.model.events import Event
from sim.model.withdrawal import THEORIES
from sim.outcomes import OUTCOMES, SERIES, Outcome, added_outcomes, added_series
from sim.outcomes.states import STATES
from sim.record import Grade, Use, load
from sim.settings.composition import composer
from sim.settings.conf_files import conf_files
from sim.settings.parameter import Parameter
from sim.settings.schema import FIXED, check

_FIXED = "unknowns=fixed"
"""A register says what conf has, and needs no kept worlds for it."""


def all_parameters() -> tuple[Parameter, ...]:
    """Every setting, the theories' own last and in the theories' order."""
    return (*FIXED, *(p for theory in THEORIES.values() for p in theory.parameters))


def entries() -> dict[str, list[str]]:
    """Where each fact enters: settings, events of the record, and pattern scores, by fact id."""
    reached: dict[str, list[str]] = defaultdict(list)
    for parameter in all_parameters():
        for fact in parameter.facts:
            reached[fact].append(f"setting {parameter.key}")
    for event in request(["scenario=as_documented", _FIXED]).case.events:
        for fact in event.facts:
            reached[fact].append(f"event {event.id}")
    for pattern in PATTERNS:
        for fact in pattern.facts:
            reached[fact].append(f"pattern {pattern.id}")
    return dict(reached)


def fact_rows(use: Use | None = None, grade: Grade | None = None) -> pd.DataFrame:
    """One row a fact, in the record's order."""
    reached = entries()
    rows = [
        {
            "fact": fact.id,
            "date": fact.date,
            "what": fact.what,
            "value": fact.value,
            "unit": fact.unit,
            "grade": fact.grade,
            "disputed": "disputed" if fact.disputed else "",
            "use": fact.use,
            "source": fact.source,
            "enters": "; ".join(reached.get(fact.id, [])),
        }
        for fact in load().where(use=use, grade=grade)
    ]
    return pd.DataFrame(rows)


def parameter_rows(
    role: str | None = None, status: str | None = None, what: str | None = None, config_path: Path | None = None
) -> pd.DataFrame:
    """One row a setting with its default; a theory's settings appear under ``theory.`` with the theory's name.

    Parameters
    ----------
    role, status
        Only settings of this role or status.
    what
        A config group, or one setting.
    config_path
        A folder whose files come before the packaged ones; the values are those that it leads to.

    Returns
    -------
    Columns ``setting``, ``value``, ``unit``, ``bounds``, ``prior``, ``role``, ``kind``, ``status``, ``source``,
    ``meaning``.

    Raises
    ------
    UserMistake
        For a group or setting that does not exist.
    """
    keys = [p.key for p in all_parameters()]
    groups = sorted({key.partition(".")[0] for key in keys})
    if what is not None and what not in (*groups, *keys):
        close = ", ".join(get_close_matches(what, [*groups, *keys], n=3, cutoff=0.6))
        right = f"near it: {close}" if close else f"groups are {', '.join(groups)}"
        raise UserMistake("KEY", what, f"no such group or setting; {right}")
    rows: list[dict[str, Any]] = []
    for theory in THEORIES:
        values: Mapping[str, Any] = _defaults(theory, config_path)
        own = THEORIES[theory].parameters
        rows += [_parameter_row(p, values[p.key]) for p in (*(FIXED if not rows else ()), *own)]
    frame = pd.DataFrame(rows)
    chosen = pd.Series(True, index=frame.index)
    if what:
        chosen = (frame["setting"] == what) | frame["setting"].str.startswith(f"{what}.")
    if role:
        chosen &= frame["role"] == role
    if status:
        chosen &= frame["status"] == status
    return frame[chosen].reset_index(drop=True)


def _defaults(theory: str, config_path: Path | None) -> dict[str, Any]:
    words = [f"theory={theory}"]
    with composer(config_path) as files, files.as_typed(words):
        config = files.compose(words).config
        return dict(check(config, {name: each.parameters for name, each in THEORIES.items()}))


def _parameter_row(p: Parameter, value: Any) -> dict[str, Any]:
    return {
        "setting": p.key,
        "value": str(value) if not isinstance(value, float) else _plain(value),
        "unit": p.unit,
        "bounds": ", ".join(p.choices) if p.choices else _span(p.bounds),
        "prior": _span(p.prior) + (", log" if p.scale == "log" else ""),
        "role": p.role,
        "kind": "structural" if p.structural else "value",
        "status": p.status,
        "source": "; ".join(filter(None, [p.source, ", ".join(p.facts)])),
        "meaning": p.text,
    }


def _span(limits: tuple[float, float] | None) -> str:
    return f"{_plain(limits[0])} to {_plain(limits[1])}" if limits else ""


def _plain(value: float) -> str:
    """A number as it may be typed, never with an exponent."""
    return str(value) if isinstance(value, int) else np.format_float_positional(float(f"{value:.12g}"), trim="-")


def scenario_cases(config_path: Path | None = None) -> list[Case]:
    """Every scenario with everything else at its default, the record first; those of ``config_path`` among them."""
    with conf_files(config_path) as files:
        names = sorted(files.choices["scenario"], key=lambda name: name != "as_documented")
    return [request([f"scenario={name}", _FIXED], config_path).case for name in names]


def scenario_rows(config_path: Path | None = None) -> pd.DataFrame:
    """One row a scenario: its story, and the rows in which its event table differs from the record's.

    Columns: ``scenario``, ``story``, ``differs in``.
    """
    cases = scenario_cases(config_path)
    rows = [
        {
            "scenario": case.scenario,
            "story": case.story,
            "differs in": _difference(cases[0], case),
        }
        for case in cases
    ]
    return pd.DataFrame(rows)


def _difference(base: Case, case: Case) -> str:
    record: Mapping[str, Event] = {event.id: event for event in base.events}
    own: Mapping[str, Event] = {event.id: event for event in case.events}
    parts = [f"+ {key}={value}" for key, value in case.values.items() if value != base.values[key]]
    parts += [f"− {record[name].text}" for name in record if name not in own]
    changed = [event for name, event in own.items() if name not in record or event.writes != record[name].writes]
    parts += [f"+ {event.date or 'when'}: {event.text}" for event in changed]
    return "\n".join(parts)


def theory_rows() -> pd.DataFrame:
    """One row a theory: ``theory``, ``number``, ``says``, ``lived the record`` (of how many draws), ``settings``."""
    lived = _lived()
    rows = [
        {
            "theory": theory.name,
            "number": theory.number,
            "says": theory.text,
            "lived the record": lived.get(theory.name, "not tried"),
            "settings": ", ".join(p.key.removeprefix("theory.") for p in theory.parameters),
        }
        for theory in THEORIES.values()
    ]
    return pd.DataFrame(rows)


def _lived() -> dict[str, str]:
    """By theory how many worlds of the list that comes with the package lived the record, and of how many draws."""
    try:
        theories = load_posterior().theories
    except UserMistake:
        return {}
    return {
        name: f"{len(kept.worlds):,} of {kept.draws:,} draws{'' if len(kept.worlds) >= FEW else ', too few to run on'}"
        for name, kept in theories.items()
    }


def outcome_rows(series: bool = False) -> pd.DataFrame:
    """One row an outcome, or a daily series, those that someone added last; an outcome's good direction, if it has one.

    States stand with the series, since they are asked for alike once ``ensemble.states=true`` has kept them.

    Columns: name, type, unit, meaning, and of an outcome better.
    """
    entries = (*SERIES, *added_series(), *STATES) if series else (*OUTCOMES, *added_outcomes())
    rows = [{"name": entry.name, "type": entry.type, "unit": entry.unit, "meaning": entry.text} for entry in entries]
    frame = pd.DataFrame(rows)
    if series:
        return frame
    return frame.assign(better=[entry.better or "" for entry in entries if isinstance(entry, Outcome)])


def assumption_rows(config_path: Path | None = None) -> pd.DataFrame:
    """What no source gives: assumed settings, and the sizes that the record's events are given.

    Columns: ``setting``, ``value``, ``unit``, ``prior``, ``meaning``, ``source``, and ``findings``: those of
    experiments/findings.yaml that rest on it, with commas.
    """
    frame = parameter_rows(status="assumed", config_path=config_path)
    settings = frame[frame["role"] != "lever"][["setting", "value", "unit", "prior", "meaning", "source"]]
    settings = settings[~settings["setting"].str.startswith(("ensemble.", "clock."))]
    sizes = [
        {
            "setting": f"scenario.events.{event.id}.{op}.{name}",
            "value": value if isinstance(value, str) else _plain(value),
            "unit": "",
            "prior": "× media.documented_scale" if name.startswith("media.") else "",
            "meaning": event.text,
            "source": "date documented, size assumed",
        }
        for event in request([_FIXED], config_path).case.events
        for name, op, value in event.writes
        if name.startswith(("media.", "gangs."))
    ]
    rows = pd.concat([settings, pd.DataFrame(sizes)], ignore_index=True)
    rests = rests_on_table(load_claims()).set_index("setting")["findings"]
    return rows.assign(findings=[str(rests.get(key, "")) for key in rows["setting"]])
