"""Which cases of a store somebody means by a name: those of a world under all its theories, or a single one."""

from __future__ import annotations

from sim.analysis.alternatives import alternatives, is_named
from sim.analysis.explain.divergence import case_of_row, find_case
from sim.ensemble.cases.case import Case
from sim.ensemble.store.store import Store
from sim.model import MODEL_VERSION


def find_world(store: Store, asked: str) -> tuple[Case, ...]:
    """The cases that a name means: those of a world under all its theories, or the one that one names otherwise.

    A world is named in full, as :func:`sim.analysis.alternatives.alternatives` names it ("as_documented"); the
    documented world by that name too, whatever was typed for it.

    Raises
    ------
    UserMistake, StoreDamaged
        As :func:`sim.analysis.explain.divergence.find_case` does.
    """
    rows = store.cases()
    if store.model_version == MODEL_VERSION and len(rows):
        named = [
            world for world in alternatives(rows) if is_named(world, asked) and (world.record or len(world.cases) > 1)
        ]
        if named:
            by_id = {str(row["case"]): row for row in rows.to_dict("records")}
            return tuple(case_of_row(by_id[case], store) for case in named[0].cases.values())
    return (find_case(store, asked),)
