"""A page as one HTML file: well formed, nothing fetched, no script, and what people wrote is shown as they wrote it."""

from __future__ import annotations

import base64
from xml.etree import ElementTree

import pandas as pd
import pytest

from sim.reports.html_page import html_page
from sim.reports.markdown import markdown, plain
from tests.reports.html_checks import check_self_contained, parsed

PIXEL = b"\x89PNG not really"


def test_a_page_is_whole_and_in_one_file() -> None:
    text = "# A & B\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n![a *b*](f.png)\n"
    page = html_page(text, "T <1>", pictures={"f.png": PIXEL})
    check_self_contained(page)
    root = parsed(page)
    assert root.get("lang") == "en"
    assert root.findtext("head/title") == "T <1>"
    assert [cell.get("scope") for cell in root.iter("th")] == ["col", "col"]
    (image,) = root.iter("img")
    assert image.get("src") == "data:image/png;base64," + base64.b64encode(PIXEL).decode()
    assert image.get("alt") == "a b"
    assert "@media print" in page


def test_a_drawing_stands_in_the_page_itself() -> None:
    page = html_page(
        "![a line](x.svg)\n", "x", drawings={"x.svg": "<svg><title>5 &lt; 6</title></svg>"}, style="b {top: 0}"
    )
    check_self_contained(page)
    (drawing,) = parsed(page).iter("svg")
    assert drawing.findtext("title") == "5 < 6"
    assert "b {top: 0}</style>" in page


def test_a_picture_that_is_not_given_is_refused() -> None:
    with pytest.raises(ValueError, match=r"shows https://x\.org/f\.png, which is not given"):
        html_page("![x](https://x.org/f.png)", "x", pictures={})


@pytest.mark.parametrize(
    "words",
    ["<script>alert(1)</script>", "a_b_ and _c_", "*a* **b**", "`x`", "![p](http://x.org/a.png)", "[l](http://x.org)",
     "&lt; &amp; &", "a \\ b", "# no heading", "C:\\*", "x | y",
     "- x", "+ x", "1. a", "12) b", "> q", "~~x~~", "=== x", "--- x", "2.5 of 3", "$a$ and $b$"],
)  # fmt: skip
def test_words_of_anybody_are_shown_as_they_are(words: str) -> None:
    page = html_page(f"{plain(words)}\n\n{markdown(pd.DataFrame({'a': [plain(words, cell=True)]}))}\n", "x")
    check_self_contained(page)
    root = parsed(page)
    assert "".join(root.find("body/main/p").itertext()) == words  # type: ignore[union-attr]
    assert "".join(next(root.iter("td")).itertext()) == words
    assert not list(root.iter("img"))


def test_line_breaks_in_words_end_no_row() -> None:
    assert plain("a\n| b\n\n# c") == "a \\| b \\# c"


def test_a_page_that_is_no_document_is_noticed() -> None:
    """Else the check of the others would let everything pass."""
    with pytest.raises(ElementTree.ParseError):
        parsed("<html><p></html>")
    for bad in (
        "<script>x</script>", '<img src="a.png">', '<link href="x.css">', '<a href="http://x.org">x</a>',
        "<style>@import 'x'</style>", "<style>p { background: url(x) }</style>", '<p onclick="x">x</p>',
    ):  # fmt: skip
        with pytest.raises(AssertionError):
            check_self_contained(f"<!doctype html><html><body>{bad}</body></html>")
