"""All that a calibration found, as frames and facts that go to one JSON file and come back as they were.

The file is what the page and F9 are made from, so that neither reads a bank of a million runs again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from operator import index
from pathlib import Path
from typing import Any, Self

import pandas as pd

from sim.errors import StoreDamaged, UserMistake, one_line, unread
from sim.files import commit

FILE = "calibration.json"
"""The name of the file in the folder of a bank."""
FORMAT = 1
QUANTILES = ("q05", "q25", "q50", "q75", "q95")
ALL = "all"
"""In the column ``theory``: all theories together, weighted equally."""
RECORD = "record"
"""The variant of compatibility in which every pattern counts as it is written."""
HALVED = "halved "
"""How the names of variants begin in which one assumed range is halved; the setting follows."""
FRAMES: Mapping[str, tuple[str, ...]] = {
    "shift": ("theory", "setting", "kept", *QUANTILES, "shift", "narrowing", "p_holm", "told"),
    "dependence": ("theory", "first", "second", "correlation", "prior", "p_holm"),
    "compatibility": ("theory", "variant", "text", "draws", "kept", "share", "low", "high"),
    "half_rule": ("theory", "pattern", "worlds", "runs", "share", "low", "high"),
    "reasons": ("theory", "reason", "worlds", "exits", "exits_without", "share", "low", "high", "holds"),
    "confusion": ("theory", "given", "n"),
    "self_check": ("theory", "setting", "truths", "ks", "limit", "inside"),
    "coverage": ("theory", "draws", "level", "truths", "coverage", "low", "high", "holds"),
    "cells": ("theory", "cell", "draws", "truths", "worst", "ks", "limit", "inside"),
    "observations": ("observation", "theories", "worlds", "bits", "low", "high", "right", "chance"),
    "undisclosed": ("theory", "outcome", "kept", *QUANTILES),
    "luck": ("outcome", "theory", "luck", "unknowns", "theory_share", "low", "high"),
    "settings": ("theory", "setting", "unit", "low", "high", "scale", "status", "text"),
}
"""The frames and the columns that each has at least; further columns are kept, too."""


@dataclass(frozen=True)
class BankFacts:
    """What a bank is of, and how it was made.

    Attributes
    ----------
    root_seed
        Its luck and its unknowns.
    draws, kept
        Prior runs tried, and worlds that lived the record, by theory; theories in the order in which they are told.
    cases
        Ids of the bank's cases by theory; may be empty.
    patterns, patterns_digest
        Name and digest of the patterns.
    pattern_texts
        Each pattern's words by its id ("C1").
    record
        Hash of the record.
    model_version
        Version of the model.
    wanted, cap
        Kept worlds a theory that were asked for, and the draws at which a theory stops.
    interrupted
        Whether it stopped before either.
    seconds
        Time that it took.
    command
        As it was typed, to make it again.
    left_out
        Truths of the self-check that too few draws share a cell with, by theory.
    worlds, fresh
        Worlds a theory of the luck split, and draws of luck for each.
    days
        Days by the setting that outcomes name ("clock.record_end"), as ISO dates.
    """

    root_seed: int
    draws: Mapping[str, int]
    kept: Mapping[str, int]
    patterns: str
    patterns_digest: str
    record: str
    model_version: int
    wanted: int
    cap: int
    interrupted: bool
    seconds: float
    command: str = "tabletop calibrate"
    cases: Mapping[str, str] = field(default_factory=dict)
    pattern_texts: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    worlds: int = 0
    fresh: int = 0
    days: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("draws", "kept", "left_out"):  # counts of NumPy's are none of JSON's
            object.__setattr__(self, name, {key: index(count) for key, count in getattr(self, name).items()})
        if set(self.draws) != set(self.kept):
            raise ValueError("draws and kept worlds are not of the same theories")


@dataclass(frozen=True, eq=False)
class CalibrationResults:
    """What a bank says. Each frame may be missing (None): a bank that was interrupted has fewer.

    Attributes
    ----------
    bank
        What it is of, and how it was made.
    shift
        A row a theory and setting: quantiles q05 to q95 of the kept worlds' prior quantiles (0 to 1), ``shift`` of
        their mean (prior standard deviations), ``narrowing`` of their spread (share), ``p_holm``, ``told`` (bool).
    dependence
        A row a theory and pair of settings (``first``, ``second``) that the record ties together: Spearman's
        ``correlation`` in kept worlds, the same in ``prior`` draws, ``p_holm``.
    compatibility
        A row a theory and variant: ``draws``, ``kept``, ``share`` with its 95 % interval ``low``, ``high``.
    half_rule
        A row a theory and pattern: ``share`` of ``worlds`` in which at least half of ``runs`` of fresh luck pass.
    reasons
        A row a theory and reason that officers gave: mean ``exits`` of the surge in kept ``worlds`` and
        ``exits_without`` it, the ``share`` that vanishes with its interval, and whether C4 ``holds``.
    confusion
        A row a true theory and what is ``given``: by the name of each theory, the share of the ``n`` runs for which
        the patterns name it.
    self_check, coverage, cells
        Settings, coverage and cells of :class:`sim.analysis.calibration.SelfCheck`, all theories one below the other.
    self_check_passed
        By theory; empty where it was not made.
    observations
        A row a possible observation: mutual information with the theory in ``bits`` with ``low``, ``high``, the share
        of worlds whose theory is named ``right``, and what ``chance`` alone gives.
    undisclosed
        A row a theory and outcome: quantiles q05 to q95 in ``kept`` worlds (officers).
    luck
        A row an outcome and theory ("all": weighted equally): shares of variance ``luck``, ``unknowns``,
        ``theory_share``; ``low``, ``high`` are the 95 % interval of ``luck``.
    settings
        What the drawn settings are, a row each; ``theory`` is "" where it is the same under all.
    """

    bank: BankFacts
    shift: pd.DataFrame | None = None
    dependence: pd.DataFrame | None = None
    compatibility: pd.DataFrame | None = None
    half_rule: pd.DataFrame | None = None
    reasons: pd.DataFrame | None = None
    confusion: pd.DataFrame | None = None
    self_check: pd.DataFrame | None = None
    coverage: pd.DataFrame | None = None
    cells: pd.DataFrame | None = None
    self_check_passed: Mapping[str, bool] = field(default_factory=dict)
    observations: pd.DataFrame | None = None
    undisclosed: pd.DataFrame | None = None
    luck: pd.DataFrame | None = None
    settings: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        for name, columns in FRAMES.items():
            frame = getattr(self, name)
            if frame is not None and (lacking := [column for column in columns if column not in frame]):
                raise ValueError(f"the frame {name} lacks {', '.join(lacking)}")

    @property
    def passed(self) -> bool | None:
        """Whether the self-check passed under every theory; None where it was not made."""
        return all(self.self_check_passed.values()) if self.self_check_passed else None

    @property
    def theories(self) -> tuple[str, ...]:
        """Theories of the bank, in its order."""
        return tuple(self.bank.draws)

    def of(self, name: str, **where: object) -> pd.DataFrame:
        """The rows of a frame whose columns have these values; no rows where the frame is missing."""
        frame: pd.DataFrame | None = getattr(self, name)
        if frame is None:
            return pd.DataFrame(columns=list(FRAMES[name]))
        for column, value in where.items():
            frame = frame[frame[column] == value]
        return frame.reset_index(drop=True)

    def content(self) -> dict[str, Any]:
        """All of it in JSON's types.

        Raises
        ------
        ValueError
            A value is infinite, or of a type that JSON has not.
        """
        frames = {name: _written(name, frame) for name in FRAMES if (frame := getattr(self, name)) is not None}
        return {"format": FORMAT, "bank": asdict(self.bank), "self_check_passed": dict(self.self_check_passed),
                "frames": frames}  # fmt: skip

    @classmethod
    def of_content(cls, content: Mapping[str, Any]) -> Self:
        """Undo :meth:`content`, strictly: it may be anybody's.

        Raises
        ------
        ValueError
            It is nothing that :meth:`content` gives.
        """
        try:
            if content["format"] != FORMAT:
                raise ValueError(f"format {content['format']!r:.20}, and this version reads {FORMAT}")
            bank = BankFacts(**{name: _checked(name, value) for name, value in content["bank"].items()})
            frames = {name: _read(name, frame) for name, frame in content["frames"].items()}
            passed = {str(theory): bool(value) for theory, value in content["self_check_passed"].items()}
            return cls(bank, self_check_passed=passed, **frames)
        except (KeyError, TypeError, AttributeError, OverflowError) as fault:
            raise ValueError("not the results of a calibration") from fault

    def save(self, path: Path) -> Path:
        """Write the file, whole or not at all, and return its path; its folder is there already.

        Raises
        ------
        UserMistake
            It cannot be written.
        """
        text = json.dumps(self.content(), separators=(",", ":"), allow_nan=False)
        try:
            commit(path, text.encode("ascii"))
        except OSError as fault:
            raise UserMistake("out", path, f"cannot be written: {fault.strerror or fault}") from fault
        return path

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what :meth:`save` wrote.

        Raises
        ------
        UserMistake
            There is no such file, or it cannot be read.
        StoreDamaged
            It is torn, or something else.
        """
        try:
            return cls.of_content(json.loads(path.read_text(encoding="utf-8")))
        except OSError as fault:
            raise UserMistake("results", path, unread(fault)) from fault
        except (ValueError, RecursionError) as fault:
            raise StoreDamaged(one_line(f"{path}: {fault}")[:300]) from fault


_BANK = {one.name: str(one.type) for one in fields(BankFacts)}
_PLAIN: Mapping[str, type | tuple[type, ...]] = {"int": int, "bool": bool, "str": str, "float": (int, float)}


_FITS: Mapping[str, tuple[type, ...]] = {"bool": (bool,), "int": (int,), "float": (int, float, type(None)),
                                         "text": (str,)}  # fmt: skip


def _checked(name: str, value: Any) -> Any:
    """A fact of the bank, if it is of its type."""
    kind = _BANK[name]
    if kind.startswith("Mapping"):
        inner = _PLAIN["int" if kind.endswith("int]") else "str"]
        if not all(isinstance(key, str) and isinstance(one, inner) for key, one in value.items()):
            raise ValueError(f"bank.{name} is of another type")
        return dict(value)
    if not isinstance(value, _PLAIN[kind]) or (kind != "bool" and isinstance(value, bool)):
        raise ValueError(f"bank.{name} is of another type")
    return value


def _written(frame_name: str, frame: pd.DataFrame) -> dict[str, Any]:
    """A frame as its columns, each with type and values; what is missing is null."""
    columns: dict[str, Any] = {}
    for name, values in frame.items():
        kind = _type_of(values := values.infer_objects())
        if kind == "text":
            if not all(isinstance(value, str) or pd.isna(value) for value in values):
                raise ValueError(f"the frame {frame_name} has values in {name} that are neither numbers nor words")
            listed: list[Any] = ["" if pd.isna(value) else str(value) for value in values]
        elif kind == "float":
            listed = [None if math.isnan(value) else value for value in values.astype("float64").tolist()]
            if any(value is not None and math.isinf(value) for value in listed):
                raise ValueError(f"the frame {frame_name} has an infinite value in {name}")
        else:
            listed = [bool(value) if kind == "bool" else int(value) for value in values]
        columns[str(name)] = {"type": kind, "values": listed}  # the frame's order of columns is kept
    return columns


def _type_of(values: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(values.dtype):
        return "bool" if not values.isna().any() else "float"
    if pd.api.types.is_integer_dtype(values.dtype):
        return "int" if not values.isna().any() else "float"
    return "float" if pd.api.types.is_float_dtype(values.dtype) else "text"


def _read(frame_name: str, columns: Mapping[str, Any]) -> pd.DataFrame:
    if frame_name not in FRAMES:
        raise ValueError(f"no frame of a calibration is called {frame_name!r:.40}")
    found: dict[str, pd.Series] = {}
    for name, column in columns.items():
        kind, listed = column["type"], column["values"]
        fits = _FITS[kind]
        if not all(isinstance(value, fits) and (kind == "bool" or not isinstance(value, bool)) for value in listed):
            raise ValueError(f"the frame {frame_name} has another type in {name!r:.40} than it says")
        found[name] = pd.Series(listed, dtype={"text": "str", "float": "float64", "int": "int64"}.get(kind, kind))
    if len({len(values) for values in found.values()}) > 1:
        raise ValueError(f"the columns of the frame {frame_name} differ in length")
    return pd.DataFrame(found)
