"""What the studies of events and levers share: options beside a baseline, in worlds that lived the record, in pairs.

An option is the documented world with something changed, once under each theory that has kept worlds. It is lived in
the same worlds as the baseline, so a difference is of a world and itself. All comparisons that a study makes in one
kind of worlds are one family (Holm), and a finding is what all theories say together.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.study import DIGITS, add_store, command, options, publish
from experiments.undisclosed.measure import digest
from sim import text as words
from sim.analysis.agreement import finding
from sim.analysis.comparison import sign
from sim.analysis.lived_record import still_happened
from sim.analysis.statistics.paired_difference import compare_all
from sim.api import open_store
from sim.commands.screen import progress
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.posterior import FEW, Posterior, load_posterior
from sim.ensemble.cases.unknowns import POSTERIOR, PRIOR
from sim.ensemble.design.plan import Plan, distinct, missing_runs
from sim.ensemble.design.request import request
from sim.ensemble.engine.block import Block, Result, simulate
from sim.ensemble.execution.runner import fill
from sim.model import MODEL_VERSION
from sim.model.withdrawal import THEORIES
from sim.outcomes import outcome_of

MODES = (POSTERIOR, PRIOR)
REPLICATES = 400
Tables = Mapping[str, pd.DataFrame]
"""The tables of a study by the names of their files."""


@dataclass(frozen=True)
class Option:
    """One thing that is done to the documented world, or nothing.

    Attributes
    ----------
    keys
        What tables are grouped by, by column.
    cases
        The case under each theory.
    """

    keys: Mapping[str, str]
    cases: Mapping[str, Case]


def kept_theories(posterior: Posterior) -> tuple[str, ...]:
    """The theories that have enough kept worlds, in the order of their numbers."""
    return tuple(theory for theory in THEORIES if len(posterior.kept(theory)) >= FEW)


def documented(mode: str, posterior: Posterior | None = None) -> dict[str, Case]:
    """The documented world under each theory that has kept worlds.

    Parameters
    ----------
    mode
        ``posterior`` or ``prior``: where the worlds are from.
    posterior
        The packaged list, if None.
    """
    theories = kept_theories(posterior or load_posterior())
    return {theory: request([f"theory={theory}", f"unknowns={mode}"]).case for theory in theories}


def study_options(file: str, doc: str | None, replicates: int = REPLICATES, stored: bool = True) -> ArgumentParser:
    """The options of such a study: ``--to``, ``--replicates``, and ``--out`` where its runs are ``stored``."""
    parser = options(file, doc)
    parser.add_argument("--replicates", type=_several, default=replicates, help="worlds of each theory")
    if stored:
        add_store(parser)
    return parser


def carry_out(
    file: str,
    doc: str | None,
    tables: Callable[[int, Path | None], Tables],
    page: Callable[[Tables], str],
    draw: Callable[[Tables, Path], None],
    replicates: int = REPLICATES,
    stored: bool = True,
) -> None:
    """Such a study, as it is called: its tables (from replicates and store, if it has one), page, pictures, written."""
    asked = study_options(file, doc, replicates, stored).parse_args()
    found = tables(asked.replicates, asked.out if stored else None)
    asked.to.mkdir(parents=True, exist_ok=True)
    text = page(found)
    draw(found, asked.to)
    publish(asked.to, text, {f"{name}.csv": table for name, table in found.items()}, float_format=DIGITS)


def provenance(file: str, rests: pd.DataFrame) -> dict[str, str]:
    """What the pictures of a study carry, from what it rests on (:func:`basis`)."""
    replicates, mark, seed = (rests[name].iloc[0] for name in ("replicates", "list", "root_seed"))
    return {
        "case": f"list {mark}",
        "seeds": str(seed),
        "version": f"model {MODEL_VERSION}",
        "command": command(file, replicates=int(replicates)),
    }


def theories_of(found: Tables) -> list[str]:
    """The theories that were asked, in the order of their numbers."""
    asked = set(found["differences"]["theory"])
    return [theory for theory in THEORIES if theory in asked]


def _several(word: str) -> int:
    """A whole number of worlds, at least two: of one there is nothing to compare."""
    if not word.isdecimal() or int(word) < 2:
        raise ArgumentTypeError(f"{word}: a whole number of worlds, at least 2")
    return int(word)


def live(every: Iterable[Option], replicates: int, out: Path | None) -> pd.DataFrame:
    """The runs of all these options, those that the store has already included.

    Returns
    -------
    One row a run as the store has it; only good runs of the first ``replicates`` places are among them.

    Raises
    ------
    SystemExit
        When a run failed: a page of what is left would say something else.
    """
    cases = distinct([case for option in every for case in option.cases.values()])
    usual = request([]).plan
    plan = Plan(cases, range(replicates), usual.root_seed, executor=usual.executor)
    store = open_store(out)
    with progress(sum(map(len, missing_runs(plan, store).values()))) as advance:
        report = fill(plan, store, advance)
    if report.failures:
        raise SystemExit(f"{len(report.failures)} runs failed; the first: {report.failures[0]}")
    runs = store.runs(cases=[case.id for case in cases])
    places = pd.Series(-1, index=runs.index)
    for case in cases:
        of = runs["case"] == case.id
        rows = runs[of]
        places[of] = case.places(rows["replicate"].to_numpy(), rows["future"].to_numpy())
    wanted = (runs["root_seed"] == plan.root_seed) & places.between(0, replicates - 1) & (runs["status"] == "ok")
    return runs[wanted].reset_index(drop=True)


def simulated(case: Case, replicates: int, width: int = 128) -> Iterator[Result]:
    """The first so many worlds of a case, lived here and now, block by block; nothing is stored.

    For what the table of runs does not have: what happened when, and who left.

    Parameters
    ----------
    width
        Runs stepped together; changes no number.

    Raises
    ------
    SystemExit
        When a run failed.
    """
    root_seed = request([]).plan.root_seed
    for begin in range(0, replicates, width):
        worlds, futures = case.addresses(np.arange(begin, min(begin + width, replicates), dtype=np.int64))
        result = simulate(Block((case,), np.zeros(len(worlds), dtype=np.int64), worlds, root_seed, futures=futures))
        if failed := [message for message in result.messages if message]:
            raise SystemExit(f"{len(failed)} runs failed; the first: {failed[0]}")
        yield result


def differences(
    nothing: Option, changed: Sequence[Option], runs: pd.DataFrame, outcomes: Sequence[str]
) -> pd.DataFrame:
    """Each option less the baseline, theory by theory and outcome by outcome: one family of comparisons.

    Returns
    -------
    The options' keys, then theory, outcome, worlds, documented (the baseline's mean), difference, low, high (95 %
    interval of the mean difference), fewer, more (shares of the worlds), p (Holm's), side (−1 or 1 where Holm tells,
    0 where nothing differs, null where it cannot be told).
    """
    wanted = [
        (option, theory, outcome)
        for option in changed
        for theory in option.cases
        for outcome in outcomes
    ]  # fmt: skip
    told = compare_all(runs, [(nothing.cases[theory].id, o.cases[theory].id, name) for o, theory, name in wanted])
    rows = []
    for (option, theory, outcome), one in zip(wanted, told, strict=True):
        fewer, more = (one.worse, one.better) if outcome_of(outcome).higher_is_better else (one.better, one.worse)
        rows.append({**option.keys, "theory": theory, "outcome": outcome, "worlds": one.pairs,
                     "documented": one.baseline_mean, "difference": one.difference, "low": one.low, "high": one.high,
                     "fewer": fewer, "more": more, "p": one.adjusted_p, "side": sign(one)})  # fmt: skip
    return pd.DataFrame(rows)


def still(every: Sequence[Option], runs: pd.DataFrame) -> pd.DataFrame:
    """In how many worlds the record would still have happened: the options' keys, theory, lived, worlds."""
    of_case = dict(iter(runs.groupby("case")))
    rows = []
    for option in every:
        for theory, case in option.cases.items():
            lived, worlds = still_happened(case, of_case[case.id])
            rows.append({**option.keys, "theory": theory, "lived": lived, "worlds": worlds})
    return pd.DataFrame(rows)


def findings(table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """What the theories say together of each option and outcome.

    Returns
    -------
    The columns ``by``, then finding (:data:`sim.analysis.agreement.FINDINGS`), side (of all, where it holds, else 0),
    least and most (of the theories' mean differences), mean (over theories).
    """
    rows = []
    for keys, some in table.groupby(list(by), sort=False):
        sides = [None if pd.isna(side) else int(side) for side in some["side"]]
        said = finding(sides)
        side = sides[0] if said == "holds" else 0
        ends = {"least": some["difference"].min(), "most": some["difference"].max(), "mean": some["difference"].mean()}
        rows.append({**dict(zip(by, keys, strict=True)), "finding": said, "side": side, **ends})
    return pd.DataFrame(rows)


def basis(every: Iterable[Option], mode: str, replicates: int) -> pd.DataFrame:
    """What a study rests on, one row a case: the options' keys, theory, mode, case, replicates, model, list,
    root_seed (of the bank).

    A page is of these cases (whose ids hold every setting, event and bank), this version of the model and this list of
    kept worlds; where one of them is another today, the page is stale.
    """
    posterior = load_posterior()
    mark = digest(posterior)
    rows = [
        {**option.keys, "theory": theory, "mode": mode, "case": case.id, "replicates": replicates,
         "model": MODEL_VERSION, "list": mark, "root_seed": posterior.root_seed}
        for option in every
        for theory, case in option.cases.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


# In words


def named(theory: str) -> str:
    """Number and name of a theory: "T2 prospects"."""
    return f"{THEORIES[theory].number} {words.spoken(theory)}"


def under(theories: Sequence[str], of: Sequence[str]) -> str:
    """Under which of some theories: "under every theory", "under T1 and T3"."""
    if set(theories) == set(of):
        return "under every theory"
    return f"under {listed([THEORIES[theory].number for theory in of if theory in theories])}"


def listed(names: Sequence[str]) -> str:
    """ "a, b and c"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))


def cell(row: Mapping[str, object] | pd.Series) -> str:
    """A difference with its interval, in bold where Holm's rule tells its side: "**−4.2 (−4.9 to −3.6)**"."""
    difference, low, high = (float(row[name]) for name in ("difference", "low", "high"))  # type: ignore[arg-type]
    if pd.isna(difference):
        return "no world has it"
    if pd.isna(low):
        return f"{words.estimate(difference, signed=True)} (no interval)"
    if low == high:
        return words.estimate(difference, signed=True)
    ends = words.interval(low, difference, high, signed=True)
    said = f"{ends[1]} ({ends[0]} to {ends[2]})"
    return f"**{said}**" if row["side"] in (-1, 1) else said


def span(row: pd.Series) -> str:
    """A finding's least and most in words, once where they read the same."""
    ends = [words.estimate(row[name], signed=True) for name in ("least", "most")]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def verdict(row: Mapping[str, object] | pd.Series) -> str:
    """What theories say together, with the side where they agree: "holds: fewer"."""
    if row["finding"] != "holds":
        return str(row["finding"])
    return f"holds: {'fewer' if row['side'] < 0 else 'more'}"  # type: ignore[operator]


def reach(low: float, high: float) -> str:
    """From which to which number: "3.1 to 7.4", one number where both print alike."""
    first, last = words.estimate(low), words.estimate(high)
    return first if first == last else f"{first} to {last}"


def hundredths(shares: Sequence[float]) -> str:
    """From which to which of 100: "41–73"; never rounded to nothing or to all."""
    low, high = (words.hundredth(share).replace("-", "−") for share in (min(shares), max(shares)))
    if low == high:
        return low
    return f"{low} to {high}" if set("−<>") & set(low + high) else f"{low}–{high}"
