"""What the studies share: tables that come back from their files as they were."""

from __future__ import annotations

import pandas as pd
import pytest

from experiments.study import as_filed


@pytest.mark.parametrize("column", ["list", "digest"])
def test_a_digest_that_looks_like_a_number_stays_text(column: str):
    table = pd.DataFrame({column: ["0120456789", "12e456789012"], "mean": [0.123456, 2]})
    assert as_filed(table).to_dict("list") == {column: ["0120456789", "12e456789012"], "mean": [0.1235, 2.0]}
