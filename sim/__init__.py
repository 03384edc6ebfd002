"""The Haiti deployment tabletop: how perceived risk drives officers out of a voluntary deployment.

======== =============================================================================
run      one case under many draws of luck
sweep    many cases: settings with several values, or a design over intervals
compare  cases against each other run by run, under the same luck
load     the runs of a store that is there
Runs     what run, sweep and load give: tables of cases, runs and days, and pictures
======== =============================================================================

>>> import sim
>>> small = {"officers.pool": 40, "clock.start": "2024-02-15", "clock.end": "2024-03-20"}
>>> sim.run(scenario="as_documented", theory="breach", replicates=20, settings=small, out="worlds")
Runs(cases=1, runs=20, store='worlds')

Further in: :class:`sim.mesa_model.DeploymentModel` is one run as a Mesa model, :func:`sim.record.load` the documented
record, :func:`sim.ensemble.design.request.request` the case that settings make, and
:class:`sim.ensemble.store.store.Store` the tables on disk. What a user can do wrong is a
:class:`sim.errors.UserMistake`.

Importing this package does no work; the names above are loaded when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim._version import __version__

if TYPE_CHECKING:
    from sim.api import Runs, compare, load, run, sweep

__all__ = ["Runs", "__version__", "compare", "load", "run", "sweep"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from sim import api

        return getattr(api, name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
