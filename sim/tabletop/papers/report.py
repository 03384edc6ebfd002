"""The after-action report as files: Markdown with its drawings, one HTML file that needs nothing else, and a sheet."""

from __future__ import annotations

from pathlib import Path

from sim.language import SOURCE, _, spoken_in, translated
from sim.reports.sheets import csv_text
from sim.tabletop.board import Board
from sim.tabletop.expectations import scored
from sim.tabletop.papers import after_action
from sim.tabletop.papers.decision_sheet import decision_sheet
from sim.tabletop.papers.forecast_drawing import strip
from sim.tabletop.papers.page import html, spoken_folder, write_all
from sim.tabletop.papers.timeline_drawing import timeline

NAME = "after_action"
"""Of the report's files without ending."""


def write(folder: Path, board: Board, *, revealed: bool | None = None) -> list[Path]:
    """Write the report, and return the paths: HTML, Markdown, drawings, ``decisions.csv``.

    The sheet is for programs as well, so it is in English whatever language is spoken.

    Parameters
    ----------
    folder
        Where; made where it is missing.
    board
        The session, of whatever version, open or ended, with or without turns.
    revealed
        Whether what nobody saw at the table is told: the theory and the world that were played, and hidden measures; by
        default once the session is over.

    Raises
    ------
    UserMistake
        A file cannot be written.
    """
    within = spoken_folder(folder)
    return write_all({within / name: text for name, text in files(board, revealed=revealed).items()})


def files(board: Board, *, revealed: bool | None = None) -> dict[str, str]:
    """The same files as text, by name."""
    report = after_action.AfterAction(board, board.is_over if revealed is None else revealed)
    drawn = {
        after_action.TIMELINE: timeline(board, report.sights),
        after_action.STRIP: strip(board, scored(board)) if report.revealed else None,
    }
    drawings = {name: one for name, one in drawn.items() if one is not None}
    text = after_action.after_action(board, revealed=report.revealed)
    title = _("After-action report: {title}").format(title=translated(board.table.title))
    with spoken_in(SOURCE):
        sheet = csv_text(decision_sheet(board, report.shows, by_hand=report.revealed))
    return {
        f"{NAME}.html": html(text, title, drawings),
        f"{NAME}.md": text,
        "decisions.csv": sheet,
        **{name: one + "\n" for name, one in drawings.items()},
    }
