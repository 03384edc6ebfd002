"""A finished figure with all that goes to disk beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from sim.figures.provenance.png import packed, save
from sim.figures.provenance.recipe import Origin, Recipe


@dataclass(frozen=True)
class Picture:
    """A figure with its data, its words, and what it was made from.

    Attributes
    ----------
    name
        Of its file, without ending.
    figure
        As matplotlib has it, ready to be saved.
    data
        What it shows, one row a mark.
    alt
        The same in words, for those who cannot see it.
    made_from
        Its recipe, or only where it comes from, when it cannot be made again.
    beside
        Further tables, by what is put behind the name.
    """

    name: str
    figure: Figure
    data: pd.DataFrame
    alt: str
    made_from: Recipe | Origin
    beside: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def save(self, folder: Path, command: Sequence[str], name: str | None = None) -> Path:
        """Write PNG and tables, under ``name`` where it is not to be its own, and return the PNG's path.

        Raises
        ------
        UserMistake
            A file cannot be written.
        """
        path, metadata = folder / f"{name or self.name}.png", self.made_from.metadata(command)
        save(self.figure, path, data=self.data, beside=self.beside, metadata=metadata, alt=self.alt)
        return path

    def files(self, command: Sequence[str], name: str | None = None) -> dict[str, bytes]:
        """What :meth:`save` writes, by the names of the files; the same whatever the version of Python.

        Neither a number nor a pixel rests on that, and what is handed on shall not differ where nothing does.
        """
        made_from = self.made_from
        if isinstance(made_from, Recipe):
            made_with = {name: number for name, number in made_from.made_with.items() if name != "python"}
            made_from = replace(made_from, made_with=made_with)
        metadata, stem = made_from.metadata(command), name or self.name
        return packed(self.figure, stem, data=self.data, beside=self.beside, metadata=metadata, alt=self.alt)
