"""The situation manual: what is documented, how the table works, which worlds these are. For everybody at the table.

Nothing in it tells what the players are to find out: no inject, no theory, no world, no seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sim import text as words
from sim.language import _, marked, translated
from sim.record import Fact, Record
from sim.tabletop.board import Board
from sim.tabletop.papers.page import foot
from sim.tabletop.papers.wording import listed, role_name, table, turns_of_days, typed

_HEADINGS = (
    (marked("What happened, day by day"), ("timeline",)),
    (marked("How things stand"), ("initial", "context")),
    (marked("What is told of the officers, and what was counted"), ("pattern",)),
)


def situation_manual(board: Board, record: Record) -> str:
    """The manual as GitHub's Markdown.

    Parameters
    ----------
    board
        The session; only its table is told.
    record
        What is documented.
    """
    parts = [
        _("# Situation manual: {title}").format(title=typed(translated(board.table.title))),
        *_what_it_is(board, record), *_documented(record), *_seats(board), *_how_it_works(board), *_worlds(board),
        "---", foot(board),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part) + "\n"


def _what_it_is(board: Board, record: Record) -> Iterator[str]:
    first, last = board.table.first_day, board.table.first_day
    last += timedelta(days=board.table.turns * board.table.turn_days - 1)
    yield _(
        "It is the morning of {day}. Kenya has promised a police mission to Haiti, for which officers volunteered; "
        "gangs strike together; some officers are said to have stepped out. You decide for one of those who can still "
        "change what comes, from {days}."
    ).format(day=words.day(first), days=words.days(first, last))
    yield _(
        "This is an exercise with an exploratory model. It is never a forecast, and not for operational use: it shows "
        "which decisions hold up under rival explanations, and what nobody knows. Stepping out of a voluntary mission "
        "is a legitimate choice; an officer who leaves has not failed you."
    )


def _documented(record: Record) -> Iterator[str]:
    known = [fact for fact in record if _over(fact, record)]
    yield _("## 1. What is documented up to {day}").format(day=words.day(record.now))
    yield _(
        "Each line has its source and a grade. A: official. B: a wire service or a major outlet. C: secondary, or a "
        "single unnamed source. What sources contradict each other about is marked *disputed*."
    )
    for heading, uses in _HEADINGS:
        rows = [_row(fact, record) for fact in sorted(known, key=lambda fact: fact.date) if fact.use in uses]
        if rows:
            yield f"### {translated(heading)}"
            yield table(rows)
    yield _("The record gives no number of officers who have withdrawn.")


def _over(fact: Fact, record: Record) -> bool:
    """Whether what it tells was over when the record stops; what was counted later would give away what comes."""
    last = fact.period[1] if fact.period else fact.date
    return last <= record.now


def _row(fact: Fact, record: Record) -> dict[str, object]:
    unit, value = translated(fact.unit or ""), ""
    if fact.value is not None:
        value = _("{number} {unit}").format(number=words.number(fact.value), unit=unit)
    elif fact.unit:
        value = _("{unit}: number not known").format(unit=unit)
    what = typed(translated(fact.what), cell=True)
    if fact.published and fact.published > record.now:
        what = _("{what} (printed later, {day})").format(what=what, day=words.short_day(fact.published))
    if fact.disputed:
        note = typed(translated(fact.note.removeprefix("disputed: ")), cell=True)
        what = _("{what} *Disputed*: {note}").format(what=what, note=note)
    when = words.days(*fact.period) if fact.period else words.short_day(fact.date)
    return {
        _("when"): when, _("what"): what, _("number"): typed(value, cell=True),
        _("source"): typed(fact.source, cell=True), _("grade"): fact.grade,
    }  # fmt: skip


def _seats(board: Board) -> Iterator[str]:
    yield _("## 2. Who sits at the table")
    rows = [
        {_("seat"): role_name(board, role.id), _("in commands"): role.id,
         _("what it is after"): typed(translated(role.aim), cell=True)}
        for role in board.table.roles.values()
    ]  # fmt: skip
    yield table(rows, code=[_("in commands")])
    if board.table.stand_ins:
        yield _(
            "Nobody plays a stand-in. What is ordered for it was written down before, and is labelled wherever it "
            "shows."
        )
    yield _(
        "The facilitator runs the table, brings news to it, and may change the played world by hand, which the "
        "report says."
    )


def _how_it_works(board: Board) -> Iterator[str]:
    turns, length = board.table.turns, board.table.turn_days
    yield _("## 3. How the table works")
    yield _("{turns}. In each of them:").format(turns=turns_of_days(board))
    yield "\n".join(f"{number}. {line}" for number, line in enumerate((
        _("**Read** what changed since the last turn (`tabletop table state DIR role=YOU`). Each role sees what its "
          "card says."),
        _("**Say what you expect** before anything is shown: a probability or a range. It is scored at the end, beside "
          "the model's own. What is said after futures were shown is kept, and does not count."),
        _("**Try** what could be done, as options, before choosing: each has a thousand futures, the same ones for "
          "every option (`branch`, `compare`, `outlook`)."),
        _("**Decide**: an order has an owner, a day and a reason (`order DIR role=YOU level=value why='…'`). The "
          "reason is printed in the report; that is where the table learns."),
        _("**Play** the turn (`advance`). Then nothing in it can be ordered any more."),
    ), start=1))  # fmt: skip
    first = board.table.first_day
    yield table([
        {_("turn"): number + 1, _("days"): words.days(first + timedelta(days=number * length),
                                                      first + timedelta(days=(number + 1) * length - 1))}
        for number in range(turns)
    ])  # fmt: skip
    yield _(
        "An order holds from its day on until another one changes it. Two orders that contradict each other are "
        "refused."
    )


def _worlds(board: Board) -> Iterator[str]:
    kept = sum(int(count) for count in board.head.get("theories", {}).values())
    yield _("## 4. Which worlds these are")
    yield listed((
        _("There are rival explanations of why officers step out. None is known to be true, and all that are in play "
          "have the same weight."),
        _("Under each, worlds were drawn over everything that nobody knows, and those were kept in which the weeks up "
          "to {day} came out as documented: {worlds} in all.").format(
              day=words.day(board.table.first_day - timedelta(days=1)), worlds=words.number(kept)),
        _("**One of them is played.** It was drawn by lot; its explanation and its unknowns are hidden from you, and "
          "its luck is its own."),
        _("**Outlooks are over the others.** None of them knows the luck of the world that is played. As long as "
          "enough of them agree with what you have seen, the others are left out; when too few do, the outlook says "
          "so."),
        _("Likelihood is a count of futures of this model, such as 74 of 100. An interval is how well that count is "
          "computed, never how sure anyone can be of the world."),
        _("What the levers do, in size, is assumed. What would happen in Haiti or Kenya, this table cannot know."),
    ))  # fmt: skip
