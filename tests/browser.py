"""A real browser, and axe-core in it: what pages are looked at with. Nothing leaves the machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NoReturn

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.processes import run

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
AXE, AXE_VERSION = "AXE", "4.14.1"
"""The variable that names axe.min.js where it is on the machine; else npm fetches this version of axe-core."""
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
"""Tags of the rules that make up WCAG 2.2 AA."""


def left_out(why: str) -> NoReturn:
    """Leave a test out that lacks what it needs; where everything must hold (CI=true) it fails instead."""
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine; without one the test is left out."""
    if not CHROMIUM.exists():
        left_out(f"no browser at {CHROMIUM}; CHROMIUM names another")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA, a line a rule with the places."""
    page.evaluate(axe())
    found: list[dict[str, Any]] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}}).then(result => result.violations)", WCAG
    )
    return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in found]


@cache
def axe() -> str:
    """The text of axe-core; without it, and without npm, the test is left out."""
    named = os.environ.get(AXE)
    if named:
        return Path(named).read_text(encoding="utf-8")
    if not (npm := shutil.which("npm")):
        left_out(f"no axe-core: {AXE} names an axe.min.js, or npm fetches one")
    folder = Path(mkdtemp(prefix="axe-core-"))
    try:
        command = [npm, "install", "--no-save", "--no-audit", "--no-fund", "--prefix", os.fspath(folder),
                   f"axe-core@{AXE_VERSION}"]  # fmt: skip
        done = run(command, capture_output=True, text=True, timeout=300)
        if done.returncode:
            left_out(f"npm gives no axe-core {AXE_VERSION}: {done.stderr.strip()[-200:]}")
        return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
