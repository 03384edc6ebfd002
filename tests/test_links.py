"""Every relative link of every page leads to a file that is there, every anchor to a heading; nothing is fetched."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest

from tests.links import ROOT, links, pages, slugs

OUTSIDE = re.compile(r"[a-z]+:")


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page):
    lost = []
    for text, target in links(page.read_text(encoding="utf-8")):
        if OUTSIDE.match(target):
            continue
        name, _, anchor = unquote(target).partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or not path.is_relative_to(ROOT):
            lost.append(f"[{text[:60]}]({target})")
        elif anchor and anchor not in slugs(path.read_text(encoding="utf-8")):
            lost.append(f"[{text[:60]}]({target}): no such heading")
    assert lost == []


def test_the_pages_are_found():
    names = {page.relative_to(ROOT).as_posix() for page in pages()}
    few = {"README.md", "docs/ODD.md", "experiments/ANSWER.md", "experiments/tutorial/README.md", "seeds/README.md"}
    assert few <= names


def test_links_pictures_and_anchors_are_seen():
    code = "```\n[no](block)\n# none\n```"
    text = f"# A b\n\n## `x.y` (z)\n\n## A b\n\n[a](b.md#c) ![p \\[q\\]](d.png) `[no](code)`\n\n{code}\n[a\nb](e)"
    assert [target for _, target in links(text)] == ["b.md#c", "d.png", "e"]
    assert slugs(text) == {"a-b", "xy-z", "a-b-1"}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_nothing_is_fetched_by_a_page(page):
    """A picture from elsewhere would tell its host who reads."""
    assert re.findall(r"!\[[^\]]*\]\([a-z]+:|<(?:img|script|link)\b", page.read_text(encoding="utf-8")) == []
