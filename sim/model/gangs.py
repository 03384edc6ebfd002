"""Gangs: a coalition that triggers unite, and attacks that excite attacks (Hawkes process in daily steps).

Blocs are roles of unequal size, never persons or places. Counts come from fixed uniforms by inverse CDF, so that two
runs of the same luck differ only where their intensities do.
"""

from __future__ import annotations

import numpy as np

from sim.model import kernels
from sim.model.layout import total
from sim.model.luck import Draws, Floats, Ints, Purpose
from sim.model.parameters import ATTACK_SLOTS, DEATHS_CAP, PRESSURE_UNIT, STRATEGIC_KINDS, Parameters
from sim.model.state import Stage, State

_POLICE = STRATEGIC_KINDS["police"]
_THREAT_FROM = _POLICE + STRATEGIC_KINDS["airport or port"]
_THREAT_TO = _THREAT_FROM + STRATEGIC_KINDS["threat to the mission"]


def act(state: State, p: Parameters, draws: Draws) -> None:
    """One day of the gangs: unite, attack, kill, take ground."""
    _unite(state, p)
    attacks = _strike(state, p, draws) + spread(state.documented_attacks, p.derived.bloc_share)
    _count(state, p, draws, attacks)
    keep = p.derived.excitation_keep
    state.excitation *= keep
    state.excitation += (1 - keep) * attacks
    state.control += p.gangs.control_gain * state.attacks * (1 - state.control) - p.gangs.control_loss * state.control
    np.clip(state.control, 0, 1, out=state.control)


def trigger(state: State, p: Parameters) -> Floats:
    """1 − Π(1 − w·z) over absence, imminent force and exclusion, ``(runs,)``; each still counts beside the others.

    A force unites the gangs as far as it is more imminent than the mandate alone had made it: the scale of attacks
    is taken from a quarter that already had the mandate.
    """
    g = p.gangs
    start = p.governments.imminence_start
    nearer = np.maximum(state.imminence - start, 0) / np.maximum(1 - start, 1e-3)
    return 1 - (
        (1 - g.weight_prime_minister * (1 - state.prime_minister))
        * (1 - g.weight_force * nearer)
        * (1 - g.weight_talks * state.shut_out)
    )


def intensity(state: State, p: Parameters) -> Floats:
    """λ of each bloc today, attacks a day, ``(blocs, runs)``."""
    g = p.gangs
    pressure = (state.police + deployed(state) + state.foreign_troops) / PRESSURE_UNIT
    common = (
        (1 + g.coalition_gain * state.coalition)
        * (1 + g.vacuum_gain * (1 - state.authority))
        * np.exp(np.minimum(-g.pressure_gain * (pressure - p.derived.pressure_start), 30))  # e^{30} is more than enough
    )
    truce = 1 - (1 - g.truce_factor) * state.gang_truce
    return (p.derived.background * common + g.branching_ratio * state.excitation) * truce


def deployed(state: State) -> Floats:
    """Officers in theatre, ``(runs,)``; zero without a look at the officers until a deployment has begun."""
    if not state.deploying_since.any():
        return np.zeros_like(state.police)
    return total((state.stage == Stage.DEPLOYED.value).astype(state.police.dtype))


def spread(count: Floats, share: Floats) -> Ints:
    """Give a documented number of attacks to the blocs by size, in whole attacks, ``(blocs, runs)``.

    One after another by the quota method (Balinski & Young 1975, Am. Math. Monthly 82:701): the k-th goes to the bloc
    with the largest share/(held + 1) among those that hold less than share·k, the first of them at a tie. No bloc is
    off its share by a whole attack, and one more attack takes none from any bloc. A count is rounded first.
    """
    held = np.zeros(share.shape, dtype=np.int64)
    whole = np.round(count).astype(np.int64)
    runs = np.arange(share.shape[1])
    for k in range(1, int(whole.max(initial=0)) + 1):
        claim = np.where(held < share * k, share / (held + 1), -1)
        held[np.argmax(claim, axis=0), runs] += whole >= k
    return held


def poisson(uniform: Floats, rate: Floats) -> Ints:
    """Poisson counts by inverse CDF of fixed uniforms, elementwise; monotone in the rate.

    Rates above 500 are taken as 500, where the day's count has long lost its meaning.
    """
    count = np.empty(np.shape(uniform), dtype=np.int64)
    most = np.minimum(np.asarray(rate, dtype=np.float64), 500.0)
    kernels.poisson(np.ravel(np.asarray(uniform, dtype=np.float64)), most.ravel(), count.ravel())
    return count


def severity(uniform: Floats, scale: Floats, tail: Floats) -> Floats:
    """Deaths of an attack, ``(attacks,)``: ⌊Lomax⌋ by inverse CDF, capped."""
    shape, scale, tail = (np.ascontiguousarray(x, dtype=np.float64) for x in np.broadcast_arrays(uniform, scale, tail))
    deaths = np.empty_like(shape)
    kernels.severity(shape, scale, tail, DEATHS_CAP, deaths)
    return deaths


def _unite(state: State, p: Parameters) -> None:
    g = p.gangs
    c = state.coalition
    c += g.coalition_growth * trigger(state, p) * (1 - c) - g.coalition_decay * (c - g.coalition_floor)
    np.clip(c, g.coalition_floor, 1, out=c)


def _strike(state: State, p: Parameters, draws: Draws) -> Ints:
    """Attacks of each bloc, ``(blocs, runs)``; and the dead of operations and vigilantes, in the same pass."""
    rates = intensity(state, p)
    state.intensity[...] = total(rates)
    answer = 1 + p.gangs.operations_gain * (state.coalition - p.gangs.coalition_floor)
    state_side = np.stack([p.derived.operations_rate * answer, p.derived.vigilante_rate * answer])
    uniforms = (
        draws.daily(Purpose.ATTACKS, p.structure.blocs, state.day),
        draws.daily(Purpose.DAY, 4, state.day)[:2],
    )
    counts = poisson(np.concatenate(uniforms), np.concatenate([rates, state_side]))
    state.deaths_operations[...], state.deaths_vigilantes[...] = counts[-2:]
    return counts[:-2]


def _count(state: State, p: Parameters, draws: Draws, attacks: Ints) -> None:
    """Deaths and salience of today's attacks, attack by attack; an attack keeps its draws whatever others happen."""
    state.attacks[...] = total(attacks)
    bloc, run, slot = kernels.attacks(attacks, ATTACK_SLOTS)
    mark, fate = draws.marks(bloc, state.day, slot, run)
    deaths = severity(fate, p.derived.death_scale[run], p.gangs.death_tail[run])
    share = np.clip(p.gangs.strategic_base + p.gangs.strategic_gain * state.coalition, 0, 1)
    loud = p.media.strategic_salience, p.media.strategic_salience * (1 + p.media.kenya_relevance)
    c = kernels.coefficients(np.float64, share, *loud)
    sums = kernels.tally(run, mark, deaths, c, _POLICE, (_THREAT_FROM, _THREAT_TO))
    state.deaths_gang[...], state.salience_strategic[...], state.salience_civilian[...] = sums[0], sums[2], sums[3]
    by_state = p.gangs.civilian_share * (state.deaths_operations + state.deaths_vigilantes)
    state.civilian_harm[...] = sums[1] + by_state
