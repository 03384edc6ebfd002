"""Gangs: a coalition that triggers unite, and attacks that excite attacks (Hawkes process in daily steps).

Blocs are roles of unequal size, never persons or places. Counts come from fixed uniforms by inverse CDF, so that two
runs of the same luck differ only where their intensities do. Loops are over the runs of a tile, as in
:mod:`sim.model.governments`.
"""

from __future__ import annotations

import math

import numpy as np

from sim.arrays import Floats, Ints
from sim.jit import compiled, inner
from sim.model import governments
from sim.model.elementary import exp, log
from sim.model.lanes import LANES
from sim.model.luck import Purpose, day_of, draw_day
from sim.model.parameters import DEATHS_CAP, PRESSURE_UNIT, STRATEGIC_KINDS, P
from sim.model.philox import mix, to_uniform
from sim.model.state import TRIGGERS, D, L, Stage
from sim.model.tile import ATTACK_SLOTS, Tile, W

MOST_ATTACKS = 500.0
"""Rates above are taken as this, where the day's count has long lost its meaning."""
LEAST_DISTANCE = 1e-3
"""1 − I₀ below this counts as this, so that an imminence that starts at one divides nothing by zero."""
MOST_PRESSURE = 30.0
"""Exponent of the pressure at most; e^30 is more than enough."""

_POLICE = STRATEGIC_KINDS["police"]
_THREAT_FROM = _POLICE + STRATEGIC_KINDS["airport or port"]
_THREAT_TO = _THREAT_FROM + STRATEGIC_KINDS["threat to the mission"]
_DEPLOYED = Stage.DEPLOYED.value
_ATTACKS, _ATTACK, _DAY = Purpose.ATTACKS.value, Purpose.ATTACK.value, Purpose.DAY.value


@compiled
def act(tile: Tile, day: int) -> None:
    """One day of the gangs: unite, attack, kill, take ground."""
    s, d, p, w = tile.s, tile.d, tile.p, tile.w
    governments.heard(s, p, w)
    trigger(s, d, p, w, day)
    _unite(s, p, w)
    intensity(tile)
    _strike(tile, day)
    _count(tile, day)
    _aftermath(s, p, tile.excitation, tile.counts)


@inner
def trigger(s: Floats, d: Ints, p: Floats, w: Floats, day: int) -> None:
    """1 − Π(1 − w·z·e^{−t/τ_c}) over absence, a force announced and exclusion; each still counts beside the others.

    A force unites the gangs as far as it is announced to be nearer than the mandate alone had made it: the scale of
    attacks is taken from a quarter that already had the mandate. A trigger tires with the days t since it last rose
    from nothing, which the state keeps; the row ``pull`` gets the whole.
    """
    F = s.dtype.type
    zero, one, least = F(0), F(1), F(LEAST_DISTANCE)
    for r in range(LANES):
        w[W.pull + r] = one
    for k in range(TRIGGERS):
        on = D.trigger_on_0 + k * LANES
        for r in range(LANES):
            if k == 0:
                level, weight = one - s[L.prime_minister + r], p[P.gangs_weight_prime_minister + r]
            elif k == 1:
                nearer = w[W.heard + r] - p[P.governments_imminence_start + r]
                far = one - p[P.governments_imminence_start + r]
                level = (nearer if nearer > zero else zero) / (far if far > least else least)
                weight = p[P.gangs_weight_force + r]
            else:
                level, weight = s[L.shut_out + r], p[P.gangs_weight_talks + r]
            began = d[on + r]
            began = 0 if level <= zero else (day if began == 0 else began)
            d[on + r] = began
            since = F(day - began) if began > 0 else zero
            w[W.pull + r] *= one - weight * (level * exp(-since / p[P.gangs_trigger_days + r]))
    for r in range(LANES):
        w[W.pull + r] = one - w[W.pull + r]


@inner
def _unite(s: Floats, p: Floats, w: Floats) -> None:
    """c′ = c + ρ·trigger·(1 − c) − δ(c − c_floor), within floor and one."""
    one = s.dtype.type(1)
    for r in range(LANES):
        c, floor = s[L.coalition + r], p[P.gangs_coalition_floor + r]
        growth, decay = p[P.gangs_coalition_growth + r], p[P.gangs_coalition_decay + r]
        c = c + (growth * w[W.pull + r] * (one - c) - decay * (c - floor))
        c = floor if c < floor else c
        s[L.coalition + r] = one if c > one else c


@inner
def intensity(tile: Tile) -> None:
    """λ of each bloc today, attacks a day, ``(blocs, lanes)`` (docs/ODD.md, 7.8), and their sum among the levels."""
    s, d, p, w, rates = tile.s, tile.d, tile.p, tile.w, tile.rates
    F = s.dtype.type
    zero, one, most, unit = F(0), F(1), F(MOST_PRESSURE), F(PRESSURE_UNIT)
    for r in range(LANES):
        w[W.left + r] = s[L.police + r] + s[L.foreign_troops + r]
    for r in range(LANES):
        if d[D.deploying_since + r] > 0:
            w[W.left + r] += F(_in_theatre(tile.stage, r))
    for r in range(LANES):
        pressed = -p[P.gangs_pressure_gain + r] * (w[W.left + r] / unit - p[P.pressure_start + r])
        pressed = most if pressed > most else pressed
        united = one + p[P.gangs_coalition_gain + r] * s[L.coalition + r]
        open_to_them = one + p[P.gangs_vacuum_gain + r] * (one - s[L.authority + r])
        w[W.united + r] = united * open_to_them * exp(pressed)
        w[W.left + r] = one - (one - p[P.gangs_truce_factor + r]) * s[L.gang_truce + r]
        s[L.intensity + r] = zero
    for j in range(len(rates)):
        out, background, excited = rates[j], tile.background[j], tile.excitation[j]
        for r in range(LANES):
            own = background[r] * w[W.united + r] + p[P.gangs_branching_ratio + r] * excited[r]
            rate = own * w[W.left + r]
            out[r] = rate
            s[L.intensity + r] += rate


@inner
def _in_theatre(stage: Ints, r: int) -> int:
    count = 0
    for i in range(len(stage)):
        count += stage[i, r] == _DEPLOYED
    return count


@inner
def _strike(tile: Tile, day: int) -> None:
    """Attacks of each bloc, ``(blocs, lanes)``; and the dead of operations and vigilantes, among the levels.

    The state answers a united enemy harder.
    """
    s, p, w, rates, counts, uniform, dead = tile.s, tile.p, tile.w, tile.rates, tile.counts, tile.uniform, tile.dead
    one = s.dtype.type(1)
    for r in range(LANES):
        harder = one + p[P.gangs_operations_gain + r] * (s[L.coalition + r] - p[P.gangs_coalition_floor + r])
        w[W.killed + r] = p[P.operations_rate + r] * harder
        w[W.of_civilians + r] = p[P.vigilante_rate + r] * harder
    draw_day(tile.luck, day, _DAY, 0, tile.drawn, uniform)
    poisson(uniform[0], w[W.killed : W.killed + LANES], dead)
    for r in range(LANES):
        s[L.deaths_operations + r] = dead[r]
    poisson(uniform[1], w[W.of_civilians : W.of_civilians + LANES], dead)
    for r in range(LANES):
        s[L.deaths_vigilantes + r] = dead[r]
    for j in range(len(rates)):
        if j % 4 == 0:
            draw_day(tile.luck, day, _ATTACKS, j // 4, tile.drawn, uniform)
        poisson(uniform[j % 4], rates[j], counts[j])
    for r in range(LANES):
        if s[L.documented_attacks + r] > 0:
            spread(s[L.documented_attacks + r], tile.bloc_share, tile.held, counts, r)


@inner
def poisson(uniform: Floats, rate: Floats, out: Ints) -> None:
    """Poisson counts by inverse CDF of fixed uniforms, all ``(n,)``, monotone in the rate (docs/ODD.md, 7.8).

    Most counts are none or one, which the precision of the rate decides without a branch; others, and those of a
    uniform so near one that it cannot, are summed up in double precision.
    """
    F = rate.dtype.type
    one, many, most, far = F(1), np.int64(2), F(MOST_ATTACKS), F(0.999)
    for i in range(len(rate)):
        lam, u = rate[i], F(uniform[i])
        lam = lam if lam < most else most
        none = exp(-lam)
        few = np.int64(u > none) + np.int64(u > none * (one + lam))
        out[i] = many if u > far else few
    for i in range(len(rate)):
        if out[i] == many:
            out[i] = _summed(uniform[i], min(np.float64(rate[i]), MOST_ATTACKS))


@inner
def _summed(uniform: float, rate: float) -> int:
    """A Poisson count, step by step in double precision."""
    mass, k = exp(-rate), 0
    reached, last = mass, rate + 40 * math.sqrt(rate + 1)
    while uniform > reached and k <= last:
        k += 1
        mass = mass * rate / k
        reached += mass
    return k


@inner
def spread(count: float, share: Floats, held: Ints, counts: Ints, r: int) -> None:
    """Give a documented number of attacks of a run to the blocs by size, in whole attacks, on top of ``counts``.

    One after another by the quota method (Balinski & Young 1975, Am. Math. Monthly 82:701): the k-th goes to the bloc
    with the largest share/(held + 1) among those that hold less than share·k, the first of them at a tie. No bloc is
    off its share by a whole attack, and one more attack takes none from any bloc. A count is rounded first; ``held``
    is room for what each has been given.
    """
    F = share.dtype.type
    blocs = len(share)
    held[:] = 0
    for k in range(1, round(count) + 1):
        best, claims = 0, F(-2)
        for j in range(blocs):
            claim = share[j, r] / F(held[j] + 1) if F(held[j]) < share[j, r] * F(k) else F(-1)
            if claim > claims:
                best, claims = j, claim
        held[best] += 1
    for j in range(blocs):
        counts[j, r] += held[j]


@inner
def severity(words: Ints, run: Ints, p: Floats, out: Floats, count: int) -> None:
    """Deaths of so many attacks, in double precision: ⌊Lomax⌋ by inverse CDF, capped (docs/ODD.md, 7.8).

    ``words`` are the attacks' draws, ``(attacks,)`` like ``run``, the run of each.
    """
    for n in range(count):
        out[n] = log(1 - to_uniform(words[n]))
    for n in range(count):
        out[n] = exp(-out[n] / np.float64(p[P.gangs_death_tail + run[n]]))
    for n in range(count):
        out[n] = min(math.floor(np.float64(p[P.death_scale + run[n]]) * (out[n] - 1)), DEATHS_CAP)


@inner
def _count(tile: Tile, day: int) -> None:
    """Deaths and salience of today's attacks, attack by attack; an attack keeps its draws whatever others happen.

    At most ``ATTACK_SLOTS`` attacks of a bloc cost lives; what is counted goes beyond them.
    """
    s, p, w, counts, words, run = tile.s, tile.p, tile.w, tile.counts, tile.marks, tile.struck
    F = s.dtype.type
    zero, one = F(0), F(1)
    for r in range(LANES):
        w[W.killed + r] = w[W.of_civilians + r] = w[W.strategic + r] = w[W.civilian + r] = zero
        share = p[P.gangs_strategic_base + r] + p[P.gangs_strategic_gain + r] * s[L.coalition + r]
        share = zero if share < zero else share
        w[W.strategic_share + r] = one if share > one else share
        s[L.attacks + r] = zero
    for j in range(len(counts)):
        count = counts[j]
        for r in range(LANES):
            s[L.attacks + r] += F(count[r])
    of_day, third, n = day_of(day), np.uint64(_ATTACK) << np.uint64(24), 0
    for j in range(len(counts)):
        for r in range(tile.lanes):
            for slot in range(min(counts[j, r], ATTACK_SLOTS)):
                words[0, n], words[1, n] = np.uint32(of_day + np.uint64(slot)), np.uint32(j)
                words[2, n], words[3, n] = np.uint32(tile.luck[0, r]), np.uint32(third + tile.luck[1, r])
                run[n] = r
                n += 1
    some = n
    mix(words, some, tile.luck[2, 0], tile.luck[2, 1], 10)
    severity(words[1], run, p, tile.deaths, some)
    for n in range(some):
        _toll(p, w, run[n], to_uniform(words[0, n]), tile.deaths[n])
    for r in range(LANES):
        by_state = s[L.deaths_operations + r] + s[L.deaths_vigilantes + r]
        s[L.deaths_gang + r] = w[W.killed + r]
        s[L.salience_strategic + r], s[L.salience_civilian + r] = w[W.strategic + r], w[W.civilian + r]
        s[L.civilian_harm + r] = w[W.of_civilians + r] + p[P.gangs_civilian_share + r] * by_state


@inner
def _toll(p: Floats, w: Floats, r: int, mark: float, deaths: float) -> None:
    """What one attack costs and how loud it is; whom it hits is its mark's."""
    F = w.dtype.type
    share = np.float64(w[W.strategic_share + r])
    kind = mark / max(share, 1e-12)
    strategic = mark < share
    w[W.killed + r] += F(deaths)
    if not (strategic and kind < _POLICE):
        w[W.of_civilians + r] += F(deaths)
    if not strategic:
        w[W.civilian + r] += F(1)
        return
    loud = p[P.media_strategic_salience + r]
    if _THREAT_FROM <= kind < _THREAT_TO:
        loud = loud * (F(1) + p[P.media_kenya_relevance + r])
    w[W.strategic + r] += loud


@inner
def _aftermath(s: Floats, p: Floats, excitation: Floats, counts: Ints) -> None:
    """What attacks leave behind: S′ = e^{−ω}S + (1 − e^{−ω})N and C′ = C + g·N(1 − C) − o·C, within 0 and 1."""
    F = s.dtype.type
    zero, one = F(0), F(1)
    for j in range(len(excitation)):
        excited, count = excitation[j], counts[j]
        for r in range(LANES):
            keep = p[P.excitation_keep + r]
            excited[r] = excited[r] * keep + (one - keep) * F(count[r])
    for r in range(LANES):
        c = s[L.control + r]
        c = c + (p[P.gangs_control_gain + r] * s[L.attacks + r] * (one - c) - p[P.gangs_control_loss + r] * c)
        c = zero if c < zero else c
        s[L.control + r] = one if c > one else c
