"""``tabletop explore``: six levers, every combination of them, in one file that anybody opens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands import completion as completing
from sim.commands import flags

if TYPE_CHECKING:
    from collections.abc import Sequence

OWN_KEYS = ("levers", "language")
"""Keys of this verb alone; every other one is a setting."""


@click.command(short_help="one file to hand on: move a lever, see what worlds come to")
@click.argument("what", nargs=-1, shell_complete=completing.settings, metavar="FILE.html [key=value]...")
@click.option("--outcome", "outcomes", multiple=True, help="What the page offers; several times, the first is shown.")
@flags.dry_run
@flags.config_path
def command(what: tuple[str, ...], outcomes: tuple[str, ...], dry_run: bool, config_path: Path | None) -> int:
    """Run every combination of six levers under each theory, and write them as one page.

    Whoever opens it moves levers and sees what worlds that lived the record come to; it needs no network, and nothing
    leaves it. levers=a,b,c names others, six at most, each as a:LEVEL where it is not pulled as far as it goes;
    language=fr writes it in French. Runs that the store has are not run again.

    Example: tabletop explore explore.html

    Example: tabletop explore pay.html levers=pay_escrow,insurance,evacuation ensemble.replicates=1000
    """
    from sim.analysis.comparison import compared
    from sim.analysis.lever_grid import read_grid
    from sim.api import run_request
    from sim.commands.dry_run import say_forecast
    from sim.commands.patience import tell
    from sim.commands.screen import command_line, computed, name_failure, progress, say_failures
    from sim.ensemble.cases.posterior import FEW
    from sim.errors import UserMistake
    from sim.language import SOURCE, spoken_in
    from sim.reports.explorer.numbers import numbers_of
    from sim.reports.explorer.page import check_target, explorer_page, save

    file, own, words = _read(what)
    check_target(file)
    shown = _outcomes(outcomes)
    with spoken_in(own.get("language", SOURCE)):
        with tell("composing"):
            grid = read_grid(words, own.get("levers"), config_path)
            if len(grid.request.plan.replicates) < FEW:
                _tell_of_few(len(grid.request.plan.replicates))
        if dry_run:
            return say_forecast(grid.request, shown[0])
        typed = command_line()
        with progress(grid.request.plan.wanted) as advance:
            runs = run_request(grid.request, progress=advance, command=typed, failed=name_failure())
        assert runs.report is not None
        nothing = next(iter(grid.cases.values()))[0].id
        with tell("comparing and writing"):
            comparison = compared(runs.cases, runs.outcomes, shown, baseline=nothing)
            if not any(one.pairs for one in comparison.comparisons):
                raise UserMistake("explore", None, f"no good run to show: {len(runs.outcomes):,} runs, none pairs")
            numbers = numbers_of(grid, comparison, runs.store)
            path = save(explorer_page(grid, comparison, numbers, _again(file, what, shown), shown), file)
    print(f"{computed(runs.report)}; store: {runs.store.folder}")
    print(f"written: {path} ({path.stat().st_size:,} bytes)")
    return say_failures(runs.report)


def _tell_of_few(worlds: int) -> None:
    """That so few worlds tell little, as the page says as well."""
    import warnings

    from sim.ensemble.cases.posterior import FEW
    from sim.errors import NoEffect

    said = f"so few worlds tell little, and the page says so; from {FEW} on a middle 90 of 100 is seen"
    warnings.warn(NoEffect(f"ensemble.replicates={worlds}: {said}"), stacklevel=2)


def _again(file: Path, what: Sequence[str], shown: Sequence[str]) -> list[str]:
    """The command without what only this machine knows, since the page goes to others: folders."""
    words = [word for word in what if "=" in word and not word.startswith("out=")]
    words = ["unknowns.posterior=FILE" if word.startswith("unknowns.posterior=") else word for word in words]
    return ["tabletop", "explore", file.name, *words, *(part for name in shown for part in ("--outcome", name))]


def _read(what: Sequence[str]) -> tuple[Path, dict[str, str], list[str]]:
    """The file, this verb's own keys, and the settings."""
    from sim.errors import UserMistake

    files = [word for word in what if "=" not in word]
    if len(files) != 1:
        right = "name the file to write, such as explore.html" if not files else "one file; settings are key=value"
        raise UserMistake("FILE.html", " ".join(files) or None, right)
    if files[0].endswith(("/", "\\")):
        raise UserMistake("FILE.html", files[0], "is a folder; name a file in it")
    own: dict[str, str] = {}
    words = []
    for word in what:
        key, sign, value = word.partition("=")
        if not sign:
            continue
        if key not in OWN_KEYS:
            words.append(word)
        elif key in own:
            raise UserMistake(key, value, f"given twice, {own[key]} before")
        else:
            own[key] = value
    return Path(files[0]), own, words


def _outcomes(named: Sequence[str]) -> tuple[str, ...]:
    """The outcomes of the page, each once and known."""
    from sim.errors import UserMistake
    from sim.outcomes import check_outcome, outcome_of
    from sim.reports.explorer.page import MOST_OUTCOMES, OUTCOMES

    shown = tuple(dict.fromkeys(named)) or OUTCOMES
    for name in shown:
        check_outcome("--outcome", name)
        if outcome_of(name).type == "date":
            raise UserMistake("--outcome", name, "a day, and the page draws numbers; tabletop compare has it")
    if len(shown) > MOST_OUTCOMES:
        raise UserMistake("--outcome", len(shown), f"at most {MOST_OUTCOMES} a page")
    return shown
