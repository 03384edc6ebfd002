"""The Python face: what a notebook user types."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.errors import StoreDamaged, UserMistake
from sim.figures.provenance.recipe import open_picture

SMALL = {"officers.pool": 40, "clock.end": "2024-03-20"}
FEW = tuple(f"{key}={value}" for key, value in SMALL.items())


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "store"


def test_a_run_gives_tables(folder):
    runs = sim.run(scenario="as_documented", theory="breach", replicates=6, settings=SMALL, out=folder)
    assert list(runs.outcomes["replicate"]) == list(range(6))
    assert (runs.outcomes["status"] == "ok").all()
    assert len(runs.days) == 6 * 171
    assert set(runs.summary()["outcome"]) >= {"exits_by_record_end", "first_report_date"}
    assert runs.cases["scenario.name"].item() == "as_documented"


def test_asking_again_computes_nothing_and_more_replicates_add(folder):
    first = sim.run(replicates=4, settings=SMALL, out=folder)
    again = sim.run(replicates=4, settings=SMALL, out=folder)
    more = sim.run(replicates=7, settings=SMALL, out=folder)
    assert (first.report.computed, again.report.computed, more.report.computed) == (4, 0, 3)
    assert more.report.found == 4
    pd.testing.assert_frame_equal(first.outcomes, again.outcomes)
    pd.testing.assert_frame_equal(first.outcomes, more.outcomes.iloc[:4])


def test_fewer_replicates_than_the_store_has_give_only_those(folder):
    sim.run(replicates=5, settings=SMALL, out=folder)
    assert len(sim.run(replicates=2, settings=SMALL, out=folder).outcomes) == 2


def test_the_same_replicate_has_the_same_officers_under_two_scenarios(folder):
    one = sim.run(scenario="as_documented", replicates=8, settings=SMALL, out=folder).outcomes
    other = sim.run(scenario="terms_settled", replicates=8, settings=SMALL, out=folder).outcomes
    assert one["exits_before_surge"].equals(other["exits_before_surge"])


def test_load_reads_what_run_wrote(folder):
    run = sim.run(replicates=3, settings=SMALL, out=folder)
    loaded = sim.load(folder)
    pd.testing.assert_frame_equal(loaded.outcomes, run.outcomes)
    assert len(loaded.days) == len(run.days)


def test_every_invocation_is_noted(folder):
    import json

    sim.run(replicates=2, settings=SMALL, out=folder)
    (note,) = (folder / "invocations").glob("*.json")
    said = json.loads(note.read_text())
    assert said["computed"] == 2
    assert said["finished"] is True
    assert said["packages"]["numpy"]


def test_what_a_command_wants_is_noted_before_it_begins_because_it_may_be_killed(folder, monkeypatch):
    from sim.ensemble.upkeep.status import status

    seen = []

    def look(plan, store, *_):
        seen.append(status(store))
        return fill(plan, store)

    fill = sim.api.fill
    monkeypatch.setattr("sim.api.fill", look)
    sim.run(replicates=2, settings=SMALL, out=folder)
    assert (seen[0]["wanted"], seen[0]["missing"], seen[0]["last_finished"]) == (2, 2, False)
    after = status(sim.load(folder).store)
    assert (after["commands"], after["wanted"], after["missing"], after["last_finished"]) == (1, 2, 0, True)


def test_no_series_are_kept_when_none_are_asked_for(folder):
    runs = sim.run(replicates=2, settings={**SMALL, "ensemble.days": False}, out=folder)
    assert runs.days.empty


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ({"scenario": "nowhere"}, "scenario"),
        ({"theory": "astrology"}, "theory"),
        ({"replicates": 0}, "ensemble.replicates"),
        ({"settings": {"gangs.bloks": 3}}, "gangs.bloks"),
        ({"settings": {"officers.pool": "many"}}, "officers.pool"),
        ({"settings": {"clock.start": "2024-13-01"}}, "clock.start"),
    ],
)
def test_a_mistake_names_its_key_in_one_line(folder, words, key):
    with pytest.raises(UserMistake) as caught:
        sim.run(out=folder, **words)
    assert str(caught.value).startswith(key)
    assert "\n" not in str(caught.value)


def test_loading_nothing_is_a_mistake_and_loading_something_else_is_damage(tmp_path):
    with pytest.raises(UserMistake):
        sim.load(tmp_path / "nothing")
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "letter.txt").write_text("dear")
    with pytest.raises(StoreDamaged):
        sim.load(tmp_path / "else")


def test_a_store_of_another_model_is_refused(folder, monkeypatch):
    sim.run(replicates=1, settings=SMALL, out=folder)
    monkeypatch.setattr("sim.api.MODEL_VERSION", 10_000)
    with pytest.raises(StoreDamaged, match="model version"):
        sim.run(replicates=1, settings=SMALL, out=folder)


def test_the_example_of_the_readme_prints_a_table_and_saves_a_picture(tmp_path, monkeypatch, capsys):
    """The block runs as it stands, in an empty folder."""
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(block, {"__name__": "__main__"})
    said = capsys.readouterr().out
    title, _, head, *rows = said.splitlines()
    assert title == "terms_settled · breach: 200 runs; columns are quantiles of runs"
    assert head.split() == ["outcome", "unit", "runs", "5", "%", "25", "%", "median", "75", "%", "95", "%"]
    assert [row.split()[0] for row in rows[: rows.index("")]][:2] == ["exits_in_surge", "exits_surge_month"]
    assert "In this model (terms_settled under breach, in worlds that lived the record)" in said
    picture = tmp_path / rows[-1]
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert len(pd.read_csv(picture.with_suffix(".csv"))) >= 50


def test_printed_runs_of_several_cases_are_one_outcome_by_case(folder):
    two = sim.sweep("theory=breach,prospects", *FEW, replicates=6, out=folder)
    title, _, head, *rows = str(two).splitlines()
    assert title == "exits_by_end: 2 cases, 12 runs; columns are quantiles of runs"
    middle = two.by_case()["median"]
    assert head.startswith("label")
    assert [row.split("  ")[0].rstrip() for row in rows] == list(two.cases["label"])
    assert [float(row.split()[-3]) for row in rows] == list(middle)


def test_a_figure_shows_these_runs_and_no_others_of_the_store(folder, tmp_path):
    sim.sweep("theory=breach,prospects", *FEW, replicates=9, out=folder)
    few = sim.run(theory="breach", replicates=4, settings=SMALL, out=folder)
    (path,) = few.plot("f1", folder=tmp_path / "pictures")
    assert path == tmp_path / "pictures" / "F1-outcome-exits_by_end.png"
    recipe = open_picture(path)
    assert recipe.replicates == (((0, 3),),)
    assert [case.theory for case in recipe.cases] == ["breach"]


def test_pictures_of_several_cases_lie_in_folders_of_their_own(folder, tmp_path):
    two = sim.sweep("theory=breach,prospects", *FEW, replicates=6, out=folder)
    paths = two.plot("F1", "F6", outcome="exits_by_end", folder=tmp_path / "pictures")
    folders = {path.parent.name for path in paths if path.name.startswith("F1")}
    assert len(folders) == 2
    assert {name.split("-")[1] for name in folders} == {"breach", "prospects"}
    assert all(path.is_file() and path.with_suffix(".csv").is_file() for path in paths)
    assert {path.parent.parent for path in two.plot("F1")} == {folder / "figures"}


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (("F99",), "--figure=F99: one of F1, F2"),
        (("F7",), "--figure=F7: F7 is of one run: tabletop why"),
        (("F3",), "--figure=F3: no two numbers vary"),
    ],
)
def test_a_figure_that_cannot_be_drawn_is_one_line(folder, asked, line):
    runs = sim.run(theory="breach", replicates=2, settings=SMALL, out=folder)
    with pytest.raises(UserMistake, match=re.escape(line)):
        runs.plot(*asked)
    assert not (folder / "figures").exists()
