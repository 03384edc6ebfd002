"""What the studies share: a page that names its command, with its data beside it."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from experiments.study import ROOT, command, cpu, options, publish, rows
from sim.model import MODEL_VERSION

STUDIES = sorted(path for path in (ROOT / "experiments").glob("*/*.py") if "__main__" in path.read_text("utf-8"))
FILE = str(ROOT / "experiments" / "levers" / "run.py")


def test_a_command_is_said_as_it_is_typed():
    assert command(FILE, settings=60, replicates=8) == "python experiments/levers/run.py --settings 60 --replicates 8"
    assert command(FILE, quick=True, replicates=None) == "python experiments/levers/run.py --quick"
    assert command(FILE, quick=False) == "python experiments/levers/run.py"


def test_a_page_lies_beside_its_study_unless_another_folder_is_named(tmp_path):
    assert options(FILE, "What it asks.\n\nMore.").parse_args([]).to == ROOT / "experiments" / "levers"
    assert options(FILE, None).parse_args([f"--to={tmp_path}"]).to == tmp_path


def test_a_page_is_printed_and_written_with_its_tables(tmp_path, capsys):
    table = pd.DataFrame({"lever": ["none", "truce"], "share": [0.0, 1 / 3]})
    publish(tmp_path / "new", "# ≥ 1\n", {"a.csv": table.round(2), "b.csv": table}, "PAGE.md", float_format="%.5g")
    text = f"# ≥ 1\n\nFigures of model version {MODEL_VERSION}.\n"
    assert (tmp_path / "new" / "PAGE.md").read_bytes() == text.encode()
    assert (tmp_path / "new" / "a.csv").read_bytes() == b"lever,share\nnone,0\ntruce,0.33\n"
    assert (tmp_path / "new" / "b.csv").read_bytes() == b"lever,share\nnone,0\ntruce,0.33333\n"
    assert capsys.readouterr().out == f"{text}\n"


def test_numbers_stand_to_the_right_where_that_is_asked():
    lines = ["| what | n |", "| --- | ---: |", "| a | 3 |", "| b | 41 |"]
    assert rows(["what", "n"], [["a", 3], ["b", 41]], right=[1]).splitlines() == lines


def test_what_is_timed_gives_its_result_too():
    seconds, total = cpu(sum, range(1_000_000))
    assert total == 499_999_500_000
    assert 0 < seconds < 10


@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.relative_to(ROOT / "experiments").as_posix())
def test_every_study_is_named_by_the_page_that_it_writes(study):
    """``contenders.py`` is one measurement of ``measure.py``, which has the page."""
    said = f"`python {study.relative_to(ROOT).as_posix()}"
    pages = [*study.parent.glob("*.md"), ROOT / "docs" / "GALLERY.md"]
    assert study.name == "contenders.py" or any(said in page.read_text("utf-8") for page in pages)


def test_the_list_of_studies_leads_to_each_of_them():
    listed = (ROOT / "experiments" / "README.md").read_text("utf-8")
    linked = {link for link in re.findall(r"\]\(([^)]+)\)", listed) if not link.startswith("..")}
    folders = {link.partition("/")[0] for link in linked if "/" in link}
    assert folders == {study.parent.name for study in STUDIES}
    assert all((ROOT / "experiments" / link).exists() for link in linked)
