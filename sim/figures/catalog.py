"""Which figures a store allows: a recipe for each, and one line for each that it does not allow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.analysis import tipping as tip
from sim.analysis.alternatives import RECORD, Alternative, alternatives, choose
from sim.analysis.sensitivity import designs
from sim.ensemble.cases.case import Case
from sim.ensemble.store.store import Store
from sim.errors import StoreDamaged, UserMistake
from sim.figures import of_case
from sim.figures.comparison.draw import MOST
from sim.figures.provenance.recipe import Recipe, spans_of
from sim.figures.questions import COMPARED, FIRST, outcome_of, question
from sim.figures.render import ATTRIBUTED
from sim.figures.store_contents import Held, read
from sim.model import MODEL_VERSION
from sim.model.withdrawal import THEORIES

FIGURES = ("F1", "F2", "F3", "F4", "F5", "F6")
"""F7 is of one run, and drawn by ``tabletop why``."""
CASES = 12
"""Cases that get figures of their own unless they are named."""
SCENARIOS, FINDINGS = 12, 12
"""So many are compared in F2, and listed in F6, without being named."""


@dataclass(frozen=True)
class Wanted:
    """What is asked of :func:`chosen`; what is empty or None is left to the store."""

    figures: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    outcome: str | None = None
    baseline: str | None = None
    settings: tuple[str, ...] = ()
    threshold: float | None = None
    root_seed: int | None = None
    own_axes: bool = False


@dataclass
class Chosen:
    """Recipes, each with the label of its folder, and what is left out and why."""

    recipes: list[tuple[str, Recipe]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def chosen(store: Store, wanted: Wanted) -> Chosen:
    """The figures that the store allows of those wanted.

    Raises
    ------
    UserMistake
        For a figure, case, outcome or baseline that there is not.
    StoreDamaged
        The store belongs to another version of the model.
    """
    if store.model_version != MODEL_VERSION:
        raise StoreDamaged(
            f"{store.folder} belongs to model version {store.model_version}, and this is {MODEL_VERSION}: "
            "use that version to draw it"
        )
    for figure in wanted.figures:
        if figure not in FIGURES:
            why = "F7 is of one run: tabletop why DIR CASE REPLICATE OFFICER" if figure == "F7" else ""
            raise UserMistake("--figure", figure, why or f"one of {', '.join(FIGURES)}")
    if wanted.outcome is not None:
        outcome_of(wanted.outcome)
    found = Chosen()
    held = _held(store, wanted, found)
    several: dict[str, Callable[[Held, Wanted, Chosen], None]] = {
        "F2": _comparisons,
        "F3": _tipping,
        "F4": _sensitivity,
        "F6": _theories,
    }
    for figure in wanted.figures or FIGURES:
        if held is None:
            found.left_out.append(f"{figure}: the store has no good run of these cases")
        elif figure in ("F1", "F5"):
            _of_cases(held, wanted, figure, found)
        else:
            several[figure](held, wanted, found)
    return found


def _held(store: Store, wanted: Wanted, found: Chosen) -> Held | None:
    held = read(store, wanted.cases, wanted.root_seed)
    if held is not None and held.other_seeds and wanted.root_seed is None:
        others = ", ".join(map(str, held.other_seeds))
        found.left_out.append(
            f"runs under root seed {others}: of {held.root_seed} there are most (--root-seed chooses)"
        )
    return held


def _of_cases(held: Held, wanted: Wanted, figure: str, found: Chosen) -> None:
    """F1 and F5 of each case, on the same axes unless each is to have its own."""
    name = wanted.outcome or FIRST
    if figure == "F1":
        known, why = held.runs.loc[held.runs[name].notna(), "case"], f"no value of {name}"
    else:
        known, why = held.store.finished_runs("days")["case"], "no days (ensemble.days=true keeps them)"
    people, some = held.people["case"], [one for one in held.people["case"] if one in set(known)]
    if lacking := len(people) - len(some):
        found.left_out.append(f"{figure} of {lacking} of {len(people)} cases: {why}")
    if len(some) > CASES and not wanted.cases:
        found.left_out.append(f"{figure} of {len(some) - CASES} of {len(some)} cases: name those you want with --case")
        some = some[:CASES]
    tables: list[tuple[Case, Any]] = []
    for case in map(held.case, some):
        if figure == "F1":
            tables.append((case, held.of(case.id)[name]))
        else:
            days = held.store.days(cases=[case.id], columns=list(of_case.DRAWN))
            tables.append((case, held.recipe("F5", [case.id]).among(days)))
    shared: dict[str, Any] = {}
    if len(tables) > 1 and not wanted.own_axes:
        if figure == "F1":
            shared = of_case.common_axis(tables, name)
        else:
            shared["tops"] = of_case.common_tops([days for _, days in tables])
    if figure == "F1" and name != FIRST:
        shared["outcome"] = name
    found.recipes += [(case.id, held.recipe(figure, [case.id], **shared)) for case, _ in tables]


def _by_theory(held: Held, wanted: Wanted) -> Iterator[tuple[str, Alternative, list[tuple[str, str]]]]:
    """Theory, baseline world, and name and case of each other world that has one under it."""
    listed = alternatives(held.people)
    if len(listed) < 2:
        return
    base = choose(listed, wanted.baseline or _usual(listed), "--baseline")
    for theory in base.cases:
        others = [(world.name, world.cases[theory]) for world in listed if world is not base and theory in world.cases]
        yield theory, base, others


def _usual(listed: Sequence[Alternative]) -> str:
    """The record's world where it is there, else the first."""
    return next((world.name for world in listed if world.name == RECORD), listed[0].name)


def _comparisons(held: Held, wanted: Wanted, found: Chosen) -> None:
    """F2 for each theory under which there are two worlds or more."""
    drawn, left, name = 0, found.left_out, wanted.outcome or COMPARED
    before = len(left)
    for theory, base, others in _by_theory(held, wanted):
        with_value = [one for one in others if held.of(one[1])[name].notna().any()]
        if not with_value or held.of(base.cases[theory])[name].isna().all():
            continue
        if len(with_value) > SCENARIOS and not wanted.cases:
            left.append(f"F2 under {theory}: {len(with_value) + 1} scenarios; name two to {MOST} with --case")
            continue
        if len(with_value) > MOST - 1:
            rest = ", ".join(world for world, _ in with_value[MOST - 1 :][:3])
            count = len(with_value) - MOST + 1
            left.append(f"F2 under {theory}: {count} scenarios more than {MOST} ({rest} …); choose with --case")
        ids, names = [base.cases[theory]], [base.name]
        for world, case in with_value[: MOST - 1]:
            ids.append(case)
            names.append(world)
        label = f"{len(ids)} scenarios under {theory}" if theory else f"{len(ids)} theories"
        place = f"comparison-{theory}" if theory else "comparison"
        found.recipes.append((place, held.recipe("F2", ids, names=names, label=label, outcome=name)))
        drawn += 1
    if not drawn and len(left) == before:
        left.append("F2: a comparison needs two cases or more that have the outcome")


def _tipping(held: Held, wanted: Wanted, found: Chosen) -> None:
    """F3 for each scenario and theory in which two numbers vary on a grid."""
    name, reasons, seen = wanted.outcome or COMPARED, [], set()
    for (scenario, theory), rows in held.groups():
        try:
            rows = tip.on_grid(rows, wanted.settings)
            case = held.case(str(rows["case"].iloc[0]))
            threshold = question(case, False, name).threshold if wanted.threshold is None else wanted.threshold
            if threshold is None:
                raise UserMistake("--threshold", None, f"{name} has none of its own, so give one")
            ids = list(rows["case"])
            grid = tip.grid(rows, held.of(*ids), outcome=name, threshold=threshold, settings=wanted.settings)
            if not grid.runs.any():
                raise UserMistake("--outcome", name, "has no value in any run")
        except UserMistake as fault:
            reasons.append(f"{scenario} · {theory}: {fault}")
            continue
        if frozenset(ids) in seen:
            continue
        seen.add(frozenset(ids))
        options = {"outcome": name, "threshold": float(threshold), "settings": [grid.x, grid.y],
                   "label": f"{scenario} · {theory}", "baseline": _defaults(case, grid.x, grid.y)}  # fmt: skip
        place = f"tipping-{scenario}-{theory}" + (f"-{len(seen)}" if len(seen) > 1 else "")
        found.recipes.append((place, held.recipe("F3", ids, **options)))
    if not seen:
        found.left_out.append("F3: " + (reasons[0] if reasons else "no two numbers vary on a grid of cases"))


def _defaults(case: Case, *names: str) -> dict[str, float] | None:
    """The packaged values of two settings, where the star stands."""
    from sim.settings.compose import compose

    config = compose([f"theory={case.theory}"])
    found = {}
    for name in names:
        group, _, key = name.partition(".")
        value = config.get(group, {}).get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        found[name] = float(np.round(value, 12))
    return found


def _sensitivity(held: Held, wanted: Wanted, found: Chosen) -> None:
    """F4 for each combination of choices that a Morris or Sobol' design has sampled."""
    name, known, drawn = wanted.outcome or COMPARED, set(held.rows["case"]), 0
    for design, sampled, seed in designs(held.store):
        ids = list(dict.fromkeys(sampled["cases"]))
        if seed != held.root_seed or not set(ids) <= known:
            found.left_out.append(f"F4: not all points of {design['name']} {' '.join(sampled['choice'])} have been run")
            continue
        if held.of(*ids)[name].isna().all():
            found.left_out.append(f"F4: no run of {design['name']} has a value of {name}")
            continue
        options = {
            "outcome": name, "sampled": sampled,
            "design": {key: design[key] for key in ("name", "levels") if key in design},
            "label": " · ".join([f"{design['name']}, {len(ids)} points", *sampled["choice"]]),
        }  # fmt: skip
        place = re.sub(r"[^\w.,=-]+", "_", "-".join(["sensitivity", design["name"], *sampled["choice"]]))
        found.recipes.append((place, held.recipe("F4", ids, **options)))
        drawn += 1
    if not drawn:
        found.left_out.append("F4: needs the points of a Morris or Sobol' design (tabletop sweep design=morris)")


def _theories(held: Held, wanted: Wanted, found: Chosen) -> None:
    """F6 where the baseline's world was run under two theories or more."""
    name = wanted.outcome or COMPARED
    rows = held.people
    listed = [world for world in alternatives(rows) if "" not in world.cases]
    if len(rows["theory.name"].unique()) > 1 and not listed:  # nothing but the theory differs
        listed = [Alternative(RECORD, dict(zip(rows["theory.name"], rows["case"], strict=True)))]
    base = choose(listed, wanted.baseline or _usual(listed), "--baseline") if listed else None
    if base is None or len(base.cases) < 2:
        found.left_out.append("F6: needs the baseline under two theories or more")
        return
    others = [world for world in listed if world is not base and set(world.cases) & set(base.cases)]
    if len(others) > FINDINGS:
        found.left_out.append(f"F6: {len(others) - FINDINGS} scenarios more than {FINDINGS} rows; choose with --case")
    shown = [base, *others[:FINDINGS]]
    order = [theory for theory in THEORIES if theory in base.cases]
    ids = [world.cases[theory] for world in shown for theory in order if theory in world.cases]
    kept = held.store.attribution(cases=[base.cases[theory] for theory in order])
    kept = kept[kept["root_seed"] == held.root_seed]
    attributed = {str(case): spans_of(rows["replicate"]) for case, rows in kept.groupby("case")}
    options = {
        "outcome": name, "worlds": [[world.name, dict(world.cases)] for world in shown], ATTRIBUTED: attributed,
        "label": f"{len(ids)} cases, {len(order)} theories",
    }  # fmt: skip
    found.recipes.append(("theories", held.recipe("F6", ids, **options)))
