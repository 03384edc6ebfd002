"""What drives officers out, and which lever would have kept them in? `python experiments/answer.py`

Writes ANSWER.md from the tables of the studies that it links; nothing is run, and no number is typed. A study whose
tables are not there is named and left out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pandas as pd

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).resolve().parents[1])  # not this folder, whose coverage/ is no library
from experiments.counterfactuals import run as counterfactuals
from experiments.paired_options import POSTERIOR, PRIOR, listed, named
from experiments.perceived_risk import run as perceived_risk
from experiments.pulled_levers import run as pulled_levers
from experiments.study import CAUTION, command, options
from experiments.tipping import run as tipping
from experiments.undisclosed import run as undisclosed
from experiments.undisclosed.measure import BY_RECORD_END, RECORD
from sim import text as words
from sim.analysis.certificates.claims import Claim, load_claims
from sim.files import commit
from sim.model import MODEL_VERSION
from sim.model.withdrawal import THEORIES
from sim.reports.certificate_page import GROUPS, at_a_glance, in_short

HERE = Path(__file__).parent
Tables = Mapping[str, pd.DataFrame]
NORMAL = 1.96
STUDIES: dict[str, tuple[str, Callable[[Path], Tables]]] = {
    "counterfactuals": ("differences.csv", counterfactuals.read_tables),
    "perceived_risk": ("responses.csv", perceived_risk.read_tables),
    "pulled_levers": ("differences.csv", pulled_levers.read_tables),
    "undisclosed": ("summary.csv", undisclosed.read_tables),
    "tipping": ("plain.csv", tipping.read_tables),
    "calibration": ("compatibility.csv", lambda folder: {"compatibility": pd.read_csv(folder / "compatibility.csv")}),
}
"""By folder: the table without which a study is not there, and how its tables are read."""
PAGE = """# The answer, in two minutes

`{wrote}` wrote this page from the tables of the studies; no number is typed.
{missing}

In this model, in worlds in which the record happened ([WORLDS.md](../docs/WORLDS.md)). Of two numbers, rival theories
(T1 to T4) reach from one to the other. Behind a sentence stand its study and what its findings survive
([certificates](certificates/README.md)).

## What drives withdrawal

{drives}

## Where it tips

{tips}

## Which levers would have kept officers in

Pulled at the accord, 1 March 2024:

{levers}

## How many had left

{number}

## How sure

{sure}

## What would change the answer

{change}

## What this is not

- No forecast, and no estimate of what happened: nothing is fitted to a number.
- No probability of a theory: its worlds are compatible with facts that the authors knew.
- No advice to lock the door. Stepping out is a legitimate choice.
- An interval is sampling error, not how sure we are of the world.

{caution}"""
NONE = "Its tables are not here."
CERTIFICATES = "certificates"
"""Folder of the table of verdicts, which is of all studies."""
Sentences = dict[str, str]
"""By key, by which a finding of findings.yaml names the sentence that carries its certificate."""


def read(folder: Path = HERE) -> dict[str, Tables]:
    """The tables of the studies that there are, by folder, and of the certificates."""
    found = {
        name: tables(folder / name) for name, (needed, tables) in STUDIES.items() if (folder / name / needed).exists()
    }
    verdicts = folder / CERTIFICATES / "certificates.csv"
    return found | ({CERTIFICATES: {"certificates": pd.read_csv(verdicts)}} if verdicts.exists() else {})


def page(found: Mapping[str, Tables]) -> str:
    """The page, from the tables of the studies that there are."""
    parts = {"drives": drives(found), "tips": tips(found), "levers": levers(found), "number": number(found),
             "sure": sure(found), "change": change(found)}  # fmt: skip
    gone = [f"`experiments/{name}`" for name in (*STUDIES, CERTIFICATES) if name not in found]
    said = f"Left out, since their tables are not here: {listed(gone)}." if gone else "No study is left out."
    told = {name: "\n".join(f"- {line}" for line in lines) or NONE for name, lines in parts.items()}
    return PAGE.format(wrote=command(__file__), missing=said, caution=CAUTION, **told)


def _from(study: str, lines: list[str]) -> list[str]:
    """The sentences with the study that they stand on."""
    return [f"{line} ([{study}]({study}/README.md))" for line in lines]


def _certified(study: str, sentences: Sentences, found: Mapping[str, Tables]) -> list[str]:
    """The sentences with the study that they stand on, and what the certificates of their findings say."""
    return [f"{line} ([{study}]({study}/README.md){_certificate(f'{study}.{key}', found)})"
            for key, line in sentences.items()]  # fmt: skip


def _certificate(key: str, found: Mapping[str, Tables]) -> str:
    """What the findings survive that a sentence stands on, and the way to each of them."""
    if CERTIFICATES not in found:
        return ""
    table = found[CERTIFICATES]["certificates"]
    claims = [claim for claim in _claims() if claim.answer == key and claim.name in set(table["finding"])]
    if not claims:
        return "; no certificate"
    told = [f"[{claim.name}]({CERTIFICATES}/README.md#{claim.name}) {in_short(claim, table, name_all=False)}"
            for claim in claims]  # fmt: skip
    return f"; {'; '.join(told)}"


@cache
def _claims() -> tuple[Claim, ...]:
    return load_claims()


def drives(found: Mapping[str, Tables]) -> list[str]:
    """What drives withdrawal, in sentences."""
    said = []
    if "counterfactuals" in found:
        tables = found["counterfactuals"]
        told = dict(zip(("month", "end"), counterfactuals.taken_apart(tables), strict=True))
        names = counterfactuals.events_called(tables)
        for line in counterfactuals.what_drives(tables)["single"]:
            told[next(option for option, text in names.items() if f"*{text}*" in line)] = line
        said += _certified("counterfactuals", told, found)
    if "perceived_risk" in found:
        more, through, _ = perceived_risk.what_answers(found["perceived_risk"])
        said += _certified("perceived_risk", {"dose": f"{more.partition(';')[0]}. {through}"}, found)
    return said


def tips(found: Mapping[str, Tables]) -> list[str]:
    """Where it tips, in a sentence."""
    if "tipping" not in found:
        return []
    table = found["tipping"]["plain"]
    some = 100 * table[table["mode"] == POSTERIOR]["share"]
    what = f"over {tipping.THRESHOLD:.0f} of 400 officers out by {words.day(tipping.clock()['clock.end'])}"
    return _from("tipping", [f"{some.min():.0f} to {some.max():.0f} of 100 worlds have {what}, by theory."])


def levers(found: Mapping[str, Tables]) -> list[str]:
    """Which levers keep officers in, in sentences."""
    if "pulled_levers" not in found:
        return []
    tables = found["pulled_levers"]
    said = pulled_levers.what_keeps(tables)
    # of the bundles all of the sending government's: neither the terms alone nor others' help
    told = dict(zip(["sender"], said["bundles"][1:2], strict=False))
    names = pulled_levers.called(tables)
    for about in ("first", "drives", "locks", "when"):
        for line in said[about]:
            options = [option for option, text in names.items() if line.startswith(f"*{text[0].upper()}{text[1:]}*")]
            told[options[0] if about == "locks" else about] = line
    return _certified("pulled_levers", told, found)


def number(found: Mapping[str, Tables]) -> list[str]:
    """How many had left, in sentences."""
    if "undisclosed" not in found:
        return []
    table = found["undisclosed"]["summary.csv"]
    some = table[table["outcome"] == BY_RECORD_END]
    line = (
        f"The record gives no number. In the median world that lived it, "
        f"{words.span(some['median'].min(), some['median'].max())} officers were out by 7 March, by theory; the middle "
        f"90 of 100 worlds reach from {some['q05'].min():.0f} to {some['q95'].max():.0f}."
    )
    return _certified("undisclosed", {"number": line}, found)


def sure(found: Mapping[str, Tables]) -> list[str]:
    """How sure: sampling error against the spread of theories and of worlds, and the share of what nobody knows."""
    said = []
    if "pulled_levers" in found:
        tables = found["pulled_levers"]
        some = pulled_levers.of(tables, "differences", pulled_levers.END)
        some = some[some["option"] == pulled_levers.SENDER]
        half, apart = (some["high"] - some["low"]) / 2, some["difference"].max() - some["difference"].min()
        spread = half / NORMAL * some["worlds"] ** 0.5
        line = (
            f"Of what *{pulled_levers.called(tables)[pulled_levers.SENDER]}* does to officers out by 31 July, sampling "
            f"error is ± {words.estimate(half.max())} officers at most (95 %), theories lie {words.estimate(apart)} "
            f"apart, and worlds of one theory spread by {_span(spread)} (standard deviation)."
        )
        said += _from("pulled_levers", [line])
    if "undisclosed" in found:
        luck = found["undisclosed"]["luck.csv"]
        whole = luck[(luck["theory"] == "all") & (luck["outcome"] == BY_RECORD_END)] if len(luck) else luck
        for row in whole.to_dict("records"):
            said += _from("undisclosed", [
                f"Of what officers out by 7 March vary by over worlds that lived the record, {row['unknowns']:.0%} is "
                f"what nobody knows, {row['luck']:.0%} luck and {row['theory_share']:.0%} the theory (weighed "
                "alike)."
            ])  # fmt: skip
    if "calibration" in found:
        table = found["calibration"]["compatibility"]
        some = table[table["variant"] == "record"].set_index("theory")["share"]
        told = [f"{named(theory)} {100 * some[theory]:.2g}" for theory in THEORIES if theory in some.index]
        line = (
            f"Of 100 worlds drawn from the prior ranges so many lived the record: {listed(told)}. That is "
            "compatibility, and depends on how wide the ranges are."
        )
        said += _from("calibration", [line])
    return said


def change(found: Mapping[str, Tables]) -> list[str]:
    """What would change the answer, in sentences."""
    said = _from(CERTIFICATES, _survive(found[CERTIFICATES]["certificates"])) if CERTIFICATES in found else []
    if "counterfactuals" in found:
        tables = found["counterfactuals"]
        said += _from(
            "counterfactuals", [f"{_theory(tables)} {_prior(tables, 'kind', counterfactuals.SURGE, 'event')}"]
        )
    if "pulled_levers" in found:
        tables = found["pulled_levers"]
        table = tables["levers"]
        single = table[[len(pulled.split()) == 1 for pulled in table["pulled"]]]
        assumed = int(single["source"].fillna("").str.contains("assumed").sum())
        line = f"{assumed} of {len(single)} levers have an assumed size; a measured one may change the order."
        said += _from("pulled_levers", [f"{_prior(tables, 'when', pulled_levers.END, 'lever')} {line}"])
    if "undisclosed" in found:
        said += _from("undisclosed", _patterns(found["undisclosed"]))
    return said


def _survive(table: pd.DataFrame) -> list[str]:
    """What of all that findings were tried under changes how many of them."""
    claims = [claim for claim in _claims() if claim.name in set(table["finding"])]
    glance = at_a_glance(claims, table)
    theories = int((glance["flips"] != "").sum())
    must = table[table["claimed"] & table["must_hold"]]["verdict"]
    changed = {called: int(glance[called].isin(["shifts", "flips"]).sum()) for called in GROUPS.values()}
    most = sorted((called for called, count in changed.items() if count), key=lambda called: -changed[called])
    named = listed([f"{called} ({changed[called]})" for called in most])
    return [
        f"A rival theory flips {theories} of {len(claims)} findings; what must not matter changes "
        f"{int(must.isin(['SHIFTS', 'FLIPS']).sum())} of {len(must)} verdicts. Untold, or of another "
        f"size: {named}."
    ]


def _theory(tables: Tables) -> str:
    """Whether naming the theory would change which cause is the largest."""
    names = []
    for outcome, when in counterfactuals.OUTCOMES.items():
        of = tables["shapley"][tables["shapley"]["outcome"] == outcome]
        if len(of) and of.loc[of.groupby("theory")["part"].idxmax(), "cause"].nunique() > 1:
            names.append(when)
    if not names:
        return "The theory would not change which cause is largest."
    return f"The theory would change which cause is largest, {listed(names)}."


def _prior(tables: Tables, key: str, outcome: str, what: str) -> str:
    """Of how many options the theories together say something else on the prior."""
    table = tables["findings"]
    table = table[table["outcome"] == outcome]
    sides = {mode: some.set_index([key, "option"]) for mode, some in table.groupby("mode", sort=False)}
    shared = sides[POSTERIOR].index.intersection(sides[PRIOR].index)
    here, there = (sides[mode].loc[shared, ["finding", "side"]] for mode in (POSTERIOR, PRIOR))
    other, opposite = int((here != there).any(axis=1).sum()), int((here["side"] * there["side"] < 0).sum())
    of = f"{len(shared)} {what}s and sets"
    if not other:
        return f"The prior says the same of all {of}."
    return f"On the prior the findings on {other} of {of} are others, and on {opposite} the opposite."


def _patterns(tables: Tables) -> list[str]:
    """What the number would do without a pattern, and what a published one would tell."""
    said, varied = [], tables["variants.csv"]
    if len(varied):
        some = varied[varied["outcome"] == BY_RECORD_END]
        base = some[some["variant"] == RECORD].set_index("theory")["median"]
        moved = {
            variant: of.set_index("theory")["median"] / base - 1
            for variant, of in some[some["variant"] != RECORD].groupby("variant", sort=False)
        }
        most = max(moved, key=lambda variant: moved[variant].abs().mean())
        low, high = (words.fixed(100 * end, 0, signed=True) for end in (moved[most].min(), moved[most].max()))
        said.append(f"Of the record's patterns, *{most}* moves the median number out by 7 March most: by "
                    f"{low} to {high} %.")  # fmt: skip
    bits = tables["bits.csv"].set_index("observation").loc[BY_RECORD_END]
    said.append(f"A published number would tell {bits['bits']:.2f} of "
                f"{undisclosed.measure.most_bits(int(bits['theories'])):g} bits of the theory.")  # fmt: skip
    return said


def _span(values: pd.Series) -> str:
    ends = [words.estimate(value) for value in (values.min(), values.max())]
    return ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def main() -> None:
    asked = options(__file__, __doc__).parse_args()
    asked.to.mkdir(parents=True, exist_ok=True)
    text = f"{page(read()).rstrip()}\n\nFigures of model version {MODEL_VERSION}.\n"
    commit(asked.to / "ANSWER.md", text.encode())
    print(text)


if __name__ == "__main__":
    main()
