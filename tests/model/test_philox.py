"""The generator against its authors' vectors, and its draws as anybody would want them: even, open, unrelated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest
from scipy.stats import kstest

from sim.ensemble.engine.addressed_draws import AddressedDraws, Branch
from sim.model.luck import Purpose
from sim.model.philox import philox, to_uniform

KNOWN_ANSWERS = [  # Random123, kat_vectors: philox4x32 10
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]
SEED = 20240307
DAY = date(2024, 3, 4).toordinal()
MANY = 20_000
"""Draws in a sample; the odd one out is looked for at four standard errors."""


def words(text: str) -> tuple[int, ...]:
    return tuple(int(word, 16) for word in text.split())


def by_hand(counter: tuple[int, ...], key: tuple[int, int]) -> tuple[int, ...]:
    """One block in plain whole numbers, as the paper writes it."""
    (c0, c1, c2, c3), (k0, k1) = counter, key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 >> 32) ^ c1 ^ k0, p1 % 2**32, (p0 >> 32) ^ c3 ^ k1, p0 % 2**32
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return c0, c1, c2, c3


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_the_authors_vectors_come_out(counter: str, key: str, answer: str) -> None:
    assert philox(words(counter), words(key)) == words(answer)


def test_many_counters_at_once_give_what_each_gives_alone() -> None:
    counters = np.random.default_rng(1).integers(2**32, size=(4, 200), dtype=np.uint64)
    together = philox(tuple(counters), (0x12345678, 0x9ABCDEF0))
    alone = [by_hand(tuple(int(word) for word in column), (0x12345678, 0x9ABCDEF0)) for column in counters.T]
    assert np.stack(together, axis=1).tolist() == [list(block) for block in alone]


def test_the_words_of_a_counter_broadcast_against_each_other() -> None:
    days, replicates = np.arange(3)[:, None], np.arange(5)[None]
    grid = philox((days, 0, replicates, 9), (1, 2))
    assert all(word.shape == (3, 5) for word in grid)
    assert [int(word[2, 4]) for word in grid] == list(by_hand((2, 0, 4, 9), (1, 2)))


def test_counters_are_not_changed_by_being_used() -> None:
    counter = np.arange(8, dtype=np.uint64)
    philox((counter, counter, counter, counter), (1, 2))
    assert counter.tolist() == list(range(8))


def test_even_the_first_and_the_last_word_lie_strictly_between_zero_and_one() -> None:
    ends = [to_uniform(np.uint32(word)) for word in (0, 2**32 - 1)]
    assert ends == [2.0**-33, 1 - 2.0**-33]


def test_uniforms_are_exact_so_that_neighbouring_words_stay_apart() -> None:
    neighbours = [to_uniform(np.uint32(word)) for word in (2**32 - 2, 2**32 - 1)]
    assert np.diff(neighbours) == 2.0**-32


# Draws by address. Each of these varies one part of the address and nothing else.


def over_officers(seed: int = SEED, purpose: Purpose = Purpose.TOLERANCE, replicate: int = 0) -> np.ndarray:
    return AddressedDraws(seed, [replicate]).uniform(purpose, MANY)[:, 0]


def over_replicates(first: int = 0, entity: int = 0) -> np.ndarray:
    draws = AddressedDraws(SEED, np.arange(first, first + MANY))
    return draws.uniform(Purpose.TOLERANCE, entity + 1)[entity]


def over_days(first: int = 0, entity: int = 0) -> np.ndarray:
    draws = AddressedDraws(SEED, np.arange(MANY // 200))
    return np.concatenate([draws.daily(Purpose.ATTACKS, 4, DAY + first + d)[entity] for d in range(200)])


def over_attacks(slot: int = 0, which: int = 0) -> np.ndarray:
    bloc = np.tile(np.arange(23), MANY // 23)
    run = np.repeat(np.arange(MANY // 23), 23)
    draws = AddressedDraws(SEED, np.arange(MANY // 23))
    return draws.marks(bloc, DAY, np.full(len(bloc), slot), run)[which]


def over_futures(future: int = 0) -> np.ndarray:
    draws = AddressedDraws(SEED, np.arange(MANY // 4), Branch(DAY, SEED, np.full(MANY // 4, future)))
    return draws.daily(Purpose.ATTACKS, 4, DAY).ravel()


def over_past() -> np.ndarray:
    return AddressedDraws(SEED, np.arange(MANY // 4)).daily(Purpose.ATTACKS, 4, DAY).ravel()


SAMPLES: dict[str, Callable[[], np.ndarray]] = {
    "officers": over_officers,
    "replicates": over_replicates,
    "days": over_days,
    "attacks": over_attacks,
    "severities": lambda: over_attacks(which=1),
    "futures": lambda: over_futures(5),
    "a seed of 63 bits": lambda: over_officers(seed=2**63 - 1),
}


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES.keys())
def test_draws_are_even_between_zero_and_one(sample: Callable[[], np.ndarray]) -> None:
    uniform = sample()
    assert uniform.min() > 0
    assert uniform.max() < 1
    assert kstest(uniform, "uniform").pvalue > 1e-3
    for power in (1, 2, 3):
        moment, variance = 1 / (power + 1), 1 / (2 * power + 1) - 1 / (power + 1) ** 2
        assert abs(np.mean(uniform**power) - moment) < 4 * np.sqrt(variance / len(uniform)), power


def test_normals_have_the_moments_of_a_standard_normal() -> None:
    normal = AddressedDraws(SEED, [0]).normal(Purpose.BASELINE, MANY)[:, 0]
    assert abs(normal.mean()) < 4 / np.sqrt(MANY)
    assert abs(normal.std() - 1) < 4 / np.sqrt(2 * MANY)
    assert kstest(normal, "norm").pvalue > 1e-3


NEIGHBOURS: dict[str, Callable[[], tuple[np.ndarray, np.ndarray]]] = {
    "purposes": lambda: (over_officers(), over_officers(purpose=Purpose.FRICTION)),
    "replicates": lambda: (over_officers(), over_officers(replicate=1)),
    "root seeds": lambda: (over_officers(), over_officers(seed=SEED + 1)),
    "root seeds 2³² apart": lambda: (over_officers(), over_officers(seed=SEED + 2**32)),
    "officers": lambda: (over_replicates(), over_replicates(entity=1)),
    "officers of two counters": lambda: (over_replicates(entity=3), over_replicates(entity=4)),
    "days": lambda: (over_days(), over_days(first=200)),
    "a day and the next": lambda: (over_days(), over_days(first=1)),
    "blocs": lambda: (over_days(), over_days(entity=1)),
    "attacks of a bloc": lambda: (over_attacks(), over_attacks(slot=1)),
    "mark and severity": lambda: (over_attacks(), over_attacks(which=1)),
    "futures": lambda: (over_futures(), over_futures(1)),
    "a past and its first future": lambda: (over_past(), over_futures()),
}


@pytest.mark.parametrize("pair", NEIGHBOURS.values(), ids=NEIGHBOURS.keys())
def test_neighbours_have_nothing_to_do_with_each_other(pair: Callable[[], tuple[np.ndarray, np.ndarray]]) -> None:
    one, other = pair()
    bound = 4 / np.sqrt(len(one))
    assert abs(np.corrcoef(one, other)[0, 1]) < bound
    assert abs(np.corrcoef(one[:-1], other[1:])[0, 1]) < bound
    assert abs(np.corrcoef(np.abs(one - 0.5), np.abs(other - 0.5))[0, 1]) < bound


def test_no_two_addresses_share_a_counter() -> None:
    replicates = [0, 1, 2**31 - 1]
    draws = AddressedDraws(SEED, replicates, Branch(DAY, SEED, np.array([0, 1, 2**24 - 2])))
    found = [draws.uniform(purpose, 9) for purpose in Purpose]
    daily = set(Purpose) - {Purpose.ATTACK}  # the attacks of a day have addresses of their own, below
    found += [draws.daily(purpose, 9, day) for purpose in daily for day in (DAY - 1, DAY, DAY + 1)]
    for slot in range(10):
        found += draws.marks(np.repeat(np.arange(9), 3), DAY, np.full(27, slot), np.tile(np.arange(3), 9))
    drawn = np.concatenate([np.ravel(part) for part in found])
    # Of n draws from 2³² words, n²/2³³ pairs meet by chance: far below one here.
    assert len(np.unique(drawn)) == len(drawn)


def test_the_last_days_and_replicates_that_settings_allow_have_addresses_of_their_own() -> None:
    last = date(2139, 12, 31).toordinal()
    draws = AddressedDraws(2**63 - 1, [2**31 - 1])
    days = [draws.daily(Purpose.DAY, 4, day) for day in (last, last - 1, date(1970, 1, 1).toordinal())]
    assert len(np.unique(np.concatenate(days))) == 12
