"""A session that nobody played: six turns, four roles and a stand-in, three options, two lines taken back.

Its numbers are made up by a rule of thumb, day by day; the papers must show what the log says, whatever that is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sim.model import MODEL_VERSION
from sim.record import load
from sim.tabletop.board import FORMAT, Board, replay
from sim.tabletop.log import Log
from sim.tabletop.measures import MEASURES
from sim.tabletop.table_settings import read_table

THEORIES = {"squad_threshold": 1_403, "prospects": 611, "breach": 977}
HOSTILE = "<script>alert('x')</script> | =1+1 *bold* [link](http://x.org) `code` \\ # & ~~gone~~"
"""What somebody might type."""
LIST = {
    "title": "Six weeks in spring", "story": "What the table is tried with.",
    "objectives": {"keep_the_force": "Keep a willing force together", "speak_first": "Say bad news before others do"},
    "injects": {
        "embassy": {"at": "D+2", "to": "united_states", "channel": "cable",
                    "expected": "Says what it would fly and pay for",
                    "objective": "speak_first", "text": "The embassy asks for an airlift.\nIt wants an answer today."},
        "leak": {"at": "D+9", "to": "kenya", "channel": "press", "by": "a Nairobi daily", "objective": "keep_the_force",
                 "expected": "Answers before the evening news", "notes": "Read it out slowly. XYZZY-NOTE",
                 "text": "A daily prints that a squad wants out. XYZZY-LEAK", "set": {"media": {"kenya_salience": 4}}},
        "court": {"at": "D+20", "to": "all", "channel": "in person", "objective": "keep_the_force",
                  "expected": "Kenya says what it does meanwhile",
                  "text": "The High Court hears the challenge. XYZZY-COURT"},
        "thin": {"when": {"measure": "available", "below": 350, "days": 3}, "to": "kenya",
                 "expected": "Calls its reserve", "text": "Fewer than 350 are left. XYZZY-THIN"},
    },
}  # fmt: skip
"""A list as plain mapping; words that begin with XYZZY must never reach a player."""


def head(**changed: Any) -> dict[str, Any]:
    """The first line of a session."""
    words = ["table.stand_ins=[united_nations]"]
    return {
        "format": FORMAT, "model_version": MODEL_VERSION, "record": load().hash, "posterior": {},
        "words": ["governments=rules"], "theories": dict(THEORIES),
        "left_out": ["theory constant is left out: it has 2 kept worlds under these settings"],
        "root_seed": 7_654_321, "played": {"theory": "squad_threshold", "world": 480_213},
        "table": read_table(words).plain(), "list": LIST,
    } | changed  # fmt: skip


class Story:
    """A log that is written line by line."""

    def __init__(self, folder: Path, **changed: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = Log(folder / "session.jsonl")
        self.add("session", "facilitator", head(**changed))

    @property
    def board(self) -> Board:
        """What stands on the table."""
        return replay(self.log.entries)

    def add(self, kind: str, by: str, data: Mapping[str, Any]) -> int:
        """Write a line, and return its number."""
        return self.log.append(kind, by, data).number

    def order(self, role: str, target: str, value: float, text: str, why: str = "", option: str | None = None,
              stand_in: bool = False) -> int:  # fmt: skip
        """An order from today on."""
        return self.add("order", role, {
            "day": self.board.today.isoformat(), "writes": [[target, "set", value]], "text": text, "why": why,
            "option": option, "stand_in": stand_in,
        })  # fmt: skip

    def option(self, name: str, role: str, text: str) -> int:
        """An option on the table."""
        return self.add("option", role, {"name": name, "on": None, "text": text})

    def adopt(self, name: str, role: str, why: str) -> int:
        """The choice of an option."""
        chosen = [order.id for order in self.board.orders_of(name)]
        return self.add("adopt", role, {"option": name, "orders": chosen, "why": why})

    def inject(self, id: str, act: str, writes: Sequence[Sequence[Any]] = (), why: str = "", day: int = 0) -> int:
        """What becomes of an inject of the list."""
        row: Mapping[str, Any] = LIST["injects"][id]  # type: ignore[index]
        when = (self.board.today + timedelta(days=day)).isoformat()
        return self.add("inject", "facilitator", {"id": id, "act": act, "day": when, "text": row["text"],
                                                  "to": row["to"], "writes": list(writes), "why": why})  # fmt: skip

    def forecast(self, role: str, measure: str, late: bool = False, **said: Any) -> int:
        """What a role expects of the open turn."""
        board = self.board
        until = board.today + timedelta(days=board.table.turn_days - 1)
        return self.add("forecast", role, {
            "measure": measure, "since": board.today.isoformat(), "by": until.isoformat(), "turn": board.turn,
            "late": late, **said,
        })  # fmt: skip

    def note(self, text: str, tag: str = "note", by: str = "facilitator", **said: str) -> int:
        """An observation."""
        data = {"objective": "", "owner": "", "due": "", **said}
        return self.add("note", by, {"text": text, "tag": tag, "turn": self.board.turn, **data})

    def undo(self, line: int, why: str) -> int:
        """A line taken back."""
        return self.add("undo", "facilitator", {"of": line, "why": why})

    def advance(self, because: Sequence[Mapping[str, Any]] = (), happened: Sequence[tuple[int, str, str, str]] = (),
                model: Mapping[str, Any] | None = None, options: Sequence[Mapping[str, Any]] = ()) -> int:  # fmt: skip
        """A turn is played."""
        board = self.board
        first = board.today
        days = [first + timedelta(days=k) for k in range(board.table.turn_days)]
        return self.add("advance", "facilitator", {
            "turn": board.turn, "first": days[0].isoformat(), "last": days[-1].isoformat(),
            "days": [_numbers(day, (day - board.table.first_day).days) for day in days],
            "levels": {}, "phase": "authorised",
            "happened": [{"day": (first + timedelta(days=k)).isoformat(), "what": what, "from": source, "id": id}
                         for k, what, source, id in happened],
            "because": list(because), "model": dict(model or {}), "options": list(options),
            "others": {"kept": {name: count // (1 + board.turn) for name, count in THEORIES.items()},
                       "of": {name: count - 1 for name, count in THEORIES.items()}, "conditioned": board.turn < 5,
                       "said": "worlds that agree with what was seen" if board.turn < 5 else
                               "too few worlds agree with what was seen, so it is over all of them"},
        })  # fmt: skip


def differences(option: str, against: str, measure: str, by_theory: Mapping[str, tuple[float, float, float]],
                until: date, better: float = 0.6) -> list[dict[str, Any]]:  # fmt: skip
    """Rows of one comparison: the theories', and their mean's."""
    mean = [sum(row[k] for row in by_theory.values()) / len(by_theory) for k in range(3)]
    return [
        {"option": option, "against": against, "measure": measure, "theory": theory,
         "futures": 1000 if theory == "all" else 333,
         "better": better, "better_low": better - 0.03, "better_high": better + 0.03, "worse": 0.9 - better, "low": low,
         "mean": middle, "high": high, "since": "2024-03-08", "until": until.isoformat()}
        for theory, (low, middle, high) in {"all": tuple(mean), **by_theory}.items()
    ]  # fmt: skip


def _numbers(day: date, k: int) -> dict[str, Any]:
    """Made-up numbers of a day, of every measure."""
    gone = 21 + (k * 2) // 3
    known: dict[str, float] = {
        "reports": float(k % 9 == 4 or k % 13 == 7), "denials": float(k % 13 == 8), "attacks": 2 + (k * 7) % 5,
        "deaths": 12 + (k * 11) % 17, "deaths_gang": 9 + (k * 11) % 12, "control": 0.8 + 0.002 * (k % 20),
        "casualties": 0,
        "deployed": 0, "police": 8_950 - 11 * k, "funding": 0.06 + 0.004 * k, "available": 400 - gone,
        "exits": float(k > 0 and (k * 2) // 3 > ((k - 1) * 2) // 3), "out": gone, "readiness": min(0.2 + 0.011 * k, 1),
        "intents": float(k % 3 != 1) + float(k % 10 == 6), "perceived_hazard": 0.006 + 0.0002 * (k % 15),
        "rumour": 0.3 + 0.05 * (k % 8), "imminence": 0.4,
    }  # fmt: skip
    return {"day": day.isoformat(), **{name: known.get(name, 0.0) for name in MEASURES}}


def six_turns(folder: Path) -> Story:
    """The whole session, ended."""
    story = Story(folder)
    until = date(2024, 5, 31)
    apart = {"squad_threshold": (-9.1, -7.4, -5.8), "prospects": (-3.9, -2.1, -0.4), "breach": (0.7, 2.6, 4.4)}
    alike = {"squad_threshold": (-6.2, -5.1, -4.1), "prospects": (-4.0, -3.1, -2.2), "breach": (-11.0, -9.2, -7.5)}
    vague = {"squad_threshold": (-0.9, 0.2, 1.2), "prospects": (-2.9, -1.1, 0.7), "breach": (0.1, 0.9, 1.8)}
    # Turn 1: said before it was shown; two options, one chosen.
    ours = story.forecast("kenya", "reports", sense=">=", threshold=1.0, p=0.7)
    theirs = story.forecast("united_states", "deaths", sense="range", low=80.0, high=160.0, level=0.8)
    story.add(
        "shown",
        "kenya",
        {"what": "outlook", "options": [], "until": until.isoformat(), "overrides": 0, "said": "", "rows": []},
    )
    late = story.forecast("haiti", "reports", late=True, sense=">=", threshold=2.0, p=0.2)
    scripted = story.order(
        "united_nations", "un.trust_fund", 1, "trust fund 1", "the trust fund takes contributions", stand_in=True
    )
    story.inject("embassy", "fired", day=2)
    story.option("escrow", "kenya", "Pay into escrow before anybody is asked to leave")
    held = story.order("kenya", "levers.pay_escrow", 1, "pay escrow 1", "terms that cannot be broken", option="escrow")
    story.option("say_no", "kenya", "Deny what is printed")
    story.order("kenya", "levers.credible_denial", 1, "credible denial 1", "rumour does harm", option="say_no")
    story.adopt("escrow", "kenya", "arrears would break what they were promised")
    wrong = story.order("united_states", "levers.foreign_troops", 500, "foreign troops 500", "typed by mistake")
    story.undo(wrong, "no troops of its own was meant")
    story.order("united_states", "levers.us_support", 1, "us support 1", HOSTILE)
    story.advance(
        because=[{"id": f"o{held}", "what": "pay escrow 1", "measure": "exits", "with": 5.0, "without": 8.0},
                 {"id": f"o{held}", "what": "pay escrow 1", "measure": "intents", "with": 6.0, "without": 11.0}],
        happened=[(0, "the trust fund takes contributions", "order", f"o{scripted}"),
                  (2, "the embassy asks", "inject", "embassy"),
                  (5, "Kenya's government goes on", "rules", "")],
        model={f"f{ours}": {"p": 0.41}, f"f{theirs}": {"low": 92.0, "high": 171.0}, f"f{late}": {"p": 0.1}},
        options=[*differences("say_no", "played", "exits", apart, until),
                 *differences("say_no", "played", "reports", vague, until),
                 *differences("played", "nothing", "exits", alike, until, 0.77)],
    )  # fmt: skip
    # Turn 2: a leak; the turn is played once in another way and taken back.
    story.order("kenya", "levers.mandatory", 1, "mandatory 1", "nobody shall leave")
    lost = story.advance()
    story.undo(lost, "the table wants to hear the squads first")
    story.inject("leak", "fired", [["media.kenya_salience", "set", 4]], day=2)
    one = story.forecast("kenya", "exits", sense="range", low=0.0, high=3.0, level=0.8)
    two = story.forecast("haiti", "deaths", sense=">=", threshold=130.0, p=0.85)
    story.option("opt_out", "kenya", "A squad leaves together or not at all")
    story.order("kenya", "levers.squad_opt_out", 1, "squad opt out 1", "", option="opt_out")
    story.order("kenya", "levers.leaders_briefed", 1, "leaders briefed 1", "squad leaders hear the plan first")
    story.order("haiti", "haiti.prime_minister", 1, "prime minister 1", "a head of government in the country again")
    story.advance(
        model={f"f{one}": {"low": 1.0, "high": 9.0}, f"f{two}": {"p": 0.62}},
        happened=[(2, "a daily prints that a squad wants out", "inject", "leak")],
        options=[*differences("say_no", "played", "exits", vague, until, 0.45),
                 *differences("opt_out", "played", "exits", apart, until),
                 *differences("played", "nothing", "exits", vague, until, 0.5)],
    )  # fmt: skip
    # Turns 3 to 6.
    story.inject("court", "postponed", why="the table needs the morning", day=14)
    story.forecast("united_states", "control", sense="<=", threshold=0.83, p=0.6)
    story.advance()
    story.add("override", "facilitator", {"day": story.board.today.isoformat(),
                                          "writes": [["kenya.court_block", "set", 1]],
                                          "why": "the court's order came a week early in this room"})  # fmt: skip
    story.inject("court", "fired")
    story.inject("thin", "skipped", why="the force is not thin")
    story.forecast("kenya", "reports", sense=">=", threshold=1.0, p=0.6)
    story.advance()
    story.order("united_states", "levers.evacuation", 1, "evacuation 1", "aircraft for the wounded are promised")
    three = story.forecast("united_states", "deaths", sense="range", low=100.0, high=140.0, level=0.5)
    story.advance(model={f"f{three}": {"low": 110.0, "high": 150.0}})
    story.order("kenya", "kenya.departure", 1, "departure 1", "ready, and lawful")
    story.advance()
    story.note("Pay came up before anybody asked", tag="strength", by="kenya", objective="keep_the_force")
    story.note("The leak was answered a day late", tag="improvement", objective="speak_first", owner="press office",
               due="2024-06-30")  # fmt: skip
    story.note(HOSTILE, tag="improvement", objective="keep_the_force")
    story.note("Coffee was cold")
    story.add("close", "facilitator", {"why": ""})
    return story
