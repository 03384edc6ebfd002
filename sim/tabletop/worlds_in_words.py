"""What is said of the worlds of a session: which theory is left out, and which worlds agree with what was seen."""

from __future__ import annotations

from collections.abc import Mapping

from sim import text as words
from sim.language import _, marked

FEWEST = 200
"""Worlds of each theory that must agree with what was seen, or none is left out."""
LEFT_OUT = (
    marked("theory {theory} is left out: it has no kept world under these settings"),
    marked("theory {theory} is left out: it has {n} kept world under these settings"),
    marked("theory {theory} is left out: it has {n} kept worlds under these settings"),
)
"""Why a theory is not among a session's, by how many worlds it has: none, one, more."""
NOTHING_SEEN = marked("Nothing has been seen yet, so no world is left out.")


def agreement_sentence(conditioned: bool, counts: Mapping[str, tuple[int, int]]) -> str:
    """Whether only the worlds that agree with what was seen are looked at.

    Parameters
    ----------
    counts
        By theory: worlds that agree, and all of them.
    """
    told = ", ".join(
        _("{n} of {all} under {theory}").format(n=words.number(some), all=words.number(every), theory=words.named(name))
        for name, (some, every) in counts.items()
    )
    if conditioned:
        return _(
            "Only worlds that agree with what was seen (reports of each turn within a half or one, deaths within "
            "20 %): {counts}."
        ).format(counts=told)
    return _("Not conditioned on what was seen: fewer than {fewest} agree under some theory ({counts}).").format(
        fewest=FEWEST, counts=told
    )
