"""A list of injects as plain values: what a session keeps of it in its log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sim.tabletop.board import Board
from sim.tabletop.injects.inject import Draft, DraftRow, Inject, MasterList, Places, row_of
from sim.tabletop.injects.rules import checked


def plain_of(injects: MasterList) -> dict[str, Any]:
    """A list as JSON has it: ``title``, ``story``, ``objectives`` and ``injects``, each by id."""
    return {
        "title": injects.title,
        "story": injects.story,
        "objectives": dict(injects.objectives),
        "injects": {one.id: plain_row(one) for one in injects.injects},
    }


def plain_row(inject: Inject) -> dict[str, Any]:
    """An inject as JSON has it, its id left out."""
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in row_of(inject).items()}


def list_of_plain(given: Mapping[str, Any], roles: Sequence[str]) -> MasterList:
    """Undo :func:`plain_of`.

    Raises
    ------
    UserMistake
        For what no list would say.
    """
    head = {name: given[name] for name in ("title", "story") if given.get(name)}
    found, mistakes = checked(
        Draft(
            DraftRow(None, head, Places()),
            tuple(DraftRow(id, {"text": text}, Places("", f"objectives.{id}"))
                  for id, text in given.get("objectives", {}).items()),
            tuple(DraftRow(id, dict(row), Places("", f"injects.{id}")) for id, row in given.get("injects", {}).items()),
        ),
        roles,
    )  # fmt: skip
    if mistakes:
        raise mistakes[0]
    return found


def list_of(board: Board) -> MasterList:
    """The session's list of injects, those that were added at the table among them; empty where it has none."""
    kept = board.head["list"] or {"title": board.table.title, "injects": {}}
    added = {row["id"]: {key: value for key, value in row.items() if key != "id"} for row in board.added_injects}
    return list_of_plain({**kept, "injects": {**kept["injects"], **added}}, tuple(board.table.roles))
