"""Worlds that lived the record, compared: which runs are pairs, what is set apart, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.analysis import lived_record
from sim.analysis.alternatives import alternatives
from sim.analysis.comparison import Compared, compared
from sim.analysis.lived_record import luck_line, luck_share, record_line, still_happened
from sim.ensemble.cases.case import Case
from sim.ensemble.design.request import request
from sim.reports.comparison_text import worlds as of_which_worlds
from tests import posteriors

EXITS, LATER = "exits_by_record_end", "exits_by_end"
RUNS = 12
END = "clock.end=2024-04-20"
"""Late enough for the patterns and for futures, which part on 1 April."""
LIVED = ("squad_threshold", "breach")
FEW = {"constant": (3, 8)}
"""Too few kept worlds to stand for a theory."""
RECORD, SETTLED, STATIONS = "as_documented", "terms_settled", "squads_from_stations"


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Path:
    return posteriors.saved(tmp_path_factory.mktemp("kept"), *LIVED, few=FEW)


@pytest.fixture(scope="module")
def compare(kept, tmp_path_factory) -> Callable[..., Compared]:
    """``compare("scenario=…", …)`` over the tests' own kept worlds, into one store."""
    store = tmp_path_factory.mktemp("compared") / "s"

    def comparison(*words: str, runs: int = RUNS, outcomes=(EXITS, LATER)) -> Compared:
        named = () if any(word.startswith("unknowns.posterior") for word in words) else (f"unknowns.posterior={kept}",)
        given = (*named, f"ensemble.replicates={runs}", END, "executor=serial")
        return sim.compare(*words, *given, outcomes=outcomes, out=store)

    return comparison


@pytest.fixture(scope="module")
def levers(compare) -> Compared:
    """Three worlds under three theories: one has squads of two, and one theory has hardly any kept worlds."""
    return compare(f"scenario={RECORD},{SETTLED},{STATIONS}", f"theory=constant,{','.join(LIVED)}")


def case_of(found: Compared, name: str, theory: str) -> Case:
    (row,) = found.cases[found.cases["case"] == worlds_of(found)[name][theory]].to_dict("records")
    return Case.from_row(row)


def worlds_of(found: Compared) -> dict[str, dict[str, str]]:
    return {world.name: dict(world.cases) for world in alternatives(found.cases)}


def runs_of(found: Compared, case: str) -> pd.DataFrame:
    return found.runs[found.runs["case"] == case]


# Which runs are pairs


def test_every_pair_is_of_one_theory_one_mode_and_one_bank(levers):
    cases = {str(row["case"]): Case.from_row(row) for row in levers.cases.to_dict("records")}
    assert len(levers.comparisons) == 2 * 3 * 2
    for one in (*levers.comparisons, *levers.rivals):
        first, second = cases[one.baseline], cases[one.other]
        assert first.theory == second.theory
        assert (first.mode, first.unknowns.bank) == (second.mode, second.unknowns.bank)
        assert (one.paired, one.pairs, one.alone) == (True, RUNS, 0)


def test_replicates_of_the_posterior_are_the_first_kept_worlds_of_each_theory(levers):
    for theory in LIVED:
        for name in (RECORD, SETTLED):
            runs = runs_of(levers, worlds_of(levers)[name][theory])
            assert sorted(runs["replicate"]) == list(posteriors.kept(theory).worlds[:RUNS])
            assert (runs["world"] == runs["replicate"]).all()
            assert (runs["future"] == 0).all()


def test_a_theory_with_too_few_kept_worlds_rides_along_on_its_prior(levers):
    record, settled = (case_of(levers, name, "constant") for name in (RECORD, SETTLED))
    assert record.mode == settled.mode == "prior"
    assert sorted(runs_of(levers, record.id)["replicate"]) == list(range(RUNS))
    (one,) = (one for one in levers.comparisons if (one.other, one.outcome) == (settled.id, EXITS))
    assert (one.baseline, one.paired, one.pairs) == (record.id, True, RUNS)
    assert "Worlds drawn from the prior: constant." in of_which_worlds(levers)


def test_a_world_with_other_squads_is_paired_with_the_baseline_on_the_prior(levers):
    twin = levers.on_prior
    assert twin is not None
    assert twin.name == f"{RECORD} · unknowns=prior"
    assert sorted(twin.cases) == sorted(LIVED)
    cases = worlds_of(levers)[next(name for name in worlds_of(levers) if name.startswith(STATIONS))]
    for theory in LIVED:
        (one,) = (one for one in levers.comparisons if (one.other, one.outcome) == (cases[theory], EXITS))
        assert one.baseline == twin.cases[theory]
        assert (one.paired, one.pairs) == (True, RUNS)
        pairs = runs_of(levers, one.other).merge(runs_of(levers, one.baseline), on=["root_seed", "replicate"])
        assert one.difference == pytest.approx((pairs[f"{EXITS}_x"] - pairs[f"{EXITS}_y"]).mean())
    (said,) = (line for line in of_which_worlds(levers) if "is set apart" in line)
    assert "no world that lived the record has its officers" in said


def test_what_is_set_apart_takes_no_part_in_who_is_never_far_from_best(levers):
    assert [world.name.partition(" · ")[0] for world in levers.apart] == [STATIONS]
    assert set(levers.robustness()["option"]) == {RECORD, SETTLED}
    assert not any(STATIONS in name for name, _ in levers.leaders().values())


def test_modes_of_one_world_are_two_samples_though_their_numbers_meet(compare):
    found = compare("unknowns=posterior,prior,fixed", "theory=squad_threshold", runs=60)
    modes = {case.mode: case.id for case in map(Case.from_row, found.cases.to_dict("records"))}
    numbers = {mode: set(runs_of(found, case)["replicate"]) for mode, case in modes.items()}
    assert numbers["prior"] == numbers["fixed"] == set(range(60))
    assert len(numbers["prior"] & numbers["posterior"]) > 1, "nothing could be taken for a pair"
    assert len(found.comparisons) == 2 * 2
    assert not any(one.paired for one in (*found.comparisons, *found.rivals))


def test_worlds_of_two_banks_are_no_pairs(compare, tmp_path):
    mine = compare(f"scenario={RECORD},{SETTLED}", "theory=breach")
    other = tmp_path / "other.json"
    replace(posteriors.posterior("breach"), root_seed=posteriors.ROOT_SEED + 1).save(other)
    theirs = compare(f"scenario={RECORD},{SETTLED}", "theory=breach", f"unknowns.posterior={other}")
    some = [found.cases[found.cases["scenario.name"] == name] for found, name in ((mine, RECORD), (theirs, SETTLED))]
    cases = pd.concat(some, ignore_index=True)
    runs = pd.concat([mine.runs, theirs.runs], ignore_index=True)
    found = compared(cases, runs[runs["case"].isin(cases["case"])], [EXITS])
    (one,) = found.comparisons
    assert not one.paired
    assert found.apart == found.others


# What a comparison is asked for


def test_a_single_world_meets_the_record_though_a_theory_of_it_is_on_its_prior(compare):
    found = compare(f"scenario={SETTLED}", f"theory=constant,{','.join(LIVED)}")
    assert [world.name for world in found.worlds] == [RECORD, SETTLED]
    assert found.apart == ()
    assert found.on_prior is None


def test_the_record_beside_a_single_world_is_of_the_same_unknowns(compare):
    found = compare("media.report_probability=0.2", "theory=breach")
    assert len(found.worlds) == 2
    assert {case_of(found, world.name, "breach").unknowns.root_seed for world in found.worlds} == {posteriors.ROOT_SEED}
    assert all(one.paired for one in found.comparisons)


# Futures


def test_an_interval_is_of_worlds_where_each_has_several_futures(compare):
    worlds = len(posteriors.kept("breach").worlds)
    found = compare(f"scenario={RECORD},gang_truce", "theory=breach", runs=2 * worlds)
    first, second = (runs_of(found, worlds_of(found)[name]["breach"]) for name in (RECORD, "gang_truce"))
    assert sorted(set(first["future"])) == [0, 1]
    (one,) = (one for one in found.comparisons if one.outcome == LATER)
    both = first.merge(second, on=["replicate", "future"])
    gaps = (both[f"{LATER}_y"] - both[f"{LATER}_x"]).groupby(both["replicate"]).mean()
    assert (len(both), one.pairs, one.alone) == (2 * worlds, worlds, 0)
    assert one.difference == pytest.approx(gaps.mean())
    half = (one.high - one.low) / 2
    assert half == pytest.approx(1.98 * gaps.std() / worlds**0.5, rel=0.25), "of worlds, and of no futures"


def test_the_past_is_the_same_in_every_future(compare):
    found = compare(f"scenario={RECORD},gang_truce", "theory=breach", runs=2 * len(posteriors.kept("breach").worlds))
    runs = runs_of(found, worlds_of(found)[RECORD]["breach"])
    past = runs.pivot(index="replicate", columns="future", values=[EXITS, "attacks", LATER])
    assert (past[EXITS, 0] == past[EXITS, 1]).all()
    assert (past["attacks", 0] != past["attacks", 1]).any()


# How the runs stand to the record


def happened(runs: pd.DataFrame) -> pd.Series:
    """Whether the record happens in each run, by hand, as conf/patterns/record.yaml has it in words."""
    reported = pd.to_datetime(runs["first_report_date"]).between("2024-03-01", "2024-03-11")
    together = runs["max_squad_share_3d"] >= 0.5
    number = runs[EXITS].between(1, 400) & (runs["exits_before_surge"] <= 40)
    autumn, winter = runs["deaths_q4_2023"] / 91, runs["deaths_q1_2024"] / 91
    level = autumn.between(9.6, 14.4) & winter.between(14.56, 21.84)
    return reported & together & number & level & (runs["deaths_surge_week"] / 7 > winter)


@pytest.mark.parametrize("theory", LIVED)
def test_every_world_of_the_posterior_shows_every_pattern(levers, theory):
    case = case_of(levers, RECORD, theory)
    runs = runs_of(levers, case.id)
    assert happened(runs).all()
    assert still_happened(case, runs) == (RUNS, RUNS)
    said = record_line(case, runs)
    assert said == (f"Worlds that lived the record: {RUNS} kept worlds of this theory; by 31 March each shows every "
                    "pattern of it (tabletop show world tells one).")  # fmt: skip


def test_what_happens_once_futures_part_leaves_the_record_as_it_was(compare):
    order = "scenario.events.an_order={date:2024-04-02,origin:player,set:{levers:{gang_truce:0.5}}}"
    found = compare(order, "theory=breach")
    (changed,) = found.others
    case = case_of(found, changed.name, "breach")
    runs = runs_of(found, case.id)
    assert happened(runs).all()
    assert "each shows every pattern of it" in record_line(case, runs)
    assert not any("would still have happened" in line for line in of_which_worlds(found))
    (one,) = (one for one in found.comparisons if one.outcome == EXITS)
    assert one.tied == 1


def test_where_something_is_held_it_is_said_in_how_many_it_would_still_have_happened(compare):
    found = compare("media.report_probability=0.005", "theory=squad_threshold", runs=60)
    name = next(name for name in worlds_of(found) if "report_probability" in name)
    case = case_of(found, name, "squad_threshold")
    runs = runs_of(found, case.id)
    lived = int(happened(runs).sum())
    assert 0 < lived < 60, "nothing is tried here"
    assert still_happened(case, runs) == (lived, 60)
    said = record_line(case, runs)
    assert f"60 kept worlds of this theory, with media.report_probability=0.005 set otherwise: in {lived} of 60" in said
    (line,) = (line for line in of_which_worlds(found) if "would still have happened" in line)
    assert f" {100 * lived / 60:.0f} of 100 runs" in line


def test_an_event_before_futures_part_counts_as_something_set_otherwise(levers):
    case = case_of(levers, SETTLED, "breach")
    said = record_line(case, runs_of(levers, case.id))
    assert f"with {SETTLED} set otherwise" in said
    assert "it would still have happened" in said


def test_the_share_of_luck_is_that_of_the_list_for_worlds_of_the_list_alone(kept, monkeypatch):
    shares = ({"outcome": EXITS, "theory": "breach", "luck": 0.25},)
    monkeypatch.setattr(lived_record, "load_posterior", lambda: replace(posteriors.posterior("breach"), luck=shares))
    words = ["theory=breach", f"unknowns.posterior={kept}"]
    case = request(words).case
    worlds = case.worlds
    assert luck_share(case, worlds[:20], EXITS) == 0.25
    assert luck_share(replace(case, worlds=None), worlds, EXITS) == 0.25, "a case that was read from a store"
    assert luck_share(case, worlds, LATER) is None, "not known of this outcome"
    assert luck_share(case, [*worlds, max(worlds) + 1], EXITS) is None, "not all of the list"
    assert luck_share(request([*words, "media.rumour_rate=0.1"]).case, worlds, EXITS) is None, "another world"
    assert luck_share(request(["theory=breach", "unknowns=prior"]).case, worlds, EXITS) is None


def test_how_much_is_luck_is_said_of_the_worlds_that_it_was_found_over_and_of_no_others(kept, monkeypatch):
    of_all = {"outcome": EXITS, "theory": "all", "luck": 0.2, "unknowns": 0.4, "theory_share": 0.4}
    shares = ({"outcome": EXITS, "theory": "breach", "luck": 0.25}, of_all)
    monkeypatch.setattr(lived_record, "load_posterior", lambda: replace(posteriors.posterior("breach"), luck=shares))
    case = request(["theory=breach", f"unknowns.posterior={kept}"]).case
    assert luck_line(case, EXITS) == (
        f"Of what {EXITS} varies by in worlds that lived the record, 25 of 100 is luck under this theory; over the "
        "theories, weighted equally, 20 is luck, 40 what nobody knows, 40 the theory."
    )
    assert luck_line(case, LATER) == ""
    assert luck_line(replace(case, worlds=case.worlds[1:]), EXITS) == "", "another list"
    assert luck_line(request(["theory=breach", "unknowns=prior"]).case, EXITS) == ""
