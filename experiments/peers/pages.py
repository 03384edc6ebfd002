"""The words of the page; every number on it is put in by the command."""

from __future__ import annotations

PEERS = """- **Plain Mesa**: `tests/second_opinion`, a Mesa model with an object an officer, written from docs/ODD.md
  alone and profiled, through `mesa.batch_run` with one process and all series of all days collected. It has the
  engine's luck, so its runs are compared with the engine's one by one.
- **Starsim** (`starsim_model.py`): one module; officers are Starsim's people, traits and states its arrays, each step
  NumPy over them, results its results. Its common random numbers are off, which is its faster mode. Half of its time
  is Starsim's own: making a `Sim`, its loop, its timers.
- **AMBR** (`batched.py`): a batched model for `GPUEnsembleRunner`, which without a GPU runs on NumPy: (runs ×
  officers) in float32, passes in place, the fastest width of those tried.
- **This engine**: `sim.ensemble.engine.block.simulate` with its recorder, in blocks of the planner's width: five
  theories, event tables, levers, addressed luck, 28 outcomes beside the series. On all cores it goes through a store
  (`executor=processes`), the start of the workers and the writing and reading of rows included.
- **The fused kernel** (`fused.py`): one Numba kernel, runs as SIMD lanes, the whole day in one pass, float32 with
  fused operations, T1 alone, its own luck. It stands for what the machine could do.

What luck cannot touch (governments, the gangs' unity, documented events) Starsim, AMBR and the fused kernel read from a
table that is worked out before the clock starts (`script.py`); Mesa and the engine compute it in every run. Peers with
luck of their own agree in distribution, and only if they do have they a row. Every program has its settings before
the clock starts: reading the configuration is no part of a run, in none of them."""

PAGE = """# How much faster than anything its users could pick?

`{wrote}` wrote this page. {size}The same model (theory T1, scenario as_documented),
{officers} officers, the same squads, {days} days and the same {series} daily series in every program; medians of
{rounds} rounds in which the programs took turns, each measurement in a process of its own after a warm-up; ratios are
taken round by round. {machine}.

{table}

CPU seconds count all threads and child processes; "per s" is by the clock. Peak memory is that of the largest
process, interpreter and libraries included; Mesa and Starsim keep all runs of a round, the others a part of them.

{goals}

## Do they compute the same?

{means}

z is the distance from the engine's mean in standard errors (of the differences run by run where the luck is the
engine's); beyond {limit} a program has no row above. The last column is what {limit} standard errors are.

{notes}

## What each does

{peers}

What an answer costs, rather than a run: [ANSWER.md](ANSWER.md).
"""
