"""What a bundle says of itself to machines: RO-Crate 1.1, a file of JSON-LD that names each file and what made it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from sim._version import __version__
from sim.model import MODEL_VERSION

NAME = "ro-crate-metadata.json"
_SPECIFICATION = "https://w3id.org/ro/crate/1.1"
_LICENCE = "https://spdx.org/licenses/MIT"
_PROGRAM, _MADE, _AUTHORS = "#haiti-tabletop", "#made", "#developers"
_FORMATS = {
    "csv": "text/csv", "html": "text/html", "json": "application/json", "md": "text/markdown", "png": "image/png",
    "txt": "text/plain", "yaml": "application/yaml",
}  # fmt: skip
TEXTS = {
    "settings/cases.csv": "Every setting of each case",
    "runs/runs.csv": "One row a run, with its outcomes",
    "posterior/posterior.json": "The worlds that lived the record, by theory",
    "bundle.json": "Versions, command and digests",
    "manifest-sha256.txt": "SHA-256 of every other file",
    "README.md": "What this is, how it is checked, how it is made again",
    "docs/ODD.md": "The model in full, after the ODD protocol",
    "docs/CREDIBILITY.md": "How far the model can be trusted, and what for",
}
"""What files are whose name does not say it."""


def metadata(members: Mapping[str, bytes], title: str, description: str, dated: date) -> bytes:
    """The metadata of a crate that holds these files and itself.

    Parameters
    ----------
    members
        Content of the other files, by path.
    dated
        The day that is given as that of publication.

    Examples
    --------
    >>> told = json.loads(metadata({"runs/runs.csv": b"case"}, "Title", "What it is", date(2026, 11, 30)))
    >>> [thing["@id"] for thing in told["@graph"]][:3]
    ['ro-crate-metadata.json', './', 'runs/runs.csv']
    """
    files = [_file(name, members[name]) for name in sorted(members)]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "description": description,
        "datePublished": dated.isoformat(),
        "license": {"@id": _LICENCE},
        "author": {"@id": _AUTHORS},
        "hasPart": [{"@id": file["@id"]} for file in files],
        "mentions": [{"@id": _MADE}],
    }
    about = {
        "@id": NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": _SPECIFICATION},
        "about": {"@id": "./"},
    }
    given = [name for name in members if name.startswith(("record/", "settings/", "posterior/"))]
    made = {
        "@id": _MADE,
        "@type": "CreateAction",
        "name": "The runs, and what was drawn and told of them",
        "instrument": {"@id": _PROGRAM},
        "object": [{"@id": name} for name in sorted(given)],
        "result": [{"@id": name} for name in sorted(members) if name.startswith(("runs/", "figures/", "comparison/"))],
    }
    program = {
        "@id": _PROGRAM,
        "@type": "SoftwareApplication",
        "name": "haiti-tabletop",
        "version": __version__,
        "softwareVersion": f"{__version__}, model {MODEL_VERSION}",
        "license": {"@id": _LICENCE},
    }
    authors = {"@id": _AUTHORS, "@type": "Organization", "name": "the haiti-tabletop developers"}
    licence = {"@id": _LICENCE, "@type": "CreativeWork", "name": "MIT License", "identifier": "MIT"}
    graph = [about, root, *files, made, program, authors, licence]
    told = {"@context": f"{_SPECIFICATION}/context", "@graph": graph}
    return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()


def _file(name: str, content: bytes) -> dict[str, object]:
    ending = name.rpartition(".")[2]
    return {
        "@id": name,
        "@type": "File",
        "name": TEXTS.get(name, name.rpartition("/")[2]),
        "contentSize": str(len(content)),
        "encodingFormat": _FORMATS.get(ending, "application/octet-stream"),
    }
