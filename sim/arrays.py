"""Names for the arrays that all rooms hand each other; shapes stand in the docstrings of whatever takes them."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""Any array."""
Floats = NDArray[np.floating]
"""Floating point of either width: the model computes in float32 or float64."""
FloatArray = NDArray[np.float64]
"""Double precision, as statistics and figures compute."""
EPOCH = date(1970, 1, 1).toordinal()
"""NumPy's day 0 among the ordinals that the model counts days in."""
Ints = NDArray[np.integer]
"""Whole numbers of any width."""
