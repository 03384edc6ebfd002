"""The command line as a person types it, mistakes included."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time

import pytest

from sim.cli import run as tabletop

SMALL = ["officers.pool=40", "clock.end=2024-03-20", "ensemble.replicates=6"]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_run_ends_with_a_table_a_sentence_data_and_pictures(capsys, tmp_path):
    assert tabletop(["run", *SMALL]) == 0
    said = capsys.readouterr().out
    assert "exits_by_record_end" in said
    assert "In this model" in said
    assert "Exploratory, not a forecast" in said
    (store,) = (tmp_path / "outputs").iterdir()
    assert store.name.startswith("worlds-")
    pictures = sorted(path.name for path in store.glob("figures/*/*"))
    assert pictures == ["F1-outcome.csv", "F1-outcome.png", "F5-timeline.csv", "F5-timeline.png"]


@pytest.mark.parametrize("words", [[], ["show"]])
def test_with_nothing_said_the_help_is_shown_as_help(capsys, words):
    assert tabletop(words) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("Usage: ")
    assert "Commands:" in said


def test_the_same_command_again_runs_nothing(capsys):
    tabletop(["run", *SMALL, "--no-figures"])
    capsys.readouterr()
    assert tabletop(["run", *SMALL, "--no-figures"]) == 0
    assert "0 runs computed" in capsys.readouterr().out


def test_without_series_there_is_no_timeline(tmp_path):
    assert tabletop(["run", *SMALL, "ensemble.days=false"]) == 0
    assert [p.name for p in tmp_path.glob("outputs/*/figures/*/*.png")] == ["F1-outcome.png"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["run", "foo"], "foo"),
        (["run", "scenario=nope"], "as_documented"),
        (["run", "theory=breech"], "threat_efficacy"),
        (["run", "gangs.branchin_ratio=.3"], "near it: gangs.branching_ratio"),
        (["run", "+gangs.foo=1"], "gangs.foo=1"),
        (["run", "++officers.bar=1"], "officers.bar=1"),
        (["run", "gangs.branching_ratio=abc"], "a number from 0 to 0.95"),
        (["run", "gangs.branching_ratio=2"], "a number from 0 to 0.95"),
        (["run", "officers.pool=12.5"], "a whole number"),
        (["run", "clock.end=2023-01-01"], "a date after clock.start"),
        (["run", "clock.end=2024-02-31"], "a date such as"),
        (["run", "scenario=as_documented,no_surge"], "one value at a time"),
        (["run", "scenario.events.airport_assault.hapens=false"], "a row has"),
        (["run", "scenario.events.airport_assault.set={kenya:{mood:1}}"], "no such level"),
        (["run", "hydra.job.name=x"], "no use here"),
        (["run", "--config-path", "nowhere"], "no such folder"),
        (["run", "--fgures"], "near it: --figures"),
        (["rnu"], "rnu"),
        (["show", "fact"], "facts"),
        (["show", "parameters", "gang"], "gangs"),
        (["show", "facts", "--grade", "D"], "'A', 'B', 'C'"),
    ],
)
def test_a_mistake_gets_one_line_and_exit_code_2(error_line, words, expected):
    assert tabletop(words) == 2
    assert expected in error_line()


def test_a_folder_that_is_no_store_is_left_alone(error_line, tmp_path):
    other = tmp_path / "thesis"
    other.mkdir()
    (other / "chapter.txt").write_text("one")
    assert tabletop(["run", *SMALL, f"out={other}"]) == 4
    assert "no store" in error_line()
    assert [p.name for p in other.iterdir()] == ["chapter.txt"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_nothing_is_said_in_one_line(error_line, monkeypatch, number):
    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("os.fsync", refuse)
    assert tabletop(["run", *SMALL]) == 2
    assert os.strerror(number) in error_line()


def test_a_disk_that_fills_up_later_keeps_what_was_finished(capsys, monkeypatch):
    assert tabletop(["run", *SMALL, "--no-figures"]) == 0
    capsys.readouterr()

    def refuse(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        full.setattr("os.fsync", refuse)
        assert tabletop(["run", *SMALL, "ensemble.replicates=9"]) == 2
    capsys.readouterr()
    assert tabletop(["run", *SMALL, "ensemble.replicates=9", "--no-figures"]) == 0
    assert "3 runs computed" in capsys.readouterr().out


def test_interrupting_leaves_with_130_and_goes_on_from_there(tmp_path):
    words = ["run", "officers.pool=40", "ensemble.replicates=100000", "ensemble.days=false", "out=store"]
    process = subprocess.Popen(
        [sys.executable, "-m", "sim", *words],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
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

    import sim

    kept = len(sim.load(tmp_path / "store").outcomes)
    assert kept > 0


def test_a_reader_that_leaves_early_is_no_fault():
    process = subprocess.Popen(
        [sys.executable, "-m", "sim", "show", "parameters", "--as", "csv"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.communicate(timeout=60)[1] == ""
    assert process.returncode == 0


def test_failed_runs_are_rows_and_the_exit_code_is_3(capsys, monkeypatch, tmp_path):
    from sim.model.withdrawal import THEORIES

    theory = THEORIES["constant"]
    monkeypatch.setattr(type(theory), "hazard", lambda self, see, p, out: out.fill(2.0))
    assert tabletop(["run", "theory=constant", *SMALL, "out=store"]) == 3
    assert "6 of 6 runs failed" in capsys.readouterr().err

    import sim

    failed = sim.load(tmp_path / "store").outcomes
    assert (failed["status"] == "failed").all()
    assert failed["message"].str.contains("T0 constant, 2023-10-02").all()


def test_init_copies_and_never_overwrites(capsys, tmp_path, error_line):
    assert tabletop(["init", "mine"]) == 0
    (tmp_path / "mine" / "gangs" / "default.yaml").write_text("blocs: 5\n")
    assert tabletop(["init", "mine"]) == 2
    capsys.readouterr()
    assert tabletop(["run", "--config-path", "mine", *SMALL]) == 2
    assert "gangs." in error_line()


def test_a_folder_with_one_changed_file_is_enough(tmp_path):
    (tmp_path / "mine" / "scenario").mkdir(parents=True)
    (tmp_path / "mine" / "scenario" / "quiet.yaml").write_text(
        "defaults: [no_surge, _self_]\nname: quiet\nevents:\n  new_challenge: {happens: false}\n"
    )
    assert tabletop(["run", "--config-path", "mine", "scenario=quiet", *SMALL, "--no-figures"]) == 0


@pytest.mark.parametrize(
    "words",
    [
        ["show", "facts"],
        ["show", "facts", "--use", "timeline", "--grade", "A", "--as", "json"],
        ["show", "parameters"],
        ["show", "parameters", "theory", "--as", "csv"],
        ["show", "scenarios"],
        ["show", "theories"],
        ["show", "outcomes", "--series"],
        ["show", "assumptions"],
        ["--help"],
        ["run", "--help"],
        ["--version"],
    ],
)
def test_every_register_and_help_prints(capsys, words):
    assert tabletop(words) == 0
    assert len(capsys.readouterr().out) > 10


def test_every_verb_has_an_example_in_its_help(capsys):
    from sim.cli import VERBS

    for verb in VERBS:
        assert tabletop([verb, "--help"]) == 0
        assert "Example: tabletop" in capsys.readouterr().out


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from sim.cli import run; run(['--help']);"
        "print([m for m in ('numpy', 'pandas', 'hydra', 'matplotlib', 'scipy', 'mesa') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip().endswith("[]")
