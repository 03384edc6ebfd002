"""CEXF: what is written is read again and told apart from what other programs write, of which nothing goes unsaid."""

from __future__ import annotations

import base64
import json
import os
import sys
import uuid
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sim.model.events import Condition
from sim.tabletop.injects import Inject, MasterList, Read, list_path, read, read_list, when_due, write_list
from tests import processes
from tests.tabletop.injects.lists import ROLES, said_of, written

A, B = "19272db1-a7c4-4cb3-aa33-df775b8fec8c", "c104aa37-e394-43ce-b82b-a733d3745468"
SEQUENCE: dict[str, Any] = {"completion_trigger": [], "followed_by": [], "trigger": []}
TIMING: dict[str, Any] = {"triggered_at": None, "periodic_run_every": None}

BESIDE = "stand under haiti_tabletop, which other programs pass over"


def step(number: str, **parts: Any) -> dict[str, Any]:
    return {
        "description": "",
        "inject_uuid": number,
        "requirements": {},
        "sequence": SEQUENCE,
        "timing": TIMING,
    } | parts


def inject(number: str, name: str, **parts: Any) -> dict[str, Any]:
    row = {
        "action": "",
        "inject_evaluation": [],
        "name": name,
        "target_tool": "MISP",
        "uuid": number,
        "description": "x",
    }
    return row | parts


def theirs(flow: list, injects: list, payloads: list | None = None, **exercise: Any) -> str:
    """A file of another program."""
    head = {
        "name": "Phishing",
        "description": "Phishing",
        "namespace": "phishing",
        "uuid": A,
        "version": "1",
        "meta": {},
    }
    parts = {"inject_flow": flow, "inject_payloads": payloads or [], "injects": injects}
    return json.dumps({"exercise": head | exercise} | parts)


def found(folder: Path, text: str) -> Read:
    return read(written(folder, text, "theirs.json"), ROLES)


START = step(A, sequence=SEQUENCE | {"trigger": ["startex"]})


# Ours


def test_what_is_written_has_what_the_format_and_its_editor_want(tmp_path: Path) -> None:
    first = read_list(list_path("first_table"), ROLES)
    write_list(first, tmp_path / "x.json")
    content = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert list(content) == ["exercise", "inject_flow", "inject_payloads", "injects"]
    exercise = content["exercise"]
    assert {
        "description",
        "expanded",
        "name",
        "namespace",
        "tags",
        "total_duration",
        "uuid",
        "version",
    } <= exercise.keys()
    assert {"author", "level", "priority"} == exercise["meta"].keys()
    assert exercise["total_duration"] == str(41 * 86_400)
    numbers = [one["uuid"] for one in content["injects"] + content["inject_payloads"]] + [exercise["uuid"]]
    assert len({uuid.UUID(number) for number in numbers}) == len(numbers) == 2 * len(first.injects) + 1
    for one in content["inject_flow"]:
        assert one["sequence"].keys() == SEQUENCE.keys()
        assert one["timing"].keys() == TIMING.keys()
        assert one["requirements"].keys() <= {"inject_uuid"}
    for one in content["injects"]:
        assert {"action", "inject_evaluation", "name", "target_tool", "uuid"} <= one.keys()
        assert one["target_tool"] in ("MISP", "suricata", "webhook")


def test_times_and_chains_stand_where_the_format_has_them(tmp_path: Path) -> None:
    rows = (
        Inject("start", "all", "x", at=0),
        Inject("later", "all", "x", at=3),
        Inject("next", "all", "x", after=("start", 2)),
        Inject("dated", "all", "x", at=date(2024, 3, 11)),
        Inject("thin", "all", "x", when=Condition("available", above=False, threshold=300)),
    )
    told = write_list(MasterList("Mine", {}, rows), tmp_path / "x.json")
    content = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    flow = content["inject_flow"]
    assert [one["sequence"]["trigger"] for one in flow] == [["startex"], ["triggered_at"], [], ["manual"], ["manual"]]
    assert [one["timing"]["triggered_at"] for one in flow] == [None, 259_200, None, None, None]
    assert flow[2]["requirements"] == {"inject_uuid": flow[0]["inject_uuid"]}
    assert flow[0]["sequence"]["followed_by"] == [flow[2]["inject_uuid"]]
    assert told == (
        f"CEXF has no field for roles; they {BESIDE}.",
        f"CEXF has no conditions; they {BESIDE}, and wait to be started by hand (thin; 1 inject).",
        f"CEXF has no dates; they {BESIDE}, and wait to be started by hand (dated; 1 inject).",
        f"CEXF knows what follows what, and not after how many days; these {BESIDE} (next; 1 inject).",
    )


def test_what_was_changed_in_another_program_counts(tmp_path: Path) -> None:
    write_list(MasterList("Mine", {}, (Inject("a", "haiti", "x", at=0),)), tmp_path / "x.json")
    content = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    content["inject_flow"][0]["timing"]["triggered_at"] = 172_800
    content["injects"][0]["description"] = "y"
    changed = found(tmp_path, json.dumps(content))
    assert changed.list.injects == (Inject("a", "haiti", "y", at=2),)
    assert changed.unmapped == ("The payload says something else than the description, and is left out (a; 1 inject).",)


# Others'


def test_a_file_of_another_program_is_read_as_far_as_it_maps(tmp_path: Path) -> None:
    payload = {
        "type": "file",
        "uuid": "p",
        "parameters": {"content": base64.b64encode("Chère équipe".encode()).decode()},
    }
    asked = {"parameters": [{"a": 1}], "result": "An event", "score_range": [0, 10]}
    flow = [
        START | {"description": "The first"},
        step(B, requirements={"inject_uuid": A, "resolution_requirement": "Publishing"}),
    ]
    injects = [
        inject(
            A,
            "Mail",
            action="email",
            action_payload_resource_uuid="p",
            description=None,
            inject_evaluation=[asked],
        ),
        inject(B, "flow", description="Look at the log."),
    ]
    read = found(tmp_path, theirs(flow, injects, [payload], description="Short", expanded="Long", tags=["a"]))
    assert read.list.title == "Phishing"
    assert read.list.story == "Long"
    first, second = read.list.injects
    assert first == Inject("mail", "all", "Chère équipe", at=0, channel="email", expected="An event",
                           notes="Mail\nThe first")  # fmt: skip
    assert second == Inject("flow", "all", "Look at the log.", after=("mail", 0))
    assert read.unmapped == (
        "The UUIDs are not kept: a list that is written has others, made from its title and its ids.",
        "exercise.description is not read: exercise.expanded is the story.",
        "exercise.namespace is not read.",
        "exercise.version is not read.",
        "exercise.tags is not read.",
        "What a tool would look for, and the scores, are not read; only what each is called (mail; 1 inject).",
        "target_tool=MISP is not read: CEXF has no roles, so the inject goes to all (mail, flow; 2 injects).",
        "requirements.resolution_requirement is not read: an inject follows once another was fired (flow; 1 inject).",
    )


@pytest.mark.parametrize(
    ("part", "when", "told"),
    [
        ({"timing": TIMING | {"triggered_at": 86_400}}, "D+1", ""),
        (
            {"timing": TIMING | {"triggered_at": 1_800}},
            "D",
            "timing.triggered_at is inside a day, and is read as that day",
        ),
        ({"timing": TIMING | {"periodic_run_every": 5}}, "D", "timing.periodic_run_every is not read"),
        ({"sequence": SEQUENCE | {"trigger": ["manual"]}}, "D", "sequence.trigger=manual is not read"),
        (
            {"sequence": SEQUENCE | {"completion_trigger": ["completion"]}},
            "D",
            "sequence.completion_trigger is not read",
        ),
        ({"sequence": {"trigger": "startex"}}, "D", ""),
        ({}, "D", "Nothing says when, so it is due on the first day"),
        (
            {"requirements": {"inject_uuid": A}, "timing": {"triggered_at": 60}},
            "first+0",
            "timing.triggered_at is not read",
        ),
        ({"reporting_callback": ["x"]}, "D", "reporting_callback is not read"),
        ({"colour": "red"}, "D", "inject_flow.colour is not read (second; 1 inject)."),
        (
            {"sequence": SEQUENCE | {"followed_by": ["nobody"]}},
            "D",
            "sequence.followed_by names an inject that the flow",
        ),
    ],
)
def test_when_an_inject_of_another_program_is_due(part: dict, when: str, told: str, tmp_path: Path) -> None:
    read = found(tmp_path, theirs([START, step(B, **part)], [inject(A, "first"), inject(B, "second")]))
    assert when_due(read.list["second"]) == when
    said = [one for one in read.unmapped if "UUIDs" not in one and "exercise." not in one and "target_tool" not in one]
    assert any(one.startswith(told) for one in said) if told else said == []


def test_an_inject_follows_what_leads_to_it_where_nothing_else_says_when(tmp_path: Path) -> None:
    leads = START | {"sequence": SEQUENCE | {"trigger": ["startex"], "followed_by": [B]}}
    read = found(tmp_path, theirs([leads, step(B)], [inject(A, "first"), inject(B, "second")]))
    assert read.list["second"].after == ("first", 0)


def test_what_is_not_performed_and_names_that_are_taken(tmp_path: Path) -> None:
    injects = [inject(A, "C2", description=""), inject(B, "c2"), inject("other", "left")]
    read = found(tmp_path, theirs([START, step(B), START], injects, [{"uuid": "p", "name": "spare"}]))
    assert [one.id for one in read.list.injects] == ["c2", "c2_2", "c2_3"]
    assert [one.text for one in read.list.injects] == ["C2", "x", "C2"]
    assert "The inject is not in the flow, so it is left out (left; 1 inject)." in read.unmapped
    assert "The payload is in no inject, so it is left out (spare; 1 inject)." in read.unmapped
    assert "Nothing is to be read out, so the name is (c2, c2_3; 2 injects)." in read.unmapped


def test_sentences_come_in_the_same_order_whatever_python_hashes_by(tmp_path: Path) -> None:
    odd = dict.fromkeys("zyxwvu", 1)
    path = written(tmp_path, theirs([START | odd], [inject(A, "first") | odd], **odd), "theirs.json")
    code = f"from sim.tabletop.injects import read; print(read({str(path)!r}, ['kenya']).unmapped)"
    said = set()
    for seed in "12":
        surroundings = {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = processes.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=surroundings)
        said.add(done.stdout)
    assert len(said) == 1


SOUND = json.loads(theirs([START, step(B)], [inject(A, "first"), inject(B, "second")]))


@pytest.mark.parametrize(
    ("pointer", "value", "below", "wanted"),
    [
        ("exercise/name", 3, "", "name=3: a string"),
        ("exercise/name", "", "", "title: what the list is called"),
        ("inject_flow", {}, "", "inject_flow: an array"),
        ("inject_flow/1", "x", "", "inject_flow=x: an object"),
        ("inject_flow/1/inject_uuid", "x", "", "inject_uuid=x: no inject of the file has this UUID"),
        ("inject_flow/1/timing/triggered_at", "soon", "", "injects.second.at=soon: seconds after the start"),
        ("inject_flow/1/timing", 3, "", "injects.second.timing=3: an object"),
        ("inject_flow/1/requirements", {"inject_uuid": "x"}, "/inject_uuid", "injects.second.after=x: no inject"),
        ("inject_flow/1/requirements", {"inject_uuid": B}, "/inject_uuid", "injects.second.after=second+0: goes round"),
        ("injects/1/uuid", A, "", f"uuid={A}: is taken"),
        ("injects/1/description", 3, "", "injects.second.description=3: a string"),
        ("injects/1/description", "a\u200bb", "", "injects.second.text=a\\u200bb: holds the letter U+200B"),
        ("injects/1/haiti_tabletop", {"to": "peru"}, "/to", "injects.second.to=peru: one of kenya"),
        (
            "injects/1/haiti_tabletop",
            {"set": {"kenya": {"acord": 1}}},
            "/set",
            "injects.second.set.kenya.acord=1: no such",
        ),
        ("injects/1/haiti_tabletop", {"too": 1}, "/too", "injects.second.too: haiti_tabletop has no such field"),
        ("injects/1/haiti_tabletop", {"at": "x"}, "/at", "injects.second.at=x: a date such as"),
    ],
)
def test_a_mistake_names_its_json_pointer(pointer: str, value: Any, below: str, wanted: str, tmp_path: Path) -> None:
    content = deepcopy(SOUND)
    *way, last = pointer.split("/")
    place = content
    for name in way:
        place = place[int(name) if isinstance(place, list) else name]
    place[int(last) if isinstance(place, list) else last] = value
    (said,) = said_of(written(tmp_path, json.dumps(content), "theirs.json"))
    assert said.startswith(f"/{pointer}{below}: {wanted}"), said


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('{\n"exercise": {\n', "line 3: is no JSON"),
        ('{"exercise": {}, "exercise": {}}', "=exercise: is given twice in one object"),
        ('{"exercise": NaN}', "=NaN: is no number of JSON"),
        ("[" * 100_000, ": is no JSON"),
        ("[]", ": CEXF is an object"),
    ],
)
def test_a_file_that_is_no_json_is_refused(text: str, wanted: str, tmp_path: Path) -> None:
    assert said_of(written(tmp_path, text, "theirs.json"))[0].startswith(wanted)
