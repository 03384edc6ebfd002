"""Pictures and papers of a session for the page: drawn and written in a thread of their own, and kept in memory."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from sim.page.seats import Seat
from sim.tabletop.board import Board
from sim.tabletop.decision_picture import ExpectedRange, decision_picture, expected_ranges
from sim.tabletop.measures import MEASURES
from sim.tabletop.options import ComparedOptions
from sim.tabletop.papers import brief, report
from sim.tabletop.worlds import TableCases

MOST = 48
"""Pictures that are kept; older ones go."""
_BEHIND = 10
COMMAND = ("tabletop", "serve")
PAPER_CSP = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
"""Of a paper, whose sheet of style stands in it, and in which nothing runs and nothing is fetched."""


def stand_back() -> None:
    """Let this thread, and those that it begins, go behind whoever answers forms, where a system knows such a thing."""
    if sys.platform == "linux":  # elsewhere a priority is a process's
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _BEHIND)


@dataclass(frozen=True)
class Drawn:
    """A picture, or one that is being drawn.

    Attributes
    ----------
    owner
        Name of the seat that it was drawn for.
    measure
        What it shows.
    png
        Its bytes, once it is there.
    """

    owner: str
    measure: str
    png: asyncio.Future[bytes]

    def is_for(self, seat: Seat) -> bool:
        """Whether a seat may see it: its own, and what the facilitator was shown whoever only looks."""
        if seat.name == self.owner:
            return True
        return not seat.acts and self.owner == "facilitator" and MEASURES[self.measure].sight in seat.knows


class Pictures:
    """The thread that draws, and what it drew."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "pictures", stand_back)
        self._drawn: OrderedDict[str, Drawn] = OrderedDict()

    async def stop(self) -> None:
        """End, when what is being drawn is done."""
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)

    def draw(
        self, seat: Seat, table: TableCases, found: ComparedOptions, measure: str, board: Board
    ) -> tuple[str, ...]:
        """Begin to draw each option beside doing nothing (F10); their names, at which they can be asked for at once.

        What the seat's own role expects stands in it, and what others do not.
        """
        own = expected_ranges(found.futures, board, measure, seat.role)
        names = []
        for option in found.futures.options:
            if option == found.futures.nothing:
                continue
            names.append(secrets.token_hex(12))
            png = self._later(_drawing(table, found, option, measure, own))
            self._drawn[names[-1]] = Drawn(seat.name, measure, png)
        while len(self._drawn) > MOST:
            self._drawn.popitem(last=False)
        return tuple(names)

    def of(self, name: str) -> Drawn | None:
        """The picture of a name; None where there is none, or none any more."""
        return self._drawn.get(name)

    async def paper(self, name: str, seat: Seat, board: Board) -> tuple[str, str] | None:
        """A paper and its type, as a seat may read it; None where it may not, or there is none."""
        write = _PAPERS.get(name)
        if write is None:
            return None
        return await asyncio.get_running_loop().run_in_executor(self._pool, write, seat, board)

    def _later(self, draw: Callable[[], bytes]) -> asyncio.Future[bytes]:
        png = asyncio.get_running_loop().run_in_executor(self._pool, draw)
        png.add_done_callback(lambda done: done.cancelled() or done.exception())  # whoever asks for it is told
        return png


def _drawing(
    table: TableCases, found: ComparedOptions, option: str, measure: str, expected: tuple[ExpectedRange, ...]
) -> Callable[[], bytes]:
    def draw() -> bytes:
        picture = decision_picture(table, found, option, measure, expected, tells_seed=False)
        files = picture.files(COMMAND, "picture")
        return files["picture.png"]

    return draw


# Papers

_HTML = "text/html"
Paper = tuple[str, str] | None


def _manual(seat: Seat, board: Board) -> Paper:
    return _file(brief.files(board), f"{brief.PARTICIPANTS}/situation_manual.html")


def _card(seat: Seat, board: Board) -> Paper:
    """A player's own card; all cards for the facilitator."""
    if seat.kind == "facilitator":
        return _file(brief.files(board), f"{brief.FACILITATOR}/all_cards.html")
    if seat.kind != "player":
        return None
    written = brief.files(board)
    folders = (brief.PARTICIPANTS, brief.FACILITATOR)  # of roles that see what is hidden it lies with the facilitator's
    return next((found for one in folders if (found := _file(written, f"{one}/card_{seat.role}.html"))), None)


def _script(seat: Seat, board: Board) -> Paper:
    return _file(brief.files(board), f"{brief.FACILITATOR}/script.html") if seat.kind == "facilitator" else None


def _report(seat: Seat, board: Board) -> Paper:
    if seat.kind != "facilitator" and not board.is_over:
        return None
    return _file(report.files(board, revealed=board.is_over), f"{report.NAME}.html")


def _decisions(seat: Seat, board: Board) -> Paper:
    if seat.kind != "facilitator" and not board.is_over:
        return None
    written = report.files(board, revealed=board.is_over)
    return ("text/csv", written["decisions.csv"])


def _file(written: dict[str, str], name: str) -> Paper:
    return (_HTML, written[name]) if name in written else None


_PAPERS: dict[str, Callable[[Seat, Board], Paper]] = {
    "manual": _manual, "card": _card, "brief": _card, "script": _script, "report": _report, "decisions": _decisions,
}  # fmt: skip
