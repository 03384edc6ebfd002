"""The tabulator completes groups, files, settings and values."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from sim.commands.completion import _joined
from sim.settings.completion import complete
from tests import processes


@pytest.mark.parametrize(
    ("word", "before", "found"),
    [
        ("scenario=us", [], ["scenario=us_troops"]),
        ("theory=breach,pro", [], ["theory=breach,prospects"]),
        ("theory.sl", ["theory=breach"], ["theory.slips="]),
        ("media.report_p", ["theory=breach,prospects"], ["media.report_probability="]),
        ("hydra", [], []),
        ("theory.sl", ["theory=nothing"], []),
    ],
)
def test_a_word_becomes_what_hydra_knows(word: str, before: list[str], found: list[str]) -> None:
    assert complete(word, before) == found


def test_what_bash_splits_at_the_sign_is_one_word_again() -> None:
    assert _joined(["tabletop", "run", "theory", "=", "bre", "a", "="]) == ["tabletop", "run", "theory=bre", "a="]


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_completes_a_setting_of_the_command(tmp_path: Path) -> None:
    tabletop = Path(sys.executable).with_name("tabletop")
    if not tabletop.exists():
        pytest.skip("the command is not installed")
    script = (
        'eval "$(_TABLETOP_COMPLETE=bash_source tabletop)"\n'
        "COMP_WORDS=(tabletop sweep scenario = us); COMP_CWORD=4\n"
        '_tabletop_completion tabletop; echo "${COMPREPLY[@]}"\n'
    )
    environment = os.environ | {"PATH": f"{tabletop.parent}{os.pathsep}{os.environ['PATH']}"}
    done = processes.run(["bash", "-c", script], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == "us_troops"
