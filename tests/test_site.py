"""The pages as a site: built without a warning, from what lies here, and nothing in it is fetched from elsewhere."""

from __future__ import annotations

import importlib.util
import os
import re
import sys

import pytest

from tests import processes
from tests.links import ROOT, slug, slugs

pytest.importorskip("mkdocs", reason="the extra [docs]")
pytest.importorskip("mkdocstrings_handlers.python", reason="the extra [docs]")


@pytest.fixture(scope="module")
def gathered():
    """The file that gathers the pages, as MkDocs loads it."""
    spec = importlib.util.spec_from_file_location("site_pages", ROOT / "docs" / "site_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_it_is_built_without_a_warning_and_fetches_nothing(tmp_path):
    words = ["build", "--strict", "-f", str(ROOT / "docs" / "mkdocs.yml"), "-d", str(tmp_path / "site")]
    done = processes.run([sys.executable, "-m", "mkdocs", *words], capture_output=True, text=True, env={**os.environ})
    assert done.returncode == 0, done.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert {"index.html", "docs/ODD/index.html", "experiments/ANSWER/index.html", "API/index.html"} <= {
        page.relative_to(tmp_path / "site").as_posix() for page in pages
    }
    assert (tmp_path / "site" / "sim" / "model" / "day.py").is_file()  # what a page links is there
    for page in pages:
        text = page.read_text("utf-8")
        assert (
            re.findall(r"<(?:script|img|iframe)[^>]*src=\"(?:https?:)?//|<link[^>]*href=\"(?:https?:)?//", text) == []
        )
    for sheet in (tmp_path / "site").rglob("*.css"):
        assert not re.search(r"@import|url\(['\"]?(?:https?:)?//", sheet.read_text("utf-8")), sheet
    reference = (tmp_path / "site" / "API" / "index.html").read_text("utf-8")
    assert 'id="sim.api.compare"' in reference
    assert "Whether every other outcome that the runs have is compared, too." in reference


def test_anchors_are_those_of_github(gathered):
    for heading in ("7.17 Outcomes", "Eight factors", "What an expert would object to", "`tabletop brief`: é"):
        assert gathered.slug(heading) == slug(heading)
    assert slugs("# Eight factors") == {gathered.slug("Eight factors")}


def test_a_link_to_a_folder_leads_to_its_page_or_is_words(gathered):
    class Page:
        class file:  # noqa: N801
            src_uri = "docs/X.md"

    changed = gathered.on_page_markdown("[a](../seeds/) [b](../tests/model) [c](ODD.md#x)", Page)
    assert changed == "[a](../seeds/README.md) b [c](ODD.md#x)"


def test_lists_are_those_of_github(gathered):
    page = "Text\n- one\n  more\n- two\n\n1. a\n   b\n```\n  code\n```\n   ```text\n   x\n   ```"
    wanted = "Text\n\n- one\n    more\n- two\n\n1. a\n    b\n```\n  code\n```\n    ```text\n    x\n    ```"
    assert "\n".join(gathered._lists(page.split("\n"))) == wanted
