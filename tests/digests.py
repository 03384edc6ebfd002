"""The same bits on every Python and on every version of the libraries: what small commands compute, as digests.

``python tests/digests.py [NAME …]`` computes them with whatever is installed and compares them with ``digests.json``;
``--write`` renews that file, after numbers were changed on purpose. It needs nothing but the package's requirements, so
that an installation can be tried without its tests.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

KNOWN = Path(__file__).with_name("digests.json")
SMALL = ("unknowns=fixed", "officers.pool=60", "clock.start=2024-02-01", "clock.end=2024-04-30")


def of_command(*words: str) -> str:
    """Digest of the store that a command writes."""
    from sim.ensemble.store.store import Store  # after --help and a mistyped name, which need no library

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "worlds"
        command = [sys.executable, "-m", "sim", *words, f"out={out}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        return Store.read(out).digest()


def of_mesa() -> str:
    """Digest of what a Mesa model's data collector saw of a run, day by day."""
    from sim.mesa_model import DeploymentModel, Officer  # as above

    model = DeploymentModel(theory="prospects", replicate=3, agent_reporters={"stage": "stage"}, unknowns="fixed",
                            pool=60, clock__start="2024-02-01", clock__end="2024-04-30")  # fmt: skip
    while model.running:
        model.step()
    assert model.steps == 90
    days = model.datacollector.get_model_vars_dataframe()
    agents = model.datacollector.get_agent_vars_dataframe()
    stages = agents["stage"].dropna().astype(int).tolist()
    assert len(stages) == 90 * len(model.agents_by_type[Officer])
    return hashlib.sha256(f"{days.to_csv(index=False)}{stages}".encode()).hexdigest()


def of_session() -> str:
    """Digest of what the turns of a table came to: the played world day by day, and what its futures say."""
    turns = [
        ("new", "table=practice", "theory=breach,prospects", "ensemble.root_seed=7"),
        ("branch", "pay", "role=kenya", "pay_escrow=1"),
        ("forecast", "role=kenya", "exits>=3", "50%"),
        ("order", "role=kenya", "kenya.departure=1"),
        ("advance",),
        ("advance",),
    ]
    with tempfile.TemporaryDirectory() as folder:
        for verb, *words in turns:
            command = [sys.executable, "-m", "sim", "table", verb, f"{folder}/friday", *words]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        lines = (Path(folder) / "friday" / "session.jsonl").read_text(encoding="utf-8").splitlines()
    came = [line["data"] for line in map(json.loads, lines) if line["kind"] == "advance"]
    return hashlib.sha256(json.dumps(came, sort_keys=True).encode()).hexdigest()


DIGESTS: dict[str, Callable[[], str]] = {
    "run": lambda: of_command("run", "theory=breach", "ensemble.replicates=20", *SMALL),
    "sweep": lambda: of_command("sweep", "theory=glob(*)", "gangs.blocs=7,23", "ensemble.replicates=4", *SMALL),
    "prior": lambda: of_command("run", "theory=prospects", "unknowns=prior", "ensemble.replicates=20"),
    "posterior": lambda: of_command("run", "theory=threat_efficacy", "ensemble.replicates=20"),
    "mesa": of_mesa,
    "session": of_session,
}
"""What is computed, by name."""


def main(words: Sequence[str]) -> int:
    """Print each digest, and whether it is the known one; 1 if one is not."""
    known = json.loads(KNOWN.read_text(encoding="utf-8")) if KNOWN.exists() else {}
    write = "--write" in words
    names = [word for word in words if word != "--write"] or list(DIGESTS)
    if odd := sorted(set(names) - DIGESTS.keys()):
        print(f"{odd[0]}: there are {', '.join(DIGESTS)}", file=sys.stderr)
        return 2
    found = {name: DIGESTS[name]() for name in names}
    for name, digest in found.items():
        print(f"{name:<10} {digest}{'' if write or known.get(name) == digest else f'  not {known.get(name)}'}")
    if write:
        KNOWN.write_text(json.dumps({**known, **found}, indent=2) + "\n", encoding="utf-8")
    return int(not write and any(known.get(name) != digest for name, digest in found.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
