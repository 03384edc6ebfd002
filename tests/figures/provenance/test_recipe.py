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
                         "replicate": [9, 10, 5, 7, 0, 0]})  # fmt: skip
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
