"""What stands on the table: a pure function of the log's lines. No world is lived here.

A session of another model version is read here all the same, since each turn's line sums up what came of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Literal

from sim.errors import StoreDamaged
from sim.language import marked
from sim.model.events import Event
from sim.tabletop import table_settings
from sim.tabletop.log import LogLine
from sim.tabletop.table_settings import TableSettings

FORMAT = 1
ROOT_SEED = "ensemble.root_seed"
"""The setting that draws the world that is played."""
KINDS: Mapping[str, str] = {
    "session": "what is played: the log's first line",
    "order": "a role decides something, in the played world or in an option",
    "option": "something that could be done, to be tried before it is chosen",
    "adopt": "an option's orders become orders of the played world",
    "inject": "an inject of the list is fired, postponed or skipped, or one is added",
    "override": "the facilitator changes the played world by hand",
    "forecast": "what a role expects",
    "shown": "futures that were shown, with their numbers",
    "advance": "a turn is played, and what came of it",
    "note": "an observation, for the report",
    "undo": "a line is taken back",
    "close": "the session ends",
}
"""What a line can be."""
ARRIVES, NEW_PHASE = marked("{what}: it arrives"), marked("Kenya: {phase}")
"""What a turn's line says of what was sent, on the day on which it is there, and of Kenya's next phase."""
SHOWN, RULES = (marked("outlook"), marked("compare"), marked("try")), marked("rules")
"""What futures can have been shown as; a line of the kind ``shown`` says which. What the model's own rules did."""
NEVER_UNDONE = ("session", "note", "undo", "shown", "close")

Write = tuple[str, Literal["set", "add"], float]


@dataclass(frozen=True, slots=True)
class Order:
    """Something that a role decides.

    Attributes
    ----------
    entry
        Number of its line.
    id
        How people name it: ``o`` and that number.
    day
        From when it holds; of an option that is not chosen and has no day of its own, today.
    writes
        Targets, whether each is set or added to, and the amounts.
    text, why
        What it is in words, and the reasons given.
    option
        The option it belongs to; None: the played world.
    stand_in
        Whether it was scripted for a role that nobody plays.
    """

    entry: int
    id: str
    role: str
    day: date
    writes: tuple[Write, ...]
    text: str
    why: str
    option: str | None = None
    stand_in: bool = False

    @property
    def event(self) -> Event:
        """The same as a row of an event table."""
        return Event(self.id, self.writes, self.day, origin="player", text=self.text)


@dataclass(frozen=True, slots=True)
class Option:
    """Something that could be done: its own orders, and those of the option that it goes on from."""

    entry: int
    name: str
    role: str
    text: str
    on: str | None
    orders: tuple[Order, ...] = ()


@dataclass(frozen=True, slots=True)
class Fired:
    """What became of an inject: ``fired``, ``postponed`` to a day, or ``skipped``; and the event it was, if any."""

    entry: int
    id: str
    act: str
    day: date
    text: str
    to: str
    writes: tuple[Write, ...] = ()

    @property
    def event(self) -> Event | None:
        """What it does to every world; None for words alone."""
        if self.act != "fired" or not self.writes:
            return None
        return Event(f"i{self.entry}", self.writes, self.day, origin="player", text=self.text)


@dataclass(frozen=True, slots=True)
class ForcedChange:
    """A change of the played world by hand, which no other world has."""

    entry: int
    day: date
    writes: tuple[Write, ...]
    why: str

    @property
    def event(self) -> Event:
        """The same as a row of an event table."""
        return Event(f"v{self.entry}", self.writes, self.day, origin="player", text=self.why)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a role expects of a measure: a probability that it passes a threshold, or a range.

    Attributes
    ----------
    measure
        Name of :mod:`sim.tabletop.measures`; totals count from ``since`` to ``by``, both included.
    sense
        ``>=`` or ``<=`` with ``threshold`` and ``p``; or ``range`` with ``low``, ``high`` and ``level``.
    late
        Whether the role had seen already what may come of that turn, or what came of it.
    turn
        The turn in which it was said.
    after
        What it had seen: ``futures``, or a ``turn`` that was played and taken back; empty where it is not late.
    """

    entry: int
    id: str
    role: str
    measure: str
    sense: str
    since: date
    by: date
    turn: int
    late: bool
    threshold: float = 0.0
    p: float = 0.0
    low: float = 0.0
    high: float = 0.0
    level: float = 0.0
    after: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that was played.

    Attributes
    ----------
    entry
        Number of the line that ended it.
    number
        From 1.
    first, last
        Its days.
    days
        The played world's measures, one mapping a day with ``day`` in it; some are hidden from players.
    summary
        Whatever else the line sums up (:mod:`sim.tabletop.turn`).
    lines
        The live lines of the turn before it was ended.
    """

    entry: int
    number: int
    first: date
    last: date
    days: tuple[Mapping[str, Any], ...]
    summary: Mapping[str, Any]
    lines: tuple[LogLine, ...]


@dataclass(frozen=True)
class Board:
    """What stands on the table after some lines of a log.

    Attributes
    ----------
    lines
        Every line, those taken back among them.
    undone
        Numbers of the lines that were taken back.
    read
        Orders by their line, as they were read from it before: a line never changes, and boards of one log share it.
    """

    lines: tuple[LogLine, ...]
    undone: frozenset[int] = field(default_factory=frozenset)
    read: dict[int, Order] = field(default_factory=dict, repr=False, compare=False)

    # What is played

    @property
    def head(self) -> Mapping[str, Any]:
        """The first line's data: ``model_version``, ``record``, ``posterior``, ``words``, ``theories``, ``left_out``,
        ``root_seed``, ``played``, ``table`` and ``list``."""
        return self.lines[0].data

    @cached_property
    def table(self) -> TableSettings:
        """The table's settings."""
        return table_settings.of_plain(self.head["table"])

    @cached_property
    def live(self) -> tuple[LogLine, ...]:
        """The lines that count."""
        return tuple(line for line in self.lines if line.number not in self.undone)

    def of_kind(self, kind: str) -> Iterator[LogLine]:
        """The lines of a kind that count."""
        return (line for line in self.live if line.kind == kind)

    # Where it stands

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """The turns that were played."""
        turns, before = [], 0
        for line in self.of_kind("advance"):
            data = line.data
            within = tuple(other for other in self.live if before < other.number < line.number)
            first, last = _day(data["first"]), _day(data["last"])
            turns.append(Turn(line.number, data["turn"], first, last, tuple(data["days"]), data, within))
            before = line.number
        return tuple(turns)

    @property
    def turn(self) -> int:
        """The number of the turn that is open."""
        return len(self.turns) + 1

    @property
    def today(self) -> date:
        """The next day to be played."""
        return self.turns[-1].last + timedelta(days=1) if self.turns else self.table.first_day

    def morning_of(self, number: int) -> date:
        """The day that was next to be played when a line was written."""
        before = [turn.last for turn in self.turns if turn.entry < number]
        return before[-1] + timedelta(days=1) if before else self.table.first_day

    @cached_property
    def is_over(self) -> bool:
        """Whether no turn can be played any more: the session was closed, or no day of its worlds is left.

        Then nothing but notes can be added, and what nobody saw may be told; before that nothing of it.
        """
        return any(True for _ in self.of_kind("close")) or self.today > self.table.last_day

    @property
    def all_planned(self) -> bool:
        """Whether every turn that was planned has been played; more can be, until the session is over."""
        return len(self.turns) >= self.table.turns

    @property
    def opened_at(self) -> int:
        """Number of the line that opened the present turn."""
        return self.turns[-1].entry if self.turns else 0

    # What was decided

    @cached_property
    def all_orders(self) -> tuple[Order, ...]:
        """Every live order, of options too."""
        return tuple(self.read.get(line.number) or self._order(line) for line in self.of_kind("order"))

    def _order(self, line: LogLine) -> Order:
        """The order of a line; one without a day of its own has another on another morning."""
        order = Order(
            line.number, f"o{line.number}", line.by, self._day_of(line), _writes(line.data["writes"]),
            line.data["text"], line.data["why"], line.data["option"], line.data["stand_in"],
        )  # fmt: skip
        if line.data["day"] is not None:
            self.read[line.number] = order
        return order

    def _day_of(self, line: LogLine) -> date:
        """An order's day; in an option it may have none, and then holds from the day on which it is chosen."""
        if line.data["day"] is not None:
            return _day(line.data["day"])
        chosen = self._chosen_in.get(f"o{line.number}")
        return self.today if chosen is None else self.morning_of(chosen)

    @cached_property
    def _chosen_in(self) -> Mapping[str, int]:
        """By order the line that chose it, be it with an option that goes on from its own."""
        chosen: dict[str, int] = {}
        for line in self.of_kind("adopt"):
            chosen |= {name: line.number for name in line.data["orders"] if name not in chosen}
        return chosen

    @cached_property
    def orders(self) -> tuple[Order, ...]:
        """The orders of the played world: those given, and those of options that were chosen."""
        return tuple(order for order in self.all_orders if order.id in self.given_in)

    @cached_property
    def given_in(self) -> Mapping[str, int]:
        """By order of the played world the line that made it one: its own, or that which chose its option."""
        known = {order.id for order in self.all_orders}
        given = {order.id: order.entry for order in self.all_orders if order.option is None}
        chosen = {name: line for name, line in self._chosen_in.items() if name in known and name not in given}
        return given | chosen

    @cached_property
    def options(self) -> Mapping[str, Option]:
        """The options by name, in the order in which they were thought of."""
        found = {}
        for line in self.of_kind("option"):
            name = line.data["name"]
            own = tuple(order for order in self.all_orders if order.option == name)
            found[name] = Option(line.number, name, line.by, line.data["text"], line.data["on"], own)
        return found

    @cached_property
    def adopted(self) -> Mapping[str, LogLine]:
        """The options that were chosen, and the line that did: of one that another goes on from, perhaps that one's."""
        on = {line.data["name"]: line.data["on"] for line in self.of_kind("option")}
        chosen = {line.data["option"]: line for line in self.of_kind("adopt")}
        for line in self.of_kind("adopt"):
            name = on.get(line.data["option"])
            while name is not None:
                chosen.setdefault(name, line)
                name = on.get(name)
        return chosen

    def orders_of(self, option: str) -> tuple[Order, ...]:
        """An option's orders, those of the options below it first."""
        one = self.options[option]
        below = self.orders_of(one.on) if one.on is not None and one.on in self.options else ()
        return (*below, *one.orders)

    # What happened to everyone

    @cached_property
    def injects(self) -> Mapping[str, Fired]:
        """What became last of each inject that was touched."""
        return {
            line.data["id"]: Fired(line.number, line.data["id"], line.data["act"], _day(line.data["day"]),
                                   line.data["text"], line.data["to"], _writes(line.data["writes"]))
            for line in self.of_kind("inject") if line.data["act"] != "added"
        }  # fmt: skip

    @cached_property
    def added_injects(self) -> tuple[Mapping[str, Any], ...]:
        """Injects that were added at the table, as the list has them."""
        return tuple(line.data["inject"] for line in self.of_kind("inject") if line.data["act"] == "added")

    @cached_property
    def overrides(self) -> tuple[ForcedChange, ...]:
        """Changes of the played world by hand."""
        return tuple(
            ForcedChange(line.number, _day(line.data["day"]), _writes(line.data["writes"]), line.data["why"])
            for line in self.of_kind("override")
        )

    # What was said

    @cached_property
    def forecasts(self) -> tuple[Expectation, ...]:
        """What roles expect."""
        return tuple(_expectation(line) for line in self.of_kind("forecast"))

    @property
    def seen(self) -> tuple[LogLine, ...]:
        """Futures that were shown in the open turn; what was seen cannot be taken back."""
        return tuple(line for line in self.lines if line.kind == "shown" and line.number > self.opened_at)

    def seen_by(self, role: str) -> tuple[LogLine, ...]:
        """What a role has seen of the days that are to be played: futures, and turns that were taken back.

        Of futures its own, and what the facilitator showed to the table; a try is nobody else's. A turn that was played
        and taken back has been seen by everybody, and so have futures of later mornings that were taken back with it.
        """
        mornings = self._mornings
        return tuple(
            line
            for line in self.lines
            if (line.kind == "advance" and line.number in self.undone and _day(line.data["last"]) >= self.today)
            or (
                line.kind == "shown"
                and mornings[line.number] >= self.today
                and (line.by == role or (line.by == table_settings.FACILITATOR and line.data.get("what") != "try"))
            )
        )

    @cached_property
    def _mornings(self) -> Mapping[int, date]:
        """The day that was next to be played when each line was written, as the table stood then."""
        played: list[LogLine] = []
        mornings = {}
        for line in self.lines:
            before = _day(played[-1].data["last"]) + timedelta(days=1) if played else None
            mornings[line.number] = before or self.table.first_day
            if line.kind == "advance":
                played.append(line)
            elif line.kind == "undo" and self.lines[line.data["of"]].kind == "advance":
                played = [turn for turn in played if turn.number < line.data["of"]]
        return mornings


def replay(lines: Sequence[LogLine], before: Board | None = None) -> Board:
    """What stands on the table after these lines.

    Undoing a turn takes back whatever came after it as well, but what was noted and what was seen.

    Parameters
    ----------
    before
        What stood after the first of the same lines, from which orders need not be read again.

    Raises
    ------
    StoreDamaged
        The first line opens no session, or a line is of a kind that is not known.
    """
    if not lines or lines[0].kind != "session" or lines[0].data.get("format") != FORMAT:
        raise StoreDamaged("the log does not begin with a session of this format; a later version may have written it")
    undone: set[int] = set()
    for line in lines:
        if line.kind not in KINDS:
            raise StoreDamaged(f"line {line.number + 1} of the log is of a kind that is not known: {line.kind}")
        if line.kind == "undo":
            taken = lines[line.data["of"]]
            undone.add(taken.number)
            if taken.kind == "advance":
                after = lines[taken.number : line.number]
                undone |= {other.number for other in after if other.kind not in NEVER_UNDONE}
    return Board(tuple(lines), frozenset(undone), {} if before is None else before.read)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _writes(given: Sequence[Sequence[Any]]) -> tuple[Write, ...]:
    return tuple((str(target), "add" if op == "add" else "set", float(value)) for target, op, value in given)


def _expectation(line: LogLine) -> Expectation:
    said = dict(line.data)
    since, by = _day(said.pop("since")), _day(said.pop("by"))
    return Expectation(entry=line.number, id=f"f{line.number}", role=line.by, since=since, by=by, **said)
