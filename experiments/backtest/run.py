"""The synthetic backtest, predicted and scored. `python experiments/backtest/run.py`

It shows the format and what comes of it, and nothing else: inputs and answers of synthetic.yaml are invented.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from experiments.study import add_store, command, options, publish
from sim.analysis.backtest.backtest_file import Backtest, load_backtest
from sim.analysis.backtest.backtest_request import WORLDS, request_of
from sim.analysis.backtest.predictions import Predictions, predict
from sim.api import run_request
from sim.ensemble.design.request import Request
from sim.reports.backtest_page import backtest_page

HERE = Path(__file__).parent
FILE = HERE / "synthetic.yaml"
TITLE = "A synthetic backtest"


def asked(backtest: Backtest, replicates: int) -> Request:
    """The runs that the page is of."""
    return request_of(backtest, [f"ensemble.replicates={replicates}"])


def basis(request: Request) -> pd.DataFrame:
    """What the page is of, one row a theory: ``theory``, ``case``, ``replicates``."""
    rows = [[case.theory, case.id, len(request.plan.replicates)] for case in request.cases]
    return pd.DataFrame(rows, columns=["theory", "case", "replicates"])


def tables(found: Predictions, request: Request) -> dict[str, pd.DataFrame]:
    """What the page is made from, by the names of their files."""
    still = [[theory, lived, runs] for theory, (lived, runs) in found.still.items()]
    return {
        "scores.csv": found.table,
        "summary.csv": found.summary,
        "still.csv": pd.DataFrame(still, columns=["theory", "lived", "runs"]),
        "basis.csv": basis(request),
    }


def read(folder: Path = HERE) -> tuple[Predictions, pd.DataFrame]:
    """The predictions and the basis as the files of a folder have them."""
    scores, summary, still, base = (
        pd.read_csv(folder / f"{name}.csv") for name in ("scores", "summary", "still", "basis")
    )
    lived = {str(row.theory): (int(str(row.lived)), int(str(row.runs))) for row in still.itertuples()}
    return Predictions(load_backtest(FILE), scores, summary, lived), base


def page(found: Predictions, base: pd.DataFrame) -> str:
    """The page, of these predictions."""
    replicates = int(base["replicates"].iloc[0])
    wrote = command(__file__, replicates=None if replicates == WORLDS else replicates)
    about = (
        "An example of what `tabletop backtest` reads and says ([docs/BACKTEST.md](../../docs/BACKTEST.md)), from "
        "[synthetic.yaml](synthetic.yaml); every number is in [scores.csv](scores.csv) and [summary.csv](summary.csv)."
    )
    head, _, rest = backtest_page(found, wrote, TITLE).partition("\n\n")
    return f"{head}\n\n{about}\n\n{rest}"


def main(words: Sequence[str] | None = None) -> None:
    """Run what is missing, and write the page with its tables."""
    parser = options(__file__, __doc__)
    parser.add_argument("--replicates", type=int, default=WORLDS, help="runs of each theory")
    add_store(parser)
    given = parser.parse_args(words)
    backtest = load_backtest(FILE)
    request = asked(backtest, given.replicates)
    runs = run_request(request, given.out)
    found = predict(backtest, request.cases, runs.outcomes, runs.store)
    publish(given.to, page(found, basis(request)), tables(found, request))


if __name__ == "__main__":
    main()
