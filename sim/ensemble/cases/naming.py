"""How people name a case, one rule for every verb: by its id or a label of it in full, or else by a part.

A part is the beginning of an id, or any piece of a label; letter case and the width of spaces do not matter. A name in
full outranks a part, so that a label which begins another one can still be said. A case that was asked for in several
ways has the first one's label, and is found by all of them.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from sim.errors import UserMistake
from sim.paths import conf_folder

_SHOWN = 12


def fitting(word: str, labels: Sequence[str], ids: Sequence[Collection[str]]) -> list[int]:
    """Positions of what a word names: all that it names in full, else all of which it is a part.

    Parameters
    ----------
    word
        As it was typed.
    labels
        The label of each.
    ids
        The ids of each: one for a case, and for a world one under each theory; and whatever else it is called.
    """
    full = [at for at, label in enumerate(labels) if is_full(word, label, ids[at])]
    part = _folded(word)
    return full or [
        at
        for at, label in enumerate(labels)
        if part in _folded(label) or any(_folded(id).startswith(part) for id in ids[at])
    ]


def is_full(word: str, label: str, ids: Collection[str]) -> bool:
    """Whether a word is this label or one of these ids, and not a part only."""
    return _folded(word) in map(_folded, (label, *ids))


def names_of(
    cases: pd.DataFrame, called: Mapping[str, Collection[str]] = MappingProxyType({})
) -> tuple[list[str], list[list[str]]]:
    """Labels and ids of the rows of a store's table of cases, as the functions here take them.

    ``called`` has by case what else it was asked for as, which names it like an id.
    """
    if cases.empty:
        return [], []
    return [str(label) for label in cases["label"]], [[str(id), *called.get(id, ())] for id in cases["case"]]


def the_one(key: str, word: str, labels: Sequence[str], ids: Sequence[Collection[str]]) -> int:
    """Position of the one that a word names; ``key`` is the option or argument that it was given for.

    Raises
    ------
    UserMistake
        It names none, or more than one: the line lists those that there are, or that fit.
    """
    fit = fitting(word, labels, ids)
    if len(fit) == 1:
        return fit[0]
    if fit:
        raise UserMistake(key, word, f"{len(fit)} cases fit: {_listed(fit, labels, ids)}; name one in full")
    raise no_such(key, word, labels, ids)


def no_such(key: str, word: str, labels: Sequence[str], ids: Sequence[Collection[str]]) -> UserMistake:
    """The mistake of a word that names no case, to be raised."""
    there = _listed(range(len(labels)), labels, ids)
    return UserMistake(key, word, f"no such case; there are {there}" if there else "no such case; there are none yet")


def said_as_setting(word: object) -> str:
    """What to add where a scenario's name was typed for a folder, as in ``scenario=one, other`` with a space."""
    name = str(word).strip(",")
    if not os.path.isfile(conf_folder() / "scenario" / f"{name}.yaml"):
        return ""
    return f"; a scenario is typed scenario={name}, and several have commas without spaces"


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _listed(positions: Sequence[int], labels: Sequence[str], ids: Sequence[Collection[str]]) -> str:
    """Labels of some, each with its id where a label alone might not tell them apart."""
    twice = {label for label in labels if labels.count(label) > 1}
    some = [f"{labels[at]} ({next(iter(ids[at]))})" if labels[at] in twice else labels[at] for at in positions]
    more = len(some) - _SHOWN
    return ", ".join(some[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
