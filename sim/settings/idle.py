"""Settings that another setting switches off: who types one is told that it has no effect.

Here is the one place that knows them; a test lives each of them both ways.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sim.settings.schema import Value


@dataclass(frozen=True, slots=True)
class Switch:
    """What is read under one condition only.

    Attributes
    ----------
    keys
        The settings.
    by
        The setting that switches them off, and its value that does.
    why
        What is so then, as the end of a sentence.
    """

    keys: tuple[str, ...]
    by: tuple[str, Value]
    why: str


def _of(group: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{group}.{name}" for name in names)


SWITCHES = (
    Switch(_of("ensemble", "outcome", "cap"), ("ensemble.until", 0.0), "ensemble.until=0 fixes the replicates"),
    Switch(
        _of(
            "governments", "authority_recovery", "pause_authority", "pause_control", "resume_authority",
            "resume_readiness", "resume_funding", "readiness_growth", "funding_growth", "wave_size", "wave_days",
        ),
        ("governments.mode", "scripted"),
        "only governments=rules reads it",
    ),
)  # fmt: skip
"""All of them."""


def idle(typed: Collection[str], values: Mapping[str, Value], swept: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Settings that were typed and that others switch off, each with the reason.

    Parameters
    ----------
    typed
        Keys that were typed.
    values
        Checked values of a case and its ensemble.
    swept
        Keys and groups that take several values; what they switch is not off for good.
    """
    for switch in SWITCHES:
        key, value = switch.by
        if values.get(key) == value and not {key, key.partition(".")[0]} & set(swept):
            yield from ((name, switch.why) for name in switch.keys if name in typed)
