"""The briefing of the answer: what experiments/ANSWER.md says, with the studies it stands on and their pictures."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from PIL import Image

from sim import text as words
from sim._version import __version__
from sim.ensemble.cases.posterior import load_posterior
from sim.errors import UserMistake
from sim.model import MODEL_VERSION
from sim.record import load
from sim.reports.briefing import certificates
from sim.reports.briefing.page import SHEET, Briefing, listed, shortened
from sim.reports.markdown import plain

PAGE = "ANSWER.md"
MOST_PICTURES = 2
"""That two sheets have room for."""
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_ALONE = re.compile(r"\((\[\d+\])\)")
_CERTIFIED = re.compile(r"; (?:\[[\w-]+\]\(certificates/README\.md#|no certificate).*\)$", re.MULTILINE)
"""What a sentence of the page says of its certificates, which have a place of their own on the second sheet."""
_PICTURE = re.compile(r"^!\[(.*)\]\(([\w.-]+\.png)\)$", re.MULTILINE)
_COMMAND = re.compile(r"`(python experiments/[^`]+|tabletop [^`]+)`")


def of_answer(studies: Path, command: Sequence[str]) -> Briefing:
    """The briefing of the answer, as its page and the studies' pages are now.

    Parameters
    ----------
    studies
        The folder ``experiments/`` of a checkout.
    command
        As it was typed, to be typed again.

    Raises
    ------
    UserMistake
        There is no answer in the folder, or it cannot be read.
    """
    text = _read(studies / PAGE)
    title, _, rest = text.partition("\n")
    rest = _CERTIFIED.sub(")", rest)
    sources = _sources(rest)
    body = _LINK.sub(lambda link: _numbered(link, sources), rest.partition("\nFigures of model version")[0]).strip()
    body = _ALONE.sub(r"\1", body)
    shown: list[str] = []
    pictures: dict[str, bytes] = {}
    for study in _pictured(rest):
        if len(pictures) < MOST_PICTURES and (found := _picture(studies / study)):
            alt, content = found
            pictures[f"{study}.png"] = content
            shown.append(f"![{alt}]({study}.png)")
    parts = [
        f"# {title.removeprefix('#').strip()}",
        body,
        SHEET,
        "## Which worlds are these",
        listed(list(_worlds())),
        *shown,
        "## What it survives",
        listed(certificates.of_answer(studies, text) or ["No certificate is kept of the answer's findings."]),
        "## The studies, each with the command that makes it again",
        "\n".join(f"{number}. {_study(studies / study)}" for study, number in sources.items()),
        "## Made by",
        f"`{shlex.join(command)}`",
        f"Version {__version__}, model {MODEL_VERSION}, record {load().hash[:12]}.",
    ]
    return Briefing(title.removeprefix("#").strip(), "\n\n".join(parts) + "\n", pictures, dense=True)


def _sources(text: str) -> Mapping[str, int]:
    """Folders of the studies that the page links, with a number each, in the order in which they come."""
    studies = dict.fromkeys(target.partition("/")[0] for _, target in _LINK.findall(text) if _is_study(target))
    return {study: number for number, study in enumerate(studies, 1)}


def _pictured(text: str) -> list[str]:
    """The first study of each part of the page: one picture for each thing that is asked."""
    return list(dict.fromkeys(next(iter(of)) for part in text.split("\n## ") if (of := _sources(part))))


def _is_study(target: str) -> bool:
    return re.fullmatch(r"\w+/[\w-]+\.md", target) is not None


def _numbered(link: re.Match[str], sources: Mapping[str, int]) -> str:
    """A link as the number of its study; any other one as its words, since the page goes on paper."""
    if not _is_study(link[2]):
        return link[1]
    return f"[{sources[link[2].partition('/')[0]]}]"


def _picture(folder: Path) -> tuple[str, bytes] | None:
    """The widest picture of a study's page, which a sheet has room for, with the beginning of its description."""
    shown = []
    for alt, name in _PICTURE.findall(_read(folder / "README.md")):
        if (folder / name).is_file():
            with Image.open(folder / name) as image:
                shown.append((image.height / image.width, alt, name))
    if not shown:
        return None
    _, alt, name = min(shown)
    return shortened(alt), (folder / name).read_bytes()


def _study(folder: Path) -> str:
    """A study in a line: its question, and how it is asked again."""
    text = _read(folder / "README.md")
    made = _COMMAND.search(text)
    heading = re.search(r"^# (.+)$", text, re.MULTILINE)
    question = heading[1].strip() if heading else folder.name
    return question + (f" `{' '.join(made[1].split())}`" if made else "")


def _worlds() -> Iterator[str]:
    posterior = load_posterior()
    kept = [f"{words.spoken(name)} {len(of.worlds):,} of {of.draws:,} draws" for name, of in posterior.theories.items()]
    yield plain(f"Worlds that lived the record, by theory: {', '.join(kept)}.")
    yield plain("What nobody knows is drawn anew in each world, and those in which the record happened are kept; what "
                "is asked of them is asked under the same officers and the same luck.")  # fmt: skip


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise UserMistake("--answer", path, f"cannot be read: {getattr(fault, 'strerror', None) or fault}") from fault
