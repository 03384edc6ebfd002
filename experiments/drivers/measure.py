"""What drives exits, measured in one version of the model. `python experiments/drivers/measure.py --replicates 2000`

Each cause is held at its reference under the same draws. It asks nothing of the model that version 3 with
`version-3.patch` does not have, so that one file measures both; `run.py` writes the page.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from experiments.drivers.worlds import SWITCHES, WIDTH, held
from experiments.study import options
from sim.analysis.patterns import PATTERNS
from sim.analysis.statistics.intervals import relative_drop, wilson
from sim.ensemble.cases.case import Case
from sim.ensemble.design.sweep import sweep
from sim.ensemble.engine.block import Block, Result, Simulation, simulate
from sim.model import MODEL_VERSION, officers
from sim.model.parameters import Parameters
from sim.model.state import State
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.look import look

ROOT_SEED = 20240307
WINDOWS = {
    "surge": (date(2024, 2, 29), date(2024, 3, 7)),
    "after the record": (date(2024, 3, 8), date(2024, 7, 31)),
    "by the end": (date(2023, 10, 2), date(2024, 7, 31)),
}
BY_RECORD_END = {"before": (date(2023, 10, 2), date(2024, 2, 28)), "in": WINDOWS["surge"]}
SERIES = ("exits", "perceived_hazard", "media", "coalition", "imminence")
DEATHS = ("deaths_gang", "deaths_operations", "deaths_vigilantes")


def documented() -> dict[str, Case]:
    """The documented scenario at its defaults, by theory."""
    return {case.theory: case for case in sweep(["theory=glob(*)", "unknowns=fixed"]).cases}


def results(case: Case, replicates: Sequence[int]) -> Iterator[Result]:
    """These runs, block by block."""
    for first in range(0, len(replicates), WIDTH):
        part = np.asarray(replicates[first : first + WIDTH])
        yield simulate(Block((case,), np.zeros(len(part), dtype=np.int64), part, ROOT_SEED))


def exits_within(found: Sequence[Result], window: tuple[date, date], start: date) -> np.ndarray:
    """Exits of each run in a window of days, ``(runs,)``."""
    days = slice((window[0] - start).days, (window[1] - start).days + 1)
    return np.concatenate([result.series["exits"][days].sum(axis=0, dtype=np.float64) for result in found])


def measure(replicates: Sequence[int]) -> Mapping[str, pd.DataFrame]:
    """Tables by name: ``drivers`` (theory, cause, window), ``patterns`` (theory, pattern), ``days`` (theory, day)."""
    drivers, patterns, days = [], [], []
    for theory, case in documented().items():
        start = case.values["clock.start"]
        assert isinstance(start, date)
        as_it_is = list(results(case, replicates))
        counted = {name: exits_within(as_it_is, window, start) for name, window in WINDOWS.items()}
        drops = {}
        for cause in SWITCHES:
            without = list(results(held(case, cause), replicates))
            for name, window in WINDOWS.items():
                off = exits_within(without, window, start)
                drop = relative_drop(counted[name], off)
                drivers.append([theory, cause, name, counted[name].mean(), off.mean(), *drop])
                if name == "surge":
                    drops[cause] = drop
        patterns += [[theory, *row] for row in patterns_of(case, as_it_is)]
        patterns += [[theory, f"C4 without {cause}", *drops[cause]] for cause in ("violence", "ambiguity")]
        before, during = (exits_within(as_it_is, window, start) for window in BY_RECORD_END.values())
        share = relative_drop(before + during, during)  # what is not of the surge came before it
        patterns.append([theory, "share of exits by 7 March before the surge", *share])
        days.append(_days(theory, case, as_it_is, start))
    key = ["share", "low", "high"]
    return {
        "drivers": pd.DataFrame(drivers, columns=["theory", "cause", "window", "exits", "without", *key]),
        "patterns": pd.DataFrame(patterns, columns=["theory", "pattern", *key]),
        "days": pd.concat(days, ignore_index=True),
    }


def patterns_of(case: Case, found: Sequence[Result]) -> Iterator[list[Any]]:
    """Of each pattern of single runs its name, the share of runs that pass it, and Wilson's interval."""
    frame = pd.DataFrame({name: np.concatenate([r.outcomes[name] for r in found]) for name in found[0].outcomes})
    when = frame["first_report_date"]
    ordinals = pd.Timestamp(1970, 1, 1).toordinal()
    frame["first_report_date"] = pd.to_datetime(when - ordinals, unit="D")
    for pattern in PATTERNS:
        if pattern.passes is not None:
            passed = pattern.passes(frame, int(str(case.values["officers.pool"])))
            low, high = wilson(int(passed.sum()), len(passed))
            yield [pattern.id, float(passed.mean()), float(low), float(high)]
    if "squad_members_3d" in frame:
        two = frame["squad_members_3d"] >= 2
        low, high = wilson(int(two.sum()), len(two))
        yield ["C3 variant", float(two.mean()), float(low), float(high)]


def _days(theory: str, case: Case, found: Sequence[Result], start: date) -> pd.DataFrame:
    """Means over runs of what a day was like; ambiguity of the first run, since nothing that is drawn moves it."""
    columns = {name: np.concatenate([r.series[name] for r in found], axis=1).mean(axis=1) for name in SERIES}
    deaths = sum(np.concatenate([r.series[name] for r in found], axis=1) for name in DEATHS)
    world = Simulation.of(Block((case,), np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64), ROOT_SEED))
    unclear = []
    while world.running:
        unclear.append(ambiguity(world.step(), world.parameters))
    table = pd.DataFrame(columns | {"deaths": np.asarray(deaths).mean(axis=1), "ambiguity": unclear})
    table.insert(0, "day", pd.date_range(start, periods=len(table)).date)
    table.insert(0, "theory", theory)
    return table


def ambiguity(state: State, p: Parameters) -> float:
    """u of the first run; up to version 4 a function of the officers gave it, and the theories' inputs had no name."""
    if hasattr(officers, "ambiguity"):
        return float(officers.ambiguity(state, p)[0])
    return float(look(state, p).ambiguity[0])


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--replicates", type=int, default=2000)
    asked = parser.parse_args()
    for name, table in measure(range(asked.replicates)).items():
        table.to_csv(asked.to / f"version-{MODEL_VERSION}-{name}.csv", index=False, float_format="%.5g",
                     lineterminator="\n")  # fmt: skip
    print(f"{len(THEORIES)} theories, {asked.replicates} runs each, model version {MODEL_VERSION}")


if __name__ == "__main__":
    main()
