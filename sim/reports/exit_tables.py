"""Why officers left, as tables and sentences: who left in a run, and what made up one officer's perceived risk."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from sim import text as words
from sim.analysis.explain.causes import CAUSES
from sim.analysis.explain.exit_story import Relived
from sim.analysis.explain.story import LAST_DAYS, PARTS, Story


def leavers(force: Story, relived: Relived) -> pd.DataFrame:
    """Who left in a run, by day.

    Returns
    -------
    One row an officer: ``officer``, ``squad``, ``leader`` (yes, or empty), ``wanted out`` and ``left`` (days), ``stays
    without`` (causes without which he would not have come to want out), ``days later without`` (those that only delay).
    """
    rows = []
    for officer in map(int, (relived.left[:, 0] > 0).nonzero()[0]):
        squad = int(relived.layout.squad_of[officer, 0])
        story = replace(force, officer=officer, fate=relived.fate(officer), without=relived.without(officer))
        late = {name: gap for name, gap in story.later_without().items() if gap > 0}
        assert story.fate is not None
        leads = relived.layout.leads[officer, 0]
        rows.append([
            officer, squad, "yes" if leads else "", story.fate.intent, story.fate.left,
            ", ".join(story.kept_without()), ", ".join(f"{name} {gap}" for name, gap in late.items()),
        ])  # fmt: skip
    columns = ["officer", "squad", "leader", "wanted out", "left", "stays without", "days later without"]
    return pd.DataFrame(rows, columns=columns).sort_values(["left", "officer"], ignore_index=True)


def without_causes(story: Story) -> pd.DataFrame:
    """One officer in the same run without each cause.

    Returns
    -------
    One row a cause: ``without``, ``wants out`` (day; null: never), ``days later``, ``cumulated`` (hazard by the run's
    end), ``the cause``.
    """
    texts, gaps = {cause.name: cause.text for cause in CAUSES}, story.later_without()
    rows = [[name, end.intent, gaps.get(name), end.cumulated, texts[name]] for name, end in story.without.items()]
    return pd.DataFrame(rows, columns=["without", "wants out", "days later", "cumulated", "the cause"])


def how(story: Story) -> tuple[list[str], pd.DataFrame]:
    """The last weeks before an officer's intent, or before his last day, in numbers.

    Returns
    -------
    Sentences, and what multiplied his perceived odds of harm: one row a part of
    :data:`sim.analysis.explain.story.PARTS` and one for all together: ``multiplied by``, two columns named by their
    day, ``change ×`` and ``meaning``.
    """
    assert story.fate is not None
    days = story.days[story.days["present"]].set_index("day")
    until: date = story.fate.intent or days.index[-1]
    since = max(until - timedelta(days=LAST_DAYS), days.index[0])
    then, now = (dict(days.loc[day]) for day in (since, until))
    recent = now["cumulated"] - (then["cumulated"] if since < until else 0)
    cumulated, tolerance, added = (words.number(x) for x in (now["cumulated"], story.tolerance, recent))
    felt, alone = (words.number(100 * now[name]) for name in ("felt", "hazard"))
    near, before = (words.number(frame["imminence"], digits=2) for frame in (now, then))
    said = [
        f"By {words.day(until)} {cumulated} had cumulated against a tolerance of {tolerance}, {added} of it since "
        f"{words.day(since)}. That day the chance of coming to want out was {felt} % ({alone} % by the theory alone), "
        f"and departure felt {near} near (0 never, 1 tomorrow; {before} on {words.day(since)})."
    ]
    for day in (day for day in days.index if days.loc[day, "shock"] > 0):
        tipped = ", which passed his tolerance" if story.tipped_by_leader and day == until else ""
        shock = words.number(days.loc[day, "shock"], digits=2)
        said.append(f"His leader's leaving added {shock} on {words.day(day)}{tipped}.")
    rows = []
    for name, text in PARTS.items():
        if name != "arrears" or days[name].any():
            rows.append([name, *np.exp([then[name], now[name], now[name] - then[name]]), text])
    odds = np.exp([frame["perceived"] - frame["baseline"] for frame in (then, now)])
    rows.append(["all together", *odds, odds[1] / odds[0], "perceived odds of harm, against his own baseline"])
    columns = ["multiplied by", since.isoformat(), until.isoformat(), "change ×", "meaning"]
    return said, pd.DataFrame(rows, columns=columns)
