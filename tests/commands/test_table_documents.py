"""What the documents of a table have people type, typed: on the list of injects that comes with the package."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sim.cli import run
from sim.commands.table import VERBS

DOCS = Path(__file__).parents[2] / "docs"
QUICK = ("theory=breach", "table.horizon_days=10")
"""Words that make a session's futures few days long; no command of the documents is another one for it."""


def commands(page: str) -> list[list[str]]:
    """The commands of a page in their order: in blocks and in lines, as `tabletop table VERB …` or `VERB friday …`."""
    text = page.replace("DIR", "friday")
    verbs = "|".join(VERBS)
    spans = re.findall(rf"`((?:tabletop table )?(?:{verbs}) [^`]+)`|^ *(tabletop table .+)$", text, re.M)
    typed = [" ".join((inline or block).partition("  #")[0].split()) for inline, block in spans]
    words = [shlex.split(line.removeprefix("tabletop table ")) for line in typed]
    return [one for one in words if (one[1].isidentifier() or "." in one[1]) and not {"ID", "line=12"} & set(one)]


@pytest.mark.parametrize("name", ["TABLE.md", "FACILITATING.md"])
def test_what_a_document_has_people_type_can_be_typed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    typed = commands((DOCS / name).read_text(encoding="utf-8"))
    assert typed
    for verb, *rest in typed:
        for other in [] if verb == "new" else [word for word in rest if word in ("friday", "monday")]:
            if not Path(other).exists():
                assert run(["table", "new", other, *QUICK]) == 0
        if verb == "validate" and not Path(rest[0]).exists():
            assert run(["table", "export", "friday", rest[0]]) == 0
        if verb == "export":
            Path(rest[-1]).unlink(missing_ok=True)
        if verb == "new" and Path(rest[0]).exists():
            continue
        capsys.readouterr()
        code = run(["table", verb, *rest, *(QUICK if verb == "new" else ())])
        assert code == 0, (verb, rest, capsys.readouterr().err)
