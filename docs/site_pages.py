"""Gathers the pages of the site where they lie, with all that they link, and the reference of the Python interface.

Pages are written for GitHub; what the site's Markdown asks otherwise (lists, anchors, links to folders) is changed on
their way into the site, and the files stay as they are.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("docs", "experiments", "seeds", "findings")
LINK = re.compile(r"(?<=\]\()([^)\s#:]+)(?=[)#])")
_FOLDER_LINK = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])+)\]\(([^)\s#:]+)\)")
_FENCE = re.compile(r"^(```|~~~)")
_ITEM = re.compile(r"^(?:[-*] |1\. )")
_BELONGS = re.compile(r"^(?: |[-*] |\||#|\d+\. )")
API = """# Python

What people call who do not type commands; the [README](README.md) has an example. What is further in is told where it
stands, and [EXTENDING](docs/EXTENDING.md) says how to add to it.

{entries}"""
ENTRIES = (
    "sim.api.run",
    "sim.api.sweep",
    "sim.api.compare",
    "sim.api.load",
    "sim.api.Runs",
    "sim.mesa_model.DeploymentModel",
    "sim.record.facts.load",
    "sim.record.facts.Fact",
    "sim.settings.composition.compose",
    "sim.ensemble.design.request.request",
    "sim.ensemble.cases.case.Case",
    "sim.ensemble.store.store.Store",
    "sim.analysis.comparison.Compared",
    "sim.analysis.statistics.paired_difference.PairedDifference",
    "sim.analysis.discovery.prim",
    "sim.figures.provenance.picture.Picture",
    "sim.reports.bundle.contents",
    "sim.archives",
    "sim.errors",
)
"""What the reference has, in this order."""


def on_config(config: Any) -> Any:
    """Headings get the anchors that they have on GitHub."""
    config.mdx_configs.setdefault("toc", {})["slugify"] = lambda text, _: slug(text)
    return config


def on_files(files: Files, config: Any) -> Files:
    """The pages where they lie, and every file that they link."""
    wanted = dict.fromkeys(_pages())
    for page in list(wanted):
        wanted |= dict.fromkeys(_linked(page))
    found = [File(path.as_posix(), str(ROOT), config.site_dir, config.use_directory_urls) for path in sorted(wanted)]
    theirs = [file for file in files if file.src_dir != config.docs_dir]  # of the theme
    entries = "\n\n".join(f"::: {name}" for name in ENTRIES)
    return Files([*theirs, *found, File.generated(config, "API.md", content=API.format(entries=entries))])


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """A page as the site's Markdown wants it: a link to a folder leads to its page, or is none."""
    if page.file.src_uri == "API.md":
        return markdown
    return "\n".join(_lists(_FOLDER_LINK.sub(lambda link: _to_page(link, page.file.src_uri), markdown).split("\n")))


def on_page_content(html: str, **_: Any) -> str:
    """Roles of another markup in docstrings are left out; what they name stays."""
    return re.sub(r":(?:attr|class|data|exc|func|meth|mod):(?=<code>)", "", html)


def slug(text: str) -> str:
    """The anchor that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def _pages() -> Iterator[Path]:
    """Pages by their path from the top: there, and in the folders that have some."""
    for page in (*ROOT.glob("*.md"), *(page for name in FOLDERS for page in (ROOT / name).rglob("*.md"))):
        yield page.relative_to(ROOT)


def _linked(page: Path) -> Iterator[Path]:
    """Files that a page links, other than pages."""
    for target in LINK.findall((ROOT / page).read_text(encoding="utf-8")):
        path = Path(posixpath.normpath((page.parent / target).as_posix()))
        if path.suffix != ".md" and (ROOT / path).is_file():
            yield path


def _to_page(link: re.Match[str], page: str) -> str:
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), link[2]))
    if not (ROOT / path).is_dir():
        return link[0]
    return f"[{link[1]}]({link[2].rstrip('/')}/README.md)" if (ROOT / path / "README.md").is_file() else link[1]


def _lists(lines: list[str]) -> Iterator[str]:
    """Four blanks where GitHub takes two or three for what belongs to an item, and an empty line before a list."""
    inside, before = False, ""
    for line in lines:
        if _FENCE.match(line):
            inside = not inside
        blanks = len(line) - len(line.lstrip(" "))
        if not inside and blanks and line.strip():
            line = " " * (4 * ((blanks + 2) // 4) or 4) + line.lstrip(" ")
        elif not inside and _ITEM.match(line) and before.strip() and not _BELONGS.match(before):
            yield ""
        yield line
        before = line
