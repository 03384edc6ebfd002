"""What a table is before anybody sits down: its days and turns, its roles, what each may order and know. Data of conf/.

A file of conf/table/ says it; words such as ``table.turn_days=3`` change one of its settings. All of it is written into
the session's first line, so that a session never depends on a file again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sim import text as words_of
from sim.errors import UserMistake
from sim.model.events import TARGETS
from sim.paths import conf_folder
from sim.record import strict_yaml
from sim.settings.schema import check_date

GROUP = "table"
FACILITATOR = "facilitator"
"""Who runs the table: fires injects, overrides, ends turns; no role of the file."""
EVERYBODY = "all"
"""Whoever reads the one screen, or is told what everybody is: knows what is public."""
KNOWLEDGE = ("public", "kenya", "hidden")
"""What there is to know: what is published, the Kenyan police's own books, and what nobody at the table sees."""
MOST_TURNS, MOST_TURN_DAYS, MOST_HORIZON = 60, 60, 400
_PLAIN = ("title", "first_day", "turn_days", "turns", "horizon_days", "worlds", "injects", "stand_ins")


@dataclass(frozen=True, slots=True)
class Step:
    """What a stand-in orders at the beginning of a turn, and why."""

    turn: int
    writes: tuple[tuple[str, float], ...]
    why: str


@dataclass(frozen=True)
class Role:
    """Who sits at the table.

    Attributes
    ----------
    id, name, aim
        What it is called in commands and by people, and what it is after.
    knows
        Of :data:`KNOWLEDGE`.
    orders
        The targets of events that it decides, and least and most of each.
    stand_in
        What is ordered for it where nobody plays it.
    opening
        What holds from the first day where somebody does, such as that the rules leave a decision to him.
    """

    id: str
    name: str
    aim: str
    knows: tuple[str, ...]
    orders: Mapping[str, tuple[float, float]]
    stand_in: tuple[Step, ...] = ()
    opening: Step | None = None

    @property
    def plays_chance(self) -> bool:
        """Whether it plays what the model leaves to chance, and so sees what is hidden: an umpire."""
        return "hidden" in self.knows

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        steps = [{"turn": step.turn, "set": dict(step.writes), "why": step.why} for step in self.stand_in]
        orders = {target: list(bounds) for target, bounds in self.orders.items()}
        said = {"name": self.name, "aim": self.aim, "knows": list(self.knows), "orders": orders, "stand_in": steps}
        if self.opening is not None:
            said["opening"] = {"turn": 1, "set": dict(self.opening.writes), "why": self.opening.why}
        return said


@dataclass(frozen=True)
class TableSettings:
    """A table as its file and the words have it; days are inclusive.

    Attributes
    ----------
    first_day, turn_days, turns
        The first day that is played, the length of a turn in days, and how many turns are planned.
    horizon_days
        How far futures reach beyond the last planned day.
    worlds
        Words of the world, before those that are typed.
    injects
        Name or path of the list of injects, or None.
    stand_ins
        Roles that nobody plays.
    roles
        By id, in the file's order.
    """

    title: str
    first_day: date
    turn_days: int
    turns: int
    horizon_days: int
    worlds: tuple[str, ...]
    injects: str | None
    stand_ins: tuple[str, ...]
    roles: Mapping[str, Role]

    @property
    def last_day(self) -> date:
        """The last day that futures can reach."""
        return self.first_day + timedelta(days=self.turns * self.turn_days + self.horizon_days)

    def plain(self) -> dict[str, Any]:
        """As JSON has it: what the first line of a log holds, and :func:`of_plain` reads."""
        return {
            "title": self.title,
            "first_day": self.first_day.isoformat(),
            "turn_days": self.turn_days,
            "turns": self.turns,
            "horizon_days": self.horizon_days,
            "worlds": list(self.worlds),
            "injects": self.injects,
            "stand_ins": list(self.stand_ins),
            "roles": {role.id: role.plain() for role in self.roles.values()},
        }


def read_table(words: Sequence[str] = (), config_path: Path | None = None) -> TableSettings:
    """The table that these words ask for: ``table=NAME`` and ``table.KEY=VALUE``.

    Raises
    ------
    UserMistake
        Naming the key, or the file and the key in it.

    Examples
    --------
    >>> table = read_table(["table=practice", "table.turn_days=3"])
    >>> table.turns, table.turn_days, table.stand_ins
    (2, 3, ('haiti', 'united_nations'))
    """
    name, changes = "default", dict[str, Any]()
    for word in words:
        key, sign, value = word.partition("=")
        if not sign:
            raise UserMistake(word, None, "settings are key=value, such as table=practice")
        if key == GROUP:
            name = value
        else:
            changes[key.removeprefix(f"{GROUP}.")] = _typed(key, value)
    given, label = _file(name, config_path)
    for key, value in changes.items():
        if key not in _PLAIN:
            raise UserMistake(f"{GROUP}.{key}", value, f"no such setting{_near(key, _PLAIN)}")
    try:
        table = of_plain({**given, **changes}, label)
    except UserMistake as fault:
        file, _sign, key = fault.key.partition(": ")
        if file == label and key in changes:
            raise UserMistake(f"{GROUP}.{key}", fault.value, fault.right) from fault
        raise
    if "title" not in changes and changes.keys() & {"first_day", "turn_days", "turns"}:
        when = f"turns of {words_of.several(table.turn_days, 'day')} from {words_of.day(table.first_day)}"
        return replace(table, title=f"{table.title.partition(':')[0]}: {table.turns} {when}")
    return table


def is_of_table(word: str) -> bool:
    """Whether a word is one of :func:`read_table`, and none of the world."""
    return re.match(rf"{GROUP}(\.|=|$)", word) is not None


def of_plain(given: Mapping[str, Any], label: str = "table") -> TableSettings:
    """Undo :meth:`TableSettings.plain`, or read what a file holds; raises UserMistake for anything else."""
    for key in given:
        if key not in (*_PLAIN, "roles"):
            raise UserMistake(f"{label}: {key}", None, f"no such setting{_near(str(key), (*_PLAIN, 'roles'))}")
    for key in (*_PLAIN, "roles"):
        if key not in given:
            raise UserMistake(f"{label}: {key}", None, "is missing")
    listed = given["roles"]
    if not isinstance(listed, Mapping) or not listed:
        raise UserMistake(f"{label}: roles", None, "a mapping of roles, each with name, aim, knows and orders")
    roles = {str(name): _role(f"{label}: roles.{name}", str(name), row) for name, row in listed.items()}
    injects = given["injects"]
    return TableSettings(
        title=_text(f"{label}: title", given["title"]),
        first_day=check_date(f"{label}: first_day", given["first_day"]),
        turn_days=_whole(f"{label}: turn_days", given["turn_days"], 1, MOST_TURN_DAYS),
        turns=_whole(f"{label}: turns", given["turns"], 1, MOST_TURNS),
        horizon_days=_whole(f"{label}: horizon_days", given["horizon_days"], 1, MOST_HORIZON),
        worlds=tuple(_texts(f"{label}: worlds", given["worlds"])),
        injects=None if injects is None else _text(f"{label}: injects", injects),
        stand_ins=tuple(_known(f"{label}: stand_ins", name, roles) for name in _texts("stand_ins", given["stand_ins"])),
        roles=roles,
    )


def _file(name: str, config_path: Path | None) -> tuple[dict[str, Any], str]:
    """What a file of the group holds, with what it extends below it, and how to name it in a mistake."""
    folders = [folder for folder in (config_path, conf_folder()) if folder is not None]
    files = {path.stem: path for folder in reversed(folders) for path in sorted((folder / GROUP).glob("*.yaml"))}
    if name not in files:
        raise UserMistake(GROUP, name, f"no such table; there are {', '.join(sorted(files))}")
    label = f"{GROUP}/{name}.yaml"
    given = strict_yaml.read(files[name], label)
    if not isinstance(given, dict):
        raise UserMistake(label, None, f"a mapping with {', '.join(_PLAIN)} and roles")
    below = given.pop("extends", None)
    if below is None:
        return given, label
    if below == name or below not in files:
        right = f"another table: {', '.join(sorted(set(files) - {name}))}"
        raise UserMistake(f"{label}: extends", below, right)
    base = strict_yaml.read(files[below], f"{GROUP}/{below}.yaml")
    if not isinstance(base, dict) or "extends" in base:
        raise UserMistake(f"{label}: extends", below, "a table that is whole by itself")
    roles = {**base.get("roles", {}), **(given.get("roles") or {})}
    return {**base, **given, "roles": roles}, label


def _role(key: str, name: str, row: Any) -> Role:
    fields, optional = {"name", "aim", "knows", "orders", "stand_in", "opening"}, {"stand_in", "opening"}
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in (FACILITATOR, "all"):
        raise UserMistake(key, None, "a role's name is small letters, digits and _, and neither facilitator nor all")
    if not isinstance(row, Mapping) or not row.keys() <= fields or not row.keys() >= fields - optional:
        raise UserMistake(key, None, "a role has name, aim, knows, orders, and may have stand_in and opening")
    knows = tuple(_texts(f"{key}.knows", row["knows"]))
    for what in knows:
        if what not in KNOWLEDGE:
            raise UserMistake(f"{key}.knows", what, f"one of {', '.join(KNOWLEDGE)}")
    if not isinstance(row["orders"], Mapping):
        raise UserMistake(f"{key}.orders", None, "a mapping such as {levers.pay_escrow: [0, 1]}")
    orders = {str(target): _bounds(f"{key}.orders.{target}", str(target), b) for target, b in row["orders"].items()}
    listed = row.get("stand_in") or []
    if not isinstance(listed, list):
        raise UserMistake(f"{key}.stand_in", None, "a list of {turn, set, why}")
    steps = tuple(_step(f"{key}.stand_in[{n}]", step, orders) for n, step in enumerate(listed))
    given = row.get("opening")
    opening = None if given is None else _step(f"{key}.opening", {"turn": 1, **given}, orders)
    return Role(name, _text(f"{key}.name", row["name"]), _text(f"{key}.aim", row["aim"]), knows, orders, steps, opening)


def _bounds(key: str, target: str, given: Any) -> tuple[float, float]:
    if target not in TARGETS:
        raise UserMistake(key, None, f"no such level{_near(target, tuple(TARGETS))}")
    limits = TARGETS[target]
    numbers = isinstance(given, list) and len(given) == 2 and all(_is_number(end) for end in given)
    if not numbers or not limits.low <= given[0] < given[1] <= limits.high:
        right = f"[least, most] within {limits.low:g} to {limits.high:g}"
        raise UserMistake(key, given, right)
    return float(given[0]), float(given[1])


def _step(key: str, row: Any, orders: Mapping[str, tuple[float, float]]) -> Step:
    if not isinstance(row, Mapping) or row.keys() != {"turn", "set", "why"} or not isinstance(row["set"], Mapping):
        raise UserMistake(
            key, None, "a step has turn, set and why, such as {turn: 2, set: {levers.reserve: 50}, why: …}"
        )
    for target, value in row["set"].items():
        low, high = orders.get(target, (0.0, -1.0))
        if not _is_number(value) or not low <= value <= high:
            right = (
                f"from {low:g} to {high:g}" if low <= high else f"an order of this role{_near(target, tuple(orders))}"
            )
            raise UserMistake(f"{key}.set.{target}", value, right)
    writes = tuple((str(target), float(value)) for target, value in row["set"].items())
    return Step(_whole(f"{key}.turn", row["turn"], 1, MOST_TURNS), writes, _text(f"{key}.why", row["why"]))


def _typed(key: str, value: str) -> Any:
    """What was typed for a setting, as a file would have it."""
    return strict_yaml.parse(value, key)


def _known(key: str, name: str, roles: Mapping[str, Role]) -> str:
    if name not in roles:
        raise UserMistake(key, name, f"no such role{_near(name, tuple(roles))}")
    return name


def _whole(key: str, value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UserMistake(key, value, f"a whole number from {low} to {high}")
    return value


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UserMistake(key, value, "a text, and not empty")
    return " ".join(value.split())


def _texts(key: str, value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise UserMistake(key, value, "a list of words, such as [haiti]")
    return list(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _near(name: str, known: Sequence[str]) -> str:
    close = get_close_matches(name, known, n=3, cutoff=0.5)
    return f"; near it: {', '.join(close)}" if close else f"; there are {', '.join(known)}"
