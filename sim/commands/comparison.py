"""What is compared for a page or a bundle: as for ``tabletop compare``, and nothing of it is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.analysis.comparison import Compared


def compared(
    what: tuple[str, ...],
    outcomes: tuple[str, ...],
    baseline: str | None,
    only: tuple[str, ...],
    config_path: Path | None,
    typed: list[str],
) -> tuple[Compared, int]:
    """The comparison of these words, what is missing run, and how many runs failed; nothing of it is shown."""
    from sim.api import compare
    from sim.commands.screen import name_failure, progress, say_faults
    from sim.errors import UserMistake

    comparison = compare(
        *what,
        outcomes=tuple(dict.fromkeys(outcomes)) or None,
        baseline=baseline,
        only=only,
        config_path=config_path,
        progress=progress,
        failed=name_failure(),
        command=typed,
    )
    if comparison.report:
        say_faults(comparison.report)
    if not any(one.pairs for one in comparison.comparisons):
        raise UserMistake("brief", None, f"no good run to compare: {len(comparison.runs):,} runs, none pairs")
    return comparison, len(comparison.report.failures) if comparison.report else 0
