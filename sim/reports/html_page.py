"""A page in Markdown as one HTML file that needs nothing else: no network, no script, its pictures inside."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape

from markdown_it import MarkdownIt

STYLE = """
@page { size: A4; margin: 13mm 15mm }
body { font: 10.5pt/1.45 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: #1a1a1a; background: #fff;
       max-width: 68em; margin: 1.5em auto; padding: 0 1em }
h1 { font-size: 1.5em; line-height: 1.25; margin: 0 0 .5em } h2 { font-size: 1.15em; margin: 1.6em 0 .4em }
h3 { font-size: 1em; margin: 1.1em 0 .3em }
p, ul { margin: .4em 0; max-width: 52em } ul { padding-left: 1.3em }
table { border-collapse: collapse; font-size: .88em; margin: .5em 0; display: block; overflow-x: auto }
th, td { border-bottom: 1px solid #ccc; padding: .2em .6em; text-align: left; vertical-align: top }
th { border-bottom: 1.5px solid #1a1a1a } img { max-width: 100%; display: block; margin: .5em 0 }
code { font-size: .92em; overflow-wrap: anywhere }
hr { border: 0; border-top: 1px solid #ccc; margin: 1.5em 0 }
@media print { body { margin: 0; padding: 0; max-width: none } table { display: table } tr, img { break-inside: avoid }
  h2, h3 { break-after: avoid } a { color: inherit; text-decoration: none }
  .brief { font-size: 8.8pt; line-height: 1.28 } .brief h1 { font-size: 1.35em } .brief h2 { margin: .7em 0 .2em }
  .brief p, .brief ul, .brief ol { max-width: none; margin: .2em 0 } .brief img { max-height: 84mm }
  .brief.dense hr ~ p img { max-height: 58mm }
  .brief hr { break-after: page; border: 0; margin: 0 } }
"""


def html_page(
    text: str,
    title: str,
    *,
    pictures: Mapping[str, bytes] | None = None,
    drawings: Mapping[str, str] | None = None,
    style: str = "",
    kind: str = "",
    language: str = "en",
) -> str:
    """The page as HTML.

    Parameters
    ----------
    text
        CommonMark with GitHub's tables; HTML in it is shown as text.
    title
        Of the window, as plain text.
    pictures
        PNGs by the address that ``text`` has for them.
    drawings
        SVG elements by that address; they stand in the page itself, in a span of class ``drawing``.
    style
        More of a style sheet, after the one that all pages have.
    kind
        ``brief`` for a page that is to be printed small, with a new sheet at each rule; ``brief dense`` if its second
        sheet has much to hold.
    language
        Code of the one that the page is written in, for whoever has it read aloud or hyphenated.

    Raises
    ------
    ValueError
        A picture of the page is neither among ``pictures`` nor ``drawings``: it would have to be fetched.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    for token in tokens:
        if token.type == "th_open":
            token.attrSet("scope", "col")
        for child in token.children or ():
            if child.type == "image":
                address = str(child.attrGet("src"))
                if address in (drawings or {}):
                    child.type, child.content = (
                        "html_inline",
                        f'<span class="drawing">{(drawings or {})[address]}</span>',
                    )
                    continue
                if address not in (pictures or {}):
                    raise ValueError(f"the page shows {address}, which is not given")
                child.attrSet("src", f"data:image/png;base64,{base64.b64encode((pictures or {})[address]).decode()}")
    body = parser.renderer.render(tokens, parser.options, {})
    attribute = f' class="{escape(kind)}"' if kind else ""
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{STYLE}{style}</style></head>\n<body{attribute}>\n<main>\n{body}</main>\n</body></html>\n"
    )
