"""``python -m sim`` is ``tabletop``, which begins here too: an interrupt is a line from the first import on."""

from __future__ import annotations

import sys
from typing import NoReturn


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    try:
        from sim.cli import main as tabletop  # loads what takes longest before a line could be said
    except KeyboardInterrupt:
        print("tabletop: interrupted before it began", file=sys.stderr)
        sys.exit(130)
    tabletop()


if __name__ == "__main__":
    main()
