"""Which cases are the documented world, whatever they are called: told by what they hold, not by their names."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from sim.ensemble.cases.composed_case import case_of
from sim.ensemble.cases.conditioning import settled
from sim.ensemble.cases.posterior import RECORD as RECORD
from sim.errors import UserMistake
from sim.settings.composition import composer


def record_cases(words: Collection[str], theories: Collection[str]) -> frozenset[str]:
    """The ids of the documented world's cases under these theories, with the settings of these words.

    A sweep that meets a default, or a scenario that adds nothing, is that world under a name of its own. Words that
    make no case, as those of another version may not, give none.
    """
    return _composed(tuple(sorted(words)), tuple(sorted(theories)))


@lru_cache(maxsize=32)
def _composed(words: tuple[str, ...], theories: tuple[str, ...]) -> frozenset[str]:
    try:
        with composer() as files:
            asked = ((f"scenario={RECORD}", f"theory={theory}", *words) for theory in theories)
            return frozenset(
                case.id for case in settled([case_of(files.compose(one).config, one) for one in asked], quiet=True)
            )
    except UserMistake:
        return frozenset()
