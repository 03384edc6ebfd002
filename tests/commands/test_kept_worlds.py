"""Commands over worlds that lived the record, as a person types them; the worlds are the tests' own."""

from __future__ import annotations

import io
import json
import re

import pandas as pd
import pytest
from PIL import Image

import sim
from sim.cli import run as tabletop
from sim.ensemble.cases.run_numbers import FUTURES
from sim.ensemble.store.store import Store
from sim.model.withdrawal import THEORIES
from tests import posteriors

BREACH = "theory=breach"
END = "clock.end=2024-04-20"
LITTLE = [END, "executor=serial", "--no-figures"]
FEW = {"constant": (3, 8)}
"""Too few kept worlds to stand for a theory."""
WORLDS = 100
ROOT_SEED = 20240307
"""What the futures of a command are drawn under, unless it says otherwise."""
POSTERIOR = f"as_documented · breach · {END}"


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A file of kept worlds of three theories, of hardly any of a fourth, and of none of the last."""
    return posteriors.saved(tmp_path_factory.mktemp("kept"), "threat_efficacy", "squad_threshold", "breach", few=FEW)


@pytest.fixture(scope="module")
def made(kept, tmp_path_factory):
    """Two more runs under breach than worlds, so that the first two worlds have two futures; and runs on the prior."""
    folder = tmp_path_factory.mktemp("kept") / "s"
    named = f"unknowns.posterior={kept}"
    for words in ([BREACH, named, f"ensemble.replicates={WORLDS + 2}"],
                  [BREACH, "unknowns=prior", "ensemble.replicates=5"],
                  ["theory=squad_threshold", named, "ensemble.replicates=3", "ensemble.days=false"],
                  ["theory=constant", named, "ensemble.replicates=3"]):  # fmt: skip
        assert tabletop(["run", *words, *LITTLE, f"out={folder}"]) == 0
    return folder


@pytest.fixture
def worlds():
    """The kept worlds of breach, by the number that a run is called by."""
    return posteriors.kept("breach").worlds


def case_of(store, **fits):
    cases = Store.read(store).cases()
    for column, value in fits.items():
        cases = cases[cases[column.replace("__", ".")] == value]
    (case,) = cases["case"]
    return case


def said(capsys):
    return " ".join(capsys.readouterr().out.split())


# tabletop run


def test_without_a_theory_each_theory_with_kept_worlds_has_a_line(kept, capsys):
    words = [f"unknowns.posterior={kept}", "ensemble.replicates=20", *LITTLE]
    assert tabletop(["run", *words, "out=s"]) == 0
    out, err = capsys.readouterr()
    assert err == "", "nobody asked for the theories that have no such worlds"
    assert "under each theory that has worlds which lived the record" in " ".join(out.split())
    lines = [line.split() for line in out.splitlines()]
    shown = {line[0]: line for line in lines if line and line[0] in THEORIES}
    assert list(shown) == ["threat_efficacy", "squad_threshold", "breach"]
    assert "60 runs computed" in out
    for theory, line in shown.items():
        runs = sim.run(theory=theory, replicates=20, overrides=words[:1], settings={"clock.end": "2024-04-20"}, out="s")
        assert runs.report.computed == 0
        exits = sorted(runs.outcomes["exits_surge_month"])
        assert float(line[4]) == exits[9], "the median: a value that half of the runs do not exceed"


def test_the_record_line_says_that_each_world_shows_every_pattern(kept, capsys):
    assert tabletop(["run", BREACH, f"unknowns.posterior={kept}", "ensemble.replicates=7", *LITTLE]) == 0
    out = said(capsys)
    assert "In this model (as_documented under breach, in worlds that lived the record)" in out
    assert "Worlds that lived the record: 7 kept worlds of this theory; by 31 March each shows every pattern" in out
    assert "How far these runs are from the record" not in out
    assert "under each theory" not in out, "a theory was named"


def test_what_is_typed_is_held_and_said_beside_how_often_the_record_would_still_have_happened(kept, capsys):
    words = [BREACH, f"unknowns.posterior={kept}", "ensemble.replicates=40", "media.report_probability=0.005"]
    assert tabletop(["run", *words, *LITTLE, "out=s"]) == 0
    assert re.search(
        r"40 kept worlds of this theory, with media.report_probability=0.005 set otherwise: in \d+ of 40 of them it "
        "would still have happened", said(capsys)
    )  # fmt: skip


def test_more_runs_than_worlds_are_futures_of_them(store, worlds, capsys):
    runs = Store.read(store).runs(cases=[case_of(store, theory__name="breach", unknowns__mode="posterior")])
    twice = runs.loc[runs["future"] == 1, "replicate"]
    assert sorted(twice) == list(worlds[:2])
    assert sorted(runs.loc[runs["future"] == 0, "replicate"]) == list(worlds)
    assert tabletop(["run", BREACH, f"unknowns.posterior={posteriors.saved(store, 'breach')}",
                     f"ensemble.replicates={WORLDS + 2}", *LITTLE, "out=s"]) == 0  # fmt: skip
    out = said(capsys)
    assert "0 runs computed" in out, "the list lies elsewhere and is the same"
    assert f"{WORLDS} kept worlds of this theory, with {WORLDS + 2} futures" in out


@pytest.mark.parametrize(
    ("theory", "why"), [("constant", "2 worlds under it lived the record"), ("prospects", "no world under it lived")]
)
def test_a_theory_without_enough_kept_worlds_is_run_on_its_prior_and_a_line_says_so(kept, theory, why, capsys):
    words = [f"theory={theory}", f"unknowns.posterior={kept}", "ensemble.replicates=6", *LITTLE]
    assert tabletop(["run", *words]) == 0
    out, err = capsys.readouterr()
    (line,) = err.splitlines()
    assert line.startswith(f"tabletop: theory={theory}: {why}")
    assert line.endswith("so it is run with unknowns=prior")
    out = " ".join(out.split())
    assert "in worlds drawn from the prior" in out
    assert "How far these runs are from the record" in out


def test_other_officers_are_run_on_the_prior_and_a_line_says_so(kept, error_line):
    words = [BREACH, f"unknowns.posterior={kept}", "officers.pool=40", "ensemble.replicates=3", *LITTLE]
    assert tabletop(["run", *words]) == 0
    assert error_line() == (
        "tabletop: officers.pool=40: worlds that lived the record have 400, so this is run with unknowns=prior"
    )


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("unknowns=postrior", "unknowns=postrior: no such choice; there are fixed, posterior, prior"),
        ("unknowns.mode=prior", "unknowns.mode=prior: "),
        ("unknowns.posterior=missing.json", "unknowns.posterior=missing.json: cannot be read: "),
        ("unknowns.range.x.y=[1,2]", "unknowns.range.x.y=[1,2]: no setting that is drawn"),
        ("unknowns.range.gangs.branching_ratio=[0.9,0.4]",
         "unknowns.range.gangs.branching_ratio=[0.9,0.4]: two numbers from 0 to 0.95, the smaller one first"),
        ("unknowns.range.gangs.branching_ratio=[0.4,abc]", "unknowns.range.gangs.branching_ratio="),
        ("unknowns.range.gangs.branching_ratio=0.4", "unknowns.range.gangs.branching_ratio=0.4: two numbers"),
        ("unknowns.range.officers.pool=[1,2]", "unknowns.range.officers.pool=[1,2]: no setting that is drawn"),
        ("unknowns.range=3", "unknowns.range=3: ranges by name"),
        ("unknowns.posterior=[1]", "unknowns.posterior=[1]: a file"),
    ],
)  # fmt: skip
def test_a_bad_word_is_one_line_that_names_key_and_value(word, expected, error_line):
    assert tabletop(["run", word, *LITTLE]) == 2
    assert error_line().startswith(f"tabletop: {expected}")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda told: {**told, "model_version": 1}, "is of version 1 of the model"),
        (lambda told: {**told, "record": "other"}, "is of another record (other, "),
        (lambda told: {**told, "format": 99}, "is of format 99, this version reads 1"),
        (lambda told: {**told, "theories": {"breach": {**told["theories"]["breach"], "bank": "c0"}}},
         "is of other settings, ranges or events of as_documented under theory=breach than are installed"),
        (lambda told: {**told, "theories": {"breach": {**told["theories"]["breach"], "steps": [0, 1]}}},
         "is no posterior, or torn"),
        (lambda told: {}, "is no posterior, or torn"),
    ],
    ids=["model", "record", "format", "bank", "order", "nothing"],
)  # fmt: skip
def test_nothing_runs_on_a_stale_list_and_the_line_says_how_to_make_it_again(kept, change, expected, error_line):
    with open("mine.json", "w") as file:
        json.dump(change(json.loads(kept.read_text())), file)
    assert tabletop(["run", BREACH, "unknowns.posterior=mine.json", *LITTLE, "out=s"]) == 2
    line = error_line()
    assert line.startswith("tabletop: unknowns.posterior=mine.json: ")
    assert expected in line
    assert "tabletop calibrate makes one, and unknowns=prior does without" in line


@pytest.mark.parametrize(
    ("words", "said"),
    [(["unknowns=fixed", "unknowns.range.gangs.branching_ratio=[0.4,0.5]"], "unknowns=fixed draws nothing"),
     (["unknowns=prior", "unknowns.posterior=x.json"], "unknowns=prior takes no worlds from a file")],
)  # fmt: skip
def test_a_word_of_unknowns_that_changes_nothing_is_told(words, said, error_line):
    assert tabletop(["run", *words, BREACH, "ensemble.replicates=2", *LITTLE]) == 0
    line = error_line()
    assert "has no effect" in line
    assert said in line


# tabletop why


def test_a_future_of_a_world_is_named_behind_a_slash_and_lived_again_to_the_bit(store, worlds, capsys):
    case = case_of(store, theory__name="breach", unknowns__mode="posterior")
    runs = Store.read(store).runs(cases=[case]).set_index(["replicate", "future"])
    for future, name in enumerate((f"{worlds[0]}", f"{worlds[0]}/1")):
        assert tabletop(["why", "s", case, name, "--as", "csv", "--no-figures"]) == 0
        out, err = capsys.readouterr()
        assert err == "", "it comes out as the store has it"
        assert len(pd.read_csv(io.StringIO(out))) == runs.loc[(worlds[0], future), "exits_by_end"]
    assert tabletop(["why", "s", case, f"{worlds[0]}/1"]) == 0
    assert f"replicate {worlds[0]}/1, root seed {ROOT_SEED}" in said(capsys)
    (picture,) = store.glob(f"figures/*/F7-why-{worlds[0]}-1-force.png")
    assert tabletop(["reproduce", str(picture)]) == 0
    assert "The same picture" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["{first}/2", "{gap}", "{last}/1", "{first}/", "/1", "{first}/x", "{first}/-1"])
def test_a_run_that_the_store_does_not_have_is_one_line(store, worlds, name, error_line):
    case = case_of(store, theory__name="breach", unknowns__mode="posterior")
    gap = next(number for number in range(worlds[-1]) if number not in worlds)
    typed = name.format(first=worlds[0], last=worlds[-1], gap=gap)
    assert tabletop(["why", "s", case, typed]) == 2
    line = error_line()
    assert line.startswith(f"tabletop: REPLICATE={typed}: ")
    assert f"{WORLDS + 2} from {worlds[0]} to {worlds[-1]}" in line


def test_kept_worlds_are_attributed_and_asked_again_nothing_is_run(store, capsys):
    case = case_of(store, theory__name="breach", unknowns__mode="posterior")
    assert tabletop(["why", "s", case, "--replicates", "4"]) == 0
    assert "0 known already" in capsys.readouterr().out
    assert tabletop(["why", "s", case, "--replicates", "4"]) == 0
    assert "0 runs computed" in capsys.readouterr().out
    before = Store.read(store).table("attribution")
    assert set(before["replicate"]) == set(posteriors.kept("breach").worlds[:4])


def test_theories_are_attributed_over_as_many_kept_worlds_of_their_own(store, capsys):
    for case in (case_of(store, unknowns__mode="prior", theory__name=name) for name in ("breach", "constant")):
        assert tabletop(["prune", "s", "--case", case, "--yes"]) == 0
    capsys.readouterr()
    assert tabletop(["why", "s", "as_documented"]) == 0
    assert "3 kept worlds of each" in said(capsys)
    table = Store.read(store).table("attribution")
    for theory in ("squad_threshold", "breach"):
        mine = table[table["case"] == case_of(store, theory__name=theory)]
        assert set(mine["replicate"]) == set(posteriors.kept(theory).worlds[:3])


# Pictures


@pytest.mark.parametrize("figure", ["F1", "F5"])
def test_a_picture_of_kept_worlds_is_made_again_pixel_by_pixel(store, worlds, figure, capsys):
    case = case_of(store, theory__name="breach", unknowns__mode="posterior")
    assert tabletop(["plot", "s", "--figure", figure, "--case", case]) == 0
    (path,) = re.findall(r"picture: (\S+)", capsys.readouterr().out)
    with Image.open(path) as image:
        text = image.text
    assert text["seeds"] == f"{ROOT_SEED}, worlds {worlds[0]}-{worlds[-1]}, 2 futures"
    spans = json.loads(text["recipe"])["replicates"]
    runs = [number for first, last in spans[0] for number in range(first, last + 1)]
    assert runs == [*worlds, *(world + FUTURES for world in worlds[:2])]
    assert tabletop(["reproduce", path]) == 0
    out = capsys.readouterr().out
    assert "The same picture" in out
    assert f"{WORLDS + 2} runs computed" in out


# What a store says of itself


def test_nothing_is_missing_after_runs_of_kept_worlds(store, capsys):
    assert tabletop(["status", "s", "--as", "json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["missing"] == 0
    assert facts["wanted"] == facts["done"] == WORLDS + 2 + 5 + 3 + 3
    assert not facts.get("missing_in")


def test_what_is_gone_of_kept_worlds_is_missing_by_name_and_the_command_does_it_again(store, kept, capsys):
    before = Store.read(store).digest()
    parts = sorted((store / "runs").glob("*.parquet"), key=lambda part: part.stat().st_size)
    parts[-1].unlink()
    assert tabletop(["status", "s", "--as", "json"]) == 0
    missing = json.loads(capsys.readouterr().out)["missing"]
    assert missing > 3
    assert tabletop(["verify", "s", "--runs", "0"]) == 4
    capsys.readouterr()
    assert tabletop(["run", BREACH, f"unknowns.posterior={kept}", f"ensemble.replicates={WORLDS + 2}", *LITTLE,
                     "out=s"]) == 0  # fmt: skip
    assert f"{missing} runs computed" in said(capsys)
    assert Store.read(store).digest() == before


def test_every_run_is_lived_again_bit_for_bit(store, capsys):
    assert tabletop(["verify", "s", "--runs", "1000"]) == 0
    assert f"{WORLDS + 2 + 5 + 3 + 3} runs" in said(capsys)


def test_a_world_s_number_in_sql_is_the_replicate_and_null_where_nothing_is_drawn(store, kept, capsys):
    pytest.importorskip("duckdb", reason="needs the extra [query]")
    assert tabletop(["run", BREACH, "unknowns=fixed", "ensemble.replicates=2", *LITTLE, "out=s"]) == 0
    capsys.readouterr()
    sql = """SELECT "unknowns.mode" AS mode, count(*) AS n, count(world) AS worlds,
                    count(*) FILTER (future = 1) AS later, count(*) FILTER (world = replicate) AS same
             FROM runs JOIN cases USING ("case") WHERE "theory.name" = 'breach' GROUP BY ALL ORDER BY mode"""
    assert tabletop(["query", "s", sql, "--as", "csv"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "mode,n,worlds,later,same", "fixed,2,0,0,0", f"posterior,{WORLDS + 2},{WORLDS + 2},2,{WORLDS + 2}",
        "prior,5,5,0,5",
    ]  # fmt: skip


def test_days_of_kept_worlds_can_be_dropped_while_their_runs_stay(store, capsys):
    case = case_of(store, theory__name="breach", unknowns__mode="posterior")
    assert tabletop(["prune", "s", "days", "--case", case, "--yes"]) == 0
    left = Store.read(store)
    assert len(left.runs(cases=[case])) == WORLDS + 2
    assert set(left.days(columns=["out"])["case"]) == {case_of(store, unknowns__mode="prior", theory__name=theory)
                                                       for theory in ("breach", "constant")}  # fmt: skip
    capsys.readouterr()
    assert tabletop(["status", "s", "--as", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["missing"] == 0
