"""What a log keeps in English, said in the language of whoever reads it: what happened, where from, which worlds agree.

In English it is what the log says, letter by letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.language import SOURCE, _, current, marked, retold, translated
from sim.tabletop.board import ARRIVES, NEW_PHASE, Board, Write
from sim.tabletop.log import LogLine
from sim.tabletop.orders import in_words, logged_words, text_of
from sim.tabletop.worlds_in_words import LEFT_OUT, NOTHING_SEEN, agreement_sentence

SOURCES = {
    "record": marked("record"),
    "scenario": marked("scenario"),
    "order": marked("order"),
    "inject": marked("inject"),
    "override": marked("by hand"),
    "rules": marked("the model's rules"),
}
"""Where what happens comes from, in words."""


def happening(board: Board, row: Mapping[str, Any]) -> str:
    """What happened, or what did something: a row of a turn's ``happened`` or ``because``."""
    what = str(row["what"])
    if current() == SOURCE:
        return what
    for order in board.all_orders:
        if order.id == row.get("id") and what == order.text:
            return text_of(order)
        if order.id == row.get("id") and what == ARRIVES.format(what=order.text):
            return translated(ARRIVES).format(what=text_of(order))
    for forced in board.overrides:
        if forced.event.id == row.get("id") and what == logged_words(forced.writes):
            return in_words(forced.writes)
        if forced.event.id == row.get("id") and what == f"{logged_words(forced.writes)} ({forced.why})":
            return f"{in_words(forced.writes)} ({forced.why})"
    return retold(what, ARRIVES, NEW_PHASE)


def source_in_words(source: str) -> str:
    """Where something that happened came from; a word that this version does not know stays as it is."""
    return translated(SOURCES[source]) if source in SOURCES else source


def agreement_in_words(others: Mapping[str, Any]) -> str:
    """Which of the other worlds agreed with what was seen when a turn was ended; ``others`` as its line has it."""
    said, kept, of = str(others.get("said", "")), others.get("kept", {}), others.get("of", {})
    if current() == SOURCE or said == NOTHING_SEEN or not kept:
        return translated(said)
    counts = {str(name): (int(some), int(of.get(name, some))) for name, some in kept.items()}
    return agreement_sentence(bool(others.get("conditioned")), counts)


def left_out_in_words(sentence: str) -> str:
    """Why a theory is not among a session's: a line of the first line's ``left_out``."""
    return retold(sentence, *LEFT_OUT)


def line_in_words(line: LogLine) -> str:
    """What a line says, in a few words, for whoever takes it back or reads that it was."""
    told = {
        "order": _("order o{line}: {text}"),
        "option": _("option {name}: {text}"),
        "adopt": _("choice of option {option}"),
        "inject": _("inject {id}, {act}"),
        "override": _("change by hand: {why}"),
        "forecast": _("forecast f{line} of {measure}"),
        "advance": _("turn {turn}, {first} to {last}"),
    }
    data = {**line.data, "line": line.number, "act": translated(str(line.data.get("act", "")))}
    if line.kind == "order":
        data["text"] = _order_text(line)
    return told.get(line.kind, line.kind).format(**data).strip().removesuffix(":").strip()


def _order_text(line: LogLine) -> str:
    """What the line of an order says that it is, be it taken back since."""
    text = str(line.data.get("text", ""))
    writes: list[Write] = [
        (str(target), "add" if op == "add" else "set", float(value))
        for target, op, value in line.data.get("writes", [])
    ]
    return in_words(writes) if text == logged_words(writes) else text
