"""Governments: Haiti, Kenya, the United States and the United Nations, and what their acts assure an officer of."""

from __future__ import annotations

from sim.settings.parameter import Parameter, Role, Status

_U: Role = "uncertainty"
_A: Status = "assumed"


def _at(name: str, of: str, where: str, facts: tuple[str, ...], low: float, high: float) -> Parameter:
    """A level that a documented event sets: assumed in size, documented in date."""
    return Parameter(
        f"governments.{name}",
        "1",
        (0, 1),
        (low, high),
        _U,
        _A,
        "size assumed, date documented",
        f"{of} {where}",
        facts,
    )


def _rule(name: str, unit: str, centre: float, text: str) -> Parameter:
    """A threshold or a rate of the governments' rules; explored by half its centre to either side."""
    return Parameter(f"governments.{name}", unit, (0, 1), (0.5 * centre, min(1.0, 1.5 * centre)), _U, _A, "", text)


_LEGAL = "legal basis of the deployment"
_IMMINENCE = "how real departure feels (0 never, 1 tomorrow)"

GOVERNMENTS: tuple[Parameter, ...] = (
    Parameter(
        "governments.mode",
        "",
        None,
        None,
        _U,
        _A,
        "",
        "who acts after the record: nobody (scripted, levers held) or rules",
        kind="choice",
        choices=("scripted", "rules"),
        structural=True,
    ),
    Parameter(
        "governments.authority_start", "1", (0, 1), (0.2, 0.4), _U, _A, "", "H: Haitian authority before 29 February"
    ),
    Parameter(
        "governments.authority_after",
        "1",
        (0, 1),
        (0.0, 0.2),
        _U,
        _A,
        "",
        "H after the coordinated attacks",
        ("coordinated_attacks",),
    ),
    Parameter(
        "governments.authority_recovery",
        "1/day",
        (0, 1),
        (0, 0.03),
        _U,
        _A,
        "",
        "pull of authority back to its start after the record (rules)",
    ),
    Parameter(
        "governments.police_active",
        "officers",
        (0, 100_000),
        None,
        "constant",
        "documented",
        "taken back to the start of the clock, an assumption",
        "Haitian police in active service",
        ("police_active",),
    ),
    Parameter(
        "governments.police_attrition",
        "1/year",
        (0, 1),
        (0.03, 0.15),
        _U,
        "documented",
        "1,663 of 13,196 left in 2023",
        "Haitian police who leave",
        ("police_left_2023", "police_on_paper"),
    ),
    Parameter(
        "governments.weight_readiness",
        "1",
        (0, 1),
        (0.05, 0.5),
        _U,
        _A,
        "Dirichlet(3) with its three neighbours",
        "w₁: weight of readiness in assurance",
    ),
    Parameter(
        "governments.weight_legal", "1", (0, 1), (0.05, 0.5), _U, _A, "Dirichlet(3)", "w₂: weight of the legal basis"
    ),
    Parameter("governments.weight_terms", "1", (0, 1), (0.05, 0.5), _U, _A, "Dirichlet(3)", "w₃: weight of pay terms"),
    Parameter(
        "governments.weight_protection",
        "1",
        (0, 1),
        (0.05, 0.5),
        _U,
        _A,
        "Dirichlet(3)",
        "w₄: weight of insurance, evacuation and rules of engagement, a third each",
    ),
    Parameter(
        "governments.arrears_scale", "days", (1, 10_000), (20, 90), _U, _A, "", "τ_a: arrears that cost trust e-fold"
    ),
    Parameter("governments.readiness", "1", (0, 1), (0.1, 0.5), _U, _A, "", "R: readiness of the force"),
    Parameter("governments.kit_gap", "1", (0, 1), (0.5, 0.9), _U, _A, "", "equipment missing, as a share"),
    Parameter(
        "governments.funding",
        "1",
        (0, 1),
        (0.05, 0.3),
        _U,
        _A,
        "voluntary funding; 18 of 589 million USD by April 2024",
        "F: funding secured, as a share of need",
        ("res_2699", "trust_fund"),
    ),
    _rule("pause_authority", "1", 0.15, "Kenya pauses when Haitian authority falls below"),
    _rule("pause_control", "share", 0.9, "Kenya pauses when gangs control more of the capital than"),
    _rule("resume_authority", "1", 0.25, "Kenya resumes when Haitian authority reaches"),
    _rule("resume_readiness", "1", 0.6, "Kenya resumes when readiness reaches"),
    _rule("resume_funding", "1", 0.3, "Kenya resumes when funding reaches"),
    _rule("readiness_growth", "1/day", 0.01, "readiness gained a day while lawful and funded"),
    _rule("funding_growth", "1/day", 0.002, "funding gained a day while the United States or a fund supports it"),
    Parameter(
        "governments.wave_size",
        "officers",
        (1, 10_000_000),
        (100, 400),
        _U,
        _A,
        "",
        "officers deployed at once (rules)",
    ),
    Parameter("governments.wave_days", "days", (1, 400), (7, 28), _U, _A, "", "days between two waves (rules)"),
    _at(
        "legal_start",
        _LEGAL,
        "at the start: a UN mandate, no law at home",
        ("res_2699", "un_mandate_cited"),
        0.25,
        0.55,
    ),
    _at("legal_court_order", _LEGAL, "under the court's first order", ("court_order",), 0.0, 0.25),
    _at("legal_parliament", _LEGAL, "after parliament's approval", ("parliament_approves",), 0.1, 0.4),
    _at("legal_ruling", _LEGAL, "after the court's ruling", ("court_ruling",), 0.0, 0.2),
    _at("legal_accord", _LEGAL, "after the accord", ("accord_signed",), 0.65, 0.95),
    _at("legal_challenge", _LEGAL, "under the new challenge", ("new_challenge",), 0.55, 0.85),
    _at("imminence_start", _IMMINENCE, "at the start", ("res_2699",), 0.15, 0.45),
    _at("imminence_court_order", _IMMINENCE, "under the court's first order", ("court_order",), 0.0, 0.25),
    _at("imminence_parliament", _IMMINENCE, "after parliament's approval", ("parliament_approves",), 0.05, 0.3),
    _at("imminence_ruling", _IMMINENCE, "after the court's ruling", ("court_ruling",), 0.0, 0.2),
    _at("imminence_accord", _IMMINENCE, "after the accord", ("accord_signed",), 0.6, 1.0),
    _at("imminence_challenge", _IMMINENCE, "under the new challenge", ("new_challenge",), 0.55, 0.95),
)
