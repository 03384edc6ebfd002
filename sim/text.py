"""Words of likelihood, and numbers, shares and dates as people read them.

The words are those of the Intelligence Community Directive 203 (Analytic Standards, 2015). They speak about
the runs of this model, so a sentence that uses them begins with "In this model".

Numbers for people have a true minus sign, thousands apart, and no exponent. A share is told as a count of runs, and is
never rounded to a certainty. Files for programs hold every digit; nothing here is for them.

All of it is said in the language of the context (:mod:`sim.language`).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import SupportsFloat

from sim.language import _, as_in, current, marked, plural, translated

_BANDS = (
    (0.05, marked("almost no chance")),
    (0.20, marked("very unlikely")),
    (0.45, marked("unlikely")),
    (0.55, marked("roughly even chance")),
    (0.80, marked("likely")),
    (0.95, marked("very likely")),
    (1.00, marked("almost certain")),
)
LIMITS = (0.0, *(limit for limit, _word in _BANDS))
"""Shares of runs at which one word of likelihood ends and the next begins."""
_NEVER, _ALWAYS = marked("in no run"), marked("in every run")
_HUNDRED = 100
_TINY = 1e-6
"""Below it a number would be all noughts, so it is told as a power of ten."""
CAUTION = marked("Exploratory, not a forecast, not for operational use.")
"""What stands on every page that may be handed on."""
_MARKS = {"en": (",", "."), "fr": ("\N{NARROW NO-BREAK SPACE}", ",")}
"""What stands between thousands, and before the decimals, by language."""
_MONTHS = (
    marked("January"), marked("February"), marked("March"), marked("April"), marked("May"), marked("June"),
    marked("July"), marked("August"), marked("September"), marked("October"), marked("November"), marked("December"),
)  # fmt: skip
_SHORT_MONTHS = (
    marked("Jan"), marked("Feb"), marked("Mar"), marked("Apr"), marked("May"), marked("Jun"), marked("Jul"),
    marked("Aug"), marked("Sep"), marked("Oct"), marked("Nov"), marked("Dec"),
)  # fmt: skip
_POWERS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


# Likelihood


def likelihood(p: float) -> str:
    """ICD 203's word for a share of runs; a share on the border of two bands gets the more cautious word.

    Cautious means nearer to an even chance, so that ``p`` and ``1 - p`` always get mirrored words. Nothing
    and everything are not likelihoods: 0 gives "in no run" and 1 "in every run".

    >>> likelihood(0.23), likelihood(0.95)
    ('unlikely', 'very likely')

    Raises
    ------
    ValueError
        ``p`` is no share.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p={p}: a share of runs lies between 0 and 1")
    if p in (0, 1):
        return translated(_ALWAYS if p else _NEVER)
    share = round(p, 9)
    return translated(next(word for limit, word in _BANDS if share < limit or (share == limit and limit > 0.5)))


def phrase(p: float, *, runs: int | None = None, noun: str = "") -> str:
    """The word of likelihood and its number.

    >>> phrase(0.23, noun="runs")
    'unlikely (23 of 100 runs)'
    """
    word = likelihood(p)
    return word if p in (0, 1) else f"{word} ({of_runs(p, runs=runs, noun=noun)})"


def model(theory: str = "", worlds: str = "") -> str:
    """The beginning of every finding: it is about this model, under a theory and in some worlds where that is said.

    >>> model(), model("squad_threshold"), model("breach", "in worlds that lived it")
    ('In this model', 'In this model under squad threshold', 'In this model under breach, in worlds that lived it')
    """
    said = _("In this model under {theory}").format(theory=named(theory)) if theory else _("In this model")
    return f"{said}, {worlds}" if worlds else said


def sentence(finding: str, p: float, *, runs: int, dots: int | None = None, theory: str = "", worlds: str = "") -> str:
    """The finding as a title; ``dots`` is how many of the figure's 50 dots show it.

    >>> sentence("everyone leaves", 0.08, runs=400, dots=4)
    'In this model, everyone leaves in 4 of 50 dots: very unlikely (8 of 100 runs)'
    """
    seen = "" if dots is None else f"{dots} of 50 dots"
    if p in (0, 1):
        return f"{model(theory, worlds)}, {finding} {likelihood(p)}" + (f" ({seen})" if seen else "")
    return (
        f"{model(theory, worlds)}, {finding}"
        + (f" in {seen}" if seen else "")
        + f": {phrase(p, runs=runs, noun='runs')}"
    )


# Shares and counts


def of_runs(p: float, *, runs: int | None = None, noun: str = "") -> str:
    """A share as a count of 100, or of all ``runs`` where there are fewer; ``noun`` (a plural) says of what.

    >>> of_runs(0.23), of_runs(2 / 7, runs=7, noun="runs"), of_runs(0.999, runs=4000)
    ('23 of 100', '2 of 7 runs', 'more than 99 of 100')
    """
    base = out_of(runs)
    count = spelled(hundredth(p, runs=runs))
    if noun == "runs":
        return plural("{count} of {base} run", "{count} of {base} runs", base).format(count=count, base=base)
    if noun == "futures":
        return plural("{count} of {base} future", "{count} of {base} futures", base).format(count=count, base=base)
    said = _("{count} of {base}").format(count=count, base=base)
    return f"{said} {noun if base != 1 else noun.removesuffix('s')}" if noun else said


def hundredth(p: float, *, runs: int | None = None) -> str:
    """The number alone of :func:`of_runs`, for a cell or a row of them.

    >>> hundredth(0.23), hundredth(0.001), hundredth(0.999)
    ('23', '<1', '>99')
    """
    base = out_of(runs)
    return _never_certain(p, math.floor(p * base + 0.5), base)


def split(shares: Sequence[float], *, runs: int | None = None) -> list[str]:
    """The shares of one whole, each as :func:`hundredth` has it, but the last takes what is left: they add up.

    >>> split([0.395, 0.395, 0.21]), split([0.505, 0.495, 0.0]), split([0.995, 0.004, 0.001])
    (['40', '40', '20'], ['51', '49', '0'], ['>99', '<1', '<1'])
    """
    base = out_of(runs)
    counts = [math.floor(share * base + 0.5) for share in shares[:-1]]
    if (left := base - sum(counts)) < 0:  # both halves of an odd base were rounded up
        counts[-1] += left
    return [_never_certain(share, count, base) for share, count in zip(shares, [*counts, max(left, 0)], strict=True)]


def spelled(count: str) -> str:
    """A count of :func:`hundredth` or :func:`split` in a sentence.

    >>> spelled("<1"), spelled(">99"), spelled("23")
    ('fewer than 1', 'more than 99', '23')
    """
    if count.startswith("<"):
        return _("fewer than {n}").format(n=count[1:])
    return _("more than {n}").format(n=count[1:]) if count.startswith(">") else count


def out_of(runs: int | None) -> int:
    """What a count of :func:`of_runs` is of: 100, or all ``runs`` where there are fewer.

    >>> out_of(None), out_of(400), out_of(20)
    (100, 100, 20)
    """
    return _HUNDRED if runs is None else min(runs, _HUNDRED)


def _never_certain(share: float, count: int, base: int) -> str:
    if 0 < share < 1 and count == 0:
        return "<1"
    return f">{base - 1}" if 0 < share < 1 and count == base else str(count)


def several(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun, given in the singular, and in the plural where that is more than an s; in English alone.

    >>> several(1, "run"), several(2000, "run"), several(2, "theory", "theories")
    ('1 run', '2,000 runs', '2 theories')
    """
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def many(one: str, more: str, count: int) -> str:
    """So many of something as a message of the catalogue, its ``{n}`` filled: ``many("{n} turn", "{n} turns", 2)``.

    >>> many("{n} turn", "{n} turns", 1), many("{n} turn", "{n} turns", 2000)
    ('1 turn', '2,000 turns')
    """
    return plural(one, more, count).format(n=number(count))


_COUNTED: Mapping[str, Callable[[int], str]] = {
    "days": lambda count: plural("{n} day", "{n} days", count),
    "officers": lambda count: plural("{n} officer", "{n} officers", count),
    "troops": lambda count: plural("{n} soldier", "{n} troops", count),
    "attacks": lambda count: plural("{n} attack", "{n} attacks", count),
    "times": lambda count: plural("{n} time", "{n} times", count),
    "people": lambda count: plural("{n} person", "{n} people", count),
    "ordinary days": lambda count: plural("{n} ordinary day", "{n} ordinary days", count),
}
"""Units of settings and measures that are counted one by one."""


def counted(value: float, unit: str) -> str:
    """So much of a unit of settings and measures, which is one where it is one.

    >>> counted(1, "officers"), counted(2000, "officers"), counted(0.5, "0 to 1")
    ('1 officer', '2,000 officers', '0.5 0 to 1')
    """
    if unit not in _COUNTED:
        return f"{number(value)} {translated(unit)}"
    return _COUNTED[unit](int(value) if float(value).is_integer() else 2).format(n=number(value))


def joined(parts: Iterable[str]) -> str:
    """Parts of a sentence with a semicolon between."""
    return _("; ").join(parts)


# Numbers


def number(value: SupportsFloat, digits: int = 3, *, signed: bool = False) -> str:
    """A number: whole numbers whole, others to so many significant digits, but never fewer than before the point.

    >>> number(4731.6), number(-0.012345), number(12), number(3, signed=True)
    ('4,732', '−0.0123', '12', '+3')

    Parameters
    ----------
    digits
        Significant digits of what is not whole.
    signed
        Whether a positive number gets its sign, as a difference does.
    """
    value = float(value)
    if not math.isfinite(value):
        text = "–" if math.isnan(value) else f"{value:.0f}".replace("inf", "∞")
    elif value.is_integer():
        text = f"{value:,.0f}"
    elif abs(value) < _TINY:
        mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
        text = f"{float(mantissa):g} × 10{str(int(power)).translate(_POWERS)}"
    else:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        text = f"{value:,.{decimals}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    text = "0" if text == "-0" else written(text)
    return f"+{text}" if signed and value > 0 else text


def general(value: float, *, signed: bool = False) -> str:
    """A number as it would be typed, to six digits and without thousands: what was ordered, or a limit.

    >>> general(0.05), general(1403.0), general(-2.0), general(2.0, signed=True)
    ('0.05', '1403', '-2', '+2')
    """
    return (f"{value:+g}" if signed else f"{value:g}").replace(".", _MARKS[current()][1])


def percent(share: float) -> str:
    """A share in whole hundredths.

    >>> percent(0.7)
    '70 %'
    """
    return _("{n} %").format(n=f"{100 * share:.0f}")


def written(text: str) -> str:
    """A number that is written in English, with a true minus sign and the marks of the language of this context.

    >>> written("-1,234.5")
    '−1,234.5'
    """
    thousands, point = _MARKS[current()]
    return text.replace(",", "\0").replace(".", point).replace("\0", thousands).replace("-", "−")


def estimate(value: float, *, signed: bool = False) -> str:
    """What runs estimate, to the two digits (from 10 on three, from 100 on all whole ones) that a reader takes in.

    >>> estimate(4.234), estimate(-45.67), estimate(0.0123, signed=True)
    ('4.2', '−45.7', '+0.012')
    """
    return number(value, 2 if abs(value) < 10 else 3, signed=signed)


def interval(low: float, middle: float, high: float, *, signed: bool = False) -> tuple[str, str, str]:
    """An estimate and the ends of its interval, all to as many decimals as the interval knows.

    So many that its half-width has one significant digit, or two where they begin with 1, 2 or 3.

    >>> interval(-4.91, -4.21, -3.64)
    ('−4.9', '−4.2', '−3.6')
    """
    if not high > low:
        same = (estimate(value, signed=signed) for value in (low, middle, high))
        return next(same), next(same), next(same)
    ends = (fixed(value, known_decimals(low, high), signed=signed) for value in (low, middle, high))
    return next(ends), next(ends), next(ends)


def known_decimals(low: float, high: float) -> int:
    """As many decimals as an interval knows of what lies in it: its half-width has one digit, or two from 1 to 3.

    >>> known_decimals(-4.91, -3.64), known_decimals(100, 900)
    (1, 0)
    """
    return max(0, -math.floor(math.log10((high - low) / 8)))


def fixed(value: float, decimals: int, *, signed: bool = False) -> str:
    """A number to so many decimals.

    >>> fixed(-4.234, 1), fixed(-0.01, 1), fixed(1234.5, 0, signed=True)
    ('−4.2', '0', '+1,234')
    """
    rounded = round(value, decimals) or 0.0
    text = written(f"{rounded:,.{decimals}f}") if rounded else "0"
    return f"+{text}" if signed and rounded > 0 else text


def span(low: float, high: float) -> str:
    """A range: one number where both ends print alike, and "to" where a minus sign would mislead.

    >>> span(21, 45), span(-21, 45), span(3, 3)
    ('21–45', '−21 to 45', '3')
    """
    first, last = number(low), number(high)
    if first == last:
        return first
    return to(first, last) if low < 0 else f"{first}–{last}"


def to(low: str, high: str) -> str:
    """Two ends that are written already: "3 to 5"."""
    return _("{low} to {high}").format(low=low, high=high)


# Names


def spoken(name: str) -> str:
    """A name of files and settings as people say it; what was typed as ``key=value`` stays as it was typed.

    >>> spoken("terms_settled"), spoken("us_troops · media.report_probability=0.1")
    ('terms settled', 'us troops, media.report_probability=0.1')
    """
    return ", ".join(part if "=" in part else part.replace("_", " ") for part in name.split(" · "))


def named(name: str) -> str:
    """A name of ours, such as a theory's, in the language of this context; what people typed is only :func:`spoken`."""
    return translated(spoken(name))


# Dates


def day(date: dt.date) -> str:
    """A day in full: "7 March 2024"."""
    return _("{day} {month} {year}").format(day=day_number(date), month=month(date), year=f"{date:%Y}")


def short_day(date: dt.date) -> str:
    """A day in short: "7 Mar 2024"."""
    name = translated(_SHORT_MONTHS[date.month - 1])
    return _("{day} {month} {year}").format(day=day_number(date), month=name, year=f"{date:%Y}")


def day_of_month(date: dt.date) -> str:
    """A day of a year that is known: "7 Mar"."""
    return _("{day} {month}").format(day=day_number(date), month=translated(_SHORT_MONTHS[date.month - 1]))


def day_number(date: dt.date) -> str:
    """The number of a day in its month; some languages have a word of their own for the first."""
    return as_in("day of the month", "1") if date.day == 1 else str(date.day)


def month(date: dt.date) -> str:
    """The name of a day's month."""
    return translated(_MONTHS[date.month - 1])


def days(first: dt.date, last: dt.date) -> str:
    """Days from one to another, both included: "8 to 14 March 2024"."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return _("{first} to {last}").format(first=day_number(first), last=day(last))
    if first.year == last.year:
        return _("{day} {month} to {last}").format(day=day_number(first), month=month(first), last=day(last))
    return _("{first} to {last}").format(first=day(first), last=day(last))
