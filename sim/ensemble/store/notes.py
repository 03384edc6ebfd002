"""Notes: one JSON file for each command that added to a store, read strictly, since anything may lie in a folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

Note = Mapping[str, Any]
NOTES = "invocations"
"""The folder of a store that holds them."""
LATEST_REPLICATE, MOST_REPLICATES, LATEST_RUN = 2**31 + 1, 100_000_000, 2**62
"""No replicate comes after the one, and no command asks for more of a case than the other."""


def read_notes(folder: Path) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The notes of a folder, oldest first, and those that are none: name of the file, and what is odd about it.

    A missing folder holds none.
    """
    notes, odd = [], {}
    for path in sorted(folder.glob("*.json")):
        try:
            note = json.loads(path.read_text(encoding="utf-8"))
        except OSError as fault:
            odd[path.name] = f"cannot be read: {fault.strerror or fault}"
        except (ValueError, RecursionError):
            odd[path.name] = "is no JSON; it may be torn"
        else:
            if key := _odd_key(note):
                odd[path.name] = f"is not what a command writes ({key})"
            else:
                notes.append(note)
    return sorted(notes, key=lambda note: note.get("started") or ""), odd


def labels_asked(notes: Iterable[Note]) -> dict[str, list[str]]:
    """By case, the labels that commands asked for it under where another one is kept, oldest first."""
    asked: dict[str, dict[str, None]] = {}
    for note in notes:
        for case, labels in (note.get("asked_as") or {}).items():
            asked.setdefault(case, {}).update(dict.fromkeys(labels))
    return {case: list(labels) for case, labels in asked.items()}


def _odd_key(note: Any) -> str | None:
    """The key of a note that holds what no command writes there, if any."""
    if not isinstance(note, dict):
        return "the whole of it"
    return next((key for key, fits in _SHAPES.items() if note.get(key) is not None and not fits(note[key])), None)


def _is_whole(value: Any, below: int = 2**63) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < below


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _is_span(value: Any) -> bool:
    whole = isinstance(value, list) and len(value) == 2 and all(_is_whole(end, LATEST_REPLICATE) for end in value)
    return whole and 0 <= value[1] - value[0] <= MOST_REPLICATES


def _is_listed(value: Any) -> bool:
    """Replicates by case."""
    return isinstance(value, dict) and all(
        isinstance(rows, list) and all(_is_whole(row, LATEST_RUN) for row in rows) for rows in value.values()
    )


def _is_kept(value: Any) -> bool:
    """Lists of worlds, and which of them each case takes its runs from."""
    if not isinstance(value, dict) or not isinstance(value.get("of"), dict):
        return False
    lists = value.get("lists")
    whole = isinstance(lists, list) and all(
        isinstance(rows, list) and len(rows) > 0 and all(_is_whole(row, 2**31) for row in rows) for rows in lists
    )
    return whole and all(_is_whole(number, len(lists or ())) for number in value["of"].values())


def _is_called(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_words, value.values()))


def _is_until(value: Any) -> bool:
    reached = value.get("reached") if isinstance(value, dict) else 0
    if not isinstance(reached, dict):
        return reached is None
    return all(isinstance(now, dict) and _is_whole(now.get("replicates"), LATEST_REPLICATE) for now in reached.values())


def _is_design(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("name"), str | None):
        return False
    sampled = value.get("sampled", [])
    return isinstance(sampled, list) and all(isinstance(one, dict) and _is_words(one.get("cases")) for one in sampled)


def _is_pruned(value: Any) -> bool:
    if not isinstance(value, dict) or not _is_words(value.get("tables")):
        return False
    return value.get("cases") is None or _is_words(value["cases"])


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


_SHAPES: Mapping[str, Callable[[Any], bool]] = {
    "command": lambda value: isinstance(value, str) or _is_words(value),
    "started": _is_text,
    "rule": _is_text,
    "version": _is_text,
    "record": _is_text,
    "format": _is_whole,
    "model_version": _is_whole,
    "kept_worlds": _is_kept,
    "finished": lambda value: isinstance(value, bool),
    "cases": _is_words,
    "asked_as": _is_called,
    "tables": _is_words,
    "swept": _is_words,
    "root_seed": _is_whole,
    "replicates": _is_span,
    "only": _is_listed,
    "until": _is_until,
    "design": _is_design,
    "pruned": _is_pruned,
}
"""What each key holds, where it is there and not null."""
