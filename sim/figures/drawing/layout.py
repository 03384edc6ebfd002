"""The page that a figure stands on: its finding as the title on top, its provenance at the foot.

A figure lays itself out in inches from the top of its body, so that text and marks keep their distance at any
length of title, and the page grows with its content instead of squeezing it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim import text as words
from sim.figures.drawing.style import INK, QUIET, SMALL, TEXT, TITLE, height_of, wrap, wrap_evenly

MARGIN = 0.3  # inches, on all sides
_GAP = 0.14  # between the title, the body and the footer
CAUTION = "exploratory, not a forecast"


@dataclass(frozen=True, slots=True)
class Footer:
    """Where a figure comes from: how many runs, which seeds, which version, and what was run.

    ``label`` names the case (scenario and theory); ``seeds`` is printed as it is, such as
    "20240307, replicates 0–399".
    """

    runs: int
    seeds: str
    version: str
    label: str

    def text(self) -> str:
        """The one line at the foot of every figure."""
        parts = (self.label, words.several(self.runs, "run"), f"seeds {self.seeds}", f"version {self.version}", CAUTION)
        return " · ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Page:
    """A figure with title and footer in place; ``body`` is the height left between them, in inches."""

    figure: Figure
    width: float
    height: float
    top: float
    body: float

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes of this size, ``left`` inches from the page's edge and ``top`` inches below the body's top."""
        bottom = self.height - self.top - top - height
        return self.figure.add_axes((left / self.width, bottom / self.height, width / self.width, height / self.height))

    def write(self, lines: Sequence[str], top: float, size: float = TEXT, **look: Any) -> None:
        """Lines of text from the left margin on, the first ``top`` inches below the body's top."""
        x, y = MARGIN / self.width, 1 - (self.top + top) / self.height
        self.figure.text(x, y, "\n".join(lines), va="top", fontsize=size, **{"color": QUIET, **look})


def page(width: float, body: float, *, title: str, footer: Footer) -> Page:
    """An empty page of this width, and this height of body, in inches; call it inside the style's context."""
    inner = width - 2 * MARGIN
    head = wrap_evenly(title, inner, TITLE, "bold")
    foot = wrap(footer.text(), inner, SMALL)
    top = MARGIN + height_of(len(head), TITLE) + _GAP
    height = top + body + _GAP + height_of(len(foot), SMALL) + MARGIN / 2
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    figure.suptitle(
        "\n".join(head),
        x=MARGIN / width,
        y=1 - MARGIN / height,
        ha="left",
        va="top",
        fontsize=TITLE,
        fontweight="bold",
        color=INK,
    )
    figure.text(MARGIN / width, MARGIN / 2 / height, "\n".join(foot), va="bottom", fontsize=SMALL, color=QUIET)
    return Page(figure, width, height, top, body)
