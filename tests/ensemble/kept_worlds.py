"""Lists of worlds that stories make by hand, so that they know which they are and have as few as they need.

They are passed off as worlds that lived the record; nothing that is done with a list looks whether they did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from sim.ensemble.cases.case import Case
from sim.ensemble.cases.conditioning import bank_case, conditioned
from sim.ensemble.cases.posterior import KeptWorlds, Posterior
from sim.ensemble.cases.run_numbers import FUTURES
from sim.ensemble.cases.unknowns import MODE, POSTERIOR
from sim.ensemble.design.plan import numbers_of
from sim.ensemble.engine.block import Block
from sim.model import MODEL_VERSION
from sim.record import load as load_record
from sim.settings.overrides import key_of
from tests.worlds import make_case

BANK_SEED = 77
"""Another than any story's own, so that the past's luck and the future's cannot be taken for one another."""
PARTS = date(2024, 3, 4)
"""Within the short worlds, in the surge."""


def posterior(
    worlds: Mapping[str, Sequence[int]],
    parts: date = PARTS,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    draws: int = 1000,
    root_seed: int = BANK_SEED,
) -> Posterior:
    """A list of these worlds by theory, of the bank that the installed program would make."""
    given = dict(ranges or {})
    kept = {
        theory: KeptWorlds(
            bank_case(theory, parts - timedelta(days=1), tuple(sorted(given.items()))).id, draws, (*own,)
        )
        for theory, own in worlds.items()
    }
    return Posterior(kept, root_seed, "record", "c0ffee", parts, MODEL_VERSION, load_record().hash, given)


def conditioned_on(listed: Posterior, *words: str, **asked: Any) -> Case:
    """The case of these words with its unknowns from a list; ``asked`` is more of the group ``unknowns``."""
    plain = make_case(*words)
    plain = replace(plain, values={**plain.values, MODE: POSTERIOR})
    with TemporaryDirectory() as folder:
        path = Path(folder) / "posterior.json"
        listed.save(path)
        return conditioned(plain, {"posterior": str(path), **asked}, [key_of(word) for word in words])


def kept_case(*words: str, worlds: Sequence[int] = (2, 5, 11), parts: date = PARTS) -> Case:
    """The case of these words in these worlds."""
    theory = make_case(*words).theory
    return conditioned_on(posterior({theory: worlds}, parts), *words)


def runs_of(cases: Case | Sequence[Case], places: Sequence[int] | range, seed: int, dtype: str = "float32") -> Block:
    """Runs by their places in the cases' lists, those of a case side by side."""
    several = (cases,) if isinstance(cases, Case) else (*cases,)
    numbers = np.concatenate([numbers_of(one, range(max(places) + 1))[list(places)] for one in several])
    futures, replicates = np.divmod(numbers, FUTURES)
    return Block(several, np.repeat(np.arange(len(several)), len(places)), replicates, seed, dtype, futures)
