"""Writing a figure: a PNG that carries its provenance, and the CSV of its data beside it."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from sim.errors import UserMistake
from sim.figures.drawing.style import DPI, context
from sim.files import commit_all

_LONG = 1000  # letters
_LEVEL = 3  # of PNG: hardly larger than the usual 6, in two thirds of the time
_FOR_PEOPLE = ("Title", "Description")
REQUIRED = ("case", "seeds", "version", "command")


def save(
    figure: Figure,
    path: Path | str,
    *,
    data: pd.DataFrame,
    metadata: Mapping[str, str],
    alt: str,
    beside: Mapping[str, pd.DataFrame] | None = None,
) -> tuple[Path, Path]:
    """Write ``path`` (PNG) and the CSV of the same stem, and return both paths.

    Each file appears whole or not at all (:mod:`sim.files`). The folder is made where it is missing.

    Parameters
    ----------
    data
        What the figure shows, written without its index.
    metadata
        PNG text chunks; ``case``, ``seeds``, ``version`` and ``command`` must be there. ``Title`` (the
        figure's title) and ``Description`` (the alt text) are added.
    alt
        Alt text.
    beside
        Further tables by what is put behind the stem.

    Raises
    ------
    UserMistake
        The path does not end in ``.png``, or cannot be written.
    ValueError
        Metadata are incomplete.
    """
    target = Path(path)
    if target.suffix.lower() != ".png":
        raise UserMistake("out", path, "cannot write figure: the name must end in .png")
    files = packed(figure, target.stem, data=data, metadata=metadata, alt=alt, beside=beside)
    table = target.with_suffix(".csv")
    named = {target if name.endswith(".png") else target.with_name(name): content for name, content in files.items()}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        commit_all(named)
    except OSError as error:
        raise UserMistake("out", path, f"cannot write figure: {error.strerror or error}") from error
    return target, table


def packed(
    figure: Figure,
    stem: str,
    *,
    data: pd.DataFrame,
    metadata: Mapping[str, str],
    alt: str,
    beside: Mapping[str, pd.DataFrame] | None = None,
) -> dict[str, bytes]:
    """The files that :func:`save` writes, by name, tables first; raises ValueError as it does."""
    missing = [key for key in REQUIRED if not metadata.get(key)]
    if missing:
        raise ValueError(f"metadata lack {', '.join(missing)}: a figure says where it comes from")
    text = {"Title": " ".join(figure.get_suptitle().split()), **metadata, "Description": alt}
    tables = {f"{stem}.csv": data}
    tables |= {f"{stem}-{ending}.csv": frame for ending, frame in (beside or {}).items()}
    files = {name: frame.to_csv(index=False, lineterminator="\n").encode() for name, frame in tables.items()}
    pixels = BytesIO()
    _drawn(figure).save(pixels, "PNG", dpi=(DPI, DPI), pnginfo=_chunks(text), compress_level=_LEVEL)
    return {**files, f"{stem}.png": pixels.getvalue()}


def _drawn(figure: Figure) -> Image.Image:
    """The figure's pixels; its page is opaque, and a fourth byte for each would take its time to pack and to read."""
    pixels, before = BytesIO(), figure.dpi
    with context():
        figure.set_dpi(DPI)
        figure.savefig(pixels, format="rgba", dpi=DPI)
        # Matplotlib's own count: inches times dots may lie a hair below a whole number, and its versions round or cut.
        width, height = figure.canvas.get_width_height()
        figure.set_dpi(before)
    return Image.frombuffer("RGBA", (width, height), pixels.getvalue(), "raw", "RGBA", 0, 1).convert("RGB")


def _chunks(text: Mapping[str, str]) -> PngInfo:
    """Text chunks of a PNG: words for people as international text, everything else in ASCII, packed where it is long.

    The commonest tools drop international text when they save a picture again, some of it or all; plain text they keep.
    """
    chunks = PngInfo()
    for key, value in {"Software": f"Matplotlib {matplotlib.__version__}", **text}.items():
        if key in _FOR_PEOPLE:
            chunks.add_itxt(key, value)
        else:
            chunks.add_text(key, _ascii(value), zip=len(value) > _LONG)
    return chunks


def _ascii(value: str) -> str:
    return value.replace("\N{EN DASH}", "-").encode("ascii", "backslashreplace").decode("ascii")
