"""Words with several values become a grid, in Hydra's grammar and in Hydra's order."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import UserMistake
from sim.paths import conf_folder
from sim.settings.composition import composer
from sim.settings.overrides import MOST_CASES, SweptRange, read_override, read_overrides
from sim.settings.sweep_grid import SweepGrid, grid_of, read_grid
from tests.faults import refusal

THEORIES = sorted(file.stem for file in (conf_folder() / "theory").glob("*.yaml"))


CHOICES = {group.name: tuple(sorted(file.stem for file in group.glob("*.yaml"))) for group in conf_folder().iterdir()
           if group.is_dir()}  # fmt: skip


def read(*words: str) -> SweepGrid:
    """The grid of words, without composing."""
    return read_grid(read_overrides(words, CHOICES))


def texts(grid: SweepGrid) -> list[list[str]]:
    return [[word.text for word in axis] for axis in grid.axes]


def test_values_ranges_and_globs_become_axes_in_the_order_of_typing() -> None:
    grid = read("theory=glob(*)", "gangs.blocs=range(3,9,2)", "officers.pool=40")
    assert texts(grid) == [
        [f"theory={name}" for name in THEORIES],
        ["gangs.blocs=3", "gangs.blocs=5", "gangs.blocs=7"],
        ["officers.pool=40"],
    ]
    assert (grid.size, grid.swept) == (len(THEORIES) * 3, ("theory", "gangs.blocs"))
    first, second, *_ = grid.combinations()
    assert (first[0], first[1].value) == (second[0], second[1].value - 2), "the last axis is the fastest"


def test_a_mere_value_is_told_from_what_has_to_be_composed() -> None:
    plain = read("gangs.blocs=3", "clock.end=2024-03-09", "officers.pool='40'", "governments.mode=rules")
    assert all(word.plain for axis in plain.axes for word in axis)
    others = read(
        "+gangs.blocs=3",
        "++gangs.death_tail=4",
        "~gangs.coalition_gain",
        "officers.squad_max=${officers.pool}",
        "x=[1]",
        "y={a:1}",
        "z=null",
    )
    assert not any(word.plain for axis in others.axes for word in axis)


def test_an_interval_is_kept_as_its_ends() -> None:
    grid = read("media.rumour_rate=interval(0.03,0.5)")
    assert (grid.axes, grid.intervals) == ((), (SweptRange("media.rumour_rate", 0.03, 0.5),))
    assert grid.swept == ("media.rumour_rate",)


def test_the_words_of_an_experiment_file_come_first_and_yield_to_those_typed(tmp_path: Path) -> None:
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "mine.yaml").write_text(
        "# @package _global_\nhydra: {sweeper: {params: {gangs.blocs: 'range(1,4)', theory: [breach, prospects], "
        "media.rumour_rate: null}}}\n",
        encoding="utf-8",
    )
    with composer(tmp_path) as files:
        grid = grid_of(files, ["experiment=mine", "gangs.blocs=7"])
    assert texts(grid) == [["theory=breach", "theory=prospects"], ["experiment=mine"], ["gangs.blocs=7"]]


def test_combinations_can_be_had_as_words() -> None:
    batches = read("scenario=glob(us*)", "theory=breach,prospects").combinations()
    assert [[word.text for word in batch] for batch in batches] == [
        ["scenario=us_troops", "theory=breach"],
        ["scenario=us_troops", "theory=prospects"],
    ]


def test_a_sweep_has_as_many_combinations_as_it_may_and_not_one_more() -> None:
    most = ("media.rumour_rate=range(0,1000)", "officers.pool=range(1,101)")
    assert read(*most).size == MOST_CASES
    with pytest.raises(UserMistake, match="101,000 combinations in all, and a sweep has at most 100,000"):
        read(most[0], "officers.pool=range(1,102)")


def test_a_word_with_one_value_is_parsed_alone() -> None:
    (word,) = read_override("gangs.blocs=7", CHOICES).words
    assert (word.key, word.value, word.plain) == ("gangs.blocs", 7, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["theory=glob(zz*)"], "theory=glob(zz*): no values"),
        (["gangs.blocs=glob(*)"], "gangs.blocs=glob(*): no values"),
        (["gangs.blocs=range(5,1)"], "gangs.blocs=range(5,1): no values"),
        (["gangs.blocs=interval(5,1)"], "low below high"),
        (["ensemble.replicates=1,2"], "ensemble.replicates=1,2: one value for the whole sweep"),
        (["executor=serial,dask"], "one value for the whole sweep"),
        (["design.size=1,2"], "one value for the whole sweep"),
        (["gangs.blocs=range(0,2000)", "officers.pool=range(0,2000)"], "4,000,000 combinations"),
    ],
)
def test_what_is_no_sweep_gets_one_line(words: list[str], said: str) -> None:
    assert said in refusal(read, *words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["hydra.verbose=true"], "no use here"),
        (["gangs.blcs=1,2"], "gangs.blcs=1: no such setting; near it: gangs.blocs"),
        (["theory=breach,nothing"], "no such choice"),
        (["gangs.blocs"], "settings are key=value"),
    ],
)
def test_a_mistake_in_the_words_of_a_sweep_gets_one_line_too(words: list[str], said: str) -> None:
    from sim.ensemble.design.sweep import sweep

    assert said in refusal(sweep, words)
