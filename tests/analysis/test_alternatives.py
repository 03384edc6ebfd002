"""Cases as worlds to choose between: what they are called, and which of them belong together."""

from __future__ import annotations

import pandas as pd
import pytest

from sim.analysis.alternatives import Alternative, alternatives, choose, usual_baseline
from sim.ensemble.design.sweep import sweep
from sim.errors import UserMistake
from tests.worlds import FIXED


def cases(*labels: str) -> pd.DataFrame:
    theory = [label.split(" · ")[1] for label in labels]
    return pd.DataFrame({"case": [f"id{n}" for n in range(len(labels))], "label": labels, "theory.name": theory})


def named(*labels: str) -> dict[str, dict[str, str]]:
    return {world.name: dict(world.cases) for world in alternatives(cases(*labels))}


@pytest.mark.parametrize(
    ("labels", "worlds"),
    [
        (("record · breach", "aid · breach"), {"record": {"breach": "id0"}, "aid": {"breach": "id1"}}),
        (("record · breach", "record · prospects", "aid · breach"),
         {"record": {"breach": "id0", "prospects": "id1"}, "aid": {"breach": "id2"}}),
        (("record · breach · officers.pool=40", "aid · breach · officers.pool=40 · kit=1"),
         {"record": {"breach": "id0"}, "aid · kit=1": {"breach": "id1"}}),
        (("record · breach", "record · prospects"), {"record": {"breach": "id0", "prospects": "id1"}}),
        (("aid · breach", "aid · breach"), {"aid · id0": {"breach": "id0"}, "aid · id1": {"breach": "id1"}}),
    ],
    ids=["worlds", "theories of a world", "what all share tells none apart", "theories are no worlds", "twins"],
)  # fmt: skip
def test_a_world_is_called_by_what_tells_it_from_the_others(labels: tuple[str, ...], worlds: dict) -> None:
    assert named(*labels) == worlds


def test_theories_stand_in_their_own_order() -> None:
    (record, _) = alternatives(cases("record · breach", "record · constant", "aid · breach"))
    assert list(record.cases) == ["constant", "breach"]


def test_the_usual_baseline_is_the_record_or_else_the_first() -> None:
    one, other = Alternative("aid", {"breach": "a"}), Alternative("as_documented", {"breach": "b"})
    assert usual_baseline([one, other]) is other
    assert usual_baseline([one]) is one


def test_a_sweep_that_meets_the_default_has_the_documented_world_as_its_baseline() -> None:
    """Typed as a value among others it has a name of its own, which must not leave the sign to the order of ids."""
    default = sweep(["theory=breach", FIXED]).cases[0].values["media.report_probability"]
    asked = sweep(["theory=breach,constant", FIXED, "officers.pool=40", f"media.report_probability=0.02,{default},0.1"])
    listed = alternatives(pd.DataFrame([case.row() for case in asked.cases]))
    assert [world.name for world in listed if world.record] == [f"as_documented · media.report_probability={default}"]
    assert usual_baseline(listed).record
    assert choose(listed, "as_documented", "--baseline").record


def test_where_the_documented_world_is_not_among_the_cases_its_name_finds_none() -> None:
    asked = sweep(["theory=breach", FIXED, "media.report_probability=0.02,0.1"])
    listed = alternatives(pd.DataFrame([case.row() for case in asked.cases]))
    assert usual_baseline(listed) is listed[0]
    with pytest.raises(UserMistake, match="2 cases fit"):
        choose(listed, "as_documented", "--baseline")
