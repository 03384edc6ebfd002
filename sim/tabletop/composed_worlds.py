"""The worlds that a table begins with: one case a theory, composed from files and words, with its kept worlds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sim import text as words
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.composed_case import case_of
from sim.ensemble.cases.conditioning import settled
from sim.ensemble.cases.unknowns import POSTERIOR
from sim.errors import UserMistake
from sim.language import _
from sim.model.withdrawal import THEORIES
from sim.settings.composition import composer
from sim.settings.overrides import key_of
from sim.tabletop.worlds import FIRST_DAY, LAST_DAY, TableCases
from sim.tabletop.worlds_in_words import LEFT_OUT

WORDS = ("governments=rules",)
"""What a session says of its worlds unless it says more."""


def table_cases(
    typed: Sequence[str] = WORDS,
    seed: int = 0,
    first_day: date = FIRST_DAY,
    last_day: date = LAST_DAY,
    theories: Sequence[str] | None = None,
    config_path: Path | None = None,
) -> TableCases:
    """Compose the worlds of a table from the packaged files and the words of a session.

    Parameters
    ----------
    typed
        Hydra's ``key=value`` words, one value each; ``theory``, ``unknowns`` and ``clock.end`` are the table's.
    seed
        Root seed of the session, 0 to 2⁶³ − 1.
    theories
        Names of those that may be true; None: all.
    config_path
        A folder whose files come before the packaged ones.

    Raises
    ------
    UserMistake
        For a word or value that cannot be, and where no theory has kept worlds enough.
    """
    own = {"theory", "unknowns", "clock.end"}
    for word in typed:
        if key_of(word) in own:
            raise UserMistake(key_of(word), word.partition("=")[2], _("is the table's own and not among its words"))
    listed = tuple(THEORIES) if theories is None else tuple(theories)
    found: dict[str, Case] = {}
    left_out: list[str] = []
    for name in THEORIES:
        if name not in listed:
            continue
        said = [*typed, f"theory={name}", f"unknowns={POSTERIOR}", f"clock.end={last_day}"]
        with composer(config_path) as files, files.as_typed(said):
            one = [override.words[0].text for override in files.read_one(said)]
            asked = case_of(files.compose(one).config, one)
        (case,) = settled([asked], quiet=True)
        if case.worlds is not None and case.mode == POSTERIOR:
            found[name] = case
        else:
            kept = len(asked.worlds or ())
            left_out.append(LEFT_OUT[min(kept, 2)].format(theory=words.spoken(name), n=words.number(kept)))
    if unknown := [name for name in listed if name not in THEORIES]:
        right = _("no such theory; there are {names}").format(names=", ".join(THEORIES))
        raise UserMistake("theory", unknown[0], right)
    if not found:
        raise UserMistake("theory", ", ".join(listed), _("none of them has worlds enough that lived the record"))
    _check_days(next(iter(found.values())), first_day, last_day)
    return TableCases(found, tuple(left_out), seed, first_day, last_day)


def _check_days(case: Case, first_day: date, last_day: date) -> None:
    start = case.values["clock.start"]
    assert isinstance(start, date)
    if first_day <= start:
        raise UserMistake("first_day", first_day, _("after {day}").format(day=f"clock.start={start}"))
    if last_day <= first_day:
        right = _("after {day}, the first day that is played").format(day=first_day)
        raise UserMistake("last_day", last_day, right)
