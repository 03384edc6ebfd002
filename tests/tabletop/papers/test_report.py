"""The after-action report says what the log says, all of it, and nothing that nobody saw while it goes on."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from sim.errors import UserMistake
from sim.tabletop.board import Board, replay
from sim.tabletop.expectations import by_role
from sim.tabletop.measures import visible
from sim.tabletop.papers import report
from sim.tabletop.papers.after_action import after_action
from sim.tabletop.papers.decision_sheet import COLUMNS, decision_sheet
from sim.tabletop.papers.facilitator_script import facilitator_script
from sim.tabletop.papers.session_pair import SessionPair
from sim.tabletop.papers.timeline_drawing import timeline
from sim.tabletop.papers.wording import with_unit
from tests.reports.html_checks import check_self_contained, parsed
from tests.tabletop.papers.story import HOSTILE, Story, six_turns


@pytest.fixture(scope="module")
def files(played: Board, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The report's files by name."""
    return {path.name: path.read_text(encoding="utf-8")
            for path in report.write(tmp_path_factory.mktemp("report"), played)}  # fmt: skip


def part(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its rank or above."""
    rank = heading.split(" ")[0]
    _, found, rest = text.partition(f"{heading}")
    assert found, heading
    return re.split(rf"^#{{1,{len(rank)}}} ", rest, maxsplit=1, flags=re.M)[0]


def text_of(page: str) -> str:
    """Everything that is read on a page."""
    return " ".join("".join(parsed(page).find("body").itertext()).split())  # type: ignore[union-attr]


def test_the_page_is_one_file_and_shows_what_people_typed_as_they_typed_it(files: dict[str, str]) -> None:
    page = files["after_action.html"]
    check_self_contained(page)
    assert text_of(page).count(HOSTILE) == 3, "a rationale, and a note that stands in two sections"
    assert len(list(parsed(page).iter("{http://www.w3.org/2000/svg}svg"))) == 2
    assert not re.search(r"(?<!\\)<script", files["after_action.md"])


def test_every_decision_has_its_owner_and_its_rationale(played: Board, files: dict[str, str]) -> None:
    text = files["after_action.md"]
    for order in played.orders:
        if played.given_in[order.id] == order.entry:
            (row,) = re.findall(rf"^\| order {order.id}\b.*$", text, flags=re.M)
            assert played.table.roles[order.role].name in row
            assert (order.why[:10] in row) if order.why and order.why != HOSTILE else True
    (chosen,) = re.findall(r"^\| option chosen: escrow .*$", text, flags=re.M)
    assert "Government of Kenya" in chosen
    assert "arrears would break" in chosen
    assert re.search(r"\| order o\d+ \(scripted\) \| United Nations \(stand-in\)", text)
    assert "*none was given*" in part(text, "### Turn 2")


def test_an_option_that_was_not_taken_has_its_interval_and_the_theories_where_they_differ(
    files: dict[str, str],
) -> None:
    turn = part(files["after_action.md"], "### Turn 1")
    rows = re.findall(r"^\| say\\_no \| officers who leave.*$", turn, flags=re.M)
    assert len(rows) == 1
    for piece in ("−2.3 (−4.1 to −0.6)", "60 / 30 of 100", "**flips**", "squad threshold fewer, −7.4 (−9.1 to −5.8)",
                  "breach more, +2.6 (+0.7 to +4.4)", "8 Mar 2024"):  # fmt: skip
        assert piece in rows[0]
    assert "Futures of each: 1,000." in turn
    held = next(line for line in turn.splitlines() if line.startswith("| what was played"))
    assert "holds: fewer" in held
    assert "squad threshold" not in held, "where all agree, one word tells it"


def test_what_differs_in_no_future_takes_no_row(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.option("opt_out", "kenya", "Together or not at all")
    same = {"mean": 0.0, "low": None, "high": None, "better": 0.0, "worse": 0.0, "futures": 400, "since": None,
            "option": "opt_out", "against": "played", "until": "2024-05-31"}  # fmt: skip
    rows = [same | {"measure": name, "theory": theory} for name in ("deaths", "exits") for theory in ("all", "breach")]
    rows[2] |= {"mean": 0.004, "better": 0.0, "worse": 0.001}
    story.advance(options=rows)
    text = after_action(story.board)
    assert "opt\\_out: no difference in any future in people killed." in text
    (row,) = re.findall(r"^\| opt\\_out \| officers who leave, to 31 May 2024 .*$", text, flags=re.M)
    assert "+0.004 (no interval)" in row


def test_an_inject_whose_condition_came_about_is_told(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.advance(happened=[(3, "Fewer than 350 are left.", "inject", "thin")])
    text = after_action(story.board)
    assert "| thin | its condition held, 11 Mar 2024 | Government of Kenya |" in text
    assert "1 inject delivered" in text
    assert "thin to kenya" in str(timeline(story.board, ["public"]))


def test_what_came_of_an_order_is_told_beside_the_same_world_without_it(files: dict[str, str]) -> None:
    turn = part(files["after_action.md"], "### Turn 1")
    assert re.search(r"\| o\d+: pay escrow 1 \| officers who leave \| 5 \| 8 \| −3 \|", turn)
    assert re.search(r"Moved none of the measures that are told, by the turn's end: o\d+, o\d+\.", turn)


def test_what_was_taken_back_is_told_with_its_reason(files: dict[str, str]) -> None:
    taken = part(files["after_action.md"], "## 8.")
    assert re.search(
        r"\| 1 \| 12 \| order o12: foreign troops 500 \|.*\| 13 \| no troops of its own was meant \|", taken
    )
    assert re.search(
        r"\| 2 \| \d+ \| turn 2, 2024-03-15 to 2024-03-21 \|.*the table wants to hear the squads first", taken
    )
    assert "1 turn was played and taken back" in taken
    assert "By hand, 29 March 2024" in taken
    assert "the court's order came a week early in this room" in taken


def test_strengths_and_the_improvement_plan_have_objective_owner_and_day(files: dict[str, str]) -> None:
    text = files["after_action.md"]
    kept = part(text, "### Keep a willing force together")
    assert "Pay came up before anybody asked" in kept
    assert "Answers before the evening news" in kept
    plan = part(text, "## 5.")
    assert (
        "| 1 | The leak was answered a day late | speak\\_first | press office | 2024-06-30 | after the last turn |"
        in plan
    )
    assert "**no owner yet** | **no date yet**" in plan


def test_forecasts_are_scored_by_role_beside_the_models(played: Board, files: dict[str, str]) -> None:
    text = part(files["after_action.md"], "## 6.")
    kenya = by_role(played).query("role == 'kenya' and kind == 'range'").iloc[0]
    assert f"| Government of Kenya | range | 1 | 0 | 0 | {kenya['score']:g} | {kenya['model']:g} | 0 of 1 held" in text
    assert "not counted: said after futures were shown" in text
    assert "not counted: the facilitator changed the world by hand in its days" in text
    drawn = files["forecasts.svg"]
    assert drawn.count("not counted") == 2
    assert drawn.count("came about") == 3


def test_the_timeline_has_every_order_and_fired_inject(played: Board, files: dict[str, str]) -> None:
    drawn = files["timeline.svg"]
    for order in played.orders:
        assert f"{order.id}: " in drawn, order
    assert "embassy to united_states" in drawn
    assert "thin to kenya" not in drawn, "a skipped inject did not happen"
    assert "What nobody at the table saw" in drawn
    assert "nobody" not in str(timeline(played, ["public"])), "what is hidden is drawn where it is asked for"


def test_the_sheet_has_turn_role_decision_and_rationale_on_every_row_and_no_formula(
    played: Board, files: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(files["decisions.csv"], encoding="utf-8")
    sheet = pd.read_csv(path)
    assert tuple(sheet.columns) == COLUMNS
    assert sheet[["turn", "role", "decision", "rationale"]].notna().all().all()
    for name in sheet.select_dtypes(include=["object", "string"]):
        assert not sheet[name].dropna().astype(str).str.match(r"[=+\-@\t\r]").any(), name
    flipped = sheet.query("change == 'not chosen' and id == 'say_no' and turn == 1 and measure == 'exits'")
    assert dict(zip(flipped["theory"], flipped["mean_difference"], strict=True))["breach"] == 2.6
    assert set(sheet["kind"]) == {"order", "option chosen", "option not chosen", "override", "taken back",
                                  "all orders of the turn"}  # fmt: skip
    back = sheet[sheet["kind"] == "taken back"]
    assert list(back["taken_back_by"]) == [13]
    assert len(decision_sheet(played)) == len(sheet)


def test_a_word_that_a_spreadsheet_would_work_out_is_a_word(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.order("kenya", "levers.insurance", 1, '=HYPERLINK("http://x.org")', "-1+1")
    (_, _, sheet, *_) = report.write(tmp_path / "papers", story.board)
    assert "'=HYPERLINK" in sheet.read_text()
    assert "'-1+1" in sheet.read_text()


def still_open(board: Board) -> Board:
    """The same session in the middle of its fifth turn."""
    fourth = [line.number for line in board.of_kind("advance")][3]
    return replay(board.lines[: fourth + 2])


def test_an_open_session_tells_nothing_that_nobody_saw(played: Board, tmp_path: Path) -> None:
    board = still_open(played)
    told = "".join(path.read_text(encoding="utf-8") for path in report.write(tmp_path, board))
    assert "The session is open. 4 turns of 6 played; it stands at the morning of 5 April 2024." in told
    assert "(open, not yet played)" in told
    for secret in ("480213", "7654321", "Played was world", "| o8: pay escrow", "because,intents"):
        assert secret not in told, secret
    rows = "\n".join(line for line in told.splitlines() if line.startswith("| ") and "option" not in line)
    for measure in visible("kenya", "hidden"):
        assert f"| {with_unit(measure.name)} |" not in rows, measure.name
    all_of_it = after_action(board, revealed=True)
    assert "Played was world 480213 of squad threshold" in all_of_it
    assert "| o8: pay escrow" in all_of_it


def test_a_session_of_no_turns_is_told(tmp_path: Path) -> None:
    story = Story(tmp_path / "session")
    paths = report.write(tmp_path / "papers", story.board)
    text = (tmp_path / "papers/after_action.md").read_text(encoding="utf-8")
    assert [path.name for path in paths] == ["after_action.html", "after_action.md", "decisions.csv"], "nothing to draw"
    assert "No turn has been played; it stands at the morning of 8 March 2024" in text
    assert "Nobody gave a forecast" in text
    assert "Nothing has been decided" in text
    assert "svg" not in text
    check_self_contained((tmp_path / "papers/after_action.html").read_text(encoding="utf-8"))


def test_a_session_without_a_list_is_told(tmp_path: Path) -> None:
    story = Story(tmp_path, list=None)
    story.note("We needed more time", tag="improvement")
    story.advance()
    text = after_action(story.board)
    assert "| Events list | none |" in text
    assert "We needed more time" in part(text, "### Without an objective")


def test_a_session_of_another_version_is_told_from_its_log(tmp_path: Path) -> None:
    story = Story(tmp_path, model_version=3, record="of-old")
    story.advance()
    text = after_action(story.board)
    assert "played with version 3 of the model" in text
    assert "cannot go on" in text
    assert "session of model version 3" in text


def test_a_measure_that_this_version_does_not_know_is_shown_once_it_is_over(tmp_path: Path) -> None:
    story = six_turns(tmp_path)
    lines = [line if line.kind != "advance" else
             type(line)(line.number, line.kind, line.by, line.at,
                        {**line.data, "days": [{**row, "old_fear": 3.5} for row in line.data["days"]]})
             for line in story.log.entries]  # fmt: skip
    board = replay(lines)
    assert "| old fear | 3.5 |" in after_action(board)
    assert "old fear" not in after_action(still_open(board))


def test_a_value_that_is_missing_is_left_empty(tmp_path: Path) -> None:
    story = Story(tmp_path)
    order = story.order("kenya", "levers.insurance", 1, "insurance 1")
    story.advance(
        because=[{"id": f"o{order}", "what": "insurance 1", "measure": "reports", "with": None, "without": 2.0}]
    )
    assert "insurance 1 | days with a published report of withdrawals |  | 2 |  |" in after_action(story.board)
    assert decision_sheet(story.board)["mean_difference"].isna().all()


def test_where_it_cannot_be_written_one_is_told(played: Board, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(UserMistake, match="cannot be written"):
        report.write(tmp_path / "taken" / "papers", played)


def test_every_moment_of_a_session_can_be_told(played: Board) -> None:
    """Whatever line was the last one: the report, its sheet and drawings, the script, and the session beside itself."""
    for count in range(1, len(played.lines) + 1):
        board = replay(played.lines[:count])
        text = after_action(board)
        assert ("The session is open" in text) == (not board.is_over)
        assert len(decision_sheet(board)) >= len(board.orders) - len(board.adopted)
        assert (timeline(board, ["public"]) is None) == (not board.turns)
        assert facilitator_script(board).count("\n## Turn ") == 6
        assert "nothing was decided otherwise" in SessionPair(board, board, ("a", "b")).verdict
