"""``tabletop init``: a folder of one's own settings, whole or with the one file that differs."""

from __future__ import annotations

from sim.cli import run as tabletop
from tests.worlds import SMALL as WORLD

SMALL = [*WORLD, "ensemble.replicates=6"]


def test_init_copies_and_never_overwrites(capsys, tmp_path, error_line):
    assert tabletop(["init", "mine"]) == 0
    (tmp_path / "mine" / "gangs" / "default.yaml").write_text("blocs: 5\n")
    assert tabletop(["init", "mine"]) == 2
    capsys.readouterr()
    assert tabletop(["run", "--config-path", "mine", *SMALL]) == 2
    assert "gangs." in error_line()


def test_a_folder_with_one_changed_file_is_enough(tmp_path):
    (tmp_path / "mine" / "scenario").mkdir(parents=True)
    (tmp_path / "mine" / "scenario" / "quiet.yaml").write_text(
        "defaults: [no_surge, _self_]\nname: quiet\nevents:\n  new_challenge: {happens: false}\n"
    )
    assert tabletop(["run", "--config-path", "mine", "scenario=quiet", *SMALL, "--no-figures"]) == 0
