"""Certificates for people: a cell a check and theory, a sentence a finding, and the page in Markdown."""

from __future__ import annotations

import shlex
from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sim import text as words
from sim.analysis.certificates.certificate import Certificates
from sim.analysis.certificates.checks import BASE, HALF, checks_of
from sim.analysis.certificates.claims import Claim
from sim.analysis.certificates.verdicts import FLIPS, HOLDS, NOT_TRIED, SHIFTS, SURE, UNTOLD, worst
from sim.ensemble.store.store import Store
from sim.figures.drawing.layout import CAUTION
from sim.figures.folders import folder_of
from sim.model import MODEL_VERSION
from sim.model.withdrawal import THEORIES
from sim.reports.markdown import markdown, plain
from sim.reports.whole_files import write_whole

NAME = "certificates"
"""Of the page's files without ending."""
GROUPS = {"other_worlds": "other worlds", "officers_order": "officers' order", "block_width": "width",
          "float64": "double", "prior": "prior", "half": "halved ranges", "pattern": "C3", "start": "start",
          "day": "day's order", "officers_4000": "4,000 officers"}  # fmt: skip
"""Kinds of checks as a narrow column calls them."""
Table = pd.DataFrame


def numbers_of(theories: Sequence[str]) -> str:
    """Theories by their numbers, neighbours joined: "T1–T4", "T1 and T3"."""
    named = [theory for theory in THEORIES if theory in theories]
    all_ = list(THEORIES)
    numbers = [THEORIES[theory].number for theory in named]
    if len(named) > 2 and all_.index(named[-1]) - all_.index(named[0]) == len(named) - 1:
        return f"{numbers[0]}–{numbers[-1]}"
    return " and ".join([", ".join(numbers[:-1]), numbers[-1]] if len(numbers) > 1 else numbers)


def in_short(claim: Claim, table: Table, *, name_all: bool = True) -> str:
    """A finding's certificate in a few words: under which theories it holds, and what shifts or flips it.

    >>> rows = pd.DataFrame([["f", "theory", "breach", True, "HOLDS"], ["f", "theory", "prospects", False, "FLIPS"],
    ...     ["f", "prior", "breach", True, "SHIFTS"]], columns=["finding", "check", "theory", "claimed", "verdict"])
    >>> rows["note"] = ["", "", "less than half the size"]
    >>> from types import SimpleNamespace
    >>> in_short(SimpleNamespace(name="f"), rows)
    'holds under T4, flips under T2, another size with prior (of 1 check)'

    Parameters
    ----------
    claim, table
        The finding, and the table of verdicts.
    name_all
        Whether checks in which it cannot be told are named; else they are counted.
    """
    rows = table[(table["finding"] == claim.name) & (table["verdict"] != NOT_TRIED)]
    base, said = rows[rows["check"] == BASE.name], list[str]()
    for verdict, word in ((HOLDS, "holds"), (SHIFTS, "not told"), (FLIPS, "flips")):
        if of := base.loc[base["verdict"] == verdict, "theory"].tolist():
            said.append(f"{word} under {numbers_of(of)}")
    tried = rows[(rows["check"] != BASE.name) & rows["claimed"]]
    together = {str(check): _together(of) for check, of in tried.groupby("check", sort=False)}
    count = len(together)
    if count and not any(together.values()):
        said.append("and in the check" if count == 1 else f"and in all {count} checks")
    for word in (FLIPPED, SIZED, NOT_TOLD):
        some = [check for check, one in together.items() if one == word]
        if some and word == NOT_TOLD and not name_all:
            said.append(f"{word} in {len(some)} of {count} checks")
        elif some:
            how_many = f" (of {words.several(count, 'check')})" if name_all else ""
            said.append(f"{word} with {', '.join(dict.fromkeys(map(_called, some)))}{how_many}")
    return ", ".join(said) or "not tried"


FLIPPED, SIZED, NOT_TOLD = "flips", "another size", "not told"
"""What a check does to a finding that it does not leave as it is."""


def _together(rows: Table) -> str:
    """What a check does under the theories together, the worst of it; empty where the finding holds."""
    verdict = worst(rows["verdict"].tolist())
    if verdict == SHIFTS:
        sized = rows["note"].astype(str).str.contains("size|change", regex=True)
        return SIZED if (sized & (rows["verdict"] == SHIFTS)).any() else NOT_TOLD
    return FLIPPED if verdict == FLIPS else ""


def _called(check: str) -> str:
    kind, _, detail = check.partition(":")
    if kind == HALF:
        return f"{detail} halved"
    if kind == "pattern":
        return detail.replace("_", " ")
    return f"a start on {detail}" if kind == "start" else GROUPS[kind]


def cells(claim: Claim, table: Table) -> Table:
    """A finding's rows for people: a row a check, a column a theory; in brackets where it is not claimed for it.

    Columns: under, then the theories by number and name; "HOLDS −35 (−44 to −27)".
    """
    rows = table[table["finding"] == claim.name]
    text = {check.name: check.text for check in checks_of(claim)}
    theories = [theory for theory in THEORIES if theory in set(rows["theory"])]
    lines = []
    for check, of in rows.groupby("check", sort=False):
        by_theory = {row["theory"]: row for row in of.to_dict("records")}
        told = [cell(claim, by_theory[theory]) if theory in by_theory else "" for theory in theories]
        lines.append([text[str(check)], *told])
    order = list(text.values())
    lines.sort(key=lambda line: (line[0] != BASE.text, order.index(line[0])))
    return pd.DataFrame(lines, columns=["under", *(f"{THEORIES[t].number} {words.spoken(t)}" for t in theories)])


def cell(claim: Claim, row: Mapping[Hashable, Any]) -> str:
    """Verdict, effect and interval of a row, and what is to be said of it."""
    if row["verdict"] == NOT_TRIED:
        return f"not tried: {row['note']}"
    said = f"{row['verdict']} {_effect(claim, row)}"
    note = row["note"] if isinstance(row["note"], str) else ""
    if note and note != UNTOLD:
        said += f"; {note}"
    if row["must_hold"] and row["verdict"] != HOLDS:
        change = words.estimate(claim.scale * row["change"], signed=True)
        said += f" (change {change})"
    return said if row["claimed"] else f"[{said}]"


def _effect(claim: Claim, row: Mapping[Hashable, Any]) -> str:
    signed, scale = bool(claim.against), claim.scale
    if pd.isna(row["effect"]):
        return "no value"
    if pd.isna(row["low"]):
        return f"{words.estimate(scale * row['effect'], signed=signed)} (no interval)"
    if row["low"] == row["high"]:
        return words.estimate(scale * row["effect"], signed=signed)
    ends = words.interval(*(scale * float(row[name]) for name in ("low", "effect", "high")), signed=signed)
    return f"{ends[1]} ({ends[0]} to {ends[2]})"


def at_a_glance(claims: Sequence[Claim], table: Table) -> Table:
    """One row a finding: under which theories it holds, and the worst verdict of each kind of check; empty: not tried.

    Of theories that it is claimed for.
    """
    lines = []
    for claim in claims:
        rows = table[table["finding"] == claim.name]
        base = rows[rows["check"] == BASE.name]
        line = {"finding": claim.name}
        for verdict, word in ((HOLDS, "holds"), (SHIFTS, "not told"), (FLIPS, "flips")):
            line[word] = ", ".join(THEORIES[t].number for t in base.loc[base["verdict"] == verdict, "theory"])
        kind = rows["check"].str.partition(":")[0]
        for name, called in GROUPS.items():
            of = rows[(kind == name) & rows["claimed"] & (rows["verdict"] != NOT_TRIED)]["verdict"].tolist()
            line[called] = worst(of).lower() if of else ""
        lines.append(line)
    return pd.DataFrame(lines)


def tally(table: Table) -> str:
    """How many rows came to what, in a sentence."""
    tried = table[table["claimed"] & (table["verdict"] != NOT_TRIED)]
    must, may = tried[tried["must_hold"]], tried[~tried["must_hold"]]
    parts = []
    for some, what in ((must, "must not matter"), (may, "may matter")):
        counts = {verdict: int((some["verdict"] == verdict).sum()) for verdict in (HOLDS, SHIFTS, FLIPS)}
        told = f"{counts[HOLDS]:,} of {len(some):,} hold, {counts[SHIFTS]:,} shift, {counts[FLIPS]:,} flip"
        parts.append(f"Under what {what}, {told}" if len(some) else "")
    return ". ".join(filter(None, parts)) + ("." if any(parts) else "")


def certificate_page(claims: Sequence[Claim], table: Table, command: Sequence[str] | str, studies: str = "") -> str:
    """The page as GitHub's Markdown; ``studies`` is the way from it to the folder of the studies, if it is known."""
    return "\n\n".join(part for part in _parts(claims, table, command, studies) if part) + "\n"


def _parts(claims: Sequence[Claim], table: Table, command: Sequence[str] | str, studies: str) -> Iterator[str]:
    yield "# Certificates: what the findings survive"
    typed = command if isinstance(command, str) else shlex.join(command)
    yield f"`{typed}` wrote this page; no number is typed."
    yield (
        "Each finding is run again under what *must not* matter and under what *may*. **HOLDS**: its 95 % interval "
        "lies where the finding says. **FLIPS**: it lies wholly where the finding says it does not. **SHIFTS**: it "
        "cannot be told, or the side stays and the effect is told to be less than half or more than twice as large. "
        f"Under what must not matter only a change counts that is told at {100 * SURE:g} %. Intervals are sampling "
        "error of this model: they say nothing about what it leaves out."
    )
    yield tally(table)
    yield f"## At a glance\n\n{markdown(at_a_glance(claims, table))}"
    for claim in claims:
        rows = table[table["finding"] == claim.name]
        if rows.empty:
            continue
        study = f"[{plain(claim.study)}]({studies}{claim.study}/README.md)" if studies else plain(claim.study)
        finds = f"{claim.region.text}{'' if claim.region.side else ' (' + _unit(claim) + ')'}"
        yield f"## {claim.name}"
        yield f"{plain(claim.text)} Claimed for {numbers_of(claim.theories)}: {plain(finds)}. From {study}."
        yield (
            f"Effects are {'in ' if claim.scale == 1 else ''}{plain(claim.unit)}; in brackets under a theory that it "
            "is not claimed for."
        )
        yield markdown(_plain(cells(claim, table)))
        yield f"`{_one_command(rows)}` shows a cell again; each row of the CSV has its own."
    yield f"Figures of model version {MODEL_VERSION}. {CAUTION}"


def _unit(claim: Claim) -> str:
    return "as a share" if claim.scale != 1 else claim.unit


def _plain(table: Table) -> Table:
    return table.map(lambda text: plain(text, cell=True))


def _one_command(rows: Table) -> str:
    """The command of a row that says most: of the first that does not hold, else of the first."""
    other = rows[(rows["verdict"] != HOLDS) & (rows["verdict"] != NOT_TRIED)]
    return str((other if len(other) else rows)["command"].iloc[0])


def save(certificates: Certificates, store: Store, command: Sequence[str]) -> list[Path]:
    """Write ``certificates.csv`` and ``certificates.md`` to the store's figures; their paths."""
    claims = certificates.claims
    folder = store.figures(folder_of("certify", claims[0].name if len(claims) == 1 else "findings"))
    page = certificate_page(claims, certificates.table, command)
    return [
        write_whole(folder / f"{NAME}.csv", certificates.table.to_csv(index=False)),
        write_whole(folder / f"{NAME}.md", page),
    ]
