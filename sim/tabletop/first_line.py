"""What the first line of a session holds: everything that its worlds rest on, so that no file is asked again.

The cases are kept as a store keeps them, one a theory, with the list of worlds that lived the record; so a session is
the same on another machine, with other files in conf/ and another list installed, as long as the model and the record
are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sim.ensemble.cases.case import Case
from sim.ensemble.cases.composed_case import case_of
from sim.ensemble.cases.posterior import FEW, load_posterior
from sim.ensemble.cases.unknowns import MODE, POSTERIOR
from sim.errors import StoreDamaged, UserMistake
from sim.model import MODEL_VERSION
from sim.model.withdrawal import THEORIES
from sim.record import load as load_record
from sim.settings.composition import composer
from sim.tabletop.board import FORMAT, Board
from sim.tabletop.injects import MasterList, list_as_plain, read_list
from sim.tabletop.injects.lists import packaged_list
from sim.tabletop.table_settings import TableSettings, is_of_table, read_table
from sim.tabletop.worlds import drawn_world

ROOT_SEED = "ensemble.root_seed"


def first_line(given: Sequence[str], config_path: Path | None = None) -> dict[str, Any]:
    """The first line of a session that these words ask for.

    Parameters
    ----------
    given
        ``table=…`` and ``table.KEY=…`` (:func:`sim.tabletop.table_settings.read_table`), ``theory=a,b``, and words of
        the world as ``tabletop run`` takes them.
    config_path
        A folder of conf files of one's own.

    Returns
    -------
    ``format``, ``model_version``, ``record``, ``posterior`` (its digest of patterns and its seed), ``words``,
    ``theories`` (kept worlds of each), ``left_out``, ``root_seed``, ``played``, ``cases``, ``worlds``, ``table`` and
    ``list``.

    Raises
    ------
    UserMistake
        For a setting that cannot be, a world that no kept world is of, or a list of injects with a mistake.
    """
    table = read_table([word for word in given if is_of_table(word)], config_path)
    typed = [*table.worlds, *(word for word in given if not is_of_table(word))]
    theories, worlds = _theories(typed)
    cases, seed = _cases(table, theories, worlds, config_path)
    kept = {name: case for name, case in cases.items() if case.worlds and len(case.worlds) >= FEW}
    if not kept:
        raise UserMistake("theory", ",".join(theories), f"no theory of these has {FEW} worlds that lived the record")
    left_out = [
        {"theory": name, "why": f"{len(case.worlds or ())} of its worlds lived the record, fewer than {FEW}"}
        for name, case in cases.items()
        if name not in kept
    ]
    listed = _injects(table, config_path)
    posterior = load_posterior()
    played = drawn_world(seed, {name: case.worlds or () for name, case in kept.items()})
    return {
        "format": FORMAT,
        "model_version": MODEL_VERSION,
        "record": load_record().hash,
        "posterior": {"patterns": posterior.digest, "root_seed": posterior.root_seed},
        "words": [*typed],
        "theories": {name: len(case.worlds or ()) for name, case in kept.items()},
        "left_out": left_out,
        "root_seed": seed,
        "played": {"theory": played[0], "world": played[1]},
        "cases": {name: _row(case) for name, case in kept.items()},
        "worlds": {name: list(case.worlds or ()) for name, case in kept.items()},
        "table": table.plain(),
        "list": None if listed is None else list_as_plain(listed),
    }


def cases_of(board: Board) -> dict[str, Case]:
    """The case of each theory as the table began, with its worlds that lived the record.

    Raises
    ------
    StoreDamaged
        The first line holds none that this version knows.
    """
    head: Mapping[str, Any] = board.head
    try:
        return {
            name: replace(Case.from_settings(row), worlds=tuple(int(world) for world in head["worlds"][name]))
            for name, row in head["cases"].items()
        }
    except (KeyError, TypeError, ValueError, UserMistake) as fault:
        raise StoreDamaged(f"the session's first line holds worlds that cannot be rebuilt ({fault})") from fault


def _theories(typed: Sequence[str]) -> tuple[list[str], list[str]]:
    """The theories that are asked for, all by default, and the other words."""
    named = [word.partition("=")[2] for word in typed if word.partition("=")[0] == "theory"]
    rest = [word for word in typed if word.partition("=")[0] != "theory"]
    chosen = [name.strip() for name in named[-1].split(",")] if named else list(THEORIES)
    for name in chosen:
        if name not in THEORIES:
            raise UserMistake("theory", name, f"no such theory; there are {', '.join(THEORIES)}")
    return list(dict.fromkeys(chosen)), rest


def _cases(
    table: TableSettings, theories: Sequence[str], typed: Sequence[str], config_path: Path | None
) -> tuple[dict[str, Case], int]:
    """The case of each theory, whose runs end where the table's futures do, and the root seed."""
    cases, seed = {}, 0
    for word in typed:
        key = word.partition("=")[0]
        if key in ("clock.end", "clock.start", "ensemble.replicates"):
            raise UserMistake(key, word.partition("=")[2], "the table says it: table.turns, table.horizon_days")
    with composer(config_path) as files:
        for theory in theories:
            asked = [f"theory={theory}", *typed, f"clock.end={table.last_day.isoformat()}"]
            with files.as_typed(typed):
                composed = files.compose([one.words[0].text for one in files.read_one(asked)]).config
                case = case_of(composed, asked)
            if case.mode != POSTERIOR:
                raise UserMistake(
                    MODE, case.mode, "a table is played in worlds that lived the record: unknowns=posterior"
                )
            if not _inside(case, table):
                right = "a day after the record's end, where what is documented stops"
                raise UserMistake("table.first_day", table.first_day.isoformat(), right)
            cases[theory], seed = case, int(composed["ensemble"]["root_seed"])
    return cases, seed


def _inside(case: Case, table: TableSettings) -> bool:
    end = case.values["clock.record_end"]
    return isinstance(end, date) and table.first_day > end


def _injects(table: TableSettings, config_path: Path | None) -> MasterList | None:
    """The list of injects that the table names: one of conf/, or a file."""
    if table.injects is None:
        return None
    path = packaged_list(table.injects, config_path)
    listed = read_list(path, tuple(table.roles)).list
    for inject in listed.injects:
        day = inject.at if isinstance(inject.at, date) else None
        if isinstance(inject.at, int):
            day = table.first_day + timedelta(days=inject.at)
        if day is not None and not table.first_day <= day <= table.last_day:
            right = f"a day from {table.first_day.isoformat()} to {table.last_day.isoformat()}"
            raise UserMistake(f"{path.name}: {inject.id}", day.isoformat(), right)
    return listed


def _row(case: Case) -> dict[str, Any]:
    """A case as a store keeps it, in plain JSON."""
    row = {key: value.isoformat() if isinstance(value, date) else value for key, value in case.row().items()}
    plain: dict[str, Any] = json.loads(json.dumps(row))
    return plain
