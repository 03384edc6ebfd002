from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from sim.figures.drawing.layout import Footer
from sim.figures.drawing.style import context


@pytest.fixture
def footer() -> Footer:
    return Footer(runs=400, seeds="20240307, replicates 0–399", version="0.1.0", label="as_documented × T1")


@pytest.fixture
def metadata() -> dict[str, str]:
    return {"case": "0123456789ab", "seeds": "7: 0–399", "version": "0.1.0", "command": "tabletop plot out"}


def _boxes(figure: Figure) -> list[tuple[str, Bbox]]:
    """All words that are drawn, those of ticks included, each with its place in pixels."""
    found: list[tuple[str, Bbox]] = []
    draw = Text.draw

    def listen(text: Text, renderer: RendererBase) -> None:
        if text.get_visible() and text.get_text().strip():
            found.append((text.get_text(), text.get_window_extent(renderer)))
        draw(text, renderer)

    with pytest.MonkeyPatch.context() as patch, context():
        patch.setattr(Text, "draw", listen)
        figure.canvas.draw()
    return found


@pytest.fixture
def check_words() -> Callable[[Figure], None]:
    """Every word lies on the canvas, and no two overlap."""

    def check(figure: Figure) -> None:
        found = _boxes(figure)
        for words, box in found:
            assert min(box.x0, box.y0) >= 0, words
            assert box.x1 <= figure.bbox.x1, words
            assert box.y1 <= figure.bbox.y1, words
        for (words, box), (others, other) in combinations(found, 2):
            across = min(box.x1, other.x1) - max(box.x0, other.x0)
            along = min(box.y1, other.y1) - max(box.y0, other.y0)
            assert min(across, along) <= 1, (words, others)

    return check
