"""Unknown settings by address: a pure function of (root seed, world, the setting's own name).

The address is a Philox counter, as that of luck (:mod:`sim.ensemble.engine.addressed_draws`): word 0 is 0, word 1 the
first 32 bits of the SHA-256 of the setting's full name, word 2 the world, word 3 the purpose. So another setting moves
none of them, and the worlds of a short list begin those of a long one. All is computed in double precision by the
model's own logarithm and exponential.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from sim.arrays import FloatArray, Ints
from sim.ensemble.cases.unknowns import GAPS, SHARES, Prior
from sim.model.elementary_arrays import exponentials, logarithms
from sim.model.luck import Purpose
from sim.model.philox import philox, uniforms

SHAPE = 3
"""Of the Dirichlet distribution of the shares, and so uniforms that make one of its gamma draws."""


def full_name(key: str, theory: str) -> str:
    """The name that a setting's draws go by; a theory's own settings are named with their theory."""
    return f"theory.{theory}.{key.removeprefix('theory.')}" if key.startswith("theory.") else key


@cache
def entity(name: str) -> int:
    """The first 32 bits of the SHA-256 of a setting's full name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")


def draw_unknowns(
    drawn: Mapping[str, Prior], theory: str, root_seed: int, worlds: Ints, held: Mapping[str, FloatArray]
) -> dict[str, FloatArray]:
    """The value of each drawn setting in each world, ``(worlds,)``.

    Parameters
    ----------
    drawn
        How each is drawn, by dotted name.
    theory
        Name of the theory, whose own settings draw under its name.
    root_seed
        Family of luck.
    worlds
        Numbers of the worlds, ``(worlds,)``.
    held
        Values of settings that are not drawn, ``(worlds,)`` each: what a gap starts from, and shares that are held.
    """
    if not drawn:
        return {}
    luck = _uniforms([full_name(key, theory) for key in drawn], root_seed, worlds)
    rows = {key: luck[:, row] for row, key in enumerate(drawn)}
    values = {key: _value(prior, rows[key]) for key, prior in drawn.items() if prior.how in ("uniform", "log")}
    for key, prior in drawn.items():
        if prior.how == "gap":
            base = values[GAPS[key]] if GAPS[key] in values else held[GAPS[key]]
            values[key] = np.minimum(base + (prior.low + rows[key][0] * (prior.high - prior.low)), 1.0)
    return values | _shares({key: rows[key] for key in SHARES if key in drawn}, held, len(worlds))


def prior_quantiles(drawn: Mapping[str, Prior], theory: str, root_seed: int, worlds: Ints) -> dict[str, FloatArray]:
    """Where in its prior each drawn setting lies, 0 to 1, uniform over worlds by construction; ``(worlds,)`` each.

    A share's is that of its own distribution, Beta(3, 6), where none of the three is held.
    """
    from scipy.special import betainc  # a tenth of a second to load, and runs have no need of it

    luck = _uniforms([full_name(key, theory) for key in drawn], root_seed, worlds)
    rows = {key: luck[:, row] for row, key in enumerate(drawn)}
    shares = _shares({key: rows[key] for key in SHARES if key in drawn}, {}, len(worlds))
    others = SHAPE * (len(shares) - 1)
    of_shares = {key: betainc(SHAPE, others, value) if others else rows[key][0] for key, value in shares.items()}
    return {key: of_shares[key] if key in of_shares else rows[key][0] for key in drawn}


def _uniforms(names: Sequence[str], root_seed: int, worlds: Ints) -> FloatArray:
    """Uniforms of each name in each world, ``(SHAPE, names, worlds)``; all but shares use the first of them alone."""
    entities = np.array([entity(name) for name in names], dtype=np.uint32)[:, None]
    counter = (np.uint32(0), entities, np.asarray(worlds, dtype=np.uint32)[None], np.uint32(Purpose.UNKNOWN << 24))
    words = philox(counter, (root_seed & 0xFFFFFFFF, root_seed >> 32))
    return uniforms(np.stack(words[:SHAPE]))


def _value(prior: Prior, rows: FloatArray) -> FloatArray:
    uniform = rows[0]
    if prior.whole:  # each whole number is as likely, both ends included
        return np.minimum(np.floor(prior.low + uniform * (prior.high - prior.low + 1)), prior.high)
    if prior.how == "log":
        begin, end = logarithms([prior.low, prior.high])  # low·(high/low)^u
        return np.clip(exponentials(begin + uniform * (end - begin)), prior.low, prior.high)
    return prior.low + uniform * (prior.high - prior.low)


def _shares(rows: Mapping[str, FloatArray], held: Mapping[str, FloatArray], worlds: int) -> dict[str, FloatArray]:
    """Shares of what the held ones leave of 1."""
    if not rows:
        return {}
    gammas = {key: -logarithms(first * second * third) for key, (first, second, third) in rows.items()}
    left, whole = np.ones(worlds), np.zeros(worlds)
    for key in SHARES:
        if key in gammas:
            whole = whole + gammas[key]
        elif key in held:
            left = left - held[key]
    return {key: np.maximum(left, 0.0) * gamma / whole for key, gamma in gammas.items()}
