"""What was typed into a form, read field by field, so that every mistake stands beside its own field."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

from sim.errors import UserMistake
from sim.language import _, current, translated
from sim.model.events import TARGETS
from sim.page.ask import FormAnswer, Typed
from sim.page.receipts import dated
from sim.page.seats import Seat
from sim.settings.schema import check_date
from sim.tabletop import orders
from sim.tabletop.board import Board, Write
from sim.tabletop.table_settings import Role

LEVEL = "level."
"""How the fields of levels begin."""
_FIELD_OF = {"session": "", "order": "", "undo": "line", "inject": "id", "note": "text", "branch": "option"}
"""The field of a form that a key of a mistake is about, where it is called otherwise."""
_FIELDS = ("day", "why", "text", "name", "on", "role", "option", "measure", "by", "until", "level", "tag", "objective",
           "owner", "due", "days", "line", "id")  # fmt: skip
"""Fields that are called as the table calls what they are about."""


class Refused(Exception):
    """A form that is not done, with what would be right by field."""

    def __init__(self, mistakes: Mapping[str, str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = dict(mistakes)


class Form:
    """One form as it came.

    Parameters
    ----------
    name
        As in POST /do/NAME.
    typed
        Its fields.
    seat
        Whose it is.
    keys
        The fields of this form that a mistake of the table goes to, where its key is called otherwise.

    Attributes
    ----------
    mistakes
        Those found so far, by field.
    """

    def __init__(self, name: str, typed: Typed, seat: Seat, keys: Mapping[str, str] | None = None) -> None:
        self.name, self.typed, self.seat = name, typed, seat
        self.mistakes: dict[str, str] = {}
        self._keys = {**_FIELD_OF, **(keys or {})}

    # Fields

    def text(self, field: str, default: str = "") -> str:
        """A field as typed, without space around it; the last of several."""
        value = self.typed.get(field, default)
        return (value if isinstance(value, str) else (value[-1] if value else default)).strip() or default

    def several(self, field: str) -> list[str]:
        """All values of a field, empty ones left out."""
        value = self.typed.get(field, [])
        return [one.strip() for one in ([value] if isinstance(value, str) else value) if one.strip()]

    def maybe(self, field: str) -> str | None:
        """A field as typed; None for an empty one."""
        return self.text(field) or None

    def day(self, field: str) -> date | None:
        """A field as a day; None for an empty one, or with a mistake."""
        try:
            return check_date(field, self.text(field)) if self.text(field) else None
        except UserMistake as fault:
            self.mistakes.setdefault(field, fault.right)  # how a day is typed, as it is typed
        return None

    def whole(self, field: str) -> int | None:
        """A field as a whole number; None for an empty one, or with a mistake."""
        typed = self.text(field)
        if typed and not (typed.isascii() and typed.isdecimal() and len(typed) < 10):
            self.mistakes[field] = _("a whole number")
            return None
        return int(typed) if typed else None

    def said(self, field: str) -> str:
        """A field as a text that the log takes; a longer one is a mistake."""
        with self.at(field):
            return orders.check_text(field, self.text(field))
        return ""

    def needed(self, field: str, right: str) -> str:
        """A field that must not be empty; it is a mistake where it is, and ``right`` says what it is."""
        if not self.text(field):
            self.mistakes[field] = right
        return self.text(field)

    def number(self, field: str) -> str:
        """A field as the table reads numbers: with a point, which French writes as a comma, and without a %."""
        typed = self.text(field).removesuffix("%").strip()
        return typed.replace(",", ".") if current() == "fr" and typed.count(",") == 1 and "." not in typed else typed

    def amount(self, field: str, otherwise: float) -> float:
        """A field as a number; ``otherwise`` where it is none."""
        try:
            number = float(self.number(field))
        except ValueError:
            return otherwise
        return number if math.isfinite(number) else otherwise

    def levels(self, role: Role) -> list[str]:
        """The levels that are set, as words of an order, each read by itself so that each has its own mistake.

        Empty ones are not ordered.
        """
        words = []
        for field in self.typed:
            if not field.startswith(LEVEL) or not self.text(field):
                continue
            target = field.removeprefix(LEVEL)
            word = f"{target}={self.number(field)}"
            if target not in TARGETS:
                self.mistakes[field] = _("there is no such level")
                continue
            with self.at(field):
                orders.read_writes(role, [word])
                words.append(word)
        return words

    def writes(self, role: Role) -> tuple[Write, ...]:
        """The same as what an order writes; empty with a mistake, and where nothing is set."""
        words = self.levels(role)
        return orders.read_writes(role, words) if words and not self.mistakes else ()

    def role(self, board: Board) -> str:
        """Who acts: the role of the seat, or the one for whom the facilitator does.

        Raises
        ------
        Refused
            A player's form names another role, or the facilitator's none that there is.
        """
        if self.seat.kind != "facilitator":
            if self.text("role", self.seat.role) != self.seat.role:
                raise Refused({"role": _("this seat acts for {role} alone").format(role=translated(self.seat.title))})
            return self.seat.role
        asked = self.text("role")
        if asked not in board.table.roles:
            listed = ", ".join(board.table.roles)
            raise Refused({"role": _("for which role: one of {roles}").format(roles=listed)})
        return asked

    # Mistakes

    @contextmanager
    def at(self, field: str) -> Iterator[None]:
        """A mistake within it is one of this field."""
        try:
            yield
        except UserMistake as fault:
            self.mistakes.setdefault(field, dated(fault.right))

    @contextmanager
    def whole_form(self) -> Iterator[None]:
        """A mistake within it is one of the field that its key is about; raises Refused for it."""
        try:
            yield
        except UserMistake as fault:
            field = self.field_of(fault.key)
            whole = str(UserMistake(fault.key, fault.value, fault.right))  # without what a shell would be told
            raise Refused({field: dated(fault.right if field or fault.key in _FIELD_OF else whole)}) from fault

    def field_of(self, key: str) -> str:
        """The field that a key of the table is about; empty for the whole form."""
        if key in self._keys:
            return self._keys[key]
        if f"{LEVEL}{key}" in self.typed or key in TARGETS:
            return f"{LEVEL}{key}"
        return key if key in self.typed or key in _FIELDS else ""

    def check(self) -> None:
        """Raises Refused where any field has a mistake."""
        if self.mistakes:
            raise Refused(self.mistakes)

    # Answers

    @property
    def place(self) -> Typed:
        """Which instance of the form it is, where a page has several."""
        return {"form": self.text("form")} if self.text("form") else {}

    def done(self, said: str, line: int | None = None, *, notes: Sequence[str] = (), again: bool = False) -> FormAnswer:
        """The answer to a form that is done."""
        return FormAnswer(self.name, self.place, {}, said, line, tuple(one for one in notes if one), again=again)

    def refused(self, mistakes: Mapping[str, str]) -> FormAnswer:
        """The answer to a form that is not: everything stays as it was typed."""
        return FormAnswer(self.name, self.typed, dict(mistakes))
