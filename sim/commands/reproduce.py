"""``tabletop reproduce``: a figure made again from what it carries."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from sim import text as words


@click.command(short_help="make a figure again from what it carries")
@click.argument("figure", type=click.Path(path_type=Path), metavar="FIGURE.png")
@click.option("--to", type=click.Path(path_type=Path), metavar="DIR",
              help="Where to run and draw it; outputs/reproduced-… by default.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Also where that is more work than figures usually are.")
def command(figure: Path, to: Path | None, yes: bool) -> int:
    """Make FIGURE.png again from the recipe inside it, in a store of its own, and compare the two pixel by pixel.

    What its runs need is run; asked again, nothing is. The same versions give the same picture. What a picture carries
    may be anybody's: it is read as strictly as a command line, and more work than figures usually are wants --yes. Exit
    code 0 when the pixels are the same, 1 when they are not, 4 when another version of the model made it.

    Example: tabletop reproduce outputs/worlds-0a1b2c3d/figures/comparison-breach/F2-comparison.png
    """
    from sim.api import open_store
    from sim.commands.screen import command_line, progress
    from sim.errors import UserMistake, one_line
    from sim.figures.catalog import figure_of
    from sim.figures.provenance.pixel_diff import compare
    from sim.figures.provenance.recipe import open_picture
    from sim.figures.render import USUAL, make, run_missing, work

    recipe = open_picture(figure)
    figure_of(recipe.figure)
    needed = work(recipe)
    if needed > USUAL and not yes:
        raise UserMistake("FIGURE", figure, f"{recipe.runs:,} runs, the work of {needed:,.0f} of the default world; "
                          f"figures usually take at most {USUAL:,}, and --yes does it")  # fmt: skip
    name = hashlib.sha256(recipe.text().encode()).hexdigest()[:8]
    store = open_store(to or Path("outputs") / f"reproduced-{name}")
    try:
        with progress(recipe.runs) as advance:
            computed = run_missing(recipe, store, advance)
        picture = make(recipe, store)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as fault:  # its options are anybody's
        raise UserMistake("FIGURE", figure, "what it carries gives no figure, so it cannot be made again") from fault
    path = picture.save(store.figures("reproduced"), command_line())
    same = compare(figure, path, recipe.made_with)
    print(f"{recipe.figure} made again: {path}")
    print(f"{words.several(computed, 'run')} computed; store: {store.folder}")
    print(one_line(same.text))
    return 0 if same.same else 1
