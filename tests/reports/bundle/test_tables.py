"""Cases and runs of a bundle: text that any program reads, and back to the last bit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.api import run_request
from sim.ensemble.cases.case import Case
from sim.ensemble.design.sweep import sweep
from sim.ensemble.store.store import Store
from sim.errors import StoreDamaged
from sim.reports.bundle import tables
from tests.worlds import TINY


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables") / "s"
    words = ["scenario=as_documented,terms_settled", "theory=breach,prospects", *TINY, "ensemble.replicates=5"]
    run_request(sweep(words), folder)
    return Store.read(folder)


def test_the_digest_is_that_of_the_store(store):
    assert tables.digest_of(store.runs()) == store.digest()
    shuffled = store.runs().sample(frac=1, random_state=1)
    assert tables.digest_of(shuffled) == store.digest()
    assert tables.digest_of(store.runs().head(7)) != store.digest()


def test_runs_come_back_with_every_bit(store):
    runs = store.runs()
    again = tables.read_runs(tables.runs_csv(runs))
    assert tables.digest_of(again) == store.digest()
    assert tables.runs_csv(again) == tables.runs_csv(runs)
    for name in ("knowable_hazard", "share_out_by_end"):
        assert (again[name].to_numpy().view(np.int32) == runs[name].to_numpy().view(np.int32)).all()


@pytest.mark.parametrize("value", [np.nan, -0.0, np.inf, 1 / 3, 1e-40, 16_777_217.0, 123.0])
def test_odd_numbers_come_back_too(store, value):
    runs = store.runs().head(1).assign(knowable_hazard=np.float32(value))
    again = tables.read_runs(tables.runs_csv(runs))["knowable_hazard"].to_numpy()
    assert again.dtype == np.float32
    assert again.tobytes() == np.array([value], dtype=np.float32).tobytes()


def test_failed_runs_and_what_they_say_are_rows(store):
    runs = store.runs().head(2).assign(status=["ok", "failed"], message=["", 'day 3, "why", and so on'])
    again = tables.read_runs(tables.runs_csv(runs))
    assert again["message"].tolist() == runs["message"].tolist()
    assert tables.digest_of(again) == tables.digest_of(runs.head(1))


def test_cases_come_back_as_they_are(store):
    cases = [Case.from_row(row) for row in store.cases().to_dict("records")]
    again = tables.read_cases(tables.cases_csv(cases))
    assert again == {case.id: case for case in cases}
    assert tables.cases_csv(list(reversed(cases))) == tables.cases_csv(cases)


def test_a_case_that_was_changed_is_told(store):
    cases = [Case.from_row(row) for row in store.cases().to_dict("records")]
    changed = tables.cases_csv(cases).replace(b",12,", b",13,")
    with pytest.raises(StoreDamaged, match="line 2: case c"):
        tables.read_cases(changed)
    with pytest.raises(StoreDamaged, match="is none"):
        tables.read_cases(b"case,x\nc1\n")


@pytest.mark.parametrize(
    "content", [b"", b"case,root_seed\nc1,2\n", b"\xff", b"case,root_seed,replicate,future,status\nc,x,0,0,ok\n"]
)
def test_what_is_no_table_is_told(content):
    with pytest.raises(StoreDamaged):
        tables.read_runs(content)


def test_what_somebody_added_stands_a_row_each():
    keys = {"case": ["c1", "c2"], "root_seed": 1, "replicate": [0, 1], "future": 0, "status": ["ok", "failed"]}
    runs = pd.DataFrame({**keys, "attacks": 3.0, "mine": [2.5, 1.0]})
    (row,) = tables.added_values(runs).to_dict("records")
    assert (row["case"], row["outcome"], row["value"]) == ("c1", "mine", 2.5)


def test_runs_that_cannot_be_are_told(store):
    text = tables.runs_csv(store.runs().head(2)).decode()
    first = text.splitlines()[1]
    case, seed, _, rest = first.split(",", 3)
    for odd in (f"{case},{seed},-1,{rest}", f"{case},{seed},{2**40},{rest}", f"{case},{seed},{10**30},{rest}"):
        with pytest.raises(StoreDamaged, match=r"cannot be|none of its column"):
            tables.read_runs(text.replace(first, odd).encode())
    with pytest.raises(StoreDamaged, match="one twice"):
        tables.read_runs(f"{text}{first}\n".encode())
