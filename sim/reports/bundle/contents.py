"""What goes into a bundle, file by file; the same runs, settings, record and versions give the same bytes."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import pandas as pd

from sim import text as words
from sim._version import __date__, __version__
from sim.ensemble.cases.case import Case
from sim.ensemble.cases.posterior import load_posterior, packaged_posterior
from sim.ensemble.cases.unknowns import POSTERIOR
from sim.ensemble.store.store import Store
from sim.errors import StoreDamaged, UserMistake
from sim.figures.catalog import Wanted, of_contents
from sim.figures.provenance.recipe import versions
from sim.figures.render import make
from sim.figures.store_contents import StoreContents
from sim.model import MODEL_VERSION
from sim.paths import docs_folder, seeds_folder
from sim.record import load as load_record
from sim.reports.bundle import research_object, tables
from sim.reports.bundle.names import ABOUT, CASES, FORMAT, KEPT, MANIFEST, RUNS
from sim.reports.reference_pages import PAGES
from sim.text import CAUTION

TRAVELLING = ("ODD.md", "CREDIBILITY.md")
"""Pages of docs/ that every bundle has, beside those that are made from the registers."""
README = """# {title}

{count} of an exploratory agent-based model of officers who step out of a voluntary deployment. {caution}

| file | what |
| --- | --- |
| `comparison/` | the two-page briefing, and every number behind it (where cases were compared) |
| `figures/` | pictures, each with its data as CSV; `tabletop reproduce FIGURE.png` makes one again from itself |
| `runs/runs.csv` | one row a run; columns: `docs/DATA.md` |
| `settings/cases.csv` | every setting of each case |
| `record/` | the documented facts, with their sources |
| `posterior/` | the list of worlds that lived the record (where runs are of such worlds) |
| `docs/` | the model in full (`ODD.md`), how far it can be trusted (`CREDIBILITY.md`), settings, outcomes, columns |
| `bundle.json` | versions, command, digests |
| `ro-crate-metadata.json` | the same for machines (RO-Crate 1.1) |
| `manifest-sha256.txt` | SHA-256 of every other file |

Made by `{command}` with haiti-tabletop {version}, model {model}, record {record}.

**Checked** by `tabletop verify BUNDLE.zip`: every digest, and a sample of runs lived again, bit for bit. Unpacked,
`sha256sum -c manifest-sha256.txt` checks the files.

**Made again**: `tabletop sweep design=file design.path=settings/cases.csv ensemble.replicates={replicates}` lives these
runs again (of the same model version, bit for bit; the digest in `bundle.json` is what `tabletop status` says), and the
command above makes this file: with the same versions the same bytes. Dates in the archive are the format's first, and
the day of publication is that of the version unless another was given ({dated}), so that no clock is in it.
"""


@dataclass(frozen=True)
class Bundled:
    """What was put together.

    Attributes
    ----------
    members
        Content of every file, by path.
    left_out
        In a line each, what there is not.
    """

    members: Mapping[str, bytes]
    left_out: tuple[str, ...] = ()


def contents(
    cases: pd.DataFrame,
    runs: pd.DataFrame,
    store: Store,
    command: Sequence[str],
    comparison: Mapping[str, bytes] | None = None,
    posterior: Path | None = None,
    dated: date | None = None,
) -> Bundled:
    """Everything that these runs rest on.

    Parameters
    ----------
    cases, runs
        Rows of the tables of a store; failed runs are among them.
    store
        Where they lie; figures are drawn from it.
    command
        What makes it again; no folder of this machine is in it.
    comparison
        The briefing and the table of what was compared of them, by name, if anything was.
    posterior
        File of the worlds that lived the record; None for the one that comes with the package.
    dated
        The day of publication; None for the version's own.

    Raises
    ------
    UserMistake
        There is no run, or the file of the posterior cannot be read.
    StoreDamaged
        A case cannot be rebuilt, or another version of the model made the runs.
    """
    if (store.model_version, store.record) != (MODEL_VERSION, load_record().hash):
        raise StoreDamaged(
            f"{store.folder} belongs to model version {store.model_version} and record {store.record}, and a bundle "
            "says what made it: use that version"
        )
    if runs.empty:
        raise UserMistake("bundle", None, "there is no run to put into it")
    rebuilt = [Case.from_row(row) for row in cases.to_dict("records")]
    members = {CASES: tables.cases_csv(rebuilt), RUNS: tables.runs_csv(runs)}
    members |= {f"record/{path.name}": path.read_bytes() for path in sorted(seeds_folder().glob("*.yaml"))}
    left_out: list[str] = []
    if any(case.mode == POSTERIOR for case in rebuilt):
        kept = posterior or packaged_posterior()
        banks = {of.bank for of in load_posterior(kept).theories.values()}
        if {case.unknowns.bank for case in rebuilt if case.mode == POSTERIOR} <= banks:
            members[KEPT] = kept.read_bytes()
        else:
            left_out.append(f"posterior: these worlds are not those of {kept}; say unknowns.posterior=FILE")
    figures, not_drawn = _figures(cases, runs, store, command)
    members |= figures | {f"comparison/{name}": content for name, content in (comparison or {}).items()} | _pages()
    left_out += not_drawn
    day = dated or date.fromisoformat(__date__)
    members[ABOUT] = _about(rebuilt, runs, command, members)
    members["README.md"] = _readme(rebuilt, runs, command, day)
    title = _title(rebuilt)
    told = f"{words.several(len(runs), 'run')} of haiti-tabletop with all that they rest on. {CAUTION}"
    # The manifest has a digest of the metadata, which say how long it is: its length is known before its content.
    listed = {**members, MANIFEST: manifest({**members, research_object.NAME: b""})}
    members[research_object.NAME] = research_object.metadata(listed, title, told, day)
    members[MANIFEST] = manifest(members)
    return Bundled(members, tuple(left_out))


def manifest(members: Mapping[str, bytes]) -> bytes:
    """SHA-256 of each file in a line, as ``sha256sum -c`` takes it; the manifest itself is not among them."""
    lines = [f"{sha256(members[name]).hexdigest()}  {name}\n" for name in sorted(members) if name != MANIFEST]
    return "".join(lines).encode()


def _figures(
    cases: pd.DataFrame, runs: pd.DataFrame, store: Store, command: Sequence[str]
) -> tuple[dict[str, bytes], list[str]]:
    """Every picture that these runs allow, with its data, by path; and what is left out."""
    named = frozenset(map(str, cases["case"]))
    allowed = of_contents(StoreContents.of_runs(store, cases, runs, named=named), Wanted())
    files: dict[str, bytes] = {}
    for label, recipe in allowed.recipes:
        drawn, folder = make(recipe, store).files(command), _folder(label)
        while any(f"figures/{folder}/{name}" in files for name in drawn):
            folder += "-"
        files |= {f"figures/{folder}/{name}": content for name, content in drawn.items()}
    return files, list(allowed.left_out)


def _folder(label: str) -> str:
    """A label in letters that every system spells alike, which a bundle's names are made of."""
    return re.sub(r"^\W|[^\w.,=+-]", "_", label, flags=re.ASCII)


def _pages() -> dict[str, bytes]:
    """Pages about the model: those that are written, and those that the registers give."""
    written = {f"docs/{name}": (docs_folder() / name).read_bytes() for name in TRAVELLING}
    return written | {f"docs/{name}": render().encode() for name, render in PAGES.items()}


def _about(cases: Sequence[Case], runs: pd.DataFrame, command: Sequence[str], members: Mapping[str, bytes]) -> bytes:
    made_with = {name: number for name, number in versions().items() if name != "python"}  # nothing rests on it
    told = {
        "format": FORMAT,
        "version": __version__,
        "model_version": MODEL_VERSION,
        "record": load_record().hash,
        "command": list(command),
        "cases": len(cases),
        "runs": len(runs),
        "failed": int((runs["status"] != "ok").sum()),
        "root_seeds": sorted({int(seed) for seed in runs["root_seed"]}),
        "digest": tables.digest_of(runs),
        "posterior": sha256(members[KEPT]).hexdigest() if KEPT in members else None,
        "made_with": made_with,
    }
    return (json.dumps(told, indent=1, ensure_ascii=False) + "\n").encode()


def _readme(cases: Sequence[Case], runs: pd.DataFrame, command: Sequence[str], dated: date) -> bytes:
    text = README.format(
        title=_title(cases),
        count=f"{words.several(len(runs), 'run')} of {words.several(len(cases), 'case')}",
        caution=CAUTION,
        command=shlex.join(command),
        version=__version__,
        model=MODEL_VERSION,
        record=load_record().hash[:12],
        replicates=int(runs.groupby("case").size().max()),
        dated=dated.isoformat(),
    )
    return text.encode()


def _title(cases: Sequence[Case]) -> str:
    scenarios = sorted({words.spoken(case.scenario) for case in cases})
    theories = len({case.theory for case in cases})
    shown = ", ".join(scenarios[:3]) + (f" and {len(scenarios) - 3} more" if len(scenarios) > 3 else "")
    return f"Runs of {shown} under {words.several(theories, 'theory', 'theories')}"
