"""``python -m sim`` is ``tabletop``."""

from sim.cli import main

if __name__ == "__main__":
    main()
