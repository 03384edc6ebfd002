"""The log as a table for spreadsheets: a row a line, with what was taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from sim.reports.sheets import csv_text
from sim.reports.whole_files import write_whole
from sim.tabletop.board import ROOT_SEED, Board

TOLD_LATER = ("played", "root_seed")
"""Of the first line: what nobody at the table is told before the session is over."""


def log_rows(board: Board) -> pd.DataFrame:
    """Every line of a session.

    Which theory and world are played, and the seed that draws them, are left out as long as the session goes on.

    Returns
    -------
    One row a line: ``line``, ``at`` (UTC), ``turn`` (that was open), ``kind``, ``by``, ``undone`` (yes, or empty),
    ``data`` (as JSON; of the first line and of turns a summary, since they are long).
    """
    rows = []
    left_out = ("cases", "worlds", "list", "days", *(() if board.is_over else TOLD_LATER))
    for line in board.lines:
        turn = 1 + sum(other.entry < line.number for other in board.turns)
        data = {key: value for key, value in line.data.items() if key not in left_out}
        if line.number == 0:
            data["words"] = [word for word in data["words"] if board.is_over or not word.startswith(ROOT_SEED)]
        undone = "yes" if line.number in board.undone else ""
        rows.append([line.number, line.at, turn, line.kind, line.by, undone, json.dumps(data, ensure_ascii=False)])
    return pd.DataFrame(rows, columns=["line", "at", "turn", "kind", "by", "undone", "data"])


def save_log(board: Board, path: Path) -> None:
    """Write the log as CSV, whole or not at all; raises UserMistake where it cannot be."""
    write_whole(path, csv_text(log_rows(board)))
