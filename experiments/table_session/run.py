"""Is anything lost when a table is killed? `python experiments/table_session/run.py` plays a session, and kills it.

script.txt is a session of six turns, four roles, three options and two undos, as it is typed. It is played in peace;
then again and again with SIGKILL at random moments, after each of which whoever types looks at what is there and types
on. Whatever a command had acknowledged must be in the log, and the last evening must be the same, bit for bit. The page
beside this file is what came out; report/ holds the papers of the session in peace.
"""

from __future__ import annotations

import hashlib
import json
import random
import shlex
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import Any

import pandas as pd

from experiments.study import command, environment, options, publish
from sim.reports.markdown import markdown
from sim.tabletop.board import Board
from sim.tabletop.session import Session

HERE = Path(__file__).parent
DRIVER = """
import sys
from sim.cli import run
for line in sys.stdin:
    code = run(eval(line))
    print(f"\\n@ {code}", flush=True)
"""
"""A shell of its own: one command a line, and after each its exit code."""
LONGEST = 12.0
"""Seconds of a life at most."""
PAGE = """# Is anything lost when a table is killed?

`{wrote}` wrote this page. [script.txt](script.txt) is a session of {turns}
turns, {roles} roles, {branches} options and {undos} undos: {commands} commands, {lines} lines of the log,
{size:.0f} KiB without the cache. It was played in peace, and then with SIGKILL to the process at a random moment,
{kills} times over {sessions} sessions; after each, the session was read, what was not there was typed again, and play
went on.

{table}

*Found* says where the log stood: the command in flight had written nothing, all, or some of its lines (a branch and its
order are two); *torn*, that the last line was not whole, and was set aside by the next command.

{verdict}

The papers of the session are in [report/](report/after_action.md): the after-action report and the sheet of decisions.
"""


def typed() -> list[list[str]]:
    """The commands of the script."""
    lines = (HERE / "script.txt").read_text(encoding="utf-8").splitlines()
    return [shlex.split(line) for line in lines if line.strip() and not line.startswith("#")]


class Shell:
    """A process that runs commands one by one, until it is killed."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=environment(),
        )  # fmt: skip

    def type(self, words: list[str]) -> int | None:
        """The exit code of a command; None where the process died before it answered."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(f"{words!r}\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            return None
        for line in self.process.stdout:
            if line.startswith("@ "):
                return int(line[2:])
        return None

    def kill_now(self) -> None:
        """End it as a power cut would."""
        self.process.kill()

    def kill(self) -> None:
        """The same, and wait until it is gone."""
        self.process.kill()
        self.process.communicate()


def words_of(line: list[str], folder: Path) -> list[str]:
    return ["table", *(str(folder) if word == "DIR" else word for word in line), *_FLAGS.get(line[0], [])]


_FLAGS = {"compare": ["--no-figures"]}


def came(board: Board) -> dict[str, Any]:
    """What came of a session, as plain values: all that another session must come to as well."""
    return {
        "turns": [[dict(row) for row in turn.days] for turn in board.turns],
        "levels": [turn.summary["levels"] for turn in board.turns],
        "model": [sorted(map(json.dumps, turn.summary["model"].values())) for turn in board.turns],
        "options": [turn.summary["options"] for turn in board.turns],
        "orders": sorted([o.role, o.day.isoformat(), o.text, o.why] for o in board.orders),
        "forecasts": sorted([f.role, f.measure, f.by.isoformat()] for f in board.forecasts),
        "notes": [line.data["text"] for line in board.of_kind("note")],
        "closed": board.is_over,
    }


def digest(board: Board) -> str:
    return hashlib.sha256(json.dumps(came(board), sort_keys=True).encode()).hexdigest()[:16]


def lines_in(folder: Path) -> int:
    """Acknowledged lines of a session; none where there is none yet."""
    path = folder / "session.jsonl"
    if not path.exists() or not path.read_bytes().count(b"\n"):
        return 0
    return len(Session.read(folder).log.entries)


def in_peace(folder: Path) -> list[int]:
    """Play the script; the lines of the log after each command."""
    shell, counts = Shell(), []
    for line in typed():
        code = shell.type(words_of(line, folder))
        if code:
            assert shell.process.stderr is not None
            shell.kill()
            raise RuntimeError(f"{shlex.join(line)}: exit code {code}")
        counts.append(lines_in(folder))
    shell.kill()
    return counts


def type_on(shell: Shell, folder: Path, line: list[str], written: int, usual: int) -> int | None:
    """Type what is missing of a command that was killed after so many of its usual lines."""
    if written >= usual and usual:
        return 0
    if line[0] == "branch" and written:
        rest = [word for word in line[3:] if not word.startswith("text=")]
        return shell.type(words_of(["order", "DIR", *rest, f"branch={line[2]}"], folder))
    if line[0] in ("new", "advance") and written:
        return 0  # what is scripted for empty roles is given before the next turn is played
    return shell.type(words_of(line, folder))


def killed(folder: Path, counts: list[int], moment: random.Random, kills: int) -> tuple[int, Counter[str]]:
    """Play the script with so many deaths at most; how many there were, and how the log stood after each."""
    script, usual = typed(), [now - before for before, now in zip([0, *counts], counts, strict=False)]
    at, done, found = 0, 0, Counter[str]()
    shell, dies = Shell(), time.monotonic() + moment.uniform(0.5, LONGEST)
    before = 0
    partly = 0
    while at < len(script):
        answered = _until(shell, folder, script[at], partly, usual[at], dies if done < kills else None)
        if answered == 0:
            before, at, partly = lines_in(folder), at + 1, 0
            continue
        if answered is not None:
            raise RuntimeError(f"{shlex.join(script[at])}: exit code {answered}")
        done += 1
        now = lines_in(folder)
        assert now >= before, "an acknowledged line is gone"
        partly = now - before
        torn = bool(now and Session.read(folder).log.torn)
        stood = "nothing" if not partly else "all" if partly >= usual[at] else "some"
        found["torn" if torn else stood] += 1
        shell, dies = Shell(), time.monotonic() + moment.uniform(0.5, LONGEST)
    shell.kill()
    return done, found


def _until(shell: Shell, folder: Path, line: list[str], written: int, usual: int, dies: float | None) -> int | None:
    """A command's exit code, or None where the shell is killed first, at its moment."""
    if dies is None:
        return type_on(shell, folder, line, written, usual)
    timer = Timer(max(dies - time.monotonic(), 0), shell.kill_now)
    timer.start()
    try:
        return type_on(shell, folder, line, written, usual)
    finally:
        timer.cancel()


def main() -> None:
    parser = options(__file__, __doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--most", type=int, default=12, help="deaths of one session at most")
    asked = parser.parse_args()
    with TemporaryDirectory() as place:
        peace = Path(place) / "peace"
        counts = in_peace(peace)
        board = Session.read(peace).board
        wanted = digest(board)
        rows = [{"session": "in peace", "killed": 0, **_row(Counter()), "lines": counts[-1], "digest": wanted}]
        print(rows[0], flush=True)
        total, number = 0, 0
        while total < asked.kills:
            number += 1
            folder = Path(place) / f"killed-{number}"
            deaths, found = killed(folder, counts, random.Random(number), min(asked.most, asked.kills - total))
            total += deaths
            board_now = Session.read(folder).board
            rows.append({"session": str(number), "killed": deaths, **_row(found), "lines": len(board_now.lines),
                         "digest": digest(board_now)})  # fmt: skip
            print(rows[-1], flush=True)
            shutil.rmtree(folder)
        _papers(peace, asked.to / "report")
        size = (peace / "session.jsonl").stat().st_size / 1024
    frame = pd.DataFrame(rows)
    same = frame["digest"].nunique() == 1
    verdict = f"All {len(frame)} sessions come to the same: one digest." if same else "**Not all come to the same.**"
    page = PAGE.format(
        wrote=command(__file__, kills=asked.kills), turns=len(board.turns),
        roles=len({order.role for order in board.orders}),
        branches=len(board.options),
        undos=sum(line.kind == "undo" for line in board.lines), commands=len(typed()), lines=counts[-1], size=size,
        kills=total, sessions=number, table=markdown(frame), verdict=verdict,
    )  # fmt: skip
    publish(asked.to, page, {"sessions.csv": frame})
    sys.exit(not same)


def _row(found: Counter[str]) -> dict[str, int]:
    return {f"found {name}" if name != "torn" else name: found[name] for name in ("nothing", "some", "all", "torn")}


def _papers(folder: Path, to: Path) -> None:
    """The papers of a session, for whoever reads this page."""
    from sim.tabletop.papers.report import write

    shutil.rmtree(to, ignore_errors=True)
    write(to, Session.read(folder).board)


if __name__ == "__main__":
    main()
