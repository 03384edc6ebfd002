"""Findings are read strictly: what a file names must be there, and a mistake names the line."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from sim.analysis.certificates.claims import Counts, load_claims, rests_on_table, select
from sim.errors import UserMistake
from sim.model.withdrawal import THEORIES

ONE = {"claim": "fewer leave", "study": "toy", "outcome": "exits_by_end", "option": [["levers.mandatory=1"]],
       "against": "documented", "finds": "fewer"}  # fmt: skip


@pytest.fixture
def read(tmp_path):
    """``read(key=value, …)``: the one finding of a file that says so; None leaves a field out, ``of`` is its worlds."""

    def reader(worlds=None, of=None, **fields):
        entry = {key: value for key, value in (ONE | fields | {"worlds": of}).items() if value is not None}
        given = {"findings": {"toy": entry}} | ({"worlds": worlds} if worlds else {})
        file = tmp_path / "f.yaml"
        file.write_text(yaml.safe_dump(given, sort_keys=False), "utf-8")
        return load_claims(file)[0]

    return reader


def test_a_finding_says_what_is_compared_and_where_the_difference_must_lie(read):
    claim = read()
    assert (claim.option, claim.against) == ((("levers.mandatory=1",),), ((),))
    assert (claim.region.low, claim.region.high, claim.region.side) == (None, 0.0, True)
    assert claim.theories == tuple(name for name in THEORIES if name != "constant")
    assert claim.mode == "posterior"


def test_worlds_have_names(read):
    claim = read(worlds={"all_must": ["levers.mandatory=1"]}, option="all_must", against=["documented", "all_must"])
    assert claim.option == (("levers.mandatory=1",),)
    assert claim.worlds == (("levers.mandatory=1",), ())


@pytest.mark.parametrize(
    ("finds", "ends"),
    [
        ({"at_least": 2}, (2, None)),
        ({"at_most": -0.5}, (None, -0.5)),
        ({"between": [1, 3]}, (1, 3)),
        ({"size": -70, "tolerance": 5}, (-75, -65)),
        ("more", (0, None)),
    ],
)
def test_a_finding_is_a_side_or_a_size(read, finds, ends):
    region = read(finds=finds).region
    assert (region.low, region.high) == ends


def test_a_share_counts_runs():
    assert Counts("above", 20).of(np.array([20.0, 21.0])).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("field", "fields", "said"),
    [
        ("toy", {"outcome": None}, "findings.toy.outcome: is missing"),
        ("outcome", {"outcome": "exits_by_ned"}, "no such outcome; near it: exits_by_end"),
        ("outcome", {"outcome": {}}, "one outcome"),
        ("outcome", {"outcome": "first_report_date"}, "a date"),
        ("finds", {"finds": "less"}, "fewer or more"),
        ("finds", {"finds": {"size": 3}}, "tolerance"),
        ("finds", {"finds": {"size": 3, "tolerance": 0}}, "tolerance"),
        ("finds", {"finds": {"between": [3, 1]}}, "between"),
        ("finds", {"against": None}, "fewer or more than what?"),
        ("option", {"option": "documentd"}, "no such world; near it: documented"),
        ("against", {"option": "documented"}, "the same worlds as option"),
        ("option", {"option": [["levers.mandatory"]]}, "key=value"),
        ("option", {"option": [["unknowns=fixed"]]}, "is no setting of a world"),
        ("theories", {"theories": ["breech"]}, "no such theory; there are"),
        ("rests_on", {"rests_on": ["officers.threat_sensitivty"]}, "near it: officers.threat_sensitivity"),
        ("rests_on", {"rests_on": ["levers.mandatory"]}, "no setting that worlds of these theories draw"),
        ("worlds", {"of": "fixed"}, "must be one of posterior, prior"),
        ("colour", {"colour": "red"}, "no such field"),
        ("counts", {"counts": {"over": 3}}, "one of above, below, at_least, at_most"),
        ("relative", {"relative": "yes"}, "must be true or false"),
        ("study", {"study": "../etc"}, "the name of a folder of experiments/"),
    ],
)
def test_a_mistake_is_one_line_with_the_line_of_the_file(read, tmp_path, field, fields, said):
    with pytest.raises(UserMistake) as fault:
        read(**fields)
    lines = (tmp_path / "f.yaml").read_text("utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if text.strip().startswith(f"{field}:"))
    assert said in str(fault.value)
    assert f"f.yaml, line {line}: findings.toy" in str(fault.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("findings: {a: {", "must be YAML; line 2"),
        ("findings: {}", "line 1: findings={}: must be a mapping, name by name, and not empty"),
        ("finding: {}", "no such field; the fields are findings, worlds"),
        ("findings:\n  a: &x {}\n  b: *x\n", "line 3=*x: an alias has no use here"),
        ("worlds: {documented: []}\nfindings: {a: {}}\n", "line 1: worlds.documented: is the world of the record"),
        ("findings:\n  a: 3\n", "line 2: findings.a=3: must have the fields"),
        ("findings:\n  a b: {}\n", "a name is made of letters"),
    ],
)
def test_a_file_that_is_none_is_one_line(tmp_path, text, said):
    file = tmp_path / "f.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(UserMistake, match=r"f\.yaml") as fault:
        load_claims(file)
    assert said in str(fault.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(UserMistake, match="cannot be read"):
        load_claims(tmp_path / "none.yaml")


def test_a_name_that_there_is_not_tells_those_near_it(read):
    with pytest.raises(UserMistake, match="no such finding; near it: toy"):
        select([read()], ["tooy"])


def test_settings_know_the_findings_that_rest_on_them(read):
    claim = read(rests_on=["officers.threat_sensitivity", "media.rumour_rate"])
    table = rests_on_table([claim]).set_index("setting")["findings"]
    assert table.to_dict() == {"officers.threat_sensitivity": "toy", "media.rumour_rate": "toy"}
