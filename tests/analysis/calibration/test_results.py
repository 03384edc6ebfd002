"""The results of a calibration go to one file and come back as they were, or it is said what is wrong with the file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.calibration.results import FILE, FRAMES, CalibrationResults
from sim.errors import StoreDamaged, UserMistake
from tests.analysis.calibration.example_results import facts, shift, whole


def test_all_frames_and_facts_come_back_as_they_were(tmp_path: Path) -> None:
    results = whole()
    again = CalibrationResults.load(results.save(tmp_path / FILE))
    assert again.bank == results.bank
    assert again.self_check_passed == results.self_check_passed
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(results, name), check_exact=True)
    assert again.save(tmp_path / "again.json").read_bytes() == (tmp_path / FILE).read_bytes()


def test_what_is_missing_stays_missing(tmp_path: Path) -> None:
    few = CalibrationResults(facts(interrupted=True), shift=shift())
    again = CalibrationResults.load(few.save(tmp_path / FILE))
    assert [name for name in FRAMES if getattr(again, name) is not None] == ["shift"]
    assert again.passed is None
    assert again.bank.interrupted
    assert again.of("luck", theory="all").empty


def test_nulls_empty_frames_and_strange_types_survive() -> None:
    frame = pd.DataFrame({name: pd.Series(dtype="float64") for name in FRAMES["luck"]})
    shifted = shift().assign(note=['é "x" | <b>'] * len(shift()), small=np.float32(0.1), unknown=pd.NA)
    shifted.loc[0, "shift"] = np.nan
    results = CalibrationResults(facts(), shift=shifted, luck=frame)
    again = CalibrationResults.of_content(json.loads(json.dumps(results.content())))
    assert again.luck is not None
    assert again.shift is not None
    assert list(again.luck) == list(frame)
    assert np.isnan(again.shift.loc[0, "shift"])
    assert again.shift.loc[1, "shift"] == shifted.loc[1, "shift"]
    assert again.shift.loc[0, "note"] == 'é "x" | <b>'
    assert again.shift["told"].dtype == bool
    assert again.shift["kept"].dtype == np.int64


def test_the_check_passed_only_where_it_did_under_every_theory() -> None:
    assert whole().passed is True
    assert replace(whole(), self_check_passed={"breach": True, "prospects": False}).passed is False


@pytest.mark.parametrize("frame", FRAMES)
def test_a_frame_without_a_column_is_refused_by_name(frame: str) -> None:
    lost = FRAMES[frame][-1]
    with pytest.raises(ValueError, match=f"the frame {frame} lacks {lost}"):
        replace(whole(), **{frame: getattr(whole(), frame).drop(columns=lost)})


def test_counts_of_numpy_are_counts(tmp_path: Path) -> None:
    bank = replace(facts(("breach",)), draws={"breach": np.int64(7)})
    again = CalibrationResults.load(CalibrationResults(bank).save(tmp_path / FILE))
    assert again.bank.draws == {"breach": 7}
    with pytest.raises(TypeError):
        replace(bank, draws={"breach": 7.5})


def test_an_infinite_number_is_refused() -> None:
    with pytest.raises(ValueError, match="the frame shift has an infinite value in shift"):
        CalibrationResults(facts(), shift=shift().assign(shift=np.inf)).content()


def test_values_that_are_neither_numbers_nor_words_are_refused() -> None:
    """They would come back as words, and a sum of them would be another."""
    strange = pd.Series([np.array(0.5)] * len(shift()), dtype="object")
    with pytest.raises(ValueError, match="neither numbers nor words"):
        CalibrationResults(facts(), shift=shift().assign(q50=strange)).content()


def _change(change: Callable[[dict[str, Any]], Any]) -> str:
    content = whole().content()
    change(content)
    return json.dumps(content)


DAMAGED = {
    "torn": json.dumps(whole().content())[:-200],
    "nothing": "",
    "a list": "[]",
    "deep": "[" * 100_000,
    "another format": _change(lambda c: c.update(format=2)),
    "no bank": _change(lambda c: c.pop("bank")),
    "a fact too many": _change(lambda c: c["bank"].update(more=1)),
    "a fact of another type": _change(lambda c: c["bank"].update(cap="many")),
    "draws of another type": _change(lambda c: c["bank"].update(draws={"breach": "many"})),
    "draws of other theories": _change(lambda c: c["bank"].update(draws={"breach": 3})),
    "a frame of another name": _change(lambda c: c["frames"].update(more={})),
    "a short column": _change(lambda c: c["frames"]["luck"]["luck"]["values"].pop()),
    "a lost column": _change(lambda c: c["frames"]["luck"].pop("luck")),
    "words among numbers": _change(lambda c: c["frames"]["luck"]["luck"]["values"].__setitem__(0, "x")),
    "an unknown type": _change(lambda c: c["frames"]["luck"]["luck"].update(type="date")),
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_told_in_one_line(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(StoreDamaged) as caught:
        CalibrationResults.load(tmp_path / FILE)
    assert "\n" not in str(caught.value)
    assert str(tmp_path / FILE) in str(caught.value)


def test_a_file_that_is_not_there_or_cannot_be_written_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="cannot be read"):
        CalibrationResults.load(tmp_path / FILE)
    with pytest.raises(UserMistake, match="cannot be written"):
        whole().save(tmp_path / "none" / FILE)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole().save(tmp_path / FILE)
    before = (tmp_path / FILE).read_bytes()
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(UserMistake, match="No space left"):
        CalibrationResults(facts()).save(tmp_path / FILE)
    assert (tmp_path / FILE).read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [FILE]
