"""What do the findings survive? `python experiments/certificates/run.py`

Certifies experiments/findings.yaml (`tabletop certify`) and publishes the page and the table of verdicts, from which
[the answer](../ANSWER.md) takes its certificates.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from experiments.study import add_store, as_filed, command, options, publish, read_table
from experiments.undisclosed.measure import digest
from sim.analysis.certificates.certificate import REPLICATES, CertifyRequest, certify, read_asked, trials_of
from sim.analysis.certificates.checks import BASE, OTHER_WORLDS
from sim.analysis.certificates.claims import Claim, load_claims
from sim.analysis.certificates.trials import plan_of
from sim.api import open_store, run_request
from sim.commands.screen import progress
from sim.ensemble.cases.case import settings_of
from sim.ensemble.design.plan import Plan, missing_runs
from sim.ensemble.design.request import Request
from sim.ensemble.engine.run_unknowns import quantiles_in_worlds
from sim.ensemble.store.store import Store
from sim.model import MODEL_VERSION
from sim.reports.certificate_page import certificate_page

HERE = Path(__file__).parent
FILES = ("certificates", "basis")
STRONG, MOST = 0.3, 4
"""Rank correlation with the effect from which a finding rests on a setting, and so many settings at most."""
Tables = Mapping[str, pd.DataFrame]


def lives(store: Store, typed: Sequence[str]):
    """What runs plans in a store, with a bar for each."""

    def live(plan: Plan) -> pd.DataFrame:
        with progress(sum(map(len, missing_runs(plan, store).values()))) as advance:
            return run_request(Request(plan), store.folder, advance, list(typed)).outcomes

    return live


def asked_of(replicates: int, claims: Sequence[Claim] | None = None) -> CertifyRequest:
    """All findings of the checkout under all checks."""
    return read_asked(claims or load_claims(), words=[f"ensemble.replicates={replicates}"])


def tables(asked: CertifyRequest, store: Store, typed: Sequence[str] = ()) -> dict[str, pd.DataFrame]:
    """The tables of the page, by the name of their file."""
    found = certify(asked, store, lives(store, typed), progress)
    if found.failed:
        raise SystemExit(f"{found.failed} runs failed; a page of what is left would say something else")
    return {"certificates": as_filed(found.table), "basis": as_filed(basis(asked))}


def basis(asked: CertifyRequest) -> pd.DataFrame:
    """What the page rests on, a row each: the findings as they are read, the cases, the list, the model, the worlds."""
    rows = [("finding", claim.name, _mark(repr(claim))) for claim in asked.claims]
    cases = {f"{theory} {mode} {number:02d}": case.id for number, ((theory, mode, _), case) in
             enumerate(asked.cases.items())}  # fmt: skip
    rows += [("case", name, case) for name, case in cases.items()]
    rows += [("list", "kept worlds", digest(asked.posterior)), ("model", "version", str(MODEL_VERSION)),
             ("worlds", "of each theory", str(asked.count))]  # fmt: skip
    return pd.DataFrame(rows, columns=["kind", "name", "value"])


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def read_tables(folder: Path = HERE) -> dict[str, pd.DataFrame]:
    """The tables beside the page."""
    return {name: read_table(folder / f"{name}.csv") for name in FILES}


def page(found: Tables) -> str:
    """The page, from the tables as their files have them."""
    kept = found["basis"].set_index(["kind", "name"])["value"]
    replicates = int(kept["worlds", "of each theory"])
    wrote = command(str(HERE / "run.py"), replicates=None if replicates == REPLICATES else replicates)
    claims = [claim for claim in load_claims() if claim.name in set(found["certificates"]["finding"])]
    text = certificate_page(claims, found["certificates"], wrote, "../")
    first, rest = text.split("\n\n", 2)[:2], text.split("\n\n", 2)[2]
    about = (
        f"{replicates:,} worlds of each rival theory, of the list {kept['list', 'kept worlds']}. How each check "
        "is made, and how a finding is added: [docs/CERTIFY.md](../../docs/CERTIFY.md). The findings: "
        "[findings.yaml](../findings.yaml); every row with its command: [certificates.csv](certificates.csv)."
    )
    return "\n\n".join([*first, about, rest])


def suggest(asked: CertifyRequest, store: Store) -> pd.DataFrame:
    """The assumed settings that each finding rests on, by the rule of findings.yaml: finding, setting, theory, rank
    correlation with the effect over the kept worlds of the page."""
    wanted = {claim.name: (BASE, OTHER_WORLDS) for claim in asked.claims}
    live = lives(store, ())
    asked = CertifyRequest(**{**vars(asked), "checks": wanted})
    trials = trials_of(asked, live)
    runs, rows = live(plan_of(trials, asked.plan)), []
    for claim in asked.claims:
        strongest: dict[str, tuple[str, float]] = {}
        for theory in claim.theories:
            mine = [trial for trial in trials if trial.claim is claim and trial.theory == theory]
            effects = pd.concat([trial.effect(runs).values for trial in mine])
            of_case: dict[str, pd.Series] = {}
            for case in mine[0].cases:
                for key, column in quantiles_in_worlds(case, asked.plan.root_seed, effects.index.to_numpy()).items():
                    of_case.setdefault(str(key), column)
            for key, column in of_case.items():
                if settings_of(theory)[key].status == "assumed":
                    strength = float(pd.Series(effects.to_numpy()).corr(column, method="spearman"))
                    if abs(strength) > abs(strongest.get(key, ("", 0.0))[1]):
                        strongest[key] = (theory, strength)
        ranked = sorted(strongest.items(), key=lambda item: -abs(item[1][1]))
        rows += [(claim.name, key, *told) for key, told in ranked if abs(told[1]) >= STRONG][:MOST]
    return pd.DataFrame(rows, columns=["finding", "setting", "theory", "rank correlation"])


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--replicates", type=int, default=REPLICATES, help="worlds of each theory")
    parser.add_argument("--suggest", action="store_true", help="list what each finding rests on, and write nothing")
    add_store(parser)
    given = parser.parse_args()
    asked, store = asked_of(given.replicates), open_store(given.out)
    if given.suggest:
        print(suggest(asked, store).round(2).to_string(index=False))
        return
    found = tables(asked, store, ["python", *sys.argv])
    publish(given.to, page(found), {f"{name}.csv": table for name, table in found.items()})


if __name__ == "__main__":
    main()
