"""What levers cost, from a file that a user gives, and the sets of them that can be bought."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import combinations
from pathlib import Path

from sim.errors import UserMistake
from sim.record.strict_yaml import read

MOST_LEVERS = 10
"""Every set is lived, and there are as many as two to the power of this."""
KEYS = ("unit", "levers", "dates", "budgets")


@dataclass(frozen=True)
class Costs:
    """What levers cost.

    Attributes
    ----------
    unit
        What is counted, for people.
    levers
        By name what a lever costs, pulled as far as it goes.
    dates
        By name of a day by what costs are multiplied on it.
    budgets
        Sums for which the best set is looked for, ascending.
    """

    unit: str
    levers: Mapping[str, float]
    dates: Mapping[str, float]
    budgets: tuple[float, ...]

    def of(self, pulled: Mapping[str, str]) -> float:
        """What a set costs: levers by the day on which each is pulled.

        >>> Costs("points", {"pay_escrow": 3, "insurance": 2}, {"January": 1.5, "accord": 1}, ()).of(
        ...     {"pay_escrow": "January", "insurance": "accord"})
        6.5
        """
        return float(sum(self.levers[name] * self.dates[day] for name, day in pulled.items()))

    def sets(self) -> list[dict[str, str]]:
        """Every set of levers, all of a set on one day, that some budget can pay; that of none comes first."""
        most, found = max(self.budgets), [dict[str, str]()]
        for size in range(1, len(self.levers) + 1):
            for names in combinations(self.levers, size):
                found += [dict.fromkeys(names, day) for day in self.dates]
        return [pulled for pulled in found if self.of(pulled) <= most]


def read_costs(path: Path, levers: Sequence[str], dates: Sequence[str]) -> Costs:
    """Read a file of costs.

    Parameters
    ----------
    levers, dates
        What there is.

    Raises
    ------
    UserMistake
        Naming the key, its value and what would be right.
    """
    told = read(path, str(path))
    if not isinstance(told, Mapping) or set(told) != set(KEYS):
        raise UserMistake(str(path), None, f"a mapping with {', '.join(KEYS)}, no more and no fewer")
    if not isinstance(told["unit"], str) or not told["unit"].strip():
        raise UserMistake("unit", told["unit"], "a word for what is counted, such as points")
    priced = _numbers("levers", told["levers"], levers)
    if len(priced) > MOST_LEVERS:
        raise UserMistake("levers", len(priced), f"at most {MOST_LEVERS} of them, since every set is lived")
    budgets = told["budgets"]
    if not isinstance(budgets, list) or not budgets:
        raise UserMistake("budgets", budgets, "a list of sums, such as [2, 4, 8]")
    sums = sorted({_number("budgets", one) for one in budgets})
    costs = Costs(told["unit"].strip(), priced, _numbers("dates", told["dates"], dates), tuple(sums))
    if len(costs.sets()) < 2:
        raise UserMistake("budgets", budgets, "one at least that buys a lever")
    return costs


def _numbers(key: str, told: object, known: Sequence[str]) -> dict[str, float]:
    if not isinstance(told, Mapping) or not told:
        raise UserMistake(key, told, f"numbers by name; there are {', '.join(known)}")
    for name in told:
        if name not in known:
            close = get_close_matches(str(name), known, n=3)
            raise UserMistake(f"{key}.{name}", told[name], f"no such name; {'near it' if close else 'there are'}: "
                              f"{', '.join(close or known)}")  # fmt: skip
    return {str(name): _number(f"{key}.{name}", value) for name, value in told.items()}


def _number(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise UserMistake(key, value, "a number from 0")
    return float(value)
