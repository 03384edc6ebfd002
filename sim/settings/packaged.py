"""The packaged files as plain values, read without Hydra: what a setting is when nobody says anything else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import yaml

from sim.paths import conf_folder


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Takes 2e-4 for the number that it is, as Hydra does and YAML 1.1 does not."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"[-+]?\d[\d_]*(?:\.[\d_]*)?[eE][-+]?\d+"), list("-+0123456789")
)
_WORLD = ("levers", "gangs", "officers", "governments", "media", "clock")


def packaged_file(group: str, name: str) -> Mapping[str, Any]:
    """One of the packaged conf files, as YAML has it."""
    read: dict[str, Any] = yaml.load((conf_folder() / group / f"{name}.yaml").read_text(encoding="utf-8"), _Loader)
    return read


@cache
def packaged_values(theory: str) -> Mapping[str, Any]:
    """Every setting of the default world under a theory, by dotted name, as its file has it."""
    chosen: dict[str, str] = {}
    for entry in packaged_file(".", "config")["defaults"]:
        if isinstance(entry, dict):
            chosen |= entry
    values: dict[str, Any] = {}
    for group in _WORLD:
        values |= {f"{group}.{name}": value for name, value in packaged_file(group, chosen[group]).items()}
    if (conf_folder() / "theory" / f"{theory}.yaml").is_file():  # somebody's own theory has its file elsewhere
        values |= {f"theory.{name}": value for name, value in packaged_file("theory", theory).items()}
    return MappingProxyType(values)
