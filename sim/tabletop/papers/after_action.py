"""The after-action report as a page, in HSEEP's words: overview, what happened, decisions, improvement plan.

HSEEP is the Homeland Security Exercise and Evaluation Program (2020); its report is an after-action report with an
improvement plan. Everything on the page comes from the log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sim import text as words
from sim.language import _, as_in, marked, plural, translated
from sim.model import MODEL_VERSION
from sim.record import load as load_record
from sim.tabletop.board import ROOT_SEED, Board
from sim.tabletop.happenings import (
    agreement_in_words,
    happening,
    left_out_in_words,
    line_in_words,
    source_in_words,
)
from sim.tabletop.idle_orders import changes_nothing
from sim.tabletop.log import LogLine
from sim.tabletop.measures import Sight
from sim.tabletop.orders import in_words, text_of
from sim.tabletop.papers import decisions as decided
from sim.tabletop.papers import wording as said
from sim.tabletop.papers.forecast_pages import forecast_section
from sim.tabletop.papers.improvement_plan import objectives_section, plan_section
from sim.tabletop.papers.page import foot
from sim.tabletop.papers.wording import listed, table, typed
from sim.tabletop.table_settings import KNOWLEDGE

TIMELINE, STRIP = "timeline.svg", "forecasts.svg"
"""Addresses of the drawings."""
NONE_GIVEN = marked("*none was given*")
_NAMED = ("order", "inject", "override")
"""Where what happens has an id that people know it by."""


@dataclass(frozen=True)
class AfterAction:
    """What a report is written from.

    Attributes
    ----------
    board
        The session.
    revealed
        Whether what nobody saw at the table is told: the theory and the world that were played, and hidden measures.
    """

    board: Board
    revealed: bool

    @property
    def sights(self) -> tuple[Sight, ...]:
        """Whose measures are shown."""
        return KNOWLEDGE if self.revealed else ("public",)  # type: ignore[return-value]

    @property
    def decisions(self) -> tuple[decided.Decision, ...]:
        """What was decided; what the facilitator changed by hand is told to nobody while the session goes on."""
        every = decided.decisions(self.board)
        return every if self.revealed else tuple(one for one in every if one.kind != decided.BY_HAND)

    def shows(self, measure: str) -> bool:
        """Whether a measure of the played world is shown."""
        return said.sight_of(measure) in self.sights


def after_action(board: Board, *, revealed: bool | None = None, drawings: bool = True) -> str:
    """The report as GitHub's Markdown.

    Parameters
    ----------
    board
        The session, of whatever version, open or ended, with or without turns.
    revealed
        Whether what nobody saw at the table is told; by default once the session is over.
    drawings
        Whether the timeline and the forecasts' strip lie beside the page, as :data:`TIMELINE` and :data:`STRIP`.
    """
    report = AfterAction(board, board.is_over if revealed is None else revealed)
    parts = [
        *_head(report), *_overview(report), *_known(report, drawings), *_turns(report), *objectives_section(board),
        *plan_section(board), *forecast_section(board, STRIP if drawings else "", revealed=report.revealed),
        *_worlds(report), *_undone(report), *_caveats(report), "---", foot(board),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


# 1 Overview


def _head(report: AfterAction) -> Iterator[str]:
    board = report.board
    title = typed(translated(board.table.title))
    yield _("# After-action report and improvement plan: {title}").format(title=title)
    yield f"**{_status(report)}**"
    if not report.revealed:
        yield _(
            "What nobody at the table sees is left out as long as the session goes on: the theory and the world that "
            "are played, and every number of the played world that is not public. It is told once the session is over."
        )
    if board.head.get("model_version") != MODEL_VERSION or board.head.get("record") != load_record().hash:
        yield _(
            "This session was played with version {played} of the model; the report is written by version {ours}. "
            "Every number is the one that stands in the log; none was computed again. The session can be read and "
            "reported, and cannot go on."
        ).format(played=board.head.get("model_version"), ours=MODEL_VERSION)


def _status(report: AfterAction) -> str:
    board = report.board
    count = len(board.turns)
    planned = board.table.turns
    said = {"n": count, "of": planned, "more": count - planned, "day": words.day(board.today)}
    if board.is_over:
        told = plural(
            "The session has ended: {n} turn was played, {of} planned.",
            "The session has ended: {n} turns were played, {of} planned.",
            count,
        )
    elif count > planned:
        told = plural(
            "The {of} turn that was planned has been played, and {more} more. The session is open; it stands at the "
            "morning of {day}.",
            "All {of} turns that were planned have been played, and {more} more. The session is open; it stands at the "
            "morning of {day}.",
            planned,
        )
    elif count == planned:
        told = plural(
            "The {of} turn that was planned has been played. The session is open; it stands at the morning of {day}.",
            "All {of} turns that were planned have been played. The session is open; it stands at the morning of "
            "{day}.",
            planned,
        )
    elif not count:
        told = _("The session is open. No turn has been played; it stands at the morning of {day}.")
    else:
        told = plural(
            "The session is open. {n} turn of {of} played; it stands at the morning of {day}.",
            "The session is open. {n} turns of {of} played; it stands at the morning of {day}.",
            count,
        )
    return told.format(**said)


def _overview(report: AfterAction) -> Iterator[str]:
    board, head = report.board, report.board.head
    master: Mapping[str, Any] = head.get("list") or {}
    players = [said.role_name(board, id) for id in board.table.roles if id not in board.table.stand_ins]
    scripted = [said.role_name(board, id) for id in board.table.stand_ins]
    last = board.turns[-1].last if board.turns else None
    objectives = words.joined(translated(str(text)) for text in master.get("objectives", {}).values())
    moments = {"begin": _moment(board.lines[0].at), "end": _moment(board.lines[-1].at)}
    rows = [
        (_("Exercise"), typed(translated(board.table.title), cell=True)),
        (_("Type"), _("tabletop with a model, {turns} planned").format(turns=said.turns_of_days(board))),
        (_("At the table"), _("{begin} to {end}").format(**moments)),
        (_("Days played"), words.days(board.turns[0].first, last) if last else _("none yet")),
        (_("Purpose"), _("to see which decisions keep a voluntary force willing under risk, and what nobody knows")),
        (_("Objectives"), typed(objectives, cell=True) or _("none given")),
        (_("Threat"), _("violence by gangs in Haiti, and what officers read, hear and fear of it")),
        (_("Scenario"), typed(_scenario(report), cell=True)),
        (_("Events list"), typed(translated(master.get("title", "")) or as_in("events list", "none"), cell=True)),
        (_("Roles"), said.cells(players)),
        (_("Stand-ins"), said.cells(scripted) or as_in("stand-ins", "none")),
        (_("Worlds"), _worlds_in_short(report)),
    ]  # fmt: skip
    yield _("## 1. Exercise overview")
    yield table([{_("what"): name, _("this exercise"): value} for name, value in rows])
    yield _("### In short")
    yield listed(_in_short(report))


def _scenario(report: AfterAction) -> str:
    """The settings that were typed; the seed, which draws the world, is told with it."""
    given = report.board.head.get("words", [])
    return " ".join(w for w in given if report.revealed or not w.startswith(ROOT_SEED)) or _("the packaged settings")


def _moment(at: str) -> str:
    """When a line was written, as people read it."""
    return _("{day}, {time} UTC").format(day=words.day(said.day_of(at[:10])), time=at[11:16])


def _worlds_in_short(report: AfterAction) -> str:
    head = report.board.head
    kept = sum(int(count) for count in head.get("theories", {}).values())
    theories = words.many("{n} theory", "{n} theories", len(head.get("theories", {})))
    return _("{n} that lived the record, of {theories}").format(n=words.number(kept), theories=theories)


def _in_short(report: AfterAction) -> Iterator[str]:
    board = report.board
    for role in board.table.roles:
        own = [order for order in board.orders if order.role == role and not changes_nothing(board, order)]
        if own:
            each = (
                _("{what} from {day}").format(what=typed(text_of(order)), day=words.day(order.day)) for order in own
            )
            told = {"role": said.role_name(board, role), "orders": words.joined(each)}
            yield _("{role} ordered: {orders}.").format(**told)
    if not board.orders:
        yield _("Nothing was ordered in the played world.")
    counts = [
        words.many("{n} inject delivered", "{n} injects delivered", len(said.delivered(board))),
        words.many("{n} option tried", "{n} options tried", len(board.options)),
        words.many("{n} of them chosen", "{n} of them chosen", len(board.adopted)),
    ]
    counts = [", ".join(counts), words.many("{n} forecast given", "{n} forecasts given", len(board.forecasts))]
    if report.revealed:
        counts.append(words.many("{n} change by hand", "{n} changes by hand", len(board.overrides)))
    yield f"{words.joined(counts)}."
    if board.turns:
        ended = _came(report, [row for turn in board.turns for row in turn.days])
        yield _("In the played world, over all turns: {measures}.").format(measures=ended)


def _came(report: AfterAction, rows: Sequence[Mapping[str, Any]]) -> str:
    known = [name for name in ("reports", "deaths", "control", "exits", "available", "deployed") if report.shows(name)]
    told = [(name, said.over_days(name, rows)) for name in known]
    return words.joined(f"{said.with_unit(name)} {said.amount(value)}" for name, value in told if value is not None)


# 2 What was known, and what was


def _known(report: AfterAction, drawings: bool) -> Iterator[str]:
    board = report.board
    yield _("## 2. What you knew, and what was") if report.revealed else _("## 2. What everybody could read")
    if not board.turns:
        yield _("No turn has been played.")
        return
    if drawings:
        alt = _("Timeline: orders and injects by day over the measures of the played world")
        yield f"![{alt}]({TIMELINE})"
    yield _("Totals over each turn's days, levels on its last day, in the played world alone: one world of many.")
    for sight in report.sights:
        rows = list(_by_turn(board, sight))
        if rows:
            yield f"### {said.issue(sight)}"
            yield table(rows)


def _by_turn(board: Board, sight: Sight) -> Iterator[Mapping[str, str]]:
    everything = [row for turn in board.turns for row in turn.days]
    for name in said.in_order(key for key in everything[0] if key != "day"):
        if said.sight_of(name) == sight:
            by_turn = {_("turn {n}").format(n=turn.number): said.amount(said.over_days(name, turn.days))
                       for turn in board.turns}  # fmt: skip
            whole = said.amount(said.over_days(name, everything)) if said.is_total(name) else "–"
            yield {_("measure"): said.with_unit(name), **by_turn, _("all turns"): whole}


# 3 Turn by turn


def _turns(report: AfterAction) -> Iterator[str]:
    board = report.board
    every = report.decisions
    yield _("## 3. Turn by turn")
    open_too = [board.turn] if not board.is_over else []
    for number in [*(turn.number for turn in board.turns), *open_too]:
        own = [one for one in every if one.turn == number]
        first, last = said.days_of_turn(board, number)
        is_open = number > len(board.turns)
        if is_open and not own and not _inject_rows(board, number):
            continue
        heading = _("### Turn {n}: {days} (open, not yet played)") if is_open else _("### Turn {n}: {days}")
        yield heading.format(n=number, days=words.days(first, last))
        yield from _happened(report, number)
        if rows := _inject_rows(board, number):
            yield _("#### Injects")
            yield table(rows)
        yield _("#### Decisions")
        yield table([_decision_row(board, one) for one in own]) or _("Nothing was decided.")
        yield from _not_taken(board, number, [one for one in own if one.kind == decided.NOT_CHOSEN])
        yield from _played(board, number)
        yield from _what_came(report, number)
    if not board.turns and not every:
        yield _("Nothing has been decided, and no turn has been played.")


def _happened(report: AfterAction, number: int) -> Iterator[str]:
    if number > len(report.board.turns):
        return
    turn = report.board.turns[number - 1]
    rows = [row for row in turn.summary.get("happened", []) if report.revealed or row["from"] != "override"]
    lines = [
        _("{day}: {what} *({source})*").format(
            day=words.day(said.day_of(row["day"])), what=said.short(happening(report.board, row)),
            source=_source(report.board, row),
        )
        for row in rows
    ]  # fmt: skip
    yield _("#### What happened")
    yield listed(lines) or _("Nothing but the days' own course.")
    if came := _came(report, turn.days):
        yield _("In the played world: {measures}.").format(measures=came)


def _source(board: Board, row: Mapping[str, Any]) -> str:
    """Where something that happened came from, and by which id people know it."""
    source = typed(source_in_words(row["from"]))
    return f"{source}, {typed(_name_of(board, row['id']))}" if row["from"] in _NAMED else source


def _inject_rows(board: Board, number: int) -> list[Mapping[str, object]]:
    """What became of injects in a turn; those that were not touched stand in the facilitator's script alone."""
    turns = decided.turns_of_lines(board)
    listing = said.inject_list(board)
    rows: list[Mapping[str, object]] = []
    for line in board.of_kind("inject"):
        if turns[line.number] != number:
            continue
        id = line.data["id"]
        row = listing.get(id, {})
        act = line.data["act"]
        text = row.get("text", "") if act == "added" else line.data["text"]
        to = row.get("to", "") if act == "added" else line.data["to"]
        when = translated(act)
        if line.data.get("day"):
            when = _("{act}, {day}").format(act=when, day=words.short_day(said.day_of(line.data["day"])))
        if planned := row.get("at") or row.get("after"):
            when = _("{what} (planned {day})").format(what=when, day=said.planned(planned))
        rows.append(
            _inject_row(board, row, id, when, to, text) | {_("why"): typed(line.data.get("why", ""), cell=True)}
        )
    for day, id in said.held(board):
        if number <= len(board.turns) and board.turns[number - 1].first <= day <= board.turns[number - 1].last:
            row = listing.get(id, {})
            when = _("its condition held, {day}").format(day=words.short_day(day))
            told = _inject_row(board, row, id, when, str(row.get("to", "")), row.get("text", ""))
            rows.append(told | {_("why"): ""})
    return rows


def _inject_row(board: Board, row: Mapping[str, Any], id: str, when: str, to: str, text: str) -> dict[str, object]:
    return {
        _("inject"): typed(id, cell=True), _("what became of it"): when,
        as_in("of a message", "to"): said.role_name(board, to), _("text"): typed(translated(text), cell=True),
        _("expected"): typed(translated(row.get("expected", "")), cell=True),
        _("objective"): typed(row.get("objective", ""), cell=True),
    }  # fmt: skip


def _decision_row(board: Board, one: decided.Decision) -> Mapping[str, object]:
    kind, named = translated(one.kind), one.kind in (decided.CHOSEN, decided.NOT_CHOSEN)
    told = typed(one.text, cell=True)
    if one.kind == decided.ORDER and all(changes_nothing(board, order) for order in one.orders):
        told = _("{what} (it changed nothing: that stood already, or had happened)").format(what=told)
    what = typed(_("{kind}: {name}").format(kind=kind, name=one.id) if named else f"{kind} {one.id}", cell=True)
    return {
        _("decision"): _("{decision} (scripted)").format(decision=what) if one.stand_in else what,
        _("owner"): said.role_name(board, one.role), _("what"): told,
        as_in("of days", "from"): words.short_day(one.day) if one.day else "",
        _("rationale"): typed(one.why, cell=True) or translated(NONE_GIVEN),
    }  # fmt: skip


def _not_taken(board: Board, number: int, options: Sequence[decided.Decision]) -> Iterator[str]:
    """What each option that was not chosen would have changed, beside what was played."""
    if not options:
        return
    yield _("#### Options not taken, and what each would have changed")
    told = {one.id: decided.differences(board, one) for one in options}
    if not any(told.values()):
        yield _(
            "No futures of these were lived beside what was played, so nothing can be said of what they would have "
            "changed."
        )
        return
    yield _(
        "Option less what was played, on the same futures: the mean over theories of equal weight with its 95 % "
        "interval (the sampling error of this computation, not how sure anyone can be of the world), and in how many "
        "of 100 futures it was better and worse than what was played."
    )
    runs = {int(row["futures"]) for rows in told.values() for row in rows if row["theory"] == said.ALL}
    counts = ", ".join(words.number(count) for count in sorted(runs))
    yield _("Futures of each: {counts}.").format(counts=counts) if runs else ""
    yield table([row for name, rows in told.items() for row in _differences(name, rows)])
    yield listed(line for name, rows in told.items() if (line := _same(name, rows)))
    if missing := [name for name, rows in told.items() if not rows]:
        names = ", ".join(typed(name) for name in missing)
        yield _("Without futures lived beside what was played: {options}.").format(options=names)


def _played(board: Board, number: int) -> Iterator[str]:
    rows = decided.played_against_nothing(board, number)
    if rows:
        yield _("#### What was decided, beside ordering nothing in this turn")
        yield _("What was played less nothing ordered, on the futures of the other worlds.")
        yield table(_differences(_("what was played"), rows))
        yield _same(_("What was played"), rows)


def _differences(name: str, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, object]]:
    """One row a measure that differs: the mean over theories, and the theories themselves where they do not agree."""
    told: list[Mapping[str, object]] = []
    for measure in said.in_order(row["measure"] for row in rows):
        own = [row for row in rows if row["measure"] == measure]
        whole = next((row for row in own if row["theory"] == said.ALL), own[0])
        if all(said.sign(row) == 0 for row in own):
            continue
        told.append({
            _("option"): typed(name, cell=True), _("measure"): _until(measure, whole.get("until")),
            _("difference (95 %)"): said.difference(whole), _("better / worse"): said.how_often(whole),
            _("over theories"): said.verdict_text(measure, own),
            _("shows from"): words.short_day(said.day_of(whole["since"])) if whole.get("since") else "",
        })  # fmt: skip
    return told


def _until(measure: str, day: str | None) -> str:
    """A measure with the day up to which it is counted, or on which it is read."""
    if not day:
        return said.with_unit(measure)
    told = {"measure": said.with_unit(measure), "day": words.short_day(said.day_of(day))}
    return (_("{measure}, to {day}") if said.is_total(measure) else _("{measure}, on {day}")).format(**told)


def _same(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The measures in which nothing differs in any future."""
    measures = said.in_order(row["measure"] for row in rows)
    same = [one for one in measures if all(said.sign(row) == 0 for row in rows if row["measure"] == one)]
    listing = words.joined(said.with_unit(one) for one in same)
    return _("{option}: no difference in any future in {measures}.").format(
        option=typed(name), measures=listing) if same else ""  # fmt: skip


def _what_came(report: AfterAction, number: int) -> Iterator[str]:
    """The same world and luck without an order: what the order did to it."""
    if number > len(report.board.turns):
        return
    board = report.board
    rows = [row for row in board.turns[number - 1].summary.get("because", []) if report.shows(row["measure"])]
    moved = {row["id"] for row in rows}
    given = [order.id for order in board.orders if decided.turns_of_lines(board)[board.given_in[order.id]] == number]
    still = [id for id in given if id not in moved]
    if not given and not rows:
        return
    yield _("#### What came of it in the played world")
    yield _(
        "The same world with the same luck, lived without that order or inject to the end of the turn: one world, so "
        "what it did here says little about what it would do in others."
    )
    table_rows = []
    for id, group in groupby(rows, key=lambda row: row["id"]):
        for row in group:
            known = row["with"] is not None and row["without"] is not None
            change = words.estimate(row["with"] - row["without"], signed=True) if known else ""
            cause = {"id": typed(_name_of(board, id), cell=True), "what": said.short(happening(board, row), 60)}
            table_rows.append({
                _("because of"): _("{id}: {what}").format(**cause), _("measure"): said.with_unit(row["measure"]),
                _("with"): said.amount(row["with"]), _("without"): said.amount(row["without"]), _("difference"): change,
            })  # fmt: skip
    yield table(table_rows)
    if still and report.revealed:
        moved_none = _("Moved none of the measures that are told, by the turn's end: {orders}.")
        yield moved_none.format(orders=", ".join(still))


def _name_of(board: Board, id: str) -> str:
    """What an order, inject or change by hand is called: an inject by its own id, and not by that of its line."""
    return next((one.id for one in board.injects.values() if id == f"i{one.entry}"), id)


# 7 to 9 Worlds, what was taken back, what not to conclude


def _worlds(report: AfterAction) -> Iterator[str]:
    board, head = report.board, report.board.head
    yield _("## 7. Which worlds these were")
    lines = [
        _("{theory}: {worlds} that lived the record").format(
            theory=typed(words.named(name)), worlds=words.many("{n} world", "{n} worlds", int(count)))
        for name, count in head.get("theories", {}).items()
    ]  # fmt: skip
    lines += [f"{typed(left_out_in_words(sentence))}." for sentence in head.get("left_out", [])]
    yield _("Every theory has the same weight: nothing in the record says how much each should have.")
    yield listed(lines)
    if report.revealed:
        played = head.get("played", {})
        yield _(
            "Played was world {world} of {theory}, drawn by the session's seed ({seed}) with equal weights over "
            "theories, and never by how well it fits. The players did not know it, and no outlook knew its luck."
        ).format(
            world=played.get("world"), theory=typed(words.named(str(played.get("theory")))),
            seed=head.get("root_seed"),
        )  # fmt: skip
    rows = [
        {_("turn"): turn.number,
         _("conditioned on what was seen"): _("yes") if others.get("conditioned") else _("no"),
         _("worlds in the outlook"): typed(agreement_in_words(others), cell=True) if report.revealed
            else _kept(board, others)}
        for turn in board.turns if (others := turn.summary.get("others", {}))
    ]  # fmt: skip
    yield table(rows)
    shown = [
        _("turn {n}, {role}: {what}").format(
            n=decided.turns_of_lines(board)[line.number], role=said.role_name(board, line.by), what=_shown(line))
        for line in board.lines if line.kind == "shown"
    ]  # fmt: skip
    if shown:
        yield _("**Futures that were shown**")
        yield listed(shown)


def _kept(board: Board, others: Mapping[str, Any]) -> str:
    """How many worlds agreed, of all; a log of before may lack the played one in its count, and so tell its theory."""
    kept, of = others.get("kept", {}), board.head.get("theories", {})
    kept = kept if others.get("conditioned") else {name: of.get(name, count) for name, count in kept.items()}
    return words.joined(
        _("{theory} {n} of {of}").format(
            theory=typed(words.named(str(name)), cell=True), n=words.number(int(count)),
            of=words.number(int(of.get(name, count))))
        for name, count in kept.items()
    )  # fmt: skip


def _shown(line: LogLine) -> str:
    what = typed(translated(str(line.data.get("what", ""))))
    if options := ", ".join(typed(name) for name in line.data.get("options", [])):
        what = _("{what} of {options}").format(what=what, options=options)
    if line.data.get("until"):
        what = _("{what} to {day}").format(what=what, day=words.day(said.day_of(line.data["until"])))
    if forced := int(line.data.get("overrides", 0)):
        what = plural(
            "{what}; {n} change by hand were in none of these futures",
            "{what}; {n} changes by hand were in none of these futures",
            forced,
        ).format(what=what, n=forced)
    return what.strip()


def _undone(report: AfterAction) -> Iterator[str]:
    board = report.board
    yield _("## 8. What was taken back, and what was changed by hand")
    rows = [
        {_("turn"): turn, _("line"): line.number, _("what"): typed(line_in_words(line), cell=True),
         _("by"): said.role_name(board, line.by), _("taken back by line"): undo.number,
         _("why"): typed(undo.data.get("why", ""), cell=True) or translated(NONE_GIVEN)}
        for line, undo, turn in decided.taken_back(board) if report.revealed or line.kind != "override"
    ]  # fmt: skip
    yield table(rows) or _("Nothing was taken back.")
    again = [line for line in board.lines if line.number in board.undone and line.kind == "advance"]
    if again:
        yield plural(
            "{n} turn was played and taken back. What was decided after that was decided by people who had seen how it "
            "came out.",
            "{n} turns were played and taken back. What was decided after that was decided by people who had seen how "
            "it came out.",
            len(again),
        ).format(n=len(again))
    if not report.revealed:
        return
    for one in board.overrides:
        yield _(
            "**By hand, {day}**: {what}. Reason: {reason}. It is in the played world alone, in no outlook and no "
            "comparison, and forecasts over its day are not scored."
        ).format(day=words.day(one.day), what=typed(in_words(one.writes)), reason=typed(one.why))
    if not board.overrides:
        yield _("Nothing was changed by hand.")


def _caveats(report: AfterAction) -> Iterator[str]:
    board = report.board
    yield _("## 9. What not to conclude")
    lines = [
        _("This is an exploratory model. It is no forecast of Haiti or Kenya, and not for operational use."),
        _("Intervals are the sampling error of a computation. They say nothing about how well the model knows the "
          "world, and more futures would narrow them without making anything truer."),
        _("One world was played. That a decision went well or badly in it is luck as well as judgement; how often it "
          "would, over futures and theories, stands beside the options."),
        _("The record gives no number of withdrawals. Nothing here was fitted to one."),
        _("The sizes of what levers do are assumed (`tabletop show assumptions`)."),
        _("Stepping out of a voluntary mission is a legitimate choice; fewer exits are not success by themselves."),
        _("A handful of forecasts says little about how well anyone is calibrated."),
    ]  # fmt: skip
    if board.table.stand_ins:
        names = said.cells(said.role_name(board, role) for role in board.table.stand_ins)
        scripted = _("Orders of {roles} were scripted, not decided; the script could not react to the table.")
        lines.append(scripted.format(roles=names))
    if board.overrides and report.revealed:
        lines.append(
            _("The facilitator changed the played world by hand (section 8); what came after rests on that, too.")
        )
    if report.board.head.get("left_out"):
        lines.append(_("A theory without enough worlds that lived the record was left out, not refuted (section 7)."))
    yield listed(lines)
