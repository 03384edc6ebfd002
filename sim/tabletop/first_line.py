"""What the first line of a session holds: everything that its worlds rest on, so that no file is asked again.

The cases are kept as a store keeps them, one a theory, with the list of worlds that lived the record; so a session is
the same on another machine, with other files in conf/ and another list installed, as long as the model and the record
are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from sim.ensemble.cases.case import Case
from sim.errors import StoreDamaged, UserMistake
from sim.model import MODEL_VERSION
from sim.record import load as load_record
from sim.settings import schema
from sim.settings.packaged import packaged_file
from sim.tabletop.board import FORMAT, ROOT_SEED, Board
from sim.tabletop.composed_worlds import table_cases
from sim.tabletop.injects.inject import MasterList
from sim.tabletop.injects.kept_list import plain_of
from sim.tabletop.injects.list_file import list_path, read_list
from sim.tabletop.table_settings import TableSettings, is_of_table, read_table
from sim.tabletop.worlds import TableCases

_NOT_HERE = ("ensemble", "executor", "design", "experiment", "out", "patterns")


def first_line(given: Sequence[str], config_path: Path | None = None) -> dict[str, Any]:
    """The first line of a session that these words ask for.

    Parameters
    ----------
    given
        ``table=…`` and ``table.KEY=…`` (:func:`sim.tabletop.table_settings.read_table`), ``theory=a,b``,
        ``ensemble.root_seed=…``, and words of the world as ``tabletop run`` takes them.
    config_path
        A folder of conf files of one's own.

    Returns
    -------
    ``format``, ``model_version``, ``record``, ``words``, ``theories`` (kept worlds of each), ``left_out``,
    ``root_seed``, ``played``, ``cases``, ``worlds``, ``table`` and ``list``.

    Raises
    ------
    UserMistake
        For a setting that cannot be, a world that no kept world is of, or a list of injects with a mistake.
    """
    table = read_table([word for word in given if is_of_table(word)], config_path)
    typed, named = [], dict[str, str]()
    for word in (*table.worlds, *(word for word in given if not is_of_table(word))):
        key, _, value = word.partition("=")
        if key in ("theory", ROOT_SEED):
            named[key] = value
        elif key.partition(".")[0] in _NOT_HERE:
            raise UserMistake(key, value, f"says nothing of a table's worlds; of this group it takes {ROOT_SEED} alone")
        else:
            typed.append(word)
    theories = [name.strip() for name in named["theory"].split(",")] if "theory" in named else None
    worlds = table_cases(typed, _seed(named.get(ROOT_SEED)), table.first_day, table.last_day, theories, config_path)
    _check_first_day(worlds)
    listed = _injects(table)
    theory, world = worlds.drawn_world()
    return {
        "format": FORMAT,
        "model_version": MODEL_VERSION,
        "record": load_record().hash,
        "words": [*typed, *(f"{key}={value}" for key, value in named.items())],
        "theories": {name: len(case.worlds or ()) for name, case in worlds.cases.items()},
        "left_out": list(worlds.left_out),
        "root_seed": worlds.seed,
        "played": {"theory": theory, "world": world},
        "cases": {name: _row(case) for name, case in worlds.cases.items()},
        "worlds": {name: list(case.worlds or ()) for name, case in worlds.cases.items()},
        "table": table.plain(),
        "list": None if listed is None else plain_of(listed),
    }


def worlds_of(board: Board) -> TableCases:
    """The worlds of a session as it began.

    Raises
    ------
    StoreDamaged
        The first line holds none that this version knows.
    """
    head: Mapping[str, Any] = board.head
    try:
        cases = {
            name: replace(Case.from_settings(row), worlds=tuple(int(world) for world in head["worlds"][name]))
            for name, row in head["cases"].items()
        }
        table = board.table
        return TableCases(cases, tuple(head["left_out"]), int(head["root_seed"]), table.first_day, table.last_day)
    except (KeyError, TypeError, ValueError, UserMistake) as fault:
        raise StoreDamaged(f"the session's first line holds worlds that cannot be rebuilt ({fault})") from fault


def _seed(typed: str | None) -> int:
    """The root seed that was typed, or that of the packaged files."""
    known = {p.key: p for p in schema.FIXED}
    usual = packaged_file("ensemble", "default")["root_seed"]
    return int(str(schema.check_value(known[ROOT_SEED], usual if typed is None else yaml.safe_load(typed))))


def _check_first_day(worlds: TableCases) -> None:
    end = next(iter(worlds.cases.values())).values["clock.record_end"]
    if isinstance(end, date) and worlds.first_day <= end:
        right = f"a day after {end.isoformat()}, where what is documented ends"
        raise UserMistake("table.first_day", worlds.first_day.isoformat(), right)


def _injects(table: TableSettings) -> MasterList | None:
    """The list of injects that the table names: one of conf/, or a file."""
    if table.injects is None:
        return None
    return read_list(list_path(table.injects), tuple(table.roles), table.first_day)


def _row(case: Case) -> dict[str, Any]:
    """A case as a store keeps it, in plain JSON."""
    row = {key: value.isoformat() if isinstance(value, date) else value for key, value in case.row().items()}
    plain: dict[str, Any] = json.loads(json.dumps(row))
    return plain
