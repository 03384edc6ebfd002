"""What is kept of Hydra's compositions: the same as Hydra would give, and never in the way."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from sim.errors import UserMistake
from sim.paths import conf_folder
from sim.settings import kept_compositions as kept
from sim.settings.composition import Composer, Written, compose, composer
from sim.settings.overrides import single_value

WORDS = [
    [],
    ["scenario=no_surge", "theory=breach"],
    ["out=/some/worlds", "ensemble.replicates=50"],
    ["theory.slips=0.25", "theory=breach", "officers.pool=40", "officers.pool=50"],
    ["scenario=terms_settled", "clock.target_date=2024-07-01"],
    ["governments=rules", "governments.mode=scripted", "executor=serial"],
    ["officers.squad_max=${officers.pool}", "officers.pool=50"],
    ["officers={pool: 50}", "officers.pool=60"],
    ["++scenario.events.accord_signed.date=2024-03-03"],
    ["~scenario.events.accord_signed"],
    ["out=null"],
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The words that Hydra is asked to compose."""
    heard: list[list[str]] = []
    ask = Composer._ask_hydra

    def hear(self: Composer, words: list[str]) -> Written:
        heard.append(list(words))
        return ask(self, words)

    monkeypatch.setattr(Composer, "_ask_hydra", hear)
    return heard


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_what_is_kept_is_what_hydra_composes(words: list[str]) -> None:
    for _ in range(2):
        with composer() as files:
            found = files._hydra(words)
            wanted = files._ask_hydra(words)
            assert [*map(dict, found)] == [*map(dict, wanted)]
            assert repr(found[0]) == repr(wanted[0]), "in types and order as well"


def test_hydra_is_asked_once_whatever_single_values_are_given(asked: list[list[str]]) -> None:
    compose(["theory=breach", "out=one"])
    compose(["officers.pool=50", "theory=breach", "out=two"])
    compose(["theory=breach"])
    assert asked == [["theory=breach"]]
    compose(["theory=constant"])
    assert len(asked) == 2


def test_what_hydra_refuses_is_refused_as_before() -> None:
    compose()
    for _ in range(2):
        with pytest.raises(UserMistake, match=r"gangs\.nope=7: no such setting"):
            compose(["gangs.nope=7"])


def test_files_that_differ_are_composed_anew(tmp_path: Path) -> None:
    shutil.copytree(conf_folder() / "media", tmp_path / "mine" / "media")
    file = tmp_path / "mine" / "media" / "default.yaml"
    before = compose([], tmp_path / "mine")
    text = file.read_text(encoding="utf-8")
    (line,) = (line for line in text.splitlines() if line.startswith("report_probability:"))
    file.write_text(text.replace(line, "report_probability: 0.123"), encoding="utf-8")
    assert compose([], tmp_path / "mine")["media"]["report_probability"] == 0.123
    assert before == compose()


def test_a_file_that_was_altered_counts_as_none(folder: Path, asked: list[list[str]]) -> None:
    whole = compose()
    (file,) = folder.iterdir()
    text = file.read_text(encoding="utf-8")
    for spoilt in (text.replace("400", "401"), text[: len(text) // 2], "", "\xff"):
        file.write_bytes(spoilt.encode("latin-1"))
        assert compose() == whole
    assert len(asked) == 5
    compose()
    assert len(asked) == 5


def test_where_nothing_can_be_kept_nothing_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = compose()
    folder.rename(folder.with_name("aside"))
    folder.write_text("a file where a folder should be")
    assert compose() == whole
    folder.unlink()
    monkeypatch.setenv(kept.VARIABLE, "")
    assert compose() == whole
    assert not folder.exists()
    monkeypatch.delenv(kept.VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    assert kept.cache_folder() == folder / "haiti-tabletop"


def test_the_oldest_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    for age, theory in ((3, "breach"), (2, "constant"), (1, "prospects")):
        before = set(folder.glob("*")) if folder.exists() else set()
        compose([f"theory={theory}"])
        (new,) = set(folder.glob("*")) - before
        os.utime(new, (1e9 - age, 1e9 - age))
        assert len(list(folder.glob("*"))) <= 2


def test_single_values_are_what_hydra_reads() -> None:
    draw, parser = random.Random(1), OverridesParser.create()
    letters = "aefnxNITruls019_-./+"
    texts = {"".join(draw.choices(letters, k=draw.randint(1, 6))) for _ in range(1500)}
    read = 0
    for text in [*sorted(texts), "true", "NULL", "Inf", "nan", "/some/a-b_c.d", "1e5", "-0", "2024-03-07", "007"]:
        found = single_value(text)
        if found is None:
            continue
        read += 1
        try:
            wanted = parser.parse_override(f"key.of={text}").value()
        except HydraException as refused:
            raise AssertionError(f"{text} is none of Hydra's words") from refused
        assert (type(found), found) == (type(wanted), wanted), text
    assert read > 200
