"""Does the page hold a full room? `python experiments/page_load/run.py` serves a session, and thirty players order.

A real server, in a process of its own, of a session that has just begun; thirty browsers on its five played roles, each
with a stream of updates and a connection for all else, as its own script would have them: it reads the page again when
it is told of a change. Each orders every five seconds; some send an order twice, as one does whose answer was lost, and
some order what another has ordered otherwise. Meanwhile one more moves a lever now and then. Bounded: so many minutes,
so many orders. The page beside this file is what came out.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from importlib.metadata import PackageNotFoundError, distribution, requires
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import numpy as np
import pandas as pd
from packaging.requirements import Requirement

from experiments.study import ROOT, command, environment, options, publish, rows
from sim.cli import run
from sim.tabletop.board import Board
from sim.tabletop.session import Session

PLAYERS, EVERY, MINUTES, REST = 30, 5.0, 10.0, 12
ORDER_GOAL, TRY_GOAL, SIZE_GOAL = 0.3, 1.5, 5.0
"""Seconds for 95 of 100 orders, seconds to a thousand futures, megabytes of the extra."""
TWICE, AGAINST = 0.05, 0.05
"""Shares of orders that are sent twice, and that say otherwise what another has ordered."""
SEATS = {
    "Facilitator": "facilitator", "Government of Kenya": "kenya", "Government of Haiti": "haiti",
    "Government of the United States": "united_states", "United Nations": "united_nations",
    "Umpire (gangs, courts, press)": "umpire", "Observer": "observer", "Projector": "projector",
}  # fmt: skip
PAGE = """# Does the page hold a full room?

`{wrote}` wrote this page. {players} browsers sat on the {roles} roles of a
session, each with a stream of updates and a connection of its own for all else. Each ordered every {every:g} s for
{minutes:g} minutes, and read its page again whenever it was told of a change, as the page's script does. One order in
{twice} was sent twice, one in {against} of Kenya's contradicted another one. On loopback; server and browsers shared
the machine's {cores} cores with whatever else ran there: {load}.{ahead}

{verdict}

| what | count | median ms | 95 of 100 within ms | 99 of 100 | longest |
| --- | ---: | ---: | ---: | ---: | ---: |
{answers}

*An order* is the time from the first byte sent to the last of the answer, which comes when the line is on the disk.
*A lever moved* is `POST /do/try` to its answer: a thousand futures of what stands and a thousand with the lever, {days}
days each, of {theories} theories. At rest only the lever's are new; under the load each order changes what stands, so
that both are.

{orders}

The server took {cpu:.2f} cores on average and {memory:.0f} MiB at most. The log had {lines:,} lines at the end,
{size:.1f} MiB.

**The extra** `[table]` adds {added:.1f} MB to what is installed anyway (goal: under {size_goal:g}): {parts}.
"""


# Browsers


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> str:
        return unescape(re.sub(r"\s+", " ", re.sub(rb"<[^>]*>", b" ", self.body).decode("utf-8", "replace"))).strip()


class Connection:
    """One connection that is kept, as a browser keeps it."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.cookie = ""
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, fields: dict[str, str] | None = None, part: bool = False) -> Reply:
        """Send a request; once more where the connection had been closed meanwhile."""
        body = urlencode(fields or {}).encode() if method == "POST" else b""
        reader, _writer = await self.send(method, path, body, part)
        try:
            return await _reply(reader)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.close()
            reader, _writer = await self.send(method, path, body, part)
            return await _reply(reader)

    async def send(
        self, method: str, path: str, body: bytes = b"", part: bool = False
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self.host, self.port)
        head = [
            f"{method} {path} HTTP/1.1", f"Host: {self.host}:{self.port}", f"Origin: http://{self.host}:{self.port}",
            f"Content-Length: {len(body)}", "Content-Type: application/x-www-form-urlencoded",
            *([f"Cookie: {self.cookie}"] if self.cookie else []), *(["X-Part: 1"] if part else []),
        ]  # fmt: skip
        self._streams[1].write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        await self._streams[1].drain()
        return self._streams

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
        self._streams = None


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    fields = (line.partition(":") for line in head[1:] if line)
    return int(head[0].split(" ")[1]), {name.lower(): value.strip() for name, _colon, value in fields}


async def _reply(reader: asyncio.StreamReader) -> Reply:
    status, headers = await _head(reader)
    return Reply(status, headers, await reader.readexactly(int(headers.get("content-length", 0))))


@dataclass
class Measured:
    """What the browsers saw: seconds of each kind of request, orders that were acknowledged, and what went wrong.

    ``work`` is the server's seconds of a core for a lever moved at rest.
    """

    seconds: list[tuple[str, float]] = field(default_factory=list)
    acknowledged: dict[tuple[str, str, str], str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    unanswered: list[tuple[str, str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    work: float = 0.0

    async def timed(self, kind: str, asked: asyncio.Future[Reply] | object) -> Reply:
        began = time.perf_counter()
        reply: Reply = await asked  # type: ignore[misc]
        self.seconds.append((kind, time.perf_counter() - began))
        return reply


@dataclass
class Player:
    """One browser at a seat: what it has to order, a level and a day each."""

    role: str
    link: str
    orders: list[tuple[str, str, float]]
    line: Connection
    hears: Connection
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def sit(self) -> None:
        taken = await self.line.ask("POST", self.link)
        if taken.status != 303:
            raise RuntimeError(f"{self.role}: {taken.status} {taken.said}")
        self.line.cookie = self.hears.cookie = taken.headers["set-cookie"].partition(";")[0]

    async def listen(self, seen: Measured) -> None:
        """Hear of changes."""
        reader, _writer = await self.hears.send("GET", "/events")
        status, _headers = await _head(reader)
        if status != 200:
            seen.wrong.append(f"a stream: {status}")
        while line := await reader.readline():
            if line.startswith(b"data:"):
                self.told.set()

    async def follow(self, seen: Measured) -> None:
        """Read the page again when something changed."""
        line = Connection(self.line.host, self.line.port)
        line.cookie = self.line.cookie
        while True:
            await self.told.wait()
            self.told.clear()
            reply = await seen.timed("a page read again", line.ask("GET", "/"))
            if reply.status != 200:
                seen.wrong.append(f"a page: {reply.status} {reply.said[:80]}")

    async def decide(self, seen: Measured, until: float, every: float, luck: random.Random, taken: list) -> None:
        """Order, on and on."""
        await asyncio.sleep(luck.uniform(0, every))
        while time.monotonic() < until and self.orders:
            due = time.monotonic() + every
            level, day, value = self.orders.pop()
            against = self.role == "kenya" and taken and luck.random() < AGAINST
            if against:
                level, day, value = luck.choice(taken)
                value = 0.25 if value != 0.25 else 0.5
            await self._order(seen, level, day, value, against=bool(against), twice=luck.random() < TWICE)
            if not against and self.role == "kenya":
                taken.append((level, day, value))
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _order(self, seen: Measured, level: str, day: str, value: float, *, against: bool, twice: bool) -> None:
        fields = {f"level.{level}": f"{value:g}", "day": day, "why": f"load, {self.role}", "turn": "1"}
        what = (level, day, f"{value:g}")
        for again in range(2 if twice else 1):
            try:
                reply = await seen.timed("an order", self.line.ask("POST", "/do/order", fields, part=True))
            except (OSError, asyncio.IncompleteReadError) as fault:
                seen.unanswered.append(what)
                seen.wrong.append(f"an order: {fault!r}")
                self.line.close()
                return
            if reply.status == 200:
                line = re.search(r"\bo(\d+):", reply.said)
                named = line[1] if line else "?"
                if again and seen.acknowledged.get(what) != named:
                    seen.wrong.append(f"sent twice: {reply.said[:80]}")
                if against and not again:
                    seen.wrong.append(f"not refused: {reply.said[:80]}")
                seen.acknowledged[what] = named
            elif reply.status == 422 and "contradicts" in reply.said:
                seen.refused["contradicts an order that stands"] += 1
            else:
                seen.refused[f"{reply.status}"] += 1
                seen.wrong.append(f"an order: {reply.status} {reply.said[:120]}")


# The server


@dataclass
class Server:
    """The server's process."""

    process: subprocess.Popen[str]
    links: dict[str, str]
    host: str
    port: int

    @classmethod
    def of(cls, folder: Path) -> Server:
        process = subprocess.Popen(
            [sys.executable, "-m", "sim", "serve", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=environment(),
        )  # fmt: skip
        links = {}
        assert process.stdout is not None
        for said in process.stdout:
            title, _gap, link = said.strip().rpartition("  ")
            if title.strip() in SEATS:
                links[SEATS[title.strip()]] = link.strip()
            if said.startswith("Ctrl-C"):
                break
        where = next(iter(links.values())).removeprefix("http://").partition("/")[0]
        host, _colon, port = where.partition(":")
        paths = {seat: link.partition(where)[2] for seat, link in links.items()}
        return cls(process, paths, host, int(port))

    def connection(self) -> Connection:
        return Connection(self.host, self.port)

    @property
    def seconds(self) -> float:
        """Of a core, so far."""
        found = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(found[11]) + int(found[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> float:
        """MiB at most."""
        told = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", told)[1]) / 1024  # type: ignore[index]

    def end(self) -> str:
        self.process.send_signal(signal.SIGINT)
        try:
            _out, told = self.process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _out, told = self.process.communicate()
        return told


def shared_out(board: Board, players: int) -> list[tuple[str, list[tuple[str, str, float]]]]:
    """By player the role, and what it orders: every level and day is one player's, so that no two of them collide."""
    table, owner = board.table, dict[str, str]()
    for role in table.roles.values():
        for level in role.orders:
            owner.setdefault(level, role.id)
    count = (table.last_day - table.first_day).days
    days = [(table.first_day + timedelta(days=n)).isoformat() for n in range(1, count)]
    by_role: dict[str, list[tuple[str, str, float]]] = {}
    for level, role in owner.items():
        low, high = table.roles[role].orders[level]
        by_role.setdefault(role, []).extend((level, day, high if n % 2 else low) for n, day in enumerate(days))
    total, shares = sum(map(len, by_role.values())), dict[str, int]()
    for role, some in by_role.items():
        shares[role] = max(1, round(players * len(some) / total))
    while sum(shares.values()) != players:
        most = max(shares, key=lambda role: shares[role])
        shares[most] += 1 if sum(shares.values()) < players else -1
    return [(role, by_role[role][k :: shares[role]]) for role in by_role for k in range(shares[role])]


async def tries(server: Server, seen: Measured, kind: str, values: Sequence[int], pause: float, until: float) -> None:
    """Move a lever, now and then."""
    line = server.connection()
    taken = await line.ask("POST", server.links["kenya"])
    line.cookie = taken.headers["set-cookie"].partition(";")[0]
    for value in values:
        if time.monotonic() > until:
            break
        fields = {"level.levers.reserve": str(value), "late": "1", "turn": "1"}
        reply = await seen.timed(kind, line.ask("POST", "/do/try", fields, part=True))
        if reply.status != 200:
            seen.wrong.append(f"a try: {reply.status} {reply.said[:120]}")
        await asyncio.sleep(pause)
    line.close()


async def load(server: Server, board: Board, players: int, every: float, minutes: float) -> Measured:
    """Thirty at once."""
    seen, luck = Measured(), random.Random(1)
    await tries(server, Measured(), "warm", [999], 0, time.monotonic() + 60)
    began = server.seconds
    await tries(server, seen, "a lever moved, at rest", range(1, REST + 1), 0.5, time.monotonic() + 120)
    seen.work = (server.seconds - began) / REST
    seats = [
        Player(role, server.links[role], luck.sample(some, len(some)), server.connection(), server.connection())
        for role, some in shared_out(board, players)
    ]
    for one in seats:
        await one.sit()
        await one.line.ask("GET", "/")
    idle = [asyncio.create_task(one.listen(seen)) for one in seats]
    idle += [asyncio.create_task(one.follow(seen)) for one in seats]
    until, taken = time.monotonic() + 60 * minutes, list[tuple[str, str, float]]()
    moves = tries(server, seen, "a lever moved, under the load", range(101, 900), max(1.0, minutes * 60 / 40), until)
    await asyncio.gather(*(one.decide(seen, until, every, luck, taken) for one in seats), moves)
    await asyncio.sleep(2)
    for task in idle:
        if task.done() and not task.cancelled():
            seen.wrong.append(f"a browser gave up: {task.exception()!r}")
        task.cancel()
    await asyncio.gather(*idle, return_exceptions=True)
    for one in seats:
        one.line.close()
        one.hears.close()
    return seen


def judged(seen: Measured, board: Board) -> tuple[list[str], str]:
    """What is lost, and what became of the orders in a sentence."""
    loaded = [order for order in board.orders if order.why.startswith("load")]
    there = {(order.writes[0][0], order.day.isoformat(), f"{order.writes[0][2]:g}"): order.id[1:] for order in loaded}
    lost = [f"acknowledged and not in the log: {what}" for what, line in seen.acknowledged.items()
            if there.get(what) != line]  # fmt: skip
    untold = [what for what in there if what not in seen.acknowledged and what not in seen.unanswered]
    lost += [f"in the log and never told: {what}" for what in untold]
    if len(loaded) != len(there):
        lost.append(f"{len(loaded) - len(there)} orders stand twice")
    refused = "; ".join(f"{count} {why}" for why, count in sorted(seen.refused.items())) or "none"
    each = " and each is in the log as the line that its answer named" if not lost else ""
    told = ", and each was acknowledged" if not untold else ""
    said = (
        f"{len(seen.acknowledged):,} orders were acknowledged{each}; {len(there):,} are in the log{told}. Refused, and "
        f"told so: {refused}."
    )
    return lost, said


# What the extra adds


def closure(wanted: Sequence[str]) -> set[str]:
    """The distributions that are installed for these requirements, and for theirs."""
    found: set[str] = set()
    waiting = [Requirement(line) for line in wanted]
    while waiting:
        one = waiting.pop()
        key = re.sub(r"[-_.]+", "-", one.name).lower()
        if key in found:
            continue
        try:
            lines = requires(key) or []
        except PackageNotFoundError:
            continue
        found.add(key)
        needed = [Requirement(line) for line in lines]
        waiting += [
            other for other in needed
            if other.marker is None or any(other.marker.evaluate({"extra": e}) for e in (one.extras or {""}))
        ]  # fmt: skip
    return found


def added() -> dict[str, float]:
    """Megabytes of each distribution that the extra adds, bytecode included, the largest first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = closure(project["optional-dependencies"]["table"]) - closure(project["dependencies"])
    sizes = {}
    for name in names:
        files = {Path(str(file.locate())) for file in distribution(name).files or []}
        files |= {compiled for file in files for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc")}
        sizes[name] = sum(file.stat().st_size for file in files if file.is_file()) / 1e6
    return dict(sorted(sizes.items(), key=lambda one: -one[1]))


def summed_up(seconds: Sequence[tuple[str, float]]) -> pd.DataFrame:
    """A row a kind of request: how many, and quantiles of their milliseconds."""
    frame = pd.DataFrame(seconds, columns=["what", "seconds"])
    lines = []
    for kind, some in frame.groupby("what", sort=False)["seconds"]:
        quantiles = 1000 * np.quantile(some, [0.5, 0.95, 0.99, 1.0])
        lines.append([kind, len(some), *quantiles.round(1)])
    return pd.DataFrame(lines, columns=["what", "count", "median", "p95", "p99", "longest"])


def told(answers: pd.DataFrame) -> str:
    """The same for people."""
    lines = [[row["what"], f"{row['count']:,}", *(f"{row[name]:.0f}" for name in ("median", "p95", "p99", "longest"))]
             for row in answers.to_dict("records")]  # fmt: skip
    return "\n".join(rows(["what"] * 6, lines, right={1, 2, 3, 4, 5}).splitlines()[2:])


def main() -> None:
    """Load it, and write the page."""
    parser = options(__file__, __doc__)
    parser.add_argument("--quick", action="store_true", help="one minute instead of ten")
    parser.add_argument("--minutes", type=float, help="another number of minutes, at most 30")
    parser.add_argument("--players", type=int, default=PLAYERS, help="at most 60")
    parser.add_argument("--every", type=float, default=EVERY, help="seconds between two orders of one player")
    parser.add_argument("--page", default="README.md", help="name of the page; its table is called alike")
    asked = parser.parse_args()
    minutes = min(30.0, asked.minutes if asked.minutes is not None else 1.0 if asked.quick else MINUTES)
    players, every = min(60, asked.players), max(1.0, asked.every)
    with TemporaryDirectory() as name:
        folder = Path(name) / "table"
        if run(["table", "new", str(folder), "ensemble.root_seed=7"]) != 0:
            raise SystemExit("the session did not begin")
        board, loads = Session.read(folder).board, [os.getloadavg()[0]]
        server = Server.of(folder)
        try:
            began, used = time.monotonic(), server.seconds
            seen = asyncio.run(load(server, board, players, every, minutes))
            cpu, memory = (server.seconds - used) / (time.monotonic() - began), server.memory
            loads.append(os.getloadavg()[0])
        finally:
            faults = server.end()
        session = Session.read(folder)
        answers, (lost, orders) = summed_up(seen.seconds), judged(seen, session.board)
        size = session.log.size / 2**20
    wrong = [*lost, *seen.wrong, *(line for line in faults.splitlines() if line and "interrupted" not in line)]
    text = PAGE.format(
        wrote=command(__file__, quick=asked.quick, minutes=asked.minutes,
                      players=asked.players if asked.players != PLAYERS else None,
                      every=asked.every if asked.every != EVERY else None,
                      page=asked.page if asked.page != "README.md" else None),
        players=players, roles=len({role for role, _ in shared_out(board, players)}), every=every, minutes=minutes,
        twice=round(1 / TWICE), against=round(1 / AGAINST), cores=os.cpu_count(),
        load=f"the load average was {loads[0]:.1f} before and {loads[1]:.1f} at the end",
        ahead=f" It ran before other work there (nice {os.nice(0)})." if os.nice(0) < 0 else "",
        verdict=verdict(answers, wrong, seen.work), answers=told(answers), orders=orders,
        days=board.table.horizon_days, theories=len(board.head["theories"]), cpu=cpu, memory=memory,
        lines=len(session.board.lines), size=size, added=sum(added().values()), size_goal=SIZE_GOAL,
        parts=", ".join(f"{name} {size:.1f}" for name, size in added().items()),
    )  # fmt: skip
    table = "answers.csv" if asked.page == "README.md" else f"{Path(asked.page).stem.lower()}.csv"
    publish(asked.to, text, {table: answers}, asked.page)
    if lost:
        raise SystemExit("\n".join(lost[:20]))


def verdict(answers: pd.DataFrame, wrong: Sequence[str], work: float) -> str:
    """Each goal, and what came of it."""
    known = answers.set_index("what")

    def within(kind: str, how: str) -> float:
        return float(known.at[kind, how]) / 1000 if kind in known.index else float("nan")

    orders = within("an order", "p95")
    rest, under = (within(f"a lever moved, {when}", "median") for when in ("at rest", "under the load"))
    lines = [
        f"- No lost order and no error: {'met' if not wrong else 'missed'}.",
        f"- 95 of 100 orders within {1000 * ORDER_GOAL:.0f} ms: {met(orders, ORDER_GOAL)}.",
        f"- A lever moved shows its thousand futures in under {TRY_GOAL:g} s: at rest {met(rest, TRY_GOAL)}, under the "
        f"load {met(under, TRY_GOAL)} (medians). At rest it is {work:.2f} s of work, which two cores share.",
    ]
    if wrong:
        lines += ["", "What went wrong:", "", *(f"- {what}" for what in Counter(wrong))][:40]
    return "\n".join(lines)


def met(seconds: float, goal: float) -> str:
    """Whether, and with which number."""
    shown = f"{1000 * seconds:.0f} ms" if goal < 1 else f"{seconds:.2f} s"
    return f"{'met' if seconds < goal else 'missed'}, {shown}"


if __name__ == "__main__":
    main()
