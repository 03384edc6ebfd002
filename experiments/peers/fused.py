"""The limit: T1 of a scripted case as one Numba kernel that takes 32 runs at a time through all their days.

Runs are SIMD lanes and lie next to each other. All that an officer carries (seven numbers a lane) is one record of a
flat buffer of 360 kB, which stays in the second-level cache from the first day to the last; one pass over it a day
moves perception, takes the hazard from survival and the sums that tomorrow needs. Shortcuts that the engine cannot
take, because its bits are defined and it serves five theories and every lever:

- its own luck (xoshiro128++, Blackman & Vigna 2021, one generator a lane), so it agrees in distribution only;
- perceived hazard is kept as z, so that the reference needs no pass, and exponentials are good to some units in the
  last place only;
- attacks of a day are marked one after another, whatever their bloc, since their marks are exchangeable;
- no outcome beyond the daily series, no fault guard, no event table, no stages: what luck cannot touch is read from
  :mod:`script`; multiplications and additions may be fused, divisions made reciprocals.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from experiments.peers.script import GIVEN, SERIES, Script

LANES = 32
F, U, I = np.float32, np.uint32, np.int32  # noqa: E741
FAST = {"contract", "nsz", "arcp", "nnan", "ninf"}
"""No reassociation: it would undo the rounding in :func:`exp2`."""
Z, SURVIVAL, BASELINE, DREAD, DOUBT, LIMIT, PRESENT = range(7)
FIELDS = 7
WIDTH = FIELDS * LANES
PUSH, PULL, SUM, HAZARD, OVER = (k * LANES for k in range(5))
SCRATCH = 5

jit = njit(fastmath=FAST, error_model="numpy", cache=True)
inline = njit(fastmath=FAST, error_model="numpy", inline="always")

_LOG2E, _LN2 = F(1 / math.log(2)), F(math.log(2))
_ROUND = F(1.5 * 2**23 + 127)
_NODES = np.cos(np.pi * (np.arange(200) + 0.5) / 200)
_E5, _E4, _E3, _E2, _E1, _E0 = (F(c) for c in np.polyfit(_NODES / 2, np.exp2(_NODES / 2), 5))
_GILES = (
    *(2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503, -0.00417768164),
    *(0.246640727, 1.50140941),
)
_TAIL = (
    *(-0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047),
    *(1.00167406, 2.83297682),
)
"""Single-precision inverse error function: Giles 2012, GPU Computing Gems, ch. 10."""
_C0, _C1, _C2, _C3, _C4, _C5, _C6, _C7, _C8 = (F(c) for c in _GILES)
_T0, _T1, _T2, _T3, _T4, _T5, _T6, _T7, _T8 = (F(c) for c in _TAIL)
_ONE, _ZERO, _HALF, _ROOT2 = F(1), F(0), F(0.5), F(math.sqrt(2))
_ROOT, _MANTISSA = I(F(math.sqrt(0.5)).view(I)), I(2**23 - 1)
_L1, _L3, _L5, _L7 = F(2 / math.log(2)), F(2 / 3 / math.log(2)), F(2 / 5 / math.log(2)), F(2 / 7 / math.log(2))


@inline
def exp2(t: Any) -> Any:
    """2^t for −126 < t < 127, to about 3e-7."""
    t = max(F(-126), min(F(126), t))
    shifted = F(t + _ROUND)
    f = F(t - F(shifted - _ROUND))
    y = _E0 + f * (_E1 + f * (_E2 + f * (_E3 + f * (_E4 + f * _E5))))
    return F(y * I(shifted.view(I) << I(23)).view(F))


@inline
def log2(x: Any) -> Any:
    """Base-2 logarithm of a positive normal number, by the series of 2·artanh."""
    above = I(F(x).view(I) - _ROOT)
    k = I(above >> I(23))
    f = F(I((above & _MANTISSA) + _ROOT).view(F) - _ONE)
    s = f / (F(2) + f)
    w = s * s
    return F(k) + s * (_L1 + w * (_L3 + w * (_L5 + w * _L7)))


@inline
def normal(u: Any) -> Any:
    """Standard normal by inverse CDF."""
    x = F(2) * u - _ONE
    w = -_LN2 * log2((_ONE - x) * (_ONE + x))
    a, b = w - F(2.5), math.sqrt(max(w, _ZERO)) - F(3)
    p = _C4 + a * (_C3 + a * (_C2 + a * (_C1 + a * _C0)))
    p = _C8 + a * (_C7 + a * (_C6 + a * (_C5 + a * p)))
    q = _T4 + b * (_T3 + b * (_T2 + b * (_T1 + b * _T0)))
    q = _T8 + b * (_T7 + b * (_T6 + b * (_T5 + b * q)))
    return _ROOT2 * x * (p if w < F(5) else q)


@inline
def rotl(x: Any, k: int) -> Any:
    return U(U(x << U(k)) | U(x >> U(32 - k)))


@inline
def draw(luck: Any, out: Any, at: int) -> None:
    """One uniform strictly between 0 and 1 for each lane, into ``out[at:at + LANES]``."""
    for r in range(LANES):
        s0, s1, s2, s3 = luck[r], luck[LANES + r], luck[2 * LANES + r], luck[3 * LANES + r]
        word = U(rotl(U(s0 + s3), 7) + s0)
        t = U(s1 << U(9))
        s2, s3 = U(s2 ^ s0), U(s3 ^ s1)
        s1, s0 = U(s1 ^ s2), U(s0 ^ s3)
        luck[r], luck[LANES + r], luck[2 * LANES + r], luck[3 * LANES + r] = s0, s1, U(s2 ^ t), rotl(s3, 11)
        out[at + r] = (F(I(word >> U(9))) + _HALF) * F(2.0**-23)


@jit
def seeded(seed: int, first: int) -> Any:
    """Generators of LANES runs from ``first`` on, by SplitMix64."""
    luck = np.empty(4 * LANES, U)
    for r in range(LANES):
        state = np.uint64(seed) * np.uint64(0xD1342543DE82EF95) + np.uint64(first + r) * np.uint64(0xDA942042E4DD58B5)
        for k in range(4):
            state += np.uint64(0x9E3779B97F4A7C15)
            z = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            luck[k * LANES + r] = U((z ^ (z >> np.uint64(31))) >> np.uint64(32))
    return luck


@jit
def enlist(a: Any, friction: Any, luck: Any, officers: int, frailty_sd: Any, dread_sd: Any) -> None:
    """Traits of the officers of LANES runs."""
    u = np.empty(6 * LANES, F)
    for i in range(officers):
        for k in range(6):
            draw(luck, u, k * LANES)
        o = a[i]
        for r in range(LANES):
            o[r] = normal(u[r])
        for r in range(LANES):
            o[BASELINE * LANES + r] = o[r]
            o[SURVIVAL * LANES + r] = _ONE
            o[PRESENT * LANES + r] = _ONE
        for r in range(LANES):
            o[DREAD * LANES + r] = exp2(_LOG2E * dread_sd * normal(u[LANES + r]))
        for r in range(LANES):
            o[DOUBT * LANES + r] = normal(u[2 * LANES + r])
        for r in range(LANES):
            frail = exp2(_LOG2E * (frailty_sd * normal(u[3 * LANES + r]) - _HALF * frailty_sd * frailty_sd))
            o[LIMIT * LANES + r] = exp2(log2(u[4 * LANES + r]) / frail)
        for r in range(LANES):
            friction[i, r] = u[5 * LANES + r]


@inline
def lanes(value: Any) -> Any:
    return np.full(LANES, value, F)


@jit
def poisson(u: Any, rate: Any, count: Any) -> None:
    """Counts of the lanes by inverse CDF."""
    mass, reached = np.empty(LANES, F), np.empty(LANES, F)
    for r in range(LANES):
        mass[r] = exp2(-_LOG2E * rate[r])
    for r in range(LANES):
        reached[r] = mass[r]
        count[r] = _ZERO
    for k in range(1, 80):
        above, inverse = False, _ONE / F(k)
        for r in range(LANES):
            above |= u[r] > reached[r]
        if not above:
            return
        for r in range(LANES):
            count[r] += _ONE if u[r] > reached[r] else _ZERO
            mass[r] *= rate[r] * inverse
            reached[r] += mass[r]


@jit
def live(
    out: Any, first: int, luck: Any, bounds: Any, daily: Any, documented: Any, background: Any, stationary: Any, c: Any
) -> None:
    """All days of LANES runs into the columns from ``first`` on of ``out``, ``(series, days, runs)``.

    ``daily`` is ``(days, columns)`` in the order of :data:`DAILY`, ``c`` in that of :data:`CONSTANTS`.
    """
    days, blocs, squads, officers = len(daily), len(background), len(bounds) - 1, bounds[-1]
    (x0, sd, sensitivity, rise, fall, squad_pull, force_pull, frailty_sd, dread_sd, friction_limit, shock,
     log_base, b_threat, b_efficacy, b_both, contingent, branching, keep, scale, inverse_tail, cap, slots,
     gain_control, loss_control, control_start, strategic_salience, kenya, keep_fast, keep_slow, ref_fast,
     ref_slow, slow_weight, report_salience, retention, rumour_rate, credibility, denial_probability, civilian,
     habit, habit_share, heard_start, rumour_start) = c  # fmt: skip
    a, friction = np.zeros((officers, WIDTH), F), np.empty((officers, LANES), F)
    w = np.zeros(SCRATCH * LANES, F)  # one array, so that the compiler has few pointers to tell apart
    enlist(a, friction, luck, officers, frailty_sd, dread_sd)

    sums, present = np.zeros((squads, LANES), F), np.zeros((squads, LANES), F)
    led, shaken = np.zeros((squads, LANES), F), np.zeros(squads, np.int8)
    excitation = np.empty((blocs, LANES), F)
    u, rate, count, total, slotted = lanes(_ZERO), lanes(_ZERO), lanes(_ZERO), lanes(_ZERO), lanes(_ZERO)
    two = np.empty(2 * LANES, F)
    deaths, civil, strategic, passing = lanes(_ZERO), lanes(_ZERO), lanes(_ZERO), lanes(_ZERO)
    operations, vigilantes = lanes(_ZERO), lanes(_ZERO)
    fast, slow, used = lanes(_ONE), lanes(_ONE), lanes(heard_start)
    rumour, denial, report, denied = lanes(rumour_start), lanes(_ZERO), lanes(_ZERO), lanes(_ZERO)
    control, force, seen = lanes(control_start), lanes(_ZERO), lanes(_ZERO)
    crowd, gone, intents, exits = lanes(F(officers)), lanes(_ZERO), lanes(_ZERO), lanes(_ZERO)

    for q in range(squads):
        for i in range(bounds[q], bounds[q + 1]):
            for r in range(LANES):
                sums[q, r] += a[i, r]
        for r in range(LANES):
            present[q, r] = F(bounds[q + 1] - bounds[q])
            force[r] += sums[q, r]
    for j in range(blocs):
        for r in range(LANES):
            excitation[j, r] = stationary[j]

    odds, odds_doubt = F(-_LOG2E * log_base), F(-_LOG2E * b_efficacy)
    odds_threat, odds_both = F(-_LOG2E * b_threat), F(-_LOG2E * b_both)
    odds_tour, odds_sd = F(-_LOG2E * x0), F(-_LOG2E * sd)
    both_pulls, least = F(squad_pull + force_pull), F(1e-6)

    for day in range(days):
        row = daily[day]
        common, share, rate_operations, rate_vigilantes, salience = row[0], row[1], row[2], row[3], row[4]
        near, far, shift, gain, silent = row[5], row[6], row[7], row[8], row[9]

        # Gangs: attacks of each bloc, then the day's attacks one by one.
        for r in range(LANES):
            total[r] = slotted[r] = deaths[r] = civil[r] = strategic[r] = passing[r] = _ZERO
        for j in range(blocs):
            draw(luck, u, 0)
            mu, more = background[j] * common, documented[day, j]
            for r in range(LANES):
                rate[r] = mu + branching * excitation[j, r]
            poisson(u, rate, count)
            for r in range(LANES):
                n = count[r] + more
                excitation[j, r] = keep * excitation[j, r] + (_ONE - keep) * n
                total[r] += n
                slotted[r] += min(n, slots)
        most = _ZERO
        for r in range(LANES):
            most = max(most, slotted[r])
        inverse_share = _ONE / max(share, F(1e-12))
        for k in range(int(most)):
            draw(luck, two, 0)
            draw(luck, two, LANES)
            for r in range(LANES):
                there = _ONE if F(k) < slotted[r] else _ZERO
                dead = min(F(math.floor(scale * (exp2(-inverse_tail * log2(two[LANES + r])) - _ONE))), cap) * there
                hits = there if two[r] < share else _ZERO
                kind = two[r] * inverse_share
                threat = kenya if (kind >= F(0.7)) & (kind < F(0.9)) else _ZERO
                deaths[r] += dead
                civil[r] += _ZERO if (hits > _ZERO) & (kind < _HALF) else dead
                strategic[r] += hits * strategic_salience * (_ONE + threat)
                passing[r] += there - hits
        draw(luck, u, 0)
        for r in range(LANES):
            rate[r] = rate_operations
        poisson(u, rate, operations)
        draw(luck, u, 0)
        for r in range(LANES):
            rate[r] = rate_vigilantes
        poisson(u, rate, vigilantes)

        # News, and what of it reaches officers.
        for r in range(LANES):
            control[r] += gain_control * total[r] * (_ONE - control[r]) - loss_control * control[r]
            control[r] = max(_ZERO, min(_ONE, control[r]))
            lasting = strategic[r] + salience
            brief = passing[r] + report[r] * report_salience * (_ONE + kenya)
            fast[r] = keep_fast * fast[r] + (_ONE - keep_fast) * ((lasting + brief) / ref_fast)
            slow[r] = keep_slow * slow[r] + (_ONE - keep_slow) * (lasting / ref_slow)
            news = (_ONE - slow_weight) * fast[r] + slow_weight * slow[r]
            denial[r] = max(retention * denial[r], denied[r])
            rumour[r] = retention * rumour[r] + F(0.1) * rumour_rate * news * (_ONE - credibility * denial[r])
            media = news + rumour[r]
            heard = log2(max(media, least) / heard_start) - habit_share * log2(max(used[r], least) / heard_start)
            w[PUSH + r] = sensitivity / sd * _LN2 * heard
            used[r] += (media - used[r]) * habit
            force[r] = force_pull * force[r] / max(crowd[r], _ONE)
            w[HAZARD + r] = seen[r] = intents[r] = exits[r] = _ZERO
            out[13, day, first + r] = media

        # Officers, squad by squad, in one pass.
        moved = shift / sd
        for q in range(squads):
            for r in range(LANES):
                mean = sums[q, r] / max(present[q, r], _ONE)
                w[PULL + r] = squad_pull * mean + force[r]
                w[SUM + r] = _ZERO
            if shaken[q]:
                for i in range(bounds[q], bounds[q + 1]):
                    for r in range(LANES):
                        a[i, SURVIVAL * LANES + r] *= _ONE - led[q, r] * (_ONE - shock)
                shaken[q] = 0
                for r in range(LANES):
                    led[q, r] = _ZERO
            for i in range(bounds[q], bounds[q + 1]):
                o = a[i]
                nearness = near if F(i) < contingent else far
                for r in range(LANES):
                    z, there = o[r], o[PRESENT * LANES + r]
                    own = o[BASELINE * LANES + r] + o[DREAD * LANES + r] * w[PUSH + r] + moved - z
                    z += there * ((rise if own > _ZERO else fall) * own + (w[PULL + r] - both_pulls * z))
                    o[r] = z
                    helpless = o[DOUBT * LANES + r] - gain
                    both = max(z, _ZERO) * max(helpless, _ZERO)
                    e = exp2(odds + odds_doubt * helpless + odds_threat * z + odds_both * both)
                    tour = exp2(odds_tour + odds_sd * z)
                    inverse = _ONE / ((_ONE + e) * (_ONE + tour))
                    s = o[SURVIVAL * LANES + r] * ((_ONE + e - nearness) * (_ONE + tour) * inverse)
                    o[SURVIVAL * LANES + r] = s
                    w[OVER + r] = o[LIMIT * LANES + r] - s
                    w[HAZARD + r] += there * (_ONE + e) * inverse
                    w[SUM + r] += there * z
                reached = False
                for r in range(LANES):
                    reached |= w[OVER + r] >= _ZERO
                if reached:
                    for r in range(LANES):
                        if w[OVER + r] >= _ZERO:
                            o[LIMIT * LANES + r] = F(-1)
                            intents[r] += _ONE
                            if friction[i, r] >= friction_limit:
                                o[PRESENT * LANES + r] = _ZERO
                                exits[r] += _ONE
                                present[q, r] -= _ONE
                                w[SUM + r] -= o[r]
                                w[HAZARD + r] -= _ONE / (_ONE + exp2(odds_tour + odds_sd * o[r]))
                                if i == bounds[q]:
                                    led[q, r], shaken[q] = _ONE, 1
            for r in range(LANES):
                sums[q, r] = w[SUM + r]
                seen[r] += sums[q, r]

        # What outsiders see, and the series.
        draw(luck, u, 0)
        draw(luck, two, 0)
        log_silent = log2(silent)
        for r in range(LANES):
            force[r] = seen[r]
            crowd[r] -= exits[r]
            gone[r] += exits[r]
            report[r] = _ONE if u[r] < _ONE - exp2(exits[r] * log_silent) else _ZERO
            denied[r] = report[r] if two[r] < denial_probability else _ZERO
        for r in range(LANES):
            col = first + r
            out[0, day, col], out[1, day, col], out[2, day, col] = exits[r], gone[r], intents[r]
            out[3, day, col], out[4, day, col], out[5, day, col] = crowd[r], _ZERO, total[r]
            out[6, day, col], out[7, day, col], out[8, day, col] = deaths[r], operations[r], vigilantes[r]
            out[9, day, col] = civil[r] + civilian * (operations[r] + vigilantes[r])
            out[11, day, col], out[14, day, col] = control[r], rumour[r]
            out[17, day, col] = w[HAZARD + r] / max(crowd[r], _ONE) if crowd[r] > _ZERO else F(np.nan)
            out[18, day, col], out[19, day, col] = report[r], denied[r]


DAILY = ("common", "strategic", "operations", "vigilantes", "salience", "near", "far", "shift", "gain", "silent")
CONSTANTS = (
    *("officers.baseline", "officers.baseline_sd", "officers.threat_sensitivity", "officers.rise_rate", "fall"),
    *("officers.squad_pull", "officers.force_pull", "officers.frailty_sd", "officers.dread_sd"),
    *("officers.friction_before", "shock", "base", "theory.threat", "theory.efficacy", "theory.interaction"),
    *("levers.first_contingent", "gangs.branching_ratio", "excitation_keep", "death_scale", "inverse_tail"),
    *("deaths_cap", "attack_slots", "gangs.control_gain", "gangs.control_loss", "gangs.control_start"),
    *("media.strategic_salience", "media.kenya_relevance", "news_keep_fast", "news_keep_slow", "news_reference_fast"),
    *("news_reference_slow", "media.slow_weight", "media.report_salience", "media.rumour_retention"),
    *("media.rumour_rate", "media.denial_credibility", "media.denial_probability", "gangs.civilian_share", "habit"),
    *("officers.habituation_share", "heard_start", "rumour_start"),
)


def simulate(script: Script, runs: int, seed: int) -> Any:
    """Daily series of some runs, ``(series, days, runs)`` in float32, in the order of :data:`script.SERIES`."""
    own = {
        "fall": script["officers.rise_rate"] * script["officers.fall_ratio"],
        "shock": math.exp(-script["officers.leader_shock"]),
        "base": math.log(script["theory.base_hazard"]),
        "inverse_tail": 1 / script["gangs.death_tail"],
        "habit": 1 / script["officers.habituation_days"],
    }
    known = script.values | script.constants | own
    c = tuple(F(known[name]) for name in CONSTANTS)
    daily = np.stack([getattr(script, name) for name in DAILY], axis=1).astype(F)
    tables = script.documented.astype(F), script.background.astype(F), script.stationary.astype(F)
    groups = -(-runs // LANES)
    out = np.zeros((len(SERIES), script.days, groups * LANES), F)
    for name in GIVEN:
        out[SERIES.index(name)] = script.given[name].astype(F)[:, None]
    for first in range(0, groups * LANES, LANES):
        live(out, first, seeded(seed, first), script.with_squads(first // LANES).bounds, daily, *tables, c)
    return out[:, :, :runs]
