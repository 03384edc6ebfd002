"""A malformed list is refused in a line that names file, line, key and value, and says what would be right."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sim.errors import UserMistake
from sim.tabletop.injects import Inject, MasterList, check_list, read_list
from tests.tabletop.injects.lists import ROLES, said_of, written

HEAD = """\
title: Mine
objectives:
  calm: Keep calm
injects:
"""

MALFORMED = {
    "a circle": (
        "  a: {after: c+1, to: all, text: x}\n  b: {after: a, to: all, text: x}\n  c: {after: b+2, to: all, text: x}\n",
        "line 5: injects.a.after=c+1: goes round in a circle: b > c > a > b",
    ),
    "a circle of one": (
        "  a: {after: a+1, to: kenya, text: x}\n",
        "line 5: injects.a.after=a+1: goes round in a circle: a > a; one of them needs a day of its own",
    ),
    "after nobody": (
        "  flash: {at: D, to: kenya, text: x}\n  b: {after: flsh+1, to: kenya, text: x}\n",
        "line 6: injects.b.after=flsh+1: there is no inject flsh; near it: flash",
    ),
    "before the start, by days": (
        "  a: {at: D-2, to: kenya, text: x}\n",
        "line 5: injects.a.at=D-2: is before the session's first day, which is D",
    ),
    "before the start, by date": (
        "  a:\n    to: kenya\n    text: x\n    at: 2024-03-07\n",
        "line 8: injects.a.at=2024-03-07: is before the first day of the session, 2024-03-08",
    ),
    "an id twice": (
        "  a: {at: D, to: kenya, text: x}\n  b: {at: D, to: kenya, text: x}\n  a: {at: D, to: kenya, text: x}\n",
        ": must be YAML; line 7: a is given twice",
    ),
    "no such objective": (
        "  a:\n    at: D\n    to: kenya\n    text: x\n    objective: clam\n",
        "line 9: injects.a.objective=clam: the list has no such objective; near it: calm",
    ),
    "no such role": (
        "  a:\n    at: D\n    to: United States\n    text: x\n",
        "line 7: injects.a.to=United States: no such role; near it: united_states",
    ),
    "nobody like it": (
        "  a: {at: D, to: peru, text: x}\n",
        "line 5: injects.a.to=peru: one of kenya, haiti, united_states, united_nations, umpire, all",
    ),
    "no such level": (
        "  a:\n    at: D\n    to: kenya\n    text: x\n    set:\n      kenya:\n        acord: 1\n",
        "line 11: injects.a.set.kenya.acord=1: no such level; near it: kenya.accord",
    ),
    "too much": (
        "  a:\n    at: D\n    to: kenya\n    text: x\n    add:\n      kenya: {slips: 1001}\n",
        "line 10: injects.a.add.kenya.slips=1001: a number from -1000 to 1000",
    ),
    "no such measure": (
        "  a:\n    when: {measure: morale, above: 1}\n    to: kenya\n    text: x\n",
        "line 6: injects.a.when.measure=morale: one of coalition, control",
    ),
    "above and below": (
        "  a: {when: {measure: exits, above: 1, below: 2}, to: kenya, text: x}\n",
        "line 5: injects.a.when={measure: exits, above: 1, below: 2}: either above or below",
    ),
    "read out again and again": (
        "  a: {when: {measure: exits, above: 1, once: false}, to: kenya, text: x}\n",
        "line 5: injects.a.when.once=false: an inject is read out once",
    ),
    "a reference": (
        "  a: {at: D, to: kenya, text: x, set: {kenya: {imminence: '${governments.imminence_accord}'}}}\n",
        "line 5: injects.a.set={kenya: {imminence: ${governments.imminence_accord}}}: numbers; a list of",
    ),
    "no time": (
        "  a:\n    to: kenya\n    text: x\n",
        "line 5: injects.a: nothing says when: give at (a date, or D+3), after (flash_report+2) or when",
    ),
    "two times": (
        "  a:\n    at: D\n    to: kenya\n    text: x\n    after: b+1\n  b: {at: D, to: kenya, text: x}\n",
        "line 9: injects.a.after: at=D and after=b+1: only one of at, after and when",
    ),
    "nothing to read out": (
        "  a:\n    at: D\n    to: kenya\n    text: '  '\n",
        "line 8: injects.a.text: is empty; it is what is read out",
    ),
    "a letter that nobody sees": (
        '  a:\n    at: D\n    to: kenya\n    text: "hid\\u200bden"\n',
        r"line 8: injects.a.text=hid\u200bden: holds the letter U+200B, which nobody sees",
    ),
    "a raw control": ("  a: {at: D, to: kenya, text: a\x07b}\n", ": must be YAML; line 5: "),
    "a day that is none": (
        "  a: {at: 2024-02-30, to: kenya, text: x}\n",
        "line 5: injects.a.at=2024-02-30: a date such as 2024-03-07, or days after the session's first day",
    ),
    "a bare number": ("  a: {at: 3, to: kenya, text: x}\n", "line 5: injects.a.at=3: a date such as"),
    "no such field": (
        "  a: {at: D, to: kenya, text: x, expcted: y}\n",
        "line 5: injects.a.expcted=y: an inject has no such field; near it: expected",
    ),
    "a text that is none": ("  a: {at: D, to: kenya, text: yes}\n", "line 5: injects.a.text=true: a text; put it"),
    "an id that is none": ("  Flash: {at: D, to: all, text: x}\n", "line 5: injects.Flash=Flash: an inject's id"),
    "no row": ("  a: soon\n", "line 5: injects.a=soon: a row with at, after or when"),
    "an alias": ("  a: &a {at: D, to: kenya, text: x}\n  b: *a\n", ": *a: an alias"),
}  # fmt: skip


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_list_is_refused_in_a_line_with_file_line_key_value_and_what_is_right(
    case: str, tmp_path: Path
) -> None:
    rows, wanted = MALFORMED[case]
    (said,) = said_of(written(tmp_path, HEAD + rows), date(2024, 3, 8))
    assert said.replace("=*a", ": *a").startswith(wanted), said


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("title: Mine\n", "line 1: injects: there is none"),
        ("injects: {a: {at: D, to: kenya, text: x}}\n", "line 1: title: what the list is called"),
        ("title: x\ninject: {}\n", "line 2: inject: no such field; near it: injects"),
        ("title: x\nobjectives: [calm]\n", "line 2: objectives=[calm]: a mapping of ids"),
        (
            "title: x\nobjectives: {calm: }\ninjects: {a: {at: D, to: all, text: x}}\n",
            "line 2: objectives.calm.text: what",
        ),
        ("- a\n", ": a mapping with title"),
        ("", ": a mapping with title"),
    ],
)
def test_a_file_that_is_no_list_is_refused(text: str, wanted: str, tmp_path: Path) -> None:
    assert said_of(written(tmp_path, text))[0].startswith(wanted)


def test_all_mistakes_are_told_those_of_an_inject_together_and_the_first_of_them_is_raised(tmp_path: Path) -> None:
    rows = "  a: {at: D, to: peru, text: ''}\n  b: {at: D, to: kenya, text: x}\n  c: {to: kenya, text: x}\n"
    path = written(tmp_path, HEAD + rows)
    said = said_of(path)
    assert [line.partition(":")[0] for line in said] == ["line 5", "line 5", "line 7"]
    with pytest.raises(UserMistake) as caught:
        read_list(path, ROLES)
    assert str(caught.value).endswith(said[0])


def test_a_chain_behind_a_circle_is_no_circle_of_its_own(tmp_path: Path) -> None:
    rows = "".join(f"  {id}: {{after: {other}, to: kenya, text: x}}\n" for id, other in ("ab", "ba", "ca", "dc"))
    assert len(said_of(written(tmp_path, HEAD + rows))) == 1


def test_a_list_made_in_python_is_checked_alike_and_one_that_was_read_names_its_lines(tmp_path: Path) -> None:
    made = MasterList("Mine", {}, (Inject("a", "peru", "x", at=0),))
    assert str(check_list(made, ROLES)[0]).startswith("injects.a.to=peru: one of kenya")
    read = read_list(written(tmp_path, HEAD + "  a: {at: 2024-03-07, to: kenya, text: x}\n"), ROLES)
    assert check_list(read, ROLES) == ()
    assert "mine.yaml, line 5: injects.a.at=2024-03-07" in str(check_list(read, ROLES, date(2024, 3, 8))[0])
    assert "mine.yaml, line 5: injects.a.to=kenya" in str(check_list(read, ["haiti"])[0])


def test_blanks_of_any_width_are_seen_and_line_ends_are_alike(tmp_path: Path) -> None:
    read = read_list(written(tmp_path, HEAD + '  a: {at: D, to: kenya, text: "10\\u00a0%\\r\\nof them "}\n'), ROLES)
    assert read["a"].text == "10\u00a0%\nof them"
