"""The record: what it holds, what its hash notices, and how a broken copy of it is refused."""

from __future__ import annotations

import dataclasses
import datetime
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from sim.errors import UserMistake
from sim.paths import seeds_folder
from sim.record import Fact, Record, load
from tests.faults import refusal

FILES = ("article.yaml", "mandate.yaml", "violence.yaml")
NOW = datetime.date(2024, 3, 7)

Entry = dict[str, Any]


@pytest.fixture
def record() -> Record:
    return load()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the record, to be broken."""
    return Path(shutil.copytree(seeds_folder(), tmp_path / "seeds"))


def rewrite(copy: Path, file: str, change: Callable[[Any], Any]) -> None:
    """Put what ``change`` makes of a file in its place."""
    path = copy / file
    changed = change(yaml.safe_load(path.read_text(encoding="utf-8")))
    path.write_text(yaml.safe_dump(changed, allow_unicode=True), encoding="utf-8")


def holder(copy: Path, id: str) -> str:
    """Return the file that holds the fact ``id``."""
    return next(file for file in FILES if f"id: {id}\n" in (copy / file).read_text(encoding="utf-8"))


def give(copy: Path, id: str, /, **fields: object) -> None:
    """Give the fact ``id`` other fields."""
    rewrite(copy, holder(copy, id), lambda entries: [e | fields if e["id"] == id else e for e in entries])


def take(copy: Path, id: str, field: str) -> None:
    """Take a field from the fact ``id``."""

    def without(entry: Entry) -> Entry:
        return {name: value for name, value in entry.items() if (entry["id"], name) != (id, field)}

    rewrite(copy, holder(copy, id), lambda entries: [without(entry) for entry in entries])


# What the record holds


def test_there_are_as_many_facts_as_entries(record: Record) -> None:
    written = "".join((seeds_folder() / file).read_text(encoding="utf-8") for file in FILES)
    assert len(record) == len(record.facts) == len(re.findall(r"^- id:", written, flags=re.MULTILINE))


def test_the_record_stops_on_the_day_of_the_seed_article(record: Record) -> None:
    assert record.now == NOW
    assert record.title


def test_the_facts_of_the_seed_article_and_only_those_are_marked_as_such() -> None:
    beside = {"squad_withdrawal"}  # told beside the article's report, of which it is a part; the article has no squads
    for file in FILES:
        for entry in yaml.safe_load((seeds_folder() / file).read_text(encoding="utf-8")):
            assert entry["in_seed"] == (file == "article.yaml" and entry["id"] not in beside), entry["id"]


def test_whether_a_squad_withdrew_is_told_in_two_ways(record: Record) -> None:
    report = record["squad_withdrawal"]
    assert (report.disputed, report.in_seed, report.value, report.date) == (True, False, None, NOW)
    assert "two wordings are carried" in report.note
    assert "squad" not in record["withdrawal_report"].what


def test_both_orders_of_who_is_to_be_named_are_carried(record: Record) -> None:
    orders = [record[id] for id in ("nomination", "station_order")]
    assert [(order.value, order.unit) for order in orders] == [(3, "officers per platoon"), (2, "officers per station")]
    assert {order.date for order in orders} == {datetime.date(2023, 10, 7)}


def test_every_entry_says_whether_it_is_disputed_and_whether_it_stands_in_the_seed() -> None:
    for file in FILES:
        for entry in yaml.safe_load((seeds_folder() / file).read_text(encoding="utf-8")):
            assert {"disputed", "in_seed"} <= entry.keys(), entry["id"]


def test_the_number_of_withdrawals_is_not_known(record: Record) -> None:
    report = record["withdrawal_report"]
    assert report.value is None
    assert report.unit == "officers"
    assert "the number is not known" in report.note


def test_both_dates_of_the_airport_assault_are_carried(record: Record) -> None:
    assault = record["airport_assault"]
    assert assault.disputed
    assert assault.date == datetime.date(2024, 3, 4)
    assert "3 March" in assault.note
    assert "4 March" in assault.note


def test_a_fact_is_read_with_all_its_fields(record: Record) -> None:
    assert record["killed_q1_2024"] == Fact(
        id="killed_q1_2024",
        date=datetime.date(2024, 3, 31),
        period=(datetime.date(2024, 1, 1), datetime.date(2024, 3, 31)),
        what="People killed in Haiti by gang-related violence, first quarter 2024",
        value=1660.0,
        unit="people",
        source="BINUH quarterly report",
        grade="A",
        disputed=False,
        in_seed=False,
        use="pattern",
        published=datetime.date(2024, 4, 19),
        note="18.2 a day; 845 more injured; of those killed, at least 590 in police operations and at least "
        "141 by vigilantes, so that gang attacks alone show no step between the quarters",
    )


def test_a_fact_with_nothing_to_count_has_neither_number_nor_unit(record: Record) -> None:
    ruling = record["court_ruling"]
    assert (ruling.value, ruling.unit, ruling.period, ruling.published, ruling.note) == (
        None,
        "",
        None,
        None,
        "",
    )


def test_facts_are_chosen_by_use_grade_and_place(record: Record) -> None:
    assert [fact.id for fact in record.where(use="pattern", grade="A")] == [
        "killed_q4_2023",
        "killed_q1_2024",
    ]
    assert {fact.grade for fact in record.where(grade="C")} == {"C"}
    assert len(record.where(in_seed=True)) + len(record.where(in_seed=False)) == len(record)
    assert record.where() == record.facts


def test_facts_come_in_the_order_of_the_files(record: Record) -> None:
    ids = [fact.id for fact in record]
    assert (ids[0], ids[-1]) == ("pledge", "police_killed_2023")


def test_an_id_is_in_the_record_or_not(record: Record) -> None:
    assert "pool" in record
    assert "poll" not in record


def test_an_id_that_is_not_there_is_a_mistake_that_names_its_neighbours(record: Record) -> None:
    with pytest.raises(UserMistake, match=r"fact=poool: not in the record; near it: pool"):
        record["poool"]
    with pytest.raises(UserMistake, match=r"fact=zzz: not in the record$"):
        record["zzz"]


def test_a_folder_is_read_once(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copy.parent)
    assert load(copy) is load(Path("seeds"))
    assert load() is load(seeds_folder())


def test_facts_cannot_be_changed(record: Record) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        record["pool"].value = 500.0  # type: ignore[misc]


# What the hash notices


def test_the_hash_is_a_sha256_in_hex(record: Record) -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", record.hash)


def test_the_hash_does_not_depend_on_order_or_layout(record: Record, copy: Path) -> None:
    for file in FILES:
        rewrite(copy, file, lambda entries: [dict(reversed(entry.items())) for entry in reversed(entries)])
    rewrite(copy, "record.yaml", lambda head: head | {"files": list(reversed(FILES))})
    reordered = load(copy)
    assert [fact.id for fact in reordered] != [fact.id for fact in record]
    assert reordered.hash == record.hash


def test_the_hash_does_not_depend_on_which_file_holds_a_fact(record: Record, copy: Path) -> None:
    entries = [e for file in FILES for e in yaml.safe_load((copy / file).read_text(encoding="utf-8"))]
    for file in FILES:
        (copy / file).unlink()
    (copy / "all.yaml").write_text(yaml.safe_dump(entries), encoding="utf-8")
    rewrite(copy, "record.yaml", lambda head: head | {"files": ["all.yaml"]})
    assert load(copy).hash == record.hash


def test_the_hash_does_not_depend_on_how_a_number_is_written(record: Record, copy: Path) -> None:
    give(copy, "gang_control", value=0.8)
    give(copy, "pool", value=400.0)
    assert load(copy).hash == record.hash


@pytest.mark.parametrize(
    "change",
    [
        {"id": "deaths_q4_2023"},
        {"date": "2023-12-30"},
        {"period": ["2023-10-02", "2023-12-31"]},
        {"period": None},
        {"what": "People killed"},
        {"value": 1105},
        {"value": None},
        {"unit": "persons"},
        {"source": "another"},
        {"grade": "B"},
        {"disputed": True},
        {"in_seed": True},
        {"use": "context"},
        {"published": "2024-01-23"},
        {"note": "12.0 a day"},
    ],
    ids=str,
)
def test_the_hash_notices_any_changed_value(record: Record, copy: Path, change: Entry) -> None:
    give(copy, "killed_q4_2023", **change)
    assert load(copy).hash != record.hash


def test_the_hash_notices_another_now_and_a_fact_that_is_gone(record: Record, copy: Path) -> None:
    later = dataclasses.replace(record, now=NOW + datetime.timedelta(days=1))
    fewer = dataclasses.replace(record, facts=record.facts[1:])
    assert len({record.hash, later.hash, fewer.hash}) == 3


# How a broken copy is refused


def test_an_unknown_field_is_refused(copy: Path) -> None:
    give(copy, "displaced", colour="red")
    assert refusal(load, copy).startswith(
        "seeds/violence.yaml: displaced.colour=red: no such field; the fields are date,"
    )


@pytest.mark.parametrize("field", ["date", "what", "value", "unit", "source", "grade", "disputed", "in_seed", "use"])
def test_a_missing_field_is_refused(copy: Path, field: str) -> None:
    take(copy, "displaced", field)
    assert refusal(load, copy) == f"seeds/violence.yaml: displaced.{field}: is missing"


def test_a_fact_without_an_id_is_named_by_its_place(copy: Path) -> None:
    take(copy, "accord_signed", "id")
    assert refusal(load, copy) == "seeds/article.yaml: entry 2.id: is missing"


@pytest.mark.parametrize("id", ["Pledge", "a pledge", "1st", "two\nlines"])
def test_an_id_that_is_no_name_in_lower_case_is_refused(copy: Path, id: str) -> None:
    give(copy, "pledge", id=id)
    assert "must be lower case, with underscores between words" in refusal(load, copy)


def test_an_id_that_is_taken_is_refused_even_in_another_file(copy: Path) -> None:
    give(copy, "displaced", id="pool")
    assert refusal(load, copy) == "seeds/violence.yaml: pool.id=pool: is taken; an id must be unique in the record"


@pytest.mark.parametrize("written", ["2024-02-30", "2024-3-1", "20240301", "2024-W10-1", "spring", 2024])
def test_a_date_that_is_not_in_the_calendar_is_refused(copy: Path, written: object) -> None:
    give(copy, "pledge", date=written)
    right = "must be a date of the calendar, written 2024-03-07"
    assert refusal(load, copy) == f"seeds/article.yaml: pledge.date={written}: {right}"


def test_an_impossible_date_is_named_though_yaml_itself_would_stumble_over_it(copy: Path) -> None:
    path = copy / "article.yaml"
    broken = path.read_text(encoding="utf-8").replace("date: 2024-03-01", "date: 2024-02-30", 1)
    path.write_text(broken, encoding="utf-8")
    assert refusal(load, copy).startswith("seeds/article.yaml: pledge.date=2024-02-30: ")


def test_an_impossible_now_is_refused(copy: Path) -> None:
    rewrite(copy, "record.yaml", lambda head: head | {"now": "2024-03-32"})
    assert refusal(load, copy).startswith("seeds/record.yaml: now=2024-03-32: ")


def test_a_period_that_ends_before_it_starts_is_refused(copy: Path) -> None:
    give(copy, "displaced", period=["2024-03-02", "2024-02-29"])
    line = refusal(load, copy)
    assert line.startswith("seeds/violence.yaml: displaced.period=")
    assert "ends before it starts" in line


@pytest.mark.parametrize("period", ["2024-03-02", ["2024-03-02"], ["2024-03-02"] * 3])
def test_a_period_that_is_not_two_dates_is_refused(copy: Path, period: object) -> None:
    give(copy, "displaced", period=period)
    assert refusal(load, copy).endswith("must be two dates, [first, last]")


def test_a_date_outside_its_period_is_refused(copy: Path) -> None:
    give(copy, "displaced", date="2024-03-03")
    right = "must lie inside its period, 2024-02-29 to 2024-03-02"
    assert refusal(load, copy) == f"seeds/violence.yaml: displaced.date=2024-03-03: {right}"


def test_a_date_later_than_now_needs_the_day_it_became_known(copy: Path) -> None:
    give(copy, "emergency", date="2024-03-08")
    right = "is missing; what reaches beyond 2024-03-07 needs the day it became known"
    assert refusal(load, copy) == f"seeds/violence.yaml: emergency.published: {right}"


def test_a_period_that_reaches_beyond_now_needs_the_day_it_became_known(copy: Path) -> None:
    give(copy, "displaced", period=["2024-02-29", "2024-03-08"])
    assert refusal(load, copy).startswith("seeds/violence.yaml: displaced.published: is missing")


def test_the_last_day_of_the_record_needs_no_day_of_publication(copy: Path) -> None:
    give(copy, "emergency", date="2024-03-07")
    assert load(copy)["emergency"].published is None


def test_what_was_published_before_it_happened_is_refused(copy: Path) -> None:
    give(copy, "killed_q1_2024", published="2024-03-30")
    line = refusal(load, copy)
    assert line.startswith("seeds/violence.yaml: killed_q1_2024.published=2024-03-30: must not be before 2024-03-31")


@pytest.mark.parametrize("grade", ["D", "a", 1, None])
def test_an_unknown_grade_is_refused(copy: Path, grade: object) -> None:
    give(copy, "killed_q4_2023", grade=grade)
    shown = "" if grade is None else f"={grade}"
    assert refusal(load, copy) == f"seeds/violence.yaml: killed_q4_2023.grade{shown}: must be one of A, B, C"


def test_an_unknown_use_is_refused(copy: Path) -> None:
    give(copy, "pool", use="target")
    right = "must be one of initial, timeline, pattern, context"
    assert refusal(load, copy) == f"seeds/mandate.yaml: pool.use=target: {right}"


@pytest.mark.parametrize("unit", [None, "", " "])
def test_a_number_without_a_unit_is_refused(copy: Path, unit: str | None) -> None:
    give(copy, "pool", unit=unit)
    line = refusal(load, copy)
    assert line.startswith("seeds/mandate.yaml: pool.unit")
    assert "a number needs one" in line


@pytest.mark.parametrize("value", ["many", True, float("nan"), float("inf"), [400]])
def test_a_value_that_is_not_a_number_is_refused(copy: Path, value: object) -> None:
    give(copy, "pool", value=value)
    assert refusal(load, copy).endswith("must be a finite number, or null where it is not known")


@pytest.mark.parametrize("flag", ["disputed", "in_seed"])
@pytest.mark.parametrize("value", ["perhaps", 1, None])
def test_a_flag_that_is_neither_true_nor_false_is_refused(copy: Path, flag: str, value: object) -> None:
    give(copy, "pool", **{flag: value})
    line = refusal(load, copy)
    assert line.startswith(f"seeds/mandate.yaml: pool.{flag}")
    assert line.endswith("must be true or false")


@pytest.mark.parametrize("field", ["what", "source"])
@pytest.mark.parametrize("value", ["", None, 12])
def test_a_text_that_is_empty_or_no_text_is_refused(copy: Path, field: str, value: object) -> None:
    give(copy, "pool", **{field: value})
    line = refusal(load, copy)
    assert line.startswith(f"seeds/mandate.yaml: pool.{field}")
    assert "must be a text" in line


def test_a_dispute_that_is_not_explained_is_refused(copy: Path) -> None:
    take(copy, "airport_assault", "note")
    right = "is missing; where a fact is disputed, the note says how"
    assert refusal(load, copy) == f"seeds/article.yaml: airport_assault.note: {right}"


def test_a_field_given_twice_is_refused(copy: Path) -> None:
    path = copy / "mandate.yaml"
    twice = path.read_text(encoding="utf-8").replace("  value: 400\n", "  value: 400\n  value: 500\n")
    path.write_text(twice, encoding="utf-8")
    line = twice[: twice.index("  value: 500")].count("\n") + 1
    assert refusal(load, copy) == f"seeds/mandate.yaml: must be YAML; line {line}: value is given twice"


@pytest.mark.parametrize("written", [b"- id: [unclosed\n", b"- id: a: b\n", b"\xff\xfe\x00", b"- !!python/name:os\n"])
def test_unreadable_yaml_is_refused_in_one_line(copy: Path, written: bytes) -> None:
    (copy / "mandate.yaml").write_bytes(written)
    assert refusal(load, copy).startswith("seeds/mandate.yaml: must be YAML")


@pytest.mark.parametrize("text", ["", "id: pledge\n", "just words\n"])
def test_a_file_that_is_no_list_of_facts_is_refused(copy: Path, text: str) -> None:
    (copy / "mandate.yaml").write_text(text, encoding="utf-8")
    assert refusal(load, copy) == "seeds/mandate.yaml: must be a list of facts, each beginning with `- id:`"


def test_an_entry_that_has_no_fields_is_refused(copy: Path) -> None:
    rewrite(copy, "mandate.yaml", lambda entries: [*entries[:3], "just words"])
    assert refusal(load, copy).startswith("seeds/mandate.yaml: entry 4=just words: must have the fields date, ")


def test_a_folder_without_a_record_is_refused(tmp_path: Path) -> None:
    assert refusal(load, tmp_path).startswith(f"{tmp_path.name}/record.yaml: cannot be read: ")


def test_a_listed_file_that_is_not_there_is_refused(copy: Path) -> None:
    (copy / "mandate.yaml").unlink()
    assert refusal(load, copy) == "seeds/record.yaml: files=mandate.yaml: must be a file beside record.yaml"


def test_a_file_that_is_not_listed_is_refused_and_not_passed_over(copy: Path) -> None:
    rewrite(copy, "record.yaml", lambda head: head | {"files": ["article.yaml", "mandate.yaml"]})
    assert (
        refusal(load, copy) == "seeds/record.yaml: files=violence.yaml: lies beside record.yaml, so it must be listed"
    )


def test_a_file_listed_twice_is_refused(copy: Path) -> None:
    rewrite(copy, "record.yaml", lambda head: head | {"files": [*FILES, "mandate.yaml"]})
    assert refusal(load, copy) == "seeds/record.yaml: files=mandate.yaml: is listed twice"


@pytest.mark.parametrize("files", ["mandate.yaml", [1], None])
def test_a_list_of_files_that_is_no_list_of_names_is_refused(copy: Path, files: object) -> None:
    rewrite(copy, "record.yaml", lambda head: head | {"files": files})
    assert refusal(load, copy).endswith("must be a list of texts")


@pytest.mark.parametrize("field", ["title", "now", "files"])
def test_a_missing_field_of_the_head_is_refused(copy: Path, field: str) -> None:
    rewrite(copy, "record.yaml", lambda head: {name: head[name] for name in head if name != field})
    assert refusal(load, copy) == f"seeds/record.yaml: {field}: is missing"
