"""What a template asks for: everything that a seat may know, worked out where it is asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property

from markupsafe import Markup

from sim.language import LANGUAGES, _, plural, translated
from sim.model.withdrawal import THEORIES
from sim.page.ask import FormAnswer, PageAsk, Shown
from sim.page.views import choices, chronicle, desk, levers, prospects, situation
from sim.page.views.environment import drawn
from sim.page.views.naming import axis_name, expected, measure_name, role_name, written
from sim.tabletop.board import Board
from sim.tabletop.expectations import is_due
from sim.tabletop.measures import Sight
from sim.tabletop.papers import svg
from sim.tabletop.papers.timeline_drawing import timeline
from sim.tabletop.papers.wording import days
from sim.tabletop.roles import anything
from sim.tabletop.session import TAGS
from sim.tabletop.standing import TableStanding, standing_of
from sim.tabletop.table_settings import FACILITATOR, Role
from sim.text import CAUTION, spoken

TOLD = 6
"""Injects that stand on a page in full; earlier ones are folded away."""


class SeatView:
    """One seat's look at the table.

    Parameters
    ----------
    ask
        What is asked.
    """

    caution, languages, tags = CAUTION, LANGUAGES, TAGS

    def __init__(self, ask: PageAsk) -> None:
        self.ask, self.seat = ask, ask.seat
        self.role = ask.seat.role

    # Who, and where it stands

    @property
    def board(self) -> Board:
        """What lies on the table."""
        return self.ask.session.board

    @property
    def facilitator(self) -> bool:
        """Whether this seat runs the table."""
        return self.seat.kind == "facilitator"

    @property
    def key(self) -> str:
        """What drafts of this session are kept under in a browser; it tells nothing."""
        line = self.board.lines[0]
        return hashlib.sha256(f"{self.ask.session.folder.resolve()} {line.at}".encode()).hexdigest()[:12]

    @property
    def who(self) -> str:
        """The seat as people call it."""
        return role_name(self.board, self.role)

    @property
    def aim(self) -> str:
        """What its role is after."""
        role = self.board.table.roles.get(self.role)
        return translated(role.aim) if role is not None else ""

    @property
    def title(self) -> str:
        """What the session is called."""
        return translated(self.board.table.title)

    @property
    def today(self) -> date:
        """The next day to be played."""
        return self.board.today

    @property
    def last(self) -> date:
        """The last day of the open turn, at its usual length."""
        return min(self.today + timedelta(days=self.board.table.turn_days - 1), self.board.table.last_day)

    @property
    def days(self) -> str:
        """The days of the open turn."""
        return days(self.today, self.last)

    @property
    def last_days(self) -> str:
        """The days of the last turn that was played."""
        turn = self.board.turns[-1]
        return days(turn.first, turn.last)

    @property
    def planned(self) -> bool:
        """Whether the open turn is one of those that were planned."""
        return self.board.turn <= self.board.table.turns

    @property
    def state(self) -> str:
        """``open``, ``playing`` or ``ended``; a page is loaded anew where it ends."""
        return "ended" if self.board.is_over else "playing" if self.ask.playing else "open"

    @cached_property
    def ended(self) -> bool:
        """Whether the session has ended."""
        return self.board.is_over

    @property
    def acting(self) -> bool:
        """Whether this seat can still do something but take notes."""
        return self.seat.acts and not self.ended and not self.ask.read_only

    @cached_property
    def standing(self) -> TableStanding:
        """Where the table stands for this seat."""
        return standing_of(self.board, self.role)

    # What changed

    @property
    def lengths(self) -> tuple[int, int] | None:
        """Days of the last two turns, where they differ: totals of them are not alike."""
        days = [len(turn.days) for turn in self.board.turns[-2:]]
        return (days[0], days[1]) if len(days) == 2 and days[0] != days[1] else None

    @cached_property
    def numbers(self) -> tuple[situation.Number, ...]:
        """The last turn's measures."""
        return situation.numbers(self.board, self.standing)

    @property
    def number_groups(self) -> tuple[tuple[str, str, tuple[situation.Number, ...]], ...]:
        """The same by who sees them: sight, words, rows."""
        said = {"public": _("What everybody can read"), "kenya": _("The Kenyan police's own books"),
                "hidden": _("What nobody else at the table sees")}  # fmt: skip
        groups = ((sight, words, tuple(one for one in self.numbers if one.sight == sight))
                  for sight, words in said.items())  # fmt: skip
        return tuple(group for group in groups if group[2])

    @property
    def big_numbers(self) -> tuple[situation.Number, ...]:
        """Those that a projector has room for."""
        known = {one.name: one for one in self.numbers}
        return tuple(known[name] for name in situation.BIG if name in known)

    @cached_property
    def happened(self) -> tuple[situation.Happening, ...]:
        """What happened in the last turn."""
        return situation.happened(self.board, self.role)

    @cached_property
    def told(self) -> tuple[situation.Told, ...]:
        """Injects that reached this seat."""
        return situation.told(self.board, self.role)

    @property
    def fresh_told(self) -> tuple[situation.Told, ...]:
        """Those of this turn."""
        return tuple(one for one in self.told if one.fresh)

    @property
    def earlier_told(self) -> tuple[situation.Told, ...]:
        """Those before."""
        return tuple(one for one in self.told if not one.fresh)

    @property
    def others(self) -> str:
        """How the played world stands among the others; for the facilitator."""
        return self.standing.others

    @cached_property
    def timeline(self) -> Markup | None:
        """The session on one strip, as this seat may know it."""
        if self.seat.kind == "projector":  # turns, orders and injects alone: from ten metres no more can be read
            return self._strip(())
        sights: list[Sight] = [one for one in ("public", "kenya", "hidden") if one in self.seat.knows]
        return self._strip(sights)

    def _strip(self, sights: Sequence[Sight]) -> Markup | None:
        found = timeline(self.board, sights, self.role)
        return None if found is None else drawn(svg.unstyled(found))

    @cached_property
    def _chronicle(self) -> tuple[tuple[chronicle.ChronicleEntry, ...], int]:
        return chronicle.chronicle(self.board, self.role)

    @property
    def entries(self) -> tuple[chronicle.ChronicleEntry, ...]:
        """The log's newest lines, the newest first."""
        return self._chronicle[0]

    @property
    def lines(self) -> int:
        """How many of its lines this seat may read."""
        return self._chronicle[1]

    @property
    def undoable(self) -> tuple[tuple[str, str], ...]:
        """Lines that can be taken back: number and words."""
        return tuple((str(one.line), f"{one.line}: {one.who}, {one.what}"[:90]) for one in self.entries if one.undoable)

    def orders(self, *, fresh: bool) -> tuple[tuple[desk.GivenOrder, ...], int]:
        """The newest orders of the played world, of this turn or from before, and how many there are; reasons are the
        reader's own, and the facilitator's to read."""
        return desk.given(self.board, self.role, fresh=fresh, reasons=self.facilitator)

    # What to do

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles of the table."""
        return tuple(self.board.table.roles.values())

    def name_of(self, role: str) -> str:
        """A role as people call it."""
        return role_name(self.board, role)

    def sheet(self, role: str) -> tuple[levers.Lever, ...]:
        """The order sheet of a role; of the facilitator's own hand every level there is."""
        given = anything() if role == FACILITATOR else self.board.table.roles[role]
        return levers.order_sheet(self.board, given, self._last_orders)

    @cached_property
    def _last_orders(self) -> levers.LastOrders:
        return levers.last_orders(self.board)

    @property
    def measures(self) -> tuple[tuple[str, str], ...]:
        """Measures that this seat may ask about: name and words."""
        return tuple((name, axis_name(name)) for name in situation.seen_measures(self.board, self.role))

    @property
    def decisive(self) -> tuple[tuple[str, str], ...]:
        """Measures that a try can be told by."""
        shown = ("exits", "deployed", "deaths", "reports")
        return tuple((name, axis_name(name)) for name, _said in self.measures if name in shown)

    def forecasts(self, *, fresh: bool) -> tuple[tuple[tuple[str, str, str, bool], ...], int]:
        """The newest forecasts that this seat may read, of this turn or from before, the newest first, and how many
        there are: id, who, what, late."""
        own = [one for one in reversed(self.board.forecasts)
               if (self.facilitator or one.role == self.role) and (one.turn == self.board.turn) == fresh]  # fmt: skip
        rows = tuple((one.id, role_name(self.board, one.role), expected(one), one.late) for one in own[: desk.MOST])
        return rows, len(own)

    @property
    def forecast_now(self) -> bool:
        """Whether this seat has said what it expects in this turn."""
        return any(one.role == self.role and one.turn == self.board.turn for one in self.board.forecasts)

    @property
    def late(self) -> bool:
        """Whether futures were shown to this seat in this turn: what it says from then on counts in no score."""
        return bool(self.board.seen_by(self.role))

    @property
    def gate(self) -> str:
        """``open`` once this seat has said what it expects, or has looked without; the facilitator's always is."""
        return "shut" if not self.facilitator and is_due(self.board, self.role) else "open"

    @cached_property
    def options(self) -> tuple[choices.Card, ...]:
        """Options on the table."""
        return choices.tree(self.board, self.role, all_mine=self.facilitator)

    @property
    def open_options(self) -> tuple[tuple[str, str], ...]:
        """Those that were not chosen."""
        return choices.open_names(self.board)

    @property
    def choosable(self) -> tuple[tuple[str, str], ...]:
        """Those that this seat can choose."""
        return choices.choosable(self.board, self.role, all_mine=self.facilitator)

    @property
    def objectives(self) -> tuple[tuple[str, str], ...]:
        """What the session is to try."""
        return tuple((id, translated(text)) for id, text in self.ask.session.objectives.items())

    # What was shown

    def shown(self, what: str) -> Shown | None:
        """The newest outlook, try or comparison of this turn."""
        return self.ask.shown.get(what)

    @property
    def on_stage(self) -> Shown | None:
        """What the facilitator showed to the table last, as long as it is of what stands."""
        told = [one for one in self.ask.shown.values() if one.what != "try" and not one.stale]
        return max(told, key=lambda one: one.line) if told and not self.ended else None

    def outlook_rows(self, shown: Shown) -> tuple[prospects.Outlook, ...]:
        """Rows of an outlook."""
        return prospects.outlook(shown)

    def difference_rows(self, shown: Shown) -> tuple[prospects.ShownDifference, ...]:
        """Rows of a comparison or a try."""
        return prospects.differences(shown)

    def dot_drawings(self, shown: Shown) -> tuple[prospects.Drawing, ...]:
        """Dots of each measure that was shown."""
        return prospects.drawings(shown)

    def sentences(self, shown: Shown, *, decisive: bool) -> tuple[str, ...]:
        """What comparisons come to: those of the decisive measure, or those of the others."""
        every = len(shown.measures) or 1
        return tuple(said for place, said in enumerate(shown.sentences) if (place % every == 0) == decisive)

    def tried(self, shown: Shown) -> str:
        """The levers of a try, in words."""
        return written([(target, "set", amount) for target, amount in shown.levers.items()])

    # The facilitator's

    @cached_property
    def role_states(self) -> tuple[desk.RoleState, ...]:
        """What each role has done in this turn."""
        return desk.role_states(self.ask)

    @cached_property
    def queue(self) -> tuple[desk.Queued, ...]:
        """The list of injects, due ones first."""
        return desk.queue(self.board)

    @property
    def due(self) -> tuple[desk.Queued, ...]:
        """Those that are due."""
        return tuple(one for one in self.queue if one.state == "due")

    @property
    def came_about(self) -> tuple[desk.Queued, ...]:
        """Those whose condition came about by itself in the last turn: they have happened, and are to be read out."""
        fresh = {one.id for one in self.told if one.fresh}
        return tuple(one for one in self.queue if one.state == "held" and one.id in fresh)

    @property
    def put_off_days(self) -> tuple[tuple[str, str], ...]:
        """Days to which an inject can be put off."""
        return desk.days_to_put_off(self.board)

    @property
    def inject_names(self) -> tuple[tuple[str, str], ...]:
        """Injects that are still open: id and words."""
        return tuple((one.id, f"{one.id} ({one.said}, {one.to})") for one in self.queue if one.open)

    @property
    def still_missing(self) -> tuple[str, ...]:
        """What the turn still misses, a sentence each."""
        said = [_("{role}: no {what} yet").format(role=one.name, what=_(" and no ").join(one.missing))
                for one in self.role_states if one.missing]  # fmt: skip
        if self.due:
            count = len(self.due)
            said.append(plural("{n} inject is due", "{n} injects are due", count).format(n=count))
        return tuple(said)

    @property
    def overrides(self) -> tuple[tuple[str, str, str], ...]:
        """Changes by hand."""
        return tuple(desk.overrides(self.board))

    @property
    def inject_receivers(self) -> tuple[tuple[str, str], ...]:
        """To whom an inject can go."""
        roles = [(role.id, role_name(self.board, role.id)) for role in self.roles
                 if role.id not in self.board.table.stand_ins]  # fmt: skip
        return (("all", _("everybody")), *roles)

    # What was, once it is over

    @property
    def truth(self) -> Mapping[str, str]:
        """Which world was played; nothing before the session has ended."""
        if not self.ended:
            return {}
        played = self.board.head["played"]
        theory = str(played["theory"])
        text = THEORIES[theory].text if theory in THEORIES else ""
        return {
            "theory": translated(spoken(theory)),
            "text": translated(text) if text else "",
            "world": f"{played['world']}",
        }

    # Forms

    def answer(self, *names: str) -> FormAnswer | None:
        """What came of the first of these forms that was sent last."""
        return next((self.ask.answers[name] for name in names if name in self.ask.answers), None)

    def value(self, names: tuple[str, ...], field: str, default: str = "", key: str = "") -> str:
        """What stands in a field: what was typed where it was refused, else the default."""
        for name in names:
            answer = self.ask.answers.get(name)
            if answer is not None and answer.refused and answer.value("form") == key:
                return answer.value(field, default)
        return default

    def mistake(self, names: tuple[str, ...], field: str, key: str = "") -> str:
        """What would be right in a field; empty where nothing is wrong."""
        for name in names:
            answer = self.ask.answers.get(name)
            if answer is not None and answer.value("form") == key and field in answer.mistakes:
                return answer.mistakes[field]
        return ""

    def measure_label(self, name: str) -> str:
        """A measure in words."""
        return measure_name(name)
