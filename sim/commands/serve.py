"""``tabletop serve``: the table in a browser."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.commands import flags

if TYPE_CHECKING:
    from sim.page.serving import Address

KEYS = ("host", "port", "language")
PORT = "a whole number from 1 to 65535, such as port=8765"


@click.command(short_help="put a session on a page, for browsers on this machine or a LAN")
@click.argument("folder", type=flags.SessionFolder(), metavar="DIR")
@click.argument("typed", nargs=-1, metavar="[host=ADDRESS] [port=N] [language=CODE]")
@click.option("--new-links/--old-links", default=False, show_default=True,
              help="End every link and every seat taken so far.")  # fmt: skip
def command(folder: Path, typed: tuple[str, ...], new_links: bool) -> None:
    """Put a session on a page: a link for each seat, printed here and nowhere else; whoever has a link has that seat.

    It is served to this machine alone, unless host= names one of its addresses on a LAN. Links and seats stay good when
    it is served again. The command line may be used on the session meanwhile. Ctrl-C ends it; everything that was
    acknowledged is in the session's log.

    Example: tabletop serve friday
    """
    from sim.commands.table.typed_words import TypedWords
    from sim.errors import UserMistake, of_extra
    from sim.language import LANGUAGES

    given = TypedWords.read(typed, KEYS)
    given.nothing_else(KEYS)
    port, language = given.whole("port", PORT), given.text("language", "en")
    if port is not None and not 1 <= port <= 65535:
        raise UserMistake("port", port, PORT)
    if language not in LANGUAGES:
        raise UserMistake("language", language, f"one of {', '.join(LANGUAGES)}")
    with of_extra("table", "serve"):
        from sim.page.application import begin
        from sim.page.serving import LOOPBACK, serve
    serve(folder, begin, host=given.text("host", LOOPBACK), port=port, language=language, renew=new_links, tell=_tell)


def _tell(address: Address, links: Sequence[tuple[str, str]]) -> None:
    """Print where the table is, and a link a seat."""
    print(f"the table is served at {address.url}; a link is a seat, so give each to whoever sits there and nobody else")
    width = max(len(title) for title, _link in links)
    for title, link in links:
        print(f"  {title:<{width}}  {link}")
    if not address.is_loopback:
        print("this is plain HTTP: whoever listens on this network can read it, and take a seat")
    print("Ctrl-C ends it", flush=True)
