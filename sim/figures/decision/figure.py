"""F10: an option of a table beside the branch not taken; a table draws it from its own futures, and no store does."""

from __future__ import annotations

from sim.ensemble.store.store import Store
from sim.figures.decision import draw
from sim.figures.decision.draw import DrawnDecision
from sim.figures.drawing.layout import Footer
from sim.figures.interface import Allowed, FigureKind, Wanted
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Origin, Recipe
from sim.figures.store_contents import StoreContents


class DecisionFigure(FigureKind):
    """No recipe: the futures of a table are not kept, so that its log alone makes them again."""

    id = "F10"
    name = "decision"
    text = "One option beside the branch not taken: paired futures, what changed by when, and what was expected."
    elsewhere = "of a session: tabletop table compare"

    def recipes(self, contents: StoreContents, wanted: Wanted) -> Allowed:
        """None: a store has no session."""
        return Allowed(left_out=[f"{self.id} is {self.elsewhere}"])

    def make(self, recipe: Recipe, store: Store) -> Picture:
        """Refuse: a picture of a session names its command, which makes it again from the session's log."""
        raise ValueError(f"{self.id} is {self.elsewhere}, which makes it again from the session's log")


def picture(decision: DrawnDecision, origin: Origin, label: str, *of: str) -> Picture:
    """F10 of a decision; ``origin`` names the cases and the session's seed, ``of`` stands in the file's name."""
    runs = sum(len(values) for values in decision.values)
    footer = Footer(runs, origin.seeds, origin.version, label)
    figure = draw.draw(decision, footer=footer)
    return Picture(FIGURE.file(*of), figure, draw.table(decision), draw.alt(decision), origin)


FIGURE = DecisionFigure()
