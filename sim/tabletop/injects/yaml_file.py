"""A list of injects as YAML: title, story, objectives and injects by id, rows as in a scenario's event table."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from sim.errors import UserMistake
from sim.record import strict_yaml
from sim.tabletop.injects.inject import Draft, DraftRow, MasterList, Places, row_of

_HEAD = ("title", "story", "objectives", "injects")


def read_yaml(path: Path) -> Draft:
    """What a YAML file says, with the line of each field; a UserMistake where it is no such file."""
    label = str(path)
    content, lines = strict_yaml.read_with_lines(path, label, "list of injects")
    if not isinstance(content, dict):
        raise UserMistake(label, None, f"a mapping with {', '.join(_HEAD)}")
    by_key: dict[tuple[str, ...], str] = {(): "line 1"} | {keys: f"line {line}" for keys, line in lines.items()}
    head = Places(label, "", by_key)
    for name, value in content.items():
        if name not in _HEAD:
            near = get_close_matches(str(name), _HEAD, n=1, cutoff=0.6)
            right = f"no such field; near it: {near[0]}" if near else f"no such field; there are {', '.join(_HEAD)}"
            raise head.mistake(str(name), value if not isinstance(value, dict | list) else None, right)

    def rows(part: str) -> tuple[DraftRow, ...]:
        return tuple(_row(label, part, id, row, by_key) for id, row in _mapping(head, content, part).items())

    texts = {name: content[name] for name in ("title", "story") if content.get(name) is not None}
    return Draft(DraftRow(None, texts, head), rows("objectives"), rows("injects"))


def _mapping(head: Places, content: dict[str, Any], part: str) -> dict[Any, Any]:
    given = content.get(part)
    if given is None:
        return {}
    if not isinstance(given, dict):
        example = "keep_the_force: Keep enough officers" if part == "objectives" else "flash_report: {at: D+3, …}"
        raise head.mistake(part, given, f"a mapping of ids, such as {example}")
    return given


def _row(label: str, part: str, id: Any, row: Any, by_key: dict[tuple[str, ...], str]) -> DraftRow:
    begin = (part, str(id))
    places = Places(label, ".".join(begin), {key[2:]: place for key, place in by_key.items() if key[:2] == begin})
    if part == "objectives":
        return DraftRow(id, {"text": row}, places)
    if not isinstance(row, dict):
        raise places.mistake("", row, "a row with at, after or when, and with to and text")
    return DraftRow(id, {name: value for name, value in row.items() if value is not None}, places)


def yaml_of(injects: MasterList) -> bytes:
    """A list as YAML; texts of several lines as they are read out."""
    content: dict[str, Any] = {"title": injects.title}
    if injects.story:
        content["story"] = injects.story
    if injects.objectives:
        content["objectives"] = dict(injects.objectives)
    content["injects"] = {one.id: row_of(one) for one in injects.injects}
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100).encode("utf-8")


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, what one writes in a line in a line."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
_Dumper.add_implicit_resolver(*strict_yaml.EXPONENT)
