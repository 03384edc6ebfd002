"""Words of the papers: what was typed, what is measured, what can be ordered, and differences with their intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from sim import text as words
from sim.analysis.agreement import FLIPS, HOLDS, NOTHING, finding, voting
from sim.errors import one_line
from sim.language import _, marked, translated
from sim.model.events import TARGETS
from sim.reports.markdown import markdown, plain
from sim.settings.tables.levers import LEVERS
from sim.tabletop.board import Board
from sim.tabletop.measures import MEASURES, Sight
from sim.tabletop.table_settings import FACILITATOR

ALL = "all"
"""The theory of a row in which every theory has the same weight."""
NOTHING_DONE, PLAYED = "nothing", "played"
"""Names of two sides of a comparison: nothing ordered in the turn, and what was ordered."""
YES_NO, SHARE = marked("0 no, 1 yes"), marked("0 to 1")
"""Units of a level that is not done or done, and of one that lies between."""
ADDED = marked("added")
"""What becomes of an inject that is put on the list; the other acts are marked where they are done."""
ISSUES: Mapping[Sight, str] = {
    "public": marked("what everybody could read"),
    "kenya": marked("what Kenya's police knew"),
    "hidden": marked("what nobody at the table saw"),
}
"""Who sees a measure, in words; :func:`issue` says them."""
_LEVELS: Mapping[str, str] = {
    "kenya.departure": marked("order the first contingent to depart; it waits while a court forbids it, and is final"),
    "kenya.departure_held": marked("hold the departure back, whatever is ready"),
    "kenya.imminence": marked("what is announced of the departure, from nothing (0) to tomorrow (1)"),
    "kenya.court_block": marked("a court forbids the deployment"),
    "kenya.accord": marked("an accord with Haiti is in force"),
    "kenya.funds_first": marked("nobody departs before the funds are there"),
    "kenya.readiness": marked("how ready Kenya's mission is"),
    "kenya.kit_gap": marked("share of the mission's kit that is missing"),
    "kenya.funding": marked("share of the funding that is secured"),
    "kenya.arrears": marked("pay that is owed to the officers"),
    "kenya.slips": marked("how often the departure has been put off"),
    "officers.selected": marked("the officers have been selected"),
    "haiti.prime_minister": marked("the prime minister is in the country (1) or abroad (0)"),
    "haiti.authority": marked("authority of the government in Haiti"),
    "haiti.police": marked("Haitian police in active service"),
    "un.trust_fund": marked("a trust fund pays for the mission"),
    "gangs.coalition": marked("how united the gangs are"),
    "gangs.control": marked("share of the capital under gang control"),
    "gangs.shut_out": marked("the gangs are shut out of talks"),
    "gangs.documented_attacks": marked("attacks of that day beside the model's own"),
    "media.documented_salience": marked("weight of that day's news, in units of an ordinary day's"),
    "media.kenya_salience": marked("weight of that day's news about the Kenyan mission itself"),
}
"""What the levels are that no register of settings explains."""
_UNITS: Mapping[str, str] = {
    "haiti.police": marked("officers"),
    "gangs.documented_attacks": marked("attacks"),
    "media.documented_salience": marked("ordinary days"),
    "media.kenya_salience": marked("ordinary days"),
    "kenya.arrears": marked("days"),
    "kenya.slips": marked("times"),
}
"""Units of those of them that count something."""
_SHARES = (
    "kenya.imminence",
    "kenya.readiness",
    "kenya.kit_gap",
    "kenya.funding",
    "haiti.authority",
    "gangs.coalition",
    "gangs.control",
    "un.trust_fund",
)
"""Those of them that lie between nothing and all."""


# What people typed


def typed(text: object, *, cell: bool = False) -> str:
    """Words that anybody may have typed, as Markdown that shows them as they are; ``cell`` as in :func:`plain`."""
    return plain(one_line(str(text)), cell=cell)


def short(text: object, letters: int = 90) -> str:
    """The beginning of a text that stands in full elsewhere, escaped."""
    line = one_line(str(text))
    return typed(line if len(line) <= letters else f"{line[:letters].rsplit(' ', 1)[0]} …", cell=True)


def paragraphs(text: object) -> str:
    """A text of several lines, such as one that is read out, as a quotation that keeps its lines."""
    lines = [typed(line) for line in str(text).splitlines() if line.strip()]
    return "\n".join(f"> {line}" + ("\\" if number < len(lines) - 1 else "") for number, line in enumerate(lines))


def listed(lines: Iterable[str]) -> str:
    """Lines as a list."""
    return "\n".join(f"- {line}" for line in lines)


def table(rows: Sequence[Mapping[str, object]], code: Sequence[str] = ()) -> str:
    """Rows as a table; nothing of none. What people typed must have gone through :func:`typed` with ``cell``."""
    return markdown(pd.DataFrame(list(rows)).fillna(""), code) if rows else ""


def cells(names: Iterable[str]) -> str:
    """Names in a row, in order, each once."""
    return ", ".join(dict.fromkeys(name for name in names if name))


# Who, and when

days = words.days


def role_name(board: Board, role: str) -> str:
    """A role as people call it, escaped; the facilitator is no role of the table."""
    known = board.table.roles.get(role)
    if known is None:
        return {FACILITATOR: _("Facilitator"), "all": _("everybody")}.get(role) or typed(role, cell=True)
    name = typed(translated(known.name), cell=True)
    return _("{role} (stand-in)").format(role=name) if role in board.table.stand_ins else name


def turns_of_days(board: Board) -> str:
    """How long a session is: "6 turns of 7 days"."""
    days = words.many("{n} day", "{n} days", board.table.turn_days)
    turns = words.many("{n} turn", "{n} turns", board.table.turns)
    return _("{turns} of {days}").format(turns=turns, days=days)


def day_of(text: str) -> date:
    """A day of the log."""
    return date.fromisoformat(text)


def planned(when: object) -> str:
    """When an inject was to come: a day as everywhere, and else as its list has it, escaped."""
    try:
        return words.short_day(day_of(str(when)))
    except ValueError:
        return typed(when, cell=True)


def days_of_turn(board: Board, number: int) -> tuple[date, date]:
    """First and last day of a turn, played or planned."""
    if number <= len(board.turns):
        turn = board.turns[number - 1]
        return turn.first, turn.last
    first = board.today + timedelta(days=(number - board.turn) * board.table.turn_days)
    return first, first + timedelta(days=board.table.turn_days - 1)


def inject_list(board: Board) -> dict[str, Mapping[str, Any]]:
    """The rows of the events list by id, those that were added at the table among them."""
    given: Mapping[str, Any] = (board.head.get("list") or {}).get("injects", {})
    return {**given, **{str(row["id"]): row for row in board.added_injects}}


def held(board: Board) -> list[tuple[date, str]]:
    """The injects whose condition came about in the played world by itself, with the day, in order."""
    known = inject_list(board)
    return [
        (day_of(row["day"]), row["id"])
        for turn in board.turns
        for row in turn.summary.get("happened", [])
        if row["from"] == "inject" and row["id"] in known and board.injects.get(row["id"]) is None
    ]


def delivered(board: Board) -> list[tuple[date, str]]:
    """The injects that reached the table, fired or because their condition held, with the day."""
    fired = [(one.day, one.id) for one in board.injects.values() if one.act == "fired"]
    return sorted([*fired, *held(board)])


# What is measured


def sight_of(measure: str) -> Sight:
    """Who sees a measure; one that this version does not know counts as hidden."""
    return MEASURES[measure].sight if measure in MEASURES else "hidden"


def issue(sight: Sight) -> str:
    """Who sees measures, as a heading."""
    said = translated(ISSUES[sight])
    return said[0].upper() + said[1:]


def meaning(measure: str) -> str:
    """A measure in words."""
    return translated(MEASURES[measure].text) if measure in MEASURES else typed(words.named(measure), cell=True)


def with_unit(measure: str) -> str:
    """A measure in words with its unit, where the words do not say it."""
    if measure not in MEASURES:
        return meaning(measure)
    one = MEASURES[measure]
    told = all(word in one.text for word in one.unit.split())
    if told:
        return translated(one.text)
    return _("{measure} ({unit})").format(measure=translated(one.text), unit=translated(one.unit))


def in_order(measures: Iterable[str]) -> list[str]:
    """Measures as the register has them, then those that it does not know."""
    given = list(dict.fromkeys(measures))
    return [name for name in MEASURES if name in given] + [name for name in given if name not in MEASURES]


def is_total(measure: str) -> bool:
    """Whether a measure is a total over days; else it is the level of the last of them."""
    return measure in MEASURES and MEASURES[measure].how == "total"


def over_days(measure: str, rows: Sequence[Mapping[str, Any]]) -> float | None:
    """What a measure comes to over days of the played world; None where they do not have it."""
    values = [float(row[measure]) for row in rows if isinstance(row.get(measure), int | float)]
    if not values or len(values) < len(rows):
        return None
    return sum(values) if is_total(measure) else values[-1]


def amount(value: float | None) -> str:
    """A number as people read it; nothing for none."""
    return "" if value is None else words.number(value)


# What can be ordered


def level_meaning(target: str) -> str:
    """What it means to order a level."""
    setting = _SETTINGS.get(target)
    english = setting.text if setting is not None else _LEVELS.get(target, "")
    said = translated(english) or words.named(target.partition(".")[2])
    late = TARGETS[target].delay if target in TARGETS else 0
    if not late or str(late) in said:
        return said
    return _("{meaning}; {n} days after the order").format(meaning=said, n=late)


def level_unit(target: str) -> str:
    """Its unit: one that is not done (0) or done (1), or lies between, has none."""
    return translated(unit_of_level(target))


def unit_of_level(target: str) -> str:
    """The same in English, whatever language is spoken: by it :data:`YES_NO` and :data:`SHARE` are known."""
    setting = _SETTINGS.get(target)
    unit = setting.unit if setting is not None else _UNITS.get(target, "1")
    if unit != "1":
        return unit
    return SHARE if target in _SHARES else YES_NO


_SETTINGS = {setting.key: setting for setting in LEVERS if setting.key in TARGETS}


# Differences, with their intervals


def sign(row: Mapping[str, Any]) -> int | None:
    """The side of a difference: 1, −1, 0 where nothing differs, None where its interval holds 0 or there is none."""
    low, high = row.get("low"), row.get("high")
    if low is None or high is None:
        return 0 if row.get("mean") == row.get("better") == row.get("worse") == 0 else None
    if low == high == 0:
        return 0
    return 1 if low > 0 else -1 if high < 0 else None


def difference(row: Mapping[str, Any]) -> str:
    """A mean difference with its interval: "−4.2 (−4.9 to −3.6)"."""
    mean, low, high = row.get("mean"), row.get("low"), row.get("high")
    if mean is None:
        return _("no value")
    if low is None or high is None:
        known = words.estimate(mean, signed=True)
        return "0" if sign(row) == 0 else _("{number} (no interval)").format(number=known)
    ends = words.interval(low, mean, high, signed=True)
    return f"{ends[1]} ({words.to(ends[0], ends[2])})" if high > low else ends[1]


def how_often(row: Mapping[str, Any]) -> str:
    """In how many futures it is better and worse: "74 / 12 of 100"."""
    better, worse, runs = row.get("better"), row.get("worse"), row.get("futures")
    if better is None or worse is None:
        return ""
    base = min(int(runs or 100), 100)
    ways = words.hundredth(better, runs=runs), words.hundredth(worse, runs=runs)
    return _("{better} / {worse} of {base}").format(better=ways[0], worse=ways[1], base=base)


def verdict(rows: Sequence[Mapping[str, Any]]) -> str:
    """What the theories of one comparison come to: "holds", "flips", "not discriminated", "no effect"."""
    named = {str(row["theory"]): row for row in rows if row["theory"] != ALL}
    signs = [sign(named[theory]) for theory in voting(named)]
    return finding(signs) if signs else ""


def side(measure: str, way: int | None) -> str:
    """A sign in words: "fewer", "more", "no difference", "cannot be told"."""
    if way is None:
        return _("cannot be told")
    if way == 0:
        return _("no difference")
    known = MEASURES.get(measure)
    if known is None:
        return _("more") if way > 0 else _("less")
    return translated(known.words.more if way > 0 else known.words.less)


def verdict_text(measure: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The verdict over the theories, and each theory's own side and difference where they do not all say the same."""
    found = verdict(rows)
    if not found:
        return _("the mean over the theories only")
    named = {str(row["theory"]): row for row in rows if row["theory"] != ALL}
    sides = {sign(row) for row in named.values()}
    said = translated(found)
    if found == NOTHING:
        return said
    if found == HOLDS and len(sides) == 1:
        return _("{finding}: {told}").format(finding=said, told=side(measure, sides.pop()))
    each = words.joined(
        f"{words.named(theory)} {side(measure, sign(row))}, {difference(row)}" for theory, row in named.items()
    )
    return _("{finding}: {told}").format(finding=f"**{said}**" if found == FLIPS else said, told=each)
