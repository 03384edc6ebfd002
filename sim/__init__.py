"""The Haiti deployment tabletop: how perceived risk drives officers out of a voluntary deployment.

>>> import sim
>>> runs = sim.run(scenario="as_documented", theory="breach", replicates=200)   # doctest: +SKIP
>>> sim.sweep("scenario=glob(*)", "theory=glob(*)", replicates=100)             # doctest: +SKIP
>>> sim.compare("scenario=as_documented,terms_settled").table                # doctest: +SKIP
>>> sim.load("outputs/worlds-…").runs                                           # doctest: +SKIP

Importing this package does no work; the names below are loaded when first used.
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
