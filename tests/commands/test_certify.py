"""``tabletop certify``, as it is typed: a planted finding that is false flips, one that cannot be otherwise holds."""

from __future__ import annotations

import io
import json
import shlex
from dataclasses import replace

import pandas as pd
import pytest

from sim import cli
from sim.analysis.certificates.trials import FOLDER
from sim.ensemble.store.store import Store
from sim.model import MODEL_VERSION
from sim.record import load as load_record

SMALL = ("theory=breach", "officers.pool=60", "clock.start=2024-02-01", "clock.end=2024-04-02",
         "ensemble.replicates=24")  # fmt: skip
FINDINGS = """
findings:
  planted:
    claim: with no news of violence more leave (planted, and false)
    study: toy
    outcome: exits_by_end
    option: [[officers.violence_felt=0]]
    against: documented
    finds: more
    worlds: prior
    rests_on: [officers.threat_sensitivity]
  trivial:
    claim: who must stay does not leave (planted, and true)
    study: toy
    outcome: exits_by_end
    option: [[levers.mandatory=1]]
    against: documented
    finds: fewer
    worlds: prior
  none_is_negative:
    claim: no run has fewer than nobody out
    study: toy
    outcome: exits_by_end
    option: documented
    counts: {at_least: 0}
    finds: {at_least: 0.5}
    worlds: prior
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certify")
    (folder / "f.yaml").write_text(FINDINGS, "utf-8")
    assert cli.run(["certify", str(folder / "f.yaml"), *SMALL, f"out={folder / 's'}"]) == 0
    return folder / "s"


@pytest.fixture
def certify(store, tmp_path, capsys):
    """``certify("…")``: the exit code, in a copy of the store; ``f.yaml`` holds the findings."""
    (tmp_path / "f.yaml").write_text(FINDINGS, "utf-8")

    def typed(*words):
        return cli.run(["certify", "f.yaml", *words, *SMALL, f"out={store}"])

    return typed


@pytest.fixture(scope="module")
def table(made):
    (file,) = made.glob("figures/certify-findings/certificates.csv")
    return pd.read_csv(file)


def test_a_finding_that_is_false_flips_wherever_it_is_tried(table):
    rows = table[(table["finding"] == "planted") & ~table["must_hold"]]
    assert {"theory", "half:officers.threat_sensitivity", "start:2024-01-01", "day:decide_first"} <= set(rows["check"])
    assert set(rows["verdict"]) == {"FLIPS"}
    assert (rows["high"] < 0).all()


def test_a_finding_that_cannot_be_otherwise_holds_wherever_it_is_tried(table):
    for name in ("trivial", "none_is_negative"):
        rows = table[table["finding"] == name]
        assert len(rows) >= 10
        assert set(rows["verdict"]) == {"HOLDS"}, name


def test_what_must_not_matter_does_not(table):
    rows = table[table["must_hold"]]
    assert set(rows["check"]) == {"other_worlds", "officers_order", "block_width", "float64"}
    assert set(rows["verdict"]) == {"HOLDS"}
    assert (rows[rows["check"] == "block_width"]["note"] == "equal to the last bit").all()


def test_each_row_names_the_command_that_shows_it_and_nothing_is_computed_again(table, made, monkeypatch, capsys):
    store = made
    runs = len(Store.read(store).runs())
    row = table[(table["finding"] == "planted") & (table["check"] == "officers_4000")].iloc[0]
    words = shlex.split(row["command"])
    assert words[:2] == ["tabletop", "certify"]
    assert words[3:6] == ["--only", "planted", "--check"]
    monkeypatch.setattr("sim.analysis.certificates.trials.simulate", pytest.fail)
    monkeypatch.setattr("sim.ensemble.execution.tasks.simulate", pytest.fail)
    assert cli.run([*words[1:], "--as", "json"]) == 0
    (again,) = json.loads(capsys.readouterr().out)
    assert (again["verdict"], again["effect"]) == (row["verdict"], pytest.approx(row["effect"]))
    assert len(Store.read(store).runs()) == runs


def test_what_no_address_says_is_in_no_store(table, store):
    """Runs are of the cases alone: own and other worlds, other starts, the larger force."""
    there = Store.open(store, model_version=MODEL_VERSION, record=load_record().hash, create=False)
    assert len(there.runs()) == 3 * (2 * 24 + 2 * 24 + 12)
    kept = [json.loads(file.read_bytes()) for file in (store / FOLDER).glob("*.json")]
    assert {one["check"] for one in kept} == {"officers_order", "block_width", "float64", "day:gangs_first",
                                              "day:news_tomorrow", "day:decide_first"}  # fmt: skip
    assert all(set(one) == {"finding", "check", "theory", "worlds", "effects"} for one in kept)
    assert cli.run(["verify", str(store)]) == 0
    assert cli.run(["status", str(store)]) == 0


def test_interrupted_it_goes_on_where_it_was(certify, store, monkeypatch, capsys):
    """Ctrl-C while the last groups are lived: those before it are not lived again."""
    import sim.analysis.certificates.trials as trials

    for file in (store / FOLDER).glob("*.json"):
        file.unlink()
    simulate, lived = trials.simulate, []

    def tired(block, *how):
        lived.append(block)
        if len(lived) > 4:
            raise KeyboardInterrupt
        return simulate(block, *how)

    monkeypatch.setattr(trials, "simulate", tired)
    assert certify("--only", "trivial") == 130
    assert "what is finished is kept" in capsys.readouterr().err
    before = len(list((store / FOLDER).glob("*.json")))
    assert before
    monkeypatch.setattr(trials, "simulate", simulate)
    assert certify("--only", "trivial") == 0
    assert len(list((store / FOLDER).glob("*.json"))) > before


def test_a_file_of_effects_that_is_torn_is_made_again(certify, store, capsys):
    torn = next(file for file in (store / FOLDER).glob("*.json") if b"none_is_negative" in file.read_bytes())
    whole = torn.read_bytes()
    torn.write_bytes(whole[:20])
    assert certify("--only", "none_is_negative") == 0
    assert torn.read_bytes() == whole


def test_another_root_seed_is_other_luck_although_cases_and_worlds_are_the_same(certify, store, capsys):
    before = {file.name for file in (store / FOLDER).glob("*.json")}
    assert certify("--only", "trivial", "--check", "officers_order", "ensemble.root_seed=5") == 0
    (new,) = {file.name for file in (store / FOLDER).glob("*.json")} - before
    effects = [json.loads((store / FOLDER / name).read_bytes()) for name in (new, *before)]
    same = [one["effects"] for one in effects if (one["finding"], one["check"]) == ("trivial", "officers_order")]
    assert len(same) == 2
    assert same[0] != same[1]


def test_runs_that_fail_are_told_left_out_and_tried_again(certify, store, monkeypatch, capsys):
    """A fault in one block of those that no store keeps: exit code 3, and nothing of it is written."""
    import sim.analysis.certificates.trials as trials

    simulate = trials.simulate

    def faulty(block, *how):
        result = simulate(block, *how)
        for values in result.outcomes.values():
            values[0] = float("nan")
        return replace(result, messages=("planted", *result.messages[1:]))

    monkeypatch.setattr(trials, "simulate", faulty)
    words = ("--only", "trivial", "--check", "float64", "ensemble.root_seed=6")
    before = set((store / FOLDER).glob("*.json"))
    assert certify(*words) == 3
    assert "runs failed; they are left out" in capsys.readouterr().err
    assert set((store / FOLDER).glob("*.json")) == before
    monkeypatch.setattr(trials, "simulate", simulate)
    assert certify(*words) == 0
    assert len(set((store / FOLDER).glob("*.json")) - before) == 1


def test_the_screen_says_it_and_a_page_lies_beside_its_numbers(certify, store, capsys):
    assert certify("--only", "planted") == 0
    said = capsys.readouterr().out
    assert "planted: with no news of violence more leave" in said
    assert "FLIPS −" in said
    assert "planted flips under T4" in said
    assert "Exploratory, never a forecast" in said
    (page,) = store.glob("figures/certify-planted/certificates.md")
    assert "## planted" in page.read_text("utf-8")
    assert page.with_suffix(".csv").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--only", "plantd"], "--only=plantd: no such finding; near it: planted"),
        (["--check", "float46"], "--check=float46: no such check of these findings; near it: float64"),
        (["theory=breech"], "theory=breech: no such theory; there are"),
        (["unknowns=fixed"], "a finding says of which worlds it is"),
        (["officers.pol=3"], "officers.pol"),
        (["g.yaml"], "one file of findings at a time"),
        (["ensemble.replicates=1", "theory=breach"], "at least 2 worlds"),
    ],
)
def test_a_mistake_is_one_line_before_anything_is_run(tmp_path, capsys, words, said):
    (tmp_path / "f.yaml").write_text(FINDINGS, "utf-8")
    assert cli.run(["certify", "f.yaml", *words, f"out={tmp_path / 'none'}"]) == 2
    fault = capsys.readouterr().err.strip()
    assert said in fault
    assert len(fault.splitlines()) == 1


def test_an_unknown_setting_of_a_finding_names_the_finding(tmp_path, capsys):
    (tmp_path / "f.yaml").write_text(FINDINGS.replace("violence_felt", "violence_fellt"), "utf-8")
    assert cli.run(["certify", "f.yaml", *SMALL]) == 2
    assert "findings.planted: officers.violence_fellt" in capsys.readouterr().err


def test_dry_run_and_list_run_nothing(certify, store, capsys):
    assert certify("--dry-run", "--only", "trivial") == 0
    assert "0 runs are missing" in capsys.readouterr().out
    assert certify("--list") == 0
    assert "half:officers.threat_sensitivity" in " ".join(capsys.readouterr().out.split())


@pytest.mark.slow
def test_the_findings_of_the_answer_at_small_size(tmp_path, capsys):
    assert cli.run(["certify", "ensemble.replicates=16", f"out={tmp_path / 's'}", "--as", "csv"]) == 0
    table = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert set(table[table["must_hold"]]["verdict"]) == {"HOLDS"}
    base = table[table["check"] == "theory"].set_index(["finding", "theory"])["verdict"]
    assert (base[:, :].loc[table[table["claimed"] & (table["check"] == "theory")]
            .set_index(["finding", "theory"]).index] != "FLIPS").all()  # fmt: skip
    assert base["prime_minister_over_slip", "breach"] == "FLIPS"
    assert base["slip_over_prime_minister", "prospects"] == "FLIPS"
