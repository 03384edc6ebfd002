"""A table that is served by a process of its own, as ``tabletop serve`` does."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

import sim
from tests.processes import PIPE, Popen, end

ROOT = Path(sim.__file__).resolve().parents[1]
NAMES = {
    "Facilitator": "facilitator", "Government of Kenya": "kenya", "Government of Haiti": "haiti",
    "Government of the United States": "united_states", "United Nations": "united_nations",
    "Umpire (gangs, courts, press)": "umpire", "Observer": "observer", "Projector": "projector",
}  # fmt: skip


class RealServer:
    """One process of ``tabletop serve``."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.process = Popen(
            [sys.executable, "-m", "sim", "serve", str(folder), *words], stdout=PIPE, stderr=PIPE, text=True,
            cwd=folder.parent, env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True,
        )  # fmt: skip
        self.links: dict[str, str] = {}
        self.said: list[str] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            title, _gap, link = line.strip().rpartition("  ")
            if title.strip() in NAMES:
                self.links[NAMES[title.strip()]] = link.strip()
            if line.startswith("Ctrl-C"):
                break
        self.url = next(iter(self.links.values())).partition("/seat/")[0] if self.links else ""

    def sit(self, seat: str, cookies: httpx.Cookies | None = None) -> httpx.Client:
        """A browser on a seat; with ``cookies`` one that has taken it before."""
        client = httpx.Client(base_url=self.url, headers={"origin": self.url}, timeout=30, cookies=cookies)
        if cookies is None:
            assert client.post(self.links[seat]).status_code == 303
        return client

    def end(self, how: signal.Signals = signal.SIGINT, patience: float = 20) -> tuple[int, str]:
        """Its exit code, and what it said of faults."""
        self.process.send_signal(how)
        _out, told = self.process.communicate(timeout=patience)
        return self.process.returncode, told


@contextmanager
def served(folder: Path, *words: str) -> Iterator[RealServer]:
    """A server that is ended whatever happens."""
    server = RealServer(folder, *words)
    try:
        yield server
    finally:
        end(server.process)


class Listener(threading.Thread):
    """A page that listens to what it is told of changes."""

    def __init__(self, client: httpx.Client) -> None:
        super().__init__(daemon=True)
        self.client = client
        self.told: list[dict[str, object]] = []
        self.opened, self.ended = threading.Event(), threading.Event()

    def run(self) -> None:
        try:
            with self.client.stream("GET", "/events", timeout=60) as answer:
                self.status, self.kind = answer.status_code, answer.headers["content-type"]
                for line in answer.iter_lines():
                    if line.startswith("data: "):
                        self.told.append(json.loads(line.removeprefix("data: ")))
                        self.opened.set()
        except httpx.HTTPError:
            pass
        self.ended.set()
