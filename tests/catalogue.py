"""The catalogue of messages: ``python -m tests.catalogue`` makes it anew, ``… missing`` lists what a language lacks.

Found are messages of the package's Python and of its templates, and the words of data that people read at a table: the
tables and lists of injects of conf/, facts of the record, events of scenarios, measures, levers and theories. A message
is its English words; what it is called in another language stands in ``sim/locale/LANGUAGE/LC_MESSAGES/tabletop.po``,
which people write. The template and the ``.mo`` files come out the same bytes wherever and whenever they are made.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import sim
from sim import text as words
from sim.analysis.lever_orders import HOLDER, OWN
from sim.language import DOMAIN, LANGUAGES, LOCALE, SOURCE
from sim.model.events import TARGETS
from sim.model.state import Phase
from sim.model.withdrawal import THEORIES
from sim.outcomes import OUTCOMES
from sim.outcomes.entry import WORDS
from sim.paths import conf_folder
from sim.record import load
from sim.settings.tables.levers import LEVERS
from sim.tabletop.board import KINDS
from sim.tabletop.injects import list_of_plain, packaged_lists, plain_of, read_list
from sim.tabletop.measures import MEASURES
from sim.tabletop.table_settings import GROUP, read_table

PACKAGE = Path(sim.__file__).resolve().parent
TEMPLATE = LOCALE / f"{DOMAIN}.pot"
KEYWORDS: dict[str, Any] = {
    "_": None, "gettext": None, "marked": None, "plural": (1, 2), "ngettext": (1, 2), "many": (1, 2),
    "as_in": ((1, "c"), 2), "pgettext": ((1, "c"), 2),
}  # fmt: skip
"""What a message stands in, and which of its arguments are one."""
SOURCES = (("python", "*.py", {}), ("jinja2", "*.html", {"silent": "false", "trimmed": "true"}))
"""How files of the package are read."""
PLURALS = {"fr": (2, "(n > 1)")}
"""Forms of a language's plural, and which of them n has, as gettext writes it: Babel's own changes with its version."""


class PlainCatalogue(Catalog):
    """A catalogue whose head holds nothing that changes from one day, or one version of Babel, to the next."""

    @property
    def num_plurals(self) -> int:
        """Forms of the plural."""
        return PLURALS[str(self.locale)][0] if self.locale else 2

    @property
    def plural_expr(self) -> str:
        """Which of them a number has."""
        return PLURALS[str(self.locale)][1] if self.locale else "(n != 1)"

    @property
    def mime_headers(self) -> list[tuple[str, str]]:  # type: ignore[override]
        """What gettext itself needs to know, and no more."""
        of = [("Language", str(self.locale_identifier)), ("Plural-Forms", self.plural_forms)] if self.locale else []
        return [
            ("Project-Id-Version", "haiti-tabletop"), *of, ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"), ("Content-Transfer-Encoding", "8bit"),
        ]  # fmt: skip


def found() -> PlainCatalogue:
    """Every message that there is, in English."""
    catalogue = PlainCatalogue(charset="utf-8", fuzzy=False)
    catalogue.header_comment = "# Messages of the table, its papers and its page: python -m tests.catalogue makes this."
    for method, pattern, options in SOURCES:
        for path in sorted(PACKAGE.rglob(pattern)):
            place = path.relative_to(PACKAGE.parent).as_posix()
            with path.open("rb") as file:
                for _line, message, _comments, context in extract(method, file, KEYWORDS, options=options):
                    catalogue.add(message, locations=[(place, 1)], context=context)
    for message, place in data_messages():
        if message:
            catalogue.add(message, locations=[(place, 1)])
    for message in catalogue:
        if "%(" not in str(message.id):
            message.flags.discard("python-format")  # Babel takes any per cent for one
    return catalogue


def data_messages() -> Iterator[tuple[str, str]]:
    """The words of data that are said at a table, and where each stands."""
    yield from ((text, "conf/table") for text in _tables())
    yield from ((text, "conf/table/injects") for text in _lists())
    for fact in load():
        yield from ((text, "seeds") for text in (fact.what, fact.unit or ""))
        if fact.disputed:
            yield fact.note.removeprefix("disputed: "), "seeds"
    for path in sorted((conf_folder() / "scenario").glob("*.yaml")):
        events = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("events") or {}
        yield from ((event["text"], "conf/scenario") for event in events.values() if event.get("text"))
    for measure in MEASURES.values():
        yield from ((text, "sim/tabletop/measures.py") for text in (measure.text, measure.unit))
        yield words.spoken(measure.name), "sim/tabletop/measures.py"
    for said in WORDS.values():
        yield from ((text, "sim/outcomes/entry.py") for text in (said.less, said.more))
    for outcome in OUTCOMES:
        yield from ((text, "sim/outcomes") for text in (outcome.label, outcome.unit))
    for lever in LEVERS:
        if lever.key in TARGETS:
            said = (lever.text, lever.unit, lever.status or "", lever.source)
            yield from ((text, "sim/settings/tables/levers.py") for text in said if text != "1")
    yield from ((holder, "sim/analysis/lever_orders.py") for holder in (OWN, *HOLDER.values()))
    yield from ((words.spoken(name.partition(".")[2]), "sim/model/events.py") for name in TARGETS)
    for theory in THEORIES.values():
        yield from ((text, "sim/model/withdrawal") for text in (words.spoken(theory.name), theory.text))
    yield from ((phase.name.lower().replace("_", " "), "sim/model/state.py") for phase in Phase)
    yield from ((kind, "sim/tabletop/board.py") for kind in KINDS)


def _tables() -> Iterator[str]:
    for path in sorted((conf_folder() / GROUP).glob("*.yaml")):
        table = read_table([f"{GROUP}={path.stem}"])
        yield table.title
        for role in table.roles.values():
            yield from (role.name, role.aim)
            yield from (step.why for step in (*role.stand_in, *([role.opening] if role.opening else [])))


def _lists() -> Iterator[str]:
    roles = tuple(read_table([]).roles)
    for path in packaged_lists().values():
        kept = list_of_plain(plain_of(read_list(path, roles)), roles)  # as a session's log has it
        yield from (kept.title, kept.story, *kept.objectives.values())
        for one in kept.injects:
            yield from (one.by, one.channel, one.text, one.expected, one.notes)


# Files


def po_path(language: str) -> Path:
    """The file that people write."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def translations(language: str, template: Catalog | None = None) -> PlainCatalogue:
    """What a language has of the messages that there are; what is no message any more is left out."""
    merged = PlainCatalogue(locale=language, charset="utf-8", fuzzy=False)
    merged.header_comment = f"# {LANGUAGES[language]}: what people write; python -m tests.catalogue adds what is new."
    path = po_path(language)
    known = read_po(io.BytesIO(path.read_bytes())) if path.exists() else Catalog()
    for message in template if template is not None else found():
        if message.id:
            old = known.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
            said = old.string if old is not None and not old.fuzzy else ""
            if isinstance(message.id, tuple) and not isinstance(said, tuple):
                said = tuple(said if place == 0 else "" for place in range(merged.num_plurals))
            merged.add(message.id, said, locations=message.locations, context=message.context, flags=message.flags)
    return merged


def po_text(catalogue: Catalog) -> bytes:
    """A catalogue as people read it, in the order of its messages."""
    out = io.BytesIO()
    write_po(out, catalogue, width=120, include_lineno=False, sort_output=True, ignore_obsolete=True)
    return out.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """A catalogue as gettext reads it."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def written() -> dict[Path, bytes]:
    """Every file of the catalogue as it is to be, by its path."""
    template = found()
    files = {TEMPLATE: po_text(template)}
    for language in LANGUAGES:
        if language != SOURCE:
            own = translations(language, template)
            files |= {po_path(language): po_text(own), po_path(language).with_suffix(".mo"): mo_bytes(own)}
    return files


def missing(language: str) -> list[str]:
    """The messages that a language does not have, with their context before them."""
    lacking = []
    for message in translations(language):
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(said):
            text = message.id if isinstance(message.id, str) else " | ".join(message.id)
            lacking.append(f"[{message.context}] {text}" if message.context else text)
    return lacking


def main() -> None:
    """Write the files, or list what is missing."""
    if sys.argv[1:] == ["missing"]:
        for language in LANGUAGES:
            if language != SOURCE:
                print("\n".join([f"{language}: {len(missing(language))} missing", *missing(language)]))
        return
    for path, content in written().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(path.relative_to(PACKAGE.parent))


if __name__ == "__main__":
    main()
