"""What a person asks of a bank, from the words that were typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.analysis.calibration.bank import BankRequest
from sim.analysis.patterns import load_patterns
from sim.ensemble.cases.composed_case import checked
from sim.ensemble.cases.conditioning import read_ranges
from sim.ensemble.cases.priors import priors_of, with_ranges
from sim.ensemble.executors import read_executor
from sim.ensemble.executors.interface import Executor
from sim.errors import UserMistake
from sim.model.withdrawal import THEORIES
from sim.paths import conf_folder
from sim.settings.composition import composer
from sim.settings.overrides import key_of

TAKEN = ("replicates", "cap", "root_seed", "block", "first_replicate")
"""Settings of the ensemble that a calibration takes."""
_PATTERNS = "patterns"


@dataclass(frozen=True)
class Asked:
    """A bank, where it goes, and how it is computed.

    Attributes
    ----------
    bank
        What it is of.
    first
        Its first world; above 0 it is a part of a bank, to be joined with the others.
    """

    bank: BankRequest
    out: Path
    executor: Executor
    block: int
    first: int


def read_asked(words: Sequence[str]) -> Asked:
    """Read ``theory=``, ``patterns=``, ``unknowns.range.*``, ``ensemble.*``, ``executor.*`` and ``out=``.

    Raises
    ------
    UserMistake
        For any other word: a bank is of the documented world, and what is held in it would be held in every world.
    """
    named = [word for word in words if key_of(word) == _PATTERNS]
    rest = ["unknowns=prior", "ensemble=calibrate", *(word for word in words if word not in named)]
    for word in words:
        _check_key(key_of(word), word.partition("=")[2])
    patterns = load_patterns(_file(named[-1].partition("=")[2]) if named else None)
    with composer() as files, files.as_typed(words):
        typed = files.read(rest)
        theories = next((one for one in reversed(typed) if one.key == "theory"), None)
        if several := next((one for one in typed if one.several and one.key != "theory"), None):
            raise UserMistake(several.key, several.value, "one value; a bank is of one kind")
        config = files.compose([one.words[0].text for one in typed]).config
    values: dict[str, Any] = dict(checked(config))
    names = tuple(dict.fromkeys(str(one.value) for one in theories.words)) if theories else tuple(THEORIES)
    ranges = read_ranges(config["unknowns"].get("range"))
    bank = BankRequest(
        names,
        patterns,
        values["ensemble.root_seed"],
        values["ensemble.replicates"],
        values["ensemble.cap"],
        {key: (float(ends[0]), float(ends[1])) for key, ends in _checked_ranges(ranges, names).items()},
        insist=theories is not None,
    )
    out = config.get("out")
    folder = bank.folder if out is None else Path(str(out))
    return Asked(bank, folder, read_executor(config.get("executor")), values["ensemble.block"], _first(values))


def _first(values: dict[str, Any]) -> int:
    return int(values["ensemble.first_replicate"])


def _checked_ranges(ranges: dict[str, Any], theories: Sequence[str]) -> dict[str, Any]:
    for theory in theories:
        with_ranges(priors_of(theory), ranges, theory)
    return ranges


def _check_key(key: str, value: str) -> None:
    group, _, name = key.partition(".")
    if key in ("theory", _PATTERNS, "out", "executor") or group == "executor" or key.startswith("unknowns.range"):
        return
    if group == "ensemble" and name in TAKEN:
        return
    if group == "ensemble":
        right = f"of the ensemble a calibration takes {', '.join(TAKEN)}"
    elif group == "unknowns":
        right = "a bank draws from the prior; unknowns.range.KEY=[low,high] changes what it draws from"
    else:
        right = "a bank is of the documented world, so a calibration takes theory, patterns, unknowns.range, ensemble, "
        right += "executor and out"
    raise UserMistake(key, value, right)


def _file(value: str) -> Path:
    """The file of patterns that is named, by its path or as one of conf/patterns."""
    folder = conf_folder() / _PATTERNS
    packaged, given = folder / f"{value}.yaml", Path(value)
    if given.is_file():
        return given
    if not packaged.is_file():
        there = ", ".join(sorted(one.stem for one in folder.glob("*.yaml")))
        raise UserMistake(_PATTERNS, value, f"no such file of patterns; a path, or one of conf/patterns: {there}")
    return packaged
