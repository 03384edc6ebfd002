"""The store: a folder of runs that only ever grows.

    manifest.json                format, model version and record: what must match for anything to be added
    <table>/part-*.parquet       the tables, such as cases, runs and days (:mod:`sim.ensemble.store.tables`)
    invocations/*.json           what was asked, by which versions, on which machine
    figures/<label>/             pictures and the tables behind them
    damaged/<table>/             parts that were set aside because their bytes had changed

Nothing is locked: whoever adds, adds parts of its own (:mod:`sim.ensemble.store.parquet_parts`). Every part of a table
has the same columns, so that any reader takes the folder as it lies. Readers put the parts together, so their number
and order make no difference, nor do rows added twice. A part only goes when another one holds its rows
(:meth:`Store.rewrite`), or when somebody has asked for that.

Format 1 had ids of cases without the letter, and columns in a part only where it had values; format 2 knew of no
unknowns and of no futures. Stores of both are read, and nothing is added to them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar
from uuid import uuid4

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.ensemble.cases.naming import said_as_setting
from sim.ensemble.store import parquet_parts as parts
from sim.ensemble.store.columns import common_schema, fitted, join, sorted_once
from sim.ensemble.store.digest import digest
from sim.ensemble.store.manifest import FORMAT, INSTEAD, MANIFEST, lost_manifest, read_manifest
from sim.ensemble.store.notes import NOTES, labels_asked, read_notes
from sim.ensemble.store.own_columns import beside
from sim.ensemble.store.tables import TABLES
from sim.ensemble.store.tables.interface import RUN, Table
from sim.errors import StoreDamaged, UserMistake
from sim.files import commit, folder_name, remove_abandoned
from sim.model import MODEL_VERSION

DAMAGED = "damaged"
CASES, RUNS, DAYS, OWN = "cases", "runs", "days", "own"
"""Names of the tables that commands and readers cannot do without."""

FUTURES_SINCE = 3
"""Format whose runs say which future of their past they are."""
Found = TypeVar("Found")
_HOLDABLE = 64_000_000
"""Bytes of the parts of a table that is held in memory once it was read; about a million runs."""


@dataclass
class Store:
    """The runs one model version made from one record: :meth:`open` it to add, :meth:`read` it to look.

    Attributes
    ----------
    folder
        Where it is on disk.
    model_version, record
        Version of the model, and hash of the record, that made its runs.
    read_only
        Whether it was opened to be read.
    format
        Of its parts.
    parts_written
        Parts that this object has written, relative to the folder.
    asked_as
        By case, the labels it was asked for under through this object, where another is kept with it.

    Examples
    --------
    >>> import sim
    >>> from sim.ensemble.store.store import Store
    >>> small = {"officers.pool": 40, "clock.start": "2024-02-15", "clock.end": "2024-03-20"}
    >>> made = sim.run(theory="breach", replicates=8, settings=small, out="worlds")
    >>> store = Store.read("worlds")
    >>> store.runs(columns=["exits_by_end"]).columns.tolist()
    ['case', 'root_seed', 'replicate', 'future', 'status', 'exits_by_end']
    >>> (len(store.cases()), len(store.runs()), len(store.days()))
    (1, 8, 280)
    >>> store.digest() == made.store.digest()
    True
    """

    folder: Path
    model_version: int
    record: str
    read_only: bool = False
    format: int = FORMAT
    parts_written: list[str] = field(default_factory=list)
    asked_as: dict[str, list[str]] = field(default_factory=dict)
    _held: dict[str, tuple[list[parts.Seal], pa.Table]] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def open(cls, folder: str | os.PathLike[str], *, model_version: int, record: str, create: bool = True) -> Self:
        """Open a store this model version and record may add to; ``create`` fills a missing or empty folder.

        With ``create``, what killed commands left half written is removed. Raises UserMistake if the folder is missing
        (and not to be created) or cannot be written, StoreDamaged if it is something else or belongs to another format,
        model version or record.
        """
        store = cls(Path(folder), model_version, record)
        if create and _vacant(store.folder):
            store._create()
        existing = cls.read(folder)
        if existing.format != FORMAT:
            raise StoreDamaged(
                f"{folder} is a store of format {existing.format}, which is read here and not added to: {INSTEAD}"
            )
        if (existing.model_version, existing.record) != (model_version, record):
            raise StoreDamaged(
                f"{folder} belongs to model version {existing.model_version} and record {existing.record}, "
                f"not to model version {model_version} and record {record}: {INSTEAD}"
            )
        if create:
            remove_abandoned(store.folder)
        return store

    @classmethod
    def read(cls, folder: str | os.PathLike[str]) -> Self:
        """Open a store for reading, whichever model version and record made it; runs cannot be added.

        Parameters
        ----------
        folder
            A folder that holds a ``manifest.json``.

        Raises
        ------
        UserMistake
            There is no such folder.
        StoreDamaged
            It is no store of this format.
        """
        folder = Path(folder)
        if not os.path.exists(folder):
            raise UserMistake("folder", folder, f"does not exist; name a store{said_as_setting(folder)}")
        return cls(folder, **read_manifest(folder), read_only=True)

    def add(self, table: str, data: pa.Table | pd.DataFrame) -> Path | None:
        """Add rows to a table as one new part and return its path, or None when there are no rows.

        The part is on the disk, whole, when this returns. Raises UserMistake if it cannot be written (what
        was finished is kept), ValueError if the table is unknown, a key column is missing or the store was
        opened with :meth:`read`, and pyarrow.ArrowException for values that make no column.
        """
        return self._add(table, data, _table(table).schema())

    def _add(self, table: str, data: pa.Table | pd.DataFrame, schema: pa.Schema) -> Path | None:
        if self.read_only:
            raise ValueError("a store opened with Store.read cannot be added to; use Store.open")
        rows = data if isinstance(data, pa.Table) else pa.Table.from_pandas(data, preserve_index=False)
        if missing := set(_table(table).required) - set(rows.column_names):
            raise ValueError(f"rows of {table} need the columns {sorted(missing)}")
        if not len(rows):
            return None
        return self._write(table, fitted(rows, schema))

    def _write(self, table: str, rows: pa.Table) -> Path:
        with self._writing(table):
            part = parts.write(self._folder(table), rows)
        self.parts_written.append(part.relative_to(self.folder).as_posix())
        return part

    def add_cases(self, frame: pd.DataFrame) -> Path | None:
        """Add those cases, one a row, that the store does not know; otherwise as :meth:`add`.

        Where theories have settings by now that its parts have no columns for, these are written again with them.
        """
        rows = self._rows(CASES, columns=("label",))
        known = dict(zip(rows["case"].to_pylist(), rows["label"].to_pylist(), strict=True))
        new = frame[~frame["case"].isin(list(known))].drop_duplicates("case")
        known |= dict(zip(new["case"], new["label"], strict=True))
        for case, label in zip(frame["case"], frame["label"], strict=True):
            if label != known[case] and label not in (others := self.asked_as.setdefault(case, [])):
                others.append(label)
        held = {part: parts.schema(part) for part in parts.listed(self.folder / CASES)}
        schema = common_schema([_table(CASES).schema(), *held.values()])
        part = self._add(CASES, new, schema)
        if narrow := [part for part, columns in held.items() if part and columns.names != schema.names]:
            self.rewrite(CASES, narrow, schema)
        return part

    def rewrite(
        self,
        table: str,
        old: Sequence[Path],
        schema: pa.Schema,
        keep: pc.Expression | None = None,
        sort: bool = False,
    ) -> None:
        """Put one part with the rows of ``old`` in their place, or with those of their rows that ``keep`` is true of.

        Rows keep their order, or are sorted by the table's keys.
        The old parts go when the new one is on the disk and reads as they do. Whoever reads meanwhile finds the rows
        twice, which counts once, or looks again. Raises what :meth:`add` does, and StoreDamaged.
        """
        rows = fitted(join([parts.read(part) for part in old]), schema)
        rows = rows if keep is None else rows.filter(keep)
        if sort:
            known = [key for key in _table(table).keys if key in schema.names]  # before format 3 no run had a future
            rows = rows.sort_by([(key, "ascending") for key in known])
        with self._writing(table):
            folder, new = self._folder(table), None
            if len(rows):
                new = parts.write(folder, rows)
                again = parts.read(new)
                if not (again.equals(rows) or again.to_pandas().equals(rows.to_pandas())):  # a NaN equals none in Arrow
                    raise StoreDamaged(f"{new} does not come back as it was written; the parts it is made of stay")
                parts.settle(folder)
            for part in old:
                if part != new:
                    part.unlink(missing_ok=True)

    def finished(self, table: str = RUNS) -> set[tuple[str, int, int, int]]:
        """Return (case, root_seed, replicate, future) of every good run, or of those that ``table`` has its rows of.

        Raises StoreDamaged if a part is damaged.
        """
        rows = self.finished_runs(table)
        return set(zip(*(rows[key].tolist() for key in RUN), strict=True))

    def finished_runs(self, table: str = RUNS) -> pd.DataFrame:
        """Return what :meth:`finished` does as a frame of these four, each run once, unsorted."""
        return self._settled(lambda: self._finished_runs(_table(table))).to_pandas()

    def _finished_runs(self, about: Table) -> pa.Table:
        if about.first is not None:
            rows = self._rows(about.name, columns=())
            return _runs_in(about, rows).group_by(list(RUN)).aggregate([])
        # Part by part, because a run may have hundreds of rows and only one of them is needed.
        by_part = [_runs_in(about, rows) for rows in self._each_part(about, columns=())]
        if about.needs is None:
            return pa.concat_tables([_NO_RUNS, *by_part]).group_by(list(RUN)).aggregate([])
        column, values = about.needs[0], set(about.needs[1]())
        rows = pa.concat_tables([_NO_RUNS.append_column(column, pa.array([], pa.string())), *by_part])
        each = rows.filter(pc.is_in(rows[column], pa.array(values, pa.string()))).group_by([*RUN, column]).aggregate([])
        counts = each.group_by(list(RUN)).aggregate([(column, "count")])
        return counts.filter(pc.equal(counts[f"{column}_count"], len(values))).select(RUN)

    def remove(self, files: Sequence[Path]) -> None:
        """Remove parts for good, as their owner asked for; raises UserMistake if that cannot be."""
        for part in files:
            self._folder(part.parent.name)
            with self._writing(part.parent.name):
                part.unlink(missing_ok=True)

    def runs(self, cases: Collection[str] | None = None, columns: Collection[str] | None = None) -> pd.DataFrame:
        """Return one row per run, sorted by case, root seed, replicate and future; a good row outranks a failed one.

        Parameters
        ----------
        cases
            Ids of cases; all of them if None.
        columns
            Outcomes to read; all of them if None.

        Returns
        -------
        Columns ``case``, ``root_seed``, ``replicate``, ``future``, ``status`` (ok or failed), and ``message``, the
        ``world`` and the outcomes, or of them what ``columns`` names; outcomes that someone added last, as far as they
        are held. Dates are datetime64.

        Raises
        ------
        StoreDamaged
            A part is damaged.
        """
        runs = self.table(RUNS, cases, columns)
        if not parts.listed(self.folder / OWN):
            return runs
        added = self.table(OWN, cases)
        return beside(runs, added if columns is None else added[added["outcome"].isin(columns)])

    def cases(self) -> pd.DataFrame:
        """Return one row per case, sorted by case, its settings as they were added; null where it has none.

        Settings that none of the cases has, as those of other theories, have no column. Raises StoreDamaged if a part
        is damaged.
        """
        rows = self._unique(CASES)
        held = [name for name in rows.column_names if name == "case" or rows[name].null_count < len(rows)]
        return rows.select(held).to_pandas(integer_object_nulls=True, date_as_object=True)

    def days(self, cases: Collection[str] | None = None, columns: Collection[str] | None = None) -> pd.DataFrame:
        """Return one row per run and day, sorted, with all series or those of ``columns`` that are held.

        Raises StoreDamaged if a part is damaged.
        """
        return self.table(DAYS, cases, columns)

    def table(
        self, name: str, cases: Collection[str] | None = None, columns: Collection[str] | None = None
    ) -> pd.DataFrame:
        """Return the rows of any table, such as ``officers``, each once and sorted by the table's keys.

        ``columns`` besides the keys, or all. Dates are datetime64. Raises StoreDamaged if a part is damaged, ValueError
        if there is no such table.
        """
        return self._unique(name, cases, columns).to_pandas(date_as_object=False)

    def check_cases(self, runs: pd.DataFrame, cases: pd.DataFrame) -> None:
        """Raise StoreDamaged where ``runs`` are of a case that is not among ``cases``, so that it is not known."""
        if lost := int((~runs["case"].isin(cases["case"])).sum()):
            raise StoreDamaged(
                f"{self.folder}: the case of {lost:,} of {len(runs):,} runs is gone, so nobody knows what they are of; "
                "issue the commands that made them again, and only the cases are written"
            )

    def digest(self) -> str:
        """Return the SHA-256 of all good runs: the same if and only if nothing was lost and nothing changed.

        It rests on the values alone, not on parts, order, failed or repeated rows, nor on the types that hold
        them. Raises StoreDamaged if a part is damaged.
        """
        runs = self._unique(RUNS)
        return digest(runs.filter(_first(TABLES[RUNS], runs)))

    def damaged(self) -> list[Path]:
        """Return the parts, of every table, whose bytes do not match their name.

        Raises UserMistake for one that cannot be read, which says nothing of what it holds.
        """
        return [part for table in TABLES for part in parts.listed(self.folder / table) if not _is_sound(part)]

    def set_aside(self, part: Path) -> Path:
        """Move a damaged part out of its table, to the folder ``damaged``, and return where it is now.

        Nothing is deleted; the runs that only it held count as missing from now on. Raises UserMistake if it
        cannot be moved.
        """
        self._folder(part.parent.name)
        folder = self._folder(DAMAGED, part.parent.name)
        target = folder / part.name
        with self._writing(DAMAGED):
            folder.mkdir(parents=True, exist_ok=True)
            if target.exists():  # the same part was damaged before, and done again
                target = folder / f"{part.stem}-{uuid4().hex[:8]}{part.suffix}"
            os.replace(part, target)
        return target

    def invocations(self) -> list[dict[str, Any]]:
        """Return what the commands noted that added here, oldest first; :meth:`read_notes` names what is none of it."""
        return self.read_notes()[0]

    def called(self) -> dict[str, list[str]]:
        """Return by case the labels that it was asked for under, where they are not the one it is kept with."""
        return labels_asked(self.invocations())

    def read_notes(self) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """Return the invocations, and the files that no command wrote like that, with what is odd about each."""
        return read_notes(self.folder / NOTES)

    def note_invocation(self, record: Mapping[str, Any], instead_of: Path | None = None) -> Path:
        """Keep a record of one command, with the parts this object wrote unless it names them, as a file.

        A command notes what it wants before it begins, since it may be killed, and what came of it ``instead_of`` that.
        Raises UserMistake if it cannot be written.
        """
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        target = instead_of or self._folder(NOTES) / f"{moment}-{uuid4().hex[:8]}.json"
        belongs = {"format": self.format, "model_version": self.model_version, "record": self.record}
        asked_as = {"asked_as": self.asked_as} if self.asked_as else {}
        with self._writing(NOTES):
            target.parent.mkdir(exist_ok=True)
            commit(target, _json({"parts_written": self.parts_written, **belongs, **asked_as, **record}))
        return target

    def figures(self, label: str) -> Path:
        """Return the folder for the figures called ``label``, making it; raises UserMistake if that fails."""
        folder = self._folder("figures", folder_name(label))
        with self._writing("figures"):
            folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _create(self) -> None:
        manifest = {"format": FORMAT, "model_version": self.model_version, "record": self.record}
        with self._writing(MANIFEST):
            self.folder.mkdir(parents=True, exist_ok=True)
            commit(self.folder / MANIFEST, _json(manifest))

    def _folder(self, *names: str) -> Path:
        """A folder of the store that is about to be written to; a link would lead out of it."""
        folder = self.folder
        for name in names:
            folder = folder / name
            if folder.is_symlink():
                raise StoreDamaged(f"{folder} is a link, and nothing of a store is written to another place: remove it")
        return folder

    @contextmanager
    def _writing(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as fault:
            why = f"cannot write {what}: {fault.strerror or fault}; what was finished is kept"
            raise UserMistake("out", self.folder, why) from fault

    def _settled(self, read: Callable[[], Found]) -> Found:
        """What ``read`` finds, looking again where a part went away meanwhile because others hold its rows."""
        for _ in range(5):
            try:
                return read()
            except FileNotFoundError:
                continue
        raise StoreDamaged(f"{self.folder}: parts vanish while they are read; is something removing them?")

    def _rows(
        self, table: str, cases: Collection[str] | None = None, columns: Collection[str] | None = None
    ) -> pa.Table:
        """The rows of a table's parts as they are, with ``columns`` besides the required ones, or all if None."""
        about = _table(table)
        return self._settled(lambda: self._scanned(about, cases, columns))

    def _scanned(self, about: Table, cases: Collection[str] | None, columns: Collection[str] | None) -> pa.Table:
        files = parts.listed(self.folder / about.name)
        if self.format < FORMAT or not files:
            return self._joined(about, cases, columns)
        kinds = self._kinds(about)
        if not all(parts.fits(part, about.required, kinds) for part in files):
            return self._joined(about, cases, columns)  # which names the part, if it is not empty there
        schema = self.schema_of(about.name)
        rows = parts.scan(files, schema, _chosen(about, schema, columns), cases)
        return self._joined(about, cases, columns) if any(rows[name].null_count for name in about.required) else rows

    def _joined(self, about: Table, cases: Collection[str] | None, columns: Collection[str] | None) -> pa.Table:
        """The same of parts whose columns differ, or of none."""
        held = list(self._each_part(about, columns))
        if cases is not None:
            chosen = pa.array(list(cases), pa.string())
            held = [rows.filter(pc.is_in(rows["case"], chosen)) for rows in held]
        if not held:
            empty: pa.Table = about.schema().empty_table()
            return empty.select(_chosen(about, empty.schema, columns))
        return join([pa.table({name: pa.nulls(0) for name in about.required}), *held])

    def schema_of(self, table: str) -> pa.Schema:
        """The columns of a table here: declared ones, and others that parts hold which may have more or were theirs."""
        declared, files = _table(table).schema(), parts.listed(self.folder / table)
        if table != CASES and (self.format, self.model_version) == (FORMAT, MODEL_VERSION):
            return declared
        held = [parts.schema(part) for part in files]
        if (self.format, self.model_version) == (FORMAT, MODEL_VERSION):
            held.insert(0, declared)
        return common_schema(held or [declared])

    @property
    def run_keys(self) -> tuple[str, ...]:
        """The columns of parts that name a run; before format 3 no run had a future."""
        return RUN if self.format >= FUTURES_SINCE else tuple(key for key in RUN if key != "future")

    def _each_part(self, about: Table, columns: Collection[str] | None) -> Iterator[pa.Table]:
        wanted = None if columns is None else {*about.required, *columns}
        for part in parts.listed(self.folder / about.name):
            rows = parts.read(part, wanted)
            if self.format < FUTURES_SINCE and "future" in about.required and "future" not in rows.column_names:
                rows = rows.append_column("future", pa.array(np.zeros(len(rows), dtype=np.int32)))
            parts.check_columns(part, rows, about.required, self._kinds(about))
            yield rows

    def _kinds(self, about: Table) -> dict[str, pa.DataType]:
        """What the columns of a table hold; another version may have had other ones, and named runs alike."""
        same = self.model_version == MODEL_VERSION
        return {column.name: column.type for column in about.columns() if same or column.name in RUN}

    def _unique(
        self, table: str, cases: Collection[str] | None = None, columns: Collection[str] | None = None
    ) -> pa.Table:
        """Read each row of a table once; what outranks others of its keys comes first."""
        about = _table(table)
        if (whole := self._whole(about, held_only=columns is not None)) is not None:
            rows = whole.select(_chosen(about, whole.schema, columns))
            return rows if cases is None else rows.filter(pc.is_in(rows["case"], pa.array(list(cases), pa.string())))
        return _once(about, self._rows(table, cases, columns))

    def _whole(self, about: Table, held_only: bool) -> pa.Table | None:
        """All of a small table, held as long as its parts are the same; every question after the first is free then.

        None where it is not small, or is not held and that is all that is wanted.
        """
        files = parts.listed(self.folder / about.name)
        try:
            seals = [parts.seal(part) for part in files]
        except FileNotFoundError:  # while others join parts; who reads looks again
            return None
        known = self._held.get(about.name)
        if known is not None and known[0] == seals:
            return known[1]
        if held_only or about.name not in (CASES, RUNS) or sum(size for _, size, _, _ in seals) > _HOLDABLE:
            return None
        rows = _once(about, self._rows(about.name))
        self._held[about.name] = (seals, rows)
        return rows


def _once(about: Table, rows: pa.Table) -> pa.Table:
    if about.first is not None:
        good = _first(about, rows)
        rows = pa.concat_tables([rows.filter(good), rows.filter(pc.invert(good))])
    return sorted_once(rows, about.keys)


def _chosen(table: Table, schema: pa.Schema, columns: Collection[str] | None) -> list[str]:
    """Names of the columns to read, those first that every question needs."""
    others = schema.names if columns is None else [name for name in schema.names if name in columns]
    return list(dict.fromkeys([*table.required, *others]))


def _table(name: str) -> Table:
    if name not in TABLES:
        raise ValueError(f"a store has no table {name!r}; it has {', '.join(TABLES)}")
    return TABLES[name]


_RUN_TYPES = {"case": pa.string(), "root_seed": pa.int64(), "replicate": pa.int64(), "future": pa.int64()}
_NO_RUNS = pa.table({name: pa.array([], kind) for name, kind in _RUN_TYPES.items()})


def _runs_in(table: Table, rows: pa.Table) -> pa.Table:
    """Each run of a part once, with the keys in one type for all parts."""
    keys = [*RUN, *([table.needs[0]] if table.needs else [])]
    kept = rows.group_by(keys).aggregate([]) if table.first is None else rows.filter(_first(table, rows))
    return pa.table({name: kept[name].cast(_RUN_TYPES.get(name, pa.string())) for name in keys})


def _first(table: Table, rows: pa.Table) -> pa.ChunkedArray:
    """Which rows outrank others of the same keys."""
    assert table.first is not None
    column, value = table.first
    return pc.equal(rows[column].cast(pa.string()), value)


def _vacant(folder: Path) -> bool:
    """Tell whether a store may be made here, be it among hidden files (a desktop's, a broken-off write)."""
    if not os.path.exists(folder):  # Path.exists would raise for a name that no file system takes
        return True
    try:
        return all(entry.is_file() and entry.name.startswith(".") for entry in folder.iterdir())
    except OSError:
        return False


def restore_manifest(folder: Path) -> bool:
    """Write a manifest again that is gone, as the commands of the store tell it; whether that was to be done.

    Raises UserMistake when it cannot be written.
    """
    try:
        read_manifest(folder)
    except StoreDamaged:
        if told := lost_manifest(folder):
            store = Store(folder, told["model_version"], told["record"])
            with store._writing(MANIFEST):
                commit(folder / MANIFEST, _json(told))
            return True
    return False


def _is_sound(part: Path) -> bool:
    try:
        return parts.is_sound(part)
    except FileNotFoundError:  # another part holds its rows by now
        return True
    except OSError as fault:
        raise parts.unreadable(part, fault) from fault


def _json(content: Mapping[str, Any]) -> bytes:
    def plain(value: Any) -> Any:
        return value.item() if isinstance(value, np.generic) else str(value)

    return (json.dumps(content, indent=2, ensure_ascii=False, default=plain) + "\n").encode()
