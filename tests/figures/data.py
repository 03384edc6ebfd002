"""Runs that the examples of several figures share."""

from __future__ import annotations

import numpy as np

from sim.figures.drawing.distribution import Question

STEPS = (np.arange(200) + 0.5) / 200
EXITS = np.round(-45 * np.log(1 - STEPS))
OUT = Question("exits", "officers out by 7 March 2024", "officers", 100, "more than 100 of 400 officers are out",
               "more than 100 officers", upper=400)  # fmt: skip
