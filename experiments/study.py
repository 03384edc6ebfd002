"""What the studies share: the options of their commands, times, tables in Markdown, and a page with its data beside it.

A study is a file that is run from a checkout (installed with ``pip install -e .``): it measures, writes its tables as
CSV and a page from a template, and the page names the command that wrote it.
"""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import TypeVar

import pandas as pd

from sim.model import MODEL_VERSION

ROOT = Path(__file__).resolve().parent.parent
CAUTION = "Exploratory, not a forecast, not for operational use.\n"
DIGITS = "%.4g"
"""How studies of kept worlds file their numbers."""
T = TypeVar("T")


def options(file: str, doc: str | None, to: Path | None = None) -> ArgumentParser:
    """The options of a study, to which it adds its own: ``--to``, by default the folder that the study lies in."""
    parser = ArgumentParser(description=(doc or "").split("\n")[0])
    parser.add_argument("--to", type=Path, default=to or Path(file).parent, help="folder of the page and the table")
    return parser


def add_store(parser: ArgumentParser, default: Path | None = None) -> None:
    """Let the store be named: ``--out``."""
    told = "folder of the store" if default else "folder of the store; default: the one of every command"
    parser.add_argument("--out", type=Path, default=default, help=told)


def command(file: str, **options: object) -> str:
    """How a study is called: ``command(__file__, settings=60, quick=False)``; what is None or False is not said."""
    words = [f"--{name}" if value is True else f"--{name} {value}"
             for name, value in options.items() if value is not None and value is not False]  # fmt: skip
    return " ".join(["python", Path(file).resolve().relative_to(ROOT).as_posix(), *words])


def publish(
    to: Path, text: str, tables: Mapping[str, pd.DataFrame], page: str = "README.md", float_format: str | None = None
) -> None:
    """Write the tables as CSV and the page beside them, which says of which version of the model they are; print it."""
    text = f"{text.rstrip(chr(10))}\n\nFigures of model version {MODEL_VERSION}.\n"
    to.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        frame.to_csv(to / name, index=False, float_format=float_format, lineterminator="\n")
    (to / page).write_text(text, encoding="utf-8", newline="\n")
    print(text)


def read_table(file: Path | StringIO) -> pd.DataFrame:
    """A table beside a page; the digest of a list of worlds is text, though some would read as numbers."""
    return pd.read_csv(file, dtype={"digest": str, "list": str})


def as_filed(table: pd.DataFrame) -> pd.DataFrame:
    """A table as its file has it, so that page and pictures can be made again from the files."""
    return read_table(StringIO(table.to_csv(index=False, float_format=DIGITS))) if len(table.columns) else table


def rows(head: Sequence[object], lines: Iterable[Sequence[object]], right: Container[int] = ()) -> str:
    """A table in Markdown from its cells; those of the columns ``right`` stand to the right, as numbers do."""
    bars = ["---:" if place in right else "---" for place in range(len(head))]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in (head, bars, *lines))


def cpu(what: Callable[..., T], *arguments: object) -> tuple[float, T]:
    """CPU seconds of this process, and what came of it."""
    began = time.process_time()
    came = what(*arguments)
    return time.process_time() - began, came


def environment(**variables: str) -> dict[str, str]:
    """What a process of its own needs to find this checkout, and more variables."""
    return os.environ | {"PYTHONPATH": str(ROOT)} | variables
