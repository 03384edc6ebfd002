"""Words and files become settings, or one line that names the key, the value and what would be right."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sim.ensemble.design.request import Request, request
from sim.errors import UserMistake
from sim.paths import conf_folder
from sim.settings.composition import compose, typed
from tests.faults import refusal

SCENARIOS = sorted(file.stem for file in (conf_folder() / "scenario").glob("*.yaml"))
THEORIES = ("breach", "constant", "prospects", "squad_threshold", "threat_efficacy")


def refused(*words: str, config_path: Path | None = None) -> str:
    return refusal(request, words, config_path)


# Words


def test_words_change_the_settings_that_they_name() -> None:
    found = compose(["theory=breach", "gangs.blocs=7", "theory.slips=0.25", "scenario=no_surge"])
    assert (found["theory"]["name"], found["theory"]["slips"]) == ("breach", 0.25)
    assert (found["gangs"]["blocs"], found["scenario"]["name"]) == (7, "no_surge")


def test_without_words_there_is_the_default_world() -> None:
    found = compose()
    assert (found["scenario"]["name"], found["theory"]["name"]) == ("as_documented", "threat_efficacy")
    assert (found["executor"], found["out"]) == ({"name": "auto", "workers": None}, None)


def test_references_between_settings_are_followed() -> None:
    assert compose(["officers.squad_max=${officers.pool}", "officers.pool=50"])["officers"]["squad_max"] == 50


def test_references_of_events_stay_as_they_are_written() -> None:
    accord = compose(["governments.imminence_accord=0.7"])["scenario"]["events"]["accord_signed"]
    assert accord["set"]["kenya"]["imminence"] == "${governments.imminence_accord}"


def test_what_is_composed_is_plain() -> None:
    def leaves(value: object) -> set[type]:
        if isinstance(value, dict):
            assert all(isinstance(key, str) for key in value)
            return set().union(*(leaves(inner) for inner in value.values()))
        if isinstance(value, list):
            return set().union(*(leaves(inner) for inner in value))
        return {type(value)}

    assert leaves(compose()) <= {int, float, str, bool, type(None)}


def test_composing_leaves_no_trace_for_the_next_time() -> None:
    before = compose()
    compose(["theory=breach", "gangs.blocs=7"])
    with pytest.raises(UserMistake):
        compose(["gangs.nope=7"])
    assert compose() == before


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_of_conf_can_be_asked_for(scenario: str) -> None:
    found = request([f"scenario={scenario}"]).case
    assert found.scenario == scenario
    assert found.story
    assert found.events


@pytest.mark.parametrize(
    ("words", "key", "right"),
    [
        # nobody knows the setting
        (["gangs.nope=1"], "gangs.nope=1", "no such setting"),
        (["+gangs.nope=1"], "gangs.nope=1", "no such setting"),
        (["++gangs.nope=1"], "gangs.nope=1", "no such setting"),
        (["gangs.bloc=1"], "gangs.bloc=1", "gangs.blocs"),
        (["+gangs.bloc=1"], "gangs.bloc=1", "gangs.blocs"),
        (["+foo=1"], "foo=1", "no such setting"),
        (["gangs.blocs.x=1"], "gangs.blocs.x=1", "gangs.blocs"),
        (["theory=breach", "theory.efficacy=1"], "theory.efficacy=1", "no such setting"),
        (["+theory.slips=1"], "theory.slips=1", "no such setting"),
        (["+scenario.extra=1"], "scenario.extra", "name, story and events"),
        (["executor=serial", "+executor.workers=2"], "executor.workers=2", "no settings"),
        (["executor.workers=0"], "executor.workers=0", "at least 1"),
        (["executor.adress=x"], "executor.adress=x", "no such setting"),
        (["hydra.verbose=true"], "hydra.verbose=true", "Hydra"),
        (["+hydra.nope=1"], "hydra.nope=1", "Hydra"),
        # wrong type
        (["gangs.blocs=abc"], "gangs.blocs=abc", "a whole number from 1 to 200 (gangs)"),
        (["gangs.blocs=2.5"], "gangs.blocs=2.5", "a whole number"),
        (["gangs.blocs=[1,2]"], "gangs.blocs=[1,2]", "a whole number"),
        (["gangs.blocs="], "gangs.blocs=", "a whole number"),
        (["gangs.branching_ratio=null"], "gangs.branching_ratio", "a number from 0 to 0.95"),
        (["gangs.branching_ratio=nan"], "gangs.branching_ratio=nan", "a number from 0 to 0.95"),
        (["+gangs.blocs=7"], "gangs.blocs=7", "is there already; leave the + out"),
        (["gangs.blocs={a: 1}"], "gangs.blocs={a: 1}", "a whole number from 1"),
        (["ensemble.days=maybe"], "ensemble.days=maybe", "true or false"),
        (["officers.cohesion=glue"], "officers.cohesion=glue", "carry, hold, none"),
        (["out=[a]"], "out=[a]", "a folder"),
        (["out=''"], "out=", "a folder"),
        (["scenario.events=5"], "scenario.events=5", "a mapping"),
        (["theory.name=[breach]"], "theory.name=[breach]", "choose the file: theory="),
        # out of bounds
        (["gangs.blocs=0"], "gangs.blocs=0", "from 1 to 200"),
        (["levers.insurance=1.01"], "levers.insurance=1.01", "from 0 to 1"),
        (["levers.reserve=inf"], "levers.reserve=inf", "from 0 to"),
        (["levers.reserve=" + "9" * 400], "levers.reserve=9", "from 0 to"),
        (["ensemble.replicates=0"], "ensemble.replicates=0", "from 1 to"),
        (
            ["ensemble.root_seed=9223372036854775808"],
            "ensemble.root_seed=9223372036854775808",
            "a whole number from 0 to 9,223,372,036,854,775,807",
        ),
        (["officers.squad_min=13"], "officers.squad_max=12", "officers.squad_min=13"),
        # dates
        (["clock.end=2024-02-30"], "clock.end=2024-02-30", "a date such as 2024-03-07"),
        (["clock.end=tomorrow"], "clock.end=tomorrow", "a date such as 2024-03-07"),
        (["clock.end=2140-01-01"], "clock.end=2140-01-01", "from 1970 to 2139"),
        (["clock.end=2023-10-02"], "clock.end=2023-10-02", "after clock.start=2023-10-02"),
        (["clock.start=2024-12-24"], "clock.end=2024-07-31", "after clock.start=2024-12-24"),
        # choices
        (["scenario=nope"], "scenario=nope", ", ".join(SCENARIOS)),
        (["theory=nope"], "theory=nope", ", ".join(THEORIES)),
        (["executor=nope"], "executor=nope", "serial"),
        (["+experiment=nope"], "experiment=nope", "no such choice"),
        (["theory=null"], "theory", "breach"),
        (["gangs=null"], "gangs", "default"),
        (["scenario=5"], "scenario=5", "as_documented"),
        # several values
        (["scenario=us_troops,no_surge"], "scenario=us_troops,no_surge", "one value at a time"),
        (["theory=breach,constant"], "theory=breach,constant", "one value at a time"),
        (["gangs.blocs=range(1,4)"], "gangs.blocs=range(1,4)", "one value at a time"),
        (["theory=glob(*)"], "theory=glob(*)", "one value at a time"),
        (["gangs.blocs=7", "theory.threat=0.3,0.4"], "theory.threat=0.3,0.4", "one value at a time"),
        # what is no setting at all
        (["nonsense"], "nonsense", "key=value"),
        (["=5"], "=5", "key=value"),
        ([""], "", "key=value"),
        (["gangs.blocs='7"], "gangs.blocs='7", ""),
        (["gangs.blocs=[7"], "gangs.blocs=[7", ""),
        # taken away
        (["~gangs.blocs"], "gangs.blocs: missing; blocs that attack", "(~gangs.blocs takes it away)"),
        (["~gangs"], "gangs.", "missing"),
        (["~scenario"], "scenario", "a scenario"),
        (["~theory"], "theory.name", "no such theory"),
        # references
        (["gangs.blocs=${officers.nope}"], "gangs.blocs=${officers.nope}", "officers.nope"),
        (
            ["gangs.blocs=${oc.env:NOT_SET_ANYWHERE}"],
            "gangs.blocs=${oc.env:NOT_SET_ANYWHERE}",
            "only a reference to one setting",
        ),
        # several lines in one word
        (["officers.cohesion='carry\nhold'"], "officers.cohesion='carry hold'", "carry, hold, none"),
        (["gangs.blocs='1\n2'"], "gangs.blocs='1 2'", "a whole number"),
    ],
    ids=lambda value: " ".join(value).replace("\n", "|")[:45] if isinstance(value, list) else "",
)
def test_a_mistake_is_one_line_with_the_key_the_value_and_what_is_right(words: list[str], key: str, right: str) -> None:
    line = refused(*words)
    assert line.startswith(key)
    assert right in line[len(key) :]


def test_a_list_of_choices_holds_nothing_else() -> None:
    assert refused("theory=nope") == f"theory=nope: no such choice; there are {', '.join(THEORIES)}"


def test_the_typed_value_of_a_setting_is_found_among_the_words() -> None:
    assert typed("gangs.blocs", ["theory=breach", "++gangs.blocs=7=8"]) == "7=8"
    assert typed("gangs", ["gangs.blocs=7", "~gangs"]) is None


# Files of one's own, before the packaged ones


def packaged(name: str, old: str = "", new: str = "") -> str:
    """A packaged file, with a change."""
    text = (conf_folder() / name).read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new)


GANGS = "gangs/default.yaml"


def asked(folder: Path, *words: str) -> Request:
    return request(words, folder)


def test_a_file_of_ones_own_comes_before_the_packaged_one(own) -> None:
    folder = own({GANGS: packaged(GANGS, "blocs: 23", "blocs: 7")})
    assert asked(folder).case.values["gangs.blocs"] == 7
    assert asked(folder, "gangs.blocs=9").case.values["gangs.blocs"] == 9
    assert asked(folder, "gangs.blocs=23").case.id == request().case.id


def test_a_folder_with_nothing_in_it_changes_nothing(own) -> None:
    assert asked(own({})).case.id == request().case.id


def test_a_copy_of_all_files_changes_nothing_until_it_is_changed(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(conf_folder(), tmp_path / "copy"))
    assert asked(copy).case.id == request().case.id
    (copy / GANGS).write_text(packaged(GANGS, "blocs: 23", "blocs: 7"), encoding="utf-8")
    assert asked(copy).case.values["gangs.blocs"] == 7


def test_a_main_file_of_ones_own_chooses_other_defaults(own) -> None:
    folder = own({"config.yaml": packaged("config.yaml", "threat_efficacy", "breach")})
    assert asked(folder).case.theory == "breach"


def test_a_scenario_of_ones_own_builds_on_the_packaged_ones(own) -> None:
    story = "name: mine\nstory: told here\nevents:\n  airport_assault: {happens: false}\n"
    folder = own({"scenario/mine.yaml": f"defaults:\n  - as_documented\n  - _self_\n{story}"})
    found = asked(folder, "scenario=mine").case
    assert (found.scenario, found.story) == ("mine", "told here")
    assert found.id == request(["scenario=airport_holds"]).case.id
    assert "mine" in refused("scenario=nope", config_path=folder)


def test_own_files_stay_as_they_are_and_where_they_are(own) -> None:
    folder = own({GANGS: packaged(GANGS, "blocs: 23", "blocs: 7"), "notes.txt": "mine"})
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    inside = sorted(conf_folder().rglob("*"))
    asked(folder)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert sorted(conf_folder().rglob("*")) == inside


@pytest.mark.parametrize("name", ["with a blank", "it's=odd, {really}", "Verzeichnis für Özgür"])
def test_a_folder_may_have_any_name(own, name: str) -> None:
    folder = own({GANGS: packaged(GANGS, "blocs: 23", "blocs: 7")}, folder=name)
    assert asked(folder).case.values["gangs.blocs"] == 7


def test_a_relative_folder_is_seen_from_where_one_is(own, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = own({GANGS: packaged(GANGS, "blocs: 23", "blocs: 7")})
    monkeypatch.chdir(folder.parent)
    assert asked(Path("mine")).case.values["gangs.blocs"] == 7


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("blocs: [7\n", "line"),
        ("blocs: 7\n\tsize: 1\n", "line 2"),
        ("blocs: 'seven\n", "line"),
        ("blocs: 7\nblocs: 8\n", "blocs"),
        (b"blocs: \xff\xfe7\n", "UTF-8"),
    ],
    ids=["open bracket", "tab", "open quote", "key twice", "no text"],
)
def test_broken_yaml_is_one_line_that_names_the_file(own, text: str | bytes, right: str) -> None:
    folder = own({GANGS: text})
    line = refused(config_path=folder)
    assert str(folder / GANGS) in line
    assert right in line


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("blocs: 7\n", "gangs."),
        (packaged(GANGS, "blocs: 23", "blocs: many"), "gangs.blocs=many"),
        (packaged(GANGS, "blocs: 23", "blocs: 23\nnope: 5"), "gangs.nope=5"),
        (packaged(GANGS, "blocs: 23", "blocs: ???"), "gangs.blocs"),
        (packaged(GANGS, "blocs: 23", "blocs: ${gangs.nope}"), "gangs.blocs"),
    ],
    ids=["half a file", "a wrong value", "an unknown key", "a gap", "a broken reference"],
)
def test_a_file_that_says_something_wrong_is_one_line_that_names_the_setting(own, text: str, key: str) -> None:
    assert refused(config_path=own({GANGS: text})).startswith(key)


def test_a_scenario_that_builds_on_nothing_is_one_line_that_names_it(own) -> None:
    folder = own({"scenario/mine.yaml": "defaults:\n  - nope\n  - _self_\nname: mine\n"})
    assert "scenario/nope" in refused("scenario=mine", config_path=folder)


def test_a_theory_that_has_a_file_and_no_code_is_refused(own) -> None:
    folder = own({"theory/mine.yaml": "name: mine\n"})
    line = refused("theory=mine", config_path=folder)
    assert line.startswith("theory.name=mine: no such theory")


def test_a_folder_that_is_not_there_is_one_line_that_says_how_to_make_one(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", conf_folder() / "config.yaml"):
        line = refused(config_path=path)
        assert line.startswith(f"--config-path={path}: ")
        assert "tabletop init" in line
