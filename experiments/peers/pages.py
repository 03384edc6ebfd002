"""The words of the pages; every number on them is put in by the commands."""

from __future__ import annotations

PEERS = """- **Plain Mesa**: `tests/second_opinion`, a Mesa model with an object an officer, written from docs/ODD.md
  alone and profiled, through `mesa.batch_run` with one process and all series of all days collected. It has the
  engine's luck, so its runs are compared with the engine's one by one.
- **Starsim** (`starsim_model.py`): one module; officers are Starsim's people, traits and states its arrays, each step
  NumPy over them, results its results. Its common random numbers are off, which is its faster mode. Half of its time
  is Starsim's own: making a `Sim`, its loop, its timers.
- **AMBR** (`batched.py`): a batched model for `GPUEnsembleRunner`, which without a GPU runs on NumPy: (runs ×
  officers) in float32, passes in place, the fastest width of those tried.
- **Naga** (`nagasim`; `naga_model.py`): a data file with officers, squads and the world as agents and behaviour in
  agent Python, which reads and writes attributes one by one; of the series, it keeps the last day's values.
- **Modelly** (`modelly-abm`; `modelly_model.py`): officers are its agents with attributes in columns, a day its step,
  in NumPy over the columns; runs by its `run_scenarios`.
- **This engine**: `sim.ensemble.engine.block.simulate` with its recorder, in blocks of the planner's width: five
  theories, event tables, levers, addressed luck, 28 outcomes beside the series. On all cores it goes through a store
  (`executor=processes`), the start of the workers and the writing and reading of rows included.
- **The fused kernel** (`fused.py`): one Numba kernel, runs as SIMD lanes, the whole day in one pass, float32 with
  fused operations, T1 alone, its own luck. It stands for what the machine could do.

What luck cannot touch (governments, the gangs' unity, documented events) Mesa and the engine compute in every run; all
others read it from a table that is worked out before the clock starts (`script.py`). Peers with
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

Seeds are fixed, so that the same differences come again with every run of the command; whether AMBR is low is looked
into with ten times as many runs in [AGREEMENT.md](AGREEMENT.md).

## What each does

{peers}

What an answer costs, rather than a run: [ANSWER.md](ANSWER.md). What a calibration costs, beside pyABC:
[CALIBRATION.md](CALIBRATION.md).
"""

ANSWER = """# What does an answer cost?

`{wrote}` wrote this page. The question: how many fewer officers leave by the record's end
when the terms are settled with the accord (theory T1; {b} against {a})? The answer of {pilot:,} pairs: {mean:.4f} of
the pool, where {share:.3f} leave as documented. {sign}

{table}

CPU seconds of one process after start-up, for both scenarios together; ±0.00025 is a tenth of an officer. Runs are the
smallest number a scenario, at least {fewest}, whose 95 % t-interval is as narrow; Mesa's seconds are measured up to
{largest} runs a scenario, the engine's with independent luck up to {alone_largest:,}, and beyond that they are those
of a run times the runs (marked ~). Engine: medians of {rounds} rounds of fresh replicates. No program is charged for
reading its configuration.

What makes the difference, separately:

{factors}

- **Luck**: independent seeds have Var A + Var B = {apart:.2e}, the same luck Var(A − B) = {together:.2e}: a factor of
  {factor:.1f}. Where a few runs are enough, the smallest number that makes an interval caps it.
- **Speed**: seconds a run in Mesa over seconds a run in the engine, at the sizes that the two answers take. Few runs
  are a narrow block, which costs the engine more a run.
- The whole is their product.

## Against peers that pair their runs

Plain Mesa with seeds of its own is what a tutorial gives. Programs that can give both scenarios the same seeds are
asked to:

{peers}

Difference with its standard error; factor is (Var A + Var B)/Var(A − B), known to about √(4/pairs); seconds (marked ~)
are those of a run times the runs. The two scenarios are the same until day {parts:,} of {days:,}, and their attacks
throughout, so one stream of luck, drawn in the same order, does not part: here it couples as well as addressed draws
do. It would not where a lever changes how many draws a day takes.

- **Starsim, AMBR**: as on [the page of speed](README.md), the same seed for both scenarios.
- **Naga** (PyPI `nagasim` 0.18.0; `naga_model.py`): a simulation engine on SimPy whose model is a data file; discrete
  events, system dynamics and agents. World, squads and officers are its agents, with behaviour in agent Python. Its
  `run_scenarios` pairs by the seed of a replication, and each agent has a stream of its own.
- **Modelly** (PyPI `modelly-abm` 1.3.2, Python 3.12; `modelly_model.py`): an agent-based framework in the manner of
  Mesa with attributes as columns. `Scenario.from_dataframe` with a seed gives replication k the same generator in every
  row of the frame. Its `Experiment` seeds every design point apart, which would cost it the factor.
{notes}
## Control variates

A number of a run whose mean is known can be taken out of the difference by regression. Coefficients are fitted on the
other four fifths of the pairs, so that what is left is out of sample ({pilot:,} pairs):

{controls}

"Variance less by" takes the control's mean as known. Where it has to come from further runs of the baseline, "paid for"
is what remains at the best split of the same number of runs. "Covers" is how many of {resampled:,} samples of as many
pairs (at most half of all) have a 95 % interval over the mean of all pairs.

- What is known **without the treatment** helps little or has to be paid for. Officers' traits on average say nothing of
  who is at the edge on the day when the scenarios part. The baseline's exits in that week say much, but their mean
  costs about as many runs as they save; they are worth it where many scenarios share one baseline.
- The **martingales** cost no run and need no mean estimated. With them:

{controlled}

Seconds with the control are of the stepping of `coupling.py`, which reads them from the state on one day.

Other outcomes, scenarios and theories, and where common luck stops helping: [COUPLING.md](COUPLING.md).
"""
