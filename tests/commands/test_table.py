"""A session from the shell: what is typed at a table, mistakes among it, and what is answered."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from sim.cli import run
from sim.commands.table import VERBS

SMALL = ("table=practice", "theory=breach", "table.horizon_days=14", "ensemble.root_seed=3")
Output = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session with an order and an option, of which one turn was played."""
    folder = tmp_path_factory.mktemp("table") / "friday"
    for words in (
        ("new", *SMALL),
        ("forecast", "role=kenya", "exits", "0..10"),
        ("branch", "pay", "role=kenya", "pay_escrow=1"),
        ("order", "role=kenya", "insurance=1", "why=nobody goes uninsured"),
        ("advance",),
    ):
        assert run(["table", words[0], str(folder), *words[1:]]) == 0
    return folder


@pytest.fixture
def friday(begun: Path, tmp_path: Path, capsys: Output) -> Path:
    capsys.readouterr()
    return Path(shutil.copytree(begun, tmp_path / "friday"))


def typed(*words: str) -> int:
    return run(["table", *words])


def test_every_verb_has_an_example(capsys: Output) -> None:
    for verb in VERBS:
        assert typed(verb, "--help") == 0
        assert f"Example: tabletop table {verb}" in " ".join(capsys.readouterr().out.split())


def test_state_is_what_a_role_may_know(friday: Path, capsys: Output) -> None:
    assert typed("state", "friday", "role=haiti", "--as", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["turn"] == 2
    assert "exits" not in [row["measure"] for row in told["measures"]]
    assert typed("state", "friday", "role=facilitator") == 0
    assert "by insurance 1" in capsys.readouterr().out


def test_what_is_typed_on_the_screen_of_all_shows_what_everybody_may_know(friday: Path, capsys: Output) -> None:
    assert typed("forecast", "friday", "role=kenya") == 0
    assert "exits" in capsys.readouterr().out
    for verb, shown in (("state", "reports"), ("forecast", "1 forecast not shown"), ("advance", "reports")):
        assert typed(verb, "friday") == 0
        told = capsys.readouterr().out
        assert shown in told
        for hidden in ("exits", "perceived_hazard", "assurance", "by insurance", "phone_in"):
            assert hidden not in told, (verb, hidden)
    assert typed("advance", "friday", "role=facilitator") == 0
    assert "perceived_hazard" in capsys.readouterr().out


def test_an_inject_for_one_role_is_not_read_to_all(friday: Path, capsys: Output) -> None:
    assert typed("inject", "friday", "fire", "phone_in") == 0
    told = capsys.readouterr().out
    assert told.splitlines()[0] == "phone_in to kenya, fired"
    assert "for kenya alone: tabletop table state friday role=kenya" in told
    assert typed("state", "friday", "role=kenya") == 0
    assert "told to kenya: Exercise." in capsys.readouterr().out
    assert typed("inject", "friday", "fire", "welcome") == 0
    assert "welcome to all, fired: Exercise." in capsys.readouterr().out


def test_how_many_officers_the_played_world_has_is_not_for_the_screen_of_all(
    friday: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.tabletop.outlook.TableOutlook.unlike", lambda self: "it has 79 officers left")
    for role, told in ((None, False), ("haiti", False), ("kenya", True), ("facilitator", True)):
        words = [f"role={role}"] if role else []
        assert typed("outlook", "friday", "until=2024-03-17", *words) == 0
        assert ("79 officers" in capsys.readouterr().out) == told
        assert typed("compare", "friday", "until=2024-03-17", "--no-figures", *words) == 0
        assert ("79 officers" in capsys.readouterr().out) == told


def test_an_outlook_and_a_comparison_are_of_a_thousand_futures(friday: Path, capsys: Output) -> None:
    assert typed("outlook", "friday", "role=kenya", "until=2024-03-20") == 0
    assert "1,000 futures" in capsys.readouterr().out
    assert typed("compare", "friday", "until=2024-03-20", "--no-figures", "--as", "csv") == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[0].startswith("option,against,measure")
    assert {row.split(",")[0] for row in rows[1:]} == {"pay"}
    numbers = pd.read_csv(io.StringIO("\n".join(rows)))
    assert numbers.loc[numbers["theory"] == "all", "better"].between(0, 1).all()
    assert numbers[["mean", "low", "high", "worse", "futures"]].dtypes.map(pd.api.types.is_numeric_dtype).all()
    assert typed("outlook", "friday", "until=2024-03-20", "--as", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert all(row["p5"] <= row["p50"] <= row["p95"] for row in told)


def test_a_comparison_is_drawn(friday: Path, capsys: Output) -> None:
    assert typed("compare", "friday", "pay", "until=2024-03-20", "measures=exits") == 0
    out = capsys.readouterr().out
    (picture,) = friday.rglob("F10-*.png")
    assert picture.name in out
    assert picture.with_suffix(".csv").exists()


def test_a_table_is_played_to_its_end_and_reported(friday: Path, capsys: Output) -> None:
    assert typed("order", "friday", "role=kenya", "branch=pay", "why=money first") == 0
    assert typed("inject", "friday", "fire", "welcome") == 0
    assert typed("advance", "friday") == 0
    assert typed("note", "friday", "lively", "tag=strength") == 0
    assert typed("close", "friday") == 0
    assert typed("report", "friday") == 0
    assert typed("brief", "friday") == 0
    assert typed("validate", "friday") == 0
    assert "comes out as the log has it" in capsys.readouterr().out
    assert "money first" in (friday / "papers" / "after_action.md").read_text(encoding="utf-8")


def test_why_tells_of_an_officer_of_a_squad_and_of_those_who_might_have_stayed(friday: Path, capsys: Output) -> None:
    assert typed("why", "friday", "--as", "csv") == 0
    rows = capsys.readouterr().out.splitlines()
    officer, squad = rows[1].split(",")[:2]
    assert typed("why", "friday", f"officer={officer}") == 0
    assert "odds of harm" in capsys.readouterr().out
    assert typed("why", "friday", f"squad={squad}", "--as", "csv") == 0
    assert officer in [row.split(",")[0] for row in capsys.readouterr().out.splitlines()]
    assert typed("why", "friday", f"stayed={officer}") == 0
    assert f"had {officer} stayed" in capsys.readouterr().out


def test_nothing_tells_which_theory_is_played_before_the_session_is_over(friday: Path, capsys: Output) -> None:
    kept = json.loads((friday / "session.jsonl").read_text(encoding="utf-8").splitlines()[0])["data"]["theories"]
    assert typed("why", "friday", "officer=12") == 0
    told = capsys.readouterr().out
    assert told.startswith("In the played world, officer 12")
    assert "breach" not in told
    assert typed("export", "friday", "open.log.csv") == 0
    assert "left out: the theory and world that are played" in capsys.readouterr().out
    for word in ('"played""', "root_seed"):
        assert word not in Path("open.log.csv").read_text(encoding="utf-8").splitlines()[1]
    assert typed("report", "friday") == 0
    report = (friday / "papers" / "after_action.md").read_text(encoding="utf-8")
    assert f"breach {kept['breach']:,} of {kept['breach']:,}" in report
    assert "root\\_seed" not in report
    assert typed("close", "friday") == 0
    assert typed("export", "friday", "closed.log.csv") == 0
    assert '""played"": {""theory"": ""breach""' in Path("closed.log.csv").read_text(encoding="utf-8")
    capsys.readouterr()
    assert typed("why", "friday", "officer=12") == 0
    assert capsys.readouterr().out.startswith("In this run under breach, officer 12")


def test_state_says_of_other_worlds_nothing_that_is_of_another_morning(friday: Path, capsys: Output) -> None:
    assert typed("state", "friday") == 0
    assert "Nothing has been seen yet" not in capsys.readouterr().out


def test_a_list_of_injects_goes_out_and_comes_back(friday: Path, capsys: Output) -> None:
    for name in ("list.yaml", "list.csv", "list.json", "turns.log.csv"):
        assert typed("export", "friday", name) == 0
        assert Path(name).exists()
    assert typed("validate", "list.csv", "table=practice") == 0
    assert "4 injects" in capsys.readouterr().out
    assert typed("export", "friday", "list.csv") == 2
    assert "is there already" in capsys.readouterr().err


def test_a_list_with_mistakes_has_all_of_them_told(capsys: Output) -> None:
    Path("bad.csv").write_text("id,at,to,text\none,D+1,kenia,Hello\ntwo,D+2,kenya,\n")
    assert typed("validate", "bad.csv") == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("tabletop: bad.csv, line") for line in lines)


def test_everything_that_is_wrong_with_an_inject_is_told_at_once(capsys: Output) -> None:
    Path("bad.yaml").write_text(
        "title: ${oc.env:HOME}\n"
        "injects:\n  one: {at: D+x, to: kenia, text: Hello, objective: way, colour: red, "
        "set: {levers: {insurance: 7}}, add: {kenya: {slip: 1}}}\n"
    )
    assert typed("validate", "bad.yaml") == 2
    told = capsys.readouterr().err
    for key in ("title", "one.at", "one.to", "one.objective", "one.colour", "one.set", "one.add"):
        assert key in told, key


def test_a_list_is_told_which_of_its_injects_come_after_the_last_turn(capsys: Output) -> None:
    Path("late.csv").write_text("id,at,to,text\nfirst,D+13,kenya,Hello\nlast,D+14,kenya,Hello\n")
    assert typed("validate", "late.csv", "table=practice") == 0
    told = capsys.readouterr().out
    assert "injects.last.at=D+14: comes after the table's last planned day, 2024-03-21" in told
    assert "injects.first" not in told


def test_two_sessions_stand_side_by_side(friday: Path, capsys: Output) -> None:
    shutil.copytree(friday, "monday")
    assert typed("order", "monday", "role=kenya", "reserve=50") == 0
    assert typed("advance", "monday") == 0
    capsys.readouterr()
    assert typed("sessions", "friday", "monday") == 0
    assert "Two sessions" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("state", "nowhere"), "no session"),
        (("new", "friday"), "already"),
        (("new", "other", "tables=practice"), "tables"),
        (("new", "other", "table=practise"), "practice"),
        (("new", "other", "unknowns=fixed"), "unknowns"),
        (("new", "other", "theory=breech"), "breach"),
        (("new", "other", "ensemble.replicates=5"), "ensemble.root_seed"),
        (("new", "other", "ensemble.root_seed=-1"), "ensemble.root_seed"),
        (("new", "other", "table.first_day=2024-03-01"), "2024-03-07"),
        (("new", "other", "table.injects=nowhere.csv"), "neither a file"),
        (("new", "other", "clock.end=2024-05-01"), "clock.end"),
        (("order", "friday", "insurance=1"), "role=kenya"),
        (("order", "friday", "role=kenya", "day=8 March", "reserve=5"), "day"),
        (("order", "friday", "role=kenya", "branch=never", "reserve=5"), "there are pay"),
        (("order", "friday", "role=kenya", "role=haiti", "reserve=5"), "given twice"),
        (("branch", "friday", "two words", "role=kenya"), "letters"),
        (("branch", "friday", "pay", "role=kenya", "reserve=5"), "joins it"),
        (("branch", "friday", "new_one", "role=kenya", "gang_truce=1"), "not kenya's"),
        (("forecast", "friday", "role=kenya", "reports>=1"), "70%"),
        (("forecast", "friday", "role=kenya", "reports>=1", "maybe"), "forecast=reports>=1 maybe: a probability"),
        (("forecast", "friday", "role=kenya", "reports>=3", "170%"), "forecast=reports>=3 170%: a probability"),
        (("forecast", "friday", "role=kenya", "exits", "maybe"), "exits=maybe: a range"),
        (("state", __file__), "is a file; a session is a folder of its own"),
        (("new", __file__), "is a file; a session is a folder of its own"),
        (("sessions", "friday", f"{__file__}/x"), "is a file; a session is a folder of its own"),
        (("forecast", "friday", "role=kenya", "reports>=1", "10%", "by=2024-03-01"), "has been played"),
        (("outlook", "friday", "until=2030-01-01"), "until"),
        (("outlook", "friday", "measures=exit"), "exits"),
        (("outlook", "friday", "mesures=exits"), "measures"),
        (("compare", "friday", "go"), "an option that is open: pay"),
        (("compare", "friday", "pay", "against=never"), "against"),
        (("advance", "friday", "days=0"), "from 1 to 60"),
        (("advance", "friday", "days=two"), "whole number"),
        (("advance", "friday", "days=-1"), "from 1 to 60"),
        (("order", "friday", "role=facilitator", "insurance=1"), "runs the table"),
        (("order", "friday", "role=kenya", "insurance=0,5"), "decimal point"),
        (("branch", "friday", "played", "role=kenya"), "another name"),
        (("inject", "friday", "shoot", "welcome"), "fire"),
        (("inject", "friday", "fire", "welcom"), "welcome"),
        (("inject", "friday", "postpone", "welcome"), "the day to which"),
        (("inject", "friday", "fire"), "by its id"),
        (("override", "friday", "gangs.control=0.9"), "needs a reason"),
        (("override", "friday", "gangs.control=9", "why=x"), "from 0 to 1"),
        (("why", "friday", "officer=4000"), "from 0 to 399"),
        (("why", "friday", "squad=999"), "squad"),
        (("why", "friday", "stayed=a,b"), "such as 12,40,77"),
        (("why", "friday", "officer=1", "squad=2"), "at a time"),
        (("undo", "friday", "line=999"), "no line"),
        (("note", "friday"), "what was observed"),
        (("note", "friday", "x", "objective=never"), "objective"),
        (("export", "friday", "list.doc"), ".yaml"),
        (("validate", "nowhere.csv"), "neither a file"),
        (("sessions", "friday", "nowhere"), "no session"),
    ],
)
def test_a_mistake_is_one_line_with_what_would_be_right(
    friday: Path, capsys: Output, words: tuple[str, ...], said: str
) -> None:
    before = (friday / "session.jsonl").read_bytes()
    assert typed(*words) == 2
    _, err = capsys.readouterr()
    assert said in err
    assert err.startswith("tabletop: ")
    assert err.count("\n") == 1
    assert (friday / "session.jsonl").read_bytes() == before
    assert not Path("other").exists()


def test_a_log_that_was_changed_is_no_mistake_of_whoever_types(friday: Path, capsys: Output) -> None:
    log = friday / "session.jsonl"
    log.write_bytes(log.read_bytes().replace(b"nobody goes uninsured", b"everybody goes so too"))
    for verb in ("state", "report", "advance"):
        assert typed(verb, "friday") == 4
        assert "was changed" in capsys.readouterr().err


def test_the_cache_may_go_at_any_time(friday: Path, capsys: Output) -> None:
    words = ("outlook", "friday", "until=2024-03-20", "--as", "csv")
    assert typed(*words) == 0
    with_cache = capsys.readouterr().out
    shutil.rmtree(friday / "cache")
    assert typed(*words) == 0
    assert capsys.readouterr().out == with_cache


def test_a_verb_speaks_french_wherever_the_language_is_named(friday: Path, capsys: Output) -> None:
    assert typed("state", "language=fr", str(friday)) == 0
    told = capsys.readouterr().out
    assert "matin du" in told
    assert "ordonné" not in told.split("\n")[0]
    assert typed("report", str(friday)) == 0
    english = (friday / "papers" / "after_action.md").read_text(encoding="utf-8")
    assert typed("report", str(friday), "language=fr") == 0
    assert (friday / "papers" / "after_action.md").read_text(encoding="utf-8") == english
    assert "# Retour d’expérience" in (friday / "papers" / "fr" / "after_action.md").read_text(encoding="utf-8")
    assert 'lang="fr"' in (friday / "papers" / "fr" / "after_action.html").read_text(encoding="utf-8")
    assert typed("state", str(friday)) == 0
    assert "the morning of" in capsys.readouterr().out, "a language ends with its command"


def test_a_mistake_is_said_in_the_language_and_an_unknown_one_is_a_mistake(friday: Path, capsys: Output) -> None:
    assert typed("order", str(friday), "role=kenya", "levers.insurance=2", "language=fr") == 2
    assert "un nombre de 0 à 1" in capsys.readouterr().err
    assert typed("state", str(friday), "language=xx") == 2
    assert capsys.readouterr().err == "tabletop: language=xx: one of en, fr\n"
    assert typed("state", str(friday), "language=fr", "language=en") == 2
    assert "is given twice" in capsys.readouterr().err


def test_what_programs_read_and_what_the_log_keeps_does_not_depend_on_the_language(
    friday: Path, tmp_path: Path, capsys: Output
) -> None:
    def printed(*words: str) -> str:
        assert typed(*words) == 0
        return capsys.readouterr().out

    def acts(folder: Path, *language: str) -> list[dict[str, object]]:
        for words in (
            ("order", "role=kenya", "kit_first=1"),
            ("inject", "fire", "phone_in"),
            ("override", "gangs.control=0.9", "why=the port is lost"),
            ("outlook", "until=2024-03-20"),
            ("advance", "days=2"),
        ):
            assert typed(words[0], str(folder), *words[1:], *language) == 0
        lines = (folder / "session.jsonl").read_text(encoding="utf-8").splitlines()
        return [{key: row[key] for key in ("kind", "by", "data")} for row in map(json.loads, lines)]

    for words in (("state", "--as", "json"), ("inject", "--as", "csv")):
        verb, *flags = words
        assert printed(verb, str(friday), "language=fr", *flags) == printed(verb, str(friday), *flags)
    other = Path(shutil.copytree(friday, tmp_path / "vendredi"))
    assert acts(other, "language=fr") == acts(friday)
