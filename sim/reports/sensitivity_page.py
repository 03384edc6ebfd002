"""Which settings matter, as a page in Markdown with its pictures (F4) and numbers (CSV) beside it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim import text as words
from sim._version import __version__
from sim.analysis.sensitivity import Sensitivity
from sim.analysis.sensitivity_study import (
    MATTERS,
    SensitivityRequest,
    TheorySensitivity,
    in_words,
    long_table,
    side_by_side,
)
from sim.ensemble.store.store import Store
from sim.figures.drawing.layout import CAUTION
from sim.figures.folders import folder_of
from sim.figures.interface import Wanted
from sim.figures.sensitivity.draw import DEPENDENT
from sim.figures.sensitivity.figure import FIGURE
from sim.figures.store_contents import StoreContents
from sim.model import MODEL_VERSION
from sim.model.withdrawal import THEORIES
from sim.reports.markdown import markdown, plain
from sim.reports.picture_index import write as write_index
from sim.reports.whole_files import write_whole
from sim.settings.sweep_grid import ONCE

NAME = "sensitivity"
"""Of the page's files without ending."""
SHOWN = 15
"""Settings of a theory that a table shows; the CSV has all."""
Pictures = Mapping[str, Sequence[tuple[str, str]]]
"""By theory the file of each picture, and what it shows in words."""
CALLED = {"morris": "Morris", "sobol": "Sobol'", "worlds": "worlds that lived the record"}


def shown_table(found: TheorySensitivity, most: int = SHOWN) -> pd.DataFrame:
    """What a theory says as people read it: a row a setting, the first of :func:`side_by_side`.

    Columns: setting, μ* with its interval in the outcome's unit, total and first (alone) index and the share in worlds
    with theirs, of 100; empty where an analysis has not the setting.
    """
    rows = side_by_side(found)
    moving = (rows[["mu_star", "total", "share"]].fillna(0) > 0).any(axis=1)
    rows = rows[moving].head(most)
    return pd.DataFrame([{
        "setting": row["setting"],
        "μ* (95 %)": _effect(row),
        "total (of 100, 95 %)": _share(row, "total"),
        "alone (of 100, 95 %)": _share(row, "first"),
        "in worlds (of 100, 95 %)": _share(row, "share"),
    } for row in rows.to_dict("records")])  # fmt: skip


def how_kept(found: TheorySensitivity) -> str:
    """How Sobol's settings were chosen, and how many."""
    rule = f"kept is what may reach {words.of_runs(MATTERS)} of the largest μ* (upper end of its 95 % interval)"
    more = f", {len(found.crowded_out)} more had no room" if found.crowded_out else ""
    return f"Morris keeps {len(found.kept)} of {words.several(found.drawn, 'drawn setting')} for Sobol': {rule}{more}."


def how_much_luck(found: TheorySensitivity) -> str:
    """The share of luck beside each analysis."""
    shares = [(part, words.of_runs(part.luck_share) if np.isfinite(part.luck_share) else "not known")
              for part in found.parts]  # fmt: skip
    said = [f"{share} {_where(part)}" for part, share in shares]
    return f"Luck, of what single runs vary by: {'; '.join(said)}." if said else ""


def _where(part: Sensitivity) -> str:
    if part.design not in ("morris", "sobol"):
        return f"over {words.several(part.points, 'world')} that lived the record"
    return f"over the {part.points:,} points of {CALLED[part.design]}"


def sensitivity_page(
    asked: SensitivityRequest, found: Sequence[TheorySensitivity], command: Sequence[str], pictures: Pictures
) -> str:
    """The page as GitHub's Markdown."""
    return "\n\n".join(part for part in _parts(asked, found, command, pictures) if part) + "\n"


def _parts(
    asked: SensitivityRequest, found: Sequence[TheorySensitivity], command: Sequence[str], pictures: Pictures
) -> Iterator[str]:
    sizes, name = asked.sizes, asked.outcome.name
    yield f"# What {plain(name)} depends on"
    yield f"`{shlex.join(command)}`"
    yield "\n".join(f"- {plain(in_words(one))}" for one in found)
    yield f"**Outcome.** {plain(name)}: {plain(asked.outcome.text)} ({plain(asked.outcome.unit)})."
    yield (
        "**Over the prior**, whose settings are independent: Morris' elementary effects over every drawn setting "
        f"({sizes.trajectories} trajectories, {sizes.levels} levels), then Sobol' indices ({sizes.size} base "
        f"samples) of at most {sizes.keep} settings that Morris keeps, the others at conf's own values. Each point is "
        f"the mean of {asked.replicates} draws of luck, the same at all points, so the indices are those of that mean. "
        "μ\\* is in the outcome's unit over a setting's whole range; *total* and *alone* are shares of that mean's "
        "variance."
    )
    yield (
        "**Over worlds that lived the record**, which are given data: the share of the variance of single runs that "
        f"goes with each setting alone. {DEPENDENT}"
    )
    yield (
        "Intervals (95 %, bootstrap) are of sampling error; they say how well this model's answer is known, not how "
        "sure we are of the world. Of many settings without any share some intervals leave nought by chance: sentences "
        "name only shares in worlds that hold after Holm's correction over all settings (column p of the CSV)."
    )
    for one in found:
        yield f"## Under {words.spoken(one.theory)}"
        yield how_kept(one) if one.morris else ""
        yield how_much_luck(one)
        table = shown_table(one)
        if len(table):
            yield markdown(table, ["setting"])
        yield "\n".join(f"- {plain(line)}" for line in one.left_out)
        for file, alt in pictures.get(one.theory, ()):
            yield f"![{plain(alt)}]({file})"
    yield (
        "## Limits\n\nDesigns vary each of the three weights of assurance over its own range, and the model divides by "
        "their sum; they vary the authority at which Kenya resumes over its own range, not as a gap. Indices over the "
        "prior are as wide as its ranges, which are judgements. Numbers of rival theories are not averaged. "
        "Exploratory, never a forecast."
    )
    yield f"Version {__version__}, model {MODEL_VERSION} · {CAUTION}"


def save(
    asked: SensitivityRequest,
    found: Sequence[TheorySensitivity],
    store: Store,
    made: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]],
    command: Sequence[str],
    *,
    figures: bool = True,
) -> list[Path]:
    """Write ``sensitivity.csv``, ``lacking.csv`` where runs lack a value, pictures and ``sensitivity.md``.

    Parameters
    ----------
    made
        By theory the rows of the cases and of the runs that it rests on.
    command
        As it was typed; the pictures carry it.
    figures
        Whether pictures are drawn.

    Returns
    -------
    Their paths, in a folder of the store's figures that is named after outcome, theories and what is held.

    Raises
    ------
    UserMistake
        A file cannot be written.
    """
    folder = store.figures(folder_of(NAME, asked.outcome.name, *_theories(asked), *asked.worlds, *_of_world(asked)))
    paths = [write_whole(folder / f"{NAME}.csv", long_table(found).to_csv(index=False))]
    lacking = [part.lacking.assign(theory=one.theory, analysis=part.design)
               for one in found for part in one.parts if len(part.lacking)]  # fmt: skip
    if lacking:
        paths.append(write_whole(folder / "lacking.csv", pd.concat(lacking).to_csv(index=False)))
    pictures: dict[str, list[tuple[str, str]]] = {}
    for one in found if figures else ():
        for design, picture in _pictures(one, store, *made[one.theory]):
            path = picture.save(folder, command, f"{FIGURE.id}-{design}-{one.theory}")
            pictures.setdefault(one.theory, []).append((path.name, picture.alt))
            paths.append(path)
    paths.append(write_whole(folder / f"{NAME}.md", sensitivity_page(asked, found, command, pictures)))
    write_index(store)
    return paths


def _pictures(
    one: TheorySensitivity, store: Store, cases: pd.DataFrame, runs: pd.DataFrame
) -> Iterator[tuple[str, Any]]:
    """F4 of each analysis in which anything differs."""
    contents = StoreContents.of_runs(store, cases, runs)
    drawable = {part.design for part in one.parts if not (part.table["value"].fillna(0) == 0).all()}
    for _, recipe in FIGURE.recipes(contents, Wanted(outcome=one.outcome)).recipes if contents and drawable else ():
        design = recipe.options["design"]["name"]
        if design in drawable:
            yield design, FIGURE.make(recipe, store)


def _theories(asked: SensitivityRequest) -> list[str]:
    return ["all theories"] if set(asked.theories) == set(THEORIES) else list(asked.theories)


def _of_world(asked: SensitivityRequest) -> list[str]:
    """The words that say which world it is, and not where or how it is run."""
    return [word for word in asked.held if word.partition("=")[0].partition(".")[0] not in ONCE]


def _effect(row: Mapping[Any, Any]) -> str:
    value = row["mu_star"]
    if pd.isna(value):
        return ""
    low, middle, high = words.interval(row["mu_star_low"], value, row["mu_star_high"])
    return f"{middle} ({low} to {high})"


def _share(row: Mapping[Any, Any], name: str) -> str:
    if pd.isna(row[name]):
        return ""
    low, middle, high = (words.fixed(100 * row[key], 0) for key in (f"{name}_low", name, f"{name}_high"))
    return f"{middle} ({low} to {high})"
