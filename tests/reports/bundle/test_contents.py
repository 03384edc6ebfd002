"""What a bundle holds, by name, and that it says so to people and to machines."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from datetime import date

import pytest

from sim._version import __date__, __version__
from sim.api import compare
from sim.ensemble.cases.posterior import packaged_posterior
from sim.errors import StoreDamaged
from sim.figures.provenance.recipe import open_picture
from sim.paths import docs_folder, seeds_folder
from sim.reports.briefing.of_comparison import of_comparison
from sim.reports.bundle import contents as bundle
from sim.reports.bundle.names import KEPT, MANIFEST
from sim.reports.bundle.research_object import NAME
from tests.worlds import TINY

COMMAND = ["tabletop", "bundle", "DIR"]
WORDS = ("scenario=as_documented,terms_settled", "theory=breach,prospects", *TINY, "ensemble.replicates=6")


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    return compare(*WORDS, out=tmp_path_factory.mktemp("contents") / "s")


def told(comparison):
    table = comparison.table.to_csv(index=False, lineterminator="\n").encode()
    return {**of_comparison(comparison, COMMAND).files("briefing"), "comparison.csv": table}


@pytest.fixture(scope="module")
def members(comparison):
    return bundle.contents(comparison.cases, comparison.runs, comparison.store, COMMAND, told(comparison)).members


def test_everything_that_a_result_rests_on_is_there(members):
    pages = {f"docs/{name}.md" for name in ("ODD", "CREDIBILITY", "PARAMETERS", "OUTCOMES", "DATA")}
    tables = {"settings/cases.csv", "runs/runs.csv", "comparison/comparison.csv"}
    told = {"README.md", "bundle.json", "comparison/briefing.md", NAME, MANIFEST}
    assert pages | tables | told <= members.keys()
    record = {f"record/{path.name}": path.read_bytes() for path in seeds_folder().glob("*.yaml")}
    assert record.items() <= members.items()
    assert all(members.values())


def test_every_figure_has_its_data(members):
    pictures = [name for name in members if name.startswith("figures/") and name.endswith(".png")]
    assert pictures
    assert [name for name in pictures if f"{name[:-4]}.csv" not in members] == []


def test_versions_and_digests_are_said(members, comparison):
    told = json.loads(members["bundle.json"])
    assert told["digest"] == comparison.store.digest()
    assert (told["runs"], told["cases"], told["failed"], told["posterior"]) == (24, 4, 0, None)
    assert told["command"] == COMMAND
    assert {"haiti-tabletop", "model", "record", "numpy", "matplotlib"} <= told["made_with"].keys()


def test_no_version_of_python_is_in_it(members, tmp_path):
    """Numbers and pixels are the same under all of them, and so are the bytes."""
    assert "python" not in json.loads(members["bundle.json"])["made_with"]
    picture = next(name for name in members if name.startswith("figures/") and name.endswith(".png"))
    (tmp_path / "F.png").write_bytes(members[picture])
    assert "python" not in open_picture(tmp_path / "F.png").made_with


def test_the_manifest_has_the_digest_of_every_other_file(members):
    lines = dict(reversed(line.split("  ")) for line in members[MANIFEST].decode().splitlines())
    assert lines == {name: hashlib.sha256(content).hexdigest() for name, content in members.items() if name != MANIFEST}


def test_no_folder_clock_or_machine_is_in_it(members, comparison, tmp_path):
    """Where the store lies, what day it is and who made it are no part of what was found."""
    folder = str(comparison.store.folder).encode()
    assert [name for name, content in members.items() if folder in content] == []


def test_another_day_of_publication_is_all_that_a_date_changes(members, comparison, monkeypatch):
    for drawn, made in (("docs/", "_pages"), ("figures/", "_figures")):
        files = {name: content for name, content in members.items() if name.startswith(drawn)}
        monkeypatch.setattr(
            bundle, made, lambda *_, files=files: (files, []) if "figures/" in str(min(files)) else files
        )
    other = bundle.contents(
        comparison.cases, comparison.runs, comparison.store, COMMAND, told(comparison), dated=date(2027, 1, 2)
    )
    changed = {name for name in members if members[name] != other.members[name]}
    assert changed == {NAME, "README.md", MANIFEST}
    assert b"2027-01-02" in other.members[NAME]
    assert __date__.encode() in members[NAME]


def test_the_metadata_are_those_of_a_research_object(members):
    """The rules of RO-Crate 1.1 for descriptor, root and files."""
    told = json.loads(members[NAME])
    assert told["@context"] == "https://w3id.org/ro/crate/1.1/context"
    graph = {thing["@id"]: thing for thing in told["@graph"]}
    assert len(graph) == len(told["@graph"])
    assert graph[NAME]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert (graph[NAME]["@type"], graph[NAME]["about"]) == ("CreativeWork", {"@id": "./"})
    root = graph["./"]
    assert root["@type"] == "Dataset"
    assert root["name"]
    assert root["description"]
    assert date.fromisoformat(root["datePublished"])
    assert {part["@id"] for part in root["hasPart"]} == members.keys() - {NAME}
    for name in members.keys() - {NAME}:
        assert graph[name]["@type"] == "File"
        assert graph[name]["contentSize"] == str(len(members[name])), name
    linked = {ref["@id"] for thing in told["@graph"] for value in thing.values()
              for ref in (value if isinstance(value, list) else [value]) if isinstance(ref, dict)}  # fmt: skip
    assert linked - graph.keys() == {"https://w3id.org/ro/crate/1.1"}


def test_worlds_that_lived_the_record_come_with_their_list(tmp_path):
    kept = compare("scenario=as_documented,terms_settled", "theory=breach", "ensemble.replicates=2", out=tmp_path / "s")
    members = bundle.contents(kept.cases, kept.runs, kept.store, COMMAND).members
    assert members[KEPT] == packaged_posterior().read_bytes()
    assert json.loads(members["bundle.json"])["posterior"] == hashlib.sha256(members[KEPT]).hexdigest()
    assert not [name for name in members if name.startswith("comparison/")]


def test_runs_of_another_version_are_not_put_together(comparison):
    with pytest.raises(StoreDamaged, match="use that version"):
        bundle.contents(comparison.cases, comparison.runs, replace(comparison.store, model_version=3), COMMAND)


def test_the_day_of_the_version_is_that_of_its_citation():
    citation = (docs_folder().parent / "CITATION.cff").read_text("utf-8")
    assert f"version: {__version__}\ndate-released: {__date__}\n" in citation


def test_labels_that_systems_spell_differently_are_spelled_plainly():
    assert re.fullmatch(r"[\w.,=+-]+", bundle._folder("größe-breach"), re.ASCII)
    assert bundle._folder("as_documented-breach") == "as_documented-breach"
