"""What a view is asked for: the session as it stands, who looks at it, and what came of what they typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from sim.page.seats import Seat
from sim.tabletop.session import Session

Typed = Mapping[str, str | list[str]]
"""What was typed into a form, by field; a field that came several times is a list."""
_NONE: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class FormAnswer:
    """What came of a form that was sent.

    Attributes
    ----------
    form
        Its name, as in POST /do/NAME.
    values
        As typed, a hidden ``form`` among them; empty where it was done, so that nothing is typed twice.
    mistakes
        What would be right, by field; the empty field is the whole form's.
    done
        What was done, in words; empty where it was refused.
    line
        Number of the log's line that says it; None where it left none.
    notes
        What else is to be known of it, a sentence each.
    table
        Rows of what was asked for, such as the preview of an inject: ``measure``, ``with``, ``without``,
        ``difference``.
    again
        Whether it had been done already, by a form that was sent before and whose answer was lost.
    """

    form: str
    values: Typed = field(default_factory=lambda: _NONE)
    mistakes: Mapping[str, str] = field(default_factory=lambda: _NONE)
    done: str = ""
    line: int | None = None
    notes: tuple[str, ...] = ()
    table: tuple[Mapping[str, Any], ...] = ()
    again: bool = False

    @property
    def refused(self) -> bool:
        """Whether nothing was done."""
        return bool(self.mistakes)

    def value(self, name: str, default: str = "") -> str:
        """What was typed into a field, the last of several."""
        typed = self.values.get(name, default)
        return typed if isinstance(typed, str) else (typed[-1] if typed else default)


@dataclass(frozen=True)
class Shown:
    """Futures that a seat was shown in this turn; its numbers are those of the log's line.

    Attributes
    ----------
    what
        ``outlook``, ``try`` or ``compare``.
    line
        Number of the log's line.
    today, until
        First and last day.
    measures
        Those that it shows, the decisive one first; all of them the seat may know.
    options
        Their names; ``nothing`` is first, ``try`` is what was tried.
    levers
        Of a try: amount by target.
    rows
        Of an outlook as :func:`sim.tabletop.outlook.outlook_rows` has them, else as
        :func:`sim.tabletop.outlook.option_rows`.
    sentences
        What each comparison comes to, in words.
    agreed
        Under which theories an option is better, worse, or neither; a sentence each.
    stories
        Single futures: a sentence, and lines.
    dots
        By measure and option the quantile dots, in ascending order, theories with equal weights.
    notes
        What must be said beside every number, in sentences.
    medians
        By measure and option the median of all futures; empty in a line of before, where the dots tell it.
    pictures
        Names for /picture/NAME.png; empty after a restart of the server.
    stale
        Whether the table has gone on since: what stood then is not what stands now.
    """

    what: str
    line: int
    today: date
    until: date
    measures: tuple[str, ...]
    options: tuple[str, ...]
    levers: Mapping[str, float]
    rows: Sequence[Mapping[str, Any]]
    sentences: tuple[str, ...]
    agreed: tuple[str, ...]
    stories: tuple[tuple[str, tuple[str, ...]], ...]
    dots: Mapping[str, Mapping[str, tuple[float, ...]]]
    notes: tuple[str, ...]
    medians: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: _NONE)
    pictures: tuple[str, ...] = ()
    stale: bool = False

    @property
    def measure(self) -> str:
        """The decisive measure."""
        return self.measures[0] if self.measures else ""


@dataclass(frozen=True)
class PageAsk:
    """One request for a view.

    Attributes
    ----------
    session
        As it stands; ``session.board`` is what lies on the table. A view reads it and writes nothing.
    seat
        Who looks.
    language
        Code of :data:`sim.language.LANGUAGES`.
    playing
        Whether a turn is being played right now.
    answers
        By the form's name what came of what this browser sent last.
    shown
        By what (``outlook``, ``try``, ``compare``) the newest that this seat was shown in this turn. Of observer and
        projector: what the facilitator was shown, as far as it is public.
    version
        Number of lines of the log.
    read_only
        Why the session takes no acts any more but notes, in a sentence; empty where it goes on.
    trying
        Whether futures are being computed for this seat.
    seats
        For the facilitator: each seat's name, and whether somebody has its page open.
    """

    session: Session
    seat: Seat
    language: str = "en"
    playing: bool = False
    answers: Mapping[str, FormAnswer] = field(default_factory=lambda: _NONE)
    shown: Mapping[str, Shown] = field(default_factory=lambda: _NONE)
    version: int = 0
    read_only: str = ""
    trying: bool = False
    seats: tuple[tuple[str, bool], ...] = ()
