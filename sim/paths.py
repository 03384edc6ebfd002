"""Where the plain text is: ``conf/`` (what is assumed), ``seeds/`` (what is documented), ``docs/``, and the findings.

A checkout keeps them beside the package, a wheel carries a copy inside it (of ``docs/`` the pages that travel with
results). The checkout comes first, so that
an edit counts at once. It is known by its ``pyproject.toml``: a ``conf`` that merely lies beside an installed
package belongs to somebody else.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from sim.errors import TabletopError

DISTRIBUTION = "haiti-tabletop"


@cache
def conf_folder() -> Path:
    """Return the folder of the packaged settings; :class:`TabletopError` where there is none."""
    return _folder("conf", package=Path(__file__).resolve().parent)


@cache
def seeds_folder() -> Path:
    """Return the folder of the documented record; :class:`TabletopError` where there is none."""
    return _folder("seeds", package=Path(__file__).resolve().parent)


@cache
def docs_folder() -> Path:
    """Return the folder of the pages that travel with results; :class:`TabletopError` where there is none."""
    return _folder("docs", package=Path(__file__).resolve().parent)


@cache
def experiments_folder() -> Path | None:
    """Return the folder of the studies; None where the package does not run from a checkout, which alone has them."""
    root = Path(__file__).resolve().parent.parent
    return root / "experiments" if _is_our_checkout(root) and (root / "experiments").is_dir() else None


@cache
def findings_file() -> Path:
    """Return the file of findings, experiments/findings.yaml; :class:`TabletopError` where there is none."""
    return _findings(package=Path(__file__).resolve().parent)


def _findings(package: Path) -> Path:
    beside, inside = package.parent / "experiments" / "findings.yaml", package / "findings.yaml"
    if beside.is_file() and _is_our_checkout(package.parent):
        return beside
    if inside.is_file():
        return inside
    raise TabletopError(f"findings.yaml is missing, neither {beside} nor {inside}; install {DISTRIBUTION} again")


def _folder(name: str, package: Path) -> Path:
    beside, inside = package.parent / name, package / name
    if beside.is_dir() and _is_our_checkout(package.parent):
        return beside
    if inside.is_dir():
        return inside
    raise TabletopError(
        f"the folder {name}/ is missing: neither {beside} in a checkout of {DISTRIBUTION} nor {inside}; "
        f"install {DISTRIBUTION} again"
    )


def _is_our_checkout(root: Path) -> bool:
    try:
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8")).get("project")
    except (OSError, ValueError):  # no such file, not UTF-8, or not TOML
        return False
    return isinstance(project, dict) and project.get("name") == DISTRIBUTION
