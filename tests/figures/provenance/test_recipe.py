"""A recipe travels inside its picture and comes out as it went in, or says in one line why it does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sim.ensemble.cases.case import Case
from sim.errors import StoreDamaged, UserMistake
from sim.figures.provenance.png import save
from sim.figures.provenance.recipe import Recipe, open_picture, spans_of

COMMAND = ["tabletop", "plot", "s"]


@pytest.fixture
def recipe(case: Callable[..., Case]) -> Recipe:
    cases = (case("theory=breach"), case("theory=breach", "media.rumour_rate=0.2"), case("scenario=no_surge"))
    return Recipe("F2", cases, (((0, 9),), ((0, 4), (7, 7)), ()), 42, {"names": ["a", "b", "c"], "limit": 12.5})


def saved(made_from: Recipe, path: Path, **changes: str) -> Path:
    figure = Figure(figsize=(2, 1))
    figure.suptitle("In this model")
    metadata = {**made_from.metadata(COMMAND), **changes}
    return save(figure, path, data=pd.DataFrame({"a": [1]}), metadata=metadata, alt="alt")[0]


def test_a_picture_gives_back_its_recipe(recipe: Recipe, tmp_path: Path) -> None:
    found = open_picture(saved(recipe, tmp_path / "f.png"))
    assert found == replace(recipe, cases=found.cases)
    assert [one.id for one in found.cases] == [one.id for one in recipe.cases]
    assert [one.label for one in found.cases] == [one.label for one in recipe.cases]
    texts = [[(event.text, event.origin, event.date) for event in one.events] for one in found.cases]
    assert texts == [[(event.text, event.origin, event.date) for event in one.events] for one in recipe.cases]


def test_a_case_is_written_as_what_differs_from_the_one_before(recipe: Recipe) -> None:
    rows = json.loads(recipe.text())["cases"]
    assert set(rows[1]) == {"case", "label", "media.rumour_rate"}
    assert "theory.base_hazard" in rows[2]["-"] or rows[2]["theory.base_hazard"]


def test_a_grid_of_cases_stays_small_inside_its_picture(case: Callable[..., Case], tmp_path: Path) -> None:
    base = case("theory=breach")
    cases = tuple(base.varied({"media.rumour_rate": n / 1000}, f"case {n}") for n in range(60))
    recipe = Recipe("F3", cases, tuple(((0, 99),) for _ in cases), 42, {})
    assert saved(recipe, tmp_path / "f.png").stat().st_size < 12_000
    assert len(open_picture(tmp_path / "f.png").cases) == 60


def test_runs_are_counted_and_seeds_named_as_people_see_them(recipe: Recipe) -> None:
    assert recipe.runs == 16
    assert recipe.seeds == "42, replicates 0–9"
    assert replace(recipe, cases=recipe.cases[:1], replicates=(((3, 3),),)).seeds == "42, replicate 3"
    assert spans_of([7, 0, 1, 2, 2]) == ((0, 2), (7, 7))
    assert spans_of([]) == ()


def test_only_rows_of_the_recipe_s_runs_belong_to_it(recipe: Recipe) -> None:
    one, two, three = (case.id for case in recipe.cases)
    rows = pd.DataFrame({"case": [one, one, two, two, three, "x"], "root_seed": [42, 42, 42, 42, 42, 42],
                         "replicate": [9, 10, 5, 7, 0, 0], "future": 0})  # fmt: skip
    assert recipe.among(rows)["replicate"].tolist() == [9, 7]
    assert recipe.among(rows.assign(root_seed=1)).empty


def test_metadata_name_config_hash_seeds_version_and_command(recipe: Recipe) -> None:
    found = recipe.metadata(COMMAND)
    assert found["case"] == " ".join(case.id for case in recipe.cases)
    assert (found["figure"], found["command"], found["seeds"]) == ("F2", "tabletop plot s", recipe.seeds)
    many = replace(recipe, cases=recipe.cases * 3, replicates=recipe.replicates * 3).metadata(COMMAND)
    assert many["case"].endswith("(9 cases)")


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"format": 1}', "\0"])
def test_a_damaged_recipe_is_the_users_trouble_in_one_line(text: str, recipe: Recipe, tmp_path: Path) -> None:
    path = saved(recipe, tmp_path / "f.png", recipe=text)
    with pytest.raises(UserMistake, match="what it carries is damaged, so it cannot be made again"):
        open_picture(path)


ODD: dict[str, Callable[[dict], object]] = {
    "no cases": lambda r: r.pop("cases"),
    "cases that are no list": lambda r: r.update(cases=3),
    "a case that is none": lambda r: r.update(cases=[3, 4, 5]),
    "a case without settings": lambda r: r.update(cases=[{"case": "x"}] * 3),
    "fewer replicates than cases": lambda r: r.update(replicates=[[[0, 1]]]),
    "negative replicates": lambda r: r["replicates"].__setitem__(0, [[-5, 3]]),
    "replicates backwards": lambda r: r["replicates"].__setitem__(0, [[5, 3]]),
    "replicates twice": lambda r: r["replicates"].__setitem__(0, [[0, 3], [2, 5]]),
    "replicates beyond all": lambda r: r["replicates"].__setitem__(0, [[0, 10**12]]),
    "replicates of another kind": lambda r: r["replicates"].__setitem__(0, [["a", "b"]]),
    "half of a replicate": lambda r: r["replicates"].__setitem__(0, [[0, 1.5]]),
    "a truth for a replicate": lambda r: r["replicates"].__setitem__(0, [[True, 3]]),
    "one end only": lambda r: r["replicates"].__setitem__(0, [[3]]),
    "no root seed": lambda r: r.pop("root_seed"),
    "a root seed below zero": lambda r: r.update(root_seed=-1),
    "a root seed of another kind": lambda r: r.update(root_seed="seven"),
    "an endless root seed": lambda r: r.update(root_seed=float("inf")),
    "options that are none": lambda r: r.update(options=[1, 2]),
    "versions that are none": lambda r: r.update(made_with=7),
    "a version that moves the cursor": lambda r: r["made_with"].update(python="3.11\x1b[2J"),
    "a version that is a book": lambda r: r["made_with"].update(python="3" * 5000),
    "a version of another kind": lambda r: r["made_with"].update(python={}),
}


@pytest.mark.parametrize("name", ODD)
def test_a_recipe_is_read_as_strictly_as_a_command_line(name: str, recipe: Recipe, tmp_path: Path) -> None:
    content = json.loads(recipe.text())
    ODD[name](content)
    with pytest.raises((UserMistake, StoreDamaged)) as caught:
        open_picture(saved(recipe, tmp_path / "f.png", recipe=json.dumps(content)))
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 900


@pytest.mark.parametrize("text", ["[" * 100_000, '{"format":' + "9" * 5000 + "}"])
def test_a_recipe_that_has_no_end_is_damaged(text: str, recipe: Recipe) -> None:
    with pytest.raises((ValueError, StoreDamaged)):
        Recipe.read("F2", text)


def test_an_enormous_picture_is_not_opened(recipe: Recipe, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    Image.new("1", (8000, 8000)).save(path)
    with pytest.raises(UserMistake, match="8,000 × 8,000 pixels: larger than any figure of this program"):
        open_picture(path)


def test_what_a_picture_says_cannot_move_the_cursor(recipe: Recipe, tmp_path: Path) -> None:
    other = replace(recipe, made_with={**recipe.made_with, "haiti-tabletop": "1", "model": "\x1b]0;owned\x07"})
    with pytest.raises((UserMistake, StoreDamaged)) as caught:
        open_picture(saved(other, tmp_path / "f.png"))
    assert "\x1b" not in str(caught.value)


def test_the_recipe_and_the_command_are_plain_text(recipe: Recipe) -> None:
    found = recipe.metadata(["tabletop", "plot", "s", "--case", "as_documented · breach", "it's"])
    assert found["recipe"].isascii()
    assert found["command"] == "tabletop plot s --case $'as_documented \\u00b7 breach' 'it'\"'\"'s'"
    assert json.loads(found["recipe"])["cases"][0]["label"] == recipe.cases[0].label


def test_a_changed_setting_is_noticed(recipe: Recipe, tmp_path: Path) -> None:
    text = recipe.text().replace('"media.rumour_rate":0.2', '"media.rumour_rate":0.3')
    assert text != recipe.text()
    with pytest.raises(StoreDamaged, match="comes back as"):
        open_picture(saved(recipe, tmp_path / "f.png", recipe=text))


@pytest.mark.parametrize("name", ["model", "record"])
def test_a_picture_of_another_version_says_which(name: str, recipe: Recipe, tmp_path: Path) -> None:
    other = replace(recipe, made_with={**recipe.made_with, name: "older"})
    with pytest.raises(StoreDamaged, match=f"f.png: it was made by {name} older"):
        open_picture(saved(other, tmp_path / "f.png"))


def test_a_later_format_is_not_guessed_at(recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(StoreDamaged, match="recipe is of format 2"):
        open_picture(saved(recipe, tmp_path / "f.png", recipe=recipe.text().replace('"format":1', '"format":2')))


def test_what_is_none_of_our_pictures_is_refused_in_one_line(recipe: Recipe, tmp_path: Path) -> None:
    with pytest.raises(UserMistake, match="no such file"):
        open_picture(tmp_path / "none.png")
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(UserMistake, match="cannot be read as a PNG"):
        open_picture(tmp_path / "text.png")
    whole = saved(recipe, tmp_path / "f.png").read_bytes()
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserMistake, match=r"cannot be read as a PNG|carries no recipe"):
        open_picture(tmp_path / "half.png")
    with Image.open(tmp_path / "f.png") as image:
        image.save(tmp_path / "again.png", pnginfo=PngInfo())
    with pytest.raises(UserMistake, match="carries no recipe"):
        open_picture(tmp_path / "again.png")
    with pytest.raises(UserMistake, match="cannot be read as a PNG"):
        open_picture(tmp_path)
