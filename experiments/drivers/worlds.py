"""Worlds for the study of what drives exits: causes switched off, and how many runs are stepped together."""

from __future__ import annotations

from sim.ensemble.cases.case import Case

SWITCHES = {
    "violence": "officers.violence_felt",
    "ambiguity": "officers.ambiguity_felt",
    "imminence": "officers.imminence_felt",
    "peers": "officers.peers_felt",
    "rumours": "officers.rumours_felt",
}
"""The five causes and the setting that holds each at its reference."""
WIDTH = 256
"""Runs stepped together; changes no number."""


def held(case: Case, cause: str) -> Case:
    """The case with one cause held at its reference."""
    return case.varied({SWITCHES[cause]: 0.0}, f"{case.label} · {cause} held")
