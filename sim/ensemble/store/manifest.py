"""The manifest of a store: its format, and the model version and record of its runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.ensemble.store.notes import NOTES, read_notes
from sim.errors import StoreDamaged, UserMistake

FORMAT = 3
READABLE = (1, 2, FORMAT)
"""Formats whose stores can be read; runs are added to those of the last one."""
MANIFEST = "manifest.json"
INSTEAD = "choose another out=, or use the version that made it"


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read and check a folder's manifest; raises StoreDamaged if there is none of a format that can be read."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        version = manifest["format"]
        if version in READABLE:
            about = {"model_version": int(manifest["model_version"]), "record": str(manifest["record"])}
            return {**about, "format": version}
    except (FileNotFoundError, NotADirectoryError) as fault:
        if told := lost_manifest(folder):
            raise StoreDamaged(f"{path} is gone; {_TOLD.format(**told, folder=folder)}") from fault
        raise StoreDamaged(f"{folder} is no store (it holds no {MANIFEST}): choose another folder") from fault
    except OSError as fault:
        raise UserMistake("folder", path, f"cannot be read: {fault.strerror or fault}") from fault
    except (ValueError, TypeError, KeyError) as fault:
        told = lost_manifest(folder)
        way_out = _TOLD.format(**told, folder=folder) if told else "restore it, or choose another out="
        raise StoreDamaged(f"{path} cannot be used (it is no manifest): {way_out}") from fault
    known = f"{', '.join(map(str, READABLE[:-1]))} and {FORMAT}"
    raise StoreDamaged(f"{folder} is a store of format {version}, and this version reads {known}: {INSTEAD}")


_TOLD = (
    "its commands say format {format}, model version {model_version}, record {record}: `tabletop verify {folder}` "
    "writes that again"
)


def lost_manifest(folder: Path) -> dict[str, Any] | None:
    """What a manifest that is gone, or no more to be read, held, where the commands of the store agree on it."""
    keys = ("format", "model_version", "record")
    told = {tuple(note.get(key) for key in keys) for note in read_notes(folder / NOTES)[0]}
    if len(told) != 1 or None in (only := told.pop()) or only[0] not in READABLE:
        return None
    return dict(zip(keys, only, strict=True))
