"""``tabletop table why``: why officers left in the played world."""

from __future__ import annotations

from pathlib import Path

import click

from sim.commands import flags

KEYS = ("officer", "squad", "stayed")


@click.command(short_help="why officers left; had some stayed")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
@click.argument("typed", nargs=-1, metavar="[officer=N] [squad=N] [stayed=N,N,…]")
@click.option("--as", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True,
              help="How to print the table; csv and json print nothing else.")  # fmt: skip
def command(folder: Path, typed: tuple[str, ...], form: str) -> None:
    """Say why officers left the played world so far; for the facilitator's eyes, since no role knows it. Which theory
    rules that world is told once the session is over.

    By itself: what moved the force, and who left without which cause. squad= shows one squad's. officer= tells one
    officer's story: what made up his perceived risk. stayed= lives the same world and luck with those officers staying
    whatever they felt: who else would have stayed.

    Example: tabletop table why friday stayed=12,40,77
    """
    from sim.analysis.explain.story import PARTS
    from sim.commands.screen import show_table
    from sim.commands.table.typed_words import TypedWords
    from sim.errors import UserMistake
    from sim.reports.exit_tables import how, leavers, without_causes
    from sim.tabletop.played_story import had_stayed, played_story
    from sim.tabletop.session import Session, check_version

    given = TypedWords.read(typed, KEYS)
    given.nothing_else(KEYS)
    if len(given.known) > 1:
        raise UserMistake("why", None, "one of officer=, squad= and stayed= at a time")
    board = Session.read(folder).board
    check_version(board, folder)
    if (stayed := given.maybe("stayed")) is not None:
        numbers = [name.strip() for name in stayed.split(",")]
        if not all(name.isdecimal() and name.isascii() for name in numbers):
            raise UserMistake("stayed", stayed, "officers by number, such as 12,40,77")
        table = had_stayed(board, [int(name) for name in numbers])
        if form == "table":
            out, then = int(table["left"].notna().sum()), int(table["left then"].notna().sum())
            who = ", ".join(numbers)
            print(
                f"in the played world {out} officers have left; had {who} stayed, {then} would have, on the same luck"
            )
        show_table(table[table["left"] != table["left then"]], form, title="whom it would have kept, or moved")
        return
    officer, squad = given.whole("officer"), given.whole("squad")
    story, relived = played_story(board, officer)
    if officer is not None:
        from sim.figures.why.draw import finding

        if form == "table":
            print(f"{finding(story, '' if board.is_over else 'in the played world')}.")
            said, parts = how(story)
            print("\n".join(said))
            show_table(parts, title="what multiplied his perceived odds of harm")
        show_table(without_causes(story), form, title="the same world without one cause")
        return
    table = leavers(story, relived)
    if squad is not None:
        if squad not in set(relived.layout.squad_of[:, 0].tolist()):
            raise UserMistake("squad", squad, f"a squad's number, up to {int(relived.layout.squad_of[:, 0].max())}")
        table = table[table["squad"] == squad]
    if form == "table":
        last = story.days.iloc[-1]
        felt = ", ".join(f"{name} ×{_odds(last[name])}" for name in PARTS if last[name])
        print(f"{len(table)} officers have left; the odds of harm that those who stay perceive are multiplied: {felt}")
    show_table(table, form, title="who left, and the causes without which he would have stayed, or left later")


def _odds(logit: float) -> str:
    import math

    from sim import text as words

    return words.number(math.exp(logit))
