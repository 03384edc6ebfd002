"""ZIP archives in one form: what they hold decides every byte, and one that came from anybody is read with care.

Members are stored in the order of their names, uncompressed (libraries of compression differ in their bytes), all with
the same date and permissions. So an archive that is not what packing its members again would give has been changed.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.errors import StoreDamaged, UserMistake, unread

MOST_BYTES = 2_000_000_000
MOST_MEMBERS = 20_000
_LONGEST = 240
"""Letters of a member's name."""
_DATE = (1980, 1, 1, 0, 0, 0)
"""The first that the format can say; a real one would differ from one packing to the next."""
_MODE = stat.S_IFREG | 0o644
_UNIX = 3
_NAME = re.compile(r"[\w][\w.,=+-]*(/[\w][\w.,=+-]*)*", re.ASCII)
_ENCRYPTED = 0x1


@dataclass(frozen=True)
class Archive:
    """What an archive holds.

    Attributes
    ----------
    members
        Content by name.
    faults
        What is wrong with it, one line each; members that cannot be read are not among ``members``.
    """

    members: Mapping[str, bytes]
    faults: tuple[str, ...] = ()


def pack(members: Mapping[str, bytes]) -> bytes:
    """The archive of these members: the same members give the same bytes, on any machine and on any day.

    Raises
    ------
    ValueError
        A name is no plain path of letters, digits and ``.,=+-_``, or two differ in nothing but small and large letters.

    Examples
    --------
    >>> pack({"b.txt": b"2", "a.txt": b"1"}) == pack({"a.txt": b"1", "b.txt": b"2"})
    True
    """
    if odd := [why for name in members if (why := _odd_name(name))]:
        raise ValueError("; ".join(odd))
    if len({name.casefold() for name in members}) < len(members):
        raise ValueError("two members have one name")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            archive.writestr(_entry(name), members[name])
    return packed.getvalue()


def read_archive(path: Path) -> Archive:
    """Read an archive that :func:`pack` is said to have made, into memory; nothing of it is written anywhere.

    Whatever :func:`pack` would not have written is a fault: a name that leads out of a folder, a link, a member that is
    compressed (a little one could unfold to fill the memory), encrypted or there twice, and bytes around the members.

    Raises
    ------
    UserMistake
        There is no such file, it cannot be read, or it is larger than :data:`MOST_BYTES`.
    StoreDamaged
        It is no ZIP archive.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise UserMistake("BUNDLE", path, f"has more than {MOST_BYTES:,} bytes, and is not read")
        content = path.read_bytes()
    except OSError as fault:
        raise UserMistake("BUNDLE", path, unread(fault)) from fault
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _checked(archive, content)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OverflowError, ValueError, struct.error) as fault:
        raise StoreDamaged(f"{path} is no ZIP archive, or torn ({fault})") from fault


def _checked(archive: zipfile.ZipFile, content: bytes) -> Archive:
    entries = archive.infolist()
    if len(entries) > MOST_MEMBERS:
        raise StoreDamaged(f"it has {len(entries):,} members, and no bundle has more than {MOST_MEMBERS:,}")
    if sum(entry.file_size for entry in entries) > len(content):  # stored members lie side by side, each once
        raise StoreDamaged("its members are said to be larger than the archive; it is not unpacked")
    members: dict[str, bytes] = {}
    faults = []
    taken: set[str] = set()
    for entry in entries:
        name = entry.filename
        if why := _odd_entry(entry, taken):
            faults.append(why)
            continue
        taken.add(name.casefold())
        try:
            members[name] = archive.read(entry)
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error):
            faults.append(f"{name} is damaged: its bytes are not those that were packed")
    if not faults and pack(members) != content:
        faults.append("the archive was changed beside its members (order, dates, permissions, or bytes around them)")
    return Archive(members, tuple(faults))


def _odd_entry(entry: zipfile.ZipInfo, taken: set[str]) -> str | None:
    """Why an entry is none that :func:`pack` writes; None where it is."""
    name, mode = entry.filename, entry.external_attr >> 16
    if why := _odd_name(name):
        return why
    if name.casefold() in taken:
        return f"{name} is there twice"
    if mode and not stat.S_ISREG(mode):
        return f"{name} is no plain file"
    if entry.flag_bits & _ENCRYPTED:
        return f"{name} is encrypted"
    if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size:
        return f"{name} is compressed, which no member of a bundle is"
    return None


def _odd_name(name: str) -> str | None:
    if len(name) > _LONGEST or not _NAME.fullmatch(name) or any(set(part) <= {"."} for part in name.split("/")):
        return f"{name[:_LONGEST]!r} is no name of a member"
    return None


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _DATE)
    entry.compress_type = zipfile.ZIP_STORED
    entry.create_system = _UNIX
    entry.external_attr = _MODE << 16
    return entry
