"""T3: thresholds in the squad. Granovetter 1978, AJS 83:1420; Watts 2002, PNAS 99:5766."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.arrays import Floats
from sim.jit import compiled, inlined
from sim.model.elementary import fma
from sim.model.elementary_arrays import powers
from sim.model.lanes import LANES
from sim.model.luck import Draws, Purpose
from sim.model.parameters import P, Parameters
from sim.model.tile import Tile, W
from sim.model.withdrawal.compiled import CompiledTheory, own
from sim.settings.parameter import rows, uncertainty

# fmt: off
PARAMETERS = rows(
    "theory",
    # role       name             unit        bounds     prior        status
    uncertainty( "hazard",        "1/day",    (0, 1),    (0.016, 0.16), "assumed",
        "ν, chance a day of acting once the threshold is met", scale="log"),
    uncertainty( "threat",        "1",        (0, 10),   (0.05, 0.4), "assumed",
        "κ, how fear lowers the threshold", scale="log"),
    uncertainty( "threshold_a",   "1",        (0.1, 50), (1.5, 5),    "assumed",
        "shape a of the thresholds", "Kumaraswamy 1980"),
    uncertainty( "threshold_b",   "1",        (0.1, 50), (1.5, 5),    "assumed",
        "shape b of the thresholds", "Kumaraswamy 1980"),
    uncertainty( "leader_weight", "officers", (0, 100),  (1, 4),      "assumed",
        "how many officers a leader counts for"),
    about="squad threshold",
)
# fmt: on
T = own(PARAMETERS)
CENTRE, LOWERED, ACTING = W.term_0, W.term_1, W.term_2
LEAST_WEIGHT = 1e-6
"""A squad weighs at least this, because a leader alone in his squad may count for nobody."""


@compiled
def terms(tile: Tile) -> None:
    """What today's hazards have in common, and the leader-weighted share of each squad that is out.

    Nobody is out where peers are not felt.
    """
    p, t, w, out = tile.p, tile.t, tile.w, tile.told[0]
    F = w.dtype.type
    one, least = F(1), F(LEAST_WEIGHT)
    for r in range(LANES):
        lowered = t[T.threat + r] / p[P.officers_baseline_sd + r]
        w[CENTRE + r], w[LOWERED + r] = p[P.officers_baseline + r] * lowered, -lowered
        w[ACTING + r] = t[T.hazard + r]
    for q in range(len(out)):
        for r in range(LANES):
            size, extra = F(tile.sizes[q, r]), t[T.leader_weight + r] - one
            first = min(tile.starts[q, r], len(tile.present) - 1)
            gone = size - tile.squad_present[q, r] + extra * (one - tile.present[first, r])
            weight = size + extra
            out[q, r] = p[P.officers_peers_felt + r] * gone / (weight if weight > least else least)


@inlined
def score(x: Any, threshold: Any, _other: Any, _leads: Any, w: Any, r: int) -> Any:
    """ν, or nothing (docs/ODD.md, 7.11)."""
    need = threshold + fma(x, w[LOWERED + r], w[CENTRE + r])
    return w[ACTING + r] if w[W.told + r] >= need else type(x)(0)


class SquadThreshold(CompiledTheory):
    """h = ν when the leader-weighted share of the squad that is out reaches θ_i − κz, else nothing.

    θ is Kumaraswamy by inverse CDF, θ = (1 − (1 − U)^{1/b})^{1/a}; fear lowers the threshold, and below zero it starts
    a cascade by itself. Shares are yesterday's.
    """

    name = "squad_threshold"
    number = "T3"
    text = "an officer leaves when enough of his squad has left"
    logistic = False
    by_squad = True
    reads = ("threshold",)
    parameters = PARAMETERS
    terms = staticmethod(terms)
    score = staticmethod(score)

    def traits(self, draws: Draws, p: Parameters) -> dict[str, Floats]:
        """θ_i, a trait that no branch redraws."""
        uniform = draws.uniform(Purpose.THRESHOLD, p.layout.officers)
        a = p.theory.threshold_a.astype(np.float64)
        b = p.theory.threshold_b.astype(np.float64)
        return {"threshold": powers(1 - powers(1 - uniform, 1 / b), 1 / a)}


THEORY = SquadThreshold()
