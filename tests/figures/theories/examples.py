"""F6 of findings that hold, flip, are not discriminated or not run, under one theory to five."""

from __future__ import annotations

from sim.analysis.patterns import PATTERNS
from sim.figures.drawing.layout import Footer
from sim.figures.theories import draw as theories
from sim.figures.theories.draw import Effect, Finding, PatternShares
from tests.figures.checks import Drawn, Examples

NAMED = {"constant": "T0", "threat_efficacy": "T1", "prospects": "T2", "squad_threshold": "T3", "breach": "T4"}
DOWN, UP, UNSURE, NONE = Effect(-12.4, -15, -9), Effect(133, 110, 151), Effect(0.4, -3, 4), Effect(0.0, 0.0, 0.0)


def finding(text: str, *effects: Effect) -> Finding:
    return Finding(text, dict(zip(NAMED, effects, strict=False)))


FINDINGS = [
    finding("terms_settled", UP, DOWN, DOWN, DOWN, DOWN),
    finding("us_troops", NONE, DOWN, UP, UNSURE, DOWN),
    finding("no_surge", NONE, DOWN, UNSURE),
    finding("gang_truce · governments.mode=rules · media.report_probability=0.1 · and more of it", *[NONE] * 5),
]
PATTERNS_SHOWN = [
    PatternShares(p.id, p.text, {"constant": 0.999, "threat_efficacy": 0.3, "prospects": 0.5, "squad_threshold": 0.002}
            if p.passes else {"breach": 1.0, "prospects": 0.0}, whole=p.passes is None)
    for p in PATTERNS
]  # fmt: skip
DRAWN: dict[str, tuple[list[Finding], list[PatternShares], dict[str, str]]] = {
    "both": (FINDINGS, PATTERNS_SHOWN, NAMED),
    "findings alone": (FINDINGS[:1], [], NAMED),
    "patterns alone": ([], PATTERNS_SHOWN, NAMED),
    "one theory": ([Finding("a", {"breach": Effect(3.0)})], [], {"breach": "T4"}),
    "the reference alone": ([finding("a", DOWN)], PATTERNS_SHOWN, {"constant": "T0"}),
    "many": ([finding(f"scenario_{n}", *[DOWN] * 5) for n in range(12)], PATTERNS_SHOWN, NAMED),
    "large numbers": ([finding("a", *[Effect(-12345.6, -15432.1, -9876.5)] * 5)], [], NAMED),
}


def draw(
    findings: list[Finding], patterns: list[PatternShares], named: dict[str, str], footer: Footer,
    outcome: str = "officers out",
) -> Drawn:  # fmt: skip
    figure = theories.draw(findings, patterns, theories=named, outcome=outcome, footer=footer)
    table, words = (make(findings, patterns, theories=named) for make in (theories.table, theories.alt))
    return Drawn(figure, table, words)


def reference(footer: Footer) -> Drawn:
    named = {"constant": "T0", "prospects": "T2", "breach": "T4"}
    down, up, open_ = Effect(-12, -15, -9), Effect(3, 1, 5), Effect(0.4, -3, 4)
    rows = [Finding("terms_settled", {"constant": open_, "prospects": down, "breach": down}),
            Finding("us_troops", {"constant": open_, "prospects": down, "breach": up}),
            Finding("no_surge", {"prospects": open_, "breach": down})]  # fmt: skip
    shown = [PatternShares("C1", "no reported exit before the surge", {"prospects": 0.72, "breach": 0.31})]
    return draw(rows, shown, named, footer, "officers out by 31 July 2024")


EXAMPLES: Examples = {
    **{name: lambda footer, asked=asked: draw(*asked, footer) for name, asked in DRAWN.items()},
    "reference": reference,
}
