"""A CSV file says which cases, or which runs, are done: "rerun exactly these"."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sim.api import run_request
from sim.ensemble.design.request import request
from sim.ensemble.design.sweep import sweep
from sim.errors import UserMistake
from tests.faults import refusal

SMALL = ("officers.pool=12", "clock.start=2024-02-20", "clock.end=2024-03-08", "executor=serial")


def listed(folder: Path, *lines: str) -> str:
    file = folder / "these.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"design.path={file}"


def test_a_row_is_a_case_and_an_empty_cell_leaves_a_setting_as_it_is(tmp_path: Path) -> None:
    path = listed(tmp_path, "scenario,theory,gangs.blocs", "us_troops,breach,3", "as_documented,,", ",prospects,5")
    found = sweep(["design=file", path, "gangs.blocs=9", *SMALL])
    wanted = [
        request([*words, *SMALL]).case.id
        for words in (
            ["scenario=us_troops", "theory=breach", "gangs.blocs=3"],
            ["gangs.blocs=9"],
            ["theory=prospects", "gangs.blocs=5"],
        )
    ]
    assert [case.id for case in found.cases] == wanted


def test_single_runs_are_done_and_no_others(tmp_path: Path) -> None:
    path = listed(tmp_path, "theory,replicate,root_seed", "breach,3,11", "breach,9,11", "constant,4,11")
    found = sweep(["design=file", path, *SMALL])
    runs = run_request(found, tmp_path / "store").outcomes
    done = sorted(zip(runs["case"].map({c.id: c.theory for c in found.cases}), runs["replicate"], strict=True))
    assert done == [("breach", 3), ("breach", 9), ("constant", 4)]
    assert set(runs["root_seed"]) == {11}
    again = run_request(found, tmp_path / "store")
    assert again.report is not None
    assert (again.report.computed, again.report.found, len(again.outcomes)) == (0, 3, 3)


def test_the_answer_of_a_query_is_such_a_list(tmp_path: Path) -> None:
    first = run_request(sweep(["theory=breach,prospects", "ensemble.replicates=5", *SMALL]), tmp_path / "store")
    chosen = first.outcomes.sample(4, random_state=1)
    chosen.to_csv(tmp_path / "chosen.csv", index=False)
    words = ["design=file", f"design.path={tmp_path / 'chosen.csv'}", f"design.store={tmp_path / 'store'}"]
    again = run_request(sweep([*words, "executor=serial"]), tmp_path / "other")
    keys = ["case", "replicate"]
    one, two = (rows.sort_values(keys, ignore_index=True) for rows in (chosen, again.outcomes))
    pd.testing.assert_frame_equal(one, two, check_dtype=False)


@pytest.mark.parametrize(
    ("lines", "words", "said"),
    [
        (["theory"], [], "a row is a case"),
        (["theory,replicate", "breach,1.5"], [], "line 2: replicate=1.5: is no whole number"),
        (["theory,replicate", "breach,1", "breach,"], [], "some of its rows name a replicate"),
        (["theory,root_seed", "breach,1", "breach,2"], [], "2 root seeds"),
        (["case", "abc"], [], "design.store: the file names cases by id"),
        (["theory", "nothing"], [], "theory=nothing: no such choice"),
        (["gangs.blcs", "3"], [], "no such setting"),
        (["theory", '"breach,prospects"'], [], "line 2: theory=breach,prospects: one value in a cell"),
        (["theory", "breach"], ["gangs.blocs=3,4"], "design=file takes its cases from the file"),
        (["theory,replicate", "breach,1"], ["ensemble.until=0.1"], "leave it at 0"),
    ],
)
def test_a_list_that_cannot_be_gets_one_line(tmp_path: Path, lines: list[str], words: list[str], said: str) -> None:
    assert said in refusal(sweep, ["design=file", listed(tmp_path, *lines), *words])


def test_a_file_that_is_not_there_gets_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="cannot be read"):
        sweep(["design=file", f"design.path={tmp_path / 'nothing.csv'}"])
