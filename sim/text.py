"""Words of likelihood, each with its number beside it, and how figures print numbers and days.

The words are those of the Intelligence Community Directive 203 (Analytic Standards, 2015). They speak about
the runs of this model, so a sentence that uses them begins with "In this model".
"""

from __future__ import annotations

import datetime as dt
import math

_BANDS = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (1.00, "almost certain"),
)
_NEVER, _ALWAYS = "in no run", "in every run"


def likelihood(p: float) -> str:
    """ICD 203's word for a share of runs; a share on the border of two bands gets the more cautious word.

    Cautious means nearer to an even chance, so that ``p`` and ``1 - p`` always get mirrored words. Nothing
    and everything are not likelihoods: 0 gives "in no run" and 1 "in every run".

    >>> likelihood(0.23), likelihood(0.95)
    ('unlikely', 'very likely')
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p={p}: a share of runs lies between 0 and 1")
    if p in (0, 1):
        return _ALWAYS if p else _NEVER
    share = round(p, 9)
    return next(word for limit, word in _BANDS if share < limit or (share == limit and limit > 0.5))


def of_runs(p: float, *, runs: int | None = None, noun: str = "") -> str:
    """A share as a count: "23 of 100", or "2 of 7" where ``runs`` says that there are fewer than 100."""
    base = runs if runs is not None and runs < 100 else 100
    count = math.floor(p * base + 0.5)
    if 0 < p < 1 and count == 0:
        text = f"fewer than 1 of {base}"
    elif 0 < p < 1 and count == base:
        text = f"more than {base - 1} of {base}"
    else:
        text = f"{count} of {base}"
    return f"{text} {noun}".rstrip()


def phrase(p: float, *, runs: int | None = None, noun: str = "") -> str:
    """The word and its number: "unlikely (23 of 100)"; ``noun="runs"`` makes it "(23 of 100 runs)"."""
    word = likelihood(p)
    return word if word in (_NEVER, _ALWAYS) else f"{word} ({of_runs(p, runs=runs, noun=noun)})"


def sentence(finding: str, p: float, *, runs: int, dots: int | None = None, out_of: int = 50) -> str:
    """The finding as a title; ``dots`` of ``out_of`` is how many of the figure's dots show it.

    >>> sentence("everyone leaves", 0.08, runs=400, dots=4)
    'In this model, everyone leaves in 4 of 50 dots: very unlikely (8 of 100 runs)'
    """
    seen = "" if dots is None else f"{dots} of {out_of} dots"
    if p in (0, 1):
        return f"In this model, {finding} {likelihood(p)}" + (f" ({seen})" if seen else "")
    return f"In this model, {finding}" + (f" in {seen}" if seen else "") + f": {phrase(p, runs=runs, noun='runs')}"


def number(value: float) -> str:
    """A number as figures print it: whole numbers whole, others to three digits, with a true minus sign."""
    text = f"{value:,.0f}" if float(value).is_integer() else f"{value:.3g}"
    return text.replace("-", "−")


def span(low: float, high: float) -> str:
    """A range, "21–45"; one number where both ends print alike; "to" where a minus sign would mislead."""
    first, last = number(low), number(high)
    if first == last:
        return first
    return f"{first} to {last}" if low < 0 else f"{first}–{last}"


def day(date: dt.date) -> str:
    """A day in full: "7 March 2024"."""
    return f"{date.day} {date:%B %Y}"


def short_day(date: dt.date) -> str:
    """A day in short: "7 Mar 2024"."""
    return f"{date.day} {date:%b %Y}"
