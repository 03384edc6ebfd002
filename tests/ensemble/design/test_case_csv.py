"""A CSV file says which cases, or which runs, are done: "rerun exactly these"."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sim.api import run_request
from sim.ensemble.design.request import request
from sim.ensemble.design.sweep import sweep
from sim.ensemble.store.store import Store
from sim.errors import NoEffect, UserMistake
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


def test_luck_keeps_all_its_digits(tmp_path: Path) -> None:
    """A float would make 9007199254740992 of it, and other runs."""
    path = listed(tmp_path, "theory,replicate,root_seed", "breach,3,9007199254740993", "breach,4.0,9007199254740993")
    found = sweep(["design=file", path, *SMALL])
    assert found.plan.root_seed == 9007199254740993
    assert {case: rows.tolist() for case, rows in (found.plan.only or {}).items()} == {found.cases[0].id: [3, 4]}


def test_replicates_far_apart_take_no_more_than_themselves(tmp_path: Path) -> None:
    path = listed(tmp_path, "theory,replicate", "breach,0", f"breach,{2**31 - 1}")
    runs = run_request(sweep(["design=file", path, *SMALL]), tmp_path / "store").outcomes
    assert runs["replicate"].tolist() == [0, 2**31 - 1]
    again = run_request(sweep(["design=file", path, *SMALL]), tmp_path / "store")
    assert again.report is not None
    assert (again.report.computed, again.report.found) == (0, 2)


# The table of cases as a list


WORLDS = ("scenario=as_documented,terms_settled,squads_of_three", "theory=breach,prospects", "gangs.blocs=3,4",
          "scenario.events.truce={when: {measure: available, below: 8, days: 2}, set: {levers: {gang_truce: 1}}}",
          "governments=scripted,rules", "media.rumour_rate=0.12345678901234", "ensemble.replicates=1")  # fmt: skip


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of worlds that differ in every way that a list can hold."""
    folder = tmp_path_factory.mktemp("ran") / "store"
    run_request(sweep([*WORLDS, *SMALL]), folder)
    return folder


def ids(path: Path, *words: str) -> list[str]:
    return [case.id for case in sweep(["design=file", f"design.path={path}", *words]).cases]


@pytest.mark.parametrize("column", ["case", "no case"])
@pytest.mark.parametrize("by", ["pandas", "a spreadsheet", "polars", "a query"])
def test_a_list_made_of_the_table_of_cases_runs_exactly_those(ran: Path, tmp_path: Path, column: str, by: str) -> None:
    table, path = Store.read(ran).cases(), tmp_path / "cases.csv"
    left_out = [] if column == "case" else ["case"]
    if by == "pandas":
        table.drop(columns=left_out).to_csv(path, index=False)
    elif by == "a spreadsheet":  # fifteen digits, a mark of the byte order, and lines as Windows has them
        fewer = table.drop(columns=left_out).map(lambda cell: f"{cell:.15g}" if isinstance(cell, float) else cell)
        fewer.replace("nan", "").to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    elif by == "polars":
        pytest.importorskip("polars").from_pandas(table.drop(columns=left_out)).write_csv(path)
    else:
        from sim.analysis.query import query

        query(Store.read(ran), "SELECT * FROM cases").drop(columns=left_out).to_csv(path, index=False)
    assert len(table) > 1
    assert sorted(ids(path)) == sorted(table["case"])


def test_a_setting_changed_beside_an_id_is_no_longer_that_case(ran: Path, tmp_path: Path) -> None:
    table, path = Store.read(ran).cases().head(3), tmp_path / "cases.csv"
    table.loc[table.index[1], "gangs.blocs"] = 9
    table.to_csv(path, index=False)
    with pytest.raises(
        UserMistake, match=r"cases.csv: line 3: case=\w{12}: the settings of this row are those of case"
    ):
        ids(path)
    few = table[["case", "gangs.blocs", "theory.name", "scenario.events"]]
    few.to_csv(path, index=False)
    with pytest.raises(UserMistake, match=r"line 3: gangs.blocs=9: is not that of case"):
        ids(path, f"design.store={ran}")
    table.drop(columns="case").to_csv(path, index=False)
    assert [case in set(table["case"]) for case in ids(path)] == [True, False, True]


def test_a_row_of_a_whole_case_lacks_nothing_and_holds_nothing_strange(ran: Path, tmp_path: Path) -> None:
    table, path = Store.read(ran).cases().head(2).drop(columns="case"), tmp_path / "cases.csv"

    def refusal(frame: pd.DataFrame) -> str:
        frame.to_csv(path, index=False)
        with pytest.raises(UserMistake) as caught:
            ids(path)
        return str(caught.value)

    assert "line 2: gangs.blocs: the row has events of a whole case" in refusal(table.drop(columns="gangs.blocs"))
    assert "line 2: theory.name=nothing: no such theory" in refusal(table.assign(**{"theory.name": "nothing"}))
    assert "line 2: gangs.blocs=many: a whole number" in refusal(table.assign(**{"gangs.blocs": "many"}))
    assert "scenario.texts: a list of [text, origin]" in refusal(table.assign(**{"scenario.texts": "[]"}))
    for events, said in [
        ("[", "JSON"),
        ("[1]", "a list of [date, condition"),
        ('[["2024-03-04", null, [["gangs.nope", "set", 1]]]]', "a list of [date, condition"),
        ('[["2024-03-04", null, [["gangs.control", "set", 7]]]]', "gangs.control=7: a number from 0 to 1"),
        ('[["2024-13-04", null, [["gangs.control", "set", 1]]]]', "a date such as"),
        ('[[null, ["exits", true, 1, 0, true], [["gangs.control", "set", 1]]]]', "whole number of days"),
        ('[[null, null, [["gangs.control", "set", 1]]]]', "a list of [date, condition"),
        ("[" * 100_000, "JSON"),
    ]:
        line = refusal(table.drop(columns="scenario.texts").assign(**{"scenario.events": events}))
        assert "cases.csv: line 2: scenario." in line
        assert said in line
        assert len(line) < 1000


def test_columns_that_say_nothing_are_told(ran: Path, tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    answer = Store.read(ran).runs()[["case", "replicate", "status", "exits_by_end"]]
    answer.to_csv(path, index=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ids(path, f"design.store={ran}")
    answer.assign(note="mine", mean=3).to_csv(path, index=False)
    with pytest.warns(NoEffect, match=r"the columns note, mean has no effect: each row's case says it all"):
        ids(path, f"design.store={ran}")
    words = ["gangs.blocs=9", "ensemble.replicates=50", "theory=breach"]
    with pytest.warns(NoEffect) as told:
        ids(path, f"design.store={ran}", *words)
    lines = [str(one.message) for one in told]
    assert [any(line.startswith(f"{word} has no effect: the file") for line in lines) for word in words] == [True] * 3


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        # a decimal comma
        (["scenario,theory,media.rumour_rate", "terms_settled,breach,0,1"], "line 2: row: 4 cells, the header has 3"),
        (["scenario,officers.pool", "terms_settled"], "line 2: row: 1 cell, the header has 2"),
        (["theory;officers.pool", "breach;300"], "line 1: header: cells are separated by semicolons"),
        (["theory\tofficers.pool", "breach\t300"], "line 1: header: cells are separated by tabs"),
        # an index
        ([",theory", "0,breach"], "line 1: header: column 1 has no name; an index that pandas wrote?"),
        (["Unnamed: 0,theory", "0,breach"], "line 1: header: column 1 has no name"),
        (["theory,,officers.pool", "breach,,300"], "column 2 has no name"),
        (["theory,,", "breach,,7"], "line 2: row: column 2 has cells and no name"),
        (["theory,theory", "breach,prospects"], "line 1: header: theory is given twice"),
        (["theory, theory", "breach,prospects"], "line 1: header: theory is given twice"),
        (["theory,officers.pool", "breach,300", ","], "line 3: row: has nothing in it"),
        (["theory", '"breach', "prospects"], "line 2: is no row of a CSV file"),
        (["theory", 'bre"ach'], "line 2: theory="),
        ([",,"], "line 1: header: names no column"),
        # cells that are none of the column's values
        (["theory,gangs.blocs", "breach,3", "breach,many"], "line 3: gangs.blocs=many: a whole number from 1 to 200"),
        (["theory,gangs.blocs", "breach,3", "breach,2.50"], "line 3: gangs.blocs=2.50: a whole number"),
        (["theory", "breach", "nothing"], "line 3: theory=nothing: no such choice"),
        (["clock.end", "3/7/2024"], "line 2: clock.end=3/7/2024: a date such as"),
        (["scenario.name", "terms_settled"], "line 2: scenario.name=terms_settled: a name alone changes nothing"),
        (["label", "mine"], "line 2: label=mine: no such setting"),
        (["ensemble.replicates", "7"], "line 2: ensemble.replicates=7: is no part of a case"),
        (["out", "x"], "line 2: out=x: is no part of a case"),
        (["hydra.callbacks", "x"], "Hydra's own settings"),
        (["theory,replicate", "breach,1e3"], "line 2: replicate=1e3: is no whole number"),
        (["theory,replicate", "breach,nan"], "line 2: replicate=nan: is no whole number"),
        (["theory,replicate", "breach,inf"], "line 2: replicate=inf: is no whole number"),
        (["theory,replicate", "breach,2147483648"], "line 2: replicate=2147483648: is no whole number from 0 to"),
        (["theory,root_seed", "breach,1", "breach,"], "some of its rows name a root seed and some do not"),
        # ids that look like numbers
        (["case", "3.1489056e+98"], "line 2: case=3.1489056e+98: the store has no such case; did a spreadsheet"),
        (["case", "314890560"], "did a spreadsheet take an id for a number"),
        (["case", "31489056e091"], "line 2: case=31489056e091: the store has no such case"),
        (["case,replicate", ",3"], "line 2: case=: an id, in every row"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_leaves_behind_is_named_with_its_line(
    ran: Path, tmp_path: Path, lines: list[str], said: str
) -> None:
    with pytest.raises(UserMistake) as caught:
        ids(tmp_path / "these.csv", listed(tmp_path, *lines), f"design.store={ran}", *SMALL)
    line = str(caught.value)
    assert line.startswith(f"design.path={tmp_path / 'these.csv'}: ")
    assert said in line
    assert "\n" not in line


def test_a_line_is_counted_as_an_editor_counts_it(tmp_path: Path) -> None:
    told = "breach,\"'two\nlines'\""
    path = listed(tmp_path, "theory,scenario.events.airport_assault.text", told, "", "nothing,x")
    with pytest.raises(UserMistake, match="line 5: theory=nothing"):
        sweep(["design=file", path, *SMALL])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theory\nbr\u00e9ach\n".encode("latin-1"), "line 2: is no text in UTF-8; save it as CSV UTF-8"),
        ("theory\nbreach\n".encode("utf-16"), "is no text in UTF-8"),
        (b"theory\nbre\0ach\n", "line 2"),
        (b"", "line 1: header: names no column"),
        (b"theory\n" + b"x" * 200_000 + b"\n", "line 2"),
    ],
)
def test_a_file_that_is_no_csv_is_one_line(tmp_path: Path, text: bytes, said: str) -> None:
    (tmp_path / "these.csv").write_bytes(text)
    with pytest.raises(UserMistake) as caught:
        sweep(["design=file", f"design.path={tmp_path / 'these.csv'}", *SMALL])
    assert said in str(caught.value)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", ".", "x" * 300])
def test_what_is_no_file_is_never_waited_for(path: str) -> None:
    with pytest.raises(UserMistake, match=r"design.path"):
        sweep(["design=file", f"design.path={path}", *SMALL])


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


def test_a_whole_case_of_worlds_that_lived_the_record_is_run_in_them(tmp_path: Path) -> None:
    """The table of cases does not say which worlds those are; the list that comes with the package does."""
    case, path = request(["theory=breach"]).case, tmp_path / "cases.csv"
    pd.DataFrame([case.row()]).to_csv(path, index=False)
    (listed,) = sweep(["design=file", f"design.path={path}"]).cases
    assert case.worlds
    assert listed.worlds == case.worlds


def test_worlds_of_another_list_are_not_guessed(tmp_path: Path) -> None:
    case, path = request(["theory=breach"]).case, tmp_path / "cases.csv"
    other = replace(case, unknowns=replace(case.unknowns, bank="c00000000000"))
    pd.DataFrame([other.row()]).to_csv(path, index=False)
    with pytest.raises(UserMistake, match=r"line 2: .* worlds are of another list"):
        ids(path)
    pd.DataFrame([{**other.row(), "replicate": 5}]).to_csv(path, index=False)
    assert ids(path) == [other.id]
