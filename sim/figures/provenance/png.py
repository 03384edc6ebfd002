"""Writing a figure: a PNG that carries its provenance, and the CSV of its data beside it."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Mapping
from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib.figure import Figure
from PIL.PngImagePlugin import PngInfo

from sim.errors import UserMistake
from sim.figures.drawing.style import DPI, context

_LONG = 1000  # letters
_LEVEL = 4  # of PNG: a tenth larger than the usual 6, in half of the time
REQUIRED = ("case", "seeds", "version", "command")


def save(
    figure: Figure,
    path: Path | str,
    *,
    data: pd.DataFrame,
    metadata: Mapping[str, str],
    alt: str,
    beside: Mapping[str, pd.DataFrame] | None = None,
    dpi: int = DPI,
) -> tuple[Path, Path]:
    """Write ``path`` (PNG) and the CSV of the same stem, and return both paths.

    Each file appears whole or not at all: it is written under a temporary name in the same folder, then
    renamed. The folder is made where it is missing.

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
    dpi
        Resolution, at least 150.

    Raises
    ------
    UserMistake
        The path does not end in ``.png``, or cannot be written.
    ValueError
        Metadata are incomplete, or the resolution is below 150.
    """
    missing = [key for key in REQUIRED if not metadata.get(key)]
    if missing:
        raise ValueError(f"metadata lack {', '.join(missing)}: a figure says where it comes from")
    if dpi < 150:
        raise ValueError(f"dpi={dpi}: at least 150")
    target = Path(path)
    if target.suffix.lower() != ".png":
        raise UserMistake("out", path, "cannot write figure: the name must end in .png")
    text = {"Title": " ".join(figure.get_suptitle().split()), **metadata, "Description": alt}
    table = target.with_suffix(".csv")
    tables = {table: data}
    tables |= {target.with_name(f"{target.stem}-{ending}.csv"): frame for ending, frame in (beside or {}).items()}
    drafts = {file: file.with_name(f".{file.name}.{uuid.uuid4().hex}.tmp") for file in (*tables, target)}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for file, frame in tables.items():
            frame.to_csv(drafts[file], index=False, lineterminator="\n", encoding="utf-8")
        with context():
            figure.savefig(
                drafts[target], format="png", dpi=dpi, pil_kwargs={"pnginfo": _chunks(text), "compress_level": _LEVEL}
            )
        for file, draft in drafts.items():
            os.replace(draft, file)
    except OSError as error:
        raise UserMistake("out", path, f"cannot write figure: {error.strerror or error}") from error
    finally:
        for draft in drafts.values():
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
    return target, table


def _chunks(text: Mapping[str, str]) -> PngInfo:
    """Text chunks of a PNG; long ones are packed."""
    chunks = PngInfo()
    for key, value in {"Software": f"Matplotlib {matplotlib.__version__}", **text}.items():
        chunks.add_itxt(key, value, zip=len(value) > _LONG)
    return chunks
