"""Where common luck stops helping: factors by theory, scenario and outcome, and what would raise them.

Run `python experiments/peers/coupling.py` (`--quick` for a small size): it writes coupling.csv and COUPLING.md beside
it. The factor is (Var A + Var B)/Var(A − B), A and B the same replicates of two scenarios: how many times fewer runs
a difference needs than with independent seeds. Nothing here changes the model or its draws; what version 2 of the
model did and what a control would give are tried out on the state from outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from experiments.peers.coupling_page import page
from experiments.peers.script import ROOT_SEED
from experiments.study import options, publish
from sim.ensemble.cases.case import Case
from sim.ensemble.design.request import request
from sim.ensemble.engine.addressed_draws import AddressedDraws
from sim.ensemble.engine.block import Block, Simulation
from sim.ensemble.engine.recorder import Recorder
from sim.model.day import step
from sim.model.luck import Purpose
from sim.model.media import DENIAL_THAT_IS_BELIEVED
from sim.model.parameters import Parameters
from sim.model.state import Letter, State
from sim.model.tile import Tiles
from sim.model.withdrawal import THEORIES
from sim.model.withdrawal.interface import Perception, Theory, TheoryWrapper

BASE = "as_documented"
SCENARIOS = ("terms_settled", "prime_minister_returns", "gang_truce", "no_court_block", "kit_first", "no_surge")
OUTCOMES = (
    *("share_out_by_record_end", "share_out_by_end", "peak_daily_exits", "largest_cascade", "max_squad_share_3d"),
    *("withdrawal_reports", "rumours", "attacks", "deaths_gang", "deaths_surge_week", "control_share_end"),
)
_TRAITS = (Purpose.BASELINE, Purpose.DREAD, Purpose.EFFICACY, Purpose.FRAILTY, Purpose.DUTY, Purpose.THRESHOLD)
LUCK: dict[str, tuple[Purpose, ...]] = {
    "officers' traits": _TRAITS,
    "their traits and tolerance": (*_TRAITS, Purpose.TOLERANCE),
    "all of the officers' luck": (*_TRAITS, Purpose.TOLERANCE, Purpose.FRICTION),
    "the gangs' luck": (Purpose.ATTACKS, Purpose.ATTACK),
    "reports and denials": (Purpose.EXIT,),
}
"""Luck by what it decides. Deaths by state and vigilantes (``DAY``) reach no officer."""
WIDTH, PRECISION = 128, "float32"


class Mixed(AddressedDraws):
    """Luck of one replicate for some purposes, and of another for the rest."""

    def __init__(self, replicates: Any, others: Any, kept: Sequence[Purpose]) -> None:
        super().__init__(ROOT_SEED, replicates, dtype=PRECISION)
        self._other, self._kept = AddressedDraws(ROOT_SEED, others, dtype=PRECISION), kept

    def _of(self, purpose: Purpose) -> AddressedDraws:
        return super() if purpose in self._kept else self._other  # type: ignore[return-value]

    def uniform(self, purpose: Purpose, entities: int) -> Any:
        return self._of(purpose).uniform(purpose, entities)

    def normal(self, purpose: Purpose, entities: int) -> Any:
        return self._of(purpose).normal(purpose, entities)

    def luck_for(self, purpose: Purpose, day: int) -> Any:
        """The runs' luck as compiled loops take it, for what they draw for one purpose."""
        return super().luck(day) if purpose in self._kept else self._other.luck(day)


class Parted(TheoryWrapper):
    """A theory that is asked once the gangs have acted and before anybody leaves: the tiles' luck is changed there."""

    def __init__(self, theory: Theory, tiles: Tiles, draws: Mixed) -> None:
        super().__init__(theory)
        self._tiles, self._draws = tiles, draws

    def hazard(self, see: Perception, p: Parameters, out: Any) -> None:
        self._tiles.draw(self._draws.luck_for(Purpose.EXIT, see.state.day))
        super().hazard(see, p, out)


class MixedWorld(Simulation):
    """Days whose gangs have the luck of one replicate and whose exits that of another (``DAY`` goes with the gangs)."""

    draws: Mixed

    def step(self) -> State:
        self._mine.draw(self.draws.luck_for(Purpose.ATTACK, self.state.day + 1))
        step(self.state, self.parameters, self.schedule, self._parted, self._mine)
        return self.state

    def __post_init__(self) -> None:
        super().__post_init__()
        self._mine = Tiles(self.state, self.parameters)
        self._parted = Parted(self.theory, self._mine, self.draws)


class ReportsByDay:
    """As it was in version 2 of the model: whether exits are reported is decided by a uniform of the day.

    The chance of a report on a day is the same, 1 − (1 − p_j·att)^ΔW; but an officer who leaves a day later in one of
    two scenarios meets another uniform there.
    """

    def __init__(self, replicates: Any) -> None:
        self._draws = AddressedDraws(ROOT_SEED, replicates)

    def rewrite(self, world: Simulation) -> None:
        """Put another report and denial in the place of today's; officers hear of them tomorrow."""
        s, m = world.state, world.parameters.media
        attention = m.attention_floor + (1 - m.attention_floor) * s.imminence
        heard, disputed = self._draws.daily(Purpose.DAY, 4, s.day)[2:]  # two words that the model keeps free
        s.report[...] = heard < 1 - np.maximum(1 - m.report_probability * attention, 1e-12) ** s.exits
        chance = m.denial_probability
        denial = chance + s.credible_denial * (np.maximum(chance, DENIAL_THAT_IS_BELIEVED) - chance)
        s.denied[...] = s.report * (disputed < denial)


def lived(
    cases: Sequence[Case],
    replicates: Any,
    others: Any = None,
    kept: Sequence[Purpose] = (),
    by_day: bool = False,
) -> list[pd.DataFrame]:
    """Outcomes of each case, one row a replicate, with the martingale of intents on two days.

    With ``others``, all luck but that of ``kept`` is another replicate's.
    """
    parts = [list(_live(case, replicates, others, kept, by_day)) for case in cases]
    return [pd.concat(part, ignore_index=True) for part in parts]


def _live(case: Case, replicates: Any, others: Any, kept: Any, by_day: bool) -> Iterator[pd.DataFrame]:
    for begin in range(0, len(replicates), WIDTH):
        chosen = slice(begin, begin + WIDTH)
        block = Block((case,), np.zeros(len(replicates[chosen]), np.int64), replicates[chosen], ROOT_SEED, PRECISION)
        draws = Mixed(block.replicates, others[chosen], kept) if others is not None else None
        world = Simulation.of(block) if draws is None else MixedWorld.of(block, draws)
        recorder = Recorder(world.parameters)
        reports = ReportsByDay(block.replicates) if by_day else None
        martingale = {}
        while world.running:
            state = world.step()
            if reports:
                reports.rewrite(world)
            recorder.watch(state)
            if state.day == world.parameters.structure.record_end:
                martingale["martingale_record_end"] = surprise(state)
        yield pd.DataFrame(recorder.outcomes() | martingale | {"martingale_end": surprise(world.state)})


def surprise(state: State) -> Any:
    """Intents so far less what hazards made one expect, ``(runs,)``; its mean is exactly zero.

    An officer's intent comes when his cumulated hazard Λ = −log S reaches E/a with E exponential, so intents less
    Σ min(E, aΛ) are a martingale (counting process less its compensator; Aalen, Borgan & Gjessing 2008, ch. 2).
    """
    expected = state.frailty * np.minimum(state.tolerance, state.cumulated)
    return (state.letter != Letter.NONE.value).sum(axis=0) - expected.sum(axis=0, dtype=np.float64)


def factor(a: Any, b: Any) -> float:
    """(Var A + Var B)/Var(A − B); no number where A and B are the same in every run."""
    spread = np.var(a - b)
    return float((np.var(a) + np.var(b)) / spread) if spread > 0 else float("nan")


def controlled(a: pd.DataFrame, b: pd.DataFrame, outcome: str, martingale: str) -> float:
    """The factor when the difference is freed of what both runs' martingales explain."""
    difference = (a[outcome] - b[outcome]).to_numpy()
    X = np.column_stack([np.ones(len(a)), a[martingale], b[martingale]])
    rest = difference - X @ np.linalg.lstsq(X, difference, rcond=None)[0]
    return float((a[outcome].var() + b[outcome].var()) / rest.var(ddof=3))


def shares(cases: Sequence[Case], count: int, outcome: str) -> dict[str, float]:
    """Share of the variance of the difference that each kind of luck makes alone: first-order indices, pick-freeze."""
    first, others = np.arange(count), np.arange(count) + 10**6
    whole = np.subtract(*(run[outcome] for run in lived(cases, first)))
    found = {}
    for name, kept in LUCK.items():
        frozen = np.subtract(*(run[outcome] for run in lived(cases, first, others, kept)))
        found[name] = float(np.corrcoef(whole, frozen)[0, 1])
    return found


def case_of(scenario: str, theory: str) -> Case:
    return request([f"scenario={scenario}", f"theory={theory}", "unknowns=fixed"]).case


def factors(count: int) -> pd.DataFrame:
    """Factors of every theory, scenario and outcome, plain, with the control, and with reports by the day."""
    rows = []
    replicates = np.arange(count)
    for theory in THEORIES:
        base = case_of(BASE, theory)
        (a,), (a_day,) = lived([base], replicates), lived([base], replicates, by_day=True)
        for scenario in SCENARIOS:
            case = case_of(scenario, theory)
            (b,), (b_day,) = lived([case], replicates), lived([case], replicates, by_day=True)
            for outcome in OUTCOMES:
                plain = factor(a[outcome], b[outcome])
                row = {"theory": theory, "scenario": scenario, "outcome": outcome, "factor": plain}
                day = {"share_out_by_record_end": "record_end", "share_out_by_end": "end"}.get(outcome)
                if day and np.isfinite(plain):
                    row["with the control"] = controlled(a, b, outcome, f"martingale_{day}")
                row["reports by the day"] = factor(a_day[outcome], b_day[outcome])
                rows.append(row)
    return pd.DataFrame(rows)


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--quick", action="store_true", help="a small size: that it works, not what it gives")
    asked = parser.parse_args()
    count = 32 if asked.quick else 256
    frame = factors(count)
    luck = {
        (theory, outcome): shares([case_of(BASE, theory), case_of("terms_settled", theory)], count, outcome)
        for theory in ("threat_efficacy", "squad_threshold")
        for outcome in ("share_out_by_end", "withdrawal_reports")
    }
    publish(asked.to, page(frame, luck, count), {"coupling.csv": frame}, "COUPLING.md", float_format="%.5g")


if __name__ == "__main__":
    main()
