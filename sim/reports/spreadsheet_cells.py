"""Cells of a sheet that somebody else's program opens: none is worked out as a formula."""

from __future__ import annotations

import re

_LIKE_A_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_BEFORE_IT = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
"""How a cell begins that a spreadsheet takes for a formula,
or for white space before one, and the same made harmless."""


def harmless(value: object) -> object:
    """A cell that no spreadsheet works out: what begins as a formula does (OWASP's list) gets an apostrophe before it.

    :func:`restored` takes it away again, also where there were some before.

    >>> harmless("=1+1"), harmless("so it is"), harmless(-1), harmless("'=1+1")
    ("'=1+1", 'so it is', -1, "''=1+1")
    """
    return f"'{value}" if isinstance(value, str) and _LIKE_A_FORMULA.match(value) else value


def restored(cell: str) -> str:
    """Undo :func:`harmless`.

    >>> restored("'=1+1"), restored("'tis")
    ('=1+1', "'tis")
    """
    return cell[1:] if _BEFORE_IT.match(cell) else cell
