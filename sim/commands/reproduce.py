"""``tabletop reproduce``: a figure made again from what it carries."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click


@click.command(short_help="make a figure again from what it carries")
@click.argument("figure", type=click.Path(path_type=Path), metavar="FIGURE.png")
@click.option("--to", type=click.Path(path_type=Path), metavar="DIR",
              help="Where to run and draw it; outputs/reproduced-… by default.")  # fmt: skip
def command(figure: Path, to: Path | None) -> int:
    """Make FIGURE.png again from the recipe inside it, in a store of its own, and compare the two pixel by pixel.

    What its runs need is run; asked again, nothing is. The same versions give the same picture. Exit code 0 when the
    pixels are the same, 1 when they are not, 4 when another version of the model made it.

    Example: tabletop reproduce outputs/worlds-0a1b2c3d/figures/comparison-breach/F2-comparison.png
    """
    from sim.api import open_store
    from sim.commands.screen import command_line, progress
    from sim.figures.provenance.pixel_diff import compare
    from sim.figures.provenance.recipe import open_picture
    from sim.figures.render import make, run_missing

    recipe = open_picture(figure)
    name = hashlib.sha256(recipe.text().encode()).hexdigest()[:8]
    store = open_store(to or Path("outputs") / f"reproduced-{name}")
    with progress(recipe.runs) as advance:
        computed = run_missing(recipe, store, advance)
    picture = make(recipe, store)
    path = picture.save(store.figures("reproduced"), command_line())
    same = compare(figure, path, recipe.made_with)
    print(f"{recipe.figure} made again: {path}")
    print(f"{computed:,} runs computed; store: {store.folder}")
    print(same.text)
    return 0 if same.same else 1
