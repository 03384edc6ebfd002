"""``tabletop plot`` and ``tabletop reproduce`` as a person types them, over a small store."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from sim.analysis.explain.attribution import fill as attribute
from sim.api import open_store
from sim.cli import run as tabletop
from sim.ensemble.design.request import request
from sim.ensemble.execution.runner import Plan, fill
from sim.ensemble.store.store import Store
from sim.figures import store_contents
from tests.worlds import SHORT

SMALL = [*SHORT, "levers.first_contingent=35"]
LIVELY = [*SMALL, "theory=breach", "theory.base_hazard=0.01"]
REPLICATES = range(4)
ONE = "as_documented · breach"
EXPLORED = ["officers.leader_shock=interval(0,1.5)", "media.rumour_rate=interval(0,0.5)"]
MORRIS = ["sweep", *LIVELY, *EXPLORED, "design=morris", "design.size=2", "ensemble.replicates=2",
          "ensemble.root_seed=7", "out=s"]  # fmt: skip
"""A screening of two settings."""
TWO = ["--case", ONE, "--case", "terms_settled"]
ASKED = {"F1": ["--case", ONE], "F2": TWO, "F3": ["--threshold", "3"], "F5": ["--case", ONE],
         "F6": [*TWO, "--case", "constant"]}  # fmt: skip


def made_of(words):
    return request(words).case


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Three cases of two theories with their days, and a grid over two settings of a third world."""
    store = open_store(tmp_path_factory.mktemp("plot") / "s")
    base = replace(made_of(LIVELY), label="as_documented · breach")
    settled = replace(made_of([*LIVELY, "scenario=terms_settled"]), label="terms_settled · breach")
    other = replace(made_of([*SMALL, "theory=constant"]), label="as_documented · constant")
    fill(Plan((base, settled, other), REPLICATES, 7, kept=("days",)), store)
    attribute(base, [0, 1], 7, store)
    plain = made_of([*LIVELY, "scenario=no_surge"])
    grid = [plain.varied({"media.rumour_rate": x, "officers.leader_shock": y}, f"no_surge · breach · {x} · {y}")
            for x in (0.1, 0.2, 0.3) for y in (0.5, 1.0)]  # fmt: skip
    fill(Plan(tuple(grid), REPLICATES, 7), store)
    return store.folder


def pictures(capsys):
    """Paths printed, by the figure's number."""
    out = capsys.readouterr().out
    paths = [line.removeprefix("picture: ").partition(" (data")[0] for line in out.splitlines() if "picture: " in line]
    found = {}
    for path in paths:
        found.setdefault(path.rpartition("/")[2][:2], []).append(path)
    return found


@pytest.mark.slow
def test_a_store_of_all_kinds_gives_all_figures_each_with_its_data(store, capsys, monkeypatch):
    monkeypatch.setattr(store_contents, "CASES", 1)
    assert tabletop(MORRIS) == 0
    assert tabletop(["plot", "s", "--threshold", "3"]) == 0
    found = pictures(capsys)
    assert sorted(found) == ["F1", "F2", "F3", "F4", "F5", "F6"]
    for path in [path for paths in found.values() for path in paths]:
        with Image.open(path) as image:
            text = image.text
        assert {"case", "seeds", "version", "command", "figure", "recipe", "Title", "Description"} <= set(text)
        assert "exploratory" not in text["Title"]
        assert len(pd.read_csv(path.replace(".png", ".csv"))) > 0
    line_table = pd.read_csv(next(store.glob("figures/tipping-*/*-line.csv")))
    assert {"threshold", "low", "high", "note"} <= set(line_table)


@pytest.mark.parametrize(
    "figure", ["F1", "F2", *(pytest.param(one, marks=pytest.mark.slow) for one in ("F3", "F5", "F6"))]
)
def test_each_figure_is_made_again_pixel_by_pixel(figure, store, capsys):
    assert tabletop(["plot", "s", "--figure", figure, *ASKED[figure]]) == 0
    path = pictures(capsys)[figure][0]
    assert tabletop(["reproduce", path, "--to", "again"]) == 0
    out = capsys.readouterr().out
    assert "The same picture" in out
    assert "0 runs computed" not in out


@pytest.mark.slow
def test_a_screening_is_made_again_with_all_its_points(store, capsys):
    assert tabletop(MORRIS) == 0
    capsys.readouterr()
    assert tabletop(["plot", "s", "--figure", "F4"]) == 0
    (path,) = pictures(capsys)["F4"]
    table = pd.read_csv(path.replace(".png", ".csv"))
    assert set(table["setting"].dropna()) == {"officers.leader_shock", "media.rumour_rate"}
    assert {"luck_share", "parameter_share"} <= set(table["index"])
    assert tabletop(["reproduce", path]) == 0
    assert "The same picture" in capsys.readouterr().out


DOSE = ["sweep", *SMALL, "theory=breach,prospects", "gangs.blocs=2,3,5", "ensemble.replicates=4",
        "ensemble.root_seed=7", "out=d"]  # fmt: skip
"""A sweep over one setting under two theories."""


def test_a_sweep_over_one_setting_ends_with_its_picture_which_is_made_again(store, capsys):
    assert tabletop(DOSE) == 0
    (path,) = pictures(capsys)["F8"]
    table = pd.read_csv(path.replace(".png", ".csv"))
    assert list(table["theory"]) == ["prospects"] * 3 + ["breach"] * 3
    assert list(table["at"]) == [2, 3, 5] * 2
    assert set(table["runs"]) == {4}
    assert tabletop(["plot", "d", "--figure", "F8"]) == 0
    (again,) = pictures(capsys)["F8"]
    assert np.array_equal(np.asarray(Image.open(path)), np.asarray(Image.open(again)))
    assert tabletop(["reproduce", path]) == 0
    assert "The same picture" in capsys.readouterr().out


def test_perceived_risk_may_stand_on_the_axis_and_is_made_again(store, capsys):
    hazard = "perceived_hazard_record_end"
    assert tabletop([*DOSE, "--no-figures", "ensemble.replicates=20"]) == 0
    assert pictures(capsys) == {}
    assert tabletop(["plot", "d", "--figure", "F8", "--settings", hazard, "--case", "breach"]) == 0
    (path,) = pictures(capsys)["F8"]
    table = pd.read_csv(path.replace(".png", ".csv"))
    runs = Store.read("d").runs()
    cases = Store.read("d").cases()
    breach = runs[runs["case"].isin(cases.loc[cases["theory.name"] == "breach", "case"])]
    assert table["runs"].sum() == breach[hazard].notna().sum() == 60
    assert table["first"].min() == pytest.approx(breach[hazard].min())
    assert table["last"].max() == pytest.approx(breach[hazard].max())
    assert tabletop(["reproduce", path]) == 0
    assert "The same picture" in capsys.readouterr().out


def test_a_sweep_over_more_than_one_setting_has_no_dose(store, capsys):
    assert tabletop([*DOSE, "media.rumour_rate=0.1,0.3"]) == 0
    assert pictures(capsys) == {}
    assert tabletop(["plot", "d", "--figure", "F8"]) == 2
    assert "F8: needs a sweep over one setting that is a number" in capsys.readouterr().err


def test_asked_again_nothing_is_run(store, capsys):
    assert tabletop(["plot", "s", "--figure", "F1", "--case", ONE]) == 0
    (path,) = pictures(capsys)["F1"]
    for computed in (4, 0):
        assert tabletop(["reproduce", path]) == 0
        assert f"\n{computed} runs computed; store: outputs/reproduced-" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("words", [["1", "5"], ["1"], ["1", "--against", "terms_settled · breach"]])
def test_why_is_made_again_too(words, store, capsys):
    assert tabletop(["why", "s", "as_documented · breach", *words]) == 0
    (path,) = pictures(capsys)["F7"]
    assert tabletop(["reproduce", path]) == 0
    assert "The same picture" in capsys.readouterr().out


def test_plot_gives_the_picture_that_run_gave(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert tabletop(["run", *LIVELY, "ensemble.replicates=4", "out=s"]) == 0
    before = {path: np.asarray(Image.open(path)) for paths in pictures(capsys).values() for path in paths}
    shutil.rmtree("s/figures")
    assert tabletop(["plot", "s"]) == 0
    after = {path: np.asarray(Image.open(path)) for paths in pictures(capsys).values() for path in paths}
    assert after.keys() == before.keys()
    assert all(np.array_equal(pixels, before[path]) for path, pixels in after.items())


@pytest.mark.slow
def test_figures_of_several_cases_have_the_same_axes_unless_told_otherwise(store, capsys):
    def ends(*flags):
        tabletop(["plot", "s", "--figure", "F1", *TWO, *flags])
        recipes = [Image.open(path).text["recipe"] for path in pictures(capsys)["F1"]]
        return ['"limit"' in recipe for recipe in recipes]

    assert all(ends())
    assert not any(ends("--own-axes"))


def test_a_timeline_is_of_the_runs_whose_days_are_kept_and_made_again_from_them(store, capsys):
    base = replace(made_of(LIVELY), label=ONE)
    fill(Plan((base,), range(9), 7), open_store(store))
    assert tabletop(["plot", "s", "--figure", "F5", "--figure", "F1", "--case", ONE]) == 0
    found = pictures(capsys)
    seeds = {figure: Image.open(paths[0]).text["seeds"] for figure, paths in found.items()}
    assert seeds == {"F1": "7, replicates 0-8", "F5": "7, replicates 0-3"}
    assert tabletop(["reproduce", found["F5"][0]]) == 0
    assert "The same picture" in capsys.readouterr().out


def test_what_a_store_does_not_allow_is_named_with_the_reason(store, capsys):
    assert tabletop(["plot", "s", "--case", "as_documented · constant"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert [text[:13] for text in said] == [f"left out: F{n}:" for n in (2, 3, 4, 6, 8, 9)]
    assert "needs two cases or more" in said[0]


def test_another_outcome_can_be_drawn(store, capsys):
    assert tabletop(["plot", "s", "--figure", "F1", *TWO, "--outcome", "available_on_target"]) == 2
    assert (
        "F1 of 2 of 2 cases: no value of available_on_target" in capsys.readouterr().err
    )  # the runs end before that day
    assert tabletop(["plot", "s", "--figure", "F2", *TWO, "--outcome", "civilian_harm"]) == 0
    (path,) = pictures(capsys)["F2"]
    assert path.endswith("F2-comparison-civilian_harm.png")


def test_a_store_without_runs_draws_nothing_and_says_so(store, capsys):
    for part in (store / "runs").glob("*.parquet"):
        part.unlink()
    assert tabletop(["plot", "s"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("no good run") == 8


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--figure", "F12"], "--figure=F12: one of F1, F2, F3, F4, F5, F6, F8, F9"),
        (["--figure", "F10"], "F10 is of a session: tabletop table compare"),
        (["--figure", "F7"], "F7 is of one run: tabletop why"),
        (["--case", "nobody"], "--case=nobody:"),
        (["--outcome", "exits"], "--outcome=exits: no such outcome; near it: "),
        (["--outcome", "first_report_date"], "a date, which no dot can stand for"),
        (["--baseline", "nobody"], "--baseline=nobody"),
        (["--root-seed", "1"], "--root-seed=1: one of 7"),
        (["--figure", "F2", "--case", "constant"], "--figure=F2: F2: a comparison needs two cases or more"),
        (["--settings", "a"], "--settings=a: neither a setting nor an outcome; "),
        (
            ["--settings", "gangs.blocs,gangs.bloc"],
            "--settings=gangs.bloc: neither a setting nor an outcome; near",
        ),
        (["--settings", "a,b,c"], "--settings=a,b,c: one or two"),
        (["--threshold", "nan"], "--threshold=nan: a number"),
        (["--threshold", "inf"], "--threshold=inf: a number"),
        (
            ["--figure", "F5", "--outcome", "civilian_harm"],
            "--outcome=civilian_harm: F5 heeds it not; F1, F2, F3, ",
        ),
        (["--figure", "F1", "--threshold", "3"], "--threshold=3.0: F1 heeds it not; F3 may"),
        (["--figure", "F4", "--baseline", ONE], "F4 heeds it not; F2, F6 may"),
        (["--figure", "F6", "--own-axes"], "--own-axes: F6 heeds it not; F1, F5 may"),
        (["--figure", "F8", "--settings", "gangs.blocs,media.rumour_rate"], "F8: one setting stands on its axis"),
    ],
)
def test_a_mistake_is_one_line_and_the_users(words, said, store, error_line):
    assert tabletop(["plot", "s", *words]) == 2
    assert said in error_line()


def test_what_could_be_made_is_made_where_another_that_was_named_could_not(store, capsys):
    assert tabletop(["plot", "s", "--figure", "F1", "--figure", "F4", "--case", ONE]) == 2
    assert list(pictures(capsys)) == ["F1"]


def test_a_store_of_another_version_is_refused(store, error_line):
    manifest = store / "manifest.json"
    manifest.write_text(manifest.read_text().replace(f'"model_version": {Store.read("s").model_version}',
                                                     '"model_version": 1'))  # fmt: skip
    assert tabletop(["plot", "s"]) == 4
    assert "belongs to model version 1" in error_line()


def test_a_picture_that_is_none_of_ours_is_refused(store, error_line):
    Image.new("RGB", (4, 4)).save("other.png")
    assert tabletop(["reproduce", "other.png"]) == 2
    assert "carries no recipe" in error_line()


def with_recipe(path, **changes):
    """The same picture with other options, or another figure, in its recipe."""
    from PIL.PngImagePlugin import PngInfo

    with Image.open(path) as image:
        image.load()
        kept = PngInfo()
        for key, value in image.text.items():
            kept.add_itxt(key, changes["figure"] if key == "figure" and "figure" in changes else value
                          if key != "recipe" else json.dumps(changes["change"](json.loads(value))))  # fmt: skip
        image.save("odd.png", pnginfo=kept)
    return "odd.png"


@pytest.mark.parametrize(
    "options",
    [{"outcome": 3}, {"outcome": "nothing"}, {"outcome": None}, {"limit": "far"}, {"limit": -4}, {"everyone_out": []},
     {"limit": [1]}, {"outcome": ["exits_by_end"]}, {"outcome": "first_report_date"}, {"limit": float("nan")}],
)  # fmt: skip
def test_options_that_no_command_gives_are_one_line_and_no_traceback(options, store, capsys):
    assert tabletop(["plot", "s", "--figure", "F1", "--case", ONE]) == 0
    (path,) = pictures(capsys)["F1"]
    odd = with_recipe(path, change=lambda recipe: {**recipe, "options": options})
    code = tabletop(["reproduce", odd])
    out, err = capsys.readouterr()
    assert code in (0, 1, 2)  # some of them give a figure all the same, and it is another one
    assert "Traceback" not in out + err
    assert err.count("\n") == (1 if code == 2 else 0), err


@pytest.mark.parametrize("figure", ["F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F99", "\x1b[2J", "../F1"])
def test_a_recipe_of_another_figure_is_one_line_and_no_traceback(figure, store, capsys):
    assert tabletop(["plot", "s", "--figure", "F1", "--case", ONE]) == 0
    (path,) = pictures(capsys)["F1"]
    code = tabletop(["reproduce", with_recipe(path, figure=figure, change=dict)])
    out, err = capsys.readouterr()
    assert code in (1, 2)
    assert "Traceback" not in out + err
    assert "\x1b" not in out + err


def test_more_work_than_figures_usually_are_wants_a_yes(store, capsys, monkeypatch, error_line):
    assert tabletop(["plot", "s", "--figure", "F1", "--case", ONE]) == 0
    (path,) = pictures(capsys)["F1"]
    odd = with_recipe(path, change=lambda recipe: {**recipe, "replicates": [[[0, 1_999_999]]]})
    assert tabletop(["reproduce", odd]) == 2
    said = error_line()
    assert "2,000,000 runs, the work of " in said
    assert "and --yes does it" in said
    assert not list(store.parent.glob("outputs/*"))
    monkeypatch.setattr("sim.figures.render.USUAL", 0)
    assert tabletop(["reproduce", path]) == 2
    assert tabletop(["reproduce", path, "--yes"]) == 0
    assert "The same picture" in capsys.readouterr().out


def test_a_picture_that_was_painted_over_comes_out_otherwise(store, capsys):
    assert tabletop(["plot", "s", "--figure", "F1", "--case", "as_documented · breach"]) == 0
    (path,) = pictures(capsys)["F1"]
    from PIL.PngImagePlugin import PngInfo

    with Image.open(path) as image:
        image.load()
        kept = PngInfo()
        for key, value in image.text.items():
            kept.add_itxt(key, value)
        image.putpixel((10, 10), (1, 2, 3, 255))
        image.save(path, pnginfo=kept)
    assert tabletop(["reproduce", path]) == 1
    out = capsys.readouterr().out
    assert "1 of " in out
    assert "the numbers behind them are the same" in out
