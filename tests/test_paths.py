"""Where ``conf/`` and ``seeds/`` are found: in a checkout, in a wheel, and beside somebody else's folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim import paths
from sim.errors import TabletopError

OURS = '[project]\nname = "haiti-tabletop"\n'


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """An empty package folder, with nothing beside it."""
    folder = tmp_path / "sim"
    folder.mkdir()
    return folder


def checkout(package: Path, pyproject: str = OURS) -> Path:
    """Put a ``conf`` and a ``pyproject.toml`` beside the package."""
    (package.parent / "pyproject.toml").write_text(pyproject, encoding="utf-8")
    return beside(package)


def beside(package: Path) -> Path:
    folder = package.parent / "conf"
    folder.mkdir()
    return folder


def inside(package: Path) -> Path:
    folder = package / "conf"
    folder.mkdir()
    return folder


def test_both_folders_are_found_wherever_the_package_under_test_comes_from() -> None:
    assert paths.conf_folder().is_dir()
    assert (paths.seeds_folder() / "record.yaml").is_file()


def test_a_checkout_comes_before_the_copy_in_the_package(package: Path) -> None:
    inside(package)
    ours = checkout(package)
    assert paths._folder("conf", package) == ours


def test_a_wheel_uses_its_own_copy(package: Path) -> None:
    copy = inside(package)
    assert paths._folder("conf", package) == copy


def test_findings_are_those_of_the_checkout_or_the_wheels_own_copy(package: Path) -> None:
    with pytest.raises(TabletopError, match=r"findings\.yaml is missing"):
        paths._findings(package)
    copy = package / "findings.yaml"
    copy.touch()
    assert paths._findings(package) == copy
    checkout(package)
    assert paths._findings(package) == copy
    ours = package.parent / "experiments" / "findings.yaml"
    ours.parent.mkdir()
    ours.touch()
    assert paths._findings(package) == ours


def test_a_folder_beside_an_installed_package_is_not_taken_for_ours(package: Path) -> None:
    beside(package)
    copy = inside(package)
    assert paths._folder("conf", package) == copy


@pytest.mark.parametrize(
    "pyproject",
    ['[project]\nname = "another"\n', "[tool.ruff]\n", 'project = "haiti-tabletop"\n', "not toml"],
    ids=["another name", "no name", "no table", "no TOML"],
)
def test_a_folder_in_a_checkout_of_something_else_is_not_taken_for_ours(package: Path, pyproject: str) -> None:
    checkout(package, pyproject)
    copy = inside(package)
    assert paths._folder("conf", package) == copy


def test_a_checkout_without_the_folder_falls_back_on_the_copy(package: Path) -> None:
    checkout(package).rmdir()
    copy = inside(package)
    assert paths._folder("conf", package) == copy


def test_a_missing_folder_is_a_fault_of_ours_that_says_where_we_looked(package: Path) -> None:
    beside(package)
    with pytest.raises(TabletopError) as caught:
        paths._folder("conf", package)
    assert caught.value.exit_code == 1
    assert str(package / "conf") in str(caught.value)
    assert str(package.parent / "conf") in str(caught.value)
    assert "\n" not in str(caught.value)
