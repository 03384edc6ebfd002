"""Who sits where: links that nobody guesses, and the cookies that they are exchanged for.

A session has one key, beside its log, readable by its owner alone. A link is a keyed hash of the seat and the key's
generation, a cookie one of the seat, the generation and a number drawn for that browser; so both outlive a restart,
and a new generation ends both.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from sim.errors import StoreDamaged, UserMistake
from sim.files import commit_private
from sim.language import marked
from sim.tabletop.board import Board
from sim.tabletop.table_settings import FACILITATOR, KNOWLEDGE

NAME = "seats.json"
"""The key's file in a session's folder."""
OBSERVER, PROJECTOR = "observer", "projector"
"""Seats that only look, and know what is public."""
Kind = Literal["facilitator", "player", "observer", "projector"]
_FORMAT, _KEY_BYTES, _NONCE_BYTES = 1, 32, 9
_REMEDY = "remove it, and every link is made anew"


@dataclass(frozen=True, slots=True)
class Seat:
    """One place at the table.

    Attributes
    ----------
    kind
        ``facilitator``, ``player``, ``observer`` or ``projector``.
    role
        Id of the role that it plays; of the others the kind's own name.
    knows
        What it may see, of :data:`~sim.tabletop.table_settings.KNOWLEDGE`.
    title
        The role's name as the table's settings have it; of the others the kind.
    browser
        Number of the cookie it was taken with; empty for a seat that nobody sits on yet.
    """

    kind: Kind
    role: str
    knows: tuple[str, ...]
    title: str = ""
    browser: str = ""

    @property
    def name(self) -> str:
        """What tells it from every other seat of the table: ``player-kenya``, ``facilitator``.

        >>> Seat("player", "kenya", ("public",)).name, Seat("observer", "observer", ("public",)).name
        ('player-kenya', 'observer')
        """
        return f"player-{self.role}" if self.kind == "player" else self.kind

    @property
    def acts(self) -> bool:
        """Whether it does anything at the table; observer and projector only look."""
        return self.kind in ("facilitator", "player")


def seats_of(board: Board) -> tuple[Seat, ...]:
    """The seats of a session: facilitator, each role that somebody plays, observer, projector."""
    table = board.table
    played = [role for role in table.roles.values() if role.id not in table.stand_ins]
    return (
        Seat("facilitator", FACILITATOR, KNOWLEDGE, marked("Facilitator")),
        *(Seat("player", role.id, role.knows, role.name) for role in played),
        Seat("observer", OBSERVER, ("public",), marked("Observer")),
        Seat("projector", PROJECTOR, ("public",), marked("Projector")),
    )


@dataclass(frozen=True)
class Seating:
    """The seats of one session, their links and their cookies.

    Attributes
    ----------
    seats
        In the order in which their links are printed.
    key
        Of this session alone.
    generation
        Raised to end every link and cookie so far.
    port
        That the session was last served on; None before the first time.
    """

    seats: tuple[Seat, ...]
    key: bytes
    generation: int = 1
    port: int | None = None

    @classmethod
    def of(cls, folder: Path, board: Board, *, renew: bool = False) -> Seating:
        """The seats of the session in a folder; its key is made where there is none.

        Parameters
        ----------
        folder
            The session's.
        board
            What stands on its table.
        renew
            Whether links and cookies so far are ended.

        Raises
        ------
        UserMistake
            The key cannot be read or written.
        StoreDamaged
            The file holds no key.
        """
        path = folder / NAME
        try:
            text = path.read_text(encoding="utf-8") if path.exists() else None
        except (OSError, UnicodeDecodeError) as fault:
            raise UserMistake(NAME, path, f"cannot be read: {getattr(fault, 'strerror', None) or fault}") from fault
        if text is None:
            seating = cls(seats_of(board), secrets.token_bytes(_KEY_BYTES))
        else:
            seating = cls(seats_of(board), *_read(path, text))
        if renew:
            seating = replace(seating, generation=seating.generation + 1)
        if text is None or renew:
            seating.save(folder)
        return seating

    def save(self, folder: Path) -> None:
        """Keep key, generation and port, for the owner's eyes alone; raises UserMistake where that cannot be."""
        told = {"format": _FORMAT, "key": self.key.hex(), "generation": self.generation, "port": self.port}
        try:
            commit_private(folder / NAME, json.dumps(told).encode() + b"\n")
        except OSError as fault:
            raise UserMistake("session", folder, f"cannot be written: {fault.strerror or fault}") from fault

    def served_on(self, port: int) -> Seating:
        """The same, remembering a port."""
        return replace(self, port=port)

    # Links

    def token(self, seat: Seat) -> str:
        """The last part of a seat's link."""
        return self._seal("link", seat.name)

    def of_token(self, token: str) -> Seat | None:
        """The seat of a link; None for any other word. Every seat is tried, in the same time."""
        given, found = _ascii(token), None
        for seat in self.seats:
            if hmac.compare_digest(_ascii(self.token(seat)), given):
                found = seat
        return found

    # Cookies

    @property
    def cookie_name(self) -> str:
        """Name of the cookie; it tells sessions apart, since a browser does not tell ports apart."""
        return f"table_{hashlib.sha256(b'name' + self.key).hexdigest()[:12]}"

    def cookie(self, seat: Seat) -> str:
        """A new cookie for a browser that takes a seat."""
        nonce = secrets.token_urlsafe(_NONCE_BYTES)
        return f"{seat.name}.{self.generation}.{nonce}.{self._seal('cookie', seat.name, nonce)}"

    def of_cookie(self, value: str | None) -> Seat | None:
        """The seat of a cookie, with its browser; None for one that is missing, forged or of another generation."""
        parts = (value or "").split(".")
        if len(parts) != 4:
            parts = ["", "", "", ""]
        name, generation, nonce, seal = parts
        right = hmac.compare_digest(_ascii(self._seal("cookie", name, nonce)), _ascii(seal))
        found = next((seat for seat in self.seats if seat.name == name), None)
        if not right or found is None or generation != str(self.generation):
            return None
        return replace(found, browser=nonce)

    def _seal(self, *parts: str) -> str:
        text = "\0".join((*parts, str(self.generation)))
        return hmac.new(self.key, text.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:43]


def _read(path: Path, text: str) -> tuple[bytes, int, int | None]:
    """Key, generation and port of a file."""
    try:
        told: Any = json.loads(text)
        key, generation, port = bytes.fromhex(told["key"]), told["generation"], told["port"]
        sound = len(key) == _KEY_BYTES and isinstance(generation, int) and isinstance(port, int | None)
        if told["format"] != _FORMAT or not sound:
            raise ValueError("of another format")
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise StoreDamaged(f"{path}: holds no key of seats ({fault}); {_REMEDY}") from fault
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise StoreDamaged(f"{path}: can be read by others than its owner; {_REMEDY}")
    return key, generation, port


def _ascii(text: str) -> bytes:
    return text.encode("utf-8", "replace")
