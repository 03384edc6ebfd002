"""A comparison as a page: Markdown, and one self-contained HTML file made of it that needs no network and no script.

The full page holds every number; the brief is what can be handed up: question, answer, how sure, what flips it,
figure, on one printed page.
"""

from __future__ import annotations

import base64
import io
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from sim import text as words
from sim._version import __version__
from sim.analysis.comparison import Compared
from sim.ensemble.store.store import Store
from sim.errors import UserMistake
from sim.figures.drawing.style import context
from sim.figures.folders import folder_of
from sim.figures.provenance.picture import Picture
from sim.files import commit_all
from sim.model import MODEL_VERSION
from sim.outcomes import outcome_of
from sim.reports import comparison_numbers as numbers
from sim.reports import comparison_text as said
from sim.reports.comparison_figure import picture
from sim.reports.markdown import markdown as table_of
from sim.reports.picture_index import write as write_index

FIGURE = "F2-comparison.png"
FEW = 6
"""Cases beside the baseline that get a sentence each on a page; where there are more, the first of a ranking do."""
SHOWN = 3
"""Cases beside the baseline that its picture has room for."""
_STYLE = """
@page { size: A4; margin: 13mm 15mm }
body { font: 10.5pt/1.4 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: #1a1a1a; background: #fff;
       max-width: 68em; margin: 1.5em auto; padding: 0 1em }
h1 { font-size: 1.5em; line-height: 1.25; margin: 0 0 .5em } h2 { font-size: 1.1em; margin: 1em 0 .3em }
p, ul { margin: .3em 0 } ul { padding-left: 1.3em }
table { border-collapse: collapse; font-size: .88em; margin: .4em 0; display: block; overflow-x: auto }
th, td { border-bottom: 1px solid #ccc; padding: .2em .6em; text-align: left; vertical-align: top }
th { border-bottom: 1.5px solid #1a1a1a } img { max-width: 100%; display: block; margin: .3em 0 }
code { font-size: .92em }
@media print { body { margin: 0; padding: 0; max-width: none } table { display: table } tr, img { break-inside: avoid }
  h2 { break-after: avoid } .brief { font-size: 9.2pt; line-height: 1.3 } .brief img { max-height: 92mm } }
"""


def markdown(comparison: Compared, command: Sequence[str], *, brief: bool = False, figure: str | None = None) -> str:
    """The page as GitHub's Markdown; ``figure`` is the address of the picture, with its alt text already escaped."""
    parts = said.brief_parts(comparison, figure) if brief else _full(comparison, figure)
    return "\n\n".join([*parts, _foot(comparison, command)]) + "\n"


def html(comparison: Compared, command: Sequence[str], *, brief: bool = False, drawn: Picture | None = None) -> str:
    """The page as one HTML file; the picture is inside."""
    drawn = drawn or picture(comparison, SHOWN if brief else None)
    text = markdown(comparison, command, brief=brief, figure=_address(drawn))
    page = _html(text, said.question(comparison), "brief" if brief else "full")
    # The picture goes in last: Markdown's parser would read every letter of it.
    return page.replace(f'src="{FIGURE}"', f'src="data:image/png;base64,{_png(drawn)}"') if drawn else page


def save(comparison: Compared, store: Store, command: Sequence[str], *, brief: bool = False) -> list[Path]:
    """Write picture, CSV, Markdown and HTML to the store's folder of figures, and return the paths.

    Raises
    ------
    UserMistake
        When a file cannot be written.
    """
    folder = store.figures(folder_of_comparison(comparison))
    drawn = picture(comparison, SHOWN if brief else None)
    stem, figure = ("brief", "F2-brief.png") if brief else ("comparison", FIGURE)
    paths = [drawn.save(folder, command, figure.removesuffix(".png"))] if drawn else []
    texts = {
        f"{stem}.md": markdown(comparison, command, brief=brief, figure=_address(drawn, figure)),
        f"{stem}.html": html(comparison, command, brief=brief, drawn=drawn),
        "comparison.csv": comparison.table.to_csv(index=False, lineterminator="\n"),
    }
    try:
        commit_all({folder / name: text.encode() for name, text in texts.items()})
    except OSError as fault:
        raise UserMistake("out", folder, f"cannot be written: {fault.strerror or fault}") from fault
    write_index(store)
    return [*paths, *(folder / name for name in texts)]


def folder_of_comparison(comparison: Compared) -> str:
    """The folder for its files: the worlds by name where they fit, else their number and a hash of them."""
    names = [world.name for world in comparison.worlds]
    return folder_of("compare", *names) if len(names) <= FEW else folder_of(f"compare-{len(names)}-cases", *names)


def _full(comparison: Compared, figure: str | None) -> Iterator[str]:
    name = comparison.outcomes[0]
    yield f"# {said.as_shown(said.question(comparison))}"
    yield said.listed(said.answer(comparison, said.room(comparison, FEW)))
    if figure:
        yield figure
    if len(comparison.others) > 1:
        yield f"## Ranking on {name}, the one that is never far from best first"
        yield f"Mean {outcome_of(name).unit} by theory; {outcome_of(name).direction}."
        yield table_of(numbers.ranking(comparison), code=["case"])
    later = dict.fromkeys(comparison.later.values())
    for outcome in map(outcome_of, dict.fromkeys([*comparison.outcomes, *later])):
        yield f"## {outcome.name}: {said.as_shown(said.meaning(comparison, outcome.name))}"
        yield (
            f"In {outcome.difference_unit}, less {said.as_shown(comparison.baseline.name)}; {outcome.direction}. "
            f"{_findings(comparison, outcome.name)}{_pairs(comparison, outcome.name)}"
        )
        yield table_of(_rows(comparison, outcome.name), code=["case"])
    if comparison.rivals and len(comparison.others) <= FEW:
        yield "## The other cases against each other"
        yield f"{name}, in {outcome_of(name).difference_unit}; of the same family of comparisons."
        of = numbers.base_of(comparison.rivals)
        listed = [
            {"case": comparison.name_of(one.other), "against": comparison.name_of(one.baseline),
             "theory": _theory(comparison, one.other), "mean difference (95 %)": numbers.interval(one),
             f"better / worse / same of {words.several(of, 'pair')}": numbers.shares(one, of)}
            for one in comparison.rivals
        ]  # fmt: skip
        yield table_of(pd.DataFrame(listed), code=["case", "against"])
    if line := said.never_far(comparison):
        yield "## Regret: how far each case is from the best, theory by theory"
        yield said.as_shown(line)
        rows = comparison.robustness().drop(columns=["mean", "best", "within"]).rename(columns={"option": "case"})
        yield table_of(
            rows.map(lambda value: words.estimate(value) if isinstance(value, float) else value), code=["case"]
        )
    yield "## How it was computed"
    yield said.listed(said.notes(comparison))


def _rows(comparison: Compared, outcome: str) -> pd.DataFrame:
    rows = []
    of = numbers.base_of(one for world in comparison.others for _, one in comparison.of(world, outcome))
    for world in comparison.others:
        for theory, one in comparison.of(world, outcome):
            base, level = numbers.levels(one)
            rows.append({
                "case": world.name, "theory": theory, f"mean of {comparison.baseline.name}": base,
                "mean of the case": level,
                "mean difference (95 %)": numbers.interval(one),
                "all together (95 %)": numbers.wide(one),
                f"better / worse / same of {words.several(of, 'pair')}": numbers.shares(one, of),
                "variance factor": numbers.factor(one),
                "replicates to settle": numbers.settled(one, comparison.never(one)),
                "pairs": f"{one.pairs:,}", "p (Holm)": "" if one.adjusted_p is None else _p(one.adjusted_p),
            })  # fmt: skip
    table = pd.DataFrame(rows)
    return table.drop(columns="pairs") if table["pairs"].nunique() == 1 else table


def _pairs(comparison: Compared, outcome: str) -> str:
    """How many pairs each row rests on, where all have as many; else each row says it."""
    counts = {one.pairs for world in comparison.others for _, one in comparison.of(world, outcome)}
    return f" {words.several(next(iter(counts)), 'pair')} each." if len(counts) == 1 else ""


def _findings(comparison: Compared, outcome: str) -> str:
    told = [verdict for verdict in comparison.verdicts if verdict.outcome == outcome]
    if len(told) > FEW:
        counts = Counter(verdict.finding for verdict in told)
        return "; ".join(f"{count} *{finding}*" for finding, count in counts.items()) + "."
    return "; ".join(f"{said.as_shown(verdict.world)}: *{verdict.finding}*" for verdict in told) + "."


def _theory(comparison: Compared, case: str) -> str:
    return next(theory for world in comparison.worlds for theory, of in world.cases.items() if of == case)


def _foot(comparison: Compared, command: Sequence[str]) -> str:
    version = comparison.store.model_version if comparison.store else MODEL_VERSION
    return f"`{shlex.join(command)}` · version {__version__}, model {version} · {words.CAUTION}"


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _address(drawn: Picture | None, figure: str = FIGURE) -> str | None:
    """The picture in Markdown's words."""
    return f"![{said.as_shown(' '.join(drawn.alt.split()))}]({figure})" if drawn else None


def _png(drawn: Picture) -> str:
    buffer = io.BytesIO()
    with context():
        drawn.figure.savefig(buffer, format="png", dpi=150)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _html(text: str, title: str, kind: str) -> str:
    from html import escape  # a page as HTML alone needs it

    from markdown_it import MarkdownIt  # a page as HTML alone needs it

    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f'<style>{_STYLE}</style></head>\n<body class="{kind}">\n{body}</body></html>\n'
    )
