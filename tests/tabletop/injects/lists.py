"""Lists of injects for tests: drawn ones, a file of one's own, and its one mistake."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from hypothesis import strategies as st

from sim.model.events import MEASURES, TARGETS, Condition
from sim.settings.schema import canonical
from sim.tabletop.injects import Inject, MasterList, mistakes_of

ROLES = ("kenya", "haiti", "united_states", "united_nations")

LETTERS = st.characters(exclude_categories=("C", "Z"), include_characters=" \n\t\u00a0=+-@'\";,{}#:|>_x")
TEXTS = st.one_of(
    st.text(LETTERS, max_size=40).map(str.strip),
    st.sampled_from(
        [
            "=1+1",
            "+D+3",
            "-",
            "@all",
            "'=1",
            "''-2",
            "2024-03-11",
            "45362",
            "TRUE",
            "null",
            "~",
            "1e3",
            "_x0041_",
            "a\n\n b",
        ]
    ),
)
SPOKEN = TEXTS.filter(bool)
IDS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
CONDITIONS = st.builds(
    Condition,
    measure=st.sampled_from(list(MEASURES)),
    above=st.booleans(),
    threshold=st.floats(-1e12, 1e12).map(canonical),
    days=st.integers(1, 99),
)


@st.composite
def writes(draw: st.DrawFn) -> tuple:
    """What is set before what is added, levels of a group together, as files have it."""
    written = []
    for op in ("set", "add"):
        names = draw(st.lists(st.sampled_from(sorted(TARGETS)), unique=True, max_size=4))
        for name in sorted(names, key=lambda name: name.partition(".")[0]):
            low, high = TARGETS[name].low, TARGETS[name].high
            amount = draw(st.floats(low if op == "set" else -high, high).map(canonical))
            written.append((name, op, amount))
    return tuple(written)


@st.composite
def lists(draw: st.DrawFn) -> MasterList:
    """A sound list: chains lead back to earlier injects."""
    objectives = draw(st.dictionaries(IDS, SPOKEN, max_size=3))
    ids = draw(st.lists(IDS, unique=True, min_size=1, max_size=5))
    injects = []
    for number, id in enumerate(ids):
        kind = draw(st.sampled_from(["day", "date", "when", *(["after"] if number else [])]))
        injects.append(
            Inject(
                id=id,
                at={
                    "day": draw(st.integers(0, 3650)),
                    "date": draw(st.dates(date(1970, 1, 1), date(2139, 12, 31))),
                }.get(kind),
                after=(draw(st.sampled_from(ids[:number])), draw(st.integers(0, 3650))) if kind == "after" else None,
                when=draw(CONDITIONS) if kind == "when" else None,
                to=draw(st.sampled_from([*ROLES, "umpire", "all"])),
                text=draw(SPOKEN),
                by=draw(TEXTS),
                channel=draw(TEXTS),
                expected=draw(TEXTS),
                objective=draw(st.sampled_from(["", *objectives])),
                writes=draw(writes()),
                notes=draw(TEXTS),
            )
        )
    return MasterList(draw(SPOKEN), objectives, tuple(injects), draw(TEXTS))


def written(folder: Path, text: str | bytes, name: str = "mine.yaml") -> Path:
    """A file of one's own."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def said_of(path: Path, first_day: date | None = None) -> list[str]:
    """Everything that is said of a file, each in a line that begins with its name."""
    lines = [str(mistake) for mistake in mistakes_of(path, ROLES, first_day)]
    assert all("\n" not in line and line.startswith(str(path)) for line in lines)
    return [line.removeprefix(str(path)).lstrip(", ") for line in lines]
