"""A conf folder of one's own: files that are data, read strictly, and laid over the packaged ones.

Such a folder may come from somebody else, so nothing in it names what is run: no tags, no keys of Hydra's but the words
of a sweep in an experiment file, no references but to settings, nothing that reaches the environment, another folder or
another machine. Sizes are looked at before anything is read, and a file is read once: what was checked is what is used.
Whatever is refused is named with its file and line.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from sim.errors import UserMistake
from sim.paths import conf_folder
from sim.settings.parameter import REFERENCE

MOST_FILES, MOST_BYTES, MOST_VALUES, DEEPEST = 1000, 1_000_000, 20_000, 20
"""Files of a folder, bytes of a file, values in it with every alias written out, and levels of it."""

NO_GROUPS = ("table",)
"""Folders of conf/ whose files are no settings: who asks for one of them names it."""

_FLAG = "--config-path"
_SWEEPER = re.compile(r"override /?hydra/sweeper")
_START = re.compile(r"(?:optional )?(?:override )?/?([A-Za-z_]\w*)")
_ENTRY = re.compile(r"/?(?:([A-Za-z_]\w*)/)?[\w-]+(?:@([A-Za-z_]\w*))?")
_DECIMAL = re.compile(
    r"[-+]?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][-+]?\d+)?|[-+]?\.\d+(?:[eE][-+]?\d+)?|[-+]?\.(?:inf|nan)", re.I
)
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_RESOURCES = {
    "account", "cores", "job_cpu", "job_mem", "job_name", "memory", "name", "processes", "project", "queue", "walltime",
}  # fmt: skip
"""What a file may say of jobs on a cluster; the rest can name programs, and is typed by whoever wants it."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where a setting stands: the file as it was named, the line, and the value as it was written, if it is one."""

    file: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


@dataclass
class ConfFiles:
    """The folder that Hydra reads, with what stands where in the files of one's own.

    Attributes
    ----------
    folder
        The packaged files, under those of one's own.
    choices
        The files of each group.
    locations
        For each setting that files of one's own give: where, by the group's file (``config`` for the main file).
    own
        The files of one's own as they were named, by the group's file.
    """

    folder: Path
    choices: Mapping[str, tuple[str, ...]]
    locations: Mapping[str, Mapping[str, Location]] = field(default_factory=dict)
    own: Mapping[str, Path] = field(default_factory=dict)

    def file_without(self, key: str, chosen: Mapping[str, Any]) -> Path | None:
        """The file of one's own that stands in place of the packaged one and lacks a setting, if that is why."""
        group = key.partition(".")[0]
        return self.own.get(f"{group}/{chosen.get(group)}")

    def location_of(self, key: str, chosen: Mapping[str, Any]) -> Location | None:
        """Where a setting stands, or else what it is part of; None where no file of one's own gives it.

        Parameters
        ----------
        key
            Dotted name of the setting.
        chosen
            The file that each group came from: one of these is preferred to the others that give the setting.
        """
        used = {"config", *(f"{group}/{choice}" for group, choice in chosen.items())}
        parts = key.split(".")
        for count in (len(parts), *range(len(parts) - 1, 1, -1)):
            by_file = self.locations.get(".".join(parts[:count]), {})
            for file in sorted(by_file, key=lambda file: file not in used):
                location = by_file[file]
                return location if count == len(parts) else Location(location.file, location.line, "")
        return None


@contextmanager
def conf_files(config_path: Path | None) -> Iterator[ConfFiles]:
    """The packaged files, under those of ``config_path``.

    Laid over each other in a temporary folder, because Hydra lets the packaged files win when both are on its search
    path, and wants a primary config in a user's folder that only changes one group.

    Parameters
    ----------
    config_path
        A folder of one's own, or None for the packaged files alone.

    Yields
    ------
    What Hydra reads; the folder is gone when the block ends.

    Raises
    ------
    UserMistake
        For a folder that is none, a file that nothing reads, or one that says what a conf file may not say.
    """
    if config_path is None:
        yield ConfFiles(conf_folder(), _choices(conf_folder()))
        return
    if not str(config_path) or not os.path.isdir(config_path):
        raise UserMistake(_FLAG, config_path, "no such folder; `tabletop init DIR` makes one to start from")
    read = [_read(file, group) for file, group in _listed(config_path)]
    with TemporaryDirectory(prefix="tabletop-conf-") as folder:
        shutil.copytree(conf_folder(), folder, dirs_exist_ok=True)
        for file in read:
            (Path(folder) / file.target).write_bytes(file.text)
        _check_main(Path(folder), read)
        _check_starts(Path(folder), read)
        locations: dict[str, dict[str, Location]] = {}
        for file in read:
            for key, location in file.locations.items():
                locations.setdefault(key, {})[file.target.removesuffix(".yaml")] = location
        own = {file.target.removesuffix(".yaml"): file.file for file in read}
        yield ConfFiles(Path(folder), _choices(Path(folder)), locations, own)


def _choices(folder: Path) -> dict[str, tuple[str, ...]]:
    groups = sorted(entry for entry in folder.iterdir() if entry.is_dir() and entry.name not in NO_GROUPS)
    return {group.name: tuple(sorted(file.stem for file in group.glob("*.yaml"))) for group in groups}


# Which files


def _listed(folder: Path) -> list[tuple[Path, str]]:
    """The files of a folder with their groups, the main file's being empty; one that nothing reads is a mistake."""
    groups = sorted(_choices(conf_folder()))
    listed: list[tuple[Path, str]] = []
    for entry in _entries(folder):
        if entry.name in NO_GROUPS:
            continue
        if entry.is_dir():
            inside = [file for file in _entries(entry) if _is_yaml(file.name)]
            if entry.name in groups:
                listed += [(file, entry.name) for file in inside]
                _no_deeper(entry)
            elif inside or any(
                _is_yaml(file.name) for sub in _entries(entry) if sub.is_dir() for file in _entries(sub)
            ):
                near = get_close_matches(entry.name, groups, n=1, cutoff=0.6)
                right = f"{entry.name} is no group, so nothing reads it; groups are {', '.join(groups)}"
                if near:
                    right = f"{entry.name} is no group, so nothing reads it; near it: {near[0]}"
                elif any(sub.is_dir() and sub.name in groups for sub in _entries(entry)):
                    right = f"{entry.name} is no group; say {_FLAG} {entry}"
                raise UserMistake(_FLAG, entry, right)
        elif _is_yaml(entry.name):
            if entry.name not in ("config.yaml", "config.yml"):
                raise UserMistake(
                    _FLAG, entry, "nothing reads it; a file lies in the folder of its group, scenario/ for one"
                )
            listed.append((entry, ""))
    for file, _ in listed:
        if file.suffix != ".yaml":
            raise UserMistake(_FLAG, file, f"nothing reads it; call it {file.stem}.yaml")
        if not re.fullmatch(r"[\w-]+", file.stem):
            raise UserMistake(_FLAG, file, "a file's name is what is typed: letters, digits, _ and -")
    if len(listed) > MOST_FILES:
        raise UserMistake(_FLAG, folder, f"{len(listed):,} files, and a conf folder has at most {MOST_FILES:,}")
    return listed


def _no_deeper(group: Path) -> None:
    for sub in _entries(group):
        if sub.is_dir() and any(_is_yaml(file.name) for file in _entries(sub)):
            raise UserMistake(_FLAG, sub, f"nothing reads it; files lie in {group} itself")


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, hidden entries left out; not more than a conf folder could hold."""
    paths: list[Path] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    paths.append(folder / entry.name)
                if len(paths) > 10 * MOST_FILES:
                    raise UserMistake(_FLAG, folder, f"more than {len(paths) - 1:,} files; is it a conf folder?")
    except OSError as error:
        raise UserMistake(_FLAG, folder, f"cannot be read: {error.strerror}") from error
    return sorted(paths)


def _is_yaml(name: str) -> bool:
    return name.lower().endswith((".yaml", ".yml"))


# One file


@dataclass
class _ConfFile:
    """A file that was read and checked."""

    file: Path
    group: str
    text: bytes
    locations: dict[str, Location] = field(default_factory=dict)

    @property
    def target(self) -> str:
        return f"{self.group}/{self.file.name}" if self.group else self.file.name


def _mistake(file: Path, line: int | None, right: str) -> UserMistake:
    return UserMistake(_FLAG, file, f"line {line}: {right}" if line is not None else right)


def _read(file: Path, group: str) -> _ConfFile:
    try:
        kind = os.stat(file)
        if not stat.S_ISREG(kind.st_mode):
            raise _mistake(file, None, "is no file")
        if kind.st_size > MOST_BYTES:
            raise _mistake(file, None, f"{kind.st_size:,} bytes, and a conf file has at most {MOST_BYTES:,}")
        with file.open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise _mistake(file, None, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _mistake(file, line, "is not UTF-8 text") from error
    # Hydra reads the text as Python does, which takes no mark of its byte order.
    conf_file = _ConfFile(file, group, text.encode())
    root = _root(file, text)
    package = _package(file, text, group)
    if root is None:
        return conf_file
    if not isinstance(root, yaml.MappingNode):
        raise _mistake(file, root.start_mark.line + 1, "a conf file is a mapping, of settings and their values")
    _check_node(file, root, {})
    for key, value in root.value:
        if key.value == "defaults":
            _check_defaults(file, value, group)
        elif key.value == "hydra" and not package:
            _check_hydra(conf_file, key, value)
        elif key.value.split(".")[0] == "hydra" and not package:
            raise _mistake(file, key.start_mark.line + 1, f"{key.value}: Hydra's own settings have no use here")
        else:
            _note_locations(conf_file, package + key.value, value)
    _check_names(conf_file, root, package)
    _check_cluster(conf_file)
    return conf_file


def _root(file: Path, text: str) -> yaml.Node | None:
    """The file's one document; its depth and the number of its values are known before it is built."""
    try:
        depth = values = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            values += isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent | yaml.AliasEvent)
            if depth > DEEPEST or values > MOST_VALUES:
                raise _mistake(file, None, _too_much(depth))
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise _mistake(file, line, str(error.problem)) from error
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        strange = chr(error.character) if isinstance(error.character, int) else error.character
        raise _mistake(file, line, f"holds the character {strange!r}, which nobody sees") from error
    except ValueError as error:  # a tag that is cut off, for one
        raise _mistake(file, None, f"is no YAML: {error}") from error


def _too_much(depth: int) -> str:
    if depth > DEEPEST:
        return f"more than {DEEPEST} levels inside each other"
    return f"more than {MOST_VALUES:,} values, aliases written out"


def _check_node(file: Path, node: yaml.Node, sizes: dict[int, int], above: tuple[int, ...] = ()) -> int:
    """Check a node and what is in it; the number of its values with aliases written out."""
    line = node.start_mark.line + 1
    if id(node) in above or len(above) > DEEPEST:
        raise _mistake(file, line, "an alias that holds itself" if id(node) in above else _too_much(len(above)))
    if id(node) in sizes:
        return sizes[id(node)]
    if not node.tag.startswith("tag:yaml.org,2002:") or node.tag.rpartition(":")[2] not in _TAGS:
        raise _mistake(file, line, f"the tag {node.tag} has no use here: a conf file is data")
    inside, size = (*above, id(node)), 1
    if isinstance(node, yaml.ScalarNode):
        _check_scalar(file, line, node)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            where = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise _mistake(file, where, "a name is a word, not a list or a mapping")
            if key.tag.endswith(":merge"):
                raise _mistake(file, where, "<< has no use here; a file starts from others by its defaults")
            if "." in key.value and not _of_sweep(above):
                right = f"{_short(key.value)}: a name holds no point; write levels inside each other"
                raise _mistake(file, where, right)
            if key.value in seen:
                raise _mistake(file, where, f"{key.value} is given twice")
            seen.add(key.value)
            size += _check_node(file, key, sizes, inside) + _check_node(file, value, sizes, inside)
            _check_size(file, line, size)
    else:
        for value in node.value:
            size += _check_node(file, value, sizes, inside)
            _check_size(file, line, size)
    sizes[id(node)] = size
    return size


def _of_sweep(above: tuple[int, ...]) -> bool:
    """Whether a mapping lies where an experiment file has ``hydra.sweeper.params``, whose names are whole."""
    return len(above) == 3


_TAGS = {"str", "int", "float", "bool", "null", "timestamp", "map", "seq"}


def _check_size(file: Path, line: int, size: int) -> None:
    if size > MOST_VALUES:
        raise _mistake(file, line, _too_much(0))


def _check_scalar(file: Path, line: int, node: yaml.ScalarNode) -> None:
    text = node.value
    if strange := next((c for c in text if not c.isprintable() and c not in "\n\t\r"), None):
        raise _mistake(file, line, f"holds the character {strange!r}, which nobody sees")
    if "${" in text and not REFERENCE.fullmatch(text):
        right = "only a reference to one setting is followed, as a whole value, such as ${officers.pool}"
        raise _mistake(file, line, f"{_short(text)}: {right}")
    if node.tag in _NUMBERS and node.style is None and not _DECIMAL.fullmatch(text):
        read = yaml.safe_load(text)
        raise _mistake(
            file, line, f"YAML reads {_short(text)} as {read}; write a decimal number, or quote what is text"
        )


def _package(file: Path, text: str, group: str) -> str:
    """Where the file's settings belong, as a prefix: its group, or nothing for ``# @package _global_``."""
    package = f"{group}." if group else ""
    for number, line in enumerate(text[:512].splitlines(), 1):  # as far as Hydra looks
        if not line.strip():
            continue
        if not re.match(r"\s*#\s*@", line):
            break
        words = line.strip().lstrip("#").split()
        if words == ["@package", "_global_"]:
            package = ""
        elif words != ["@package", "_group_"]:
            raise _mistake(file, number, f"{' '.join(words)}: a file belongs to its group, or to @package _global_")
    return package


def _check_defaults(file: Path, node: yaml.Node, group: str) -> None:
    """Entries name files of groups, the one of Hydra's that the packaged main file has, and nothing else."""
    groups = _choices(conf_folder())
    entries = node.value if isinstance(node, yaml.SequenceNode) else [node]
    for entry in entries:
        line = entry.start_mark.line + 1
        if isinstance(entry, yaml.ScalarNode):
            match = _ENTRY.fullmatch(entry.value)
            if entry.value == "_self_" or (match and (match[1] or group) in groups and match[2] in (None, *groups)):
                continue
            raise _mistake(file, line, f"defaults: {_short(entry.value)} names no file of a group")
        if not isinstance(entry, yaml.MappingNode) or len(entry.value) != 1:
            raise _mistake(file, line, "defaults: an entry is a file's name, or one group with a file's name")
        (key, value), *_ = entry.value
        name = _START.fullmatch(key.value)
        sweeper = not group and _SWEEPER.fullmatch(key.value) and value.value == "tabletop"
        if not sweeper and (name is None or name[1] not in groups):
            what = "Hydra's own settings have no use here" if "hydra" in key.value else "no such group"
            raise _mistake(file, line, f"defaults: {_short(key.value)}: {what}")
        if not isinstance(value, yaml.ScalarNode) or not (
            value.value == "null" or re.fullmatch(r"[\w-]+", value.value)
        ):
            raise _mistake(file, line, f"defaults: {_short(key.value)} takes the name of one file")


def _check_main(folder: Path, read: list[_ConfFile]) -> None:
    """A main file stands in place of the packaged one, so it picks a file of each group that every world needs."""
    groups = {start.partition("/")[0] for start in _starts(folder, "config")}
    packaged = (start.partition("/")[0] for start in _starts(conf_folder(), "config"))
    if without := [group for group in packaged if group not in groups]:
        main = next(file.file for file in read if not file.group)
        right = f"its defaults pick no file of {', '.join(without)}; it stands in place of the packaged config.yaml, "
        raise _mistake(main, None, right + "which `tabletop init DIR` copies: change that, or leave it out")


def _check_starts(folder: Path, read: list[_ConfFile]) -> None:
    """Files that start from one another come to an end, and soon: Hydra would read each as often as it is named."""
    sizes: dict[str, int] = {}

    def size(name: str, above: tuple[str, ...]) -> int:
        """How many files Hydra reads for one, itself among them."""
        if name in above:
            raise UserMistake(_FLAG, owner.file, f"defaults: starts from itself, by {' > '.join([*above, name])}")
        if name not in sizes:
            sizes[name] = 1 + sum(size(other, (*above, name)) for other in _starts(folder, name))
            if sizes[name] > MOST_FILES:
                raise UserMistake(_FLAG, owner.file, f"defaults: has more than {MOST_FILES:,} files to start from")
        return sizes[name]

    for owner in read:
        size(owner.target.removesuffix(".yaml"), ())


def _starts(folder: Path, name: str) -> list[str]:
    """The files that a file's defaults name."""
    try:
        tree = yaml.load((folder / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (OSError, yaml.YAMLError):
        return []  # Hydra says so
    group, files = name.rpartition("/")[0], []
    for entry in (tree.get("defaults") or []) if isinstance(tree, dict) else []:
        if isinstance(entry, str) and entry != "_self_":
            path = entry.partition("@")[0]
            files.append(path.lstrip("/") if "/" in path or not group else f"{group}/{path}")
        elif isinstance(entry, dict):
            for key, choice in entry.items():
                if choice != "null" and "override" not in key:
                    files.append(f"{key.removeprefix('optional ').partition('@')[0].lstrip('/')}/{choice}")
    return files


def _check_hydra(conf_file: _ConfFile, key: yaml.Node, node: yaml.Node) -> None:
    """The words of a sweep are all that is read of a ``hydra`` key, in an experiment file or the main one."""
    file, group, path = conf_file.file, conf_file.group, "hydra"
    for name in ("sweeper", "params"):
        inside = node.value if isinstance(node, yaml.MappingNode) else [(key, node)]
        for other, _ in inside:
            if other.value != name or group not in ("", "experiment"):
                shown = f"{path}.{other.value}" if other is not key else path
                right = "of Hydra's settings only sweeper.params of an experiment file has a use here"
                raise _mistake(file, other.start_mark.line + 1, f"{shown}: {right}")
        if not inside:
            return
        (key, node), path = inside[0], f"{path}.{name}"
    if not isinstance(node, yaml.MappingNode):
        raise _mistake(file, node.start_mark.line + 1, f"{path}: settings and the values that they take")
    for name, value in node.value:
        line, values = name.start_mark.line + 1, value.value if isinstance(value, yaml.SequenceNode) else [value]
        if not all(isinstance(node, yaml.ScalarNode) for node in values):
            raise _mistake(file, line, f"{name.value}: a value, or a list of values")
        if name.value.split(".")[0] in ("hydra", "executor", "out"):
            raise _mistake(file, line, f"{name.value}: is no part of a sweep; it is typed")
        conf_file.locations[name.value] = Location(file, line, values[0].value if len(values) == 1 else "")


def _note_locations(conf_file: _ConfFile, key: str, node: yaml.Node) -> None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            _note_locations(conf_file, f"{key}.{name.value}", value)
    text = node.value if isinstance(node, yaml.ScalarNode) else ""
    conf_file.locations[key] = Location(conf_file.file, node.start_mark.line + 1, text)


def _check_names(conf_file: _ConfFile, root: yaml.MappingNode, package: str) -> None:
    """A scenario is called as its file is; a name given elsewhere would be another's."""
    file, location = conf_file.file, conf_file.locations.get("scenario.name")
    if location is None:
        return
    if conf_file.group != "scenario":
        raise _mistake(file, location.line, "scenario.name: a scenario's name is that of its file in scenario/")
    if location.text != file.stem:
        right = f"name: {_short(location.text)}: a scenario's name is that of its file, {file.stem}; leave the line out"
        raise _mistake(file, location.line, right)


def _check_cluster(conf_file: _ConfFile) -> None:
    """What a file says about a cluster names no program and no other machine."""
    for key, location in conf_file.locations.items():
        name = key.removeprefix("executor.slurm.").split(".")[0] if key.startswith("executor.slurm.") else None
        if (name is not None and name not in _RESOURCES) or (
            key == "executor.address" and location.text not in ("null", "")
        ):
            right = f"{key}: can run programs, so a file may not say it; type it"
            raise _mistake(conf_file.file, location.line, right)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
