"""What a figure is made from, small enough to travel inside its PNG: cases, luck, options, versions.

A figure is a function of its recipe and of the runs that the recipe names, and runs are a function of case, root seed
and replicate. So whoever has the picture has all it takes to make it again, with the same versions to the last pixel.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shlex
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image, UnidentifiedImageError

from sim._version import __version__
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.run_numbers import FUTURES, run_name, run_numbers
from sim.errors import LONGEST_SHOWN, StoreDamaged, UserMistake, one_line
from sim.figures.drawing.layout import Footer
from sim.model import MODEL_VERSION
from sim.record import load as load_record
from sim.settings.overrides import MOST_CASES
from sim.settings.schema import check_value
from sim.settings.tables.frame import ENSEMBLE

FORMAT = 1
KEYS = ("figure", "recipe")
"""Text chunks of the PNG: the figure's id, and the recipe as JSON."""
_NAMED = 6
_LONGEST_VERSION = 100
_ENSEMBLE = {one.key.removeprefix("ensemble."): one for one in ENSEMBLE}
LARGEST = 40_000_000
"""Pixels of a picture that is still opened; no figure comes near."""
_DRAWING = ("numpy", "matplotlib", "pillow")
Spans = tuple[tuple[int, int], ...]
"""Numbers of runs as ranges, first and last."""
LATEST = FUTURES * 2**24
"""No run has this number."""


def versions() -> dict[str, str]:
    """Versions on which numbers and pixels rest."""
    own = {"haiti-tabletop": __version__, "model": str(MODEL_VERSION), "record": load_record().hash}
    return own | {name: version(name) for name in _DRAWING} | {"python": platform.python_version()}


@dataclass(frozen=True)
class Origin:
    """Where a picture comes from that cannot be made again: its runs have several root seeds, or another version.

    Attributes
    ----------
    cases
        Ids.
    seeds
        Root seeds and replicates for people.
    model_version
        That of the runs.
    """

    cases: tuple[str, ...]
    seeds: str
    model_version: int = MODEL_VERSION

    @property
    def version(self) -> str:
        """Version of the package and of the model for people."""
        return f"{__version__} (model {self.model_version})"

    def metadata(self, command: Sequence[str]) -> dict[str, str]:
        """The PNG's text chunks."""
        origin = {"case": _listed(self.cases), "seeds": self.seeds, "version": self.version}
        return {**origin, "command": " ".join(map(_typed, command))}


@dataclass(frozen=True)
class Recipe:
    """What one figure is made from.

    Attributes
    ----------
    figure
        Its id, such as F1.
    cases
        In the order in which the figure takes them.
    replicates
        By case, the numbers of its good runs (:mod:`sim.ensemble.cases.run_numbers`).
    root_seed
        Their luck.
    options
        What else was chosen, in JSON's types: outcome, threshold, names, ends of axes.
    made_with
        Versions; those of now unless the recipe was read.
    """

    figure: str
    cases: tuple[Case, ...] = ()
    replicates: tuple[Spans, ...] = ()
    root_seed: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    made_with: Mapping[str, str] = field(default_factory=versions)

    @property
    def runs(self) -> int:
        """How many runs the figure rests on."""
        return sum(last - first + 1 for spans in self.replicates for first, last in spans)

    @property
    def seeds(self) -> str:
        """Root seed and replicates for people: "20240307, replicates 0–399"."""
        ends = [end for spans in self.replicates for span in spans for end in span]
        if not ends:
            return str(self.root_seed)
        if min(ends) == max(ends):
            return f"{self.root_seed}, replicate {run_name(ends[0])}"
        replicates, futures = [end % FUTURES for end in ends], max(ends) // FUTURES + 1
        what = "worlds" if any(case.unknowns.bank for case in self.cases) else "replicates"
        several = f", {futures} futures" if futures > 1 else ""
        return f"{self.root_seed}, {what} {min(replicates)}–{max(replicates)}{several}"

    def footer(self, label: str) -> Footer:
        """The figure's footer; ``label`` names its case or cases."""
        return Footer(self.runs, self.seeds, self.origin.version, label)

    @property
    def origin(self) -> Origin:
        """What people read of it."""
        return Origin(tuple(case.id for case in self.cases), self.seeds)

    def among(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Those rows of a table of runs or days that belong to the recipe."""
        inside = np.zeros(len(rows), dtype=bool)
        numbers, case = run_numbers(rows), rows["case"].to_numpy()
        for one, spans in zip(self.cases, self.replicates, strict=True):
            mine = np.flatnonzero(case == one.id)
            ends = np.array(spans, dtype=np.int64).reshape(-1, 2)
            span = np.searchsorted(ends[:, 0], numbers[mine], side="right") - 1
            inside[mine] = (span >= 0) & (numbers[mine] <= ends[span, 1]) if len(ends) else False
        return rows[inside & (rows["root_seed"] == self.root_seed).to_numpy()].reset_index(drop=True)

    def metadata(self, command: Sequence[str]) -> dict[str, str]:
        """The PNG's text chunks."""
        return {**self.origin.metadata(command), "figure": self.figure, "recipe": self.text()}

    def text(self) -> str:
        """The recipe as JSON; a case is written as what differs from the one before."""
        rows: list[dict[str, Any]] = []
        before: dict[str, Any] = {}
        for case in self.cases:
            row = {key: value.isoformat() if isinstance(value, date) else value for key, value in case.row().items()}
            gone = [key for key in before if key not in row]
            changed = {key: value for key, value in row.items() if before.get(key, before) != value}
            rows.append(changed | ({"-": gone} if gone else {}))
            before = row
        content = {
            "format": FORMAT, "cases": rows, "replicates": self.replicates, "root_seed": self.root_seed,
            "options": self.options, "made_with": self.made_with,
        }  # fmt: skip
        return json.dumps(content, separators=(",", ":"))  # in ASCII, which every tool that saves a picture keeps

    @classmethod
    def read(cls, figure: str, text: str) -> Recipe:
        """Undo :meth:`text`, as strictly as a command line is read: the text may be anybody's.

        Raises
        ------
        ValueError
            The text is no recipe, or asks for what no command can ask for.
        StoreDamaged
            It is one of another model version or record, or this version knows other settings.
        """
        try:
            content = json.loads(text)
            if content["format"] != FORMAT:
                raise StoreDamaged(
                    f"its recipe is of format {content['format']!r:.20}, and this version reads {FORMAT}"
                )
            made_with = {str(name): _version(text) for name, text in content["made_with"].items()}
            check_versions(made_with)
            if len(content["cases"]) > MOST_CASES:
                raise ValueError(f"{len(content['cases']):,} cases")
            rows: list[dict[Hashable, Any]] = []
            for change in content["cases"]:
                row = {**(rows[-1] if rows else {}), **change}
                rows.append({key: value for key, value in row.items() if key not in (*row.get("-", ()), "-")})
            cases = tuple(Case.from_row(row) for row in rows)
            spans = tuple(_spans(one) for one in content["replicates"])
            if len(spans) != len(cases):
                raise ValueError(f"replicates of {len(spans)} cases, and there are {len(cases)}")
            seed = check_value(_ENSEMBLE["root_seed"], content["root_seed"])
            assert isinstance(seed, int)
            return cls(figure, cases, spans, seed, dict(content["options"]), made_with)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError, UserMistake) as fault:
            raise ValueError("the recipe cannot be read") from fault

    def with_options(self, **options: Any) -> Recipe:
        """The same with further options."""
        return replace(self, options={**self.options, **options})


def _typed(word: str) -> str:
    """A word as a shell takes it, in ASCII: what is not is written as bash's $'…' has it."""
    if word.isascii():
        return shlex.quote(word)
    escaped = word.replace("\\", "\\\\").replace("'", "\\'")
    return "$'" + "".join(c if c.isascii() else _code(ord(c)) for c in escaped) + "'"


def _code(letter: int) -> str:
    return f"\\u{letter:04x}" if letter < 0x10000 else f"\\U{letter:08x}"


def _version(text: object) -> str:
    """A version is a short word that a terminal can show."""
    if not isinstance(text, str) or len(text) > _LONGEST_VERSION or not text.isprintable():
        raise ValueError("a version that is none")
    return text


def _spans(listed: Iterable[Iterable[object]]) -> Spans:
    """Runs of a case: ranges of their numbers that follow each other, as a command line takes them."""
    found: list[tuple[int, int]] = []
    for first, last in listed:
        ends = [end for end in (first, last) if isinstance(end, int) and not isinstance(end, bool)]
        if len(ends) != 2 or not all(0 <= end < LATEST for end in ends):
            raise ValueError("a run that no command has")
        low, high = ends
        if high < low or (found and low <= found[-1][1]):
            raise ValueError("replicates out of order")
        check_value(_ENSEMBLE["replicates"], high - low + 1)
        found.append((low, high))
    return tuple(found)


def _listed(ids: Sequence[str]) -> str:
    """Ids of cases, or of many a hash and how many."""
    if len(ids) <= _NAMED:
        return " ".join(ids) or "none"
    return f"{hashlib.sha256(' '.join(ids).encode()).hexdigest()[:12]} ({len(ids)} cases)"


def check_versions(made_with: Mapping[str, str]) -> None:
    """Raise StoreDamaged where numbers would come out otherwise: another model version or another record."""
    now = versions()
    for name in ("model", "record"):
        if made_with.get(name) != now[name]:
            raise StoreDamaged(
                f"it was made by {name} {made_with.get(name)} (haiti-tabletop {made_with.get('haiti-tabletop')}), and "
                f"this is {name} {now[name]}: use that version"
            )


def spans_of(replicates: Iterable[int]) -> Spans:
    """Replicates as ranges: 0, 1, 2, 7 are (0, 2) and (7, 7)."""
    ordered = np.unique(np.fromiter((int(r) for r in replicates), dtype=np.int64))
    if not ordered.size:
        return ()
    parts = np.split(ordered, np.flatnonzero(np.diff(ordered) > 1) + 1)
    return tuple((int(part[0]), int(part[-1])) for part in parts)


def open_picture(path: Path) -> Recipe:
    """The recipe in a PNG.

    Raises
    ------
    UserMistake
        There is no such file, it is no PNG, it is none of ours, or what it carries is damaged.
    StoreDamaged
        It was made by another model version or from another record.
    """
    try:
        with Image.open(path) as image:
            if image.width * image.height > LARGEST:
                size = f"{image.width:,} × {image.height:,} pixels"
                raise UserMistake("FIGURE", path, f"{size}: larger than any figure of this program")
            image.load()  # text may follow the pixels
            text = dict(getattr(image, "text", {}))
    except FileNotFoundError as fault:
        raise UserMistake("FIGURE", path, "no such file") from fault
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as fault:
        raise UserMistake("FIGURE", path, "cannot be read as a PNG") from fault
    if not all(text.get(key) for key in KEYS):
        raise UserMistake("FIGURE", path, "carries no recipe: it is no figure of this program, or was saved again by "
                          "another")  # fmt: skip
    try:
        return Recipe.read(text["figure"], text["recipe"])
    except ValueError as fault:
        raise UserMistake("FIGURE", path, "what it carries is damaged, so it cannot be made again") from fault
    except StoreDamaged as fault:
        raise StoreDamaged(one_line(f"{path}: {str(fault)[:LONGEST_SHOWN]}")) from fault
