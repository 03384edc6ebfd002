"""What the package offers: each name that its table tells, found when it is asked for."""

from __future__ import annotations

import sys

import pytest

from sim.analysis import calibration
from tests import processes


def test_every_name_is_there_and_told():
    for name in calibration.__all__:
        assert getattr(calibration, name).__name__ == name
    told = {line.split()[0] for line in calibration.__doc__.splitlines() if "_table  " in line or "self_check " in line}
    assert told | {"PriorDraws", "SelfCheck", "compatibility_table"} == set(calibration.__all__)
    with pytest.raises(AttributeError, match="no attribute 'other'"):
        calibration.other  # noqa: B018


def test_the_package_alone_loads_nothing_heavy():
    code = "import sim.analysis.calibration, sys; print({'scipy', 'pandas', 'numpy'} & set(sys.modules))"
    assert processes.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"
