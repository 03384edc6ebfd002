"""Results of a calibration as large and as small as they come, made by formula and not by runs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from sim.analysis.calibration.results import BankFacts, CalibrationResults
from sim.analysis.statistics.intervals import wilson

THEORIES = ("constant", "threat_efficacy", "prospects", "squad_threshold", "breach")
SETTINGS = (
    "officers.threat_sensitivity", "officers.frailty_sd", "gangs.coalition_gain", "media.report_probability",
    "officers.leader_shock", "media.rumour_rate", "gangs.trigger_days", "governments.imminence_accord",
    "officers.ambiguity_gain", "theory.base_hazard", "officers.remote_hazard", "media.half_life_slow",
    "gangs.reference_deaths", "officers.squad_pull", "media.attention_floor",
    *(f"governments.weight_{number}" for number in range(30)),
)  # fmt: skip
DRAWS = {"constant": 20_000, "threat_efficacy": 41_000, "prospects": 83_000, "squad_threshold": 9_500, "breach": 17_400}
ALONE = ("breach",)


def shift(theories: Sequence[str] = THEORIES[1:], told: int = 15, kept: int = 1000) -> pd.DataFrame:
    """The first ``told`` settings moved, each less than the one before and in turn up and down."""
    rows = []
    for place, theory in enumerate(theories):
        for number, setting in enumerate(SETTINGS):
            size = 1.6 * 0.85**number * (1 - 0.2 * place) if number < told else 0.02
            by = size if (number + place) % 2 else -size
            middle = 0.5 + by * 0.28
            half, whole = 0.25 - 0.08 * min(size, 1), 0.45 - 0.12 * min(size, 1)
            ends = np.clip([middle - whole, middle - half, middle, middle + half, middle + whole], 0.01, 0.99)
            rows.append({
                "theory": theory, "setting": setting, "kept": kept,
                **dict(zip(("q05", "q25", "q50", "q75", "q95"), ends.tolist(), strict=True)),
                "shift": by, "narrowing": 0.3 * size, "ks": 0.3 * size, "p": 1e-6 if number < told else 0.4,
                "p_holm": 5e-5 if number < told else 1.0,
                "told": bool(number < told and (size > 0.09 or told == len(SETTINGS))),
            })  # fmt: skip
    return pd.DataFrame(rows)


def compatibility(theories: Sequence[str] = THEORIES, kept: int = 1000) -> pd.DataFrame:
    """T0 has no kept world; the variants of the others are a little more and a little less."""
    variants = {"record": 1.0, "without C3": 1.9, "C3 two of a squad": 1.4, "tolerances a third wider": 1.6,
                "tolerances a third narrower": 0.45}  # fmt: skip
    texts = {"record": "all patterns hold", "without C3": "no squad need leave together"}
    rows = []
    for theory in theories:
        draws, found = DRAWS[theory], 0 if theory == "constant" else kept
        halved = {f"halved {name}": 0.7 + 0.6 * number / 15 for number, name in enumerate(SETTINGS[:15])}
        for variant, factor in {**variants, **halved}.items():
            tried = draws // 2 if variant in halved else draws
            count = min(int(found * factor * tried / draws), tried)
            low, high = map(float, wilson(count, tried)) if count else (0.0, 3 / tried)
            rows.append({"theory": theory, "variant": variant, "text": texts.get(variant, variant), "draws": tried,
                         "kept": count, "share": count / tried, "low": low, "high": high})  # fmt: skip
    return pd.DataFrame(rows)


def facts(theories: Sequence[str] = THEORIES, kept: int = 1000, **changes: object) -> BankFacts:
    told = {
        "root_seed": 20240307, "draws": {name: DRAWS[name] for name in theories},
        "kept": {name: 0 if name == "constant" else kept for name in theories}, "patterns": "record",
        "patterns_digest": "0f1e2d3c4b", "record": "abcdef012345", "model_version": 4, "wanted": 1000,
        "cap": 1_000_000, "interrupted": False, "seconds": 97.4,
        "pattern_texts": {"C1": "no reported exit before the surge", "C2": "first report soon after",
                          "C3": "a squad leaves together", "C5": "the number is undisclosed", "C6": "violence"},
        "left_out": {"breach": 20}, "worlds": 300, "fresh": 8, "days": {"clock.record_end": "2024-03-07"},
    }  # fmt: skip
    return BankFacts(**{**told, **changes})  # type: ignore[arg-type]


def whole(theories: Sequence[str] = THEORIES) -> CalibrationResults:
    """Every frame, of all theories or of some."""
    rivals = [name for name in theories if name != "constant"]
    dependence = [{"theory": "breach", "first": SETTINGS[0], "second": SETTINGS[1], "kept": 1000,
                   "correlation": -0.41, "prior": 0.01, "p_holm": 2e-9}]  # fmt: skip
    confusion = []
    for true, given in product(theories, ("every run", "all patterns hold")):
        none = true == "constant" and given != "every run"
        shares = {named: np.nan if none else 0.52 if true == named else 0.12 for named in theories}
        confusion.append({"theory": true, "given": given, "n": 0 if none else DRAWS[true], **shares})
    check = [{"theory": theory, "setting": setting, "truths": 480, "ks": 0.03 + 0.001 * number, "p": 0.3,
              "limit": 0.088, "inside": True} for theory in rivals
             for number, setting in enumerate(SETTINGS[:12])]  # fmt: skip
    coverage = [{"theory": theory, "draws": cell, "level": level, "truths": 240, "coverage": level - 0.01,
                 "low": np.nan if cell == "20 to 99" else level - 0.05, "high": level + 0.05, "holds": True}
                for theory in rivals for cell in ("20 to 99", "all") for level in (0.5, 0.9)]  # fmt: skip
    cells = [{"theory": theory, "cell": "C1 C3", "draws": 800, "truths": 40, "ranked": True, "worst": SETTINGS[4],
              "ks": 0.11, "limit": 0.3, "inside": True} for theory in rivals]  # fmt: skip
    observations = [{"observation": name, "theories": len(rivals), "worlds": 1000, "bins": 8, "bits": bits,
                     "low": bits - 0.05, "high": bits + 0.06, "right": right, "chance": 1 / max(len(rivals), 1)}
                    for name, bits, right in (("day of the 10th exit", 0.31, 0.44),
                                              ("share of leaders among those out", 0.62, 0.58))]  # fmt: skip
    reasons = [{"theory": theory, "reason": reason, "worlds": 250, "exits": 15.5, "exits_without": 15.5 * (1 - share),
                "share": share, "low": share - 0.04, "high": share + 0.04, "holds": share >= 0.1}
               for theory in rivals for reason, share in (("violence", 0.7), ("ambiguity", 0.08))]  # fmt: skip
    half = [{"theory": theory, "pattern": pattern, "worlds": 200, "runs": 40, "hold": 70, "share": 0.35, "low": 0.29,
             "high": 0.42} for theory in rivals
            for pattern in ("C1", "C2", "C3", "C5", "C6", "every pattern")]  # fmt: skip
    undisclosed = [{"theory": theory, "outcome": outcome, "kept": 1000, "q05": 9.0, "q25": 21.0, "q50": 37.0 + place,
                    "q75": 71.0, "q95": 133.0} for place, theory in enumerate(rivals)
                   for outcome in ("exits_by_record_end", "exits_in_surge")]  # fmt: skip
    luck = [{"outcome": outcome, "theory": theory, "luck": 0.43, "unknowns": 0.57 if theory != "all" else 0.41,
             "theory_share": np.nan if theory != "all" else 0.16, "low": 0.39, "high": 0.47}
            for outcome in ("exits_surge_month", "exits_by_end") for theory in ("all", *rivals)]  # fmt: skip
    settings = [{"theory": "", "setting": name, "unit": "1", "low": 0.2, "high": 2.0, "scale": "log",
                 "status": "assumed", "text": f"what {name} is | in words"} for name in SETTINGS]  # fmt: skip
    return CalibrationResults(
        facts(theories), shift(rivals), pd.DataFrame(dependence), compatibility(theories), pd.DataFrame(half),
        pd.DataFrame(reasons),
        pd.DataFrame(confusion), pd.DataFrame(check), pd.DataFrame(coverage), pd.DataFrame(cells),
        dict.fromkeys(rivals, True),
        pd.DataFrame(observations), pd.DataFrame(undisclosed), pd.DataFrame(luck), pd.DataFrame(settings),
    )  # fmt: skip
