"""Whoever asks to stop is heard, even where the exception is lost on its way, and within a bounded time."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from sim.errors import Interrupted, Terminated
from sim.signals import answered, deferred, heard, kept
from tests.links import ROOT
from tests.processes import run

NUMBERS = (signal.SIGINT, signal.SIGTERM)
RAISED = {signal.SIGINT: Interrupted, signal.SIGTERM: Terminated}
both = pytest.mark.parametrize("number", NUMBERS)


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """Each test begins with Python's own handlers, and leaves the signals to whoever had them."""
    before = [signal.signal(signal.SIGINT, signal.default_int_handler), signal.signal(signal.SIGTERM, signal.SIG_DFL)]
    yield
    for number, handler in zip(NUMBERS, before, strict=True):
        signal.signal(number, handler)


def asked(number: int) -> None:
    signal.raise_signal(number)


def swallowed(number: int) -> None:
    """As in compiled code that takes an error for an answer."""
    try:
        asked(number)
    except BaseException:
        return


def within(story: Callable[[Callable[[], None]], object]) -> None:
    """A story that somebody tells while signals are heard, and ten seconds in which he waits."""
    with heard() as check:
        story(check)
        time.sleep(10)


@both
def test_a_wish_is_raised_at_once_with_its_exit_code(number: int) -> None:
    with pytest.raises(RAISED[number]) as caught:
        within(lambda check: asked(number))
    assert number == signal.SIGINT or caught.value.args == (143,)


@both
def test_one_that_was_lost_is_raised_where_somebody_looks(number: int) -> None:
    looked = []

    def story(check: Callable[[], None]) -> None:
        check()
        swallowed(number)
        looked.append("at once")
        check()
        looked.append("in vain")

    with pytest.raises(RAISED[number]):
        within(story)
    assert looked == ["at once"]


@both
def test_one_that_was_lost_comes_again_by_itself_and_wakes_who_waits(number: int) -> None:
    began = time.monotonic()
    with pytest.raises(RAISED[number]):
        within(lambda check: swallowed(number))
    assert time.monotonic() - began < 5


def test_it_comes_as_often_as_it_is_lost() -> None:
    lost = []

    def story(check: Callable[[], None]) -> None:
        swallowed(signal.SIGINT)
        while len(lost) < 3:
            try:
                time.sleep(10)
            except KeyboardInterrupt:
                lost.append("again")

    with pytest.raises(Interrupted):
        within(story)
    assert len(lost) == 3


def test_in_a_destructor_it_is_not_lost_either_and_python_says_nothing_of_it(capsys) -> None:
    class Gone:
        def __del__(self) -> None:
            asked(signal.SIGINT)

    with pytest.raises(Interrupted):
        within(lambda check: bool(Gone()))
    assert capsys.readouterr().err == ""


def test_one_that_is_lost_at_the_very_end_is_heard_there() -> None:
    with pytest.raises(Terminated), heard():
        swallowed(signal.SIGTERM)


def test_one_that_has_arrived_does_not_come_again() -> None:
    with heard():
        try:
            asked(signal.SIGINT)
        except KeyboardInterrupt:
            answered()
        time.sleep(0.6)


def test_whoever_is_on_the_way_out_is_not_asked_again() -> None:
    """He keeps what is finished, which may take a while."""
    done = []

    def story(check: Callable[[], None]) -> None:
        try:
            asked(signal.SIGINT)
        finally:
            time.sleep(0.6)
            done.append("kept")

    with pytest.raises(Interrupted):
        within(story)
    assert done == ["kept"]


def test_within_it_another_one_changes_nothing() -> None:
    with heard():
        before = [signal.getsignal(number) for number in NUMBERS]
        with heard():
            assert [signal.getsignal(number) for number in NUMBERS] == before
        assert [signal.getsignal(number) for number in NUMBERS] == before


def test_afterwards_a_signal_is_what_it_was() -> None:
    before = [signal.getsignal(number) for number in NUMBERS]
    with pytest.raises(KeyboardInterrupt), heard():
        asked(signal.SIGINT)
    assert [signal.getsignal(number) for number in NUMBERS] == before
    with heard() as check:
        check()


def test_somebody_elses_handler_is_left_alone() -> None:
    told = []
    signal.signal(signal.SIGINT, lambda *_: told.append("stop"))
    with heard() as check:
        asked(signal.SIGINT)
        check()
    assert told == ["stop"]


def test_in_another_thread_nothing_changes() -> None:
    before, found = signal.getsignal(signal.SIGINT), []

    def elsewhere() -> None:
        with heard() as check:
            check()
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert found == [before]


DEAF = """
import signal, sys, time
from sim.signals import heard
with heard(1.0):
    while True:
        try:
            signal.raise_signal(int(sys.argv[1]))
            time.sleep(60)
        except BaseException:
            pass
"""


@both
def test_a_command_that_does_not_obey_is_ended(number: int) -> None:
    began = time.monotonic()
    done = run([sys.executable, "-c", DEAF, str(int(number))], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 128 + number
    name = signal.Signals(number).name
    assert done.stderr == f"tabletop: told to stop by {name} and not done after 1 s: ended\n"
    assert time.monotonic() - began < 30


# What somebody else does with signals, and what must not be cut


def test_signals_that_somebody_took_are_given_back() -> None:
    before = [signal.getsignal(number) for number in NUMBERS]
    with kept():
        for number in NUMBERS:
            signal.signal(number, lambda *_: None)
    assert [signal.getsignal(number) for number in NUMBERS] == before


@both
def test_a_wish_waits_until_what_must_not_be_cut_is_done(number: int) -> None:
    done = []

    def start() -> None:
        with heard(), deferred():
            asked(number)
            done.append("all of it")

    with pytest.raises(RAISED[number]):
        start()
    assert done == ["all of it"]


def test_afterwards_it_does_not_wait() -> None:
    with heard():
        before = [signal.getsignal(number) for number in NUMBERS]
        with deferred():
            pass
        assert [signal.getsignal(number) for number in NUMBERS] == before
