"""``tabletop sensitivity``: which settings matter under each theory, over the prior and over kept worlds; and luck."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim import text as words
from sim.commands import completion as completing
from sim.commands import flags

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from sim.analysis.sensitivity_study import SensitivityRequest, TheorySensitivity
    from sim.api import Runs
    from sim.ensemble.design.request import Request
    from sim.ensemble.store.store import Store

SHOWN = 10
"""Settings of a theory on the screen; the page has more, and the CSV all."""
LARGER = {"trajectories": 20, "size": 256, "worlds": 1000}
LARGER_REPLICATES = 10


@click.command(short_help="which settings matter, by theory: Morris, Sobol', worlds that lived the record; beside luck")
@click.argument("settings", nargs=-1, shell_complete=completing.settings, metavar="[key=value]...")
@flags.config_path
@click.option("--outcome", metavar="NAME", help="Of which outcome; else of exits in the month of the surge.")
@click.option("--all", "everything", is_flag=True, help="Show every setting.")
@click.option("--as", "form", type=click.Choice(["table", "csv"]), default="table", show_default=True,
              help="csv prints the numbers and nothing else.")  # fmt: skip
@click.option("--figures/--no-figures", default=True, show_default=True, help="Draw the pictures (F4), or not.")
@flags.dry_run
def command(
    settings: tuple[str, ...],
    config_path: Path | None,
    outcome: str | None,
    everything: bool,
    form: str,
    figures: bool,
    dry_run: bool,
) -> int:
    """Say which settings matter under each theory, or those of theory=…, and how much is luck.

    Over the prior: Morris' elementary effects of every setting that is drawn, then Sobol' indices of at most fifteen
    that Morris keeps. Over worlds that lived the record: the share of the variance that goes with each setting alone.
    Sizes are design.trajectories (4), design.size (32, Sobol'), design.keep (15), design.worlds (400) and
    ensemble.replicates (2 draws of luck a point); --dry-run says what larger ones cost. Only what is missing is run,
    so another --outcome costs little. Table, sentences, CSV, pictures and a page lie in the store's figures.

    Example: tabletop sensitivity theory=breach design.trajectories=8 design.size=128 --outcome exits_by_end
    """
    from sim.analysis.sensitivity_study import of_theory, read_asked
    from sim.api import open_store, run_request
    from sim.commands.patience import tell
    from sim.commands.screen import command_line, name_failure, progress, say_failures
    from sim.ensemble.design.request import request
    from sim.errors import UserMistake
    from sim.outcomes import defaults
    from sim.reports.sensitivity_page import save

    typed = command_line()
    with tell("composing"):
        asked = read_asked(settings, outcome or defaults.OUTCOME, config_path)
        out = request(["unknowns=prior", *asked.held, f"theory={asked.theories[0]}"], config_path).out
    store = open_store(Path(out) if out else None)
    if dry_run:
        return _dry_run(asked, store)
    made: dict[str, list[Runs]] = {theory: [] for theory in asked.theories}
    failed = name_failure()
    found: list[TheorySensitivity] = []
    for theory in asked.theories:

        def fill(what: Request, theory: str = theory) -> pd.DataFrame:
            with progress(what.plan.wanted) as advance:
                runs = run_request(what, store.folder, advance, typed, failed)
            made[theory].append(runs)
            return runs.outcomes

        with tell(f"{theory}: composing and running"):
            found.append(of_theory(asked, theory, fill))
        if form == "table":
            _show(found[-1], found[-1].drawn if everything else SHOWN)
    reports = [runs.report for each in made.values() for runs in each if runs.report is not None]
    failed_runs = max((say_failures(report) for report in reports if report.failures or report.faults), default=0)
    if failed_runs and all(one.empty for one in found):
        return failed_runs
    if all(one.empty for one in found):
        right = "it is the same in every run, or has no value, so there is nothing to share out; take another"
        raise UserMistake("--outcome", asked.outcome.name, right)
    _conclude(found, form)
    with tell("writing and drawing"):
        written = save(asked, found, store, _frames(made), typed, figures=figures)
    if form == "table":
        computed, known = (sum(getattr(runs.report, key) for each in made.values() for runs in each if runs.report)
                           for key in ("computed", "found"))  # fmt: skip
        print(f"{words.several(computed, 'run')} computed, {known:,} known already; store: {store.folder}")
        for path in written:
            print(f"written: {path}")
        print(_larger(asked, store, found[0].drawn))
    return failed_runs


def _frames(made: dict[str, list[Runs]]) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """By theory the rows of its cases and runs; a case that two analyses share stands once."""
    import pandas as pd

    frames = {}
    for theory, several in made.items():
        cases = pd.concat([runs.cases for runs in several], ignore_index=True).drop_duplicates("case")
        runs = pd.concat([runs.outcomes for runs in several], ignore_index=True)
        frames[theory] = cases, runs.drop_duplicates(["case", "root_seed", "replicate", "future"])
    return frames


def _show(found: TheorySensitivity, most: int) -> None:
    from sim.commands.screen import show_table
    from sim.reports.sensitivity_page import how_kept, how_much_luck, shown_table

    table = shown_table(found, most)
    if len(table):
        show_table(table, title=f"{found.theory}: what {found.outcome} depends on; settings that matter most first")
    if found.morris:
        print(how_kept(found))
    if luck := how_much_luck(found):
        print(luck)
    for line in found.left_out:
        print(line)


def _conclude(found: Sequence[TheorySensitivity], form: str) -> None:
    from sim.analysis.sensitivity_study import in_words, long_table
    from sim.commands.screen import show_table

    if form == "csv":
        return show_table(long_table(found), form)
    print()
    for one in found:
        print(in_words(one))
    print("Intervals are of sampling error, not of how sure we are of the world. Exploratory, never a forecast.")


# Before it is done


def _dry_run(asked: SensitivityRequest, store: Store) -> int:
    """What each part takes under each theory; Sobol' at most, until Morris is there to say what it keeps."""
    import pandas as pd

    from sim.analysis.forecast import duration, seconds_of
    from sim.analysis.sensitivity_study import drawn_settings, kept_worlds, screening
    from sim.commands.patience import tell
    from sim.commands.screen import show_table

    rows, left_out, total, wanted, plan = [], list[str](), 0, 0, None
    settings: tuple[str, ...] = ()
    with tell("composing"):
        for theory in asked.theories:
            settings = drawn_settings(asked, theory)
            morris, (worlds, why) = screening(asked, theory, settings), kept_worlds(asked, theory)
            plan = morris.plan
            of = {"Morris": _missing(morris, store), "Sobol'": _sobol(asked, store, theory, settings, morris),
                  "worlds": _missing(worlds, store) if worlds else (0, 0)}  # fmt: skip
            total += sum(lack for lack, _ in of.values())
            wanted += sum(count for _, count in of.values())
            cells = {part: f"{lack:,} of {count:,}" for part, (lack, count) in of.items()}
            rows.append({"theory": theory, "settings": len(settings), **cells})
            if why:
                left_out.append(f"{theory}: {'' if worlds else 'worlds that lived the record are left out: '}{why}")
    assert plan is not None
    show_table(
        pd.DataFrame(rows), title="runs that are missing, of those wanted; of Sobol' at most, before Morris is done"
    )
    for line in left_out:
        print(line)
    seconds, source = seconds_of(total, plan, store)
    print(f"{total:,} of {wanted:,} runs are missing" + (f": about {duration(seconds)} ({source})" if total else ""))
    print(_larger(asked, store, len(settings)))
    print(f"store: {store.folder}")
    return 0


def _missing(what: Request, store: Store) -> tuple[int, int]:
    from sim.ensemble.design.plan import missing_runs

    return sum(map(len, missing_runs(what.plan, store).values())), what.plan.wanted


def _sobol(
    asked: SensitivityRequest, store: Store, theory: str, settings: tuple[str, ...], morris: Request
) -> tuple[int, int]:  # fmt: skip
    """Runs that Sobol' lacks: what Morris keeps is known once its runs are there, else as many as it may keep."""
    from sim.analysis.sensitivity_study import decomposition, kept_settings, of_design

    most = asked.runs_of(len(settings))["sobol"]
    if _missing(morris, store)[0]:
        return most, most
    ids = [case.id for case in morris.cases]
    found = of_design(asked, "Morris", morris, lambda what: what.among(store.runs(cases=ids)), [])
    kept, _ = kept_settings(found.table, asked.sizes.keep) if found else ((), ())
    return _missing(decomposition(asked, theory, kept), store) if kept else (0, 0)


def _larger(asked: SensitivityRequest, store: Store, drawn: int) -> str:
    """What a larger study would come to, so that somebody can choose."""
    from sim.analysis.forecast import duration, seconds_of
    from sim.ensemble.design.request import request

    grown = replace(asked, sizes=replace(asked.sizes, **LARGER), replicates=LARGER_REPLICATES)
    runs = len(asked.theories) * sum(grown.runs_of(drawn).values())
    plan = request(["unknowns=prior", *asked.held, f"theory={asked.theories[0]}"], asked.config_path).plan
    seconds, _ = seconds_of(runs, plan, store)
    named = " ".join(f"design.{key}={value}" for key, value in LARGER.items())
    named += f" ensemble.replicates={LARGER_REPLICATES}"
    return f"narrower intervals: {named} take {runs:,} runs, about {duration(seconds)}"
