"""Events removed and causes taken apart: the page is of the cases, the model and the kept worlds that there are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.counterfactuals import run
from experiments.paired_options import Option, basis, differences, findings, hundredths, study_options, under
from sim.ensemble.cases.event_tables import canonical_events
from sim.ensemble.design.request import request
from tests.experiments.commands import study

AGAIN = "the page is stale: python experiments/counterfactuals/run.py makes it again"
BREACH = ["theory=breach", "unknowns=posterior"]


@pytest.fixture(scope="module")
def found() -> dict[str, pd.DataFrame]:
    return run.read_tables()


def test_the_page_is_of_the_model_the_worlds_and_the_events_that_there_are(found):
    replicates = int(found["basis"]["replicates"].iloc[0])
    parts = [basis([nothing, *changed], mode, replicates) for mode in run.MODES
             for nothing, changed in [run.plan(mode)]]  # fmt: skip
    now = pd.concat(parts, ignore_index=True)
    known = found["basis"]
    pd.testing.assert_frame_equal(
        now[(now["mode"] == run.POSTERIOR) | (now["kind"] != "causes")].reset_index(drop=True), known, obj=AGAIN
    )


def test_the_page_says_what_its_tables_say(found):
    shown = (run.HERE / "README.md").read_text("utf-8").partition("\nFigures of model version")[0]
    assert shown.strip() == run.page(found).strip(), AGAIN


def test_an_event_is_removed_as_whoever_types_it_removes_it():
    typed = request([*BREACH, "scenario.events.airport_assault.happens=false"]).case
    assert run.without_events(request(BREACH).case, ["airport_assault"]).id == typed.id


def test_every_event_of_the_case_is_removed_once_and_nothing_else():
    case = request(BREACH).case
    events = run.events_of(case)
    assert events[events["kind"] == "event"]["option"].tolist() == list(case.table)
    for names in events["names"]:
        fewer = run.without_events(case, names.split())
        gone = [event for event in case.events if event.id in names.split()]
        rest = [event for event in case.events if event not in gone]
        assert canonical_events(fewer.events) == canonical_events(rest)
        assert len(gone) == len(names.split())


def test_a_cause_is_switched_off_by_its_own_setting_and_all_three_together():
    nothing, changed = run.plan(run.POSTERIOR)
    of = {option.keys["option"]: option.cases["breach"] for option in changed if option.keys["kind"] == "causes"}
    assert len(of) == 7
    whole = of["+".join(run.TOGETHER)]
    felt = {key for key, value in whole.values.items() if value != nothing.cases["breach"].values[key]}
    assert felt == {f"officers.{cause}_felt" for cause in run.TOGETHER}


def test_parts_of_causes_add_up_and_one_that_does_nothing_has_none():
    """Two causes of which either is enough for 6 exits, one more for 4, and a third that does nothing."""
    sets = [frozenset(names) for names in [(), *run.sets_of("abc")]]
    exits = {off: pd.Series([10.0 - 4 * ("a" in off) - 6 * ({"a", "b"} <= off)] * 3) for off in sets}
    parts = {cause: run.part_of(cause, exits).iloc[0] for cause in "abc"}
    assert parts == {"a": pytest.approx(7), "b": pytest.approx(3), "c": pytest.approx(0)}


def test_a_difference_has_its_side_only_where_holms_rule_tells_it():
    luck = np.random.default_rng(3)
    before = luck.poisson(20, 400).astype(float)
    after = {"less": before - luck.poisson(2, 400), "same": before, "either": before + luck.normal(0, 5, 400)}
    runs = pd.concat([
        pd.DataFrame({"case": name, "root_seed": 1, "replicate": range(400), "future": 0, "status": "ok",
                      "exits_by_end": values})
        for name, values in {"base": before, **after}.items()
    ])  # fmt: skip

    class Known:
        def __init__(self, id):
            self.id = id

    nothing = Option({"option": "nothing"}, {"breach": Known("base")})
    changed = [Option({"option": name}, {"breach": Known(name)}) for name in after]
    table = differences(nothing, changed, runs, ["exits_by_end"]).set_index("option")
    assert table.loc["less", "side"] == -1
    assert table.loc["less", "difference"] == pytest.approx(-2, abs=0.3)
    assert table.loc["same", "side"] == 0
    assert pd.isna(table.loc["either", "side"])
    said = findings(table.reset_index(), ["option"]).set_index("option")
    assert said["finding"].to_dict() == {"less": "holds", "same": "no effect", "either": "not discriminated"}


def test_theories_are_named_by_their_numbers_unless_all_of_them_are_meant():
    assert under(["breach", "prospects"], ["prospects", "breach"]) == "under every theory"
    assert under(["breach", "prospects"], ["threat_efficacy", "prospects", "breach"]) == "under T2 and T4"
    assert hundredths([0.412, 0.73]) == "41–73"


@pytest.mark.parametrize("word", ["0", "1", "-3", "many"])
def test_a_number_of_worlds_that_is_none_is_said_in_one_line(word, capsys):
    with pytest.raises(SystemExit) as end:
        study_options(run.__file__, None).parse_args([f"--replicates={word}"])
    assert end.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1].endswith(f"{word}: a whole number of worlds, at least 2")


@pytest.mark.slow
def test_the_study_of_counterfactuals_writes_its_page(tmp_path):
    study("counterfactuals/run", "--replicates=12", f"--out={tmp_path / 'store'}", to=tmp_path / "page")
    table = pd.read_csv(tmp_path / "page" / "differences.csv")
    nobody = table[(table["option"] == "selection") & (table["outcome"] == run.END)]
    assert (nobody["difference"] == -nobody["documented"]).all(), "without selection nobody is at risk"
    assert pd.read_csv(tmp_path / "page" / "still.csv")["lived"].between(0, 12).all()
    page = (tmp_path / "page" / "README.md").read_text(encoding="utf-8")
    assert "--replicates 12" in page
    assert "not a forecast" in page
    assert (tmp_path / "page" / "without-events.png").read_bytes().startswith(b"\x89PNG")
