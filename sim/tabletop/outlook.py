"""What may come, as the table knows the world: futures of the other worlds, and their numbers as the log keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from sim import text as words
from sim.errors import UserMistake
from sim.language import SOURCE, _, as_in, marked, spoken_in, translated
from sim.model.events import Event
from sim.tabletop.board import Board, Expectation, Write
from sim.tabletop.expectations import model_says
from sim.tabletop.first_line import worlds_of
from sim.tabletop.futures import FUTURES, NOTHING, PLAYED, TRIED, Agreement, Futures, SeenTurn, quantiles
from sim.tabletop.history import events_of, option_events
from sim.tabletop.measures import MEASURES, measure_of
from sim.tabletop.options import ComparedOptions, OptionDifference, compared, told_of
from sim.tabletop.orders import logged_words
from sim.tabletop.other_worlds import OtherWorlds
from sim.tabletop.session import Session
from sim.tabletop.table_event import TableEvent
from sim.tabletop.turn import played
from sim.tabletop.worlds import TableCases

DECISIVE = ("exits", "deployed", "deaths", "reports")
"""Measures that a decision is told by."""
DOTS = 50
"""Dots that stand for a thousand futures."""


@dataclass
class TableOutlook:
    """The other worlds of a session at its present morning.

    Attributes
    ----------
    board
        What stands on the table.
    worlds
        The session's cases.
    others
        The worlds that nobody plays.
    """

    board: Board
    worlds: TableCases
    others: OtherWorlds

    @classmethod
    def of(cls, session: Session) -> TableOutlook:
        """Those of a session; states are kept beside it, and may be deleted at any time."""
        board = session.board
        worlds = worlds_of(board)
        return cls(board, worlds, OtherWorlds(worlds, played(board), session.cache))

    def until(self, asked: date | None) -> date:
        """The last day of an outlook: the one asked for, or as far as the table looks.

        Raises
        ------
        UserMistake
            It has been played, or lies beyond what futures reach.
        """
        last = self.worlds.last_day
        if asked is None:
            return min(self.board.today + timedelta(days=self.board.table.horizon_days - 1), last)
        return check_until(asked, self.board.today, last)

    def agreement(self) -> Agreement:
        """Which of the other worlds agree with what has been seen since the first day."""
        return self.others.agreeing(seen(self.board), self._events(), self.board.today)

    def futures(
        self, options: Sequence[str], until: date, count: int = FUTURES, known: Futures | None = None
    ) -> Futures:
        """Futures of what stands, and of each of these options on top of it, on the same luck.

        Parameters
        ----------
        known
            Futures of the same morning under the same orders, which need not be lived again.

        Raises
        ------
        UserMistake
            An order of an option has a day that has been played.
        """
        check_still_ahead(self.board, options)
        orders = {NOTHING: (), **{name: _orders(option_events(self.board, name)) for name in options}}
        return self.others.look_ahead(
            orders, until, count, events=self._events(), today=self.board.today, agreement=self.agreement(), known=known
        )

    def tried(
        self, writes: Sequence[Write], until: date, count: int = FUTURES, known: Futures | None = None
    ) -> Futures:
        """Futures of what stands, and of levers on top of it from today on that are no option yet, named :data:`TRIED`.

        Parameters
        ----------
        known
            Futures of the same morning under the same orders, which need not be lived again.
        """
        event = Event(TRIED, tuple(writes), self.board.today, origin="player", text=logged_words(writes))
        return self.others.look_ahead(
            {NOTHING: (), TRIED: (event,)}, until, count, events=self._events(), today=self.board.today,
            agreement=self.agreement(), known=known,
        )  # fmt: skip

    def decision(self, until: date, count: int = FUTURES) -> Futures | None:
        """Futures of the turn's decisions: nothing more ordered in it, what was decided, and each option not taken.

        An option that was not taken is on top of what was decided: its orders come last. None where nothing was decided
        and no option is open.
        """
        board = self.board
        fresh = {order.id for order in board.orders if board.given_in[order.id] > board.opened_at}
        decided = _orders(event for event in self._events() if event.event.id in fresh)
        left = [name for name in board.options if name not in board.adopted]
        if not decided and not left:
            return None
        orders: dict[str, tuple[Event, ...]] = {NOTHING: ()}
        if decided:
            orders[PLAYED] = decided
        orders |= {name: (*decided, *_orders(_still(option_events(board, name), board.today))) for name in left}
        before = tuple(event for event in self._events() if event.event.id not in fresh)
        return self.others.look_ahead(
            orders, until, count, events=before, today=board.today, agreement=self.agreement()
        )

    def unlike(self) -> str:
        """That the played world has more officers, or fewer, than nearly all of the others; empty where it has not.

        Nobody outside the Kenyan police knows how many have left, so the others are not chosen by it.
        """
        if not self.board.turns:
            return ""
        mine, places = self.board.turns[-1].days[-1]["available"], self.agreement().places
        standing = self.others.stand(self._events(), self.board.today)
        theirs = np.concatenate(
            [np.asarray(one.days["available"][-1], dtype=np.float64)[places[name]] for name, one in standing.items()]
        )
        low, high = quantiles(theirs[None, :], np.ones(len(theirs)), [0.05, 0.95])[:, 0]
        if low <= mine <= high:
            return ""
        return _(
            "The played world has {mine} officers left, these worlds {low} to {high} in the middle 90: how many have "
            "left is no public fact, and the worlds are not chosen by it."
        ).format(mine=words.general(mine), low=f"{low:.0f}", high=f"{high:.0f}")

    def _events(self) -> tuple[TableEvent, ...]:
        """What every world has; the overrides are counted, and reach no other world."""
        return events_of(self.board, overrides=True)


def check_until(asked: date, today: date, last: date) -> date:
    """The last day of an outlook; raises UserMistake where it has been played, or lies beyond what futures reach."""
    if not today <= asked <= last:
        right = _("a day from {first} to {last}")
        right = right.format(first=today.isoformat(), last=last.isoformat())
        raise UserMistake("until", asked.isoformat(), right)
    return asked


def seen(board: Board) -> tuple[SeenTurn, ...]:
    """What those who play have seen of each turn."""
    return tuple(
        SeenTurn(
            turn.first,
            turn.last,
            float(sum(day["reports"] for day in turn.days)),
            float(sum(day["deaths"] for day in turn.days)),
        )
        for turn in board.turns
    )


def outlook_rows(futures: Futures, measures: Sequence[str]) -> list[dict[str, Any]]:
    """Median, middle half and middle 90 of 100 of each measure at the outlook's end, by theory and over them."""
    rows = []
    for measure in measures:
        bands = futures.bands(measure, futures.nothing)
        last = bands[bands["day"] == futures.until]
        for row in last.to_dict("records"):
            numbers = {
                name: _plain(row[column])
                for name, column in (("p5", "low_90"), ("p25", "low_50"), ("p50", "median"), ("p75", "high_50"),
                                     ("p95", "high_90"))
            }  # fmt: skip
            rows.append({"measure": measure, "theory": row["theory"] or "all", **numbers, "futures": int(row["runs"])})
    return rows


def option_rows(found: ComparedOptions) -> list[dict[str, Any]]:
    """Differences of options as the log keeps them."""
    return [
        {
            "option": one.option, "against": one.against, "measure": one.measure, "theory": one.theory or "all",
            "futures": one.pairs, "better": _plain(one.better), "better_low": _plain(one.better_low),
            "better_high": _plain(one.better_high), "worse": _plain(one.worse), "mean": _plain(one.difference),
            "low": _plain(one.low), "high": _plain(one.high),
            "since": one.shows.isoformat() if one.shows else None, "until": found.futures.until.isoformat(),
        }
        for one in found.differences
    ]  # fmt: skip


def difference_of(row: Mapping[str, Any]) -> OptionDifference:
    """Undo :func:`option_rows`, so that a row of the log can be said in words, in the language of who reads it."""
    return told_of(
        str(row["option"]), str(row["against"]), str(row["measure"]), "" if row["theory"] == "all" else row["theory"],
        int(row["futures"]), (row["better"], row["worse"]), (row["mean"], row["low"], row["high"]),
        date.fromisoformat(row["since"]) if row["since"] else None,
    )  # fmt: skip


def decision_rows(futures: Futures) -> list[dict[str, Any]]:
    """What was decided against nothing, and each option not taken against what was decided."""
    base = PLAYED if PLAYED in futures.options else futures.nothing
    rows = []
    if base == PLAYED:
        rows += [row for row in option_rows(compared(futures, DECISIVE)) if row["option"] == PLAYED]
        rows = [row for row in rows if row["against"] == futures.nothing]
    others = [name for name in futures.options if name not in (PLAYED, futures.nothing)]
    if others:
        rows += [
            row for row in option_rows(compared(futures, DECISIVE, against=base))
            if row["against"] == base and row["option"] in others
        ]  # fmt: skip
    return rows


def forecasts_of_model(futures: Futures, option: str, said: Sequence[Expectation]) -> dict[str, dict[str, float]]:
    """What the model's own futures say of what roles expect, by id; every theory counts alike."""
    told = {}
    for one in said:
        if one.by > futures.until:
            continue
        values = [futures.values(one.measure, option, theory, one.by) for theory in futures.theories]
        good = [part[np.isfinite(part)] for part in values]
        weights = [np.full(len(part), 1 / (len(good) * max(len(part), 1))) for part in good]
        if sum(map(len, good)):
            told[one.id] = model_says(one, np.concatenate(good).tolist(), np.concatenate(weights).tolist())
    return told


def shown(what: str, futures: Futures, rows: Sequence[Mapping[str, Any]], options: Sequence[str]) -> dict[str, Any]:
    """The line of the log that says what was shown, in English whoever was shown it."""
    with spoken_in(SOURCE):
        said = " ".join(futures.notes)
    return {
        "what": what, "options": list(options), "until": futures.until.isoformat(), "overrides": futures.overrides,
        "said": said, "rows": list(rows),
    }  # fmt: skip


def measures_for(knows: Sequence[str], asked: Sequence[str] = ()) -> tuple[str, ...]:
    """Measures of an outlook or a comparison: those asked for, or the decisive ones, as far as the reader knows them.

    Raises
    ------
    UserMistake
        For one that there is not, or that the reader never learns.

    Examples
    --------
    >>> measures_for(("public",))
    ('deployed', 'deaths', 'reports')
    """
    known = [name for name, one in MEASURES.items() if one.sight in knows]
    for name in asked:
        if name in MEASURES and name not in known:
            right = _("is not known to this role; it knows {names}").format(names=", ".join(known))
            raise UserMistake("measures", name, right)
    return tuple(
        measure_of("measures", name, known).name for name in asked or [one for one in DECISIVE if one in known]
    )


def dots(futures: Futures, measures: Sequence[str]) -> dict[str, dict[str, list[float]]]:
    """By measure and option :data:`DOTS` values that stand for all futures, ascending, theories with equal weights."""
    return _ranked(futures, measures, [(place + 0.5) / DOTS for place in range(DOTS)])


def medians(futures: Futures, measures: Sequence[str]) -> dict[str, dict[str, float]]:
    """By measure and option the median of all futures, by the rule of every outlook (:func:`quantiles`)."""
    ranked = _ranked(futures, measures, [0.5])
    return {measure: {option: values[0] for option, values in by.items() if values} for measure, by in ranked.items()}


def _ranked(futures: Futures, measures: Sequence[str], at: Sequence[float]) -> dict[str, dict[str, list[float]]]:
    """By measure and option the values below which so much of all futures lies, theories with equal weights."""
    found: dict[str, dict[str, list[float]]] = {}
    for measure in measures:
        for option in futures.options:
            values = [futures.values(measure, option, name) for name in futures.theories]
            good = [part[np.isfinite(part)] for part in values]
            weights = np.concatenate([np.full(len(part), 1 / max(len(part), 1)) for part in good])
            ranked = quantiles(np.concatenate(good)[None, :], weights, at)[:, 0]
            found.setdefault(measure, {})[option] = [float(f"{value:.6g}") for value in ranked if value == value]
    return found


def check_still_ahead(board: Board, options: Sequence[str]) -> None:
    """Refuse an option an order of which has a day that has been played; raises UserMistake."""
    for name in options:
        for order in board.orders_of(name):
            if order.day < board.today:
                right = _("its order {order} is of {day}, which has been played; branch it anew")
                raise UserMistake("branch", name, right.format(order=order.id, day=order.day.isoformat()))


def open_options(board: Board, asked: Sequence[str] = ()) -> tuple[str, ...]:
    """The options that can be compared: those asked for, or all that have not been chosen.

    Raises
    ------
    UserMistake
        For one that is not open, and where none is.
    """
    left = [name for name in board.options if name not in board.adopted]
    for name in asked:
        if name not in left:
            right = _("an option that is open: {names}").format(names=", ".join(left) or _("there is none yet"))
            raise UserMistake("branch", name, right)
    if not left:
        shell = _("tabletop table branch DIR NAME role=ROLE LEVEL=VALUE")
        raise UserMistake("branch", None, _("no option is open"), shell)
    return tuple(dict.fromkeys(asked)) or tuple(left)


def _orders(events: Any) -> tuple[Event, ...]:
    return tuple(one.event for one in events)


def _still(events: Sequence[TableEvent], today: date) -> tuple[TableEvent, ...]:
    """Of an option's orders those whose day has not passed."""
    return tuple(one for one in events if one.event.date is None or one.event.date >= today)


def _plain(value: float | None) -> float | None:
    return None if value is None or value != value else float(f"{value:.6g}")


def outlook_table(rows: Sequence[Mapping[str, Any]], *, theories: bool) -> pd.DataFrame:
    """An outlook's rows for people.

    Its columns have English names, whatever language is spoken; words in it are in that.

    Returns
    -------
    ``measure``, ``theory`` (all, or its name), ``median``, ``middle half``, ``middle 90 of 100``, ``unit``, ``of``
    (futures).
    """
    listed = [
        [row["measure"], _theory(row["theory"]), row["p50"], _span(row["p25"], row["p75"]),
         _span(row["p5"], row["p95"]), translated(MEASURES[row["measure"]].unit), row["futures"]]
        for row in rows if theories or row["theory"] == "all"
    ]  # fmt: skip
    columns = ["measure", marked("theory"), marked("median"), marked("middle half"), marked("middle 90 of 100"),
               "unit", marked("of")]  # fmt: skip
    return pd.DataFrame(listed, columns=columns)


def option_table(rows: Sequence[Mapping[str, Any]], *, theories: bool) -> pd.DataFrame:
    """Rows of a comparison for people.

    Returns
    -------
    ``option``, ``against``, ``measure``, ``theory``, ``better`` and ``worse`` (of 100 futures), ``mean difference``,
    ``95 % interval``, ``shows from``.
    """
    listed = [
        [row["option"], row["against"], row["measure"], _theory(row["theory"]), _of_100(row["better"]),
         _of_100(row["worse"]), row["mean"], _span(row["low"], row["high"]), _shows_from(row)]
        for row in rows if theories or row["theory"] == "all"
    ]  # fmt: skip
    columns = ["option", marked("against"), "measure", "theory", marked("better"), marked("worse"),
               marked("mean difference"), marked("95 % interval"), "shows from"]  # fmt: skip
    return pd.DataFrame(listed, columns=columns)


def _theory(name: str) -> str:
    return as_in("theories", "all") if name == "all" else words.named(name)


def number_table(rows: Sequence[Mapping[str, Any]], *, theories: bool) -> pd.DataFrame:
    """Rows of an outlook or a comparison for programs: every number as a number, none as null, shares from 0 to 1."""
    listed = [{**row, "unit": MEASURES[row["measure"]].unit} for row in rows if theories or row["theory"] == "all"]
    return pd.DataFrame(listed)


def _shows_from(row: Mapping[str, Any]) -> str:
    """The day from which on a difference shows; and where it cannot be told any more on the last one, that."""
    if not row["since"]:
        return ""
    low, high = row["low"], row["high"]
    at_end = low is not None and high is not None and (low > 0 or high < 0)
    return str(row["since"]) if at_end else _("{day}, not at the end").format(day=row["since"])


def _of_100(share: float | None) -> str:
    return "" if share is None else words.hundredth(share)


def _span(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return as_in("span", "none")
    return words.to(words.number(low), words.number(high))
