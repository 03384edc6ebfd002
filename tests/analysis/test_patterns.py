from __future__ import annotations

import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
import yaml

from sim.analysis import patterns
from sim.analysis.outcome_windows import Clock
from sim.analysis.patterns import (
    C4_DROP,
    PATTERNS,
    REASONS,
    agreement,
    both_reasons,
    drops_without_reasons,
    load_patterns,
    scores,
)
from sim.errors import UserMistake
from sim.paths import conf_folder
from sim.record import load


def run(**given):
    base = {
        "first_report_date": pd.Timestamp(2024, 3, 5), "max_squad_share_3d": 0.6, "exits_by_record_end": 20.0,
        "exits_before_surge": 10.0, "deaths_q4_2023": 12.0 * 91, "deaths_q1_2024": 18.2 * 91,
        "deaths_surge_week": 200.0,
    }  # fmt: skip
    return pd.DataFrame([{**base, **given}])


def test_a_run_like_the_record_passes_every_pattern():
    assert scores(run(), 400) == {"C1": 1, "C2": 1, "C3": 1, "C5": 1, "C6": 1}


@pytest.mark.parametrize(
    ("pattern", "given"),
    [
        ("C1", {"first_report_date": pd.Timestamp(2024, 2, 28)}),
        ("C2", {"first_report_date": pd.Timestamp(2024, 2, 29)}),
        ("C2", {"first_report_date": pd.Timestamp(2024, 3, 12)}),
        ("C2", {"first_report_date": pd.NaT}),
        ("C3", {"max_squad_share_3d": 0.49}),
        ("C5", {"exits_by_record_end": 0.0}),
        ("C5", {"exits_before_surge": 41.0}),
        ("C5", {"exits_by_record_end": float("nan")}),
        ("C6", {"deaths_q4_2023": 14.5 * 91}),
        ("C6", {"deaths_q4_2023": 9.5 * 91}),
        ("C6", {"deaths_q1_2024": 14.5 * 91}),
        ("C6", {"deaths_q1_2024": 21.9 * 91}),
        ("C6", {"deaths_surge_week": 18.2 * 7}),
    ],
)
def test_each_pattern_fails_where_the_record_is_missed(pattern, given):
    assert scores(run(**given), 400)[pattern] == 0


@pytest.mark.parametrize(
    ("pattern", "given"),
    [
        ("C1", {"first_report_date": pd.Timestamp(2024, 2, 29)}),
        ("C2", {"first_report_date": pd.Timestamp(2024, 3, 1)}),
        ("C2", {"first_report_date": pd.Timestamp(2024, 3, 11)}),
        ("C3", {"max_squad_share_3d": 0.5}),
        ("C5", {"exits_by_record_end": 1.0}),
        ("C5", {"exits_by_record_end": 400.0}),
        ("C5", {"exits_before_surge": 40.0}),
        ("C6", {"deaths_q4_2023": 14.39 * 91}),
        ("C6", {"deaths_q4_2023": 9.61 * 91}),
        ("C6", {"deaths_q1_2024": 21.83 * 91}),
        ("C6", {"deaths_q1_2024": 14.57 * 91}),
    ],
)
def test_each_pattern_passes_up_to_its_edge(pattern, given):
    assert scores(run(**given), 400)[pattern] == 1


def test_no_report_at_all_is_quiet_before_the_surge():
    assert scores(run(first_report_date=pd.NaT), 400)["C1"] == 1


def paired(exits, **without):
    """Runs of a case and rows of its attribution: exits with each cause, and without."""
    base = pd.DataFrame(
        {"root_seed": 1, "replicate": range(len(exits)), "future": 0, "status": "ok", "exits_in_surge": exits}
    )
    rows = [
        pd.DataFrame(
            {"cause": cause, "root_seed": 1, "replicate": range(len(left)), "future": 0, "exits_in_surge": left}
        )
        for cause, left in without.items()
    ]
    return base, pd.concat(rows, ignore_index=True)


def test_a_drop_is_a_ratio_of_sums_over_the_runs_that_both_have():
    base, without = paired([10.0, 30.0, 99.0], violence=[9.0, 21.0], ambiguity=[20.0, 0.0])
    assert drops_without_reasons(base, without) == pytest.approx({"violence": 0.25, "ambiguity": 0.5})
    apart = drops_without_reasons(base, without.assign(root_seed=2))
    assert np.isnan(list(apart.values())).all()
    failed = drops_without_reasons(base.assign(status=["ok", "failed", "ok"]), without)
    assert failed == pytest.approx({"violence": 0.1, "ambiguity": -1.0})


@pytest.mark.parametrize(
    ("violence", "ambiguity", "passed"),
    [(0.3, 0.3, True), (0.1, 0.1, True), (0.3, 0.09, False), (0.09, 0.3, False), (-0.5, 0.9, False), (0.0, 0.0, False),
     (float("nan"), 0.9, None), (0.9, float("nan"), None)],
)  # fmt: skip
def test_c4_asks_for_both_reasons_and_not_for_either(violence, ambiguity, passed):
    assert both_reasons({"violence": violence, "ambiguity": ambiguity}) is passed


def test_every_pattern_of_the_record_has_a_score():
    scored = {fact for pattern in PATTERNS for fact in pattern.facts}
    assert {fact.id for fact in load().where(use="pattern")} <= scored


# The rules as they were, written out


def by_hand(runs, pool):
    """The rules of version 4, each in its own words."""
    first = pd.to_datetime(runs["first_report_date"])
    exits, before = runs["exits_by_record_end"], runs["exits_before_surge"]
    q4, q1 = runs["deaths_q4_2023"].astype(float) / 91, runs["deaths_q1_2024"].astype(float) / 91
    week = runs["deaths_surge_week"].astype(float) / 7
    return pd.DataFrame({
        "C1": first.isna() | (first > pd.Timestamp(2024, 2, 28)),
        "C2": (first >= pd.Timestamp(2024, 3, 1)) & (first <= pd.Timestamp(2024, 3, 11)),
        "C3": runs["max_squad_share_3d"] >= 0.5,
        "C5": (exits >= 1) & (exits <= pool) & (before <= 40),
        "C6": ((q4 / 12.0 - 1).abs() <= 0.2) & ((q1 / 18.2 - 1).abs() <= 0.2) & (week > q1),
    })  # fmt: skip


def anything(count, seed, width="float64"):
    """Runs with every outcome around its edges, some on them, some missing."""
    luck = np.random.default_rng(seed)

    def some(values, missing=0.1):
        drawn = pd.Series(luck.choice(np.asarray(values), count)).astype(width)
        return drawn.mask(luck.random(count) < missing)

    days = pd.Series(pd.Timestamp(2024, 2, 25) + pd.to_timedelta(luck.integers(0, 20, count), unit="D"))
    return pd.DataFrame({
        "status": "ok",
        "first_report_date": days.mask(luck.random(count) < 0.2),
        "max_squad_share_3d": some([0, 1 / 3, 0.49999, 0.5, 0.50001, 2 / 3, 1]),
        "squad_members_3d": some([0, 1, 2, 3]),
        "exits_by_record_end": some([0, 1, 2, 20, 39, 40, 41]),
        "exits_before_surge": some([0, 1, 39, 40, 41, 42]),
        "deaths_q4_2023": some([*range(869, 880), 1092, *range(1305, 1316)]),
        "deaths_q1_2024": some([*range(1320, 1330), 1656, *range(1980, 1992)]),
        "deaths_surge_week": some([100, 101, 102, 127, 128, 152, 153, 154, 200]),
    })  # fmt: skip


@pytest.mark.parametrize("width", ["float32", "float64"])
@pytest.mark.parametrize("pool", [40, 400])
def test_the_patterns_as_data_pass_the_runs_that_the_rules_passed(pool, width):
    runs = anything(20_000, seed=pool, width=width)
    wanted = by_hand(runs, pool)
    assert wanted.mean().between(0.1, 0.9).all()
    pd.testing.assert_frame_equal(load_patterns().passes(runs, pool), wanted)
    assert scores(runs, pool) == wanted.mean().to_dict()
    for pattern in PATTERNS:
        if pattern.passes is not None:
            assert (pattern.passes(runs, pool) == wanted[pattern.id]).all()


def test_runs_with_dates_of_another_kind_and_an_index_of_their_own_pass_alike():
    runs = anything(500, seed=5)
    as_dates = runs.assign(first_report_date=runs["first_report_date"].dt.date.astype(object)).iloc[::-1]
    passed = load_patterns().passes(as_dates, 400)
    pd.testing.assert_frame_equal(passed, by_hand(runs, 400).iloc[::-1])
    assert list(load_patterns().passes(runs.iloc[:0], 400)) == ["C1", "C2", "C3", "C5", "C6"]


def test_a_pattern_beyond_the_horizon_is_not_tested_as_before():
    needs = {"C3": "max_squad_share_3d", "C5": "exits_by_record_end", "C6": "deaths_q1_2024"}
    runs = anything(300, seed=6)
    for gone in runs.columns.drop("status"):
        short = runs.assign(**{gone: pd.NaT if gone == "first_report_date" else np.nan})
        wanted = by_hand(short, 400).mean()
        assert patterns.tested(short, 400) == {one: wanted[one] for one in wanted.index if needs.get(one) != gone}, gone


def test_failed_runs_say_nothing_of_the_patterns():
    runs = pd.concat([run(), run(first_report_date=pd.NaT)], ignore_index=True).assign(status=["ok", "failed"])
    assert patterns.tested(runs, 400)["C2"] == 1
    assert agreement(runs, 400).endswith("C1 1 of 1, C2 1 of 1, C3 1 of 1, C5 1 of 1, C6 1 of 1 runs show it.")


def test_what_was_said_of_the_ensemble_is_read_from_the_file():
    assert (REASONS, C4_DROP) == (("violence", "ambiguity"), 0.1)
    assert [pattern.id for pattern in PATTERNS] == ["C1", "C2", "C3", "C4", "C5", "C6"]
    assert [pattern.id for pattern in PATTERNS if pattern.passes is None] == ["C4"]
    assert not hasattr(patterns, "NO_SUCH_NAME")


def test_the_facts_that_patterns_name_are_in_the_record():
    assert {fact for pattern in PATTERNS for fact in pattern.facts} <= {fact.id for fact in load()}


def test_the_record_is_decided_by_the_end_of_the_quarter():
    record = load_patterns()
    assert record.last_day == date(2024, 3, 31)
    assert record.outcomes == ("first_report_date", "max_squad_share_3d", "exits_by_record_end", "exits_before_surge",
                               "deaths_q4_2023", "deaths_q1_2024", "deaths_surge_week", "squad_members_3d")  # fmt: skip


# Variants


def test_a_third_wider_and_narrower_pass_more_and_fewer():
    runs, record = anything(5000, seed=7), load_patterns()
    narrow, as_is, wide = (record.passes(runs, 400, scale) for scale in (2 / 3, 1, 4 / 3))
    for pattern in ("C2", "C3", "C5", "C6"):
        assert (narrow[pattern] <= as_is[pattern]).all()
        assert (as_is[pattern] <= wide[pattern]).all()
        assert narrow[pattern].sum() < as_is[pattern].sum() < wide[pattern].sum()
    assert (narrow["C1"] == as_is["C1"]).all()
    assert (wide["C1"] == as_is["C1"]).all()


def test_the_variants_leave_squads_out_or_ask_for_two_of_one():
    runs, record = anything(5000, seed=8), load_patterns()
    passed = record.passes(runs, 400)
    kept = {one.name: record.variant_passes(one, runs, passed, 400) for one in record.variants}
    others = passed.drop(columns="C3").all(axis=1)
    assert (kept["without C3"] == others).all()
    assert (kept["C3 two of a squad"] == (others & (runs["squad_members_3d"] >= 2))).all()


# Patterns of one's own

MINE = {
    "patterns": {
        "published": {
            "text": "twenty had gone, it was published",
            "rule": "20 ± 5 out by 7 March",
            "tests": [{"outcome": "exits_by_record_end", "comparison": "within", "value": 20, "tolerance": 5}],
        }
    }
}


def write(tmp_path, content):
    file = tmp_path / "mine.yaml"
    file.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return file


def test_somebody_adds_a_published_number_to_the_patterns_of_the_record(tmp_path):
    text = (conf_folder() / "patterns" / "record.yaml").read_text(encoding="utf-8")
    added = """patterns:
  published:
    text: twenty had gone, as was published later
    rule: 20 ± 5 out by 7 March 2024
    tests:
      - {outcome: exits_by_record_end, comparison: within, value: 20, tolerance: 5}
"""
    mine, record = load_patterns(write(tmp_path, text.replace("patterns:\n", added, 1))), load_patterns()
    runs = pd.DataFrame([run(exits_by_record_end=exits).iloc[0] for exits in (14, 15, 25, 26)])
    assert mine.passes(runs, 400)["published"].tolist() == [False, True, True, False]
    assert mine.passes(runs, 400, 4 / 3)["published"].tolist() == [True, True, True, True]
    assert (mine.passes(runs, 400).drop(columns="published") == record.passes(runs, 400)).all(axis=None)
    assert (mine.name, record.name) == ("mine", "record")
    assert mine.digest != record.digest
    assert [one.name for one in mine.variants] == [one.name for one in record.variants]


def test_patterns_of_ones_own_alone_look_no_further_than_they_must(tmp_path):
    mine = load_patterns(write(tmp_path, MINE))
    assert mine.outcomes == ("exits_by_record_end",)
    assert mine.last_day == date(2024, 3, 7)
    another = Clock.of({"clock.start": "2023-10-02", "clock.end": "2024-07-31", "clock.record_end": "2024-03-20",
                        "clock.target_date": "2024-06-01"})  # fmt: skip
    assert mine.last_day_under(another) == date(2024, 3, 20)


@pytest.mark.parametrize(
    ("test", "day"),
    [
        ({"outcome": "first_report_date", "comparison": "between", "window": ["2024-03-01", "2024-03-11"]},
         date(2024, 3, 12)),  # with the window a third wider
        ({"outcome": "first_report_date", "comparison": "after", "value": "2024-03-01"}, date(2024, 7, 31)),
        ({"outcome": "available_on_target", "comparison": "at_least", "value": 300}, date(2024, 6, 1)),
        ({"outcome": "first_report_date", "comparison": "before", "value": "2025-03-01"}, date(2024, 7, 31)),
    ],
    ids=str,
)  # fmt: skip
def test_the_last_day_is_when_all_is_decided_whatever_the_tolerance(tmp_path, test, day):
    mine = yaml.safe_load(yaml.safe_dump(MINE))
    mine["patterns"]["published"]["tests"] = [test]
    assert load_patterns(write(tmp_path, mine)).last_day == day


def test_the_digest_is_of_what_keeps_worlds_and_of_nothing_else(tmp_path):
    text = (conf_folder() / "patterns" / "record.yaml").read_text(encoding="utf-8")
    whole = yaml.safe_load(text)
    digest = load_patterns().digest
    assert re.fullmatch("[0-9a-f]{8,16}", digest)

    def changed(change):
        again = yaml.safe_load(text)
        change(again)
        return load_patterns(write(tmp_path, yaml.safe_dump(again))).digest

    same = {
        "nothing": lambda f: None,
        "a text": lambda f: f["patterns"]["C1"].update(text="other words", rule="more of them", facts=[]),
        "variants": lambda f: f.pop("variants"),
        "the ensemble": lambda f: f["patterns"].pop("C4"),
        "the order": lambda f: f["patterns"].update(C1=f["patterns"].pop("C1")),
        "the order of tests": lambda f: f["patterns"]["C6"]["tests"].reverse(),
        "how a number is written": lambda f: f["patterns"]["C3"]["tests"][0].update(value=1.0),
    }
    assert {name: changed(change) for name, change in same.items()} == dict.fromkeys(same, digest)
    other = {
        "a value": lambda f: f["patterns"]["C3"]["tests"][0].update(value=0.9),
        "a tolerance": lambda f: f["patterns"]["C6"]["tests"][0].update(tolerance="21 %"),
        "a date": lambda f: f["patterns"]["C2"]["tests"][0].update(window=["2024-03-01", "2024-03-12"]),
        "a comparison": lambda f: f["patterns"]["C6"]["tests"][2].update(comparison="below"),
        "an outcome": lambda f: f["patterns"]["C3"]["tests"][0].update(outcome="share_out_by_end"),
        "the days of a rate": lambda f: f["patterns"]["C6"]["tests"][0].update(per_days=92),
        "what a missing one is": lambda f: f["patterns"]["C1"]["tests"][0].pop("missing"),
        "a test": lambda f: f["patterns"]["C5"]["tests"].pop(),
        "a pattern": lambda f: f["patterns"].pop("C1"),
    }
    digests = {name: changed(change) for name, change in other.items()}
    assert whole
    assert len({*digests.values(), digest}) == len(digests) + 1, digests


def with_(*path, value):
    """The file with one place of it changed; without the place where the value is ``...``."""
    mine = yaml.safe_load(yaml.safe_dump(MINE))
    place = mine
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return mine


NAME = ("patterns", "published")


@pytest.mark.parametrize(
    ("content", "key", "right"),
    [
        ("", "mine.yaml", "must have the fields patterns"),
        ("- a list\n", "mine.yaml", "must have the fields patterns"),
        ("just words\n", "mine.yaml", "must have the fields patterns"),
        ("patterns: [\n", "mine.yaml", "must be YAML"),
        ("patterns: {}\npatterns: {}\n", "mine.yaml", "patterns is given twice"),
        ("patterns: !!python/object:os.system {}\n", "mine.yaml", "must be YAML"),
        ("a: &a [x]\npatterns: *a\n", "mine.yaml=*a", "an alias has no use here"),
        ("patterns: " + "[" * 200, "mine.yaml", "more than 20 levels"),
        ("# " + "x" * 1_000_001, "mine.yaml", "1,000,000 bytes"),
        ({}, "mine.yaml: patterns", "is missing"),
        ({"patterns": None}, "patterns", "must be a mapping"),
        ({"patterns": {}}, "patterns={}", "not empty"),
        ({"patterns": ["C1"]}, "patterns=", "must be a mapping"),
        ({**MINE, "notes": "x"}, "notes=x", "no such field; the fields are patterns, variants"),
        (with_("patterns", 7, value=MINE["patterns"]["published"]), "patterns=7", "a name is made of"),
        (with_("patterns", "p", value=None), "patterns.p", "must have the fields"),
        (with_(*NAME, "text", value=...), "patterns.published.text", "is missing"),
        (with_(*NAME, "rule", value=""), "patterns.published.rule", "not empty"),
        (with_(*NAME, "tests", value=...), "patterns.published.tests", "is missing"),
        (with_(*NAME, "tests", value=[]), "patterns.published.tests=[]", "not empty"),
        (with_(*NAME, "tests", value="all"), "patterns.published.tests=all", "a list of tests"),
        (with_(*NAME, "tests", 0, "outcome", value="exits"), "patterns.published.tests.1.outcome=exits",
         "no such outcome; near it"),
        (with_(*NAME, "tests", 0, "comparison", value="about"), "tests.1.comparison=about", "must be one of at_least"),
        (with_(*NAME, "tests", 0, "tolerance", value=...), "tests.1.tolerance", "is missing"),
        (with_(*NAME, "of", value="everything"), "patterns.published.of=everything", "runs, ensemble"),
        (with_(*NAME, "of", value="ensemble"), "comparison=within", "of single runs"),
        (with_(*NAME, "facts", value="withdrawal_report"), "patterns.published.facts", "a list of texts"),
        ({"patterns": {"C4": {"of": "ensemble", "text": "t", "rule": "r", "tests": [
            {"outcome": "exits_in_surge", "without": "violence", "comparison": "drops_by", "value": 0.1}]}}},
         "patterns", "no pattern of single runs"),
        ({**MINE, "variants": {"v": {"text": "t", "pattern": "C3"}}}, "variants.v.pattern=C3", "there are published"),
        ({**MINE, "variants": {"v": {"text": "t", "pattern": "published"}}}, "variants.v.pattern", "is left"),
        ({**MINE, "variants": {"v": {"pattern": "published"}}}, "variants.v.text", "is missing"),
        ({**MINE, "variants": {"v": {"text": "t", "pattern": "published", "tests": [{"outcome": "attacks"}]}}},
         "variants.v.tests.1.comparison", "is missing"),
    ],
    ids=lambda one: str(one)[:40],
)  # fmt: skip
def test_a_file_that_is_wrong_is_refused_in_one_line_with_file_and_key(tmp_path, content, key, right):
    with pytest.raises(UserMistake) as told:
        load_patterns(write(tmp_path, content))
    line = str(told.value)
    assert line.startswith(str(tmp_path / "mine.yaml"))
    assert key in line
    assert right in line
    assert "\n" not in line


def test_a_file_that_is_not_there_or_is_a_folder_is_said_so(tmp_path):
    with pytest.raises(UserMistake, match=r"nowhere\.yaml: cannot be read: No such file"):
        load_patterns(tmp_path / "nowhere.yaml")
    with pytest.raises(UserMistake, match="is a folder; name a file"):
        load_patterns(tmp_path)


def test_runs_without_an_outcome_that_is_asked_for_are_told(tmp_path):
    with pytest.raises(UserMistake, match="exits_by_record_end: these runs do not have it"):
        load_patterns(write(tmp_path, MINE)).passes(pd.DataFrame({"attacks": [1]}), 400)


def test_the_config_group_says_what_the_file_says():
    from hydra import compose, initialize_config_dir
    from omegaconf import OmegaConf

    with initialize_config_dir(str(conf_folder() / "patterns"), version_base=None):
        composed = OmegaConf.to_container(compose("record"))
    assert patterns.patterns_of(composed, load_patterns().source) == load_patterns()
