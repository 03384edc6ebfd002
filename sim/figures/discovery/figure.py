"""F11: rules for when an outcome comes about, or one case beats another, found anew in the runs that it names."""

from __future__ import annotations

from sim.analysis.discovery import rule_text
from sim.analysis.discovery.cases_of_interest import Asked, ask, of_plain, plain
from sim.analysis.discovery.rules import Rules, find_rules
from sim.ensemble.store.store import Store
from sim.figures.discovery import draw
from sim.figures.interface import Allowed, FigureKind, Wanted
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe
from sim.figures.store_contents import StoreContents
from sim.outcomes import on_days, outcome_of


class DiscoveryFigure(FigureKind):
    """Options: what was asked (``outcome`` with ``sign`` and ``value``, or with ``names``), and ``step`` of a path."""

    id = "F11"
    name = "discovery"
    text = "In which worlds an outcome comes about: limits on what was drawn, and how much they tell."
    elsewhere = "of what was asked: tabletop discover"

    def recipes(self, contents: StoreContents, wanted: Wanted) -> Allowed:
        """None: a store's runs do not say what is asked of them."""
        return Allowed(left_out=[f"{self.id} is {self.elsewhere}"])

    def make(self, recipe: Recipe, store: Store) -> Picture:
        """Find the rules anew in the recipe's runs, and draw them."""
        asked, step = of_plain(recipe.options), recipe.options["step"]
        runs = recipe.among(store.runs(cases=[case.id for case in recipe.cases]))
        told = ask(asked, recipe.cases, runs)
        found = find_rules(told.inputs, told.cases, told.worlds, amount=told.amount,
                           step=None if step is None else int(step))  # fmt: skip
        return picture(recipe, asked, found)


def options_of(asked: Asked, step: int | None) -> dict[str, object]:
    """The options of a recipe."""
    return {**plain(asked), "step": step}


def picture(recipe: Recipe, asked: Asked, rules: Rules) -> Picture:
    """F11 of rules that have been found; ValueError where there is none."""
    if not rules.rules:
        raise ValueError(f"no rule: {rules.ended}")
    case, step = recipe.cases[0], recipe.options["step"]
    label = on_days(outcome_of(asked.outcome).label, case.values)
    title = rule_text.title(rules, asked, case)
    said = f"{asked.text} ({label})"
    footer = recipe.footer(" against ".join(one.label for one in recipe.cases))
    figure = draw.draw(rules, title=title, asked=said, units=rule_text.units_of(case), noun=rule_text.noun_of(asked),
                       footer=footer)  # fmt: skip
    alt = draw.alt(rules, title=title, sentences=" ".join(rule_text.sentences(rules, asked, case)))
    name = FIGURE.file("" if step is None else f"box-{step}")
    return Picture(name, figure, draw.table(rules), alt, recipe, {"path": draw.paths(rules)})


FIGURE = DiscoveryFigure()
