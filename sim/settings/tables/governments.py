"""Governments: Haiti, Kenya, the United States and the United Nations, and what their acts assure an officer of."""

from __future__ import annotations

from sim.settings.parameter import constant, rows, uncertainty

_SIZE = "size assumed, date documented"


def _near(centre: float) -> tuple[float, float]:
    """A range of half its centre to either side: thresholds and rates of the rules, of which nothing is known."""
    return 0.5 * centre, min(1.0, 1.5 * centre)


# fmt: off
GOVERNMENTS = rows(
    "governments",
    # role       name                     unit        bounds           prior         status
    uncertainty( "mode",                  "",         None,            None,         "assumed",
        "who acts after the record: nobody (scripted, levers held) or rules", kind="choice",
        choices=("scripted", "rules"), structural=True),
    uncertainty( "authority_start",       "1",        (0, 1),          (0.2, 0.4),   "assumed",
        "H: Haitian authority before 29 February"),
    uncertainty( "authority_after",       "1",        (0, 1),          (0.0, 0.2),   "assumed",
        "Haitian authority after the coordinated attacks", facts=("coordinated_attacks",)),
    uncertainty( "authority_recovery",    "1/day",    (0, 1),          (0, 0.03),    "assumed",
        "pull of authority back to its start after the record (rules)"),
    constant(    "police_active",         "officers", (0, 100_000),    None,         "documented",
        "Haitian police in active service", "taken back to the start of the clock, an assumption", ("police_active",)),
    uncertainty( "police_attrition",      "1/year",   (0, 1),          (0.03, 0.15), "documented",
        "Haitian police who leave", "1,663 of 13,196 left in 2023", ("police_left_2023", "police_on_paper")),
    uncertainty( "weight_readiness",      "1",        (0, 1),          (0.05, 0.6),  "assumed",
        "w₁: weight of readiness in assurance", "Dirichlet(3) with its two neighbours"),
    uncertainty( "weight_terms",          "1",        (0, 1),          (0.05, 0.6),  "assumed",
        "w₂: weight of pay terms", "Dirichlet(3)"),
    uncertainty( "weight_protection",     "1",        (0, 1),          (0.05, 0.6),  "assumed",
        "w₃: weight of insurance, evacuation and rules of engagement, a third each", "Dirichlet(3)"),
    uncertainty( "arrears_scale",         "days",     (1, 10_000),     (20, 90),     "assumed",
        "τ_a: arrears that cost trust e-fold", scale="log"),
    uncertainty( "readiness",             "1",        (0, 1),          (0.1, 0.5),   "assumed",
        "R: readiness of the force"),
    uncertainty( "kit_gap",               "1",        (0, 1),          (0.5, 0.9),   "assumed",
        "equipment missing, as a share"),
    uncertainty( "funding",               "1",        (0, 1),          (0.05, 0.3),  "assumed",
        "F: funding secured, as a share of need", "voluntary funding; 18 of 589 million USD by April 2024",
        ("res_2699", "trust_fund"), scale="log"),
    uncertainty( "pause_authority",       "1",        (0, 1),          _near(0.15),  "assumed",
        "Kenya pauses when Haitian authority falls below"),
    uncertainty( "pause_control",         "share",    (0, 1),          _near(0.9),   "assumed",
        "Kenya pauses when gangs control more of the capital than"),
    uncertainty( "resume_authority",      "1",        (0, 1),          _near(0.25),  "assumed",
        "Kenya resumes when Haitian authority reaches"),
    uncertainty( "resume_readiness",      "1",        (0, 1),          _near(0.6),   "assumed",
        "Kenya resumes when readiness reaches"),
    uncertainty( "resume_funding",        "1",        (0, 1),          _near(0.3),   "assumed",
        "Kenya resumes when funding reaches"),
    uncertainty( "readiness_growth",      "1/day",    (0, 1),          _near(0.01),  "assumed",
        "readiness gained a day while lawful and funded"),
    uncertainty( "funding_growth",        "1/day",    (0, 1),          _near(0.002), "assumed",
        "funding gained a day while the United States or a fund supports it"),
    uncertainty( "wave_size",             "officers", (1, 10_000_000), (50, 400),    "assumed",
        "officers deployed at once (rules)", "no source of the record's time gives it", scale="log"),
    uncertainty( "wave_days",             "days",     (1, 400),        (7, 60),      "assumed",
        "days between two waves (rules)", "no source of the record's time gives it", scale="log"),
    uncertainty( "imminence_half_life",   "days",     (1, 10_000),     (20, 200),    "assumed",
        "how long until an announcement that nothing follows is half forgotten",
        "two to six months; the record says nothing", scale="log"),
    uncertainty( "imminence_start",       "1",        (0, 1),          (0.15, 0.45), "assumed",
        "how real departure feels (0 never, 1 tomorrow) at the start", _SIZE, ("res_2699",)),
    uncertainty( "imminence_court_order", "1",        (0, 1),          (0.0, 0.25),  "assumed",
        "how real departure feels (0 never, 1 tomorrow) under the court's first order", _SIZE, ("court_order",)),
    uncertainty( "imminence_parliament",  "1",        (0, 1),          (0.05, 0.3),  "assumed",
        "how real departure feels (0 never, 1 tomorrow) after parliament's approval", _SIZE, ("parliament_approves",)),
    uncertainty( "imminence_ruling",      "1",        (0, 1),          (0.0, 0.2),   "assumed",
        "how real departure feels (0 never, 1 tomorrow) after the court's ruling", _SIZE, ("court_ruling",)),
    uncertainty( "imminence_accord",      "1",        (0, 1),          (0.6, 1.0),   "assumed",
        "how real departure feels (0 never, 1 tomorrow) after the accord", _SIZE, ("accord_signed",)),
    uncertainty( "imminence_challenge",   "1",        (0, 1),          (0.55, 0.95), "assumed",
        "how real departure feels (0 never, 1 tomorrow) under the new challenge", _SIZE, ("new_challenge",)),
)
