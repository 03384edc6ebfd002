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
from sim.model import MODEL_VERSION
from sim.record import load as load_record
from sim.tabletop.board import ROOT_SEED, Board, line_in_words
from sim.tabletop.log import LogLine
from sim.tabletop.measures import Sight
from sim.tabletop.orders import in_words
from sim.tabletop.papers import decisions as decided
from sim.tabletop.papers import wording as said
from sim.tabletop.papers.forecast_pages import forecast_section
from sim.tabletop.papers.improvement_plan import objectives_section, plan_section
from sim.tabletop.papers.page import foot
from sim.tabletop.papers.wording import listed, table, typed
from sim.tabletop.table_settings import KNOWLEDGE

TIMELINE, STRIP = "timeline.svg", "forecasts.svg"
"""Addresses of the drawings."""
NONE_GIVEN = "*none was given*"
_FROM = {"record": "record", "scenario": "scenario", "order": "order", "inject": "inject", "override": "by hand",
         "rules": "the model's rules"}  # fmt: skip


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
    report = AfterAction(board, said.over(board) if revealed is None else revealed)
    parts = [
        *_head(report), *_overview(report), *_known(report, drawings), *_turns(report), *objectives_section(board),
        *plan_section(board), *forecast_section(board, STRIP if drawings else "", revealed=report.revealed),
        *_worlds(report), *_undone(report), *_caveats(report), "---", foot(board),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


# 1 Overview


def _head(report: AfterAction) -> Iterator[str]:
    board = report.board
    yield f"# After-action report and improvement plan: {typed(board.table.title)}"
    yield f"**{_status(report)}**"
    if not report.revealed:
        yield (
            "What nobody at the table sees is left out as long as the session goes on: the theory and the world "
            "that are "
            "played, and every number of the played world that is not public. It is told once the session is over."
        )
    if board.head.get("model_version") != MODEL_VERSION or board.head.get("record") != load_record().hash:
        yield (
            f"This session was played with version {board.head.get('model_version')} of the model; the report is "
            f"written by version {MODEL_VERSION}. Every number is the one that stands in the log; none was computed "
            "again. "
            "The session can be read and reported, and cannot go on."
        )


def _status(report: AfterAction) -> str:
    board = report.board
    played = words.several(len(board.turns), "turn")
    if board.closed:
        return f"The session has ended: {played} played of {board.table.turns} planned."
    if len(board.turns) >= board.table.turns:
        return f"All {played} that were planned have been played."
    stands = f"it stands at the morning of {words.day(board.today)}"
    none = "No turn has been played" if not board.turns else f"{played} of {board.table.turns} played"
    return f"The session is open. {none}; {stands}."


def _overview(report: AfterAction) -> Iterator[str]:
    board, head = report.board, report.board.head
    master: Mapping[str, Any] = head.get("list") or {}
    players = [said.role_name(board, id) for id in board.table.roles if id not in board.table.stand_ins]
    scripted = [said.role_name(board, id) for id in board.table.stand_ins]
    last = board.turns[-1].last if board.turns else None
    rows = [
        ("Exercise", typed(board.table.title, cell=True)),
        ("Type", f"tabletop with a model, {words.several(board.table.turns, 'turn')} of "
                 f"{words.several(board.table.turn_days, 'day')} planned"),
        ("At the table", f"{_moment(board.lines[0].at)} to {_moment(board.lines[-1].at)}"),
        ("Days played", said.days(board.turns[0].first, last) if last else "none yet"),
        ("Purpose", "to see which decisions keep a voluntary force willing under risk, and what nobody knows"),
        ("Objectives", typed("; ".join(map(str, master.get("objectives", {}).values())), cell=True) or "none given"),
        ("Threat", "violence by gangs in Haiti, and what officers read, hear and fear of it"),
        ("Scenario", typed(_scenario(report), cell=True)),
        ("Events list", typed(master.get("title", "none"), cell=True)),
        ("Roles", said.cells(players)),
        ("Stand-ins", said.cells(scripted) or "none"),
        ("Worlds", _worlds_in_short(report)),
    ]  # fmt: skip
    yield "## 1. Exercise overview"
    yield table([{"what": name, "this exercise": value} for name, value in rows])
    yield "### In short"
    yield listed(_in_short(report))


def _scenario(report: AfterAction) -> str:
    """The settings that were typed; the seed, which draws the world, is told with it."""
    given = report.board.head.get("words", [])
    return " ".join(w for w in given if report.revealed or not w.startswith(ROOT_SEED)) or "the packaged settings"


def _moment(at: str) -> str:
    """When a line was written, as people read it."""
    return f"{words.day(said.day_of(at[:10]))}, {at[11:16]} UTC"


def _worlds_in_short(report: AfterAction) -> str:
    head = report.board.head
    kept = sum(int(count) for count in head.get("theories", {}).values())
    return f"{kept:,} that lived the record, of {words.several(len(head.get('theories', {})), 'theory', 'theories')}"


def _in_short(report: AfterAction) -> Iterator[str]:
    board = report.board
    for role in board.table.roles:
        own = [order for order in board.orders if order.role == role]
        if own:
            told = "; ".join(f"{typed(order.text)} from {words.day(order.day)}" for order in own)
            yield f"{said.role_name(board, role)} ordered: {told}."
    if not board.orders:
        yield "Nothing was ordered in the played world."
    fired = said.delivered(board)
    yield (
        f"{words.several(len(fired), 'inject')} delivered, {words.several(len(board.options), 'option')} tried, "
        f"{len(board.adopted)} of them chosen; {words.several(len(board.forecasts), 'forecast')} given"
        + (f"; {words.several(len(board.overrides), 'change')} by hand." if report.revealed else ".")
    )
    if board.turns:
        ended = _came(report, [row for turn in board.turns for row in turn.days])
        yield f"In the played world, over all turns: {ended}."


def _came(report: AfterAction, rows: Sequence[Mapping[str, Any]]) -> str:
    known = [name for name in ("reports", "deaths", "control", "exits", "available", "deployed") if report.shows(name)]
    told = [(name, said.over_days(name, rows)) for name in known]
    return "; ".join(f"{said.with_unit(name)} {said.amount(value)}" for name, value in told if value is not None)


# 2 What was known, and what was


def _known(report: AfterAction, drawings: bool) -> Iterator[str]:
    board = report.board
    yield "## 2. What you knew, and what was" if report.revealed else "## 2. What everybody could read"
    if not board.turns:
        yield "No turn has been played."
        return
    if drawings:
        shown = "orders and injects by day over the measures of the played world"
        yield f"![Timeline: {shown}]({TIMELINE})"
    yield "Totals over each turn's days, levels on its last day, in the played world alone: one world of many."
    for sight in report.sights:
        rows = list(_by_turn(board, sight))
        if rows:
            yield f"### {said.ISSUES[sight][0].upper()}{said.ISSUES[sight][1:]}"
            yield table(rows)


def _by_turn(board: Board, sight: Sight) -> Iterator[Mapping[str, str]]:
    everything = [row for turn in board.turns for row in turn.days]
    for name in said.in_order(key for key in everything[0] if key != "day"):
        if said.sight_of(name) == sight:
            by_turn = {f"turn {turn.number}": said.amount(said.over_days(name, turn.days)) for turn in board.turns}
            whole = said.amount(said.over_days(name, everything)) if said.is_total(name) else "–"
            yield {"measure": said.with_unit(name), **by_turn, "all turns": whole}


# 3 Turn by turn


def _turns(report: AfterAction) -> Iterator[str]:
    board = report.board
    every = report.decisions
    yield "## 3. Turn by turn"
    open_too = [board.turn] if not board.closed else []
    for number in [*(turn.number for turn in board.turns), *open_too]:
        own = [one for one in every if one.turn == number]
        first, last = said.days_of_turn(board, number)
        is_open = number > len(board.turns)
        if is_open and not own and not _inject_rows(board, number):
            continue
        yield f"### Turn {number}: {said.days(first, last)}" + (" (open, not yet played)" if is_open else "")
        yield from _happened(report, number)
        if rows := _inject_rows(board, number):
            yield "#### Injects"
            yield table(rows)
        yield "#### Decisions"
        yield table([_decision_row(board, one) for one in own]) or "Nothing was decided."
        yield from _not_taken(board, number, [one for one in own if one.kind == decided.NOT_CHOSEN])
        yield from _played(board, number)
        yield from _what_came(report, number)
    if not board.turns and not every:
        yield "Nothing has been decided, and no turn has been played."


def _happened(report: AfterAction, number: int) -> Iterator[str]:
    if number > len(report.board.turns):
        return
    turn = report.board.turns[number - 1]
    rows = [row for row in turn.summary.get("happened", []) if report.revealed or row["from"] != "override"]
    lines = [
        f"{words.day(said.day_of(row['day']))}: {said.short(row['what'])} *({_source(report.board, row)})*"
        for row in rows
    ]
    yield "#### What happened"
    yield listed(lines) or "Nothing but the days' own course."
    if came := _came(report, turn.days):
        yield f"In the played world: {came}."


def _source(board: Board, row: Mapping[str, Any]) -> str:
    """Where something that happened came from, and by which id people know it."""
    source = _FROM.get(row["from"], typed(row["from"]))
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
        when = f"{act}, {words.short_day(said.day_of(line.data['day']))}" if line.data.get("day") else act
        planned = row.get("at") or row.get("after") or ""
        when += f" (planned {typed(planned, cell=True)})" if planned else ""
        rows.append({
            "inject": typed(id, cell=True), "what became of it": when, "to": said.role_name(board, to),
            "text": typed(text, cell=True), "expected": typed(row.get("expected", ""), cell=True),
            "objective": typed(row.get("objective", ""), cell=True), "why": typed(line.data.get("why", ""), cell=True),
        })  # fmt: skip
    for day, id in said.held(board):
        if number <= len(board.turns) and board.turns[number - 1].first <= day <= board.turns[number - 1].last:
            row = listing.get(id, {})
            rows.append({
                "inject": typed(id, cell=True), "what became of it": f"its condition held, {words.short_day(day)}",
                "to": said.role_name(board, str(row.get("to", ""))), "text": typed(row.get("text", ""), cell=True),
                "expected": typed(row.get("expected", ""), cell=True),
                "objective": typed(row.get("objective", ""), cell=True), "why": "",
            })  # fmt: skip
    return rows


def _decision_row(board: Board, one: decided.Decision) -> Mapping[str, object]:
    what = f"{one.kind}: {one.id}" if one.kind in (decided.CHOSEN, decided.NOT_CHOSEN) else f"{one.kind} {one.id}"
    scripted = " (scripted)" if one.stand_in else ""
    return {
        "decision": f"{typed(what, cell=True)}{scripted}", "owner": said.role_name(board, one.role),
        "what": typed(one.text, cell=True), "from": words.short_day(one.day) if one.day else "",
        "rationale": typed(one.why, cell=True) or NONE_GIVEN,
    }  # fmt: skip


def _not_taken(board: Board, number: int, options: Sequence[decided.Decision]) -> Iterator[str]:
    """What each option that was not chosen would have changed, beside what was played."""
    if not options:
        return
    yield "#### Options not taken, and what each would have changed"
    told = {one.id: decided.differences(board, one) for one in options}
    if not any(told.values()):
        yield (
            "No futures of these were lived beside what was played, so nothing can be said of what they would have "
            "changed."
        )
        return
    yield (
        "Option less what was played, on the same futures: the mean over theories of equal weight with its 95 % "
        "interval "
        "(the sampling error of this computation, not how sure anyone can be of the world), and in how many of 100 "
        "futures "
        "it was better and worse than what was played."
    )
    runs = {int(row["futures"]) for rows in told.values() for row in rows if row["theory"] == said.ALL}
    yield f"Futures of each: {', '.join(f'{count:,}' for count in sorted(runs))}." if runs else ""
    yield table([row for name, rows in told.items() for row in _differences(name, rows)])
    yield listed(line for name, rows in told.items() if (line := _same(name, rows)))
    if missing := [name for name, rows in told.items() if not rows]:
        yield f"Without futures lived beside what was played: {', '.join(typed(name) for name in missing)}."


def _played(board: Board, number: int) -> Iterator[str]:
    rows = decided.played_against_nothing(board, number)
    if rows:
        yield "#### What was decided, beside ordering nothing in this turn"
        yield "What was played less nothing ordered, on the futures of the other worlds."
        yield table(_differences("what was played", rows))
        yield _same("What was played", rows)


def _differences(name: str, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, object]]:
    """One row a measure that differs: the mean over theories, and the theories themselves where they do not agree."""
    told: list[Mapping[str, object]] = []
    for measure in said.in_order(row["measure"] for row in rows):
        own = [row for row in rows if row["measure"] == measure]
        whole = next((row for row in own if row["theory"] == said.ALL), own[0])
        if all(said.sign(row) == 0 for row in own):
            continue
        until = f", {_until(measure, whole['until'])}" if whole.get("until") else ""
        told.append({
            "option": typed(name, cell=True), "measure": f"{said.with_unit(measure)}{until}",
            "difference (95 %)": said.difference(whole), "better / worse": said.how_often(whole),
            "over theories": said.verdict_text(measure, own),
            "shows from": words.short_day(said.day_of(whole["since"])) if whole.get("since") else "",
        })  # fmt: skip
    return told


def _until(measure: str, day: str) -> str:
    return f"{'to' if said.is_total(measure) else 'on'} {words.short_day(said.day_of(day))}"


def _same(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The measures in which nothing differs in any future."""
    measures = said.in_order(row["measure"] for row in rows)
    same = [one for one in measures if all(said.sign(row) == 0 for row in rows if row["measure"] == one)]
    listing = "; ".join(said.with_unit(one) for one in same)
    return f"{typed(name)}: no difference in any future in {listing}." if same else ""


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
    yield "#### What came of it in the played world"
    yield (
        "The same world with the same luck, lived without that order or inject to the end of the turn: one world, so "
        "what it did here says little about what it would do in others."
    )
    table_rows = []
    for id, group in groupby(rows, key=lambda row: row["id"]):
        for row in group:
            known = row["with"] is not None and row["without"] is not None
            change = words.estimate(row["with"] - row["without"], signed=True) if known else ""
            table_rows.append({
                "because of": f"{typed(_name_of(board, id), cell=True)}: {said.short(row['what'], 60)}",
                "measure": said.with_unit(row["measure"]), "with": said.amount(row["with"]),
                "without": said.amount(row["without"]), "difference": change,
            })  # fmt: skip
    yield table(table_rows)
    if still and report.revealed:
        yield f"Moved none of the measures that are told, by the turn's end: {', '.join(still)}."


def _name_of(board: Board, id: str) -> str:
    """What an order, inject or change by hand is called: an inject by its own id, and not by that of its line."""
    return next((one.id for one in board.injects.values() if id == f"i{one.entry}"), id)


# 7 to 9 Worlds, what was taken back, what not to conclude


def _worlds(report: AfterAction) -> Iterator[str]:
    board, head = report.board, report.board.head
    yield "## 7. Which worlds these were"
    kept = head.get("theories", {})
    lines = [f"{typed(words.spoken(name))}: {words.several(int(count), 'world')} that lived the record"
             for name, count in kept.items()]  # fmt: skip
    lines += [f"{typed(sentence)}." for sentence in head.get("left_out", [])]
    yield "Every theory has the same weight: nothing in the record says how much each should have."
    yield listed(lines)
    if report.revealed:
        played = head.get("played", {})
        yield (
            f"Played was world {played.get('world')} of {typed(words.spoken(str(played.get('theory'))))}, drawn by the "
            f"session's seed ({head.get('root_seed')}) with equal weights over theories, and never by how well it "
            "fits. The "
            "players did not know it, and no outlook knew its luck."
        )
    rows = [
        {"turn": turn.number, "conditioned on what was seen": "yes" if others.get("conditioned") else "no",
         "worlds in the outlook": typed(others.get("said", ""), cell=True) if report.revealed else _kept(board, others)}
        for turn in board.turns if (others := turn.summary.get("others", {}))
    ]  # fmt: skip
    yield table(rows)
    shown = [f"turn {decided.turns_of_lines(board)[line.number]}, {said.role_name(board, line.by)}: "
             f"{typed(line.data.get('what', ''))} {_shown(line)}"
             for line in board.lines if line.kind == "shown"]  # fmt: skip
    if shown:
        yield "**Futures that were shown**"
        yield listed(shown)


def _kept(board: Board, others: Mapping[str, Any]) -> str:
    """How many worlds agreed, of all; a log of before may lack the played one in its count, and so tell its theory."""
    kept, of = others.get("kept", {}), board.head.get("theories", {})
    kept = kept if others.get("conditioned") else {name: of.get(name, count) for name, count in kept.items()}
    return "; ".join(f"{typed(words.spoken(str(name)), cell=True)} {int(count):,} of {int(of.get(name, count)):,}"
                     for name, count in kept.items())  # fmt: skip


def _shown(line: LogLine) -> str:
    options = ", ".join(typed(name) for name in line.data.get("options", []))
    until = f" to {words.day(said.day_of(line.data['until']))}" if line.data.get("until") else ""
    forced = int(line.data.get("overrides", 0))
    flagged = f"; {words.several(forced, 'change')} by hand were in none of these futures" if forced else ""
    return f"{f'of {options}' if options else ''}{until}{flagged}".strip()


def _undone(report: AfterAction) -> Iterator[str]:
    board = report.board
    yield "## 8. What was taken back, and what was changed by hand"
    rows = [
        {"turn": turn, "line": line.number, "what": typed(line_in_words(line), cell=True),
         "by": said.role_name(board, line.by), "taken back by line": undo.number,
         "why": typed(undo.data.get("why", ""), cell=True) or NONE_GIVEN}
        for line, undo, turn in decided.taken_back(board) if report.revealed or line.kind != "override"
    ]  # fmt: skip
    yield table(rows) or "Nothing was taken back."
    again = [line for line in board.lines if line.number in board.undone and line.kind == "advance"]
    if again:
        yield (
            f"{words.several(len(again), 'turn')} {'was' if len(again) == 1 else 'were'} played and taken back. What "
            "was "
            "decided after that was decided by people who had seen how it came out."
        )
    if not report.revealed:
        return
    for one in board.overrides:
        yield (
            f"**By hand, {words.day(one.day)}**: {typed(in_words(one.writes))}. Reason: {typed(one.why)}. It is in "
            "the played "
            "world alone, in no outlook and no comparison, and forecasts over its day are not scored."
        )
    if not board.overrides:
        yield "Nothing was changed by hand."


def _caveats(report: AfterAction) -> Iterator[str]:
    board = report.board
    yield "## 9. What not to conclude"
    lines = [
        "This is an exploratory model. It is no forecast of Haiti or Kenya, and not for operational use.",
        "Intervals are the sampling error of a computation. They say nothing about how well the model knows the "
        "world, and "
        "more futures would narrow them without making anything truer.",
        "One world was played. That a decision went well or badly in it is luck as well as judgement; how often it "
        "would, over "
        "futures and theories, stands beside the options.",
        "The record gives no number of withdrawals. Nothing here was fitted to one.",
        "The sizes of what levers do are assumed (`tabletop show assumptions`).",
        "Stepping out of a voluntary mission is a legitimate choice; fewer exits are not success by themselves.",
        "A handful of forecasts says little about how well anyone is calibrated.",
    ]
    if board.table.stand_ins:
        names = said.cells(said.role_name(board, role) for role in board.table.stand_ins)
        lines.append(f"Orders of {names} were scripted, not decided; the script could not react to the table.")
    if board.overrides and report.revealed:
        lines.append(
            "The facilitator changed the played world by hand (section 8); what came after rests on that, too."
        )
    if report.board.head.get("left_out"):
        lines.append("A theory without enough worlds that lived the record was left out, not refuted (section 7).")
    yield listed(lines)
