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
from sim.reports.sheets import csv_text
from sim.tabletop.board import ROOT_SEED, Board, Turn
from sim.tabletop.expectations import by_role
from sim.tabletop.orders import in_words
from sim.tabletop.papers import decisions as decided
from sim.tabletop.papers import wording as said
from sim.tabletop.papers.page import foot, html, write_all
from sim.tabletop.papers.wording import listed, over, table, typed

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
        return over(self.first) and over(self.second)

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
            return (
                "The two sessions do not share a world: what came out differently is not the decisions' alone, and "
                "may not be "
                "theirs at all."
            )
        if self.apart:
            return (
                "The two sessions share a world, and more than decisions differs between them: what came out "
                "differently is "
                "not the decisions' alone."
            )
        if not self.decided_otherwise:
            return "The two sessions share a world, and nothing was decided otherwise."
        return (
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
                rows.append([number, *("; ".join(each) or NOTHING for each in (*alone, both))])
        return pd.DataFrame(rows, columns=["turn", *self.columns, "both"])

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
            rows += self._rows("all", [one for one, _ in same], [other for _, other in same])
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
        one, other = (f"{name} (session)" if name in taken else name for name in (one, other))
        return (one, other) if one != other else (f"{one} (first)", f"{other} (second)")

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
    """Write the two side by side as HTML, Markdown and CSV of measures, and return the paths; raises UserMistake."""
    text = page(pair)
    return write_all({
        folder / f"{NAME}.html": html(text, f"Two sessions: {pair.names[0]} and {pair.names[1]}"),
        folder / f"{NAME}.md": text,
        folder / f"{NAME}.csv": csv_text(pair.measures()),
    })  # fmt: skip


def page(pair: SessionPair) -> str:
    """The two side by side as GitHub's Markdown."""
    parts = [
        f"# Two sessions: {typed(pair.columns[0])} and {typed(pair.columns[1])}", f"**{pair.verdict}**", *_heads(pair),
        *_decisions(pair), *_measures(pair), *_scores(pair), "---", foot(pair.first),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


# Whether they share a world


def _apart(pair: SessionPair) -> Iterator[str]:
    heads = pair.first.head, pair.second.head
    yield from _world_apart(*heads, revealed=pair.revealed)
    words_of = [_words(head, revealed=pair.revealed) for head in heads]
    if words_of[0] != words_of[1]:
        yield f"What was typed differs: {words_of[0]}; {words_of[1]}."
    one, other = pair.first.table, pair.second.table
    if one.turn_days != other.turn_days:
        yield f"Turns were of {one.turn_days} and of {other.turn_days} days."
    if pair.first.head.get("list") != pair.second.head.get("list"):
        yield "Their lists of injects differ."
    if _injects(pair.first) != _injects(pair.second):
        first, second = (_told(_injects(board)) for board in (pair.first, pair.second))
        yield f"Injects that change the world: {first} in the one, {second} in the other."
    if _forced(pair.first) != _forced(pair.second):
        first, second = (_told(_forced(board)) for board in (pair.first, pair.second))
        told = f"Changes by hand: {first} in the one, {second} in the other."
        yield told if pair.revealed else "The facilitator changed the worlds by hand in different ways."


def _world_apart(one: Mapping[str, Any], other: Mapping[str, Any], *, revealed: bool = True) -> Iterator[str]:
    """What makes the two played worlds, or their luck, unlike: nothing of how far a table looks, or what it tells."""
    if one.get("model_version") != other.get("model_version"):
        yield (
            f"They were played with versions {one.get('model_version')} and {other.get('model_version')} of the model."
        )
    if one.get("record") != other.get("record"):
        yield "They began with different records."
    if one.get("root_seed") != other.get("root_seed"):
        yield "Their root seeds differ, and so their luck."
    theories = [head.get("played", {}).get("theory") for head in (one, other)]
    if theories[0] != theories[1] and revealed:
        yield "The worlds that were played follow different theories."
    elif one.get("played") != other.get("played"):
        yield "Different worlds were played."
    elif (keys := _unlike_settings(one, other)) and one.get("model_version") == other.get("model_version"):
        yield f"Settings of the world differ: {', '.join(keys[:_MOST_NAMED])}{' …' if len(keys) > _MOST_NAMED else ''}."
    starts = [head.get("table", {}).get("first_day") for head in (one, other)]
    if starts[0] != starts[1]:
        yield f"They began on {starts[0]} and on {starts[1]}."


def _unlike_settings(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The settings in which two cases of the theory that is played differ, but for their names and their last day."""
    cases = [head.get("cases", {}).get(head.get("played", {}).get("theory"), {}) for head in (one, other)]
    keys = dict.fromkeys([*cases[0], *cases[1]])
    return [key for key in keys if key not in _NO_WORLD and cases[0].get(key) != cases[1].get(key)]


def _words(head: Mapping[str, Any], *, revealed: bool = True) -> str:
    """The words that were typed; the seed, which draws the world, once both are over."""
    given = [word for word in head.get("words", []) if revealed or not word.startswith(ROOT_SEED)]
    return " ".join(given) or "the packaged settings"


def _told(rows: Sequence[tuple[object, ...]]) -> str:
    return ", ".join(f"{row[1]} on {row[0]}" for row in rows) or "none"


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
        f"{board.table.roles[order.role].name if order.role in board.table.roles else order.role}: "
        f"{in_words(order.writes)} from {order.day.isoformat()}"
        for order in board.orders if turns[board.given_in[order.id]] == number
    ]  # fmt: skip


# The page


def _heads(pair: SessionPair) -> Iterator[str]:
    yield listed(typed(line) for line in pair.apart)
    rows = [
        {"what": what, **{typed(name, cell=True): typed(tell(board), cell=True)
                          for name, board in zip(pair.columns, pair._boards, strict=True)}}
        for what, tell in (
            ("table", lambda board: board.table.title),
            ("turns played", lambda board: f"{len(board.turns)} of {board.table.turns}"),
            ("days of a turn", lambda board: str(board.table.turn_days)),
            ("stands at", lambda board: "ended" if board.closed else words.day(board.today)),
            ("settings", lambda board: _words(board.head, revealed=pair.revealed)),
            ("model version", lambda board: str(board.head.get("model_version"))),
            ("injects delivered", lambda board: str(len(said.delivered(board)))),
            ("lines taken back", lambda board: str(sum(line.kind == "undo" for line in board.lines))),
        )
    ]  # fmt: skip
    yield table(rows)


def _decisions(pair: SessionPair) -> Iterator[str]:
    yield "## What was decided otherwise"
    found = pair.decisions()
    if found.empty:
        yield "Nothing: the same orders, on the same days."
        return
    columns = {name: typed(name, cell=True) if name in pair.columns else name for name in map(str, found.columns)}
    rows = [
        {columns[str(name)]: typed(value, cell=True) for name, value in row.items()} for row in found.to_dict("records")
    ]
    yield table(rows)


def _measures(pair: SessionPair) -> Iterator[str]:
    yield "## What came of it"
    found = pair.measures()
    if found.empty:
        yield "No turn has been played."
        return
    if not pair.revealed:
        yield "What is not public is told once both sessions are over."
    one, other = pair.columns
    for turn, rows in found.groupby("turn", sort=False):
        title = "All turns of the same days" if turn == "all" else f"Turn {turn}{_days(pair, int(str(turn)))}"
        yield f"### {title}"
        played = [name for name in pair.columns if rows[name].notna().any()]
        if len(played) == 1:
            yield f"Played in {typed(played[0])} alone."
            continue
        differ = rows[rows["difference"].isna() | (rows["difference"] != 0)]
        if differ.empty:
            yield "The same in both."
            continue
        yield table([
            {"measure": said.with_unit(row["measure"]), typed(one, cell=True): _number(row[one]),
             typed(other, cell=True): _number(row[other]), "difference": _number(row["difference"], signed=True)}
            for row in differ.to_dict("records")
        ])  # fmt: skip
        if left := len(rows) - len(differ):
            yield f"{words.several(left, 'other measure')} the same in both."


def _days(pair: SessionPair, number: int) -> str:
    spans = [said.days(board.turns[number - 1].first, board.turns[number - 1].last)
             for board in pair._boards if number <= len(board.turns)]  # fmt: skip
    return f": {' and '.join(dict.fromkeys(spans))}"


def _number(value: float | None, *, signed: bool = False) -> str:
    return "–" if value is None or value != value else words.number(value, signed=signed)


def _scores(pair: SessionPair) -> Iterator[str]:
    yield "## How forecasts scored"
    if not pair.revealed:
        yield "Scores are told once both sessions are over."
        return
    found = pair.scores()
    if found.empty:
        yield "Nobody gave a forecast."
        return
    yield "Lower is better; two roles that were asked different things cannot be ranked by it."
    yield table([
        {"session": typed(row["session"], cell=True), "role": typed(row["role"], cell=True), "kind": row["kind"],
         "counted": row["forecasts"], "score": _number(row["score"]), "the model's": _number(row["model"])}
        for row in found.to_dict("records")
    ])  # fmt: skip
