"""The Python face of the project; the command line is a thin layer over it."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim._version import __version__
from sim.analysis.statistics.summary import Ask, by_case, quantiles, sentence
from sim.ensemble.cases.case import Case
from sim.ensemble.design.plan import distinct, missing_runs
from sim.ensemble.design.request import Request, request
from sim.ensemble.design.sweep import sweep as sweep_of
from sim.ensemble.execution.invocation_notes import note_of, note_of_design
from sim.ensemble.execution.report import Failed, Progress, Report
from sim.ensemble.execution.runner import fill
from sim.ensemble.store.store import Store
from sim.model import MODEL_VERSION
from sim.record import load as load_record

if TYPE_CHECKING:
    from sim.analysis.comparison import Compared

_RUN_KEYS = ["case", "root_seed", "replicate"]
_DAY_KEYS = [*_RUN_KEYS, "day"]


@dataclass(frozen=True)
class Runs:
    """Runs of one or more cases, as tables.

    Attributes
    ----------
    cases
        One row a case: case, label, every world setting.
    outcomes
        One row a run: case, replicate, root_seed, status, message and the outcomes (``tabletop show outcomes``).
    store
        Where they are on disk.
    report
        What had to be computed and what failed; None for loaded runs.
    """

    cases: pd.DataFrame
    outcomes: pd.DataFrame
    store: Store
    report: Report | None = None

    @cached_property
    def days(self) -> pd.DataFrame:
        """One row a run and day, read when first asked for; empty when no series were kept."""
        return self.series()

    def series(self, *names: str) -> pd.DataFrame:
        """One row a run and day with these daily series only, or with all of them when none is named."""
        columns = [*_DAY_KEYS, *names] if names else None
        found = self.store.days(cases=list(self.cases["case"]), columns=columns)
        return found if found.empty else found.merge(self.outcomes[_RUN_KEYS], on=_RUN_KEYS)

    def summary(self) -> pd.DataFrame:
        """Quantiles of every outcome over all these runs."""
        return quantiles(self.outcomes)

    def by_case(self, outcome: str = "exits_by_record_end") -> pd.DataFrame:
        """One row a case: quantiles of one outcome over its runs."""
        return by_case(self.cases, self.outcomes, outcome)


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
    """Run one case; what the store already has is not run again.

    Parameters
    ----------
    scenario, theory
        Names as ``tabletop show scenarios`` and ``tabletop show theories`` list them.
    replicates
        Draws of luck.
    settings
        Any other settings by dotted name, ``{"media.report_probability": 0.1}``.
    overrides
        Further settings in Hydra's words.
    out
        Folder of the store; the default is the one that every command adds to.
    config_path
        A folder whose files come before the packaged ones.
    progress
        Called with the number of runs that each block finished.

    Raises
    ------
    sim.errors.UserMistake
        For an unknown setting, a wrong type, or a value out of bounds: one line.
    sim.errors.StoreDamaged
        When the folder is no store, or one of another version.
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

    >>> sim.sweep("scenario=glob(*)", "theory=breach,prospects", replicates=100)   # doctest: +SKIP

    Parameters
    ----------
    overrides
        Hydra's words, with several values where something is swept.
    replicates, out, config_path, progress
        As for :func:`run`.

    Raises
    ------
    sim.errors.UserMistake, sim.errors.StoreDamaged
        As :func:`run` does.
    """
    words = [*([f"ensemble.replicates={replicates}"] if replicates is not None else []), *overrides]
    asked = sweep_of(words, Path(config_path) if config_path else None)
    return run_request(asked, Path(out) if out else None, progress)


def compare(
    *what: str | os.PathLike[str],
    outcomes: Sequence[str] | None = None,
    baseline: str | None = None,
    only: Sequence[str] = (),
    out: str | os.PathLike[str] | None = None,
    config_path: str | os.PathLike[str] | None = None,
    progress: Callable[[int], AbstractContextManager[Progress]] | None = None,
    failed: Failed | None = None,
    command: Sequence[str] | None = None,
) -> Compared:
    """Compare cases run by run, under the same luck; what is missing is run.

    >>> found = sim.compare("scenario=as_documented,terms_settled", "theory=breach")   # doctest: +SKIP
    >>> found.table[["world", "theory", "difference", "low", "high"]]                      # doctest: +SKIP

    Parameters
    ----------
    what
        Folders of stores, and settings in Hydra's words, several values included. Folders alone: every case in them.
        Settings name the cases to compare; runs that are missing go to ``out``, or the first folder, or the default
        store. With no theory named, all of them are taken; a single world is compared with the record's.
    outcomes, baseline, only
        As for :func:`sim.analysis.comparison.compared`.
    out, config_path
        As for :func:`run`.
    progress
        Called with the number of runs that are missing, for something that hears of those that are done.
    failed
        Hears of each failed run.

    Raises
    ------
    sim.errors.UserMistake, sim.errors.StoreDamaged
        As :func:`run` does; also for fewer than two cases, and for stores of different model versions.
    """
    from sim.analysis import comparison_runs as gathering  # the statistics behind it take seconds to load
    from sim.analysis.comparison import MAIN, compared

    outcomes = MAIN if outcomes is None else outcomes
    words = [str(one) for one in what if "=" in str(one) and not os.path.isdir(one)]
    stores = [Store.read(one) for one in what if str(one) not in words]
    gathering.same_version(stores)
    if stores and not words:
        cases, runs = gathering.every_run(stores)
        return replace(compared(cases, runs, outcomes, baseline, only), store=stores[0])
    asked = gathering.request_of(words, Path(config_path) if config_path else None)
    folder = out or asked.out or (stores[0].folder if stores else None)
    store = open_store(Path(folder) if folder else None)
    missing = sum(map(len, missing_runs(asked.plan(), store).values()))
    with progress(missing) if progress else nullcontext() as advance:
        filled = run_request(asked, store.folder, advance, command, failed)
    found = compared(filled.cases, filled.outcomes, outcomes, baseline, only)
    return replace(found, store=store, report=filled.report)


def run_request(
    asked: Request,
    out: Path | None = None,
    progress: Progress | None = None,
    command: Sequence[str] | None = None,
    failed: Failed | None = None,
) -> Runs:
    """Run what a request asks for, note the invocation, and hand back the runs; ``failed`` hears of each failure."""
    store = open_store(out or (Path(asked.out) if asked.out else None))
    plan = asked.plan()
    started, began = datetime.now(UTC), time.perf_counter()

    def note(report: Report | None) -> dict[str, object]:
        return {
            "command": list(command or sys.argv),
            **note_of(plan, report),
            **(note_of_design(asked) if asked.swept or asked.sampled else {}),
            "computed": report.computed if report else None,
            "failed": len(report.failures) if report else None,
            "finished": report is not None,
            "started": started.isoformat(timespec="seconds"),
            "seconds": round(time.perf_counter() - began, 3),
            **provenance(),
        }

    report: Report | None = None
    noted = store.note_invocation(note(None))
    try:
        report = fill(plan, store, progress, failed)
    finally:
        store.note_invocation(note(report), instead_of=noted)
    cases = distinct(asked.cases)
    rows = pd.DataFrame([case.row() for case in cases])
    return Runs(rows, asked.among(store.runs(cases=[case.id for case in cases]), report.reached), store, report)


def load(folder: str | os.PathLike[str]) -> Runs:
    """Read a store, whatever version made it.

    Raises
    ------
    sim.errors.UserMistake
        When there is no such folder.
    sim.errors.StoreDamaged
        When it is no store, or damaged.
    """
    store = Store.read(folder)
    return Runs(store.cases(), store.runs(), store)


def open_store(folder: Path | None = None) -> Store:
    """The store to add to: the one named, or the default of this version and record."""
    record = load_record().hash
    return Store.open(folder or default_store(), model_version=MODEL_VERSION, record=record)


def default_store() -> Path:
    """``outputs/worlds-<8 hex of version and record>``: an upgrade starts a new store and spoils none."""
    name = hashlib.sha256(f"{MODEL_VERSION}:{load_record().hash}".encode()).hexdigest()[:8]
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
    )


def in_words(runs: Runs, case: Case) -> str:
    """The ensemble in one sentence."""
    return sentence(runs.outcomes, ask_of(case))


def provenance() -> dict[str, object]:
    """Versions and machine, as an invocation notes them."""
    packages = ("numpy", "pandas", "scipy", "pyarrow", "hydra-core", "matplotlib", "mesa")
    return {
        "version": __version__,
        "model_version": MODEL_VERSION,
        "git_commit": _git_commit(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in packages},
        "machine": {"system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count()},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _git_commit() -> str | None:
    """Commit of the checkout that this package runs from, read without starting git."""
    folder = Path(__file__).resolve().parent.parent / ".git"
    try:
        head = (folder / "HEAD").read_text(encoding="utf-8").strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        loose = folder / name
        if loose.exists():
            return loose.read_text(encoding="utf-8").strip()
        packed = (folder / "packed-refs").read_text(encoding="utf-8").splitlines()
        return next((line.split()[0] for line in packed if line.endswith(f" {name}")), None)
    except OSError:
        return None


def _word(value: object) -> str:
    """A Python value in Hydra's grammar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
