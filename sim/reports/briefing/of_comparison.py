"""The briefing of a comparison: on its first sheet the answer, on its second what the answer rests on."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from sim import text as words
from sim._version import __version__
from sim.analysis.comparison import Compared
from sim.ensemble.cases.unknowns import FIXED, MODE
from sim.errors import UserMistake
from sim.figures.catalog import Wanted, of_contents
from sim.figures.provenance.picture import Picture
from sim.figures.render import make
from sim.figures.store_contents import StoreContents
from sim.model import MODEL_VERSION
from sim.paths import conf_folder
from sim.record import load
from sim.reports import comparison_text as said
from sim.reports.briefing.page import NOT_THIS, SHEET, Briefing, listed, shortened
from sim.reports.bundle.tables import digest_of
from sim.reports.comparison_figure import picture
from sim.reports.markdown import plain
from sim.reports.registers import entries
from sim.settings.packaged import packaged_file

FIRST, SECOND = "F2-briefing", "F6-briefing"
"""Names of the pictures."""
PICTURED, _TOLD = 3, 6
"""Cases that the first picture has room for, and that the second sheet says about what they are."""
UNCERTIFIED = "No certificate is kept of this comparison: what it survives beside other luck has not been asked."


def of_comparison(
    comparison: Compared, command: Sequence[str], certificates: Sequence[str] = (), figures: bool = True
) -> Briefing:
    """The briefing of a comparison.

    Parameters
    ----------
    command
        As it was typed, to be typed again.
    certificates
        What experiments certify of these cases, a line of Markdown each.
    figures
        Whether it has pictures.
    """
    drawn = {FIRST: picture(comparison, PICTURED), SECOND: _theories(comparison)} if figures else {}
    shown: dict[str, str] = {}
    files: dict[str, bytes] = {}
    for name, one in drawn.items():
        if one is not None:
            files |= one.files(command, name)
            shown[name] = f"![{plain(shortened(one.alt))}]({name}.png)"
    parts = [
        *said.brief_parts(comparison, shown.get(FIRST)),
        SHEET,
        *_rests_on(comparison, shown.get(SECOND), certificates),
        "## Made by",
        f"`{shlex.join(command)}`",
        f"Version {__version__}, model {_version(comparison)}, record {load().hash[:12]}; digest of the runs "
        f"`{digest_of(comparison.runs)}`. {words.CAUTION}",
    ]
    pictures = {name: content for name, content in files.items() if name.endswith(".png")}
    data = {name: content for name, content in files.items() if name not in pictures}
    return Briefing(said.question(comparison), "\n\n".join(parts) + "\n", pictures, data)


def _rests_on(comparison: Compared, figure: str | None, certificates: Sequence[str]) -> Iterator[str]:
    yield "## Which worlds are these"
    yield listed([plain(line) for line in (*said.worlds(comparison), *_counted(comparison))])
    yield "## What the cases are"
    yield listed(list(_cases(comparison)))
    if figure:
        yield figure
    yield "## What it survives"
    yield listed(list(certificates) or [UNCERTIFIED])
    yield "## What it rests on"
    yield listed(list(_sources()))
    yield "## What this is not"
    yield listed([plain(line) for line in NOT_THIS])


def _counted(comparison: Compared) -> Iterator[str]:
    if MODE not in comparison.cases or set(comparison.cases[MODE]) == {FIXED}:
        yield "Every setting has one value, conf's or the one typed; nothing that nobody knows is drawn."
    theories = comparison.baseline.cases
    yield (
        f"{len(comparison.runs):,} runs of {words.several(len(comparison.worlds), 'case')} under "
        f"{words.several(len(theories), 'theory', 'theories')}: {', '.join(map(words.spoken, theories))}."
    )


def _cases(comparison: Compared) -> Iterator[str]:
    """What each case is; what was typed beside its scenario stands in its name."""
    scenarios = dict(zip(comparison.cases["case"], comparison.cases["scenario.name"], strict=True))
    for world in comparison.worlds[:_TOLD]:
        story = _story(scenarios[next(iter(world.cases.values()))])
        yield f"**{plain(words.spoken(world.name))}**" + (f": {plain(story)}" if story else "")
    if len(comparison.worlds) > _TOLD:
        yield f"and {words.several(len(comparison.worlds) - _TOLD, 'case')} more: `tabletop show scenarios`"


def _story(scenario: str) -> str:
    """What a packaged scenario says of itself; nothing of one that somebody added."""
    if not (conf_folder() / "scenario" / f"{scenario}.yaml").is_file():
        return ""
    return " ".join(str(packaged_file("scenario", scenario).get("story", "")).split())


def _sources() -> Iterator[str]:
    """The record in a few lines: how many facts, what is disputed, who says what the timeline has."""
    record, reached = load(), entries()
    told = [fact for fact in record if any(way.startswith("event ") for way in reached.get(fact.id, ()))]
    last = [fact for fact in told if fact.grade == "A"]
    names = dict.fromkeys(part.strip() for fact in told for part in fact.source.split(";"))
    yield (
        f"{len(record)} documented facts up to {words.day(record.now)}, "
        f"{sum(fact.disputed for fact in record)} of them disputed; {len(told)} are events of the timeline, "
        f"{len(last)} of these of official grade "
        "(`tabletop show facts`)."
    )
    yield plain(f"The timeline's sources: {'; '.join(sorted(names, key=str.casefold))}.")


def _theories(comparison: Compared) -> Picture | None:
    """F6 of the first outcome; None where one theory was run, or the outcome has no axis."""
    if comparison.store is None or comparison.store.model_version != MODEL_VERSION:
        return None
    contents = StoreContents.of_runs(
        comparison.store, comparison.cases, comparison.runs, named=frozenset(comparison.cases["case"])
    )
    try:
        wanted = Wanted(("F6",), outcome=comparison.outcomes[0], baseline=comparison.baseline.name)
        recipes = of_contents(contents, wanted).recipes
        return make(recipes[0][1], comparison.store) if recipes else None
    except (UserMistake, ValueError):  # an outcome without an axis, or without any value
        return None


def _version(comparison: Compared) -> int:
    return comparison.store.model_version if comparison.store else MODEL_VERSION
