"""A sweep's cases are those that Hydra composes one by one; only faster."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
from hydra.core.global_hydra import GlobalHydra
from hydra.core.override_parser.overrides_parser import OverridesParser

from sim.ensemble.design.request import request
from sim.ensemble.design.sweep import sweep
from sim.errors import UserMistake
from sim.paths import conf_folder
from sim.settings.composition import Composer, Composition, composer
from sim.settings.composition_cache import is_self_contained
from sim.settings.sweep_grid import grid_of
from tests.faults import refusal

SHORT = "clock.end=2024-03-08"
EVENT = "{date: 2024-03-02, set: {levers: {pay_escrow: 1}}, text: 'paid, at last'}"
GRAMMAR = {
    "values": ["media.report_probability=0.1,0.2", "officers.pool=40,50"],
    "a list of words": ["governments.mode=scripted,rules", "officers.cohesion=carry,hold"],
    "choice": ["media.report_probability=choice(0.1,0.2)", "gangs.blocs=sort(7,3)"],
    "range": ["media.report_probability=range(0.01,0.04,0.01)"],
    "range of whole numbers": ["gangs.blocs=range(3,8,2)"],
    "range backwards": ["gangs.blocs=range(8,3,-2)"],
    "casts and tags": ["gangs.blocs=int(3.0,4.0)", "media.report_probability=tag(t,choice(1,0))"],
    "groups": ["scenario=us_troops,mandatory", "theory=choice(breach,prospects)"],
    "glob": ["scenario=glob([us*,no*],exclude=no_s*)"],
    "groups and values of them": ["theory=breach,prospects", "governments=scripted,rules", "governments.readiness=0.4"],
    "dates": ["clock.end=2024-03-08,2024-03-09", "clock.start='2023-11-01'"],
    "rows of the event table": ["scenario.events.airport_assault.happens=true,false"],
    "dictionaries": [f"scenario.events.escrow={EVENT},{EVENT.replace('03-02', '03-04')}"],
    "lists": ["scenario.events.airport_assault.facts=[],[accord_signed]"],
    "quotes": ["scenario.events.airport_assault.text='a, b',\"c=d\""],
    "added": [f"+scenario.events.escrow={EVENT}", "gangs.blocs=3,4"],
    "forced": ["++media.report_probability=0.1,0.2"],
    "taken away": ["~scenario.events.airport_assault", "gangs.blocs=3,4"],
    "references": ["officers.squad_max=${officers.squad_min}", "officers.squad_min=3,4"],
    "a reference that an event follows": ["governments.imminence_accord=0.6,0.7"],
    "one case": ["gangs.blocs=3"],
}


@pytest.mark.parametrize("words", GRAMMAR.values(), ids=GRAMMAR.keys())
def test_the_cases_are_those_that_hydra_composes_one_by_one(words: list[str]) -> None:
    found = sweep([*words, SHORT])
    with composer() as files:
        files.open()
        parser = OverridesParser.create(config_loader=GlobalHydra.instance().config_loader())
        parsed = parser.parse_overrides([f"++{w}" if w.startswith("scenario.events.") else w for w in [*words, SHORT]])
        ((*batches,),) = BasicSweeper.split_arguments(parsed, None)
    wanted = [request(batch).case for batch in batches]
    assert [case.id for case in found.cases] == [case.id for case in wanted]
    assert [case.scenario for case in found.cases] == [case.scenario for case in wanted]
    assert [case.events for case in found.cases] == [case.events for case in wanted], "names and texts as well"


def test_settings_that_refer_to_each_other_are_followed_in_every_case(tmp_path: Path) -> None:
    (tmp_path / "officers").mkdir()
    (tmp_path / "officers" / "tied.yaml").write_text("defaults: [default]\nsquad_max: ${officers.squad_min}\n")
    found = sweep(["officers=tied", "officers.squad_min=3,5"], tmp_path)
    assert [case.values["officers.squad_max"] for case in found.cases] == [3, 5]
    with pytest.raises(UserMistake, match="refer to each other"):
        sweep(["officers=tied", "design=lhs", "media.rumour_rate=interval(0.1,0.2)"], tmp_path)


def test_a_label_says_what_was_typed_in_few_digits() -> None:
    found = sweep(["scenario=us_troops", "theory=breach", "media.report_probability=range(0.01,0.03,0.01)",
                   "ensemble.replicates=3"])  # fmt: skip
    assert found.cases[0].label == "us_troops · breach · media.report_probability=0.01"
    assert len(found.plan.replicates) == 3


def test_an_experiment_file_brings_its_sweep_along(tmp_path: Path) -> None:
    (tmp_path / "experiment").mkdir()
    (tmp_path / "experiment" / "mine.yaml").write_text(
        "# @package _global_\n"
        "defaults:\n  - override /theory: breach\n"
        "hydra:\n  sweeper:\n    params:\n      gangs.blocs: range(3,6)\n      scenario: us_troops,no_surge\n"
        "ensemble: {replicates: 7}\n",
        encoding="utf-8",
    )
    found = sweep(["experiment=mine"], tmp_path)
    assert [(c.scenario, c.values["gangs.blocs"]) for c in found.cases] == [
        (scenario, blocs) for blocs in (3, 4, 5) for scenario in ("us_troops", "no_surge")
    ]
    assert {case.theory for case in found.cases} == {"breach"}
    assert (len(found.plan.replicates), found.swept) == (7, ("gangs.blocs", "scenario"))
    narrowed = sweep(["experiment=mine", "gangs.blocs=4", "ensemble.replicates=2"], tmp_path)
    assert (len(narrowed.cases), len(narrowed.plan.replicates)) == (2, 2)


# Designs


def test_a_sweep_keeps_no_daily_series_unless_they_are_asked_for() -> None:
    assert not sweep(["gangs.blocs=3,4"]).plan.kept
    assert sweep(["gangs.blocs=3,4", "ensemble.days=true"]).plan.kept == ("days",)
    assert request([]).plan.kept


def test_a_hypercube_explores_intervals_at_each_choice() -> None:
    found = sweep(["theory=breach,prospects", "design=lhs", "design.size=6", "media.rumour_rate=interval(0.1,0.2)",
                   "officers.pool=interval(40,60)"])  # fmt: skip
    rates = [[case.values["media.rumour_rate"] for case in cases] for _, cases in found.combinations()]
    assert len(found.cases) == 12
    assert rates[0] == rates[1], "theories are compared over one sample"
    assert all(0.1 <= float(str(rate)) <= 0.2 for rate in rates[0])
    assert len(set(rates[0])) == 6
    assert all(isinstance(case.values["officers.pool"], int) for case in found.cases), "whole where it must be"
    assert [settings["theory"] for settings in found.sampled] == ["breach", "prospects"]


def test_prior_ranges_are_explored_by_name() -> None:
    found = sweep(["theory=breach", "design=lhs", "design.size=3", "design.prior=[media.rumour_rate,theory]"])
    (settings,) = found.sampled
    assert "media.rumour_rate" in settings["ranges"]
    assert any(key.startswith("theory.") for key in settings["ranges"])
    assert not any(key.startswith("gangs.") for key in settings["ranges"])
    assert found.cases[2].label.endswith("lhs 2")
    held = sweep(["theory=breach", "design=lhs", "design.size=3", "design.prior=media", "media.rumour_rate=0.2"])
    assert {case.values["media.rumour_rate"] for case in held.cases} == {0.2}, "what is typed is not explored"


@pytest.mark.parametrize("design", ["lhs", "sobol", "morris"])
def test_whole_numbers_are_equally_likely_and_both_ends_are_among_them(design: str) -> None:
    words = [f"design={design}", "design.size=64", "theory=breach", "officers.pool=interval(30,33)",
             "media.rumour_rate=interval(0.1,0.2)"]  # fmt: skip
    found = sweep(words)
    pools = Counter(case.values["officers.pool"] for case in found.cases)
    assert sorted(pools) == [30, 31, 32, 33]
    if design != "morris":  # whose trajectories are drawn at random
        assert max(pools.values()) < 1.35 * min(pools.values()), "none has half the weight of another"


def test_ends_between_whole_numbers_are_refused() -> None:
    for interval in ("interval(3.5,3.6)", "interval(30,33.5)"):
        with pytest.raises(UserMistake, match=r"officers.pool=3.*: a whole number"):
            sweep(["design=lhs", "design.size=4", f"officers.pool={interval}"])


def test_a_point_never_leaves_its_interval_by_being_rounded() -> None:
    low, high = 0.12345678, 0.12345679
    found = sweep(["design=lhs", "design.size=9", f"media.rumour_rate=interval({low},{high})"])
    assert all(low <= float(str(case.values["media.rumour_rate"])) <= high for case in found.cases)


@pytest.mark.parametrize("name", ["lhs", "sobol", "morris"])
def test_a_design_that_no_memory_holds_is_refused_before_it_is_drawn(name: str) -> None:
    began = time.process_time()
    with pytest.raises(UserMistake, match=r"^design.size=1048576: [\d,]+ cases in all; a sweep has at most"):
        sweep([f"design={name}", "design.size=1048576", "design.prior=all"])
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["media.rumour_rate=interval(0.1,0.2)"], "is explored by design=lhs"),
        (["design=lhs"], "needs something to explore"),
        (["design=lhs", "design.prior=nothing"], "design.prior=nothing"),
        (["design=lhs", "media.rumour_rate=interval(-1,0.2)"], "media.rumour_rate=interval(-1,0.2): a number from 0"),
        (["design=lhs", "theory.nothing=interval(0,1)"], "theory.nothing"),
        (["design=sobol", "design.size=60", "design.prior=media"], "a power of two, such as 64"),
        (["design=morris", "design.levels=3", "design.prior=media"], "an even number"),
        (["design=lhs", "design.size=0", "design.prior=media"], "a whole number, at least 1"),
        (["design=lhs", f"design.size={10**400}", "design.prior=media"], "at most 1,000,000,000"),
        (
            ["design=sobol", "design.size=1e300", "design.prior=media"],
            "design.size=1e300: a whole number, at least 1 and",
        ),
        (["design=lhs", "design.seed=1e300", "design.prior=media"], "design.seed=1e300: a whole number, at least 0"),
        (["design=morris", "design.levels=1e9", "design.prior=media"], "at least 2 and at most 1,000"),
        (["design=nothing"], "no such choice"),
        (["design.size=3"], "design"),
        (["design=file"], "a CSV file"),
    ],
)
def test_a_design_that_cannot_be_is_the_users_mistake(words: list[str], said: str) -> None:
    assert said in refusal(sweep, words)


def test_one_case_has_no_design() -> None:
    with pytest.raises(UserMistake, match="tabletop sweep"):
        request(["design=lhs"])


# Few compositions


@pytest.fixture
def composed(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The words of each composition that Hydra is asked for."""
    asked: list[list[str]] = []
    compose = Composer.compose

    def counted(self: Composer, overrides: Sequence[str] = ()) -> Composition:
        asked.append(list(overrides))
        return compose(self, overrides)

    monkeypatch.setattr(Composer, "compose", counted)
    return asked


def test_hydra_composes_each_choice_of_a_group_once(composed: list[list[str]]) -> None:
    words = ["scenario=us_troops,no_surge,mandatory", "theory=breach,constant", "gangs.blocs=range(3,9)"]
    found = sweep(words)
    assert len(found.cases) == 3 * 2 * 6
    assert len(composed) == 1 + 2 + 1, "the first combination, then two scenarios and a theory"


def test_a_file_that_refers_to_a_setting_follows_it_in_every_combination(tmp_path: Path) -> None:
    (tmp_path / "gangs").mkdir()
    tied = "defaults: [default]\nblocs: ${officers.squad_min}\n"
    (tmp_path / "gangs" / "tied.yaml").write_text(tied, encoding="utf-8")
    asked = sweep(["gangs=default,tied", "officers.squad_min=3,4", "theory=breach,constant", SHORT], tmp_path)
    blocs = [(case.values["officers.squad_min"], case.values["gangs.blocs"]) for case in asked.cases[4:]]
    assert blocs == [(3, 3), (3, 3), (4, 4), (4, 4)]


def test_a_file_that_reaches_into_another_group_is_composed_with_it(tmp_path: Path, composed: list[list[str]]) -> None:
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "strong.yaml").write_text(
        "# @package _global_\ndefaults: [/scenario/as_documented]\ntheory: {base_hazard: 0.004}\n", encoding="utf-8"
    )
    (tmp_path / "scenario" / "tied.yaml").write_text("defaults: [us_troops, strong]\nname: tied\n", encoding="utf-8")
    words = ["scenario=as_documented,strong", "theory=breach,threat_efficacy", SHORT]
    found = sweep(words, tmp_path)
    assert len(composed) == 1 + 2 + 1, "the first combination, both of strong, the other theory as documented"
    with composer(tmp_path) as files:
        batches = [[word.text for word in batch] for batch in grid_of(files, words).combinations()]
    for case, batch in zip(found.cases, batches, strict=True):
        assert case.id == request(batch, tmp_path).case.id
    assert not is_self_contained(tmp_path / "scenario", "strong")
    assert not is_self_contained(tmp_path / "scenario", "tied")
    assert is_self_contained(conf_folder() / "scenario", "us_troops")
