"""A briefing as Markdown and as one HTML file that prints on two sheets, its pictures inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.errors import UserMistake
from sim.files import commit_all
from sim.reports.html_page import html_page

_LONGEST = 240
"""Letters of a picture's description; its data say all of it."""
SHEET = "---"
"""A rule, where the second sheet begins."""
NOT_THIS = (
    "No forecast, and no estimate of what happened: the record names no number of withdrawals, and nothing is fitted "
    "to one.",
    "No probability of a theory: worlds that lived the record are compatible with facts that the authors knew.",
    "No advice to lock the door, and not for operational use. Stepping out is a legitimate choice.",
    "An interval is sampling error of a computation. It narrows with more runs, and nobody gets surer of the world.",
)
"""What every briefing says of itself."""


@dataclass(frozen=True)
class Briefing:
    """A briefing that is ready to be written.

    Attributes
    ----------
    title
        Of the window, as plain text.
    markdown
        The page in GitHub's Markdown; its pictures lie beside it.
    pictures
        PNGs by the address that the page has for them.
    data
        The numbers behind pictures, as CSV, by name.
    dense
        Whether the second sheet has so much to hold that its pictures are printed small.
    """

    title: str
    markdown: str
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    data: Mapping[str, bytes] = field(default_factory=dict)
    dense: bool = False

    @property
    def html(self) -> str:
        """The page as one file that needs no network and no script."""
        return html_page(
            self.markdown, self.title, pictures=self.pictures, kind="brief dense" if self.dense else "brief"
        )

    def files(self, stem: str) -> dict[str, bytes]:
        """What is written of it, by name: Markdown, HTML, pictures and their data."""
        pages = {f"{stem}.md": self.markdown.encode(), f"{stem}.html": self.html.encode()}
        return {**pages, **self.pictures, **self.data}

    def save(self, folder: Path, stem: str = "briefing") -> list[Path]:
        """Write it into a folder, whole or not at all, and return the paths of Markdown and HTML.

        Raises
        ------
        UserMistake
            It cannot be written.
        """
        files = {folder / name: content for name, content in self.files(stem).items()}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            commit_all(files)
        except OSError as fault:
            raise UserMistake("--to", folder, f"cannot be written: {fault.strerror or fault}") from fault
        return [path for path in files if path.suffix in (".md", ".html")]


def listed(lines: tuple[str, ...] | list[str]) -> str:
    """A list in Markdown; the lines are Markdown already."""
    return "\n".join(f"- {line}" for line in lines)


def shortened(text: str) -> str:
    """The first sentences of a text that is long: the whole ones that fit, at least one."""
    kept = ""
    for sentence in " ".join(text.split()).split(". "):
        if kept and len(kept) + len(sentence) > _LONGEST:
            break
        kept += sentence.removesuffix(".") + ". "
    return kept.strip()
