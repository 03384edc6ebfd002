"""Words are read once: what was typed is what runs, and what changes nothing is said to."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator

import pytest

from sim.errors import NoEffect, UserMistake
from sim.settings.conf_files import conf_files
from sim.settings.overrides import DEEPEST, LONGEST_WORD, MOST_CASES, TypedOverride, read_override, read_overrides

with conf_files(None) as _files:
    CHOICES = _files.choices


def values(word: str) -> list[object]:
    return [one.value for one in read_override(word, CHOICES).words]


def refusal(word: str) -> str:
    began = time.process_time()
    with pytest.raises(UserMistake) as caught:
        read_override(word, CHOICES)
    assert time.process_time() - began < 5
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 1000
    return line


def told(*words: str) -> tuple[list[str], list[str]]:
    """The words that count, and the lines on the others."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        kept = read_overrides(words, CHOICES)
    return [one.word for one in kept], [str(one.message) for one in caught if issubclass(one.category, NoEffect)]


# Values


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("range(3,8,2)", [3, 5, 7]),
        ("range(3)", [0, 1, 2]),
        ("range(8,3,-2)", [8, 6, 4]),
        ("range(start=1,stop=3)", [1, 2]),
        # the end is never one of them, whatever the last bits of a sum
        ("range(0.01,0.05,0.01)", [0.01, 0.02, 0.03, 0.04]),
        ("range(0.05,0.2,0.05)", [0.05, 0.1, 0.15]),
        ("range(0,0.3,0.1)", [0.0, 0.1, 0.2]),
        ("range(0,1e-3,2.5e-4)", [0.0, 0.00025, 0.0005, 0.00075]),
        ("range(0.3,0,-0.1)", [0.3, 0.2, 0.1]),
        # a modifier changes the order and no value
        ("sort(range(100,500,150),reverse=true)", [400, 250, 100]),
        ("sort(range(8,3,-2))", [4, 6, 8]),
        ("sort(range(0.3,0,-0.1))", [0.1, 0.2, 0.3]),
        ("sort(3,1,2,reverse=true)", [3, 2, 1]),
        ("int(range(1.0,4.0,1.0))", [1, 2, 3]),
        ("float(range(1,3))", [1.0, 2.0]),
        ("tag(a,range(1,3))", [1, 2]),
    ],
)
def test_a_range_has_the_values_that_its_words_say(typed: str, wanted: list[object]) -> None:
    found = values(f"gangs.blocs={typed}")
    assert found == wanted
    assert [type(one) for one in found] == [type(one) for one in wanted]


@pytest.mark.parametrize(
    "typed",
    [
        "shuffle(range(0,40))",
        "shuffle(choice(1,2,3,4,5,6,7,8,9))",
        "shuffle(a,b,c,d,e,f,g,h)",
        "sort(shuffle(range(0,9)))",
        "int(shuffle(range(0.0,9.0)))",
    ],
)
def test_what_is_shuffled_is_shown_as_it_runs(typed: str) -> None:
    words = read_override(f"gangs.blocs={typed}", CHOICES).words
    assert [word.text for word in words] == [f"gangs.blocs={word.value}" for word in words]


def test_a_shuffled_list_is_one_value_in_one_order() -> None:
    (word,) = read_override("x=shuffle([1,2,3,4,5,6,7,8])", CHOICES).words
    assert word.text == f"x=[{','.join(map(str, word.value))}]"


def test_a_glob_takes_the_files_of_its_group() -> None:
    assert values("scenario=glob([us*,no*],exclude=no_s*)") == ["no_court_block", "us_troops"]
    assert "no values" in refusal("gangs.blocs=glob(*)")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("gangs.blocs=range(0,1,1e-9)", f"(0,1,1e-9): 1,000,000,000 values, and a sweep has at most {MOST_CASES:,}"),
        ("gangs.blocs=range(0,1e300,1e-300)", "values, and a sweep has at most"),
        ("gangs.blocs=range(-1e308,1e308,1)", "values, and a sweep has at most"),
        ("gangs.blocs=sort(range(0,1000000))", "1,000,000 values"),
        ("gangs.blocs=range(0,1,nan)", "gangs.blocs=range(0,1,nan): a range has finite numbers"),
        ("gangs.blocs=range(0,inf)", "a range has finite numbers"),
        ("gangs.blocs=range(0,1,0)", "gangs.blocs=range(0,1,0): a range has a step that is not 0"),
        ("gangs.blocs=range(0,1,0.0)", "a step that is not 0"),
        ("gangs.blocs=range(5,1)", "no values; a range needs a step that leads from start towards stop"),
        ("gangs.blocs=range(a,b)", "a range has finite numbers"),
        ("gangs.blocs=range(true,3)", "a range has finite numbers"),
        ("gangs.blocs=range()", "gangs.blocs=range(): cannot be read"),
        ("gangs.blocs=interval(5,1)", "low below high"),
        ("gangs.blocs=interval(0,inf)", "low below high"),
        ("gangs.blocs=shuffle(3)", "shuffle takes several values"),
        ("gangs.blocs=choice()", "gangs.blocs=choice(): cannot be read"),
        ("gangs.blocs=sort(a,[1])", "cannot be read"),
        ("gangs.blocs=exec(1)", "cannot be read"),
        ("gangs.blocs=" + "9" * 5000, "cannot be read"),
    ],
)  # fmt: skip
def test_what_makes_no_values_is_one_line_with_what_was_typed(word: str, said: str) -> None:
    line = refusal(word)
    assert line.startswith("gangs.blocs=")
    assert said in line


# Names and choices


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("scenario.name=us_troops", "=us_troops: a name alone changes nothing; choose the file: scenario=us_troops"),
        ("+scenario.name=x", "scenario=x"),
        ("theory.name=breach", "theory=breach"),
        ("design.name=lhs", "design=lhs"),
        ("executor.name=dask", "executor=dask"),
        ("scenario.story=other", "scenario.story=other: a story stands in the scenario's file"),
        ("scenario=", "scenario=: name one of its files: airport_holds"),
        ("scenario=''", "scenario='': name one of its files"),
        ("scenario=5", "scenario=5: name one of its files"),
        ("theory=null", "theory=null: name one of its files: breach"),
        ("experiment=0", "experiment=0: name one of its files: scenarios"),
        ("gangs={}", "gangs={}: name one of its files: default"),
        ("executor=[dask]", "executor=[dask]: name one of its files"),
        ("scenario=../theory/breach", "no such choice"),
        ("scenario=/etc/passwd", "no such choice"),
        ("theory=breach,nothing", "theory=nothing: no such choice; there are breach"),
        ("scenario@x=us_troops", "no such setting"),
        ("scenario/x=us_troops", "no such setting"),
        ("hydra.verbose=true", "Hydra's own settings"),
        ("hydra/callbacks=x", "Hydra's own settings"),
        ("+hydra.sweeper.params.x=1", "Hydra's own settings"),
        ("~hydra.sweeper", "Hydra's own settings"),
        ("~~gangs=1", "settings are key=value"),
        ("+++gangs=1", "settings are key=value"),
    ],
)  # fmt: skip
def test_a_group_is_chosen_by_its_file_and_hydra_left_alone(word: str, said: str) -> None:
    assert said in refusal(word)


def test_an_experiment_may_be_none_and_a_plus_before_a_group_is_no_matter() -> None:
    assert values("experiment=null") == [None]
    assert read_override("++scenario=us_troops", CHOICES).words[0].text == "scenario=us_troops"


# References, and words too large to be meant


@pytest.mark.parametrize(
    "value",
    [
        "${oc.env:HOME}",
        "a${officers.pool}",
        "${officers.pool}${officers.pool}",
        "${${officers.pool}}",
        "${.pool}",
        "${}",
        "'${oc.env:HOME}'",
        "{a: '${oc.env:HOME}'}",
        "[x,'${now:%Y}']",
        "\\${oc.env:HOME}",
        "1,'${hydra:runtime.cwd}'",
    ],
)
def test_only_one_whole_setting_is_referred_to(value: str) -> None:
    line = refusal(f"officers.squad_max={value}")
    assert line.startswith("officers.squad_max=")


def test_a_reference_to_a_setting_is_kept() -> None:
    (word,) = read_override("officers.squad_max=${officers.squad_min}", CHOICES).words
    assert (word.value, word.plain) == ("${officers.squad_min}", False)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("gangs.blocs=" + ",".join(["7"] * LONGEST_WORD), "a long list goes into a file"),
        ("gangs.blocs=" + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), f"{DEEPEST + 1} brackets inside each other"),
        ("gangs.blocs=" + "(" * 5000, "5000 brackets"),
        ("x/" * 2500 + "=1", "no such setting"),
        ("x" * 300 + "=1", "no such setting"),
        ("+scenario.events." + "x" * 300 + ".text=1", "no such setting"),
        ("gangs.blocs=\udcff", "is not UTF-8 text"),
        ("gangs.blocs=7\x1b[2J", "holds the character '\\x1b'"),
        ("gangs.blocs=7\u00a0", "holds the character '\\xa0'"),
        ("+=\x7f=1", "+=\\x7f=1: holds the character"),
        ("++\x7f", "++\\x7f: holds the character"),
    ],
)
def test_words_that_nobody_means_are_refused_at_once(word: str, said: str) -> None:
    assert said in refusal(word)


@pytest.mark.parametrize("number", ["7", "-7", "0.25", "1e3", "3.", "-0.0", "007", "1_000", ".5", "+3", "1e400", "nan"])
def test_a_number_is_read_as_hydra_reads_it(number: str) -> None:
    from hydra.core.override_parser.overrides_parser import OverridesParser

    wanted = OverridesParser.create().parse_override(f"a.b={number}").value()
    (word,) = read_override(f"a.b={number}", CHOICES).words
    assert (repr(word.value), word.plain, word.text) == (repr(wanted), True, f"a.b={number}")


# Words that change nothing


ROW = "scenario.events.airport_assault"
LATER, EMPTY, TOLD = "{} comes later", "an empty mapping takes nothing away; ~{} does", "only people read it"


@pytest.mark.parametrize(
    ("words", "kept", "why"),
    [
        (["gangs.blocs=3", "gangs.blocs=5"], [1], LATER.format("gangs.blocs=5")),
        (["gangs.blocs=3,4", "officers.pool=9", "++gangs.blocs=5"], [1, 2], LATER.format("++gangs.blocs=5")),
        (["scenario=us_troops", "scenario=kit_first"], [1], LATER.format("scenario=kit_first")),
        (["gangs.blocs=interval(3,5)", "gangs.blocs=4"], [1], LATER.format("gangs.blocs=4")),
        (["gangs.blocs=3", "~gangs.blocs"], [1], LATER.format("~gangs.blocs")),
        ([f"{ROW}.date=2024-03-02", f"{ROW}={{date: 2024-03-03}}"], [1], LATER.format(f"{ROW}={{date: 2024-03-03}}")),
        (["scenario.events={}"], [], EMPTY.format("scenario.events")),
        ([f"{ROW}.add={{}}"], [], EMPTY.format(f"{ROW}.add")),
        ([f"{ROW}.text=boo"], [0], TOLD),
        ([f"{ROW}={{facts: [], origin: scenario}}"], [0], TOLD),
        # said twice alike, merged, or told of a row that is made here: nothing to tell
        (["gangs.blocs=3", "gangs.blocs=3"], [1], None),
        ([f"{ROW}={{date: 2024-03-02}}", f"{ROW}={{add: {{haiti: {{police: 1}}}}}}"], [0, 1], None),
        ([f"~{ROW}", f"{ROW}={{date: 2024-03-02}}"], [0, 1], None),
        ([f"{ROW}={{date: 2024-03-02}}", f"{ROW}.text=boo"], [0, 1], None),
        (["scenario=us_troops", f"{ROW}.date=2024-03-02"], [0, 1], None),
        # of several values one leaves the earlier word as it is
        ([f"{ROW}.date=2024-03-02", f"{ROW}={{date: 2024-03-03}},{{add: {{haiti: {{police: 1}}}}}}"], [0, 1], None),
    ],
)
def test_a_word_that_changes_nothing_is_told(words: list[str], kept: list[int], why: str | None) -> None:
    found, lines = told(*words)
    assert found == [words[n] for n in kept]
    assert len(lines) == (why is not None)
    if why is not None:
        assert lines[0].startswith(f"{words[0]} has no effect: {why}")


def test_typed_words_are_found_again() -> None:
    def of(words: list[str]) -> Iterator[TypedOverride]:
        yield from read_overrides(words, CHOICES)

    assert [one.value for one in of(["gangs.blocs=3,4", "~officers.pool"])] == ["3,4", ""]
