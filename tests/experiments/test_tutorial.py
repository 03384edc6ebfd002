"""The tutorial is what it says: its commands are typed and its notebook is run, at small size, in an empty folder."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import re
import shlex
from typing import Any

import matplotlib
import pytest

from experiments.study import ROOT
from sim import cli

HERE = ROOT / "experiments" / "tutorial"
FEW = 6
NOTEBOOK = json.loads((HERE / "tutorial.ipynb").read_text("utf-8"))


def commands() -> list[str]:
    """The lines of the page's blocks."""
    blocks = re.findall(r"^```\n(.*?)^```", (HERE / "README.md").read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines()]


def cells(kind: str) -> list[dict[str, Any]]:
    return [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == kind]


def executed(source: str, names: dict[str, Any]) -> object:
    """A cell as a kernel runs it: what its last line is, if that is an expression, is the cell's value."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None


def test_every_command_is_one_of_ours():
    assert len(commands()) > 8
    for line in commands():
        program, verb, *_ = shlex.split(line)
        assert program == "tabletop"
        assert verb in cli.VERBS


@pytest.mark.slow
def test_its_commands_do_what_it_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    said = ""
    for line in commands():
        words = shlex.split(re.sub(r"ensemble\.replicates=\d+", f"ensemble.replicates={FEW}", line))[1:]
        assert cli.run(words) == 0, line
        said += capsys.readouterr().out
    assert (tmp_path / "handout" / "briefing.html").is_file()
    assert list((tmp_path / "tutorial" / "figures").rglob("F5*.png"))
    assert "runs lived again are the same bit for bit" in said
    assert "terms settled against as documented" in said
    assert cli.run(["run", "levers.pay_escrow=2"]) == 2  # which the page asks one to try
    assert capsys.readouterr().err.count("\n") == 1


def test_the_notebook_is_one_and_has_no_outputs():
    """By the rules of its format, version 4.5; what it showed on somebody's machine would be stale here."""
    assert (NOTEBOOK["nbformat"], NOTEBOOK["nbformat_minor"]) == (4, 5)
    names = [cell["id"] for cell in NOTEBOOK["cells"]]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[\w-]{1,64}", name) for name in names)
    for cell in cells("code"):
        assert cell.keys() == {"cell_type", "execution_count", "id", "metadata", "outputs", "source"}
        assert (cell["execution_count"], cell["outputs"]) == (None, [])
        ast.parse("".join(cell["source"]))
    (parameters,) = [cell for cell in cells("code") if cell["metadata"].get("tags") == ["parameters"]]
    assert parameters is cells("code")[0]


@pytest.mark.slow
def test_the_notebook_runs_from_top_to_bottom(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    matplotlib.use("agg")
    first, *others = ["".join(cell["source"]) for cell in cells("code")]
    names: dict[str, Any] = {}
    executed(first, names)
    names["RUNS"] = FEW
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        values = [executed(source, names) for source in others]
    assert f"{FEW} runs" in printed.getvalue()
    assert names["comparison"].store.digest() in printed.getvalue()
    assert {"world", "difference"} <= set(values[others.index(next(s for s in others if "comparison.table" in s))])
    assert len(names["pairs"]) == FEW
