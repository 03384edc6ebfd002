"""The command line as a person types it, mistakes included."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import click
import pytest

import sim
from sim.cli import VERBS
from sim.cli import run as tabletop
from sim.paths import conf_folder
from tests import processes

ROOT = Path(sim.__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("words", [[], ["show"]])
def test_with_nothing_said_the_help_is_shown_as_help(capsys, words):
    assert tabletop(words) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("Usage: ")
    assert "Commands:" in said


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
        (["show", "parameters", "gang"], "KEY=gang: no such group or setting; near it: gangs"),
        (["show", "parameters", "gangs.bloc"], "near it: gangs.blocs"),
        (["show", "scenarios", "--config-path", ""], "--config-path=: names no folder"),
        (["plot", "nowhere", "--case", " "], "--case= : names no folder, case or value"),
        (["compare", "nowhere", "--baseline="], "--baseline=: names no folder, case or value"),
        (["status", ""], "word 2=: names no folder, case or value"),
        (["show", "facts", "--grade", "D"], "'A', 'B', 'C'"),
        (["compare", "theory=constant"], "needs two cases that differ"),  # nor the note that constant has no worlds
        (["certify", "."], "is a folder; name a file"),
        (["backtest", "."], "is a folder; name a file"),
        (["run", "unknowns.posterior=."], "unknowns.posterior=.: is a folder; name a file"),
        (["sweep", "design=file", "design.path=."], "design.path=.: is a folder; name a file"),
    ],
)
def test_a_mistake_gets_one_line_and_exit_code_2(error_line, words, expected):
    assert tabletop(words) == 2
    assert expected in error_line()


def test_a_reader_that_leaves_early_is_no_fault(launch):
    process = launch(
        [sys.executable, "-m", "sim", "show", "parameters", "--as", "csv"],
        stderr=processes.PIPE,
        stdout=processes.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.communicate(timeout=60)[1] == ""
    assert process.returncode == 0


def test_an_interrupt_before_it_began_is_a_line(tmp_path):
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt\n")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from sim.__main__ import main; main()"
    done = processes.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert (done.returncode, done.stderr) == (130, "tabletop: interrupted before it began\n")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_wish_to_stop_of_which_compiled_code_makes_another_fault_is_still_one(monkeypatch, error_line, number, code):
    @click.command()
    def ask():
        with suppress(KeyboardInterrupt, SystemExit):
            signal.raise_signal(number)
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr("sim.cli.LazyGroup.get_command", lambda *_: ask)
    assert tabletop(["show"]) == code
    assert "what is finished is kept" in error_line()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_streams_that_take_little_or_nothing_are_no_fault_of_ours(encoding):
    def typed(*words, **streams):
        command = [sys.executable, "-m", "sim", *words]
        surroundings = {**os.environ, "PYTHONIOENCODING": encoding}
        return processes.run(command, env=surroundings, cwd=ROOT, timeout=60, **streams)

    with open("/dev/full", "w") as full:
        assert typed("show", "theories", stdout=full, stderr=processes.PIPE).stderr.count(b"\n") == 1
        assert typed("show", "theory", stdout=full, stderr=full).returncode == 2
    shown = typed("show", "theories", stdout=processes.PIPE, stderr=processes.PIPE)
    assert (shown.returncode, shown.stderr) == (0, b"")


@pytest.mark.parametrize(
    "words",
    [
        ["show", "facts"],
        ["show", "facts", "--use", "timeline", "--grade", "A", "--as", "json"],
        ["show", "parameters"],
        ["show", "parameters", "theory", "--as", "csv"],
        ["show", "parameters", "theory.base_hazard"],
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


def test_all_that_is_known_of_one_setting_is_shown(capsys):
    assert tabletop(["show", "parameters", "gangs.blocs"]) == 0
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    shown = dict(line for line in lines if len(line) == 2)
    assert (shown["setting"].strip(), shown["bounds"].strip()) == ("gangs.blocs", "1 to 200")
    assert "status" in shown


def test_the_registers_show_a_conf_folder_of_ones_own(capsys, tmp_path):
    (tmp_path / "mine/scenario").mkdir(parents=True)
    (tmp_path / "mine/ensemble").mkdir()
    (tmp_path / "mine/scenario/quiet.yaml").write_text("defaults: [as_documented, _self_]\nstory: all stay calm\n")
    (tmp_path / "mine/config.yaml").write_text((conf_folder() / "config.yaml").read_text() + "\ngangs: {blocs: 7}\n")
    assert tabletop(["show", "scenarios", "--config-path", "mine"]) == 0
    assert "all stay calm" in capsys.readouterr().out
    assert tabletop(["show", "parameters", "gangs.blocs", "--config-path", "mine", "--as", "csv"]) == 0
    assert "gangs.blocs,7," in capsys.readouterr().out


def test_every_verb_has_an_example_in_its_help(capsys):
    for verb in VERBS:
        assert tabletop([verb, "--help"]) == 0
        assert "Example: tabletop" in capsys.readouterr().out
