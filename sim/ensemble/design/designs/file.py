"""The cases of a CSV file, or single runs of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sim.ensemble.design.designs.interface import CaseList, Listing
from sim.errors import UserMistake
from sim.settings.variants import instance, optional, setting

RIGHT = "a CSV file with a column for each setting, or one of case ids"


@dataclass(frozen=True)
class File(Listing):
    """The rows of a CSV file.

    Attributes
    ----------
    path
        The file (:mod:`sim.ensemble.design.case_csv` says what may stand in it).
    store
        Folder of the store that ids of cases are looked up in; None: the one that is added to.
    """

    name: ClassVar[str] = "file"
    text: ClassVar[str] = "the cases of a CSV file, or single runs of them"

    path: str | None = setting(None, optional(instance(str, RIGHT)))
    store: str | None = setting(None, optional(instance(str, "the folder of a store")))

    def check(self) -> None:
        """Raise UserMistake where no file is named."""
        if not (self.path or "").strip():
            raise UserMistake("design.path", self.path, RIGHT)

    def cases(self, out: str | None) -> CaseList:
        """The rows, in the file's order."""
        from sim.ensemble.design.case_csv import read_list  # which rests on this package, and may be imported first

        return read_list(str(self.path), self.store or out)


DESIGN = File
