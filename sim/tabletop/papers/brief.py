"""The papers that a table begins with, as files: the participants' and the facilitator's apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sim.language import _, translated
from sim.record import load as load_record
from sim.tabletop.board import Board
from sim.tabletop.papers.facilitator_script import facilitator_script
from sim.tabletop.papers.page import A_PAGE_EACH, html, spoken_folder, write_all
from sim.tabletop.papers.role_card import role_card, seats
from sim.tabletop.papers.situation_manual import situation_manual
from sim.tabletop.table_settings import Role

PARTICIPANTS, FACILITATOR = "participants", "facilitator"
"""Folders of files that may be handed out, and of files that may not."""
_CARD = """
td:last-child { white-space: nowrap } @media screen and (max-width: 640px) { td:nth-child(2) { min-width: 14em } }
@media print { body { font-size: 9pt; line-height: 1.3 } h1 { font-size: 1.4em } h2 { margin-top: .8em }
  hr { margin: .6em 0 } }
"""


def write(folder: Path, board: Board) -> list[Path]:
    """Write the papers, each as Markdown and as one HTML file that prints well, and return the paths.

    Parameters
    ----------
    folder
        Gets two folders: ``participants`` with the situation manual and a card for each role that somebody plays, and
        ``facilitator`` with the script, all cards to print in one go, and cards of roles that see what is hidden.
    board
        The session, before its first turn or later; what was decided in it is in none of the participants' papers.

    Raises
    ------
    UserMistake
        A file cannot be written.
    """
    within = spoken_folder(folder)
    return write_all({within / name: text for name, text in files(board).items()})


def files(board: Board) -> dict[str, str]:
    """The papers' texts, by the name that each has in the folder."""
    heading = translated(board.table.title)
    cards = [(role.id, _card_title(role), role_card(board, role)) for role in seats(board, sees_all=False)]
    own = [(role.id, _card_title(role), role_card(board, role)) for role in seats(board, sees_all=True)]
    told: dict[str, str] = {}
    manual = situation_manual(board, load_record())
    told |= _both(f"{PARTICIPANTS}/situation_manual", manual, _("Situation manual: {title}").format(title=heading))
    for id, name, text in cards:
        told |= _both(f"{PARTICIPANTS}/card_{id}", text, name, _CARD)
    for id, name, text in own:
        told |= _both(f"{FACILITATOR}/card_{id}", text, name, _CARD)
    script = facilitator_script(board)
    told |= _both(f"{FACILITATOR}/script", script, _("Facilitator's script: {title}").format(title=heading))
    every = "\n\n".join(text for _id, _name, text in [*cards, *own])
    if every:
        title = _("Role cards: {title}").format(title=heading)
        told[f"{FACILITATOR}/all_cards.html"] = html(every, title, style=_CARD + A_PAGE_EACH)
    return told


def _card_title(role: Role) -> str:
    return _("Role card: {role}").format(role=translated(role.name))


def _both(path: str, text: str, title: str, style: str = "") -> Iterator[tuple[str, str]]:
    yield f"{path}.html", html(text, title, style=style)
    yield f"{path}.md", text
