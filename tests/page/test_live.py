"""A session that is served and written to from elsewhere as well: nothing is lost, and everybody hears of it."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from sim.errors import UserMistake
from sim.page import live as module
from sim.page.live import LiveTable
from sim.page.seats import Seat, seats_of
from sim.tabletop.lock import held
from sim.tabletop.session import Session, writing
from tests.page.conftest import Served


def within(live: LiveTable, story: Callable[[], Awaitable[None]]) -> None:
    """Have something happen while a session is served."""

    async def tell() -> None:
        live.start()
        try:
            await asyncio.wait_for(story(), 30)
        finally:
            await live.stop()

    asyncio.run(tell())


def kenya_of(session: Session, browser: str = "") -> Seat:
    seat = next(one for one in seats_of(session.board) if one.name == "player-kenya")
    return Seat(seat.kind, seat.role, seat.knows, seat.title, browser)


async def until(holds: Callable[[], object]) -> None:
    for _ in range(200):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it never came about")


def test_what_stands_is_another_after_an_act_and_the_one_before_stays_as_it_was(session: Session) -> None:
    live = LiveTable(session)
    before = live.session

    async def story() -> None:
        await live.write("an order", lambda table: table.order("kenya", ["insurance=1"]))
        assert live.version == 2
        assert len(before.board.lines) == len(before.log.entries) == 1
        assert [order.id for order in live.session.board.orders] == ["o1"]

    within(live, story)


def test_orders_of_the_page_and_of_the_command_line_stand_in_one_log(session: Session) -> None:
    live = LiveTable(session)

    async def story() -> None:
        with writing(session.folder, "an order") as other:
            other.order("haiti", ["prime_minister=1"])
        order = await live.write("an order", lambda table: table.order("kenya", ["insurance=1"]))
        assert order.id == "o2"
        assert [one.role for one in live.session.board.orders] == ["haiti", "kenya"]
        with writing(session.folder, "an order") as other:
            assert other.order("kenya", ["reserve=5"]).id == "o3"
        await until(lambda: live.version == 4)

    within(live, story)
    assert len(Session.read(session.folder).board.lines) == 4


def test_a_mistake_reaches_whoever_made_it_and_nothing_else_changes(session: Session) -> None:
    live = LiveTable(session)

    async def story() -> None:
        with pytest.raises(UserMistake, match="from 0 to 1"):
            await live.write("an order", lambda table: table.order("kenya", ["insurance=2"]))
        assert (live.version, live.serial) == (1, 0)

    within(live, story)


def test_who_holds_the_session_is_named(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    live = LiveTable(session)
    monkeypatch.setattr(module, "held", lambda folder, what: held(folder, what, 0.2))
    with ThreadPoolExecutor(1) as pool, held(session.folder, "playing a turn"):

        async def story() -> None:
            with pytest.raises(UserMistake, match="playing a turn"):
                await live.write("an order", lambda table: table.order("kenya", ["insurance=1"]))

        pool.submit(within, live, story).result()


def test_who_goes_away_meanwhile_has_done_it_all_the_same(session: Session) -> None:
    live = LiveTable(session)
    begun = threading.Event()

    def order(table: Session) -> None:
        begun.set()
        time.sleep(0.2)
        table.order("kenya", ["insurance=1"])

    async def story() -> None:
        sent = asyncio.ensure_future(live.write("an order", order))
        await asyncio.to_thread(begun.wait, 10)
        sent.cancel()
        await until(lambda: live.version == 2)

    within(live, story)


def test_a_log_that_was_changed_or_is_gone_is_said_and_comes_back(session: Session) -> None:
    live = LiveTable(session)
    path, kept = session.log.path, session.log.path.with_suffix(".kept")
    shutil.copy(path, kept)

    async def story() -> None:
        path.write_bytes(path.read_bytes().replace(b"kenya", b"kenia") + b"{}\n{}\n")
        await until(lambda: "changed by somebody" in live.read_only)
        path.unlink()
        await until(lambda: "is not where it was" in live.read_only)
        shutil.copy(kept, path)
        await until(lambda: not live.read_only)
        await live.write("an order", lambda table: table.order("kenya", ["insurance=1"]))

    within(live, story)


def test_everybody_is_told_that_a_turn_is_played_and_that_it_is_over(session: Session) -> None:
    live = LiveTable(session)
    told: list[bool] = []

    def play(table: Session) -> None:
        time.sleep(0.2)

    async def story() -> None:
        playing = asyncio.ensure_future(live.write("playing a turn", play, plays=True))
        await until(lambda: live.playing)
        told.append(live.told()["playing"])
        await playing
        assert not live.playing
        with pytest.raises(UserMistake):
            await live.write("playing a turn", lambda table: table.order("kenya", ["x=1"]), plays=True)
        assert not live.playing

    within(live, story)
    assert told == [True]


def test_pages_are_told_at_most_twice_a_second_however_much_is_written(session: Session) -> None:
    live = LiveTable(session)

    async def story() -> None:
        heard = 0
        with live.stream(kenya_of(session, "a")) as stream:
            assert stream is not None
            began = time.monotonic()
            while time.monotonic() - began < 1.6:
                live.touch()
                if stream.changed.is_set():
                    stream.changed.clear()
                    heard += 1
                await asyncio.sleep(0.01)
        assert 2 <= heard <= 5

    within(live, story)


def test_a_browser_and_a_seat_hold_so_many_streams_and_no_more(session: Session) -> None:
    live = LiveTable(session)

    async def story() -> None:
        one, other = kenya_of(session, "a"), kenya_of(session, "b")
        opened = [live.stream(one) for _ in range(module.MOST_OF_A_BROWSER + 1)]
        streams = [stream.__enter__() for stream in opened]
        assert [stream is None for stream in streams] == [False] * module.MOST_OF_A_BROWSER + [True]
        with live.stream(other) as stream:
            assert stream is not None
        assert live.is_online("player-kenya")
        for context in opened:
            context.__exit__(None, None, None)
        assert not live.is_online("player-kenya")

    within(live, story)


def test_what_is_being_written_is_written_to_its_end_and_nothing_else_is_begun(session: Session) -> None:
    live = LiveTable(session)

    def slow(table: Session) -> None:
        time.sleep(0.3)
        table.order("kenya", ["insurance=1"])

    async def story() -> None:
        first = asyncio.ensure_future(live.write("an order", slow))
        second = asyncio.ensure_future(live.write("an order", lambda table: table.order("kenya", ["reserve=1"])))
        await asyncio.sleep(0.1)
        live.end_streams()
        await first
        with pytest.raises(UserMistake, match="the server is ending"):
            await second
        with pytest.raises(UserMistake, match="the server is ending"):
            await live.write("an order", slow)

    within(live, story)
    assert len(Session.read(session.folder).board.lines) == 2


def test_lines_of_the_command_line_are_on_the_page(table: Served) -> None:
    facilitator = table.sit("facilitator")
    with writing(table.folder, "a note") as session:
        session.note("kenya", "typed in a shell")
    for _ in range(60):
        if "typed in a shell" in facilitator.get().text:
            return
        time.sleep(0.1)
    raise AssertionError("the page never showed it")
