"""Two sessions side by side: whether they shared a world, what was decided otherwise, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from sim import text as words
from sim.language import SOURCE, _, as_in, marked, spoken_in, translated
from sim.reports.sheets import csv_text
from sim.tabletop.board import ROOT_SEED, Board, Turn
from sim.tabletop.expectations import by_role
from sim.tabletop.orders import in_words
from sim.tabletop.papers import decisions as decided
from sim.tabletop.papers import wording as said
from sim.tabletop.papers.page import foot, html, spoken_folder, write_all
from sim.tabletop.papers.wording import listed, table, typed

NAME = "two_sessions"
"""Of the page's files without ending."""
NOTHING = "nothing"
_NO_WORLD = ("case", "label", "clock.end")
"""Of a case what makes no other world: its names, and how far it can be lived."""
_MOST_NAMED = 6
"""Settings that are named where two worlds differ in them."""


@dataclass(frozen=True)
class SessionPair:
    """Two sessions, each with the name by which people know it.

    Attributes
    ----------
    first, second
        What stands on the two tables; whatever can be read can be set side by side.
    names
        Of the two, such as their folders'.
    """

    first: Board
    second: Board
    names: tuple[str, str]

    @property
    def revealed(self) -> bool:
        """Whether what nobody saw is told: only once both are over."""
        return self.first.is_over and self.second.is_over

    @cached_property
    def apart(self) -> tuple[str, ...]:
        """What differs between the two beside decisions, in a sentence each; nothing where they shared all else."""
        return tuple(_apart(self))

    @property
    def share_a_world(self) -> bool:
        """Whether the same world was played with the same luck, days, and version."""
        return not list(_world_apart(self.first.head, self.second.head))

    @property
    def verdict(self) -> str:
        """Whose the differences are, in a sentence."""
        if not self.share_a_world:
            return _(
                "The two sessions do not share a world: what came out differently is not the decisions' alone, and "
                "may not be theirs at all."
            )
        if self.apart:
            return _(
                "The two sessions share a world, and more than decisions differs between them: what came out "
                "differently is not the decisions' alone."
            )
        if not self.decided_otherwise:
            return _("The two sessions share a world, and nothing was decided otherwise.")
        return _(
            "The two sessions share a world and its luck, and only decisions differ: in this one world, what came out "
            "differently came of them. In other worlds it may not."
        )

    @property
    def decided_otherwise(self) -> bool:
        """Whether any order differs."""
        return _orders(self.first) != _orders(self.second)

    def decisions(self) -> pd.DataFrame:
        """What was ordered turn by turn.

        Returns
        -------
        One row a turn in which the two differ: ``turn``, and what only the one or the other ordered in it, by their
        names; ``both`` what both did.
        """
        rows = []
        last = max(len(self.first.turns), len(self.second.turns)) + 1
        for number in range(1, last + 1):
            one, other = _ordered(self.first, number), _ordered(self.second, number)
            alone = [name for name in one if name not in other], [name for name in other if name not in one]
            if alone[0] or alone[1]:
                both = [name for name in one if name in other]
                rows.append([number, *(words.joined(each) or as_in("decided", "nothing") for each in (*alone, both))])
        return pd.DataFrame(rows, columns=["turn", *self.columns, marked("both")])

    def measures(self) -> pd.DataFrame:
        """What came of it in the two played worlds.

        Returns
        -------
        One row a measure and turn, and a last one over the turns that both have played in the same days (``turn`` is
        ``all``): ``turn``, ``measure``, ``unit``, the two values by the sessions' names, and ``difference``, the second
        less the first; null where one did not play it. Hidden measures only once both sessions are over.
        """
        rows = []
        pairs = list(zip_longest(self.first.turns, self.second.turns))
        same = [
            (one, other) for one, other in pairs if one and other and (one.first, one.last) == (other.first, other.last)
        ]
        for number, (one, other) in enumerate(pairs, start=1):
            rows += self._rows(str(number), [one] if one else [], [other] if other else [])
        if len(same) > 1:
            rows += self._rows("all", [pair[0] for pair in same], [pair[1] for pair in same])
        return pd.DataFrame(rows, columns=["turn", "measure", "unit", *self.columns, "difference"])

    def scores(self) -> pd.DataFrame:
        """How forecasts scored.

        Returns
        -------
        As :func:`sim.tabletop.expectations.by_role`, with the session's name in ``session``; empty while one goes on.
        """
        if not self.revealed:
            return pd.DataFrame(columns=["session", *by_role(self.first).columns])
        frames = [by_role(board).assign(session=name) for board, name in zip(self._boards, self.columns, strict=True)]
        whole = pd.concat([frame for frame in frames if not frame.empty] or frames[:1], ignore_index=True)
        return whole[["session", *(name for name in whole.columns if name != "session")]]

    @property
    def columns(self) -> tuple[str, str]:
        """The two names, told apart where they are the same."""
        one, other = self.names
        taken = {"turn", "both", "measure", "unit", "difference", "session"}
        one, other = (_("{name} (session)").format(name=name) if name in taken else name for name in (one, other))
        if one != other:
            return one, other
        return _("{name} (first)").format(name=one), _("{name} (second)").format(name=other)

    @property
    def _boards(self) -> tuple[Board, Board]:
        return self.first, self.second

    def _rows(self, turn: str, one: Sequence[Turn], other: Sequence[Turn]) -> list[list[object]]:
        days = [[row for each in turns for row in each.days] for turns in (one, other)]
        names = said.in_order(name for rows in days for name in (rows[0] if rows else {}) if name != "day")
        shown = [name for name in names if self.revealed or said.sight_of(name) == "public"]
        found = []
        for name in shown:
            values = [said.over_days(name, rows) for rows in days]
            change = None if None in values else values[1] - values[0]  # type: ignore[operator]
            unit = said.MEASURES[name].unit if name in said.MEASURES else ""
            found.append([turn, name, unit, *values, change])
        return found


def write(folder: Path, pair: SessionPair) -> list[Path]:
    """Write the two side by side as HTML, Markdown and CSV of measures, and return the paths; raises UserMistake.

    The CSV is for programs as well, so it is in English whatever language is spoken.
    """
    text = page(pair)
    title = _("Two sessions: {first} and {second}").format(first=pair.names[0], second=pair.names[1])
    with spoken_in(SOURCE):
        sheet = csv_text(pair.measures())
    within = spoken_folder(folder)
    return write_all({
        within / f"{NAME}.html": html(text, title),
        within / f"{NAME}.md": text,
        within / f"{NAME}.csv": sheet,
    })  # fmt: skip


def page(pair: SessionPair) -> str:
    """The two side by side as GitHub's Markdown."""
    names = {"first": typed(pair.columns[0]), "second": typed(pair.columns[1])}
    parts = [
        _("# Two sessions: {first} and {second}").format(**names), f"**{pair.verdict}**", *_heads(pair),
        *_decisions(pair), *_measures(pair), *_scores(pair), "---", foot(pair.first),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


# Whether they share a world


def _apart(pair: SessionPair) -> Iterator[str]:
    heads = pair.first.head, pair.second.head
    yield from _world_apart(*heads, revealed=pair.revealed)
    words_of = [_words(head, revealed=pair.revealed) for head in heads]
    if words_of[0] != words_of[1]:
        yield _("What was typed differs: {first}; {second}.").format(first=words_of[0], second=words_of[1])
    one, other = pair.first.table, pair.second.table
    if one.turn_days != other.turn_days:
        yield _("Turns were of {first} and of {second} days.").format(first=one.turn_days, second=other.turn_days)
    if pair.first.head.get("list") != pair.second.head.get("list"):
        yield _("Their lists of injects differ.")
    if _injects(pair.first) != _injects(pair.second):
        first, second = (_told(_injects(board)) for board in (pair.first, pair.second))
        told = _("Injects that change the world: {first} in the one, {second} in the other.")
        yield told.format(first=first, second=second)
    if _forced(pair.first) != _forced(pair.second):
        first, second = (_told(_forced(board)) for board in (pair.first, pair.second))
        told = _("Changes by hand: {first} in the one, {second} in the other.").format(first=first, second=second)
        yield told if pair.revealed else _("The facilitator changed the worlds by hand in different ways.")


def _world_apart(one: Mapping[str, Any], other: Mapping[str, Any], *, revealed: bool = True) -> Iterator[str]:
    """What makes the two played worlds, or their luck, unlike: nothing of how far a table looks, or what it tells."""
    if one.get("model_version") != other.get("model_version"):
        yield _("They were played with versions {first} and {second} of the model.").format(
            first=one.get("model_version"), second=other.get("model_version")
        )
    if one.get("record") != other.get("record"):
        yield _("They began with different records.")
    if one.get("root_seed") != other.get("root_seed"):
        yield _("Their root seeds differ, and so their luck.")
    theories = [head.get("played", {}).get("theory") for head in (one, other)]
    if theories[0] != theories[1] and revealed:
        yield _("The worlds that were played follow different theories.")
    elif one.get("played") != other.get("played"):
        yield _("Different worlds were played.")
    elif (keys := _unlike_settings(one, other)) and one.get("model_version") == other.get("model_version"):
        listed_keys = f"{', '.join(keys[:_MOST_NAMED])}{' …' if len(keys) > _MOST_NAMED else ''}"
        yield _("Settings of the world differ: {keys}.").format(keys=listed_keys)
    starts = [head.get("table", {}).get("first_day") for head in (one, other)]
    if starts[0] != starts[1]:
        yield _("They began on {first} and on {second}.").format(first=starts[0], second=starts[1])


def _unlike_settings(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The settings in which two cases of the theory that is played differ, but for their names and their last day."""
    cases = [head.get("cases", {}).get(head.get("played", {}).get("theory"), {}) for head in (one, other)]
    keys = dict.fromkeys([*cases[0], *cases[1]])
    return [key for key in keys if key not in _NO_WORLD and cases[0].get(key) != cases[1].get(key)]


def _words(head: Mapping[str, Any], *, revealed: bool = True) -> str:
    """The words that were typed; the seed, which draws the world, once both are over."""
    given = [word for word in head.get("words", []) if revealed or not word.startswith(ROOT_SEED)]
    return " ".join(given) or _("the packaged settings")


def _told(rows: Sequence[tuple[object, ...]]) -> str:
    told = (_("{what} on {day}").format(what=row[1], day=row[0]) for row in rows)
    return ", ".join(told) or as_in("changes", "none")


def _injects(board: Board) -> list[tuple[object, ...]]:
    """Fired injects that change the world, by day and id."""
    return sorted((one.day.isoformat(), one.id, one.writes) for one in board.injects.values()
                  if one.act == "fired" and one.writes)  # fmt: skip


def _forced(board: Board) -> list[tuple[object, ...]]:
    return sorted((one.day.isoformat(), in_words(one.writes)) for one in board.overrides)


def _orders(board: Board) -> list[tuple[object, ...]]:
    return sorted((order.day.isoformat(), order.role, order.writes) for order in board.orders)


def _ordered(board: Board, number: int) -> list[str]:
    """What was ordered in a turn, in words that are the same where the orders are."""
    turns = decided.turns_of_lines(board)
    return [
        _("{role}: {what} from {day}").format(
            role=translated(board.table.roles[order.role].name) if order.role in board.table.roles else order.role,
            what=in_words(order.writes), day=order.day.isoformat())
        for order in board.orders if turns[board.given_in[order.id]] == number
    ]  # fmt: skip


# The page


def _heads(pair: SessionPair) -> Iterator[str]:
    yield listed(typed(line) for line in pair.apart)
    rows = [
        {_("what"): what, **{typed(name, cell=True): typed(tell(board), cell=True)
                          for name, board in zip(pair.columns, pair._boards, strict=True)}}
        for what, tell in (
            (_("table"), lambda board: translated(board.table.title)),
            (_("turns played"), lambda board: _("{n}, {of} planned").format(n=len(board.turns), of=board.table.turns)),
            (_("days of a turn"), lambda board: str(board.table.turn_days)),
            (_("stands at"), lambda board: _("ended") if board.is_over else words.day(board.today)),
            (_("settings"), lambda board: _words(board.head, revealed=pair.revealed)),
            (_("model version"), lambda board: str(board.head.get("model_version"))),
            (_("injects delivered"), lambda board: str(len(said.delivered(board)))),
            (_("lines taken back"), lambda board: str(sum(line.kind == "undo" for line in board.lines))),
        )
    ]  # fmt: skip
    yield table(rows)


def _decisions(pair: SessionPair) -> Iterator[str]:
    yield _("## What was decided otherwise")
    found = pair.decisions()
    if found.empty:
        yield _("Nothing: the same orders, on the same days.")
        return
    columns = {
        name: typed(name, cell=True) if name in pair.columns else translated(name) for name in map(str, found.columns)
    }
    rows = [
        {columns[str(name)]: typed(value, cell=True) for name, value in row.items()} for row in found.to_dict("records")
    ]
    yield table(rows)


def _measures(pair: SessionPair) -> Iterator[str]:
    yield _("## What came of it")
    found = pair.measures()
    if found.empty:
        yield _("No turn has been played.")
        return
    if not pair.revealed:
        yield _("What is not public is told once both sessions are over.")
    one, other = pair.columns
    for turn, rows in found.groupby("turn", sort=False):
        heading = _("### All turns of the same days") if turn == "all" else _("### Turn {n}: {days}")
        yield heading.format(n=turn, days="" if turn == "all" else _days(pair, int(str(turn))))
        played = [name for name in pair.columns if rows[name].notna().any()]
        if len(played) == 1:
            yield _("Played in {session} alone.").format(session=typed(played[0]))
            continue
        differ = rows[rows["difference"].isna() | (rows["difference"] != 0)]
        if differ.empty:
            yield _("The same in both.")
            continue
        yield table([
            {_("measure"): said.with_unit(row["measure"]), typed(one, cell=True): _number(row[one]),
             typed(other, cell=True): _number(row[other]), _("difference"): _number(row["difference"], signed=True)}
            for row in differ.to_dict("records")
        ])  # fmt: skip
        if left := len(rows) - len(differ):
            yield words.many("{n} other measure the same in both.", "{n} other measures the same in both.", left)


def _days(pair: SessionPair, number: int) -> str:
    spans = [words.days(board.turns[number - 1].first, board.turns[number - 1].last)
             for board in pair._boards if number <= len(board.turns)]  # fmt: skip
    return _(" and ").join(dict.fromkeys(spans))


def _number(value: float | None, *, signed: bool = False) -> str:
    return "–" if value is None or value != value else words.number(value, signed=signed)


def _scores(pair: SessionPair) -> Iterator[str]:
    yield _("## How forecasts scored")
    if not pair.revealed:
        yield _("Scores are told once both sessions are over.")
        return
    found = pair.scores()
    if found.empty:
        yield _("Nobody gave a forecast.")
        return
    yield _("Lower is better; two roles that were asked different things cannot be ranked by it.")
    yield table([
        {_("session"): typed(row["session"], cell=True), _("role"): typed(row["role"], cell=True),
         _("kind"): translated(row["kind"]), _("counted"): row["forecasts"], _("score"): _number(row["score"]),
         _("the model's"): _number(row["model"])}
        for row in found.to_dict("records")
    ])  # fmt: skip
