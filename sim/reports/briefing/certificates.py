"""What experiments certify, as far as a checkout keeps it: which findings hold, shift or flip, and under what.

Read are ``certificates/*.csv`` (a row a finding, check and theory, with its verdict) and ``findings.yaml`` (each
finding's claim, and the worlds that it is about). Where there is neither, nothing is certified, and that is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from sim import text as words
from sim.paths import experiments_folder
from sim.reports.markdown import plain

VERDICTS = ("HOLDS", "SHIFTS", "FLIPS")
"""From best to worst."""
MOST = 5
"""Findings that a sheet has room for one by one."""
_COLUMNS = {"finding", "check", "theory", "claimed", "verdict"}
_WORD = re.compile(rf"\b({'|'.join(VERDICTS)})\b")
_AGAIN = "`tabletop certify` runs them again."


def of_answer(studies: Path, text: str) -> list[str]:
    """Lines of Markdown on the findings of the answer, or on the verdicts that its page has; nothing without either."""
    table = _kept(studies)
    if table.empty:
        told = Counter(verdict for line in text.splitlines() for verdict in set(_WORD.findall(line)))
        counts = ", ".join(f"{told[verdict]} {verdict}" for verdict in VERDICTS if told[verdict])
        return [f"Of the answer's sentences carry a certificate: {counts}. {_AGAIN}"] if counts else []
    by_finding = {str(finding): rows for finding, rows in table.groupby("finding", sort=False)}
    worst = Counter(map(_worst, by_finding.values()))
    counts = ", ".join(f"{worst[verdict]} at worst {verdict}" for verdict in VERDICTS if worst[verdict])
    claims = _findings(studies).get("findings", {})
    count, checks = words.several(len(by_finding), "finding"), table["check"].nunique()
    lines = [f"Of {count}, each under {checks} checks: {counts}. {_AGAIN}"]
    shaken = [(name, rows) for name, rows in by_finding.items() if _worst(rows) != VERDICTS[0]]
    shaken.sort(key=lambda one: -VERDICTS.index(_worst(one[1])))  # those that flip first
    others = [_line(name, rows, claims) for name, rows in shaken]
    more = [f"And {len(others) - MOST} more that do not hold under all of them."] if len(others) > MOST else []
    return [*lines, *others[:MOST], *more]


def of_cases(cases: pd.DataFrame) -> list[str]:
    """Lines of Markdown on findings that are about a scenario among these cases; nothing where there are none."""
    studies = experiments_folder()
    if studies is None or (table := _kept(studies)).empty:
        return []
    told = _findings(studies)
    claims, worlds = told.get("findings", {}), told.get("worlds", {})
    scenarios = {f"scenario={name}" for name in cases["scenario.name"]}
    about = [
        name for name, claim in claims.items()
        if isinstance(claim, Mapping) and set(_words(worlds, claim.get("option"))) & scenarios
    ]  # fmt: skip
    return [_line(name, rows, claims) for name in about if len(rows := table[table["finding"] == name])]


def _line(name: str, rows: pd.DataFrame, claims: Mapping[str, Any]) -> str:
    """A finding with its worst verdict, and the checks that lead to it."""
    verdict = _worst(rows)
    claim = claims.get(name)
    said = str(claim.get("claim", name)) if isinstance(claim, Mapping) else name
    if verdict == VERDICTS[0]:
        return f"{plain(said)} **{verdict}** under all of {rows['check'].nunique()} checks."
    led = list(dict.fromkeys(map(str, rows.loc[rows["verdict"] == verdict, "check"])))
    return f"{plain(said)} **{verdict}** under {plain(', '.join(led[:3]))}" + (", …" if len(led) > 3 else "") + "."


def _worst(rows: pd.DataFrame) -> str:
    return max(rows["verdict"], key=VERDICTS.index)


def _kept(studies: Path) -> pd.DataFrame:
    """The rows that count for a verdict: of theories that the finding is claimed for, tried."""
    for path in sorted((studies / "certificates").glob("*.csv")):
        table = pd.read_csv(path)
        if set(table.columns) >= _COLUMNS:
            return table[table["claimed"].astype(bool) & table["verdict"].isin(VERDICTS)]
    return pd.DataFrame()


def _findings(studies: Path) -> Mapping[str, Any]:
    path = studies / "findings.yaml"
    told = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return told if isinstance(told, Mapping) else {}


def _words(worlds: Mapping[str, Any], option: object) -> list[str]:
    """The settings of the worlds that an option names."""
    listed = option if isinstance(option, list) else [option]
    named: list[Any] = [worlds.get(one) if isinstance(one, str) else one for one in listed]
    return [str(word) for one in named for word in one or ()]
