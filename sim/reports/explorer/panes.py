"""The panes under an explorer's result: which worlds these are, what is assumed, sources, and how it was computed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from html import escape

import pandas as pd

from sim import text as words
from sim._version import __version__
from sim.analysis.comparison import Compared
from sim.analysis.lever_grid import PULLED_ON, LeverGrid, Pull
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.posterior import RECORD, load_posterior
from sim.ensemble.cases.unknowns import POSTERIOR, PRIOR
from sim.errors import UserMistake
from sim.language import SOURCE, _, current, plural, translated
from sim.model import MODEL_VERSION
from sim.model.withdrawal import THEORIES
from sim.record import load
from sim.reports.bundle.tables import digest_of
from sim.reports.registers import assumption_rows, fact_rows

_LETTERS = r"cred|[^\W\d]|\S*[_^\u00d7\u0370-\u03ff\u2080-\u2089][^\s:,]*"
_SIGN = re.compile(rf"^((?:[a-z]+ )*[a-z]{{2,}}: )?(?:{_LETTERS})\s?[:,] ")
"""What stands before a meaning: perhaps its theory's name, then one letter, or letters with an index."""


def say(text: str) -> str:
    """Words that anybody may have written, as HTML that shows them as they are; in attributes, too."""
    return escape(text, quote=True)


def named(theory: str) -> str:
    """Number and name of a theory: "T2 prospects"."""
    return f"{THEORIES[theory].number} {translated(words.spoken(theory))}"


def spoken(pull: Pull) -> str:
    """What is done with a lever, in the language of this context: "pay held in escrow", "first contingent: 50"."""
    level = words.number(pull.level)
    if pull.unit != "1":
        return _("{what}: {told}").format(what=translated(words.spoken(pull.name)), told=level)
    head = translated(pull.text).partition(":")[0].strip()
    return head if pull.level == 1 else _("{lever} ({level} of 1)").format(lever=head, level=level)


def without_sign(text: str) -> str:
    """What a setting is, without its sign in the model's equations, of which this page has none.

    >>> without_sign("π_o: share of deaths"), without_sign("prospects: α, weight of the worst case")
    ('share of deaths', 'prospects: weight of the worst case')
    """
    return _SIGN.sub(r"\1", text)


def panes(grid: LeverGrid, comparison: Compared, command: Sequence[str]) -> str:
    """All of them, as HTML; ``command`` as it was typed."""
    return "\n".join((
        _pane("which", _("Which worlds are these?"), _which(grid, comparison), opened=True),
        _pane("levers-of", _("What the levers are"), _lever_table(grid)),
        _pane("assumed", _("What is assumed"), _assumed()),
        _pane("sources", _("Sources"), _sources()),
        _pane("made", _("How it was computed"), _made(grid, comparison, command)),
        _pane("not", _("What this is not"), _not_this()),
    ))  # fmt: skip


def _pane(name: str, title: str, content: str, opened: bool = False) -> str:
    state = " open" if opened else ""
    return f'<details id="{name}"{state}><summary><h2>{say(title)}</h2></summary>\n{content}\n</details>'


def _list(lines: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{say(line)}</li>' for line in lines)}</ul>"


def _table(frame: pd.DataFrame, caption: str, english: bool = False) -> str:
    """A table that may be wider than the page; ``english`` where its cells are not in the page's language."""
    heads = "".join(f'<th scope="col">{say(str(name))}</th>' for name in frame.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{say(str(value))}</td>' for value in row)}</tr>" for row in frame.itertuples(index=False)
    )
    tongue = f' lang="{SOURCE}"' if english and current() != SOURCE else ""
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{say(caption)}"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody{tongue}>{rows}</tbody></table></div>"
    )


def _which(grid: LeverGrid, comparison: Compared) -> str:
    lived = [theory for theory, cases in grid.cases.items() if cases[0].mode == POSTERIOR]
    drawn = [theory for theory, cases in grid.cases.items() if cases[0].mode == PRIOR]
    said = []
    for theory in lived:
        case = grid.cases[theory][0]
        count, kept = _count(comparison, case), words.number(len(case.worlds or ()))
        pattern = plural("{theory}: {count} world that lived the record, of a list of {kept}.",
                         "{theory}: {count} worlds that lived the record, of a list of {kept}.", count)  # fmt: skip
        said.append(pattern.format(theory=named(theory), count=words.number(count), kept=kept))
    for theory in drawn:
        count = _count(comparison, grid.cases[theory][0])
        pattern = plural("{theory}: {count} world drawn from the prior, whether or not the record happened in it.",
                         "{theory}: {count} worlds drawn from the prior, whether or not the record happened in them.",
                         count)  # fmt: skip
        line = pattern.format(theory=named(theory), count=words.number(count))
        said.append(" ".join(filter(None, [line, _kept(theory)])))
    if not lived and not drawn:
        said.append(_("Every setting has one value; nothing that nobody knows is drawn."))
    first = next(iter(grid.cases.values()))[0]
    usual = (RECORD, first.theory, f"unknowns={PRIOR}")
    if typed := [part for part in first.label.split(" · ") if part not in usual]:
        world = ", ".join(f"scenario={part}" if part == first.scenario else part for part in typed)
        said.append(_("The world: {world}.").format(world=world))
    if lived:
        said.append(
            _(
                "A world is kept where all that is documented from October 2023 to 7 March 2024 happened in it; what "
                "nobody knows differs from world to world. Kept worlds are no sample of what was likely."
            )
        )
    failed = int((comparison.runs["status"] != "ok").sum())
    if failed:
        pattern = plural("{count} run failed and takes no part.", "{count} runs failed and take no part.", failed)
        said.append(pattern.format(count=words.number(failed)))
    return f'{_list(said)}<p id="still"></p>'


def _kept(theory: str) -> str:
    """Of how many draws of the packaged list the record happened in how many; nothing where there is no such list."""
    try:
        kept = load_posterior().theories.get(theory)
    except UserMistake:
        return ""
    if kept is None:
        return ""
    pattern = _("When such worlds were sought it happened in {lived} of {draws} draws.")
    return pattern.format(lived=words.number(len(kept.worlds)), draws=words.number(kept.draws))


def _count(comparison: Compared, case: Case) -> int:
    runs = comparison.runs
    return int(((runs["case"] == case.id) & (runs["status"] == "ok")).sum())


def _lever_table(grid: LeverGrid) -> str:
    frame = pd.DataFrame({
        _("lever"): [spoken(pull) for pull in grid.pulls],
        _("setting"): [f"levers.{pull.name}" for pull in grid.pulls],
        _("stood at"): [words.number(pull.before) for pull in grid.pulls],
        _("pulled to"): [words.number(pull.level) for pull in grid.pulls],
        _("who decides"): [translated(pull.holder) for pull in grid.pulls],
        _("what it is"): [without_sign(translated(pull.text)) for pull in grid.pulls],
        _("what is known of it"): [words.joined(map(translated, pull.source.split("; "))) for pull in grid.pulls],
    })  # fmt: skip
    said = _("All are pulled on {day}, and stand from then on, whatever the record's later rows say of them. A lever "
             "costs nothing here, and nobody refuses it.").format(day=words.day(PULLED_ON))  # fmt: skip
    table = _table(frame, _("What the levers are"))
    return f"<p>{say(said)}</p>{table}"


def _assumed() -> str:
    rows = assumption_rows().drop(columns=["findings"])
    rows["meaning"] = rows["meaning"].map(without_sign)
    said = _("What no source gives: {count} settings and sizes. Where a prior is given, worlds draw it.").format(
        count=len(rows)
    )
    names = {"setting": _("setting"), "value": _("value"), "unit": _("unit"), "prior": _("prior"),
             "meaning": _("meaning"), "source": _("source")}  # fmt: skip
    table = _table(rows.rename(columns=names), _("What is assumed"), english=True)
    return f"<p>{say(said)}</p>{table}"


def _sources() -> str:
    facts = fact_rows(use="timeline")
    record = load()
    said = _(
        "{count} documented facts up to {day}; of them {told} are the timeline's, below. The record gives no number of "
        "withdrawals."
    ).format(count=len(record), day=words.day(record.now), told=len(facts))
    frame = pd.DataFrame({
        _("day"): [words.short_day(day) if day else "" for day in facts["date"]],
        _("fact"): facts["what"],
        _("grade"): facts["grade"],
        _("disputed"): facts["disputed"],
        _("source"): facts["source"],
    })  # fmt: skip
    table = _table(frame, _("Sources"), english=True)
    return f"<p>{say(said)}</p>{table}"


def _made(grid: LeverGrid, comparison: Compared, command: Sequence[str]) -> str:
    plan = grid.request.plan
    said = [
        _("{runs} runs: {combinations} combinations of {levers} levers under {theories} theories, {replicates} worlds "
          "each.").format(runs=words.number(len(comparison.runs)), combinations=grid.size, levers=len(grid.pulls),
                          theories=len(grid.cases), replicates=words.number(len(plan.replicates))),
        _("The numbers are those of `tabletop compare` over the same runs. Over all theories: the mean of their means, "
          "and worlds of each with the same weight."),
        _("Version {version}, model {model}, record {record}, root seed {seed}; digest of the runs {digest}.").format(
            version=__version__, model=MODEL_VERSION, record=load().hash[:12], seed=plan.root_seed,
            digest=digest_of(comparison.runs)),
        _("Command: {command}").format(command=shlex.join(command)),
        _("Nothing is sent or fetched: this page works without any network."),
    ]  # fmt: skip
    return _list(said)


def _not_this() -> str:
    return _list([
        _("No forecast, and no estimate of what happened: nothing is fitted to a number of withdrawals."),
        _("No probability of a theory: each is taken as if it were true, and nobody knows which is."),
        _("No advice to lock the door. Stepping out is a legitimate choice, and fewer exits are not better for the "
          "officers who would have made it."),
        _("That a lever works is assumed, and so is how strongly."),
    ])  # fmt: skip
