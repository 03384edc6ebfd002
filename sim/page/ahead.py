"""Futures that a seat asks for: computed one after the other, apart from the session's lock, and noted when shown.

A seat that asks anew while its last question waits takes that back. What was computed is kept by what it depends on:
the morning, what stands on the table, the levers, the last day.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from sim.errors import UserMistake
from sim.language import _, current, spoken_in
from sim.page.ask import FormAnswer
from sim.page.forms import Form, Refused
from sim.page.live import LiveTable
from sim.page.pictures import Pictures, stand_back
from sim.page.seats import Seat
from sim.page.shown import TO_ALL, Beside, numbers_of
from sim.page.views.naming import role_name
from sim.tabletop.board import Board, Write
from sim.tabletop.expectations import is_due, silent_roles
from sim.tabletop.first_line import worlds_of
from sim.tabletop.futures import Futures
from sim.tabletop.history import events_of
from sim.tabletop.injects_due import inject_of
from sim.tabletop.log import LogLine
from sim.tabletop.options import ComparedOptions, compared
from sim.tabletop.other_worlds import OtherWorlds
from sim.tabletop.outlook import (
    TableOutlook,
    check_still_ahead,
    check_until,
    dots,
    measures_for,
    medians,
    open_options,
    option_rows,
    outlook_rows,
    shown,
)
from sim.tabletop.roles import anything
from sim.tabletop.session import Session
from sim.tabletop.stories import stories
from sim.tabletop.table_settings import Role
from sim.tabletop.turn import played, preview
from sim.text import day as spoken_day
from sim.text import number

Found = TypeVar("Found")
NAMES = ("outlook", "try", "compare")
MOST_OPTIONS = 6
"""Options that are compared at once on the page; each is a thousand futures."""
MOST_WAITING = 64
_BASES, _ANSWERS, _BESIDE, _TIMES = 2, 64, 256, 3


class Superseded(Exception):
    """The same seat asked something newer before this was begun."""


class GoneOn(Exception):
    """The table went on while futures were computed."""


@dataclass(frozen=True)
class FuturesAsked:
    """What a seat asks about the future.

    Attributes
    ----------
    what
        ``outlook``, ``try`` or ``compare``.
    measures
        The decisive one first.
    writes
        Of a try.
    options
        Of a comparison.
    until
        Last day; None: as far as the table looks.
    """

    what: str
    measures: tuple[str, ...]
    writes: tuple[Write, ...] = ()
    options: tuple[str, ...] = ()
    until: date | None = None


@dataclass(frozen=True)
class LivedFutures:
    """What was computed for a question: the line of the log that says it, and of a comparison what it is drawn from."""

    morning: Hashable
    data: Mapping[str, Any]
    said: str
    beside: Beside
    found: ComparedOptions | None = field(default=None, repr=False, compare=False)


class FuturesDesk:
    """The one worker that lives futures, and who waits for it.

    Parameters
    ----------
    live
        The session that is served.
    pictures
        Where pictures of comparisons are drawn.
    """

    def __init__(self, live: LiveTable, pictures: Pictures) -> None:
        self._live, self._pictures = live, pictures
        self._pool = ThreadPoolExecutor(1, "ahead", stand_back)
        self._waiting: OrderedDict[str, tuple[Callable[[], Any], asyncio.Future[Any]]] = OrderedDict()
        self._begun: str = ""
        self._task: asyncio.Task[None] | None = None
        self._something = asyncio.Event()
        self._others: OtherWorlds | None = None
        self._bases: OrderedDict[Hashable, Futures] = OrderedDict()
        self._answers: OrderedDict[Hashable, LivedFutures] = OrderedDict()
        self.beside: OrderedDict[int, Beside] = OrderedDict()
        """By line of the log what stands beside it in memory."""

    def start(self) -> None:
        """Begin to answer, and make the worlds ready meanwhile; call it in the loop that serves."""
        self._task = asyncio.create_task(self._work())
        if not self._live.read_only:
            warm: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            warm.add_done_callback(lambda done: done.cancelled() or done.exception())  # whoever asks first is told
            self._waiting[""] = (self._warm, warm)
            self._something.set()

    async def stop(self) -> None:
        """End; who waits is told that the server is ending."""
        if self._task is not None:
            self._task.cancel()
        for _work, asked in self._waiting.values():
            if not asked.done():
                asked.set_exception(UserMistake("session", None, "the server is ending"))
        self._waiting.clear()
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)

    def is_waiting(self, seat: Seat) -> bool:
        """Whether futures are being computed for a seat, or wait to be."""
        return any(key.split(" ")[0] == seat.name for key in [*list(self._waiting), self._begun])

    # Questions

    async def answer(self, form: Form) -> FormAnswer:
        """Show a seat what may come, and write down that it was shown.

        Raises
        ------
        Superseded
            The same browser asked something newer.
        """
        try:
            for _attempt in range(_TIMES):
                board = self._live.session.open_board()
                with form.whole_form():
                    asked = self._question(board, form)
                    try:
                        return await self._shown(form, board, asked)
                    except GoneOn:
                        form = Form(form.name, {**form.typed, "turn": ""}, form.seat)
            return form.refused({"": _("The table went on while this was computed; ask again.")})
        except Refused as refused:
            return form.refused(refused.mistakes)

    async def preview(self, form: Form) -> FormAnswer:
        """What an inject would do by the turn's end in the played world: nobody else is told, no line is written."""
        try:
            with form.whole_form():
                board = self._live.session.open_board()
                inject = inject_of(board, form.needed("id", _("which inject")))

                def work() -> tuple[Mapping[str, Any], ...]:
                    table = preview(board, self._ready(board).table, inject)
                    return tuple({str(name): value for name, value in row.items()} for row in table.to_dict("records"))

                rows = await self.run(form.seat, work) if inject.writes else ()
        except Refused as refused:
            return form.refused(refused.mistakes)
        said = _("{id}, were it fired on {day}: what it would change by the turn's end in the played world")
        if not inject.writes:
            said = _("{id} is words alone: it changes no world")
        elif not rows:
            said = _("{id}, were it fired on {day}, would change none of the measures by the turn's end")
        said = said.format(id=inject.id, day=spoken_day(board.today))
        return FormAnswer(form.name, form.place, {}, said, table=rows)

    def _question(self, board: Board, form: Form) -> FuturesAsked:
        seat = form.seat
        turn = form.whole("turn")
        if turn is not None and turn != board.turn:
            said = _("Turn {turn} has gone on meanwhile; look at the table again.")
            raise Refused({"": said.format(turn=turn)})
        measure = form.maybe("measure")
        with form.at("measure"):
            known = measures_for(seat.knows, [measure] if measure else [])
        with form.at("until"):
            until = form.day("until")
            if until is not None:
                check_until(until, board.today, board.table.last_day)
        writes: tuple[Write, ...] = ()
        options: tuple[str, ...] = ()
        if form.name == "try":
            writes = form.writes(self._hand(board, form))
            if not writes and not form.mistakes:
                form.mistakes[""] = _("Nothing is set. Set at least one level to try it.")
        if form.name == "compare":
            with form.at("option"):
                options = open_options(board, form.several("option"))
                check_still_ahead(board, options)
                if len(options) > MOST_OPTIONS:
                    raise UserMistake("option", None, _("at most {n} at once").format(n=MOST_OPTIONS))
        if seat.kind == "player" and is_due(board, seat.role) and not form.text("late"):
            said = _(
                "Say what you expect first, or tick that you look without saying: forecasts are late from then on."
            )
            form.mistakes["late"] = said
        waited = [role for role in silent_roles(board) if is_due(board, role)]
        if seat.kind == "facilitator" and form.name in TO_ALL and waited and not form.text("late"):
            said = _(
                "Not yet said what they expect, which would be late from then on: {roles}. Wait, or tick to show it."
            )
            form.mistakes["late"] = said.format(roles=", ".join(role_name(board, role) for role in waited))
        form.check()
        rest = [name for name in measures_for(seat.knows) if name not in known]
        return FuturesAsked(form.name, (*known, *rest), writes, options, until)

    def _hand(self, board: Board, form: Form) -> Role:
        """Whose levers are tried: the seat's, those of a role that the facilitator names, or any."""
        if form.seat.kind == "facilitator" and not form.text("role"):
            return anything()
        return board.table.roles[form.role(board)]

    async def _shown(self, form: Form, board: Board, asked: FuturesAsked) -> FormAnswer:
        seat, silent = form.seat, silent_roles(board)
        language = current()
        lived = await self.run(seat, lambda: self._lived(self._live.session.board, asked, seat, language))
        again = self._again(seat, lived)
        if again is not None:
            return form.done(lived.said, again.number, again=True)

        def write(session: Session) -> LogLine:
            if _morning(session.open_board()) != lived.morning:
                raise GoneOn
            session.note_shown(seat.role, lived.data)
            return session.log.entries[-1]

        line = await self._live.write("what was shown", write)
        beside = lived.beside
        if lived.found is not None:
            names = self._pictures.draw(seat, self._ready(board).table, lived.found, asked.measures[0], board)
            beside = replace(beside, pictures=names)
        _keep(self.beside, line.number, beside, _BESIDE)
        late = _("No forecast in this turn yet of {roles}: from now on it would be late.")
        roles = ", ".join(role_name(board, role) for role in silent)
        notes = [late.format(roles=roles)] if silent and seat.kind == "facilitator" else []
        return form.done(lived.said, line.number, notes=notes)

    def _again(self, seat: Seat, lived: LivedFutures) -> LogLine | None:
        """The line that shows this seat the same already, and newest of its kind."""
        board = self._live.session.board
        own = [one for one in board.seen if one.by == seat.role and one.data["what"] == lived.data["what"]]
        return own[-1] if own and own[-1].data == lived.data else None

    # Work, in the worker's thread

    def _ready(self, board: Board) -> OtherWorlds:
        if self._others is None:
            self._others = OtherWorlds(worlds_of(board), played(board), self._live.session.cache)
        return self._others

    def _warm(self) -> None:
        board = self._live.session.board
        others = self._ready(board)
        others.stand(events_of(board, overrides=True), board.today)

    def _lived(self, board: Board, asked: FuturesAsked, seat: Seat, language: str) -> LivedFutures:
        others = self._ready(board)
        ahead = TableOutlook(board, others.table, others)
        until = ahead.until(asked.until)
        stands = (_morning(board), until, repr(events_of(board, overrides=True)))
        key = (stands, asked.what, asked.measures, asked.writes, asked.options, seat.knows, language,
               tuple(board.orders_of(name) for name in asked.options))  # fmt: skip
        if key in self._answers:
            self._answers.move_to_end(key)
            return self._answers[key]
        base = self._bases.get(stands)
        if asked.what == "try":
            futures = ahead.tried(asked.writes, until, known=base)
        elif asked.what == "compare" or base is None:
            futures = ahead.futures(asked.options, until, known=base)
        else:
            futures = base
        if base is None:
            _keep(self._bases, stands, futures.only(futures.nothing), _BASES)
        found = compared(futures, asked.measures) if asked.what != "outlook" else None
        data = _line(asked, futures, found)
        with spoken_in(language):
            told = LivedFutures(_morning(board), data, _said(futures), _beside(ahead, asked, futures, seat.knows))
        if asked.what == "compare":  # its futures are large, and are wanted again by nobody but its picture
            return replace(told, found=found)
        _keep(self._answers, key, told, _ANSWERS)
        return told

    # The queue

    async def run(self, seat: Seat, work: Callable[[], Found]) -> Found:
        """Have the worker do something for a seat, after what others asked before.

        Raises
        ------
        Superseded
            The same browser asked for something else before it was begun.
        UserMistake
            Too many wait.
        """
        key = f"{seat.name} {seat.browser}"
        before = self._waiting.pop(key, None)
        if before is not None and not before[1].done():
            before[1].set_exception(Superseded())
        if len(self._waiting) >= MOST_WAITING:
            raise UserMistake("session", None, _("too many wait for their futures; ask again in a moment"))
        asked: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._waiting[key] = (work, asked)
        self._something.set()
        return await asked

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._something.wait()
            if not self._waiting:
                self._something.clear()
                continue
            self._begun, (work, asked) = self._waiting.popitem(last=False)
            if asked.done():
                continue
            try:
                found = await loop.run_in_executor(self._pool, work)
            except Exception as fault:  # it is whoever asked who is told
                if not asked.done():
                    asked.set_exception(fault)
            else:
                if not asked.done():
                    asked.set_result(found)
            finally:
                self._begun = ""


def _morning(board: Board) -> Hashable:
    return board.today, board.opened_at


def _line(asked: FuturesAsked, futures: Futures, found: ComparedOptions | None) -> dict[str, Any]:
    """The data of the log's line: numbers, which are said in words when somebody reads them."""
    rows = outlook_rows(futures, asked.measures) if found is None else option_rows(found)
    levers = {target: amount for target, _op, amount in asked.writes}
    numbers = numbers_of(levers, dots(futures, asked.measures), medians(futures, asked.measures))
    return {**shown(asked.what, futures, rows, asked.options), "page": numbers}


def _beside(ahead: TableOutlook, asked: FuturesAsked, futures: Futures, knows: Sequence[str]) -> Beside:
    """What no number of the line tells, in the language of who asked."""
    told = stories(futures, asked.measures[0], futures.nothing, knows) if asked.what == "outlook" else ()
    return Beside(
        tuple((one.sentence(), one.lines()) for one in told), futures.notes, ahead.unlike() if "kenya" in knows else ""
    )


def _said(futures: Futures) -> str:
    several = len(futures.options) > 1
    said = (
        _("{n} futures of each option, from {first} to {last}") if several else _("{n} futures, from {first} to {last}")
    )
    return said.format(n=number(futures.count), first=spoken_day(futures.today), last=spoken_day(futures.until))


def _keep(kept: OrderedDict[Any, Any], key: Hashable, value: Any, most: int) -> None:
    kept[key] = value
    while len(kept) > most:
        kept.popitem(last=False)
