"""F7: why an officer left, or the force, in one run, alone or beside a paired run; the run is lived again for it."""

from __future__ import annotations

from sim.analysis.explain.divergence import part
from sim.analysis.explain.exit_story import live_again
from sim.analysis.explain.story import Story
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.run_numbers import run_name
from sim.ensemble.store.store import Store
from sim.figures.interface import Allowed, FigureKind, Needs, Wanted
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe
from sim.figures.store_contents import StoreContents
from sim.figures.why import draw


class WhyFigure(FigureKind):
    """Option ``officer``, None for the force; a second case is the paired run's."""

    id = "F7"
    name = "why"
    text = "Why one officer left: what made up his perceived risk, and his tolerance."
    elsewhere = "of one run: tabletop why DIR CASE REPLICATE OFFICER"

    def recipes(self, contents: StoreContents, wanted: Wanted) -> Allowed:
        """None: a store's runs do not say which officer is meant."""
        return Allowed(left_out=[f"{self.id} is {self.elsewhere}"])

    def needs(self, recipe: Recipe) -> Needs:
        """Nothing: the run is lived again when it is drawn."""
        return Needs(runs=False)

    def make(self, recipe: Recipe, store: Store) -> Picture:
        """Live the run again, and the paired one, and draw them."""
        run = next(first for spans in recipe.replicates for first, _ in spans)
        officer = recipe.options["officer"]
        first = live_again(recipe.cases[0], run, recipe.root_seed, officer)[0]
        if len(recipe.cases) == 1:
            return picture(first)
        other = recipe.cases[1]
        parting = part(recipe.cases[0], other, run, recipe.root_seed)
        second = live_again(other, run, recipe.root_seed, officer)[0]
        what = str(parting.rows["what"].iloc[0]) if len(parting.rows) else ""
        return picture(first, draw.Pair(second, name_beside(recipe.cases[0], other), parting.day, what))


def picture(story: Story, pair: draw.Pair | None = None) -> Picture:
    """F7 of a story that was lived again, and of the paired run's."""
    cases: tuple[Case, ...] = (story.case, *([] if pair is None else [pair.story.case]))
    spans = ((story.run, story.run),)
    recipe = Recipe(FIGURE.id, cases, tuple(spans for _ in cases), story.root_seed, {"officer": story.officer})
    who = "force" if story.officer is None else f"officer-{story.officer}"
    name = FIGURE.file(run_name(story.run).replace("/", "-"), who, "" if pair is None else f"against-{cases[1].id}")
    footer = recipe.footer(" against ".join(case.label for case in cases))
    figure = draw.draw(story, footer=footer, pair=pair)
    return Picture(name, figure, draw.table(story, pair=pair), draw.alt(story, pair=pair), recipe)


def name_beside(first: Case, other: Case) -> str:
    """What tells the second case from the first, in a word where there is one."""
    if other.scenario != first.scenario:
        return other.scenario
    return other.theory if other.theory != first.theory else other.id


FIGURE = WhyFigure()
