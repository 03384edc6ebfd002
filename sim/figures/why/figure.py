"""The picture of one run: why an officer left, or the force, alone or beside a paired run (F7)."""

from __future__ import annotations

from sim.analysis.explain.divergence import part
from sim.analysis.explain.exit_story import live_again
from sim.analysis.explain.story import Story
from sim.ensemble.cases.case import Case
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe
from sim.figures.why import draw as why


def why_picture(story: Story, pair: why.Pair | None = None) -> Picture:
    """F7 of a story that was lived again, and of the paired run's."""
    cases: tuple[Case, ...] = (story.case, *([] if pair is None else [pair.story.case]))
    spans = ((story.replicate, story.replicate),)
    recipe = Recipe("F7", cases, tuple(spans for _ in cases), story.root_seed, {"officer": story.officer})
    who = "force" if story.officer is None else f"officer-{story.officer}"
    name = f"F7-why-{story.replicate}-{who}{'' if pair is None else f'-against-{cases[1].id}'}"
    footer = recipe.footer(" against ".join(case.label for case in cases))
    figure = why.draw(story, footer=footer, pair=pair)
    return Picture(name, figure, why.table(story, pair=pair), why.alt(story, pair=pair), recipe)


def live(recipe: Recipe) -> Picture:
    """F7 from its recipe: the run is lived again; options: ``officer``, None for the force."""
    replicate = next(first for spans in recipe.replicates for first, _ in spans)
    officer = recipe.options["officer"]
    first = live_again(recipe.cases[0], replicate, recipe.root_seed, officer)[0]
    if len(recipe.cases) == 1:
        return why_picture(first)
    other = recipe.cases[1]
    parting = part(recipe.cases[0], other, replicate, recipe.root_seed)
    second = live_again(other, replicate, recipe.root_seed, officer)[0]
    what = str(parting.rows["what"].iloc[0]) if len(parting.rows) else ""
    return why_picture(first, why.Pair(second, name_beside(recipe.cases[0], other), parting.day, what))


def name_beside(first: Case, other: Case) -> str:
    """What tells the second case from the first, in a word where there is one."""
    if other.scenario != first.scenario:
        return other.scenario
    return other.theory if other.theory != first.theory else other.id
