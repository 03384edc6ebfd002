"""Is AMBR low? Ten times as many runs as on the page of speed, other seeds, and the same luck in double precision.

Run `python experiments/peers/agreement.py` (extra `[peers]`; `--quick` for a small size): it writes agreement.csv and
AGREEMENT.md beside it. Seeds on the page of speed are fixed, so every run of its command shows the same luck again.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from experiments.peers import batched
from experiments.peers.contenders import CONTENDERS, SHARES
from experiments.peers.measure import ROUNDS, first_of
from experiments.peers.script import script
from experiments.study import command, options, publish, rows

ELSEWHERE = 5 * 10**8
"""Seeds that the page of speed does not use."""

PAGE = """# Is AMBR low?

`{wrote}` wrote this page. With the seeds of
[the page of speed](README.md) AMBR's share out differs from the engine's by {there:+.1f} % by the record's end and
{there_end:+.1f} % by the end ({few:,} runs). Those seeds are fixed, so every run of that command meets the same luck
again. Here are {many:,} runs of other seeds:

{table}

z is the distance from the engine's mean ({engine:,} runs) in standard errors.
{verdict}

- **Rounding**: {pairs:,} of its runs again with the same draws in double precision: {changed} end with another number
  of officers, and the mean share out by the end differs by {rounding:.1e}.
- **Squads**: {width} runs of a batch share their squads, which could make them alike and the error too small. Variance
  between batches over what independent runs would have: {between:.2f} by the record's end, {between_end:.2f} by the end
  ({batches} batches; 1 is independent, chance alone makes 1 ± {chance:.2f}).
- **Order of the day**: the fused kernel, written apart with other arithmetic and luck, is in the table too.
"""


class Double(batched.BatchedDeployment):
    """The same model on the same draws, which are single, in double precision from the first day on."""

    def setup(self, B: int, N: int, params: Any, rng: Any) -> Any:
        state = super().setup(B, N, params, rng)
        batched.F = np.float64
        first = np.arange(N) < self.script["levers.first_contingent"]
        self.nearness = np.where(first, self.script.near[:, None], self.script.far[:, None])
        single = {name for name, value in state.items() if getattr(value, "dtype", None) == np.float32}
        with np.errstate(invalid="ignore"):  # scratch holds whatever was there
            return {name: value.astype(np.float64) if name in single else value for name, value in state.items()}


def out(name: str, runs: int, first: int) -> Any:
    """Both shares out of each run, ``(2, runs)``."""
    parts = list(CONTENDERS[name].live(runs, first, "as_documented"))
    return np.array([np.concatenate([part[k] for part in parts]) for k in range(len(SHARES))])


def precisions(batches: int) -> Any:
    """Shares out by the end in single and double precision, ``(2, runs)``."""
    from ambr import GPUEnsembleRunner

    found: list[list[Any]] = [[], []]
    for seed in range(batches):
        case = script().with_squads(seed)
        for k, model in enumerate((batched.BatchedDeployment, Double)):
            batched.F = np.float32
            some = {"run": np.arange(batched.WIDTH)}
            series = GPUEnsembleRunner(model(case)).run(case.officers, case.days, some, seed)
            found[k].append(series["out"][:, -1] / case.officers)
    batched.F = np.float32
    return np.array([np.concatenate(part) for part in found])


def between(values: Any) -> float:
    """Variance of the means of batches over that of as many independent runs."""
    of = values.reshape(-1, batched.WIDTH)
    return float(batched.WIDTH * of.mean(axis=1).var(ddof=1) / of.var(axis=1, ddof=1).mean())


def compared(samples: dict[str, Any], engine: Any) -> pd.DataFrame:
    """One row a sample and share: mean, difference from the engine in per cent, and z."""
    lines = []
    for name, values in samples.items():
        for k, share in enumerate(SHARES):
            own, ours = values[k], engine[k]
            error = np.sqrt(own.var(ddof=1) / len(own) + ours.var(ddof=1) / len(ours))
            gap = own.mean() - ours.mean()
            lines.append({"program": name, "runs": len(own), "share": share, "mean": own.mean(),
                          "per cent": 100 * gap / ours.mean(), "z": gap / error})  # fmt: skip
    return pd.DataFrame(lines)


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--quick", action="store_true", help="a small size: that it works, not what it finds")
    asked = parser.parse_args()
    few = CONTENDERS["ambr"].quick if asked.quick else CONTENDERS["ambr"].runs
    batches, engine_runs = (4, 1024) if asked.quick else (10 * ROUNDS * few // batched.WIDTH, 40960)
    engine, many = out("engine", engine_runs, 0), out("ambr", batches * batched.WIDTH, ELSEWHERE)
    shown = np.concatenate([out("ambr", few, first_of("ambr", turn, few)) for turn in range(ROUNDS)], axis=1)
    fused = out("fused", 2 * many.shape[1], ELSEWHERE)
    samples = {"AMBR, the page's seeds": shown, "AMBR, other seeds": many, "fused kernel": fused}
    frame = compared(samples, engine)
    single, double = precisions(2 if asked.quick else 10)
    there, here = frame[:2], frame[2:4]
    largest = here["z"].abs().max()
    visible = 3 * (here["per cent"] / here["z"]).abs().max()
    luck = (
        f"AMBR's largest z with them is {largest:.1f}: what the page shows is the luck of its seeds, and a bias\n"
        f"of {visible:.1f} % would be seen here."
    )
    verdict = "AMBR differs: look for the cause." if largest > 3 else luck
    cells = [[row["program"], f"{row['runs']:,}", row["share"], f"{row['mean']:.5f}", f"{row['per cent']:+.2f} %",
              f"{row['z']:+.1f}"] for _, row in frame.iterrows()]  # fmt: skip
    head = ["program", "runs", "share", "mean", "against the engine", "z"]
    text = PAGE.format(
        wrote=command(__file__),
        there=there["per cent"].iloc[0],
        there_end=there["per cent"].iloc[1],
        few=shown.shape[1],
        many=many.shape[1],
        engine=engine_runs,
        table=rows(head, cells, right=(1, 3, 4, 5)),
        verdict=verdict,
        pairs=len(single),
        changed=int((single != double).sum()),
        rounding=float((single - double).mean()),
        width=batched.WIDTH,
        between=between(many[0]),
        between_end=between(many[1]),
        batches=batches,
        chance=np.sqrt(2 / (batches - 1)),
    )
    publish(asked.to, text, {"agreement.csv": frame}, "AGREEMENT.md", float_format="%.6g")


if __name__ == "__main__":
    main()
