"""The page of coupling.py; every number on it is computed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.study import rows

PAGE = """# Where common luck stops helping

`python experiments/peers/coupling.py` wrote this page: {count} replicates of as_documented and of six other scenarios
under every theory. The factor is (Var A + Var B)/Var(A − B): how many times fewer runs a difference needs than with
independent seeds. 1 is no help; with {count} replicates a factor is known to about {error:.0f} %. Empty: the outcome
is the same in every pair of runs, and one run would do.

## The factors

Medians over the scenarios in which the outcome differs at all; all of them are in coupling.csv.

{factors}

Smallest of all, by outcome:

{smallest}

## Which luck makes the difference vary

Shares of the variance of as_documented − terms_settled that luck of one kind makes by itself (pick-freeze: everything
else is another replicate's). What is missing to 1 is what kinds of luck do together.

{luck}

Two runs of a pair have the same officers, the same attacks and the same uniforms every day, so what is left is what
the scenarios themselves do to the same luck:

- **Exits** differ in *who* is near his tolerance when the scenarios part, which traits and tolerance say together and
  neither says alone; friction, attacks and reports hardly matter. An officer has one tolerance and keeps it, so there
  is no draw left to be shared. Where thresholds decide (T3), a first exit that is missing takes its followers with
  it.
- **Reports** are the luck of the officer who leaves, so two scenarios that lose the same officers, be it on different
  days, hear of the same exits. What is left is who leaves in one of them only, and how near departure feels that day.
- **Peaks** (largest day, largest cascade) hang on one day of a run, and two runs need not have it on the same one.
- **Attacks** and deaths are coupled by inverse distribution functions, bloc by bloc, and are the same wherever the
  gangs' inputs are. Where a scenario has fewer attacks, what is left is the luck of those that are missing.

## What raised them

**Reports by officer.** In version 2 of the model a uniform of the *day* decided whether today's exits are reported, and
an officer who left a day later in one of two scenarios met another one; the rest of that pair of runs had different
news. Now his own uniform decides. The chance of a report on a day is the same. Tried out from outside, on the same
officers and attacks:

{reports}

## What would raise the factors further

**A control that needs no new draw.** Intents less what hazards made one expect, the sum over officers of 1[E ≤ aΛ] −
min(E, aΛ), have mean exactly zero and are known from the state (frailty, tolerance, cumulated). Taking out by
regression what the martingales of both runs explain leaves the mean of the difference where it is (but for the
small-sample bias of a regression):

{control}

It costs one sum over the officers on the days it is wanted for. It helps most where many leave by hazards that move
smoothly, and hardly where thresholds decide. It would be one more outcome, not another draw.
"""


def markdown(frame: pd.DataFrame, index: str = "") -> str:
    """A frame as Markdown; numbers in two figures, nothing where there is none."""
    lines = [[name, *map(_cell, row)] for name, row in zip(frame.index, frame.to_numpy(), strict=True)]
    return rows([index, *frame.columns], lines, right=range(1, 1 + frame.shape[1]))


def _cell(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return "" if np.isnan(value) else f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"


def page(frame: pd.DataFrame, luck: dict[tuple[str, str], dict[str, float]], count: int) -> str:
    """The page, from the table of factors and the shares of luck."""
    order = list(dict.fromkeys(frame["outcome"]))
    theories = list(dict.fromkeys(frame["theory"]))
    by = frame.pivot_table(index="outcome", columns="theory", values="factor", aggfunc="median", dropna=False)
    known = frame.dropna(subset="factor")
    worst = known.loc[known.groupby("outcome")["factor"].idxmin()].set_index("outcome")
    worst = worst[["factor", "theory", "scenario"]].astype(object).reindex([o for o in order if o in worst.index])
    control = frame.dropna(subset="with the control").groupby(["outcome", "theory"], sort=False)
    control = control[["factor", "with the control"]].median()
    control.index = [f"{outcome}, {theory}" for outcome, theory in control.index]
    heard = frame["outcome"].isin(["withdrawal_reports", "rumours", "share_out_by_end"])
    reports = frame[heard].dropna(subset="factor")
    reports = reports.groupby(["outcome", "theory"], sort=False)[["reports by the day", "factor"]].median()
    reports.index = [f"{outcome}, {theory}" for outcome, theory in reports.index]
    shares = pd.DataFrame({f"{outcome}, {theory}": parts for (theory, outcome), parts in luck.items()})
    return PAGE.format(
        count=count,
        # A factor is a ratio of variances of correlated normals: relative error about sqrt(2·2/n).
        error=100 * np.sqrt(4 / count),
        factors=markdown(by.reindex(order)[[t for t in theories if t in by.columns]], "median factor"),
        smallest=markdown(worst, "outcome"),
        luck=markdown(shares.round(2).map(lambda value: f"{value:.2f}"), "luck"),
        control=markdown(control, "median factor"),
        reports=markdown(reports, "median factor"),
    )
