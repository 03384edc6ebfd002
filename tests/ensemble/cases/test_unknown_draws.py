"""Unknowns by address: another world, another setting or a longer list moves none of them, and each has its prior."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

import numpy as np
import pytest
from scipy.stats import beta as beta_distribution
from scipy.stats import chisquare, kstest

from sim.ensemble.cases.priors import priors_of
from sim.ensemble.cases.unknown_draws import draw_unknowns, entity, full_name, prior_quantiles
from sim.ensemble.cases.unknowns import GAPS, MODE, SHARES, Prior
from sim.model.withdrawal import THEORIES
from sim.settings import schema
from sim.settings.packaged import packaged_values
from tests.ensemble.tiny_worlds import SEED
from tests.worlds import identical

MANY = 20_000
RARE = 1e-4
"""Below this a sample is not of its distribution; with two hundred of them looked at, one in fifty tries by chance."""
each_theory = pytest.mark.parametrize("theory", THEORIES)


@cache
def drawn(theory: str, seed: int = SEED) -> MappingProxyType[str, np.ndarray]:
    """Everything that is drawn under a theory, in as many worlds as a theory is given up after."""
    return MappingProxyType(draw_unknowns(priors_of(theory), theory, seed, np.arange(MANY), {}))


def one(key: str, prior: Prior, theory: str = "breach", worlds: np.ndarray | None = None) -> np.ndarray:
    """A setting drawn alone."""
    return draw_unknowns({key: prior}, theory, SEED, np.arange(MANY) if worlds is None else worlds, {})[key]


# Addresses


@each_theory
def test_the_worlds_of_few_begin_those_of_many_and_each_can_be_drawn_alone(theory: str) -> None:
    few = draw_unknowns(priors_of(theory), theory, SEED, np.arange(3), {})
    alone = draw_unknowns(priors_of(theory), theory, SEED, np.array([19_999, 7]), {})
    for key, values in drawn(theory).items():
        assert identical(few[key], values[:3]), key
        assert identical(alone[key], values[[19_999, 7]]), key


@each_theory
def test_a_setting_held_moves_no_others_draw(theory: str) -> None:
    """But for what leans on it: the weights share what is left, and a gap is above its base."""
    priors, worlds = priors_of(theory), np.arange(20)
    for held in priors:
        rest = {key: prior for key, prior in priors.items() if key != held}
        values = draw_unknowns(rest, theory, SEED, worlds, {held: np.full(20, 0.2)})
        leaning = set(SHARES) if held in SHARES else {key for key, base in GAPS.items() if base == held}
        assert values.keys() == rest.keys()
        moved = {key for key in rest if not identical(values[key], drawn(theory)[key][:20])}
        assert moved == leaning - {held}, held


@each_theory
def test_a_setting_added_moves_no_others_draw(theory: str) -> None:
    for place in (0, 3, len(priors_of(theory))):
        rows = list(priors_of(theory).items())
        rows.insert(place, ("officers.newly_thought_of", Prior(0.0, 1.0)))
        values = draw_unknowns(dict(rows), theory, SEED, np.arange(20), {})
        assert [key for key in drawn(theory) if not identical(values[key], drawn(theory)[key][:20])] == []


def test_theories_share_the_draws_of_the_world_and_each_has_its_own() -> None:
    one, other = drawn("breach"), drawn("threat_efficacy")
    alike = {key for key in one.keys() & other.keys() if identical(one[key], other[key])}
    assert alike == {key for key in one if not key.startswith("theory.")}
    assert "theory.base_hazard" in one.keys() & other.keys()
    assert full_name("theory.base_hazard", "breach") == "theory.breach.base_hazard"
    assert full_name("gangs.blocs", "breach") == "gangs.blocs"
    quantiles = [prior_quantiles(priors_of(name), name, SEED, np.arange(MANY))["theory.base_hazard"]
                 for name in ("breach", "threat_efficacy")]  # fmt: skip
    assert abs(np.corrcoef(*quantiles)[0, 1]) < 4 / np.sqrt(MANY)


def test_another_family_of_luck_draws_other_unknowns() -> None:
    for seed in (SEED + 1, SEED + 2**32):
        mine, other = drawn("breach"), drawn("breach", seed)
        assert all((mine[key] != other[key]).mean() > 0.5 for key in mine)  # whole numbers meet now and then


def test_no_two_settings_of_any_theories_have_the_same_address() -> None:
    names = {p.key for p in schema.FIXED}
    names |= {full_name(p.key, name) for name, theory in THEORIES.items() for p in theory.parameters}
    assert len(names) > 150
    assert len({entity(name) for name in names}) == len(names)


def test_the_address_of_a_name_stays() -> None:
    """The first 32 bits of its SHA-256: kept worlds are whole numbers, and mean these draws."""
    assert entity("gangs.branching_ratio") == 0x6D204370
    assert entity("theory.breach.base_hazard") == 0xCBB0F997


# Distributions


@each_theory
def test_uniform_and_log_settings_have_their_priors(theory: str) -> None:
    for key, prior in priors_of(theory).items():
        values = drawn(theory)[key]
        if prior.whole or prior.how not in ("uniform", "log"):
            continue
        low, high, at = prior.low, prior.high, values
        if prior.how == "log":
            low, high, at = np.log(low), np.log(high), np.log(values)
        assert kstest((at - low) / (high - low), "uniform").pvalue > RARE, key


def test_a_whole_number_is_as_likely_as_any_other_of_its_range_and_both_ends_are_among_them() -> None:
    values, counts = np.unique(one("gangs.counted", Prior(2.0, 6.0, "uniform", whole=True)), return_counts=True)
    assert values.tolist() == [2, 3, 4, 5, 6]
    assert chisquare(counts).pvalue > RARE


@each_theory
def test_a_gap_is_uniform_above_what_it_starts_from(theory: str) -> None:
    for key, base in GAPS.items():
        prior = priors_of(theory)[key]
        gap = drawn(theory)[key] - drawn(theory)[base]
        assert kstest((gap - prior.low) / (prior.high - prior.low), "uniform").pvalue > RARE
        assert abs(np.corrcoef(gap, drawn(theory)[base])[0, 1]) < 4 / np.sqrt(MANY)


def test_a_gap_starts_from_a_base_that_is_held_and_ends_at_one() -> None:
    (key, base), *_ = GAPS.items()
    low = draw_unknowns({key: Prior(0.1, 0.3, "gap")}, "breach", SEED, np.arange(50), {base: np.full(50, 0.2)})[key]
    high = draw_unknowns({key: Prior(0.1, 0.3, "gap")}, "breach", SEED, np.arange(50), {base: np.full(50, 0.8)})[key]
    assert ((low > 0.3) & (low < 0.5)).all()
    assert high.max() == 1.0
    assert np.unique(low).size == 50


def test_shares_are_a_flat_corner_of_the_whole() -> None:
    """Dirichlet(3, 3, 3): each is Beta(3, 6), each pair negatively correlated with −1/2, and they add up to 1."""
    shares = [drawn("breach")[key] for key in SHARES]
    assert np.abs(sum(shares) - 1).max() < 1e-12
    for share in shares:
        assert kstest(share, beta_distribution(3, 6).cdf).pvalue > RARE
    correlations = np.corrcoef(shares)[np.triu_indices(3, 1)]
    assert np.abs(correlations + 0.5).max() < 4 / np.sqrt(MANY)


@pytest.mark.parametrize("held", SHARES)
def test_one_share_held_leaves_the_rest_to_the_others(held: str) -> None:
    rest = {key: prior for key, prior in priors_of("breach").items() if key in SHARES and key != held}
    values = draw_unknowns(rest, "breach", SEED, np.arange(MANY), {held: np.full(MANY, 0.3)})
    one, other = values.values()
    assert np.abs(one + other - 0.7).max() < 1e-12
    assert kstest(one / 0.7, beta_distribution(3, 3).cdf).pvalue > RARE


def test_two_shares_held_leave_the_third_what_is_left_and_never_less_than_nothing() -> None:
    first, second, third = SHARES
    for parts, left in (((0.2, 0.5), 0.3), ((0.7, 0.6), 0.0)):
        held = {first: np.full(9, parts[0]), second: np.full(9, parts[1])}
        (values,) = draw_unknowns({third: Prior(0.0, 1.0, "share")}, "breach", SEED, np.arange(9), held).values()
        assert values == pytest.approx(np.full(9, left))


@each_theory
def test_where_in_its_prior_a_setting_lies_is_uniform_and_says_the_same_as_its_value(theory: str) -> None:
    quantiles = prior_quantiles(priors_of(theory), theory, SEED, np.arange(MANY))
    assert quantiles.keys() == priors_of(theory).keys()
    for key, prior in priors_of(theory).items():
        assert kstest(quantiles[key], "uniform").pvalue > RARE, key
        if prior.how in ("uniform", "log", "share"):
            order = np.argsort(quantiles[key])
            assert (np.diff(drawn(theory)[key][order]) >= -1e-12).all(), key


@each_theory
def test_settings_are_drawn_independently_of_each_other(theory: str) -> None:
    """But for the weights, which share a whole."""
    quantiles = prior_quantiles(priors_of(theory), theory, SEED, np.arange(MANY))
    free = [key for key in quantiles if key not in SHARES]
    correlations = np.corrcoef([quantiles[key] for key in free])[np.triu_indices(len(free), 1)]
    assert np.abs(correlations).max() < 5 / np.sqrt(MANY)  # of some three thousand pairs


# What is drawn is a world


@each_theory
def test_every_draw_lies_within_bounds_and_passes_the_checks_that_settings_pass_together(theory: str) -> None:
    rows = {p.key: p for p in (*schema.FIXED, *THEORIES[theory].parameters)}
    for key, values in drawn(theory).items():
        low, high = rows[key].bounds
        assert np.isfinite(values).all(), key
        assert low <= values.min() <= values.max() <= high, key
        if priors_of(theory)[key].how in ("uniform", "log"):
            assert priors_of(theory)[key].low <= values.min() <= values.max() <= priors_of(theory)[key].high, key
    checked = {**packaged_values(theory), MODE: "prior"}
    keys = list(drawn(theory))
    for values in zip(*(drawn(theory)[key].tolist() for key in keys), strict=True):
        schema.check_together(checked | dict(zip(keys, values, strict=True)))
    assert (drawn(theory)["governments.resume_authority"] > drawn(theory)["governments.pause_authority"]).all()
