"""The Python face of the project; the command line is a thin layer over it."""

from __future__ import annotations

import hashlib
import os
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.analysis.day_windows import DayWindow, daily_series, of_quarters, of_window
from sim.analysis.lived_record import which_worlds
from sim.analysis.statistics.summary import Ask, by_case, cell, for_people, quantiles, sentence, usual
from sim.ensemble.cases.case import Case
from sim.ensemble.design.plan import Plan, distinct, missing_runs
from sim.ensemble.design.request import Request, request
from sim.ensemble.design.sweep import sweep as sweep_of
from sim.ensemble.engine.run_unknowns import unknowns_of_runs
from sim.ensemble.execution.invocation_notes import note_of, note_of_design
from sim.ensemble.execution.provenance import provenance
from sim.ensemble.execution.report import Failed, Progress, Report
from sim.ensemble.execution.runner import fill
from sim.ensemble.store.manifest import FORMAT
from sim.ensemble.store.store import Store
from sim.ensemble.store.tables.interface import RUN
from sim.errors import NoEffect, UserMistake
from sim.files import folder_name
from sim.model import MODEL_VERSION
from sim.outcomes import check_outcome, defaults
from sim.record import load as load_record
from sim.text import several

if TYPE_CHECKING:
    from sim.analysis.alternatives import Alternative
    from sim.analysis.comparison import Compared


@dataclass(frozen=True, repr=False)
class Runs:
    """Runs of one or more cases, as tables: what :func:`run`, :func:`sweep` and :func:`load` give.

    Attributes
    ----------
    cases
        One row a case: ``case`` (its id), ``label``, and every world setting by its dotted name.
    outcomes
        One row a run: ``case``, ``root_seed``, ``replicate``, ``future``, ``world`` (null under ``unknowns=fixed``),
        ``status`` (ok or failed), ``message`` (why it failed), and the outcomes by name; their units are those of
        ``tabletop show outcomes``, null where a run does not reach.
    store
        Where they are on disk.
    report
        What had to be computed and what failed; None for loaded runs.

    Examples
    --------
    >>> import sim
    >>> small = {"officers.pool": 40, "clock.start": "2024-02-15", "clock.end": "2024-03-20"}
    >>> runs = sim.run(theory="breach", replicates=20, settings=small, out="worlds")
    >>> runs
    Runs(cases=1, runs=20, store='worlds')
    >>> list(runs.summary().columns)
    ['outcome', 'unit', 'runs', 'low', 'lower', 'median', 'upper', 'high', 'meaning']
    >>> list(runs.by_case("exits_by_end").columns)
    ['case', 'label', 'runs', 'low', 'lower', 'median', 'upper', 'high']
    >>> bool((runs.series("out").groupby("replicate")["out"].max() == runs.outcomes["exits_by_end"]).all())
    True
    >>> len(runs.days) == 20 * 35  # a row a run and day
    True
    >>> print(runs)
    as_documented · breach · officers.pool=40 ...: 20 runs; columns are quantiles of runs
    ...
    >>> [path.name for path in runs.plot("F1", outcome="exits_by_end", folder="pictures")]
    ['F1-outcome-exits_by_end.png']
    """

    cases: pd.DataFrame
    outcomes: pd.DataFrame
    store: Store
    report: Report | None = None

    def __repr__(self) -> str:
        return f"Runs(cases={len(self.cases)}, runs={len(self.outcomes)}, store={str(self.store.folder)!r})"

    def __str__(self) -> str:
        """The table that a screen shows: the usual outcomes of one case with its sentence, or one outcome by case."""
        runs = several(len(self.outcomes), "run")
        if len(self.cases) != 1:
            asked = defaults.outcome(self.outcomes)
            head = f"{asked}: {several(len(self.cases), 'case')}, {runs}; columns are quantiles of runs"
            return f"{head}\n\n{_in_columns(self.by_case())}"
        case = Case.from_row(self.cases.iloc[0].to_dict())
        head = f"{case.label}: {runs}; columns are quantiles of runs"
        return f"{head}\n\n{_in_columns(usual(self.summary()))}\n\n{in_words(self, case)}"

    def of(self, *cases: str) -> Runs:
        """The runs of some cases, by their ids."""
        rows, outcomes = (table[table["case"].isin(cases)] for table in (self.cases, self.outcomes))
        report = self.report
        if report is not None:
            report = replace(report, reached=tuple(one for one in report.reached if one.case in cases))
        return Runs(rows.reset_index(drop=True), outcomes.reset_index(drop=True), self.store, report)

    @cached_property
    def days(self) -> pd.DataFrame:
        """One row a run and day, read when first asked for.

        Columns ``case``, ``root_seed``, ``replicate``, ``future``, ``day`` and all daily series, whose units are those
        of ``tabletop show outcomes --series``. Empty when no series were kept: with ``ensemble.days=false``, and in
        sweeps unless it is true.
        """
        return self.series()

    def series(self, *names: str) -> pd.DataFrame:
        """One row a run and day with these daily series and states only, or all daily series when none is named.

        Parameters
        ----------
        names
            Columns beside ``case``, ``root_seed``, ``replicate``, ``future`` and ``day``: series, and with
            ``ensemble.states=true`` states (``tabletop show outcomes --series``).
        """
        cases = list(self.cases["case"])
        days = daily_series(self.store, cases, names) if names else self.store.days(cases=cases)
        return days if days.empty else days.merge(self.outcomes[list(RUN)], on=list(RUN))

    def window(self, name: str, days: object, measure: str | None = None) -> pd.DataFrame:
        """A daily series or state over any days, such as ``("exits", "2024-Q2")``: :func:`of_window` says it all.

        Parameters
        ----------
        name, measure
            As for :func:`sim.analysis.day_windows.of_window`.
        days
            ``"2024-Q2"``, ``"2024-05"``, ``"2024-05-14"``, or first and last day.
        """
        return of_window(self.series(name), name, DayWindow.read(days), measure)

    def quarters(self, name: str, measure: str | None = None) -> pd.DataFrame:
        """The same, a column a quarter that the runs see to its end: ``2023-Q4`` and so on."""
        return of_quarters(self.series(name), name, measure)

    @cached_property
    def unknowns(self) -> pd.DataFrame:
        """The value that each drawn setting has in each run, computed when first asked for.

        Columns ``case``, ``root_seed``, ``replicate``, ``future``, and the drawn settings by their dotted names, in
        their own units; null where a case holds one, or its theory has none of the name.
        """
        cases = [Case.from_row(row) for row in self.cases.to_dict("records")]
        return unknowns_of_runs(cases, self.outcomes)

    def summary(self) -> pd.DataFrame:
        """Quantiles of every outcome over all good runs, one row an outcome.

        Returns
        -------
        Columns ``outcome``, ``unit``, ``runs`` (how many have a value), ``low``, ``lower``, ``median``, ``upper``,
        ``high`` (quantiles 5, 25, 50, 75 and 95 % of runs; dates for dates) and ``meaning``.
        """
        return quantiles(self.outcomes)

    def by_case(self, outcome: str | None = None) -> pd.DataFrame:
        """Quantiles of one outcome over the good runs of each case, one row a case.

        Returns
        -------
        Columns ``case``, ``label``, and ``runs`` to ``high`` as in :meth:`summary`.
        """
        return by_case(self.cases, self.outcomes, defaults.outcome(self.outcomes, outcome))

    def plot(
        self,
        *figures: str,
        outcome: str | None = None,
        baseline: str | None = None,
        folder: str | os.PathLike[str] | None = None,
    ) -> list[Path]:
        """Draw figures of these runs, and save each as a PNG with its data and its recipe.

        Parameters
        ----------
        figures
            Ids such as ``"F1"`` (docs/GALLERY.md shows them); all that these runs allow when none is named.
        outcome
            Name of the outcome to draw; None takes the figure's own.
        baseline
            Name, label or id of the case that comparisons are made with; None takes the record's.
        folder
            Where the pictures go, those of several cases to a folder each in it; the default is ``figures/`` of the
            store.

        Returns
        -------
        Paths of the PNGs. Beside each lies its data as CSV; ``tabletop reproduce`` makes it again from itself.

        Raises
        ------
        sim.errors.UserMistake
            For a figure, outcome or baseline that there is not, and for a figure that was named and cannot be drawn of
            these runs.
        sim.errors.StoreDamaged
            When the runs are those of another version of the model.
        """
        from sim.figures.catalog import Wanted, check, figure_of, of_contents  # drawing takes a second to load
        from sim.figures.store_contents import StoreContents  # drawing takes a second to load

        wanted = Wanted(tuple(id.upper() for id in figures), outcome=outcome, baseline=baseline)
        check(self.store, wanted)
        allowed = of_contents(StoreContents.of_runs(self.store, self.cases, self.outcomes), wanted)
        drawn = {recipe.figure for _, recipe in allowed.recipes}
        for id in wanted.figures:
            if id not in drawn:
                right = next((line for line in allowed.left_out if line.startswith(id)), "nothing to draw")
                raise UserMistake("--figure", id, right.removeprefix(f"{id}: "))
        labels = {label for label, _ in allowed.recipes}
        paths = []
        for label, recipe in allowed.recipes:
            if folder is None:
                target = self.store.figures(label)
            else:
                target = Path(folder) / folder_name(label) if len(labels) > 1 else Path(folder)
            paths.append(figure_of(recipe.figure).make(recipe, self.store).save(target, sys.argv))
        return paths


def run(
    *,
    scenario: str | None = None,
    theory: str | None = None,
    replicates: int | None = None,
    settings: Mapping[str, object] | None = None,
    overrides: Sequence[str] = (),
    out: str | os.PathLike[str] | None = None,
    config_path: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Runs:
    """Run one case under many draws of luck; what the store already has is not run again.

    Parameters
    ----------
    scenario, theory
        Names as ``tabletop show scenarios`` and ``tabletop show theories`` list them; None takes conf's own.
    replicates
        How many draws of luck, from ``ensemble.first_replicate`` (0) on; None takes conf's own, 400. The same replicate
        has the same luck in every case.
    settings
        Any other settings by dotted name, ``{"media.report_probability": 0.1}``, in the units of
        ``tabletop show parameters``.
    overrides
        Further settings in Hydra's words, ``["governments=rules"]``.
    out
        Folder of the store; the default is the one that every command adds to, under ``outputs/``.
    config_path
        A folder whose files come before the packaged ones.
    progress
        Called with the number of runs that each block finished.

    Returns
    -------
    The runs that were asked for, whether computed now or before.

    Raises
    ------
    sim.errors.UserMistake
        For an unknown setting, a wrong type, or a value out of bounds: one line.
    sim.errors.StoreDamaged
        When the folder is no store, or one of another version.

    Examples
    --------
    >>> import sim
    >>> small = {"officers.pool": 40, "clock.start": "2024-02-15", "clock.end": "2024-03-20"}
    >>> runs = sim.run(scenario="terms_settled", theory="breach", replicates=20, settings=small, out="worlds")
    >>> runs.outcomes[["replicate", "status"]].tail(2)
        replicate status
    18         18     ok
    19         19     ok
    >>> more = sim.run(scenario="terms_settled", theory="breach", replicates=30, settings=small, out="worlds")
    >>> (more.report.computed, more.report.found)
    (10, 20)

    A mistake is one line:

    >>> sim.run(theory="breech")
    Traceback (most recent call last):
    sim.errors.UserMistake: theory=breech: no such choice; there are breach, constant, prospects, ...
    """
    named = {"scenario": scenario, "theory": theory, "ensemble.replicates": replicates, **(settings or {})}
    words = [f"{key}={_word(value)}" for key, value in named.items() if value is not None]
    asked = request([*words, *overrides], Path(config_path) if config_path else None)
    return run_request(asked, Path(out) if out else None, progress)


def sweep(
    *overrides: str,
    replicates: int | None = None,
    out: str | os.PathLike[str] | None = None,
    config_path: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> Runs:
    """Run every case of a sweep; what the store already has is not run again.

    Parameters
    ----------
    overrides
        Hydra's words, with several values where something is swept (``"theory=breach,prospects"``,
        ``"scenario=glob(*)"``, ``"media.report_probability=range(0.01,0.2,0.01)"``), or a design over intervals.
    replicates, out, config_path, progress
        As for :func:`run`.

    Returns
    -------
    The runs of all cases. Daily series are kept only with ``"ensemble.days=true"``.

    Raises
    ------
    sim.errors.UserMistake, sim.errors.StoreDamaged
        As :func:`run` does.

    Examples
    --------
    >>> import sim
    >>> small = ["officers.pool=40", "clock.start=2024-02-15", "clock.end=2024-03-20"]
    >>> runs = sim.sweep("theory=breach,prospects", "gangs.blocs=3,5", *small, replicates=10, out="worlds")
    >>> runs.cases[["theory.name", "gangs.blocs"]]
      theory.name  gangs.blocs
    0      breach            3
    1      breach            5
    2   prospects            3
    3   prospects            5
    >>> [int(count) for count in runs.by_case("exits_by_end")["runs"]]
    [10, 10, 10, 10]
    """
    words = [*([f"ensemble.replicates={replicates}"] if replicates is not None else []), *overrides]
    asked = sweep_of(words, Path(config_path) if config_path else None)
    return run_request(asked, Path(out) if out else None, progress)


def compare(
    *what: str | os.PathLike[str],
    outcomes: Sequence[str] | None = None,
    baseline: str | None = None,
    only: Sequence[str] = (),
    everything: bool = False,
    out: str | os.PathLike[str] | None = None,
    config_path: str | os.PathLike[str] | None = None,
    progress: Callable[[int], AbstractContextManager[Progress]] | None = None,
    failed: Failed | None = None,
    command: Sequence[str] | None = None,
) -> Compared:
    """Compare cases run by run, under the same luck; what is missing is run.

    Parameters
    ----------
    what
        Folders of stores, and settings in Hydra's words, several values included. Folders alone: every case in them.
        Settings name the cases to compare; runs that are missing go to ``out``, or the first folder, or the default
        store. With no theory named, all of them are taken; a single world is compared with the record's.
    outcomes
        Names of outcomes (``tabletop show outcomes``), the question first; the default asks for officers out by the
        record's end, officers available on ``clock.target_date``, and civilians killed.
    baseline
        The world that the others are compared with, by its name or the id of one of its cases, or a part; else the
        record's, or the first.
    only
        The worlds to look at, if not all; named likewise.
    everything
        Whether every other outcome that the runs have is compared, too.
    out, config_path
        As for :func:`run`.
    progress
        Called with the number of runs that are missing, for something that hears of those that are done.
    failed
        Hears of each failed run.
    command
        What the store notes as the command; ``sys.argv`` otherwise.

    Returns
    -------
    ``table`` has one row a world, theory and outcome: ``world``, ``theory``, ``against``, ``outcome``, ``pairs``,
    ``baseline_mean`` and ``other_mean``, what either has on average, the mean ``difference`` in the outcome's unit
    (days for a date), its 95 % interval ``low`` to ``high``, and every other field of
    :class:`sim.analysis.statistics.paired_difference.PairedDifference`. ``findings`` has one row a world and outcome:
    ``world``, ``outcome``, ``finding`` (whether the theories agree), ``theories``, ``least``, ``most``. A world that
    acts later than the first outcome looks has rows of the first later one, too (``later``).

    Raises
    ------
    sim.errors.UserMistake, sim.errors.StoreDamaged
        As :func:`run` does; also for fewer than two cases, and for stores of different model versions.

    Examples
    --------
    >>> import sim
    >>> small = ["officers.pool=40", "clock.start=2024-02-15", "clock.end=2024-03-20", "ensemble.replicates=20"]
    >>> two = sim.compare("scenario=as_documented,no_surge", "theory=breach,constant", *small, out="worlds",
    ...                   outcomes=["attacks"])
    >>> two.table[["world", "theory", "against", "pairs"]]
          world    theory        against  pairs
    0  no_surge  constant  as_documented     20
    1  no_surge    breach  as_documented     20
    >>> bool((two.table["high"] < 0).all())  # fewer attacks
    True
    """
    from sim.analysis import comparison_runs  # the statistics behind it take seconds to load
    from sim.analysis.comparison import compared  # the statistics behind it load slowly

    words, stores = _words_and_stores(what)
    comparison_runs.same_version(stores)
    if stores and not words:
        cases, runs = comparison_runs.every_run(stores)
        return replace(compared(cases, runs, outcomes, baseline, only, everything), store=stores[0])
    asked, store, _ = comparison_request(what, outcomes or (), baseline, only, out, config_path)
    missing = sum(map(len, missing_runs(asked.plan, store).values()))
    with progress(missing) if progress else nullcontext() as advance:
        filled = run_request(asked, store.folder, advance, command, failed)
    comparison = compared(filled.cases, filled.outcomes, outcomes, baseline, only, everything)
    return replace(comparison, store=store, report=filled.report)


def comparison_request(
    what: Sequence[str | os.PathLike[str]],
    outcomes: Sequence[str] = (),
    baseline: str | None = None,
    only: Sequence[str] = (),
    out: str | os.PathLike[str] | None = None,
    config_path: str | os.PathLike[str] | None = None,
) -> tuple[Request, Store, tuple[Alternative, ...]]:
    """What :func:`compare` would run for these settings, where, and the worlds that it would compare.

    Nothing is run, and whatever it refuses is refused here, before anything is computed. Parameters and errors are
    those of :func:`compare`; the baseline comes first among the worlds.
    """
    from sim.analysis import comparison_runs  # the statistics behind it take seconds to load
    from sim.analysis.comparison import choose_worlds  # the statistics behind it load slowly

    words, stores = _words_and_stores(what)
    asked = comparison_runs.request_of(words, Path(config_path) if config_path else None, baseline)
    for outcome in outcomes:
        check_outcome("--outcome", outcome)
    worlds = choose_worlds(pd.DataFrame([case.row() for case in asked.cases]), baseline, only)
    folder = out or asked.out or (stores[0].folder if stores else None)
    return asked, open_store(Path(folder) if folder else None), worlds


def _words_and_stores(what: Sequence[str | os.PathLike[str]]) -> tuple[list[str], list[Store]]:
    """Settings, and the stores of the folders."""
    words = [str(one) for one in what if "=" in str(one) and not os.path.isdir(one)]
    return words, [Store.read(one) for one in what if str(one) not in words]


def run_request(
    asked: Request,
    out: Path | None = None,
    progress: Progress | None = None,
    command: Sequence[str] | None = None,
    failed: Failed | None = None,
) -> Runs:
    """Run what a request asks for, note the invocation, and hand back the runs; ``failed`` hears of each failure."""
    store = open_store(out or (Path(asked.out) if asked.out else None))
    plan = asked.plan
    started, began = datetime.now(UTC), time.perf_counter()

    def note(report: Report | None) -> dict[str, object]:
        return {
            "command": list(command or sys.argv),
            **note_of(plan, report),
            **(note_of_design(asked) if asked.swept or asked.sampled else {}),
            "computed": report.computed if report else None,
            "failed": len(report.failures) if report else None,
            "finished": report is not None,
            "started": started.isoformat(timespec="milliseconds"),
            "seconds": round(time.perf_counter() - began, 3),
            **provenance(),
        }

    report: Report | None = None
    noted = _note_beforehand(store, note(None), plan)
    try:
        report = fill(plan, store, progress, failed)
    finally:
        if noted:
            store.note_invocation(note(report), instead_of=noted)
    if command is None:  # a verb says it in its own way
        for line in report.faults:
            warnings.warn(line, RuntimeWarning, stacklevel=3)
    cases = distinct(asked.cases)
    rows = pd.DataFrame([case.row() for case in cases])
    return Runs(rows, asked.among(store.runs(cases=[case.id for case in cases]), report.reached), store, report)


def _note_beforehand(store: Store, note: Mapping[str, object], plan: Plan) -> Path | None:
    """Note a command before it begins; None where the store takes nothing and the command needs nothing of it.

    What is known can be shown, though the disk is full or may only be read.
    """
    try:
        return store.note_invocation(note)
    except UserMistake as mistake:
        if any(map(len, missing_runs(plan, store).values())):
            raise
        warnings.warn(NoEffect(f"{mistake}; this command is not noted, and all its runs are known"), stacklevel=3)
        return None


def load(folder: str | os.PathLike[str]) -> Runs:
    """Read all runs of a store, whatever version made it.

    Parameters
    ----------
    folder
        A folder that ``tabletop run``, :func:`run` or a sweep has written.

    Returns
    -------
    Its cases and runs; days are read when they are asked for. Nothing is run.

    Raises
    ------
    sim.errors.UserMistake
        When there is no such folder.
    sim.errors.StoreDamaged
        When it is no store, or damaged.

    Examples
    --------
    >>> import sim
    >>> small = ["officers.pool=40", "clock.start=2024-02-15", "clock.end=2024-03-20"]
    >>> made = sim.sweep("theory=breach,prospects", *small, replicates=10, out="worlds")
    >>> sim.load("worlds")
    Runs(cases=2, runs=20, store='worlds')
    """
    store = Store.read(folder)
    cases, runs = store.cases(), store.runs()
    store.check_cases(runs, cases)
    return Runs(cases, runs, store)


def open_store(folder: Path | None = None) -> Store:
    """The store to add to: the one named, or the default of this version and record."""
    record = load_record().hash
    return Store.open(folder or default_store(), model_version=MODEL_VERSION, record=record)


def default_store() -> Path:
    """``outputs/worlds-<8 hex of format, version and record>``: an upgrade starts a new store and spoils none."""
    name = hashlib.sha256(f"{FORMAT}:{MODEL_VERSION}:{load_record().hash}".encode()).hexdigest()[:8]
    return Path("outputs") / f"worlds-{name}"


def ask_of(case: Case) -> Ask:
    """What the sentence about a case needs to know."""
    v: Any = case.values
    return Ask(
        case.scenario,
        case.theory,
        v["officers.pool"],
        int(v["levers.first_contingent"]),
        v["clock.record_end"],
        which_worlds(case),
    )


def in_words(runs: Runs, case: Case) -> str:
    """The ensemble in one sentence."""
    return sentence(runs.outcomes, ask_of(case))


def _in_columns(table: pd.DataFrame) -> str:
    """A table for people in plain text: names to the left, what is said of them to the right."""
    shown = for_people(table)
    rows = [list(map(str, shown.columns)), *([cell(value) for value in row] for row in shown.itertuples(index=False))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [[row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])] for row in rows]
    return "\n".join("  ".join(line).rstrip() for line in lines)


def _word(value: object) -> str:
    """A Python value in Hydra's grammar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
