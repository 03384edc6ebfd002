"""The catalogue holds every message and nothing else, and French says all of them, as French is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from sim.language import LANGUAGES, SOURCE
from tests import catalogue

OTHERS = [code for code in LANGUAGES if code != SOURCE]
CALLED = {"_": 1, "marked": 1, "plural": 2, "many": 2, "as_in": 2}
"""Functions that take messages, and how many of their arguments have to be literal."""
OF_DATA = {"sim/language.py", "sim/text.py"}
"""Where such functions are made of one another."""


def forms(message: Message) -> Iterator[tuple[str, str]]:
    """Each form of a message in English, beside what a language says."""
    if isinstance(message.id, str):
        yield message.id, str(message.string)
    else:
        for place, said in enumerate(message.string):
            yield message.id[min(place, 1)], said


def said_in(code: str) -> list[tuple[str, str]]:
    """Every message of a language, English beside it."""
    return [pair for message in catalogue.translations(code) if message.id for pair in forms(message)]


@pytest.fixture(scope="module")
def written() -> dict[Path, bytes]:
    return catalogue.written()


def test_the_catalogue_is_made_of_what_the_package_says_now(written: dict[Path, bytes]) -> None:
    stale = [path.name for path, content in written.items() if not path.exists() or path.read_bytes() != content]
    assert stale == [], "python -m tests.catalogue makes it anew"


def test_it_comes_out_the_same_bytes_twice(written: dict[Path, bytes]) -> None:
    assert catalogue.written() == written


@pytest.mark.parametrize("code", OTHERS)
def test_a_language_says_everything(code: str) -> None:
    assert catalogue.missing(code) == [], "python -m tests.catalogue missing lists them"


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_braces_and_the_marks_of_its_message(code: str) -> None:
    def marks(text: str) -> list[object]:
        braces = sorted(re.findall(r"\{\w+\}|%\(\w+\)s|%%", text))
        code_spans = sorted(re.findall(r"`[^`]*`", text))
        ends = (text[:1].isspace(), text[-1:].isspace()) if text.strip() not in (";",) else ()
        heading = re.match(r"#* ", text)
        return [braces, code_spans, text.count("**"), text.count("|"), text[:2] == "> ", ends, heading and heading[0]]

    apart = [(english, said) for english, said in said_in(code) if marks(english) != marks(said)]
    assert [pair for pair in apart if not only_blanks_differ(*pair)] == []


def only_blanks_differ(english: str, said: str) -> bool:
    """Whether a message begins with a semicolon, before which French has a blank."""
    return english.startswith(";") and said.lstrip().startswith(";")


def test_french_is_written_as_french_is() -> None:
    """A no-break space before : and % and inside « », a narrow one before ; ? !, and apostrophes that curl."""
    rules = (
        r" [:;?!»%]",  # a blank at which a line may break
        r"« ",
        r"(?<![\u00a0\u202f])[;»]",
        r"(?<=[\w})])[?!](?=\s|$)",
        r"(?<=[\w})*»]):(?=\s|$)",
        r"\w'\w",
    )
    wrong = []
    for _english, said in said_in("fr"):
        text = re.sub(r"`[^`]*`", "", said)
        for rule in rules:
            wrong += [text[max(0, found.start() - 20) : found.end() + 10] for found in re.finditer(rule, text)]
    assert wrong == []


def test_every_message_can_be_found_by_whoever_only_reads_the_code() -> None:
    """None is made of pieces, or stands in a name; what is data is said by ``translated``."""
    hidden = []
    for path in sorted(catalogue.PACKAGE.rglob("*.py")):
        place = path.relative_to(catalogue.PACKAGE.parent).as_posix()
        if place in OF_DATA:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        in_pieces = {id(node) for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for node in ast.walk(one)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name not in CALLED:
                continue
            messages = node.args[: CALLED[name]]
            literal = all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in messages)
            if not literal or len(messages) < CALLED[name] or id(node) in in_pieces:
                hidden.append(f"{place}:{node.lineno}")
    assert hidden == []


def test_the_templates_translate_no_variable() -> None:
    """``_(…)`` takes a literal; what is data goes through the filter ``say``."""
    hidden = [
        f"{path.name}: {found[0]}"
        for path in sorted(catalogue.PACKAGE.rglob("*.html"))
        for found in re.finditer(r"\b_\((?!\s*[\"'])[^)]*\)", path.read_text(encoding="utf-8"))
    ]
    assert hidden == []
