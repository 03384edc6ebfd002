"""The whole question of which settings matter, theory by theory: Morris, Sobol' on what Morris keeps, and the worlds.

Over the prior, whose settings are independent, Morris' elementary effects screen all of them, and Sobol' indices are
found for at most fifteen that matter. Over worlds that lived the record, whose settings depend on each other, the
worlds are taken as given data (:mod:`sim.analysis.given_data`). All runs are ordinary ones of an ordinary store.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim import text as words
from sim.analysis.given_data import WORLDS, shares_in_worlds
from sim.analysis.lived_record import LIVED
from sim.analysis.sensitivity import Sensitivity, analyse
from sim.analysis.statistics.summary import good
from sim.ensemble.cases.posterior import FEW
from sim.ensemble.cases.posterior import KEY as POSTERIOR_FILE
from sim.ensemble.cases.unknowns import POSTERIOR
from sim.ensemble.design.plan import distinct
from sim.ensemble.design.request import Request, request
from sim.ensemble.design.sweep import sweep
from sim.errors import NoEffect, UserMistake
from sim.model.withdrawal import THEORIES
from sim.outcomes import Outcome, check_outcome
from sim.settings.composition import composer
from sim.settings.overrides import MOST_CASES, key_of
from sim.settings.variants import Unfit, setting, whole_number

MATTERS = 0.05
"""Morris drops a setting where even the upper end of its interval is below this share of the largest μ*."""
REPLICATES = 2
"""Draws of luck at a point, unless more are asked for."""
TWO = "a whole number from 2 on: one draw of luck does not tell luck from settings"
TAKEN = ("replicates", "root_seed", "block")
"""Settings of the ensemble that a study takes."""
SIGNIFICANT = 0.05
"""Holm's p-value below which a share in worlds is told in words."""
NAMED, FEW_NAMED = 3, 2
"""Runs without a value, and settings, that are named in a sentence."""


def _power_of_two(value: Any) -> int:
    size = whole_number(8, 2**20, "a power of two from 8 on, such as 32")(value)
    if size & (size - 1):
        raise Unfit(f"a power of two, such as {1 << size.bit_length()}")
    return size


@dataclass(frozen=True)
class Sizes:
    """How much is run: what ``design.…`` says in the words of the command.

    Attributes
    ----------
    trajectories, levels
        Morris': trajectories × (settings + 1) points, on a grid of so many levels.
    keep
        How many settings that Morris keeps at most, for Sobol'.
    size
        Sobol': base samples, a power of two; size × (kept settings + 2) points.
    worlds
        Kept worlds that are looked at, as far as there are so many.
    seed
        Of both designs.
    """

    trajectories: int = setting(
        4, whole_number(3, 10_000, "a whole number from 3 on: fewer have no spread to speak of")
    )
    levels: int = setting(4, whole_number(2, 1000))
    keep: int = setting(15, whole_number(1, 15, "a whole number from 1 to 15; Morris screens the rest"))
    size: int = setting(32, _power_of_two)
    worlds: int = setting(400, whole_number(FEW, 10**6, f"a whole number from {FEW} on: fewer tell no shares apart"))
    seed: int = setting(20240301, whole_number(0, 2**32 - 1))


@dataclass(frozen=True)
class SensitivityRequest:
    """A study, as it was typed.

    Attributes
    ----------
    outcome
        What the sensitivity is of.
    theories
        Under which.
    sizes
        How much is run.
    held
        Words that hold in all its runs: scenario, settings, root seed, executor, folder.
    replicates
        Draws of luck at each point of the designs, the same at all of them.
    worlds
        Words of the worlds alone: another list of them.
    config_path
        A folder whose files come before the packaged ones.
    """

    outcome: Outcome
    theories: tuple[str, ...]
    sizes: Sizes = Sizes()
    held: tuple[str, ...] = ()
    replicates: int = REPLICATES
    worlds: tuple[str, ...] = ()
    config_path: Path | None = None

    def runs_of(self, settings: int) -> dict[str, int]:
        """The runs of one theory with so many drawn settings, at most: of Morris, of Sobol' and of the worlds."""
        sizes = self.sizes
        return {
            "morris": sizes.trajectories * (settings + 1) * self.replicates,
            "sobol": sizes.size * (min(sizes.keep, settings) + 2) * self.replicates,
            WORLDS: sizes.worlds,
        }


@dataclass(frozen=True)
class TheorySensitivity:
    """What one theory says.

    Attributes
    ----------
    theory
        Its name.
    outcome
        What the sensitivity is of.
    drawn
        How many settings are drawn.
    morris, sobol, worlds
        The three analyses; None where one is left out, and ``left_out`` says why.
    kept
        The settings that Morris kept for Sobol', the largest μ* first.
    crowded_out
        Settings that would have been kept, had there been more than :attr:`Sizes.keep` places.
    left_out
        In a line each, what could not be done and why; and which runs lacked a value.
    """

    theory: str
    outcome: str
    drawn: int
    morris: Sensitivity | None = None
    kept: tuple[str, ...] = ()
    crowded_out: tuple[str, ...] = ()
    sobol: Sensitivity | None = None
    worlds: Sensitivity | None = None
    left_out: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Sensitivity, ...]:
        """The analyses there are."""
        return tuple(part for part in (self.morris, self.sobol, self.worlds) if part is not None)

    @property
    def empty(self) -> bool:
        """Whether nothing differs anywhere, so that there is nothing to share out."""
        return all((part.table["value"].fillna(0) == 0).all() for part in self.parts)


Fill = Callable[[Request], pd.DataFrame]
"""Runs what a request asks for, as far as it is missing, and gives the rows of the table of runs that it asks for."""


def read_asked(typed: Sequence[str], outcome: str, config_path: Path | None = None) -> SensitivityRequest:
    """Read the words of a study: ``theory=``, ``design.…`` (:class:`Sizes`), ``ensemble.replicates``, what is held.

    Raises
    ------
    UserMistake
        For an unknown word, an outcome that is a date or that there is not, a design that is too small, several values
        of anything but the theory, and what the study chooses itself: design, unknowns, the rule of ``until``.

    Examples
    --------
    >>> asked = read_asked(["theory=breach", "design.size=64", "scenario=terms_settled"], "exits_by_end")
    >>> (asked.theories, asked.sizes.size, asked.held)
    (('breach',), 64, ('scenario=terms_settled',))
    >>> read_asked(["design.size=60"], "exits_by_end")
    Traceback (most recent call last):
    sim.errors.UserMistake: design.size=60: a power of two, such as 64
    """
    checked = check_outcome("--outcome", outcome, drawn=True)
    sizes: dict[str, int] = {}
    theories, replicates = tuple(THEORIES), REPLICATES
    held: list[str] = []
    worlds: list[str] = []
    for word in typed:
        _check_key(key_of(word), word.partition("=")[2])
    with composer(config_path) as files, files.as_typed(typed):
        for one in files.read(typed):
            group, _, name = one.key.partition(".")
            if one.key == "theory" and one.words:
                theories = tuple(dict.fromkeys(str(each.value) for each in one.words))
                continue
            if one.several or len(one.words) != 1:
                raise UserMistake(one.key, one.value, "one value; a sensitivity varies what is drawn, by itself")
            value = one.words[0].value
            if group == "design":
                sizes[name] = _size(name, value)
            elif one.key == "ensemble.replicates":
                replicates = _checked(one.key, value, whole_number(2, 10**6, TWO))
            else:
                (worlds if one.key == POSTERIOR_FILE else held).append(one.word)
    found = Sizes(**sizes)
    if found.levels % 2:
        raise UserMistake("design.levels", found.levels, "an even number, so that all levels are equally likely")
    return SensitivityRequest(checked, theories, found, tuple(held), replicates, tuple(worlds), config_path)


def _check_key(key: str, value: str) -> None:
    group, _, name = key.partition(".")
    sizes = [each.name for each in fields(Sizes)]
    if group == "design" and name not in sizes:
        raise UserMistake(key, value, f"Morris and Sobol' are given; of the design are {', '.join(sizes)}")
    if group == "experiment" or (group == "unknowns" and key != POSTERIOR_FILE):
        right = f"prior ranges and kept worlds are both looked at; {POSTERIOR_FILE}=FILE takes another list of worlds"
        raise UserMistake(key, value, right if group == "unknowns" else "a sensitivity brings its own design")
    if group == "ensemble" and name not in TAKEN:
        raise UserMistake(key, value, f"of the ensemble a sensitivity takes {', '.join(TAKEN)}")


def _size(name: str, value: Any) -> int:
    (check,) = (each.metadata["check"] for each in fields(Sizes) if each.name == name)
    return _checked(f"design.{name}", value, check)


def _checked(key: str, value: Any, check: Callable[[Any], int]) -> int:
    try:
        return check(value)
    except Unfit as unfit:
        raise UserMistake(key, value, str(unfit)) from None


# What is run


def drawn_settings(asked: SensitivityRequest, theory: str) -> tuple[str, ...]:
    """The settings that the prior draws under a theory, by dotted name, but for those that are held.

    Raises UserMistake where all of them are held, and for a word that no world has.
    """
    case = request([*asked.held, "ensemble=sweep", "unknowns=prior", f"theory={theory}"], asked.config_path).case
    if not case.unknowns.drawn:
        raise UserMistake("theory", theory, "every setting is held, so there is nothing to vary")
    points = asked.sizes.trajectories * (len(case.unknowns.drawn) + 1)
    if points > MOST_CASES:
        right = f"{points:,} cases in all; a sweep has at most {MOST_CASES:,}"
        raise UserMistake("design.trajectories", asked.sizes.trajectories, right)
    return tuple(case.unknowns.drawn)


def screening(asked: SensitivityRequest, theory: str, settings: Sequence[str]) -> Request:
    """Morris' design over the prior ranges of settings."""
    sizes = asked.sizes
    own = [f"design.size={sizes.trajectories}", f"design.levels={sizes.levels}"]
    return _designed(asked, theory, settings, "morris", own)


def decomposition(asked: SensitivityRequest, theory: str, settings: Sequence[str]) -> Request:
    """Sobol' design over the prior ranges of settings."""
    return _designed(asked, theory, settings, "sobol", [f"design.size={asked.sizes.size}"])


def _designed(
    asked: SensitivityRequest, theory: str, settings: Sequence[str], name: str, own: Sequence[str]
) -> Request:
    design = [f"design={name}", *own, f"design.seed={asked.sizes.seed}", f"design.prior=[{','.join(settings)}]"]
    words_ = [*asked.held, f"theory={theory}", *design, f"ensemble.replicates={asked.replicates}"]
    return sweep(words_, asked.config_path)


def kept_worlds(asked: SensitivityRequest, theory: str) -> tuple[Request | None, str]:
    """Worlds of a theory that lived the record, at most so many as there are; None where they are too few, and why."""
    held = [*asked.held, *asked.worlds, "ensemble=sweep", "unknowns=posterior", f"theory={theory}"]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", NoEffect)
        asked_for = request([*held, f"ensemble.replicates={asked.sizes.worlds}"], asked.config_path)
    case = asked_for.case
    if case.mode != POSTERIOR or case.worlds is None:
        why = str(told[-1].message) if told else "there is no list of worlds"
        return None, why.removesuffix(", so this is run with unknowns=prior").removesuffix(
            ", so it is run with unknowns=prior"
        )
    there = min(asked.sizes.worlds, len(case.worlds))
    few = f"{there:,} worlds instead of {asked.sizes.worlds:,}: no more were kept" if there < asked.sizes.worlds else ""
    return replace(asked_for, plan=replace(asked_for.plan, replicates=range(there))), few


def kept_settings(morris: pd.DataFrame, most: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The settings that Morris keeps, the largest μ* first, and those that would be kept had there been more places.

    A setting is dropped where even the upper end of its 95 % interval is below :data:`MATTERS` of the largest μ*.
    """
    rows = morris[morris["index"] == "mu_star"].sort_values("value", ascending=False, kind="stable")
    largest = float(rows["value"].max()) if len(rows) else 0.0
    ends = rows["high"].fillna(rows["value"])
    names = [str(name) for name in rows.loc[(ends >= MATTERS * largest) & (rows["value"] > 0), "setting"]]
    return tuple(names[:most]), tuple(names[most:])


# What comes of it


def studied(asked: SensitivityRequest, fill: Fill) -> Iterator[TheorySensitivity]:
    """Run and analyse theory by theory; what is known already is not run again.

    Raises UserMistake as :func:`read_asked` and :func:`sim.ensemble.design.sweep.sweep` do; an outcome that runs lack
    leaves out its part, and says so.
    """
    for theory in asked.theories:
        yield of_theory(asked, theory, fill)


def of_theory(asked: SensitivityRequest, theory: str, fill: Fill) -> TheorySensitivity:
    """Morris, Sobol' and the worlds of one theory; see :func:`studied`."""
    settings, name = drawn_settings(asked, theory), asked.outcome.name
    said: list[str] = []
    morris = of_design(asked, "Morris", screening(asked, theory, settings), fill, said)
    kept, crowded_out = kept_settings(morris.table, asked.sizes.keep) if morris else ((), ())
    sobol = None
    if kept:
        sobol = of_design(asked, "Sobol'", decomposition(asked, theory, kept), fill, said)
    elif morris:
        said.append(f"Sobol' is left out: {name} is the same at every point of Morris' design")
    worlds = None
    request_of_worlds, why = kept_worlds(asked, theory)
    if request_of_worlds is None:
        said.append(f"Worlds that lived the record are left out: {why}")
    else:
        said += [f"Worlds that lived the record: {why}"] if why else []
        runs = fill(request_of_worlds)
        try:
            worlds = shares_in_worlds(request_of_worlds.case, request_of_worlds.plan.root_seed, runs, name)
        except UserMistake as mistake:
            said.append(f"Worlds that lived the record are left out: {mistake.right}")
        else:
            said += _lacks("Worlds that lived the record", name, worlds)
            if (worlds.table["value"] == 0).all() and good(runs)[name].nunique() < 2:
                said.append(f"Worlds that lived the record: {name} is the same in all of them")
    return TheorySensitivity(theory, name, len(settings), morris, kept, crowded_out, sobol, worlds, tuple(said))


def of_design(asked: SensitivityRequest, called: str, what: Request, fill: Fill, said: list[str]) -> Sensitivity | None:
    """Run and analyse a design; None where no replicate has the outcome at every point. ``said`` is told what lacks."""
    runs, name = fill(what), asked.outcome.name
    rows = pd.DataFrame([case.row() for case in distinct(what.cases)]).set_index("case")
    design = {"name": what.design.name, "levels": asked.sizes.levels}
    ((sampled, cases),) = what.combinations()
    sampled = {**sampled, "cases": [case.id for case in cases]}
    try:
        found = analyse(design, sampled, what.plan.root_seed, rows, good(runs), asked.outcome)
    except UserMistake:
        lack = int((~np.isfinite(pd.to_numeric(runs[name]).to_numpy(dtype=float))).sum())
        said.append(f"{called} is left out: {lack:,} of {len(runs):,} runs have no value of {name}, in every replicate "
                    "at least one")  # fmt: skip
        return None
    said += _lacks(called, name, found)
    return found


def _lacks(called: str, name: str, found: Sensitivity) -> list[str]:
    """Which runs lacked a value, the first few by name."""
    if not len(found.lacking):
        return []
    rows = found.lacking.head(NAMED).itertuples(index=False)
    named = ", ".join(f"{row.case} replicate {row.replicate}" for row in rows)
    more = f" and {len(found.lacking) - NAMED:,} more" if len(found.lacking) > NAMED else ""
    return [f"{called}: {words.several(len(found.lacking), 'run')} without a value of {name} left out ({named}{more})"]


def side_by_side(found: TheorySensitivity) -> pd.DataFrame:
    """One row a setting, the largest share first, be it the total index or that in worlds: what each analysis says.

    Columns: setting; ``mu_star`` with its interval ``mu_star_low`` to ``mu_star_high`` (mean absolute elementary
    effect, in the outcome's unit); ``kept``; ``total`` and ``first`` with theirs (Sobol' indices, shares of the
    variance of the mean over replicates); ``share`` with its own (first-order share of the variance over worlds that
    lived the record) and ``p`` (Holm's, of there being none); NaN where an analysis is left out, or lacks the setting.
    """
    table = pd.DataFrame(
        {"setting": list(dict.fromkeys(name for part in found.parts for name in part.table["setting"]))}
    )
    sources = (("mu_star", found.morris, "mu_star"), ("total", found.sobol, "total"), ("first", found.sobol, "first"),
               ("share", found.worlds, "first"))  # fmt: skip
    for name, part, index in sources:
        columns = {"value": name, "low": f"{name}_low", "high": f"{name}_high"}
        if part is None:
            table[list(columns.values())] = np.nan
            continue
        rows = part.table.loc[part.table["index"] == index, ["setting", *columns]].rename(columns=columns)
        table = table.merge(rows, on="setting", how="left")
    p = found.worlds.table.set_index("setting")["p"] if found.worlds else pd.Series(dtype=float)
    table["p"] = table["setting"].map(p).astype(float)
    table.insert(4, "kept", table["setting"].isin(found.kept))
    most = table[["total", "share"]].clip(0, 1).max(axis=1).fillna(0)
    order = np.lexsort((-table["mu_star"].fillna(0), -most))
    return table.iloc[order].reset_index(drop=True)


def long_table(found: Sequence[TheorySensitivity]) -> pd.DataFrame:
    """One row a theory, analysis, setting and index.

    Columns: theory, ``analysis`` (morris, sobol, worlds), outcome, those of a design's table
    (:class:`sim.analysis.sensitivity.Sensitivity`), ``kept`` (whether Morris kept the setting), ``p`` (worlds only),
    and of the analysis as a whole ``luck_share``, ``parameter_share``, ``points`` (or worlds) and ``replicates``.
    """
    parts = [
        part.table.assign(
            theory=one.theory, analysis=part.design, outcome=part.outcome, kept=part.table["setting"].isin(one.kept),
            luck_share=part.luck_share, parameter_share=part.parameter_share, points=part.points,
            replicates=part.replicates,
        )
        for one in found for part in one.parts
    ]  # fmt: skip
    whole = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["theory", "analysis", "outcome"])
    first = ["theory", "analysis", "outcome"]
    return whole[[*first, *(name for name in whole if name not in first)]]


def in_words(found: TheorySensitivity) -> str:
    """What one theory says, in a sentence."""
    name, said = found.outcome, list[str]()
    if found.sobol is not None:
        rows = found.sobol.table[found.sobol.table["index"] == "total"]
        clear = rows[rows["value"] >= MATTERS * rows["value"].max()].head(FEW_NAMED if (rows["low"] > 0).any() else 0)
        most = _and(f"{row['setting']} ({_share(row)})" for row in clear.to_dict("records"))
        told = f"{most} {'matters' if len(clear) == 1 else 'matter'} most for {name} by total index"
        said.append(f"over the prior ranges {told if len(clear) else f'no setting clearly stands out for {name}'}")
    elif found.morris is not None and found.kept:
        said.append(f"over the prior ranges {_and(found.kept[:FEW_NAMED])} matter most for {name} by μ*")
    elif found.morris is not None:
        said.append(f"over the prior ranges no setting moves {name}")
    if found.morris is not None and found.kept and np.isfinite(found.morris.luck_share):
        said[-1] += f", and luck is {_hundred(found.morris.luck_share)} of what single runs vary by"
    if found.worlds is not None:
        rows = found.worlds.table
        clear = rows[rows["p"] < SIGNIFICANT].head(FEW_NAMED)
        most = _and(f"{row['setting']} ({_share(row)})" for row in clear.to_dict("records"))
        luck = found.worlds.luck_share
        told = f"{name} goes most with {most}" if len(clear) else f"{name} goes with no setting alone beyond chance"
        share = f"luck is {_hundred(luck)}" if np.isfinite(luck) else "how much is luck is not known of these worlds"
        said.append(f"{LIVED} {told}, and {share}")
    return f"{words.model(found.theory)}, {'; '.join(said) if said else f'nothing can be said of {name}'}."


def _share(row: Mapping[Any, Any]) -> str:
    value, low, high = (_clipped(row[key]) for key in ("value", "low", "high"))
    return f"{words.of_runs(value)}, 95 % {words.hundredth(low)} to {words.hundredth(high)}"


def _hundred(share: float) -> str:
    return words.of_runs(_clipped(share))


def _clipped(share: float) -> float:
    return min(max(float(share), 0.0), 1.0)


def _and(names: Any) -> str:
    listed = list(names)
    return " and ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)
