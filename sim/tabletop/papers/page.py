"""How the papers look: a sheet for screen, narrow screen, dark screen and print; and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sim._version import __version__
from sim.errors import UserMistake
from sim.files import commit_all
from sim.language import SOURCE, _, current, translated
from sim.reports.html_page import html_page
from sim.tabletop.board import Board
from sim.text import CAUTION

STYLE = """
h1 { text-wrap: balance } td code { overflow-wrap: normal; white-space: nowrap }
td { overflow-wrap: break-word; min-width: 2.5em }
  td:first-child { min-width: 6em } th { white-space: nowrap }
blockquote { margin: .5em 0; padding: .1em .9em; border-left: 3px solid #8c8c8c; background: rgba(140,140,140,.1) }
blockquote p { margin: .3em 0 } hr { border: 0; border-top: 1px solid #ccc; margin: 1.2em 0 }
.drawing { display: block; overflow-x: auto; max-width: 100% }
.drawing svg { display: block; width: 100%; min-width: 640px }
@media screen and (max-width: 640px) { body { margin: .8em auto; font-size: 11pt }
  td:first-child { min-width: 8.5em } th { white-space: normal } }
@media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark }
  body { color: #e8e6e3; background: #17191c }
  th, td { border-color: #45484c } th { border-bottom-color: #e8e6e3 } hr { border-color: #45484c }
  a { color: #8ab4f8 } }
@media print { body { font-size: 9.5pt } .drawing { overflow: visible; break-inside: avoid }
  .drawing svg { min-width: 0 }
  h4 { break-after: avoid } blockquote, pre { break-inside: avoid } th { white-space: normal }
  td, td:first-child { min-width: 0 } }
"""
A_PAGE_EACH = "@media print { h1 { break-before: page } h1:first-child { break-before: auto } }"
"""Where each first heading begins a sheet of paper."""


def foot(board: Board) -> str:
    """The last line of a paper: versions, and what it is not."""
    session = _("session of model version {version}").format(version=board.head.get("model_version"))
    return f"haiti-tabletop {__version__} · {session} · {translated(CAUTION)}"


def html(text: str, title: str, drawings: Mapping[str, str] | None = None, style: str = "") -> str:
    """A paper as one HTML file with its drawings inside, which says in which language it is written."""
    return html_page(text, title, drawings=drawings, style=STYLE + style, language=current())


def spoken_folder(folder: Path) -> Path:
    """Where papers of the language that is spoken lie: beside the English ones, and never in their place."""
    return folder if current() == SOURCE else folder / current()


def write_all(files: Mapping[Path, str]) -> list[Path]:
    """Write papers, whole or not at all, their folders too where they are missing, and return their paths.

    Raises
    ------
    UserMistake
        One cannot be written.
    """
    target = next(iter(files))
    try:
        for path in files:
            target = path
            path.parent.mkdir(parents=True, exist_ok=True)
        commit_all({path: text.encode("utf-8") for path, text in files.items()})
    except OSError as fault:
        right = _("cannot be written: {fault}").format(fault=fault.strerror or fault)
        raise UserMistake("papers", target, right) from fault
    return list(files)
