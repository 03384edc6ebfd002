"""What every page in HTML has to hold."""

from __future__ import annotations

import re
from xml.etree import ElementTree

_VOID = re.compile(r"<(meta|img|br|hr|link)\b([^>]*?)/?>")


def parsed(page: str) -> ElementTree.Element:
    """The page as a tree; ParseError where an element is not closed or lies across another."""
    assert page.startswith("<!doctype html>\n") or page.startswith("<html") or page.startswith("<!doctype html><")
    return ElementTree.fromstring(_VOID.sub(r"<\1\2/>", re.sub(r"^<!doctype html>\s*", "", page)))


def check_self_contained(page: str) -> None:
    """Nothing is fetched and nothing runs: no script, no sheet, no address but data and places on the page."""
    root = parsed(page)
    for element in root.iter():
        assert element.tag not in ("script", "link", "iframe", "object", "embed", "base", "form")
        assert not [name for name in element.attrib if name.startswith("on")], element.attrib
        for name in ("src", "href", "srcset", "action"):
            address = element.get(name, "#")
            assert address.startswith(("#", "data:image/png;base64,")), address
        if element.tag == "style":
            assert not re.search(r"url\(|@import", element.text or "")
