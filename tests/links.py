"""Links of Markdown pages, and the anchors that GitHub gives their headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import sim

ROOT = Path(sim.__file__).resolve().parent.parent
LINK = re.compile(r"\[((?:[^\[\]\\]|\\.|\[[^\]]*\])+)\]\(<?([^)\s>]+)>?\)")


def pages() -> list[Path]:
    """Every page that people read: at the top, in docs/, experiments/, seeds/ and findings/."""
    folders = [ROOT / name for name in ("docs", "experiments", "seeds", "findings")]
    return sorted([*ROOT.glob("*.md"), *(page for folder in folders for page in folder.rglob("*.md"))])


def without_blocks(text: str) -> str:
    """A page without what is set as code in lines of its own."""
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE)


def links(text: str) -> Iterator[tuple[str, str]]:
    """Text and target of every link and picture outside code; the text keeps its backticks."""
    for found in re.finditer(f"{LINK.pattern}|`[^`\n]*`", without_blocks(text)):
        if found[2]:
            yield found[1], found[2]


def slug(heading: str) -> str:
    """The anchor of a heading, before it is told apart from others that read the same."""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", words.strip().lower()).replace(" ", "-")


def slugs(text: str) -> set[str]:
    """The anchors of a page; of headings that read the same, the later ones have a number."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in re.findall(r"^#{1,6} (.+?)#*$", without_blocks(text), flags=re.MULTILINE):
        name = slug(heading)
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return found
