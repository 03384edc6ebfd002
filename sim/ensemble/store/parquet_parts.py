"""Parts: the files that a store's tables are made of.

A part is written once and never changed. Its name carries the first sixteen hex digits of the SHA-256 of
its bytes, so the rename that makes it visible also lists its checksum, two writers of the same content meet
in the same name, and a part that was cut short or altered no longer matches what it is called. Whoever reads one
compares its bytes with its name once a process, and the checksum that each of its pages carries every time.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from sim.errors import StoreDamaged, UserMistake
from sim.files import commit

_SETTLED_SECONDS = 0.1
"""A file that was changed more lately than this may change again and keep the time of its last change."""
_PAGES = ds.ParquetFileFormat(
    default_fragment_scan_options=ds.ParquetFragmentScanOptions(page_checksum_verification=True)
)
_FEW_ROWS = 1000
Seal = tuple[str, int, int, int]
_FITTING: set[tuple[Seal, tuple[str, ...], tuple[str, ...]]] = set()
_SOUND: set[Seal] = set()


def listed(folder: Path) -> list[Path]:
    """Return the parts in ``folder`` by name, without temporary leftovers; a missing folder holds none.

    Raises UserMistake for a folder that cannot be read: what it holds is not known then, and not missing.
    """
    try:
        names = os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as fault:
        raise UserMistake("folder", folder, f"cannot be read: {fault.strerror}") from fault
    return [folder / name for name in sorted(names) if name.startswith("part-") and name.endswith(".parquet")]


def write(folder: Path, table: pa.Table) -> Path:
    """Add ``table`` to ``folder`` as one part and return its path; raises OSError if that fails."""
    sink = pa.BufferOutputStream()
    # A dictionary of numbers pays where there are many rows; for few, it is one more page to be read.
    words = [field.name for field in table.schema if pa.types.is_string(field.type)]
    dictionaries = words if len(table) < _FEW_ROWS else True
    pq.write_table(table, sink, compression="zstd", use_dictionary=dictionaries, write_page_checksum=True)
    data = sink.getvalue()
    target = folder / f"part-{hashlib.sha256(data).hexdigest()[:16]}.parquet"
    folder.mkdir(exist_ok=True)
    # A sound part of this name holds these very bytes, and Windows will not replace a file being read.
    if not (target.exists() and is_sound(target)):
        commit(target, data)
    return target


def settle(folder: Path) -> None:
    """See that the names of a folder's files are on the disk, too, as far as this system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def is_sound(part: Path) -> bool:
    """Tell whether a part's bytes still match its name; raises OSError when it cannot be read."""
    with part.open("rb") as file:
        return part.name == f"part-{hashlib.file_digest(file, 'sha256').hexdigest()[:16]}.parquet"


def read(part: Path, columns: Collection[str] | None = None) -> pa.Table:
    """Read a part, or those of ``columns`` that it holds.

    Raises
    ------
    StoreDamaged
        Naming the part and the way out, when it is not what it should be.
    UserMistake
        When it cannot be read, which says nothing of what it holds.
    FileNotFoundError
        When it is gone: its rows may be in another part by now.
    """
    with _reading([part]), pq.ParquetFile(part, page_checksum_verification=True) as file:
        held = file.schema_arrow.names
        _check_doubled(part, held)
        return file.read([name for name in held if columns is None or name in columns])


def schema(part: Path) -> pa.Schema:
    """The columns of a part; raises what :func:`read` does."""
    with _reading([part]):
        held: pa.Schema = pq.read_schema(part).remove_metadata()
    _check_doubled(part, held.names)
    return held


def dataset(parts: Sequence[Path], columns: pa.Schema) -> ds.Dataset:
    """Parts that can be scanned together under a schema, each compared with its name; raises what :func:`read` does."""
    with _reading(parts):
        return _dataset(parts, columns)


def scan(
    parts: Sequence[Path], columns: pa.Schema, names: Sequence[str], cases: Collection[str] | None = None
) -> pa.Table:
    """The columns ``names`` of parts under one schema, of all cases or some; raises what :func:`read` does."""
    chosen = None if cases is None else ds.field("case").isin(pa.array(list(cases), pa.string()))
    with _reading(parts):
        table: pa.Table = _dataset(parts, columns).to_table(columns=list(names), filter=chosen)
        return table.combine_chunks()  # thousands of them, a part each, would be sorted and taken one by one


def _dataset(parts: Sequence[Path], columns: pa.Schema) -> ds.Dataset:
    return ds.dataset([str(part) for part in parts], schema=columns, format=_PAGES)


@contextmanager
def _reading(parts: Sequence[Path]) -> Iterator[None]:
    """Within it these parts are read, and what goes wrong is told apart: damage, and what keeps one from reading."""
    part = parts[0] if parts else Path()
    try:
        for part in parts:
            _check(part)
        yield
    except (FileNotFoundError, MemoryError):  # among the latter is Arrow's
        raise
    except (OSError, pa.ArrowException) as fault:
        if isinstance(fault, OSError) and fault.errno is not None:
            raise unreadable(part, fault) from fault
        unsound = next((one for one in parts if not is_sound(one)), part)
        raise _damaged(unsound, "it is cut short or altered") from fault


def _check(part: Path) -> None:
    """Compare the bytes of a part with its name, unless this process has done so since the file was changed."""
    seen = seal(part)
    if seen in _SOUND:
        return
    if not is_sound(part):
        raise _damaged(part, "its bytes do not match its name")
    if time.time() - seen[2] / 1e9 > _SETTLED_SECONDS:
        _SOUND.add(seen)


def seal(part: Path) -> Seal:
    """What changes when a file is changed: its name, size, time of the last change, and place on the disk."""
    seen = part.stat()
    return str(part), seen.st_size, seen.st_mtime_ns, seen.st_ino


def unreadable(part: Path, fault: OSError) -> UserMistake:
    """What to say of a part that cannot be read: that nothing is known of it."""
    why = fault.strerror or str(fault)
    return UserMistake("folder", part, f"cannot be read ({why}); whether it is sound is not known")


def fits(part: Path, keys: Iterable[str], kinds: Mapping[str, pa.DataType]) -> bool:
    """Whether the head of a part promises what :func:`check_columns` asks, but for rows without a value.

    A part is looked at once a process: a store may have thousands.
    """
    seen = (seal(part), tuple(keys), tuple(kinds))
    if seen not in _FITTING:
        held = schema(part)
        alike = all(_alike(held.field(name).type, kinds[name]) for name in held.names if name in kinds)
        if not (alike and set(seen[1]) <= set(held.names)):
            return False
        _FITTING.add(seen)
    return True


def check_columns(part: Path, rows: pa.Table, keys: Iterable[str], kinds: Mapping[str, pa.DataType]) -> None:
    """Raise StoreDamaged for a part whose columns are not what its table has, whoever wrote it so.

    Columns of ``keys`` are there, with a value in every row, and each column holds what ``kinds`` says: text, numbers,
    dates or truth values, in whatever width.
    """
    names = rows.column_names
    for name in keys:
        if name not in names:
            raise _odd(part, f"it has no column {name}")
        if rows[name].null_count:
            raise _odd(part, f"its column {name} has rows without a value")
    for name in names:
        held = rows.schema.field(name).type
        if name in kinds and not _alike(held, kinds[name]) and rows[name].null_count < len(rows):
            raise _odd(part, f"its column {name} is {held}, and should be {kinds[name]}")


def _check_doubled(part: Path, names: Sequence[str]) -> None:
    """Raise StoreDamaged for a part with a column twice, which no reader can ask for by name."""
    if len(set(names)) < len(names):
        doubled = next(name for name in names if names.count(name) > 1)
        raise _odd(part, f"the column {doubled} stands in it twice")


def _alike(held: pa.DataType, kind: pa.DataType) -> bool:
    """Whether two types hold the same sort of thing; days may be counted as whole numbers."""
    if pa.types.is_dictionary(held):
        return _alike(held.value_type, kind)
    if pa.types.is_integer(held) and pa.types.is_date(kind):
        return True
    return _sort(held) == _sort(kind)


def _sort(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return "number"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "text"
    return "date" if pa.types.is_date(kind) or pa.types.is_timestamp(kind) else str(kind)


def _odd(part: Path, why: str) -> StoreDamaged:
    """Of a part whose bytes are those that its name says, so that nothing but a person will move it away."""
    return StoreDamaged(f"{part} cannot be used ({why}): move it away and issue the command again")


def _damaged(part: Path, why: str) -> StoreDamaged:
    return StoreDamaged(
        f"{part} cannot be used ({why}): `tabletop verify` moves it away, or "
        "move it away and issue the command again; only its runs are done again"
    )
