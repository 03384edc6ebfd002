"""A session that is served: one thread writes, everybody reads what stands, and open pages are told when it changes.

The command line may write to the same session meanwhile: each act takes the session's lock, as every command does, and
what somebody else wrote is read before anything is added. An act counts when its line is on the disk, and is answered
then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from sim.errors import StoreDamaged, UserMistake
from sim.language import _, current, spoken_in
from sim.page.seats import Seat
from sim.tabletop.lock import held
from sim.tabletop.session import Session, other_version

Done = TypeVar("Done")
EVERY = 0.5
"""Seconds between two things that a page is told, and between two looks at the log."""
HEARTBEAT = 15.0
"""Seconds after which a stream says that it is there, so that neither end takes the other for gone."""
_LONGEST_PAUSE = 10.0
MOST_STREAMS, MOST_OF_A_BROWSER = 64, 4
"""Streams that a seat may hold open, and one browser of it, which has six connections in all: with a stream on each of
them nothing could be sent any more."""


class Stream:
    """One page that is told of changes.

    Attributes
    ----------
    seat
        Whose page it is.
    changed
        Set when there is something to tell.
    """

    def __init__(self, seat: Seat) -> None:
        self.seat = seat
        self.changed = asyncio.Event()
        self.changed.set()  # what stands is told at once


class LiveTable:
    """A session in memory, and the one thread that writes to it.

    Parameters
    ----------
    session
        As it was read.

    Attributes
    ----------
    session
        What stands; never changed, but replaced by a later one.
    playing
        Whether a turn is being played.
    fault
        Why the session can be read no more; None where it can.
    serial
        Raised whenever what stands is another.
    spent
        Seconds that were spent on pages since everybody was told of a change.
    closing
        Whether the server is ending.
    """

    def __init__(self, session: Session) -> None:
        self.session = session.copied()
        self.playing = False
        self.fault: UserMistake | StoreDamaged | None = None
        self.serial = 0
        self.spent = 0.0
        self.closing = False
        self._writes = session
        self._writer = ThreadPoolExecutor(1, "writer")
        self._streams: set[Stream] = set()
        self._dirty = asyncio.Event()
        self._known = session.log.size
        self._tasks: list[asyncio.Task[None]] = []
        self._busy = 0

    # What stands

    @property
    def version(self) -> int:
        """Number of lines of the log."""
        return len(self.session.log.entries)

    @property
    def read_only(self) -> str:
        """Why nothing but notes can be added; empty where the session goes on."""
        if self.fault is not None:
            if isinstance(self.fault, StoreDamaged):
                return _("The session cannot be read any more: its log was changed by somebody.")
            return _("The session cannot be read any more: its log is not where it was. It goes on when it is back.")
        if self.session.board.is_over:
            return _("The session has ended. It can be read and reported, and notes can be added.")
        apart = other_version(self.session.board)
        return f"{apart[0].upper()}{apart[1:]}." if apart else ""

    def told(self) -> dict[str, Any]:
        """What a stream tells of it."""
        return {"version": self.version, "turn": self.session.board.turn, "playing": self.playing}

    # Beginning and end

    def start(self) -> None:
        """Begin to follow the log; call it in the loop that serves."""
        self._tasks = [asyncio.create_task(self._watch()), asyncio.create_task(self._tell())]

    def end_streams(self) -> None:
        """Let every stream end, so that the server need not wait for pages that are open."""
        self.closing = True
        for stream in self._streams:
            stream.changed.set()

    async def stop(self) -> None:
        """End: what is being written is written to its end, and nothing else is begun."""
        self.end_streams()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self._writer.shutdown, wait=True)

    # Acts

    async def write(self, what: str, act: Callable[[Session], Done], *, plays: bool = False) -> Done:
        """Do something at the table; it is on the disk when this returns.

        Parameters
        ----------
        what
            For whoever has to wait for the lock.
        act
            Is given the session under its lock, and raises before it writes a line.
        plays
            Whether it plays a turn, which everybody is told of.

        Raises
        ------
        UserMistake
            What ``act`` raises; the session is held by another process, or cannot be written; or the server is ending.
        StoreDamaged
            The log was changed by somebody.
        """
        self._check_open()
        loop, language = asyncio.get_running_loop(), current()

        def work() -> Done:
            with spoken_in(language):
                return self._write(loop, what, act, plays)

        # Who sent it may be gone by now; it is done all the same, and whoever sends it again is told so.
        self._busy += 1
        try:
            return await asyncio.shield(loop.run_in_executor(self._writer, work))
        finally:
            self._busy -= 1

    def _write(self, loop: asyncio.AbstractEventLoop, what: str, act: Callable[[Session], Done], plays: bool) -> Done:
        """In the writer's thread."""
        self._check_open()  # it may have waited long
        with held(self.session.folder, what):
            self._writes = self._writes.followed()
            if plays:
                loop.call_soon_threadsafe(self._play, True)
            try:
                return act(self._writes)
            finally:
                # This is called before whoever waits for the act is told, since calls keep their order.
                loop.call_soon_threadsafe(self._publish, self._writes.copied(), plays)

    def _check_open(self) -> None:
        if self.closing:
            raise UserMistake("session", None, _("the server is ending; nothing was written"))

    def _play(self, playing: bool) -> None:
        self.playing = playing
        self._dirty.set()

    def _publish(self, session: Session, played: bool = False) -> None:
        before = self.session.log
        changed = (len(session.log.entries), session.log.size) != (len(before.entries), before.size)
        changed = changed or self.fault is not None
        self.session, self._known, self.fault = session, session.log.size, None
        self.serial += changed
        if played:
            self.playing = False
        if changed or played:
            self._dirty.set()

    # What somebody else wrote

    async def _watch(self) -> None:
        """Notice lines that the command line wrote, and a log that is gone."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                size = self.session.log.path.stat().st_size
            except OSError:
                size = -1
            if size == self._known or self._busy:
                continue
            self._known = size
            loop = asyncio.get_running_loop()
            try:
                await asyncio.shield(loop.run_in_executor(self._writer, self._follow, loop))
            except (UserMistake, StoreDamaged) as fault:
                self.fault = fault
                self._dirty.set()

    def _follow(self, loop: asyncio.AbstractEventLoop) -> None:
        """In the writer's thread."""
        self._writes = self._writes.followed()
        loop.call_soon_threadsafe(self._publish, self._writes.copied())

    # Streams

    @contextmanager
    def stream(self, seat: Seat) -> Iterator[Stream | None]:
        """A page is told of changes within it; None where its seat or browser has too many streams open."""
        mine = [one.seat for one in self._streams if one.seat.name == seat.name]
        own = sum(one.browser == seat.browser for one in mine)
        if len(mine) >= MOST_STREAMS or own >= MOST_OF_A_BROWSER:
            yield None
            return
        stream = Stream(seat)
        self._streams.add(stream)
        if not mine:
            self._dirty.set()  # the facilitator sees who has come
        try:
            yield stream
        finally:
            self._streams.discard(stream)
            if not self.is_online(seat.name):
                self._dirty.set()

    def is_online(self, name: str) -> bool:
        """Whether somebody has the page of a seat open."""
        return any(stream.seat.name == name for stream in list(self._streams))

    def touch(self) -> None:
        """Have every open page told, though the log is as it was."""
        self._dirty.set()

    async def _tell(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            for stream in self._streams:
                stream.changed.set()
            self.spent = 0.0
            await asyncio.sleep(EVERY)
            await asyncio.sleep(min(2 * self.spent, _LONGEST_PAUSE))  # pages cost at most a third of the time
