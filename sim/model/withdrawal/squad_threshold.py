"""T3: thresholds in the squad. Granovetter 1978, AJS 83:1420; Watts 2002, PNAS 99:5766."""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats, Ints
from sim.model.jit import compiled
from sim.model.luck import Draws, Purpose, power
from sim.model.parameters import Parameters
from sim.model.withdrawal.interface import Perception, Theory, coefficients
from sim.settings.parameter import rows, uncertainty


class SquadThreshold(Theory):
    """h = ν when the leader-weighted share of the squad that is out reaches θ_i − κz, else nothing.

    θ is Kumaraswamy by inverse CDF, θ = (1 − (1 − U)^{1/b})^{1/a}; fear lowers the threshold, and below zero it starts
    a cascade by itself. Shares are yesterday's.
    """

    name = "squad_threshold"
    number = "T3"
    text = "an officer leaves when enough of his squad has left"
    # fmt: off
    parameters = rows(
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

    def traits(self, draws: Draws, p: Parameters) -> dict[str, Floats]:
        """θ_i, a trait that no branch redraws."""
        uniform = draws.uniform(Purpose.THRESHOLD, p.layout.officers)
        a = p.theory.threshold_a.astype(np.float64)
        b = p.theory.threshold_b.astype(np.float64)
        return {"threshold": power(1 - power(1 - uniform, 1 / b), 1 / a)}

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        """See the class."""
        c = coefficients(p.dtype, *see.reference(p), p.theory.threat, p.theory.hazard)
        hazards(out, see.state.perceived, see.state.traits["threshold"], see.layout.squad_of, share_out(see, p), c)


def share_out(see: Perception, p: Parameters) -> Floats:
    """Leader-weighted share of each squad that is out, ``(squads, runs)``; nobody is where peers are not felt."""
    layout, extra = see.layout, p.theory.leader_weight - 1
    sizes = layout.sizes.astype(p.dtype)
    leader_out = 1 - np.take_along_axis(see.state.present, layout.leaders, axis=0)
    gone = sizes - see.state.squad_present
    weights = np.maximum(sizes + extra, 1e-6)  # a leader alone in his squad may count for nobody
    return p.officers.peers_felt * (gone + extra * leader_out) / weights


@compiled
def hazards(out: Floats, perceived: Floats, threshold: Floats, squad_of: Ints, share_out: Floats, c: Floats) -> None:
    """T3 (docs/ODD.md, 7.11) into ``out``, ``(officers, runs)``; ``share_out`` is ``(squads, runs)``.

    ``c`` has the coefficients, ``(4, runs)``: x₀, 1/σ_x, κ, ν.
    """
    zero = out.dtype.type(0)
    officers, runs = out.shape
    centre, scale, lowered, acting = c[0], c[1], c[2], c[3]
    share = np.empty_like(centre)
    for i in range(officers):
        for r in range(runs):  # a loop of its own, or the next one is not vectorised
            share[r] = share_out[squad_of[i, r], r]
        for r in range(runs):
            need = threshold[i, r] - lowered[r] * ((perceived[i, r] - centre[r]) * scale[r])
            willing = acting[r]
            out[i, r] = willing if share[r] >= need else zero


THEORY = SquadThreshold()
