"""What prior runs held against patterns say: five answers from one bank, as frames in and frames out.

=================== =================================================================================================
shift_table         what the patterns tell about each setting: its kept worlds against its prior
dependence_table    which settings they cannot tell apart, or tie together
compatibility_table how compatible each theory is with the record, and what that rests on
half_rule_table     an older rule beside it: each pattern in half of the runs of fresh luck
confusion_table     which theory the patterns name where each is true
self_check          whether the method can be trusted here, by truths that are known
observation_table   which further observation would tell the theories apart
=================== =================================================================================================

All are by rejection: a *bank* has runs of unknown settings drawn from their prior, each with luck of its own; a world
is *kept* when in its own single run every pattern holds (Tavaré, Balding, Griffiths and Donnelly 1997, Genetics 145;
Beaumont 2019, Annual Review of Statistics and Its Application 6). With yes-or-no patterns nothing is approximated but
by the number kept. The share kept is a theory's *compatibility* with the record. It is not the probability of the
theory, for it scales with how wide the prior ranges are. Intervals here are of sampling error: they narrow with more
runs, and do not say how sure we are of the world.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.analysis.calibration.compatibility import compatibility_table, half_rule_table
    from sim.analysis.calibration.confusion import confusion_table
    from sim.analysis.calibration.observations import observation_table
    from sim.analysis.calibration.posterior import dependence_table, shift_table
    from sim.analysis.calibration.prior_draws import PriorDraws
    from sim.analysis.calibration.simulation_based_calibration import SelfCheck, self_check

__all__ = [
    "PriorDraws", "SelfCheck", "compatibility_table", "confusion_table", "dependence_table", "half_rule_table",
    "observation_table", "self_check", "shift_table",
]  # fmt: skip

_HOMES = {
    "PriorDraws": "prior_draws", "SelfCheck": "simulation_based_calibration", "compatibility_table": "compatibility",
    "confusion_table": "confusion", "dependence_table": "posterior", "half_rule_table": "compatibility",
    "observation_table": "observations", "self_check": "simulation_based_calibration", "shift_table": "posterior",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    # scipy.stats takes a second to load, and who reads results that are there has no need of it.
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
