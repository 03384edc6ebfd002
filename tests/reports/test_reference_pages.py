"""The pages of docs/ agree with the program: generated pages are fresh, and names exist."""

from __future__ import annotations

import ast
import re
from datetime import date
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from sim import outcomes
from sim.ensemble.cases.priors import priors_of
from sim.ensemble.cases.unknown_draws import draw_unknowns, prior_quantiles
from sim.ensemble.engine.addressed_draws import AddressedDraws, squad_layout
from sim.errors import UserMistake
from sim.model.events import MEASURES, TARGETS
from sim.model.luck import Purpose
from sim.model.philox import philox
from sim.model.state import Phase, Stage, State
from sim.model.withdrawal import THEORIES
from sim.reports import reference_pages as tables
from sim.reports import registers
from sim.reports.registers import all_parameters
from tests.links import LINK, links, without_blocks

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
ODD = (DOCS / "ODD.md").read_text(encoding="utf-8")
PAGES = sorted(DOCS.glob("*.md"))

SYMBOLS = "7.1 Symbols and the settings they stand for"
SYMBOL = re.compile(r"(?:0x[0-9A-F]+|\d+e-?\d+)|([^\W\d_]\w*×?)")
FUNCTIONS = {"hi", "lo", "min", "max", "clip", "floor", "round", "sqrt", "exp", "ln", "log1p", "poisson", "σ", "U", "Z"}
WORDS = FUNCTIONS | {"if", "else", "and", "or", "xor", "mod", "Σ_j", "Σ_k", "Σ_m", "i", "j", "k", "m", "q", "y", "v"}
IN_WORDS = {
    "in_theatre", "held", "mark", "fate", "scale", "leader", "squad", "force", "leader_out", "wait", "waiting",
    "i₁", "t", "c₀", "c₁", "c₂", "c₃", "k₀", "k₁",
}  # fmt: skip
"""What equations use and the text around them explains."""


def linked_names() -> dict[str, str]:
    """``module.function`` to the file it is linked to."""
    named = {text.strip("`"): target for text, target in links(ODD) if text.startswith("`")}
    return {name: target for name, target in named.items() if target.endswith(".py")}


def module_of(path: Path) -> ModuleType:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))


def rows_under(heading: str) -> list[list[str]]:
    """Cells of the tables of one section of ODD.md."""
    section = re.split(r"^#+ ", ODD.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def codes(text: str) -> set[str]:
    """What is set as code, indices cut off."""
    return {found.partition("[")[0] for found in re.findall(r"`([^`\n]+)`", without_blocks(text))}


def equations() -> list[str]:
    """Lines of the blocks that are marked as text, comments cut off."""
    blocks = re.findall(r"^ *```text\n(.*?)^ *```", ODD, flags=re.DOTALL | re.MULTILINE)
    return [line.partition("#")[0] for block in blocks for line in block.splitlines()]


def symbols() -> dict[str, str]:
    """Symbol to setting, as section 7.1 maps them."""
    rows = rows_under(SYMBOLS)
    pairs = [pair for row in rows for pair in (row[:2], row[2:4])]
    return {symbol.strip("`"): codes(setting).pop() for symbol, setting in pairs if codes(symbol) and codes(setting)}


@pytest.mark.parametrize("name", tables.PAGES)
def test_a_generated_page_is_what_the_registers_say_now(name: str) -> None:
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == tables.PAGES[name](), f"docs/{name} is stale: run python -m sim.reports.reference_pages"


def test_the_pages_are_written_into_the_folder_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "PAGES", {"OUTCOMES.md": tables.outcomes})
    assert tables.main([str(tmp_path)]) == 0
    assert (tmp_path / "OUTCOMES.md").read_text(encoding="utf-8") == tables.outcomes()


def test_no_setting_is_left_out_of_its_page() -> None:
    page = codes((DOCS / "PARAMETERS.md").read_text(encoding="utf-8"))
    assert {p.key for p in all_parameters()} <= page


def test_a_missing_folder_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UserMistake, match="no such folder"):
        tables.write(tmp_path / "nowhere")
    assert tables.main([str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_every_table_row_has_the_columns_of_its_head() -> None:
    for page in PAGES:
        width = 0
        for line in page.read_text(encoding="utf-8").splitlines():
            cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
            assert not (width and cells) or cells == width, f"{page.name}: {line}"
            width = cells


def test_every_name_that_is_linked_is_in_the_file_it_links_to() -> None:
    for name, target in linked_names().items():
        module = module_of((DOCS / target).resolve())
        stem, *rest = name.split(".")
        assert stem == module.__name__.rpartition(".")[2], f"{name} is linked to {target}"
        found: Any = module
        for part in rest:
            assert hasattr(found, part), f"{name}: {target} has no {part}"
            found = getattr(found, part)


def test_every_public_function_of_the_model_is_linked() -> None:
    helpers = {"layout.Layout.to_officers", "withdrawal.discover"}
    linked = linked_names()
    for path in (ROOT / "sim" / "model").rglob("*.py"):
        stem = path.parent.name if path.stem == "__init__" else path.stem
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                name = f"{stem}.{node.name}"
                assert name in linked or name in helpers, f"docs/ODD.md does not link {name}"
    hazards = {
        f"{type(theory).__module__.rpartition('.')[2]}.{type(theory).__name__}.hazard" for theory in THEORIES.values()
    }
    assert hazards <= linked.keys()


def test_every_purpose_of_a_draw_has_its_row_and_number() -> None:
    rows = {row[1].strip("`"): int(row[0]) for row in rows_under("7.3 Draws") if row[0].isdigit()}
    assert rows == {purpose.name: purpose.value for purpose in Purpose}


def test_every_setting_is_named_in_the_protocol() -> None:
    missing = {p.key for p in all_parameters()} - codes(ODD)
    assert not missing, f"docs/ODD.md names no {sorted(missing)}"


def test_every_symbol_stands_for_a_setting_that_exists() -> None:
    known = {p.key for p in all_parameters()}
    assert set(symbols().values()) <= known
    section = " ".join(cell for row in rows_under(SYMBOLS) for cell in row)
    of_theories = re.findall(r"`(theory\.\w+)` \(([^)]+)\)", section)
    said = {(key, number) for key, numbers in of_theories for number in numbers.split(", ")}
    assert said == {(p.key, theory.number) for theory in THEORIES.values() for p in theory.parameters}


def test_every_symbol_of_an_equation_is_a_setting_a_state_or_given_by_an_equation() -> None:
    lines = equations()
    given = {word for line in lines for word in SYMBOL.findall(re.split(r"[=←]", line)[0]) if re.search(r"[=←]", line)}
    states = codes(" ".join(row[0] for row in rows_under("2.2 State variables")))
    assert codes(ODD) >= IN_WORDS
    members = {name for members in (Purpose, Stage, Phase) for name in members.__members__}
    known = WORDS | given | states | IN_WORDS | symbols().keys() | members
    for line in lines:
        unknown = {word for word in SYMBOL.findall(line) if word} - known
        assert not unknown, f"{sorted(unknown)} in: {line}"


def test_every_state_variable_is_in_the_table() -> None:
    named = codes(" ".join(row[0] for row in rows_under("2.2 State variables")))
    assert set(State.__dataclass_fields__) - {"traits"} <= named


def test_every_target_and_measure_of_events_is_named() -> None:
    assert set(TARGETS) | set(MEASURES) <= codes(ODD)


def test_every_outcome_and_series_is_defined() -> None:
    named = codes(ODD.partition("### 7.16")[2].partition("### 7.18")[0])
    assert {o.name for o in (*outcomes.OUTCOMES, *outcomes.SERIES)} <= named


def test_the_constants_have_the_values_that_the_page_gives() -> None:
    checked = 0
    for first, value, _ in rows_under("7.2 Constants"):
        found = LINK.search(first)
        if found and re.fullmatch(r"[\d.]+", value):
            assert getattr(module_of((DOCS / found[2]).resolve()), found[1].strip("`").partition(".")[2]) == float(
                value
            )
            checked += 1
    assert checked >= 10


def test_the_draws_are_those_that_the_page_gives() -> None:
    rows = [row[1] for row in rows_under("7.3 Draws") if len(row) == 2][2:]
    words, uniform, normal, daily, attack, parting, sizes, unknown = rows
    luck = AddressedDraws(20240307, [0, 3, 7])
    assert words.split() == [f"{int(word):08x}" for word in philox((0, 0, 0, 0), (0, 0))]
    assert float(uniform) == luck.uniform(Purpose.BASELINE, 6)[5, 0]
    assert float(normal.replace("−", "-")) == pytest.approx(luck.normal(Purpose.BASELINE, 6)[5, 0], abs=1e-13)
    assert float(daily) == luck.daily(Purpose.ATTACKS, 23, date(2024, 2, 29).toordinal())[6, 1]
    drawn = luck.marks(np.array([2]), date(2024, 3, 4).toordinal(), np.array([1]), np.array([2]))
    assert [float(word) for word in attack.split(", ")] == [float(values[0]) for values in drawn]
    drawn = luck.partings(np.array([5]), date(2024, 3, 4).toordinal(), np.array([2]))
    assert [float(word) for word in parting.split(", ")] == [float(values[0]) for values in drawn]
    key, seven = "gangs.branching_ratio", np.array([7])
    assert priors_of("breach")[key].plain() == [0.37, 0.5, "uniform"]
    first, value = map(float, unknown.split(", "))
    own = {key: priors_of("breach")[key]}
    assert first == prior_quantiles(own, "breach", 20240307, seven)[key][0]
    assert value == draw_unknowns(own, "breach", 20240307, seven, {})[key][0]
    assert [int(word) for word in sizes.split()] == squad_layout(20240307, [0], 400, 3, 12).sizes[:10, 0].tolist()


def test_the_glossary_explains_every_lever_and_every_theory() -> None:
    glossary = (DOCS / "GLOSSARY.md").read_text(encoding="utf-8")
    assert {p.key for p in all_parameters() if p.role == "lever"} <= codes(glossary)
    assert set(THEORIES) <= codes(glossary)


def test_no_number_of_the_registers_has_an_exponent() -> None:
    rows = registers.parameter_rows()
    for column in ("value", "bounds", "prior"):
        assert not rows[column].str.contains(r"\de[+-]?\d", regex=True).any(), column
    assert dict(zip(rows["setting"], rows["bounds"], strict=True))["officers.pool"] == "1 to 10000000"
