"""One side of experiments/speed/discover.py, in the interpreter that has it; needs nothing of this checkout but PRIM.

`python experiments/speed/prim_side.py ours data.npz` prints one line of JSON: the CPU seconds of finding a box, after
the libraries are loaded and a small box has been found, and the limits of every box of the path.
"""

from __future__ import annotations

import json
import sys
import time
import warnings

import numpy as np


def ours(x: np.ndarray, y: np.ndarray) -> list:
    from sim.analysis.discovery.prim import path

    low, high = x.min(axis=0), x.max(axis=0)
    return [[np.where(np.isfinite(box.low), box.low, low).tolist(),
             np.where(np.isfinite(box.high), box.high, high).tolist()] for box in path(x, y)]  # fmt: skip


def ema(x: np.ndarray, y: np.ndarray) -> list:
    import pandas as pd
    from ema_workbench.analysis import prim

    frame = pd.DataFrame(x, columns=[f"x{n}" for n in range(x.shape[1])])
    return [box.to_numpy(dtype=float).tolist() for box in prim.Prim(frame, y, threshold=0.0).find_box().box_lims]


def main() -> None:
    warnings.simplefilter("ignore")
    find = {"ours": ours, "ema": ema}[sys.argv[1]]
    data = np.load(sys.argv[2])
    x, y = data["x"], data["y"]
    find(x[:300, :3], y[:300])
    began = time.process_time()
    boxes = find(x, y)
    print(json.dumps({"cpu": time.process_time() - began, "boxes": boxes}))


if __name__ == "__main__":
    main()
