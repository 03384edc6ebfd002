"""``python -m sim`` is ``tabletop``, which begins here too: from the first import on, an interrupt is a line."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn

from sim.errors import Terminated
from sim.signals import LONGEST, heard


def main() -> NoReturn:
    """Run the command line and leave with its exit code, soon after somebody asks for it."""
    when = "before it began"
    try:
        with heard(LONGEST):
            from sim.cli import run  # loads what takes longest before a line could be said

            when = "at its end"
            code = run()
    except KeyboardInterrupt:
        print(f"tabletop: interrupted {when}", file=sys.stderr)
        code = 130
    except Terminated:
        print(f"tabletop: ended by SIGTERM {when}", file=sys.stderr)
        code = 143
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # what is left is Python's own end, which has no line to say
    sys.exit(code)


if __name__ == "__main__":
    main()
