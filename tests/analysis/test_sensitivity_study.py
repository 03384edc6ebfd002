"""The study as a whole: a model whose answer is known in the place of ours, and words that cannot be."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from SALib.test_functions import Ishigami

from sim.analysis.sensitivity_study import (
    in_words,
    kept_settings,
    kept_worlds,
    long_table,
    of_theory,
    read_asked,
    side_by_side,
)
from sim.ensemble.cases.priors import priors_of
from sim.ensemble.design.plan import distinct
from sim.ensemble.design.request import Request
from sim.ensemble.engine.run_unknowns import values_in_worlds
from sim.errors import UserMistake
from tests.posteriors import saved

THREE = ("officers.dread_sd", "media.rumour_rate", "gangs.branching_ratio")
SMALL = ["theory=constant", "officers.pool=40"]


def ishigami(drawn: dict[str, np.ndarray], theory: str) -> np.ndarray:
    """Ishigami's function of where three settings lie in their prior ranges."""
    priors = priors_of(theory)
    place = []
    for key in THREE:
        low, high, log = priors[key].low, priors[key].high, priors[key].how == "log"
        ends = np.log([low, high]) if log else np.array([low, high])
        place.append(((np.log(drawn[key]) if log else drawn[key]) - ends[0]) / (ends[1] - ends[0]))
    return np.asarray(Ishigami.evaluate(np.pi * (2 * np.column_stack(place) - 1)))


def another_model(what: Request) -> pd.DataFrame:
    """Rows of runs whose attacks are Ishigami's function, and in every second replicate one more."""
    parts = []
    for case in distinct(what.cases):
        places = np.arange(what.plan.replicates.start, what.plan.replicates.stop)
        worlds, futures = case.addresses(places)
        fixed = {key: np.full(len(worlds), float(str(case.values[key] or 0))) for key in THREE}
        drawn = values_in_worlds(case, what.plan.root_seed, worlds) if case.unknowns.drawn else fixed
        parts.append(pd.DataFrame({
            "case": case.id, "root_seed": what.plan.root_seed, "replicate": worlds, "future": futures, "status": "ok",
            "attacks": ishigami(drawn, case.theory) + (0 if case.unknowns.drawn else worlds % 2),
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_morris_keeps_what_matters_and_sobol_says_how_much() -> None:
    asked = read_asked([*SMALL, "design.trajectories=8", "design.size=256"], "attacks")
    found = of_theory(asked, "constant", another_model)
    assert set(found.kept) == set(THREE)
    assert found.crowded_out == ()
    table = side_by_side(found).set_index("setting")
    assert list(table.loc[list(THREE), "total"]) == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.08)
    assert list(table.loc[list(THREE), "first"]) == pytest.approx([0.3139, 0.4424, 0.0], abs=0.08)
    others = table.drop(index=list(THREE))
    assert (others["mu_star"] == 0).all()
    assert others["total"].isna().all()
    assert not others["kept"].any()
    assert found.sobol is not None
    variance = 0.5 * 49 / 4 + 0.1 * np.pi**4 / 5 + 0.01 * np.pi**8 / 18 + 0.5 - 0.5 * 49 / 8
    assert found.sobol.luck_share == pytest.approx(0.5 / (variance + 0.5), abs=0.02), "one more or less, half the time"
    assert found.worlds is None
    assert any("2 worlds" in line or "officers.pool=40" in line for line in found.left_out)
    said = in_words(found)
    assert said.startswith("In this model under constant, over the prior ranges officers.dread_sd (")
    assert "media.rumour_rate (" in said
    assert "probab" not in said
    rows = long_table([found])
    assert set(rows["analysis"]) == {"morris", "sobol"}
    assert len(rows) == 2 * found.drawn + 2 * 3
    assert rows.loc[rows["setting"].isin(THREE), "kept"].all()


def test_worlds_that_lived_the_record_are_looked_at_as_they_are(tmp_path) -> None:
    path = saved(tmp_path, "breach")
    asked = read_asked(["theory=breach", f"unknowns.posterior={path}", "design.worlds=150"], "attacks")
    what, why = kept_worlds(asked, "breach")
    assert what is not None
    assert why == "100 worlds instead of 150: no more were kept"
    found = of_theory(
        asked, "breach", lambda what: another_model(what).assign(attacks=lambda rows: rows["replicate"] % 2)
    )
    assert found.worlds is not None
    assert found.worlds.points == 100
    assert np.isnan(found.worlds.luck_share), "the packaged split is of other worlds"
    assert "how much is luck is not known of these worlds" in in_words(found)
    assert f"Worlds that lived the record: {why}" in found.left_out


def test_an_outcome_that_is_the_same_everywhere_has_nothing_to_share_out() -> None:
    asked = read_asked([*SMALL, "design.trajectories=3"], "attacks")
    found = of_theory(asked, "constant", lambda what: another_model(what).assign(attacks=3.0))
    assert found.empty
    assert found.sobol is None
    assert "Sobol' is left out: attacks is the same at every point of Morris' design" in found.left_out
    assert in_words(found) == "In this model under constant, over the prior ranges no setting moves attacks."


def test_runs_without_a_value_are_left_out_and_said() -> None:
    def lacking(what: Request) -> pd.DataFrame:
        rows = another_model(what)
        rows.loc[[4, 9], "attacks"] = np.nan  # the last replicate of the first two points, of five each
        return rows

    asked = read_asked([*SMALL, "design.trajectories=3", "design.size=8", "ensemble.replicates=5"], "attacks")
    found = of_theory(asked, "constant", lacking)
    assert found.morris is not None
    assert found.morris.replicates == 4
    assert len(found.morris.lacking) == 2
    assert any(line.startswith("Morris: 2 runs without a value of attacks left out (c") for line in found.left_out)
    none = of_theory(asked, "constant", lambda what: another_model(what).assign(attacks=np.nan))
    assert none.parts == ()
    assert none.empty
    assert in_words(none) == "In this model under constant, nothing can be said of attacks."
    assert none.left_out[0].startswith("Morris is left out: ")
    assert long_table([none]).empty


def morris(**effects: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame([{"setting": name, "index": "mu_star", "value": value, "high": high}
                         for name, (value, high) in effects.items()])  # fmt: skip


def test_kept_is_what_may_reach_a_twentieth_of_the_largest() -> None:
    table = morris(a=(10, 12), b=(0.4, 0.6), c=(0.1, 0.4), d=(0, 0), e=(3, 4))
    assert kept_settings(table, 15) == (("a", "e", "b"), ())
    assert kept_settings(table, 2) == (("a", "e"), ("b",))
    assert kept_settings(morris(a=(0, 0), b=(0, 0)), 15) == ((), ())


def test_what_is_typed_is_read() -> None:
    asked = read_asked(["theory=breach,prospects", "scenario=terms_settled", "design.size=64", "design.keep=3",
                        "ensemble.replicates=5", "ensemble.root_seed=3", "out=there"], "exits_by_end")  # fmt: skip
    assert asked.theories == ("breach", "prospects")
    assert (asked.sizes.size, asked.sizes.keep, asked.sizes.trajectories, asked.replicates) == (64, 3, 4, 5)
    assert asked.held == ("scenario=terms_settled", "ensemble.root_seed=3", "out=there")
    assert asked.runs_of(10) == {"morris": 4 * 11 * 5, "sobol": 64 * 5 * 5, "worlds": 400}
    assert len(read_asked([], "exits_by_end").theories) >= 5


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("design.size=60", "a power of two, such as 64"),
        ("design.size=4", "a power of two from 8 on"),
        ("design.trajectories=2", "from 3 on"),
        ("design.keep=16", "from 1 to 15"),
        ("design.worlds=99", "from 100 on"),
        ("design.levels=3", "an even number"),
        ("design.points=3", "of the design are trajectories, levels, keep, size, worlds, seed"),
        ("design=sobol", "Morris and Sobol' are given"),
        ("ensemble.replicates=1", "from 2 on"),
        ("ensemble.until=0.1", "takes replicates, root_seed, block"),
        ("unknowns=posterior", "prior ranges and kept worlds are both looked at"),
        ("unknowns.range.gangs.branching_ratio=[0.4,0.45]", "prior ranges and kept worlds are both looked at"),
        ("experiment=tipping", "brings its own design"),
        ("scenario=as_documented,terms_settled", "one value"),
        ("media.rumour_rate=interval(0.1,0.2)", "one value"),
        ("theory=breech", "no such choice"),
    ],
)
def test_a_word_that_cannot_be_is_refused_in_one_line(word: str, right: str) -> None:
    with pytest.raises(UserMistake) as mistake:
        read_asked([word], "exits_by_end")
    assert right in str(mistake.value)
    assert "\n" not in str(mistake.value)


def test_an_outcome_that_is_a_date_or_none_is_refused() -> None:
    with pytest.raises(UserMistake, match="--outcome=first_report_date: a date"):
        read_asked([], "first_report_date")
    with pytest.raises(UserMistake, match="no such outcome"):
        read_asked([], "exit_by_end")


def test_a_design_that_is_too_large_and_an_unknown_setting_are_refused() -> None:
    with pytest.raises(UserMistake, match=r"design\.trajectories=5000: .* a sweep has at most"):
        of_theory(read_asked(["design.trajectories=5000"], "attacks"), "constant", another_model)
    with pytest.raises(UserMistake, match=r"media\.rumor_rate"):
        of_theory(read_asked(["media.rumor_rate=0.1"], "attacks"), "constant", another_model)
