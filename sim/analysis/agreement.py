"""A finding over rival theories: it holds, it flips, or the theories cannot tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.language import marked

HOLDS, FLIPS, OPEN, NOTHING = marked("holds"), marked("flips"), marked("not discriminated"), marked("no effect")
FINDINGS = (HOLDS, FLIPS, OPEN, NOTHING)
REFERENCE = "constant"
"""The theory that has no vote: in it nothing that is done can keep anybody in."""


def voting(theories: Iterable[str]) -> tuple[str, ...]:
    """The theories whose signs count: all but the reference, or the reference where it stands alone."""
    named = tuple(theories)
    return tuple(theory for theory in named if theory != REFERENCE) or named


def finding(signs: Sequence[int | None]) -> str:
    """What the signs of one effect under each theory come to.

    Parameters
    ----------
    signs
        1 or -1, 0 where there is no effect, None where it cannot be told.

    Returns
    -------
    ``holds`` when all agree on a side, ``flips`` when two contradict each other, ``no effect`` when there is none
    under any theory, else ``not discriminated``.
    """
    if {1, -1} <= set(signs):
        return FLIPS
    if all(sign == 0 for sign in signs):
        return NOTHING
    return HOLDS if len(set(signs)) == 1 and signs[0] else OPEN
