"""A sweep: from words with several values each to a request for all their cases.

Hydra composes whatever is more than a number or word given to a setting (groups, events, added keys), and each choice
of a group once; all else varies a copy of that case. That is a hundred times faster than composing every case, and
gives the same cases, which a test demands over the whole grammar.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.ensemble.cases.case import Case, settings_of
from sim.ensemble.cases.composed_case import case_of, label_of
from sim.ensemble.cases.conditioning import settled
from sim.ensemble.cases.run_numbers import FUTURES
from sim.ensemble.cases.unknowns import FIXED as FIXED_MODE
from sim.ensemble.design.designs import DESIGNS, read_design
from sim.ensemble.design.designs.interface import CaseList, Listing, Sampling
from sim.ensemble.design.plan import Plan, distinct
from sim.ensemble.design.prior_ranges import priors
from sim.ensemble.design.request import Request, from_config
from sim.ensemble.design.told_when_read import tell
from sim.errors import UserMistake, no_effect
from sim.settings.composition import Composer, Composition, as_it_was_typed, composer
from sim.settings.composition_cache import CompositionCache
from sim.settings.overrides import MOST_CASES, Choices, Override, SweptRange, key_of, read_override
from sim.settings.schema import FIXED
from sim.settings.sweep_grid import ONCE, SweepGrid, grid_of

FEW = 3
"""A label gives so many values of a point at most, and so many worlds that coincide are named."""
_WORLD = frozenset(p.key for p in FIXED if not p.key.startswith("ensemble."))


def sweep(overrides: Sequence[str] = (), config_path: Path | None = None) -> Request:
    """Compose and check every case of a sweep.

    Raises
    ------
    UserMistake
        One line with the key, the value and what would be right.
    """
    asked = _asked(overrides, config_path)
    asked = asked.of_cases(settled(asked.cases))
    tell(asked.cases, overrides)
    return asked


def _asked(overrides: Sequence[str], config_path: Path | None) -> Request:
    if not any(key_of(word) == "ensemble" for word in overrides):
        overrides = ["ensemble=sweep", *overrides]
    with composer(config_path) as files, files.as_typed(overrides):
        grid = grid_of(files, overrides)
        cases = _Cases(files)
        first = next(grid.combinations())
        sampling = isinstance(read_design(cases.composed(first).config.get("design")), Sampling)
        if sampling and not any(word.key == "unknowns" for word in first):
            # What a design does not explore stays where it is, so that its points differ in nothing else.
            grid = grid_of(files, [*overrides, f"unknowns={FIXED_MODE}"])
            first = next(grid.combinations())
        frame = from_config(cases.composed(first).config, _texts(first), sweep=True, swept=grid.swept)
        design = frame.design
        if isinstance(design, Listing):
            return _of_list(frame, design, grid, cases, files.files.choices)
        if not isinstance(design, Sampling):
            _without_intervals(grid)
            tried = [cases.case(words) for words in grid.combinations()]
            _tell_what_coincides(tried)
            return replace(frame.of_cases(tried), swept=grid.swept)
        return _sampled(frame, design, grid, cases)


def _tell_what_coincides(cases: Sequence[Case]) -> None:
    """Combinations that are the world of an earlier one under another name; only the first name is kept."""
    first = {case.id: case.label for case in distinct(cases)}
    others = [case for case in cases if case.label != first[case.id]]
    for case in others[:FEW]:
        no_effect(case.label, f"it is the same world as {first[case.id]}, which is run")
    if len(others) > FEW:
        no_effect(f"{len(others) - FEW} combinations more", "they are the same worlds as earlier ones")


def _without_intervals(grid: SweepGrid) -> None:
    for interval in grid.intervals:
        sampling = " or ".join(f"design={name}" for name, design in DESIGNS.items() if issubclass(design, Sampling))
        right = f"an interval is explored by {sampling}"
        raise UserMistake(interval.key, f"interval({interval.low:g},{interval.high:g})", right)


class _Cases:
    """Cases from words; Hydra is asked once for each combination of what is not plain."""

    def __init__(self, files: Composer) -> None:
        self._files = files
        self._assembler = CompositionCache(files)
        self._known: dict[tuple[str, ...], Case | None] = {}

    def case(self, words: Sequence[Override]) -> Case:
        """The case of these words."""
        plain = {word.key: word.value for word in words if _varies(word)}
        rest = tuple(word.text for word in words if not _varies(word))
        if rest not in self._known:
            composed = self.composed(words)
            case = case_of(composed.config, _texts(words))
            # Where settings refer to each other a copy would not follow, so Hydra has to compose each case.
            self._known[rest] = None if composed.linked else case
        else:
            case = self._known[rest] or case_of(self._files.compose(_texts(words)).config, _texts(words))
        shown = [*(word.text for word in words if word.key not in plain), *_shown(plain)]
        return case.varied(plain, label_of(case.scenario, case.theory, shown))

    def composed(self, words: Sequence[Override]) -> Composition:
        """The configuration of these words, but for mere values."""
        return self._assembler.compose(words)

    def linked(self, words: Sequence[Override]) -> bool:
        """Whether settings of this case, which has been made, refer to each other."""
        return self._known[tuple(word.text for word in words if not _varies(word))] is None


def _shown(changes: Mapping[str, Any]) -> list[str]:
    return [f"{key}={value:.6g}" if isinstance(value, float) else f"{key}={value}" for key, value in changes.items()]


def _sampled(frame: Request, design: Sampling, grid: SweepGrid, cases: _Cases) -> Request:
    """A design's points at each combination of the discrete choices."""
    points: list[Case] = []
    settings: list[dict[str, Any]] = []
    for words in grid.combinations():
        base = cases.case(words)
        ranges = _ranges(grid, design, base)
        count = grid.size * design.count(len(ranges))
        if count > MOST_CASES:
            raise UserMistake("design.size", design.size, f"{count:,} cases in all; a sweep has at most {MOST_CASES:,}")
        sample = design.explore(ranges)
        if cases.linked(words):
            right = "settings of this conf refer to each other, and a design's points would not be followed"
            raise UserMistake("design", design.name, right)
        points += [_at(base, point, number, design) for number, point in enumerate(sample)]
        settings.append({"theory": base.theory, "choice": _world(words), "points": len(sample),
                         "ranges": {r.key: [r.low, r.high, *(["log"] if r.log else [])] for r in ranges}})  # fmt: skip
    return replace(frame.of_cases(points), swept=grid.swept, sampled=tuple(settings))


def _at(base: Case, point: Mapping[str, float], number: int, design: Sampling) -> Case:
    """The case at a point of a design; its label gives the point's few values, or its number."""
    shown = _shown(point) if len(point) <= FEW else [f"{design.name} {number}"]
    return base.varied(point, " · ".join([base.label, *shown]))


def _ranges(grid: SweepGrid, design: Sampling, base: Case) -> tuple[SweptRange, ...]:
    """What is explored at one combination: the intervals typed, and the prior ranges asked for."""
    typed = {i.key: replace(i, whole=_whole(base, i.key)) for i in grid.intervals}
    fixed = {axis[0].key for axis in grid.axes}
    prior = {r.key: r for r in priors(design.prior, base.theory) if r.key not in fixed}
    ranges = (*(prior | typed).values(),)
    if not ranges:
        right = f"design={design.name} needs something to explore: 'key=interval(low,high)', or design.prior=all"
        raise UserMistake("design", design.name, right)
    for r in ranges:
        for end in (r.low, r.high):
            base.varied({r.key: end}, "")  # both ends must be possible
    return ranges


def _whole(case: Case, key: str) -> bool:
    known = settings_of(case.theory)
    return key in known and known[key].kind == "int"


def _of_list(frame: Request, design: Listing, grid: SweepGrid, cases: _Cases, choices: Choices) -> Request:
    """The cases of a file; what is typed besides applies to all of them, and yields to the file."""
    if grid.swept:
        right = f"design={design.name} takes its cases from the file; give one value here, or another design"
        raise UserMistake(grid.swept[0], None, right)
    typed = {words[0].key: words[0] for words in grid.axes}
    listed = design.cases(frame.out)
    of_rows: list[Case] = []
    known: dict[str, tuple[Override, ...]] = {}
    for row in listed.rows:
        with listed.at(row), as_it_was_typed(row.words):
            keyed = {word.key: word for text in row.words for word in _cell(text, known, choices)}
            of_rows.append(row.case or cases.case(tuple((typed | keyed).values())))
    of_rows = list(settled(of_rows))
    _tell_what_yields(typed, listed)
    return replace(frame, plan=replace(frame.plan, cases=tuple(of_rows), **_runs_of(frame.plan, listed, of_rows)))


def _cell(text: str, known: dict[str, tuple[Override, ...]], choices: Choices) -> tuple[Override, ...]:
    """The word of a cell, which many rows may have."""
    if text not in known:
        one = read_override(text, choices)
        if one.several:
            raise UserMistake(one.key, one.value, "one value in a cell; a row is one case")
        if one.key.partition(".")[0] in ONCE:
            raise UserMistake(one.key, one.value, "is no part of a case; it is typed, for the whole sweep")
        known[text] = one.words
    return known[text]


def _tell_what_yields(typed: Mapping[str, Override], listed: CaseList) -> None:
    """What is typed and said by every row of the list as well."""
    for key, word in typed.items():
        frame = key.partition(".")[0] in ONCE
        if not frame and all(row.case or any(key_of(text) == key for text in row.words) for row in listed.rows):
            no_effect(word.text, "the file says it in every row")
        elif key == "ensemble.root_seed" and listed.root_seed is not None:
            no_effect(word.text, "the file names the root seed")
        elif key in ("ensemble.replicates", "ensemble.first_replicate") and listed.rows[0].replicate is not None:
            no_effect(word.text, "the file names the replicates")


def _runs_of(plan: Plan, listed: CaseList, of_rows: Sequence[Case]) -> dict[str, Any]:
    """The replicates and the root seed that a list names, or nothing where it leaves them to the ensemble."""
    changes: dict[str, Any] = {} if listed.root_seed is None else {"root_seed": listed.root_seed}
    if any(row.replicate is not None for row in listed.rows):
        if plan.until is not None:
            raise UserMistake("ensemble.until", plan.until.half_width, "the file names the replicates; leave it at 0")
        only: dict[str, set[int]] = {}
        for row, case in zip(listed.rows, of_rows, strict=True):
            assert row.replicate is not None  # a list names it in all of its rows or in none
            only.setdefault(case.id, set()).add(row.replicate + row.future * FUTURES)
        every = {row.replicate for row in listed.rows if row.replicate is not None}
        changes["replicates"] = range(min(every), max(every) + 1)
        changes["only"] = {case: np.array(sorted(rows), dtype=np.int64) for case, rows in only.items()}
    return changes


def _varies(word: Override) -> bool:
    return word.plain and (word.key in _WORLD or (word.key.startswith("theory.") and word.key != "theory.name"))


def _world(words: Sequence[Override]) -> list[str]:
    return [word.text for word in words if word.key.partition(".")[0] not in ONCE]


def _texts(words: Sequence[Override]) -> list[str]:
    return [word.text for word in words]
