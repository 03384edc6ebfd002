"""What a calibration found, as a page for people who are no modellers: Markdown, and one self-contained HTML file.

Every number comes from the results; what the bank was interrupted before is said to be missing.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from sim import text as words
from sim._version import __version__
from sim.analysis.calibration.results import ALL, FRAMES, HALVED, RECORD, CalibrationResults
from sim.errors import UserMistake
from sim.figures.calibration.draw import title
from sim.figures.drawing.layout import CAUTION
from sim.figures.drawing.style import context
from sim.figures.provenance.picture import Picture
from sim.files import commit_all
from sim.reports.calibration_cells import (
    WORDS,
    cell_of,
    fixed,
    hundred,
    listed,
    of_100,
    outcome_text,
    p_value,
    pattern_text,
    rate_of,
    setting_of,
    share_of,
    theory_name,
    theory_numbers,
    unit_of,
    value_at,
)
from sim.reports.html_page import html_page
from sim.reports.markdown import markdown, plain

NAME = "calibration"
"""Of the page's files without ending."""
HEADING = "What the record tells, and what it does not"
MOST = 120
"""Rows of a table; what is left out is counted."""
_MISSING = "Not computed in this bank."


def calibration_page(results: CalibrationResults, pictures: Sequence[Picture] = ()) -> str:
    """The page as GitHub's Markdown.

    Parameters
    ----------
    results
        What was found; a section whose frame is missing says so.
    pictures
        Shown under the first heading; their PNGs lie beside the page under their own names.
    """
    return "\n\n".join(part for section in _SECTIONS for part in section(results, pictures)) + "\n"


def calibration_html(results: CalibrationResults, pictures: Sequence[Picture] = ()) -> str:
    """The same as one HTML file with the pictures inside; parameters as :func:`calibration_page`."""
    drawn = {f"{picture.name}.png": _png(picture) for picture in pictures}
    return html_page(calibration_page(results, pictures), HEADING, pictures=drawn)


def save(results: CalibrationResults, folder: Path, pictures: Sequence[Picture], command: Sequence[str]) -> list[Path]:
    """Write pictures with their data, ``calibration.md`` and ``calibration.html``, and return the paths.

    Parameters
    ----------
    folder
        Where; made where it is missing.
    command
        As it was typed; the pictures carry it.

    Raises
    ------
    UserMistake
        A file cannot be written.
    """
    paths = [picture.save(folder, command) for picture in pictures]
    texts = {f"{NAME}.md": calibration_page(results, pictures), f"{NAME}.html": calibration_html(results, pictures)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        commit_all({folder / name: text.encode() for name, text in texts.items()})
    except OSError as fault:
        raise UserMistake("out", folder, f"cannot be written: {fault.strerror or fault}") from fault
    return [*paths, *(folder / name for name in texts)]


# Sections


def _opening(results: CalibrationResults, pictures: Sequence[Picture]) -> Iterator[str]:
    yield f"# {HEADING}"
    if results.bank.interrupted:
        yield "**The bank was interrupted: what follows rests on the prior runs that were there by then.**"
    if len(results.of("shift")) or len(results.of("compatibility")):
        yield f"**{plain(title(results, theories=theory_numbers(results)))}.**"
    yield (
        "A *prior run* is one run of the model in which every setting that nobody knows (an *unknown*) was drawn at "
        "random from the range that is thought plausible (its *prior range*), with luck of its own. Where, in that one "
        "run, every *pattern* of the record holds, the run is a *world that lived the record*, and is kept. Whatever "
        "is said here compares kept worlds with all prior runs. It is about this model and its ranges: exploratory, "
        "not a forecast."
    )
    yield listed(_answers(results))
    for picture in pictures:
        yield f"![{plain(picture.alt)}]({picture.name}.png)"


def _answers(results: CalibrationResults) -> Iterator[str]:
    """The answers in a line each."""
    shift = results.of("shift")
    if len(shift):
        told = shift[shift["told"].astype(bool)]["setting"].nunique()
        yield f"**The unknowns.** The record tells something about {told} of {shift['setting'].nunique()}."
    record = results.of("compatibility", variant=RECORD)
    if len(record):
        each = "; ".join(f"{theory_name(row['theory'])} {rate_of(row)}" for row in record.to_dict("records"))
        yield f"**Compatibility.** Prior runs that live the record: {each}."
    if len(confusion := results.of("confusion")):
        first = confusion[confusion["given"] == confusion["given"].iloc[0]].to_dict("records")
        each = "; ".join(f"{theory_name(row['theory'])} {of_100(row.get(row['theory'], math.nan))}" for row in first)
        yield f"**Telling theories apart.** Named rightly by the patterns when it is true: {each}."
    if results.passed is not None:
        yield f"**Trust.** The self-check {'passed' if results.passed else 'FAILED: do not use these worlds'}."
    if len(found := results.of("observations")):
        best = found.sort_values("bits", ascending=False, kind="stable").iloc[0]
        yield (
            f"**What to look for.** Of what could still become known, *{plain(_observed(best.to_dict()))}* would tell "
            f"the {int(best['theories'])} theories that have kept worlds apart best."
        )


def _unknowns(results: CalibrationResults, pictures: Sequence[Picture]) -> Iterator[str]:
    yield "## 1 What the record tells about each unknown"
    shift = results.of("shift")
    shift = shift[shift["kept"] > 0]
    if not len(shift):
        yield _MISSING if results.shift is None else "No world is kept, so nothing is told about any unknown."
        return
    tests = shift.groupby("theory", sort=False)["setting"].count()
    told = shift[shift["told"].astype(bool)].copy()
    yield (
        "For each theory and unknown, kept worlds are compared with the prior range: the test asks whether the two "
        "differ anywhere, not only in the middle (Kolmogorov and Smirnov's). So many tests "
        f"({', '.join(f'{count} under {theory_name(theory)}' for theory, count in tests.items())}) would find "
        "differences by luck alone, so p is corrected for their number (Holm's method, within a theory); an unknown is "
        "called *told* where the corrected p is below 0.05."
    )
    yield (
        "How to read a row: *middle half, kept* is where half of the kept worlds lie; *middle half, prior* is where "
        "half of the prior range lies, in the same unit. *Shift* says how far the mean moved, in standard deviations "
        "of the prior (below 0.2 is little, above 0.8 much); *narrower* is the share of the spread that is gone (a "
        "minus sign: wider)."
    )
    told["size"] = told["shift"].abs()
    farthest = told.groupby("setting")["size"].max()
    told["most"] = told["setting"].map(farthest)
    told = told.sort_values(["most", "setting"], ascending=[False, True], kind="stable")
    if len(told):
        yield markdown(pd.DataFrame([_shift_row(results, row) for row in told.head(MOST).to_dict("records")]),
                       code=["unknown"])  # fmt: skip
    if len(told) > MOST:
        yield f"{len(told) - MOST} more rows are in the table of F9, each with a smaller effect."
    yield "### What it says nothing about"
    known = set(told["setting"])
    untold = [name for name in dict.fromkeys(map(str, shift["setting"])) if name not in known]
    yield ("About these the record says nothing under any theory; whoever wants to know them has to look elsewhere: "
           + ", ".join(f"`{name}`" for name in untold) + ".") if untold else \
        "There is none: each unknown is told under some theory."  # fmt: skip
    yield "### What it ties together"
    yield from _dependence(results)


def _shift_row(results: CalibrationResults, row: Mapping[Any, Any]) -> dict[str, str]:
    setting = setting_of(results, str(row["theory"]), str(row["setting"]))
    unit = "prior quantiles" if setting is None else unit_of(setting)
    return {
        "unknown": str(row["setting"]), "meaning": "" if setting is None else plain(setting["text"], cell=True),
        "theory": theory_name(row["theory"], cell=True),
        "middle half, kept": f"{value_at(setting, row['q25'])} to {value_at(setting, row['q75'])}",
        "middle half, prior": f"{value_at(setting, 0.25)} to {value_at(setting, 0.75)}", "unit": plain(unit, cell=True),
        "shift (prior SD)": fixed(row["shift"]),
        "narrower (of 100)": "–" if pd.isna(row["narrowing"]) else words.number(round(100 * row["narrowing"])),
        "p (Holm)": p_value(row["p_holm"]),
        "kept worlds": f"{int(row['kept']):,}",
    }  # fmt: skip


def _dependence(results: CalibrationResults) -> Iterator[str]:
    rows = results.of("dependence")
    if results.dependence is None:
        yield _MISSING
        return
    yield (
        "Two unknowns can make up for each other: many values of the one go with the record if the other fits. Then "
        "the record tells about the two together and not about each. *Rank correlation* goes from −1 to 1; 0 is no tie "
        "(Spearman's, in kept worlds, beside the same in all prior runs; p corrected for the number of pairs, Holm)."
    )
    if not len(rows):
        yield "No pair of unknowns is tied so closely that it could not be luck."
        return
    shown = [{"unknown": row["first"], "and": row["second"], "theory": theory_name(row["theory"], cell=True),
              "rank correlation": fixed(row["correlation"]), "in all prior runs": fixed(row["prior"]),
              "p (Holm)": p_value(row["p_holm"])}
             for row in rows.head(MOST).to_dict("records")]  # fmt: skip
    yield markdown(pd.DataFrame(shown), code=["unknown", "and"])
    if len(rows) > MOST:
        yield f"{len(rows) - MOST} more pairs, each tied less, are not shown."


def _compatibility(results: CalibrationResults, pictures: Sequence[Picture]) -> Iterator[str]:
    yield "## 2 How compatible each theory is with the record"
    rows = results.of("compatibility")
    if not len(rows):
        yield _MISSING
        return
    yield (
        "The table says how many of 100 prior runs live the record, with a 95 % interval (Wilson's) for the luck of "
        "having drawn so many and no more. **It is not the probability of a theory.** It scales with the widths of the "
        "prior ranges: a theory with wide ranges wastes most of its draws, however right it may be. So look at whether "
        "the order of theories survives the rows below the first, each of which counts otherwise: leave out the "
        "pattern that rests on a disputed report, take it in another reading, widen or narrow all tolerances, or halve "
        "one assumed range (from the least to the largest share over all such ranges)."
    )
    yield (
        "The patterns were known when the model was written. So a high share is no evidence from outside of the "
        "sample: a model can be built, knowingly or not, to show what its makers have seen."
    )
    if {"C1", "C2"} <= set(results.bank.pattern_texts):
        several = len(results.bank.pattern_texts)
        yield (f"C1 is implied by C2: where the first report comes on a day after the quiet time, that time was quiet. "
               f"So there are {WORDS.get(several - 1, several - 1)} patterns that can fail on their own, not "
               f"{WORDS.get(several, several)}; both are kept because the record says both.")  # fmt: skip
    yield markdown(_by_theory(results, rows, _variant_rows(rows)))
    yield "### The older rule"
    half = results.of("half_rule")
    if not len(half):
        yield _MISSING
        return
    counted = " or ".join(f"{count:,}" for count in dict.fromkeys(half["worlds"].astype(int)))
    runs = words.span(half["runs"].min(), half["runs"].max())
    yield (
        "Before worlds were kept one by one, a setting of the unknowns counted as compatible with a pattern when the "
        f"pattern held in at least half of {runs} runs under fresh luck. The table says in how many of 100 of a sample "
        f"of kept worlds ({counted} a theory) that is so. A low number means that a kept world owes the pattern to "
        "luck more than to its unknowns."
    )
    patterns = dict.fromkeys(map(str, half["pattern"]))
    lines = {
        pattern_text(results, name): partial(cell_of, column="pattern", value=name, make=share_of) for name in patterns
    }
    yield markdown(_by_theory(results, half, lines, "pattern"))
    yield from _reasons(results)


def _reasons(results: CalibrationResults) -> Iterator[str]:
    """C4, which no single run can show."""
    yield "### Both reasons"
    rows = results.of("reasons")
    if not len(rows):
        yield _MISSING
        return
    yield (
        "C4 says that both reasons which officers gave are real: with violence off, and with ambiguity off, exits in "
        "the surge are at least 10 of 100 fewer. It is a property of many runs, and no world is kept for it. Here it "
        f"is asked of {rows['worlds'].max():,} kept worlds of each theory, under the same draws; the interval is of "
        "sampling error."
    )
    table = [
        {
            "theory": theory_name(row["theory"]),
            "off": row["reason"],
            "exits in the surge (mean, officers)": words.estimate(row["exits"]),
            "without": words.estimate(row["exits_without"]),
            "fewer, of 100 (95 %)": f"{100 * row['share']:.0f} ({100 * row['low']:.0f} to {100 * row['high']:.0f})",
            "C4": "holds" if row["holds"] else "fails",
        }
        for row in rows.to_dict("records")
    ]
    yield markdown(pd.DataFrame(table))


def _variant_rows(rows: pd.DataFrame) -> dict[str, Callable[[pd.DataFrame], str]]:
    names = list(dict.fromkeys(map(str, rows["variant"])))
    found: dict[str, Callable[[pd.DataFrame], str]] = {
        plain("all patterns hold" if name == RECORD else name, cell=True): partial(
            cell_of, column="variant", value=name, make=rate_of
        )
        for name in names
        if not name.startswith(HALVED)
    }
    if any(name.startswith(HALVED) for name in names):
        found["one assumed range halved"] = _halves
    return {"prior runs (draws)": _draws, **found}


def _draws(some: pd.DataFrame) -> str:
    rows = some[some["variant"] == RECORD]
    return f"{int(rows['draws'].iloc[0]):,}" if len(rows) else "–"


def _halves(some: pd.DataFrame) -> str:
    """From the least to the largest share, each with the setting whose range is halved."""
    halved = some["variant"].astype(str).str.startswith(HALVED) & (some["draws"] > 0)
    rows = some[halved].sort_values("share", kind="stable")
    if not len(rows):
        return "–"
    if not rows["kept"].any():
        return "none kept"
    ends = [f"{words.estimate(100 * row['share'])} ({str(row['variant']).removeprefix(HALVED)})"
            for row in (rows.iloc[0], rows.iloc[-1])]  # fmt: skip
    return plain(f"{ends[0]} to {ends[1]}", cell=True)


def _by_theory(
    results: CalibrationResults, rows: pd.DataFrame, lines: Mapping[str, Callable[[pd.DataFrame], str]],
    first: str = "of 100 prior runs",
) -> pd.DataFrame:  # fmt: skip
    """A table with a column a theory; each of ``lines`` makes a cell of the rows of a theory."""
    theories = [name for name in results.theories if (rows["theory"] == name).any()]
    of = {theory_name(theory, cell=True): rows[rows["theory"] == theory] for theory in theories}
    shown = [{first: name, **{head: make(some) for head, some in of.items()}} for name, make in lines.items()]
    return pd.DataFrame(shown)


def _confusion(results: CalibrationResults, pictures: Sequence[Picture]) -> Iterator[str]:
    yield "## 3 What yes-or-no patterns can tell apart"
    rows = results.of("confusion")
    if not len(rows):
        yield _MISSING
        return
    theories = [name for name in map(str, rows.columns) if name not in FRAMES["confusion"]]
    yield (
        "Pretend that one theory is true, and let each of its prior runs be the record. Which theory would the "
        "patterns name, judging only by which of them hold and which do not, with all theories given equal weight? "
        "Each row is a theory that is true, each column one that is named; numbers are of 100 runs, and the bold one "
        f"is named rightly. Guessing blindly would be right in {words.estimate(100 / max(len(theories), 1))} of 100. "
        "Where the bold number is not well above that, the patterns cannot tell that theory from the others."
    )
    for given, some in rows.groupby("given", sort=False):
        alike = " To yes-or-no patterns these runs all look alike, so one theory is named for them, whichever is true."
        yield f"Counted: {plain(given)}.{alike if given == 'all patterns hold' else ''}"
        yield markdown(pd.DataFrame([
            {"true theory": theory_name(row["theory"], cell=True),
             **{theory_name(named, cell=True): _named_cell(row, named) for named in theories},
             "runs": f"{int(row['n']):,}"}
            for row in some.to_dict("records")]))  # fmt: skip


def _named_cell(row: Mapping[Any, Any], named: str) -> str:
    text = hundred(row[named])
    return f"**{text}**" if named == row["theory"] and text != "–" else text


def _trust(results: CalibrationResults, pictures: Sequence[Picture]) -> Iterator[str]:
    yield "## 4 Whether the method can be trusted"
    check = results.of("self_check")
    if results.passed is None:
        yield _MISSING
    else:
        failed = [theory_name(name) for name, passed in results.self_check_passed.items() if not passed]
        yield ("**Verdict: passed.** What this method says about unknowns that are known to us is right as often as it "
               "claims." if results.passed else
               f"**Verdict: failed under {', '.join(failed)}.** What this method says about unknowns that are known to "
               "us is wrong more often than it claims: the worlds of this bank must not be used.")  # fmt: skip
    yield (
        "The check (simulation-based calibration) turns the question round. Made-up truths were drawn under another "
        "root seed, with unknowns that we know; the bank was asked what it says about them, given only which patterns "
        "held. If the method is right, the truth lies anywhere among the bank's answers, as often low as high: in the "
        "middle half in 50 of 100 cases, in the middle 90 of 100 in 90."
    )
    if len(check):
        yield (
            "How to read a row: *distance* is the largest gap (0 to 1) between where the truths lie and where they "
            "should; above the *limit*, which allows for all unknowns being tried at once, it can hardly be luck. A "
            "*cell* is all truths for which the same patterns hold; each is looked at by itself, too."
        )
        rows = [_check_row(results, str(theory), some) for theory, some in check.groupby("theory", sort=False)]
        yield markdown(pd.DataFrame(rows), code=["farthest unknown"])
        if len(outside := check[~check["inside"].astype(bool)]):
            named = [f"`{row['setting']}` under {theory_name(row['theory'])} ({_gap(row)})"
                     for row in outside.head(MOST).to_dict("records")]  # fmt: skip
            yield f"Unknowns outside of the limit: {'; '.join(named)}."
        cells = results.of("cells")
        if len(outside := cells[~cells["inside"].astype(bool)]):
            named = [f"{plain(row['cell'])} under {theory_name(row['theory'])} (`{row['worst']}`, {_gap(row)})"
                     for row in outside.head(MOST).to_dict("records")]  # fmt: skip
            yield f"Cells outside of their limit, by the patterns that hold: {'; '.join(named)}."
    if len(coverage := results.of("coverage")):
        yield (
            "How often the interval holds the truth, by how many of the bank's draws an answer rests on; *should* and "
            "*does* are of 100 answers, and *may* is the range that luck allows, all rows taken together."
        )
        yield markdown(pd.DataFrame([
            {"theory": theory_name(row["theory"], cell=True), "draws in the cell": plain(row["draws"], cell=True),
             "should": words.number(round(100 * row["level"], 6)), "does": words.number(100 * row["coverage"]),
             "may": "not judged" if pd.isna(row["low"]) else _percent_span(row["low"], row["high"]),
             "holds": "yes" if row["holds"] else "NO", "truths": f"{int(row['truths']):,}"}
            for row in coverage.to_dict("records")]))  # fmt: skip
    yield (
        "**The trap.** Each prior run needs luck of its own. Under one luck for all of them, the same attacks and the "
        "same squads meet every draw of the unknowns, and one asks which unknowns fit *that* luck: some theories then "
        "look several times more compatible than they are, others several times less, and the answer is another under "
        "the next luck. Common luck is right for comparing two options in one world, and wrong for learning about "
        "worlds. A bank cannot be made that way, and this check fails on one that was."
    )


def _percent_span(low: float, high: float) -> str:
    """The range of a share, of 100; a band that is wider than what a share can be ends there."""
    return words.span(round(100 * max(low, 0.0), 1), round(100 * min(high, 1.0), 1))


def _gap(row: Mapping[Any, Any]) -> str:
    return f"{words.fixed(row['ks'], 3)} against {words.fixed(row['limit'], 3)}"


def _check_row(results: CalibrationResults, theory: str, some: pd.DataFrame) -> dict[str, str]:
    worst = some.assign(of_limit=some["ks"] / some["limit"]).sort_values("of_limit", kind="stable").iloc[-1]
    outside, cells = int((~some["inside"].astype(bool)).sum()), results.of("cells", theory=theory)
    return {"theory": theory_name(theory, cell=True), "unknowns": f"{len(some):,}",
            "outside of the limit": f"{outside:,}",
            "farthest unknown": str(worst["setting"]), "distance (0 to 1)": words.fixed(worst["ks"], 3),
            "limit": words.fixed(worst["limit"], 3), "truths": f"{int(worst['truths']):,}",
            "cells": f"{len(cells):,}", "cells outside": f"{int((~cells['inside'].astype(bool)).sum()):,}",
            "left out, too few draws alike": f"{results.bank.left_out.get(theory, 0):,}"}  # fmt: skip


def _observations(results: CalibrationResults, pictures: Sequence[Picture]) -> Iterator[str]:
    yield "## 5 Which further observation would tell the theories apart"
    rows = results.of("observations")
    if not len(rows):
        yield _MISSING
        return
    most = math.log2(max(int(rows["theories"].max()), 1))
    yield (
        "Nobody has published these. The table says what each would be worth if somebody did, in worlds that lived the "
        "record and with all theories given equal weight. *Information* is in bits: 0 tells nothing, 1 halves the "
        f"theories in question, and knowing which is true takes {words.fixed(most, 2)}; its 95 % interval comes from "
        "drawing the worlds again. *Named rightly* says in how many of 100 worlds that were set aside the observation "
        f"would point to the theory that is true; chance alone does in {words.estimate(100 * rows['chance'].iloc[0])}."
    )
    shown = []
    for row in rows.sort_values("bits", ascending=False, kind="stable").head(MOST).to_dict("records"):
        low, middle, high = words.interval(row["low"], row["bits"], row["high"])
        shown.append({"observation": plain(_observed(row), cell=True), "information (bits)": middle,
                      "95 % interval": f"{low} to {high}", "named rightly (of 100)": hundred(row["right"]),
                      "worlds a theory": f"{int(row['worlds']):,}"})  # fmt: skip
    yield markdown(pd.DataFrame(shown))


def _observed(row: Mapping[Any, Any]) -> str:
    """An observation in words, where there are any for it."""
    return str(row.get("text") or row["observation"])


def _undisclosed(results: CalibrationResults, pictures: Sequence[Picture]) -> Iterator[str]:
    yield "## The number that nobody published"
    rows = results.of("undisclosed")
    if not len(rows):
        yield _MISSING
        return
    yield (
        "How many officers had stepped out is not disclosed, and no pattern asks for a number. This is how many are "
        "out in worlds that lived the record. *Half* and *90 of 100* are of kept worlds: they say how much worlds "
        "differ, not how well an average is known. Numbers of different theories cannot be averaged; that they differ, "
        "or do not, is the finding. Unit: officers. Stepping out is a legitimate choice."
    )
    for outcome, some in rows.groupby("outcome", sort=False):
        yield f"### {plain(outcome_text(results, str(outcome)))}"
        yield markdown(pd.DataFrame([
            {"theory": theory_name(row["theory"], cell=True), "median (officers)": words.number(row["q50"]),
             "half of the worlds": words.span(row["q25"], row["q75"]),
             "90 of 100 worlds": words.span(row["q05"], row["q95"]), "kept worlds": f"{int(row['kept']):,}"}
            for row in some.to_dict("records")]))  # fmt: skip


def _luck(results: CalibrationResults, pictures: Sequence[Picture]) -> Iterator[str]:
    yield "## How much is luck"
    rows, bank = results.of("luck"), results.bank
    if not len(rows):
        yield _MISSING
        return
    made = f" ({bank.worlds:,} worlds a theory, each under {bank.fresh:,} draws of luck)" if bank.worlds else ""
    yield (
        f"Why do worlds that lived the record differ in what comes of them{made}? The table splits the variance of "
        "each outcome: what differs under other luck with the same unknowns, what differs with the unknowns, and what "
        "differs with the theory (where all are taken together, with equal weight). Shares are of 100; together they "
        "make the whole. What is luck, no knowledge of the unknowns can take away."
    )
    rows = rows.sort_values("theory", key=lambda names: names != ALL, kind="stable")
    rows = rows.sort_values("outcome", key=lambda names: names.map({n: k for k, n in enumerate(dict.fromkeys(names))}),
                            kind="stable")  # fmt: skip
    yield markdown(pd.DataFrame([
        {"outcome": plain(outcome_text(results, str(row["outcome"])), cell=True),
         "theory": "all, equal weight" if row["theory"] == ALL else theory_name(row["theory"], cell=True),
         "luck (of 100, 95 %)": share_of(row, "luck"), "unknowns (of 100)": hundred(row["unknowns"]),
         "theory (of 100)": hundred(row["theory_share"])} for row in rows.to_dict("records")]))  # fmt: skip


def _bank(results: CalibrationResults, pictures: Sequence[Picture]) -> Iterator[str]:
    bank = results.bank
    yield "## How the bank was made, and how to make it again"
    yield f"`{' '.join(bank.command.replace('`', '').split())}`"
    ended = "interrupted before" if bank.interrupted else "it went on until"
    yield (
        f"Every prior run goes on to the last day that a pattern looks at; {ended} {bank.wanted:,} worlds a theory "
        f"were kept or {bank.cap:,} were drawn, and a theory of which none is kept in its first draws stops early. The "
        "same command with the same versions gives the same worlds to the bit, on any number of cores; given again, it "
        "goes on where it stopped."
    )
    yield markdown(pd.DataFrame([
        {"theory": theory_name(name, cell=True), "prior runs (draws)": f"{bank.draws[name]:,}",
         "kept worlds": f"{bank.kept[name]:,}"} for name in bank.draws]))  # fmt: skip
    facts = {
        "root seed": str(bank.root_seed), "patterns": f"{bank.patterns} (digest {bank.patterns_digest})",
        "record": bank.record, "model version": str(bank.model_version),
        "state": "interrupted" if bank.interrupted else "complete",
        "time": words.several(round(bank.seconds), "second"),
    }  # fmt: skip
    yield markdown(
        pd.DataFrame([{"of the bank": key, "value": plain(value, cell=True)} for key, value in facts.items()])
    )
    if bank.pattern_texts:
        yield "The patterns, each of which has to hold in a run that is kept:"
        yield listed(f"{plain(id)}: {plain(text)}" for id, text in bank.pattern_texts.items())
    if results.settings is not None and len(results.settings):
        yield "### The unknowns and their prior ranges"
        yield ("Each is drawn from its range, evenly, or evenly in its logarithm. *Assumed* means that no source gives "
               "it: the range is a judgement, and whoever judges otherwise gets other answers.")  # fmt: skip
        yield markdown(pd.DataFrame([_setting_row(row) for row in results.settings.to_dict("records")]), ["unknown"])
    yield f"Version {__version__}, model {bank.model_version} · {CAUTION}"


def _setting_row(row: Mapping[Any, Any]) -> dict[str, str]:
    return {"unknown": str(row["setting"]),
            "theory": theory_name(row["theory"], cell=True) if row["theory"] else "all",
            "meaning": plain(row["text"], cell=True), "from": words.number(row["low"]),
            "to": words.number(row["high"]), "unit": plain(unit_of(row), cell=True),
            "drawn": plain(row["scale"], cell=True), "status": plain(row["status"], cell=True)}  # fmt: skip


_SECTIONS: tuple[Callable[[CalibrationResults, Sequence[Picture]], Iterator[str]], ...] = (
    _opening, _unknowns, _compatibility, _confusion, _trust, _observations, _undisclosed, _luck, _bank,
)  # fmt: skip


def _png(picture: Picture) -> bytes:
    buffer = io.BytesIO()
    with context():
        picture.figure.savefig(buffer, format="png", dpi=150)
    return buffer.getvalue()
