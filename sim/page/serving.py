"""A server for one session: its address, its links, and its end."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from sim.errors import UserMistake
from sim.page.seats import Seating
from sim.tabletop.session import Session

LOOPBACK = "127.0.0.1"
MOST_AT_ONCE = 1000
"""Connections; another one is told to come later."""
SECONDS_TO_END = 5
"""That answers under way have when the server ends; streams end at once."""


@dataclass(frozen=True)
class Address:
    """Where a table is served.

    Attributes
    ----------
    host
        As it was named, and as it stands in links.
    listener
        The socket that listens there.
    """

    host: str
    listener: socket.socket

    @property
    def port(self) -> int:
        """The port that it got."""
        return int(self.listener.getsockname()[1])

    @property
    def hosts(self) -> tuple[str, ...]:
        """What a browser may call it: the name and the port, and the name alone where the port is the usual one.

        No other name is answered, so that a name of somebody else's that leads here reads nothing.
        """
        name = f"[{self.host}]" if ":" in self.host else self.host
        return (f"{name}:{self.port}", *([name] if self.port == 80 else [])) if name else ()

    @property
    def url(self) -> str:
        """The beginning of every link."""
        return f"http://{self.hosts[0]}"

    @property
    def is_loopback(self) -> bool:
        """Whether nobody but this machine reaches it."""
        return ipaddress.ip_address(self.listener.getsockname()[0].partition("%")[0]).is_loopback


def listen(host: str, port: int | None, last: int | None) -> Address:
    """Listen at an address.

    Parameters
    ----------
    host
        An address or a name of this machine.
    port
        Where; None: ``last`` where it is free, else whichever is.
    last
        The port of the last time.

    Raises
    ------
    UserMistake
        It is none of this machine's, or all of them at once, or the port is taken.
    """
    name = host.strip().strip("[]").lower()
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, address = found[0][0], str(found[0][4][0])
    except (OSError, UnicodeError) as fault:
        raise UserMistake("host", host, f"no address of this machine; there are {_listed()}") from fault
    if ipaddress.ip_address(address.partition("%")[0]).is_unspecified:
        right = f"name one address, since only what comes to it by name is answered; there are {_listed()}"
        raise UserMistake("host", host, right)
    for wanted in [port] if port is not None else [*([last] if last else []), 0]:
        # Named as TCP, or asyncio does not turn off Nagle's delay, and each answer takes 40 ms more.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address, wanted))
            listener.listen(256)
            listener.setblocking(False)
            return Address(name, listener)
        except (OSError, OverflowError) as fault:
            listener.close()
            if isinstance(fault, PermissionError) and port is not None:
                raise UserMistake("port", port, "is the system's; a port from 1024 to 65535") from fault
            if port is None and wanted:
                continue
            if port is not None and _is_mine(family, address):
                raise UserMistake(
                    "port", port, f"cannot be had: {getattr(fault, 'strerror', None) or fault}"
                ) from fault
            raise UserMistake("host", host, f"no address of this machine; there are {_listed()}") from fault
    raise AssertionError("a free port is always tried")


def _is_mine(family: int, address: str) -> bool:
    with suppress(OSError), socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.bind((address, 0))
        return True
    return False


def _listed() -> str:
    return ", ".join(own_addresses())


def own_addresses() -> list[str]:
    """Addresses of this machine, that of itself first."""
    found = [LOOPBACK]
    with suppress(OSError):
        found += [str(one[4][0]) for one in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: it asks which of our addresses leads out (RFC 5737)
        found.append(str(probe.getsockname()[0]))
    return list(dict.fromkeys(found))


class TableServer(uvicorn.Server):
    """Ends its streams before it waits for answers that are under way.

    Parameters
    ----------
    config
        Of the server.
    ends
        What lets the streams end.
    """

    def __init__(self, config: uvicorn.Config, ends: Callable[[], None]) -> None:
        super().__init__(config)
        self._ends = ends

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End in order."""
        self._ends()
        await super().shutdown(sockets)


def links(seating: Seating, url: str) -> list[tuple[str, str]]:
    """By the seat as people call it, its link."""
    return [(seat.title, f"{url}/seat/{seating.token(seat)}") for seat in seating.seats]


def server_of(application: ASGIApp, ends: Callable[[], None]) -> TableServer:
    """The server of an application; :meth:`uvicorn.Server.run` runs it until a signal ends it."""
    config = uvicorn.Config(
        application,
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="on",
        access_log=False,  # a line of it would hold links
        log_config=None,
        log_level="critical",
        server_header=False,
        proxy_headers=False,  # who says that he speaks for another address is not believed
        limit_concurrency=MOST_AT_ONCE,
        timeout_keep_alive=65,
        timeout_graceful_shutdown=SECONDS_TO_END,
        h11_max_incomplete_event_size=32 * 1024,
    )
    return TableServer(config, ends)


Begin = Callable[[Session, Seating, tuple[str, ...], str], tuple[ASGIApp, Callable[[], None]]]
"""Makes the application of a session for the names it is served under and a language, and what ends its streams."""


def serve(
    folder: Path,
    begin: Begin,
    *,
    host: str = LOOPBACK,
    port: int | None = None,
    language: str = "en",
    renew: bool = False,
    tell: Callable[[Address, Sequence[tuple[str, str]]], None],
) -> None:
    """Serve a session until a signal ends it.

    Parameters
    ----------
    folder
        The session's.
    begin
        What is served (:func:`sim.page.application.begin`).
    host, port
        Where (:func:`listen`).
    language
        Of who has not chosen one.
    renew
        Whether links and cookies so far are ended.
    tell
        Is given the address and the links once the table listens.

    Raises
    ------
    UserMistake
        There is no session, or it cannot be served there.
    """
    session = Session.read(folder)
    seating = Seating.of(folder, session.board, renew=renew)
    address = listen(host, port, seating.port)
    try:
        if address.port != seating.port:
            seating = seating.served_on(address.port)
            seating.save(folder)
        tell(address, links(seating, address.url))
        application, ends = begin(session, seating, address.hosts, language)
        server_of(application, ends).run(sockets=[address.listener])
    finally:
        address.listener.close()
