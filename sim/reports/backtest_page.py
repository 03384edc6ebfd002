"""A backtest for people: its lines and tables on the screen, and the same as a page in Markdown.

Every number comes from the predictions. What the file says in its own words is shown as it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from sim import text as words
from sim.analysis.agreement import REFERENCE
from sim.analysis.backtest.backtest_file import Backtest
from sim.analysis.backtest.predictions import CLOSER, FARTHER, UNTOLD, Predictions
from sim.analysis.backtest.scored_patterns import ScoredPattern
from sim.analysis.statistics.scores import EVEN, brier
from sim.model import MODEL_VERSION
from sim.reports.markdown import markdown, plain
from sim.settings.packaged import packaged_values
from sim.text import CAUTION

SYNTHETIC = "SYNTHETIC: inputs and answers of this file are invented. Nothing of it happened, and no score is evidence."
HOW_TO_READ = (
    "A probability is the share of a theory's runs that show the pattern, with its exact 95 % interval (Clopper and "
    "Pearson's; futures of one world count as one cluster): how well these runs know the share, and not how sure one "
    f"can be of the world. Brier and logarithmic score and CRPS are 0 at best; {EVEN:g} for everything has a Brier "
    f"score of {brier(EVEN, True):g}. A difference below 0 is a smaller, better score.",
    "The climatology of a pattern is its base rate in earlier periods that the file gives, by the rule of succession, "
    "(hits + 1)/(periods + 2), and an even chance where it gives none.",
    "Intervals of mean scores are as wide as if all patterns went together. They leave out which patterns were asked, "
    "and of how few.",
)
_MOST_DECIMALS, _FINEST_DECIMALS = 4, 12
_NAMES = {"T0": "the constant hazard (T0)", "climatology": "the climatology"}


def opening(predictions: Predictions) -> Iterator[str]:
    """What was frozen, put in and known, in lines."""
    backtest = predictions.backtest
    if backtest.synthetic:
        yield SYNTHETIC
    yield (
        f"{backtest.name} (file {backtest.digest}), written on {words.day(backtest.written)}. "
        f"What the authors knew of the time after {words.day(backtest.record_end)} then: {backtest.knew}"
    )
    lists = backtest.posterior
    yield (
        f"Frozen: list {lists.hash} of worlds that lived the record (patterns {lists.patterns} {lists.digest}), model "
        f"version {MODEL_VERSION}, record {lists.record[:12]}; runs to {words.day(backtest.horizon)}, governments "
        f"after the record {'by their rules' if backtest.governments == 'rules' else 'as they stand (scripted)'}."
    )
    yield _worlds(predictions.table)
    if predictions.still:
        shares = [f"{theory} {words.of_runs(lived / runs, runs=runs)}"
                  for theory, (lived, runs) in predictions.still.items()]  # fmt: skip
        yield (
            f"Before {words.day(lists.parts)}, on days that worlds were kept for: {', '.join(backtest.early())}. All "
            f"of the record would still have happened in {', '.join(shares)}."
        )
    yield from _retold(backtest)


def _worlds(table: pd.DataFrame) -> str:
    """How many runs each theory has, and of which worlds."""
    first = table.drop_duplicates("theory")
    parts = []
    for kind, said in (("kept", "kept worlds"), ("prior", "its prior, since too few worlds under it lived the record")):
        rows = first[first["worlds"] == kind]
        counted = [f"{row.theory} {_counted(row)}" for row in rows.itertuples()]
        if counted:
            parts.append(f"{', '.join(counted)} on {said}")
    return f"Runs: {'; '.join(parts)}."


def _counted(row: Any) -> str:
    return f"{row.runs:,}" if row.runs == row.clusters else f"{row.runs:,} (futures of {row.clusters:,} worlds)"


def _retold(backtest: Backtest) -> Iterator[str]:
    """Which patterns look at days that worlds were kept for, and so are no predictions."""
    parts = backtest.posterior.parts
    windows = {one.id: getattr(one.quantity, "window", None) for one in backtest.patterns}
    within = [id for id, window in windows.items() if window is not None and window.first < parts]
    if within:
        yield (
            f"{', '.join(within)}: looks at days before {words.day(parts)}, of which the worlds were kept for what the "
            "record says of them; no prediction."
        )


def inputs(backtest: Backtest) -> pd.DataFrame:
    """One row an input: ``date``, ``input``, ``what``, ``source``."""
    rows = [
        [event.date, event.id, "; ".join(f"{_verb(op)} {name} {_amount(value)}" for name, op, value in event.writes),
         event.text if event.text != event.id else "", backtest.sources.get(event.id, "")]
        for event in backtest.events(packaged_values(REFERENCE))
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["date", "input", "writes", "text", "source"])


def _verb(op: str) -> str:
    return "set" if op == "set" else "add to"


def _amount(value: float | str) -> str:
    return value if isinstance(value, str) else words.number(value)


def answer_line(pattern: ScoredPattern, backtest: Backtest) -> str:
    """What was observed, whence, and since when the authors knew it."""
    answer = pattern.answer(backtest.pool)
    if answer is None:
        return "No answer is given, so nothing is scored."
    seen = ""
    if not isinstance(pattern.observed, bool):
        seen = f" ({pattern.observed:g})" if isinstance(pattern.observed, float) else f" ({pattern.observed})"
    invented = "Invented answer" if backtest.synthetic else "Observed"
    held = "it held" if answer else "it did not hold"
    return f"{invented}: {held}{seen}; {pattern.source}. The authors: {pattern.known_when(backtest.written)}."


def pattern_rows(table: pd.DataFrame, id: str) -> pd.DataFrame:
    """A pattern's predictions and scores for people, one row a theory."""
    found = table[table["pattern"] == id]
    rows = []
    for row in found.to_dict("records"):
        shown = {"theory": _theory(row), "probability": _with_ends(row, "probability", ("low", "high"))}
        if row["answer"] is not None and not pd.isna(row["answer"]):
            shown |= {
                "Brier": _with_ends(row, "brier"), "less T0's": _with_ends(row, "brier_vs_T0", signed=True),
                "less climatology's": _with_ends(row, "brier_vs_climatology", signed=True),
                "log": _with_ends(row, "log"),
            }  # fmt: skip
        if not pd.isna(row.get("crps")):
            shown |= {"CRPS": _with_ends(row, "crps"), "CRPS less T0's": _with_ends(row, "crps_vs_T0", signed=True)}
        rows.append(shown)
    first = found.iloc[0]
    base: dict[str, str] = {"theory": "climatology", "probability": words.number(first["climatology"])}
    if "Brier" in rows[0]:
        base |= {"Brier": words.number(first["brier_climatology"]), "log": words.number(first["log_climatology"])}
    if not pd.isna(first.get("crps_climatology")):
        base["CRPS"] = words.number(first["crps_climatology"])
    return pd.DataFrame([*rows, base]).fillna("")


def _theory(row: Any) -> str:
    said = [*(["T0"] if row["theory"] == REFERENCE else []), *(["prior"] if row["worlds"] == "prior" else [])]
    return f"{row['theory']} ({', '.join(said)})" if said else str(row["theory"])


def _with_ends(row: Any, name: str, ends: tuple[str, str] | None = None, *, signed: bool = False) -> str:
    """An estimate with its interval; nothing where there is none."""
    value = row.get(name)
    if value is None or pd.isna(value):
        return ""
    low, high = (row.get(end) for end in ends or (f"{name}_low", f"{name}_high"))
    if low is None or pd.isna(low):
        return words.number(value, signed=signed)
    if not math.isfinite(high):
        return f"{words.number(value)} ({words.number(low)} to {words.number(high)})"
    decimals = min(words.known_decimals(low, high), _MOST_DECIMALS) if high > low else _MOST_DECIMALS
    middle, first, last = (_fixed(float(one), decimals, signed) for one in (value, low, high))
    return f"{middle} ({first} to {last})"


def _fixed(value: float, decimals: int, signed: bool) -> str:
    """A number to so many decimals; 0 and 1 are said as such, and nothing else is rounded to them."""
    if value in (0, 1):
        return words.number(value, signed=signed)
    while round(abs(value), decimals) in (0, 1) and decimals < _FINEST_DECIMALS:
        decimals += 1
    return words.fixed(value, decimals, signed=signed)


def summary_rows(summary: pd.DataFrame) -> pd.DataFrame:
    """The mean scores for people, one row a theory, the climatology last."""
    rows = [
        {
            "theory": f"{row['theory']} (T0)" if row["theory"] == REFERENCE else row["theory"],
            "mean Brier": _with_ends(row, "brier"), "mean log": words.number(row["log"]),
            "less T0's": _with_ends(row, "brier_vs_T0", signed=True),
            "less climatology's": _with_ends(row, "brier_vs_climatology", signed=True),
        }
        for row in summary.to_dict("records")
    ]  # fmt: skip
    base = {"theory": "climatology", "mean Brier": words.number(summary["brier_climatology"].iloc[0])}
    return pd.DataFrame([*rows, base]).fillna("")


def verdicts(predictions: Predictions) -> Iterator[str]:
    """Which theories came closer than the reference and than the climatology, in a line each."""
    summary = predictions.summary
    if summary.empty:
        yield "No pattern has an answer yet, so nothing is scored: these are predictions, to be scored later."
        return
    count, backtest = int(summary["patterns"].iloc[0]), predictions.backtest
    scored, answers = words.several(count, "pattern"), f"the {'invented ' if backtest.synthetic else ''}answers"
    for other, name in _NAMES.items():
        rows = summary[summary["theory"] != REFERENCE] if other == "T0" else summary
        said = []
        for kind, what in ((CLOSER, f"closer to {answers}"), (FARTHER, f"farther from {answers}"), (UNTOLD, UNTOLD)):
            names = list(rows.loc[rows[f"verdict_{other}"] == kind, "theory"]) if len(rows) else []
            said += [f"{', '.join(names)} {what}"] if names else []
        if said:
            yield f"In this model, on {scored} (mean Brier score), against {name}: {'; '.join(said)}."
    late = sum(one.out_of_sample(backtest.written) for one in backtest.patterns)
    known = "; the others were known, or are taken to have been, so they test nothing out of sample"
    yield f"Answers that came after the file was written: {late} of {count}{known if late < count else ''}."


def backtest_page(predictions: Predictions, command: str, title: str | None = None) -> str:
    """The page as GitHub's Markdown.

    Parameters
    ----------
    predictions
        What came of a backtest.
    command
        The command that makes it again.
    title
        Its heading; else the file's name.
    """
    backtest = predictions.backtest
    parts = [f"# {title or f'Backtest: {plain(backtest.name)}'}", f"`{command}` wrote this page."]
    said = [plain(line) for line in opening(predictions)]
    parts += [f"**{said[0]}**", *said[1:]] if backtest.synthetic else said
    put_in = inputs(backtest)
    parts += ["## What is put into every world", _shown(put_in) if len(put_in) else "Nothing: every lever stays."]
    parts.append("## What is asked")
    for pattern in backtest.patterns:
        parts.append(f"### {plain(pattern.id)}: {plain(pattern.text)}")
        parts.append(plain(f"{pattern.asked(backtest.days)}."))
        parts.append(plain(answer_line(pattern, backtest)))
        if pattern.past is not None:
            parts.append(plain(_earlier(pattern)))
        parts.append(_shown(pattern_rows(predictions.table, pattern.id)))
    parts.append("## All patterns with an answer")
    if not predictions.summary.empty:
        parts.append(_shown(summary_rows(predictions.summary)))
    parts += [plain(line) for line in verdicts(predictions)]
    parts += ["## How to read it", *HOW_TO_READ, CAUTION]
    return "\n\n".join(parts) + "\n"


def _earlier(pattern: ScoredPattern) -> str:
    assert pattern.past is not None
    values = ", ".join(f"{period}: {_past_value(value)}" for period, value in pattern.past.values.items())
    return f"Earlier periods, for the climatology: {values}; {pattern.past.source}."


def _past_value(value: float | bool) -> str:
    return {True: "held", False: "did not hold"}[value] if isinstance(value, bool) else words.number(value)


def _shown(frame: pd.DataFrame) -> str:
    return markdown(frame.map(lambda value: plain(value, cell=True)))
