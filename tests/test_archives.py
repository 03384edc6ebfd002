"""Archives: the same members are the same bytes, and one that is not what was packed is told, member by member."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import sys
import zipfile
from pathlib import Path

import pytest

from sim import archives
from sim.archives import pack, read_archive
from sim.errors import StoreDamaged, UserMistake
from tests import processes

MEMBERS = {"b/two.csv": b"case,x\nc1,2\n", "a.txt": b"one", "b/empty.txt": b""}
GOLDEN = "0a323e3b13ab1af9194c5f8a676bbacc0c2ed2d82464a805a3a71ffb67218f25"


def archive(folder: Path, content: bytes) -> Path:
    path = folder / "bundle.zip"
    path.write_bytes(content)
    return path


def zipped(members: dict[str, bytes], change=lambda entry: None, method: int = zipfile.ZIP_STORED) -> bytes:
    """An archive as anybody may write one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = method, 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            change(entry)
            target.writestr(entry, content)
    return packed.getvalue()


def test_the_same_members_are_the_same_bytes_on_any_machine_and_under_any_python():
    assert hashlib.sha256(pack(MEMBERS)).hexdigest() == GOLDEN
    assert pack(dict(reversed(MEMBERS.items()))) == pack(MEMBERS)


def test_neither_clock_nor_time_zone_nor_umask_is_in_them(tmp_path):
    code = f"import os, sys; os.umask(63); from sim.archives import pack; sys.stdout.buffer.write(pack({MEMBERS}))"
    surroundings = {**os.environ, "TZ": "Asia/Kathmandu", "SOURCE_DATE_EPOCH": "1"}
    root = Path(archives.__file__).resolve().parents[1]
    surroundings["PYTHONPATH"] = str(root)
    done = processes.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=tmp_path, env=surroundings)
    assert done.stdout == pack(MEMBERS)


def test_what_is_packed_comes_back(tmp_path):
    found = read_archive(archive(tmp_path, pack(MEMBERS)))
    assert (found.members, found.faults) == (MEMBERS, ())


@pytest.mark.parametrize(
    "name", ["../up.txt", "/root.txt", "a/../b", "C:/x", "a\\b", "a//b", ".hidden", "x\n", "ü.txt"]
)
def test_a_name_that_could_lead_out_is_neither_packed_nor_read(tmp_path, name):
    with pytest.raises(ValueError, match="is no name of a member"):
        pack({name: b""})
    found = read_archive(archive(tmp_path, zipped({name: b"x"})))
    assert not found.members
    assert "is no name of a member" in found.faults[0]
    assert {path.name for path in tmp_path.rglob("*")} == {"bundle.zip"}


def test_names_that_some_file_systems_take_for_one_are_refused(tmp_path):
    with pytest.raises(ValueError, match="one name"):
        pack({"a.txt": b"1", "A.txt": b"2"})
    assert "A.txt is there twice" in read_archive(archive(tmp_path, zipped({"a.txt": b"1", "A.txt": b"2"}))).faults


def test_what_is_compressed_is_not_unfolded(tmp_path):
    """A member of a thousand noughts stands for those that would fill the memory."""
    small = zipped({"a.txt": bytes(20)}, method=zipfile.ZIP_DEFLATED)
    assert read_archive(archive(tmp_path, small)).faults == ("a.txt is compressed, which no member of a bundle is",)
    with pytest.raises(StoreDamaged, match="larger than the archive"):
        read_archive(archive(tmp_path, zipped({"a.txt": bytes(1000)}, method=zipfile.ZIP_DEFLATED)))


def test_a_link_and_an_encrypted_member_are_told(tmp_path):
    def link(entry):
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert read_archive(archive(tmp_path, zipped({"a": b"b"}, link))).faults == ("a is no plain file",)
    packed = bytearray(pack({"a": b"b"}))
    packed[packed.index(b"PK\x01\x02") + 8] |= 1
    assert read_archive(archive(tmp_path, bytes(packed))).faults == ("a is encrypted",)


def test_a_flipped_bit_is_told_of_its_member(tmp_path):
    packed = bytearray(pack(MEMBERS))
    packed[packed.index(b"c1,2")] ^= 4
    found = read_archive(archive(tmp_path, bytes(packed)))
    assert found.faults == ("b/two.csv is damaged: its bytes are not those that were packed",)
    assert found.members.keys() == MEMBERS.keys() - {"b/two.csv"}


@pytest.mark.parametrize("changed", [
    lambda: zipped(dict(reversed(MEMBERS.items()))),
    lambda: zipped(MEMBERS, lambda entry: setattr(entry, "date_time", (2026, 11, 30, 0, 0, 0))),
    lambda: b"before" + pack(MEMBERS),
    lambda: pack(MEMBERS) + b"behind",
])  # fmt: skip
def test_what_was_changed_beside_the_members_is_told_too(tmp_path, changed):
    (fault,) = read_archive(archive(tmp_path, changed())).faults
    assert "changed beside its members" in fault


def test_torn_files_and_other_files_are_no_archives(tmp_path):
    for content in (b"", b"PK", pack(MEMBERS)[:-9]):
        with pytest.raises(StoreDamaged, match="no ZIP archive"):
            read_archive(archive(tmp_path, content))
    assert "a.txt is damaged" in read_archive(archive(tmp_path, pack(MEMBERS)[60:])).faults[0]
    with pytest.raises(UserMistake, match="cannot be read"):
        read_archive(tmp_path / "nowhere.zip")


def test_too_much_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_MEMBERS", 2)
    with pytest.raises(StoreDamaged, match="3 members"):
        read_archive(archive(tmp_path, pack(MEMBERS)))
    monkeypatch.setattr(archives, "MOST_BYTES", 10)
    with pytest.raises(UserMistake, match="more than 10 bytes"):
        read_archive(archive(tmp_path, pack(MEMBERS)))
