"""``tabletop calibrate`` as a person types it, over banks so small that they take a second."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import run as tabletop
from sim.ensemble.cases.posterior import load_posterior
from sim.ensemble.store.store import Store
from sim.model import MODEL_VERSION
from sim.paths import conf_folder
from tests import processes

THEORY = "squad_threshold"
"""About one world in eight lives the record under it."""
WORDS = [f"theory={THEORY}", "ensemble.replicates=100", "ensemble.cap=900", "--no-page"]
SMALL = [f"theory={THEORY}", "ensemble.replicates=5", "ensemble.cap=128", "--no-page"]
RUN = ["run", f"theory={THEORY}", "ensemble.replicates=3", "ensemble.days=false", "--no-figures", "out=r"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A bank of 900 worlds, of which 100 are kept."""
    folder = tmp_path_factory.mktemp("calibrate") / "s"
    assert tabletop(["calibrate", *WORDS, f"out={folder}"]) == 0
    return folder


def edited(store, edit):
    """The list of a store with something changed in it."""
    told = json.loads((store / "posterior.json").read_text())
    edit(told)
    (store / "posterior.json").write_text(json.dumps(told))
    return f"unknowns.posterior={store / 'posterior.json'}"


# What it says and leaves


def test_a_bank_says_how_many_lived_the_record_where_the_list_is_and_what_next(capsys, tmp_path):
    assert tabletop(["calibrate", *SMALL]) == 0
    said = capsys.readouterr().out.splitlines()
    (folder,) = (tmp_path / "outputs").iterdir()
    target = f"outputs/{folder.name}/posterior.json"
    assert folder.name.startswith("bank-")
    assert said[0].startswith(f"{THEORY}: ")
    assert " worlds of 128 draws lived the record (" in said[0]
    assert said[1] == f"5 worlds: {target}"
    assert said[2] == f"next: tabletop run unknowns.posterior={target}; store: outputs/{folder.name}"
    posterior = load_posterior(tmp_path / target)
    assert posterior.kept(THEORY) == load_posterior().kept(THEORY)[:5]
    assert posterior.theories[THEORY].draws == posterior.kept(THEORY)[-1] + 1


def test_a_theory_without_a_world_says_at_most_how_many_there_are(capsys):
    assert tabletop(["calibrate", "theory=constant", "ensemble.cap=60", "--no-page"]) == 0
    assert "constant: none of 60 draws lived the record, at most 0.05 of them (95 %)" in capsys.readouterr().out


def test_fewer_worlds_than_asked_for_are_said_to_be(capsys):
    assert tabletop(["calibrate", f"theory={THEORY}", "ensemble.cap=60", "--no-page"]) == 0
    assert "fewer than were asked for" in capsys.readouterr().out


def test_the_same_command_again_runs_nothing_and_notes_itself(store, capsys):
    before = (store / "posterior.json").read_bytes()
    assert tabletop(["calibrate", *WORDS, "out=s"]) == 0
    assert (store / "posterior.json").read_bytes() == before
    notes = [json.loads(path.read_text()) for path in (store / "invocations").glob("*.json")]
    assert sorted(note["computed"] for note in notes) == [0, 900]
    assert all(note["finished"] for note in notes)


@pytest.mark.slow
def test_the_page_is_written_with_its_picture_and_its_numbers(made, tmp_path, capsys):
    shutil.copytree(made, tmp_path / "s")
    assert tabletop(["calibrate", *(word for word in WORDS if word != "--no-page"), "out=s"]) == 0
    written = [Path(line.split(": ")[1]) for line in capsys.readouterr().out.splitlines() if "written: " in line]
    assert {path.suffix for path in written} >= {".md", ".html", ".json"}
    assert all(path.is_file() for path in written)
    assert load_posterior(tmp_path / "s" / "posterior.json").luck
    assert load_posterior(tmp_path / "s" / "posterior.json").kept(THEORY) == load_posterior().kept(THEORY)[:100]


@pytest.mark.slow
def test_a_bank_with_hardly_a_world_has_a_page_too(tmp_path, capsys):
    words = [f"theory={THEORY},constant", "ensemble.replicates=20", "ensemble.cap=100", "out=s"]
    assert tabletop(["calibrate", *words]) == 0
    assert "Traceback" not in capsys.readouterr().err
    assert {"calibration.md", "calibration.html", "calibration.json"} <= {path.name for path in Path("s").iterdir()}
    assert "constant" in Path("s/calibration.md").read_text()


# A list that was made elsewhere


def test_runs_take_the_worlds_of_a_list(store, capsys):
    assert tabletop([*RUN, "unknowns.posterior=s/posterior.json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "3 kept worlds of this theory; by 31 March each shows every pattern" in out
    assert Store.read("r").runs()["world"].tolist() == list(load_posterior().kept(THEORY)[:3])


def test_a_wider_range_makes_a_bank_of_its_own_whose_list_runs(capsys, tmp_path):
    wide = "unknowns.range.gangs.branching_ratio=[0.2,0.6]"
    words = [f"theory={THEORY}", "ensemble.replicates=100", "ensemble.cap=1400", "--no-page", wide]
    assert tabletop(["calibrate", *words]) == 0
    capsys.readouterr()
    (folder,) = (tmp_path / "outputs").iterdir()
    named = f"unknowns.posterior=outputs/{folder.name}/posterior.json"
    assert tabletop([*RUN, named]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "by 31 March each shows every pattern" in out
    assert tabletop([*RUN, named, "unknowns.range.gangs.branching_ratio=[0.1,0.6]"]) == 2
    assert "within [0.2,0.6], the bank's; a wider one needs a bank of its own" in capsys.readouterr().err


def test_a_wider_range_than_the_packaged_is_refused_and_a_narrower_one_filters(capsys, error_line):
    assert tabletop([*RUN, "unknowns.range.gangs.branching_ratio=[0.2,0.6]"]) == 2
    said = error_line()
    assert said.startswith("tabletop: unknowns.range.gangs.branching_ratio=[0.2,0.6]: within [")
    assert said.endswith("a wider one needs a bank of its own: tabletop calibrate")
    assert tabletop([*RUN, "unknowns.range.gangs.branching_ratio=[0.4,0.45]"]) == 0
    assert set(Store.read("r").runs()["world"]) < set(load_posterior().kept(THEORY))


def test_a_range_holds_where_too_few_worlds_lie_in_it_and_the_prior_is_taken(capsys):
    assert tabletop([*RUN, "unknowns.range.gangs.branching_ratio=[0.44,0.440001]"]) == 2
    assert "none of the 1,000 kept worlds of theory=squad_threshold lies in these ranges" in capsys.readouterr().err
    assert tabletop([*RUN, "unknowns.range.gangs.branching_ratio=[0.44,0.445]"]) == 0
    assert "so it is run with unknowns=prior" in capsys.readouterr().err
    drawn = json.loads(Store.read("r").cases()["unknowns.drawn"].iloc[-1])["drawn"]
    assert drawn["gangs.branching_ratio"][:2] == [0.44, 0.445]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda told: told.update(model_version=3), f"is of version 3 of the model, this is {MODEL_VERSION}"),
        (lambda told: told.update(record="0" * 64), "is of another record (000"),
        (lambda told: told.update(format=9), "is of format 9, this version reads 1"),
        (lambda told: told["theories"][THEORY].update(bank="0" * 12), "is of other settings, ranges or events"),
        (lambda told: told.update(ranges={"gangs.branching_ratio": [0.3, 0.5]}), "is of other settings, ranges"),
        (lambda told: told.update(parts="2024-05-01"), "is of other settings, ranges or events"),
        (lambda told: told.update(root_seed=-7), "is no posterior, or torn"),
        (lambda told: told.update(root_seed=2**64), "is no posterior, or torn"),
        (lambda told: told["theories"][THEORY].update(draws=3), "is no posterior, or torn"),
        (lambda told: told["theories"][THEORY].update(draws=2**40), "is no posterior, or torn"),
        (lambda told: told["theories"][THEORY]["steps"].pop(), "is no posterior, or torn"),
        (lambda told: told["theories"][THEORY]["steps"].__setitem__(0, 0), "is no posterior, or torn"),
        (lambda told: told["theories"][THEORY]["steps"].__setitem__(0, 1.5), "is no posterior, or torn"),
        (lambda told: told["theories"][THEORY]["steps"].__setitem__(0, True), "is no posterior, or torn"),
        (lambda told: told.pop("theories"), "is no posterior, or torn"),
    ],
    ids=["version", "record", "format", "setting", "ranges", "days", "seed", "seed too large", "draws",
         "draws too many", "world missing", "step 0", "step 1.5", "step true", "no theories"],
)  # fmt: skip
def test_a_list_of_something_else_is_refused_in_a_line_and_nothing_runs(store, error_line, edit, said):
    assert tabletop([*RUN, edited(store, edit)]) == 2
    line = error_line()
    assert line.startswith("tabletop: unknowns.posterior=")
    assert said in line
    assert "tabletop calibrate makes one" in line
    assert not Path("r").exists()


@pytest.mark.parametrize("size", [0, 1, 100, 500])
def test_a_torn_list_is_refused(store, error_line, size):
    whole = (store / "posterior.json").read_bytes()
    (store / "posterior.json").write_bytes(whole[:size])
    assert tabletop([*RUN, "unknowns.posterior=s/posterior.json"]) == 2
    assert "is no posterior, or torn" in error_line()


def test_no_list_at_all_is_refused(error_line):
    for name, why in (("nothing.json", "cannot be read"), (".", "is a folder; name a file")):
        assert tabletop([*RUN, f"unknowns.posterior={name}"]) == 2
        assert f"unknowns.posterior={name}: {why}" in error_line()


def test_a_list_of_few_worlds_or_of_other_theories_runs_on_the_prior_and_says_so(store, capsys):
    def few(told):
        told["theories"][THEORY].update(steps=told["theories"][THEORY]["steps"][:7], kept=7)

    assert tabletop([*RUN, edited(store, few)]) == 0
    assert "7 worlds under it lived the record" in capsys.readouterr().err
    assert tabletop([*RUN, "theory=breach", "unknowns.posterior=s/posterior.json"]) == 0
    assert "theory=breach: no world under it lived the record" in capsys.readouterr().err


# Patterns of one's own


def test_a_published_number_is_a_pattern_of_ones_own(tmp_path, capsys):
    mine = (conf_folder() / "patterns" / "record.yaml").read_text()
    number = """  N:
    text: a published number
    rule: 30 to 60 out by 7 March
    facts: []
    tests:
      - {outcome: exits_by_record_end, comparison: between, window: [30, 60]}

variants:"""
    (tmp_path / "mine.yaml").write_text(mine.replace("\nvariants:", f"\n{number}"))
    words = [f"theory={THEORY}", "ensemble.replicates=100", "ensemble.cap=400", "--no-page", "out=s"]
    assert tabletop(["calibrate", *words]) == 0
    every = set(load_posterior("s/posterior.json").kept(THEORY))
    assert tabletop(["calibrate", *words, "patterns=mine.yaml"]) == 0
    posterior = load_posterior("s/posterior.json")
    assert posterior.patterns == "mine"
    assert posterior.digest != load_posterior().digest
    few = set(posterior.kept(THEORY))
    runs = Store.read("s").runs().set_index("replicate")
    assert len(runs) == 400  # the same runs, scored by other patterns
    assert few == {world for world in every if 30 <= runs.loc[world, "exits_by_record_end"] <= 60}
    assert 0 < len(few) < len(every)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("patterns: {", "mine.yaml"),
        ("patterns: {}", "mine.yaml"),
        ("patterns: {A: {text: a, rule: b, tests: [{outcome: exits, comparison: at_least, value: 1}]}}", "exits"),
        ("patterns: {A: {text: a, rule: b, tests: [{outcome: exits_by_end, comparison: over, value: 1}]}}", "over"),
    ],
)
def test_patterns_that_are_none_are_refused_in_a_line(tmp_path, error_line, content, said):
    (tmp_path / "mine.yaml").write_text(content)
    assert tabletop(["calibrate", *SMALL, "patterns=mine.yaml"]) == 2
    assert said in error_line()
    assert not (tmp_path / "outputs").exists()


# Parts


def test_parts_are_joined_to_the_bank_of_one_go(made, capsys):
    part = [f"theory={THEORY}", "ensemble.first_replicate=500", "ensemble.cap=400"]
    assert tabletop(["calibrate", *part, "out=p"]) == 0
    said = capsys.readouterr().out
    assert "worlds 500 to 899 of each theory: a part of a bank; store: p" in said
    assert "next: tabletop calibrate --join p, where worlds 0 to 499 are" in said
    assert tabletop(["calibrate", *WORDS, "out=whole", "--join", "p"]) == 0
    assert "p: 400 runs taken in" in capsys.readouterr().out
    assert Path("whole/posterior.json").read_bytes() == (made / "posterior.json").read_bytes()


def test_what_is_no_part_is_refused_in_a_line(tmp_path, error_line, capsys):
    assert tabletop(["calibrate", *SMALL, "out=whole", "--join", "nowhere"]) == 2
    assert "nowhere: does not exist" in error_line()
    (tmp_path / "empty").mkdir()
    assert tabletop(["calibrate", *SMALL, "out=whole", "--join", "empty"]) == 4
    assert "empty is no store" in error_line()
    other = ["theory=breach", "ensemble.replicates=2", "--no-figures", "ensemble.days=false", "out=worlds"]
    assert tabletop(["run", *other, "unknowns=prior"]) == 0
    capsys.readouterr()
    assert tabletop(["calibrate", *SMALL, "out=whole", "--join", "worlds"]) == 2
    assert "--join=worlds: has no run of this bank" in error_line()
    assert tabletop(["calibrate", *SMALL, "ensemble.first_replicate=5", "--join", "worlds"]) == 2
    assert "ensemble.first_replicate=5" in error_line()


def test_a_part_that_is_damaged_is_refused_as_damaged(store, error_line):
    part = next((store / "runs").glob("*.parquet"))
    part.write_bytes(part.read_bytes()[:200])
    assert tabletop(["calibrate", *SMALL, "out=whole", "--join", "s"]) == 4
    assert "s" in error_line()


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("theory=breech", "theory=breech: no such choice"),
        ("scenario=terms_settled", "scenario=terms_settled: a bank is of the documented world"),
        ("gangs.blocs=3", "gangs.blocs=3: a bank is of the documented world"),
        ("ensemble.until=exits_by_end", "ensemble.until=exits_by_end: of the ensemble a calibration takes"),
        ("unknowns=fixed", "unknowns=fixed: a bank draws from the prior"),
        ("unknowns.range.gangs.branching_ratio=[0.5]", "unknowns.range.gangs.branching_ratio=[0.5]: two numbers"),
        ("patterns=nope", "patterns=nope: no such file of patterns"),
    ],
)
def test_a_mistake_is_a_line_and_leaves_nothing(tmp_path, error_line, word, said):
    assert tabletop(["calibrate", word]) == 2
    assert error_line().startswith(f"tabletop: {said}")
    assert list(tmp_path.iterdir()) == []


# Interrupted


def begin(launch, *words):
    return launch(
        [sys.executable, "-m", "sim", "calibrate", *words], stdout=processes.PIPE, stderr=processes.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )  # fmt: skip


def parts(folder):
    return len(list(Path(folder, "runs").glob("*.parquet")))


@contextmanager
def interrupting(theory, keep):
    """In place of the bar: an interrupt after the fourth block."""
    blocks = count(1)

    def progress(finished):
        if next(blocks) == 4:
            signal.raise_signal(signal.SIGINT)

    yield lambda now, stop: progress


def test_an_interrupt_keeps_what_is_finished_and_the_same_command_goes_on(made, capsys):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.commands.screen.bank_progress", interrupting)
        assert tabletop(["calibrate", *WORDS, "out=s", "ensemble.block=50", "executor=serial"]) == 130
    out, err = capsys.readouterr()
    assert err.strip() == "tabletop: interrupted; what is finished is kept, and the same command goes on from there"
    before = load_posterior("s/posterior.json")
    draws, kept = before.theories[THEORY].draws, before.kept(THEORY)
    assert 100 <= draws <= 250
    assert kept == tuple(world for world in load_posterior().kept(THEORY) if world < draws)
    assert f"{len(kept)} worlds: s/posterior.json" in out
    assert tabletop(["calibrate", *WORDS, "out=s"]) == 0
    assert Path("s/posterior.json").read_bytes() == (made / "posterior.json").read_bytes()
    assert len(Store.read("s").runs()) == 900


def test_an_interrupt_before_the_first_block_leaves_no_list(monkeypatch, capsys):
    monkeypatch.setattr("sim.analysis.calibration.bank.fill", lambda *_: signal.raise_signal(signal.SIGINT))
    assert tabletop(["calibrate", *WORDS, "out=s"]) == 130
    assert "interrupted" in capsys.readouterr().err
    assert not Path("s/posterior.json").exists()


@pytest.mark.slow
def test_an_interrupt_from_the_keyboard_is_an_interrupt(made, launch, capsys):
    process = begin(launch, *WORDS, "out=s", "ensemble.block=50", "executor=serial")
    until = time.monotonic() + 60
    while parts("s") < 1 and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert err.strip().splitlines()[-1].endswith("the same command goes on from there")
    assert "Traceback" not in err
    before = load_posterior("s/posterior.json")
    assert 0 < before.theories[THEORY].draws <= 900
    assert before.kept(THEORY) == load_posterior().kept(THEORY)[: len(before.kept(THEORY))]
    assert "worlds: s/posterior.json" in out
    assert tabletop(["calibrate", *WORDS, "out=s"]) == 0
    assert Path("s/posterior.json").read_bytes() == (made / "posterior.json").read_bytes()
    assert len(Store.read("s").runs()) == 900


def test_an_interrupt_while_the_bank_is_asked_leaves_the_list(store, monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    whole = (store / "posterior.json").read_bytes()
    (store / "posterior.json").unlink()
    monkeypatch.setattr("sim.analysis.calibration.study.answer", interrupted)
    assert tabletop(["calibrate", *(word for word in WORDS if word != "--no-page"), "out=s"]) == 130
    assert (store / "posterior.json").read_bytes() == whole
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.slow
def test_killed_twenty_times_a_bank_has_the_list_of_one_go(made, launch):
    luck, killed, words = random.Random(20240307), 0, [*WORDS, "out=s", "ensemble.block=16"]
    began = time.monotonic()
    assert begin(launch, *SMALL, "out=warm").wait() == 0
    usual = time.monotonic() - began
    for _ in range(20):
        process = begin(launch, *words)
        time.sleep(usual * luck.uniform(0.4, 1.1))
        process.kill()
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
    assert killed >= 5
    assert tabletop(["calibrate", *words]) == 0
    assert Path("s/posterior.json").read_bytes() == (made / "posterior.json").read_bytes()
    runs = Store.read("s").runs()
    assert runs["replicate"].tolist() == list(range(900))
    pd.testing.assert_frame_equal(runs, Store.read(made).runs())


# What was found is never lost


def test_a_smaller_request_leaves_the_worlds_that_a_larger_one_found(store, capsys):
    before = load_posterior(store / "posterior.json").theories[THEORY]
    assert tabletop(["calibrate", *SMALL, f"out={store}"]) == 0
    assert load_posterior(store / "posterior.json").theories[THEORY] == before
    assert tabletop(["calibrate", "theory=breach", "ensemble.replicates=2", "ensemble.cap=128", "--no-page",
                     f"out={store}"]) == 0  # fmt: skip
    listed = load_posterior(store / "posterior.json").theories
    assert listed[THEORY] == before
    assert len(listed["breach"].worlds) == 2
