"""F9 from a bank: what its file of results says; the bank's runs are not read again."""

from __future__ import annotations

from dataclasses import replace

from sim import text as words
from sim.analysis.calibration.results import FILE, CalibrationResults
from sim.ensemble.store.store import Store
from sim.errors import StoreDamaged
from sim.figures.calibration import draw
from sim.figures.drawing.layout import Footer
from sim.figures.interface import Allowed, FigureKind, Needs, Wanted
from sim.figures.provenance.picture import Picture
from sim.figures.provenance.recipe import Recipe
from sim.figures.store_contents import StoreContents
from sim.model.withdrawal import THEORIES

FOLDER = "calibration"
"""Of its pictures in the store's folder of figures."""


class CalibrationFigure(FigureKind):
    """Option ``results``, as :meth:`sim.analysis.calibration.results.CalibrationResults.content` gives them.

    So a picture carries what it is drawn from, and is made again without its bank, whose runs may be a million.
    """

    id = "F9"
    name = "calibration"
    text = "What the record tells: each unknown before and after it, and how compatible each theory is with it."
    uses = ()
    reads_runs = False

    def recipes(self, contents: StoreContents, wanted: Wanted) -> Allowed:
        """One where the store's folder holds the results of a calibration, which a bank's does."""
        path = contents.store.folder / FILE
        if not path.exists():
            return Allowed(left_out=["F9: needs the results of a calibration (tabletop calibrate)"])
        results = CalibrationResults.load(path)
        bank, store = results.bank, contents.store
        if (bank.model_version, bank.record) != (store.model_version, store.record):
            return Allowed(left_out=[f"F9: {FILE} is of model version {bank.model_version} and record {bank.record}"])
        held = set(contents.rows["case"])
        cases = {theory: id for theory, id in bank.cases.items() if id in held}
        if wanted.cases:
            results = of_theories(results, set(cases))
        if results.of("shift").empty and results.of("compatibility").empty:
            lacking = "these cases are none of the bank's" if wanted.cases else "the calibration has no results yet"
            return Allowed(left_out=[f"F9: {lacking}"])
        spans = tuple(((0, bank.draws[theory] - 1),) for theory in cases)
        recipe = replace(recipe_of(results), cases=tuple(map(contents.case, cases.values())), replicates=spans)
        return Allowed([(FOLDER, recipe)])

    def needs(self, recipe: Recipe) -> Needs:
        """No runs: the picture carries what they came to."""
        return Needs(runs=False)

    def make(self, recipe: Recipe, store: Store) -> Picture:
        """Draw the results that the recipe carries; the store is not looked at."""
        results = CalibrationResults.of_content(recipe.options["results"])
        named = {name: theory.number for name, theory in THEORIES.items() if name in results.theories}
        figure = draw.draw(results, theories=named, footer=_footer(results, recipe))
        table = draw.table(results, theories=named)
        return Picture(self.file(), figure, table, draw.alt(results, theories=named), recipe)


def recipe_of(results: CalibrationResults) -> Recipe:
    """A recipe of these results alone, without the bank's cases.

    Raises
    ------
    StoreDamaged
        They hold what no result can be, such as an infinite number.
    """
    try:
        shown = CalibrationResults(results.bank, shift=results.shift, compatibility=results.compatibility)
        content = shown.content()
    except ValueError as fault:
        raise StoreDamaged(f"{FILE}: {fault}") from fault
    return Recipe(FIGURE.id, root_seed=results.bank.root_seed, options={"results": content})


def of_theories(results: CalibrationResults, theories: set[str]) -> CalibrationResults:
    """The same of some theories only, as far as F9 draws them."""
    bank = results.bank
    bank = replace(bank, draws={name: count for name, count in bank.draws.items() if name in theories},
                   kept={name: count for name, count in bank.kept.items() if name in theories},
                   cases={name: id for name, id in bank.cases.items() if name in theories})  # fmt: skip
    shift, rates = results.of("shift"), results.of("compatibility")
    return CalibrationResults(bank, shift=shift[shift["theory"].isin(theories)],
                              compatibility=rates[rates["theory"].isin(theories)])  # fmt: skip


def _footer(results: CalibrationResults, recipe: Recipe) -> Footer:
    bank = results.bank
    last = max(bank.draws.values(), default=1) - 1
    label = f"bank of {words.several(len(bank.draws), 'theory', 'theories')}, patterns {bank.patterns}"
    return Footer(sum(bank.draws.values()), f"{bank.root_seed}, worlds 0–{last}", recipe.origin.version, label)


FIGURE = CalibrationFigure()
