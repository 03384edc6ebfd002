from __future__ import annotations

import datetime as dt

import pytest

from sim import text as words


@pytest.mark.parametrize(
    ("p", "word"),
    [
        (0.01, "almost no chance"),
        (0.049, "almost no chance"),
        (0.12, "very unlikely"),
        (0.23, "unlikely"),
        (0.5, "roughly even chance"),
        (0.6, "likely"),
        (0.9, "very likely"),
        (0.97, "almost certain"),
        (0.99, "almost certain"),
    ],
)
def test_each_band_of_icd_203_has_its_word(p: float, word: str) -> None:
    assert words.likelihood(p) == word


def test_nothing_and_everything_are_not_likelihoods() -> None:
    assert (words.likelihood(0), words.likelihood(1)) == ("in no run", "in every run")


@pytest.mark.parametrize(
    ("p", "word"),
    [
        (0.05, "very unlikely"),
        (0.2, "unlikely"),
        (0.45, "roughly even chance"),
        (0.55, "roughly even chance"),
        (1 - 0.45, "roughly even chance"),
        (0.8, "likely"),
        (0.95, "very likely"),
    ],
)
def test_a_share_between_two_bands_gets_the_word_nearer_to_even(p: float, word: str) -> None:
    assert words.likelihood(p) == word


@pytest.mark.parametrize("p", [-0.01, 1.01, float("nan")])
def test_a_share_outside_zero_to_one_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        words.likelihood(p)


def test_the_number_stands_beside_the_word() -> None:
    assert words.phrase(0.23) == "unlikely (23 of 100)"
    assert words.phrase(0.68, noun="runs") == "likely (68 of 100 runs)"


def test_a_rare_outcome_is_not_rounded_to_none() -> None:
    assert words.phrase(1 / 400) == "almost no chance (fewer than 1 of 100)"
    assert words.phrase(399 / 400) == "almost certain (more than 99 of 100)"


def test_few_runs_are_counted_as_they_are() -> None:
    assert words.phrase(2 / 7, runs=7, noun="runs") == "unlikely (2 of 7 runs)"


def test_a_sentence_says_whose_world_it_speaks_of() -> None:
    assert words.sentence("all leave", 0.08, runs=400, dots=4) == (
        "In this model, all leave in 4 of 50 dots: very unlikely (8 of 100 runs)"
    )
    assert words.sentence("all leave", 0, runs=400, dots=0) == "In this model, all leave in no run (0 of 50 dots)"
    assert words.sentence("all leave", 0.5, runs=400).startswith("In this model, all leave: roughly even")


def test_numbers_and_ranges_print_as_people_write_them() -> None:
    assert words.number(1234) == "1,234"
    assert words.number(-7) == "−7"
    assert words.number(0.012345) == "0.0123"
    assert words.span(21, 45) == "21–45"
    assert words.span(-21, 45) == "−21 to 45"
    assert words.span(3, 3) == "3"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (4731.6, "4,732"), (99.96, "100"), (9.996, "10"), (0.3, "0.3"), (-0.0, "0"), (3.344e-5, "0.0000334"),
        (-3.21e-9, "−3.21 × 10⁻⁹"), (float("inf"), "∞"), (-float("inf"), "−∞"), (float("nan"), "–"),
    ],
)  # fmt: skip
def test_a_number_has_no_exponent_and_never_loses_what_is_before_its_point(value: float, said: str) -> None:
    assert words.number(value) == said


def test_an_estimate_has_the_digits_that_a_reader_takes_in() -> None:
    assert [words.estimate(v) for v in (0.01234, 4.234, 45.67, 236.47)] == ["0.012", "4.2", "45.7", "236"]
    assert [words.estimate(v, signed=True) for v in (4.234, -4.234, 0.0, 123.4)] == ["+4.2", "−4.2", "0", "+123"]


def test_the_ends_of_an_interval_have_as_many_decimals_as_its_middle() -> None:
    assert words.interval(-15.2, -12.0, -8.96) == ("−15.2", "−12.0", "−9.0")
    assert words.interval(-239.06, -236.47, -233.9) == ("−239.1", "−236.5", "−233.9")
    assert words.interval(-0.4, 0.01, 0.5, signed=True) == ("−0.4", "0", "+0.5")
    assert words.interval(110, 133.4, 151) == ("110", "133", "151")
    assert words.interval(2.25, 2.25, 2.25) == ("2.2", "2.2", "2.2")


def test_shares_of_one_whole_add_up_and_the_first_is_what_it_is_alone() -> None:
    for parts in ([0.395, 0.395, 0.21], [0.505, 0.495, 0.0], [0.394, 0.394, 0.212], [1 / 3, 1 / 3, 1 / 3]):
        told = words.split(parts)
        assert sum(map(int, told)) == 100, told
        assert told[0] == words.hundredth(parts[0])
    assert words.split([0.995, 0.004, 0.001]) == [">99", "<1", "<1"]
    assert words.split([1.0, 0.0, 0.0]) == ["100", "0", "0"]
    assert words.split([1 / 8, 1 / 8, 6 / 8], runs=8) == ["1", "1", "6"]


def test_a_share_of_one_run_has_its_noun_in_the_singular() -> None:
    assert words.of_runs(1.0, runs=1, noun="runs") == "1 of 1 run"
    assert words.of_runs(1.0, runs=400, noun="runs") == "100 of 100 runs"
    assert (words.several(1, "run"), words.several(0, "run"), words.several(1234, "run")) == (
        "1 run", "0 runs", "1,234 runs",
    )  # fmt: skip


def test_days_print_without_a_leading_zero() -> None:
    assert words.day(dt.date(2024, 3, 7)) == "7 March 2024"
    assert words.short_day(dt.date(2024, 3, 7)) == "7 Mar 2024"
