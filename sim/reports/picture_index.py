"""All pictures of a store on one page: small copies with their findings, words and commands, each leading to its file.

The page is one file without script or network. What stands in a picture may be somebody else's, so it is shown as text,
and a file that is no picture of reasonable size is left out.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote

from PIL import Image, UnidentifiedImageError

from sim.ensemble.store.store import Store
from sim.reports.whole_files import write_whole

NAME = "index.html"
_WIDTH, _COLOURS = 420, 48
_LARGEST = 40_000_000
"""Pixels of a picture that is still opened."""
_LONGEST = 4000
"""Letters of a picture's words that are shown."""
_KEPT = re.compile(r'<img data-of="([0-9a-z./|%_~=+,-]+)" alt="" src="data:image/png;base64,([A-Za-z0-9+/=]+)">', re.I)
_STYLE = """
body { font: 10.5pt/1.4 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: #1a1a1a; background: #fff;
       max-width: 75em; margin: 1.5em auto; padding: 0 1em }
h1 { font-size: 1.4em } h2 { font-size: 1.1em; margin: 1.6em 0 .4em; border-bottom: 1px solid #ccc }
figure { display: flex; gap: 1.2em; margin: 0 0 1.4em; flex-wrap: wrap }
img { max-width: 420px; border: 1px solid #ddd }
figcaption { flex: 1 1 20em } figcaption p { margin: .2em 0 } .finding { font-weight: bold }
code { font-size: .9em; overflow-wrap: anywhere }
"""


@dataclass(frozen=True)
class _Shown:
    """A picture on the page: its file below the page's folder, what it says of itself, and its small copy."""

    place: str
    mark: str
    text: Mapping[str, str]
    small: str


def write(store: Store) -> Path | None:
    """Write the page over all pictures of a store, and return its path; None where there is no picture.

    Raises
    ------
    UserMistake
        It cannot be written.
    """
    folder = store.folder / "figures"
    page = folder / NAME
    shown = list(_pictures(folder, _kept(page)))
    return write_whole(page, _html(store.folder.name, shown)) if shown else None


def _kept(page: Path) -> dict[str, str]:
    """Small copies of the page that is there, by file, size and time, so that each picture is made small once."""
    try:
        return dict(_KEPT.findall(page.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError):
        return {}


def _pictures(folder: Path, kept: Mapping[str, str]) -> Iterator[_Shown]:
    for path in sorted(folder.glob("*/*.png")):
        if path.name.startswith(".") or path.is_symlink() or path.parent.is_symlink():
            continue
        place = path.relative_to(folder).as_posix()
        try:
            told = path.stat()
            with Image.open(path) as image:
                if image.width * image.height > _LARGEST or image.format != "PNG":
                    continue
                mark = f"{quote(place)}|{told.st_size}|{told.st_mtime_ns}"
                small = kept.get(mark)
                if small is None:
                    small = _reduced(image)
                image.load()
                text = {key: str(value)[:_LONGEST] for key, value in getattr(image, "text", {}).items()}
        except (OSError, UnidentifiedImageError, ValueError, SyntaxError, Image.DecompressionBombError):
            continue
        yield _Shown(place, mark, text, small)


def _reduced(image: Image.Image) -> str:
    small = image.convert("RGB")
    small.thumbnail((_WIDTH, 4 * _WIDTH), reducing_gap=1.0)
    buffer = io.BytesIO()
    small.quantize(_COLOURS, dither=Image.Dither.NONE).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _html(name: str, shown: list[_Shown]) -> str:
    parts = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Pictures of {escape(name)}</title><style>{_STYLE}</style></head>\n<body>",
        f"<h1>Pictures of {escape(name)}</h1>",
        "<p>Each leads to its file; its data lie beside it as CSV.",
        "Exploratory, not a forecast, not for operational use.</p>",
    ]
    last = ""
    for one in shown:
        folder = one.place.partition("/")[0]
        if folder != last:
            parts.append(f"<h2>{escape(folder)}</h2>")
            last = folder
        parts.append(_figure(one))
    return "\n".join([*parts, "</body></html>\n"])


def _figure(one: _Shown) -> str:
    address = quote(one.place)
    said = [f'<p class="finding">{escape(one.text.get("Title", one.place))}</p>']
    said += [f"<p>{escape(one.text[key])}</p>" for key in ("Description",) if one.text.get(key)]
    said += [f"<p><code>{escape(one.text['command'])}</code></p>"] if one.text.get("command") else []
    files = f'<a href="{address}">{escape(one.place)}</a>, <a href="{quote(one.place[:-4])}.csv">data</a>'
    small = f'<img data-of="{one.mark}" alt="" src="data:image/png;base64,{one.small}">'
    return f'<figure><a href="{address}">{small}</a><figcaption>{"".join(said)}<p>{files}</p></figcaption></figure>'
