"""A session: a folder with a log, and every act at the table as one line of it.

Nothing is kept but the log; the cache beside it may be deleted at any time. Whatever may not be done is refused before
a line is written, and a line that is written is on the disk before anyone is told.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sim.errors import StoreDamaged, UserMistake
from sim.language import SOURCE, _, as_in, marked, spoken_in, translated
from sim.model import MODEL_VERSION
from sim.record import load as load_record
from sim.settings.schema import check_date
from sim.tabletop import expectations, log, orders
from sim.tabletop.board import NEVER_UNDONE, Board, Expectation, Order, Write, replay
from sim.tabletop.injects.inject import Inject
from sim.tabletop.injects_due import delivered, fire_day
from sim.tabletop.lock import held
from sim.tabletop.log import Log, LogLine
from sim.tabletop.table_settings import FACILITATOR

CACHE, PAPERS = "cache", "papers"
"""Folders beside the log: states that may be deleted at any time, and what was written for people."""
TAGS = ("note", "strength", "improvement")
"""What a note can be in the report."""


@dataclass
class Session:
    """A session as it stands; to write, be within :func:`writing`.

    Attributes
    ----------
    folder
        Where it lies.
    log
        Its lines.
    """

    folder: Path
    log: Log
    _board: Board | None = None

    @classmethod
    def read(cls, folder: Path) -> Session:
        """Read a session; raises UserMistake where there is none, StoreDamaged where its log was changed."""
        session = cls(folder, Log.read(folder / log.NAME))
        _ = session.board
        return session

    @property
    def board(self) -> Board:
        """What stands on the table."""
        if self._board is None or len(self._board.lines) != len(self.log.entries):
            self._board = replay(self.log.entries, self._board)
        return self._board

    @property
    def cache(self) -> Path:
        """Folder of kept states."""
        return self.folder / CACHE

    def copied(self) -> Session:
        """The same as it stands now, which no later act changes."""
        return Session(self.folder, self.log.copied(), self.board)

    def followed(self) -> Session:
        """This one while nobody else has written to the log, else the session read anew; raises as :meth:`read`."""
        try:
            size = self.log.path.stat().st_size
        except OSError:
            size = -1
        return self if size == self.log.size else Session.read(self.folder)

    @contextmanager
    def held(self, what: str) -> Iterator[None]:
        """Within it this session is written to, and by nobody else."""
        with held(self.folder, what):
            yield

    # Acts that need no world

    def order(
        self,
        role: str,
        assignments: Sequence[str],
        *,
        day: date | None = None,
        why: str = "",
        text: str = "",
        option: str | None = None,
        stand_in: bool = False,
    ) -> Order:
        """Order something in the played world, or as a part of an option.

        Raises
        ------
        UserMistake
            For what the role does not decide, amounts out of bounds, days that have been played, and orders that
            contradict one that stands.
        """
        board = self.open_board()
        role = orders.role_of(board, role)
        if option is not None:
            self._open_option(option)
        writes = orders.read_writes(board.table.roles[role], assignments)
        on = orders.check_day(board, day or board.today)
        orders.check_beside(board, role, writes, on, option)
        dated = day is not None or option is None
        said = orders.check_text("text", text) or orders.logged_words(writes)
        line = self._write("order", role, {
            "day": on.isoformat() if dated else None, "writes": [list(write) for write in writes], "text": said,
            "why": orders.check_text("why", why), "option": option, "stand_in": stand_in,
        })  # fmt: skip
        return next(one for one in self.board.all_orders if one.entry == line.number)

    def branch(
        self,
        name: str,
        role: str,
        assignments: Sequence[str] = (),
        *,
        day: date | None = None,
        why: str = "",
        text: str = "",
        on: str | None = None,
    ) -> Order | None:
        """Put an option on the table, to be tried before it is chosen; it may go on from another one.

        Parameters
        ----------
        assignments, day, why
            What it orders, as :meth:`order` takes it; it is refused as a whole, before the option has a line.

        Returns
        -------
        That order; None where nothing is ordered yet.
        """
        board = self.open_board()
        role = orders.role_of(board, role, facilitator=not assignments)
        if not name.replace("_", "").replace("-", "").isalnum() or not name.isascii() or len(name) > 40:
            raise UserMistake("branch", name, _("a name of letters, digits, - and _, at most 40 of them"))
        if name in RESERVED:
            raise UserMistake("branch", name, _("is there already, in the table itself; give another name"))
        if name in board.options:
            shell = _("an order joins it with branch={name}").format(name=name)
            raise UserMistake("branch", name, _("is there already"), shell)
        if on is not None and on not in board.options:
            raise UserMistake("on", on, _among(_("no such branch"), board.options))
        said = {"name": name, "on": on, "text": orders.check_text("text", text)}
        if assignments:
            writes = orders.read_writes(board.table.roles[role], assignments)
            orders.check_beside(board, role, writes, orders.check_day(board, day or board.today), on)
            orders.check_text("why", why)
        self._write("option", role, said)
        return self.order(role, assignments, day=day, why=why, option=name) if assignments else None

    def adopt(self, option: str, role: str, *, why: str = "") -> tuple[Order, ...]:
        """Choose an option: its orders, and those it goes on from, become orders of the played world."""
        board = self.open_board()
        role = orders.role_of(board, role, facilitator=True)
        self._open_option(option)
        standing = {order.id for order in board.orders}
        chosen = tuple(order for order in board.orders_of(option) if order.id not in standing)
        if not chosen:
            raise UserMistake(
                "branch", option, _("has no orders"), _("tabletop table branch DIR NAME role=… level=value")
            )
        for order in chosen:
            if role not in (order.role, FACILITATOR):
                right = _("{order} is {role}'s; it or the facilitator can choose {option}")
                owner = translated(board.table.roles[order.role].name)
                said = {"order": order.id, "role": owner, "option": option}
                raise UserMistake("role", role, right.format(**said))
            orders.check_day(board, order.day, f"{option}, {order.id}")
            orders.check_beside(board, order.role, order.writes, order.day, None)
        data = {"option": option, "orders": [order.id for order in chosen], "why": orders.check_text("why", why)}
        self._write("adopt", role, data)
        return chosen

    def override(self, writes: Sequence[Write], *, why: str, day: date | None = None) -> None:
        """Change the played world by hand; no other world is changed, and every number that it touches says so."""
        board = self.open_board()
        day = orders.check_day(board, day or board.today)
        if not why.strip():
            raise UserMistake("why", None, _("an override needs a reason, which the report shows"))
        data = {"day": day.isoformat(), "writes": [list(w) for w in writes], "why": orders.check_text("why", why)}
        self._write("override", FACILITATOR, data)

    def expect(
        self, role: str, about: str, value: str, *, by: date | None = None, level: str | None = None
    ) -> Expectation:
        """Say what is expected, before it is shown: totals count from today to ``by``, by default this turn's end."""
        board = self.open_board()
        role = orders.role_of(board, role)
        said = expectations.read_expectation(about, value, level)
        expectations.check_known(board, role, said["measure"])
        last = board.today + timedelta(days=board.table.turn_days - 1)
        until = orders.check_day(board, by or last, "by")
        seen = {"turn" if line.kind == "advance" else "futures" for line in board.seen_by(role)}
        data = {
            **said, "since": board.today.isoformat(), "by": until.isoformat(), "turn": board.turn, "late": bool(seen),
            "after": max(seen, default=""),
        }  # fmt: skip
        line = self._write("forecast", role, data)
        return next(one for one in self.board.forecasts if one.entry == line.number)

    def note(
        self, role: str, text: str, *, tag: str = "note", objective: str = "", owner: str = "", due: str = ""
    ) -> LogLine:
        """Write down an observation; one that is to be improved may have an owner and a day."""
        board = self.board
        role = orders.role_of(board, role, facilitator=True)
        if tag not in TAGS:
            raise UserMistake("tag", tag, _("one of {names}").format(names=", ".join(TAGS)))
        if not text.strip():
            raise UserMistake("note", None, _("what was observed"))
        if objective and objective not in self.objectives:
            raise UserMistake("objective", objective, _among(_("no such objective"), self.objectives))
        if due and (day := check_date("due", due)) < board.table.first_day:
            first = board.table.first_day.isoformat()
            raise UserMistake("due", day.isoformat(), _("a day from the session's first on, {day}").format(day=first))
        data = {
            "text": orders.check_text("note", text), "tag": tag, "objective": objective,
            "owner": orders.check_text("owner", owner), "due": orders.check_text("due", due), "turn": board.turn,
        }  # fmt: skip
        return self._write("note", role, data)

    def undo(self, number: int | None = None, *, why: str = "") -> LogLine:
        """Take a line back, by default the last one that somebody did; a turn takes whatever came after it with it.

        What a turn's opening ordered by itself is taken back by its number alone.

        Raises
        ------
        UserMistake
            There is nothing to take back, or the line's days have been played.
        """
        board = self.open_board()
        able = [line for line in board.live if line.kind not in NEVER_UNDONE]
        if number is None:
            done = [line for line in able if not is_scripted(board, line)]
            if not done:
                opened = ", ".join(f"line={line.number}" for line in able)
                right = _("nothing has been done that could be taken back")
                also = _("; what the opening ordered by itself is taken back by its number: {lines}")
                raise UserMistake("undo", None, right + (also.format(lines=opened) if opened else ""))
            taken = done[-1]
        else:
            found = [line for line in able if line.number == number]
            if not found:
                listed = ", ".join(str(line.number) for line in able[-8:]) or as_in("lines", "none")
                right = _("no line that can be taken back; the last of them: {lines}")
                raise UserMistake("line", number, right.format(lines=listed))
            taken = found[0]
        if taken.number < board.opened_at:
            right, shell = _("its turn has been played; take the turn back first"), _("undo line={line}")
            raise UserMistake("line", taken.number, right, shell.format(line=board.opened_at))
        self._free(taken)
        self._write("undo", FACILITATOR, {"of": taken.number, "why": orders.check_text("why", why)})
        return taken

    def close(self, *, why: str = "") -> None:
        """End the session: nothing more is played, and notes can still be added."""
        self.open_board()
        self._write("close", FACILITATOR, {"why": orders.check_text("why", why)})

    # Injects

    @property
    def objectives(self) -> Mapping[str, str]:
        """The list's objectives, by id."""
        listed = self.board.head["list"] or {}
        return listed.get("objectives", {})

    def touch_inject(self, inject: Inject, act: str, *, day: date | None = None, why: str = "") -> str:
        """Fire an inject, postpone it to a day, or skip it.

        Parameters
        ----------
        inject
            One of the list.
        act
            ``fire``, ``postpone`` or ``skip``.
        day
            To which it is postponed, or on which one that is fired happens: by default its own where that lies in the
            open turn, else today.

        Returns
        -------
        What was done, in a word or two.

        Raises
        ------
        UserMistake
            It has happened already, or is to be postponed to no day, or to one that has been played.
        """
        board = self.open_board()
        done = {"fire": marked("fired"), "postpone": marked("postponed"), "skip": marked("skipped")}[act]
        before = board.injects.get(inject.id)
        if before is None and (happened := delivered(board).get(inject.id)) is not None:
            right = _("came true on {day} and happened then, in the played world; in the others when it holds there")
            raise UserMistake("inject", inject.id, right.format(day=happened.isoformat()))
        if before is not None and before.act in ("fired", done) and act != "postpone":
            right = (_("was skipped already (line {line}); take that back first") if before.act == "skipped" else
                     _("was fired already (line {line}); take that back first"))  # fmt: skip
            shell = _("undo line={line}").format(line=before.entry)
            raise UserMistake("inject", inject.id, right.format(line=before.entry), shell)
        if before is not None and before.act == "fired":
            raise UserMistake("inject", inject.id, _("was fired already (line {line})").format(line=before.entry))
        if act == "postpone" and day is None:
            raise UserMistake("day", None, _("the day to which it is postponed"), _("such as day=2024-03-20"))
        if act == "skip" and day is not None:
            right = _("an inject is skipped today, {day}")
            raise UserMistake("day", day.isoformat(), right.format(day=board.today.isoformat()))
        on = orders.check_day(board, day or (fire_day(board, inject) if act == "fire" else board.today))
        if act == "fire" and on > (end := board.today + timedelta(days=board.table.turn_days - 1)):
            right = _("a day of the open turn, {first} to {last}; postpone has it wait for a later one")
            right = right.format(first=board.today.isoformat(), last=end.isoformat())
            raise UserMistake("day", on.isoformat(), right)
        self._write("inject", FACILITATOR, {
            "id": inject.id, "act": done, "day": on.isoformat(), "text": inject.text, "to": inject.to,
            "writes": [list(write) for write in inject.writes] if act == "fire" else [],
            "why": orders.check_text("why", why),
        })  # fmt: skip
        if act == "postpone":
            return _("postponed to {day}").format(day=on.isoformat())
        if on != board.today:
            return _("{act} for {day}").format(act=translated(done), day=on.isoformat())
        return translated(done)

    def add_inject(self, plain: Mapping[str, Any]) -> None:
        """Put one more inject on the list."""
        self.open_board()
        self._write("inject", FACILITATOR, {"id": plain["id"], "act": "added", "inject": dict(plain)})

    # Lines

    def note_shown(self, role: str, data: Mapping[str, Any]) -> None:
        """Write down which futures were shown, with their numbers; what is said from now on this turn is late."""
        self._write("shown", role, data)

    def end_turn(self, data: Mapping[str, Any]) -> None:
        """Write down a turn that was played."""
        self.open_board()
        self._write("advance", FACILITATOR, data)

    def open_board(self) -> Board:
        """The board of a session that can go on.

        Raises
        ------
        UserMistake
            It has ended.
        StoreDamaged
            It is of another version of the model or the record; it can be read and reported.
        """
        board = self.board
        if board.is_over:
            raise UserMistake("session", self.folder, _("has ended; it can be read, noted and reported"))
        check_version(board, self.folder)
        return board

    def _write(self, kind: str, by: str, data: Mapping[str, Any]) -> LogLine:
        return self.log.append(kind, by, data)

    def _open_option(self, name: str) -> None:
        board = self.board
        if name not in board.options:
            raise UserMistake("branch", name, _among(_("no such branch"), board.options))
        if (line := board.adopted.get(name)) is not None:
            whole = line.data["option"]
            right = _("was chosen already (line {line})")
            if whole != name:
                right = _("was chosen already, with {option} (line {line})")
            raise UserMistake("branch", name, right.format(option=whole, line=line.number))

    def _free(self, taken: LogLine) -> None:
        """Refuse to take back an option that others rest on."""
        board = self.board
        if taken.kind != "option":
            return
        name = taken.data["name"]
        resting = [o.name for o in board.options.values() if o.on == name] + [n for n in board.adopted if n == name]
        if resting:
            right = _("{options} rests on it; take that back first").format(options=", ".join(resting))
            raise UserMistake("line", taken.number, right)


def is_scripted(board: Board, line: LogLine) -> bool:
    """Whether a line is an order that a turn's opening gives by itself, and nobody typed."""
    if line.kind != "order" or line.by not in board.table.roles:
        return False
    role = board.table.roles[line.by]
    opening = role.opening
    wanted = [[target, "set", value] for target, value in opening.writes] if opening is not None else None
    return bool(line.data["stand_in"]) or (
        opening is not None and line.data["writes"] == wanted and line.data["why"] == opening.why
    )


NOTHING = "nothing"
"""The name of the branch in which nothing more is ordered."""
RESERVED = (NOTHING, "played", "try")
"""What no option is called: comparisons name their other sides so."""


def check_version(board: Board, folder: Path) -> None:
    """Refuse to live worlds of a session that another model or record began; raises StoreDamaged."""
    if apart := other_version(board):
        raise StoreDamaged(f"{folder}: {apart}")


def other_version(board: Board) -> str:
    """That another model or record began a session, so that it cannot go on; empty where it was this one."""
    head = board.head
    if head["model_version"] == MODEL_VERSION and head["record"] == load_record().hash:
        return ""
    return _(
        "a session of version {theirs} of the model (record {record}), this is {ours} (record {our_record}); it can "
        "be read and reported, and cannot go on"
    ).format(
        theirs=head["model_version"], record=head["record"], ours=MODEL_VERSION, our_record=load_record().hash
    )  # fmt: skip


@contextmanager
def writing(folder: Path, what: str) -> Iterator[Session]:
    """A session that nobody else writes to meanwhile.

    Raises
    ------
    UserMistake
        There is none, somebody else holds it, or while this waited a turn was played or taken back: what was typed was
        meant for another morning.
    """
    typed = Session.read(folder).board
    with held(folder, what):
        session = Session.read(folder)
        board = session.board
        if (typed.turn, typed.opened_at) != (board.turn, board.opened_at):
            right = _(
                "has moved on while this waited: it stands at turn {turn}, the morning of {day}; nothing was done, so "
                "type it again if it still holds"
            )
            raise UserMistake("session", folder, right.format(turn=board.turn, day=board.today.isoformat()))
        yield session


def begin(folder: Path, first: Callable[[], Mapping[str, Any]]) -> Session:
    """Begin a session in a folder of its own.

    Parameters
    ----------
    folder
        It is made where it is not there, and holds nothing else.
    first
        Gives the first line's data; asked once the folder is known to take a session, and nothing is made where it
        raises.

    Raises
    ------
    UserMistake
        There is a session already, or something else.
    """
    try:
        others = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
    except OSError as fault:
        raise UserMistake("session", folder, _("cannot be made: {fault}").format(fault=fault.strerror)) from fault
    taken = _("there is a session already; give another folder")
    if log.NAME in others:
        raise UserMistake("session", folder, taken)
    if [name for name in others if not name.startswith((".", "session."))]:
        raise UserMistake("session", folder, _("holds other files; give a folder of its own"))
    with spoken_in(SOURCE):  # the log is in English, whoever begins it
        head = first()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise UserMistake("session", folder, _("cannot be made: {fault}").format(fault=fault.strerror)) from fault
    with held(folder, "beginning it"):
        if os.path.lexists(folder / log.NAME):
            raise UserMistake("session", folder, taken)
        session = Session(folder, Log(folder / log.NAME))
        session.log.append("session", FACILITATOR, head)
    return session


def _among(what: str, known: Mapping[str, Any]) -> str:
    said = _("there are {names}").format(names=", ".join(known)) if known else _("there is none yet")
    return f"{what}; {said}"
