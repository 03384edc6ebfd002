"""What of the plans every theory may see."""

from __future__ import annotations

from sim.jit import compiled
from sim.model import governments, officers
from sim.model.lanes import LANES
from sim.model.parameters import Parameters
from sim.model.state import State
from sim.model.tile import Tile, Tiles, W
from sim.model.withdrawal.interface import SEEN, Perception


@compiled
def see_plans(tile: Tile) -> None:
    """What every theory may see of the plans, and of the terms: the rows :data:`SEEN` of the room to work in."""
    governments.settle_terms(tile.s, tile.d, tile.p, tile.w)
    officers.read_plans(tile.s, tile.p, tile.w)


def look(state: State, p: Parameters) -> Perception:
    """What a theory may see: every theory the same inputs."""
    tiles = Tiles(state, p)
    for tile in tiles:
        see_plans(tile)
    rows = {name: tiles.join([tile.w[getattr(W, name) :][:LANES] for tile in tiles]) for name in SEEN}
    return Perception(state=state, layout=p.layout, **rows)
