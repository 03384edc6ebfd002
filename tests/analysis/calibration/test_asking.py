"""What the words of a calibration ask for, and which words it refuses."""

from __future__ import annotations

import shutil

import pytest

from sim.analysis.calibration.asking import read_asked
from sim.analysis.patterns import load_patterns
from sim.ensemble.executors.serial import Serial
from sim.model.withdrawal import THEORIES
from sim.paths import conf_folder
from tests.faults import refusal
from tests.worlds import SEED

RANGE = "unknowns.range.gangs.branching_ratio"


def test_without_a_word_every_theory_is_asked_for_a_thousand_worlds():
    asked = read_asked([])
    assert asked.bank.theories == tuple(THEORIES)
    assert (asked.bank.keep, asked.bank.cap, asked.bank.root_seed) == (1000, 1_000_000, SEED)
    assert asked.bank.patterns.digest == load_patterns().digest
    assert not asked.bank.insist
    assert not asked.bank.ranges
    assert asked.out == asked.bank.folder
    assert asked.out.parts[0] == "outputs"
    assert asked.out.name.startswith("bank-")
    assert asked.first == 0


def test_a_theory_that_is_named_is_insisted_on():
    asked = read_asked(["theory=prospects,breach,prospects"]).bank
    assert (asked.theories, asked.insist) == (("prospects", "breach"), True)
    assert set(read_asked(["theory=glob(*)"]).bank.theories) == set(THEORIES)


def test_words_say_how_many_where_and_how():
    words = ["ensemble.replicates=7", "ensemble.cap=70", "ensemble.root_seed=3", "ensemble.block=9", "out=there"]
    asked = read_asked([*words, "executor=serial", "ensemble.first_replicate=20"])
    assert (asked.bank.keep, asked.bank.cap, asked.bank.root_seed) == (7, 70, 3)
    assert (asked.block, str(asked.out), asked.first) == (9, "there", 20)
    assert isinstance(asked.executor, Serial)


def test_a_range_makes_a_bank_of_another_kind():
    wider, usual = read_asked([f"{RANGE}=[0.1,0.9]"]).bank, read_asked([]).bank
    assert wider.ranges == {"gangs.branching_ratio": (0.1, 0.9)}
    assert wider.folder != usual.folder
    assert wider.case("breach").id != usual.case("breach").id
    drawn = wider.case("breach").unknowns.drawn["gangs.branching_ratio"]
    assert (drawn.low, drawn.high) == (0.1, 0.9)


def test_a_range_of_one_theorys_setting_leaves_the_others_alone():
    asked = read_asked(["theory=breach,prospects", "unknowns.range.theory.arrears=[0.2,0.4]"]).bank
    usual = read_asked([]).bank
    assert asked.case("breach").id != usual.case("breach").id
    assert asked.case("prospects").id == usual.case("prospects").id


def test_patterns_are_named_as_a_path_or_as_one_of_conf(tmp_path):
    mine = tmp_path / "mine.yaml"
    shutil.copy(conf_folder() / "patterns" / "record.yaml", mine)
    assert read_asked([f"patterns={mine}"]).bank.patterns.digest == load_patterns().digest
    assert read_asked(["patterns=record"]).bank.patterns.name == "record"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("theory=breech", "theory=breech: no such choice; there are breach, constant"),
        ("scenario=terms_settled", "scenario=terms_settled: a bank is of the documented world"),
        ("gangs.blocs=4", "gangs.blocs=4: a bank is of the documented world"),
        ("governments=rules", "governments=rules: a bank is of the documented world"),
        ("clock.end=2024-03-31", "clock.end=2024-03-31: a bank is of the documented world"),
        ("design=lhs", "design=lhs: a bank is of the documented world"),
        ("ensemble.until=exits_by_end", "ensemble.until=exits_by_end: of the ensemble a calibration takes replicates"),
        ("ensemble.days=true", "ensemble.days=true: of the ensemble a calibration takes replicates, cap"),
        ("unknowns=fixed", "unknowns=fixed: a bank draws from the prior"),
        ("unknowns.mode=fixed", "unknowns.mode=fixed: a bank draws from the prior"),
        ("unknowns.posterior=x.json", "unknowns.posterior=x.json: a bank draws from the prior"),
        ("ensemble.cap=0", "ensemble.cap=0: a whole number from 1"),
        ("ensemble.replicates=few", "ensemble.replicates=few: a whole number from 1"),
        ("ensemble.cap=3,4", "ensemble.cap=3,4: one value"),
        ("patterns=nope", "patterns=nope: no such file of patterns; a path, or one of conf/patterns: record"),
        ("patterns=.", "patterns=.: no such file of patterns"),
        (f"{RANGE}=3", f"{RANGE}=3: two numbers from 0 to 0.95, the smaller one first"),
        (f"{RANGE}=[0.5,0.4]", f"{RANGE}=[0.5, 0.4]: two numbers from 0 to 0.95, the smaller one first"),
        (f"{RANGE}=[0.5,2]", f"{RANGE}=[0.5, 2]: two numbers from 0 to 0.95"),
        (f"{RANGE}=[0.5,x]", f"{RANGE}=[0.5, x]: two numbers from 0 to 0.95"),
        ("unknowns.range.gangs.branching=[0,1]", "no setting that is drawn; near it: gangs.branching_ratio"),
        ("unknowns.range.officers.reactance=[0,1]", "no setting that is drawn"),
        ("unknowns.range.governments.weight_terms=[0,1]", "is drawn as a share of a whole"),
        ("unknowns.range.governments.resume_authority=[0,1]", "is drawn as a gap from another"),
        ("unknowns.range=3", "unknowns.range=3: ranges by name"),
        ("nonsense", "nonsense=: a bank is of the documented world"),
    ],
)
def test_any_other_word_is_refused_in_a_line_that_names_it(word, said):
    assert said in refusal(read_asked, ["theory=breach", word] if "theory" not in word else [word])
