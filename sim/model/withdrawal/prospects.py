"""T2: prospects under ambiguity. Cumulative prospect theory (Tversky & Kahneman 1992) with α-maxmin beliefs."""

from __future__ import annotations

import numpy as np

from sim.model.luck import Draws, Floats, Purpose, power
from sim.model.parameters import Parameters
from sim.model.withdrawal.interface import Perception, logistic, rows

CURVATURE = 0.88
"""α of the value function: Tversky & Kahneman 1992, J. Risk Uncertainty 5:297, p. 311."""


def weight(probability: Floats, gamma: Floats) -> Floats:
    """w(p) = p^γ/(p^γ + (1 − p)^γ)^{1/γ}, Tversky & Kahneman 1992, eq. (6)."""
    up = power(probability, gamma)
    return up / power(up + power(1 - probability, gamma), 1 / gamma)


def value(outcome: Floats, loss_aversion: Floats | float, curvature: float = CURVATURE) -> Floats:
    """v(x) = x^α for gains and −λ(−x)^α for losses, Tversky & Kahneman 1992, eq. (5)."""
    size = power(np.abs(outcome), curvature)
    return np.where(np.asarray(outcome) >= 0, size, -loss_aversion * size)


class Prospects:
    """V = value(premium·e^{−a/τ_a}) + duty − λ·w(p̂)·ℓ^.88; h = h_max·σ(−V/s).

    p̂ = α·σ(x + u) + (1 − α)·σ(x − u): an officer weighs the worst that he thinks possible by α. Values in units of
    home pay; the premium counts by the officer's need.
    """

    name = "prospects"
    number = "T2"
    text = "officers weigh pay and duty against a loss whose chance is unclear"
    null = False
    parameters = rows(
        "prospects",
        (
            "pessimism",
            "1",
            (0, 1),
            (0.3, 0.7),
            "assumed",
            "Hurwicz; Ghirardato et al. 2004",
            "α, weight of the worst case",
        ),
        (
            "loss_aversion",
            "1",
            (0, 20),
            (1.1, 2.25),
            "documented",
            "Tversky & Kahneman 1992 (2.25); Walasek et al. 2018 (1.31)",
            "λ",
        ),
        (
            "weighting",
            "1",
            (0.28, 2),
            (0.5, 0.8),
            "documented",
            "Tversky & Kahneman 1992 (.61, .69)",
            "γ of the probability weights",
        ),
        ("harm", "home pays", (0, 1e6), (50, 500), "assumed", "", "ℓ, loss of life or limb"),
        ("duty_mean", "value", (-100, 100), (2, 8), "assumed", "", "mean pull of duty"),
        ("duty_sd", "value", (0, 100), (0.3, 1.5), "assumed", "", "spread of duty"),
        ("noise", "value", (0.01, 100), (0.5, 2), "assumed", "", "s, how noisy the choice is"),
        (
            "hazard_max",
            "1/day",
            (0, 1),
            (0.01, 0.1),
            "assumed",
            "",
            "h_max, chance a day that a decided officer acts",
        ),
    )

    def traits(self, draws: Draws, p: Parameters) -> dict[str, Floats]:
        """duty_i ~ N(mean, sd)."""
        count = p.structure.layout.officers
        duty = p.theory.duty_mean + p.theory.duty_sd * draws.normal(Purpose.DUTY, count)
        return {"duty": duty}

    def hazard(self, see: Perception, p: Parameters, out: Floats) -> None:
        """See the class."""
        t = p.theory
        u = see.own_ambiguity()
        low = see.buffers[0]
        np.add(see.state.perceived, u, out=out)
        np.subtract(see.state.perceived, u, out=low)
        logistic(out)
        logistic(low)
        out *= t.pessimism
        low *= 1 - t.pessimism
        out += low  # p̂
        np.clip(out, 0, 1, out=out)
        _weigh(out, t.weighting, low, see.buffers[1])
        out *= t.loss_aversion * power(t.harm, CURVATURE)  # the loss
        paid = p.officers.allowance_ratio * np.exp(-see.arrears / p.governments.arrears_scale)
        np.multiply(see.state.pay_need, paid, out=low)
        _raise(low, CURVATURE)
        out -= low
        out -= see.state.traits["duty"]  # −V
        out /= t.noise
        logistic(out)
        out *= t.hazard_max


def _weigh(out: Floats, gamma: Floats, up: Floats, down: Floats) -> None:
    """:func:`weight` in place, for the day's hot path."""
    np.subtract(1, out, out=down)
    _raise(down, gamma)
    np.copyto(up, out)
    _raise(up, gamma)
    down += up
    _raise(down, 1 / gamma)
    np.divide(up, down, out=out)


def _raise(base: Floats, exponent: Floats | float) -> None:
    """:func:`sim.model.luck.power` in place."""
    with np.errstate(divide="ignore"):
        np.log(base, out=base)
    base *= exponent
    np.exp(base, out=base)


THEORY = Prospects()
