"""The explorer page: numbers, words, script and style in one HTML file that fetches nothing.

What may run is the page's own script, and what may style it its own sheet: both are named by their hashes in the
page's content security policy, and nothing else is allowed, so no request can leave.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any

from sim import text as words
from sim.analysis.agreement import FLIPS, HOLDS, NOTHING, OPEN, REFERENCE, voting
from sim.analysis.comparison import Compared
from sim.analysis.lever_grid import PULLED_ON, LeverGrid
from sim.ensemble.cases.posterior import FEW
from sim.ensemble.cases.unknowns import POSTERIOR, PRIOR
from sim.errors import UserMistake, unread
from sim.language import _, current, plural, translated
from sim.model.withdrawal import THEORIES
from sim.outcomes import on_days, outcome_of
from sim.reports import comparison_numbers as told
from sim.reports.explorer.numbers import ALL
from sim.reports.explorer.panes import named, panes, say, spoken
from sim.reports.whole_files import check_place, write_whole

FORMAT = 1
"""Of the data in the page; raised when what is there is read otherwise."""
MARK = '<meta name="generator" content="tabletop explore">'
"""How a page of ours is known, so that no other file is written over."""
FILE = "FILE.html"
"""What the command line calls the file."""
MOST_BYTES = 3 * 1024 * 1024
MOST_OUTCOMES = 8
OUTCOMES = ("exits_surge_month", "exits_by_end", "intents_by_end", "available_on_target", "civilian_harm")
"""What is shown unless outcomes are named: who leaves, who wants to, who is there, and who is killed."""
_HERE = Path(__file__).parent


def check_target(path: Path) -> None:
    """Refuse a file that could not be written in the end, before anything is run.

    Raises
    ------
    UserMistake
        It is no HTML file by its name, a folder, a file that is no explorer's, or none that can be written there.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise UserMistake(FILE, path, "the page's name ends in .html")
    if path.is_dir():
        raise UserMistake(FILE, path, "is a folder; name a file in it")
    try:
        with path.open("rb") as file:
            begins = file.read(2000)
    except FileNotFoundError:
        begins = b""
    except OSError as fault:
        raise UserMistake(FILE, path, unread(fault)) from fault
    if begins and MARK.encode() not in begins:
        raise UserMistake(FILE, path, "is there, and is no explorer's page: name another file, or remove it")
    check_place(path, FILE)


def save(page: str, path: Path) -> Path:
    """Write a page, its folder too.

    Raises
    ------
    UserMistake
        It cannot be written, or is larger than what a mail takes.
    """
    size = len(page.encode("utf-8"))
    if size > MOST_BYTES:
        right = f"the page would have {size / 2**20:.1f} MiB, of {MOST_BYTES >> 20} at most: name fewer outcomes"
        raise UserMistake("--outcome", None, right)
    return write_whole(path, page, FILE)


def explorer_page(
    grid: LeverGrid, comparison: Compared, numbers: Mapping[str, Any], command: Sequence[str], outcomes: Sequence[str]
) -> str:
    """The page.

    Parameters
    ----------
    numbers
        As :func:`sim.reports.explorer.numbers.numbers_of` gives them.
    command
        As it was typed.
    outcomes
        In the order in which they are offered.
    """
    data = {
        "format": FORMAT, "day": PULLED_ON.isoformat(), "theories": _theories(grid), "levers": _levers(grid),
        "outcomes": [_outcome(grid, name) for name in outcomes], "words": _words(grid, comparison), **numbers,
    }  # fmt: skip
    parts = {name: (_HERE / f"explorer.{name}").read_text(encoding="utf-8") for name in ("html", "css", "js")}
    policy = "; ".join((
        "default-src 'none'", f"script-src '{_hash(parts['js'])}'", f"style-src '{_hash(parts['css'])}'",
        "base-uri 'none'", "form-action 'none'",
    ))  # fmt: skip
    plain = {"language": current(), "policy": policy, "title": _("What levers would have done"), **_texts(grid)}
    few = told.fewest(comparison.comparisons)
    return Template(parts["html"]).substitute(
        {name: say(text) for name, text in plain.items()},
        mark=MARK,
        style=parts["css"],
        script=parts["js"],
        data=_json(data),
        lever_boxes=_boxes(grid),
        outcome_radios=_radios("outcome", [(name, label(grid, name), "") for name in outcomes]),
        theory_radios=_radios("theory", list(_choices(grid))),
        gaps_heads=_heads(numbers["base"]),
        few="" if few is None else f'<p id="few" class="note">{say(_few(few))}</p>',
        panes=panes(grid, comparison, command),
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode()}"


def _json(data: Any) -> str:
    """JSON that may stand in a page: no sign in it ends the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


# Data


def _theories(grid: LeverGrid) -> list[dict[str, Any]]:
    """Each with its name, what it says, whether it has a vote, and which worlds it was run in."""
    counted = voting(grid.cases)
    which = {
        POSTERIOR: _("in worlds that lived the record"),
        PRIOR: _("in worlds drawn from the prior"),
    }
    return [
        {"key": theory, "name": named(theory), "says": translated(THEORIES[theory].text), "votes": theory in counted,
         "worlds": which.get(cases[0].mode, _("with every setting held"))}
        for theory, cases in grid.cases.items()
    ]  # fmt: skip


def _levers(grid: LeverGrid) -> list[dict[str, Any]]:
    return [{"key": pull.name, "name": spoken(pull)} for pull in grid.pulls]


def label(grid: LeverGrid, name: str) -> str:
    """An outcome as an axis has it, with the days of these cases."""
    first = next(iter(grid.cases.values()))[0]
    return on_days(translated(outcome_of(name).label), first.values)


def _outcome(grid: LeverGrid, name: str) -> dict[str, Any]:
    outcome = outcome_of(name)
    return {
        "key": name, "label": label(grid, name), "whole": outcome.type == "count",
        "less": translated(outcome.words.less), "more": translated(outcome.words.more),
        "good": 1 if outcome.higher_is_better else -1,
    }  # fmt: skip


def _words(grid: LeverGrid, comparison: Compared) -> dict[str, Any]:
    """What the script puts together, with braces that it fills."""
    few = told.at_most([one for one in comparison.comparisons if one.pairs])
    base = told.base_of(comparison.comparisons)
    return {
        "thousands": words.number(1234)[1:-3], "decimal": words.number(1.5)[1:-1],
        "day": words.day(PULLED_ON), "record_end": _record_end(grid),
        "together": _("the theories together"),
        "nothing": _("In this model {under}, {worlds}, with nothing pulled, {label}: {median} in the median world, and "
                     "from {low} to {high} in the middle 90 of 100."),
        "change": _("In this model {under}, {worlds}, with {levers} from {day} on: {label} change by {interval} on "
                    "average; {often}."),
        "change_all": _("In this model {under}, {worlds}, with {levers} from {day} on: {label} change by {reach} on "
                        "average, by theory, and by {mean} over all of them alike; {often}. {finding}"),
        "same_as": _("In this model {under}, {worlds}, with {levers} from {day} on, {label}: {often}."),
        "same_as_all": _("In this model {under}, {worlds}, with {levers} from {day} on, {label}: {often}. {finding}"),
        "under": _("under {theory}"), "under_all": _("under {count} theories"),
        "and": _(" and "), "colon": _("{what}: {told}"), "apart": _("{what}: {one} − {other}"),
        "findings": {
            f"{HOLDS} -1": _("Every theory says so: {less}."),
            f"{HOLDS} 1": _("Every theory says so: {more}."),
            FLIPS: _("Theories contradict each other."),
            OPEN: _("At least one theory cannot tell."),
            NOTHING: _("No effect under any theory."),
            told.UNSEEN: _("No effect is seen under any theory; if worlds differ at all, at most {few} of 100 do "
                           "(95 %).").format(few=few),
        },
        "done": _("with these levers"), "not_done": _("nothing pulled"), "median": _("median {value}"),
        "side": _("{side} in {count} of {dots} dots"), "same": _("the same"),
        "reach": _("from one theory to another"),
        "no_pull": _("Pull a lever to see what it changes."),
        "fan_alt": _("{label} by week. On {day} {median} in the median world with these levers, {base} with nothing "
                     "pulled."),
        "dots_alt": _("{dots} dots, each one of {dots} equally likely worlds. {label}: with nothing pulled the median "
                      "is {base}, with these levers {median}."),
        "gaps_alt": _("The mean paired difference with its 95 % interval: {rows}."),
        "worlds_alt": _("{dots} dots of paired differences: {less} dots {less_word}, {same} no difference, {more} "
                        "dots {more_word}."),
        "dots_fifty": _("Of fifty dots each stands for two of 100 worlds. Open: nothing pulled; filled: with these "
                        "levers. The triangle is at the median."),
        "dots_worlds": _("Each dot is one world. Open: nothing pulled; filled: with these levers. The triangle is at "
                         "the median."),
        "nothing_one": _("In this model {under}, {worlds}, with nothing pulled, {label}: {median} in the one world "
                         "that was run."),
        "out": _("officers out"), "pulled": _("levers pulled"), "record": _("record ends"),
        "quantile": _("{percent} of 100 worlds have no more than"),
        "still": plural("With these levers pulled on {day}, all of the record would still have happened in {counts} of "
                        "{base} world.",
                        "With these levers pulled on {day}, all of the record would still have happened in {counts} of "
                        "{base} worlds.", base),
        "still_nothing": _("With nothing pulled, the record happened in every one of the worlds that lived it."),
        "still_base": plural("With nothing pulled, all of the record would have happened in {counts} of {base} world.",
                             "With nothing pulled, all of the record would have happened in {counts} of {base} worlds.",
                             base),
        "unknown": _("The link names {what}, which this page does not have; the rest of it is shown."),
        "mean": _("mean difference"), "print": _("Shown: {levers}; {label}; {theory}."), "none": _("nothing pulled"),
    }  # fmt: skip


def _record_end(grid: LeverGrid) -> str:
    case = next(iter(grid.cases.values()))[0]
    return str(case.values["clock.record_end"])


# Body


def _texts(grid: LeverGrid) -> dict[str, str]:
    """What stands on the page whatever is chosen, by its place in explorer.html; plain words."""
    return {
        "skip": _("Skip to the result"),
        "about": _("Officers of a voluntary deployment step out of it as danger is felt. Pull levers, and see what "
                   "worlds of a model come to."),
        "caution": translated(words.CAUTION),
        "noscript": _("This page draws by a script of its own, which is switched off here. It fetches nothing."),
        "choices": _("Choices"), "result": _("Result"), "panes_label": _("What this rests on"),
        "levers_legend": _("Levers, pulled on {day}").format(day=words.day(PULLED_ON)),
        "pull_none": _("Pull none"), "pull_all": _("Pull all"),
        "outcome_legend": _("Outcome"), "theory_legend": _("Theory"), "as_table": _("The same as a table"),
        "dots_title": _("What worlds come to"),
        "dots_table": _("What worlds come to, as a table"),
        "gaps_title": _("What the levers change, world by world"),
        "gaps_caption": _("The same officers and the same luck with the levers as without. Dots: paired differences; "
                          "marks: their mean with its 95 % interval, which is sampling error of this computation "
                          "alone; the bar reaches from one theory to another."),
        "gaps_table": _("What the levers change, as a table"),
        "gaps_note": _("Bold: its side is told, once all comparisons of this page are counted together (Holm)."),
        "weeks_title": _("Officers out, week by week"),
        "weeks_caption": _("Filled: the middle 50 and 90 of 100 worlds with these levers, and the median as a line. "
                           "Dashed: the same 90 and the median with nothing pulled. Each week by itself: no curve is "
                           "one world."),
        "weeks_table": _("Officers out, week by week, as a table"),
    }  # fmt: skip


def _boxes(grid: LeverGrid) -> str:
    return "\n".join(
        f'<label><input type="checkbox" name="lever" value="{say(pull.name)}"> <span>{say(spoken(pull))} '
        f"<small>{say(translated(pull.holder))}</small></span></label>"
        for pull in grid.pulls
    )


def _radios(name: str, choices: Sequence[tuple[str, str, str]]) -> str:
    """Of each choice its key, its words, and more of them in small; the first is chosen."""
    lines = []
    for number, (key, text, more) in enumerate(choices):
        small = f" <small>{say(more)}</small>" if more else ""
        chosen = "" if number else " checked"
        box = f'<input type="radio" name="{name}" value="{say(key)}"{chosen}>'
        lines.append(f"<label>{box} <span>{say(text)}{small}</span></label>")
    return "\n".join(lines)


def _choices(grid: LeverGrid) -> Iterator[tuple[str, str, str]]:
    counted = voting(grid.cases)
    if len(counted) > 1:
        yield (
            ALL,
            _("all together"),
            _("{first} to {last}, each with the same weight").format(
                first=THEORIES[counted[0]].number, last=THEORIES[counted[-1]].number
            ),
        )
    for theory in (*counted, *(theory for theory in grid.cases if theory not in counted)):
        more = translated(THEORIES[theory].text)
        if theory == REFERENCE:
            prior = grid.cases[theory][0].mode == PRIOR
            more = words.joined([more, _("the reference, on its prior") if prior else _("the reference")])
        yield theory, named(theory), more


def _few(pairs: int) -> str:
    """What so few worlds under each theory can tell."""
    if pairs == 1:
        return _("One world under each theory: it does not show how likely anything is.")
    return _(
        "{n} worlds under each theory are few: as many others would come out otherwise, and what happens in fewer "
        "than one of {n} is not seen. From {enough} on a middle 90 of 100 can be told."
    ).format(n=pairs, enough=FEW)


def _heads(base: int) -> str:
    """Heads of the table of differences, whose shares are of so many worlds."""
    heads = (
        _("theory"), _("nothing pulled"), _("with these levers"), _("difference (95 % interval)"),
        plural("of {base} world better / worse / the same", "of {base} worlds better / worse / the same", base).format(
            base=base), _("how likely"),
    )  # fmt: skip
    return "".join(f'<th scope="col">{say(head)}</th>' for head in heads)
