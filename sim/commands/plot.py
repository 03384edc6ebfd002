"""``tabletop plot``: every figure that a store allows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click


@click.command(short_help="draw every figure that a store allows")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--figure", "figures", multiple=True, metavar="F1", help="Only this figure; several times.")
@click.option("--case", "cases", multiple=True, metavar="CASE",
              help="Only cases of this id or label, or that it is a part of; several times.")  # fmt: skip
@click.option("--outcome", metavar="NAME", help="Another outcome than the default (tabletop show outcomes).")
@click.option("--baseline", metavar="CASE", help="What F2 and F6 compare with; as_documented where it is there.")
@click.option("--settings", metavar="X[,Y]",
              help="The two of F3, or the one of F8 (an outcome too: perceived_hazard_record_end).")  # fmt: skip
@click.option("--threshold", type=float, metavar="NUMBER", help="What F3 asks whether the outcome passes it.")
@click.option("--root-seed", type=int, metavar="SEED", help="Which luck, where there are several root seeds.")
@click.option("--own-axes", is_flag=True, help="F1 and F5: axes that fit each case, not the same for all.")
def command(folder: Path, figures: tuple[str, ...], cases: tuple[str, ...], settings: str | None, **asked: Any) -> int:
    """Draw every figure that a store DIR allows, each with its data, into DIR/figures.

    F1 outcome and F5 timeline of each case, F2 comparison of two to six scenarios, F3 tipping map where two settings
    vary on a grid, F4 sensitivity where there are indices, F6 theories where there are several, F8 dose and response
    where one setting was swept. What is left out is named with the reason; the exit code is 2 where a figure that was
    named was not made. F7 is of one run: tabletop why.

    Example: tabletop plot outputs/worlds-0a1b2c3d --figure F2 --case squad_threshold
    """
    from sim.commands.screen import command_line, say_pictures
    from sim.ensemble.store.store import Store
    from sim.errors import UserMistake
    from sim.figures.catalog import Wanted, chosen
    from sim.figures.render import make
    from sim.reports.picture_index import write as write_index

    pair = tuple(word.strip() for word in settings.split(",")) if settings else ()
    store = Store.read(folder)
    wanted = tuple(dict.fromkeys(f.upper() for f in figures))
    choice = chosen(store, Wanted(wanted, cases, settings=pair, **asked))
    if wanted and not choice.recipes:  # what was asked for by name is not to be had
        raise UserMistake("--figure", ",".join(wanted), "; ".join(choice.left_out) or "these runs do not allow it")
    for label, recipe in choice.recipes:
        picture = make(recipe, store)
        path = picture.save(store.figures(label), [*command_line(), *([] if figures else ["--figure", recipe.figure])])
        say_pictures([path])
        for ending in picture.beside:
            print(f"table: {path.with_name(f'{picture.name}-{ending}.csv')}")
    if choice.recipes and (index := write_index(store)):
        print(f"all pictures: {index}")
    for line in choice.left_out:
        print(f"left out: {line}", file=sys.stderr)
    made = {recipe.figure for _, recipe in choice.recipes}
    return 0 if made >= set(wanted) else UserMistake.exit_code
