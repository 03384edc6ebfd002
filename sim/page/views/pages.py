"""A whole page, a part of one, a form's answer, and the pages of whoever has no seat."""

from __future__ import annotations

from typing import Any

from sim.language import spoken_in, translated
from sim.page.ask import PageAsk
from sim.page.views.environment import render
from sim.page.views.view import SeatView

_EVERYONE = ("head", "truth", "situation", "told", "orders", "options", "timeline", "log")
_PARTS = {
    "player": (*_EVERYONE, "forecasts", "gate", "outlook", "try", "compare"),
    "facilitator": (*_EVERYONE, "forecasts", "outlook", "try", "compare", "turn", "queue", "overrides"),
    "observer": (*_EVERYONE, "outlook", "compare"),
    "projector": ("stage",),
}


def parts_of(kind: str) -> tuple[str, ...]:
    """Names of the parts that a kind of seat can ask for."""
    return _PARTS[kind]


def page(ask: PageAsk) -> str:
    """The page of a seat, in its language."""
    with spoken_in(ask.language):
        return render(f"{ask.seat.kind}.html", {"view": SeatView(ask)})


def part(name: str, ask: PageAsk) -> str:
    """One region of a seat's page.

    Raises
    ------
    KeyError
        This seat has no such part.
    """
    if name not in _PARTS[ask.seat.kind]:
        raise KeyError(name)
    with spoken_in(ask.language):
        return render("part.html", {"view": SeatView(ask), "name": name})


def form(name: str, ask: PageAsk) -> str:
    """What came of a form, to be put beside it; what was shown stands in a part of its own."""
    with spoken_in(ask.language):
        return render("answer.html", {"view": SeatView(ask), "name": name})


def join_page(seat: str, path: str, *, language: str = "en", title: str = "", sits: str = "") -> str:
    """The page behind a seat's link: one button takes the seat.

    Parameters
    ----------
    seat
        As people call it.
    path
        Where the button goes.
    language
        Code of the language.
    title
        What the session is called.
    sits
        The other seat that this browser sits on, and leaves by taking this one; empty for none.
    """
    with spoken_in(language):
        told = {"seat": translated(seat), "path": path, "title": translated(title), "sits": translated(sits)}
        return render("join.html", told)


def plain_answer(title: str, text: str, **more: Any) -> str:
    """A page of a sentence or two, for whoever is refused; ``language`` says in which language it is framed.

    ``back`` adds a link to the seat's own page.
    """
    with spoken_in(str(more.get("language", "en"))):
        return render("plain.html", {"title": title, "text": text, "back": bool(more.get("back", False))})
