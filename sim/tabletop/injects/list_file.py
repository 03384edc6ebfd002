"""A master scenario events list in a file: YAML, CSV, a workbook or CEXF, by how the file's name ends."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from sim.errors import NoEffect, UserMistake, one_line
from sim.paths import conf_folder
from sim.reports.whole_files import write_whole
from sim.tabletop.injects.cexf_file import cexf_of, not_in_cexf, read_cexf
from sim.tabletop.injects.csv_file import csv_of, read_csv
from sim.tabletop.injects.inject import Draft, MasterList, Read, draft_of
from sim.tabletop.injects.rules import before_the_start, checked
from sim.tabletop.injects.yaml_file import read_yaml, yaml_of

_ENDINGS = ".yaml, .csv, .xlsx or .json (CEXF)"


def read(path: Path | str, roles: Sequence[str], first_day: date | None = None) -> Read:
    """Read a list strictly.

    Parameters
    ----------
    path
        The file; what it is, its name's ending tells: ``.yaml``, ``.yml``, ``.csv``, ``.xlsx``, or ``.json`` for CEXF.
    roles
        Who is played; an inject goes to one of them, to ``umpire`` or to ``all``.
    first_day
        Of the session, if it is known: what is dated before it is a mistake.

    Returns
    -------
    The list, and in a sentence each what the file says and the list does not.

    Raises
    ------
    UserMistake
        In one line with file and line (sheet and row of a workbook, JSON pointer of CEXF), key, value and what would be
        right, for the first thing that is wrong; :func:`mistakes_of` gives all of them.

    Examples
    --------
    >>> practice = read(list_path("practice"), ["kenya", "haiti", "united_states", "united_nations"])
    >>> len(practice.list.injects), practice.unmapped
    (4, ())
    """
    found, mistakes, unmapped = _read(Path(path), roles, first_day)
    if mistakes:
        raise mistakes[0]
    return Read(found, unmapped)


def read_list(path: Path | str, roles: Sequence[str], first_day: date | None = None) -> MasterList:
    """The list of :func:`read`, which it raises as well; what is not read of the file is warned of.

    Parameters
    ----------
    path, roles, first_day
        As of :func:`read`.

    Examples
    --------
    >>> practice = read_list(list_path("practice"), ["kenya", "haiti", "united_states", "united_nations"])
    >>> practice.title
    'Practice'
    """
    found = read(path, roles, first_day)
    for sentence in found.unmapped:
        warnings.warn(NoEffect(one_line(f"{path}: {sentence}")), stacklevel=2)
    return found.list


def mistakes_of(path: Path | str, roles: Sequence[str], first_day: date | None = None) -> tuple[UserMistake, ...]:
    """Everything that is wrong with a file, inject by inject, and one mistake for each circle of chains.

    Parameters
    ----------
    path, roles, first_day
        As of :func:`read`.

    Returns
    -------
    In the file's order; empty where the list is sound.
    """
    try:
        return _read(Path(path), roles, first_day)[1]
    except UserMistake as mistake:
        return (mistake,)


def check_list(injects: MasterList, roles: Sequence[str], first_day: date | None = None) -> tuple[UserMistake, ...]:
    """What is wrong with a list, wherever it comes from; where it was read from a file, mistakes name their place.

    Parameters
    ----------
    injects
        The list.
    roles, first_day
        As of :func:`read`.
    """
    mistakes = checked(draft_of(injects), roles)[1]
    return mistakes + (before_the_start(injects, first_day) if first_day is not None else ())


def write_list(injects: MasterList, path: Path | str) -> tuple[str, ...]:
    """Write a list, whole or not at all, so that reading gives the same list again.

    Parameters
    ----------
    injects
        The list.
    path
        The file; its name's ending tells what it becomes, as of :func:`read`.

    Returns
    -------
    In a sentence each, what the format has no field for: nothing but for CEXF.

    Raises
    ------
    UserMistake
        The list is none (:func:`check_list`), the ending is unknown, or the file cannot be written.
    """
    file = Path(path)
    kind = _kind(file)
    roles = sorted({one.to for one in injects.injects})
    again, mistakes = checked(draft_of(injects), roles)
    if mistakes:
        raise mistakes[0]
    if again != injects:
        _refuse(injects, again)
    if kind == "xlsx":
        from sim.tabletop.injects.workbook_file import write_xlsx  # its libraries are slow to load

        write_xlsx(injects, file)
    else:
        write_whole(file, {"yaml": yaml_of, "csv": csv_of, "json": cexf_of}[kind](injects))
    return not_in_cexf(injects) if kind == "json" else ()


def packaged_lists() -> Mapping[str, Path]:
    """The lists that come with the package, by name."""
    return {file.stem: file for file in sorted((conf_folder() / "table" / "injects").glob("*.yaml"))}


def list_path(name: Path | str) -> Path:
    """The file of a list: a packaged one by its name, any other by its path.

    Parameters
    ----------
    name
        ``practice``, or ``my-lists/first.csv``.

    Raises
    ------
    UserMistake
        There is neither.
    """
    packaged = packaged_lists()
    if str(name) in packaged:
        return packaged[str(name)]
    if Path(name).is_file():
        return Path(name)
    near = get_close_matches(str(name), packaged, n=1, cutoff=0.6)
    right = f"near it: {near[0]}" if near else f"packaged are {', '.join(packaged)}"
    raise UserMistake("injects", name, f"neither a file nor a list of the package; {right}")


def _read(
    path: Path, roles: Sequence[str], first_day: date | None
) -> tuple[MasterList, tuple[UserMistake, ...], tuple[str, ...]]:
    draft = _draft(path)
    found, mistakes = checked(draft, roles)
    if first_day is not None:
        mistakes += before_the_start(found, first_day)
    return found, mistakes, draft.unmapped


def _draft(path: Path) -> Draft:
    kind = _kind(path)
    if path.is_dir():
        raise UserMistake("injects", path, "is a folder, and a list is a file")
    if kind == "xlsx":
        from sim.tabletop.injects.workbook_file import read_xlsx  # its libraries are slow to load

        return read_xlsx(path)
    return {"yaml": read_yaml, "csv": read_csv, "json": read_cexf}[kind](path)


def _kind(path: Path) -> str:
    kind = path.suffix.lower().removeprefix(".")
    kind = "yaml" if kind == "yml" else kind
    if kind not in ("yaml", "csv", "xlsx", "json"):
        raise UserMistake("injects", path, f"a list of injects is a file that ends in {_ENDINGS}")
    return kind


def _refuse(injects: MasterList, again: MasterList) -> None:
    """A list that was made in Python as no file could say it."""
    for one, other in zip(injects.injects, again.injects, strict=True):
        if one != other:
            right = "no file says it so: texts have no blanks around them, what is set comes before what is added, "
            raise UserMistake(f"injects.{one.id}", None, right + "and levels of one group stand together, each once")
    raise UserMistake("injects", None, "no file says title, story or objectives so: texts have no blanks around them")
