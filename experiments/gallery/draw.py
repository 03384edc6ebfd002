"""One picture of each figure, each with the command that makes it: docs/GALLERY.md and docs/pictures/.

Run `python experiments/gallery/draw.py`: about two minutes. The pictures of the page are made smaller and get few
colours; what the commands draw is sharp, and carries what it takes to be made again (`tabletop reproduce`).
"""

from __future__ import annotations

import contextlib
import io
import shlex
import shutil
from pathlib import Path

import pandas as pd
from PIL import Image

from experiments.study import ROOT, options, publish
from sim.analysis.explain.divergence import find_case, find_runs
from sim.cli import run as tabletop
from sim.ensemble.store.store import Store

STORE, TABLE = "outputs/gallery", "outputs/gallery-table"
WIDTH, COLOURS = 1100, 96
"""Pixels and colours of the page's pictures."""
RUNS = (
    "tabletop sweep 'scenario=as_documented,terms_settled,kit_first,gang_truce' 'theory=glob(*)' "
    "ensemble.replicates=100",
    "tabletop run theory=breach ensemble.replicates=100 --no-figures",
    "tabletop why {store} 'as_documented · breach' --replicates 40 --no-figures",
    "tabletop sweep theory=breach 'officers.threat_sensitivity=range(0.5,3.01,0.5)' "
    "'governments.kit_gap=range(0.5,0.91,0.1)' clock.end=2024-06-02 ensemble.replicates=60",
    "tabletop sweep 'theory=glob(*)' 'officers.threat_sensitivity=range(0.5,3.01,0.5)' ensemble.replicates=60",
    "tabletop sweep theory=breach design=morris design.prior=theory design.size=10 ensemble.replicates=10",
)
"""The store that all figures are drawn from; {store} is its folder."""
SITTING = (
    "tabletop table new {table} ensemble.root_seed=1",
    "tabletop table forecast {table} role=kenya exits 10..60 by=2024-06-30",
    "tabletop table branch {table} pay_first role=kenya levers.pay_escrow=1 levers.insurance=1",
)
"""The session of a table that F10 is drawn from; {table} is its folder."""
CASE = "as_documented · breach"
PLACE = 7
"""Of the case's runs, in the order of their replicates, the one that F7 tells of."""
FIGURES = {
    "F1-outcome": ("One scenario's distribution: 50 dots, each 2 of 100 runs.",
                   f"tabletop plot {{store}} --figure F1 --case '{CASE}' --own-axes --outcome exits_by_end"),
    "F2-comparison": ("Scenarios on one axis; beside each, the differences between runs of the same luck.",
                      "tabletop plot {store} --figure F2 --case breach --outcome exits_by_end"),
    "F3-tipping": ("Where two settings tip the force; the tipping line is a table beside it, with intervals.",
                   "tabletop plot {store} --figure F3 --outcome exits_by_end"),
    "F4-sensitivity": ("Which inputs matter, beside the share of variance that is luck.",
                       "tabletop plot {store} --figure F4 --outcome exits_by_end"),
    "F5-timeline": ("A scenario in time: sample runs, the central half as whole curves, one run, and the events.",
                    f"tabletop plot {{store}} --figure F5 --case '{CASE}' --own-axes"),
    "F6-theories": ("Where rival theories agree: finding by finding, and pattern by pattern of the record.",
                    "tabletop plot {store} --figure F6 --outcome exits_by_end"),
    "F7-why": ("Why one officer left: what made up his perceived risk, and his tolerance.",
               f"tabletop why {{store}} '{CASE}' {{replicate}} {{officer}}"),
    "F8-dose_response": ("An outcome against the one setting of a sweep, a panel a theory: the spread of runs at each.",
                         "tabletop plot {store} --figure F8 --outcome exits_by_end"),
    "F10-decision": ("At a table: one option beside the branch not taken, on the same futures; what a role expected.",
                     "tabletop table compare {table} pay_first until=2024-06-30 measures=exits"),
}  # fmt: skip
"""What each shows, and its command."""


def ask(command: str, **names: str) -> str:
    """Type a command, and give back what it prints."""
    words = shlex.split(command.format(**names))[1:]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = tabletop(words)
    if code:
        raise SystemExit(f"{command}: exit code {code}")
    return said.getvalue()


def picture_of(said: str, start: str) -> Path:
    """The path of the picture whose name begins so, as a command printed it."""
    lines = [line.removeprefix("picture: ").partition(" (data")[0] for line in said.splitlines()]
    return next(Path(line) for line in lines if Path(line).name.startswith(start))


def shrink(picture: Path, target: Path) -> str:
    """A smaller copy for the page; gives back the picture's words for those who cannot see it."""
    with Image.open(picture) as image:
        words = str(image.text["Title"])  # type: ignore[attr-defined]
        small = image.convert("RGB")
        if small.width > WIDTH:
            small = small.resize((WIDTH, round(small.height * WIDTH / small.width)), Image.Resampling.LANCZOS)
        small.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
    return words


def told_of(store: str) -> dict[str, str]:
    """The run that F7 tells of, and the first officer to leave in it once the surge has begun.

    Replicates of kept worlds are the worlds' own numbers, so they are looked up.
    """
    found = Store.read(store)
    runs = find_runs(found, find_case(found, CASE))
    replicate = str(sorted(runs["replicate"])[PLACE])
    said = ask(f"tabletop why {{store}} '{CASE}' {{replicate}} --no-figures --as csv", store=store, replicate=replicate)
    table = pd.read_csv(io.StringIO(said))
    return {"replicate": replicate, "officer": str(table.loc[table["left"] >= "2024-03-01", "officer"].iloc[0])}


def main() -> None:
    parser = options(__file__, __doc__, ROOT / "docs")
    parser.add_argument("--store", default=STORE, help="folder of the store")
    parser.add_argument("--table", default=TABLE, help="folder of the session, begun anew")
    asked = parser.parse_args()
    for command in RUNS:
        print(command.format(store=asked.store))
        ask(command + (f" out={asked.store}" if "why" not in command else ""), store=asked.store)
    shutil.rmtree(asked.table, ignore_errors=True)
    for command in SITTING:
        ask(command, table=asked.table)
    names = told_of(asked.store)
    (asked.to / "pictures").mkdir(parents=True, exist_ok=True)
    parts = [
        HEAD.format(
            runs="\n".join(f"{c.format(store=STORE)}{'' if 'why' in c else f' out={STORE}'}" for c in RUNS),
            sitting="\n".join(c.format(table=TABLE) for c in SITTING),
        )
    ]
    for name, (shows, command) in FIGURES.items():
        said = ask(command, store=asked.store, table=asked.table, **names)
        words = shrink(picture_of(said, name.partition("-")[0]), asked.to / "pictures" / f"{name}.png")
        typed = command.format(store=STORE, table=TABLE, **names)
        number, _, title = name.partition("-")
        head = f"## {number} {title.replace('_', ' ')}\n\n{shows}"
        parts.append(f"{head}\n\n```\n{typed}\n```\n\n![{words}](pictures/{name}.png)\n")
        print(f"{name}: {words}")
    publish(asked.to, "\n".join(parts), {}, "GALLERY.md")


HEAD = """# Gallery

One picture of each figure, each with the command that makes it. `python experiments/gallery/draw.py` wrote this page;
its pictures are reduced. What the commands draw is larger, has its data as CSV beside it, and carries its cases, seeds,
versions and command: `tabletop reproduce FIGURE.png` makes it again from itself. Exploratory, not a forecast.

How to read them: dots can be counted; a filled dot lies beyond the policy's threshold; words of likelihood have their
number beside them and speak of runs of this model; no figure needs its colours.

The runs behind all of them, from one store:

```
{runs}
```

And the session of a table that F10 is drawn from ([TABLE.md](TABLE.md)):

```
{sitting}
```
"""


if __name__ == "__main__":
    main()
