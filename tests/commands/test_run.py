"""``tabletop run`` as a person types it."""

from __future__ import annotations

import errno
import io
import os
import re
import signal
import sys
import time

import pandas as pd
import pytest

import sim
from sim.cli import run as tabletop
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.interface import TheoryWrapper
from tests import processes
from tests.faults import failing_disk
from tests.worlds import FIXED
from tests.worlds import SMALL as WORLD

SMALL = [*WORLD, "ensemble.replicates=6"]


def test_run_ends_with_a_table_a_sentence_data_and_pictures(capsys, tmp_path):
    assert tabletop(["run", *SMALL]) == 0
    said = capsys.readouterr().out
    assert "exits_by_record_end" in said
    assert "In this model" in said
    assert "Exploratory, not a forecast" in said
    (store,) = (tmp_path / "outputs").iterdir()
    assert store.name.startswith("worlds-")
    pictures = sorted(path.name for path in store.glob("figures/*/*"))
    assert pictures == [
        f"{name}.{kind}" for name in ("F1-outcome-exits_by_end", "F5-timeline") for kind in ("csv", "png")
    ]


def test_an_answer_without_pictures_needs_none_of_what_draws_or_composes(tmp_path):
    """Each of these takes as long to load as a hundred runs take; Hydra is only asked for what was not composed yet."""
    words = ["run", *WORLD, "ensemble.replicates=6", "--no-figures"]
    code = f"import sys, sim.cli; code = sim.cli.run({words}); print(*sys.modules, sep='\\n'); sys.exit(code)"
    for _ in range(2):
        done = processes.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    loaded = set(done.stdout.splitlines())
    assert "sim.ensemble.engine.block" in loaded
    idle = {"matplotlib", "PIL", "mesa", "networkx", "SALib", "hydra", "omegaconf", "antlr4", "openpyxl", "duckdb",
            "distributed", "scipy.stats", "scipy.optimize", "scipy.sparse"}  # fmt: skip
    assert loaded & idle == set()


def test_the_same_command_again_runs_nothing(capsys):
    tabletop(["run", *SMALL, "--no-figures"])
    capsys.readouterr()
    assert tabletop(["run", *SMALL, "--no-figures"]) == 0
    assert "0 runs computed" in capsys.readouterr().out


def test_without_series_there_is_no_timeline(tmp_path):
    assert tabletop(["run", *SMALL, "ensemble.days=false"]) == 0
    assert [p.name for p in tmp_path.glob("outputs/*/figures/*/*.png")] == ["F1-outcome-exits_by_end.png"]


def test_the_screen_says_how_far_the_runs_are_from_the_record(capsys):
    assert tabletop(["run", *SMALL, "--no-figures"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    shown = re.search(r"How far these runs are from the record, pattern by pattern: (.*?) runs show it", said)
    assert shown is not None
    assert re.findall(r"C\d", shown[1]) == ["C1", "C2", "C3", "C5"]  # C4 is of an ensemble, and C6 ends on 31 March
    assert "of 6" in shown[1]


def test_a_dry_run_says_what_it_takes_and_runs_nothing(capsys, tmp_path):
    assert tabletop(["run", *SMALL, f"out={tmp_path / 's'}", "--dry-run"]) == 0
    assert "6 of 6 runs are missing: about " in capsys.readouterr().out
    assert sim.load(tmp_path / "s").outcomes.empty


def test_a_summary_is_handed_on_as_csv_and_as_a_workbook(capsys, tmp_path):
    assert tabletop(["run", *SMALL, "--as", "csv"]) == 0
    table = pd.read_csv(io.StringIO(capsys.readouterr().out)).set_index("outcome")
    assert table.loc["exits_by_end", "runs"] == 6
    assert tabletop(["run", *SMALL, "--as", "xlsx", "--no-figures"]) == 0
    assert "workbook: " in capsys.readouterr().out
    (book,) = tmp_path.glob("outputs/*/figures/as_documented-threat_efficacy*/run.xlsx")
    sheets = pd.read_excel(book, sheet_name=None)
    assert {name: len(sheet) for name, sheet in sheets.items() if name != "summary"} == {"runs": 6, "case": 1}


def test_all_pictures_of_a_store_are_on_one_page(tmp_path):
    assert tabletop(["run", *SMALL]) == 0
    (page,) = tmp_path.glob("outputs/*/figures/index.html")
    assert page.read_text(encoding="utf-8").count("<figure>") == 2


def test_a_folder_that_is_no_store_is_left_alone(error_line, tmp_path):
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "chapter.txt").write_text("one")
    assert tabletop(["run", *SMALL, f"out={other}"]) == 4
    assert "no store" in error_line()
    assert [p.name for p in other.iterdir()] == ["chapter.txt"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_nothing_is_said_in_one_line(error_line, number):
    with failing_disk(number):
        assert tabletop(["run", *SMALL]) == 2
    assert os.strerror(number) in error_line()


def test_a_disk_that_fills_up_later_keeps_what_was_finished(capsys):
    assert tabletop(["run", *SMALL, "--no-figures"]) == 0
    with failing_disk():
        assert tabletop(["run", *SMALL, "ensemble.replicates=9"]) == 2
    capsys.readouterr()
    assert tabletop(["run", *SMALL, "ensemble.replicates=9", "--no-figures"]) == 0
    assert "3 runs computed" in capsys.readouterr().out


def test_interrupting_leaves_with_130_and_goes_on_from_there(tmp_path, launch):
    words = ["run", FIXED, "officers.pool=40", "ensemble.replicates=100000", "ensemble.days=false", "out=store"]
    process = launch(
        [sys.executable, "-m", "sim", *words],
        stderr=processes.PIPE,
        stdout=processes.DEVNULL,
        cwd=tmp_path,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("store/runs/*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert "Traceback" not in said, said
    assert "kept" in said, said
    assert process.returncode == 130

    kept = len(sim.load(tmp_path / "store").outcomes)
    assert kept > 0


class NoProbability(TheoryWrapper):
    """A theory whose hazards are above one."""

    def hazard(self, see, p, out):
        out.fill(2.0)


def test_failed_runs_are_rows_and_the_exit_code_is_3(capsys, monkeypatch, tmp_path):
    monkeypatch.setitem(THEORIES, "constant", NoProbability(THEORIES["constant"]))
    assert tabletop(["run", "theory=constant", *SMALL, "out=store"]) == 3
    assert "6 of 6 runs failed" in capsys.readouterr().err

    failed = sim.load(tmp_path / "store").outcomes
    assert (failed["status"] == "failed").all()
    assert failed["message"].str.contains("T0 constant, 2023-10-02").all()
