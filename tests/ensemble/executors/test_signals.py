"""An interrupt is heard even where the exception is lost on its way."""

from __future__ import annotations

import signal
import threading

import pytest

from sim.ensemble.executors.signals import deferred, heard, kept
from sim.errors import Terminated, terminate


def interrupted() -> None:
    signal.raise_signal(signal.SIGINT)


def test_an_interrupt_is_raised_at_once_and_again_where_it_was_lost() -> None:
    with heard() as check:
        check()
        with pytest.raises(KeyboardInterrupt):
            interrupted()
        with pytest.raises(KeyboardInterrupt):
            check()


def test_afterwards_an_interrupt_is_what_it_was() -> None:
    before = signal.getsignal(signal.SIGINT)
    with heard(), pytest.raises(KeyboardInterrupt):
        interrupted()
    assert signal.getsignal(signal.SIGINT) is before
    with heard() as check:
        check()


def test_somebody_elses_handler_is_left_alone() -> None:
    told = []
    before = signal.signal(signal.SIGINT, lambda *_: told.append("stop"))
    try:
        with heard() as check:
            interrupted()
            check()
    finally:
        signal.signal(signal.SIGINT, before)
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


def test_signals_that_somebody_took_are_given_back() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with kept():
        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: None)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_an_interrupt_waits_until_what_must_not_be_cut_is_done() -> None:
    done = []

    def start() -> None:
        with deferred():
            interrupted()
            done.append("all of it")

    with pytest.raises(KeyboardInterrupt):
        start()
    assert done == ["all of it"]


@pytest.mark.parametrize("before", [signal.SIG_DFL, terminate])
def test_being_told_to_end_is_heard_like_an_interrupt_and_leaves_with_143(before) -> None:
    handler = signal.signal(signal.SIGTERM, before)
    try:
        with heard() as check:
            with pytest.raises(Terminated) as caught:
                signal.raise_signal(signal.SIGTERM)
            assert caught.value.code == 143
            with pytest.raises(Terminated):
                check()
        assert signal.getsignal(signal.SIGTERM) == before
    finally:
        signal.signal(signal.SIGTERM, handler)


def test_being_told_to_end_waits_until_what_must_not_be_cut_is_done() -> None:
    handler, done = signal.signal(signal.SIGTERM, terminate), []

    def start() -> None:
        with deferred():
            signal.raise_signal(signal.SIGTERM)
            done.append("all of it")

    try:
        with pytest.raises(Terminated):
            start()
        assert done == ["all of it"]
        assert signal.getsignal(signal.SIGTERM) is terminate
    finally:
        signal.signal(signal.SIGTERM, handler)
