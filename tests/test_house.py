"""The house: imports never run back up, importing does no work, and what is documented reaches the model."""

from __future__ import annotations

import ast
import json
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

import sim
from sim.model.withdrawal import THEORIES
from sim.paths import conf_folder
from sim.record import Fact, load
from sim.settings.composition import compose
from sim.settings.schema import FIXED
from tests import processes
from tests.import_graph import ImportGraph

PACKAGE = Path(sim.__file__).resolve().parent
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 600
"""Lines of a module."""

FLOORS = (
    {"_version", "arrays", "errors", "jit", "jit_records"},
    {"language"},
    {"text"},
    {"archives", "discovery", "files", "paths", "signals"},
    {"outcomes"},
    {"record", "settings"},
    {"model"},
    {"ensemble"},
    {"analysis"},
    {"figures", "mesa_model"},
    {"reports"},
    {"tabletop"},
    {"page"},
    {"api"},
    {"commands"},
    {"cli"},
    {"__main__", "__init__"},
)
"""Parts of the package from the ground up. A part may import itself and whatever lies on a lower floor."""

FLOOR = {part: number for number, parts in enumerate(FLOORS) for part in parts}
LIBRARIES: dict[str, set[str]] = {
    "archives": set(),
    "_version": set(), "arrays": {"numpy"}, "discovery": set(), "errors": set(), "files": set(), "jit": {"numpy"},
    "jit_records": {"llvmlite", "numpy"},
    "language": set(), "outcomes": {"numpy"}, "paths": set(), "signals": set(), "text": set(),
    "record": {"yaml"}, "settings": {"hydra", "omegaconf", "yaml"}, "model": {"numpy"},
    "ensemble": {"SALib", "numpy", "pandas", "pyarrow", "scipy", "dask", "distributed", "dask_jobqueue"},
}  # fmt: skip
"""The libraries that the lower floors may know; above them everything may be imported."""
COMPILED = {"jit.py", "jit_records.py", "model/elementary.py"}
"""The only files that know the compiler."""


GRAPH = ImportGraph.of(PACKAGE)
LONGEST_CHAIN, DEEPEST_ROOM = 16, 7
"""Modules in a row of which each imports the next: in the house, and inside one room of it."""
WINGS = {
    "ensemble": ("executors", "cases", "engine", "store", "design", "execution", "upkeep"),
    "analysis": ("statistics", "explain"),
    "figures": ("drawing", "provenance"),
}
"""Folders of a room from the ground up; what lies beside them in the room is above them all."""


def part_of(module: Path) -> str:
    """The part of the package that a file belongs to."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(module: Path) -> list[str]:
    """Everything that a file imports, inside functions too, by its full dotted name."""
    return [found.name for found in GRAPH.imports if GRAPH.files[found.module] == module]


def own_parts(module: Path) -> set[str]:
    """The parts of the package that a file imports."""
    names = {GRAPH.module_of(name) for name in imports(module)} - {""}
    return {"__init__" if name == "sim" else name.split(".")[1] for name in names}


def libraries(module: Path) -> set[str]:
    """The libraries that a file imports, the standard one left out."""
    return {name.partition(".")[0] for name in imports(module)} - set(sys.stdlib_module_names) - {"sim", "__future__"}


def modules(part: str) -> list[Path]:
    return [module for module in MODULES if part_of(module) == part]


def shown(module: Path) -> str:
    return module.relative_to(PACKAGE).as_posix()


def wing_of(module: str) -> int | None:
    """Place of a module's wing among those of its room; one above them all where it lies beside them."""
    _, room, *rest = [*module.split("."), ""]
    wings = WINGS.get(room)
    if wings is None or not rest:
        return None
    return wings.index(rest[0]) if rest[0] in wings else len(wings)


# Imports


def test_every_part_of_the_package_has_a_floor() -> None:
    assert {part_of(module) for module in MODULES} - FLOOR.keys() == set()


def test_imports_never_run_back_up() -> None:
    upwards = [
        f"{shown(module)} imports {other}"
        for module in MODULES
        for other in own_parts(module) - {part_of(module)}
        if FLOOR[other] >= FLOOR[part_of(module)]
    ]
    assert upwards == []


def test_no_files_import_each_other() -> None:
    assert GRAPH.circles == []


def test_inside_a_room_imports_never_run_back_up_either() -> None:
    upwards = []
    for module, others in GRAPH.edges.items():
        for other in others:
            mine, its = wing_of(module), wing_of(other)
            same_room = module.split(".")[1:2] == other.split(".")[1:2]
            if same_room and mine is not None and its is not None and its > mine:
                upwards.append(f"{module} imports {other}")
    assert upwards == []


def test_no_chain_of_imports_is_longer_than_one_can_follow() -> None:
    assert len(GRAPH.longest_chain()) <= LONGEST_CHAIN, " > ".join(GRAPH.longest_chain())


@pytest.mark.parametrize("room", sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py")))
def test_no_room_is_deeper_than_one_can_see(room: str) -> None:
    chain = GRAPH.longest_chain(f"sim.{room}")
    assert chain
    assert len(chain) <= DEEPEST_ROOM, " > ".join(chain)


def test_an_import_inside_a_function_says_why_it_is_there() -> None:
    """Verbs load what they need when they are typed, so that help answers at once; elsewhere a comment says it."""
    silent = []
    for found in GRAPH.hidden():
        path = GRAPH.files[found.module]
        if part_of(path) in ("commands", "cli", "__init__"):
            continue
        line = path.read_text(encoding="utf-8").splitlines()[found.line - 1]
        if "#" not in line:
            silent.append(f"{shown(path)}:{found.line} {line.strip()}")
    assert silent == []


def test_the_imports_of_these_files_are_seen() -> None:
    """Else the tests around this one would hold for want of anything to see."""
    assert {"errors", "paths", "settings"} <= own_parts(PACKAGE / "settings" / "conf_files.py")
    assert {"hydra", "omegaconf", "yaml"} <= libraries(PACKAGE / "settings" / "composition.py")
    assert "api" in own_parts(PACKAGE / "__init__.py")
    assert {"numpy"} == libraries(PACKAGE / "model" / "officers.py")
    assert "model" in own_parts(PACKAGE / "ensemble" / "engine" / "block.py")


@pytest.mark.parametrize("part", LIBRARIES)
def test_the_lower_floors_know_few_libraries(part: str) -> None:
    assert modules(part)
    known = {m: LIBRARIES[part] | ({"numba"} if shown(m) in COMPILED else set()) for m in modules(part)}
    assert {shown(m): libraries(m) - known[m] for m in modules(part) if libraries(m) - known[m]} == {}


def test_the_model_knows_numpy_and_no_files() -> None:
    for module in modules("model"):
        used = {name.partition(".")[0] for name in imports(module)}
        assert used.isdisjoint({"os", "pathlib", "io", "json", "random", "time", "hydra", "pandas", "mesa"}), module
        calls = [n for n in ast.walk(ast.parse(module.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        named = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
        assert named.isdisjoint({"open", "print", "input", "eval", "exec"}), module


def test_the_model_takes_no_luck_of_its_own() -> None:
    """Every draw comes by address, through the interface in ``luck``."""
    for module in modules("model"):
        tree = ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        attributes = {node.attr for node in tree if isinstance(node, ast.Attribute)}
        assert attributes.isdisjoint({"random", "default_rng", "RandomState", "seed"}), shown(module)


@pytest.mark.parametrize("library", ["mesa", "matplotlib"])
def test_what_people_look_at_stays_on_top(library: str) -> None:
    low = [m for m in MODULES if FLOOR[part_of(m)] < FLOOR["figures"]]
    assert [shown(module) for module in low if library in libraries(module)] == []


# Work


@cache
def loaded_by(module: str, then: str = "pass") -> set[str]:
    """Names of the modules that importing ``module`` loads, and what is done then, in a fresh interpreter."""
    code = f"import {module}; {then}; import json, sys; print(json.dumps(sorted(sys.modules)))"
    done = processes.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert then != "pass" or len(lines) == 1, "importing prints"
    return set(json.loads(lines[-1]))


BY_NUMBA = {"numba", "scipy", "yaml"}
HEAVY = {"numba", "numpy", "pandas", "scipy", "pyarrow", "hydra", "omegaconf", "yaml", "matplotlib", "mesa",
         "distributed", "dask", "duckdb", "polars"}  # fmt: skip


def test_importing_the_package_does_no_work() -> None:
    loaded = loaded_by("sim")
    assert "sim" in loaded
    assert loaded & HEAVY == set()
    assert {name for name in loaded if name.startswith("sim.")} == {"sim._version"}


def test_the_command_line_answers_before_anything_heavy_is_loaded() -> None:
    loaded = loaded_by("sim.cli", then="sim.cli.run(['--help'])")
    assert "click" in loaded
    assert loaded_by("sim.cli") <= loaded
    assert loaded & HEAVY == set()


def test_the_model_loads_without_hydra_pandas_mesa_or_plots() -> None:
    loaded = loaded_by("sim.model.day, sim.model.start, sim.model.withdrawal")
    assert "sim.model.day" in loaded
    assert loaded & HEAVY == {"numpy"} | BY_NUMBA
    assert not {name for name in loaded if name.startswith(("sim.ensemble", "sim.analysis", "sim.figures"))}


WRITES = {"write_text", "write_bytes", "replace", "rename", "copytree", "copy", "copy2", "copyfile", "move"}
"""What of ``Path``, ``os`` and ``shutil`` makes or changes a file."""
NOT_OURS = {"settings/conf_files.py": "fills a temporary folder", "ensemble/store/store.py": "moves a damaged part"}


def _writes(module: Path) -> bool:
    """Whether a file of the package writes files by itself."""
    for call in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            owner, name = call.func.value, call.func.attr
            of_os = isinstance(owner, ast.Name) and owner.id in ("os", "shutil")
            if name in ("write_text", "write_bytes") or (of_os and name in WRITES):
                return True
            modes = [word.value for word in call.args if isinstance(word, ast.Constant) and isinstance(word.value, str)]
            if name == "open" and any(set(mode) <= set("rwxab+t") and set(mode) & set("wxa") for mode in modes):
                return True
    return False


def test_every_file_that_is_written_is_written_whole() -> None:
    """By :mod:`sim.files`, which knows the temporary name, the flush and the rename."""
    assert {shown(module) for module in MODULES if _writes(module)} == {"files.py", *NOT_OURS}


def test_no_two_classes_share_a_name() -> None:
    """Whoever reads one in a message, or searches for it, shall land in one place."""
    homes: dict[str, list[str]] = {}
    for module in MODULES:
        for node in ast.parse(module.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(shown(module))
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}


def test_no_module_is_longer_than_one_can_hold_in_mind() -> None:
    lines = {shown(module): len(module.read_text(encoding="utf-8").splitlines()) for module in MODULES}
    assert {module: length for module, length in lines.items() if length > LONGEST} == {}


def test_every_module_says_what_it_is() -> None:
    trees = {shown(module): ast.parse(module.read_text(encoding="utf-8")) for module in MODULES}
    assert [name for name, tree in trees.items() if not ast.get_docstring(tree) and tree.body] == []


# What is documented


def documented_events() -> dict[str, dict]:
    events: dict[str, dict] = compose(["scenario=as_documented"])["scenario"]["events"]
    return events


def facts_of_settings() -> set[str]:
    rows = (*FIXED, *(row for theory in THEORIES.values() for row in theory.parameters))
    return {fact for row in rows for fact in row.facts}


def facts_of_events() -> set[str]:
    return {fact for event in documented_events().values() for fact in event["facts"]}


@pytest.mark.parametrize("use", ["initial", "timeline"])
def test_every_fact_that_starts_or_moves_the_world_reaches_a_setting_or_an_event(use: str) -> None:
    facts = load().where(use=use)  # type: ignore[arg-type]
    assert facts
    reached = facts_of_settings() | facts_of_events()
    assert [fact.id for fact in facts if fact.id not in reached] == []


def test_every_fact_of_the_timeline_is_an_event_on_its_date() -> None:
    dates: dict[str, set[str]] = {}
    for event in documented_events().values():
        for fact in event["facts"]:
            dates.setdefault(fact, set()).add(str(event["date"]))

    def happens(fact: Fact) -> bool:
        return fact.date.isoformat() in dates.get(fact.id, set())

    assert [fact.id for fact in load().where(use="timeline") if not happens(fact)] == []


def test_every_event_of_the_record_rests_on_facts_of_the_record_and_none_comes_after_it() -> None:
    record = load()
    for name, event in documented_events().items():
        assert event["facts"], name
        assert [fact for fact in event["facts"] if fact not in record] == [], name
        assert str(event["date"]) <= record.now.isoformat(), name
        assert event["text"].strip(), name


def test_the_facts_that_scenarios_name_are_in_the_record() -> None:
    record = load()
    for file in sorted((conf_folder() / "scenario").glob("*.yaml")):
        events = yaml.safe_load(file.read_text(encoding="utf-8")).get("events", {})
        for name, event in events.items():
            assert [fact for fact in event.get("facts", []) if fact not in record] == [], f"{file.name}: {name}"


def test_the_numbers_that_a_fact_gives_stand_in_conf() -> None:
    """Where a setting takes over a documented number as it is, the two are the same."""
    record, conf = load(), compose()
    assert conf["officers"]["pool"] == record["pool"].value
    assert conf["gangs"]["blocs"] == record["gang_blocs"].value
    assert conf["gangs"]["control_start"] == record["gang_control"].value
    assert conf["governments"]["police_active"] == record["police_active"].value
    assert conf["officers"]["squad_min"] == record["nomination"].value
    assert str(conf["clock"]["start"]) == record["res_2699"].date.isoformat()
    assert str(conf["clock"]["record_end"]) == record.now.isoformat()
    leavers = record["police_left_2023"].value, record["police_on_paper"].value
    assert leavers[0] is not None
    assert leavers[1] is not None
    assert conf["governments"]["police_attrition"] == pytest.approx(leavers[0] / leavers[1], abs=1e-3)
