"""From PRIM's path to a rule that can be believed and said: chosen, judged on runs it has not seen, told how stable.

Rows are worlds. Those of even number are searched, those of odd number judge: every share that is reported is of the
judging half. PRIM sees the inputs that tell cases apart at all in the searched half, by the distance of Kolmogorov and
Smirnov (Hornberger & Spear 1981, Journal of Environmental Management 12, 7–18) or by rank correlation, after Holm: of
ninety inputs that do nothing some always look as if they did. An input that acts only together with others is missed.

A limit is *stable* that appears, on the same side of the same input, in at least half of the boxes found in bootstrap
samples of the searched half (after Meinshausen & Bühlmann 2010, Journal of the Royal Statistical Society B 72, 417).
Each box of the path is reduced to its stable limits that matter: those that raise φ, the correlation of being in the
box with being a case, are taken one by one, the best first. Of the boxes so reduced the one with the largest φ is
chosen. The next rule is looked for among the rows outside the earlier ones (covering).

The quasi-p of a limit is Bryant & Lempert's (2010): were cases as dense as they are without the limit, how often would
so many rows as the box holds have as many cases, or more. It says whether a limit earns its place on the judging half;
it is no p-value of a test that was planned, and many limits have been tried on the other half.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.stats import binom, ks_2samp, spearmanr

from sim.analysis.discovery.prim import LEAST, PrimBox, Truths, path
from sim.analysis.statistics.multiplicity import holm
from sim.arrays import FloatArray, Ints

BOOTSTRAPS = 40
SEED = 20240307
STABLE = 0.5
"""Share of bootstrap samples in which a limit must appear."""
MOST_LIMITS, MOST_RULES = 4, 3
"""What a sentence can say, and what a picture can show."""
WORTH = 0.01
"""So much a limit must add to φ."""
FEWEST = 20
"""Cases, and rows that are none, that each half needs."""
LEVEL = 0.05
"""A rule is kept when so rarely by chance its box had as many cases on the judging half."""


class TooFew(ValueError):
    """The rows do not allow a rule; the message says why, in words that follow a colon."""


@dataclass(frozen=True, slots=True)
class BoxQuality:
    """How a box does on some rows.

    Attributes
    ----------
    rows, cases
        How many rows there are, and cases among them.
    inside, hits
        The same in the box.
    """

    rows: int
    cases: int
    inside: int
    hits: int

    @property
    def mass(self) -> float:
        """Share of the rows that the box holds."""
        return self.inside / self.rows if self.rows else 0.0

    @property
    def coverage(self) -> float:
        """Share of the cases that lie in it."""
        return self.hits / self.cases if self.cases else 0.0

    @property
    def density(self) -> float:
        """Share of its rows that are cases."""
        return self.hits / self.inside if self.inside else 0.0

    @property
    def share(self) -> float:
        """Share of all rows that are cases."""
        return self.cases / self.rows if self.rows else 0.0

    @property
    def phi(self) -> float:
        """Correlation of being in the box with being a case; 0 where either is true of all rows or of none."""
        out, others = self.rows - self.inside, self.rows - self.cases
        scale = float(self.inside) * out * self.cases * others
        return (self.hits * self.rows - self.inside * self.cases) / scale**0.5 if scale else 0.0

    @classmethod
    def of(cls, box: PrimBox, x: FloatArray, y: Truths) -> BoxQuality:
        """That of a box on these rows."""
        inside = box.holds(x)
        return cls(len(y), int(y.sum()), int(inside.sum()), int(y[inside].sum()))


@dataclass(frozen=True, eq=False)
class Rule:
    """A chosen box with all that is known of it.

    Attributes
    ----------
    box
        Its limits, of the inputs of :class:`Rules`.
    step
        Its place on the path, from 0.
    limits
        One row a limit, the one that most bootstrap samples have first: ``input``, ``side`` (above or below),
        ``limit``, ``quasi_p`` (judging half), ``appears`` (share of bootstrap samples), ``low``, ``high`` (5 and 95 %
        of the limit in those), and ``at``, ``at_low``, ``at_high``: the share of all worlds below each of the three.
    path
        One row a box of the path: ``step``, ``limits`` (how many), ``mass``,
        ``coverage``, ``density``, ``phi`` (searched half, the box as PRIM passed it), ``limits_reduced``,
        ``phi_reduced``, ``chosen``.
    dropped
        Limits of the chosen step that are not stable or add too little, by input and side.
    entered
        The inputs that PRIM saw.
    searched, judged
        Quality on either half, among the rows that earlier rules left.
    coverage
        Share of all cases of the judging half that this rule adds.
    by_chance
        How often as many cases, or more, were in the box by chance on the judging half.
    chosen_by
        Empty, or "you" where the step was named.
    """

    box: PrimBox
    step: int
    limits: pd.DataFrame
    path: pd.DataFrame
    dropped: tuple[tuple[str, str], ...]
    entered: tuple[str, ...]
    searched: BoxQuality
    judged: BoxQuality
    coverage: float
    by_chance: float
    chosen_by: str = ""

    @property
    def holds_up(self) -> bool:
        """Whether the judging half bears it out."""
        return self.by_chance < LEVEL


@dataclass(frozen=True, eq=False)
class Rules:
    """What was found.

    Attributes
    ----------
    inputs
        Names of the columns of a box.
    rules
        The first explains most; each next one is of the rows outside those before it.
    rows, cases
        All rows, and the cases among them.
    judged
        The rows of the judging half, and the cases among them.
    ended
        Why there is no further rule.
    """

    inputs: tuple[str, ...]
    rules: tuple[Rule, ...]
    rows: int
    cases: int
    judged: tuple[int, int]
    ended: str
    ranges: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def share(self) -> float:
        """Share of cases in the judging half."""
        return self.judged[1] / self.judged[0]

    @property
    def together(self) -> float:
        """Share of its cases that lie in some rule's box."""
        return sum(rule.coverage for rule in self.rules)

    @property
    def table(self) -> pd.DataFrame:
        """One row a rule and limit: ``rule``, the columns of its limits, and how the box does on the judging half.

        ``mass``, ``density`` and ``overall`` are among the rows that earlier rules left, ``coverage`` among all cases.
        """
        parts = [
            rule.limits.assign(
                rule=number, mass=rule.judged.mass, coverage=rule.coverage, density=rule.judged.density,
                overall=rule.judged.share, inside=rule.judged.inside, hits=rule.judged.hits, by_chance=rule.by_chance,
                step=rule.step,
            )
            for number, rule in enumerate(self.rules, start=1)
        ]  # fmt: skip
        table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["rule"])
        return table[["rule", *(name for name in table if name != "rule")]]


def find_rules(
    x: pd.DataFrame,
    y: Truths,
    worlds: Ints,
    *,
    amount: FloatArray | None = None,
    step: int | None = None,
    bootstraps: int = BOOTSTRAPS,
) -> Rules:
    """Find the rules for cases of interest, at most :data:`MOST_RULES`.

    Parameters
    ----------
    x
        One row a world, one column an input, numbers.
    y
        (rows,): which are cases of interest.
    worlds
        (rows,): number of each row's world; the even ones are searched, the odd ones judge.
    amount
        (rows,): the number that cases pass, whose rank correlation counts too; None where there is none.
    step
        Place on the path of the first rule's box, where it is not to be chosen.
    bootstraps
        Samples that stability rests on.

    Raises
    ------
    TooFew
        Where a half has too few cases, or too few rows that are none.
    IndexError
        Where the path has no such step; the message is the number of its last.

    Examples
    --------
    >>> x = pd.DataFrame(np.random.default_rng(1).random((2000, 5)), columns=list("abcde"))
    >>> found = find_rules(x, ((x["b"] > 0.7) & (x["d"] < 0.4)).to_numpy(), np.arange(2000))
    >>> found.rules[0].limits[["input", "side", "appears"]]
      input   side  appears
    0     b  above      1.0
    1     d  below      1.0
    """
    searched, judging = worlds % 2 == 0, worlds % 2 == 1
    for half in (searched, judging):
        _check(int(y[half].sum()), int(half.sum()), len(y), int(y.sum()))
    rows = _Rows(tuple(str(name) for name in x), x.to_numpy(dtype=float), y, amount, LEAST * int(searched.sum()))
    of_judging = int(y[judging].sum())
    left, rules, ended = np.ones(len(y), dtype=bool), list[Rule](), f"more than {MOST_RULES} are not looked for"
    while len(rules) < MOST_RULES:
        one, other = searched & left, judging & left
        if min(int(y[half].sum()) for half in (one, other)) < FEWEST:
            ended = f"outside, a half has fewer than {FEWEST} cases"
            break
        rule = _rule(rows, one, other, None if rules else step, bootstraps, of_judging)
        if isinstance(rule, str):
            ended = f"outside, {rule}" if rules else rule
            break
        if rules and not rule.holds_up:
            ended = "what is found outside does not hold up on the judging half"
            break
        rules.append(rule)
        if not rule.holds_up:
            ended = "it does not hold up on the judging half, so none is looked for outside"
            break
        left &= ~rule.box.holds(rows.x)
    counts = (int(judging.sum()), of_judging)
    return Rules(rows.names, tuple(rules), len(y), int(y.sum()), counts, ended, _ranges(x))


@dataclass(frozen=True, eq=False)
class _Rows:
    """All rows: names and values of inputs, cases, the amount they pass, and how many rows a box keeps."""

    names: tuple[str, ...]
    x: FloatArray
    y: Truths
    amount: FloatArray | None
    least: float


def _check(cases: int, rows: int, all_rows: int, all_cases: int) -> None:
    if min(cases, rows - cases) < FEWEST:
        counted = f"{all_cases:,} of {all_rows:,} runs are cases"
        raise TooFew(f"{counted}; each half of the worlds needs {FEWEST} that are and {FEWEST} that are not")


def _ranges(x: pd.DataFrame) -> pd.DataFrame:
    """Lowest and highest value of each input: what its worlds span."""
    return pd.DataFrame({"input": list(x), "least": x.min().to_numpy(), "most": x.max().to_numpy()})


def _rule(
    rows: _Rows, searched: Truths, judging: Truths, step: int | None, bootstraps: int, all_cases: int
) -> Rule | str:
    """The rule of these rows; why there is none, where there is none."""
    entered = telling(rows.x[searched], rows.y[searched], None if rows.amount is None else rows.amount[searched])
    x, y = rows.x[searched][:, entered], rows.y[searched]
    boxes = path(x, y, least=rows.least) if len(entered) else []
    if step is not None and not 1 <= step < len(boxes):
        raise IndexError(len(boxes) - 1)
    if not len(entered):
        return "no input tells cases apart in the searched half beyond chance"
    if len(boxes) == 1:
        return "no cut at an end of an input raises the share of cases"
    appears, spread = _stability(x, y, rows.least, bootstraps)
    stable = _stable(boxes, appears)
    reduced = [_reduced(box, stable, x, y) for box in boxes]
    told, phis = [BoxQuality.of(box, x, y) for box in boxes], [BoxQuality.of(box, x, y).phi for box in reduced]
    at = int(np.argmax(phis)) if step is None else step
    # Of the first boxes, which only a user takes, nothing may be stable; then it is the box as PRIM passed it.
    box = reduced[at] if reduced[at].limits else boxes[at]
    if not box.limits:
        return f"no limit raises φ by {WORTH:g}"
    names = tuple(rows.names[n] for n in entered)
    unseen = rows.x[judging][:, entered], rows.y[judging]
    judged = BoxQuality.of(box, *unseen)
    steps = pd.DataFrame({
        "step": range(len(boxes)), "limits": [len(one.limits) for one in boxes], "mass": [q.mass for q in told],
        "coverage": [q.coverage for q in told], "density": [q.density for q in told], "phi": [q.phi for q in told],
        "limits_reduced": [len(one.limits) for one in reduced], "phi_reduced": phis,
        "chosen": [number == at for number in range(len(boxes))],
    })  # fmt: skip
    return Rule(
        _among_all(box, entered, len(rows.names)), at,
        _limits(names, box, unseen, rows.x[:, entered], appears, spread), steps,
        tuple((names[n], _side(upper)) for n, upper in boxes[at].limits if (n, upper) not in box.limits), names,
        BoxQuality.of(box, x, y), judged, judged.hits / all_cases,
        float(binom.sf(judged.hits - 1, judged.inside, judged.share)), "" if step is None else "you",
    )  # fmt: skip


def telling(x: FloatArray, y: Truths, amount: FloatArray | None = None) -> Ints:
    """Numbers of the inputs that tell cases from other rows, or go with their amount, beyond chance (Holm, 5 %)."""
    apart: list[float | None] = [float(ks_2samp(column[y], column[~y], method="asymp").pvalue) for column in x.T]
    if amount is not None:
        apart += [float(spearmanr(column, amount).pvalue) for column in x.T]
    known = np.array([1.0 if p is None else p for p in holm(apart)]).reshape(-1, x.shape[1])
    return np.flatnonzero((known < LEVEL).any(axis=0))


def _among_all(box: PrimBox, entered: Ints, inputs: int) -> PrimBox:
    """A box of some inputs as one of all."""
    whole = PrimBox.everything(inputs)
    whole.low[entered], whole.high[entered] = box.low, box.high
    return whole


def _side(upper: bool) -> str:
    return "below" if upper else "above"


def _stability(
    x: FloatArray, y: Truths, least: float, bootstraps: int
) -> tuple[dict[tuple[int, bool], float], dict[tuple[int, bool], list[float]]]:
    """In what share of bootstrap samples each limit is one of the box with the largest φ, and where it lies there."""
    drawn = np.random.default_rng(SEED)
    places: dict[tuple[int, bool], list[float]] = {}
    for _ in range(bootstraps):
        rows = drawn.integers(0, len(y), len(y))
        some, cases = x[rows], y[rows]
        boxes = path(some, cases, least=least)
        best = max(boxes, key=lambda box: BoxQuality.of(box, some, cases).phi)
        for at, upper in best.limits:
            places.setdefault((at, upper), []).append(best.value(at, upper))
    return {limit: len(found) / bootstraps for limit, found in places.items()}, places


def _stable(boxes: Sequence[PrimBox], appears: dict[tuple[int, bool], float]) -> set[tuple[int, bool]]:
    """The limits of a path that are stable.

    All of them where none is, as where two boxes are alike and samples find now this one and now that.
    """
    every = {limit for box in boxes for limit in box.limits}
    return {limit for limit in every if appears.get(limit, 0.0) >= STABLE} or every


def _reduced(box: PrimBox, stable: Container[tuple[int, bool]], x: FloatArray, y: Truths) -> PrimBox:
    """The box with those of its stable limits that matter: one by one the limit that raises φ most is taken."""
    left = [limit for limit in box.limits if limit in stable]
    taken, phi = PrimBox.everything(x.shape[1]), 0.0
    while left and len(taken.limits) < MOST_LIMITS:
        tried = [taken.moved(*limit, box.value(*limit)) for limit in left]
        phis = [BoxQuality.of(one, x, y).phi for one in tried]
        best = int(np.argmax(phis))
        if phis[best] < phi + WORTH:
            break
        taken, phi = tried[best], phis[best]
        del left[best]
    return taken


def _limits(
    names: Sequence[str],
    box: PrimBox,
    judging: tuple[FloatArray, Truths],
    everywhere: FloatArray,
    appears: dict[tuple[int, bool], float],
    spread: dict[tuple[int, bool], list[float]],
) -> pd.DataFrame:
    x, y = judging
    mine, rows = BoxQuality.of(box, x, y), []
    for limit in sorted(box.limits, key=lambda limit: appears.get(limit, 0.0), reverse=True):
        without = BoxQuality.of(box.without(*limit), x, y)
        quasi_p = float(binom.sf(mine.hits - 1, mine.inside, without.density)) if mine.inside else 1.0
        low, high = np.quantile(spread[limit], [0.05, 0.95]) if limit in spread else (box.value(*limit),) * 2
        value, column = box.value(*limit), everywhere[:, limit[0]]
        at, at_low, at_high = (float((column < edge).mean()) for edge in (value, low, high))
        rows.append({"input": names[limit[0]], "side": _side(limit[1]), "limit": value, "quasi_p": quasi_p,
                     "appears": appears.get(limit, 0.0), "low": low, "high": high, "at": at, "at_low": at_low,
                     "at_high": at_high})  # fmt: skip
    return pd.DataFrame(rows)
