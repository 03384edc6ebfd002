"""What a figure is to the verbs that draw it: which recipes a store allows, what each needs run, and its picture.

A folder beside this file whose ``figure.py`` has a ``FIGURE`` is a figure; there is no list to add it to
(docs/EXTENDING.md).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sim.ensemble.store.store import Store
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe, Spans
from sim.figures.store_contents import StoreContents


@dataclass(frozen=True)
class Wanted:
    """What someone asks of a store's figures; what is empty or None is left to the store.

    Attributes
    ----------
    figures
        Ids, such as F1; all that the store allows where none is named.
    cases
        Ids or labels, or parts of them (:mod:`sim.ensemble.cases.naming`).
    outcome
        The outcome that is drawn.
    baseline
        What comparisons are made with.
    settings
        The two settings of a map, or what stands on the axis of a dose.
    threshold
        What a map asks whether the outcome passes it.
    root_seed
        Which luck.
    own_axes
        Whether each figure of one case has axes of its own.
    """

    figures: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    outcome: str | None = None
    baseline: str | None = None
    settings: tuple[str, ...] = ()
    threshold: float | None = None
    root_seed: int | None = None
    own_axes: bool = False


CHOICES = ("outcome", "baseline", "settings", "threshold", "own_axes")
"""What of :class:`Wanted` a figure may heed or not; cases and root seed all of them do."""


@dataclass(frozen=True)
class Allowed:
    """Recipes, each with the label of its folder, and in a line each what is left out and why."""

    recipes: Sequence[tuple[str, Recipe]] = ()
    left_out: Sequence[str] = ()


@dataclass(frozen=True)
class Needs:
    """What of a recipe has to be run before it can be drawn.

    Attributes
    ----------
    runs
        Whether its replicates are needed at all.
    days
        Whether their daily series are.
    attribution
        By case id, replicates that are needed without each cause too (:mod:`sim.analysis.explain.attribution`).
    """

    runs: bool = True
    days: bool = False
    attribution: Mapping[str, Spans] = field(default_factory=dict)


class FigureKind(ABC):
    """One kind of figure.

    Attributes
    ----------
    id
        Such as F1: what ``--figure`` names and a picture carries. Figures are ordered by it.
    name
        What it is called in the name of its file.
    text
        In one line, what it shows.
    elsewhere
        Where no store's runs say what to draw: what it is of, and the command that draws it.
    uses
        Which of :data:`CHOICES` it heeds; what no figure heeds of those asked for is refused.
    reads_runs
        Whether a store's runs say what it can draw; where no figure asked for reads them, they are not read.
    """

    id: str
    name: str
    text: str
    elsewhere: str = ""
    uses: Collection[str] = CHOICES
    reads_runs: bool = True

    def file(self, *parts: str) -> str:
        """The name of a picture's file without its ending: id and name, and what else tells it from others."""
        return "-".join([self.id, self.name, *filter(None, parts)])

    @abstractmethod
    def recipes(self, contents: StoreContents, wanted: Wanted) -> Allowed:
        """Say what can be drawn of what a store holds and is wanted, and what cannot and why.

        Raises
        ------
        UserMistake
            For something wanted that there is not.
        """

    def needs(self, recipe: Recipe) -> Needs:
        """Say what has to be in a store before the recipe can be drawn from it."""
        return Needs()

    @abstractmethod
    def make(self, recipe: Recipe, store: Store) -> Picture:
        """Draw a recipe; the store holds the runs that it names, and maybe others.

        Raises
        ------
        ValueError
            The runs allow no such figure, such as one without any value.
        """
