"""Tables in GitHub's Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from sim.errors import blanks_joined

_BLOCK = re.compile(r"^(\d{1,9}(?=[.)](?:\s|$))|(?=[-+=>]))(.)")
"""What would begin a list, a rule or a heading at the head of a line."""


def markdown(frame: pd.DataFrame, code: Sequence[str] = ()) -> str:
    """A table in GitHub's Markdown; columns in ``code`` are set as code, line breaks and bars are kept as text."""
    rows = [[_cell(value, name in code) for name, value in row.items()] for row in frame.to_dict("records")]
    lines = [list(map(str, frame.columns)), ["---"] * frame.shape[1], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object, code: bool) -> str:
    text = str(value).replace("|", "\\|").replace("\n", "<br>")
    return f"`{text}`" if code and text else text


def plain(text: object, *, cell: bool = False) -> str:
    """Words that anybody may have written, as Markdown that shows them as they are, on one line.

    >>> plain("a_b *c* <d>")
    'a\\\\_b \\\\*c\\\\* \\\\<d>'

    Parameters
    ----------
    text
        The words.
    cell
        Whether they go into :func:`markdown`, which takes care of bars by itself.
    """
    line = blanks_joined(str(text))
    for sign in "\\`*_<[]&!#~$" + ("" if cell else "|"):
        line = line.replace(sign, f"\\{sign}")
    return line if cell else _BLOCK.sub(r"\1\\\2", line)  # no list begins in a cell
