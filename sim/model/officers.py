"""Officers: what they perceive, when they want to leave, and who then does.

Nobody is drawn daily: each officer carries a lot, and wants out when the chance that he would have stayed so far, his
survival, falls to it. One pass over the officers moves perceived hazard, asks the theory for today's hazard and takes
it from survival (:func:`pass_over`); what follows an intent is sparse, because few officers leave on one day. Loops
are over the runs of a tile, as in :mod:`sim.model.governments`.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats, Ints
from sim.jit import compiled, inlined, inner
from sim.jit_records import Piece, call
from sim.model.elementary import exp, exp2, fma, log
from sim.model.lanes import LANES
from sim.model.parameters import LEAST_NEWS, P
from sim.model.state import TOGETHER_DAYS, D, H, L, Letter, Phase, Stage
from sim.model.tile import Tile, W

LOG2E = 1.4426950408889634
"""log₂ e."""
HAZARD_LIMIT = 1 - 2.0**-20
"""A daily probability is held below one, so that what cumulates stays finite."""
SPLIT_SHARE = 0.5
"""Share of a squad's stayers whose intent lets the squad go, under ``squad_opt_out`` (assumed)."""
LEAST_KILLED = 1e-3
"""A smaller share of deaths among casualties counts as this, so that nothing is divided by zero."""
COHESION = {"none": 0, "carry": 1, "hold": 2}
"""Numbers of the signs of cohesion."""
_CARRY, _HOLD = COHESION["carry"], COHESION["hold"]
_VOLUNTEER, _SELECTED, _TRAINED, _DEPLOYED = (stage.value for stage in list(Stage)[:4])
_OPTED_OUT, _HOME, _INJURED, _KILLED = (stage.value for stage in list(Stage)[4:])
_NONE, _BLOCKED, _WAITING, _ACCEPTED = (letter.value for letter in Letter)


# Selection and deployment


@compiled
def muster(tile: Tile, day: int) -> None:
    """Volunteers are selected, trained and, once Kenya deploys, sent in waves."""
    s, d, p = tile.s, tile.d, tile.p
    zero = s.dtype.type(0)
    for r in range(LANES):
        if s[L.selected + r] > zero and d[D.selected_on + r] == 0:
            d[D.selected_on + r] = day
            for i in range(len(tile.stage)):
                if tile.stage[i, r] == _VOLUNTEER:
                    tile.stage[i, r] = _SELECTED
                put_at_risk(tile, i, r)  # nobody leaves a mission that nobody selected him for
        served, training = day - d[D.selected_on + r], p[P.officers_training_days + r]
        if d[D.selected_on + r] > 0 and served >= training and served - 1 < training:
            for i in range(len(tile.stage)):
                if tile.stage[i, r] == _SELECTED:
                    tile.stage[i, r] = _TRAINED
        if d[D.deploying_since + r] > 0:
            # A wave leaves whenever another full interval has passed, which need be no whole number of days.
            elapsed, interval = day - d[D.deploying_since + r], p[P.governments_wave_days + r]
            if elapsed >= 0 and elapsed // interval > (elapsed - 1) // interval:
                _deploy(tile, r)


@inner
def put_at_risk(tile: Tile, i: int, r: int) -> None:
    """From now on this officer may come to want out, if he is in."""
    tile.at_risk[i, r] = tile.present[i, r]
    tile.hot[i, H.limit + r] = tile.lot[i, r] if tile.present[i, r] > 0 else -1


@inner
def _deploy(tile: Tile, r: int) -> None:
    size, sent, ready = int(tile.p[P.governments_wave_size + r]), 0, 0
    for i in range(len(tile.stage)):
        if tile.stage[i, r] == _TRAINED and tile.letter[i, r] != _ACCEPTED:
            ready += 1
            if sent < size:
                tile.stage[i, r] = _DEPLOYED
                sent += 1
    tile.s[L.deployed + r] += type(tile.s[0])(sent)
    if ready <= tile.p[P.governments_wave_size + r]:
        tile.d[D.phase + r] = Phase.IN_THEATRE.value


# What officers perceive


@inner
def read_plans(s: Floats, p: Floats, w: Floats) -> None:
    """How unclear the mission's plans are: u, how much clearer than at the start, slips and kit gap.

    u = u₀ + κ_u(1 − A)·(ι_u + (1 − ι_u)I). Where ambiguity is not ``felt``, plans are as unclear as at the start, the
    kit gap is that of the start, and no start slipped.
    """
    one = s.dtype.type(1)
    for r in range(LANES):
        felt, remote, at_start = (
            p[P.officers_ambiguity_felt + r],
            p[P.officers_ambiguity_remote + r],
            p[P.unclear_start + r],
        )
        near = remote + (one - remote) * s[L.imminence + r]
        unclear = felt * ((one - s[L.assurance + r]) * near) + (one - felt) * at_start
        w[W.ambiguity + r] = p[P.officers_ambiguity_floor + r] + p[P.officers_ambiguity_gain + r] * unclear
        w[W.clarity + r] = at_start - unclear
        w[W.arrears + r] = s[L.arrears + r]
        w[W.slips + r] = felt * s[L.slips + r]
        w[W.kit_gap + r] = felt * s[L.kit_gap + r] + (one - felt) * p[P.governments_kit_gap + r]


@inner
def _hear(s: Floats, p: Floats, w: Floats) -> None:
    """What moves perceived hazard today, and then the habit: M̄′ = M̄ + (M_eff − M̄)/τ_h (docs/ODD.md, 7.10)."""
    F = s.dtype.type
    least, half = F(LEAST_NEWS), F(0.5)
    for r in range(LANES):
        loud, usual, reference = s[L.media + r], s[L.habituation + r], p[P.heard_start + r]
        news = log((loud if loud > least else least) / reference)
        habit = log((usual if usual > least else least) / reference)
        w[W.push + r] = p[P.officers_threat_sensitivity + r] * (news - p[P.officers_habituation_share + r] * habit)
        s[L.habituation + r] = usual + (loud - usual) / p[P.officers_habituation_days + r]
    for r in range(LANES):
        weight, ambiguity = p[P.officers_ambiguity_weight + r], w[W.ambiguity + r]
        w[W.shift + r] = weight * (ambiguity - p[P.ambiguity_reference + r])
        w[W.more + r] = -(weight * ambiguity * half * s[L.leaders_briefed + r])
        w[W.rise + r] = p[P.officers_rise_rate + r]
        w[W.fall + r] = p[P.officers_rise_rate + r] * p[P.officers_fall_ratio + r]
        felt = p[P.officers_peers_felt + r]
        w[W.squad_pull + r] = p[P.officers_squad_pull + r] * felt
        w[W.force_pull + r] = p[P.officers_force_pull + r] * felt
        w[W.both_pulls + r] = w[W.squad_pull + r] + w[W.force_pull + r]


@inlined
def _gather_row(w: Floats, hot: Floats, leading: Ints, i: int, n: int) -> None:
    """Add a row of officers to the sums of their squads, and of all."""
    o, leads, F = hot[i], leading[i], w.dtype.type
    zero, one = F(0), F(1)
    for r in range(n):
        x = o[H.perceived + r] if o[H.share + r] > zero else zero
        so_far = fma(one - F(leads[r]), w[W.so_far + r], x)
        w[W.so_far + r] = so_far
        o[H.so_far + r] = so_far
        w[W.whole + r] += x


@inner
def _gather(tile: Tile) -> None:
    """Sums of yesterday's perceived hazard: of each squad down to a row, complete at its last, and of all."""
    w, F = tile.w, tile.w.dtype.type
    zero, one = F(0), F(1)
    for r in range(LANES):
        w[W.so_far + r] = w[W.whole + r] = zero
    hot, leads, n = tile.hot, tile.leads, tile.lanes
    for i in range(len(hot)):
        _gather_row(w, hot, leads, i, n)
    last, s = hot[len(hot) - 1], tile.s
    for r in range(LANES):
        w[W.in_squad + r] = last[H.so_far + r]
        available = s[L.available + r]
        w[W.force_pull + r] *= w[W.whole + r] / (available if available > one else one)


@inner
def _feel_near(tile: Tile, null: bool) -> None:
    """(ι + (1 − ι)I)/(ι + (1 − ι)I₀)·e^{reactance·mandatory} for the first contingent, and half of I for the rest.

    Where imminence is not ``felt`` it stays at I₀; the ``null`` theory knows neither.
    """
    s, p, w = tile.s, tile.p, tile.w
    F = s.dtype.type
    one, half = F(1), F(0.5)
    for r in range(LANES):
        felt, remote = p[P.officers_imminence_felt + r], p[P.officers_remote_hazard + r]
        near = felt * s[L.imminence + r] + (one - felt) * p[P.governments_imminence_start + r]
        scale = exp(p[P.officers_reactance + r] * s[L.mandatory + r]) / p[P.hazard_unit + r]
        w[W.near + r] = one if null else (remote + (one - remote) * near) * scale
        w[W.far + r] = one if null else (remote + (one - remote) * half * near) * scale


# Comrades


@inner
def _hold(tile: Tile) -> None:
    """What comrades who stay leave of the hazard, by squad; as in a whole squad where peers are not felt."""
    p, held = tile.p, tile.told[1]
    F = p.dtype.type
    one = F(1)
    for q in range(len(tile.sizes)):
        present, sizes, out = tile.squad_present[q], tile.sizes[q], held[q]
        for r in range(LANES):
            gone = one - present[r] / F(max(sizes[r], 1))
            out[r] = exp(-p[P.officers_holding + r] * (one - p[P.officers_peers_felt + r] * gone))


@inner
def _carry(tile: Tile) -> None:
    """What leaders who left yesterday take from the survival of their squads."""
    p, w = tile.p, tile.w
    zero = p.dtype.type(0)
    for r in range(LANES):
        w[W.danger + r] = exp(-p[P.officers_leader_shock + r] * p[P.officers_peers_felt + r])
    for q in range(len(tile.sizes)):
        for r in range(LANES):
            if tile.leader_left[q, r] > zero:
                for i in range(tile.starts[q, r], tile.starts[q, r] + tile.sizes[q, r]):
                    if tile.hot[i, H.limit + r] >= zero:
                        tile.hot[i, H.survival + r] *= w[W.danger + r]


@inlined
def of_squads(w: Floats, told: Floats, squad_of: Ints, i: int, which: int, row: int, n: int) -> None:
    """Hand the officers of a row what their squads have."""
    values, mine = told[which], squad_of[i]
    for r in range(n):
        w[row + r] = values[mine[r], r]


# The pass


@inlined
def _perceive_row(w: Floats, hot: Floats, leading: Ints, i: int, n: int) -> None:
    """Move the perceived hazard of a row of officers by a day, in place (docs/ODD.md, 7.10)."""
    o, leads, above = hot[i], leading[i], hot[i - 1 if i else 0]
    F = w.dtype.type
    zero = F(0)
    for r in range(n):
        w[W.above + r] = above[H.so_far + r]
    for r in range(n):
        x, lead, in_squad, share = o[H.perceived + r], F(leads[r]), w[W.in_squad + r], o[H.share + r]
        own = fma(o[H.dread + r], w[W.push + r], fma(lead, w[W.more + r], w[W.shift + r])) + o[H.baseline + r] - x
        up, down = w[W.rise + r], w[W.fall + r]  # both read first, or the loop is not vectorised
        speed = up if own > zero else down
        pulled = fma(w[W.squad_pull + r] * in_squad, share, fma(-w[W.both_pulls + r], x, w[W.force_pull + r]))
        moved = fma(speed, own, pulled) + x
        o[H.perceived + r] = moved if share > zero else x
        w[W.in_squad + r] = fma(lead, w[W.above + r] - in_squad, in_squad)


@inlined
def _feel_row(w: Floats, hot: Floats, i: int, n: int) -> None:
    """Add a row's perceived hazards of a tour, as chances, to their sum; note what is no number, or no probability."""
    F, o = w.dtype.type, hot[i]
    zero, one, minus = F(0), F(1), F(-LOG2E)
    for r in range(n):
        w[W.odds + r] = exp2(minus * o[H.perceived + r])
    for r in range(n):
        chance, x, h = one / (one + w[W.odds + r]), o[H.perceived + r], w[W.hazard + r]
        fit = (h >= zero) & (h <= one)
        w[W.felt + r] += chance if o[H.share + r] > zero else zero
        w[W.wrong + r] += (x - x) + (zero if fit else one)
        w[W.hazard + r] = h if fit else zero


@inlined
def _take_row(w: Floats, hot: Floats, i: int, nearness: int, n: int) -> bool:
    """Take today's hazards of a row, in ``hazard``, from survival; whether somebody may have reached his lot."""
    o, F, yes = hot[i], w.dtype.type, np.int32  # wider flags would halve the lanes of a loop
    near = w[nearness:]  # an offset that might be negative, as far as the compiler knows, would keep the loop scalar
    zero, most, reached = F(0), F(HAZARD_LIMIT), yes(0)
    for r in range(n):
        h, left, limit = near[r] * w[W.hazard + r], o[H.survival + r], o[H.limit + r]
        h = most if h > most else h
        h = h if limit >= zero else zero
        left = fma(-left, h, left)
        o[H.survival + r] = left
        reached = yes(reached | yes(left <= limit))
    return reached != 0


@inlined
def _nearness(w: Floats, s: Floats, i: int, least: float, most: float, n: int) -> int:
    """The row of the factor of imminence for an officer: within the first contingent, or beyond it, run by run.

    ``least`` and ``most`` are the first contingent's sizes in the runs of the tile.
    """
    rank = w.dtype.type(i)
    if rank < least:
        return W.near
    if rank >= most:
        return W.far
    for r in range(n):
        near, far = w[W.near + r], w[W.far + r]
        w[W.danger + r] = near if rank < s[L.first_contingent + r] else far
    return W.danger


@compiled
def pass_over(tile: Tile, ask: Piece, cohesion: int, null: bool) -> int:
    """The pass over the officers of a tile: perceived hazard moves, the theory is asked, survival falls.

    Parameters
    ----------
    ask
        How the theory is asked for a row of officers: :func:`sim.model.withdrawal.compiled.asking`.
    cohesion, null
        The sign of cohesion, and whether the theory is the null.

    Returns
    -------
    How many intents there are; officer and run of each are left in the tile.
    """
    w, hot, leads, n, hold = tile.w, tile.hot, tile.leads, tile.lanes, _before(tile, cohesion, null)
    count, (least, most) = 0, _contingents(tile.s, n)
    for k in range(len(hot)):
        i = len(hot) - 1 - k
        _perceive_row(w, hot, leads, i, n)
        call(ask, tile, i, n)
        count = _decide_row(tile, i, least, most, hold, n, count)
    return count


@compiled
def pass_over_given(tile: Tile, cohesion: int, null: bool, hazards: Floats) -> int:
    """:func:`pass_over` where perceived hazard has moved, and the day's hazards are given, ``(officers, lanes)``."""
    w, n, hold = tile.w, tile.lanes, _before(tile, cohesion, null)
    count, (least, most) = 0, _contingents(tile.s, n)
    for k in range(len(hazards)):
        i = len(hazards) - 1 - k
        given = hazards[i]
        for r in range(n):
            w[W.hazard + r] = given[r]
        count = _decide_row(tile, i, least, most, hold, n, count)
    return count


@inner
def _contingents(s: Floats, n: int) -> tuple[float, float]:
    """The smallest and the largest first contingent of the runs of a tile."""
    least = most = s[L.first_contingent]
    for r in range(n):
        least, most = min(least, s[L.first_contingent + r]), max(most, s[L.first_contingent + r])
    return least, most


@inner
def _before(tile: Tile, cohesion: int, null: bool) -> bool:
    """What a pass needs of the day and the squads before it; whether comrades hold those who would leave."""
    w = tile.w
    zero = w.dtype.type(0)
    _feel_near(tile, null)
    hold = cohesion == _HOLD and not null
    if hold:
        _hold(tile)
    if cohesion == _CARRY and not null:
        _carry(tile)
    for r in range(LANES):
        w[W.felt + r] = w[W.wrong + r] = zero
    return hold


@inlined
def _decide_row(tile: Tile, i: int, least: float, most: float, hold: bool, n: int, count: int) -> int:
    """Take a row's hazards from survival, and put who wants out behind the ``count`` that do already."""
    w, hot, who, where = tile.w, tile.hot, tile.who, tile.where
    _feel_row(w, hot, i, n)
    if hold:
        of_squads(w, tile.told, tile.squad_of, i, 1, W.held, n)
        for r in range(n):
            w[W.hazard + r] *= w[W.held + r]
    if _take_row(w, hot, i, _nearness(w, tile.s, i, least, most, n), n):
        for r in range(n):
            if hot[i, H.survival + r] <= hot[i, H.limit + r]:
                who[count], where[count] = i, r
                count += 1
    return count


@compiled
def look_around(tile: Tile) -> None:
    """All that perception needs of a day, but the officers themselves."""
    read_plans(tile.s, tile.p, tile.w)
    _hear(tile.s, tile.p, tile.w)
    _gather(tile)


@compiled
def perceive(tile: Tile) -> None:
    """Move every officer's perceived hazard by a day, where no compiled theory does so on its pass."""
    look_around(tile)
    for k in range(len(tile.hot)):
        _perceive_row(tile.w, tile.hot, tile.leads, len(tile.hot) - 1 - k, tile.lanes)


@compiled
def feel(tile: Tile) -> None:
    """Sum up the perceived hazards of a tour anew, where they have moved since officers decided."""
    w = tile.w
    zero = w.dtype.type(0)
    for r in range(LANES):
        w[W.felt + r] = w[W.hazard + r] = zero
    for k in range(len(tile.hot)):
        _feel_row(w, tile.hot, len(tile.hot) - 1 - k, tile.lanes)


# Leaving


@compiled
def leave(tile: Tile, day: int, who: Ints, where: Ints, count: int, together_until: int) -> int:
    """What becomes of today's intents, and of those who waited.

    Parameters
    ----------
    who, where
        Officer and run of each intent, and then of each exit: room for all officers of the tile.
    count
        How many intents there are.
    together_until
        After this day it is no longer noted how many of a squad left together.

    Returns
    -------
    How many exits there are.
    """
    s, d, w = tile.s, tile.d, tile.w
    F = s.dtype.type
    zero = F(0)
    for r in range(LANES):
        s[L.intents + r] = s[L.exits + r] = zero
        w[W.so_far + r], w[W.whole + r] = s[L.together_share + r], s[L.together_members + r]
        if w[W.wrong + r] != zero and d[D.fault + r] == 0:
            d[D.fault + r] = day
    tile.squad_exits[:] = 0
    tile.leader_left[:] = 0
    for q in range(len(tile.squad_exits)):
        for r in range(LANES):
            _note_exits(tile, day, q, r, zero)
    exits = 0
    for n in range(count):
        i, r = who[n], where[n]
        # Nobody leaves a run whose hazards are no probabilities. Of those before him at most all have left.
        if w[W.wrong + r] == zero and _want_out(tile, day, i, r):
            who[exits], where[exits] = i, r
            exits += 1
    for r in range(LANES):
        if d[D.waiting + r] > 0:
            exits = _split_squads(tile, day, r, who, where, exits)
    if day > together_until:
        for r in range(LANES):
            s[L.together_share + r], s[L.together_members + r] = w[W.so_far + r], w[W.whole + r]
    return exits


@inner
def _note_exits(tile: Tile, day: int, q: int, r: int, exits: float) -> None:
    """Keep how many have left a squad on a day, for three days."""
    if day % TOGETHER_DAYS == 0:
        tile.squad_exits_0[q, r] = exits
    elif day % TOGETHER_DAYS == 1:
        tile.squad_exits_1[q, r] = exits
    else:
        tile.squad_exits_2[q, r] = exits


@inner
def _want_out(tile: Tile, day: int, i: int, r: int) -> bool:
    """His intent is counted and he is no longer at risk; his letter is blocked, waits, or lets him go, as is told."""
    s, p = tile.s, tile.p
    F = s.dtype.type
    one = F(1)
    in_theatre = tile.stage[i, r] == _DEPLOYED
    f = p[P.officers_friction_theatre + r] if in_theatre else p[P.officers_friction_before + r]
    f = f + s[L.mandatory + r] * (one - f)
    s[L.intents + r] += one
    tile.at_risk[i, r], tile.hot[i, H.limit + r] = 0, -1
    s[L.held_back + r] += one
    if tile.friction[i, r] < f:
        tile.letter[i, r] = _BLOCKED
    elif s[L.squad_opt_out + r] > F(0):
        tile.letter[i, r] = _WAITING
        tile.d[D.waiting + r] += 1
    else:
        _go(tile, day, i, r)
        return True
    return False


@inner
def _go(tile: Tile, day: int, i: int, r: int) -> None:
    """He leaves, from theatre or from home, and is missed in his squad."""
    s, q = tile.s, tile.squad_of[i, r]
    one = s.dtype.type(1)
    if tile.letter[i, r] == _WAITING:
        tile.d[D.waiting + r] -= 1
    s[L.held_back + r] -= one
    if tile.stage[i, r] == _DEPLOYED:
        s[L.deployed + r] -= one
        tile.stage[i, r] = _HOME
    else:
        tile.stage[i, r] = _OPTED_OUT
    tile.letter[i, r] = _ACCEPTED
    _remove(tile, i, r)
    tile.squad_exits[q, r] += one
    s[L.exits + r] += one
    _note_exits(tile, day, q, r, tile.squad_exits[q, r])
    together = tile.squad_exits_0[q, r] + tile.squad_exits_1[q, r] + tile.squad_exits_2[q, r]
    s[L.together_members + r] = max(s[L.together_members + r], together)
    s[L.together_share + r] = max(s[L.together_share + r], together / type(one)(tile.sizes[q, r]))
    if tile.leads[i, r] > 0:
        tile.leader_left[q, r] = one


@inner
def _remove(tile: Tile, i: int, r: int) -> None:
    """Nobody counts on him any more: today's sums lose him, and his squad's means."""
    s, w, q = tile.s, tile.w, tile.squad_of[i, r]
    F = s.dtype.type
    one = F(1)
    w[W.felt + r] -= one / (one + exp2(F(-LOG2E) * tile.hot[i, H.perceived + r]))
    tile.present[i, r], tile.at_risk[i, r], tile.hot[i, H.limit + r], tile.hot[i, H.share + r] = 0, 0, -1, 0
    tile.squad_present[q, r] -= one
    s[L.available + r] -= one
    share_out(tile, q, r)


@inner
def share_out(tile: Tile, q: int, r: int) -> None:
    """Tell the members of a squad how many of them are present."""
    one, present = tile.hot.dtype.type(1), tile.squad_present[q, r]
    for i in range(tile.starts[q, r], tile.starts[q, r] + tile.sizes[q, r]):
        if tile.present[i, r] > 0:
            tile.hot[i, H.share + r] = one / present


@inner
def _split_squads(tile: Tile, day: int, r: int, who: Ints, where: Ints, exits: int) -> int:
    """Let go who waits no longer: half of those who stay in a squad wait too, or the rule has been lifted.

    They are put behind today's ``exits``, whose number is returned.
    """
    s = tile.s
    F = s.dtype.type
    if s[L.mandatory + r] >= F(1):
        return exits
    lifted, half = s[L.squad_opt_out + r] <= F(0), F(SPLIT_SHARE)
    for q in range(len(tile.sizes)):
        first, last, wanting = tile.starts[q, r], tile.starts[q, r] + tile.sizes[q, r], 0
        for i in range(first, last):
            wanting += (tile.letter[i, r] == _WAITING) & (tile.present[i, r] > 0)
        if wanting and (lifted or F(wanting) >= half * tile.squad_present[q, r]):
            for i in range(first, last):
                if tile.letter[i, r] == _WAITING and tile.present[i, r] > 0:
                    _go(tile, day, i, r)
                    who[exits], where[exits] = i, r
                    exits += 1
    return exits


@compiled
def suffer(tile: Tile) -> None:
    """Casualties in theatre: the knowable hazard of the Haitian police, moved by today's attacks."""
    s, d, p = tile.s, tile.d, tile.p
    F = s.dtype.type
    zero, one = F(0), F(1)
    for r in range(LANES):
        s[L.casualties + r] = zero
        if d[D.deploying_since + r] == 0:
            continue
        killed = p[P.officers_killed_share + r]
        yearly = p[P.officers_casualty_scale + r] / (one + exp(-p[P.officers_baseline + r]))
        daily = yearly / F(365) / max(killed, F(LEAST_KILLED))
        daily = daily * s[L.intensity + r] / p[P.gangs_reference_attacks + r]
        for i in range(len(tile.stage)):
            if tile.stage[i, r] != _DEPLOYED:
                continue
            tile.casualty[i, r] -= daily
            # The overshoot of an exponential threshold would be as good a draw; a fixed uniform keeps pairs together.
            if tile.casualty[i, r] <= zero:
                tile.stage[i, r] = _KILLED if tile.casualty_kind[i, r] < killed else _INJURED
                if tile.letter[i, r] == _WAITING:
                    tile.d[D.waiting + r] -= 1
                if tile.letter[i, r] != _NONE:
                    s[L.held_back + r] -= one
                s[L.deployed + r] -= one
                _remove(tile, i, r)
                s[L.casualties + r] += one


@compiled
def note(tile: Tile) -> None:
    """Mean perceived hazard of a tour over those still in; null when nobody is."""
    s, w = tile.s, tile.w
    F = s.dtype.type
    zero, null = F(0), F(np.nan)
    for r in range(LANES):
        available = s[L.available + r]
        s[L.perceived_hazard + r] = w[W.felt + r] / available if available > zero else null
