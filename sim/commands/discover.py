"""``tabletop discover``: in which worlds an outcome passes a number, or one case beats another."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pandas as pd

from sim import text as words
from sim.commands import completion as completing
from sim.commands import flags

if TYPE_CHECKING:
    from sim.analysis.discovery.cases_of_interest import Asked
    from sim.analysis.discovery.rules import Rules
    from sim.api import Runs
    from sim.ensemble.cases.case import Case
    from sim.ensemble.design.request import Request

FORMS = click.Choice(["table", "csv", "json"])
Found = dict[str, tuple[tuple["Case", ...], "Asked", "Rules"]]


@click.command(short_help="in which worlds an outcome comes about, or one lever beats another")
@click.argument("what", nargs=-1, shell_complete=completing.settings, metavar="['OUTCOME>NUMBER'] [key=value]...")
@click.option("--outcome", help="With two cases: what they are compared on; else the default outcome.")
@click.option("--baseline", metavar="CASE", help="With two cases: the one to be beaten; else as_documented.")
@click.option("--box", type=int, metavar="N", help="Take box N of the path for the first rule, not the one chosen.")
@click.option("--path", "path", is_flag=True, help="Show the boxes of each path, to choose from.")
@click.option("--as", "form", type=FORMS, default="table", show_default=True, help="How to print it.")
@click.option("--figures/--no-figures", default=True, show_default=True, help="Draw a picture a theory, or not.")
@flags.config_path
def command(
    what: tuple[str, ...],
    outcome: str | None,
    baseline: str | None,
    box: int | None,
    path: bool,
    form: str,
    figures: bool,
    config_path: Path | None,
) -> int:
    """Find a rule, a few limits on what nobody knows, for when an outcome passes a number.

    Or, with two cases and no number, for when one beats the other under the same luck (--baseline is the one to be
    beaten). Each theory gets its rules, found by PRIM in half of the worlds and judged on the other half. Unless told
    otherwise: unknowns=prior, 4,000 worlds a theory, every theory; only what is missing is run.

    Example: tabletop discover 'exits_surge_month>100' theory=breach

    Example: tabletop discover 'scenario=as_documented,terms_settled' theory=breach
    """
    from sim.analysis.discovery.runs_asked import read
    from sim.api import open_store, run_request
    from sim.commands.patience import tell
    from sim.commands.screen import command_line, computed, name_failure, progress, say_failures, say_pictures
    from sim.ensemble.design.plan import missing_runs

    typed = command_line()
    asked, theories, request = read(what, outcome, baseline, config_path)
    store = open_store(Path(request.out) if request.out else None)
    missing = sum(map(len, missing_runs(request.plan, store).values()))
    with progress(missing) as advance:
        runs = run_request(request, store.folder, advance, typed, name_failure())
    with tell("looking for rules"):
        found, refused = _look(asked, theories, runs, box)
    _print(found, form, path)
    if form == "table":
        for line in refused:
            print(line)
    else:
        for line in refused:
            print(f"tabletop: {line}", file=sys.stderr)
    if figures and form == "table":
        with tell("drawing"):
            say_pictures(_draw(found, runs, request, box, typed))
    report = runs.report
    assert report is not None
    if form == "table":
        print(f"{computed(report)}; store: {store.folder}")
    return say_failures(report)


def _look(asked: Asked, theories: dict[str, tuple[Case, ...]], runs: Runs, box: int | None) -> tuple[Found, list[str]]:
    """The rules of each theory, and in a line each why a theory has none; a mistake where none allows any."""
    from sim.analysis.discovery.cases_of_interest import ask
    from sim.analysis.discovery.rules import TooFew, find_rules
    from sim.errors import UserMistake

    found: Found = {}
    refused: list[str] = []
    for theory, cases in theories.items():
        try:
            told = ask(asked, cases, runs.outcomes)
            rules = find_rules(told.inputs, told.cases, told.worlds, amount=told.amount, step=box)
        except TooFew as why:
            refused.append(f"{theory}: {why}")
            continue
        except IndexError as last:
            right = (
                f"under {theory} the boxes of the path are 1 to {last}" if last.args[0] > 0 else f"{theory} has none"
            )
            raise UserMistake("--box", box, right) from last
        found[theory] = (cases, asked, rules)
    if not found:
        raise UserMistake("discover", asked.text, "; ".join(refused))
    return found, refused


def _print(found: Found, form: str, path: bool) -> None:
    from sim.analysis.discovery import rule_text
    from sim.commands.screen import show_table

    if form != "table":
        parts = [rules.table.assign(theory=theory) for theory, (_, _, rules) in found.items()]
        table = pd.concat(parts, ignore_index=True)
        show_table(table[["theory", *(name for name in table if name != "theory")]], form)
        return
    for theory, (cases, asked, rules) in found.items():
        share, noun = words.of_runs(rules.cases / rules.rows, runs=rules.rows), rule_text.noun_of(asked)
        print(f"{theory} · {asked.text}: true in {share} of {rules.rows:,} {noun}; found in half of the worlds, and "
              f"every share below is of the other half, {rules.judged[0]:,} {noun}")  # fmt: skip
        for line in rule_text.sentences(rules, asked, cases[0]):
            print(line)
        for number, rule in enumerate(rules.rules, start=1):
            judged = rule.judged
            title = (f"rule {number}: density {words.number(judged.density)}, coverage {words.number(rule.coverage)}, "
                     f"mass {words.number(judged.mass)} ({judged.hits:,} of {judged.inside:,} {noun})")  # fmt: skip
            show_table(_limits(rule.limits, rule_text.units_of(cases[0])), title=title)
            print(rule_text.choice(rule))
            if path:
                show_table(rule.path, title=f"the path of rule {number}, on the searched half")
        print()
    print(rule_text.CAUTION)


def _limits(limits: pd.DataFrame, units: object) -> pd.DataFrame:
    """The limits of a rule for people."""
    assert isinstance(units, dict)
    return pd.DataFrame({
        "setting": limits["input"], "": limits["side"], "limit": limits["limit"],
        "unit": [units.get(name, "") for name in limits["input"]], "quasi-p": limits["quasi_p"],
        "of 100 bootstrap boxes": [words.hundredth(share) for share in limits["appears"]],
        "5 %": limits["low"], "95 %": limits["high"],
    })  # fmt: skip


def _draw(found: Found, runs: Runs, request: Request, box: int | None, typed: list[str]) -> list[Path]:
    from sim.analysis.statistics.summary import good
    from sim.ensemble.cases.run_numbers import run_numbers
    from sim.figures.discovery.figure import FIGURE, options_of, picture
    from sim.figures.folders import folder_of
    from sim.figures.provenance.recipe import Recipe, spans_of

    written = []
    for cases, asked, rules in found.values():
        if not rules.rules:
            continue
        mine = [good(runs.outcomes[runs.outcomes["case"] == case.id]) for case in cases]
        spans = tuple(spans_of(run_numbers(rows)) for rows in mine)
        recipe = Recipe(FIGURE.id, cases, spans, request.plan.root_seed, options_of(asked, box))
        folder = runs.store.figures(folder_of("discover", asked.name, cases[0].label))
        written.append(picture(recipe, asked, rules).save(folder, typed))
    return written
