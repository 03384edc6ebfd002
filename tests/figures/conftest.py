from __future__ import annotations

import pytest

from sim.figures.drawing.layout import Footer


@pytest.fixture
def footer() -> Footer:
    return Footer(runs=400, seeds="20240307, replicates 0–399", version="0.1.0", label="as_documented × T1")


@pytest.fixture
def metadata() -> dict[str, str]:
    return {"case": "0123456789ab", "seeds": "7: 0–399", "version": "0.1.0", "command": "tabletop plot out"}
