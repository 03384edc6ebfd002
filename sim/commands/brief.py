"""``tabletop brief``: two pages to hand to somebody who decides, of a comparison or of the answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands import flags

if TYPE_CHECKING:
    from sim.reports.briefing.page import Briefing

FORMS = click.Choice(["files", "md", "html"])


@click.command(short_help="two pages to hand up, of a comparison or of the answer")
@click.argument("what", nargs=-1, metavar="[DIR|key=value,value]...")
@click.option("--answer", is_flag=True, help="The answer that the studies give together, instead of a comparison.")
@click.option("--baseline", metavar="CASE", help="The case to compare with; else as_documented.")
@click.option("--case", "only", multiple=True, metavar="CASE", help="Only this case; several times.")
@click.option("--outcome", "outcomes", multiple=True, help="What to compare; the first is the question.")
@click.option("--as", "form", type=FORMS, default="files", show_default=True, help="Write files, or print one.")
@click.option("--to", "folder", type=flags.NamedFolder(), metavar="DIR", help="Folder of the files.")
@flags.config_path
def command(
    what: tuple[str, ...],
    answer: bool,
    baseline: str | None,
    only: tuple[str, ...],
    outcomes: tuple[str, ...],
    form: str,
    folder: Path | None,
    config_path: Path | None,
) -> int:
    """A briefing of two pages: the answer, how sure it is and what flips it; then what it rests on.

    Which worlds, which cases, the record's sources, what it survives, what it is not, and the exact command. Markdown,
    and one HTML file with its pictures inside that prints on two sheets. What is compared is said as for `tabletop
    compare`; only what is missing is run.

    Example: tabletop brief 'scenario=as_documented,terms_settled' theory=breach

    Example: tabletop brief --answer --to handout
    """
    from sim.commands.screen import command_line

    typed = command_line()
    if answer:
        return _give(_of_answer(what, (baseline, *only, *outcomes, config_path), typed), folder, form, 0)
    from sim.commands.comparison import compared

    comparison, failed = compared(what, outcomes, baseline, only, config_path, typed)
    from sim.reports.briefing.certificates import of_cases
    from sim.reports.briefing.of_comparison import of_comparison
    from sim.reports.comparison_page import folder_of_comparison

    assert comparison.store is not None
    place = folder or comparison.store.figures(folder_of_comparison(comparison))
    briefing = of_comparison(comparison, typed, of_cases(comparison.cases), figures=form != "md")
    return _give(briefing, place, form, 3 if failed else 0)


def _of_answer(what: tuple[str, ...], others: tuple[object, ...], typed: list[str]) -> Briefing:
    from sim.errors import UserMistake
    from sim.paths import experiments_folder
    from sim.reports.briefing.of_answer import of_answer

    if what or any(others):
        raise UserMistake("--answer", None, "takes no case, outcome or setting: it is of what the studies say")
    studies = experiments_folder()
    if studies is None:
        right = "is of the studies in experiments/, which only a checkout has; an installed package briefs comparisons"
        raise UserMistake("--answer", None, right)
    return of_answer(studies, typed)


def _give(briefing: Briefing, folder: Path | None, form: str, code: int) -> int:
    if form != "files":
        print(briefing.markdown if form == "md" else briefing.html, end="")
        return code
    for path in briefing.save(folder or Path("outputs") / "briefing"):
        print(f"written: {path}")
    return code
