"""The timeline: no label lies on another or on a mark, however many turns and orders there are."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from itertools import combinations
from pathlib import Path

import pytest

from sim.language import spoken_in
from sim.tabletop.board import replay
from sim.tabletop.papers.timeline_drawing import timeline
from tests.tabletop.papers.story import Story

LETTER = 6.4
"""How wide a letter of eleven pixels is, at most on average."""


def labels(drawn: str) -> list[tuple[float, float, float, str]]:
    """Where labels begin and end, their line, and what they say."""
    found = []
    for x, y, anchor, said in re.findall(
        r'<text x="([-\d.]+)" y="([-\d.]+)"[^>]*text-anchor="(\w+)">(?:<title>.*?</title>)?(.*?)</text>', drawn
    ):
        wide = LETTER * len(unescape(said))
        left = float(x) - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        found.append((left, left + wide, float(y), said))
    return found


def marks(drawn: str) -> list[tuple[float, float, float]]:
    """Where marks begin and end, and the line of labels beside them."""
    found = []
    for points in re.findall(r'<polygon points="([^"]*)" class="ink"', drawn):
        xs, ys = zip(*(map(float, point.split(",")) for point in points.split()), strict=True)
        found.append((min(xs), max(xs), (min(ys) + max(ys)) / 2 + 4))
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("turns", [1, 6, 8, 14])
def test_no_label_lies_on_another_or_on_a_mark(tmp_path: Path, turns: int, language: str) -> None:
    table = Story(tmp_path / "plan").board.table.plain() | {"turns": 6}
    story = Story(tmp_path / "table", table=table)
    for _ in range(turns):
        for level in ("levers.pay_escrow", "levers.insurance", "levers.reserve", "levers.kit_first"):
            story.order("kenya", level, 1, f"{level} 1")
        story.inject("embassy", "fired")
        story.inject("leak", "fired")
        story.advance()
        story.order("kenya", "levers.evacuation", 1, "evacuation 1")
    with spoken_in(language):
        drawn = str(timeline(story.board, ["public", "kenya", "hidden"]))
    found = labels(drawn)
    over = [(one[3], two[3]) for one, two in combinations(found, 2)
            if abs(one[2] - two[2]) < 8 and one[0] < two[1] and two[0] < one[1]]  # fmt: skip
    assert over == []
    covered = [said for left, right, y, said in found for a, b, at in marks(drawn)
               if abs(y - at) < 8 and left < b and a < right]  # fmt: skip
    assert covered == []


def test_what_never_changes_has_one_number_on_its_scale(tmp_path: Path) -> None:
    story = Story(tmp_path)
    story.advance()
    still = [{**row, "reports": 0, "exits": 3.0} for row in story.log.entries[-1].data["days"]]
    lines = [replace(line, data={**line.data, "days": still}) if line.kind == "advance" else line
             for line in story.log.entries]  # fmt: skip
    drawn = str(timeline(replay(lines), ["public", "kenya"]))
    assert "days with a published report" in drawn
    ends = [(y, said) for _left, _right, y, said in labels(drawn) if said == "0"]
    assert all(abs(one[0] - two[0]) > 50 for one, two in combinations(ends, 2)), ends
