"""Gangs: a coalition that triggers unite, and attacks that excite attacks (Hawkes process in daily steps).

Blocs are roles of unequal size, never persons or places. Counts come from fixed uniforms by inverse CDF, so that two
runs of the same luck differ only where their intensities do.
"""

from __future__ import annotations

import numpy as np

from sim.arrays import Floats, Ints
from sim.model import gang_kernels as kernels
from sim.model import governments
from sim.model.layout import total
from sim.model.luck import Draws, Purpose
from sim.model.parameters import ATTACK_SLOTS, DEATHS_CAP, PRESSURE_UNIT, STRATEGIC_KINDS, Parameters
from sim.model.state import Stage, State

_POLICE = STRATEGIC_KINDS["police"]
_THREAT_FROM = _POLICE + STRATEGIC_KINDS["airport or port"]
_THREAT_TO = _THREAT_FROM + STRATEGIC_KINDS["threat to the mission"]


def act(state: State, p: Parameters, draws: Draws) -> None:
    """One day of the gangs: unite, attack, kill, take ground."""
    _unite(state, p)
    attacks, by_state = _strike(state, p, draws)
    if np.count_nonzero(state.documented_attacks):
        attacks += spread(state.documented_attacks, p.derived.bloc_share)
    _count(state, p, draws, attacks, by_state)
    kernels.aftermath(
        *(attacks, state.excitation, p.derived.excitation_keep),
        *(state.control, state.attacks, p.gangs.control_gain, p.gangs.control_loss),
    )


def trigger(state: State, p: Parameters) -> Floats:
    """1 − Π(1 − w·z·e^{−t/τ_c}) over absence, a force announced and exclusion; each still counts beside the others.

    A force unites the gangs as far as it is announced to be nearer than the mandate alone had made it: the scale of
    attacks is taken from a quarter that already had the mandate. A trigger tires with the days t since it last rose
    from nothing, which the state keeps. ``(runs,)``.
    """
    g, out = p.gangs, np.empty_like(state.coalition)
    level, fresh = np.empty((2, 3, state.runs), dtype=p.dtype)
    heard = governments.heard(state, p)
    kernels.arouse(
        *(state.prime_minister, heard, state.shut_out, p.governments.imminence_start, state.day, g.trigger_days),
        *(state.trigger_on, level, fresh),
    )
    weights = g.weight_prime_minister, g.weight_force, g.weight_talks
    kernels.trigger(level, np.exp(fresh, out=fresh), *weights, out)
    return out


def intensity(state: State, p: Parameters) -> Floats:
    """λ of each bloc today, attacks a day, ``(blocs, runs)``."""
    g, unit, most = p.gangs, p.dtype.type(PRESSURE_UNIT), p.dtype.type(30)  # e^{30} is more than enough
    pressed, out = np.empty_like(state.police), np.empty_like(state.excitation)
    force = state.police, deployed(state), state.foreign_troops
    kernels.pressure(*force, unit, g.pressure_gain, p.derived.pressure_start, most, pressed)
    kernels.intensity(
        *(p.derived.background, state.excitation, g.branching_ratio),
        *(state.coalition, g.coalition_gain, state.authority, g.vacuum_gain),
        *(np.exp(pressed, out=pressed), state.gang_truce, g.truce_factor, out),
    )
    return out


def deployed(state: State) -> Floats:
    """Officers in theatre, ``(runs,)``; zero without a look at the officers until a deployment has begun."""
    if not np.count_nonzero(state.deploying_since):
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

    Rates above :data:`~sim.model.gang_kernels.MOST_ATTACKS` are taken as that.
    """
    count = np.empty(np.shape(uniform), dtype=np.int64)
    kernels.poisson(np.ravel(uniform), np.ravel(rate), count.ravel())
    return count


def severity(uniform: Floats, scale: Floats, tail: Floats) -> Floats:
    """Deaths of an attack, ``(attacks,)``: ⌊Lomax⌋ by inverse CDF, capped."""
    shape, scale, tail = (np.ascontiguousarray(x, dtype=np.float64) for x in np.broadcast_arrays(uniform, scale, tail))
    deaths = np.empty_like(shape)
    kernels.severity(shape, scale, tail, DEATHS_CAP, deaths)
    return deaths


def _unite(state: State, p: Parameters) -> None:
    g = p.gangs
    kernels.unite(state.coalition, trigger(state, p), g.coalition_growth, g.coalition_decay, g.coalition_floor)


def _strike(state: State, p: Parameters, draws: Draws) -> tuple[Ints, Floats]:
    """Attacks of each bloc, ``(blocs, runs)``; and the dead of operations and vigilantes, ``(2, runs)``, likewise."""
    rates, of_state = intensity(state, p), np.empty((2, state.runs), dtype=p.dtype)
    state.intensity[...] = total(rates)
    kernels.answer(
        *(state.coalition, p.gangs.coalition_floor, p.gangs.operations_gain),
        *(p.derived.operations_rate, p.derived.vigilante_rate, of_state),
    )
    dead = poisson(draws.daily(Purpose.DAY, 2, state.day), of_state).astype(p.dtype)
    state.deaths_operations[...], state.deaths_vigilantes[...] = dead
    return poisson(draws.daily(Purpose.ATTACKS, p.structure.blocs, state.day), rates), dead


def _count(state: State, p: Parameters, draws: Draws, attacks: Ints, by_state: Floats) -> None:
    """Deaths and salience of today's attacks, attack by attack; an attack keeps its draws whatever others happen."""
    bloc, run, slot = kernels.attacks(attacks, ATTACK_SLOTS, state.attacks)
    mark, fate = draws.marks(bloc, state.day, slot, run)
    kernels.toll(
        *(run, mark, fate, p.derived.death_scale, p.gangs.death_tail, DEATHS_CAP),
        *(state.coalition, p.gangs.strategic_base, p.gangs.strategic_gain),
        *(p.media.strategic_salience, p.media.kenya_relevance, _POLICE, (_THREAT_FROM, _THREAT_TO)),
        *(by_state, p.gangs.civilian_share),
        *(state.deaths_gang, state.civilian_harm, state.salience_strategic, state.salience_civilian),
    )
