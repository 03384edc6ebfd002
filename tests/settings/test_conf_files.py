"""A conf folder is data, whoever it comes from: nothing in it runs, nothing is dropped, and nothing has no end."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.ensemble.design.request import request
from sim.ensemble.design.sweep import sweep
from sim.errors import UserMistake
from sim.paths import conf_folder
from sim.settings.composition import composer
from sim.settings.conf_files import DEEPEST, MOST_BYTES, conf_files

Own = Callable[..., Path]
GLOBAL = "# @package _global_\n"


def refusal(folder: Path, *words: str) -> str:
    """The one line, the same for one case and for a sweep, and at once, whatever else the machine does."""
    lines = set()
    for verb in (request, sweep):
        began = time.process_time()
        with pytest.raises(UserMistake) as caught:
            verb(words, folder)
        assert time.process_time() - began < 10
        lines.add(str(caught.value))
    (line,) = lines
    assert "\n" not in line
    return line


# What runs code


CALLS = "_target_: pathlib.Path.touch\n    self: {}"
SWEEPER = "_target_: os.mkdir\npath: {}\n"


@pytest.mark.parametrize(
    ("name", "text", "line", "key"),
    [
        (
            "config.yaml",
            "hydra:\n  callbacks:\n    evil:\n      _target_: os.mkdir\n      path: OWNED\n",
            2,
            "callbacks",
        ),
        ("config.yaml", "hydra:\n  launcher: {_target_: os.mkdir, path: OWNED}\n", 2, "hydra.launcher"),
        ("config.yaml", "hydra:\n  sweeper: {_target_: os.mkdir, path: OWNED}\n", 2, "hydra.sweeper._target_"),
        ("config.yaml", "hydra:\n  searchpath: [file:///etc]\n", 2, "hydra.searchpath"),
        ("config.yaml", "hydra:\n  job: {env_copy: [HOME]}\n", 2, "hydra.job"),
        ("config.yaml", "hydra.callbacks: {evil: {_target_: os.mkdir}}\n", 1, "hydra.callbacks"),
        ("config.yaml", "hydra: 5\n", 1, "hydra"),
        ("config.yaml", "defaults:\n  - override hydra/launcher: joblib\n", 2, "hydra/launcher"),
        ("config.yaml", "defaults:\n  - override hydra/sweeper: basic\n", 2, "hydra/sweeper"),
        ("config.yaml", "defaults:\n  - hydra/callbacks: mine\n", 2, "hydra/callbacks"),
        ("experiment/mine.yaml", GLOBAL + "hydra:\n  callbacks: {evil: {_target_: os.mkdir}}\n", 3, "hydra.callbacks"),
        ("experiment/mine.yaml", GLOBAL + "defaults:\n  - /hydra/callbacks: mine\n", 3, "hydra/callbacks"),
        ("experiment/mine.yaml", GLOBAL + "defaults:\n  - /gangs/default@hydra.callbacks\n", 3, "gangs/default@hydra"),
        ("experiment/mine.yaml", "# @package hydra.callbacks\nevil: {_target_: os.mkdir}\n", 1, "hydra.callbacks"),
        ("experiment/mine.yaml", GLOBAL + "<<: {hydra: {callbacks: {evil: {_target_: os.mkdir}}}}\n", 2, "<<"),
        ("scenario/mine.yaml", GLOBAL + "hydra: {sweeper: {params: {gangs.blocs: 3}}}\n", 2, "hydra.sweeper"),
        ("gangs/mine.yaml", "blocs: !!python/object/apply:os.mkdir [OWNED]\n", 1, "python/object/apply"),
        ("gangs/mine.yaml", "blocs: !!python/object/apply:pathlib.Path [OWNED]\n", 1, "python/object/apply"),
        ("gangs/mine.yaml", "blocs: ${oc.env:HOME}\n", 1, "${oc.env:HOME}"),
        ("gangs/mine.yaml", "defaults: [default]\nblocs: a${oc.env:HOME}\n", 2, "${oc.env:HOME}"),
        ("scenario/mine.yaml", "story: |\n  of ${oc.env:HOME}\n", 1, "${oc.env:HOME}"),
        ("config.yaml", "defaults:\n  - theory: ${oc.env:HOME}\n", 2, "${oc.env:HOME}"),
        ("config.yaml", "defaults:\n  - gangs: ../../../etc/passwd\n", 2, "gangs"),
        ("config.yaml", "defaults:\n  - ../secret\n", 2, "../secret"),
        ("executor/mine.yaml", "name: dask\nslurm:\n  cores: 1\n  python: sh -c evil\n", 4, "executor.slurm.python"),
        ("executor/mine.yaml", "name: dask\naddress: tcp://elsewhere:8786\n", 2, "executor.address"),
        ("experiment/mine.yaml", GLOBAL + "executor: {slurm: {job_script_prologue: [evil]}}\n", 2, "prologue"),
        ("experiment/mine.yaml", GLOBAL + "hydra: {sweeper: {params: {executor.address: x}}}\n", 2, "executor.address"),
    ],
)
def test_what_could_run_code_is_refused_with_file_and_key(own: Own, name: str, text: str, line: int, key: str) -> None:
    folder = own({name: text})
    said = refusal(folder)
    assert said.startswith(f"--config-path={folder / name}: line {line}: ")
    assert key in said
    assert not Path("OWNED").exists()


def test_nothing_is_instantiated_that_a_file_names(own: Own, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Be it in a packaged place: Hydra puts files together, and its own run is never begun."""
    import hydra._internal.instantiate._instantiate2 as instantiate
    from hydra._internal.hydra import Hydra

    for owner, names in ((Hydra, ("run", "multirun")), (instantiate, ("instantiate", "instantiate_node"))):
        for name in names:
            monkeypatch.setattr(owner, name, lambda *_, **__: pytest.fail("something was instantiated"))
    assert len(sweep(["theory=breach,prospects", "experiment=scenarios"]).cases) == 2 * 18
    folder = own({"experiment/mine.yaml": GLOBAL + "hydra: {sweeper: {params: {gangs.blocs: '3,4'}}}\n"})
    assert len(sweep(["experiment=mine"], folder).cases) == 2


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("", "levers, gangs, officers"),
        ("# nothing yet\n", "levers, gangs, officers"),
        ("out: mine\n", "design, theory, scenario"),
        ("defaults:\n  - theory: breach\n", "design, scenario;"),
        ("defaults:\n  - scenario: null\n", "theory, scenario;"),
        ("defaults: []\n", "levers, gangs, officers"),
        (None, "of scenario;"),
    ],
)
def test_a_main_file_that_lacks_a_group_is_named_with_it(own: Own, text: str | None, without: str) -> None:
    if text is None:
        text = (conf_folder() / "config.yaml").read_text().replace("  - scenario: as_documented\n", "")
    folder = own({"config.yaml": text})
    said = refusal(folder)
    assert "config.yaml" in said
    assert without in said
    assert refusal(folder, "media.report_probability=0.1") == said


# What nothing reads


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("scenario/mine.yml", "nothing reads it; call it mine.yaml"),
        ("config.yml", "nothing reads it; call it config.yaml"),
        ("scenario/mine.YAML", "nothing reads it; call it mine.yaml"),
        ("scenarios/mine.yaml", "scenarios is no group, so nothing reads it; near it: scenario"),
        ("conf/scenario/mine.yaml", "conf is no group; say --config-path"),
        ("mine.yaml", "a file lies in the folder of its group"),
        ("scenario/deep/mine.yaml", "nothing reads it; files lie in"),
        ("hydra/callbacks/mine.yaml", "hydra is no group, so nothing reads it"),
        ("scenario/my scenario.yaml", "letters, digits, _ and -"),
        ("scenario/a=b.yaml", "letters, digits, _ and -"),
    ],
)
def test_a_file_that_nothing_reads_is_named(own: Own, name: str, said: str) -> None:
    assert said in refusal(own({name: "name: mine\n"}))


def test_what_is_no_settings_file_is_left_alone(own: Own) -> None:
    folder = own({"README.md": "mine", "notes/today.txt": "x", ".git/config.yaml": "a: 1", "gangs/.mine.yaml": "a: 1"})
    assert request([], folder).case.id == request([]).case.id


@pytest.mark.parametrize("folder", ["", "nowhere", "x" * 300])
def test_a_folder_that_is_none_is_one_line(folder: str) -> None:
    assert "no such folder" in refusal(Path(folder) if folder else Path("nowhere"))


# What is no data, or has no end


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "more than 20,000 values, aliases written out"),
        ("a: &a [*a]\n", "an alias that holds itself"),
        ("a: &a {b: *a}\n", "an alias that holds itself"),
        ("a: " + "[" * 5000 + "\n", f"more than {DEEPEST} levels"),
        ("a: " + "[" * 5000 + "]" * 5000 + "\n", f"more than {DEEPEST} levels"),
        ("".join(f"{' ' * n}a:\n" for n in range(1000)), f"more than {DEEPEST} levels"),
        ("a: [" + "x," * 30_000 + "]\n", "more than 20,000 values"),
        ("a: " + "x" * MOST_BYTES, f"and a conf file has at most {MOST_BYTES:,}"),
        ("---\na: 1\n---\na: 2\n", "line"),
        ("- 1\n- 2\n", "line 1: a conf file is a mapping"),
        ("blocs\n", "line 1: a conf file is a mapping"),
        ("? [a]\n: 1\n", "line 1: a name is a word"),
        ("blocs: 7\nblocs: 8\n", "line 2: blocs is given twice"),
        ("'1': 7\n1: 8\n", "line 2: 1 is given twice"),
        ("a.b: 7\n", "line 1: a.b: a name holds no point"),
        ("a: \"\\e[2J\"\n", "line 1: holds the character '\\x1b'"),
        ("a: \x07\n", "line 1: holds the character '\\x07'"),
        (b"a: 1\nb: \xff\n", "line 2: is not UTF-8 text"),
        ("a: 1\n".encode("utf-16"), "is not UTF-8 text"),
        ("a: 010\n", "line 1: YAML reads 010 as 8"),
        ("a: 0x1F\n", "line 1: YAML reads 0x1F as 31"),
        ("a: 1:30\n", "line 1: YAML reads 1:30 as 90"),
        ("a: 1_000\n", "line 1: YAML reads 1_000 as 1000"),
        ("a: !own 3\n", "line 1: the tag !own has no use"),
        ("a: [7\n", "line 2"),
        ("a: 7\n\tb: 1\n", "line 2"),
        ("%YAML 9.9\n---\na: 1\n", "line 1"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_data_is_refused_at_once_with_its_line(own: Own, text: str | bytes, said: str) -> None:
    folder = own({"gangs/mine.yaml": text})
    line = refusal(folder)
    assert line.startswith(f"--config-path={folder / 'gangs/mine.yaml'}: ")
    assert said in line


def test_what_is_no_file_is_never_waited_for(own: Own) -> None:
    folder = own({"gangs/mine.yaml": ""})
    os.mkfifo(folder / "gangs" / "pipe.yaml")
    assert "pipe.yaml: is no file" in refusal(folder)
    (folder / "gangs" / "pipe.yaml").unlink()
    (folder / "gangs" / "zero.yaml").symlink_to("/dev/zero")
    assert "zero.yaml: is no file" in refusal(folder)
    (folder / "gangs" / "zero.yaml").unlink()
    (folder / "gangs" / "gone.yaml").symlink_to("nowhere")
    assert "gone.yaml: cannot be read: No such file" in refusal(folder)


def test_a_folder_of_a_whole_disk_is_not_walked(own: Own) -> None:
    folder = own({f"gangs/{n}.yaml": "" for n in range(1001)})
    assert "1,001 files, and a conf folder has at most 1,000" in refusal(folder)


def test_files_that_start_from_each_other_come_to_an_end(own: Own) -> None:
    folder = own({"gangs/a.yaml": "defaults: [b]\n", "gangs/b.yaml": "defaults: [a]\n"})
    assert "starts from itself, by gangs/a > gangs/b > gangs/a" in refusal(folder, "gangs=a")
    many = {f"gangs/g{n}.yaml": f"defaults: [g{n + 1}, h{n + 1}]\n" for n in range(40)}
    many |= {name.replace("/g", "/h"): text for name, text in many.items()}
    assert "more than 1,000 files to start from" in refusal(own(many | {"gangs/a.yaml": "", "gangs/b.yaml": ""}))


def test_the_packaged_files_are_such_data_themselves() -> None:
    with conf_files(conf_folder()) as files, conf_files(None) as packaged:
        assert files.choices == packaged.choices
    for words in (["experiment=scenarios"], ["experiment=screening", "design.size=2"], ["experiment=tipping"]):
        asked, wanted = ([case.id for case in sweep(words, folder).cases] for folder in (conf_folder(), None))
        assert asked == wanted


def test_a_folder_of_files_that_are_no_settings_is_passed_over(own: Own) -> None:
    """As ``tabletop init`` copies it: lists of injects are asked for by their path."""
    folder = own({"table/injects/mine.yaml": "title: Mine\n", "gangs/mine.yaml": "blocs: 7\n"})
    with conf_files(folder) as files:
        assert "table" not in files.choices
        assert "mine" in files.choices["gangs"]
    assert "no such setting" in refusal(folder, "table=mine")


# Where a mistake stands


START = "defaults: [as_documented]\nevents:\n"
PARAMS = GLOBAL + "hydra: {sweeper: {params: {gangs.blocs: many}}}\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("gangs/mine.yaml", "defaults: [default]\nblocs: many\n", "gangs.blocs=many: a whole number"),
        ("gangs/mine.yaml", "defaults: [default]\nnope: 5\n", "gangs.nope=5: no such setting"),
        ("governments/mine.yaml", "defaults: [scripted]\nmode: no\n", "governments.mode=no: one of scripted, rules"),
        ("experiment/mine.yaml", GLOBAL + "clock: {end: 2024-02-31}\n", "clock.end=2024-02-31: a date"),
        ("experiment/mine.yaml", PARAMS, "gangs.blocs=many: a whole number"),
        (
            "scenario/mine.yaml",
            START + "  x: {date: 2024-03-04, set: {kenya: {mood: 1}}}\n",
            "kenya.mood=1: no such level",
        ),
        ("scenario/mine.yaml", START + "  x: {date: 2024-03-04, sat: {kenya: {}}}\n", "x.sat={kenya: {}}: a row has"),
        ("scenario/mine.yaml", START + "  x: {date: 2024-03-04}\n", "scenario.events.x: no such event"),
        ("gangs/mine.yaml", "# @package _global_\npulse: 3\n", "pulse=3: no such setting"),
    ],
)
def test_a_wrong_value_in_a_file_is_named_as_written_with_its_line(own: Own, name: str, text: str, said: str) -> None:
    folder = own({name: text})
    line = refusal(folder, f"{name.partition('/')[0]}=mine")
    assert said in line
    assert line.endswith(f"({folder / name}, line {text.count(chr(10))})")


def test_the_file_that_was_chosen_is_named_and_not_another(own: Own) -> None:
    folder = own({f"gangs/{name}.yaml": "defaults: [default]\nblocs: 0\n" for name in ("a", "b", "c")})
    assert f"({folder / 'gangs/b.yaml'}, line 2)" in refusal(folder, "gangs=b")


def test_a_file_that_lacks_settings_of_its_group_is_named(own: Own) -> None:
    said = refusal(own({"media/default.yaml": "half_life_slow: 30\n"}))
    assert said.startswith("media.half_life_fast: missing; ")
    assert "media/default.yaml, in place of the packaged one, does not give it" in said
    typed = refusal(own({"media/default.yaml": "{}\n"}), "media.half_life_fast=3")
    assert typed.startswith("media.half_life_fast=3: no file gives it; ")


def test_a_scenario_is_called_as_its_file_is(own: Own) -> None:
    start = "defaults: [as_documented]\n"
    folder = own({"scenario/mine.yaml": start + "story: told\nevents: {airport_assault: {happens: false}}\n"})
    assert request(["scenario=mine"], folder).case.scenario == "mine"
    (folder / "scenario/mine.yaml").write_text(start + "name: other\n")
    wrong = "line 2: name: other: a scenario's name is that of its file, mine; leave the line out"
    assert wrong in refusal(folder, "scenario=mine")
    (folder / "scenario/mine.yaml").write_text(GLOBAL + "defaults: [as_documented@scenario]\nscenario: {name: other}\n")
    assert "a scenario's name is that of its file, mine" in refusal(folder)
    (folder / "scenario/mine.yaml").write_text(start)
    (folder / "experiment").mkdir()
    (folder / "experiment/mine.yaml").write_text(GLOBAL + "scenario: {name: other}\n")
    assert "scenario.name: a scenario's name is that of its file" in refusal(folder)


def test_every_packaged_scenario_is_called_as_its_file_is() -> None:
    with composer() as files:
        for name in files.files.choices["scenario"]:
            assert files.compose([f"scenario={name}"]).config["scenario"]["name"] == name
