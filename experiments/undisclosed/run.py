"""How many officers were out in worlds that lived the record? `python experiments/undisclosed/run.py`

The record gives no number. The kept worlds of the packaged list are lived again (no bank is needed) and counted; with
`--bank DIR`, the bank that the list was made from, the patterns are varied, too.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from experiments.study import CAUTION, DIGITS, as_filed, command, options, publish, read_table, rows
from experiments.undisclosed import draw, measure
from experiments.undisclosed.measure import BY_RECORD_END, ENOUGH, OUTCOMES, RECORD, STRONGEST
from sim import text as words
from sim.analysis.patterns import Pattern, load_patterns
from sim.ensemble.cases.posterior import FEW, Posterior, load_posterior
from sim.figures.drawing.layout import Footer
from sim.figures.provenance import png
from sim.model import MODEL_VERSION

HERE = Path(__file__).parent
PAGE = """# How many had left, in worlds that lived the record?

`{wrote}` wrote this page. The record names no number of officers who stepped
out, by 7 March 2024 or ever. In this model a world is kept when, in its own single run, every pattern of the record
holds; so one may ask the kept worlds. The patterns ask for no number but in one
({bound}).
The worlds are those of the packaged list, lived again by this command:
{worlds}
(list {digest}). {none}

## The number, by theory

![{alt_number}](number.png)

{summary}

The interval is of the median: 95 %, bootstrap over worlds. It is sampling error, and narrows with more worlds; the
middle 90 of 100 does not. Every number of officers is of a pool of {pool}.

{spread}

## What it rests on: the patterns

{variants}

## What it rests on: the ranges

With the prior range of one assumed setting halved about its middle, one at a time ([halved.csv](halved.csv)), the
median number out by 7 March is:

{halved}

## What it rests on: the settings

The settings that the number hangs on most in kept worlds, by rank correlation (95 % interval; named where Holm's rule
over all settings of the theory lets it stand). *Lowest* and *highest third* are the median numbers among the third of
kept worlds with the lowest and with the highest values of the setting. All settings: [dependence.csv](dependence.csv).

### Out by 7 March

{dependence}

### From 29 February to 7 March

{dependence_surge}

{reports}

## What a published number would have told

Suppose that somebody had published about how many were out by 7 March. Worlds within {nearest} officers of it, or a
tenth if that is more, are near it. With theories weighted alike before, these shares of the worlds near it are of each
theory:

![{alt_published}](published.png)

{published}

Weights are compatibility with that number, and not the probability of a theory: they take the theories as equally
credible beforehand, and how wide the priors are is in them. Not said where fewer than {enough} worlds of all theories
are near. All in all, the number by 7 March would tell {bits} of {most_bits} bits about which theory it is (interval
{bits_low} to {bits_high}), the number in the surge {bits_surge} ({bits_surge_low} to {bits_surge_high}).

Within a theory, a published number would move or narrow these settings (worlds near it against all other kept worlds,
two samples, Holm over the settings; medians in prior quantiles, before and after; not asked where fewer than {enough}
worlds are near):

{narrowed}

All settings: [narrowed.csv](narrowed.csv).

## Limits

- The record gives no number, so nothing here is checked against one. That a world lived the record means that it shows
  {patterns} patterns of yes or no, and these were known when the model was written.
- What an interval says is how well this computation knows what the model says. How sure one can be of the world is
  another matter, and no interval here is about it.
- The number is of this model under these prior ranges. Theories differ in it, patterns move it, and a theory that is
  none of these may say something else.
- A change to a pattern changes the number, as the table of variants shows; and what is said of squads (C3) is disputed.
- The model is exploratory: no forecast, and no estimate of what happened.

{caution}"""


def tables(posterior: Posterior, bank: Path | None, before: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """All that the page says, by file name.

    Parameters
    ----------
    bank
        Folder of the list's bank; None: the variants of ``before`` are kept, if they are of this list.
    before
        The table of variants that there is.
    """
    kept = measure.worlds_of(posterior)
    worlds = measure.table_of_worlds(kept)
    mark = measure.digest(posterior)
    facts = {"digest": mark, "root_seed": posterior.root_seed, "pool": next(iter(kept.values())).pool}
    listed = [
        {**facts, "theory": theory, "draws": posterior.theories[theory].draws, "kept": len(posterior.kept(theory))}
        for theory in draw.in_order(list(posterior.theories))
    ]
    if bank:
        varied = measure.variants(posterior, bank).assign(digest=mark)
    else:
        varied = before[before["digest"] == mark] if before is not None else pd.DataFrame()
    luck = pd.DataFrame(list(posterior.luck))
    return {
        "list.csv": pd.DataFrame(listed),
        "number.csv": worlds,
        "summary.csv": measure.summary(worlds),
        "variants.csv": varied,
        "halved.csv": measure.halved(kept),
        "dependence.csv": measure.dependence(kept),
        "published.csv": measure.published(worlds),
        "narrowed.csv": measure.narrowed(kept),
        "bits.csv": measure.bits(worlds),
        "luck.csv": luck[luck["outcome"].isin(list(OUTCOMES))] if len(luck) else luck,
    }


def page(found: Mapping[str, pd.DataFrame]) -> str:
    """The page, from the tables as their files have them."""
    summary, listed = found["summary.csv"], found["list.csv"]
    theories = draw.in_order(summary["theory"].unique().tolist())
    bits = found["bits.csv"].set_index("observation")
    surge = list(OUTCOMES)[1]
    return PAGE.format(
        wrote=command(str(HERE / "run.py")) + (" --bank …" if len(found["variants.csv"]) else ""),
        bound=f"{_bound().id}: {_bound().rule}",
        worlds=", ".join(f"{int(n):,} of {draw.named(t)}" for t, n in _kept(listed).items() if t in theories),
        digest=listed["digest"].iloc[0], pool=listed["pool"].iloc[0], none=_none(listed),
        alt_number=draw.alt_of_number(summary), alt_published=draw.alt_of_published(_enough(found["published.csv"])),
        summary=_summary(summary, theories), spread=_spread(summary, found["luck.csv"]),
        variants=_variants(found["variants.csv"], theories), halved=_halved(found["halved.csv"], summary, theories),
        dependence=_dependence(found["dependence.csv"], theories, BY_RECORD_END),
        dependence_surge=_dependence(found["dependence.csv"], theories, surge),
        reports=_reports(found["dependence.csv"], theories),
        nearest=measure.NEAREST, patterns=len(load_patterns().of_runs),
        published=_published(found["published.csv"], theories), enough=ENOUGH,
        bits=f"{bits.loc[BY_RECORD_END, 'bits']:.2f}", bits_low=f"{bits.loc[BY_RECORD_END, 'low']:.2f}",
        bits_high=f"{bits.loc[BY_RECORD_END, 'high']:.2f}", bits_surge=f"{bits.loc[surge, 'bits']:.2f}",
        bits_surge_low=f"{bits.loc[surge, 'low']:.2f}", bits_surge_high=f"{bits.loc[surge, 'high']:.2f}",
        most_bits=f"{measure.most_bits(len(theories)):g}",
        narrowed=_narrowed(found["narrowed.csv"], theories), caution=CAUTION,
    )  # fmt: skip


def _bound() -> Pattern:
    """The pattern that bounds a number."""
    return next(one for one in load_patterns().patterns if "exits_before_surge" in one.outcomes)


def _kept(listed: pd.DataFrame) -> dict[str, int]:
    return dict(zip(listed["theory"], listed["kept"], strict=True))


def _none(listed: pd.DataFrame) -> str:
    few = listed[listed["kept"] < FEW]
    said = [
        f"{draw.named(row['theory'])} has {words.several(int(row['kept']), 'kept world')} in {int(row['draws']):,} "
        "draws and is not asked."
        for row in few.to_dict("records")
    ]
    return " ".join(said)


def _summary(summary: pd.DataFrame, theories: list[str]) -> str:
    lines = []
    for outcome, name in OUTCOMES.items():
        some = summary[summary["outcome"] == outcome].set_index("theory")
        for theory in theories:
            of = some.loc[theory]
            ends = f"{of['q25']:.0f}–{of['q75']:.0f}", f"{of['q05']:.0f}–{of['q95']:.0f}"
            lines.append([name, draw.named(theory), f"{of['worlds']:,.0f}", _median(of), *ends])
    head = ["officers", "theory", "worlds", "median (interval)", "middle half", "middle 90 of 100"]
    return rows(head, lines, right=(2, 3, 4, 5))


def _median(of: Mapping[str, float] | pd.Series) -> str:
    return f"{of['median']:.0f} ({of['low']:.0f}–{of['high']:.0f})"


def _spread(summary: pd.DataFrame, luck: pd.DataFrame) -> str:
    said = []
    for outcome, name in OUTCOMES.items():
        some = summary[summary["outcome"] == outcome]
        apart = some["median"].max() - some["median"].min()
        inside = (some["q95"] - some["q05"]).median()
        said.append(
            f"*{name}*: medians of theories lie up to {apart:.0f} officers apart, and the middle 90 of 100 worlds of "
            f"one theory reach over {inside:.0f} (the median of theories)"
        )
    whole = luck[luck["theory"] == "all"].set_index("outcome") if len(luck) else luck
    parts = [f"- {one}." for one in said]
    for outcome, name in OUTCOMES.items():
        if outcome in whole.index:
            of = whole.loc[outcome]
            parts.append(
                f"- Of the variance of *{name}* among kept worlds, theories weighted alike, {of['unknowns']:.0%} is of "
                f"the settings, {of['luck']:.0%} of luck and {of['theory_share']:.0%} of the theory."
            )
    return "\n".join(map(_wrapped, parts))


def _wrapped(line: str) -> str:
    """A point of a list, broken into lines."""
    return textwrap.fill(line, 120, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _variants(varied: pd.DataFrame, theories: list[str]) -> str:
    if not len(varied):
        return (
            "The bank that the list was made from is not here: `tabletop calibrate out=DIR` makes it, and\n"
            "`--bank DIR` adds this table."
        )
    parts = [
        "From the bank that the list was made from (`tabletop calibrate --no-page out=DIR` makes it again): median\n"
        "(interval), and in brackets the kept worlds."
    ]
    moved = []
    for outcome, name in OUTCOMES.items():
        some = varied[varied["outcome"] == outcome].set_index(["variant", "theory"])
        names = list(dict.fromkeys(varied["variant"]))
        lines = [[_called(variant), *(f"{_median(some.loc[variant, t])} [{some.loc[(variant, t), 'worlds']:,.0f}]"
                                     for t in theories)] for variant in names]  # fmt: skip
        parts += [
            "",
            f"**Officers {name}**",
            "",
            rows(["patterns", *map(draw.named, theories)], lines, right=range(1, 9)),
        ]
        base = some.xs(RECORD, level="variant")["median"]
        change = {v: some.xs(v, level="variant")["median"] / base - 1 for v in names if v != RECORD}
        most = max(change, key=lambda v: change[v].abs().mean())
        moved.append(f"- What moves the median number *{name}* most is {most}: {_by(change[most])}.")
        bound = f"without {_bound().id}"
        moved.append(f"- Without the pattern that bounds a number ({_bound().id}) it moves: {_by(change[bound])}.")
    return "\n".join([*parts, "", *map(_wrapped, moved)])


def _by(change: pd.Series) -> str:
    low, high = (words.fixed(100 * end, 0, signed=True) for end in (change.min(), change.max()))
    return f"by {low} to {high} %, by theory"


def _called(variant: str) -> str:
    return "as the record has them" if variant == RECORD else variant


def _halved(halved: pd.DataFrame, summary: pd.DataFrame, theories: list[str]) -> str:
    lines, base = [], summary[summary["outcome"] == BY_RECORD_END].set_index("theory")
    for theory in theories:
        some = halved[(halved["theory"] == theory) & (halved["outcome"] == BY_RECORD_END)]
        low, high = some.loc[some["median"].idxmin()], some.loc[some["median"].idxmax()]
        ends = [f"{end['median']:.0f} (`{end['setting']}`)" for end in (low, high)]
        lines.append([draw.named(theory), f"{base.loc[theory, 'median']:.0f}", *ends, len(some)])
    head = ["theory", "whole ranges", "lowest, and the setting halved", "highest", "settings"]
    return rows(head, lines, right=(1, 4))


def _dependence(table: pd.DataFrame, theories: list[str], outcome: str) -> str:
    lines = []
    for theory in theories:
        some = table[(table["theory"] == theory) & (table["outcome"] == outcome) & (table["p_holm"] < measure.ALPHA)]
        for row in some.head(STRONGEST).to_dict("records"):
            known = words.fixed(row["correlation"], 2), words.fixed(row["low"], 2), words.fixed(row["high"], 2)
            lines.append([draw.named(theory), f"`{row['setting']}`", f"{known[0]} ({known[1]} to {known[2]})",
                          f"{row['lowest']:.0f}", f"{row['highest']:.0f}"])  # fmt: skip
    return rows(["theory", "setting", "rank correlation", "lowest third", "highest third"], lines, right=(2, 3, 4))


def _reports(table: pd.DataFrame, theories: list[str]) -> str:
    """What is common to all theories, in words."""
    told = table[(table["outcome"] == BY_RECORD_END) & (table["p_holm"] < measure.ALPHA)]
    everywhere = [s for s, some in told.groupby("setting", sort=False) if set(some["theory"]) == set(theories)]
    if not everywhere:
        return "No setting is named under every theory."
    parts = []
    for setting in everywhere:
        some = told[told["setting"] == setting]["correlation"]
        parts.append(f"`{setting}` ({words.fixed(some.min(), 2)} to {words.fixed(some.max(), 2)})")
    named = ", ".join(parts)
    return f"Named for *{OUTCOMES[BY_RECORD_END]}* under every theory, with the range of the correlation:\n{named}."


def _enough(table: pd.DataFrame) -> pd.DataFrame:
    near = table.groupby("number")["worlds"].transform("sum")
    return table[near >= ENOUGH]


def _published(table: pd.DataFrame, theories: list[str]) -> str:
    lines = []
    for number, some in table.groupby("number"):
        of, near = some.set_index("theory"), int(some["worlds"].sum())
        cells = ["too few"] * len(theories)
        if near >= ENOUGH:
            cells = [f"{of.loc[t, 'weight']:.0%} ({of.loc[t, 'low']:.0%}–{of.loc[t, 'high']:.0%})" for t in theories]
        lines.append([f"{number} ± {of['within'].iloc[0]}", near, *cells])
    return rows(["published", "worlds near", *map(draw.named, theories)], lines, right=range(1, 9))


def _narrowed(table: pd.DataFrame, theories: list[str]) -> str:
    lines = []
    for theory in theories:
        for number in measure.PUBLISHED:
            some = table[(table["theory"] == theory) & (table["number"] == number)]
            if not len(some):
                continue
            told = some[some["told"]].sort_values("p_holm", kind="stable")
            cells = [f"`{row['setting']}` {row['before']:.2f} → {row['after']:.2f}" for row in told.to_dict("records")]
            near = f"{some['worlds'].iloc[0]:,}"
            lines.append([draw.named(theory), number, near, "; ".join(cells) or f"none of {len(some)}"])
    return rows(["theory", "published", "worlds near", "settings"], lines, right=(1, 2))


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """The tables beside the page; one that is not there is empty."""
    names = ("list", "number", "summary", "variants", "halved", "dependence", "published", "narrowed", "bits", "luck")
    files = {f"{name}.csv": folder / f"{name}.csv" for name in names}
    return {name: read_table(file) if file.exists() else pd.DataFrame() for name, file in files.items()}


def pictures(found: Mapping[str, pd.DataFrame], to: Path) -> None:
    """Draw both, from the tables, each with its data beside it."""
    listed, worlds = found["list.csv"], found["number.csv"]
    seed, mark = listed["root_seed"].iloc[0], listed["digest"].iloc[0]
    footer = Footer(len(worlds), f"{seed}, worlds of list {mark}", f"model {MODEL_VERSION}",
                    "worlds that lived the record, as_documented, all theories with enough of them")  # fmt: skip
    told = {"case": f"list {mark}", "seeds": str(seed), "version": f"model {MODEL_VERSION}",
            "command": command(str(HERE / "run.py"))}  # fmt: skip
    summary, published = found["summary.csv"], _enough(found["published.csv"])
    png.save(draw.number(worlds, summary, footer), to / "number.png", data=worlds, metadata=told,
             alt=draw.alt_of_number(summary))  # fmt: skip
    png.save(draw.published(published, footer), to / "published.png", data=found["published.csv"], metadata=told,
             alt=draw.alt_of_published(published))  # fmt: skip


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument(
        "--bank", type=Path, help="store of the bank that the packaged list was made from, for variants"
    )
    asked = parser.parse_args()
    before = read_tables(HERE)["variants.csv"]
    found = tables(load_posterior(), asked.bank, before if len(before) else None)
    found = {name: as_filed(table) for name, table in found.items()}
    asked.to.mkdir(parents=True, exist_ok=True)
    pictures(found, asked.to)
    beside = {
        name: table for name, table in found.items() if len(table) and name not in ("number.csv", "published.csv")
    }
    publish(asked.to, page(found), beside, float_format=DIGITS)


if __name__ == "__main__":
    main()
