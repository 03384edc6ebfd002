"""A finished figure with all that goes to disk beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from sim.figures.provenance.png import save
from sim.figures.provenance.recipe import Recipe


@dataclass(frozen=True)
class Picture:
    """A figure, the name of its file without ending, its data, its words, and what it was made from.

    ``beside`` holds further tables, by what is put behind the name.
    """

    name: str
    figure: Figure
    data: pd.DataFrame
    alt: str
    recipe: Recipe
    beside: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def save(self, folder: Path, command: Sequence[str]) -> Path:
        """Write PNG and tables and return the PNG's path; raises UserMistake where that is not possible."""
        metadata = self.recipe.metadata(command)
        path, table = save(self.figure, folder / f"{self.name}.png", data=self.data, metadata=metadata, alt=self.alt)
        for ending, frame in self.beside.items():
            frame.to_csv(table.with_name(f"{self.name}-{ending}.csv"), index=False, lineterminator="\n")
        return path
