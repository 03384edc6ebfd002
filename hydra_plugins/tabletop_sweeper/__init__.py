"""Hydra's way to the project's sweeper: ``hydra/sweeper: tabletop`` in conf/config.yaml.

Hydra looks for plugins here whenever it starts, so this file loads nothing. The sweeper reads the whole sweep and hands
it to the task function once, as a :class:`sim.settings.sweep_grid.Grid`: composing case by case, as Hydra's basic
sweeper does, takes longer than running them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hydra.core.config_store import ConfigStore
from hydra.plugins.sweeper import Sweeper

# `params` are words of a sweep that an experiment file brings along.
_NODE = {"_target_": "hydra_plugins.tabletop_sweeper.TabletopSweeper", "params": None}
ConfigStore.instance().store(group="hydra/sweeper", name="tabletop", node=_NODE, provider="tabletop")


class TabletopSweeper(Sweeper):
    """Reads all words of a sweep, those of ``hydra.sweeper.params`` first, so that the command line outranks them."""

    def __init__(self, params: Mapping[str, Any] | None = None) -> None:
        self.params = dict(params or {})

    def setup(self, *, hydra_context: Any, task_function: Any, config: Any) -> None:
        """As Hydra calls it."""
        self.hydra_context, self.task_function, self.config = hydra_context, task_function, config

    def sweep(self, arguments: Sequence[str]) -> Any:
        """What the task function makes of the whole sweep."""
        from sim.settings.sweep_grid import read_grid

        return self.task_function(read_grid(arguments, self.params, self.hydra_context.config_loader))
