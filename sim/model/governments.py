"""Governments: Haiti, Kenya, the United States and the United Nations, scripted or by rules.

Up to the record's end its events are played. After it, ``scripted`` leaves every level as the events left it, and
``rules`` lets Kenya pause, resume and deploy, and Haiti's authority recover. In both an event may order the departure,
and under ``rules`` hold it. Loops are over the runs of a tile (:mod:`sim.model.lanes`): ``s`` has levels, ``d`` days,
``p`` settings, and ``w`` is room to work in.
"""

from __future__ import annotations

from typing import Any

from sim.arrays import Floats, Ints
from sim.jit import compiled, inner
from sim.model.elementary import exp, exp2
from sim.model.lanes import LANES
from sim.model.parameters import P
from sim.model.state import D, L, Phase
from sim.model.tile import Tile, W

KIT_FIRST_READINESS = 0.8
"""Readiness from which ``kit_first`` lets departure be announced (assumed)."""
FUNDED = 0.1
"""Funding above which readiness grows (assumed)."""
IMMINENCE_OF_PHASE = {
    Phase.BLOCKED: 0.1,
    Phase.AUTHORISED: 0.3,
    Phase.PAUSED: 0.1,
    Phase.DEPLOYING: 1.0,
    Phase.IN_THEATRE: 1.0,
}
"""How real departure feels in each phase, by rules (assumed); an accord raises AUTHORISED to .8."""
IMMINENCE_WITH_ACCORD = 0.8

_BLOCKED, _AUTHORISED, _PAUSED, _DEPLOYING, _IN_THEATRE = (phase.value for phase in Phase)
_LEVELS = tuple(IMMINENCE_OF_PHASE[phase] for phase in Phase)


@compiled
def act(tile: Tile, day: int, by_rules: bool) -> None:
    """One day of the governments, Haiti first, and what it assures an officer of."""
    s, d, p = tile.s, tile.d, tile.p
    for r in range(LANES):
        s[L.police + r] *= p[P.police_keep + r]
    if by_rules:
        _haiti_recovers(s, p)
        _kenya_prepares(s, d, p)
        _kenya_decides(s, d, p, day)
    else:
        _kenya_obeys(s, d, day)
    _wait_for_kit(s, d, day)
    heard(s, p, tile.w)
    feel_near(s, d, p, tile.w, day)
    one = s.dtype.type(1)
    for r in range(LANES):
        s[L.arrears + r] *= one - s[L.pay_escrow + r]
    assure(s, d, p, tile.w)


@inner
def heard(s: Floats, p: Floats, w: Floats) -> None:
    """What has been announced, which for the gangs does not fade: no more than at the start while kit is waited for."""
    F = s.dtype.type
    zero, ready = F(0), F(KIT_FIRST_READINESS)
    for r in range(LANES):
        level, usual = s[L.announced + r], p[P.governments_imminence_start + r]
        waiting = (s[L.kit_first + r] > zero) & (s[L.readiness + r] < ready)
        w[W.heard + r] = usual if waiting & (level > usual) else level


@inner
def feel_near(s: Floats, d: Ints, p: Floats, w: Floats, day: int) -> None:
    """I: what is announced, which fades towards the start's when nothing follows; I₀ + (a − I₀)·2^{−t/half-life}.

    Under ``kit_first`` nothing is announced until the kit is ready, and what then is counts from that day. Below I₀ it
    is what is announced itself, and nothing fades once officers depart.
    """
    F = s.dtype.type
    for r in range(LANES):
        since, on = day - d[D.announced_on + r], d[D.announced_on + r]
        fades = (on > 0) & (since > 0) & (d[D.phase + r] < _DEPLOYING)
        kept = exp2(-F(since) / p[P.governments_imminence_half_life + r]) if fades else F(1)
        level, usual = w[W.heard + r], p[P.governments_imminence_start + r]
        s[L.imminence + r] = usual + (level - usual) * kept if level > usual else level


@inner
def assure(s: Floats, d: Ints, p: Floats, w: Floats) -> None:
    """A = w₁R + w₂·terms + w₃·(insurance, evacuation, rules of engagement; a third each)."""
    settle_terms(s, d, p, w)
    third = s.dtype.type(3)
    for r in range(LANES):
        promised = p[P.weight_readiness + r] * s[L.readiness + r] + p[P.weight_terms + r] * w[W.terms + r]
        cared_for = s[L.insurance + r] + s[L.evacuation + r] + s[L.rules_published + r]
        s[L.assurance + r] = promised + p[P.weight_protection + r] * cared_for / third


@inner
def settle_terms(s: Floats, d: Ints, p: Floats, w: Floats) -> None:
    """How settled the terms are: secured or not before departure, e^{−a/τ_a} after it, a days of pay being owed."""
    for r in range(LANES):
        trust = exp(-s[L.arrears + r] / p[P.governments_arrears_scale + r])
        w[W.terms + r] = trust if d[D.deploying_since + r] > 0 else s[L.pay_escrow + r]


@inner
def _wait_for_kit(s: Floats, d: Ints, day: int) -> None:
    """While nothing is announced because the kit is not ready, what will be counts from tomorrow at the earliest."""
    F = s.dtype.type
    for r in range(LANES):
        if s[L.kit_first + r] > F(0) and s[L.readiness + r] < F(KIT_FIRST_READINESS):
            d[D.announced_on + r] = day + 1


@inner
def _haiti_recovers(s: Floats, p: Floats) -> None:
    zero = s.dtype.type(0)
    for r in range(LANES):
        lost = p[P.governments_authority_start + r] - s[L.authority + r]
        s[L.authority + r] += p[P.governments_authority_recovery + r] * (lost if lost > zero else zero)


@inner
def _kenya_prepares(s: Floats, d: Ints, p: Floats) -> None:
    F = s.dtype.type
    zero, one = F(0), F(1)
    for r in range(LANES):
        lawful = s[L.court_block + r] <= zero
        if s[L.us_support + r] > zero or s[L.trust_fund + r] > zero:
            s[L.funding + r] += p[P.governments_funding_growth + r]
        if lawful and s[L.funding + r] > F(FUNDED):
            s[L.readiness + r] += p[P.governments_readiness_growth + r]
        s[L.funding + r] = min(s[L.funding + r], one)
        s[L.readiness + r] = min(s[L.readiness + r], one)
        s[L.kit_gap + r] = one - s[L.readiness + r]
        unpaid = d[D.deploying_since + r] > 0 and s[L.funding + r] < p[P.governments_resume_funding + r]
        s[L.arrears + r] = max(s[L.arrears + r] + (one if unpaid else -one), zero)


@inner
def _kenya_decides(s: Floats, d: Ints, p: Floats, day: int) -> None:
    F = s.dtype.type
    zero = F(0)
    for r in range(LANES):
        phase, authority = d[D.phase + r], s[L.authority + r]
        if phase < _DEPLOYING:
            new = _AUTHORISED if phase == _BLOCKED else phase
            unsafe = (
                authority < p[P.governments_pause_authority + r]
                or s[L.control + r] > p[P.governments_pause_control + r]
            )
            funded = s[L.funding + r] >= p[P.governments_resume_funding + r] or s[L.funds_first + r] <= zero
            ready = (
                authority >= p[P.governments_resume_authority + r]
                and s[L.readiness + r] >= p[P.governments_resume_readiness + r]
                and funded
                and s[L.departure_held + r] <= zero
            )
            if s[L.court_block + r] > zero:
                new = _BLOCKED
            elif s[L.departure + r] > zero:
                new = _DEPLOYING
            elif phase != _BLOCKED:
                new = _PAUSED if unsafe else (_DEPLOYING if ready else phase)
            if new == _DEPLOYING:
                d[D.deploying_since + r] = day + 1  # the first wave leaves the day after the decision
        else:
            new = phase
        d[D.phase + r] = new
        # A change of phase says how near departure is, and so does an accord on its day; nothing else rewrites it.
        agreed = new == _AUTHORISED and s[L.accord + r] > zero
        if new != phase or (agreed and d[D.accord_on + r] == day):
            s[L.announced + r] = F(IMMINENCE_WITH_ACCORD) if agreed else F(_level_of(new))
            d[D.announced_on + r] = day


@inner
def _kenya_obeys(s: Floats, d: Ints, day: int) -> None:
    """The phase is what the court says, until an order to depart is carried out, which nothing takes back."""
    F = s.dtype.type
    zero = F(0)
    for r in range(LANES):
        if d[D.phase + r] < _DEPLOYING:
            blocked = s[L.court_block + r] > zero
            d[D.phase + r] = _BLOCKED if blocked else _AUTHORISED
            if not blocked and s[L.departure + r] > zero:
                d[D.phase + r], d[D.deploying_since + r] = _DEPLOYING, day + 1
                s[L.announced + r], d[D.announced_on + r] = F(_LEVELS[_DEPLOYING]), day


@inner
def _level_of(phase: int) -> Any:
    return _LEVELS[phase]
