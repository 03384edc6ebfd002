"""The worlds that the study of what drives exits looks at."""

from __future__ import annotations

import pytest

from experiments.drivers.branches import drawn
from experiments.drivers.worlds import held
from sim.ensemble.cases.event_tables import references
from sim.ensemble.design.prior_ranges import priors
from sim.ensemble.design.request import request
from tests.worlds import FIXED


def test_events_write_with_the_settings_that_were_drawn():
    case = request(["theory=threat_efficacy", "governments=rules", FIXED]).case
    followed = references(case.table) & {r.key for r in priors(["all"], case.theory)}
    assert followed, "no event refers to an uncertain setting, and nothing is tried here"
    worlds = drawn(case, 4)
    for world in worlds:
        assert world.events == case.varied({key: world.values[key] for key in followed}, "").events
    assert len({world.events for world in [case, *worlds]}) == 5


@pytest.mark.parametrize("cause", ["violence", "rumours"])
def test_a_cause_is_held_by_its_one_switch(cause):
    case = request(["theory=breach", FIXED]).case
    off = held(case, cause)
    assert {key for key in case.values if off.values[key] != case.values[key]} == {f"officers.{cause}_felt"}
