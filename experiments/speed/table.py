"""How long does a table wait for its futures? `python experiments/speed/table.py`

A session of two turns with an order in each, in the packaged worlds: a thousand futures of all theories together, 120
days and 400 officers, from where the worlds stand, of one option and of four; the same number of runs from their first
day; and the replay of a session of twenty turns. Wall and CPU seconds, the kinds interleaved in rounds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from experiments.study import command, options, publish, rows
from sim.ensemble.engine.block import Block, simulate
from sim.model.events import Event
from sim.tabletop.composed_worlds import table_cases
from sim.tabletop.futures import FUTURES
from sim.tabletop.measures import MEASURES
from sim.tabletop.options import compared
from sim.tabletop.other_worlds import OtherWorlds
from sim.tabletop.table_event import TableEvent
from sim.tabletop.worlds import FIRST_DAY, TableCases, played_world

DAYS, TURN, TURNS = 120, 7, 20
TODAY = FIRST_DAY + timedelta(days=2 * TURN)
UNTIL = TODAY + timedelta(days=DAYS - 1)
LEVERS = ("pay_escrow", "insurance", "evacuation", "rules_published", "leaders_briefed", "credible_denial")
GOALS = {"a thousand futures of one option": 1.0, "of four options": 3.0, "replay of twenty turns": 1.0}
"""Seconds of wall time on two idle cores."""
AHEAD, START = "a thousand futures of one option", "as many runs from their first day"
PAGE = """# How long does a table wait for its futures?

`{wrote}` wrote this page: {futures:,} futures of {theories} together, {days} days, 400 officers, from where the worlds
stand after two turns; medians of {rounds} rounds in which the kinds take turns, on {cores} cores.
While it was written {load:.1f} processes wanted a core on average, and those of others are part of every wall second.
What two idle cores would need lies between half the CPU seconds, which is all work shared, and what it took here.

{table}

A thousand futures from where the worlds stand take {ratio:.2f} of the CPU seconds of as many runs from their first day
to the same last one ({low:.2f}–{high:.2f} within rounds); they are watched by {measures} daily measures.

The states of the other worlds, kept beside a session, are {size:.0f} MB for each evening.
"""


def order(day: date, lever: str) -> Event:
    return Event(f"{lever} {day}", ((f"levers.{lever}", "set", 1.0),), date=day)


def given(day: date, lever: str) -> TableEvent:
    return TableEvent(order(day, lever), day)


def seconds(what: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of this process and its threads."""
    cpu, wall = time.process_time(), time.perf_counter()
    what()
    return time.perf_counter() - wall, time.process_time() - cpu


def kinds(table: TableCases, others: OtherWorlds, folder: Path) -> Mapping[str, Callable[[], object]]:
    """What is measured, by its name."""
    theory, world = table.drawn_world()
    events = [given(FIRST_DAY, "pay_escrow"), given(FIRST_DAY + timedelta(days=TURN), "insurance")]
    later = [given(FIRST_DAY + timedelta(days=TURN * k), LEVERS[k % len(LEVERS)]) for k in range(TURNS)]
    depart = Event("depart", (("kenya.departure", "set", 1.0),), date=TODAY)
    four = {"nothing": [], "depart": [depart], "evacuation": [order(TODAY, "evacuation")],
            "leaders": [order(TODAY, "leaders_briefed")]}  # fmt: skip
    share = FUTURES // len(table.theories)
    last = TODAY + timedelta(days=DAYS - 1)

    def ahead(asked: Mapping[str, list[Event]]) -> object:
        return others.look_ahead(asked, UNTIL, events=events, today=TODAY)

    def from_start() -> None:
        for name, case in table.cases.items():
            ended = case.varied({"clock.end": last}, "to the same day")
            worlds = table.worlds(name)[:share]
            simulate(Block((ended,), np.zeros(share, dtype=np.int64), worlds, table.seed))

    found = ahead({"nothing": [], "depart": [depart]})
    return {
        AHEAD: lambda: ahead({"nothing": []}),
        "of four options": lambda: ahead(four),
        START: from_start,
        "replay of twenty turns": lambda: played_world(
            table, theory, world, later, FIRST_DAY + timedelta(days=TURN * TURNS)
        ),
        "one comparison in three measures": lambda: compared(found),  # type: ignore[arg-type]
        "all worlds to the first day, nothing kept": lambda: OtherWorlds(table).stand([], FIRST_DAY),
        "all worlds, one turn on": lambda: OtherWorlds(table, None, folder).stand(
            [given(FIRST_DAY, "mandatory")], FIRST_DAY + timedelta(days=TURN)
        ),
        "the same states, kept": lambda: OtherWorlds(table, None, folder).stand(events, TODAY),
    }


def measured(rounds: int) -> tuple[pd.DataFrame, TableCases, float]:
    """Seconds of each kind in each round, and megabytes of an evening's states."""
    table = table_cases(seed=42)
    with TemporaryDirectory() as name:
        folder = Path(name)
        others = OtherWorlds(table, table.drawn_world(), folder)
        what = kinds(table, others, folder)
        for one in what.values():
            one()  # compiled, its settings worked out, and its states kept
        found = []
        for number in range(rounds):
            for kind, one in what.items():
                if kind == "all worlds, one turn on":
                    for path in folder.glob(f"*-{FIRST_DAY + timedelta(days=TURN - 1)}-*.npz"):
                        path.unlink()
                if kind == "the same states, kept":
                    others.stand([given(FIRST_DAY, "pay_escrow"), given(FIRST_DAY + timedelta(days=TURN), "insurance")],
                                 TODAY)  # fmt: skip
                found.append([number, kind, *seconds(one)])
        evenings = [path for path in folder.iterdir() if str(FIRST_DAY - timedelta(days=1)) in path.name]
        size = sum(path.stat().st_size for path in evenings) / 1e6
    return pd.DataFrame(found, columns=["round", "what", "wall", "cpu"]), table, size


def told(found: pd.DataFrame) -> str:
    """A row a kind."""
    lines = []
    for kind in dict.fromkeys(found["what"]):
        of = found[found["what"] == kind]
        wall, cpu, goal = of["wall"].median(), of["cpu"].median(), GOALS.get(kind)
        met = "" if goal is None else f"< {goal:g} s: {verdict(wall, cpu, goal, kind)}"
        lines.append([kind, f"{wall:.2f}", f"{of['wall'].min():.2f}", f"{cpu:.2f}", met])
    head = ["what", "wall s", "least wall s", "CPU s", "goal, wall on two idle cores"]
    return rows(head, lines, right={1, 2, 3})


def verdict(wall: float, cpu: float, goal: float, kind: str) -> str:
    """Whether a goal in wall seconds is met; where it is not, the work of a core says whether that is the machine's."""
    if wall < goal:
        return "met"
    replay = kind.startswith("replay")  # of one run, so on one core
    alone = cpu if replay else cpu / 2
    work = f"{alone:.2f} s of work{'' if replay else ' for each core'}"
    return "missed" if alone >= goal else f"missed on a busy machine; {work}"


def main() -> None:
    """Measure, and write the page."""
    parser = options(__file__, __doc__)
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    found, table, size = measured(asked.rounds)
    wide = found.pivot(index="round", columns="what", values="cpu")
    low, ratio, high = (wide[AHEAD] / wide[START]).quantile([0.1, 0.5, 0.9]).tolist()
    text = PAGE.format(
        wrote=command(__file__, rounds=None if asked.rounds == 7 else asked.rounds), futures=FUTURES,
        theories=f"{len(table.theories)} theories", days=DAYS, rounds=asked.rounds, cores=os.cpu_count(),
        load=os.getloadavg()[1], table=told(found), ratio=ratio, low=low, high=high, measures=len(MEASURES), size=size,
    )  # fmt: skip
    publish(asked.to, text, {"table.csv": found}, page="TABLE.md", float_format="%.4g")


if __name__ == "__main__":
    main()
