"""What run, sweep and compare say when they are asked not to run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.ensemble.design.request import Request
    from sim.ensemble.store.store import Store


def say_forecast(
    asked: Request, outcome: str | None = None, store: Store | None = None, baselines: Mapping[str, str] | None = None
) -> int:
    """Print what a request comes to: runs, seconds, room, and how well its answer will be known.

    Parameters
    ----------
    outcome
        The answer's; the default one where it is None.
    store
        Where the runs go, if not where the request says.
    baselines
        As for :func:`sim.analysis.forecast.forecast`.
    """
    from sim.analysis.forecast import forecast
    from sim.api import open_store
    from sim.commands.patience import say_notes
    from sim.outcomes import defaults

    store = store or open_store(Path(asked.out) if asked.out else None)
    say_notes()
    for line in forecast(asked.plan, store, outcome or defaults.OUTCOME, baselines).lines:
        print(line)
    if asked.plan.until is not None:
        print(f"that is the first round; then {asked.plan.rule}")
    print(f"store: {store.folder}")
    return 0
